// Package wsus reads SoftwareDistribution.log and Change.log of a WSUS server
// (C:\Program Files\Update Services\LogFiles):
//
//	2024-03-05 10:11:12.345 UTC<TAB>Info<TAB>w3wp.58<TAB>Class.Method<TAB>text
//
// The time is UTC. The level is Info, Change, Warning or Error; the number
// behind the process is its thread. A line that has no level there is all text
// behind its time. Lines without a time, such as the stack of an exception,
// belong to the record before them.
package wsus

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "wsus"

// Detect says whether head is such a log.
func Detect(head []byte, _ string) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		_, ok := read(line)
		return ok
	}))
}

// Parser reads the logs of a WSUS server.
type Parser struct{}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	c, ok := read(line)
	if !ok {
		return false
	}
	r.Time, r.Bias = c.time, 0
	r.Level = level(c.level)
	r.Thread = c.thread
	r.Component = b.Component(c.component)
	return true
}

// Split returns the fields of a record's text; Component is the class and
// method, Context the process.
func Split(raw []byte) record.Fields {
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

// columns is the first line of a record, taken apart.
type columns struct {
	time      int64 // nanoseconds since 1970, UTC
	level     []byte
	process   []byte
	thread    uint32
	component []byte
	message   int // where in the line it begins
}

// read takes a line apart. It says false where the line begins no record.
func read(line []byte) (c columns, ok bool) {
	const clock = len("2024-03-05 ")
	const fraction = clock + len("10:11:12.")
	if len(line) <= fraction || line[clock-1] != ' ' || line[fraction-1] != '.' {
		return c, false
	}
	days, ok := scan.Days(line, 0, '-')
	seconds := scan.Clock(line, clock)
	ns, n := scan.Fraction(line[fraction:])
	i := fraction + n
	if !ok || seconds < 0 || n == 0 || !bytes.HasPrefix(line[i:], []byte(" UTC")) {
		return c, false
	}
	i += len(" UTC")
	if i < len(line) && line[i] != '\t' && line[i] != ' ' {
		return c, false
	}
	c.time = days*scan.Day + seconds*scan.Second + ns
	c.message = min(scan.Skip(line, i), len(line))
	level, next := column(line, i)
	if !known(level) { // nothing but the text follows the time
		return c, true
	}
	c.level = level
	c.process, i = column(line, next)
	c.component, i = column(line, i)
	if dot := bytes.LastIndexByte(c.process, '.'); dot >= 0 {
		if v, n := scan.Number(c.process[dot+1:]); n > 0 && dot+1+n == len(c.process) {
			c.process, c.thread = c.process[:dot], v
		}
	}
	c.message = i
	if i < len(line) {
		c.message++ // the tab before it
	}
	return c, true
}

// column returns the column behind the tab at line[i], and where it ends.
// Where text was copied and its tabs became spaces, these do as well.
func column(line []byte, i int) ([]byte, int) {
	if i < len(line) && line[i] == '\t' {
		i++
		for i < len(line) && line[i] == ' ' {
			i++
		}
	} else {
		i = scan.Skip(line, i)
	}
	from := i
	for i < len(line) && line[i] != '\t' && line[i] != ' ' {
		i++
	}
	return line[from:i], i
}

// known says whether a word is one of those in the level column.
func known(word []byte) bool {
	switch string(word) {
	case "Error", "Fatal", "Warning", "Info", "Change", "Trace", "Verbose", "Debug":
		return true
	}
	return false
}

// level returns what the word in the level column stands for.
func level(word []byte) record.Level {
	switch string(word) {
	case "Error", "Fatal":
		return record.Error
	case "Warning":
		return record.Warning
	case "Trace", "Verbose", "Debug":
		return record.Verbose
	}
	return record.Info
}
