package sitelog

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// trailer is the columns that end a record.
type trailer struct {
	at        int // where in the line they begin
	component []byte
	time      int64 // nanoseconds since 1970 of the log's own clock
	timed     bool
	bias      int16
	thread    uint32

	// Only CMTrace records have these.
	level           record.Level
	source, context []byte
}

// fill sets what both forms have in common.
func (c *trailer) fill(r *record.Rec, b *record.Batch) {
	r.Time, r.Bias, r.Thread = c.time, c.bias, c.thread
	r.Component = b.Component(c.component)
	if !c.timed {
		r.Flags |= record.Untimed
	}
}

// longest bounds where columns are looked for, from the end of a line.
const longest = 512

// columns reads the "$$<COMPONENT><time><thread=1234 (0x4D2)>" that line ends
// in. Columns of the right shape whose time is not readable still end a record.
func columns(line []byte) (c trailer, ok bool) {
	end := len(scan.Trim(line))
	if end == 0 || line[end-1] != '>' {
		return c, false
	}
	from := max(0, end-longest)
	i := bytes.LastIndex(line[from:end], []byte("$$<"))
	if i < 0 {
		return c, false
	}
	c.at = from + i
	rest := line[c.at+len("$$<") : end]
	if c.component, rest, ok = angle(rest); !ok {
		return c, false
	}
	if len(rest) == 0 || rest[0] != '<' {
		return c, false
	}
	when, rest, ok := angle(rest[1:])
	if !ok || !bytes.HasPrefix(rest, []byte("<thread=")) {
		return c, false
	}
	thread, rest, ok := angle(rest[1:])
	if !ok || len(rest) > 0 {
		return c, false
	}
	c.thread, _ = scan.Number(thread[len("thread="):])
	c.read(when)
	return c, true
}

// angle cuts b at its first '>'.
func angle(b []byte) (inside, rest []byte, ok bool) {
	i := bytes.IndexByte(b, '>')
	if i < 0 {
		return nil, nil, false
	}
	return b[:i], b[i+1:], true
}

// read sets the time and bias from "12-09-2022 11:25:14.217+360" or the form
// of ConfigMgr 2007.
func (c *trailer) read(when []byte) {
	c.bias = record.NoBias
	days, n := scan.MonthFirst(when)
	if n == 0 {
		var k int
		if c.time, k = scan.Asctime(when); k > 0 {
			c.timed = true
		}
		return
	}
	if n == len(when) || when[n] != ' ' {
		return
	}
	c.clock(days, when[n+1:])
}

// clock sets the time and bias from days since 1970 and "11:25:14.217+360";
// the fraction and the bias may be missing.
func (c *trailer) clock(days int64, b []byte) {
	c.bias = record.NoBias
	seconds, n := scan.LooseClock(b)
	if n == 0 {
		return
	}
	b = b[n:]
	var ns int64
	if len(b) > 0 && b[0] == '.' {
		if ns, n = scan.Fraction(b[1:]); n == 0 {
			return
		}
		b = b[1+n:]
	}
	if bias, n := scan.Bias(b); n > 0 {
		c.bias = bias
	}
	c.time, c.timed = days*scan.Day+seconds*scan.Second+ns, true
}

// cmtraceColumns reads the `]LOG]!><time="..." date="..." ...>` that ends a
// CMTrace record.
func cmtraceColumns(line []byte) (c trailer, ok bool) {
	c.at = bytes.Index(line, []byte("]LOG]!><"))
	if c.at < 0 {
		return c, false
	}
	rest := line[c.at+len("]LOG]!>"):]
	c.bias = record.NoBias
	date := attribute(rest, " date=\"")
	if days, n := scan.MonthFirst(date); n > 0 && n == len(date) {
		c.clock(days, attribute(rest, "<time=\""))
	}
	c.component = attribute(rest, " component=\"")
	c.context = attribute(rest, " context=\"")
	c.source = attribute(rest, " file=\"")
	c.thread, _ = scan.Number(attribute(rest, " thread=\""))
	switch string(attribute(rest, " type=\"")) {
	case "3":
		c.level = record.Error
	case "2":
		c.level = record.Warning
	case "1", "":
		c.level = record.Info
	default:
		c.level = record.Verbose
	}
	return c, true
}

// attribute returns what stands in b between key and the next '"'; nil where
// it is not there.
func attribute(b []byte, key string) []byte {
	i := bytes.Index(b, []byte(key))
	if i < 0 {
		return nil
	}
	b = b[i+len(key):]
	if end := bytes.IndexByte(b, '"'); end >= 0 {
		return b[:end]
	}
	return nil
}
