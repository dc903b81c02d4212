// Package sitelog reads the logs of ConfigMgr site servers (wsyncmgr.log,
// WCM.log, distmgr.log and others), whose records end in their columns:
//
//	message  $$<COMPONENT><MM-DD-YYYY HH:MM:SS.mmm+BIAS><thread=1234 (0x4D2)>
//
// A message may have any number of lines and often ends in '~'. The bias has
// Windows' own sign, in minutes: UTC = local + bias. ConfigMgr 2007 writes the
// time as "Wed Nov 08 14:19:51.750 2006 W. Europe Standard Time", with no bias
// that could be read. The form has no level: the words of the message tell it.
//
// Some components write CMTrace records (<![LOG[...) into the same file; those
// are read as well. Text that ends without columns, because the log was cut or
// a CMTrace record begins, is a record of its own without a time.
package sitelog

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "sitelog"

// Detect says whether head is such a log: at least one record of this form
// stands in it outside the CMTrace records.
func Detect(head []byte, _ string) bool {
	var b record.Batch
	own := New()
	own.Parse(head, true, &b)
	_, lines := scan.Share(head, func([]byte) bool { return true })
	return own.ended > 0 && scan.Enough(own.ended+own.quoted, lines)
}

// Parser reads the log of a site server.
type Parser struct {
	ended, quoted int // records with columns of their own, and CMTrace records
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// opening is how a CMTrace record begins.
var opening = []byte("<![LOG[")

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.RecordsEnded(p, chunk, final, b)
}

// Breaks is scan.Ender's.
func (p *Parser) Breaks(line []byte) bool { return bytes.HasPrefix(line, opening) }

// End is scan.Ender's. A CMTrace record whose own columns are lost may end in
// those of a record after it.
func (p *Parser) End(text []byte, last int, r *record.Rec, b *record.Batch) bool {
	line := text[last:]
	if bytes.HasPrefix(text, opening) {
		if c, ok := cmtraceColumns(line); ok {
			p.quoted++
			c.fill(r, b)
			r.Level = c.level
			return true
		}
	}
	c, ok := columns(line)
	if !ok {
		return false
	}
	p.ended++
	c.fill(r, b)
	r.Level = scan.Severity(text[:last+c.at])
	return true
}

// Split returns the fields of a record's text. The '~' that ends a message is
// no part of it.
func Split(raw []byte) record.Fields {
	text := scan.Body(raw)
	last := bytes.LastIndexByte(text, '\n') + 1
	if bytes.HasPrefix(text, opening) {
		if c, ok := cmtraceColumns(text[last:]); ok {
			return record.Fields{
				Message:   scan.Trim(text[min(len(opening), last+c.at) : last+c.at]),
				Component: c.component,
				Source:    c.source,
				Context:   c.context,
			}
		}
	}
	c, ok := columns(text[last:])
	if !ok {
		return record.Fields{Message: text}
	}
	msg := scan.Trim(text[:last+c.at])
	if n := len(msg); n > 0 && msg[n-1] == '~' {
		msg = scan.Trim(msg[:n-1])
	}
	return record.Fields{Message: msg, Component: c.component}
}
