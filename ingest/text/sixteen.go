package text

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Wide reports whether the head of a file shows that it is UTF-16, by BOM or
// by its NUL bytes.
func Wide(head []byte) bool {
	if len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF) {
		return true
	}
	return guess16(head) != 0
}

// guess16 tells from the NUL bytes of the head of a file whether it is UTF-16
// without a BOM; 0 means no.
func guess16(head []byte) encoding {
	n := min(len(head), 4096) &^ 1
	var even, odd, plainLE, plainBE int
	for i := 0; i < n; i += 2 {
		lo, hi := head[i], head[i+1]
		if lo == 0 {
			even++
		}
		if hi == 0 {
			odd++
		}
		if hi == 0 && printable(lo) {
			plainLE++
		}
		if lo == 0 && printable(hi) {
			plainBE++
		}
	}
	units := n / 2
	switch {
	case units < 2:
		return 0
	case plainLE*10 >= units && even*20 <= plainLE:
		return utf16LE
	case plainBE*10 >= units && odd*20 <= plainBE:
		return utf16BE
	}
	return 0
}

func printable(c byte) bool {
	return c >= 0x20 && c < 0x7F || c == '\t' || c == '\r' || c == '\n'
}

// switchUnits is how many code units in a row must look like the other kind of
// text before a file is taken to have changed its encoding.
const switchUnits = 16

// find16 looks for a run of UTF-16 inside 8-bit text: printable ASCII in every
// second byte and NUL between. It returns where the run begins, with its byte
// order mark if it has one, and its byte order, 0 where there is none. more
// says that a run begins there that is too short to tell, because p ends. A NUL
// right behind a line end begins big-endian text; a little-endian line end there
// reads the same.
func find16(p []byte) (at int, order encoding, more bool) {
	for from := 0; from < len(p); {
		i := bytes.IndexByte(p[from:], 0)
		if i < 0 {
			return 0, 0, false
		}
		i += from
		tries := []struct {
			at, plain int
			order     encoding
		}{{i - 1, 0, utf16LE}, {i, 1, utf16BE}}
		if i == 0 || p[i-1] == '\n' {
			tries = tries[1:]
		}
		for _, t := range tries {
			n, ends := run16(p, t.at, t.plain)
			if n >= switchUnits || ends {
				return markBefore(p, t.at, t.order), t.order, n < switchUnits
			}
		}
		from = i + 1
		for from < len(p) && p[from] == 0 { // a zeroed stretch is not text
			from++
		}
	}
	return 0, 0, false
}

// markBefore returns the place of the byte order mark right before at, else at.
func markBefore(p []byte, at int, order encoding) int {
	if at >= 2 && (order == utf16LE && p[at-2] == 0xFF && p[at-1] == 0xFE || order == utf16BE && p[at-2] == 0xFE && p[at-1] == 0xFF) {
		return at - 2
	}
	return at
}

// run16 counts the code units of printable ASCII from at on; plain is the place
// of the ASCII byte within a unit. ends says that the run goes on to the end of
// p and is short.
func run16(p []byte, at, plain int) (n int, ends bool) {
	if at < 0 {
		return 0, false
	}
	i := at
	for ; i+1 < len(p) && n < switchUnits; i += 2 {
		if !printable(p[i+plain]) || p[i+1-plain] != 0 {
			return n, false
		}
		n++
	}
	return n, n < switchUnits
}

// find8 looks for 8-bit text inside UTF-16: a run of bytes that are all
// printable ASCII, with a space or line end among them. It returns where the
// run begins, len(p) if nowhere. i counts from a whole code unit.
func find8(p []byte) int {
	for i := 0; i+1 < len(p); i += 2 {
		if p[i] == 0 || p[i+1] == 0 {
			continue
		}
		n, blank := 0, false
		for j := i; j < len(p) && n < 2*switchUnits && printable(p[j]); j++ {
			blank = blank || p[j] == ' ' || p[j] == '\n'
			n++
		}
		if n >= 2*switchUnits && blank {
			return i
		}
		i += n &^ 1
	}
	return len(p)
}

// decode16 decodes UTF-16 from raw, up to where the text becomes 8-bit.
func (r *Reader) decode16() {
	if r.hi-r.lo < len(r.raw)/2 && r.err == nil {
		r.fill()
	}
	p := r.raw[r.lo:r.hi]
	end := len(p)
	if mixed(p) {
		if end = find8(p); end == 0 {
			r.mode = utf8Plain
			return
		}
	}
	out := make([]byte, 0, len(p)+8)
	n := 0
	if r.mode == utf16LE {
		out, n = r.append16(out, p[:end], 0)
	} else {
		out, n = r.append16(out, p[:end], 1)
	}
	if n == 0 { // one odd byte, or half a pair, at the very end
		if r.err == nil {
			r.fill()
			if r.hi-r.lo > len(p) {
				return
			}
		}
		r.bad++
		out = utf8.AppendRune(out, utf8.RuneError)
		n = len(p)
	}
	r.lo += n
	r.emit(out)
}

// mixed reports whether p may hold 8-bit text: UTF-16 of logs has a NUL in most
// code units, so that 32 bytes without one are rare.
func mixed(p []byte) bool {
	for len(p) >= 2*switchUnits {
		i := bytes.IndexByte(p, 0)
		if i < 0 || i >= 2*switchUnits {
			return true
		}
		p = p[i+1:]
	}
	return false
}

// append16 appends UTF-16 as UTF-8; low is the place of the low byte within a
// code unit. It returns how many bytes it used: all whole units, without a
// trailing high surrogate whose other half may follow.
func (r *Reader) append16(out, p []byte, low int) ([]byte, int) {
	i, n := 0, len(p)&^1
	wide, shift := uint64(0xFF80FF80FF80FF80), 0
	if low == 1 {
		wide, shift = 0x80FF80FF80FF80FF, 8
	}
	for i < n {
		// ASCII, by far the most common, four units at a time.
		for ; i+8 <= n; i += 8 {
			v := binary.LittleEndian.Uint64(p[i:])
			if v&wide != 0 {
				break
			}
			v >>= shift
			v |= v >> 8
			out = binary.LittleEndian.AppendUint32(out, uint32(v&0xFFFF|v>>16&0xFFFF0000))
		}
		if i >= n {
			break
		}
		u := rune(p[i+low]) | rune(p[i+1-low])<<8
		switch {
		case u < utf8.RuneSelf:
			out = append(out, byte(u))
		case !utf16.IsSurrogate(u):
			out = utf8.AppendRune(out, u)
		case i+4 <= n:
			v := rune(p[i+2+low]) | rune(p[i+3-low])<<8
			if pair := utf16.DecodeRune(u, v); pair != utf8.RuneError {
				out = utf8.AppendRune(out, pair)
				i += 2
			} else {
				r.bad++
				out = utf8.AppendRune(out, utf8.RuneError)
			}
		case i == 0 || r.err != nil:
			if i == 0 && r.err == nil {
				return out, 0
			}
			r.bad++
			out = utf8.AppendRune(out, utf8.RuneError)
		default:
			return out, i
		}
		i += 2
	}
	return out, i
}
