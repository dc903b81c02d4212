// Package deflate64 is a reader of Deflate64 streams, the "enhanced deflate" of
// zip method 9 that Windows Explorer writes for members past 2 GB.
//
// Deflate64 is Deflate (RFC 1951) with three changes: the window is 64 KiB,
// length code 285 means 3 plus 16 extra bits (3 to 65538) in place of 258, and
// distance codes 30 and 31 carry 14 extra bits (32769 to 65536). The source of
// these numbers is infback9 in zlib's contrib folder; the format was never
// published by its owner.
//
// The reader holds about 260 KiB however long the stream is.
package deflate64

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	windowSize = 1 << 16
	outSize    = 3 * windowSize // history, and two windows of new bytes
	inSize     = 1 << 16
)

// CorruptError says that the stream breaks the rules of Deflate64.
type CorruptError struct {
	Offset int64  // of the compressed byte at which it was seen, from the start of the stream
	What   string // the rule that is broken
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("deflate64: corrupt at byte %d: %s", e.Offset, e.What)
}

var errClosed = errors.New("deflate64: read after close")

// NewReader returns a reader of the bytes that the Deflate64 stream in r stands
// for. It reads ahead, so r may be read past the end of the stream.
//
// Read returns io.EOF after the last block, io.ErrUnexpectedEOF where r ends
// before that, a *CorruptError for a stream that cannot be read, and any other
// error of r as it is; all bytes before the damage come first. Close does not
// close r.
func NewReader(r io.Reader) io.ReadCloser {
	return &reader{
		src: r,
		in:  make([]byte, inSize),
		out: make([]byte, outSize),
	}
}

type state uint8

const (
	atHeader state = iota
	inStored
	inCoded
)

type reader struct {
	src    io.Reader
	srcErr error // what src answered last, nil while it may have more
	in     []byte
	pos    int   // next byte of in
	end    int   // end of the bytes in in
	base   int64 // offset of in[0] in src

	// bits holds nb bits not yet used, the next one lowest. Above them may
	// stand bits of in[pos:], which are put there again when they count.
	bits uint64
	nb   uint

	out  []byte
	r, w int // out[r:w] waits to be read; out[:w] is history

	state    state
	last     bool // the block being read is the last
	stored   int  // bytes left of a stored block
	copyLen  int  // bytes left of a match that did not fit
	copyDist int

	lit, dist table
	lens      [maxLit + maxDist]uint8
	err       error
}

func (d *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for d.r == d.w {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.out[d.r:d.w])
	d.r += n
	return n, nil
}

// WriteTo writes the rest of the stream to w.
func (d *reader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for {
		if d.r < d.w {
			n, err := w.Write(d.out[d.r:d.w])
			total += int64(n)
			d.r += n
			if err != nil {
				return total, err
			}
			continue
		}
		if d.err == io.EOF {
			return total, nil
		}
		if d.err != nil {
			return total, d.err
		}
		d.fill()
	}
}

func (d *reader) Close() error {
	d.in, d.out, d.src = nil, nil, nil
	d.r, d.w = 0, 0
	if d.err == nil || d.err == io.EOF {
		d.err = errClosed
	}
	return nil
}

// fill decodes into out until it is full, or d.err is set. All bytes of out
// have been read when it is called.
func (d *reader) fill() {
	if d.w == len(d.out) {
		copy(d.out, d.out[d.w-windowSize:])
		d.r, d.w = windowSize, windowSize
	}
	for d.err == nil && d.w < len(d.out) {
		switch d.state {
		case atHeader:
			d.readHeader()
		case inStored:
			d.copyStored()
		case inCoded:
			d.decode()
		}
	}
}

func (d *reader) corrupt(what string) {
	d.err = &CorruptError{Offset: d.base + int64(d.pos) - int64(d.nb/8), What: what}
}

// more reads from src when in is used up. It says whether there is a byte.
func (d *reader) more() bool {
	for tries := 0; d.pos == d.end; tries++ {
		if d.srcErr != nil {
			return false
		}
		if tries == 100 {
			d.srcErr = io.ErrNoProgress
			return false
		}
		d.base += int64(d.end)
		d.pos, d.end = 0, 0
		n, err := d.src.Read(d.in)
		if n < 0 || n > len(d.in) {
			n, err = 0, errors.New("deflate64: source returned an invalid count")
		}
		d.end, d.srcErr = n, err
	}
	return true
}

// refill brings nb to 56 or more, or to all that src has.
func (d *reader) refill() {
	if d.end-d.pos >= 8 {
		d.bits |= binary.LittleEndian.Uint64(d.in[d.pos:]) << d.nb
		d.pos += int((63 - d.nb) >> 3)
		d.nb |= 56
		return
	}
	for d.nb < 56 && d.more() {
		d.bits |= uint64(d.in[d.pos]) << d.nb
		d.pos++
		d.nb += 8
	}
}

// short sets the error of a stream that ends in the middle.
func (d *reader) short() {
	d.err = d.srcErr
	if d.err == nil || d.err == io.EOF {
		d.err = io.ErrUnexpectedEOF
	}
}

// take returns the next n bits, n at most 32. On a short stream it sets d.err.
func (d *reader) take(n uint) int {
	if d.nb < n {
		d.refill()
		if d.nb < n {
			d.short()
			return 0
		}
	}
	v := d.bits & (1<<n - 1)
	d.bits >>= n
	d.nb -= n
	return int(v)
}

func (d *reader) endBlock() {
	d.state = atHeader
	if d.last {
		d.err = io.EOF
	}
}

func (d *reader) readHeader() {
	if d.last {
		d.err = io.EOF
		return
	}
	h := d.take(3)
	if d.err != nil {
		return
	}
	d.last = h&1 != 0
	switch h >> 1 {
	case 0:
		d.readStored()
	case 1:
		d.setFixed()
	case 2:
		d.readDynamic()
	default:
		d.corrupt("reserved block type")
	}
}

func (d *reader) readStored() {
	d.take(d.nb & 7)
	n, not := d.take(16), d.take(16)
	if d.err != nil {
		return
	}
	if n != not^0xFFFF {
		d.corrupt("length of a stored block does not match its complement")
		return
	}
	d.stored, d.state = n, inStored
}

func (d *reader) copyStored() {
	for d.stored > 0 && d.nb > 0 && d.w < len(d.out) {
		d.out[d.w] = byte(d.take(8))
		d.w++
		d.stored--
	}
	if d.nb == 0 {
		d.bits = 0 // what stood above nb is taken from in directly
	}
	for d.stored > 0 && d.w < len(d.out) {
		if !d.more() {
			d.short()
			return
		}
		n := copy(d.out[d.w:], d.in[d.pos:min(d.end, d.pos+d.stored)])
		d.pos += n
		d.w += n
		d.stored -= n
	}
	if d.stored == 0 {
		d.endBlock()
	}
}

// codeOrder is the order of the lengths of the code length code, RFC 1951 3.2.7.
var codeOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

func (d *reader) readDynamic() {
	nlit := d.take(5) + 257
	ndist := d.take(5) + 1
	ncode := d.take(4) + 4
	if d.err != nil {
		return
	}
	if nlit > 286 {
		d.corrupt("too many literal and length codes")
		return
	}
	var lens [19]uint8
	for i := range ncode {
		lens[codeOrder[i]] = uint8(d.take(3))
	}
	if d.err != nil {
		return
	}
	if what := d.lit.build(lens[:], codeLengths, litRoot); what != "" {
		d.corrupt(what)
		return
	}
	if !d.readLengths(d.lens[:nlit+ndist]) {
		return
	}
	if d.lens[256] == 0 {
		d.corrupt("no end of block code")
		return
	}
	what := d.lit.build(d.lens[:nlit], litLengths, litRoot)
	if what == "" {
		what = d.dist.build(d.lens[nlit:nlit+ndist], distances, distRoot)
	}
	if what != "" {
		d.corrupt(what)
		return
	}
	d.state = inCoded
}

// readLengths reads the code lengths of a dynamic block with the code length
// code, which stands in d.lit. It says whether it went well.
func (d *reader) readLengths(lens []uint8) bool {
	for i := 0; i < len(lens); {
		if d.nb < 32 {
			d.refill()
		}
		e := d.lit.entries[d.bits&(1<<litRoot-1)]
		n := uint(e & 15)
		if n == 0 || n > d.nb {
			d.invalidCode()
			return false
		}
		d.bits >>= n
		d.nb -= n
		sym := uint8(e >> 16)
		if sym < 16 {
			lens[i] = sym
			i++
			continue
		}
		var val uint8
		var run int
		switch sym {
		case 16:
			if i == 0 {
				d.corrupt("repeats a code length before the first")
				return false
			}
			val, run = lens[i-1], 3+d.take(2)
		case 17:
			run = 3 + d.take(3)
		default:
			run = 11 + d.take(7)
		}
		if d.err != nil {
			return false
		}
		if run > len(lens)-i {
			d.corrupt("too many code lengths")
			return false
		}
		for range run {
			lens[i] = val
			i++
		}
	}
	return true
}

// invalidCode sets the error for bits that are no code: the stream may be cut
// in the middle of one, or be corrupt.
func (d *reader) invalidCode() {
	if d.nb < maxBits && !d.more() {
		d.short()
		return
	}
	d.corrupt("bits that are no code")
}

func (d *reader) setFixed() {
	l := d.lens[:]
	for i := range 288 {
		switch {
		case i < 144:
			l[i] = 8
		case i < 256:
			l[i] = 9
		case i < 280:
			l[i] = 7
		default:
			l[i] = 8
		}
	}
	d.lit.build(l[:288], litLengths, litRoot)
	for i := range 32 {
		l[i] = 5
	}
	d.dist.build(l[:32], distances, distRoot)
	d.state = inCoded
}

// finishCopy goes on with a match that did not fit in out.
func (d *reader) finishCopy() {
	n := min(d.copyLen, len(d.out)-d.w)
	d.copyLen -= n
	repeat(d.out, d.w, d.copyDist, n)
	d.w += n
}

// repeat writes n bytes at out[w:], each equal to the one dist before it.
func repeat(out []byte, w, dist, n int) {
	from, to := w-dist, w+n
	for w < to {
		w += copy(out[w:to], out[from:w])
	}
}

// decode reads literals and matches until out is full, the block ends or d.err
// is set. It is the hot loop: its state stands in locals, and bits are refilled
// eight bytes at a time away from the end of in.
func (d *reader) decode() {
	if d.copyLen > 0 {
		d.finishCopy()
	}
	var (
		lit, dist = d.lit.entries, d.dist.entries
		out, w    = d.out, d.w
		bits, nb  = d.bits, d.nb
		in, pos   = d.in[:d.end], d.pos
		what      string
	)
	if len(lit) < 1<<litRoot || len(dist) < 1<<distRoot {
		return
	}
loop:
	for w < len(out) {
		if nb < 32 { // 15 bits of code and 16 extra
			if len(in)-pos >= 8 {
				bits |= binary.LittleEndian.Uint64(in[pos:]) << (nb & 63)
				pos += int((63 - nb) >> 3)
				nb |= 56
			} else {
				d.bits, d.nb, d.pos = bits, nb, pos
				d.refill()
				bits, nb, pos, in = d.bits, d.nb, d.pos, d.in[:d.end]
			}
		}
		e := lit[bits&(1<<litRoot-1)]
		if e&kindMask == kindSub {
			e = lit[e>>16+uint32(bits>>litRoot)&(1<<(e>>8&31)-1)]
		}
		n := uint(e & 15)
		if n > nb || e&kindMask == 0 {
			d.bits, d.nb, d.pos = bits, nb, pos
			d.invalidCode()
			break
		}
		bits >>= n
		nb -= n
		if e&kindMask == kindLiteral {
			out[w] = byte(e >> 16)
			w++
			continue
		}
		if e&kindMask == kindEnd {
			d.endBlock()
			break
		}
		x := uint(e >> 8 & 31)
		if x > nb {
			what = "short"
			break
		}
		length := int(e>>16) + int(bits&(1<<x-1))
		bits >>= x
		nb -= x

		if nb < 32 { // 15 bits of code and 14 extra
			if len(in)-pos >= 8 {
				bits |= binary.LittleEndian.Uint64(in[pos:]) << (nb & 63)
				pos += int((63 - nb) >> 3)
				nb |= 56
			} else {
				d.bits, d.nb, d.pos = bits, nb, pos
				d.refill()
				bits, nb, pos, in = d.bits, d.nb, d.pos, d.in[:d.end]
			}
		}
		e = dist[bits&(1<<distRoot-1)]
		if e&kindMask == kindSub {
			e = dist[e>>16+uint32(bits>>distRoot)&(1<<(e>>8&31)-1)]
		}
		n = uint(e & 15)
		if n > nb || e&kindMask == 0 {
			d.bits, d.nb, d.pos = bits, nb, pos
			d.invalidCode()
			break
		}
		bits >>= n
		nb -= n
		x = uint(e >> 8 & 31)
		if x > nb {
			what = "short"
			break
		}
		back := int(e>>16) + int(bits&(1<<x-1))
		bits >>= x
		nb -= x
		if back > w {
			what = "distance before the start"
			break loop
		}
		switch from := w - back; {
		case length <= 16 && back >= 16 && w+16 <= len(out):
			*(*[16]byte)(out[w:]) = *(*[16]byte)(out[from:])
			w += length
		case length <= len(out)-w:
			repeat(out, w, back, length)
			w += length
		default:
			d.copyLen, d.copyDist = length-(len(out)-w), back
			repeat(out, w, back, len(out)-w)
			w = len(out)
		}
	}
	d.bits, d.nb, d.pos, d.w = bits, nb, pos, w
	switch what {
	case "":
	case "short":
		d.short()
	default:
		d.corrupt(what)
	}
}
