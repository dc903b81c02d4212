package window

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"patchtrail/ingest/record"
)

// reader follows what the service window manager says, line by line.
type reader struct {
	set     *Set
	live    live
	dates   dates
	threads map[uint32]*thread
	// refreshed is set once the client has listed all windows.
	refreshed bool
	// deleted is when a deletion was announced that no list has resolved yet,
	// 0 for none.
	deleted int64
	// copies is nil where there is but one log.
	copies *copies
	buf    []byte
	last   int64
}

func newReader(set *Set, several bool) *reader {
	r := &reader{set: set, live: newLive(), threads: map[uint32]*thread{}}
	if several {
		r.copies = &copies{seed: maphash.MakeSeed(), now: map[seenLine]int{}, before: map[seenLine]int{}}
	}
	return r
}

// thread is what one thread of the client is at.
type thread struct {
	// window is the window that was told of last, to take its start and
	// duration.
	window *Window
	// refresh collects the windows of a refresh of all, nil outside one.
	refresh map[*Window]bool
	// notice is what a policy notification just announced.
	notice Change
	list   listing
	query  *Query
}

// listing collects the two lists that the client writes after a change.
type listing struct {
	begun            int64
	inactive, active bool
	want, got        int
	ids              map[string]bool
}

// thread returns the state of a line's thread.
func (r *reader) thread(l line) *thread {
	t := r.threads[l.thread]
	if t == nil {
		if len(r.threads) >= maxThreads { // real clients have some dozens
			r.endThreads()
		}
		t = &thread{}
		r.threads[l.thread] = t
	}
	return t
}

// line takes in one record.
func (r *reader) line(l line) {
	t := r.thread(l)
	if q, ok := ask(l.text); ok {
		r.endQuery(t)
		q.Time, q.Thread, q.Evidence = l.time, l.thread, []record.ID{l.id}
		t.query, t.window = &q, nil
		return
	}
	if t.query != nil && r.inQuery(t, l) {
		return
	}
	text := l.text
	switch {
	case strings.HasPrefix(text, "Populating instance of ServiceWindow"):
		r.populate(t, l)
	case strings.HasPrefix(text, "StartTime is "):
		if w := t.window; w != nil {
			r.state(w, text[len("StartTime is "):], l)
		}
	case strings.HasPrefix(text, "Duration for the Service Window is "), strings.HasPrefix(text, "Duration is "):
		if w := t.window; w != nil && w.Stated.Start != 0 {
			w.Stated.End = w.Stated.Start + int64(durationIn(text))*second
			w.addEvidence(l.id)
		}
	case strings.HasPrefix(text, "CServiceWindow::CServiceWindow: Failed to initialize"):
		if w := t.window; w != nil {
			w.Unread = true
			w.addEvidence(l.id)
		}
	case strings.HasPrefix(text, "This is a one shot Service Window that has already finished"):
		if w := t.window; w != nil {
			w.Finished = true
			w.addEvidence(l.id)
		}
	case strings.HasPrefix(text, "The Service Window="):
		r.event(l)
	default:
		r.change(t, l)
	}
}

// change takes in lines that tell of a change of the list of windows.
func (r *reader) change(t *thread, l line) {
	text := l.text
	switch {
	case strings.HasPrefix(text, "Refreshing Service Windows"):
		t.refresh = map[*Window]bool{}
	case strings.HasPrefix(text, "Checking to see which Service Windows should be Active"):
		r.endRefresh(t, l)
	case strings.Contains(text, "__InstanceCreationEvent"), strings.HasPrefix(text, "New Service Window Policy notification"):
		t.notice = Created
	case strings.Contains(text, "__InstanceModificationEvent"):
		t.notice = Changed
	case strings.Contains(text, "__InstanceDeletionEvent"), strings.HasPrefix(text, "Service Window Policy Deletion notification"):
		t.notice = Deleted
		r.deleted = l.time
	case strings.HasPrefix(text, "No Service Windows Left"):
		r.keep(func(*Window) bool { return false }, l)
		r.set.Known = true
	case strings.HasPrefix(text, "Sending Message SERVICEWINDOWEVENT:DELETE"):
		r.addEvent(Event{Time: l.time, Kind: "delete", Evidence: l.id})
	case strings.HasPrefix(text, "Inactive Service Windows List has "):
		r.beginList(t, l, false, text[len("Inactive Service Windows List has "):])
	case strings.HasPrefix(text, "Active Service Windows List has "):
		r.beginList(t, l, true, text[len("Active Service Windows List has "):])
	case strings.HasPrefix(text, "Service Window with ID = "):
		r.listed(t, l, text[len("Service Window with ID = "):])
	case strings.HasPrefix(text, "Checking Service Windows to find Next Event"):
		t.window, t.notice = nil, NoChange
	}
}

// beginList begins one of the two lists of all windows.
func (r *reader) beginList(t *thread, l line, active bool, rest string) {
	n, digits, _ := number(rest)
	const together = 5 * second
	if digits == 0 {
		return
	}
	if g := &t.list; g.ids == nil || l.time-g.begun > together || active && g.active || !active && g.inactive {
		t.list = listing{begun: l.time, ids: map[string]bool{}}
	}
	g := &t.list
	g.want += n
	g.active, g.inactive = g.active || active, g.inactive || !active
	t.window = nil
	r.endList(t, l)
}

// listed takes in "Service Window with ID = … having Starttime=…".
func (r *reader) listed(t *thread, l line, rest string) {
	id, start, _ := strings.Cut(rest, " having Starttime=")
	g := &t.list
	if g.got < g.want {
		g.got++
		g.ids[normal(id)] = true
	}
	t.window = r.live.latest(id)
	if t.window == nil && !r.refreshed {
		t.window = r.add(Window{ID: strings.TrimSpace(id), Type: typeOfID(id)}, l)
	}
	if t.window != nil {
		r.state(t.window, start, l)
	}
	r.endList(t, l)
}

// typeOfID tells a user's business hours by the form of the id.
func typeOfID(id string) Type {
	if id = strings.TrimSpace(id); id != "" && id[0] != '{' {
		return BusinessHours
	}
	return Unknown
}

// endList ends the windows that are on neither list, once both are whole.
func (r *reader) endList(t *thread, l line) {
	g := &t.list
	if !g.active || !g.inactive || g.got < g.want {
		return
	}
	r.keep(func(w *Window) bool { return g.ids[normal(w.ID)] }, l)
	r.set.Known = true
	r.refreshed = true
	t.list, t.notice = listing{}, NoChange
}

// state notes when a window starts, as the client says.
func (r *reader) state(w *Window, start string, l line) {
	wall, ok := r.dates.read(start, r.set.Zone.Local(l.time))
	if !ok {
		w.Stated = Occurrence{}
		return
	}
	length := max(w.Stated.End-w.Stated.Start, 0)
	w.Stated.Start = r.set.Zone.UTC(wall, 0)
	w.Stated.End = w.Stated.Start + length
	w.addEvidence(l.id)
}

// durationIn reads "0 days, 08 hours, 00 mins, 00 secs" and "Total days: 0,
// hours: 08, mins: 00, secs: 00", in seconds.
func durationIn(text string) int {
	total := 0
	for _, u := range [...]struct {
		name    string
		seconds int
	}{{"days", 86400}, {"hours", 3600}, {"mins", 60}, {"secs", 1}} {
		i := strings.Index(text, u.name)
		if i < 0 {
			continue
		}
		if rest, ok := strings.CutPrefix(text[i+len(u.name):], ":"); ok {
			n, _, _ := number(strings.TrimSpace(rest))
			total += min(n, maxNumber) * u.seconds
			continue
		}
		before := strings.TrimSpace(text[:i])
		digits := len(before)
		for digits > 0 && before[digits-1] >= '0' && before[digits-1] <= '9' {
			digits--
		}
		n, _, _ := number(before[digits:])
		total += min(n, maxNumber) * u.seconds
	}
	return total
}

// maxNumber bounds a number of days, so that sums stay far from overflow.
const maxNumber = 10_000

// event takes in "The Service Window=… has started at …".
func (r *reader) event(l line) {
	rest := l.text[len("The Service Window="):]
	kind := ""
	id, at, ok := strings.Cut(rest, " has started at ")
	if ok {
		kind = "start"
	} else if id, at, ok = strings.Cut(rest, " has ended at "); ok {
		kind = "end"
	} else {
		return
	}
	r.dates.learn(at, r.set.Zone.Local(l.time))
	id = strings.TrimSpace(id)
	r.addEvent(Event{Time: l.time, Kind: kind, Window: id, Evidence: l.id})
	if w := r.live.latest(id); w != nil {
		w.addEvidence(l.id)
	}
}

func (r *reader) addEvent(e Event) {
	r.set.Events, r.set.MoreEvents = appendLatest(r.set.Events, e, r.set.MoreEvents)
}

// appendLatest appends, and forgets the older half of very many.
func appendLatest[T any](all []T, one T, forgotten int) ([]T, int) {
	if len(all) >= maxQueries {
		half := len(all) / 2
		all = slices.Delete(all, 0, half)
		forgotten += half
	}
	return append(all, one), forgotten
}

// inQuery gives a line to the thread's open query.
func (r *reader) inQuery(t *thread, l line) bool {
	q := t.query
	mine, done := q.answer(l.text)
	if !mine {
		return false
	}
	q.Evidence = addEvidence(q.Evidence, l.id)
	if rest := after(l.text, "Biggest Active Service Window has ID = "); rest != "" {
		id, start, _ := strings.Cut(rest, " having Starttime=")
		q.Window = strings.TrimSpace(id)
		if wall, ok := r.dates.read(start, r.set.Zone.Local(l.time)); ok {
			q.Open.Start = r.set.Zone.UTC(wall, 0)
		}
	}
	if strings.HasPrefix(l.text, "Duration is") && q.Open.Start != 0 {
		q.Open.End = q.Open.Start + int64(durationIn(l.text))*second
		r.learn(q, l)
	}
	if done {
		r.endQuery(t)
	}
	return true
}

// learn takes a window from a query that nothing else has told of, or not all of:
// the log began after the client had listed its windows.
func (r *reader) learn(q *Query, l line) {
	kind := q.Type
	if q.AllPrograms {
		kind = AllDeployments
	}
	if w := r.live.latest(q.Window); w != nil {
		if w.Schedule == "" {
			if w.Type == Unknown {
				r.live.find(q.Window, kind, "")
			}
			w.Stated = q.Open
			w.addEvidence(l.id)
		}
		return
	}
	if !r.refreshed {
		r.add(Window{ID: q.Window, Type: kind, Stated: q.Open}, l)
	}
}

// endQuery keeps the thread's query, answered or not.
func (r *reader) endQuery(t *thread) {
	q := t.query
	if q == nil {
		return
	}
	t.query = nil
	if q.Reason == Unrestricted && (q.Type == SoftwareUpdates || q.Type == AllDeployments) {
		r.set.Known = true
	}
	r.set.Queries, r.set.MoreQueries = appendLatest(r.set.Queries, *q, r.set.MoreQueries)
}

// endThreads ends what the threads are at: another log begins, or there are too
// many of them.
func (r *reader) endThreads() {
	var open []*thread
	for _, t := range r.threads {
		if t.query != nil {
			open = append(open, t)
		}
	}
	slices.SortFunc(open, func(a, b *thread) int { return cmp.Compare(a.query.Evidence[0], b.query.Evidence[0]) })
	for _, t := range open {
		r.endQuery(t)
	}
	clear(r.threads)
}

// endLog ends one log.
func (r *reader) endLog() {
	r.endThreads()
	if r.copies != nil {
		r.copies.endLog()
	}
}

// finish hands over what was read.
func (r *reader) finish() {
	r.set.last = r.last
	if r.deleted != 0 {
		r.endAnnounced()
	}
	slices.SortStableFunc(r.set.Queries, func(a, b Query) int { return cmp.Compare(a.Time, b.Time) })
	slices.SortStableFunc(r.set.Events, func(a, b Event) int { return cmp.Compare(a.Time, b.Time) })
	for _, w := range r.live.all {
		r.set.windows = append(r.set.windows, *w)
	}
}
