package cab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// LZX as cabinets have it. The plain bytes are cut into frames of 32 KiB, one a
// block of the cabinet; within them lie LZX blocks of any size, which may cross
// frames, and whose code lengths are told as differences to those before. Bits
// come in words of 16 bits, little endian, the highest bit first.

const (
	minWindow = 15
	maxWindow = 21

	verbatim     = 1
	aligned      = 2
	uncompressed = 3

	maxMain    = 256 + 8*50
	lenSymbols = 249
	preSymbols = 20

	e8Frames = 1 << 15 // frames with translated calls
	e8Tail   = 10      // last bytes of a frame without any

	// padding is zeros behind the input, so that a word can be read anywhere
	// before its end.
	padding = 16
)

var (
	errEnds     = errors.New("LZX data ends early")
	errCode     = errors.New("LZX bits that are no code")
	errLengths  = errors.New("LZX code lengths that do not fit")
	errType     = errors.New("LZX block type not known")
	errDistance = errors.New("LZX distance before the start")
	errLength   = errors.New("LZX match past the end of its frame or block")
	errRepeat   = errors.New("LZX run of code lengths that do not fit")
)

// slot is a range of distances: base - 2 + extra bits.
type slot struct {
	base  uint32
	extra uint8
}

var slots = makeSlots()

func makeSlots() (s [50]slot) {
	base := uint32(0)
	for i := range s {
		extra := min(max(i/2-1, 0), 17)
		s[i] = slot{base, uint8(extra)}
		base += 1 << extra
	}
	return s
}

// slotCount is the number of slots that a window of 15 bits and up needs.
var slotCount = [maxWindow - minWindow + 1]int{30, 32, 34, 36, 38, 42, 50}

type lzxDecoder struct {
	// win holds the plain bytes as they were coded, at most a window before w.
	// It grows to twice a window, at least 256 KiB.
	win    []byte
	w      int
	window int // bytes

	in   []byte // a frame and padding
	size int    // of the frame
	pos  int    // of the next word in in
	bits uint64 // the next nb bits, the first one highest
	nb   uint

	started   bool // the first bit of the stream was read
	blockType int
	blockLeft int
	oddBlock  bool // the block is uncompressed and of odd size: a byte of padding follows
	r0        uint32
	r1        uint32
	r2        uint32

	mainLens    [maxMain]uint8
	lenLens     [lenSymbols]uint8
	mainSymbols int
	main, lens  lzxTable
	offs, pre   lzxTable

	callSize int32 // 0: calls are not translated
	frame    int
	offset   uint32 // of the frame in the folder
	calls    []byte // a frame with its calls translated back
	failed   error
}

// reset makes the decoder ready for another folder.
func (d *lzxDecoder) reset(windowBits uint) {
	d.window = 1 << windowBits
	d.mainSymbols = 256 + 8*slotCount[windowBits-minWindow]
	d.w = 0
	d.started, d.failed = false, nil
	d.blockType, d.blockLeft, d.oddBlock = 0, 0, false
	d.r0, d.r1, d.r2 = 1, 1, 1
	clear(d.mainLens[:])
	clear(d.lenLens[:])
	d.callSize, d.frame, d.offset = 0, 0, 0
}

func (d *lzxDecoder) resumes() bool { return false }

func (d *lzxDecoder) decode(block []byte, n int) ([]byte, error) {
	if d.failed != nil {
		return nil, d.failed
	}
	d.in = append(append(d.in[:0], block...), make([]byte, padding)...)
	d.size, d.pos, d.bits, d.nb = len(block), 0, 0, 0
	d.makeRoom(n)
	start := d.w
	d.failed = d.decodeFrame(start + n)
	if d.failed == nil && d.used() > d.size+d.size&1 {
		d.failed = errEnds
	}
	out := d.translate(d.win[start:d.w])
	d.frame++
	d.offset += uint32(n)
	return out, d.failed
}

// makeRoom brings n free bytes behind w.
func (d *lzxDecoder) makeRoom(n int) {
	if d.w+n <= len(d.win) {
		return
	}
	if full := max(2*d.window, 1<<18); len(d.win) < full {
		grown := make([]byte, min(max(2*len(d.win), 1<<17), full))
		copy(grown, d.win[:d.w])
		d.win = grown
		return
	}
	copy(d.win, d.win[d.w-d.window:d.w])
	d.w = d.window
}

// used is the number of bytes of the frame that are used up, a begun one too.
func (d *lzxDecoder) used() int { return d.pos - int(d.nb/8) }

// refill brings nb to 49 or more.
func (d *lzxDecoder) refill() {
	var v uint64
	if d.pos+8 <= len(d.in) {
		v = bits.ReverseBytes64(binary.LittleEndian.Uint64(d.in[d.pos:]))
		v = v&0x00FF00FF00FF00FF<<8 | v>>8&0x00FF00FF00FF00FF
	}
	words := (64 - d.nb) / 16
	d.bits |= v >> d.nb
	d.nb += 16 * words
	d.pos += 2 * int(words)
}

// take returns the next n bits, n at most 32.
func (d *lzxDecoder) take(n uint) uint32 {
	if d.nb < n {
		d.refill()
	}
	v := uint32(d.bits >> 1 >> (63 - n))
	d.bits <<= n
	d.nb -= n
	return v
}

// decodeFrame decodes until w is end.
func (d *lzxDecoder) decodeFrame(end int) error {
	if !d.started {
		d.started = true
		if d.take(1) == 1 {
			high := d.take(16)
			d.callSize = int32(high<<16 | d.take(16))
		}
	}
	for d.w < end {
		if d.blockLeft == 0 {
			if err := d.readBlock(); err != nil {
				return err
			}
		}
		n := min(d.blockLeft, end-d.w)
		var err error
		if d.blockType == uncompressed {
			err = d.copyPlain(n)
		} else {
			err = d.decodeRun(d.w + n)
		}
		if err != nil {
			return err
		}
		d.blockLeft -= n
	}
	return nil
}

// copyPlain copies n bytes of an uncompressed block.
func (d *lzxDecoder) copyPlain(n int) error {
	have := max(min(n, d.size-d.pos), 0)
	copy(d.win[d.w:], d.in[d.pos:d.pos+have])
	d.w += have
	d.pos += have
	if have < n {
		return errEnds
	}
	return nil
}

func (d *lzxDecoder) readBlock() error {
	if d.oddBlock {
		d.oddBlock = false
		d.pos++
	}
	d.blockType = int(d.take(3))
	d.blockLeft = int(d.take(24))
	if d.used() > d.size+1 {
		return errEnds
	}
	switch d.blockType {
	case verbatim:
		return d.readTrees()
	case aligned:
		var l [8]uint8
		for i := range l {
			l[i] = uint8(d.take(3))
		}
		if !d.offs.build(l[:]) {
			return errLengths
		}
		return d.readTrees()
	case uncompressed:
		return d.readPlainHeader()
	}
	return errType
}

// readPlainHeader goes on to the next word, past at least one bit, and reads
// the three last distances.
func (d *lzxDecoder) readPlainHeader() error {
	if d.nb&15 == 0 {
		d.take(16)
	}
	d.pos -= 2 * int(d.nb/16)
	d.bits, d.nb = 0, 0
	if d.pos+12 > d.size {
		return errEnds
	}
	le := binary.LittleEndian
	d.r0, d.r1, d.r2 = le.Uint32(d.in[d.pos:]), le.Uint32(d.in[d.pos+4:]), le.Uint32(d.in[d.pos+8:])
	d.pos += 12
	d.oddBlock = d.blockLeft&1 == 1
	return nil
}

func (d *lzxDecoder) readTrees() error {
	if err := d.readLengths(d.mainLens[:256]); err != nil {
		return err
	}
	if err := d.readLengths(d.mainLens[256:d.mainSymbols]); err != nil {
		return err
	}
	if err := d.readLengths(d.lenLens[:]); err != nil {
		return err
	}
	if !d.main.build(d.mainLens[:d.mainSymbols]) || !d.lens.build(d.lenLens[:]) {
		return errLengths
	}
	return nil
}

// readLengths changes lens by the differences that come next.
func (d *lzxDecoder) readLengths(lens []uint8) error {
	var l [preSymbols]uint8
	for i := range l {
		l[i] = uint8(d.take(4))
	}
	if !d.pre.build(l[:]) {
		return errLengths
	}
	for i := 0; i < len(lens); {
		sym, err := d.symbol(&d.pre)
		if err != nil {
			return err
		}
		run, to := 1, uint8(0)
		switch sym {
		case 17:
			run = 4 + int(d.take(4))
		case 18:
			run = 20 + int(d.take(5))
		case 19:
			run = 4 + int(d.take(1))
			if sym, err = d.symbol(&d.pre); err != nil {
				return err
			}
			if sym > 16 {
				return errRepeat
			}
			fallthrough
		default:
			to = lessMod17(lens[i], sym)
		}
		for ; run > 0 && i < len(lens); run-- {
			lens[i] = to
			i++
		}
	}
	return nil
}

func lessMod17(have uint8, sym int) uint8 { return uint8((int(have) + 17 - sym) % 17) }

// symbol reads one code.
func (d *lzxDecoder) symbol(t *lzxTable) (int, error) {
	if d.nb < 16 {
		d.refill()
	}
	sym, n := t.find(d.bits)
	if n == 0 {
		return 0, errCode
	}
	d.bits <<= n
	d.nb -= n
	return sym, nil
}

// decodeRun decodes a piece of a verbatim or aligned block, until w is end.
func (d *lzxDecoder) decodeRun(end int) error {
	var err error
	d.w, err = d.run(d.win, d.w, end)
	return err
}

// run is the hot loop of decodeRun. It returns how far it came.
func (d *lzxDecoder) run(win []byte, w, end int) (int, error) {
	isAligned := d.blockType == aligned
	for w < end {
		if d.nb < 16 {
			d.refill()
		}
		sym, n := d.main.find(d.bits)
		if n == 0 {
			return w, errCode
		}
		d.bits <<= n
		d.nb -= n
		if sym < 256 {
			win[w] = byte(sym)
			w++
			continue
		}
		length := sym & 7
		if length == 7 {
			more, err := d.symbol(&d.lens)
			if err != nil {
				return w, err
			}
			length += more
		}
		length += 2
		dist, err := d.distance((sym-256)>>3, isAligned)
		if err != nil {
			return w, err
		}
		if dist == 0 || uint64(dist) > uint64(w) || int(dist) > d.window {
			return w, errDistance
		}
		if length > end-w {
			return w, errLength
		}
		from := w - int(dist)
		if length <= 16 && dist >= 16 && w+16 <= len(win) {
			*(*[16]byte)(win[w:]) = *(*[16]byte)(win[from:])
			w += length
			continue
		}
		for to := w + length; w < to; {
			w += copy(win[w:to], win[from:w])
		}
	}
	return w, nil
}

// distance reads the rest of a distance and keeps it among the last three.
func (d *lzxDecoder) distance(slot int, isAligned bool) (uint32, error) {
	switch slot {
	case 0:
		return d.r0, nil
	case 1:
		d.r0, d.r1 = d.r1, d.r0
		return d.r0, nil
	case 2:
		d.r0, d.r2 = d.r2, d.r0
		return d.r0, nil
	}
	s := slots[slot]
	dist := s.base - 2
	if isAligned && s.extra >= 3 {
		dist += d.take(uint(s.extra)-3) << 3
		low, err := d.symbol(&d.offs)
		if err != nil {
			return 0, err
		}
		dist += uint32(low)
	} else {
		dist += d.take(uint(s.extra))
	}
	d.r2, d.r1, d.r0 = d.r1, d.r0, dist
	return dist, nil
}

// translate turns the absolute targets of x86 calls in a frame back into
// relative ones. The window keeps the frame as it was.
func (d *lzxDecoder) translate(frame []byte) []byte {
	if d.callSize == 0 || d.frame >= e8Frames || len(frame) <= e8Tail {
		return frame
	}
	d.calls = append(d.calls[:0], frame...)
	out := d.calls
	last := len(out) - e8Tail
	for i := 0; i < last; {
		next := bytes.IndexByte(out[i:last], 0xE8)
		if next < 0 {
			break
		}
		i += next
		at := int32(d.offset) + int32(i)
		target := out[i+1 : i+5]
		abs := int32(binary.LittleEndian.Uint32(target))
		if abs >= -at && abs < d.callSize {
			rel := abs - at
			if abs < 0 {
				rel = abs + d.callSize
			}
			binary.LittleEndian.PutUint32(target, uint32(rel))
		}
		i += 5
	}
	return out
}

const lzxRoot = 11

// lzxTable finds the symbol of a code of at most 16 bits: by one look for codes
// of up to 11, by comparing with the first code of each length for others.
type lzxTable struct {
	root   [1 << lzxRoot]uint16 // symbol<<4 | length, 0 for longer codes
	first  [17]uint32           // first code of a length
	count  [17]uint32
	offset [17]uint16 // of the first code's symbol in sorted
	sorted [maxMain]uint16
}

// build makes the table. It says whether the codes have room; they need not use
// all of it, for bits that are no code are found when they come.
func (t *lzxTable) build(lens []uint8) bool {
	t.count = [17]uint32{}
	for _, n := range lens {
		t.count[n]++
	}
	t.count[0] = 0
	code, at := uint32(0), uint16(0)
	for n := 1; n <= 16; n++ {
		code <<= 1
		t.first[n], t.offset[n] = code, at
		code += t.count[n]
		at += uint16(t.count[n])
		if code > 1<<n {
			return false
		}
	}
	clear(t.root[:])
	place := t.offset
	for sym, n := range lens {
		if n == 0 {
			continue
		}
		t.sorted[place[n]] = uint16(sym)
		if n <= lzxRoot {
			c := t.first[n] + uint32(place[n]-t.offset[n])
			from := c << (lzxRoot - n)
			e := uint16(sym)<<4 | uint16(n)
			for i := range uint32(1) << (lzxRoot - n) {
				t.root[from+i] = e
			}
		}
		place[n]++
	}
	return true
}

// find returns the symbol that b begins with, and the length of its code, 0 for
// none.
func (t *lzxTable) find(b uint64) (sym int, n uint) {
	if e := t.root[b>>(64-lzxRoot)]; e != 0 {
		return int(e >> 4), uint(e & 15)
	}
	for n := uint(lzxRoot + 1); n <= 16; n++ {
		if c := uint32(b>>(64-n)) - t.first[n]; c < t.count[n] {
			return int(t.sorted[t.offset[n]+uint16(c)]), n
		}
	}
	return 0, 0
}
