package timeline

import (
	"context"
	"regexp"
	"runtime"
	"sort"
	"sync/atomic"

	"patchtrail/ingest/record"
)

// Filter says which records to keep; the zero value keeps all. Conditions of
// different fields must all hold, values within one field are alternatives.
type Filter struct {
	// From and To bound the time, nanoseconds UTC, both included; 0 is open.
	From, To int64
	// Levels to keep; none keeps all.
	Levels []record.Level
	// Components to keep, by name, without regard to case.
	Components []string
	// Files to keep: parts of their paths, without regard to case; a pattern
	// with * or ? must fit the file's base name.
	Files []string
	// Machines to keep, by index in the result.
	Machines []int
	// Threads to keep.
	Threads []uint32
	// Text that the message must hold, without regard to case.
	Text string
	// Regexp that the message must match.
	Regexp *regexp.Regexp
	// All must keep the record too, and one of Any where there are any; what one
	// of Not keeps is dropped. Their Message is that of the whole.
	All, Any, Not []Filter
	// Message cuts the message out of a record's text; file tells the format.
	// It is needed for Text and Regexp, here and below.
	Message func(file *record.File, raw []byte) []byte
}

// Near limits the filter to an instant and seconds around it.
func (f *Filter) Near(utc int64, seconds float64) {
	d := int64(seconds * 1e9)
	f.From, f.To = utc-d, utc+d
}

// Search calls emit with the records that pass, in merged order, in batches;
// the first come while the search still runs. emit is not called again after
// ctx ended. It returns ctx's error.
func (t *Timeline) Search(ctx context.Context, f Filter, emit func([]record.ID)) error {
	return t.Places(ctx, f, func(places []int) {
		ids := make([]record.ID, len(places))
		for i, at := range places {
			ids[i] = t.order[at]
		}
		emit(ids)
	})
}

// Places is Search with the places of the records in the merged order. emit
// keeps the slice.
func (t *Timeline) Places(ctx context.Context, f Filter, emit func([]int)) error {
	from, to := 0, t.Len()
	if f.From != 0 {
		from = t.Since(f.From)
	}
	if f.To != 0 {
		to = t.Since(f.To + 1)
	}
	if from >= to {
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := t.newSearch(ctx, f)
	s.start(from, to)
	return s.collect(from, to, emit)
}

// search is one run of Search. Blocks are judged whole, each once, in the order
// in which the merged order first comes to them.
type search struct {
	t      *Timeline
	ctx    context.Context
	judge  *judge
	firsts []record.ID // of the store's blocks
	coarse []int32     // the block of every coarseStep-th record
	verd   []verdict
	queue  []int
	next   atomic.Int64
}

// verdict says which records of a block pass.
type verdict struct {
	done chan struct{}
	pass []uint64 // a bit a record; nil if none passes
}

func (t *Timeline) newSearch(ctx context.Context, f Filter) *search {
	s := &search{t: t, ctx: ctx, judge: newJudge(f, t.Store.Files, f.Message)}
	n := t.Store.NumBlocks()
	s.firsts = make([]record.ID, n)
	s.verd = make([]verdict, n)
	for i := range n {
		var b *record.Block
		_, s.firsts[i], b = t.Store.BlockAt(i)
		s.verd[i].done = make(chan struct{})
		for len(s.coarse)*coarseStep <= int(s.firsts[i])+b.Len()-1 {
			s.coarse = append(s.coarse, int32(i))
		}
	}
	return s
}

// coarseStep is how many records lie between two entries of search.coarse:
// neighbours in time are in other files, so that blocks are looked up as often
// as there are records.
const coarseStep = 256

// start lists the blocks that are wanted in the order of their first record
// and sets goroutines on them.
func (s *search) start(from, to int) {
	lo, hi := s.t.Store.Time(s.t.order[from]), s.t.Store.Time(s.t.order[to-1])
	type at struct {
		block int
		time  int64
	}
	var blocks []at
	for i := range s.verd {
		file, _, b := s.t.Store.BlockAt(i)
		least, most := bounds(b)
		if !s.judge.wants(file) || most < lo || least > hi {
			close(s.verd[i].done)
			continue
		}
		blocks = append(blocks, at{i, least})
	}
	sort.SliceStable(blocks, func(i, j int) bool { return blocks[i].time < blocks[j].time })
	for _, b := range blocks {
		s.queue = append(s.queue, b.block)
	}
	for range runtime.GOMAXPROCS(0) {
		go s.work()
	}
}

func bounds(b *record.Block) (least, most int64) {
	least, most = b.Time(0), b.Time(0)
	for i := range b.Len() {
		least, most = min(least, b.Time(i)), max(most, b.Time(i))
	}
	return least, most
}

func (s *search) work() {
	var buf []byte
	for s.ctx.Err() == nil {
		i := int(s.next.Add(1)) - 1
		if i >= len(s.queue) {
			return
		}
		n := s.queue[i]
		file, _, b := s.t.Store.BlockAt(n)
		t := text{block: b, buf: buf[:0]}
		s.verd[n].pass = s.judge.pass(file, b, &t)
		buf = t.buf
		close(s.verd[n].done)
	}
}

// batch is how many records emit gets at most at once.
const batch = 8192

// collect walks the merged order and hands out what passes.
func (s *search) collect(from, to int, emit func([]int)) error {
	out := make([]int, 0, batch)
	block, end := 0, record.ID(0)
	first := record.ID(1)
	send := func() error {
		if len(out) > 0 && s.ctx.Err() == nil {
			emit(out)
			out = make([]int, 0, batch)
		}
		return s.ctx.Err()
	}
	for k, id := range s.t.order[from:to] {
		if id < first || id >= end {
			block, first, end = s.find(id)
			select {
			case <-s.verd[block].done:
			default:
				// What is known goes out before waiting for more.
				if err := send(); err != nil {
					return err
				}
				select {
				case <-s.verd[block].done:
				case <-s.ctx.Done():
					return s.ctx.Err()
				}
			}
		}
		i := int(id - first)
		if p := s.verd[block].pass; p != nil && p[i/64]&(1<<(i%64)) != 0 {
			if out = append(out, from+k); len(out) == batch {
				if err := send(); err != nil {
					return err
				}
			}
		}
	}
	return send()
}

// find returns the block of a record and the records that it holds.
func (s *search) find(id record.ID) (block int, first, end record.ID) {
	n := int(s.coarse[int(id)/coarseStep])
	for n+1 < len(s.firsts) && s.firsts[n+1] <= id {
		n++
	}
	end = record.ID(s.t.Store.Len())
	if n+1 < len(s.firsts) {
		end = s.firsts[n+1]
	}
	return n, s.firsts[n], end
}
