package ledger

import (
	"bytes"
	"context"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"

	"patchtrail/ingest/cmtrace"
	"patchtrail/ingest/etl"
	"patchtrail/ingest/eventtext"
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
	last     event
	state    int32
	repeated bool
}

// reader reads the lines of one file, block by block.
type reader struct {
	file  *record.File
	lines *tables
	// sources are the logs that the file's components name, as far as they are
	// known.
	sources []source
	// events come in chunks: a slice that grows would be copied again and again.
	// They are in order once the file is read.
	events eventList
	kept   int // events in all chunks
	words  wordList
	// last is a hash of the state that was last read of an identifier: what only
	// repeats it is no event.
	last map[seen]uint64
	// runs are the scans' answers of each update that did not change since.
	runs map[guid]run
	// at is the place of the record that is being read.
	at event
	// agent is set inside an installation of the update agent's log.
	agent   bool
	dropped int
	texts   map[string]string // those of events, each kept once: titles repeat
}

func newReader(f *record.File, lines *tables) *reader {
	return &reader{file: f, lines: lines}
}

// Reading reads the lines of files block by block, so that it can do so while
// the text of a block is at hand. Blocks of different files may come at once.
type Reading struct {
	lines *tables

	mu      sync.Mutex
	readers map[*record.File]*reader
}

// NewReading returns a reading of nothing yet.
func NewReading() *Reading {
	return &Reading{lines: newTables(), readers: map[*record.File]*reader{}}
}

// Block reads a block of a file; those of one file come in their order. Of the
// file only format and components need to be known, and these may grow. first is
// the number in the file of the block's first record; text gives the block's
// text, and is only asked where it is needed.
func (r *Reading) Block(f *record.File, b *record.Block, components []string, first uint32, text func() []byte) {
	if b.Len() == 0 || !mayMatter(f.Format) {
		return
	}
	r.mu.Lock()
	of := r.readers[f]
	if of == nil {
		of = newReader(f, r.lines)
		r.readers[f] = of
	}
	r.mu.Unlock()
	of.read(b, components, record.ID(first), text)
}

// store reads the files of a store, on two goroutines.
func (r *Reading) store(ctx context.Context, s *record.Store) {
	next := make(chan *record.File)
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			var buf []byte
			for f := range next {
				first := uint32(0)
				for _, b := range f.Blocks() {
					if ctx.Err() != nil {
						break
					}
					r.Block(f, b, f.Components, first, func() []byte { buf = b.Unpack(buf[:0]); return buf })
					first += uint32(b.Len())
				}
			}
		})
	}
	for _, f := range s.Files {
		next <- f
	}
	close(next)
	work.Wait()
}

// finish returns what was read of the files of a store, whose records have their
// times by now, in the order of the files.
func (r *Reading) finish(s *record.Store) []*reader {
	var out []*reader
	var work sync.WaitGroup
	for _, f := range s.Files {
		if of := r.readers[f]; of != nil && of.matters() {
			out = append(out, of)
			work.Go(func() {
				of.end()
				of.settle()
				of.events.sort()
			})
		}
	}
	work.Wait()
	r.readers = nil
	return out
}

// mayMatter says whether a file of a format may hold lines that the ledger reads.
func mayMatter(format string) bool {
	switch format {
	case reporting.Name, wulog.Name, wulog.NameLegacy, etl.Name:
		return true
	}
	return sourcesOf(format) != nil
}

// sourcesOf are the logs by the names of components in files of a format, nil
// where none is read.
func sourcesOf(format string) map[string]source {
	switch format {
	case evtx.Name, eventtext.Name:
		return providers
	case cmtrace.Name, sitelog.Name, pasted.Name:
		return components
	}
	return nil
}

// read reads a block.
func (r *reader) read(b *record.Block, components []string, first record.ID, text func() []byte) {
	switch r.file.Format {
	case reporting.Name:
		r.reporting(b, first, text())
		return
	case wulog.Name, wulog.NameLegacy, etl.Name:
		r.updateAgent(b, first, text())
		return
	}
	names := sourcesOf(r.file.Format)
	for _, name := range components[len(r.sources):] {
		r.sources = append(r.sources, names[name])
	}
	if r.matters() {
		r.block(b, first, text)
	}
}

// matters says whether a log that is read writes into the file.
func (r *reader) matters() bool {
	return sourcesOf(r.file.Format) == nil || slices.ContainsFunc(r.sources, func(s source) bool { return s != noSource })
}

// end tells of the runs that lasted until the end, and lets go of what is only
// needed while reading.
func (r *reader) end() {
	for _, n := range r.runs {
		r.endRun(n)
	}
	r.last, r.runs, r.texts = nil, nil, nil
}

// settle gives the events the times and numbers that their records have in the
// store.
func (r *reader) settle() {
	blocks := r.file.Blocks()
	starts := make([]record.ID, len(blocks)+1)
	for i, b := range blocks {
		starts[i+1] = starts[i] + record.ID(b.Len())
	}
	at := 0
	for _, chunk := range r.events.chunks {
		for i := range chunk {
			e := &chunk[i]
			if e.id < starts[at] || e.id >= starts[at+1] {
				at, _ = slices.BinarySearch(starts, e.id+1)
				at--
			}
			e.time = blocks[at].Time(int(e.id - starts[at]))
			e.id += r.file.Base()
			if e.words > 0 && r.words[e.words-1].at != 0 {
				r.words[e.words-1].at = r.local(r.words[e.words-1].at, e.time)
			}
		}
	}
}

// repeats says whether a scan's answer is the same as its last one. The first
// and the last of a run are events, what lies between is not.
func (r *reader) repeats(e said) bool {
	n, ok := r.runs[e.g]
	if ok && n.state == e.n {
		n.last, n.repeated = r.stamp(e).event, true
		r.runs[e.g] = n
		return true
	}
	r.endRun(n)
	if r.runs == nil {
		r.runs = map[guid]run{}
	}
	if ok || len(r.runs) < maxSeen {
		r.runs[e.g] = run{state: e.n}
	}
	return false
}

func (r *reader) endRun(n run) {
	if n.repeated {
		r.keep(said{event: n.last})
	}
}

// opening is what a record of the client's logs begins with, closing what ends
// its message.
var opening, closing = []byte("<![LOG["), []byte("]LOG]!>")

// block reads the records of a block whose component is read.
func (r *reader) block(b *record.Block, first record.ID, text func() []byte) {
	var all []byte
	for i := range b.Len() {
		src := r.sources[b.Component(i)]
		if src == noSource || b.Flags(i)&record.Untimed != 0 {
			continue
		}
		if all == nil {
			all = text()
		}
		raw := b.Record(all, i)
		if !bytes.HasPrefix(raw, opening) {
			r.place(b, first, i, src)
			if src >= eventUpdates { // begins with its provider and number
				r.line(bytes.TrimRight(raw, "\r\n"))
			} else {
				r.line(format.Message(r.file.Format, raw))
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
		r.events.chunks = slices.Delete(r.events.chunks, 0, 1)
	}
	out := e.event
	if e.text != "" || e.caller != "" || e.at != 0 {
		if len(e.text) > maxTitle {
			e.text = strings.Clone(strings.ToValidUTF8(e.text[:maxTitle], ""))
		}
		r.words = append(r.words, words{text: r.once(e.text), caller: r.once(e.caller), at: e.at})
		out.words = int32(len(r.words))
	}
	chunks := r.events.chunks
	n := len(chunks) - 1
	if n < 0 || len(chunks[n]) == chunkEvents {
		var next []event // the first one grows: most logs of a server's folder have few
		if n >= 0 {
			next = make([]event, 0, chunkEvents)
		}
		chunks, n = append(chunks, next), n+1
		r.events.chunks = chunks
	}
	chunks[n] = append(chunks[n], out)
	r.kept++
}

// once returns the one copy of a text that is kept.
func (r *reader) once(text string) string {
	if old, ok := r.texts[text]; ok {
		return old
	}
	if r.texts == nil {
		r.texts = map[string]string{}
	}
	if len(r.texts) < maxSeen {
		r.texts[text] = text
	}
	return text
}

// changed says whether the state of g is another than the last time.
func (r *reader) changed(k kind, g guid, state []byte) bool {
	key := seen{k, g}
	now := maphash.Bytes(hashSeed, state)
	old, ok := r.last[key]
	if ok && old == now {
		return false
	}
	if r.last == nil {
		r.last = map[seen]uint64{}
	}
	if ok || len(r.last) < maxSeen {
		r.last[key] = now
	}
	return true
}

// hashSeed is that of the hashes of states, which never leave this process.
var hashSeed = maphash.MakeSeed()

// local turns a wall clock of the file's machine into UTC, as of a time.
func (r *reader) local(wall, when int64) int64 {
	bias := int16(0)
	for _, b := range r.file.Biases {
		if b.UTC <= when || bias == 0 {
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
