package page

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/report"
	"patchtrail/ingest/record"
)

const none = record.None

// Kind says how a Line is shown.
type Kind int

// The kinds.
const (
	Quote   Kind = iota // a record, or a line of a snapshot
	Heading             // a heading
	Text                // sentences
	Step                // one step, with what it means
	Command             // what to do
	Code                // commands, a line each
	Link                // an address
	Other               // another finding, Row of Set.Findings
	Story               // an update, Row of Set.Updates
	Try                 // a change to try, Edit
)

// Line is a line of a Detail.
type Line struct {
	Kind Kind
	Tone Tone
	// Time is when, as it is shown, "" for none.
	Time string
	Text string
	// Where is "WUAHandler.log:1234", Path the whole path of the file.
	Where, Path string
	// Copy is what a copy button takes, "" for none.
	Copy string
	// Row is the place of a record in the timeline, or of a finding; -1 for none.
	Row int
	// Edit is what to try.
	Edit *Trial
}

// Detail is all about one row of a page.
type Detail struct {
	Title, Word string
	Tone        Tone
	Facts       []string
	Lines       []Line
	// Copy is all of it as plain text, "" where there is no such text.
	Copy string
}

func (d *Detail) add(lines ...Line) {
	for _, l := range lines {
		if l.Kind == Heading || l.Kind == Text || l.Kind == Command || l.Kind == Code || l.Kind == Link {
			l.Row = -1
		}
		d.Lines = append(d.Lines, l)
	}
}

// Finding tells all about row i of the findings.
func (s *Set) Finding(i int) Detail {
	row := &s.Findings[i]
	f := &s.res.Findings[row.index]
	text := f.Text[s.lang]
	d := Detail{Title: row.Title, Word: row.Severity, Tone: row.Tone, Facts: []string{row.Machine, row.Confidence, f.ID}}
	if f.First != 0 {
		d.Facts = append(d.Facts, s.t("report.seen", report.Count(f.Count), s.clock(f.First, f.Machine), s.clock(f.Last, f.Machine)))
	}
	if text.Cause != "" {
		d.add(Line{Kind: Heading, Text: s.t("report.cause")}, Line{Kind: Text, Text: plain(text.Cause)})
	}
	if row.causeFrom >= 0 {
		d.add(Line{Kind: Heading, Text: s.t("page.follows-from")}, Line{Kind: Other, Tone: s.Findings[row.causeFrom].Tone, Text: row.Follows, Row: row.causeFrom})
	}
	if len(f.Evidence) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("report.evidence")})
		d.add(s.quoter().evidence(f.Evidence)...)
	}
	head := false
	for n := range s.Findings {
		if o := &s.Findings[n]; o.causeFrom == i {
			if !head {
				d.add(Line{Kind: Heading, Text: s.t("report.consequences")})
				head = true
			}
			d.add(Line{Kind: Other, Tone: o.Tone, Text: s.t("report.consequence", o.Title, report.Count(o.Count)), Row: n})
		}
	}
	d.steps(s.t("report.remediation"), text.Remediation)
	d.steps(s.t("report.verify"), text.Verify)
	if len(f.References) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("report.references")})
		for _, r := range f.References {
			d.add(Line{Kind: Link, Text: r, Copy: r})
		}
	}
	return d
}

// steps adds numbered steps, each with the commands in it to copy.
func (d *Detail) steps(heading string, steps []string) {
	if len(steps) == 0 {
		return
	}
	if heading != "" {
		d.add(Line{Kind: Heading, Text: heading, Copy: plainSteps(steps)})
	}
	for i, step := range steps {
		d.add(Line{Kind: Command, Text: fmt.Sprintf("%d.  %s", i+1, plain(step))})
		if c := commands(step); c != "" {
			d.add(Line{Kind: Code, Text: c, Copy: c})
		}
	}
}

// plain is a step without the backquotes around its commands.
func plain(step string) string { return strings.ReplaceAll(step, "`", "") }

func plainSteps(steps []string) string {
	var b strings.Builder
	for i, step := range steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, plain(step))
	}
	return b.String()
}

// commands are what stands between backquotes in a step, a line each, each once.
func commands(step string) string {
	var out []string
	for i, part := range strings.Split(step, "`") {
		if i%2 == 1 && part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return strings.Join(out, "\n")
}

// Check tells all about row i of the checks.
func (s *Set) Check(i int) Detail {
	row := &s.Checks[i]
	c := &s.res.Checklist[s.checkOrder()[i]]
	d := Detail{Title: row.Title, Word: row.Status, Tone: row.Tone, Facts: []string{s.res.MachineID(c.Machine), c.ID}}
	if t := c.Detail.In(s.lang); t != "" {
		d.add(Line{Kind: Text, Text: t})
	}
	if len(c.Findings) > 0 {
		d.deciding(s, c.Findings)
	}
	if len(c.Evidence) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("report.evidence")})
		d.add(s.quoter().evidence(c.Evidence)...)
	}
	if t := c.Collect.In(s.lang); t != "" {
		d.add(Line{Kind: Heading, Text: s.t("page.collect"), Copy: t}, Line{Kind: Command, Text: t})
		if c.Command != "" {
			d.add(Line{Kind: Code, Text: c.Command, Copy: c.Command})
		}
	}
	return d
}

// ToCollect is what would answer the checks that nothing tells of, and bring
// the logs that are missing, as text to send to whoever collects.
func (s *Set) ToCollect() string {
	var b strings.Builder
	for _, m := range s.Overview.Missing {
		fmt.Fprintf(&b, "%s: %s\n", m.Machine, m.Advice)
	}
	for i, n := range s.checkOrder() {
		c := &s.res.Checklist[n]
		if s.Checks[i].Tone != Unknown || c.Collect.Key == "" {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", s.Checks[i].Title, c.Collect.In(s.lang))
		if c.Command != "" && !strings.Contains(c.Collect.In(s.lang), c.Command) {
			fmt.Fprintf(&b, "    %s\n", c.Command)
		}
	}
	return b.String()
}

// deciding names the findings that decided a check.
func (d *Detail) deciding(s *Set, ids []string) {
	d.add(Line{Kind: Heading, Text: s.t("report.findings")})
	for n := range s.Findings {
		for _, id := range ids {
			if s.Findings[n].ID == id {
				text := s.Findings[n].Title
				if len(s.res.Machines) > 1 {
					text += "  ·  " + s.Findings[n].Machine
				}
				d.add(Line{Kind: Other, Tone: s.Findings[n].Tone, Text: text, Row: n})
			}
		}
	}
}

// File tells all about row i of the files.
func (s *Set) File(i int) Detail {
	row := &s.Files[i]
	d := Detail{Title: row.Name, Facts: []string{row.Path}}
	if len(row.Problems) == 0 {
		d.add(Line{Kind: Text, Text: s.t("page.no-problem")})
	}
	for _, p := range row.Problems {
		d.add(Line{Kind: Text, Tone: Warning, Text: p})
	}
	return d
}

// Fit tells all about a fit, with what would help.
func (s *Set) Fit(row Fit) Detail {
	d := Detail{Title: row.Update, Word: row.Reason, Tone: row.Tone, Facts: []string{row.Machine}}
	if len(row.cures) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("page.col-cure")})
	}
	for _, c := range row.cures {
		d.add(s.cureLine(c, &row))
	}
	for i := range s.Updates {
		if u := &s.res.Updates[s.Updates[i].index]; u.Machine == row.machine && u.Key == row.Update {
			d.Title = fullTitle(u)
			d.add(Line{Kind: Heading, Text: s.t("page.updates")}, Line{Kind: Story, Text: s.t("page.to-story", row.Update), Row: i})
		}
	}
	return d
}

// quoter quotes records. It is not safe for concurrent use.
type quoter struct {
	s      *Set
	reader *record.Reader
}

func (s *Set) quoter() *quoter { return &quoter{s, s.res.Store.Reader()} }

// row is the place of the first of the records in the timeline, -1 if there is
// none.
func (s *Set) row(ids []record.ID) int {
	if len(ids) == 0 || ids[0] == record.None {
		return -1
	}
	return s.res.Timeline.Find(ids[0])
}

func (q *quoter) records(ids []record.ID, most int) []Line {
	return q.evidence(finding.Records(ids[:min(len(ids), most)]...))
}

// quoted is how much of a record is quoted, in bytes.
const quoted = 400

func (q *quoter) evidence(all []finding.Evidence) []Line {
	var out []Line
	for _, e := range all {
		if e.Record == record.None {
			if e.File >= 0 && e.File < len(q.s.res.Store.Files) {
				f := q.s.res.Store.Files[e.File]
				out = append(out, Line{Text: oneLine([]byte(e.Text)), Path: f.Path, Where: fmt.Sprintf("%s:%d", base(f.Path), e.Line), Row: -1})
			}
			continue
		}
		meta, raw := q.reader.Record(e.Record)
		f := q.s.res.Store.Files[meta.File]
		line := Line{
			Text: oneLine(analyze.Message(f, raw)), Path: f.Path, Where: fmt.Sprintf("%s:%d", base(f.Path), meta.Line),
			Row: q.s.res.Timeline.Find(e.Record),
		}
		if meta.Flags&record.Untimed == 0 {
			line.Time = q.s.clock(meta.Time, f.Machine)
		}
		switch meta.Level {
		case record.Error:
			line.Tone = Bad
		case record.Warning:
			line.Tone = Warning
		}
		out = append(out, line)
	}
	return out
}

// oneLine makes one line of text that a display can take: control characters
// and what would turn the direction of writing become spaces.
func oneLine(b []byte) string {
	if len(b) > quoted {
		n := quoted
		for n > 0 && !utf8.RuneStart(b[n]) {
			n--
		}
		b = b[:n]
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	return strings.TrimSpace(s)
}
