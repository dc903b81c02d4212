package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/assets"
)

// pageData is what the template of the HTML page shows; all strings are escaped by
// html/template.
type pageData struct {
	Lang, Title, Version, Verdict, Subtitle, Footer string
	Style                                           template.CSS
	StyleHash                                       string
	Findings                                        []pageFinding
	Updates                                         []pageAttempt
	Machines                                        []pageMachine
	Issues                                          []pageIssue
	Files                                           []pageFile
}

type pageFinding struct {
	ID, Anchor, Severity, SeverityWord, ConfidenceWord, Title, Machine, Seen, Cause, Recovered string
	Evidence                                                                                   []pageEvidence
	Remediation, Verify                                                                        [][]piece
	References, Consequences                                                                   []string
}

type pageEvidence struct {
	Local, UTC, File, Text string
	Line                   int
}

// piece is a part of a step: a command to copy, or words.
type piece struct {
	Text string
	Code bool
}

type pageAttempt struct {
	Machine, KB, Title, Started, Ended, Runtime, Maximum, Verdict, VerdictClass, Result, Caller string
}

type pageMachine struct{ ID, Role, Zone, Source string }

type pageIssue struct{ Path, Text string }

type pageFile struct {
	Path, Machine, Format, Encoding, Records, First, Last string
}

// HTML writes one self-contained page: no script, no reference to anything
// outside, a content security policy that allows its own style sheet only.
func HTML(w io.Writer, res *analyze.Result, opt Options) error {
	l := opt.lang()
	source, err := assets.FS.ReadFile("report/report.html")
	if err != nil {
		return err
	}
	css, err := assets.FS.ReadFile("report/report.css")
	if err != nil {
		return err
	}
	t, err := template.New("report").Funcs(template.FuncMap{"t": func(key string) string { return l.T(key) }}).Parse(string(source))
	if err != nil {
		return err
	}
	p := htmlPage(res, opt)
	sum := sha256.Sum256(css)
	p.Style, p.StyleHash = template.CSS(css), "sha256-"+base64.StdEncoding.EncodeToString(sum[:])
	b := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(b, p); err != nil {
		return err
	}
	return b.Flush()
}

func htmlPage(res *analyze.Result, opt Options) pageData {
	l := opt.lang()
	rows := newLines(res)
	first, last := res.Span()
	machine := res.Machines
	p := pageData{
		Lang: string(l), Version: analyze.Version, Verdict: Verdict(res, l),
		Footer: l.T("report.footer", analyze.Version, opt.Zone.Clock(res.Generated.UnixNano(), nil)),
	}
	p.Title = strings.Join(res.Inputs, ", ") + " – PatchTrail"
	p.Subtitle = l.T("report.subtitle", strings.Join(res.Inputs, ", "), Count(res.Store.Len()))
	if last != 0 && len(machine) > 0 {
		p.Subtitle = l.T("report.subtitle-span", strings.Join(res.Inputs, ", "), Count(res.Store.Len()), opt.Zone.Clock(first, machine[0].Zone), opt.Zone.Clock(last, machine[0].Zone))
	}
	for i, f := range res.Findings {
		if f.Root {
			p.Findings = append(p.Findings, htmlFinding(res, rows, i, f, opt))
		}
	}
	for i := range res.Updates {
		u := &res.Updates[i]
		for j := range u.Attempts {
			p.Updates = append(p.Updates, htmlAttempt(res, u, &u.Attempts[j], opt))
		}
	}
	for _, m := range machine {
		p.Machines = append(p.Machines, pageMachine{m.ID, l.T("role." + string(m.Role)), Offset(m.Zone.Bias(last)), l.T("zone." + string(m.Zone.Source))})
	}
	for _, i := range res.Issues {
		p.Issues = append(p.Issues, pageIssue{i.Path, IssueText(l, i)})
	}
	for _, f := range res.Store.Files {
		row := pageFile{Path: f.Path, Machine: res.MachineID(f.Machine), Format: f.Format, Encoding: f.Encoding, Records: Count(f.Len())}
		if f.Len() > f.Untimed {
			row.First, row.Last = opt.Zone.Clock(f.First, machine[f.Machine].Zone), opt.Zone.Clock(f.Last, machine[f.Machine].Zone)
		}
		p.Files = append(p.Files, row)
	}
	return p
}

func htmlFinding(res *analyze.Result, rows *lines, n int, f finding.Finding, opt Options) pageFinding {
	l := opt.lang()
	zone := res.Machines[f.Machine].Zone
	t := f.Text[l]
	out := pageFinding{
		ID: f.ID, Anchor: fmt.Sprintf("finding-%d", n+1), Severity: string(f.Severity), SeverityWord: l.T("severity." + string(f.Severity)),
		ConfidenceWord: l.T("confidence." + string(f.Confidence)), Title: t.Title, Machine: res.MachineID(f.Machine), Cause: t.Cause,
		Seen: l.T("report.seen", f.Count, opt.Zone.Clock(f.First, zone), opt.Zone.Clock(f.Last, zone)), References: f.References,
	}
	if at, err := time.Parse(time.RFC3339Nano, f.Params["recovered"]); err == nil {
		out.Recovered = l.T("report.recovered", opt.Zone.Clock(at.UnixNano(), zone))
	}
	for _, c := range consequences(res, n) {
		out.Consequences = append(out.Consequences, l.T("report.consequence", title(c, l), c.Count))
	}
	for _, e := range f.Evidence {
		r, timed := rows.of(e)
		row := pageEvidence{File: r.file.Path, Line: r.meta.Line, Text: shorten(strings.TrimRight(r.message, "\r\n"), evidenceText)}
		if timed {
			row.Local, row.UTC = opt.Zone.Clock(r.meta.Time, zone), analyze.Time(r.meta.Time).Format("2006-01-02 15:04:05.000")
		}
		out.Evidence = append(out.Evidence, row)
	}
	for _, s := range t.Remediation {
		out.Remediation = append(out.Remediation, pieces(s))
	}
	for _, s := range t.Verify {
		out.Verify = append(out.Verify, pieces(s))
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

func htmlAttempt(res *analyze.Result, u *ledger.Update, a *ledger.Attempt, opt Options) pageAttempt {
	l := opt.lang()
	zone := res.Machines[u.Machine].Zone
	out := pageAttempt{
		Machine: res.MachineID(u.Machine), KB: u.KB, Title: u.Title, Caller: a.Caller, Result: l.T("result." + string(a.Result)),
		Verdict: l.T("verdict." + string(a.Verdict)), Maximum: Duration(int64(a.Max.Seconds)*1e9) + " (" + l.T("max."+string(a.Max.Source)) + ")",
	}
	if a.Code != 0 {
		out.Result += " " + Hex(a.Code)
	}
	switch a.Verdict {
	case ledger.Exceeded:
		out.VerdictClass = "error"
	case ledger.Near:
		out.VerdictClass = "warning"
	}
	if a.Started != 0 {
		out.Started = opt.Zone.Clock(a.Started, zone)
	}
	if a.Ended != 0 {
		out.Ended = opt.Zone.Clock(a.Ended, zone)
	}
	if a.Known() {
		out.Runtime = Duration(a.Runtime())
	}
	return out
}

// Verdict is what the analysis comes to, in one sentence: the first cause, or
// that no known cause was found.
func Verdict(res *analyze.Result, l lang.Lang) string {
	for _, f := range res.Findings {
		if f.Root && f.Severity != finding.Info {
			return title(f, l)
		}
	}
	if res.Store.Len() == 0 {
		return l.T("verdict-no-records")
	}
	return l.T("verdict-none")
}

// Duration writes nanoseconds as h:mm:ss, with milliseconds where there are any.
func Duration(ns int64) string {
	d := time.Duration(ns)
	s := fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
	if ms := d.Milliseconds() % 1000; ms != 0 {
		s += fmt.Sprintf(".%03d", ms)
	}
	return s
}

// Count writes a number with commas between thousands.
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Offset writes a bias as people write zones: UTC+09:00.
func Offset(bias int16) string {
	return "UTC" + time.Unix(0, 0).In(time.FixedZone("", -int(bias)*60)).Format("-07:00")
}
