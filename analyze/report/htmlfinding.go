package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/ingest/record"
)

// pageFinding is one finding. The first step is shown at the top of the page.
type pageFinding struct {
	ID, Anchor, Severity, SeverityWord, ConfidenceWord, Title, Machine, Seen, Cause, Recovered string
	Evidence                                                                                   []pageEvidence
	Remediation, Verify                                                                        [][]piece
	First                                                                                      []piece
	References                                                                                 []pageReference
	Consequences                                                                               []pageConsequence
	Updates                                                                                    string
	// Mark is the word of an engineer's judgement, MarkClass its colour, Note
	// what they say.
	Mark, MarkClass, Note string
}

// pageEvidence is a line that proves something. Row is the anchor of its row
// of the timeline, "" where it is not in it.
type pageEvidence struct {
	Local, UTC, File, FileAnchor, Text, Row string
	Line                                    int
}

type pageReference struct {
	Text string
	Link bool
}

type pageConsequence struct {
	Text, Seen, Mark, MarkClass, Note string
	Evidence                          []pageEvidence
}

// piece is a part of a step: a command to copy, or words.
type piece struct {
	Text string
	Code bool
}

const (
	maxPageEvidence  = 12
	maxConsequences  = 30
	maxConsequential = 3 // lines of evidence of a consequence
	maxNote          = 4000
)

// findings sorts the causes from what only informs, and lists briefly what
// there is no room for.
func (p *page) findings(d *pageData) {
	space := room(roomFindings)
	hung := map[int][]finding.Finding{}
	for i, f := range p.res.Findings {
		if !f.Root {
			hung[p.roots[i]] = append(hung[p.roots[i]], f)
		}
	}
	for i, f := range p.res.Findings {
		if !f.Root {
			continue
		}
		n := len(d.Causes) + len(d.Known) + len(d.Dismissed)
		if n >= maxFindings || !space.has(20_000) {
			if len(d.MoreFindings) < 10*maxFindings && space.has(500) {
				d.MoreFindings = append(d.MoreFindings, pageFinding{Severity: string(f.Severity), SeverityWord: p.severity(f), Title: space.text(title(f, p.l), 300), Machine: p.machine(f.Machine)})
			}
			continue
		}
		p.detailed[i] = true
		out := p.finding(f, findingAnchor(i), hung[i], &space)
		switch {
		case p.opt.mark(p.res, &f).Judgement == Dismissed:
			d.Dismissed = append(d.Dismissed, out)
		case f.Severity == finding.Info:
			d.Known = append(d.Known, out)
		default:
			d.Causes = append(d.Causes, out)
		}
	}
}

// rootsOf returns for each finding the index of the cause that it hangs under,
// its own for a cause, as rootOf does, in one pass.
func rootsOf(res *analyze.Result) []int {
	type place struct {
		id      string
		machine int
	}
	own, any := map[place]int{}, map[string]int{}
	for i := len(res.Findings) - 1; i >= 0; i-- {
		if f := &res.Findings[i]; f.Root {
			own[place{f.ID, f.Machine}], any[f.ID] = i, i
		}
	}
	out := make([]int, len(res.Findings))
	for i, f := range res.Findings {
		out[i] = i
		if f.Root {
			continue
		}
		if root, ok := own[place{f.ConsequenceOf, f.Machine}]; ok {
			out[i] = root
		} else if root, ok := any[f.ConsequenceOf]; ok {
			out[i] = root
		}
	}
	return out
}

func findingAnchor(i int) string { return fmt.Sprintf("finding-%d", i+1) }

func (p *page) severity(f finding.Finding) string { return p.l.T("severity." + string(f.Severity)) }

func (p *page) finding(f finding.Finding, anchor string, follow []finding.Finding, space *room) pageFinding {
	t := f.Text[p.l]
	out := pageFinding{
		ID: f.ID, Anchor: anchor, Severity: string(f.Severity), SeverityWord: p.severity(f), ConfidenceWord: p.l.T("confidence." + string(f.Confidence)),
		Title: space.text(t.Title, 500), Machine: p.machine(f.Machine), Cause: space.text(t.Cause, 3000), Seen: p.seen(f),
	}
	mark := p.opt.mark(p.res, &f)
	out.Mark, out.MarkClass = p.markWord(mark)
	out.Note = space.text(mark.Note, maxNote)
	if at, err := time.Parse(time.RFC3339Nano, f.Params["recovered"]); err == nil {
		out.Recovered = p.l.T("report.recovered", p.clock(at.UnixNano(), f.Machine))
	}
	out.Evidence = p.evidence(f.Evidence, maxPageEvidence, space)
	out.Remediation, out.Verify = steps(t.Remediation, space), steps(t.Verify, space)
	if len(out.Remediation) > 0 {
		out.First = out.Remediation[0]
	}
	for _, r := range f.References {
		out.References = append(out.References, pageReference{r, strings.HasPrefix(r, "https://")})
	}
	for _, c := range follow[:min(len(follow), maxConsequences)] {
		mark := p.opt.mark(p.res, &c)
		one := pageConsequence{
			Text: space.text(title(c, p.l), 500), Seen: p.seen(c),
			Note: space.text(mark.Note, maxNote), Evidence: p.evidence(c.Evidence, maxConsequential, space),
		}
		one.Mark, one.MarkClass = p.markWord(mark)
		out.Consequences = append(out.Consequences, one)
	}
	if len(f.Updates) > 0 {
		out.Updates = space.text(strings.Join(f.Updates, ", "), 500)
	}
	return out
}

func (p *page) seen(f finding.Finding) string {
	if f.First == 0 {
		return ""
	}
	if f.Count == 1 || f.First == f.Last {
		return p.l.T("report.seen-once", p.clock(f.First, f.Machine))
	}
	return p.l.T("report.seen", Count(f.Count), p.clock(f.First, f.Machine), p.clock(f.Last, f.Machine))
}

// ends are the first and the last of a list, n together.
func ends(of []finding.Evidence, n int) []finding.Evidence {
	if len(of) <= n {
		return of
	}
	return append(slices.Clone(of[:n-n/2]), of[len(of)-n/2:]...)
}

// evidence shows at most n lines: the first ones and the last.
func (p *page) evidence(of []finding.Evidence, n int, space *room) []pageEvidence {
	var out []pageEvidence
	for _, e := range ends(of, n) {
		r, timed := p.rows.of(e)
		index := e.File
		if e.Record != record.None {
			index = r.meta.File
		}
		p.files[index] = true
		row := pageEvidence{File: space.text(r.file.Path, 300), FileAnchor: fileAnchor(index), Line: r.meta.Line, Text: space.text(strings.TrimRight(r.message, "\r\n"), evidenceText)}
		if timed {
			row.Local, row.UTC = p.clock(r.meta.Time, r.file.Machine), analyze.Time(r.meta.Time).Format("2006-01-02 15:04:05.000")
			if p.shown[e.Record] {
				row.Row = rowAnchor(e.Record)
			}
		}
		out = append(out, row)
	}
	return out
}

func steps(of []string, space *room) [][]piece {
	var out [][]piece
	for _, s := range of {
		out = append(out, pieces(space.text(s, 3000)))
	}
	return out
}

// pieces takes a step apart at its backquotes, which stand around commands.
func pieces(s string) []piece {
	var out []piece
	for i, part := range strings.Split(s, "`") {
		if part != "" {
			out = append(out, piece{part, i%2 == 1})
		}
	}
	return out
}

// pageCode is an error code of the logs, with its meaning and how many records
// hold it.
type pageCode struct{ Code, Symbol, Meaning, Records string }

const maxCodes = 200

// codes explains the most frequent error codes.
func (p *page) codes(d *pageData) {
	for _, c := range p.res.Codes[:min(len(p.res.Codes), maxCodes)] {
		j := jsonCodeOf(c, p.l)
		d.Codes = append(d.Codes, pageCode{j.Code, j.Symbol, j.Meaning, Count(j.Count)})
	}
	if n := len(p.res.Codes) - len(d.Codes); n > 0 {
		d.MoreCodes = p.l.T("report.more", Count(n))
	}
}
