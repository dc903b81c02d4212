package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"patchtrail/ingest/gen"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ptrail": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }})
}

// TestScripts runs the transcripts in testdata/script. PTRAIL_UPDATE=1 rewrites
// what they expect.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("PTRAIL_UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"client": client, "json": checkJSON},
	})
}

// client writes a generated client: client FILE.zip [incident].
func client(ts *testscript.TestScript, neg bool, args []string) {
	opt := gen.Options{Seed: 3, Bytes: 1 << 20}
	if len(args) > 1 {
		opt.Incident = gen.Incident(args[1])
	}
	ts.Check(gen.ZipFile(ts.MkAbs(args[0]), func(s gen.Sink) error {
		_, err := gen.Client(s, opt)
		return err
	}))
}

// checkJSON fails unless a file is JSON without a null list: json FILE.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	var doc map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	for _, key := range strings.Fields("schema generated tool bundle machines files issues findings updates windows fits checklist coverage codes") {
		if v, ok := doc[key]; !ok || v == nil {
			ts.Fatalf("%s is missing or null", key)
		}
	}
}

// TestDeterminism holds that the same input gives the same bytes.
func TestDeterminism(t *testing.T) {
	path := clientZip(t, gen.ScanTimeout)
	var first string
	for i := range 4 {
		var out, fault bytes.Buffer
		if code := run([]string{"analyze", "--quiet", "--now", "2025-06-01T00:00:00Z", "--json", "-", path}, &out, &fault); code != 0 {
			t.Fatalf("exit %d: %s", code, fault.String())
		}
		if i == 0 {
			first = out.String()
		} else if out.String() != first {
			t.Fatal("the same input gave other bytes")
		}
	}
}

func clientZip(t *testing.T, incident gen.Incident) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "client.zip")
	if err := gen.ZipFile(path, func(s gen.Sink) error {
		_, err := gen.Client(s, gen.Options{Seed: 3, Bytes: 2 << 20, Incident: incident})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSystemCalls watches the command with strace: it opens no socket, starts
// no process, and creates no file but the outputs that were asked for, whatever
// the names inside a bundle say.
func TestSystemCalls(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("strace is missing; cmd/dev test installs it")
		}
		t.Skip("no strace")
	}
	dir := t.TempDir()
	exe := filepath.Join(dir, "ptrail")
	build := exec.Command("go", "build", "-o", exe, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	path := filepath.Join(dir, "hostile.zip")
	hostile(t, path)
	page := filepath.Join(dir, "page.html")
	trace := filepath.Join(dir, "trace")
	cmd := exec.Command("strace", "-f", "-qq", "-o", trace, "-e", "trace=network,process,openat,open,creat,mkdir,mkdirat,symlink,symlinkat,link,linkat,rename,renameat,renameat2,unlink,unlinkat",
		exe, "analyze", "--quiet", "--html", page, path)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "ptrace") || strings.Contains(string(out), "PTRACE") {
			t.Skipf("this machine does not let strace trace: %s", out)
		}
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.Contains(line, "socket(") || strings.Contains(line, "connect("):
			t.Errorf("a socket: %s", line)
		case strings.Contains(line, "execve(") && !strings.Contains(line, exe):
			t.Errorf("a process: %s", line)
		case strings.Contains(line, "O_CREAT") || strings.Contains(line, "mkdir") || strings.Contains(line, "link(") || strings.Contains(line, "rename"):
			if !strings.Contains(line, page) {
				t.Errorf("a file: %s", line)
			}
			made++
		}
	}
	if made == 0 {
		t.Error("the trace does not even show the page being written")
	}
}

// hostile writes a zip whose names want to be elsewhere.
func hostile(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"../../evil.log", "/etc/evil.log", `C:\Windows\evil.log`, "CON", "a/../../b.log", "Logs/WUAHandler.log"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(`<![LOG[<script>alert(1)</script> file:///etc/passwd]LOG]!><time="01:02:03.000-540" date="03-18-2025" component="X" context="" type="3" thread="1" file="a">` + "\r\n"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestImports holds the rule of DESIGN.md 1: imports point one way, nothing
// below app knows Fyne, and ptrail needs no cgo.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .CgoFiles}}{{if not .Standard}}cgo {{.ImportPath}}{{end}}{{end}}", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if s := strings.TrimSpace(string(out)); s != "" && runtime.GOOS == "linux" {
		t.Errorf("ptrail needs cgo: %s", s)
	}
	deps := func(pkg string) []string {
		out, err := exec.Command("go", "list", "-deps", pkg).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return strings.Fields(string(out))
	}
	f := func(pkg string, never ...string) {
		t.Helper()
		for _, d := range deps(pkg) {
			for _, n := range never {
				if strings.HasPrefix(d, n) {
					t.Errorf("%s imports %s", pkg, d)
				}
			}
		}
	}
	f("patchtrail/cmd/ptrail", "patchtrail/app", "fyne.io/")
	f("patchtrail/analyze/...", "patchtrail/app", "patchtrail/cmd", "fyne.io/", "github.com/mholt/archiver/v4/internal")
	f("patchtrail/ingest/...", "patchtrail/analyze", "patchtrail/app", "patchtrail/cmd", "fyne.io/")
	f("patchtrail/assets", "patchtrail/ingest", "patchtrail/analyze", "patchtrail/app", "patchtrail/cmd")
	f("patchtrail/app/session", "fyne.io/")
}
