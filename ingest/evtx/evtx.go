// Package evtx reads Windows event logs (.evtx) with a decoder of its own.
//
// # The file
//
// A 4,096-byte header, then chunks of 64 KiB that stand alone: each holds its
// own names, its own templates and records that refer to both by offset within
// the chunk. So the file is read chunk by chunk, in one pass, and what is
// damaged in one chunk never costs a record of another. Checksums are not
// tested: a log copied from a running machine seldom has right ones. Where a
// chunk's header is damaged, its records are searched for; where a record is
// damaged, the next is.
//
// # The text of a record
//
// Windows keeps the sentences of its events in the provider's DLL, not in the
// log. The text here is built from provider, id and data:
//
//	WindowsUpdateClient 20: Installation failed with error 0x80240016: … [updateRevisionNumber=200; …]
//	Kernel-General 16: HiveNameLength=31; HiveName=…
//
// that is the provider's name without "Microsoft-Windows-", the event id, then
// either a sentence of this package (message.go) with every item that it does
// not use in brackets, or all items. An event that carries its rendered
// message (a forwarded one) keeps that. In the brackets follow the computer
// where it changes or the event was forwarded, the channel where it is not that
// of the first record, and the user where it is no service account. Items that
// are error codes stand as 0x%08x.
//
// # Limits
//
// A record's text is cut at 4 MiB, and a chunk may cost at most 8 Mi units of
// work (a byte of text, an eighth of a template step): ten times what any real
// chunk needs, and too little for substitutions that multiply.
package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchtrail/ingest/record"
)

// Name is the name of the format.
const Name = "evtx"

const (
	fileMagic  = "ElfFile\x00"
	chunkMagic = "ElfChnk\x00"

	headerSize = 4096
	chunkSize  = 64 << 10
)

// Detect says whether a file that begins with head (raw bytes, 4,104 of them
// suffice) is an event log: by its header, or by a chunk where one must stand
// if the header is damaged or cut off.
func Detect(head []byte) bool {
	if bytes.HasPrefix(head, []byte(fileMagic)) || bytes.HasPrefix(head, []byte(chunkMagic)) {
		return true
	}
	return len(head) >= headerSize+len(chunkMagic) && string(head[headerSize:headerSize+len(chunkMagic)]) == chunkMagic
}

// Split finds the parts of a record's text as Read gave it: the component is
// the provider's short name, the message is the rest of the text from the
// event id on ("20: Installation failed …").
func Split(raw []byte) record.Fields {
	raw = bytes.TrimRight(raw, "\r\n")
	for from := 0; ; {
		colon := bytes.Index(raw[from:], []byte(": "))
		if colon < 0 {
			return record.Fields{Message: raw}
		}
		colon += from
		digits := colon
		for digits > 0 && raw[digits-1]-'0' <= 9 {
			digits--
		}
		if digits > 0 && digits < colon && raw[digits-1] == ' ' {
			return record.Fields{Component: raw[:digits-1], Message: raw[digits:]}
		}
		from = colon + 1
	}
}

// A DamageError says what of a log could not be read. The rest was given.
type DamageError struct {
	// Records were lost whole; Partial were given with what is left of them
	// (flagged Fragment); Cut were given up to the limits of a record or chunk.
	Records, Partial, Cut int
	// Chunks have no readable header or no content at all.
	Chunks int
	// Header is set if the file's own header is damaged.
	Header bool
	// Truncated is set if the file ends before its last chunk or record does.
	Truncated bool
	// Offset is the byte of the file where the first damage was seen.
	Offset int64
}

// Error lists the damage.
func (e *DamageError) Error() string {
	var parts []string
	add := func(n int, what string) {
		if n == 1 {
			parts = append(parts, "1 "+what)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %ss", n, what))
		}
	}
	if e.Header {
		parts = append(parts, "file header damaged")
	}
	add(e.Chunks, "damaged chunk")
	add(e.Records, "lost record")
	add(e.Partial, "damaged record")
	add(e.Cut, "shortened record")
	if e.Truncated {
		parts = append(parts, "file is cut off")
	}
	return fmt.Sprintf("evtx: %s; first at byte %d", strings.Join(parts, ", "), e.Offset)
}

func (e *DamageError) any() bool {
	return e.Records+e.Partial+e.Cut+e.Chunks > 0 || e.Header || e.Truncated
}

// A Reader reads one event log at a time. It keeps about 400 KiB.
type Reader struct {
	buf  []byte
	dec  *decoder
	out  renderer
	b    *record.Batch
	emit func(record.Rec, []byte)

	damage     DamageError
	zero       int   // all-zero chunks seen since the last one in use
	zeroAt     int64 // offset of the first of them
	newest     uint64
	computer   string
	seenRecord bool
}

// New returns a Reader.
func New() *Reader { return &Reader{dec: newDecoder()} }

// Computer returns the computer that the newest record (by record number)
// names, "" if there was none.
func (r *Reader) Computer() string { return r.computer }

// Read gives every record of the log in the order of the file (a log that has
// wrapped around begins in the middle). Times are UTC, in nanoseconds of which
// the last two digits are 0, Bias is 0; Line is the record number, cut to 32 bits.
// It returns a *DamageError if something of the log could not be read, joined
// with the error of src if that failed.
func (r *Reader) Read(src io.Reader, b *record.Batch, emit func(rec record.Rec, text []byte)) error {
	r.b, r.emit = b, emit
	r.damage, r.zero, r.newest, r.computer, r.seenRecord = DamageError{Offset: -1}, 0, 0, "", false
	r.out.reset(b)
	if r.buf == nil {
		r.buf = make([]byte, chunkSize)
	}
	err := r.readAll(src)
	r.b, r.emit = nil, nil
	if err != nil {
		err = fmt.Errorf("evtx: read: %w", err)
	}
	if !r.damage.any() {
		return err
	}
	d := r.damage
	return errors.Join(err, &d)
}

// readAll reads the header and then chunk after chunk.
func (r *Reader) readAll(src io.Reader) error {
	n, err := fill(src, r.buf[:headerSize])
	if err != nil {
		return err
	}
	chunks := 0
	var off int64
	switch {
	case bytes.HasPrefix(r.buf[:n], []byte(fileMagic)):
		if n < headerSize {
			r.truncatedAt(int64(n))
			return nil
		}
		chunks = int(binary.LittleEndian.Uint16(r.buf[42:]))
		off, n = headerSize, 0
	case bytes.HasPrefix(r.buf[:n], []byte(chunkMagic)):
		r.damage.Header = true
		r.damagedAt(0)
	default:
		r.damage.Header = true
		r.damagedAt(0)
		if n < headerSize {
			r.damage.Truncated = true
			return nil
		}
		off, n = headerSize, 0
	}
	return r.readChunks(src, off, n, chunks)
}

// readChunks reads chunks from off on; have bytes of the first are in the
// buffer. The header promises that many chunks, or fewer than there are.
func (r *Reader) readChunks(src io.Reader, off int64, have, promised int) error {
	for seen := 0; ; {
		n, err := fill(src, r.buf[have:])
		n += have
		have = 0
		if n == 0 || err != nil {
			r.truncatedChunks(off, promised-seen)
			return err
		}
		data := r.buf[:n]
		clear(r.buf[n:])
		switch at := bytes.Index(data, []byte(chunkMagic)); {
		case at == 0:
			r.flushZero()
			if next := nextChunk(data); next > 0 { // bytes of this chunk are missing
				r.chunk(data[:next], off, true)
				have = copy(r.buf, data[next:])
				off += int64(next)
				seen++
				continue
			}
			r.chunk(data, off, true)
		case at > 0: // bytes were lost or put in: begin again at the next chunk
			r.loseChunk(data[:at], off)
			have = copy(r.buf, data[at:])
			off += int64(at)
			continue
		case isZero(data):
			if r.zero == 0 {
				r.zeroAt = off
			}
			if r.zero++; seen < promised {
				r.flushZero()
			}
		default:
			r.loseChunk(data, off)
		}
		off += int64(n)
		seen++
		if n < chunkSize {
			r.truncatedChunks(off, promised-seen)
			return nil
		}
	}
}

// nextChunk returns where another chunk's header stands within a chunk, or -1.
func nextChunk(data []byte) int {
	for pos := firstRecord; pos < len(data); pos++ {
		i := bytes.Index(data[pos:], []byte(chunkMagic))
		if i < 0 {
			break
		}
		pos += i
		if pos+firstRecord <= len(data) && binary.LittleEndian.Uint32(data[pos+40:]) == 128 {
			return pos
		}
	}
	return -1
}

// loseChunk notes a chunk without a header and gives the records left in it.
func (r *Reader) loseChunk(data []byte, off int64) {
	r.flushZero()
	r.damage.Chunks++
	r.damagedAt(off)
	r.chunk(data, off, false)
}

// flushZero notes empty chunks that have others after them: a log fills its
// chunks in order, so these were overwritten. Those at the end are only space
// that the log has not used.
func (r *Reader) flushZero() {
	if r.zero > 0 {
		r.damage.Chunks += r.zero
		r.damagedAt(r.zeroAt)
		r.zero = 0
	}
}

func (r *Reader) truncatedChunks(off int64, missing int) {
	if missing > 0 {
		r.damage.Chunks += missing
		r.truncatedAt(off)
	}
}

func (r *Reader) truncatedAt(off int64) {
	r.damage.Truncated = true
	r.damagedAt(off)
}

func (r *Reader) damagedAt(off int64) {
	if r.damage.Offset < 0 || off < r.damage.Offset {
		r.damage.Offset = off
	}
}

// fill reads until buf is full or src ends, which is no error.
func fill(src io.Reader, buf []byte) (int, error) {
	n, err := io.ReadFull(src, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, err
}

func isZero(b []byte) bool {
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b) != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
