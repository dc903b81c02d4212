package ledger

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"patchtrail/ingest/record"
)

// State ids of enforcement. Source: DOMAIN.md B10, topics 402 and 301.
const (
	enforceWaitContent = 2
	enforceWaitInstall = 3
	enforceWaitWindow  = 4
	enforceRestart     = 5
	enforceError       = 6
	enforceInstalling  = 8
	enforcePending     = 9
	enforceSuccess     = 10
	enforceFailed      = 11
	enforceDownloading = 12
	enforceDownloaded  = 13
	enforceNoDownload  = 14

	assignWaitWindow = 10
)

// maxEvidence is how many records a stage keeps: the first ones and the last.
const maxEvidence = 8

// journeys goes through the events of every update.
func (m *machine) journeys() {
	m.windowAnswers()
	for g, l := range m.jobs {
		if d := m.deployments[g]; d != nil && l.by == evPolicy {
			d.policy = -1 // known; its time follows
		}
	}
	for _, e := range m.events.each {
		if d := m.deployments[e.g]; e.kind == evPolicy && d != nil && d.policy <= 0 {
			d.policy, d.policyBy = e.time, e.id
		}
	}
	for _, d := range m.deployments {
		// What a deployment does is told of each of its updates; a hostile one
		// is cut to its latest events.
		if most := max(64, (1<<23)/max(1, len(d.rows))); len(d.events) > most {
			d.events = d.events[len(d.events)-most:]
		}
	}
	// What is known of one update does not depend on another's journey.
	var work sync.WaitGroup
	for rows := range slices.Chunk(m.rows, max(minJourneys, len(m.rows)/2+1)) {
		work.Go(func() {
			for _, u := range rows {
				j := journey{m: m, u: u}
				j.run()
			}
		})
	}
	work.Wait()
}

// minJourneys is how many journeys are worth a goroutine.
const minJourneys = 64

// windowAnswers finds out when the client was told that something may run: the
// answer follows the question on the same thread.
func (m *machine) windowAnswers() {
	asked := map[uint32]*event{}
	for _, e := range m.events.each {
		switch {
		case e.source != serviceWindows:
		case e.kind == evAsk:
			asked[e.thread] = e
		default:
			if q := asked[e.thread]; q != nil && e.kind == evCanRun && e.time-q.time <= 10*second && (q.code == 4 || q.code == 1) {
				m.answers = append(m.answers, moment{e.time, e.id})
			}
			delete(asked, e.thread)
		}
	}
}

// journey goes through what happened to one update.
type journey struct {
	m      *machine
	u      *row
	stages [9]Stage
	// targetedBy is set once a deployment has the update.
	targetedBy bool
	found      int64 // when a scan first said something of it
}

// Places in journey.stages.
const (
	inPolicy = iota
	inScan
	inEvaluate
	inLocate
	inDownload
	inWindow
	inInstall
	inRestart
	inReport
)

// step is something in the order of time: an event, or an end of an attempt.
type step struct {
	at    int64
	order int // of what happens at the same time
	event int // its place, or -1
	try   *try
	end   bool
}

func (j *journey) run() {
	for i, name := range StageNames() {
		j.stages[i] = Stage{Name: name, State: StageUnknown}
	}
	j.u.Now, j.u.NowBy = StateUnknown, record.None
	for _, s := range j.steps() {
		switch {
		case s.event >= 0:
			j.event(j.m.events.at(int(s.event)))
		case s.end:
			j.ended(s.try)
		default:
			j.began(s.try)
		}
	}
	j.finish()
	j.u.Attempts = make([]Attempt, len(j.u.merged))
	for i, t := range j.u.merged {
		j.u.Attempts[i] = t.Attempt
	}
	j.u.Stages = slices.Clone(j.stages[:])
}

// steps are the update's events, those of its deployments and its attempts, in
// order.
func (j *journey) steps() []step {
	out := make([]step, 0, len(j.u.own)+2*len(j.u.merged))
	for _, i := range j.u.own {
		out = append(out, step{at: j.m.events.at(int(i)).time, order: int(i), event: int(i)})
	}
	for _, g := range j.u.deployed {
		d := j.m.deployments[g]
		for _, i := range d.events {
			out = append(out, step{at: j.m.events.at(int(i)).time, order: int(i), event: int(i)})
		}
		if d.deadline != 0 {
			j.u.Deadline = d.deadline
		}
	}
	for _, t := range j.u.merged {
		if t.Started != 0 {
			out = append(out, step{at: t.Started, order: math.MaxInt - 1, event: -1, try: t})
		}
		if t.Ended != 0 {
			out = append(out, step{at: t.Ended, order: math.MaxInt, event: -1, try: t, end: true})
		}
	}
	slices.SortStableFunc(out, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
	return out
}

// now says where the update stands.
func (j *journey) now(s State, at int64, by record.ID) {
	j.u.Now, j.u.Since, j.u.NowBy = s, at, by
}

// is says whether the update stands at one of states.
func (j *journey) is(states ...State) bool { return slices.Contains(states, j.u.Now) }

// begin starts a stage, anew where it was gone through before.
func (j *journey) begin(n int, s StageState, at int64, by record.ID) {
	st := &j.stages[n]
	if st.State == StageRunning || st.State == StageWaiting {
		st.State = s
		st.prove(by)
		return
	}
	*st = Stage{Name: st.Name, State: s, Start: at}
	st.prove(by)
}

// finishStage ends a stage.
func (j *journey) finishStage(n int, s StageState, at int64, by record.ID) {
	st := &j.stages[n]
	st.State, st.End = s, at
	st.prove(by)
}

// prove adds a record; past the limit the newest takes the place of the last.
func (s *Stage) prove(by record.ID) {
	switch {
	case by == record.None || slices.Contains(s.Evidence, by):
	case len(s.Evidence) < maxEvidence:
		s.Evidence = append(s.Evidence, by)
	default:
		s.Evidence[maxEvidence-1] = by
	}
}

// event takes one event of the update or of its deployments.
func (j *journey) event(e *event) {
	switch e.kind {
	case evTargeted:
		j.targeted(e)
	case evStatus:
		j.status(e, e.n)
	case evReported:
		// The numbers in StateMessage.log count where no log has the words.
		if e.source == updatesStore || !j.u.scanned {
			j.status(e, e.n)
		}
		if e.source == updatesStore {
			j.reportedBy(e)
		}
	case evSuperseded:
		if !j.is(StateInstalled, StatePending) {
			j.now(StateSuperseded, e.time, e.id)
		}
	case evProgress:
		j.progress(e)
	case evEnforce:
		j.enforced(e)
	case evRetryWindow:
		j.noWindow(e)
	case evAssignEnforce:
		if e.n == assignWaitWindow {
			j.noWindow(e)
		}
	case evJobError:
		if st := &j.stages[inEvaluate]; st.State != StageDone {
			st.State, st.Code = StageFailed, e.code
			st.prove(e.id)
		}
	case evRemoved:
		if j.is(StateUnknown, StateAvailable, StateDownload, StateDownloaded, StateWindow, StateWaitingFor) {
			j.now(StateRemoved, e.time, e.id)
		}
	case evPostReboot:
		if e.code == 0 {
			j.success(e)
		} else {
			j.now(StateFailed, e.time, e.id)
		}
	default:
		j.content(e)
	}
}

func (j *journey) targeted(e *event) {
	if st := &j.stages[inEvaluate]; !j.targetedBy {
		j.targetedBy = true
		*st = Stage{Name: Evaluate, State: StageDone, Start: e.time, End: e.time}
		if d := j.m.deployments[e.h]; d != nil {
			if s, ok := d.detectBefore(j.m, e.time); ok {
				st.Start = s.at
				st.prove(s.by)
			}
		}
		st.prove(e.id)
	}
	if j.found == 0 {
		j.found = e.time
	}
	if j.is(StateUnknown, StateNotNeeded, StateRemoved) {
		j.now(StateAvailable, e.time, e.id)
	}
}

// detectBefore is the last detection that began before a time.
func (d *deployment) detectBefore(m *machine, at int64) (moment, bool) {
	i, _ := slices.BinarySearchFunc(d.detects, at, func(n int32, at int64) int { return cmp.Compare(m.events.at(int(n)).time, at) })
	for i--; i >= 0; i-- {
		if e := m.events.at(int(d.detects[i])); e.kind == evDetect {
			return moment{e.time, e.id}, true
		}
	}
	return moment{}, false
}

// status takes what a scan said.
func (j *journey) status(e *event, s int32) {
	j.u.Found = true
	if j.found == 0 {
		j.found = e.time
	}
	if st := &j.stages[inEvaluate]; st.State != StageDone && s != statusUnknown {
		st.State, st.Start, st.End, st.Code = StageDone, e.time, e.time, 0
		st.prove(e.id)
	}
	switch s {
	case statusInstalled:
		j.installedByScan(e)
	case statusMissing:
		j.missing(e)
	case statusNotRequired:
		if !j.is(StateInstalled, StatePending, StateRestarted, StateSuperseded) {
			j.now(StateNotNeeded, e.time, e.id)
		}
	}
}

func (j *journey) installedByScan(e *event) {
	if j.is(StatePending) && !j.m.restartBetween(j.u.Since, e.time) {
		return
	}
	j.success(e)
}

// missing takes that a scan misses the update. One that was installed has been
// rolled back, if that scan began afterwards.
func (j *journey) missing(e *event) {
	switch {
	case j.is(StateUnknown, StateNotNeeded):
		j.now(StateAvailable, e.time, e.id)
	case j.is(StateInstalled):
		if s := j.m.scanOf(e.time); s != nil && s.from() > j.u.Since {
			j.now(StateRolledBack, e.time, e.id)
			j.stages[inInstall].State = StageFailed
			j.stages[inInstall].prove(e.id)
		}
	}
}

// success takes a sign that the update is installed.
func (j *journey) success(e *event) {
	if n := len(j.u.merged); n > 0 {
		t := j.u.merged[n-1]
		switch {
		case t.Ended == 0 || t.Ended > e.time:
		case t.Result == PendingRestart:
			t.afterRestart(e, Succeeded, 0)
		case t.Result == Cancelled || t.Result == Failed:
			if t.InstalledAfter == 0 {
				t.InstalledAfter = e.time
				t.Evidence = append(t.Evidence, e.id)
			}
		}
	}
	if j.is(StateRolledBack) {
		j.finishStage(inInstall, StageDone, e.time, e.id)
	}
	if !j.is(StateInstalled) {
		j.now(StateInstalled, e.time, e.id)
	}
}

// restartBetween says whether the machine restarted between two times.
func (m *machine) restartBetween(from, to int64) bool {
	r, ok := after(m.restarts, from)
	return ok && r.at <= to
}

// progress takes the state of a CI as UpdatesDeployment shows it.
func (j *journey) progress(e *event) {
	switch j.m.words.text(e) {
	case "ciStateDownloading":
		j.downloadBegan(e, true)
	case "ciStateWaitMaintenanceWindow", "ciStateWaitServiceWindow":
		j.noWindow(e)
	case "ciStateInstallComplete":
		j.success(e)
	case "ciStateError":
		j.failed(e)
	case "ciStateWaitUserLogon", "ciStateWaitForUserLogoff":
		j.now(StateDeferred, e.time, e.id)
	}
}

// failed takes a failure that no attempt tells of.
func (j *journey) failed(e *event) {
	if j.is(StateCancelled, StateFailed, StateInstalled) {
		return
	}
	if st := &j.stages[inDownload]; st.State == StageRunning && j.is(StateDownload) {
		j.finishStage(inDownload, StageFailed, e.time, e.id)
		st.Code = e.code
	}
	if e.code == CancelledJob {
		j.now(StateCancelled, e.time, e.id)
		return
	}
	j.now(StateFailed, e.time, e.id)
}

// enforced takes a state message about the update, which is also its report.
func (j *journey) enforced(e *event) {
	switch e.n {
	case enforceWaitContent:
		j.now(StateWaitingFor, e.time, e.id)
	case enforceWaitInstall:
		j.now(StateQueue, e.time, e.id)
	case enforceWaitWindow:
		j.noWindow(e)
	case enforceRestart:
		j.now(StateRestart, e.time, e.id)
	case enforceError, enforceFailed:
		j.failed(e)
	case enforceNoDownload:
		j.finishStage(inDownload, StageFailed, e.time, e.id)
		j.now(StateFailed, e.time, e.id)
	case enforceInstalling:
		if !j.is(StateInstalled, StatePending) {
			j.now(StateInstalling, e.time, e.id)
		}
	case enforcePending:
		if !j.is(StatePending, StateInstalled) {
			j.now(StatePending, e.time, e.id)
			j.begin(inRestart, StageWaiting, e.time, e.id)
		}
	case enforceSuccess:
		j.success(e)
	case enforceDownloading:
		j.downloadBegan(e, true)
	case enforceDownloaded:
		j.downloaded(e)
	}
	j.reportedBy(e)
}

// reportedBy takes a state message that was raised; it is on its way once the
// next ones are forwarded.
func (j *journey) reportedBy(e *event) {
	st := &j.stages[inReport]
	if f, ok := after(j.m.forwards, e.time); ok {
		*st = Stage{Name: Report, State: StageDone, Start: e.time, End: f.at, Evidence: []record.ID{e.id, f.by}}
		return
	}
	*st = Stage{Name: Report, State: StageWaiting, Start: e.time, Evidence: []record.ID{e.id}}
	if len(j.m.forwards) == 0 { // no log tells what became of it
		st.State, st.End = StageDone, e.time
	}
}

// noWindow takes that the update may not be installed now.
func (j *journey) noWindow(e *event) {
	if j.is(StateInstalled, StatePending, StateSuperseded, StateNotNeeded, StateInstalling, StateRestarted) {
		return
	}
	if n := len(j.u.merged); n > 0 && e.time < j.u.merged[n-1].Ended+slack && e.time > j.u.merged[n-1].Started {
		return
	}
	j.begin(inWindow, StageWaiting, e.time, e.id)
	j.now(StateWindow, e.time, e.id)
}

// began takes the beginning of an attempt.
func (j *journey) began(t *try) {
	by := t.Evidence[0]
	let := moment{t.Started, by}
	if t.Estimated && t.batch.at != 0 { // the window let the whole batch begin
		let = t.batch
	}
	if st := &j.stages[inWindow]; st.State == StageWaiting {
		j.finishStage(inWindow, StageDone, max(let.at, st.Start), let.by)
	} else if a, ok := j.m.allowed(let.at); ok && t.Caller == ConfigMgr {
		*st = Stage{Name: Window, State: StageDone, Start: a.at, End: a.at, Evidence: []record.ID{a.by}}
	}
	j.stages[inInstall] = Stage{Name: Install, State: StageRunning, Start: t.Started}
	j.now(StateInstalling, t.Started, by)
	if t.Ended == 0 {
		for _, id := range t.Evidence {
			j.stages[inInstall].prove(id)
		}
		if t.Cut != 0 {
			j.stages[inInstall].State, j.stages[inInstall].End = StageFailed, t.Cut
			j.now(StateCut, t.Cut, t.Evidence[len(t.Evidence)-1])
		}
	}
}

// allowed is the answer that let an installation begin, within the last minute.
func (m *machine) allowed(at int64) (moment, bool) {
	i, _ := slices.BinarySearchFunc(m.answers, at, func(a moment, at int64) int { return cmp.Compare(a.at, at) })
	if i == 0 || at-m.answers[i-1].at > 60*second {
		return moment{}, false
	}
	return m.answers[i-1], true
}

// ended takes the end of an attempt.
func (j *journey) ended(t *try) {
	st := &j.stages[inInstall]
	by := t.closedBy
	if t.Started == 0 {
		*st = Stage{Name: Install}
	}
	st.End, st.Code = t.Ended, t.Code
	for _, id := range t.Evidence {
		st.prove(id)
	}
	st.State = StageDone
	switch t.Result {
	case Failed:
		st.State = StageFailed
		j.now(StateFailed, t.Ended, by)
	case Cancelled:
		st.State = StageFailed
		j.now(StateCancelled, t.Ended, by)
	case Succeeded, PendingRestart:
		j.afterInstall(t, by)
	}
	if t.InstalledAfter != 0 {
		j.now(StateInstalled, t.InstalledAfter, by)
	}
}

// afterInstall says what of an installation that went well waits for a restart.
func (j *journey) afterInstall(t *try, by record.ID) {
	restart, ok := after(j.m.restarts, t.Ended)
	waited := t.Result == PendingRestart || t.waited
	switch {
	case !waited:
		j.stages[inRestart] = Stage{Name: Restart, State: StageDone, Start: t.Ended, End: t.Ended, Evidence: []record.ID{by}}
	case ok:
		j.stages[inRestart] = Stage{Name: Restart, State: StageDone, Start: t.Ended, End: restart.at, Evidence: []record.ID{by, restart.by}}
	default:
		j.stages[inRestart] = Stage{Name: Restart, State: StageWaiting, Start: t.Ended, Evidence: []record.ID{by}}
	}
	switch {
	case t.Result == Succeeded && t.confirmed.at != 0:
		j.now(StateInstalled, t.confirmed.at, t.confirmed.by)
	case t.Result == Succeeded:
		j.now(StateInstalled, t.Ended, by)
	case ok:
		j.now(StateRestarted, restart.at, restart.by)
	default:
		j.now(StatePending, t.Ended, by)
	}
}

// finish fills in the stages that are the machine's and not the update's, and
// says whether what has not begun is put off.
func (j *journey) finish() {
	var first *deployment
	for _, g := range j.u.deployed {
		if d := j.m.deployments[g]; first == nil || d.first < first.first {
			first = d
		}
	}
	if first != nil {
		at, by := first.first, first.by
		if first.policy > 0 {
			at, by = first.policy, first.policyBy
		}
		j.stages[inPolicy] = Stage{Name: Policy, State: StageDone, Start: at, End: at, Evidence: []record.ID{by}}
	}
	j.scanned()
	j.u.Due(j.u.Deadline, j.m.last)
}

// Due gives an update its deadline, UTC in nanoseconds, as of when the logs of its
// machine end: what was not begun before then is put off.
func (u *Update) Due(deadline, end int64) {
	u.Deadline = deadline
	if deadline > end && (u.Now == StateAvailable || u.Now == StateDownloaded) {
		u.Now = StateDeferred
	}
}

// scanned fills in the scan that found the update, or the last one where none did.
func (j *journey) scanned() {
	at := j.found
	if at == 0 {
		if !j.u.Involved {
			return
		}
		at = math.MaxInt64
	}
	s := j.m.scanOf(at)
	if s == nil || j.found == 0 && !s.failed {
		return
	}
	st := Stage{Name: Scan, State: StageDone, Start: cmp.Or(s.start, s.end), End: s.end, Code: s.code}
	switch {
	case s.failed:
		st.State = StageFailed
	case s.end == 0:
		st.State = StageRunning
	}
	for _, id := range s.by {
		st.prove(id)
	}
	j.stages[inScan] = st
}
