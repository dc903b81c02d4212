package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// fuzzAtOnce is how many fuzz targets run side by side, each on one core.
	fuzzAtOnce = 2
	// fuzzBudget bounds fuzzing as a whole; with more targets than fit, each
	// gets less time.
	fuzzBudget = 12 * time.Minute
)

var fuzzName = regexp.MustCompile(`^Fuzz[A-Z0-9_]`)

// fuzzTarget is one `func FuzzXxx` of the tree.
type fuzzTarget struct {
	folder string // "./ingest/cmtrace"
	name   string
}

// fuzzTargets finds every fuzz target below root, in the order of their
// folders. Files are parsed, so that a test's text of another program is not
// taken for a target.
func fuzzTargets(root string) ([]fuzzTarget, error) {
	var found []fuzzTarget
	err := goFiles(root, func(file string, src []byte) error {
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && fuzzName.MatchString(f.Name.Name) {
				found = append(found, fuzzTarget{"./" + path.Dir(file), f.Name.Name})
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b fuzzTarget) int {
		return strings.Compare(a.folder+" "+a.name, b.folder+" "+b.name)
	})
	return found, err
}

// fuzzTime is how long each of n targets may run.
func fuzzTime(n int, each time.Duration) time.Duration {
	if n == 0 {
		return each
	}
	return min(each, (fuzzBudget * fuzzAtOnce / time.Duration(n)).Truncate(time.Second))
}

func (s *suite) fuzzAll(ctx context.Context) error {
	if s.fuzz <= 0 {
		fmt.Println("left out by -fuzztime 0")
		return nil
	}
	targets, err := fuzzTargets(s.root)
	if err != nil {
		return err
	}
	each := fuzzTime(len(targets), s.fuzz)
	fmt.Printf("%d fuzz targets, %s each\n", len(targets), each)
	var (
		wait  sync.WaitGroup
		out   sync.Mutex
		slots = make(chan struct{}, fuzzAtOnce)
	)
	for _, target := range targets {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			said := s.fuzzOne(ctx, target, each)
			out.Lock()
			defer out.Unlock()
			os.Stdout.Write(said)
		})
	}
	wait.Wait()
	return ctx.Err()
}

// fuzzOne runs one target, counts its result and returns what to print. Inputs
// are made smaller by few tries only: coverage varies where several goroutines
// work, and the go command would spend all of the time on one input.
func (s *suite) fuzzOne(ctx context.Context, target fuzzTarget, each time.Duration) []byte {
	args := []string{
		"-tags", "ci", "-run", "^$", "-fuzz", "^" + target.name + "$", "-fuzztime", each.String(),
		"-fuzzminimizetime", "10x", "-parallel", "1", "-timeout", (each + 10*time.Minute).String(), target.folder,
	}
	for try := 1; ; try++ {
		one := suite{root: s.root}
		var said bytes.Buffer
		err := one.goTest(ctx, &said, args...)
		if err != nil && try == 1 && stoppedAtDeadline(said.Bytes()) {
			continue
		}
		if err != nil && one.t.failed == 0 {
			one.t.fail(target.folder + " " + target.name + ": " + err.Error())
		}
		s.t.add(&one.t)
		return said.Bytes()
	}
}

// stoppedAtDeadline says that a fuzz run found nothing, and failed only because
// its time ended while a worker was busy: a known flaw of the go command on a
// loaded machine. A real find names the input that it wrote.
func stoppedAtDeadline(said []byte) bool {
	return bytes.Contains(said, []byte("context deadline exceeded")) &&
		!bytes.Contains(said, []byte("Failing input written to")) &&
		!bytes.Contains(said, []byte("panic:"))
}

// add counts what another tally counted.
func (t *tally) add(other *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.passed += other.passed
	t.failed += other.failed
	t.skipped += other.skipped
	t.failures = append(t.failures, other.failures...)
}
