package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

// tally counts the results of every `go test -json` of a run. It may be fed
// from several goroutines.
type tally struct {
	mu                      sync.Mutex
	passed, failed, skipped int
	failures                []string
}

// event is one line of `go test -json` (see `go doc test2json`), with the
// build-output and build-fail lines that the go command adds.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// String is the closing line that CI reads.
func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.passed, t.failed, t.skipped)
}

// fail counts something other than a test that failed, such as a build.
func (t *tally) fail(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed++
	t.failures = append(t.failures, what)
}

// failedSoFar is the number of failures counted up to now.
func (t *tally) failedSoFar() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// seen is the number of tests that ended up to now, in whatever way.
func (t *tally) seen() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.passed + t.failed + t.skipped
}

// read counts the events of one `go test -json` and writes what a person wants
// of them to w: a line a package, and all that a failed test printed.
func (t *tally) read(r io.Reader, w io.Writer) error {
	printed := map[[2]string]*strings.Builder{}
	counts := map[string]*packageCount{}
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
				fmt.Fprintln(w, strings.TrimRight(line, "\n"))
			} else {
				t.take(e, printed, counts, w)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("go test -json: %w", err)
		}
	}
}

// packageCount is how many tests of a package ended, and how many of them failed.
type packageCount struct{ tests, failed int }

func (t *tally) take(e event, printed map[[2]string]*strings.Builder, counts map[string]*packageCount, w io.Writer) {
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "output":
		b := printed[key]
		if b == nil {
			b = new(strings.Builder)
			printed[key] = b
		}
		b.WriteString(e.Output)
		return
	case "build-output":
		fmt.Fprint(w, e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}
	said := printed[key]
	delete(printed, key)
	if e.Action == "fail" && said != nil {
		fmt.Fprint(w, said.String())
	}
	n := counts[e.Package]
	if n == nil {
		n = new(packageCount)
		counts[e.Package] = n
	}
	if e.Test != "" {
		n.tests++
		if e.Action == "fail" {
			n.failed++
		}
		t.count(e)
		return
	}
	switch {
	case e.Action == "fail" && n.failed == 0:
		// No test failed, so nothing was counted: it did not build, or
		// ended outside of a test.
		t.fail(e.Package)
	case e.Action == "pass":
		fmt.Fprintf(w, "ok    %s  %.1f s, %d tests\n", e.Package, e.Elapsed, n.tests)
	}
}

func (t *tally) count(e event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Action {
	case "pass":
		t.passed++
	case "skip":
		t.skipped++
	case "fail":
		t.failed++
		t.failures = append(t.failures, e.Package+" "+e.Test)
	}
}
