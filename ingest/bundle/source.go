package bundle

import (
	"bufio"
	"context"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"

	"patchtrail/ingest/issue"
)

// A source is the bytes of an archive: a file on the disk, a piece of one, or
// memory. It lives until all members let go of it.
type source struct {
	io.ReaderAt
	size  int64
	held  int64 // bytes of memory it takes up
	refs  atomic.Int32
	close func()
}

func newSource(r io.ReaderAt, size int64, close func()) *source {
	s := &source{ReaderAt: r, size: size, close: close}
	s.refs.Store(1)
	return s
}

func (s *source) retain() { s.refs.Add(1) }

func (s *source) done() {
	if s.refs.Add(-1) == 0 {
		s.close()
	}
}

func (s *source) stream() io.Reader { return io.NewSectionReader(s, 0, s.size) }

// section makes a source of n bytes of s from off, which needs no memory.
func (s *source) section(off, n int64) *source {
	s.retain()
	return newSource(io.NewSectionReader(s, off, n), n, s.done)
}

// A meter adds what is read of one file to a Counter: never more than its
// size, and all of it once the file is done.
type meter struct {
	count *Counter
	left  atomic.Int64
}

func newMeter(c *Counter, size int64) *meter {
	c.Known.Add(size)
	m := &meter{count: c}
	m.left.Store(size)
	return m
}

func (m *meter) add(n int64) {
	left := m.left.Add(-n)
	if left < 0 {
		n += left
		m.left.Store(0)
	}
	m.count.Done.Add(max(n, 0))
}

func (m *meter) finish() { m.count.Done.Add(max(m.left.Swap(0), 0)) }

// watched is random access that ends with ctx, and is metered.
type watched struct {
	ctx context.Context
	r   io.ReaderAt
	m   *meter
}

func (f *watched) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, &toldError{err}
	}
	n, err := f.r.ReadAt(p, off)
	f.m.add(int64(n))
	return n, err
}

// disk makes a source of a file, or of the parts of a split one.
func (w *walker) disk(parts []*os.File, size int64, m *meter) *source {
	var r io.ReaderAt = parts[0]
	if len(parts) > 1 {
		r = joinParts(parts)
	}
	return newSource(&watched{w.ctx, r, m}, size, func() {
		closeAll(parts)
		m.finish()
	})
}

// chunk is the unit in which nested archives are held.
const chunk = 1 << 20

// memory is a file in pieces, so that growing it copies nothing.
type memory struct {
	chunks []*[chunk]byte
	size   int64
}

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < m.size {
		from := m.chunks[off/chunk][off%chunk:]
		from = from[:min(int64(len(from)), m.size-off)]
		c := copy(p[n:], from)
		n += c
		off += int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// keep reads all of r into memory, so that the archive in it can be opened. ok
// is false, and it was reported, when there is no room for it. What was read
// before damage is kept: a part of an archive may still be read.
func (w *walker) keep(it *item, r io.Reader) (src *source, ok bool) {
	mem := &memory{}
	reserved := int64(0)
	src = newSource(mem, 0, nil)
	var m *meter
	src.close = func() {
		for _, c := range mem.chunks {
			w.pools.chunks.Put(c)
		}
		w.release(src.held)
		if m != nil {
			m.finish()
		}
	}
	reserve := func(n int64) bool {
		if w.hold(n, it.chain+reserved, it.depth) {
			reserved += n
			src.held = reserved
			return true
		}
		if w.ctx.Err() == nil {
			w.report(it.path, -1, issue.Limit, "limit-held", mib(w.lim.HeldBytes))
		}
		return false
	}
	if it.size > 0 && !reserve((it.size+chunk-1)/chunk*chunk) {
		return src, false
	}
	for {
		if int64(len(mem.chunks)+1)*chunk > reserved && !reserve(chunk) {
			return src, false
		}
		c := w.pools.chunk()
		mem.chunks = append(mem.chunks, c)
		n, err := io.ReadFull(r, c[:])
		mem.size += int64(n)
		if err != nil {
			break
		}
	}
	used := int64(len(mem.chunks)) * chunk
	w.release(reserved - used)
	src.held = used
	src.size = mem.size
	m = newMeter(w.count, mem.size)
	src.ReaderAt = &watched{w.ctx, mem, m}
	return src, w.ctx.Err() == nil
}

// pools keep buffers between members: a bundle may have 200,000 of them.
type pools struct {
	chunks, blocks, buffers, flates, heads sync.Pool
}

// head gives room for what is looked at of a file.
func (p *pools) head() *[headSize]byte {
	if h, ok := p.heads.Get().(*[headSize]byte); ok {
		return h
	}
	return new([headSize]byte)
}

func (p *pools) putHead(h *[headSize]byte) { p.heads.Put(h) }

func (p *pools) chunk() *[chunk]byte {
	if c, ok := p.chunks.Get().(*[chunk]byte); ok {
		return c
	}
	return new([chunk]byte)
}

// block gives 256 KiB.
func (p *pools) block() *[]byte {
	if b, ok := p.blocks.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, maxStep)
	return &b
}

func (p *pools) putBlock(b *[]byte) { p.blocks.Put(b) }

// buffer gives a buffered reader of packed bytes; 64 KiB is where larger ones
// measure no faster.
func (p *pools) buffer(r io.Reader) *bufio.Reader {
	if b, ok := p.buffers.Get().(*bufio.Reader); ok {
		b.Reset(r)
		return b
	}
	return bufio.NewReaderSize(r, 64<<10)
}

func (p *pools) putBuffer(b *bufio.Reader) {
	b.Reset(nil)
	p.buffers.Put(b)
}

// inflate gives a Deflate decoder; closing it gives it back.
func (p *pools) inflate(r io.Reader) io.ReadCloser {
	f, ok := p.flates.Get().(io.ReadCloser)
	if ok {
		_ = f.(flate.Resetter).Reset(r, nil) // never fails without a dictionary
	} else {
		f = flate.NewReader(r)
	}
	return &inflater{p, f}
}

type inflater struct {
	p *pools
	f io.ReadCloser
}

func (i *inflater) Read(b []byte) (int, error) { return i.f.Read(b) }

func (i *inflater) Close() error {
	if i.f != nil {
		i.p.flates.Put(i.f)
		i.f = nil
	}
	return nil
}
