package report

import (
	"cmp"
	"slices"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// pageUpdate is an update with its attempts. Machine is set where there are
// several.
type pageUpdate struct {
	Machine, KB, Title, State, Class, Since, Recommended string
	Stages                                               []pageStage
	Attempts                                             []pageAttempt
	More                                                 string
	// Stopped are the causes that hold it back, Steps the journey with what
	// proves it, of updates that need attention.
	Stopped []pageLink
	Steps   []pageStep
}

// pageLink leads to a finding.
type pageLink struct{ Anchor, Title string }

// pageStep is a stage of a journey in a line.
type pageStep struct {
	Name, State, Class, Start, End, Took, Code string
	Places                                     []pagePlace
}

// pageStage is a step of an update's journey.
type pageStage struct{ Name, State, Class, Mark, Hint string }

type pageAttempt struct {
	Note, Started, Ended, Runtime, Maximum, Source, Verdict, VerdictClass, Result, ResultClass, Code, Caller string
	Places                                                                                                   []pagePlace
	// Bar is nil where the run time is not known.
	Bar *pageBar
}

// pagePlace is a line of a file that proves an attempt.
type pagePlace struct {
	Anchor, File string
	Line         int
}

// pageBar is a run time against its maximum, in thousandths of the scale. Over
// is set where it goes beyond the scale.
type pageBar struct {
	Run, Limit int
	Class      string
	Over       bool
	Label      string
}

// barWidth is the scale of a bar.
const barWidth = 1000

// attemptsShown is how many attempts of one update are shown.
const attemptsShown = 20

// updateStates ranks the states by how much attention they need, and says how
// they are coloured.
var updateStates = []struct {
	state ledger.State
	class string
}{
	{ledger.StateFailed, "error"}, {ledger.StateCancelled, "error"}, {ledger.StateRolledBack, "error"}, {ledger.StateCut, "error"},
	{ledger.StateWaitingFor, "warning"}, {ledger.StateInstalling, "warning"}, {ledger.StateRestart, "warning"}, {ledger.StatePending, "warning"},
	{ledger.StateWindow, "warning"}, {ledger.StateQueue, "warning"}, {ledger.StateDownload, "info"}, {ledger.StateDownloaded, "info"},
	{ledger.StateDeferred, "info"}, {ledger.StateAvailable, "info"}, {ledger.StateUnknown, ""}, {ledger.StateRestarted, "good"},
	{ledger.StateInstalled, "good"}, {ledger.StateRemoved, ""}, {ledger.StateSuperseded, ""}, {ledger.StateNotNeeded, ""},
}

// stateOf returns the rank of a state and its colour.
func stateOf(s ledger.State) (rank int, class string) {
	for i, u := range updateStates {
		if u.state == s {
			return i, u.class
		}
	}
	return len(updateStates), ""
}

// settled are the states in which nothing is to do.
func settled(s ledger.State) bool {
	switch s {
	case ledger.StateRestarted, ledger.StateInstalled, ledger.StateRemoved, ledger.StateSuperseded, ledger.StateNotNeeded:
		return true
	}
	return false
}

// installed counts the updates of the journeys that are installed, and those
// that still should be.
func (p *page) installed() (done, open int) {
	for i := range p.res.Updates {
		switch u := &p.res.Updates[i]; {
		case !shownUpdate(u):
		case u.Now == ledger.StateInstalled || u.Now == ledger.StateRestarted:
			done++
		case !settled(u.Now):
			open++
		}
	}
	return done, open
}

// shownUpdate reports whether more happened to an update than a scan.
func shownUpdate(u *ledger.Update) bool { return u.Involved || len(u.Attempts) > 0 }

// updates lists the updates, those that need attention first.
func (p *page) updates(d *pageData) {
	var all []*ledger.Update
	for i := range p.res.Updates {
		if u := &p.res.Updates[i]; shownUpdate(u) {
			all = append(all, u)
		}
	}
	slices.SortStableFunc(all, func(a, b *ledger.Update) int { return cmp.Compare(calm(a), calm(b)) })
	scale := scaleOf(all)
	space, attempts := room(roomUpdates), 0
	for _, u := range all {
		n := len(d.Updates) + len(d.Settled)
		if n == maxUpdates || attempts >= maxAttempts || !space.has(30_000) {
			d.MoreUpdates = p.l.T("report.more", Count(len(all)-n))
			break
		}
		list := &d.Updates
		if settled(u.Now) {
			list = &d.Settled
		}
		*list = append(*list, p.update(u, scale, &space))
		attempts += min(len(u.Attempts), attemptsShown)
	}
	d.Scale = Duration(scale)
	if n := len(p.res.Updates) - len(all); n > 0 {
		d.OnlyScanned = p.l.T("report.only-scanned", Count(n))
	}
}

// calm ranks an update by how little attention it needs.
func calm(u *ledger.Update) int {
	rank, _ := stateOf(u.Now)
	for i := range u.Attempts {
		if u.Attempts[i].Verdict == ledger.Exceeded && !settled(u.Now) {
			return -1
		}
	}
	return rank
}

// scaleOf is the length of the bars in nanoseconds: the longest run time, but
// not more than twice the longest maximum, so that one that hung for days does
// not flatten all others.
func scaleOf(all []*ledger.Update) int64 {
	var ran, most int64
	for _, u := range all {
		for i := range u.Attempts {
			a := &u.Attempts[i]
			ran, most = max(ran, a.Runtime()), max(most, int64(a.Max.Seconds)*1e9)
		}
	}
	return max(min(ran, 2*most), most+most/20, 1)
}

func (p *page) update(u *ledger.Update, scale int64, space *room) pageUpdate {
	_, class := stateOf(u.Now)
	out := pageUpdate{KB: u.KB, Title: space.text(u.Title, 300), State: p.l.T("update-state." + string(u.Now)), Class: class}
	if u.KB == "" && u.Title == "" {
		out.Title = space.text(u.Key, maxName)
	}
	if len(p.res.Machines) > 1 {
		out.Machine = p.machine(u.Machine)
	}
	if u.Since != 0 {
		out.Since = p.l.T("report.since", p.clock(u.Since, u.Machine))
	}
	if u.RecommendedMinutes > 0 {
		out.Recommended = p.l.T("report.recommended", u.RecommendedMinutes)
	}
	for i := range u.Stages {
		out.Stages = append(out.Stages, p.stage(&u.Stages[i], u.Machine))
	}
	if !settled(u.Now) {
		out.Stopped = p.stopped(u, space)
		for i := range u.Stages {
			if s := &u.Stages[i]; s.State != ledger.StageUnknown {
				out.Steps = append(out.Steps, p.step(s, u.Machine))
			}
		}
		*space -= 5000
	}
	*space -= 1500
	shown := u.Attempts
	if n := len(shown) - attemptsShown; n > 0 {
		out.More = p.l.T("report.more-earlier", Count(n))
		shown = shown[n:]
	}
	for i := range shown {
		out.Attempts = append(out.Attempts, p.attempt(u.Machine, &shown[i], scale))
		*space -= 1000
	}
	return out
}

// stageMarks are signs beside the colours of stages.
var stageMarks = map[ledger.StageState][2]string{
	ledger.StageDone: {"good", "\u2713"}, ledger.StageFailed: {"error", "\u2717"}, ledger.StageWaiting: {"warning", "\u2026"}, ledger.StageRunning: {"info", "\u25b6"},
}

func (p *page) stage(s *ledger.Stage, machine int) pageStage {
	mark := stageMarks[s.State]
	out := pageStage{Name: p.l.T("stage." + string(s.Name)), State: p.l.T("stage-state." + string(s.State)), Class: mark[0], Mark: mark[1], Hint: Hex(s.Code)}
	if s.Start != 0 {
		out.Hint = p.clock(s.Start, machine) + " " + out.Hint
	}
	return out
}

// step is a stage with its times and the lines that prove it.
func (p *page) step(s *ledger.Stage, machine int) pageStep {
	out := pageStep{
		Name: p.l.T("stage." + string(s.Name)), State: p.l.T("stage-state." + string(s.State)), Class: stageMarks[s.State][0],
		Start: p.clock(s.Start, machine), End: p.clock(s.End, machine), Code: Hex(s.Code), Places: p.places(s.Evidence),
	}
	if s.Start != 0 && s.End > s.Start {
		out.Took = Duration(s.End - s.Start)
	}
	return out
}

// places are the first and the last of some records, each with a link to its
// row of the timeline, else to its file.
func (p *page) places(of []record.ID) []pagePlace {
	var out []pagePlace
	for _, e := range ends(finding.Records(of...), 2) {
		meta := p.res.Store.Meta(e.Record)
		p.files[meta.File] = true
		place := pagePlace{fileAnchor(meta.File), baseName(p.res.Store.Files[meta.File].Path), meta.Line}
		if p.shown[e.Record] {
			place.Anchor = rowAnchor(e.Record)
		}
		out = append(out, place)
	}
	return out
}

// maxStopped is how many causes are named at an update.
const maxStopped = 5

// stopped are the causes that hold an update back.
func (p *page) stopped(u *ledger.Update, space *room) []pageLink {
	var out []pageLink
	for i := range p.res.Findings {
		f := &p.res.Findings[i]
		if f.Root && f.Severity != finding.Info && f.Machine == u.Machine && len(out) < maxStopped && p.detailed[i] && slices.Contains(f.Updates, u.Key) {
			out = append(out, pageLink{findingAnchor(i), space.text(title(*f, p.l), 300)})
		}
	}
	return out
}

func (p *page) attempt(machine int, a *ledger.Attempt, scale int64) pageAttempt {
	out := pageAttempt{
		Caller: shorten(a.Caller, maxName), Result: p.l.T("result." + string(a.Result)), ResultClass: resultClass(a.Result), Code: Hex(a.Code),
		Verdict: p.l.T("verdict." + string(a.Verdict)), Source: p.l.T("max." + string(a.Max.Source)),
		Started: p.clock(a.Started, machine), Ended: p.clock(a.Ended, machine),
	}
	if a.Max.Seconds > 0 {
		out.Maximum = length(a.Max.Seconds)
	}
	switch a.Verdict {
	case ledger.Exceeded:
		out.VerdictClass = "error"
	case ledger.Near:
		out.VerdictClass = "warning"
	case ledger.Within:
		out.VerdictClass = "good"
	}
	out.Places = p.places(a.Evidence)
	switch {
	case a.InstalledAfter != 0:
		out.Note = p.l.T("report.installed-after", p.clock(a.InstalledAfter, machine))
	case a.Cut != 0:
		out.Note = p.l.T("report.cut-by-restart", p.clock(a.Cut, machine))
	case a.Estimated:
		out.Note = p.l.T("report.estimated")
	}
	if a.Known() {
		out.Runtime = Duration(a.Runtime())
		out.Bar = p.bar(a, out.VerdictClass, scale)
	}
	return out
}

func (p *page) bar(a *ledger.Attempt, class string, scale int64) *pageBar {
	most := int64(a.Max.Seconds) * 1e9
	b := &pageBar{
		Run: share(a.Runtime(), scale), Limit: share(most, scale), Class: class, Over: a.Runtime() > scale,
		Label: p.l.T("report.bar", Duration(a.Runtime()), Duration(most)),
	}
	b.Run = max(b.Run, 2)
	return b
}

// share is a part of the scale in thousandths, at most all of it.
func share(ns, scale int64) int {
	return int(min(max(float64(ns)/float64(scale), 0), 1) * barWidth)
}

func resultClass(r ledger.Result) string {
	switch r {
	case ledger.Succeeded:
		return "good"
	case ledger.Failed, ledger.Cancelled:
		return "error"
	case ledger.PendingRestart, ledger.Open:
		return "warning"
	}
	return ""
}
