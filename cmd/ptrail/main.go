// Command ptrail analyses bundles of ConfigMgr, WSUS and Windows Update logs:
// what the desktop app does, for tickets and scripts. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"

	"github.com/alecthomas/kong"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
)

// The exit codes of DESIGN.md 8.
const (
	exitDone    = 0
	exitFailOn  = 1
	exitUsage   = 2
	exitNothing = 3
)

// command is the whole of the command line.
type command struct {
	Analyze  analyzeCmd  `cmd:"" help:"Findings of zips, folders, single logs (several inputs may be several machines)."`
	Timeline timelineCmd `cmd:"" help:"Merged records, filtered, as text, csv or jsonl."`
	Windows  windowsCmd  `cmd:"" help:"Maintenance windows, what fits, what-if."`
	Why      whyCmd      `cmd:"" help:"One update's story in plain words: what happened, what stopped it, what to do, evidence."`
	Compare  compareCmd  `cmd:"" help:"What is new, gone, the same between two bundles."`
	Rules    rulesCmd    `cmd:"" help:"The signatures; check somebody's own."`
	Code     codeCmd     `cmd:"" help:"Explain error codes: 0x80240022, -2145124318, 2149842978."`
	Demo     demoCmd     `cmd:"" help:"Write the demo bundle, to try the other commands on."`
	Formats  formatsCmd  `cmd:"" help:"The log formats that are read."`
	Version  versionCmd  `cmd:"" help:"The version."`
}

// session is what the commands share.
type session struct {
	ctx            context.Context
	stdout, stderr io.Writer
}

// exit is an error that only sets the exit code: what is to say was said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c command
	ended := -1
	parser, err := kong.New(&c, kong.Name("ptrail"),
		kong.Description("Says offline why a Windows machine did not get its updates, from its ConfigMgr, WSUS and Windows Update logs."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { ended = code }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Vars{"version": analyze.Version})
	if err != nil {
		fmt.Fprintln(stderr, "ptrail:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "code" && !slices.ContainsFunc(args, func(a string) bool { return a == "--" || a == "--help" || a == "-h" }) {
		args = slices.Insert(slices.Clone(args), 1, "--") // -2145124318 is a code, no flag
	}
	parsed, err := parser.Parse(joinZone(args))
	if ended >= 0 { // --help has been shown
		return ended
	}
	if err != nil {
		fmt.Fprintln(stderr, "ptrail:", usageText(languageOf(args), err))
		return exitUsage
	}
	return exitCode(parsed.Run(&session{ctx, stdout, stderr}), languageOf(args), stderr)
}

// exitCode turns what a command returned into an exit code, and says it in a
// language.
func exitCode(err error, l lang.Lang, stderr io.Writer) int {
	var e exit
	var u usageError
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) == 1 { // by kong
		err = joined.Unwrap()[0]
	}
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return int(e)
	case errors.As(err, &u):
		fmt.Fprintln(stderr, "ptrail:", l.Error(u))
		return exitUsage
	}
	fmt.Fprintln(stderr, "ptrail:", l.Error(err))
	return exitNothing
}

// usageError is what the caller of the command can mend.
type usageError struct{ error }

// In words the error in a language.
func (e usageError) In(l lang.Lang) string { return l.Error(e.error) }

// language returns the language asked for, or the system's.
func language(tag string) (lang.Lang, error) {
	if tag == "" {
		return lang.FromSystem(), nil
	}
	l, ok := lang.Parse(tag)
	if !ok {
		return l, usageError{errors.New(lang.FromSystem().T("cli.bad-lang", tag))}
	}
	return l, nil
}
