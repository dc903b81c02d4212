package window

import (
	"bytes"
	"context"
	"hash/maphash"
	"slices"

	"patchtrail/ingest/clock"
	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// component is the name under which the client's service window manager writes.
const component = "ServiceWindowManager"

// Bounds of what hostile logs may cost.
const (
	maxWindows  = 10_000
	maxQueries  = 50_000
	maxThreads  = 4096
	maxEvidence = 8
)

// Read reads the windows of one machine from the logs and exports of a store.
// zone is how the machine keeps time. It returns ctx's error when cancelled.
func Read(ctx context.Context, s *record.Store, machine int, zone *clock.Zone) (*Set, error) {
	set := &Set{Machine: machine, Zone: zone}
	all := logs(s, machine)
	r := newReader(set, len(all) > 1)
	for _, log := range all {
		for _, f := range log {
			if err := r.file(ctx, f); err != nil {
				return nil, err
			}
		}
		r.endLog()
	}
	r.finish()
	if err := set.addExports(ctx, s); err != nil {
		return nil, err
	}
	set.sort()
	return set, nil
}

// logs returns the files that tell of windows, those of one log together, the
// log that begins first in front.
func logs(s *record.Store, machine int) [][]*record.File {
	type key struct {
		input int
		log   string
	}
	at := map[key]int{}
	var out [][]*record.File
	for _, f := range s.Files {
		if f.Machine != machine || !slices.Contains(f.Components, component) {
			continue
		}
		k := key{f.Input, f.Log}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	slices.SortStableFunc(out, func(a, b []*record.File) int {
		switch x, y := a[0].First, b[0].First; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}

// line is one record on its way through the reader.
type line struct {
	text   string
	time   int64 // UTC
	id     record.ID
	thread uint32
}

// file reads the records of one file.
func (r *reader) file(ctx context.Context, f *record.File) error {
	comp := uint16(slices.Index(f.Components, component))
	first := f.Base()
	for _, b := range f.Blocks() {
		if err := ctx.Err(); err != nil {
			return err
		}
		unpacked := false
		for i := range b.Len() {
			if b.Component(i) != comp {
				continue
			}
			if !unpacked {
				r.buf, unpacked = b.Unpack(r.buf[:0]), true
			}
			msg := bytes.TrimSpace(format.Message(f.Format, b.Record(r.buf, i)))
			if len(msg) == 0 {
				continue
			}
			l := line{time: b.Time(i), id: first + record.ID(i), thread: b.Thread(i)}
			if b.Flags(i)&record.Untimed != 0 {
				l.time = r.last
			}
			r.last = l.time
			if r.copies != nil && r.copies.again(l, msg) {
				continue
			}
			l.text = string(msg[:min(len(msg), maxLine)])
			r.line(l)
		}
		first += record.ID(b.Len())
	}
	return nil
}

// maxLine bounds what of a message is looked at: a schedule of 256 tokens and
// some words.
const maxLine = tokenDigits*maxTokens + 512

// copies tells the records of a log from those that another log before it has as
// well: bundles often hold a log twice.
type copies struct {
	seed        maphash.Seed
	now, before map[seenLine]int
}

type seenLine struct {
	time   int64
	hash   uint64
	thread uint32
}

// maxSeen bounds the records that are remembered; later ones count as new.
const maxSeen = 2_000_000

// again reports whether a log read before holds the same record.
func (c *copies) again(l line, msg []byte) bool {
	k := seenLine{l.time, maphash.Bytes(c.seed, msg), l.thread}
	n := c.now[k] + 1
	if n > 1 || len(c.now) < maxSeen {
		c.now[k] = n
	}
	return n <= c.before[k]
}

// endLog makes what was seen in this log known to the next.
func (c *copies) endLog() {
	for k, n := range c.now {
		if c.before[k] > 0 || len(c.before) < maxSeen {
			c.before[k] = max(c.before[k], n)
		}
	}
	clear(c.now)
}
