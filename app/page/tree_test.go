package page

import (
	"fmt"
	"strings"
	"testing"
)

func treeOf(paths ...string) *Tree {
	s := &Set{}
	for i, p := range paths {
		s.Files = append(s.Files, File{Path: p, Name: base(p), Records: 10, Bytes: 100, Row: i})
	}
	return NewTree(s)
}

// drawn writes the rows of a tree, "+" before what is closed.
func drawn(t *Tree) string {
	var out []string
	for i := range t.Len() {
		n := t.Row(i)
		mark := ""
		if n.Folder && !n.Open {
			mark = "+"
		}
		out = append(out, strings.Repeat(" ", n.Depth)+mark+n.Name)
	}
	return strings.Join(out, "\n")
}

func TestTree(t *testing.T) {
	if got := drawn(treeOf("a/b/c/d/e.log")); got != "a\n b\n  c\n   d\n    e.log" {
		t.Errorf("one file deep within folders:\n%s", got)
	}
	tree := treeOf("case.zip!PC01/WindowsUpdate.log", "case.zip!PC01/CCM/Logs/CAS.log", "case.zip!PC01/CCM/Logs/b.cab!x.log", "other.log", "case.zip!PC01/CCM/Logs/b.cab", "case.zip")
	f := func(what, want string) {
		t.Helper()
		if got := drawn(tree); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
		}
	}
	f("at first", "case.zip\n PC01\n  CCM\n   Logs\n    b.cab\n     x.log\n    CAS.log\n  WindowsUpdate.log\nother.log")
	zip := tree.Row(0)
	if zip.Files != 3 || zip.Records != 30 || zip.File != 5 || !zip.Folder {
		t.Errorf("%+v", zip)
	}
	if tree.SetOpen(0, true) || tree.Toggle(8) {
		t.Error("opening what is open, or a file, changes something")
	}
	tree.Toggle(2)
	f("CCM closed", "case.zip\n PC01\n  +CCM\n  WindowsUpdate.log\nother.log")
	if got := tree.Parent(3); got != 1 {
		t.Errorf("WindowsUpdate.log is in row %d", got)
	}
	if got := tree.Parent(0); got != -1 {
		t.Errorf("the top is in row %d", got)
	}
	if got := tree.Find("case.zip!PC01/CCM/Logs/b.cab!x.log"); got != 5 {
		t.Errorf("x.log is found in row %d", got)
	}
	f("found", "case.zip\n PC01\n  CCM\n   Logs\n    b.cab\n     x.log\n    CAS.log\n  WindowsUpdate.log\nother.log")
	if got := tree.Find("none"); got != -1 {
		t.Errorf("none is found in row %d", got)
	}
}

func TestManyFiles(t *testing.T) {
	var paths []string
	for i := range 2 * manyFiles {
		paths = append(paths, fmt.Sprintf("a.zip!PC%02d/Logs/%d.log", i%3, i))
	}
	if got := drawn(treeOf(paths...)); got != "a.zip\n PC00\n  +Logs\n PC01\n  +Logs\n PC02\n  +Logs" {
		t.Errorf("at first:\n%s", got)
	}
}

func BenchmarkTree(b *testing.B) {
	var paths []string
	for i := range 100_000 {
		paths = append(paths, fmt.Sprintf("a.zip!PC%04d/CCM/Logs/%d.log", i/100, i%100))
	}
	b.ResetTimer()
	for range b.N {
		treeOf(paths...)
	}
}
