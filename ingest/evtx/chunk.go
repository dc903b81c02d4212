package evtx

import (
	"bytes"
	"encoding/binary"
	"math"

	"patchtrail/ingest/record"
)

const (
	recordMagic  = "\x2a\x2a\x00\x00"
	recordHeader = 24 // magic, size, record number, time written
	recordMin    = recordHeader + 4
	firstRecord  = 512 // place of the first record in a chunk
)

// chunk gives the records of one chunk, the last of a cut file perhaps shorter
// than chunkSize. header is false if it has no readable header: then its
// records are searched for from its start.
func (r *Reader) chunk(data []byte, off int64, header bool) {
	r.dec.begin(data)
	if !header {
		_, lost, _ := r.records(data, 0, len(data), off)
		r.damage.Records += lost
		return
	}
	if len(data) < firstRecord {
		r.truncatedAt(off + int64(len(data)))
		return
	}
	free := int(binary.LittleEndian.Uint32(data[48:]))
	if free < firstRecord || free > chunkSize {
		free = chunkSize
	}
	found, lost, at := r.records(data, firstRecord, free, off)
	// The header's count knows of records that left no trace; the search knows
	// of places where something unreadable stood. A header not yet written back
	// counts too few.
	first, last := binary.LittleEndian.Uint64(data[8:]), binary.LittleEndian.Uint64(data[16:])
	if n := last - first + 1; last >= first && last != math.MaxUint64 && n <= chunkSize/recordMin && int(n)-found > lost {
		lost = int(n) - found
	}
	if lost == 0 {
		return
	}
	r.damage.Records += lost
	if len(data) < chunkSize {
		r.damage.Truncated = true
	}
	r.damagedAt(at)
}

// records gives the records of data from pos on. Beyond free only records that
// go on the row of numbers count: others are left from an earlier use of the
// chunk. It returns how many records it found, how many places it could not
// read, and the offset in the file of the first of them, or of the end of the walk.
func (r *Reader) records(data []byte, pos, free int, off int64) (found, lost int, at int64) {
	at = -1
	lose := func(pos int) {
		if lost++; at < 0 {
			at = off + int64(pos)
		}
	}
	gap := pos > 0 // a chunk without a header is already told of
	var prev uint64
	for pos+recordMin <= len(data) {
		if string(data[pos:pos+4]) != recordMagic {
			next := nextRecord(data, pos)
			if pos >= free || (next < 0 && isZero(data[pos:min(free, len(data))])) {
				break
			}
			if gap {
				lose(pos)
			}
			if next < 0 {
				break
			}
			pos = next
		}
		id := binary.LittleEndian.Uint64(data[pos+8:])
		if pos >= free && id != prev+1 {
			break
		}
		end, sound := recordEnd(data, pos)
		switch r.record(data, pos, end, off, sound) {
		case true:
			found++
		case false:
			lose(pos)
		}
		prev, pos, gap = id, end, true
	}
	if at < 0 {
		at = off + int64(pos)
	}
	return found, lost, at
}

// recordEnd returns where the record at pos ends. Its size stands at both ends
// of it; if these disagree and no record follows either, the size is damaged
// (or the file cut) and the record reaches to the next one that can be found.
func recordEnd(data []byte, pos int) (end int, sound bool) {
	size := int(binary.LittleEndian.Uint32(data[pos+4:]))
	if size >= recordMin && size <= len(data)-pos {
		end = pos + size
		if int(binary.LittleEndian.Uint32(data[end-4:])) == size || startsRecord(data, end) {
			return end, true
		}
	}
	if next := nextRecord(data, pos+4); next > 0 {
		return next, false
	}
	return len(data), false
}

// nextRecord returns the first place from pos on where a record seems to start, or -1.
func nextRecord(data []byte, pos int) int {
	for pos < len(data) {
		i := bytes.Index(data[pos:], []byte(recordMagic))
		if i < 0 {
			return -1
		}
		if pos += i; startsRecord(data, pos) {
			return pos
		}
		pos++
	}
	return -1
}

// startsRecord says whether a record starts at pos: its magic, and the header
// of the BinXML in it.
func startsRecord(data []byte, pos int) bool {
	return pos+recordMin <= len(data) && string(data[pos:pos+4]) == recordMagic &&
		string(data[pos+recordHeader:pos+recordHeader+3]) == "\x0f\x01\x01"
}

// record decodes and gives one record and says whether there was anything to give.
func (r *Reader) record(data []byte, pos, end int, off int64, sound bool) bool {
	limit := end
	if sound {
		limit -= 4 // the copy of the size
	}
	ev := r.dec.decode(pos+recordHeader, limit)
	if ev.provider.empty() && ev.id == 0 && len(ev.items) == 0 && ev.message.empty() && !ev.cut {
		return false
	}
	id := binary.LittleEndian.Uint64(data[pos+8:])
	rec := record.Rec{Line: uint32(id), Thread: ev.thread, Level: ev.severity()}
	rec.Time, rec.Flags = ev.when(binary.LittleEndian.Uint64(data[pos+16:]))
	text := r.out.render(r.dec, ev)
	rec.Component = r.out.provider.component
	if ev.broken {
		rec.Flags |= record.Fragment
		r.damage.Partial++
		r.damagedAt(off + int64(pos))
	}
	if ev.cut {
		rec.Flags |= record.Cut
		r.damage.Cut++
		r.damagedAt(off + int64(pos))
	}
	if computer := ev.bytes(ev.computer); len(computer) > 0 && (id >= r.newest || r.computer == "") {
		if r.newest = id; string(computer) != r.computer {
			r.computer = string(computer)
		}
	}
	r.emit(rec, text)
	return true
}
