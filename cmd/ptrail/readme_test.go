package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"patchtrail/assets"
	"patchtrail/ingest/gen"
)

// documents are those whose commands are run, from the project's root.
var documents = []string{"README.md", "assets/docs/rules.md", "assets/docs/formats.md"}

// block is a part of a document between fences.
type block struct{ language, text string }

// blocks takes the fenced parts out of a document.
func blocks(text string) []block {
	var out []block
	for i, part := range strings.Split(text, "```") {
		if i%2 == 0 {
			continue
		}
		language, body, _ := strings.Cut(part, "\n")
		out = append(out, block{strings.TrimSpace(language), body})
	}
	return out
}

// documentFolder is a folder with what the documents' commands read: the demo
// bundle, and the rule that the page on rules shows.
func documentFolder(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	demo, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"case.zip", "before.zip"} {
		if err := os.WriteFile(filepath.Join(dir, name), demo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, incident := range map[string]gen.Incident{"PC01": gen.ScanTimeout, "PC02": gen.Healthy, "after": gen.Healthy} {
		err := gen.ZipFile(filepath.Join(dir, name+".zip"), func(s gen.Sink) error {
			_, err := gen.Client(gen.Under(name, s), gen.Options{Bytes: 300 << 10, Machine: name, Incident: incident})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "assets/docs/rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "my-rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks(string(page)) {
		if b.language == "toml" {
			if err := os.WriteFile(filepath.Join(dir, "my-rules", "page.toml"), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// TestDocuments runs every command of the documents as a reader would, in the
// order in which they stand.
func TestDocuments(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a shell")
	}
	root := filepath.Join("..", "..")
	dir := documentFolder(t, root)
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "ptrail")); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, name := range documents {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks(string(text)) {
			if b.language != "" {
				continue
			}
			for line := range strings.Lines(b.text) {
				line = strings.TrimSpace(line)
				if !strings.Contains(line, "ptrail ") || strings.HasPrefix(line, "go run") {
					continue
				}
				cmd := exec.Command("sh", "-c", line)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "LANG=en_US.UTF-8")
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				stdout, err := cmd.Output()
				ran++
				want := 0
				if strings.Contains(line, "--fail-on") {
					want = exitFailOn
				}
				if code := cmd.ProcessState.ExitCode(); code != want || err != nil && want == 0 {
					t.Errorf("%s: %s\nended with %d, want %d: %s", name, line, code, want, stderr.String())
				}
				if len(stdout) == 0 && !regexp.MustCompile(` -o |--html|--json|--parquet`).MatchString(line) {
					t.Errorf("%s: %s\nwrote nothing", name, line)
				}
			}
		}
	}
	if ran < 15 {
		t.Errorf("only %d commands were found", ran)
	}
}

// TestDocumentFlags holds that every flag, and every command of cmd/dev, that
// the documents name anywhere is one that there is.
func TestDocumentFlags(t *testing.T) {
	root := filepath.Join("..", "..")
	var help bytes.Buffer
	for _, c := range strings.Fields("analyze timeline windows why compare demo") {
		if code := run([]string{c, "--help"}, &help, &help); code != exitDone {
			t.Fatalf("%s --help ended with %d", c, code)
		}
	}
	known := regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(help.String(), -1)
	dev, err := os.ReadFile(filepath.Join(root, "cmd/dev/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range documents {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range regexp.MustCompile("(?:^|[ `])(--[a-z][a-z-]+)").FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(known, flag[1]) {
				t.Errorf("%s names %s, which no command has", name, flag[1])
			}
		}
		for _, m := range regexp.MustCompile(`go run \./cmd/dev ([a-z]+)`).FindAllStringSubmatch(string(text), -1) {
			if !bytes.Contains(dev, []byte(`{"`+m[1]+`", run`)) {
				t.Errorf("%s names the command %s, which cmd/dev does not have", name, m[0])
			}
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s leads to %s: %v", name, m[1], err)
			}
		}
	}
}
