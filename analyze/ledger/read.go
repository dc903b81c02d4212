package ledger

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"patchtrail/ingest/cmtrace"
	"patchtrail/ingest/etl"
	"patchtrail/ingest/evtx"
	"patchtrail/ingest/format"
	"patchtrail/ingest/pasted"
	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
	"patchtrail/ingest/sitelog"
	"patchtrail/ingest/wulog"
)

// Bounds of what hostile logs may cost.
const (
	chunkEvents = 1024
	maxEvents   = 1 << 20 // of one file; of more, the newest are kept
	maxSeen     = 1 << 18 // of one file's identifiers whose last state is kept
	maxTitle    = 1024
)

// seen is what a line was last read of.
type seen struct {
	kind kind
	g    guid
}

// run is a scan's answer, and the last time that it was repeated, if ever.
type run struct {
	state    int32
	last     said
	repeated bool
}

// reader reads the lines of one file.
type reader struct {
	file  *record.File
	lines *tables
	// events come in chunks of chunkEvents: a slice that grows would be copied
	// again and again.
	events [][]event
	kept   int // events in all chunks
	words  wordList
	sorted []*event // all of them in order, once the file is read
	// last is the state that was last read of an identifier: what only repeats
	// it is no event.
	last map[seen]string
	// runs are the scans' answers of each update that did not change since.
	runs map[guid]run
	// at is the place of the record that is being read.
	at event
	// agent is set inside an installation of the update agent's log.
	agent   bool
	buf     []byte
	dropped int
	texts   map[string]string // those of events, each kept once: titles repeat
}

// readFiles reads the lines of all files that matter, on two goroutines.
// Reading is unpacking and a glance at each record's first letters.
func readFiles(ctx context.Context, s *record.Store) ([]*reader, error) {
	var files []*record.File
	for _, f := range s.Files {
		if f.Len() > 0 && matters(f) {
			files = append(files, f)
		}
	}
	lines := newTables()
	out := make([]*reader, len(files))
	next := make(chan int)
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			var buf []byte
			for i := range next {
				r := newReader(files[i], lines)
				r.buf = buf
				r.read(ctx)
				buf, r.buf, r.last, r.runs, r.texts = r.buf, nil, nil, nil, nil
				out[i] = r
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	work.Wait()
	return out, ctx.Err()
}

func newReader(f *record.File, lines *tables) *reader {
	return &reader{file: f, lines: lines, last: map[seen]string{}, texts: map[string]string{}, runs: map[guid]run{}}
}

// matters says whether a file may hold lines that the ledger reads.
func matters(f *record.File) bool {
	switch f.Format {
	case reporting.Name, wulog.Name, wulog.NameLegacy, etl.Name:
		return true
	}
	return sourcesOf(f) != nil
}

// sourcesOf maps the components of a file to the logs that they name, nil where
// none is read.
func sourcesOf(f *record.File) []source {
	names := components
	switch f.Format {
	case evtx.Name:
		names = providers
	case cmtrace.Name, sitelog.Name, pasted.Name:
	default:
		return nil
	}
	var out []source
	for i, name := range f.Components {
		if src := names[name]; src != noSource {
			if out == nil {
				out = make([]source, len(f.Components))
			}
			out[i] = src
		}
	}
	return out
}

func (r *reader) read(ctx context.Context) {
	sources := sourcesOf(r.file)
	first := r.file.Base()
	for _, b := range r.file.Blocks() {
		if ctx.Err() != nil {
			return
		}
		switch r.file.Format {
		case reporting.Name:
			r.reporting(b, first)
		case wulog.Name, wulog.NameLegacy, etl.Name:
			r.updateAgent(b, first)
		default:
			r.block(b, first, sources)
		}
		first += record.ID(b.Len())
	}
	r.finish()
}

// finish brings what was read of a file into order.
func (r *reader) finish() {
	for _, n := range r.runs {
		r.endRun(n)
	}
	r.sorted = make([]*event, 0, r.kept)
	for _, chunk := range r.events {
		for i := range chunk {
			r.sorted = append(r.sorted, &chunk[i])
		}
	}
	slices.SortFunc(r.sorted, inOrder)
	r.events = nil
}

// repeats says whether a scan's answer is the same as its last one. The first
// and the last of a run are events, what lies between is not.
func (r *reader) repeats(e said) bool {
	n, ok := r.runs[e.g]
	if ok && n.state == e.n {
		n.last, n.repeated = r.stamp(e), true
		r.runs[e.g] = n
		return true
	}
	r.endRun(n)
	if ok || len(r.runs) < maxSeen {
		r.runs[e.g] = run{state: e.n}
	}
	return false
}

func (r *reader) endRun(n run) {
	if n.repeated {
		r.keep(n.last)
	}
}

// opening is what a record of the client's logs begins with, closing what ends
// its message.
var opening, closing = []byte("<![LOG["), []byte("]LOG]!>")

// block reads the records of a block whose component is read.
func (r *reader) block(b *record.Block, first record.ID, sources []source) {
	unpacked := false
	for i := range b.Len() {
		src := sources[b.Component(i)]
		if src == noSource || b.Flags(i)&record.Untimed != 0 {
			continue
		}
		if !unpacked {
			r.buf, unpacked = b.Unpack(r.buf[:0]), true
		}
		raw := b.Record(r.buf, i)
		if !bytes.HasPrefix(raw, opening) {
			r.place(b, first, i, src)
			if src >= eventUpdates { // begins with its provider and number
				r.line(bytes.TrimRight(raw, "\r\n"))
			} else {
				r.line(format.Split(r.file.Format, raw).Message)
			}
			continue
		}
		msg := raw[len(opening):]
		if l := r.lines.find(src, msg); l != nil {
			if n := bytes.Index(msg, closing); n >= 0 {
				msg = msg[:n]
			}
			r.place(b, first, i, src)
			l.read(r, msg)
		}
	}
}

// line reads a message.
func (r *reader) line(msg []byte) {
	if l := r.lines.find(r.at.source, msg); l != nil {
		l.read(r, msg)
	}
}

// place makes a record the one that is read.
func (r *reader) place(b *record.Block, first record.ID, i int, src source) {
	r.at = event{time: b.Time(i), id: first + record.ID(i), thread: b.Thread(i), source: src}
}

// emit keeps what the record says.
func (r *reader) emit(e said) { r.keep(r.stamp(e)) }

// stamp puts the place of the record into an event.
func (r *reader) stamp(e said) said {
	e.time, e.id, e.thread, e.source = r.at.time, r.at.id, r.at.thread, r.at.source
	return e
}

func (r *reader) keep(e said) {
	if r.kept >= maxEvents { // the oldest go: where updates stand now matters most
		r.dropped += chunkEvents
		r.kept -= chunkEvents
		r.events = slices.Delete(r.events, 0, 1)
	}
	out := e.event
	if e.text != "" || e.caller != "" || e.at != 0 {
		if len(e.text) > maxTitle {
			e.text = strings.Clone(strings.ToValidUTF8(e.text[:maxTitle], ""))
		}
		r.words = append(r.words, words{text: r.once(e.text), caller: r.once(e.caller), at: e.at})
		out.words = int32(len(r.words))
	}
	n := len(r.events)
	if n == 0 || len(r.events[n-1]) == chunkEvents {
		r.events = append(r.events, make([]event, 0, chunkEvents))
		n++
	}
	r.events[n-1] = append(r.events[n-1], out)
	r.kept++
}

// once returns the one copy of a text that is kept.
func (r *reader) once(text string) string {
	if old, ok := r.texts[text]; ok {
		return old
	}
	if len(r.texts) < maxSeen {
		r.texts[text] = text
	}
	return text
}

// changed says whether the state of g is another than the last time.
func (r *reader) changed(k kind, g guid, state []byte) bool {
	key := seen{k, g}
	old, ok := r.last[key]
	if ok && old == string(state) {
		return false
	}
	if ok || len(r.last) < maxSeen {
		r.last[key] = string(state)
	}
	return true
}

// local turns a wall clock of the file's machine into UTC, as of the record
// that is read.
func (r *reader) local(wall int64) int64 {
	bias := int16(0)
	if r.file == nil {
		return wall
	}
	for _, b := range r.file.Biases {
		if b.UTC <= r.at.time || bias == 0 {
			bias = b.Bias
		}
	}
	return wall + int64(bias)*int64(time.Minute)
}

// An entry is how the lines with one beginning are read.
type entry struct {
	prefix string
	read   func(*reader, []byte)
}

// tables are the entries by log and first letter.
type tables [sources][256][]entry

// find returns the entry for a message.
func (t *tables) find(src source, msg []byte) *entry {
	if len(msg) == 0 {
		return nil
	}
	list := t[src][msg[0]]
	for i := range list {
		if e := &list[i]; len(msg) >= len(e.prefix) && string(msg[:len(e.prefix)]) == e.prefix {
			return e
		}
	}
	return nil
}

func newTables() *tables {
	t := new(tables)
	for src, list := range entries() {
		for _, e := range list {
			c := e.prefix[0]
			t[src][c] = append(t[src][c], e)
		}
	}
	for c := byte('0'); c <= '9'; c++ {
		t[wuaHandler][c] = []entry{{string(c), (*reader).numbered}}
	}
	return t
}
