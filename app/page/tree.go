package page

import (
	"cmp"
	"slices"
	"strings"
)

// Tree is the files of a bundle as the folders and archives hold them, and
// which of these are open. It belongs to one goroutine.
type Tree struct {
	set  *Set
	root *Node
	rows []*Node
}

// Node is a folder, an archive or a file.
type Node struct {
	// Name is the last part of Path, Depth how many folders it is in.
	Name, Path string
	Depth      int
	// File is its place in Set.Files, -1 for a folder of which nothing is told.
	File int
	// Folder is set for a folder or an archive, Open where its content shows.
	Folder, Open bool
	// Of all files in a folder: how many, their bytes, records and problems.
	Files, Records, Problems int
	Bytes                    int64
	// Row is that of the first record of a file in the timeline, -1 for none.
	Row int

	lower    string // of Name
	parent   *Node
	children []*Node
	named    map[string]*Node
}

// manyFiles is from how many files on only the upper folders are open at first.
const manyFiles = 300

// NewTree makes the tree of a set. It may run on a goroutine of its own: a
// hundred thousand files take some tenths of a second.
func NewTree(s *Set) *Tree {
	t := &Tree{set: s, root: &Node{Folder: true, Open: true, Depth: -1, File: -1}}
	for i := range s.Files {
		t.add(i)
	}
	t.root.sum(s)
	t.root.open(func(depth int) bool { return depth < 2 || len(s.Files) <= manyFiles })
	t.list()
	return t
}

// add puts a file where it belongs. A path parts at its slashes, and where an
// archive ends.
func (t *Tree) add(i int) {
	path, at, begin := t.set.Files[i].Path, t.root, 0
	for k := 0; k <= len(path); k++ {
		if k < len(path) && path[k] != '/' && path[k] != '!' || k == begin {
			continue
		}
		at = at.child(path[begin:k], path[:k])
		if k < len(path) {
			at.Folder = true
		}
		begin = k + 1
	}
	at.File, at.Row = i, t.set.Files[i].Row
}

func (n *Node) child(name, path string) *Node {
	if c := n.named[name]; c != nil {
		return c
	}
	c := &Node{Name: name, lower: strings.ToLower(name), Path: path, Depth: n.Depth + 1, File: -1, Row: -1, parent: n}
	if n.named == nil {
		n.named = map[string]*Node{}
	}
	n.named[name] = c
	n.children = append(n.children, c)
	return c
}

// sum adds up what is in a folder, and orders it: folders first, by name.
func (n *Node) sum(s *Set) {
	if n.File >= 0 {
		f := &s.Files[n.File]
		n.Problems += len(f.Problems)
		if !n.Folder {
			n.Files, n.Bytes, n.Records = 1, f.Bytes, f.Records
		}
	}
	for _, c := range n.children {
		c.sum(s)
		n.Files, n.Bytes, n.Records, n.Problems = n.Files+c.Files, n.Bytes+c.Bytes, n.Records+c.Records, n.Problems+c.Problems
	}
	slices.SortStableFunc(n.children, func(a, b *Node) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.lower, b.lower), strings.Compare(a.Name, b.Name))
	})
}

// open opens the folders at the depths that are wanted.
func (n *Node) open(wanted func(depth int) bool) {
	n.Open = wanted(n.Depth)
	for _, c := range n.children {
		c.open(wanted)
	}
}

// list makes the rows that show.
func (t *Tree) list() {
	t.rows = t.rows[:0]
	var walk func(n *Node)
	walk = func(n *Node) {
		for _, c := range n.children {
			t.rows = append(t.rows, c)
			if c.Folder && c.Open {
				walk(c)
			}
		}
	}
	walk(t.root)
}

// Of reports whether it is the tree of a set.
func (t *Tree) Of(s *Set) bool { return t != nil && t.set == s }

// OpenAs opens the folders that are open in another tree, and closes those that
// are closed there; nil changes nothing.
func (t *Tree) OpenAs(other *Tree) {
	if other == nil {
		return
	}
	var walk func(n, as *Node)
	walk = func(n, as *Node) {
		for _, c := range n.children {
			if o := as.named[c.Name]; o != nil {
				c.Open = o.Open
				walk(c, o)
			}
		}
	}
	walk(t.root, other.root)
	t.list()
}

// Len is the number of rows that show, Row one of them.
func (t *Tree) Len() int { return len(t.rows) }

// Row is row i.
func (t *Tree) Row(i int) *Node { return t.rows[i] }

// Toggle opens the folder of row i, or closes it; ok is false for a file.
func (t *Tree) Toggle(i int) (ok bool) { return t.SetOpen(i, !t.rows[i].Open) }

// SetOpen opens or closes the folder of row i; ok is false where it changes
// nothing.
func (t *Tree) SetOpen(i int, open bool) (ok bool) {
	n := t.rows[i]
	if !n.Folder || n.Open == open {
		return false
	}
	n.Open = open
	t.list()
	return true
}

// Parent is the row of the folder that row i is in, -1 at the top.
func (t *Tree) Parent(i int) int { return slices.Index(t.rows, t.rows[i].parent) }

// Find returns the row of a path, and opens what it is in; -1 if there is none.
func (t *Tree) Find(path string) int {
	for i := range t.set.Files {
		if t.set.Files[i].Path == path {
			return t.FindFile(i)
		}
	}
	return -1
}

// FindFile does what Find does for a file by its place in Set.Files.
func (t *Tree) FindFile(i int) int {
	var found *Node
	var walk func(n *Node)
	walk = func(n *Node) {
		for _, c := range n.children {
			if c.File == i {
				found = c
			}
			if found == nil {
				walk(c)
			}
		}
	}
	walk(t.root)
	if found == nil {
		return -1
	}
	for p := found.parent; p != nil; p = p.parent {
		p.Open = true
	}
	t.list()
	return slices.Index(t.rows, found)
}
