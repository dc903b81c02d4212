// Package etltest is a writer of Windows Update traces (.etl), for tests and
// for the generator of logs. What it writes is laid out as Windows 11 does it.
package etltest

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"time"
	"unicode/utf16"
)

// Options describe a trace.
type Options struct {
	// Start is when the trace began; it is written as UTC.
	Start time.Time
	// Bias is the zone of the machine in minutes, UTC = local + bias.
	Bias int
	// PerfFreq is the ticks a second of the trace's clock; 0 means 10 MHz.
	PerfFreq uint64
	// SystemTime writes time stamps as FILETIME instead of ticks.
	SystemTime bool
	// CPUs is the number of processors that take turns in writing, each into
	// buffers of its own; 0 means 1.
	CPUs int
	// BufferSize in bytes; 0 means 4096.
	BufferSize int
}

// Event is one event. By default it is a line of Windows Update's own: a
// schema of one string named "Info".
type Event struct {
	// Time is not before Options.Start.
	Time      time.Time
	Component string
	PID, TID  uint32
	Message   string

	// Schema, if set, is the list of fields (name, NUL, in type ...) that Data
	// holds the values of; Message is then not used.
	Schema, Data []byte
	// Provider is the name of another provider than Windows Update's.
	Provider string
	// Level is 1 (critical) to 5 (verbose); 0 means 4.
	Level uint8
}

// UpdateProvider is the id of Windows Update's provider, as it lies in a file.
var UpdateProvider = [16]byte{
	0x19, 0x6f, 0x7a, 0x0b, 0xc4, 0x47, 0x4e, 0x45, 0x8c, 0x5c, 0xe8, 0x68, 0xd6, 0x37, 0xe4, 0xd8,
}

const (
	bufferHeader = 72
	eventHeader  = 80
	bootTicks    = 1 << 40 // ticks at the start of the trace
)

var le = binary.LittleEndian

// Write writes a trace of events. An event that does not fit into a buffer is
// an error.
func Write(w io.Writer, o Options, events []Event) error {
	if o.PerfFreq == 0 {
		o.PerfFreq = 10e6
	}
	if o.BufferSize == 0 {
		o.BufferSize = 4096
	}
	o.CPUs = max(o.CPUs, 1)
	first := newBuffer(&o, 0, 4)
	var last time.Time
	for _, e := range events {
		if e.Time.After(last) {
			last = e.Time
		}
	}
	first.add(traceHeader(&o, last))
	if err := first.flush(w); err != nil {
		return err
	}
	cpus := make([]*buffer, o.CPUs)
	for i := range cpus {
		cpus[i] = newBuffer(&o, i, 0)
	}
	for i := range events {
		ev, err := encode(&o, &events[i])
		if err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		b := cpus[i%o.CPUs]
		if len(b.data)+len(ev) > o.BufferSize {
			if err := b.flush(w); err != nil {
				return err
			}
			if bufferHeader+len(ev) > o.BufferSize {
				return fmt.Errorf("event %d: %d bytes do not fit into a buffer of %d", i, len(ev), o.BufferSize)
			}
		}
		b.add(ev)
	}
	for _, b := range cpus {
		if err := b.flush(w); err != nil {
			return err
		}
	}
	return nil
}

// buffer is one buffer of a processor.
type buffer struct {
	o    *Options
	cpu  int
	kind uint16 // ETW_BUFFER_TYPE: 0 events, 4 header
	data []byte
}

func newBuffer(o *Options, cpu int, kind uint16) *buffer {
	return &buffer{o: o, cpu: cpu, kind: kind, data: make([]byte, bufferHeader, o.BufferSize)}
}

// add appends an event and fills up to the next multiple of 8.
func (b *buffer) add(ev []byte) {
	b.data = append(b.data, ev...)
	for len(b.data)%8 != 0 {
		b.data = append(b.data, 0)
	}
}

// flush writes the buffer, filled up with 0xFF, and empties it.
func (b *buffer) flush(w io.Writer) error {
	used := len(b.data)
	if used == bufferHeader {
		return nil
	}
	h := b.data[:bufferHeader]
	clear(h)
	le.PutUint32(h, uint32(b.o.BufferSize))
	le.PutUint32(h[4:], uint32(used))
	le.PutUint32(h[8:], uint32(used))
	h[40] = byte(b.cpu)
	le.PutUint32(h[48:], uint32(used))
	le.PutUint16(h[54:], b.kind)
	for len(b.data) < b.o.BufferSize {
		b.data = append(b.data, 0xFF)
	}
	_, err := w.Write(b.data)
	b.data = b.data[:bufferHeader]
	return err
}

// traceHeader returns the event that describes the trace (SYSTEM_TRACE_HEADER
// and TRACE_LOGFILE_HEADER of a 64-bit machine).
func traceHeader(o *Options, end time.Time) []byte {
	names := append(utf16z("WindowsUpdate"), utf16z(`C:\Windows\Logs\WindowsUpdate\WindowsUpdate.etl`)...)
	ev := make([]byte, 32+280)
	le.PutUint16(ev, 2)
	ev[2], ev[3] = 2, 0xC0
	le.PutUint16(ev[4:], uint16(len(ev)+len(names)))
	le.PutUint64(ev[16:], o.stamp(o.Start))

	d := ev[32:]
	le.PutUint32(d, uint32(o.BufferSize))
	le.PutUint32(d[4:], 0x05000A00)
	le.PutUint32(d[8:], 22631)
	le.PutUint32(d[12:], uint32(o.CPUs))
	le.PutUint64(d[16:], filetime(end))
	le.PutUint32(d[20+4:], 156250)
	le.PutUint32(d[44:], 8)
	le.PutUint32(d[52:], 2400)
	le.PutUint32(d[72:], uint32(int32(o.Bias)))
	copy(d[76:76+64], utf16z("Contoso Standard Time"))
	le.PutUint64(d[248:], filetime(o.Start.Add(-time.Hour)))
	le.PutUint64(d[256:], o.PerfFreq)
	le.PutUint64(d[264:], filetime(o.Start))
	le.PutUint32(d[272:], 1)
	if o.SystemTime {
		le.PutUint32(d[272:], 2)
	}
	return append(ev, names...)
}

// encode returns one EVENT_HEADER event.
func encode(o *Options, e *Event) ([]byte, error) {
	schema, data := e.Schema, e.Data
	if schema == nil {
		schema = []byte("Info\x00\x01")
		data = utf16z(e.Message)
	}
	provider := e.Provider
	id := UpdateProvider
	if provider == "" {
		provider = "WUTraceLogging"
	} else {
		copy(id[:], provider)
	}
	meta := append([]byte{0, 0, 0}, e.Component...)
	meta = append(append(meta, 0), schema...)
	le.PutUint16(meta, uint16(len(meta)))
	traits := append(append([]byte{0, 0}, provider...), 0)
	le.PutUint16(traits, uint16(len(traits)))

	ev := make([]byte, eventHeader)
	ev = append(ev, extended(11, 1, meta)...)
	ev = append(ev, extended(12, 0, traits)...)
	ev = append(ev, data...)
	if len(ev) > 0xFFFF {
		return nil, fmt.Errorf("%d bytes are more than an event holds", len(ev))
	}
	le.PutUint16(ev, uint16(len(ev)))
	ev[2], ev[3] = 0x13, 0xC0
	le.PutUint16(ev[4:], 0x41) // extended data, written by a 64-bit process
	le.PutUint32(ev[8:], e.TID)
	le.PutUint32(ev[12:], e.PID)
	le.PutUint64(ev[16:], o.stamp(e.Time))
	copy(ev[24:], id[:])
	ev[43] = 11 // channel of TraceLogging
	ev[44] = e.Level
	if e.Level == 0 {
		ev[44] = 4
	}
	return ev, nil
}

// extended returns one item of extended data; link is 1 where another follows.
func extended(kind, link uint16, data []byte) []byte {
	b := make([]byte, 8, 16+len(data))
	le.PutUint16(b[2:], kind)
	le.PutUint16(b[4:], link)
	le.PutUint16(b[6:], uint16(len(data)))
	b = append(b, data...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	le.PutUint16(b, uint16(len(b)))
	return b
}

// stamp returns t on the clock of the trace.
func (o *Options) stamp(t time.Time) uint64 {
	if o.SystemTime {
		return filetime(t)
	}
	hi, lo := bits.Mul64(uint64(max(t.Sub(o.Start), 0)), o.PerfFreq)
	ticks, rest := bits.Div64(hi%uint64(time.Second), lo, uint64(time.Second))
	if rest >= uint64(time.Second)/2 {
		ticks++
	}
	return bootTicks + ticks
}

// filetime returns 100 ns since 1601.
func filetime(t time.Time) uint64 {
	return uint64(t.UnixNano()/100 + 116444736000000000)
}

// utf16z returns s in UTF-16LE with a NUL.
func utf16z(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return append(b, 0, 0)
}
