// Package reporting reads ReportingEvents.log of the Windows Update agent
// (C:\Windows\SoftwareDistribution), one event a line, in columns:
//
//	{event id} time 1 147 [AGENT_DETECTION_FINISHED] 101 {update id} revision result caller Success|Failure category text vector
//
// with tabs between them. The time is local, with milliseconds after a colon
// and the offset from UTC in its ordinary sign ("2024-03-05 10:11:12:345+0900").
// The result is hexadecimal without 0x and without leading zeros.
//
// Mails quote such lines without their first columns and with spaces for the
// tabs; an event is therefore known by its name in brackets, and what is
// missing stays empty.
package reporting

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name of the format.
const Name = "reportingevents"

// component of all its records: the log has no column for it.
var component = []byte("ReportingEvents")

// Detect says whether head is a ReportingEvents.log or lines out of one.
func Detect(head []byte, _ string) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		var e Event
		_, ok := e.begin(line)
		// A word in brackets behind a time is the level of many another log.
		return ok && (e.Name == nil || e.ID > 0 || bytes.IndexByte(e.Name, '_') > 0)
	}))
}

// Parser reads ReportingEvents.log.
type Parser struct {
	event Event
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	e := &p.event
	*e = Event{}
	i, ok := e.begin(line)
	if !ok {
		return false
	}
	r.Time, r.Bias = e.Time, e.Bias
	if !e.Timed {
		r.Flags |= record.Untimed
	}
	r.Component = b.Component(component)
	e.columns(line, i)
	if e.Failed() {
		r.Level = record.Error
	}
	return true
}

// Split returns the fields of a record's text. Message begins with the number
// and name of the event and has all the columns after it.
func Split(raw []byte) record.Fields {
	if len(raw) == 0 {
		return record.Fields{}
	}
	end, _ := scan.Line(raw, 0)
	var e Event
	if _, ok := e.begin(raw[:end]); !ok {
		return record.Fields{Message: scan.Trim(raw)}
	}
	return record.Fields{Message: scan.Trim(raw[e.from:])}
}
