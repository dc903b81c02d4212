package ledger

import (
	"cmp"
	"math"
	"slices"

	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
)

// family is a group of logs that tell of attempts, the most trusted first.
type family uint8

const (
	byReporting family = iota
	byClient           // WUAHandler, UpdatesHandler, UpdatesDeployment
	byEventLog
	byAgent // WindowsUpdate.log, traces
	families
)

// slack is how far apart two logs may time the same thing.
const slack = 2 * 60 * second

// try is an attempt as one family tells it.
type try struct {
	Attempt
	rev      uint32
	rows     *row
	resulted bool // its result is stated, not only guessed
	told     [families]bool
	closedBy record.ID // the record that says how it ended, record.None while open
	sessions int       // lines of CBS.log in its evidence
	// waited is set once it needed a restart, confirmed is what then said how it
	// ended.
	waited    bool
	confirmed moment
	// batch is when the batch began that it was installed in, zero where no log of
	// the client says so.
	batch moment
}

// open begins a try of an update.
func (u *row) open(f family, e *event, caller string) *try {
	t := &try{Attempt: Attempt{Started: e.time, Caller: caller, Result: Open, Evidence: []record.ID{e.id}}, rev: e.rev, rows: u, closedBy: record.None}
	u.tries[f] = append(u.tries[f], t)
	return t
}

// close ends a try.
func (t *try) close(e *event, r Result, c uint32) {
	t.Ended, t.Result, t.Code = e.time, r, c
	t.waited, t.closedBy = t.waited || r == PendingRestart, e.id
	t.Evidence = append(t.Evidence, e.id)
}

// attempt puts the attempts of all updates together.
func (m *machine) attempt() {
	b := batches{m: m, added: map[*row]record.ID{}}
	a := agentLog{m: m}
	l := newEventLog(m)
	for _, e := range m.events.each {
		switch e.source {
		case reportingEvents:
			m.reported(e)
		case updatesHandler, wuaHandler, updatesDeployment:
			b.event(e)
		case eventUpdates:
			l.event(e)
		case updateAgent:
			a.event(e)
		}
	}
	for _, u := range m.rows {
		m.merge(u)
	}
}

// resultOf is how an installation ended that came back with an HRESULT.
func resultOf(c uint32, restart bool) (Result, uint32) {
	switch {
	case c == CancelledCode, c == CancelledCode>>4, c == CancelledJob: // as the article spells it, without the last digit
		if c == CancelledCode>>4 {
			c = CancelledCode
		}
		return Cancelled, c
	case c == rebootRequired || c == 0 && restart:
		return PendingRestart, 0
	case c == 0:
		return Succeeded, 0
	}
	return Failed, c
}

// rebootRequired is WU_S_REBOOT_REQUIRED.
const rebootRequired = 0x00240005

// reported reads an event of ReportingEvents.log.
func (m *machine) reported(e *event) {
	if e.kind != evReporting {
		return
	}
	u := m.of(e)
	if u == nil {
		return
	}
	var r Result
	var c uint32
	switch e.n {
	case reporting.InstallingStarted:
		u.open(byReporting, e, m.words.caller(e))
		return
	case reporting.InstallingFailed:
		if r, c = resultOf(e.code, false); r != Cancelled {
			r, c = Failed, e.code
		}
	case reporting.InstallingSucceeded:
		r = Succeeded
	case reporting.InstallingPending:
		r = PendingRestart
	default:
		return
	}
	var last *try // of the same revision and caller
	for i := len(u.tries[byReporting]) - 1; i >= 0 && last == nil; i-- {
		if t := u.tries[byReporting][i]; t.rev == e.rev && t.Caller == m.words.caller(e) {
			last = t
		}
	}
	switch {
	case last != nil && last.Result == Open:
		last.close(e, r, c)
	case last != nil && last.Result == PendingRestart:
		last.afterRestart(e, r, c)
	case last != nil && r == Succeeded && last.Result != Succeeded:
		// Nothing rolled away in between: the installer went on by itself.
		last.installedAfter(e)
	default: // its start rolled away
		t := u.open(byReporting, e, m.words.caller(e))
		t.Started, t.Evidence = 0, nil
		t.close(e, r, c)
	}
}

// afterRestart takes what came of a try that waited for a restart: its run time
// ended when the wait began.
func (t *try) afterRestart(e *event, r Result, c uint32) {
	t.waited = true
	if r != PendingRestart {
		t.Result, t.Code, t.confirmed = r, c, moment{e.time, e.id}
	}
	t.Evidence = append(t.Evidence, e.id)
}

func (t *try) installedAfter(e *event) {
	if t.InstalledAfter == 0 {
		t.InstalledAfter = e.time
		t.Evidence = append(t.Evidence, e.id)
	}
}

// merge joins what the families say of the attempts of an update.
func (m *machine) merge(u *row) {
	for f := range families {
		for _, t := range u.tries[f] {
			a := match(u.merged, t, f)
			if a != nil {
				a.support(t)
			} else {
				a = t
				u.merged = append(u.merged, t)
			}
			a.told[f] = true
		}
		sortTries(u.merged)
	}
	for i, t := range u.merged {
		next := int64(math.MaxInt64)
		if i+1 < len(u.merged) {
			next = u.merged[i+1].from()
		}
		m.settle(t, next)
	}
}

func sortTries(tries []*try) {
	slices.SortStableFunc(tries, func(a, b *try) int { return cmp.Compare(a.from(), b.from()) })
}

// from is when a try began, or ended if that is not known.
func (a *Attempt) from() int64 {
	if a.Started != 0 {
		return a.Started
	}
	return a.Ended
}

// match finds the attempt that t, of family f, tells of as well, nil if none. One
// family does not tell of the same attempt twice.
func match(list []*try, t *try, f family) *try {
	var best *try
	least := int64(math.MaxInt64)
	for _, a := range list {
		if a.told[f] || a.Caller != "" && t.Caller != "" && a.Caller != t.Caller {
			continue
		}
		if d, ok := a.distance(&t.Attempt); ok && d < least {
			best, least = a, d
		}
	}
	return best
}

// distance says whether two tries may be one attempt, and how far apart they are.
func (a *Attempt) distance(t *Attempt) (int64, bool) {
	gap := func(x, y int64) (int64, bool) {
		if x == 0 || y == 0 {
			return 0, false
		}
		return max(x-y, y-x), true
	}
	if d, ok := gap(a.Ended, t.Ended); ok && d <= slack {
		return d, true
	}
	if d, ok := gap(a.Started, t.Started); ok && d <= slack {
		return d, true
	}
	within := func(x, from, to int64) bool {
		return x != 0 && from != 0 && to != 0 && x >= from-slack && x <= to+slack
	}
	switch {
	case within(t.Started, a.Started, a.Ended) && within(t.Ended, a.Started, a.Ended),
		within(a.Started, t.Started, t.Ended) && within(a.Ended, t.Started, t.Ended),
		t.Ended == 0 && within(t.Started, a.Started, a.Ended), a.Ended == 0 && within(a.Started, t.Started, t.Ended),
		t.Started == 0 && within(t.Ended, a.Started, a.Ended), a.Started == 0 && within(a.Ended, t.Started, t.Ended):
		return slack, true
	}
	return 0, false
}

// support adds what a less trusted family says of the same attempt.
func (a *try) support(t *try) {
	if a.Started == 0 {
		a.Started, a.Estimated = t.Started, t.Estimated
	}
	if a.Caller == "" {
		a.Caller = t.Caller
	}
	if a.batch.at == 0 {
		a.batch = t.batch
	}
	switch {
	case a.Result == Open && t.Result != Open:
		a.Result, a.Code, a.Ended, a.waited, a.confirmed, a.closedBy = t.Result, t.Code, t.Ended, t.waited, t.confirmed, t.closedBy
	case a.Result == PendingRestart && t.Result == Succeeded && (t.Ended > a.Ended+slack || t.Ended == 0):
		a.Result, a.waited = Succeeded, true
		if a.confirmed = t.confirmed; a.confirmed.at == 0 && len(t.Evidence) > 0 {
			a.confirmed = moment{t.Ended, t.Evidence[len(t.Evidence)-1]}
		}
	}
	if a.InstalledAfter == 0 {
		a.InstalledAfter = t.InstalledAfter
	}
	a.Evidence = append(a.Evidence, t.Evidence...)
}

// settle finds out whether a restart cut an attempt. next is when the following
// one began.
func (m *machine) settle(t *try, next int64) {
	t.Evidence = distinct(t.Evidence)
	if t.Started == 0 {
		return
	}
	end := t.Ended
	if end == 0 {
		end = next
	}
	if p, ok := after(m.restarts, t.Started); ok && p.at < end {
		t.Cut = p.at
		t.Evidence = append(t.Evidence, p.by)
	}
	if p, ok := after(m.pauses, t.Started); ok && p.at < end {
		t.Paused = p.at
		t.Evidence = append(t.Evidence, p.by)
	}
}

// after is the first of moments at a time or after it.
func after(moments []moment, at int64) (moment, bool) {
	i, _ := slices.BinarySearchFunc(moments, at, func(r moment, at int64) int { return cmp.Compare(r.at, at) })
	if i == len(moments) {
		return moment{}, false
	}
	return moments[i], true
}

// distinct leaves the first of each record.
func distinct(ids []record.ID) []record.ID {
	out := ids[:0:0]
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
