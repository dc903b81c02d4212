package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, root, path, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A step that fails, one that is left out though CI needs it and one that may
// be left out: each must show in the count that CI reads.
func TestStep(t *testing.T) {
	good := func(*suite, context.Context) error { return nil }
	bad := func(*suite, context.Context) error { return errors.New("broken") }
	f := func(ci bool, st step, says, line string) {
		t.Helper()
		s := &suite{root: t.TempDir(), ci: ci}
		if got := s.step(context.Background(), st); !strings.HasPrefix(got, says) {
			t.Errorf("step says %q, want %q", got, says)
		}
		var out strings.Builder
		err := s.close(&out, nil, 0)
		if failed := !strings.Contains(line, " 0 failed"); (err != nil) != failed {
			t.Errorf("closed with error %v for %q", err, line)
		}
		if !strings.HasSuffix(out.String(), "\n"+line+"\n") {
			t.Errorf("closing line is not %q:\n%s", line, out.String())
		}
	}
	f(true, step{"a", nil, true, good}, "ok", "0 passed, 0 failed, 0 skipped")
	f(true, step{"a", nil, true, bad}, "FAILED", "0 passed, 1 failed, 0 skipped")
	f(true, step{"a", []string{"not/here"}, true, good}, "FAILED: there is no not/here", "0 passed, 1 failed, 0 skipped")
	f(false, step{"a", []string{"not/here"}, true, good}, "left out", "0 passed, 0 failed, 0 skipped")
	f(true, step{"a", []string{"program:no-such-program"}, false, good}, "left out", "0 passed, 0 failed, 0 skipped")
}

// A failing test must reach the count through a real go test.
func TestGoTestCounts(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module example.test/m\n\ngo 1.26\n")
	write(t, root, "m_test.go", `package m
import "testing"
func TestGood(t *testing.T) {}
func TestBad(t *testing.T) { t.Error("as expected") }
func TestLater(t *testing.T) { t.Skip() }
`)
	s := &suite{root: root}
	var said bytes.Buffer
	err := s.goTest(context.Background(), &said, "./...")
	if got, want := s.t.String(), "1 passed, 1 failed, 1 skipped"; err == nil || got != want {
		t.Errorf("%q, error %v, want %q and an error\n%s", got, err, want, said.String())
	}
	if !strings.Contains(said.String(), "as expected") {
		t.Errorf("what the failed test said is not shown:\n%s", said.String())
	}
}

// Tests behind a build tag are found, run alone, and missed when they are gone.
func TestTaggedTests(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module example.test/m\n\ngo 1.26\n")
	write(t, root, "a/a_test.go", "package a\n\nimport \"testing\"\n\nfunc TestPlain(t *testing.T) {}\n")
	if what := absent(root, []string{"a", "tests:e2e"}); what != "test behind the build tag e2e" {
		t.Errorf("absent is %q", what)
	}
	write(t, root, "a/window_test.go", "//go:build x11 && e2e\n\npackage a\n\nimport \"testing\"\n\nfunc TestWindow(t *testing.T) {}\n")
	if what := absent(root, []string{"a", "tests:e2e"}); what != "" {
		t.Errorf("absent is %q", what)
	}
	s := &suite{root: root}
	if err := taggedTests("e2e", "x11 e2e")(s, context.Background()); err != nil || s.t.String() != "1 passed, 0 failed, 0 skipped" {
		t.Errorf("%s, %v", s.t.String(), err)
	}
	if err := s.goTest(context.Background(), new(bytes.Buffer), "-run", "NothingSuch", "./..."); err == nil {
		t.Error("a run of no test is no error")
	}
}

// A fuzz run that finds something shows it, and is counted as a failure.
func TestFuzzOne(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module example.test/m\n\ngo 1.26\n")
	write(t, root, "m_test.go", `package m
import "testing"
func FuzzBad(f *testing.F) { f.Add([]byte("x")); f.Fuzz(func(t *testing.T, b []byte) { t.Error("as expected") }) }
func FuzzGood(f *testing.F) { f.Fuzz(func(t *testing.T, b []byte) {}) }
`)
	s := &suite{root: root}
	said := string(s.fuzzOne(context.Background(), fuzzTarget{".", "FuzzBad"}, time.Second))
	if !strings.Contains(said, "as expected") {
		t.Errorf("what was found is not shown:\n%s", said)
	}
	said = string(s.fuzzOne(context.Background(), fuzzTarget{".", "FuzzGood"}, time.Second))
	if !strings.Contains(said, "ok    example.test/m") {
		t.Errorf("that nothing was found is not shown:\n%s", said)
	}
	if got, want := s.t.String(), "1 passed, 1 failed, 0 skipped"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFormat(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a/good.go", "package a\n")
	write(t, root, "a/testdata/any.go", "package   a\n")
	write(t, root, ".git/any.go", "package   a\n")
	s := &suite{root: root}
	if err := s.format(context.Background()); err != nil {
		t.Error(err)
	}
	write(t, root, "b/wide.go", "package   b\n")
	if err := s.format(context.Background()); err == nil || !strings.HasSuffix(err.Error(), ": b/wide.go") {
		t.Errorf("error %v does not name b/wide.go alone", err)
	}
}

func TestFuzzTargets(t *testing.T) {
	root := t.TempDir()
	write(t, root, "b/b_test.go", "package b\n\nfunc FuzzRead(f *testing.F) {\n}\nfunc FuzzParse(fz *testing.F) {}\n")
	write(t, root, "a/deep/a_test.go", "package a\n\nfunc FuzzA(f *testing.F) {}\nfunc Fuzzy(f *testing.F) {}\n// func FuzzNo(f *testing.F)\n")
	write(t, root, "a/a.go", "package a\n\nfunc FuzzNotInATest(f *testing.F) {}\n")
	write(t, root, "b/text_test.go", "package b\n\nvar text = `\nfunc FuzzInText(f *testing.F) {}\n`\n")
	got, err := fuzzTargets(root)
	if err != nil {
		t.Fatal(err)
	}
	if s, want := fmt.Sprint(got), "[{./a/deep FuzzA} {./b FuzzParse} {./b FuzzRead}]"; s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

func TestFuzzTime(t *testing.T) {
	f := func(targets int, each, want time.Duration) {
		t.Helper()
		if got := fuzzTime(targets, each); got != want {
			t.Errorf("%d targets of %s: %s, want %s", targets, each, got, want)
		}
	}
	f(0, 30*time.Second, 30*time.Second)
	f(20, 30*time.Second, 30*time.Second)
	f(96, 30*time.Second, 15*time.Second)
	f(20, 5*time.Second, 5*time.Second)
}

func TestStoppedAtDeadline(t *testing.T) {
	f := func(said string, want bool) {
		t.Helper()
		if got := stoppedAtDeadline([]byte(said)); got != want {
			t.Errorf("%q: %v", said, got)
		}
	}
	f("--- FAIL: FuzzX (5.1s)\n    context deadline exceeded\n", true)
	f("--- FAIL: FuzzX (5.1s)\n    context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzX/1\n", false)
	f("panic: index out of range\ncontext deadline exceeded", false)
	f("x_test.go:9: differs", false)
}

func TestHasDisplay(t *testing.T) {
	f := func(goos, env string, want bool) {
		t.Helper()
		name, value, _ := strings.Cut(env, "=")
		got := hasDisplay(goos, func(n string) string {
			if n == name {
				return value
			}
			return ""
		})
		if got != want {
			t.Errorf("%s with %q: %v", goos, env, got)
		}
	}
	f("windows", "", true)
	f("darwin", "", true)
	f("linux", "", false)
	f("linux", "DISPLAY=:0", true)
	f("linux", "WAYLAND_DISPLAY=wayland-0", true)
}

func TestJobString(t *testing.T) {
	j := job{env: []string{"CI=true"}, args: []string{"go", "test", "-tags", "x11 e2e", "-run", "it's", ""}}
	if got, want := j.String(), `CI=true go test -tags 'x11 e2e' -run 'it'\''s' ''`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
