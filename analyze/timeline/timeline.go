// Package timeline is the merged order of all records of a bundle, and what a
// person does with it: filter, search, count over time.
//
// The order is UTC time, then file, then place in the file. The records of one
// file never change places among themselves within one instant.
package timeline

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sort"
	"sync"

	"patchtrail/ingest/record"
)

// Timeline is the merged order over a store: 4 bytes a record. It is immutable
// and safe for concurrent use.
type Timeline struct {
	Store *record.Store
	order []record.ID
}

// New merges the records of a store; it ends early with ctx's error.
func New(ctx context.Context, s *record.Store) (*Timeline, error) {
	t := &Timeline{Store: s, order: make([]record.ID, s.Len())}
	runs := make([]*run, 0, len(s.Files))
	for i, f := range s.Files {
		if f.Len() > 0 {
			runs = append(runs, newRun(i, f))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	parts := split(runs, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	at := 0
	for _, p := range parts {
		n := 0
		for _, r := range p {
			n += r.left()
		}
		out := t.order[at : at+n]
		at += n
		wg.Add(1)
		go func() {
			defer wg.Done()
			merge(ctx, p, out)
		}()
	}
	wg.Wait()
	return t, ctx.Err()
}

// Len is the number of records.
func (t *Timeline) Len() int { return len(t.order) }

// At returns the record at a place of the merged order.
func (t *Timeline) At(i int) record.ID { return t.order[i] }

// Find returns the place of a record in the merged order.
func (t *Timeline) Find(id record.ID) int {
	want := t.Store.Time(id)
	i := t.Since(want)
	for ; i < len(t.order) && t.order[i] != id; i++ {
	}
	return i
}

// Since returns the first place whose record is at or after a time in
// nanoseconds UTC.
func (t *Timeline) Since(utc int64) int {
	return sort.Search(len(t.order), func(i int) bool { return t.Store.Time(t.order[i]) >= utc })
}

// run is the records of one file in order of time: the file's own order where
// that is sorted already, else ids.
type run struct {
	file   int
	base   record.ID
	blocks []*record.Block
	starts []int // of blocks, in records of the file
	times  []int64
	ids    []record.ID // nil for a file in order
	count  int

	// next is the record to come, in [0, end); block and in place it.
	next, end, block, in int
	time                 int64
}

func newRun(file int, f *record.File) *run {
	r := &run{file: file, base: f.Base(), count: f.Len(), end: f.Len()}
	last, sorted := int64(math.MinInt64), true
	n := 0
	for _, b := range f.Blocks() {
		if b.Len() == 0 {
			continue
		}
		r.blocks = append(r.blocks, b)
		r.starts = append(r.starts, n)
		n += b.Len()
		for i := range b.Len() {
			t := b.Time(i)
			sorted = sorted && t >= last
			last = t
		}
	}
	if !sorted {
		r.sortIDs()
	}
	r.seek(0)
	return r
}

// sortIDs brings the records of a file that is not in order into order; those
// of one instant stay as they are.
func (r *run) sortIDs() {
	r.times = make([]int64, 0, r.count)
	for _, b := range r.blocks {
		r.times = b.AppendTimes(r.times)
	}
	r.ids = make([]record.ID, r.count)
	for i := range r.ids {
		r.ids[i] = record.ID(i)
	}
	slices.SortStableFunc(r.ids, func(a, b record.ID) int {
		switch ta, tb := r.times[a], r.times[b]; {
		case ta < tb:
			return -1
		case ta > tb:
			return 1
		}
		return 0
	})
}

// at returns the time of the i-th record in order.
func (r *run) at(i int) int64 {
	if r.ids != nil {
		return r.times[r.ids[i]]
	}
	b := sort.SearchInts(r.starts, i+1) - 1
	return r.blocks[b].Time(i - r.starts[b])
}

// seek makes the i-th record the next.
func (r *run) seek(i int) {
	r.next = i
	if r.ids == nil && i < r.count {
		r.block = sort.SearchInts(r.starts, i+1) - 1
		r.in = i - r.starts[r.block]
	}
	r.load()
}

func (r *run) load() {
	if r.next >= r.end {
		return
	}
	if r.ids != nil {
		r.time = r.times[r.ids[r.next]]
		return
	}
	r.time = r.blocks[r.block].Time(r.in)
}

func (r *run) left() int { return r.end - r.next }

// pop returns the next record's ID and steps on.
func (r *run) pop() record.ID {
	id := r.base + record.ID(r.next)
	if r.ids != nil {
		id = r.base + r.ids[r.next]
	}
	r.next++
	if r.in++; r.ids == nil && r.in == r.blocks[r.block].Len() {
		r.block++
		r.in = 0
	}
	r.load()
	return id
}

func (r *run) before(o *run) bool {
	return r.time < o.time || r.time == o.time && r.file < o.file
}

// split cuts the runs at common times into about n parts of similar size, so
// that each can be merged by itself.
func split(runs []*run, n int) [][]*run {
	total := 0
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
	for _, r := range runs {
		total += r.count
		lo, hi = min(lo, r.at(0)), max(hi, r.at(r.count-1))
	}
	if n < 2 || total < 1<<14 || lo >= hi {
		return [][]*run{runs}
	}
	var parts [][]*run
	from := make([]int, len(runs))
	for p := 1; p <= n; p++ {
		to := make([]int, len(runs))
		for i, r := range runs {
			to[i] = r.count
		}
		if p < n {
			cut := cutAt(runs, lo, hi, total*p/n)
			for i, r := range runs {
				to[i] = r.until(cut)
			}
		}
		var part []*run
		for i, r := range runs {
			if to[i] > from[i] {
				c := *r
				c.end = to[i]
				c.seek(from[i])
				part = append(part, &c)
			}
		}
		parts = append(parts, part)
		from = to
	}
	return parts
}

// until counts the records before a time.
func (r *run) until(t int64) int {
	return sort.Search(r.count, func(i int) bool { return r.at(i) >= t })
}

// cutAt finds a time before which about want records lie.
func cutAt(runs []*run, lo, hi int64, want int) int64 {
	for range 64 {
		mid := lo + (hi-lo)/2
		n := 0
		for _, r := range runs {
			n += r.until(mid)
		}
		if n < want {
			lo = mid
		} else {
			hi = mid
		}
		if hi-lo <= 1 {
			break
		}
	}
	return hi
}

// merge writes the records of the runs to out in order: a heap of runs, of
// which the first is drained until the second best is due.
func merge(ctx context.Context, runs []*run, out []record.ID) {
	h := runs
	for i := len(h)/2 - 1; i >= 0; i-- {
		down(h, i)
	}
	n, check := 0, 0
	for len(h) > 1 {
		top, second := h[0], h[1]
		if len(h) > 2 && h[2].before(second) {
			second = h[2]
		}
		for {
			out[n] = top.pop()
			n++
			if top.next == top.end {
				h[0] = h[len(h)-1]
				h = h[:len(h)-1]
				break
			}
			if !top.before(second) {
				break
			}
		}
		down(h, 0)
		if check++; check&0xFFF == 0 && ctx.Err() != nil {
			return
		}
	}
	for len(h) == 1 && h[0].left() > 0 {
		out[n] = h[0].pop()
		n++
	}
}

func down(h []*run, i int) {
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(h[i]) {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}
