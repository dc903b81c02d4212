// Package evtxtest writes Windows event logs (.evtx) for tests and generated
// bundles: chunks of 64 KiB with name and template tables, templates that later
// records refer to, and right checksums, as Windows itself leaves them after a
// clean stop.
package evtxtest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"
)

// Event is one event.
type Event struct {
	// Provider is the full name ("Microsoft-Windows-WindowsUpdateClient"),
	// ProviderGUID its id, left out when zero.
	Provider     string
	ProviderGUID GUID
	ID           uint16
	// Qualifiers is the upper half of the ids of classic providers.
	Qualifiers uint16
	// Level is 1 critical, 2 error, 3 warning, 4 information, 5 verbose, 0 always.
	Level    uint8
	Keywords uint64
	// Time has a resolution of 100 ns.
	Time            time.Time
	Thread, Process uint32
	Channel         string
	Computer        string
	// User is a SID of the form "S-1-5-18", or "".
	User string
	// Data are the items in order. They stand in <EventData>, or in
	// <UserData><Container> where Container is set.
	Data      []Pair
	Container string
	// Message is the rendered message that a forwarded event carries, or "".
	Message string
}

// Pair is one item of an event's data. Items of EventData may have no name.
//
// Value is a string, []string, []byte, bool, int or an integer type of 8 to 64 bits,
// float32, float64, Hex32, Hex64, SID, ANSI, SizeT, SystemTime, GUID,
// time.Time (as FILETIME) or nil.
type Pair struct {
	Name  string
	Value any
}

// Types of values that Go has no own type for.
type (
	// GUID is in the order of its text: the first byte is the first pair of digits.
	GUID [16]byte
	// Hex32 is an unsigned number shown in hexadecimal, as error codes are.
	Hex32 uint32
	// Hex64 is the same with 64 bits.
	Hex64 uint64
	// SID is a security identifier as "S-1-5-18".
	SID string
	// ANSI is a string in a code page, given in its bytes.
	ANSI string
	// SizeT is a number as wide as the machine's pointers.
	SizeT uint64
	// SystemTime is a time to the millisecond, in its parts.
	SystemTime time.Time
)

const (
	headerSize  = 4096
	chunkSize   = 64 << 10
	chunkHeader = 512
)

// Write writes a log of the events, numbered from 1. It fails on an event that
// no chunk can hold, on a value of another type, and with the error of w.
func Write(w io.Writer, events []Event) error {
	var chunks [][]byte
	c := newChunk()
	for i := range events {
		id := uint64(i) + 1
		err := c.add(&events[i], id)
		if err == errFull && c.records > 0 {
			chunks = append(chunks, c.bytes())
			c = newChunk()
			err = c.add(&events[i], id)
		}
		if err != nil {
			return fmt.Errorf("evtxtest: event %d: %w", id, err)
		}
	}
	chunks = append(chunks, c.bytes())
	if _, err := w.Write(fileHeader(len(chunks), uint64(len(events))+1)); err != nil {
		return err
	}
	for _, b := range chunks {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func fileHeader(chunks int, next uint64) []byte {
	h := make([]byte, headerSize)
	copy(h, "ElfFile\x00")
	le := binary.LittleEndian
	le.PutUint64(h[16:], uint64(chunks-1)) // the chunk in use
	le.PutUint64(h[24:], next)
	le.PutUint32(h[32:], 128)
	le.PutUint16(h[36:], 1) // version 3.1
	le.PutUint16(h[38:], 3)
	le.PutUint16(h[40:], headerSize)
	le.PutUint16(h[42:], uint16(chunks))
	le.PutUint32(h[124:], crc32.ChecksumIEEE(h[:120]))
	return h
}

// chunk is a chunk being filled.
type chunk struct {
	buf       []byte
	names     map[string]uint32 // where each name stands
	templates map[string]uint32 // and each template, by all that it depends on
	buckets   [64]uint32        // heads of the lists of names
	defs      [32]uint32        // heads of the lists of templates
	records   int
	first     uint64
	last      uint64
	lastAt    int
}

func newChunk() *chunk {
	return &chunk{
		buf:       make([]byte, chunkHeader, chunkSize),
		names:     make(map[string]uint32),
		templates: make(map[string]uint32),
	}
}

var errFull = errors.New("larger than a chunk")

// add adds a record, or leaves the chunk as it was and returns errFull.
func (c *chunk) add(e *Event, id uint64) error {
	before := *c
	w := writer{chunk: c}
	start := len(c.buf)
	w.raw("\x2a\x2a\x00\x00")
	w.u32(0)
	w.u64(id)
	w.u64(fileTime(e.Time))
	w.event(e, id)
	for len(c.buf)%8 != 4 { // Windows aligns records to 8 bytes
		w.u8(0)
	}
	w.u32(uint32(len(c.buf) - start + 4))
	binary.LittleEndian.PutUint32(c.buf[start+4:], uint32(len(c.buf)-start))
	if w.err == nil && len(c.buf) > chunkSize {
		w.err = errFull
	}
	if w.err != nil {
		c.rollBack(before)
		return w.err
	}
	if c.records == 0 {
		c.first = id
	}
	c.records++
	c.last, c.lastAt = id, start
	return nil
}

// rollBack makes the chunk what it was; names and templates that stood behind
// its end are forgotten.
func (c *chunk) rollBack(before chunk) {
	*c = before
	end := uint32(len(c.buf))
	for _, m := range []map[string]uint32{c.names, c.templates} {
		for k, at := range m {
			if at >= end {
				delete(m, k)
			}
		}
	}
}

// bytes closes the chunk and returns it.
func (c *chunk) bytes() []byte {
	free := len(c.buf)
	b := c.buf[:chunkSize]
	clear(b[free:])
	le := binary.LittleEndian
	copy(b, "ElfChnk\x00")
	if c.records == 0 {
		c.first, c.last = math.MaxUint64, math.MaxUint64
	}
	le.PutUint64(b[8:], c.first)
	le.PutUint64(b[16:], c.last)
	le.PutUint64(b[24:], c.first)
	le.PutUint64(b[32:], c.last)
	le.PutUint32(b[40:], 128)
	le.PutUint32(b[44:], uint32(c.lastAt))
	le.PutUint32(b[48:], uint32(free))
	le.PutUint32(b[52:], crc32.ChecksumIEEE(b[chunkHeader:free]))
	for i, at := range c.buckets {
		le.PutUint32(b[128+4*i:], at)
	}
	for i, at := range c.defs {
		le.PutUint32(b[384+4*i:], at)
	}
	le.PutUint32(b[124:], crc32.Update(crc32.ChecksumIEEE(b[:120]), crc32.IEEETable, b[128:512]))
	return b
}

// fileTime converts a time to 100 ns since 1601-01-01 UTC.
func fileTime(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.Unix()*10_000_000 + int64(t.Nanosecond())/100 + 116444736000000000)
}

// guidBytes returns a GUID as Windows stores it.
func guidBytes(g GUID) []byte {
	return []byte{g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6],
		g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]}
}

// templateID derives a template's GUID from all that it depends on.
func templateID(key string) GUID {
	var g GUID
	le := binary.LittleEndian
	le.PutUint32(g[0:], crc32.ChecksumIEEE([]byte(key)))
	le.PutUint32(g[4:], crc32.Checksum([]byte(key), crc32.MakeTable(crc32.Castagnoli)))
	le.PutUint64(g[8:], uint64(len(key)))
	if bytes.Equal(g[:4], []byte{0, 0, 0, 0}) {
		g[0] = 1
	}
	return g
}
