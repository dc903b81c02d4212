// Command dev sets a fresh Debian machine up and then builds, tests, runs,
// packages or measures this project. It needs Go and apt, nothing else:
//
//	go run ./cmd/dev run        open the app on a demo bundle
//	go run ./cmd/dev test       everything that CI checks
//	go run ./cmd/dev package    release binaries into dist/
//	go run ./cmd/dev bench      measure ptrail beside unzip and lnav
//	go run ./cmd/dev gen        write generated logs
//
// Every command first installs what it misses (see setup.go) and says what it
// starts, so that a person can repeat any part by hand.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

const usage = `go run ./cmd/dev COMMAND [flags]

  run       open the app on a demo bundle; without a display, write its HTML report
  test      everything that CI checks: format, vet, staticcheck, tests, builds, fuzzing
  package   release binaries into dist/
  bench     measure ptrail beside unzip and lnav on a generated bundle
  gen       write the generated logs of a client

go run ./cmd/dev COMMAND -h lists the flags of a command.
`

// command is one word of the command line with what it does in the project's root.
type command struct {
	name string
	run  func(ctx context.Context, root string, args []string) error
}

func commands() []command {
	return []command{
		{"run", runApp},
		{"test", runTest},
		{"package", runPackage},
		{"bench", runBench},
		{"gen", runGen},
	}
}

// errUsage says that the command line was wrong and the usage was printed.
var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := dispatch(ctx, os.Args[1:]); {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return errUsage
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, root, args[1:])
		}
	}
	if args[0] == "-h" || args[0] == "--help" || args[0] == "help" {
		fmt.Print(usage)
		return nil
	}
	fmt.Fprintf(os.Stderr, "dev: no command %q\n\n%s", args[0], usage)
	return errUsage
}

// projectRoot is the nearest folder above the working one that holds go.mod.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if exists(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above: start this inside the project")
		}
		dir = up
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
