package bundle

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"patchtrail/ingest/issue"
)

var (
	errChecksum = errors.New("checksum does not fit")
	errSize     = errors.New("size does not fit")
	errLimit    = errors.New("past a limit")
	errDropped  = errors.New("not looked at")
	errPassword = errors.New("no password fits")
	errSplit    = errors.New("goes on in another part")
)

// unsupportedError names a method or variant that cannot be read.
type unsupportedError string

func (e unsupportedError) Error() string { return "unsupported: " + string(e) }

// A toldError was reported already, where it came up; whoever meets it further
// out is silent.
type toldError struct{ err error }

func (e *toldError) Error() string { return e.err.Error() }
func (e *toldError) Unwrap() error { return e.err }

// A guard is what everything unpacked flows through: it keeps to the limits,
// sees ctx, turns damage and panics into issues, and fills p as far as it can.
type guard struct {
	w   *walker
	it  *item
	r   io.Reader
	n   int64 // bytes that came through
	err error // sticky
}

func (w *walker) guard(it *item, r io.Reader) *guard {
	return &guard{w: w, it: it, r: r}
}

// maxStep bounds one read below a guard, so that ctx is seen in time.
const maxStep = 256 << 10

func (g *guard) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && g.err == nil {
		if err := g.w.ctx.Err(); err != nil {
			g.err = &toldError{err}
			break
		}
		m, err := g.step(p[n:min(len(p), n+maxStep)])
		n += m
		g.account(int64(m))
		if err != nil && g.err == nil {
			g.end(err)
		}
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, g.err
}

// step reads once, and makes an error of a panic.
func (g *guard) step(p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("damaged beyond reading: %v", v)
		}
	}()
	n, err = g.r.Read(p)
	if n < 0 || n > len(p) {
		return 0, errors.New("damaged beyond reading: wrong length")
	}
	return n, err
}

func (g *guard) end(err error) {
	if errors.Is(err, io.EOF) && err != io.EOF {
		err = io.ErrUnexpectedEOF // wrapped on its way through a decoder
	}
	if err != io.EOF {
		err = g.w.damage(g.it, err)
	}
	g.err = err
}

// account adds n bytes and ends the stream where they are too many.
func (g *guard) account(n int64) {
	if n == 0 {
		return
	}
	w, lim, rt := g.w, &g.w.lim, g.it.root
	g.n += n
	inRoot := rt.unpacked.Add(n)
	inAll := w.unpacked.Add(n)
	switch {
	case g.n > lim.EntryBytes && !g.it.container:
		w.report(g.it.path, -1, issue.Limit, "limit-entry-bytes", mib(lim.EntryBytes))
	case g.it.packed != nil && g.n > lim.RatioFrom && g.n/int64(lim.Ratio) > g.it.packed():
		w.report(g.it.path, -1, issue.Limit, "limit-ratio", strconv.Itoa(lim.Ratio))
	case inRoot > lim.RatioFrom && inRoot/int64(lim.Ratio) > rt.packed:
		if rt.bomb.CompareAndSwap(false, true) {
			w.report(rt.path, -1, issue.Limit, "limit-ratio", strconv.Itoa(lim.Ratio))
		}
	case inAll > lim.TotalBytes:
		w.reportOnce(rt.path, issue.Limit, "limit-total-bytes", mib(lim.TotalBytes))
	case rt.bomb.Load():
	default:
		return
	}
	g.err = &toldError{errLimit}
}

// drain reads the rest, so that what comes after it in the same stream can be
// reached within the limits. It says whether that worked.
func (g *guard) drain() bool {
	buf := g.w.pools.block()
	defer g.w.pools.putBlock(buf)
	for g.err == nil {
		_, _ = g.Read(*buf) // the error is g.err
	}
	return !errors.Is(g.err, errLimit) && g.w.ctx.Err() == nil
}

func mib(n int64) string { return strconv.FormatInt(n>>20, 10) }

// damage reports err as an issue of it, once, and returns it so marked.
func (w *walker) damage(it *item, err error) error {
	var told *toldError
	if errors.As(err, &told) {
		return err
	}
	var unsupported unsupportedError
	switch {
	case errors.As(err, &unsupported):
		w.report(it.path, -1, issue.Unsupported, "method-unsupported", string(unsupported))
	case errors.Is(err, errSplit):
		w.split(it.path)
	case errors.Is(err, errPassword):
		w.report(it.path, -1, issue.Encrypted, "password-needed")
	case errors.Is(err, io.ErrUnexpectedEOF):
		w.report(it.path, -1, issue.Truncated, "data-truncated")
	case errors.Is(err, errChecksum), errors.Is(err, errSize):
		w.report(it.path, -1, issue.Corrupt, "data-checksum")
	case errors.Is(err, errTooBig):
		w.report(it.path, -1, issue.Limit, "limit-memory")
	default:
		w.report(it.path, -1, issue.Corrupt, "data-corrupt", err.Error())
	}
	return &toldError{err}
}

// split tells of an archive of which only one part is there.
func (w *walker) split(path string) {
	w.report(path, -1, issue.Unsupported, "archive-split")
}

// errTooBig says that a member asks for more memory than one may have.
var errTooBig = errors.New("needs too much memory to unpack")

// rescue makes an error of a panic in a library that met hostile input.
func rescue(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("damaged beyond reading: %v", v)
		}
	}()
	return f()
}

// headed reads head, then r.
type headed struct {
	head []byte
	r    io.Reader
}

func (h *headed) Read(p []byte) (int, error) {
	if len(h.head) == 0 {
		return h.r.Read(p)
	}
	n := copy(p, h.head)
	h.head = h.head[n:]
	if n == len(p) {
		return n, nil
	}
	m, err := h.r.Read(p[n:])
	if n+m > 0 {
		err = nil // r keeps it
	}
	return n + m, err
}
