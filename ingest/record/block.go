package record

import (
	"bytes"

	"github.com/klauspost/compress/s2"
)

// meta packs a record's level (2 bits) and flags (6 bits).
type meta uint8

func packMeta(l Level, f Flags) meta { return meta(l) | meta(f)<<2 }
func (m meta) level() Level          { return Level(m & 3) }
func (m meta) flags() Flags          { return Flags(m >> 2) }

// Block is a run of one file's text, compressed with S2, and the columns of the
// records that start in it. A record never crosses into the next block. Blocks
// are about TargetBlock long, longer where one record is.
type Block struct {
	packed []byte
	size   int

	time   moments
	off    offsets
	line   column
	thread column
	comp   column
	meta   []meta
}

// TargetBlock is the length of text in bytes that a block aims at: large
// enough to compress well, small enough to unpack in about 0.1 ms.
const TargetBlock = 256 << 10

// NewBlock builds the columns of a block from its text and the records that a
// parser found in it. firstLine is the 1-based physical line that the text
// begins at; keepLines takes Rec.Line as it is (binary logs). It returns the
// line that follows the text. The text itself is added by Pack.
func NewBlock(text []byte, recs []Rec, firstLine int, keepLines bool) (*Block, int) {
	n := len(recs)
	b := &Block{size: len(text), meta: make([]meta, n), off: newOffsets(n, func(i int) uint32 { return uint32(recs[i].Off) })}
	times, values := make([]int64, n), make([]uint32, n)
	line, last := firstLine, 0
	for i := range recs {
		r := &recs[i]
		line += bytes.Count(text[last:r.Off], newline)
		last = r.Off
		times[i], values[i] = r.Time, uint32(line)
		if keepLines {
			values[i] = r.Line
		}
		b.meta[i] = packMeta(r.Level, r.Flags)
	}
	b.time, b.line = newMoments(times), newColumn(values)
	for i := range recs {
		values[i] = recs[i].Thread
	}
	b.thread = newColumn(values)
	for i := range recs {
		values[i] = uint32(recs[i].Component)
	}
	b.comp = newColumn(values)
	return b, line + bytes.Count(text[last:], newline)
}

var newline = []byte{'\n'}

// Packer compresses blocks, one after the other. It is for one goroutine.
type Packer struct {
	scratch []byte
	// slab is shared by many blocks: allocated each by itself, a tenth of the
	// memory would be lost to rounding.
	slab []byte
}

// slabSize is the length of a slab in bytes.
const slabSize = 1 << 20

// Pack compresses the text into the block.
func (p *Packer) Pack(b *Block, text []byte) {
	if n := s2.MaxEncodedLen(len(text)); cap(p.scratch) < n {
		p.scratch = make([]byte, n)
	}
	packed := s2.Encode(p.scratch[:cap(p.scratch)], text)
	if len(packed) > cap(p.slab)-len(p.slab) {
		p.slab = make([]byte, 0, max(slabSize, len(packed)))
	}
	at := len(p.slab)
	p.slab = append(p.slab, packed...)
	b.packed = p.slab[at:len(p.slab):len(p.slab)]
}

// Unpack appends the block's text to buf, which may be nil.
func (b *Block) Unpack(buf []byte) []byte {
	if b.size == 0 {
		return buf
	}
	at := len(buf)
	if cap(buf)-at < b.size {
		buf = append(make([]byte, 0, at+b.size), buf...)
	}
	out, err := s2.Decode(buf[at:at+b.size], b.packed)
	if err != nil { // cannot be: the block was packed by this process
		return buf
	}
	return buf[:at+len(out)]
}

// record cuts the text of record i out of the block's unpacked text.
func (b *Block) record(text []byte, i int) []byte {
	end := len(text)
	if i+1 < b.off.len() {
		end = int(b.off.at(i + 1))
	}
	return text[b.off.at(i):end]
}

// Record cuts the text of the i-th record out of the block's unpacked text.
func (b *Block) Record(text []byte, i int) []byte { return b.record(text, i) }

// Len is the number of records that start in the block.
func (b *Block) Len() int { return len(b.meta) }

// Size is the length of the block's text in bytes.
func (b *Block) Size() int { return b.size }

// Time returns the time of the i-th record in nanoseconds UTC.
func (b *Block) Time(i int) int64 { return b.time.at(i) }

// AppendTimes appends the times of all records to buf, nanoseconds UTC.
func (b *Block) AppendTimes(buf []int64) []int64 {
	for i := range b.meta {
		buf = append(buf, b.time.at(i))
	}
	return buf
}

// Offset is where the i-th record begins in the text.
func (b *Block) Offset(i int) int { return int(b.off.at(i)) }

// Line is the 1-based line of the i-th record (binary logs: record number).
func (b *Block) Line(i int) int { return int(b.line.at(i)) }

// Thread is the thread id of the i-th record.
func (b *Block) Thread(i int) uint32 { return b.thread.at(i) }

// Component is the index of the i-th record's component in File.Components.
func (b *Block) Component(i int) uint16 { return uint16(b.comp.at(i)) }

// Level is the level of the i-th record.
func (b *Block) Level(i int) Level { return b.meta[i].level() }

// Flags are the flags of the i-th record.
func (b *Block) Flags(i int) Flags { return b.meta[i].flags() }

// WithTimes returns a block with the same text whose records have other times
// and flags: Retime calls at for every record and takes what it returns.
func (b *Block) WithTimes(at func(i int, t int64, f Flags) (int64, Flags)) *Block {
	c := *b
	times := make([]int64, len(b.meta))
	c.meta = make([]meta, len(b.meta))
	for i := range b.meta {
		t, f := at(i, b.time.at(i), b.meta[i].flags())
		times[i], c.meta[i] = t, packMeta(b.meta[i].level(), f)
	}
	c.time = newMoments(times)
	return &c
}

// SetBlocks gives the file its blocks, before NewStore.
func (f *File) SetBlocks(blocks []*Block) {
	f.blocks, f.count = blocks, 0
	for _, b := range blocks {
		f.count += b.Len()
	}
}

// At returns the index of the record that holds byte off of the block's text.
func (b *Block) At(off int) int {
	lo, hi := 0, b.off.len()
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if int(b.off.at(mid)) <= off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}
