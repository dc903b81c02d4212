package ingest

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// flush makes a block of buf[:n] and the records of the batch, and lets go of
// buf once the block is packed.
func (r *fileReader) flush(buf []byte, n int, keepLines bool) {
	if n == 0 {
		putBuffer(buf)
		r.batch.Recs = r.batch.Recs[:0]
		return
	}
	chunk := buf[:n]
	r.settle(r.batch.Recs)
	if r.file.Format == "cmtrace" {
		r.stamps(chunk)
	}
	b, line := record.NewBlock(chunk, r.batch.Recs, r.line, keepLines)
	r.line = line
	r.file.Lines = line - 1
	r.file.Text += int64(n)
	p := r.in.opt.Progress
	p.Text.Add(int64(n))
	p.Records.Add(int64(len(r.batch.Recs)))
	r.batch.Recs = r.batch.Recs[:0]

	components := r.batch.Components()
	first := uint32(r.count)
	r.count += b.Len()
	r.mu.Lock()
	at := len(r.blocks)
	r.blocks = append(r.blocks, b)
	r.ready = append(r.ready, false)
	r.file.Components = components
	r.mu.Unlock()
	block := Block{&r.file, b, first, components, chunk}
	if r.in.opt.InOrder != nil {
		r.in.opt.InOrder(block)
	}
	r.pending.Add(1)
	r.in.submit(func(p *record.Packer) {
		defer r.pending.Done()
		p.Pack(b, chunk)
		if r.in.opt.OnBlock != nil {
			r.in.opt.OnBlock(block)
		}
		putBuffer(buf)
		r.mu.Lock()
		r.ready[at] = true
		r.mu.Unlock()
	})
}

// settle turns wall clocks into UTC where the log states its bias, marks the
// rest Local, lets untimed records take the time of the one before them, and
// notes where the bias changes.
func (r *fileReader) settle(recs []record.Rec) {
	for i := range recs {
		rec := &recs[i]
		if rec.Flags&record.Untimed != 0 {
			rec.Time = noTime
			if r.timed {
				rec.Time = r.last
				rec.Flags |= r.lastFlags
			}
			continue
		}
		if rec.Bias == record.NoBias {
			rec.Flags |= record.Local
		} else {
			rec.Time += int64(rec.Bias) * int64(time.Minute)
			if rec.Bias != r.bias {
				r.observe(rec)
			}
			if r.timed && rec.Time < r.last-jumpBack && r.lastFlags&record.Local == 0 && len(r.file.Jumps) < maxJumps {
				r.file.Jumps = append(r.file.Jumps, record.Jump{Record: r.count + i, From: r.last, To: rec.Time})
			}
		}
		r.last, r.lastFlags, r.timed = rec.Time, rec.Flags&record.Local, true
	}
}

// A clock that goes back by more than jumpBack was set; threads that write late
// do not make that much. maxJumps bounds what a hostile file can make us keep.
const (
	jumpBack = int64(time.Minute)
	maxJumps = 100
)

// maxObservations bounds what a hostile file can make us keep.
const maxObservations = 4096

// observe notes a change of the bias, and how long the one before held.
func (r *fileReader) observe(rec *record.Rec) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.file.Biases) < maxObservations {
		if r.bias != record.NoBias {
			r.file.Biases = append(r.file.Biases, record.BiasAt{UTC: r.last, Bias: r.bias})
		}
		r.file.Biases = append(r.file.Biases, record.BiasAt{UTC: rec.Time, Bias: rec.Bias})
	}
	r.bias = rec.Bias
}

var stampMark = []byte(`DateTime = "`)

// stamps collects the UTC times that state messages hold in their bodies:
// DateTime = "20191018142717.661000+000".
func (r *fileReader) stamps(chunk []byte) {
	for from := 0; len(r.file.Stamps) < maxObservations; {
		i := bytes.Index(chunk[from:], stampMark)
		if i < 0 {
			return
		}
		from += i + len(stampMark)
		utc, ok := stampTime(chunk[from:])
		if !ok {
			continue
		}
		recs := r.batch.Recs
		lo, hi := 0, len(recs)
		for lo < hi {
			if mid := (lo + hi) / 2; recs[mid].Off <= from {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo > 0 && recs[lo-1].Flags&(record.Local|record.Untimed) == 0 {
			r.file.Stamps = append(r.file.Stamps, record.Stamp{Record: recs[lo-1].Time, Stated: utc})
		}
	}
}

// stampTime reads a WMI date and time with the offset +000.
func stampTime(b []byte) (int64, bool) {
	if len(b) < 25 || b[14] != '.' || string(b[21:25]) != "+000" {
		return 0, false
	}
	days, ok := scan.Date(scan.Four(b, 0), scan.Two(b, 4), scan.Two(b, 6))
	h, m, s := scan.Two(b, 8), scan.Two(b, 10), scan.Two(b, 12)
	if !ok || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return 0, false
	}
	ns, n := scan.Fraction(b[15:21])
	if n != 6 {
		return 0, false
	}
	return (days*86400+int64(h*3600+m*60+s))*1e9 + ns, true
}

// soFar is the file as far as its blocks are packed, for a view while reading.
func (r *fileReader) soFar() *record.File {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for n < len(r.ready) && r.ready[n] {
		n++
	}
	f := &record.File{
		Path: r.file.Path, Input: r.file.Input, Log: r.file.Log, Roll: r.file.Roll, Format: r.file.Format,
		Components: slices.Clone(r.file.Components), Biases: slices.Clone(r.file.Biases),
	}
	f.SetBlocks(timed(r.blocks[:n:n]))
	return f
}

// whole is the file once all of it is read and packed.
func (r *fileReader) whole() *record.File {
	r.pending.Wait()
	f := &r.file
	f.Components = r.batch.Components()
	if r.bias != record.NoBias {
		f.Biases = append(f.Biases, record.BiasAt{UTC: r.last, Bias: r.bias})
	}
	f.SetBlocks(timed(r.blocks))
	return f
}

// release lets go of what is not needed of a file that is whole: the file is a
// part of r, so that r stays as long as it does.
func (r *fileReader) release() {
	r.src, r.batch, r.blocks, r.ready = nil, record.Batch{}, nil, nil
}

// timed gives untimed records at the start of a file the time of the first that
// has one.
func timed(blocks []*record.Block) []*record.Block {
	first, flags, found := int64(0), record.Flags(0), false
	lead := 0
search:
	for n, b := range blocks {
		for i := range b.Len() {
			if t := b.Time(i); t != noTime {
				first, flags, found = t, b.Flags(i)&record.Local, true
				break search
			}
			lead = n + 1
		}
	}
	if lead == 0 {
		return blocks
	}
	out := append([]*record.Block(nil), blocks...)
	for n := range out[:lead] {
		out[n] = out[n].WithTimes(func(_ int, t int64, f record.Flags) (int64, record.Flags) {
			if t != noTime || !found {
				return t, f
			}
			return first, f | flags
		})
	}
	return out
}

// Chunk buffers go round between the files that are read at once.
var buffers = sync.Pool{New: func() any { b := make([]byte, record.TargetBlock); return &b }}

func getBuffer(n int) []byte {
	if n > record.TargetBlock {
		return make([]byte, n)
	}
	return (*buffers.Get().(*[]byte))[:record.TargetBlock]
}

func putBuffer(b []byte) {
	if cap(b) == record.TargetBlock {
		b = b[:cap(b)]
		buffers.Put(&b)
	}
}
