package bundle

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"patchtrail/ingest/issue"
)

// An item is one file that was met, on the disk or in an archive.
type item struct {
	root    *root
	path    string // shown
	size    int64  // unpacked bytes as claimed, -1 unknown
	modTime time.Time
	depth   int   // archives around it
	chain   int64 // bytes that the archives around it hold in memory
	// packed gives the bytes that the file takes up so far, for the ratio;
	// nil: they cannot be told apart from the archive's.
	packed    func() int64
	container bool  // holds files: Limits.EntryBytes is not for it
	serial    bool  // comes out of a stream that nobody else can read meanwhile
	wraps     *item // set on what a compressed file holds: that file
}

// A root is one file on the disk, against which all that is inside counts.
type root struct {
	input    int
	path     string
	packed   int64
	unpacked atomic.Int64
	bomb     atomic.Bool // its ratio is past the limit: nothing more is read of it
}

// within makes an item of an archive's member.
func (it *item) within(name string, size int64, mod time.Time) *item {
	return &item{
		root: it.root, path: it.path + "!" + name, size: size, modTime: mod,
		depth: it.depth + 1, chain: it.chain,
	}
}

// file looks at a file with random access, and opens or visits it. It lets go
// of src.
func (w *walker) file(it *item, src *source) {
	defer src.done()
	if !w.admit(it) {
		return
	}
	head := w.pools.head()
	defer w.pools.putHead(head)
	n, err := src.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) && n == 0 {
		w.damage(it, err)
		return
	}
	k := identify(head[:n], base(it.path))
	if k == plain && bytes.HasPrefix(head[:n], []byte("MZ")) {
		if inner, kind := selfExtracting(src); kind != plain {
			defer inner.done()
			w.open(it, inner, kind)
			return
		}
	}
	switch {
	case k.guessed() && (k.kind() != zipped || !looksLikeZip(src)):
		w.strange(it, w.guard(it, src.stream()))
	case k.random():
		w.open(it, src, k.kind())
	default:
		if k == plain {
			w.tellUnread(it, head[:n])
		}
		g := w.guard(it, src.stream())
		w.flow(it, g, g, k)
	}
}

// strange visits a file that has the name of an archive but is none.
func (w *walker) strange(it *item, r io.Reader) {
	w.report(it.path, -1, issue.Corrupt, "archive-not-recognised")
	w.leaf(it, r)
}

// member looks at a file that comes as a stream, and opens or visits it. It
// returns what its guard saw, so that the caller knows whether to go on.
func (w *walker) member(it *item, r io.Reader) *guard {
	g := w.guard(it, r)
	if !w.admit(it) {
		g.err = errDropped
		return g
	}
	w.sniff(it, g)
	return g
}

func (w *walker) sniff(it *item, g *guard) {
	head := w.pools.head()
	defer w.pools.putHead(head)
	n, err := io.ReadFull(g, head[:])
	if err != nil && n == 0 && !errors.Is(err, io.EOF) && it.wraps != nil {
		return // nothing of it came out; it was reported
	}
	k := identify(head[:n], base(it.path))
	if k == plain {
		w.tellUnread(it, head[:n])
	}
	w.flow(it, g, &headed{head[:n], g}, k)
}

// flow opens or visits what r holds. r is g, or begins with what was taken
// from g to look at.
func (w *walker) flow(it *item, g *guard, r io.Reader, k kind) {
	switch {
	case k == plain:
		w.leaf(it, r)
	case k.guessed() && k.kind() != zipped:
		w.strange(it, r)
	case k == tarred && it.wraps != nil:
		w.tar(it.wraps, it, r) // x.tar.gz is one archive, not two
	case it.depth >= w.lim.Depth:
		w.report(it.path, -1, issue.Limit, "limit-depth", strconv.Itoa(w.lim.Depth))
	case k == tarred:
		w.tar(it, it, r)
	case k.random():
		w.nested(it, r, k)
	default:
		w.unwrap(it, g, r, k)
	}
}

// nested holds an archive inside an archive in memory and opens it there.
func (w *walker) nested(it *item, r io.Reader, k kind) {
	src, ok := w.keep(it, r)
	defer src.done()
	if !ok {
		return
	}
	inner := *it
	inner.chain += src.held
	if k.guessed() && !looksLikeZip(src) {
		w.strange(it, src.stream())
		return
	}
	w.open(&inner, src, k.kind())
}

// open lists an archive that needs random access. The members may be read
// after it returns: they hold on to src themselves.
func (w *walker) open(it *item, src *source, k kind) {
	if it.depth >= w.lim.Depth {
		w.report(it.path, -1, issue.Limit, "limit-depth", strconv.Itoa(w.lim.Depth))
		return
	}
	err := rescue(func() error {
		switch k {
		case zipped:
			return w.zip(it, src)
		case sevenZipped:
			return w.sevenZip(it, src)
		case rarred:
			return w.rar(it, src)
		default:
			return w.cabinet(it, src)
		}
	})
	if err != nil {
		w.damage(it, err)
	}
}

// linkSkipped and specialSkipped tell of what is never opened.
func (w *walker) linkSkipped(path string) {
	w.report(path, -1, issue.Skipped, "link-skipped")
}

func (w *walker) specialSkipped(path string) {
	w.report(path, -1, issue.Skipped, "special-skipped")
}

// isJunk knows what systems leave behind for themselves.
func isJunk(p string) bool {
	b := base(p)
	if b == ".DS_Store" || strings.EqualFold(b, "Thumbs.db") {
		return true
	}
	for part := range strings.FieldsFuncSeq(p, func(r rune) bool { return r == '/' || r == '!' }) {
		if part == "__MACOSX" {
			return true
		}
	}
	return false
}
