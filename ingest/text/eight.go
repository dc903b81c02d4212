package text

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// decode8 decodes whole lines of 8-bit text from raw, each in its own encoding.
func (r *Reader) decode8() {
	if r.hi-r.lo < len(r.raw)/2 && r.err == nil {
		r.fill()
	}
	p := r.raw[r.lo:r.hi]
	at, order, more := find16(p)
	if more && at == 0 && r.err == nil { // the run goes on in what is not read yet
		r.fill()
		p = r.raw[r.lo:r.hi]
		at, order, more = find16(p)
	}
	switch {
	case order != 0 && at > 0:
		p = p[:at]
	case order != 0 && !more && r.turn(order):
		r.used |= order
		r.decode16()
		return
	default:
		p = r.wholeLines(p)
	}
	out := make([]byte, 0, len(p)+len(p)/2)
	for len(p) > 0 {
		line := p
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line = p[:i+1]
		}
		p = p[len(line):]
		r.lo += len(line)
		out = r.line8(out, line, r.lo == r.hi && r.err != nil)
	}
	r.emit(out)
}

// wholeLines cuts p after its last line end, or, where one line fills the whole
// buffer, before a character of UTF-8 or CP932 that may be incomplete.
func (r *Reader) wholeLines(p []byte) []byte {
	if r.err != nil {
		return p
	}
	if i := bytes.LastIndexByte(p, '\n'); i >= 0 {
		return p[:i+1]
	}
	for cut := len(p); cut > 0 && cut > len(p)-utf8.UTFMax; cut-- {
		if r, _ := utf8.DecodeLastRune(p[:cut]); r != utf8.RuneError {
			if utf8.Valid(p[:cut]) {
				return p[:cut]
			}
			break
		}
	}
	i := 0
	for i < len(p) {
		n := 1
		if lead932(p[i]) {
			n = 2
		}
		if i+n > len(p) {
			break
		}
		i += n
	}
	return p[:i]
}

// line8 appends one line of 8-bit text as UTF-8; last says that the file ends
// with it.
func (r *Reader) line8(out, line []byte, last bool) []byte {
	first := r.bytes-int64(r.hi-r.lo) == int64(len(line))
	if utf8.Valid(line) {
		r.note(line)
		return append(out, line...)
	}
	if from, to := torn(line, first, last); from < to && utf8.Valid(line[from:to]) && (r.used&(utf8Plain|utf8BOM) != 0 || !ascii(line[from:to])) {
		out = r.replace(out, from > 0)
		r.note(line[from:to])
		return r.replace(append(out, line[from:to]...), to < len(line))
	}
	if half := len(line) - 1; last && lead932(line[half]) && valid932(line[:half]) && (r.used&cp932 != 0 || !ascii(line[:half])) {
		return r.replace(r.line8(out, line[:half], false), true)
	}
	if valid932(line) {
		if s, err := japanese.ShiftJIS.NewDecoder().Bytes(line); err == nil && !bytes.ContainsRune(s, utf8.RuneError) {
			r.used |= cp932
			return append(out, s...)
		}
	}
	r.used |= windows1252
	for _, c := range line {
		out = utf8.AppendRune(out, charmap.Windows1252.DecodeByte(c))
	}
	return out
}

// torn returns which part of line is whole where it may begin or end within a
// character of UTF-8, because the file does.
func torn(line []byte, first, last bool) (from, to int) {
	to = len(line)
	for first && from < min(to, utf8.UTFMax-1) && !utf8.RuneStart(line[from]) {
		from++
	}
	for i := to - 1; last && i >= from && i > to-utf8.UTFMax; i-- {
		if utf8.RuneStart(line[i]) {
			if !utf8.FullRune(line[i:]) {
				to = i
			}
			break
		}
	}
	return from, to
}

// replace appends U+FFFD for a part of a character that is missing.
func (r *Reader) replace(out []byte, missing bool) []byte {
	if !missing {
		return out
	}
	r.bad++
	return utf8.AppendRune(out, utf8.RuneError)
}

func lead932(c byte) bool { return c >= 0x81 && c <= 0x9F || c >= 0xE0 && c <= 0xFC }

// valid932 reports whether every byte stands where CP932 allows it: lead bytes
// 81-9F and E0-FC before a trail byte 40-7E or 80-FC, half-width katakana A1-DF.
func valid932(p []byte) bool {
	for i := 0; i < len(p); i++ {
		c := p[i]
		switch {
		case c < 0x80 || c >= 0xA1 && c <= 0xDF:
		case lead932(c):
			i++
			if i == len(p) || p[i] < 0x40 || p[i] == 0x7F || p[i] > 0xFC {
				return false
			}
		default:
			return false
		}
	}
	return true
}
