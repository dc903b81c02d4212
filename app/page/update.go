package page

import (
	"cmp"
	"slices"
	"strings"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
	"patchtrail/analyze/window"
)

// Update is a row of the updates.
type Update struct {
	KB, Title, Machine string
	State              string
	StateTone          Tone
	// Stage is the last stage that the logs tell of, "" for none.
	Stage     string
	StageTone Tone
	Attempts  int
	// Longest and Maximum are h:mm:ss, "" where not known; Share is the longest
	// run in parts of the maximum, 0 where either is not known.
	Longest, Maximum string
	Share            float64
	Verdict          string
	VerdictTone      Tone
	Fits             string
	FitsTone         Tone
	index            int
	// What the columns sort by: nanoseconds, and the place of the last stage.
	longest, maximum int64
	stage            int
}

// fitKey names the fit of an update of a machine.
type fitKey struct {
	machine int
	update  string
}

// updates lists what was deployed, downloaded or installed before what was only
// scanned for.
func (s *Set) updates() {
	fits := map[fitKey]*window.Fit{}
	for i := range s.res.Fits {
		f := &s.res.Fits[i]
		fits[fitKey{f.Machine, f.Update}] = f
	}
	for i := range s.res.Updates {
		u := &s.res.Updates[i]
		row := Update{
			KB: u.KB, Title: u.Title, Machine: s.res.MachineID(u.Machine), State: s.t("page.state." + string(u.Now)),
			StateTone: stateTone(u.Now), Attempts: len(u.Attempts), index: i,
		}
		if row.KB == "" && row.Title == "" {
			row.Title = u.Key
		}
		for n := range u.Stages {
			if st := &u.Stages[n]; st.State != ledger.StageUnknown {
				row.Stage, row.StageTone, row.stage = s.t("page.stage."+string(st.Name)), stageTone(st.State), n+1
			}
		}
		s.runs(&row, u)
		if f := fits[fitKey{u.Machine, u.Key}]; f != nil {
			row.Fits, row.FitsTone = s.t("fit."+string(f.Reason)), fitTone(f)
		}
		s.Updates = append(s.Updates, row)
	}
	slices.SortStableFunc(s.Updates, func(a, b Update) int {
		return cmp.Compare(s.rank(&a), s.rank(&b))
	})
}

// rank puts what is in trouble first, then what was worked on.
func (s *Set) rank(row *Update) int {
	u := &s.res.Updates[row.index]
	switch {
	case row.StateTone == Bad || row.VerdictTone == Bad:
		return 0
	case len(u.Attempts) > 0:
		return 1
	case u.Involved:
		return 2
	}
	return 3
}

// runs tells the longest run, and the gravest verdict of any.
func (s *Set) runs(row *Update, u *ledger.Update) {
	var most *ledger.Attempt
	verdict := ledger.Unknown
	grave := []ledger.Verdict{ledger.Unknown, ledger.Within, ledger.Near, ledger.Exceeded}
	for i := range u.Attempts {
		a := &u.Attempts[i]
		if a.Known() && (most == nil || a.Runtime() > most.Runtime()) {
			most = a
		}
		if slices.Index(grave, a.Verdict) > slices.Index(grave, verdict) {
			verdict = a.Verdict
		}
	}
	limit := u.Max
	if most != nil {
		row.Longest, row.longest = whole(most.Runtime()), most.Runtime()
		if most.Max.Seconds > 0 {
			limit = most.Max
			row.Share = float64(most.Runtime()) / 1e9 / float64(most.Max.Seconds)
		}
	}
	if limit.Seconds > 0 {
		row.maximum = int64(limit.Seconds) * 1e9
		row.Maximum = whole(row.maximum)
	}
	if len(u.Attempts) > 0 {
		row.Verdict, row.VerdictTone = s.t("verdict."+string(verdict)), verdictTone(verdict)
	}
}

// whole writes nanoseconds as h:mm:ss.
func whole(ns int64) string { return report.Duration(ns / 1e9 * 1e9) }

func verdictTone(v ledger.Verdict) Tone {
	switch v {
	case ledger.Exceeded:
		return Bad
	case ledger.Near:
		return Warning
	case ledger.Within:
		return Good
	}
	return Plain
}

func stateTone(s ledger.State) Tone {
	switch s {
	case ledger.StateFailed, ledger.StateCancelled, ledger.StateRolledBack, ledger.StateCut:
		return Bad
	case ledger.StateInstalled:
		return Good
	case ledger.StateWaitingFor, ledger.StateWindow, ledger.StateRestart, ledger.StateQueue, ledger.StatePending:
		return Warning
	}
	return Plain
}

// maxTold is how many attempts are told of in words, the latest ones; all are
// in the Journey.
const maxTold = 12

// maxEvidence is how many records prove a sentence at most.
const maxEvidence = 3

// Update tells the story of row i: where it stands, what stopped it and what to
// do, its stages and its attempts, with the records that prove it.
func (s *Set) Update(i int) Detail {
	row := &s.Updates[i]
	u := &s.res.Updates[row.index]
	d := Detail{Title: fullTitle(u), Tone: row.StateTone, Word: row.State, Facts: s.updateFacts(u)}
	var text strings.Builder
	if err := report.Why(&text, s.res, []*ledger.Update{u}, s.options()); err == nil {
		d.Copy = text.String()
	}
	story, q := report.Story(s.res, u, s.options()), s.quoter()
	tell := func(heading string, told ...report.Told) {
		for _, x := range story {
			if !slices.Contains(told, x.Told) || x.Told == report.ToldAttempt && x.Index < len(u.Attempts)-maxTold {
				continue
			}
			if heading != "" {
				d.add(Line{Kind: Heading, Text: heading})
				heading = ""
			}
			d.sentence(s, u, q, x)
		}
	}
	tell("", report.ToldNow)
	tell(s.t("page.stopped"), report.ToldStopped)
	tell(s.t("page.fits"), report.ToldFit)
	tell(s.t("page.stages"), report.ToldStage)
	tell(s.t("page.attempts", len(u.Attempts)), report.ToldAttempt)
	return d
}

// fullTitle is an update's title with its number.
func fullTitle(u *ledger.Update) string {
	switch {
	case u.Title == "":
		return cmp.Or(u.KB, u.Key)
	case strings.Contains(u.Title, u.KB):
		return u.Title
	}
	return u.KB + "  " + u.Title
}

func (s *Set) options() report.Options { return report.Options{Lang: s.lang, Zone: s.zone} }

// sentence adds a sentence of a story with what proves it.
func (d *Detail) sentence(s *Set, u *ledger.Update, q *quoter, x report.Sentence) {
	line := Line{Kind: Text, Text: x.Text, Row: -1}
	switch x.Told {
	case report.ToldStage:
		line.Tone = stageTone(u.Stages[x.Index].State)
	case report.ToldAttempt:
		line.Tone = attemptTone(&u.Attempts[x.Index])
	case report.ToldFit:
		line.Tone = fitTone(&s.res.Fits[x.Index])
	case report.ToldStopped:
		f := &s.Findings[x.Index]
		line = Line{Kind: Other, Tone: f.Tone, Text: f.Title, Row: x.Index}
	}
	d.add(line)
	if x.Told == report.ToldStopped {
		d.steps("", x.Steps)
	} else {
		for _, step := range x.Steps {
			d.add(Line{Kind: Text, Text: "– " + step, Row: -1})
		}
	}
	d.add(q.evidence(x.Evidence[:min(len(x.Evidence), maxEvidence)])...)
}

func (s *Set) updateFacts(u *ledger.Update) []string {
	out := []string{s.res.MachineID(u.Machine)}
	if u.Max.Seconds > 0 {
		out = append(out, s.t("report.maximum")+" "+whole(int64(u.Max.Seconds)*1e9)+" ("+s.t("max."+string(u.Max.Source))+")")
	}
	if u.Deadline != 0 {
		out = append(out, s.t("page.deadline", s.clock(u.Deadline, u.Machine)))
	}
	if u.RecommendedMinutes > 0 {
		out = append(out, s.t("page.recommended", u.RecommendedMinutes))
	}
	if u.UpdateID != "" {
		out = append(out, u.UpdateID)
	}
	return out
}

// attemptTone is that of how an attempt ended, and of how long it took.
func attemptTone(a *ledger.Attempt) Tone {
	tone := verdictTone(a.Verdict)
	switch a.Result {
	case ledger.Failed, ledger.Cancelled:
		tone = Bad
	case ledger.Succeeded:
		if tone == Plain {
			tone = Good
		}
	}
	return tone
}

func stageTone(s ledger.StageState) Tone {
	switch s {
	case ledger.StageDone:
		return Good
	case ledger.StageFailed:
		return Bad
	case ledger.StageWaiting:
		return Warning
	case ledger.StageRunning:
		return Note
	}
	return Unknown
}

func coded(code uint32) string {
	if code == 0 {
		return ""
	}
	return "  " + report.Hex(code)
}
