package pasted

import (
	"bytes"

	"patchtrail/ingest/scan"
)

// columns is the last line of a record, taken apart.
type columns struct {
	message   int // where in the line it ends
	component []byte
	date      date
	clock     int64 // nanoseconds since midnight
	thread    uint32
}

// read takes the columns off the end of line, the last first. It says false
// where line ends no record.
func read(line []byte) (c columns, ok bool) {
	rest := scan.Trim(line)
	if len(rest) == 0 || rest[len(rest)-1] != ')' {
		return c, false
	}
	var word []byte
	if rest, word = cut(rest); !hexadecimal(word) {
		return c, false
	}
	rest, word = cut(rest)
	thread, n := scan.Number(word)
	if n == 0 || n != len(word) {
		return c, false
	}
	c.thread = thread
	if rest, ok = c.stamp(rest); !ok {
		return c, false
	}
	c.name(line, rest)
	return c, true
}

// hexadecimal says whether word is "(0x0F00)".
func hexadecimal(word []byte) bool {
	if len(word) < len("(0x0)") || !bytes.HasPrefix(word, []byte("(0x")) {
		return false
	}
	_, n := scan.Hex(word[3:])
	return n > 0 && n == len(word)-len("(0x)")
}

// gap returns the length of the blank that b ends in, 0 if it ends in none:
// newer versions of Windows put U+202F before AM and PM, mails U+00A0.
func gap(b []byte) int {
	n := len(b)
	switch {
	case n == 0:
		return 0
	case b[n-1] == ' ' || b[n-1] == '\t':
		return 1
	case b[n-1] < 0x80:
		return 0
	case bytes.HasSuffix(b, []byte("\u00a0")):
		return len("\u00a0")
	case bytes.HasSuffix(b, []byte("\u202f")):
		return len("\u202f")
	}
	return 0
}

// trim returns b without the blanks that it ends in.
func trim(b []byte) []byte {
	for n := gap(b); n > 0; n = gap(b) {
		b = b[:len(b)-n]
	}
	return b
}

// cut takes the last word off b, and the blanks on either side of it.
func cut(b []byte) (rest, word []byte) {
	b = trim(b)
	i := len(b)
	for i > 0 && gap(b[:i]) == 0 {
		i--
	}
	return trim(b[:i]), b[i:]
}

// stamp takes the date and time off the end of b: the mark of the half of the
// day may stand on either side of the time.
func (c *columns) stamp(b []byte) (rest []byte, ok bool) {
	rest, word := cut(b)
	half := halfOf(word)
	if half != none {
		rest, word = cut(rest)
	}
	seconds, n := scan.LooseClock(word)
	if n == 0 {
		return nil, false
	}
	if n < len(word) {
		ns, k := scan.Fraction(word[min(len(word), n+1):])
		if word[n] != '.' || k == 0 || n+1+k != len(word) {
			return nil, false
		}
		c.clock = ns
	}
	rest, word = cut(rest)
	if half == none {
		if half = halfOf(word); half != none {
			rest, word = cut(rest)
		}
	}
	if c.date, ok = readDate(word); !ok {
		return nil, false
	}
	c.clock += half.seconds(seconds) * scan.Second
	return rest, true
}

// half of the day.
type half uint8

const (
	none half = iota
	morning
	afternoon
)

// halfOf returns the half of the day that word stands for in English,
// Japanese, Chinese or Korean.
func halfOf(word []byte) half {
	switch string(word) {
	case "AM", "am", "a.m.", "午前", "上午", "오전":
		return morning
	case "PM", "pm", "p.m.", "午後", "下午", "오후":
		return afternoon
	}
	return none
}

// seconds returns the seconds since midnight of a time in this half of the day.
func (h half) seconds(s int64) int64 {
	const noon = 12 * 3600
	switch {
	case h == morning && s >= noon && s < noon+3600:
		return s - noon
	case h == afternoon && s < noon:
		return s + noon
	}
	return s
}

// name finds the component at the end of rest, which stands before the date in
// line, and where the message before it ends.
func (c *columns) name(line, rest []byte) {
	c.message = len(rest)
	after := line[len(rest):]
	after = after[:bytes.IndexFunc(after, func(r rune) bool { return r >= '0' && r <= '9' })]
	if bytes.Count(after, []byte("\t")) > 1 {
		return // an empty column between two tabs
	}
	if tab := bytes.LastIndexByte(rest, '\t'); tab >= 0 && len(after) > 0 {
		c.component = rest[tab+1:]
		c.message = tab
		return
	}
	before, word := cut(rest)
	c.component = word
	c.message = len(before)
}
