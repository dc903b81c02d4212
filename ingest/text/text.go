// Package text turns the bytes of a log file into UTF-8, whatever they were
// written in, and says what that was.
//
// Logs of Japanese Windows come as UTF-8 with and without BOM, UTF-16 of either
// byte order with and without BOM, and CP932; western ones as Windows-1252.
// Files change their encoding half way (a script appends UTF-16 to an ANSI log,
// a tool writes CP932 lines between UTF-8 ones), and some writers put a BOM
// before every line. A Reader takes all of it, in one pass and bounded memory:
//
//   - a BOM decides, else the pattern of NUL bytes (UTF-16);
//   - otherwise every line is taken by itself: valid UTF-8 stays as it is, a
//     line that is valid CP932 is decoded from that, any other from Windows-1252;
//   - a run of UTF-16 inside 8-bit text, or of 8-bit text inside UTF-16, switches.
//
// A BOM at the start of a line is taken out, and so is a run of NULs, which a
// crash or a file made longer in advance leaves. No byte is dropped otherwise:
// what no encoding explains becomes U+FFFD and is counted, such as half of a
// character at the end of a file that was copied while it was written.
package text

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// encoding is one way to write text; a set of them is what a file used.
type encoding uint8

const (
	utf8Plain encoding = 1 << iota
	utf8BOM
	utf16LE
	utf16BE
	cp932
	windows1252
)

// String names the encodings of a set, "utf-8" for plain ASCII.
func (e encoding) String() string {
	var names []string
	for _, n := range []struct {
		e    encoding
		name string
	}{{utf8BOM, "utf-8-bom"}, {utf16LE, "utf-16le"}, {utf16BE, "utf-16be"}, {utf8Plain, "utf-8"}, {cp932, "cp932"}, {windows1252, "windows-1252"}} {
		if e&n.e != 0 {
			names = append(names, n.name)
		}
	}
	if len(names) == 0 {
		return "utf-8"
	}
	return strings.Join(names, "+")
}

// rawSize is how much is read from the source at once, in bytes; a line longer
// than that is decoded in pieces.
const rawSize = 128 << 10

var bom = []byte{0xEF, 0xBB, 0xBF}

// Reader reads UTF-8 from a source in any of the encodings above.
type Reader struct {
	src io.Reader
	// raw[lo:hi] is read but not decoded; raw is used unless the fast path
	// reads straight into the caller's buffer.
	raw    []byte
	lo, hi int
	err    error // of src, io.EOF included

	out      []byte // decoded, not yet handed out
	mode     encoding
	used     encoding
	bad      int
	lineHead bool // the next byte out starts a line
	bytes    int64
	turnedAt int64 // the byte at which turn last changed the mode
	turned   encoding
}

// raws are buffers that go round between readers: a bundle may hold a hundred
// thousand small files.
var raws = sync.Pool{New: func() any { return new([rawSize]byte) }}

// Release gives the reader's buffer to the next one; it must not be read after.
func (r *Reader) Release() {
	if len(r.raw) == rawSize {
		raws.Put((*[rawSize]byte)(r.raw))
	}
	r.raw, r.lo, r.hi = nil, 0, 0
}

// NewReader returns a reader of src. It reads up to 128 KiB at once to tell
// the encoding.
func NewReader(src io.Reader) *Reader {
	r := &Reader{src: src, raw: raws.Get().(*[rawSize]byte)[:], lineHead: true}
	r.fill()
	head := r.raw[r.lo:r.hi]
	switch {
	case bytes.HasPrefix(head, bom):
		r.mode, r.used = utf8Plain, utf8BOM
	case len(head) >= 2 && head[0] == 0xFF && head[1] == 0xFE:
		r.mode, r.used = utf16LE, utf16LE
		r.lo += 2
	case len(head) >= 2 && head[0] == 0xFE && head[1] == 0xFF:
		r.mode, r.used = utf16BE, utf16BE
		r.lo += 2
	default:
		r.mode = guess16(head)
		r.used = r.mode
		if r.mode == 0 {
			r.mode = utf8Plain
		}
	}
	return r
}

// Encoding names what the text so far was written in, such as "utf-16le" or
// "utf-8+cp932" where it changed.
func (r *Reader) Encoding() string {
	if r.used&utf8BOM != 0 {
		return (r.used &^ utf8Plain).String()
	}
	return r.used.String()
}

// Bad counts the code units that no encoding explained.
func (r *Reader) Bad() int { return r.bad }

// Bytes counts the bytes taken from the source.
func (r *Reader) Bytes() int64 { return r.bytes }

// errNoProgress keeps a source that returns neither data nor error from
// hanging a run.
var errNoProgress = errors.New("text: source returns no data and no error")

// fill moves the undecoded rest to the front and reads on until raw is full or
// the source ends.
func (r *Reader) fill() {
	copy(r.raw, r.raw[r.lo:r.hi])
	r.hi -= r.lo
	r.lo = 0
	r.hi += r.readFull(r.raw[r.hi:])
}

func (r *Reader) readFull(p []byte) int {
	n, idle := 0, 0
	for n < len(p) && r.err == nil {
		var m int
		m, r.err = r.src.Read(p[n:])
		n += m
		if m == 0 && r.err == nil {
			if idle++; idle > 100 {
				r.err = errNoProgress
			}
			continue
		}
		idle = 0
	}
	r.bytes += int64(n)
	return n
}

// Read fills p with UTF-8. It returns fewer bytes than len(p) only where the
// text ends or the encoding changes; a character is never split between calls
// when p holds at least 8 bytes.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if len(r.out) > 0 {
			n := whole(r.out, len(p))
			copy(p, r.out[:n])
			r.out = r.out[n:]
			return n, nil
		}
		if r.mode == utf8Plain && len(p) >= rawSize {
			if n := r.straight(p); n > 0 {
				return n, nil
			}
			if len(r.out) == 0 && r.lo == r.hi && r.err != nil {
				return 0, r.err
			}
			continue
		}
		if r.lo == r.hi && r.err == nil {
			r.fill()
		}
		if r.lo == r.hi {
			return 0, r.err
		}
		r.decode()
	}
}

// whole returns the most of text, at most n bytes, that ends on a whole character.
func whole(text []byte, n int) int {
	if n >= len(text) {
		return len(text)
	}
	for cut := n; cut > 0 && cut > n-utf8.UTFMax; cut-- {
		if utf8.RuneStart(text[cut]) {
			return cut
		}
	}
	return n
}

// straight is the fast path: valid UTF-8 is read into the caller's buffer and
// only checked there. What is not plain UTF-8 goes to raw for decode, and 0 is
// returned when that is all.
func (r *Reader) straight(p []byte) int {
	n := copy(p, r.raw[r.lo:r.hi])
	r.lo += n
	if n < len(p) && r.lo == r.hi {
		n += r.readFull(p[n:])
	}
	good := n
	if !utf8.Valid(p[:n]) || bytes.IndexByte(p[:n], 0) >= 0 {
		good = goodLines(p[:n])
	}
	r.putBack(p[good:n])
	if good == 0 {
		if r.lo < r.hi {
			r.decode()
		}
		return 0
	}
	r.note(p[:good])
	return r.stripBOMs(p[:good])
}

// goodLines returns the length of the leading lines of p that are plain valid
// UTF-8 without NUL; one right behind the line end makes it one of UTF-16.
func goodLines(p []byte) int {
	good := 0
	for good < len(p) {
		end := len(p)
		if i := bytes.IndexByte(p[good:], '\n'); i >= 0 {
			end = good + i + 1
		}
		line := p[good:end]
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 || end < len(p) && p[end] == 0 {
			break
		}
		good = end
	}
	return good
}

// putBack returns bytes to the front of raw.
func (r *Reader) putBack(b []byte) {
	if len(b) == 0 {
		return
	}
	rest := r.hi - r.lo
	if need := len(b) + rest; need > len(r.raw) {
		grown := make([]byte, need)
		copy(grown[len(b):], r.raw[r.lo:r.hi])
		r.raw = grown
	} else {
		copy(r.raw[len(b):], r.raw[r.lo:r.hi])
	}
	copy(r.raw, b)
	r.lo, r.hi = 0, len(b)+rest
}

// note remembers that text beyond ASCII was UTF-8.
func (r *Reader) note(p []byte) {
	if r.used&(utf8Plain|utf8BOM) != 0 {
		return
	}
	if !ascii(p) {
		r.used |= utf8Plain
	}
}

// ascii reports whether p is ASCII, eight bytes at a time: most logs are, and
// all of each is looked at.
func ascii(p []byte) bool {
	for ; len(p) >= 8; p = p[8:] {
		if binary.LittleEndian.Uint64(p)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// stripBOMs takes the BOM out of the starts of lines, in place.
func (r *Reader) stripBOMs(p []byte) int {
	head := r.lineHead
	r.lineHead = p[len(p)-1] == '\n'
	i := bytes.Index(p, bom)
	if i < 0 {
		return len(p)
	}
	out, from := 0, 0
	for i >= 0 {
		at := from + i
		starts := at == 0 && head || at > 0 && p[at-1] == '\n'
		if !starts {
			at += len(bom)
		}
		out += copy(p[out:], p[from:at])
		from = at
		if starts {
			from += len(bom)
		}
		i = bytes.Index(p[from:], bom)
	}
	return out + copy(p[out:], p[from:])
}

// decode turns some of raw into out, at least one byte of raw.
func (r *Reader) decode() {
	switch r.mode {
	case utf16LE, utf16BE:
		r.decode16()
	default:
		r.decode8()
	}
}

// padding is how many NULs in a row are no text.
const padding = 8

// emit hands decoded text out, without padding and the BOMs at the starts of
// its lines.
func (r *Reader) emit(p []byte) {
	if i := bytes.Index(p, make([]byte, padding)); i >= 0 {
		p = withoutPadding(p, i)
	}
	if len(p) == 0 {
		return
	}
	r.out = p[:r.stripBOMs(p)]
}

// withoutPadding takes runs of NULs out of p, in place; the first is at i.
func withoutPadding(p []byte, i int) []byte {
	out := p[:i]
	for i < len(p) {
		end := i
		for end < len(p) && p[end] == 0 {
			end++
		}
		if end-i < padding {
			out = append(out, p[i:end]...)
		}
		next := bytes.IndexByte(p[end:], 0)
		if next < 0 {
			return append(out, p[end:]...)
		}
		i = end + next
		out = append(out, p[end:i]...)
	}
	return out
}
