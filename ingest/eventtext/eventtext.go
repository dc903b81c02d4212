// Package eventtext reads Windows event logs that somebody saved as text:
//
//   - wevtutil qe … /f:text, blocks of "  Name: value" under "Event[0]:"
//   - Event Viewer's "Save As" CSV and text (tabs), a line of columns an event
//   - PowerShell's Get-WinEvent and Get-EventLog through Format-List ("Name :
//     value") or Export-Csv
//
// with the names of English and Japanese Windows. Its records are those of
// package evtx: provider without "Microsoft-Windows-", event id and message,
//
//	WindowsUpdateClient 20: Installation failed with error 0x80240016: title
//
// so that whatever reads event logs reads these too. Windows writes its own
// sentences into such files; those that matter to updates are turned into the
// words of package evtx (wording.go). What an export leaves out, such as the
// identifier of an update, stays out.
//
// Times are local to the machine, without a zone, but for those that end in Z
// or an offset. Which number of "3/4/2025" is the month is decided once for a
// file by the dates in its first 64 KiB, as package pasted does.
//
// It is a format of text whose records are not runs of that text, so it is read
// like a binary log: a record's Line is the line that it begins on.
package eventtext

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"

	"patchtrail/ingest/evtx"
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "eventtext"

const (
	headSize = 64 << 10 // what the form and the order of dates are told from
	maxText  = 1 << 20  // bytes of one event; what is beyond is cut
)

// Detect says whether head is such a file.
func Detect(head []byte, _ string) bool {
	_, ok := tell(head[:min(len(head), headSize)])
	return ok
}

// Split finds the parts of a record's text as Read gave it; see evtx.Split.
func Split(raw []byte) record.Fields { return evtx.Split(raw) }

// event is what was read of one event so far.
type event struct {
	line             int
	source, computer []byte
	id, thread       uint32
	hasID            bool
	level            record.Level
	leveled          bool
	when             []byte
	message          []byte
	cut              bool
}

// Reader reads one file at a time.
type Reader struct {
	form  form
	order order
	emit  func(record.Rec, []byte)
	batch *record.Batch
	dates [][]byte // of a first look, which emits nothing

	ev     event
	open   bool // ev has begun
	lead   []byte
	text   []byte
	line   int
	newest int64
	name   string
}

// New returns a Reader.
func New() *Reader { return &Reader{} }

// Computer returns the computer that the newest event names, "" if none does.
func (r *Reader) Computer() string { return r.name }

// Read gives every event of src, which is UTF-8 text. What stands before the
// first is a record flagged Fragment|Untimed. It returns the error of src.
func (r *Reader) Read(src io.Reader, b *record.Batch, emit func(rec record.Rec, text []byte)) error {
	in := bufio.NewReaderSize(src, headSize)
	head, _ := in.Peek(headSize)
	f, ok := tell(head)
	if !ok {
		f = form{kind: columns, columns: []key{keyNone}} // none of it is an event
	}
	first := &Reader{form: f}
	_ = first.lines(bufio.NewReader(bytes.NewReader(head)))
	*r = Reader{form: f, order: decide(first.dates), emit: emit, batch: b}
	err := r.lines(in)
	r.emit, r.batch = nil, nil
	return err
}

// lines reads line after line.
func (r *Reader) lines(in *bufio.Reader) error {
	reader := r.form.reader(r)
	var long []byte
	for {
		part, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long) < maxText {
				long = append(long, part...)
			}
			continue
		}
		line := part
		if len(long) > 0 {
			long = append(long, part...)
			line = long
		}
		if len(line) > 0 {
			r.line++
			line = bytes.TrimRight(line, "\r\n")
			reader.line(line[scan.SkipBOM(line):])
		}
		long = long[:0]
		if err != nil {
			reader.end()
			r.flush()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// begin starts an event on a line.
func (r *Reader) begin(line int) {
	r.flush()
	e := &r.ev
	*e = event{line: line, source: e.source[:0], computer: e.computer[:0], when: e.when[:0], message: e.message[:0], level: record.Info}
	r.open = true
}

// before keeps a line that stands before the first event.
func (r *Reader) before(line []byte) {
	if len(r.lead)+len(line) < maxText {
		r.lead = append(append(r.lead, line...), '\n')
	}
}

// set takes a value of the event.
func (r *Reader) set(k key, value []byte) {
	e := &r.ev
	value = bytes.TrimSpace(value)
	switch k {
	case keySource:
		e.source = append(e.source[:0], value...)
	case keyComputer:
		e.computer = append(e.computer[:0], value...)
	case keyDate:
		e.when = append(e.when[:0], value...)
	case keyID:
		e.id, e.hasID = number(value)
	case keyThread:
		e.thread, _ = number(value)
	case keyLevel:
		if l, ok := levelOf(value); ok && (!e.leveled || l > e.level) {
			e.level, e.leveled = l, true
		}
	case keyMessage:
		e.message = e.message[:0]
		r.say(value)
	}
}

// say adds text to the event's message.
func (r *Reader) say(text []byte) {
	e := &r.ev
	if room := maxText - len(e.message); len(text) > room {
		text, e.cut = bytes.ToValidUTF8(text[:room], nil), true
	}
	e.message = append(e.message, text...)
}

// flush gives the event that was read.
func (r *Reader) flush() {
	if r.emit == nil {
		if r.open {
			r.dates = append(r.dates, bytes.Clone(r.ev.when))
		}
		return
	}
	if lead := bytes.TrimSpace(r.lead); len(lead) > 0 {
		r.emit(record.Rec{Line: 1, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}, lead)
	}
	r.lead = r.lead[:0]
	if !r.open {
		return
	}
	r.open = false
	e := &r.ev
	short := evtx.ShortName(string(e.source))
	rec := record.Rec{Line: uint32(e.line), Thread: e.thread, Level: e.level, Bias: record.NoBias, Component: r.batch.Component([]byte(short))}
	at, bias, ok := r.order.read(e.when)
	if ok {
		rec.Time, rec.Bias = at, bias
	} else {
		rec.Flags |= record.Untimed
	}
	if e.cut {
		rec.Flags |= record.Cut
	}
	if len(e.computer) > 0 && (r.name == "" || ok && at >= r.newest) {
		r.name, r.newest = string(e.computer), at
	}
	r.text = append(r.text[:0], short...)
	r.text = append(strconv.AppendUint(append(r.text, ' '), uint64(e.id), 10), ": "...)
	if msg := bytes.TrimSpace(e.message); len(msg) > 0 {
		r.text = appendWording(r.text, short, e.id, msg)
	} else {
		r.text = append(r.text, "(no data)"...)
	}
	if !e.leveled { // Format-List leaves it out
		rec.Level = scan.Severity(r.text)
	}
	r.emit(rec, r.text)
}

// number reads a value that is a number, a hexadecimal one behind 0x.
func number(value []byte) (uint32, bool) {
	if rest, ok := bytes.CutPrefix(value, []byte("0x")); ok {
		v, n := scan.Hex(rest)
		return v, n > 0 && n == len(rest)
	}
	v, n := scan.Number(value)
	return v, n > 0 && n == len(value)
}

// levelOf reads a level as Windows names it in English and Japanese, or its
// number. The result of an audit is one as well.
func levelOf(value []byte) (record.Level, bool) {
	switch string(bytes.ToLower(value)) {
	case "critical", "error", "1", "2", "重大", "エラー":
		return record.Error, true
	case "warning", "3", "警告", "audit failure", "failureaudit", "失敗の監査":
		return record.Warning, true
	case "information", "0", "4", "情報", "audit success", "successaudit", "成功の監査":
		return record.Info, true
	case "verbose", "5", "詳細":
		return record.Verbose, true
	}
	return record.Info, false
}
