// Package cmtrace reads the <![LOG[ form that ConfigMgr clients, most of its
// site systems and the Intune extension write:
//
//	<![LOG[message]LOG]!><time="HH:MM:SS.mmm+BIAS" date="MM-DD-YYYY" component="X" context="" type="N" thread="N" file="source.cpp:LINE">
//
// A message ends at "]LOG]!><time=", not at a line end. The bias is Windows'
// own: UTC = local + bias minutes, -540 is Japan. Managed writers leave it out,
// write seven fractional digits and do not pad the date; scripts leave out the
// fraction or write "+-540". A log that rolled over may begin inside a record
// and end inside one: both are kept as fragments, and the first still has the
// time of its trailer. Source: real logs of 2007 to 2021; DOMAIN.md A1.
package cmtrace

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
	"patchtrail/ingest/sitelog"
)

// Name is the name of the format.
const Name = "cmtrace"

var (
	open    = []byte("<![LOG[")
	closing = []byte("]LOG]!><time=")
	again   = []byte("\n<![LOG[")
)

// Detect reports whether the head of a file holds a record of this form.
func Detect(head []byte, _ string) bool {
	if bytes.HasPrefix(head, open) || bytes.Contains(head, again) {
		return true
	}
	return bytes.Contains(head, closing)
}

// Parser reads one file.
type Parser struct {
	site sitelog.Parser
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse implements format.Parser.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	at := 0
	for at < len(chunk) {
		var next int
		if bytes.HasPrefix(chunk[at:], open) {
			next = p.record(chunk, at, final, b)
		} else {
			next = p.between(chunk, at, final, b)
		}
		if next == at {
			break
		}
		at = next
	}
	return at
}

// record reads the record that begins at at and returns where it ends, or at
// when the chunk does not hold all of it.
func (p *Parser) record(chunk []byte, at int, final bool, b *record.Batch) int {
	body := chunk[at+len(open):]
	n := bytes.Index(body, closing)
	if nl := bytes.IndexByte(body, '\n'); nl >= 0 && (n < 0 || nl < n) {
		// A new record at a line start inside the body: this one was never ended.
		within := body
		if n >= 0 {
			within = body[:n]
		}
		if cut := bytes.Index(within, again); cut >= 0 {
			return p.fragment(at, at+len(open)+cut+1, b)
		}
	}
	if n < 0 {
		if final {
			return p.fragment(at, len(chunk), b)
		}
		return at
	}
	rec := record.Rec{Off: at, Bias: record.NoBias, Level: record.Info}
	from := at + len(open) + n + len(closing) - len("<time=")
	end, ok := trailer(chunk, from, &rec, b)
	if !ok && !final && end > len(chunk)-maxTrailer {
		return at
	}
	end, whole := recordEnd(chunk, end, final)
	if !whole {
		return at
	}
	b.Recs = append(b.Recs, rec)
	return end
}

// maxTrailer is more than any trailer is long, in bytes: one that cannot be
// read and lies nearer to the end of the chunk may only be incomplete.
const maxTrailer = 4096

// recordEnd returns where the record ends whose trailer ends at at: with its
// line and the blank lines after it, or where the next record opens on the same
// line. It is not whole when the chunk ends first.
func recordEnd(chunk []byte, at int, final bool) (int, bool) {
	rest := chunk[at:]
	nl := bytes.IndexByte(rest, '\n')
	line := rest
	if nl >= 0 {
		line = rest[:nl]
	}
	if i := bytes.Index(line, open); i >= 0 {
		return at + i, true
	}
	if nl < 0 {
		return len(chunk), final
	}
	end := at + nl + 1
	for at = end; at < len(chunk); at++ {
		if !blank(chunk[at]) {
			return end, true
		}
		if chunk[at] == '\n' {
			end = at + 1
		}
	}
	return len(chunk), final
}

func blank(c byte) bool { return c == '\n' || c == '\r' || c == ' ' || c == '\t' }

// fragment adds the text of chunk[at:end] as one that no record explains.
func (p *Parser) fragment(at, end int, b *record.Batch) int {
	b.Recs = append(b.Recs, record.Rec{Off: at, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed})
	return end
}

// between reads text that is outside of records: the rest of one that was cut
// by the rollover, lines of the $$< form, which some logs mix in, or anything
// else.
func (p *Parser) between(chunk []byte, at int, final bool, b *record.Batch) int {
	end := len(chunk)
	if i := bytes.Index(chunk[at:], open); i >= 0 {
		end, final = at+i, true
	}
	text := chunk[at:end]
	if bytes.Contains(text, siteMark) && !bytes.Contains(text, closing) {
		return at + p.siteRecords(text, at, final, b)
	}
	if !final {
		return at
	}
	i := bytes.Index(text, closing)
	if i < 0 {
		return p.fragment(at, end, b)
	}
	rec := record.Rec{Off: at, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment}
	stop, _ := trailer(chunk[:end], at+i+len(closing)-len("<time="), &rec, b)
	b.Recs = append(b.Recs, rec)
	stop, _ = recordEnd(chunk[:end], stop, true)
	return stop
}

// siteMark begins the trailer of a record in the $$< form.
var siteMark = []byte("$$<")

// siteRecords reads a stretch of records in the $$< form that begins at at.
func (p *Parser) siteRecords(text []byte, at int, final bool, b *record.Batch) int {
	first := len(b.Recs)
	n := p.site.Parse(text, final, b)
	for i := first; i < len(b.Recs); i++ {
		b.Recs[i].Off += at
	}
	return n
}

// Split implements format.Format: the parts of a record's text.
func Split(raw []byte) record.Fields {
	message, attrs, site := parts(raw)
	switch {
	case site:
		return sitelog.Split(raw)
	case attrs == nil:
		return record.Fields{Message: message}
	}
	return record.Fields{
		Message: message, Component: attribute(attrs, ` component="`),
		Source: attribute(attrs, ` file="`), Context: attribute(attrs, ` context="`),
	}
}

// Message is the message of Split.
func Message(raw []byte) []byte {
	message, _, site := parts(raw)
	if site {
		return sitelog.Split(raw).Message
	}
	return message
}

// parts cuts a record's text into the message and the attributes behind it, nil
// where there are none. site says that it has the $$< form instead.
func parts(raw []byte) (message, attrs []byte, site bool) {
	body, opened := bytes.CutPrefix(raw, open)
	n := bytes.Index(body, closing)
	switch {
	case n >= 0:
		return body[:n], body[n+len(closing)-len("<time="):], false
	case !opened && bytes.Contains(raw, siteMark):
		return nil, nil, true
	}
	return scan.Trim(body), nil, false
}

func attribute(attrs []byte, name string) []byte {
	i := bytes.Index(attrs, []byte(name))
	if i < 0 {
		return nil
	}
	v := attrs[i+len(name):]
	if j := bytes.IndexByte(v, '"'); j >= 0 {
		v = v[:j]
	}
	return v
}
