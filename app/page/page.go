// Package page is what the pages of the window say of a bundle: the sentences
// and rows of Overview, Findings, Updates, Windows, Checklist and Files, in one
// language and by one clock. It knows no display.
//
// # Costs
//
// New touches no text of a record, so that it takes milliseconds where there are
// a hundred thousand files or updates. What quotes records (Set.Finding,
// Set.Update, Set.Check) is made for one row at a time, on any goroutine.
package page

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/report"
)

// Tone says what a thing means for the person who reads it. Each is shown as a
// shape and a colour, beside its word.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Note
	Warning
	Bad
	Unknown
)

// Set is the pages of one bundle. It does not change.
type Set struct {
	Overview Overview
	Findings []Finding
	Updates  []Update
	Windows  []Window
	Fits     []Fit
	// NoWindows say of each machine of whose windows nothing tells, or that it
	// has none.
	NoWindows []string
	Checks    []Check
	// Known of the checks are answered.
	Known int
	Files []File
	// Proofs are the records that findings rest on, by their rows.
	Proofs []Proof

	res  *analyze.Result
	lang lang.Lang
	zone report.Zone
}

// Overview is the page that tells where the machines stand.
type Overview struct {
	Summary  string
	Machines []Machine
	Missing  []Missing
	// Open are the times within the logs at which a machine's windows for
	// updates were open, nanoseconds UTC.
	Open []OpenTime
}

// OpenTime is one time that a maintenance window was open, nanoseconds UTC.
type OpenTime struct{ Start, End int64 }

// Machine is a card: who and what a machine is.
type Machine struct {
	Name, Role string
	// OS, Client and Span are "" where nothing tells.
	OS, Client, Span string
	Zone, ZoneSource string
}

// Missing is a log that is not there, or does not reach far enough.
type Missing struct {
	Log, Machine, Advice string
}

// Finding is a row of the findings.
type Finding struct {
	Title, Machine string
	Severity       string // the word
	Confidence     string
	Tone           Tone
	Count          int
	Root           bool
	Follows        string // the title of its cause, "" if none is found
	ID             string
	// Key names it in a session's marks.
	Key              string
	index, causeFrom int
}

// File is a row of the files.
type File struct {
	// Name is the last part of Path, Folder what is before it.
	Name, Folder, Path string
	Machine            string
	Format, Encoding   string
	Bytes              int64
	Records, Untimed   int
	// First and Last are times as they are shown, "" where no record has one.
	First, Last string
	Problems    []string
	// Row is the place of its first record in the timeline, -1 if it has none.
	Row int
}

// New makes the pages of a result. tz is "local", "utc" or an offset such as
// "+09:00"; what is none of them is taken for "local".
func New(res *analyze.Result, language, tz string) *Set {
	l, ok := lang.Parse(language)
	if !ok {
		l = lang.English
	}
	zone, err := report.ParseZone(tz)
	if err != nil {
		zone = report.Zone{}
	}
	s := &Set{res: res, lang: l, zone: zone}
	s.findings()
	s.proofs()
	s.overview()
	s.updates()
	s.windows()
	s.openTimes()
	s.checks()
	s.files()
	return s
}

func (s *Set) t(key string, args ...any) string { return s.lang.T(key, args...) }

// clock writes a time of a machine to the second, "" for none.
func (s *Set) clock(utc int64, machine int) string {
	if utc == 0 {
		return ""
	}
	const seconds = len("2006-01-02 15:04:05")
	return s.zone.Clock(utc, s.res.Machines[machine].Zone)[:seconds]
}

// Span joins the ends of a time: "2025-03-01 14:02 .. 2025-03-18 09:10".
func Span(first, last string) string {
	const minutes = len("2006-01-02 15:04")
	if first == "" || last == "" {
		return ""
	}
	return first[:min(len(first), minutes)] + " .. " + last[:min(len(last), minutes)]
}

func (s *Set) findings() {
	for i := range s.res.Findings {
		f := &s.res.Findings[i]
		row := Finding{
			Title: f.Text[s.lang].Title, Machine: s.res.MachineID(f.Machine), Severity: s.t("severity." + string(f.Severity)),
			Confidence: s.t("confidence." + string(f.Confidence)), Tone: severity(f.Severity), Count: f.Count, Root: f.Root,
			ID: f.ID, Key: report.MarkKey(s.res, f), index: i, causeFrom: -1,
		}
		if row.Title == "" {
			row.Title = f.ID
		}
		if !f.Root {
			if row.causeFrom = s.rootOf(f); row.causeFrom >= 0 {
				row.Follows = s.res.Findings[row.causeFrom].Text[s.lang].Title
			}
		}
		s.Findings = append(s.Findings, row)
	}
}

// rootOf is the finding that another follows from: of its own machine, else of
// any, -1 if none is there.
func (s *Set) rootOf(f *finding.Finding) int {
	other := -1
	for i := range s.res.Findings {
		o := &s.res.Findings[i]
		switch {
		case f.ConsequenceOf == "" || o.ID != f.ConsequenceOf || o == f:
		case o.Machine == f.Machine:
			return i
		case other < 0:
			other = i
		}
	}
	return other
}

func severity(s finding.Severity) Tone {
	switch s {
	case finding.Error:
		return Bad
	case finding.Warning:
		return Warning
	}
	return Note
}

func (s *Set) overview() {
	o := &s.Overview
	_, last := s.res.Span()
	if last == 0 {
		o.Summary = s.t("cli.summary-empty", report.Count(len(s.res.Store.Files)))
	} else {
		o.Summary = s.t("page.summary", report.Count(s.res.Store.Len()), report.Count(len(s.res.Store.Files)), len(s.res.Machines))
	}
	s.machines(last)
	for i := range s.res.Coverage {
		if c := &s.res.Coverage[i]; c.Advice.Key != "" {
			o.Missing = append(o.Missing, Missing{Log: c.Log, Machine: s.res.MachineID(c.Machine), Advice: c.Advice.In(s.lang)})
		}
	}
}

func (s *Set) machines(last int64) {
	type span struct{ first, last int64 }
	spans := make([]span, len(s.res.Machines))
	for _, f := range s.res.Store.Files {
		if f.Machine >= len(spans) || f.Last == 0 {
			continue
		}
		p := &spans[f.Machine]
		if p.first == 0 || f.First < p.first {
			p.first = f.First
		}
		p.last = max(p.last, f.Last)
	}
	for i, m := range s.res.Machines {
		facts := s.res.Facts[i]
		card := Machine{
			Name: m.ID, Role: s.t("role." + string(m.Role)), OS: facts.OS.Value, Client: facts.ClientVersion.Value,
			Zone: report.Offset(m.Zone.Bias(cmp.Or(spans[i].last, last))), ZoneSource: s.t("zone." + string(m.Zone.Source)),
			Span: Span(s.clock(spans[i].first, i), s.clock(spans[i].last, i)),
		}
		if b := facts.Build.Value; b != "" {
			card.OS = strings.TrimSpace(card.OS + " " + b)
		}
		s.Overview.Machines = append(s.Overview.Machines, card)
	}
}

func (s *Set) files() {
	problems := map[string][]string{}
	for _, i := range s.res.Issues {
		problems[i.Path] = append(problems[i.Path], report.IssueText(s.lang, i))
	}
	seen := map[string]bool{}
	for _, f := range s.res.Store.Files {
		row := File{
			Name: base(f.Path), Path: f.Path, Format: f.Format, Encoding: f.Encoding, Bytes: f.Bytes,
			Records: f.Len(), Untimed: f.Untimed, Problems: problems[f.Path], Row: -1,
			Machine: s.res.MachineID(f.Machine), First: s.clock(f.First, f.Machine), Last: s.clock(f.Last, f.Machine),
		}
		row.Folder = strings.TrimSuffix(f.Path, row.Name)
		if f.Len() > 0 {
			row.Row = s.res.Timeline.Find(f.Base())
		}
		seen[f.Path] = true
		s.Files = append(s.Files, row)
	}
	// What is not in the store, but has problems: archives, links, folders.
	for _, i := range s.res.Issues {
		if !seen[i.Path] {
			seen[i.Path] = true
			row := File{Name: base(i.Path), Path: i.Path, Problems: problems[i.Path], Row: -1}
			row.Folder = strings.TrimSuffix(i.Path, row.Name)
			s.Files = append(s.Files, row)
		}
	}
}

// base is the last part of "outer.zip!CCM/Logs/CAS.log".
func base(p string) string {
	if p == "" {
		return ""
	}
	b := path.Base(p)
	return b[strings.LastIndexByte(b, '!')+1:]
}

// Check is a row of the checklist.
type Check struct {
	// Group is the heading above, set on its first check.
	Group         string
	Title, Status string
	Tone          Tone
}

// checks orders the checks by their groups.
func (s *Set) checks() {
	order := s.checkOrder()
	group := checklist.Group("")
	for _, i := range order {
		c := &s.res.Checklist[i]
		row := Check{Title: c.Title.In(s.lang), Status: s.t("check.status." + string(c.Status)), Tone: answer(c.Status)}
		if c.Group != group {
			group, row.Group = c.Group, c.Group.Name().In(s.lang)
		}
		if c.Status != checklist.Unknown {
			s.Known++
		}
		s.Checks = append(s.Checks, row)
	}
}

func (s *Set) checkOrder() []int {
	order := make([]int, len(s.res.Checklist))
	for i := range order {
		order[i] = i
	}
	groups := checklist.Groups()
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(slices.Index(groups, s.res.Checklist[a].Group), slices.Index(groups, s.res.Checklist[b].Group))
	})
	return order
}

func answer(s checklist.Status) Tone {
	switch s {
	case checklist.Pass:
		return Good
	case checklist.Fail:
		return Bad
	case checklist.Warn:
		return Warning
	}
	return Unknown
}
