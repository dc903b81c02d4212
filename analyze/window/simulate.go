package window

import (
	"cmp"
	"slices"
)

// Simulation is what would be installed in which occurrence, if every update
// took its maximum run time.
type Simulation struct {
	From, To int64
	// Slots are the occurrences of the windows that count, by their starts,
	// empty ones too.
	Slots []Slot
	// Free are installations that no window restricts, in the order of their
	// starts; they are told one by one, whatever else runs.
	Free []Run
	// Never are the keys of updates that are longer than every window, Later of
	// those that fit but are not reached before To, ByUser of those that only a
	// user starts, Unknown of those whose windows are not known.
	Never, Later, ByUser, Unknown []string
	// Truncated is set where there were more than 2,000 occurrences.
	Truncated bool
}

// Slot is one occurrence of a window.
type Slot struct {
	// Window is its id.
	Window, Name string
	Occurrence   Occurrence
	Runs         []Run
	// Left is the seconds that no update used.
	Left int
	// Waiting are the keys of the updates that were due and had to wait for
	// another occurrence, the shortest first: at most 100, of Waited.
	Waiting []string
	Waited  int
}

// Run is one installation.
type Run struct {
	Update     string
	Start, End int64
	// Left is the seconds left in the occurrence before it began.
	Left int
}

const (
	maxSlots   = 2000
	maxWaiting = 100
	maxWeeks   = 520
)

// Simulate plays what the client would do from opt.Now on: the shortest maximum
// first, each held against what is left of the open window that ends last.
func (s *Set) Simulate(updates []Update, opt Options) Simulation {
	weeks := min(max(opt.Weeks, 0), maxWeeks)
	if weeks == 0 {
		weeks = DefaultWeeks
	}
	now := max(opt.Now, 0)
	now = min(now, lastMoment)
	m := simulator{out: Simulation{From: now, To: now + int64(weeks)*week}, opt: opt}
	m.sortUpdates(updates, s.Fit(updates, opt))
	m.open(s)
	m.play()
	for _, u := range append(m.due, m.coming...) {
		m.out.Later = append(m.out.Later, u.Key)
	}
	return m.out
}

type simulator struct {
	out Simulation
	opt Options
	// due are the updates whose deadline is past, by maximum; coming the
	// others, by deadline.
	due, coming []Update
	// active are the indices of the slots that are open, next is the first that
	// is not yet.
	active []int
	next   int
}

// sortUpdates keeps the updates that windows hold back, and tells the others.
func (m *simulator) sortUpdates(updates []Update, fits []Fit) {
	for i, f := range fits {
		fitting := f.Fits && (!m.opt.Cautious || f.WithRestart)
		switch {
		case f.Reason == ByUser:
			m.out.ByUser = append(m.out.ByUser, f.Update)
		case f.Reason == Unknowable:
			m.out.Unknown = append(m.out.Unknown, f.Update)
		case f.Reason == AnyTime || f.Reason == Ignoring:
			m.out.Free = append(m.out.Free, Run{Update: f.Update, Start: f.Next.At, End: f.Next.At + int64(f.Required)*second})
		case fitting:
			m.coming = append(m.coming, updates[i])
		default:
			m.out.Never = append(m.out.Never, f.Update)
		}
	}
	slices.SortStableFunc(m.out.Free, func(a, b Run) int { return cmp.Compare(a.Start, b.Start) })
	slices.SortStableFunc(m.coming, func(a, b Update) int { return cmp.Or(cmp.Compare(a.Deadline, b.Deadline), bySeconds(a, b)) })
}

func bySeconds(a, b Update) int {
	return cmp.Or(cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Key, b.Key))
}

// open makes the slots.
func (m *simulator) open(s *Set) {
	usable := usableWindows(s, s.Counting(m.opt), m.out.From)
	all := ahead(s, usable, m.out.From, m.out.To, maxSlots+1)
	if m.out.Truncated = len(all) > maxSlots; m.out.Truncated {
		all = all[:maxSlots]
	}
	for _, o := range all {
		m.out.Slots = append(m.out.Slots, Slot{
			Window: o.window.ID, Name: o.window.Name, Occurrence: o.Occurrence,
			Left: int((o.End - max(o.Start, m.out.From)) / second),
		})
	}
}

// play goes from event to event: a window opens or closes, a deadline passes, an
// installation ends.
func (m *simulator) play() {
	for t := m.out.From; ; {
		m.advance(t)
		if end, ok := m.install(t); ok {
			t = end
			continue
		}
		var ok bool
		if t, ok = m.after(t); !ok {
			return
		}
	}
}

// advance opens and closes slots, and lets updates become due.
func (m *simulator) advance(t int64) {
	for len(m.coming) > 0 && m.coming[0].Deadline <= t {
		at, _ := slices.BinarySearchFunc(m.due, m.coming[0], bySeconds)
		m.due = slices.Insert(m.due, at, m.coming[0])
		m.coming = m.coming[1:]
	}
	for m.next < len(m.out.Slots) && m.out.Slots[m.next].Occurrence.Start <= t {
		m.active = append(m.active, m.next)
		m.next++
	}
	m.active = slices.DeleteFunc(m.active, func(i int) bool {
		slot := &m.out.Slots[i]
		if slot.Occurrence.End > t {
			return false
		}
		slot.Waited = len(m.due)
		for _, u := range m.due[:min(len(m.due), maxWaiting)] {
			slot.Waiting = append(slot.Waiting, u.Key)
		}
		return true
	})
}

// install starts the shortest update that is due, if it fits into the open slot
// that ends last, and returns when it ends.
func (m *simulator) install(t int64) (end int64, ok bool) {
	if len(m.due) == 0 || len(m.active) == 0 {
		return 0, false
	}
	i := slices.MaxFunc(m.active, func(a, b int) int {
		return cmp.Compare(m.out.Slots[a].Occurrence.End, m.out.Slots[b].Occurrence.End)
	})
	slot, u := &m.out.Slots[i], &m.due[0]
	left := int((slot.Occurrence.End - t) / second)
	need := u.Seconds
	if m.opt.Cautious {
		need = m.opt.cautious(u)
	}
	if need > left {
		return 0, false
	}
	end = t + int64(max(u.Seconds, 0))*second
	slot.Runs = append(slot.Runs, Run{Update: u.Key, Start: t, End: end, Left: left})
	slot.Left = int((slot.Occurrence.End - end) / second)
	m.due = m.due[1:]
	return end, true
}

// after returns the next moment at which anything changes.
func (m *simulator) after(t int64) (int64, bool) {
	next, ok := int64(0), false
	see := func(at int64) {
		if at > t && (!ok || at < next) {
			next, ok = at, true
		}
	}
	if m.next < len(m.out.Slots) {
		see(m.out.Slots[m.next].Occurrence.Start)
	}
	for _, i := range m.active {
		see(m.out.Slots[i].Occurrence.End)
	}
	if len(m.coming) > 0 && ok { // a deadline alone starts nothing
		see(m.coming[0].Deadline)
	}
	return next, ok
}
