// Package iis reads the W3C logs of Internet Information Services
// (u_ex240305.log) and of the HTTP service below it (httperr1.log).
//
// A record is one line of columns with a space between them. Lines that begin
// with '#' stand between them; "#Fields:" names the columns from there to the
// next such line, and "#Date:" gives the date of records that have only a
// time. Times are UTC, in seconds. A log whose beginning is lost is read in the
// order of columns that IIS has by default.
package iis

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// The names of the formats; one parser reads both.
const (
	Name        = "iis"
	NameHTTPERR = "httperr"
)

// Components of records that name no site.
var (
	componentIIS  = []byte("IIS")
	componentHTTP = []byte("HTTPERR")
)

// standard is the order of columns of IIS 8.5 and later by default.
const standard = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken"

// Detect says whether head is a log of IIS.
func Detect(head []byte, _ string) bool { return kind(head) == Name }

// DetectHTTPERR says whether head is a log of HTTPERR.
func DetectHTTPERR(head []byte, _ string) bool { return kind(head) == NameHTTPERR }

// kind returns the name of head's format, "" if it is neither: by the names of
// the columns or, where they are lost, by requests in the standard order.
func kind(head []byte) string {
	name := ""
	rows, lines := scan.Share(head, func(line []byte) bool {
		if fields, ok := fieldsLine(line); ok && name == "" {
			if l := newLayout(fields); l.http {
				name = NameHTTPERR
			} else if l.web {
				name = Name
			}
		}
		return request(line)
	})
	if name == "" && scan.Enough(rows, lines) {
		return Name
	}
	return name
}

// methods are those of web servers, WebDAV and ConfigMgr.
var methods = []string{"GET", "POST", "HEAD", "PUT", "OPTIONS", "PROPFIND", "CCM_POST", "CCM_SYSTEM", "BITS_POST"}

// request says whether line is a request in the standard order of columns.
func request(line []byte) bool {
	if _, ok := scan.Days(line, 0, '-'); !ok || scan.Clock(line, 11) < 0 || bytes.Count(line, []byte(" ")) != 14 {
		return false
	}
	columns := bytes.Split(line, []byte(" "))
	if len(columns[4]) == 0 || columns[4][0] != '/' || status(columns[11]) == 0 {
		return false
	}
	for _, m := range methods {
		if string(columns[3]) == m {
			return true
		}
	}
	return false
}

// Parser reads both kinds of log. It keeps the columns and the date that the
// last lines of each kind stated.
type Parser struct {
	layout layout
	day    int64 // the date of records without one; dated says whether it is known
	dated  bool
	last   int64 // seconds of the last such record, to see midnight go by
}

// New returns a parser for one file.
func New() *Parser { return &Parser{layout: newLayout([]byte(standard))} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's. A line that is not to be read belongs to the record
// before it.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	if len(line) > 0 && line[0] == '#' {
		p.header(line)
		r.Flags |= record.Untimed
		return true
	}
	row := p.layout.read(line)
	day, seconds := row.day, row.seconds
	switch {
	case seconds < 0:
		return false
	case row.dated:
	case !p.dated:
		return false
	default:
		if seconds+12*3600 < p.last {
			p.day++
		}
		p.last = seconds
		day = p.day
	}
	r.Time = day*scan.Day + seconds*scan.Second
	r.Bias = 0
	r.Level = p.layout.level(row)
	r.Component = b.Component(p.layout.component(row))
	return true
}

// header keeps what a line that begins with '#' says.
func (p *Parser) header(line []byte) {
	if fields, ok := fieldsLine(line); ok {
		p.layout = newLayout(fields)
		return
	}
	const date = "#Date: "
	if !bytes.HasPrefix(line, []byte(date)) {
		return
	}
	day, ok := scan.Days(line, len(date), '-')
	if !ok {
		return
	}
	p.day, p.dated = day, true
	p.last = max(0, scan.Clock(line, len(date)+len("2024-03-05 ")))
}

// fieldsLine returns the names of the columns if line states them.
func fieldsLine(line []byte) ([]byte, bool) {
	return bytes.CutPrefix(line, []byte("#Fields:"))
}

// Split returns the fields of a record's text: Message is all behind the time.
func Split(raw []byte) record.Fields {
	msg := scan.Trim(raw)
	if _, ok := scan.Days(msg, 0, '-'); ok && scan.Clock(msg, 11) >= 0 && len(msg) > 20 && msg[19] == ' ' {
		msg = msg[20:]
	}
	return record.Fields{Message: msg}
}
