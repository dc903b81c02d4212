package bundle

import "io"

const (
	aheadFrom   = 2 << 20 // bytes from which reading ahead pays for its goroutine
	aheadBlocks = 4       // of 256 KiB that may be ahead of the visitor
)

// ahead unpacks on one core while the visitor works on another. It is for
// streams that nothing else could share the cores with.
type ahead struct {
	w     *walker
	full  chan aheadBlock
	quit  chan struct{}
	ended chan struct{}
	cur   aheadBlock
	rest  []byte // of cur
	err   error
}

type aheadBlock struct {
	buf *[]byte
	n   int
	err error
}

func newAhead(w *walker, r io.Reader) *ahead {
	a := &ahead{
		w: w, full: make(chan aheadBlock, aheadBlocks),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go a.fill(r)
	return a
}

func (a *ahead) fill(r io.Reader) {
	defer close(a.ended)
	defer close(a.full)
	for {
		b := aheadBlock{buf: a.w.pools.block()}
		b.n, b.err = r.Read(*b.buf)
		select {
		case a.full <- b:
		case <-a.quit:
			a.w.pools.putBlock(b.buf)
			return
		}
		if b.err != nil {
			return
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && (len(a.rest) > 0 || a.next()) {
		c := copy(p[n:], a.rest)
		n += c
		a.rest = a.rest[c:]
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, a.err
}

// next takes the next block.
func (a *ahead) next() bool {
	for a.err == nil {
		a.drop()
		b, ok := <-a.full
		if !ok {
			a.err = io.EOF
			return false
		}
		a.cur, a.rest, a.err = b, (*b.buf)[:b.n], b.err
		if b.n > 0 {
			return true
		}
	}
	return false
}

func (a *ahead) drop() {
	if a.cur.buf != nil {
		a.w.pools.putBlock(a.cur.buf)
		a.cur = aheadBlock{}
	}
	a.rest = nil
}

// stop ends the reading; after it the stream below belongs to the caller again.
func (a *ahead) stop() {
	close(a.quit)
	<-a.ended
	for b := range a.full {
		a.w.pools.putBlock(b.buf)
	}
	a.drop()
}
