package page

import (
	"cmp"
	"slices"
	"strconv"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
	"patchtrail/analyze/window"
)

// Update is a row of the updates.
type Update struct {
	KB, Title, Machine string
	State              string
	StateTone          Tone
	Attempts           int
	// Longest and Maximum are h:mm:ss, "" where not known; Share is the longest
	// run in parts of the maximum, 0 where either is not known.
	Longest, Maximum string
	Share            float64
	Verdict          string
	VerdictTone      Tone
	Fits             string
	FitsTone         Tone
	index            int
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
		row.Longest = whole(most.Runtime())
		if most.Max.Seconds > 0 {
			limit = most.Max
			row.Share = float64(most.Runtime()) / 1e9 / float64(most.Max.Seconds)
		}
	}
	if limit.Seconds > 0 {
		row.Maximum = whole(int64(limit.Seconds) * 1e9)
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

// maxQuoted is how many attempts are quoted with their records, the latest
// ones; of the others the first record is a click away.
const maxQuoted = 50

// maxEvidence is how many records of an attempt or a stage are quoted.
const maxEvidence = 4

// Update tells the journey of row i: its stages and its attempts.
func (s *Set) Update(i int) Detail {
	row := &s.Updates[i]
	u := &s.res.Updates[row.index]
	q := s.quoter()
	d := Detail{Title: u.KB, Tone: row.StateTone, Word: row.State, Facts: s.updateFacts(u)}
	switch {
	case u.KB == "":
		d.Title = cmp.Or(u.Title, u.Key)
	case u.Title != "":
		d.Title += "  " + u.Title
	}
	if len(u.Stages) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("page.stages")})
	}
	for n := range u.Stages {
		st := &u.Stages[n]
		line := Line{
			Kind: Step, Time: s.clock(cmp.Or(st.Start, st.End), u.Machine), Tone: stageTone(st.State), Row: s.row(st.Evidence),
			Text: s.t("page.stage."+string(st.Name)) + ": " + s.t("page.stage-state."+string(st.State)),
		}
		if st.Start != 0 && st.End > st.Start {
			line.Text += ", " + report.Duration(st.End-st.Start)
		}
		line.Text += coded(st.Code)
		d.add(line)
		d.add(q.records(st.Evidence, maxEvidence)...)
	}
	if len(u.Attempts) > 0 {
		d.add(Line{Kind: Heading, Text: s.t("page.attempts", len(u.Attempts))})
	}
	for n := len(u.Attempts) - 1; n >= 0; n-- {
		d.add(s.attempt(u, n))
		if n >= len(u.Attempts)-maxQuoted {
			d.add(q.records(u.Attempts[n].Evidence, maxEvidence)...)
		}
	}
	return d
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

func (s *Set) attempt(u *ledger.Update, n int) Line {
	a := &u.Attempts[n]
	text := strconv.Itoa(n+1) + ".  " + s.t("result."+string(a.Result)) + coded(a.Code)
	if a.Known() {
		text += "  ·  " + report.Duration(a.Runtime())
		if a.Max.Seconds > 0 {
			text += " / " + whole(int64(a.Max.Seconds)*1e9) + " (" + s.t("verdict."+string(a.Verdict)) + ")"
		}
	}
	if a.Caller != "" {
		text += "  ·  " + a.Caller
	}
	tone := verdictTone(a.Verdict)
	switch a.Result {
	case ledger.Failed, ledger.Cancelled:
		tone = Bad
	case ledger.Succeeded:
		if tone == Plain {
			tone = Good
		}
	}
	return Line{Kind: Step, Time: s.clock(cmp.Or(a.Started, a.Ended), u.Machine), Text: text, Tone: tone, Row: s.row(a.Evidence)}
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
