package iis

import (
	"bytes"
	"slices"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// role is what a column is read for.
type role uint8

const (
	ignored role = iota
	dateColumn
	timeColumn
	statusColumn
	siteColumn
	reasonColumn
)

// layout is the order of columns that a "#Fields:" line states.
type layout struct {
	roles []role // of the columns, up to the last that is read
	web   bool   // columns of a web server, as no other W3C log has
	http  bool   // columns of HTTPERR
}

// newLayout reads the names of columns; the first of a name counts.
func newLayout(names []byte) layout {
	var l layout
	all := bytes.Fields(names)
	if len(all) > 256 {
		all = all[:256] // nothing real has more
	}
	for i, name := range all {
		r := ignored
		switch string(name) {
		case "date":
			r = dateColumn
		case "time":
			r = timeColumn
		case "sc-status":
			r, l.web = statusColumn, true
		case "cs-method":
			l.web = true
		case "s-sitename":
			r = siteColumn
		case "s-reason":
			r, l.http = reasonColumn, true
		}
		if r != ignored && !slices.Contains(l.roles, r) {
			l.roles = append(append(l.roles, make([]role, i-len(l.roles))...), r)
		}
	}
	return l
}

// row is what was read of a record.
type row struct {
	day     int64 // since 1970-01-01, if dated
	dated   bool
	seconds int64 // since midnight, -1 if not to be read
	status  int   // of HTTP, 0 if there is none
	site    []byte
	reason  []byte
}

// read takes line apart.
func (l *layout) read(line []byte) row {
	r := row{seconds: -1}
	for _, role := range l.roles {
		if len(line) == 0 {
			break
		}
		column := line
		if i := bytes.IndexByte(line, ' '); i >= 0 {
			column, line = line[:i], line[i+1:]
		} else {
			line = nil
		}
		switch role {
		case dateColumn:
			if len(column) == len("2024-03-05") {
				r.day, r.dated = scan.Days(column, 0, '-')
			}
			if !r.dated {
				return row{seconds: -1}
			}
		case timeColumn:
			if len(column) == len("10:11:12") {
				r.seconds = scan.Clock(column, 0)
			}
			if r.seconds < 0 {
				return r
			}
		case statusColumn:
			r.status = status(column)
		case siteColumn:
			r.site = column
		case reasonColumn:
			r.reason = column
		}
	}
	return r
}

// status returns the number of a column of three digits, else 0.
func status(column []byte) int {
	v, n := scan.Number(column)
	if n != 3 || len(column) != 3 {
		return 0
	}
	return int(v)
}

// level of a record: what the server answered or, where it did not, why HTTPERR
// closed the connection. Its timers do so to each connection in the end.
func (l *layout) level(r row) record.Level {
	switch {
	case r.status >= 500:
		return record.Error
	case r.status >= 400:
		return record.Warning
	case l.http && r.status == 0 && len(r.reason) > 1 && !bytes.HasPrefix(r.reason, []byte("Timer_")):
		return record.Warning
	}
	return record.Info
}

// component of a record: the site it was for, if a column names it.
func (l *layout) component(r row) []byte {
	switch {
	case len(r.site) > 1:
		return r.site
	case l.http:
		return componentHTTP
	}
	return componentIIS
}
