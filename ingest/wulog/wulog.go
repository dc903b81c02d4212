// Package wulog reads WindowsUpdate.log, in the form that Windows 7 to 8.1
// write themselves and in the form that Get-WindowsUpdateLog makes of the
// traces of Windows 10 and later.
//
// # Windows 7 to 8.1, and Server 2008 R2 to 2012 R2
//
//	2015-06-01<TAB>09:10:11:123<TAB> 912<TAB>16d0<TAB>Agent<TAB>message
//
// Local time with milliseconds after a colon, process id in decimal, thread id
// in hexadecimal. Each session begins with a line that states the zone in its
// ordinary sign, "Logging initialized (build: 7.6.7600.320, tz: +0530)"; it
// holds from there to the next such line.
//
// # Get-WindowsUpdateLog
//
//	2024/03/05 10:11:12.1234567 1234  5678  Agent           message
//
// Local time of the machine that made the file, without a zone, in 100 ns;
// both ids in decimal; the date and time separators of its culture. An event
// whose format was not known to that machine reads "Unknown( 10): GUID=...
// (No Format Information found)." and often has the date 1600-12-31 or
// 1601-01-01: it is kept, untimed.
package wulog

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// The names of the two formats.
const (
	Name       = "windowsupdate"
	NameLegacy = "windowsupdate-legacy"
)

// columns is the first line of a record, taken apart.
type columns struct {
	time      int64 // nanoseconds since 1970 of the log's own clock
	untimed   bool
	thread    uint32
	process   []byte
	component []byte
	message   int // where in the line it begins
}

// Detect says whether head is output of Get-WindowsUpdateLog.
func Detect(head []byte, _ string) bool { return detect(head, converted) }

// DetectLegacy says whether head is a WindowsUpdate.log of Windows 7 to 8.1.
func DetectLegacy(head []byte, _ string) bool { return detect(head, legacy) }

func detect(head []byte, read func([]byte) (columns, bool)) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		c, ok := read(line)
		return ok && len(c.process) > 0 // other logs too have a colon before their milliseconds
	}))
}

// Parser reads the output of Get-WindowsUpdateLog.
type Parser struct{}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	c, ok := converted(line)
	if ok {
		c.fill(line, r, b)
	}
	return ok
}

// Split returns the fields of a record's text; Context is the process id.
func Split(raw []byte) record.Fields { return split(raw, converted) }

// Legacy reads WindowsUpdate.log of Windows 7 to 8.1. It keeps the zone that
// the last session header stated.
type Legacy struct {
	bias int16
}

// NewLegacy returns a parser for one file.
func NewLegacy() *Legacy { return &Legacy{bias: record.NoBias} }

// Parse is format.Parser's.
func (p *Legacy) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Legacy) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	c, ok := legacy(line)
	if !ok {
		return false
	}
	if bias, ok := header(line[c.message:]); ok {
		p.bias = bias
	}
	r.Bias = p.bias
	c.fill(line, r, b)
	return true
}

// SplitLegacy returns the fields of a record's text; Context is the process id.
func SplitLegacy(raw []byte) record.Fields { return split(raw, legacy) }

// fill sets what both formats have in common.
func (c *columns) fill(line []byte, r *record.Rec, b *record.Batch) {
	r.Time = c.time
	if c.untimed {
		r.Flags |= record.Untimed
	}
	r.Thread = c.thread
	r.Component = b.Component(c.component)
	r.Level = scan.Severity(line[c.message:])
}

func split(raw []byte, read func([]byte) (columns, bool)) record.Fields {
	if len(raw) == 0 {
		return record.Fields{}
	}
	end, _ := scan.Line(raw, 0)
	c, ok := read(raw[:end])
	if !ok {
		return record.Fields{Message: scan.Trim(raw)}
	}
	return record.Fields{Message: scan.Trim(raw[c.message:]), Component: c.component, Context: c.process}
}

// header returns the bias that a session header states.
func header(msg []byte) (int16, bool) {
	if len(msg) == 0 || msg[0] != '=' {
		return 0, false
	}
	i := bytes.Index(msg, []byte("tz: "))
	if i < 0 {
		return 0, false
	}
	bias, n := scan.Offset(msg[i+len("tz: "):])
	return bias, n > 0
}

// legacy takes a line of Windows 7 to 8.1 apart. Where text was copied and its
// tabs became spaces, these do as well.
func legacy(line []byte) (c columns, ok bool) {
	const clock = len("2015-06-01\t")
	const fraction = clock + len("09:10:11:")
	if len(line) < fraction+2 || line[4] != '-' || !blank(line[clock-1]) || line[fraction-1] != ':' {
		return c, false
	}
	days, ok := scan.Days(line, 0, '-')
	seconds := scan.Clock(line, clock)
	ns, n := scan.Fraction(line[fraction:])
	i := fraction + n
	if !ok || seconds < 0 || n == 0 || i == len(line) || !blank(line[i]) {
		return c, false
	}
	c.time = days*scan.Day + seconds*scan.Second + ns
	i = scan.Skip(line, i)
	_, n = scan.Number(line[i:])
	c.process = line[i : i+n]
	i = scan.Skip(line, i+n)
	c.thread, n = scan.Hex(line[i:])
	if i+n < len(line) && !blank(line[i+n]) {
		c.thread, n = 0, 0
	}
	c.name(line, i+n)
	return c, true
}

// name takes the component and the message from line: one tab, or spaces,
// stand on either side of the component, the first of them at i.
func (c *columns) name(line []byte, i int) {
	if i < len(line) && line[i] == '\t' {
		i++
	} else {
		i = scan.Skip(line, i)
	}
	from := i
	for i < len(line) && !blank(line[i]) {
		i++
	}
	c.component = line[from:i]
	for i < len(line) && line[i] == ' ' {
		i++
	}
	if i < len(line) && line[i] == '\t' {
		i++
	}
	c.message = i
}

// noName is how many blanks follow a thread id where the component is empty:
// it is 15 wide.
const noName = 16

// converted takes a line of Get-WindowsUpdateLog apart.
func converted(line []byte) (c columns, ok bool) {
	days, early, i := date(line)
	if i == 0 {
		return c, false
	}
	seconds := clock(line, i)
	i += len("10:11:12")
	if seconds < 0 || i >= len(line) || line[i] != '.' {
		return c, false
	}
	ns, n := scan.Fraction(line[i+1:])
	if n != 7 {
		return c, false
	}
	i += 1 + n
	c.untimed = early
	if !early {
		c.time = days*scan.Day + seconds*scan.Second + ns
	}
	process, n, i := id(line, i)
	if n == 0 {
		return c, false
	}
	c.process = process
	c.thread, n = scan.Number(line[i:])
	if n == 0 {
		return c, false
	}
	i += n
	at := spaces(line, i)
	if at < len(line) && at-i < noName {
		if at == i {
			return c, false
		}
		end := at
		for end < len(line) && line[end] != ' ' {
			end++
		}
		c.component = line[at:end]
		at = spaces(line, end)
	}
	c.message = at
	return c, true
}

// id returns the number after the spaces at line[i], its length, 0 where there
// is none, and where the next column begins.
func id(line []byte, i int) (number []byte, n, next int) {
	at := spaces(line, i)
	_, n = scan.Number(line[at:])
	if next = spaces(line, at+n); at == i || n == 0 || next == at+n {
		return nil, 0, i
	}
	return line[at : at+n], n, next
}

// spaces returns the place of the first byte of line, from i on, that is none.
func spaces(line []byte, i int) int {
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return i
}

// date reads the date that line begins with, YYYY/MM/DD with any of the
// separators that cultures have ('/', '-', '.', or ". "), and returns where the
// time after it begins, 0 if there is none. A date before 1970 is early: a
// decoder wrote it that knew no better.
func date(line []byte) (days int64, early bool, next int) {
	if len(line) < len("2024/03/05 10:11:12.1234567") {
		return 0, false, 0
	}
	sep, wide := line[4], 1
	if sep != '/' && sep != '-' && sep != '.' {
		return 0, false, 0
	}
	if sep == '.' && line[5] == ' ' {
		wide = 2
	}
	month := 4 + wide
	day := month + 2 + wide
	next = day + 2
	if line[month+2] != sep || wide == 2 && line[month+3] != ' ' || line[next] != ' ' {
		return 0, false, 0
	}
	y, m, d := scan.Four(line, 0), scan.Two(line, month), scan.Two(line, day)
	days, ok := scan.Date(y, m, d)
	if !ok {
		if y != 1600 && y != 1601 || m < 1 || m > 12 || d < 1 || d > 31 {
			return 0, false, 0
		}
		early = true
	}
	return days, early, next + 1
}

// clock is scan.Clock, also for cultures that write 10.11.12.
func clock(line []byte, i int) int64 {
	if i+8 <= len(line) && line[i+2] == '.' && line[i+5] == '.' {
		h, m, s := scan.Two(line, i), scan.Two(line, i+3), scan.Two(line, i+6)
		if h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
			return -1
		}
		return int64(h*3600 + m*60 + s)
	}
	return scan.Clock(line, i)
}

func blank(c byte) bool { return c == ' ' || c == '\t' }
