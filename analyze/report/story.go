package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/code"
	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

// Told says what a sentence of a story is about.
type Told int

// The parts of a story, in their order.
const (
	ToldName  Told = iota // which update, on which machine
	ToldNow               // where it stands; Steps are what to do where no cause is known
	ToldStage             // a stage, and what its deployment allows
	ToldAttempt
	ToldFit     // Steps are what would help
	ToldStopped // a cause that holds it back, Steps are what to do
)

// Sentence is a part of an update's story, with the lines that prove it.
type Sentence struct {
	Told Told
	Text string
	// Steps may hold commands between backquotes.
	Steps    []string
	Evidence []finding.Evidence
	// Index is that of the stage, the attempt or the finding that it tells of.
	Index int
}

// Story tells what happened to an update in plain words: where it stands, what
// its deployment allows, each stage and each attempt, whether it fits, what
// stopped it and what to do.
func Story(res *analyze.Result, u *ledger.Update, opt Options) []Sentence {
	s := story{res: res, u: u, opt: opt, l: opt.lang()}
	s.say(ToldName, 0, nil, "why.update", s.name(), res.MachineID(u.Machine))
	s.stands()
	for i := range u.Stages {
		s.stage(i, &u.Stages[i])
		switch u.Stages[i].Name {
		case ledger.Policy:
			s.terms(i)
		case ledger.Install:
			for n := range u.Attempts {
				s.attempt(n, &u.Attempts[n])
			}
		}
	}
	s.fit()
	s.stopped()
	return s.out
}

// story puts the sentences of an update together.
type story struct {
	out []Sentence
	res *analyze.Result
	u   *ledger.Update
	opt Options
	l   lang.Lang
}

func (s *story) say(told Told, index int, proof []record.ID, key string, args ...any) {
	s.tell(told, index, finding.Records(proof...), s.l.T(key, args...))
}

func (s *story) tell(told Told, index int, proof []finding.Evidence, text string) {
	s.out = append(s.out, Sentence{Told: told, Index: index, Text: text, Evidence: proof})
}

// step adds what to do to the last sentence.
func (s *story) step(text string) {
	last := &s.out[len(s.out)-1]
	last.Steps = append(last.Steps, text)
}

func (s *story) name() string {
	name := s.u.Title
	if !strings.Contains(name, s.u.KB) {
		name = strings.TrimSpace(s.u.KB + " " + name)
	}
	return cmp.Or(name, s.u.Key)
}

func (s *story) clock(utc int64) string {
	if utc == 0 {
		return s.l.T("why.unknown-time")
	}
	return strings.Replace(s.opt.Zone.Clock(utc, s.res.Machines[s.u.Machine].Zone), ".000 ", " ", 1)
}

// with is an error code and what it means, "" for none.
func (s *story) with(c uint32) string {
	if c == 0 {
		return ""
	}
	e := code.Explain(c)
	meaning := e.Meaning
	if s.l == lang.Japanese && e.MeaningJA != "" {
		meaning = e.MeaningJA
	}
	for _, more := range []string{"; ", " ("} { // hints for other cases
		meaning, _, _ = strings.Cut(meaning, more)
	}
	meaning = strings.TrimRight(meaning, ".。 ")
	if e.Symbol != "" {
		meaning = e.Symbol + ", " + meaning
	}
	return s.l.T("why.with", Hex(c)+": "+meaning)
}

// stands says where the update stands at the end of the logs, and what to do
// where no finding says it.
func (s *story) stands() {
	u := s.u
	var proof []record.ID
	if u.NowBy != record.None {
		proof = []record.ID{u.NowBy}
	}
	key := "why.now." + string(u.Now)
	by := u.SupersededBy
	for i := range s.res.Updates {
		if o := &s.res.Updates[i]; by != "" && o.UpdateID == by && o.Machine == u.Machine {
			by = o.Key
		}
	}
	if u.Now == ledger.StateSuperseded && by != "" {
		key = "why.now.superseded-by"
	}
	s.say(ToldNow, 0, proof, key, s.clock(u.Since), by)
	if do := "why.do." + string(u.Now); len(s.causes()) == 0 && s.l.Has(do) {
		s.step(s.l.T(do))
	}
}

// terms says what its deployments allow, and until when.
func (s *story) terms(stage int) {
	t := s.res.Terms(s.u)
	var texts []string
	if t.Deadline != 0 {
		key := "why.due"
		if t.Deadline > s.res.AsOf(s.u.Machine) {
			key = "why.due-later"
		}
		texts = append(texts, s.l.T(key, s.clock(t.Deadline)))
	}
	switch name := `"` + t.Name + `"`; {
	case t.Available:
		texts = append(texts, s.l.T("why.offered", name))
	case t.IgnoresWindows && t.Name == "":
		texts = append(texts, s.l.T("why.ignores-log"))
	case t.IgnoresWindows:
		texts = append(texts, s.l.T("why.ignores", name))
	}
	if t.RestartsAnyTime {
		texts = append(texts, s.l.T("why.restarts"))
	}
	if len(texts) > 0 {
		s.tell(ToldStage, stage, evidenceOf(t.Evidence), s.join(texts))
	}
}

// join puts sentences into one text.
func (s *story) join(texts []string) string {
	if s.l == lang.Japanese {
		return strings.Join(texts, "")
	}
	return strings.Join(texts, " ")
}

func evidenceOf(places []fact.Evidence) []finding.Evidence {
	out := make([]finding.Evidence, len(places))
	for i, e := range places {
		out[i] = finding.Evidence{Record: e.Record, File: e.File, Line: e.Line, Text: e.Text}
	}
	return out
}

// stage tells of a stage. Attempts tell of the installation.
func (s *story) stage(i int, g *ledger.Stage) {
	name := string(g.Name)
	done, took := g.State == ledger.StageDone, g.Start != 0 && g.End > g.Start
	tail := s.with(g.Code)
	switch {
	case g.State == ledger.StageUnknown:
	case g.Name == ledger.Policy:
		s.say(ToldStage, i, g.Evidence, "why.deployed", s.clock(g.Start))
	case g.Name == ledger.Install && (len(s.u.Attempts) > 0 || !s.l.Has("why.install."+string(g.State))):
	case g.Name == ledger.Window && done && took:
		s.say(ToldStage, i, g.Evidence, "why.window.waited", s.clock(g.Start), Span(g.End-g.Start, s.l))
	case g.Name == ledger.Restart && done && !took:
		s.say(ToldStage, i, g.Evidence, "why.restart.none")
	case g.Name == ledger.Restart && done:
		s.say(ToldStage, i, g.Evidence, "why.restart.done", s.clock(g.End), s.l.T("why.after", Span(g.End-g.Start, s.l)))
	case done || g.State == ledger.StageFailed:
		if took && g.Name != ledger.Report {
			tail = s.l.T("why.lasted", Span(g.End-g.Start, s.l)) + tail
		}
		s.say(ToldStage, i, g.Evidence, "why."+name+"."+string(g.State), s.clock(cmp.Or(g.End, g.Start)), tail)
	default:
		s.say(ToldStage, i, g.Evidence, "why."+name+"."+string(g.State), s.clock(cmp.Or(g.Start, g.End)), tail)
	}
}

// attempt tells how one installation began and ended, how long it took against
// its maximum, and what became of it afterwards.
func (s *story) attempt(i int, a *ledger.Attempt) {
	texts := []string{s.began(a), s.ended(a)}
	switch {
	case a.Cut != 0:
		if a.Ended != 0 || s.u.Now != ledger.StateCut {
			texts = append(texts, s.l.T("why.cut", s.clock(a.Cut)))
		}
	case a.Verdict != ledger.Unknown:
		texts = append(texts, s.verdict(a))
	case a.Paused != 0:
		texts = append(texts, s.l.T("why.paused", s.clock(a.Paused)))
	}
	if a.InstalledAfter != 0 {
		texts = append(texts, s.l.T("why.after-all", s.clock(a.InstalledAfter)))
	}
	text := s.join(texts)
	if n := len(s.u.Attempts); n > 1 {
		text = s.l.T("why.try", i+1, n, text)
	}
	s.tell(ToldAttempt, i, finding.Records(s.ends(a)...), text)
	if last := i == len(s.u.Attempts)-1; last && s.u.RecommendedMinutes > 0 && s.tight() && len(s.causes()) == 0 {
		s.step(s.l.T("why.raise."+s.u.RecommendedFor, s.u.RecommendedMinutes))
	}
}

// tight says whether any attempt met its maximum or came near it.
func (s *story) tight() bool {
	return slices.ContainsFunc(s.u.Attempts, func(a ledger.Attempt) bool {
		return a.Verdict == ledger.Exceeded || a.Verdict == ledger.Near
	})
}

// ends are the records of an attempt with those of its ends in front.
func (s *story) ends(a *ledger.Attempt) []record.ID {
	out := a.Ends(s.res.Store.Time)
	for _, id := range a.Evidence {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (s *story) began(a *ledger.Attempt) string {
	who := a.Caller
	if who == ledger.ConfigMgr {
		who = s.l.T("why.who.ccm")
	}
	switch {
	case a.Started == 0:
		return s.l.T("why.began-lost")
	case a.Estimated:
		return s.l.T("why.began-turn", s.clock(a.Started))
	case who == "":
		return s.l.T("why.began", s.clock(a.Started))
	}
	return s.l.T("why.began-by", s.clock(a.Started), who)
}

func (s *story) ended(a *ledger.Attempt) string {
	when := s.l.T("why.ended-at", s.clock(a.Ended))
	if a.Known() && a.Runtime() >= 0 {
		when = s.l.T("why.ended-after", Span(a.Runtime(), s.l))
	}
	return s.l.T("why.ended."+string(a.Result), when, s.with(a.Code))
}

// verdict compares an attempt with its maximum.
func (s *story) verdict(a *ledger.Attempt) string {
	left, _ := a.Margin()
	limit, source := Span(int64(a.Max.Seconds)*1e9, s.l), s.l.T("max."+string(a.Max.Source))
	key := "why.max." + string(a.Verdict)
	if a.Verdict == ledger.Exceeded {
		if left = -left; left == 0 {
			key = "why.max.reached"
		}
	}
	text := s.l.T(key, limit, source, Span(left, s.l))
	if a.Verdict == ledger.Exceeded && a.Result == ledger.Cancelled && a.Caller == ledger.ConfigMgr {
		text = s.join([]string{text, s.l.T("why.max.cut")})
	}
	return text
}

// fit says whether it fits into a maintenance window, and what would help.
func (s *story) fit() {
	for i := range s.res.Fits {
		f := &s.res.Fits[i]
		if f.Machine != s.u.Machine || f.Update != s.u.Key {
			continue
		}
		source := s.l.T("max." + string(s.u.Max.Source))
		seconds := func(n int) string { return Span(int64(n)*1e9, s.l) }
		texts := []string{s.l.T("why.fit."+string(f.Reason), seconds(f.Required), source, seconds(f.Longest), seconds(f.Union))}
		switch {
		case f.Next == nil:
		case f.Next.Window == "":
			texts = append(texts, s.l.T("why.next-free", s.clock(f.Next.At)))
		default:
			texts = append(texts, s.l.T("why.next", s.clock(f.Next.At), s.clock(f.Next.Occurrence.End)))
		}
		s.tell(ToldFit, i, s.windows(), s.join(texts))
		for _, c := range f.Cures {
			s.step(Cure(c, f.Update, s.l))
		}
	}
}

// windows are where the windows that count are told of, the longest first.
func (s *story) windows() []finding.Evidence {
	all := s.res.Windows[s.u.Machine].Counting(s.res.WindowOptions(s.u.Machine))
	slices.SortStableFunc(all, func(a, b window.Window) int { return cmp.Compare(b.Seconds(), a.Seconds()) })
	return finding.WindowPlaces(all)
}

// causes are the places of the findings that hold the update back.
func (s *story) causes() []int {
	var out []int
	for i := range s.res.Findings {
		f := &s.res.Findings[i]
		if f.Root && f.Severity != finding.Info && f.Machine == s.u.Machine && slices.Contains(f.Updates, s.u.Key) {
			out = append(out, i)
		}
	}
	return out
}

// stopped names the causes that hold the update back, and what to do.
func (s *story) stopped() {
	key := "why.stopped"
	if s.u.Now == ledger.StateInstalled {
		key = "why.stopped-before"
	}
	for _, i := range s.causes() {
		f := &s.res.Findings[i]
		t := f.Text[s.l]
		s.out = append(s.out, Sentence{
			Told: ToldStopped, Index: i, Text: s.l.T(key, strings.TrimRight(t.Title, ".。"), t.Cause), Evidence: f.Evidence, Steps: t.Remediation,
		})
	}
}

// Span writes a duration in nanoseconds as people say it: "1 h 5 min 0.25 s",
// rounded to milliseconds.
func Span(ns int64, l lang.Lang) string {
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	ms := (ns + 500_000) / 1_000_000
	var parts []string
	for _, unit := range []struct {
		key string
		ms  int64
	}{{"span.d", 86_400_000}, {"span.h", 3_600_000}, {"span.m", 60_000}} {
		if n := ms / unit.ms; n > 0 {
			parts = append(parts, l.T(unit.key, n))
			ms %= unit.ms
		}
	}
	if ms > 0 || len(parts) == 0 {
		parts = append(parts, l.T("span.s", strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64)))
	}
	return sign + strings.Join(parts, " ")
}
