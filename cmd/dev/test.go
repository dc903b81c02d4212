package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// suite is one run of the test command.
type suite struct {
	root string
	tmp  string // built binaries, removed at the end
	ci   bool   // CI=true: nothing may be left out, and fuzzing takes longer
	fuzz time.Duration
	t    tally
}

// step is one headed part of the test command.
type step struct {
	name string
	// needs are what the step works on; it is left out while one of them does
	// not exist: "cmd/ptrail" a folder, "program:Xvfb" a program on the path,
	// "tests:e2e" tests behind that build tag.
	needs []string
	// required says that leaving the step out in CI is a failure.
	required bool
	run      func(s *suite, ctx context.Context) error
}

// onX11 are the build tags of the app as it runs on Linux, with the tests that
// drive it and its report from outside.
const onX11 = "x11 e2e chromium"

// steps is everything that CI checks, quickest answer first.
func steps() []step {
	return []step{
		{"apt packages", nil, true, (*suite).setup},
		{"gofmt", nil, true, (*suite).format},
		{"go vet", nil, true, goTool("vet", "-tags", "ci", "./...")},
		{"go vet, the app on X11", []string{"cmd/patchtrail"}, true, goTool("vet", "-tags", onX11, "./...")},
		{"staticcheck", nil, true, goTool("tool", "staticcheck", "-tags", "ci", "./...")},
		{"tests", nil, true, goTest("-tags", "ci", "./...")},
		{"ptrail for Windows, macOS and ARM", []string{"cmd/ptrail"}, true, (*suite).crossBuild},
		{"the app", []string{"cmd/patchtrail"}, true, (*suite).buildApp},
		{"the app under Xvfb", []string{"tests:e2e", "program:Xvfb"}, true, taggedTests("e2e", "x11 e2e")},
		{"the report in Chromium", []string{"tests:chromium", "program:chromium"}, true, taggedTests("chromium", "ci chromium")},
		{"the tables in DuckDB", []string{"tests:duckdb", "program:npm"}, false, taggedTests("duckdb", "ci duckdb")},
		{"fuzzing", nil, true, (*suite).fuzzAll},
		{"the app for Windows", []string{"cmd/patchtrail", "program:" + mingw}, false, (*suite).buildWindowsApp},
	}
}

func runTest(ctx context.Context, root string, args []string) error {
	s := &suite{root: root, ci: os.Getenv("CI") == "true"}
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	each := 5 * time.Second
	if s.ci {
		each = 30 * time.Second
	}
	flags.DurationVar(&s.fuzz, "fuzztime", each, "how long each fuzz target runs, 0 leaves fuzzing out; the default is 30s where CI=true")
	only := flags.String("only", "", "run only the steps whose name contains this")
	if err := flags.Parse(args); err != nil {
		return errors.Join(errUsage, err)
	}
	tmp, err := os.MkdirTemp("", "patchtrail-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	s.tmp = tmp

	chosen := slices.DeleteFunc(steps(), func(st step) bool { return !strings.Contains(st.name, *only) })
	if len(chosen) == 0 {
		return fmt.Errorf("no step has %q in its name", *only)
	}
	began := time.Now()
	var lines []string
	for i, st := range chosen {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Printf("\n== %d/%d %s\n", i+1, len(chosen), st.name)
		line := s.step(ctx, st)
		fmt.Println("--", line)
		lines = append(lines, fmt.Sprintf("%-36s %s", st.name, line))
	}
	return s.close(os.Stdout, lines, time.Since(began))
}

// step runs one step and says how it ended. Tests count themselves; another
// kind of failure counts as one.
func (s *suite) step(ctx context.Context, st step) string {
	if what := absent(s.root, st.needs); what != "" {
		if s.ci && st.required {
			s.t.fail(st.name + ": left out, no " + what)
			return "FAILED: there is no " + what
		}
		return "left out: there is no " + what
	}
	began, before := time.Now(), s.t.failedSoFar()
	err := st.run(s, ctx)
	took := time.Since(began).Seconds()
	if err == nil && s.t.failedSoFar() == before {
		return fmt.Sprintf("ok, %.1f s", took)
	}
	if err != nil {
		fmt.Println(err)
		if s.t.failedSoFar() == before {
			s.t.fail(st.name + ": " + err.Error())
		}
	}
	return fmt.Sprintf("FAILED, %.1f s", took)
}

// close prints how every step ended, what failed, and at last the line that CI reads.
func (s *suite) close(w io.Writer, lines []string, took time.Duration) error {
	fmt.Fprintf(w, "\n== summary, %.0f s\n", took.Seconds())
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
	for _, f := range s.t.failures {
		fmt.Fprintln(w, "FAILED:", f)
	}
	fmt.Fprintln(w, s.t.String())
	if n := s.t.failedSoFar(); n > 0 {
		return fmt.Errorf("%d failed", n)
	}
	return nil
}

// absent is the first of needs that is not there, see step.
func absent(root string, needs []string) string {
	for _, n := range needs {
		kind, name, found := strings.Cut(n, ":")
		there := true
		switch {
		case !found:
			name, there = n, exists(filepath.Join(root, filepath.FromSlash(n)))
		case kind == "program":
			there = has(name)
		case kind == "tests":
			tests, err := testsBehind(root, name)
			name, there = "test behind the build tag "+name, err == nil && len(tests) > 0
		}
		if !there {
			return name
		}
	}
	return ""
}

var testFunc = regexp.MustCompile(`(?m)^func (Test[A-Z0-9_]\w*)\(\w+ \*testing\.T\)`)

// testsBehind finds the tests in files whose build constraint asks for tag, as
// folder ("./app/e2e") and names.
func testsBehind(root, tag string) (map[string][]string, error) {
	tests := map[string][]string{}
	asks := regexp.MustCompile(`(?m)^//go:build .*\b` + regexp.QuoteMeta(tag) + `\b`)
	err := goFiles(root, func(file string, src []byte) error {
		if !strings.HasSuffix(file, "_test.go") || !asks.Match(src) {
			return nil
		}
		for _, m := range testFunc.FindAllSubmatch(src, -1) {
			folder := "./" + path.Dir(file)
			tests[folder] = append(tests[folder], string(m[1]))
		}
		return nil
	})
	return tests, err
}

// taggedTests runs the tests behind a build tag, and no others of their
// packages. tags are all that the build needs.
func taggedTests(tag, tags string) func(*suite, context.Context) error {
	return func(s *suite, ctx context.Context) error {
		tests, err := testsBehind(s.root, tag)
		if err != nil {
			return err
		}
		for _, folder := range slices.Sorted(maps.Keys(tests)) {
			names := "^(" + strings.Join(tests[folder], "|") + ")$"
			// They build the app themselves, which no cache of tests knows: never from the cache.
			err = errors.Join(err, s.goTest(ctx, os.Stdout, "-count=1", "-tags", tags, "-run", names, folder))
		}
		return err
	}
}

func (s *suite) setup(ctx context.Context) error {
	if err := install(ctx, slices.Concat(appPackages, testPackages)); err != nil {
		return err
	}
	if err := install(ctx, windowsPackages); err != nil {
		fmt.Println("the app for Windows will not be built:", err)
	}
	return nil
}

func goTool(args ...string) func(*suite, context.Context) error {
	return func(s *suite, ctx context.Context) error {
		return job{dir: s.root, args: append([]string{"go"}, args...)}.run(ctx)
	}
}

func goTest(args ...string) func(*suite, context.Context) error {
	return func(s *suite, ctx context.Context) error {
		return s.goTest(ctx, os.Stdout, args...)
	}
}

// goTest runs `go test -json` with args, writes what a person wants of it to w
// and counts its results.
func (s *suite) goTest(ctx context.Context, w io.Writer, args ...string) error {
	w = &shared{w: w} // the go command's own words come beside its results
	before := s.t.seen()
	r, pipe := io.Pipe()
	j := job{dir: s.root, args: append([]string{"go", "test", "-json"}, args...), out: pipe, err: w}
	fmt.Fprintln(w, "$", j)
	read := make(chan error, 1)
	go func() { read <- s.t.read(r, w) }()
	err := j.quietly(ctx)
	pipe.Close()
	if err = errors.Join(err, <-read); err == nil && s.t.seen() == before {
		return errors.New("no test ran")
	}
	return err
}

// releases are the systems that ptrail is built for. CGO_ENABLED=0 holds it to pure Go.
var releases = []struct{ goos, goarch string }{
	{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"darwin", "arm64"},
}

func (s *suite) crossBuild(ctx context.Context) error {
	for _, r := range releases {
		if err := buildPtrail(ctx, s.root, s.tmp, r.goos, r.goarch); err != nil {
			return fmt.Errorf("ptrail for %s/%s: %w", r.goos, r.goarch, err)
		}
	}
	return nil
}

func (s *suite) buildApp(ctx context.Context) error {
	return buildApp(ctx, s.root, s.tmp, runtime.GOOS)
}

func (s *suite) buildWindowsApp(ctx context.Context) error {
	return buildApp(ctx, s.root, s.tmp, "windows")
}
