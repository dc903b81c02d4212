// Package pasted reads text that was copied out of CMTrace, as mails and
// articles quote ConfigMgr logs:
//
//	message<TAB>component<TAB>3/18/2025 1:10:05 AM<TAB>3840 (0x0F00)
//
// A message may have several lines. The date and time are in the form of the
// reader's culture, local to the log and without a zone; mails may have made
// spaces of the tabs. Which number of "3/4/2025" is the month is decided once
// for a file, by the dates in its first 64 KiB: one that can only be read in
// one way decides, else the reading in which they lie closer together.
package pasted

import (
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "pasted"

// Detect says whether head is such text.
func Detect(head []byte, _ string) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		c, ok := read(line)
		if !ok {
			return false
		}
		_, ok = c.date.days(monthFirst)
		return ok
	}))
}

// Parser reads text copied out of CMTrace.
type Parser struct {
	order order
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// decisive is how much of a file decides about the order of its dates, in bytes.
const decisive = 64 << 10

// Parse is format.Parser's. It asks for the first 64 KiB before it begins.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	if p.order == unknown {
		if len(chunk) < decisive && !final {
			return 0
		}
		p.order = decide(chunk[:min(len(chunk), decisive)])
	}
	return scan.RecordsEnded(p, chunk, final, b)
}

// Breaks is scan.Ender's: nothing breaks such a record.
func (p *Parser) Breaks([]byte) bool { return false }

// End is scan.Ender's.
func (p *Parser) End(text []byte, last int, r *record.Rec, b *record.Batch) bool {
	c, ok := read(text[last:])
	if !ok {
		return false
	}
	if days, ok := c.date.days(p.order); ok {
		r.Time = days*scan.Day + c.clock
	} else {
		r.Flags |= record.Untimed
	}
	r.Thread = c.thread
	r.Component = b.Component(c.component)
	r.Level = scan.Severity(text[:last+c.message])
	return true
}

// Split returns the fields of a record's text.
func Split(raw []byte) record.Fields {
	text := scan.Body(raw)
	last := len(text)
	for last > 0 && text[last-1] != '\n' {
		last--
	}
	c, ok := read(text[last:])
	if !ok {
		return record.Fields{Message: text}
	}
	return record.Fields{Message: scan.Trim(text[:last+c.message]), Component: c.component}
}
