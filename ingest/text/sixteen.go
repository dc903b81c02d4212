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
	if starts8(head) {
		return 0
	}
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

// starts8 reports whether a file begins with 8-bit text, whatever follows it:
// with more printable bytes in a row than UTF-16 has.
func starts8(head []byte) bool {
	line := head[:min(len(head), 256)]
	if i := bytes.IndexAny(line, "\n\x00"); i >= 0 {
		line = line[:i]
	}
	return hasASCII(line, switchUnits)
}

// hasASCII reports whether p has n printable bytes in a row.
func hasASCII(p []byte, n int) bool {
	run := 0
	for _, c := range p {
		if run++; !printable(c) {
			run = 0
		}
		if run == n {
			return true
		}
	}
	return false
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
		found := -1
		for k, t := range tries {
			n, ends := run16(p, t.at, t.plain)
			switch {
			case n >= switchUnits && (found < 0 || start16(p, t.at, t.order) < t.at):
				found = k // of two orders, the one that the line's start agrees with
			case n < switchUnits && ends && found < 0:
				return t.at, t.order, true
			}
		}
		if found >= 0 {
			t := tries[found]
			return start16(p, t.at, t.order), t.order, false
		}
		from = i + 1
		for from < len(p) && p[from] == 0 { // a zeroed stretch is not text
			from++
		}
	}
	return 0, 0, false
}

// maxBack is how far before a run its text is looked for, in bytes.
const maxBack = 4 << 10

// start16 returns where the text begins that a run of UTF-16 at at belongs to:
// at its byte order mark, else at the line that 8-bit text ended before, as far
// as all that lies between may be UTF-16.
func start16(p []byte, at int, order encoding) int {
	mark := []byte{0xFF, 0xFE}
	if order == utf16BE {
		mark = []byte{0xFE, 0xFF}
	}
	low := max(0, at-maxBack)
	if i := bytes.LastIndex(p[low:at], mark); i >= 0 && (at-low-i)%2 == 0 {
		return low + i
	}
	start := low
	for to := at; to > low; {
		i := low + bytes.LastIndexByte(p[low:to], '\n')
		if i < low {
			break
		}
		wide := order == utf16LE && p[i+1] == 0 || order == utf16BE && i > 0 && p[i-1] == 0
		if !wide {
			start = i + 1
			break
		}
		to = i
	}
	if between := p[start:at]; len(between)%2 != 0 || hasASCII(between, switchUnits) {
		return at
	}
	return start
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
		for j := i; j < len(p) && n < 8*switchUnits && printable(p[j]); j++ {
			blank = blank || p[j] == ' ' || p[j] == '\n'
			if n++; n >= 2*switchUnits && blank {
				return i
			}
		}
		i += n &^ 1
	}
	return len(p)
}

// start8 returns where the 8-bit text begins that a run of it at at belongs to:
// behind the line end of the UTF-16 before it, else at at.
func start8(p []byte, at int, mode encoding) int {
	start := bytes.LastIndexByte(p[:at], 0) + 1
	switch {
	case start == 0 || start%2 == 0 && mode == utf16LE && p[start-2] == '\n':
		return start
	case mode == utf16BE && start%2 == 1 && p[start] == '\n':
		return start + 1
	}
	return at
}

// lineStart16 returns where the line of UTF-16 begins that p[at] is of.
func lineStart16(p []byte, at int, mode encoding) int {
	low := 0
	if mode == utf16BE {
		low = 1
	}
	for i := at &^ 1; i >= 2; i -= 2 {
		if p[i-2+low] == '\n' && p[i-1-low] == 0 {
			return i
		}
	}
	return 0
}

// turn changes the mode. It does not, and says so, where it was changed to the
// same at the same byte before: text that fits none must not go round.
func (r *Reader) turn(to encoding) bool {
	if at := r.bytes - int64(r.hi-r.lo); at != r.turnedAt {
		r.turnedAt, r.turned = at, 0
	}
	if r.turned&to != 0 {
		return false
	}
	r.mode = to
	r.turned |= to
	return true
}

// decode16 decodes UTF-16 from raw, up to where the text becomes another.
func (r *Reader) decode16() {
	if r.hi-r.lo < len(r.raw)/2 && r.err == nil {
		r.fill()
	}
	p := r.raw[r.lo:r.hi]
	end := len(p)
	if mixed(p) {
		if i := find8(p); i < len(p) {
			end = start8(p, i, r.mode)
		}
	}
	if end == 0 {
		if r.turn(utf8Plain) {
			return
		}
		end = len(p)
	}
	bad := r.bad
	out, n, foreign := r.append16(make([]byte, 0, len(p)+8), p[:end])
	if foreign {
		if end = lineStart16(p, n, r.mode); end == 0 && r.turn(utf8Plain) {
			r.bad = bad
			return
		}
		if end > 0 {
			r.bad = bad
			out, n, _ = r.append16(out[:0], p[:end])
		}
	}
	if n == 0 { // one odd byte, half a pair, or what fits nothing
		if r.err == nil && !foreign {
			r.fill()
			if r.hi-r.lo > len(p) {
				return
			}
		}
		r.bad++
		out = utf8.AppendRune(out, utf8.RuneError)
		n = min(2, len(p))
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

// append16 appends UTF-16 in the byte order of the mode as UTF-8. It returns
// how many bytes it used: all whole units, without a trailing high surrogate
// whose other half may follow. Where text begins that is no UTF-16 of this
// order it stops, and says that it is foreign: units whose bytes stand the
// wrong way round, or a line end of 8-bit text, which no letter looks like.
func (r *Reader) append16(out, p []byte) (text []byte, used int, foreign bool) {
	i, n := 0, len(p)&^1
	low, wide, shift := 0, uint64(0xFF80FF80FF80FF80), 0
	if r.mode == utf16BE {
		low, wide, shift = 1, 0x80FF80FF80FF80FF, 8
	}
	var turned swapped
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
			if u&0xFF == 0 && turned.more(u, i, len(out)) {
				return out[:turned.text], turned.from, true
			}
			if u == lineEnd8 && low == 0 {
				return out, i, true
			}
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
				return out, 0, false
			}
			r.bad++
			out = utf8.AppendRune(out, utf8.RuneError)
		default:
			return out, i, false
		}
		i += 2
	}
	return out, i, false
}

// lineEnd8 is what CR and LF of 8-bit text look like in little-endian UTF-16:
// no letter is there.
const lineEnd8 = 0x0A0D

// swapped counts code units in a row that are ASCII once their bytes are
// swapped. Rows of one such letter are common, of lines and of wide blanks, so
// that they must change from one to the next.
type swapped struct {
	from, text int // where the row began, in bytes of UTF-16 and of UTF-8
	next       int // where the unit after the last begins
	units      int
	changes    int
	last       rune
}

// more takes a unit whose low byte is 0, at byte i, with text bytes of UTF-8
// before it. It reports whether the row is long enough to be told by.
func (s *swapped) more(u rune, i, text int) bool {
	if !printable(byte(u >> 8)) {
		return false
	}
	if i != s.next || s.units == 0 {
		*s = swapped{from: i, text: text}
	} else if u != s.last {
		s.changes++
	}
	s.last, s.next = u, i+2
	s.units++
	return s.units >= switchUnits && s.changes >= switchUnits/4
}
