package window

import (
	"slices"
	"strings"

	"patchtrail/ingest/record"
)

// live is the versions of windows that are in force while a log is read, and all
// that ever were. Every lookup is by key: a hostile log may have thousands.
type live struct {
	all     []*Window
	current []*Window
	exact   map[version]*Window
	byID    map[string][]*Window
}

type version struct {
	id       string
	kind     Type
	schedule string
}

func versionOf(w *Window) version { return version{normal(w.ID), w.Type, w.Schedule} }

func newLive() live { return live{exact: map[version]*Window{}, byID: map[string][]*Window{}} }

func (v *live) add(w *Window) {
	v.all = append(v.all, w)
	v.current = append(v.current, w)
	v.index(w)
}

func (v *live) index(w *Window) {
	k := versionOf(w)
	v.exact[k] = w
	v.byID[k.id] = append(v.byID[k.id], w)
}

// latest is the version of a window that began last, nil if none is in force.
func (v *live) latest(id string) *Window {
	all := v.byID[normal(id)]
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// find returns a version that is in force. One that only a list or a query told
// of becomes it.
func (v *live) find(id string, kind Type, schedule string) *Window {
	k := version{normal(id), kind, schedule}
	if w := v.exact[k]; w != nil {
		return w
	}
	w := v.latest(id)
	if w == nil || w.Schedule != "" {
		return nil
	}
	delete(v.exact, versionOf(w))
	w.Type, w.Schedule = kind, schedule
	w.decode()
	v.exact[k] = w
	return w
}

// end ends the versions in force for which over says so, and returns how many.
func (v *live) end(over func(*Window) bool) int {
	n := len(v.current)
	v.current = slices.DeleteFunc(v.current, over)
	if len(v.current) == n {
		return 0
	}
	clear(v.exact)
	clear(v.byID)
	for _, w := range v.current {
		v.index(w)
	}
	return n - len(v.current)
}

// populate takes in "Populating instance of ServiceWindow with ID=…,
// ScheduleString=…, Type=6".
func (r *reader) populate(t *thread, l line) {
	id, rest, _ := strings.Cut(after(l.text, "ID="), ",")
	schedule, _, _ := strings.Cut(after(rest, "ScheduleString="), ",")
	n, digits, _ := number(after(rest, "Type="))
	id, schedule = strings.TrimSpace(id), strings.ToUpper(strings.TrimSpace(schedule))
	t.window = nil
	if id == "" || digits == 0 {
		return
	}
	kind := Type(n)
	began := NoChange
	switch {
	case t.refresh == nil && t.notice != NoChange: // this window only
		began = Created
		if r.endOthers(version{normal(id), kind, schedule}, l) > 0 {
			began = Changed
		}
	case t.refresh != nil && r.refreshed: // it was not in the refresh before
		began = Created
	}
	w := r.live.find(id, kind, schedule)
	if w == nil {
		w = r.add(Window{ID: id, Type: kind, Schedule: schedule, Began: began}, l)
	}
	if w == nil {
		return
	}
	w.addEvidence(l.id)
	w.Finished, w.Unread = false, false
	t.window = w
	if t.refresh != nil {
		t.refresh[w] = true
	}
}

// add begins a version of a window; nil beyond the bound, and for one that has no
// id because its line is damaged.
func (r *reader) add(w Window, l line) *Window {
	if normal(w.ID) == "" {
		return nil
	}
	if len(r.live.all) >= maxWindows {
		r.set.Dropped++
		return nil
	}
	w.Machine, w.Source, w.From = r.set.Machine, FromLog, max(l.time, 1)
	w.addEvidence(l.id)
	w.decode()
	r.live.add(&w)
	return &w
}

// endOthers ends the other versions of a window that has changed.
func (r *reader) endOthers(k version, l line) int {
	if len(r.live.byID[k.id]) == 0 {
		return 0
	}
	return r.live.end(func(w *Window) bool {
		return normal(w.ID) == k.id && versionOf(w) != k && w.Schedule != "" && w.finish(Changed, l.time, l.id)
	})
}

// finish ends a version. It is always true.
func (w *Window) finish(why Change, at int64, by record.ID) bool {
	w.Until, w.Ended = max(at, 1), why
	w.addEvidence(by)
	return true
}

// keep ends all versions in force for which ok is false: they were deleted, when
// it was announced or at the latest now.
func (r *reader) keep(ok func(*Window) bool, l line) {
	announced := r.deleted
	r.live.end(func(w *Window) bool {
		if ok(w) {
			return false
		}
		at := l.time
		if announced > w.From {
			at = announced
		}
		return w.finish(Deleted, at, l.id)
	})
	r.deleted = 0
}

// endRefresh ends what a refresh of all windows did not show.
func (r *reader) endRefresh(t *thread, l line) {
	if t.refresh == nil {
		return
	}
	seen := t.refresh
	t.refresh, t.window = nil, nil
	r.live.end(func(w *Window) bool {
		now := r.live.latest(w.ID)
		if seen[w] || now == w || !seen[now] {
			return false
		}
		now.Began = Changed
		return w.finish(Changed, l.time, l.id)
	})
	r.keep(func(w *Window) bool { return seen[w] }, l)
	r.refreshed, r.set.Known = true, true
}

// endAnnounced ends the window whose deletion was announced and that no later
// list shows: which one is certain only where policy gave just one.
func (r *reader) endAnnounced() {
	var policy []*Window
	for _, w := range r.live.current {
		if w.Type != BusinessHours && w.From < r.deleted {
			policy = append(policy, w)
		}
	}
	if len(policy) == 1 {
		policy[0].Until, policy[0].Ended = r.deleted, Deleted
	}
}

func (w *Window) addEvidence(id record.ID) { w.Evidence = addEvidence(w.Evidence, id) }

// addEvidence keeps the first records and the last.
func addEvidence(ids []record.ID, id record.ID) []record.ID {
	if slices.Contains(ids, id) {
		return ids
	}
	if len(ids) < maxEvidence {
		return append(ids, id)
	}
	ids[maxEvidence-1] = id
	return ids
}
