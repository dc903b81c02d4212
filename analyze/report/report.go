// Package report writes what an analysis found: JSON for programs, CSV and
// JSONL of the records, one HTML page to send, a summary for a terminal. Each
// is one function that takes a writer, the result and the Options.
package report

import (
	"fmt"
	"strings"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/ingest/clock"
	"patchtrail/ingest/issue"
	"patchtrail/ingest/record"
)

// Options say how to write for people; the zero value is English and the
// customer's local time.
type Options struct {
	Lang lang.Lang
	Zone Zone
	// Resolve names the GUIDs in messages of Text.
	Resolve bool
	// Marks are what an engineer says of findings, by MarkKey; they go into the
	// HTML page. A cause that was dismissed stands apart and is no verdict.
	Marks map[string]Mark
	// Comparison, if not nil, is how the result differs from another; the HTML
	// page begins with it. Package compare makes it.
	Comparison *Comparison
}

func (o Options) lang() lang.Lang {
	if o.Lang == "" {
		return lang.English
	}
	return o.Lang
}

// Zone says in which zone times are shown; the zero value is that of the
// machine that the record is of.
type Zone struct {
	// UTC shows UTC.
	UTC bool
	// Bias, if not nil, shows that zone: minutes, UTC = local + bias.
	Bias *int16
}

// ParseZone reads "local", "utc" or an offset such as "+09:00".
func ParseZone(s string) (Zone, error) {
	switch strings.ToLower(s) {
	case "", "local":
		return Zone{}, nil
	case "utc", "z":
		return Zone{UTC: true}, nil
	}
	t, err := time.Parse("-07:00", s)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is no zone: want local, utc or an offset such as +09:00", s)
	}
	_, offset := t.Zone()
	bias := int16(-offset / 60)
	return Zone{Bias: &bias}, nil
}

// show returns a time of a machine in the zone.
func (z Zone) show(utc int64, machine *clock.Zone) time.Time {
	var bias int16
	switch {
	case z.UTC:
	case z.Bias != nil:
		bias = *z.Bias
	default:
		bias = machine.Bias(utc)
	}
	return time.Unix(0, utc).In(time.FixedZone("", -int(bias)*60))
}

// Time returns a time of a machine in the zone.
func (z Zone) Time(utc int64, machine *clock.Zone) time.Time { return z.show(utc, machine) }

// Clock returns a time as people read it: local date and time to the
// millisecond, and the offset of its zone.
func (z Zone) Clock(utc int64, machine *clock.Zone) string {
	return z.show(utc, machine).Format("2006-01-02 15:04:05.000 -07:00")
}

// utcTime is RFC 3339 in UTC with the fraction that is there, as JSON has it.
func utcTime(utc int64) string { return analyze.Time(utc).Format(time.RFC3339Nano) }

// IssueText is the sentence of an issue.
func IssueText(l lang.Lang, i issue.Issue) string {
	args := make([]any, len(i.Args))
	for n, a := range i.Args {
		args[n] = a
	}
	return l.T("issue."+i.Key, args...)
}

// line is a record as a row of every output.
type line struct {
	meta    record.Meta
	file    *record.File
	machine string
	message string
}

// lines reads records for output; it is not safe for concurrent use.
type lines struct {
	res    *analyze.Result
	reader *record.Reader
}

func newLines(res *analyze.Result) *lines { return &lines{res: res, reader: res.Store.Reader()} }

// of returns the line of a piece of evidence; one of a snapshot has no time.
func (l *lines) of(e finding.Evidence) (row line, timed bool) {
	if e.Record != record.None {
		return l.at(e.Record), true
	}
	f := l.res.Store.Files[e.File]
	return line{meta: record.Meta{ID: record.None, File: e.File, Line: e.Line}, file: f, machine: l.res.MachineID(f.Machine), message: e.Text}, false
}

func (l *lines) at(id record.ID) line {
	m, raw := l.reader.Record(id)
	f := l.res.Store.Files[m.File]
	return line{meta: m, file: f, machine: l.res.MachineID(f.Machine), message: l.res.Shown(string(analyze.Message(f, raw)))}
}

// consequences are the findings that follow from the n-th one, a root. Each
// hangs under one root: the first of that id on its own machine, else the first
// of that id at all.
func consequences(res *analyze.Result, n int) []finding.Finding {
	var out []finding.Finding
	for _, f := range res.Findings {
		if !f.Root && rootOf(res, f) == n {
			out = append(out, f)
		}
	}
	return out
}

// rootOf is the index of the root that a consequence hangs under, -1 if none.
func rootOf(res *analyze.Result, f finding.Finding) int {
	any := -1
	for i, o := range res.Findings {
		switch {
		case !o.Root || o.ID != f.ConsequenceOf:
		case o.Machine == f.Machine:
			return i
		case any < 0:
			any = i
		}
	}
	return any
}

// title is a finding's title in a language.
func title(f finding.Finding, l lang.Lang) string { return f.Text[l].Title }
