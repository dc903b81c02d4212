package ledger

import (
	"cmp"
	"slices"
	"strconv"
)

// twin is how far apart the same event stands in two event logs.
const twin = 2 * second

// eventLog reads the attempts that event logs tell of.
type eventLog struct {
	m    *machine
	byKB map[string]*row // nil where several updates have it
	// starts are the beginnings of all installations, in order.
	starts []begun
}

type begun struct {
	at int64
	by *row
}

func newEventLog(m *machine) *eventLog {
	l := &eventLog{m: m, byKB: map[string]*row{}}
	for _, u := range m.rows {
		if _, several := l.byKB[u.KB]; several {
			l.byKB[u.KB] = nil
		} else {
			l.byKB[u.KB] = u
		}
	}
	return l
}

func (l *eventLog) event(e *event) {
	switch e.kind {
	case evEventStart:
		l.began(l.m.of(e), e)
	case evEventEnd:
		l.ended(l.m.of(e), e)
	case evEventPending:
		if e.n > 0 { // the component store names the article alone
			l.pending(l.byKB["KB"+strconv.Itoa(int(e.n))], e)
		} else {
			l.pending(l.m.of(e), e)
		}
	}
}

// lastTry is the last attempt that event logs tell of, nil if none.
func (u *row) lastTry() *try {
	if n := len(u.tries[byEventLog]); n > 0 {
		return u.tries[byEventLog][n-1]
	}
	return nil
}

// began takes event 43. The same event stands in two logs, moments apart.
func (l *eventLog) began(u *row, e *event) {
	if u == nil {
		return
	}
	if last := u.lastTry(); last != nil && e.time-last.Started <= twin {
		last.Evidence = append(last.Evidence, e.id)
		return
	}
	u.open(byEventLog, e, "")
	l.starts = append(l.starts, begun{e.time, u})
}

// ended takes event 19 or 20.
func (l *eventLog) ended(u *row, e *event) {
	if u == nil {
		return
	}
	r, c := resultOf(e.code, false)
	last := u.lastTry()
	switch {
	case last != nil && last.Result == Open:
		last.close(e, r, c)
	case last != nil && last.Result == PendingRestart:
		last.afterRestart(e, r, c)
	case last != nil && last.Ended != 0 && e.time-last.Ended <= twin:
		last.Evidence = append(last.Evidence, e.id)
	case last != nil && r == Succeeded && last.Result != Succeeded:
		last.installedAfter(e)
	default:
		l.late(u, e, r, c)
	}
}

// late takes the end of an attempt whose beginning the logs do not hold.
func (l *eventLog) late(u *row, e *event, r Result, c uint32) {
	t := u.open(byEventLog, e, "")
	t.Started, t.Evidence = 0, nil
	t.close(e, r, c)
}

// pending takes that an update needs a restart: events 21 and 22, which list all
// such updates after the last of them, or 4 of the component store, which comes
// when its part is done. Windows may have called it a success before.
func (l *eventLog) pending(u *row, e *event) {
	const soon = 60 * 60 * second
	if u == nil {
		return
	}
	last := u.lastTry()
	switch {
	case last == nil:
		if e.n == 0 {
			l.late(u, e, PendingRestart, 0)
		}
	case last.Result == Open:
		last.close(e, PendingRestart, 0)
		if e.n == 0 {
			last.Ended = l.nextAfter(last, e.time)
		}
	case last.Result == PendingRestart:
		last.Evidence = append(last.Evidence, e.id)
	case last.Result == Succeeded && last.confirmed.at == 0 && e.time-last.Ended <= soon && !l.m.restartBetween(last.Ended, e.time):
		last.Result, last.waited = PendingRestart, true
		last.Evidence = append(last.Evidence, e.id)
	}
}

// nextAfter is when the installation after t began, where that is before a time:
// one follows the other.
func (l *eventLog) nextAfter(t *try, before int64) int64 {
	i, _ := slices.BinarySearchFunc(l.starts, t.Started+1, func(s begun, at int64) int { return cmp.Compare(s.at, at) })
	for ; i < len(l.starts) && l.starts[i].at < before; i++ {
		if l.starts[i].by != t.rows {
			return l.starts[i].at
		}
	}
	return before
}
