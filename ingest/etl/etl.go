// Package etl is a reader of event trace files (.etl) whose events describe
// themselves: Windows Update since Windows 10 1709, its orchestrator and its
// medic. No symbols, no manifest and no conversion on a Windows machine.
//
// # The file
//
// An array of equal buffers, little endian. A buffer begins with a
// WMI_BUFFER_HEADER of 72 bytes (its size at 0, the bytes used at 4, flags at
// 52) and holds events, each at a multiple of 8. The first event of the first
// buffer is a TRACE_LOGFILE_HEADER: clock, zone, pointer size. Every processor
// fills buffers of its own, so the events of a file are not in order of time;
// Rec.Line is an event's ordinal in the file.
//
// # What can be read
//
// TraceLogging events (EVENT_HEADER with an EVENT_SCHEMA_TL item) and events
// that are just a string. WPP messages, classic events, events of a manifest
// and compressed buffers cannot be read without files that the trace does not
// hold: Read counts them and says ErrNotReadable after the rest.
//
// # The text of a record
//
// As Get-WindowsUpdateLog writes it, without the time, so that one rule reads
// both: "1234  5678  Agent           * START * Finding updates". Split takes
// it apart.
package etl

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"patchtrail/ingest/record"
)

// Name is the format's name in every output.
const Name = "etl"

var (
	// ErrNotReadable means that events of the trace do not say what they hold
	// (WPP, classic or manifest events, compressed buffers).
	ErrNotReadable = errors.New("events do not describe themselves")
	// ErrDamaged means that part of a trace is not what a trace holds. A file
	// that is merely cut short says io.ErrUnexpectedEOF instead.
	ErrDamaged = errors.New("damaged")
)

const (
	bufferHeader = 72      // bytes of WMI_BUFFER_HEADER
	eventHeader  = 80      // bytes of EVENT_HEADER
	minBuffer    = 1 << 10 // ETW's buffers are 1 KiB to 16 MiB
	maxBuffer    = 16 << 20

	flagCompressed = 0x40 // ETW_BUFFER_FLAG_COMPRESSED
)

// Header types, the third byte of an event (TRACE_HEADER_TYPE_*).
const (
	typeSystem32   = 1
	typeCompact64  = 4
	typePerfInfo32 = 16
	typePerfInfo64 = 17
	typeEvent32    = 18
	typeEvent64    = 19
)

// Marks of the fourth byte of an event.
const (
	markTrace   = 0xC0 // an event with one of the header types
	markMessage = 0x90 // a WPP message
)

// Detect tells whether head, the raw bytes of a file's start, begins a trace:
// a buffer header followed by the event that describes the trace. It needs 108
// bytes.
func Detect(head []byte) bool {
	if len(head) < bufferHeader+systemHeader+4 {
		return false
	}
	size := le32(head)
	if !plausibleSize(size) {
		return false
	}
	saved := le32(head[4:])
	ev := head[bufferHeader:]
	return saved >= bufferHeader+systemHeader && saved <= size &&
		(ev[2] == typeSystem32 || ev[2] == typeSystem32+1) && isTrace(ev[2], ev[3]) &&
		systemSize(ev) > systemHeader && le32(ev[systemHeader:]) == size
}

// isTrace says whether an event has one of the header types. Windows marks such
// events; tools that write or copy traces may not.
func isTrace(typ, mark byte) bool {
	return mark&markTrace == markTrace || mark == 0 && (typ == typeSystem32 || typ == typeSystem32+1 || typ == typeEvent32 || typ == typeEvent64)
}

// systemSize returns the size in bytes of an event with a SYSTEM_TRACE_HEADER,
// which stands behind its type, or, unmarked, where others have theirs.
func systemSize(ev []byte) int {
	if n := int(le16(ev[4:])); n > systemHeader || ev[3] != 0 {
		return n
	}
	return int(le16(ev))
}

func plausibleSize(n uint32) bool {
	return n >= minBuffer && n <= maxBuffer && n%512 == 0
}

// Reader reads one trace file.
type Reader struct {
	clock clock
	dec   decoder

	buffers, events        int
	compressed, unreadable int
	damaged                int
	cut                    bool
	firstDamage            int // number of the first damaged buffer, from 1
}

// New returns a reader for one file.
func New() *Reader { return &Reader{} }

// Zone returns the zone of the machine that wrote the trace as it was when the
// trace began: minutes, UTC = local + bias, summer time included. It is known
// once Read has returned; ok is false where the trace states none.
func (r *Reader) Zone() (biasMinutes int, ok bool) { return r.clock.zone() }

// Read implements format.Binary. Record times are UTC with a bias of 0. It
// holds one buffer of the file at a time. The error may wrap several of
// ErrNotReadable, ErrDamaged and io.ErrUnexpectedEOF; all events that could be
// read were emitted.
func (r *Reader) Read(src io.Reader, b *record.Batch, emit func(rec record.Rec, text []byte)) error {
	var first [4]byte
	if _, err := io.ReadFull(src, first[:]); err != nil {
		return fmt.Errorf("trace: first buffer: %w", noEOF(err))
	}
	size := le32(first[:])
	if !plausibleSize(size) {
		return fmt.Errorf("trace: first buffer of %d bytes: %w", size, ErrDamaged)
	}
	buf := make([]byte, size)
	have := copy(buf, first[:])
	for {
		n, err := io.ReadFull(src, buf[have:])
		n += have
		have = 0
		if n > 0 {
			r.buffers++
			r.buffer(buf[:n], b, emit)
		}
		switch {
		case err == nil:
			continue
		case err != io.EOF && err != io.ErrUnexpectedEOF:
			return errors.Join(fmt.Errorf("trace: after buffer %d: %w", r.buffers, err), r.verdict())
		}
		r.cut = n > 0
		return r.verdict()
	}
}

// few events that cannot be read among this many that can are damage, or not
// worth asking for symbols.
const few = 10

// verdict says what could not be read, nil if nothing.
func (r *Reader) verdict() error {
	var errs []error
	if r.compressed > 0 {
		errs = append(errs, fmt.Errorf("trace: %d of %d buffers are compressed: %w", r.compressed, r.buffers, ErrNotReadable))
	}
	if r.unreadable > 0 {
		why := ErrNotReadable
		if r.unreadable*few < r.events {
			why = ErrDamaged
		}
		errs = append(errs, fmt.Errorf("trace: %d of %d events cannot be read: %w", r.unreadable, r.events, why))
	}
	if r.damaged > 0 {
		errs = append(errs, fmt.Errorf("trace: %d of %d buffers, from buffer %d: %w", r.damaged, r.buffers, r.firstDamage, ErrDamaged))
	}
	if r.cut {
		errs = append(errs, fmt.Errorf("trace: ends within buffer %d: %w", r.buffers, io.ErrUnexpectedEOF))
	}
	return errors.Join(errs...)
}

// buffer reads the events of one buffer, which may be cut short.
func (r *Reader) buffer(buf []byte, b *record.Batch, emit func(record.Rec, []byte)) {
	if len(buf) < bufferHeader {
		return
	}
	used := le32(buf[4:])
	if used == 0 && le32(buf) == 0 {
		return // space that was set aside and never written
	}
	if le16(buf[52:])&flagCompressed != 0 {
		r.compressed++
		return
	}
	if used < bufferHeader || used > le32(buf) {
		used = le32(buf[48:])
	}
	end := len(buf)
	if used >= bufferHeader && used < uint32(end) {
		end = int(used)
	}
	for at := bufferHeader; at+8 <= end; {
		size, ok := r.event(buf[at:end], b, emit)
		if !ok {
			// Cut off or filled up with zeros or ones is no damage.
			if w := le32(buf[at:]); w != 0 && w != 0xFFFFFFFF && end == int(used) {
				r.damage()
			}
			return
		}
		at += (size + 7) &^ 7
	}
}

func (r *Reader) damage() {
	if r.damaged == 0 {
		r.firstDamage = r.buffers
	}
	r.damaged++
}

// event reads the event that ev begins with and returns its size in bytes; ok
// is false where there is no whole event.
func (r *Reader) event(ev []byte, b *record.Batch, emit func(record.Rec, []byte)) (size int, ok bool) {
	typ, mark := ev[2], ev[3]
	trace := isTrace(typ, mark)
	size = int(le16(ev))
	system := trace && (typ >= typeSystem32 && typ <= typeCompact64 || typ == typePerfInfo32 || typ == typePerfInfo64)
	if system {
		size = systemSize(ev)
	}
	if size < 8 || size > len(ev) {
		return 0, false
	}
	ev = ev[:size]
	switch {
	case trace && (typ == typeEvent32 || typ == typeEvent64):
		if size < eventHeader {
			return 0, false
		}
		r.events++
		r.described(ev, b, emit)
	case system:
		// The upper byte is the group: group 0 is the trace about itself, and
		// kind 0 of it the description that holds the clock. The other groups
		// are the kernel's events.
		switch kind := le16(ev[6:]); {
		case (kind == 0 || mark == 0) && !r.clock.known:
			r.clock.read(ev)
		case kind > 0xFF:
			r.events++
			r.unreadable++
		}
	case trace, mark&markMessage == markMessage, mark == 0 && (typ == typePerfInfo32 || typ == typePerfInfo64):
		r.events++
		r.unreadable++
	default:
		return 0, false
	}
	return size, true
}

// described emits one EVENT_HEADER event.
func (r *Reader) described(ev []byte, b *record.Batch, emit func(record.Rec, []byte)) {
	h := parseHeader(ev)
	if !r.dec.decode(&h, ev) {
		r.unreadable++
		return
	}
	rec := record.Rec{
		Line:      uint32(r.events),
		Thread:    h.tid,
		Component: b.Component(r.dec.component),
		Level:     level(r.dec.message(), h.level),
	}
	if r.dec.cut {
		rec.Flags |= record.Cut
	}
	var ok bool
	if rec.Time, ok = r.clock.utc(h.time); !ok {
		rec.Flags |= record.Untimed
	}
	emit(rec, r.dec.text)
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
