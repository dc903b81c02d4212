package bundle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// The property ids of 7zFormat.txt.
const (
	sevenEnd         = 0x00
	sevenHeaderID    = 0x01
	sevenMainStreams = 0x04
	sevenFilesInfo   = 0x05
	sevenPackInfo    = 0x06
	sevenUnpackInfo  = 0x07
	sevenSubStreams  = 0x08
	sevenSize        = 0x09
	sevenCRC         = 0x0a
	sevenFolderID    = 0x0b
	sevenUnpackSize  = 0x0c
	sevenNumUnpack   = 0x0d
	sevenEmptyStream = 0x0e
	sevenEmptyFile   = 0x0f
	sevenNames       = 0x11
	sevenCTime       = 0x12
	sevenATime       = 0x13
	sevenMTime       = 0x14
	sevenAttributes  = 0x15
	sevenEncoded     = 0x17
	sevenDummy       = 0x19
)

const (
	sevenStart      = 32        // bytes before the packed streams
	sevenHeaderMax  = 64 << 20  // bytes of a header, for 200,000 long names
	sevenMemoryMax  = 256 << 20 // bytes of a dictionary: "7z -mx9" of a large folder
	sevenCyclesMax  = 22        // powers of two of key stretching; 7-Zip writes 19
	sevenStretchMax = 1 << 26   // of all keys of an archive together
	sevenWorkMax    = 1_000_000_000
)

// checkSeven goes through a header as the library will, and refuses what is
// damaged or out of proportion. It lowers dictionaries that are larger than
// what they are for.
func checkSeven(src *source, header []byte, maxFiles int) (*sevenArchive, error) {
	a := &sevenArchive{src: src, header: bytes.Clone(header)}
	p := &sevenParser{b: a.header, a: a, maxFiles: maxFiles, keys: map[string]bool{}}
	err := rescue(func() error {
		p.header()
		return nil
	})
	switch {
	case p.err != nil:
		return nil, p.err
	case err != nil:
		return nil, errSevenHeader
	case int64(a.files)*int64(len(a.folders)) > sevenWorkMax:
		return nil, errTooBig
	}
	return a, nil
}

// A sevenParser walks a header. It panics at its end, which checkSeven catches;
// err is set for what is refused for another reason.
type sevenParser struct {
	b        []byte
	a        *sevenArchive
	maxFiles int
	err      error
	keys     map[string]bool
	stretch  int
}

func (p *sevenParser) refuse(err error) {
	if p.err == nil {
		p.err = err
	}
	panic(err)
}

func (p *sevenParser) take(n int) []byte {
	if n < 0 || n > len(p.b) {
		p.refuse(errSevenHeader)
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

func (p *sevenParser) id() byte { return p.take(1)[0] }

// number reads 7z's variable length number.
func (p *sevenParser) number() uint64 {
	first := p.id()
	v, mask := uint64(0), byte(0x80)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(p.id()) << (8 * i)
		mask >>= 1
	}
	return v
}

// count reads a number of things of which each takes up a byte at least.
func (p *sevenParser) count() int {
	n := p.number()
	if n > uint64(len(p.b)) {
		p.refuse(errSevenHeader)
	}
	return int(n)
}

// bits reads n flags and gives how many are set.
func (p *sevenParser) bits(n int) int {
	set := 0
	b := p.take((n + 7) / 8)
	for i := range n {
		if b[i/8]&(0x80>>(i%8)) != 0 {
			set++
		}
	}
	return set
}

// optional reads flags that may all be set in one byte.
func (p *sevenParser) optional(n int) int {
	if p.id() == 0 {
		return p.bits(n)
	}
	return n
}

func (p *sevenParser) digests(n int) { p.take(4 * p.optional(n)) }

func (p *sevenParser) expect(id byte) {
	if p.id() != id {
		p.refuse(errSevenHeader)
	}
}

func (p *sevenParser) header() {
	p.expect(sevenHeaderID)
	id := p.id()
	streams := 0
	if id == sevenMainStreams {
		streams = p.streams()
		id = p.id()
	}
	if id == sevenFilesInfo {
		p.files(streams)
		id = p.id()
	}
	if id != sevenEnd || len(p.b) > 0 {
		p.refuse(errSevenHeader)
	}
}

// streams reads where the packed streams are and how they are unpacked; it
// gives how many files they hold.
func (p *sevenParser) streams() int {
	id := p.id()
	packed := 0
	if id == sevenPackInfo {
		packed = p.pack()
		id = p.id()
	}
	if id == sevenUnpackInfo {
		p.unpack()
		id = p.id()
	}
	streams := len(p.a.folders)
	if id == sevenSubStreams {
		streams = p.substreams()
		id = p.id()
	}
	if id != sevenEnd || packed == 0 && len(p.a.folders) > 0 {
		p.refuse(errSevenHeader)
	}
	return streams
}

func (p *sevenParser) pack() int {
	pos := p.number()
	n := p.count()
	id := p.id()
	room := uint64(max(p.a.src.size-sevenStart, 0))
	if id == sevenSize {
		for range n {
			size := p.number()
			if pos > room || size > room-pos {
				p.refuse(io.ErrUnexpectedEOF)
			}
			pos += size
		}
		id = p.id()
	}
	if id == sevenCRC {
		p.digests(n)
		id = p.id()
	}
	if id != sevenEnd {
		p.refuse(errSevenHeader)
	}
	return n
}

func (p *sevenParser) unpack() {
	p.expect(sevenFolderID)
	n := p.count()
	p.expect(0) // not kept elsewhere
	shapes := make([]sevenShape, n)
	for i := range shapes {
		shapes[i] = p.folder()
	}
	p.expect(sevenUnpackSize)
	p.a.folders = make([]sevenFolder, n)
	for i, s := range shapes {
		sizes := make([]uint64, s.outs)
		for j := range sizes {
			sizes[j] = p.number()
			if sizes[j] > 1<<62 {
				p.refuse(errSevenHeader)
			}
		}
		p.a.folders[i] = p.measure(s, sizes)
	}
	id := p.id()
	if id == sevenCRC {
		p.digests(n)
		id = p.id()
	}
	if id != sevenEnd {
		p.refuse(errSevenHeader)
	}
}

// A sevenShape is a folder as far as the parser must know it.
type sevenShape struct {
	coders []sevenCoder
	outs   int
}

type sevenCoder struct {
	id    string
	props []byte // within the header, so that it may be changed
}

const sevenCodersMax = 32

func (p *sevenParser) folder() sevenShape {
	var s sevenShape
	n, ins := p.count(), 0
	if n == 0 || n > sevenCodersMax {
		p.refuse(errSevenHeader)
	}
	for range n {
		flags := p.id()
		c := sevenCoder{id: string(p.take(int(flags & 15)))}
		in, out := 1, 1
		if flags&0x10 != 0 {
			in, out = p.count(), p.count()
		}
		if in < 1 || in > sevenCodersMax || out != 1 {
			p.refuse(errSevenHeader)
		}
		if flags&0x20 != 0 {
			c.props = p.take(p.count())
		}
		s.coders = append(s.coders, c)
		ins += in
		s.outs += out
	}
	p.bindings(ins, s.outs)
	return s
}

func (p *sevenParser) bindings(ins, outs int) {
	if ins < outs {
		p.refuse(errSevenHeader)
	}
	for range outs - 1 {
		if p.number() >= uint64(ins) || p.number() >= uint64(outs) {
			p.refuse(errSevenHeader)
		}
	}
	if packed := ins - (outs - 1); packed > 1 {
		for range packed {
			if p.number() >= uint64(ins) {
				p.refuse(errSevenHeader)
			}
		}
	}
}

// measure finds out what unpacking a folder costs.
func (p *sevenParser) measure(s sevenShape, sizes []uint64) sevenFolder {
	f := sevenFolder{size: sizes[len(sizes)-1]}
	for i, c := range s.coders {
		switch c.id {
		case "\x03\x01\x01": // LZMA
			if len(c.props) != 5 {
				p.refuse(errSevenHeader)
			}
			f.memory += lowerDict(c.props[1:], sizes[i])
		case "\x21": // LZMA2
			if len(c.props) != 1 || c.props[0] > 40 {
				p.refuse(errSevenHeader)
			}
			for c.props[0] > 0 && lzma2Dict(c.props[0]-1) >= int64(min(sizes[i], 1<<40)) {
				c.props[0]--
			}
			f.memory += lzma2Dict(c.props[0])
		case "\x03\x04\x01": // PPMd
			if len(c.props) != 5 {
				p.refuse(errSevenHeader)
			}
			f.memory += int64(binary.LittleEndian.Uint32(c.props[1:]))
		case "\x06\xf1\x07\x01": // AES
			f.encrypted = true
			p.key(c.props)
		}
	}
	if f.memory > sevenMemoryMax {
		p.refuse(errTooBig)
	}
	return f
}

// lowerDict lowers the dictionary in an LZMA property to size, and returns it.
func lowerDict(prop []byte, size uint64) int64 {
	dict := binary.LittleEndian.Uint32(prop)
	if size < uint64(dict) {
		dict = max(uint32(size), 4<<10)
		binary.LittleEndian.PutUint32(prop, dict)
	}
	return int64(dict)
}

// lzma2Dict is the size that an LZMA2 property stands for.
func lzma2Dict(prop byte) int64 { return int64(2|prop&1) << (prop/2 + 11) }

// key bounds the work to make keys of a password.
func (p *sevenParser) key(props []byte) {
	if len(props) == 0 {
		p.refuse(errSevenHeader)
	}
	cycles := int(props[0] & 0x3f)
	if cycles == 0x3f || p.keys[string(props)] {
		return
	}
	p.keys[string(props)] = true
	if cycles > sevenCyclesMax {
		p.refuse(unsupportedError(fmt.Sprintf("7z key of 2^%d rounds", cycles)))
	}
	if p.stretch += 1 << cycles; p.stretch > sevenStretchMax {
		p.refuse(errTooBig)
	}
}

func (p *sevenParser) substreams() int {
	id := p.id()
	folders := len(p.a.folders)
	streams := make([]uint64, folders)
	total := uint64(0)
	for i := range streams {
		streams[i] = 1
		if id == sevenNumUnpack {
			streams[i] = p.number()
		}
		total += streams[i]
		if streams[i] > uint64(p.maxFiles) || total > uint64(p.maxFiles) {
			p.refuse(errTooBig)
		}
	}
	if id == sevenNumUnpack {
		id = p.id()
	}
	if id == sevenSize {
		for i, n := range streams {
			left := p.a.folders[i].size
			for range max(int64(n)-1, 0) {
				size := p.number()
				if size > left {
					p.refuse(errSevenHeader)
				}
				left -= size
			}
		}
		id = p.id()
	}
	if id == sevenCRC {
		p.digests(int(total))
		id = p.id()
	}
	if id != sevenEnd {
		p.refuse(errSevenHeader)
	}
	return int(total)
}

func (p *sevenParser) files(streams int) {
	n := p.count()
	if n > p.maxFiles {
		p.refuse(errTooBig)
	}
	p.a.files = n
	empty := 0
	for {
		id := p.id()
		if id == sevenEnd {
			break
		}
		length := p.number()
		switch id {
		case sevenEmptyStream:
			empty = p.bits(n)
		case sevenEmptyFile:
			p.bits(empty)
		case sevenCTime, sevenATime, sevenMTime:
			set := p.optional(n)
			p.expect(0)
			p.take(8 * set)
		case sevenAttributes:
			set := p.optional(n)
			p.expect(0)
			p.take(4 * set)
		case sevenNames:
			p.names(n, length)
		case sevenDummy:
			if length > uint64(len(p.b)) {
				p.refuse(errSevenHeader)
			}
			p.take(int(length))
		default:
			p.refuse(unsupportedError(fmt.Sprintf("7z property %#x", id)))
		}
	}
	if n-empty > streams {
		p.refuse(errSevenHeader)
	}
}

func (p *sevenParser) names(n int, length uint64) {
	if length < 1 || length > uint64(len(p.b)) {
		p.refuse(errSevenHeader)
	}
	p.expect(0)
	if b := p.take(int(length) - 1); len(b) < 2*n {
		p.refuse(errSevenHeader)
	}
}
