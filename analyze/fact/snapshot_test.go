package fact

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

// golden compares got with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// TestSnapshots reads every file of testdata/snapshot, with line ends of both
// kinds and of WMIC, and compares what it says.
func TestSnapshots(t *testing.T) {
	names, err := filepath.Glob("testdata/snapshot/*")
	if err != nil || len(names) == 0 {
		t.Fatal("no snapshots", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(raw), "\r\n", "\n")
			got := show(read(text))
			golden(t, "testdata/facts/"+filepath.Base(name), got)
			for _, end := range []string{"\r\n", "\r\r\n"} {
				if d := cmp.Diff(got, show(read("\uFEFF"+strings.ReplaceAll(text, "\n", end)))); d != "" {
					t.Errorf("with line ends %q (-plain +got):\n%s", end, d)
				}
			}
		})
	}
}

// TestTells wants nothing lost in the objects that tells leaves out.
func TestTells(t *testing.T) {
	names, _ := filepath.Glob("testdata/snapshot/*")
	left := 0
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		split(raw, &regReader{c: newCollector()}, func(s *section) {
			r := objectReader{lines: s.lines, plain: func(line) {}, bare: true, emit: func(o *object) {
				if o.tells() {
					return
				}
				left++
				c := newCollector()
				c.classify(o)
				if got := show(c.Facts); got != "" {
					t.Errorf("%s: left out: %s", name, got)
				}
			}}
			r.read()
		})
	}
	if left == 0 {
		t.Error("no object was left out")
	}
}
