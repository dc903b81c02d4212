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
	"patchtrail/assets"
	"patchtrail/ingest/clock"
	"patchtrail/ingest/issue"
)

// How much the page holds at most: it has to go through a mail server, whatever
// is in the bundle. The parts together stay under 10 MB.
const (
	roomFindings = 1 << 20
	roomUpdates  = 700_000
	roomTimeline = 5 << 20
	roomRest     = 500_000 // for each of machines, checks, files and problems

	maxFindings = 200
	maxUpdates  = 500
	maxAttempts = 1500
	maxMachines = 200
	maxIssues   = 500
	maxFiles    = 2000
)

// pageData is what the template of the HTML page shows; all strings are escaped by
// html/template.
type pageData struct {
	Lang, Title, Version, Verdict, VerdictClass, Subtitle, Footer string
	Style                                                         template.CSS
	Script                                                        template.JS
	StyleHash, ScriptHash                                         string
	Sections                                                      []pageSection
	Figures                                                       []pageFigure
	Lead                                                          string
	Comparison                                                    *Comparison
	RuledOut                                                      []pageCheck
	Causes, Known, Dismissed                                      []pageFinding
	MoreFindings                                                  []pageFinding
	Updates, Settled                                              []pageUpdate // that need attention, that do not
	MoreUpdates, OnlyScanned                                      string
	Scale                                                         string
	Windows                                                       []pageWindows
	MoreWindows                                                   string
	Spans                                                         []pageSpan
	Rows, RowsNote                                                string
	Logs                                                          []string
	Checks                                                        []pageChecks
	ChecksNote                                                    string
	Symptoms                                                      []pageSymptom
	Coverage                                                      []pageCoverage
	MoreCoverage                                                  string
	Missing                                                       int
	Codes                                                         []pageCode
	MoreCodes                                                     string
	Machines                                                      []pageMachine
	MoreMachines                                                  string
	Issues                                                        []pageIssue
	MoreIssues                                                    string
	Limits                                                        int
	Files                                                         []pageFile
	MoreFiles                                                     string
	Many                                                          bool // more than one machine
}

// pageSection is a line of the contents.
type pageSection struct {
	Anchor, Title, Count string
}

// pageFigure is a number at the top of the page.
type pageFigure struct{ Name, Value, Class string }

type pageIssue struct{ Path, Kind, Class, Text string }

type pageFile struct {
	Anchor, Path, Machine, Format, Encoding, Records, First, Last string
}

// page puts the parts of the page together.
type page struct {
	res  *analyze.Result
	opt  Options
	l    lang.Lang
	rows *lines
	// files are the indices of the files that links lead to.
	files map[int]bool
	// roots is the index of the cause of each finding.
	roots []int
	// detailed are the findings that are shown in full, and have an anchor.
	detailed map[int]bool
	// shown are the records that the timeline holds.
	shown shownRecords
}

// HTML writes one self-contained page: no reference to anything outside, a
// content security policy that allows its own style sheet and its own script
// only. It can be read without the script. It stays under 10 MB whatever the
// bundle holds.
func HTML(w io.Writer, res *analyze.Result, opt Options) error {
	l := opt.lang()
	var part [3]string
	for i, name := range []string{"report.html", "report.css", "report.js"} {
		b, err := assets.FS.ReadFile("report/" + name)
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		part[i] = string(b)
	}
	t, err := template.New("report").Funcs(template.FuncMap{"t": l.T}).Parse(part[0])
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	p := htmlPage(res, opt)
	p.Style, p.StyleHash = template.CSS(part[1]), hash(part[1])
	p.Script, p.ScriptHash = template.JS(part[2]), hash(part[2])
	b := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(b, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return b.Flush()
}

// hash is that of a style sheet or script, as a content security policy names it.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func htmlPage(res *analyze.Result, opt Options) pageData {
	l := opt.lang()
	p := &page{res: res, opt: opt, l: l, rows: newLines(res), files: map[int]bool{}, roots: rootsOf(res), detailed: map[int]bool{}}
	first, last := res.Span()
	inputs := shorten(strings.Join(res.Inputs, ", "), 200)
	d := pageData{
		Lang: string(l), Version: analyze.Version, Verdict: opt.Verdict(res), VerdictClass: opt.verdictClass(res),
		Title: inputs + " – PatchTrail", Many: len(res.Machines) > 1,
		Subtitle: l.T("report.subtitle", inputs, Count(res.Store.Len())),
		Footer:   l.T("report.footer", analyze.Version, opt.Zone.Clock(res.Generated.UnixNano(), p.mainZone())),
	}
	if last != 0 && len(res.Machines) > 0 {
		zone := res.Machines[0].Zone
		d.Subtitle = l.T("report.subtitle-span", inputs, Count(res.Store.Len()), opt.Zone.Clock(first, zone), opt.Zone.Clock(last, zone))
	}
	p.comparison(&d)
	p.timeline(&d)
	p.findings(&d)
	p.updates(&d)
	p.windows(&d)
	p.checks(&d)
	p.codes(&d)
	p.machines(&d)
	p.issues(&d)
	p.fileList(&d)
	d.Lead = p.l.T("report.verdict-lead")
	if n := len(d.Causes); n > 1 {
		d.Lead = p.l.T("report.verdict-lead-more", n)
	}
	d.Figures = p.figures()
	d.Sections = p.sections(&d)
	return d
}

// mainZone is the zone of the first machine, nil where there is none.
func (p *page) mainZone() *clock.Zone {
	if len(p.res.Machines) == 0 {
		return clock.Fixed(0, clock.Assumed)
	}
	return p.res.Machines[0].Zone
}

func (p *page) zone(machine int) *clock.Zone { return p.res.Machines[machine].Zone }

// clock writes a time of a machine, "" for 0.
func (p *page) clock(utc int64, machine int) string {
	if utc == 0 {
		return ""
	}
	return p.opt.Zone.Clock(utc, p.zone(machine))
}

// minute writes a time of a machine to the minute, with its weekday.
func (p *page) minute(utc int64, machine int) string {
	t := p.opt.Zone.show(utc, p.zone(machine))
	return p.weekday(t) + " " + t.Format("2006-01-02 15:04 -07:00")
}

func (p *page) weekday(t time.Time) string {
	return p.l.T(fmt.Sprintf("weekday-short.%d", int(t.Weekday())+1))
}

func (p *page) sections(d *pageData) []pageSection {
	var out []pageSection
	add := func(anchor string, n int) {
		if n > 0 {
			out = append(out, pageSection{anchor, p.l.T("report." + anchor), Count(n)})
		}
	}
	if d.Comparison != nil {
		out = append(out, pageSection{Anchor: "comparison", Title: p.l.T("report.comparison")})
	}
	out = append(out, pageSection{"findings", p.l.T("report.findings"), Count(len(d.Causes) + len(d.Known) + len(d.Dismissed) + len(d.MoreFindings))})
	add("ruled-out", len(d.RuledOut))
	add("updates", len(d.Updates)+len(d.Settled))
	add("windows", len(d.Windows))
	if len(d.Spans) > 0 {
		out = append(out, pageSection{"timeline", p.l.T("report.timeline"), d.Rows})
	}
	add("checklist", len(p.res.Checklist))
	add("coverage", len(p.res.Coverage))
	add("codes", len(p.res.Codes))
	add("machines", len(p.res.Machines))
	add("problems", len(p.res.Issues))
	add("files", len(p.res.Store.Files))
	return out
}

// figures are what a reader wants to know at a glance.
func (p *page) figures() []pageFigure {
	var bad, warn int
	for i := range p.res.Findings {
		f := &p.res.Findings[i]
		switch {
		case !f.Root || p.opt.mark(p.res, f).Judgement == Dismissed:
		case f.Severity == finding.Error:
			bad++
		case f.Severity == finding.Warning:
			warn++
		}
	}
	out := []pageFigure{
		{p.l.T("report.figure.causes"), Count(bad), class(bad > 0, "error", "good")},
		{p.l.T("report.figure.warnings"), Count(warn), class(warn > 0, "warning", "")},
	}
	if done, open := p.installed(); done+open > 0 {
		out = append(out,
			pageFigure{p.l.T("report.figure.installed"), Count(done), class(done > 0, "good", "")},
			pageFigure{p.l.T("report.figure.open"), Count(open), class(open > 0, "warning", "")})
	}
	return append(out,
		pageFigure{p.l.T("report.machines"), Count(len(p.res.Machines)), ""},
		pageFigure{p.l.T("report.files"), Count(len(p.res.Store.Files)), ""},
		pageFigure{p.l.T("report.records"), Count(p.res.Store.Len()), ""})
}

func class(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// issues lists what could not be read, limits that were hit first.
func (p *page) issues(d *pageData) {
	space := room(roomRest)
	for _, limits := range []bool{true, false} {
		for _, i := range p.res.Issues {
			if (i.Code == issue.Limit) != limits {
				continue
			}
			if limits {
				d.Limits++
			}
			if len(d.Issues) == maxIssues || !space.has(500) {
				continue
			}
			space -= 100
			d.Issues = append(d.Issues, pageIssue{
				space.text(i.Path, 300), p.l.T("issue-kind." + string(i.Code)), class(i.Code == issue.Limit, "warning", ""), space.text(IssueText(p.l, i), 800),
			})
		}
	}
	if n := len(p.res.Issues) - len(d.Issues); n > 0 {
		d.MoreIssues = p.l.T("report.more", Count(n))
	}
}

// fileList lists the files: those that links lead to, then the others.
func (p *page) fileList(d *pageData) {
	space := room(roomRest)
	for i, f := range p.res.Store.Files {
		linked := p.files[i]
		if !linked && (len(d.Files) >= maxFiles || !space.has(500)) {
			continue
		}
		space -= 200
		row := pageFile{Path: space.text(f.Path, 300), Machine: p.machine(f.Machine), Format: f.Format, Encoding: f.Encoding, Records: Count(f.Len())}
		if linked {
			row.Anchor = fileAnchor(i)
		}
		if f.Len() > f.Untimed {
			row.First, row.Last = p.clock(f.First, f.Machine), p.clock(f.Last, f.Machine)
		}
		d.Files = append(d.Files, row)
	}
	if n := len(p.res.Store.Files) - len(d.Files); n > 0 {
		d.MoreFiles = p.l.T("report.more", Count(n))
	}
}

func fileAnchor(i int) string { return fmt.Sprintf("f%d", i) }

// maxName is how much of a machine's or an update's name is shown, in bytes.
const maxName = 100

func (p *page) machine(i int) string { return shorten(p.res.MachineID(i), maxName) }

// room is the bytes that are left for a part of the page.
type room int

// text takes a text, cut to most bytes, out of the room; what follows once
// nothing is left is shown as an ellipsis.
func (r *room) text(s string, most int) string {
	s = shorten(s, most)
	n := escaped(s)
	if n > int(*r) {
		return "…"
	}
	*r -= room(n)
	return s
}

// has reports whether n bytes are left.
func (r *room) has(n int) bool { return int(*r) >= n }

// escaped is at least the length of a text in HTML.
func escaped(s string) int {
	n := len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '<', '>', '&', '"', '\'', '+', 0:
			n += 4
		}
	}
	return n
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
