package session

import (
	"bytes"
	"context"
	"slices"
	"sort"
	"strings"
	"time"
)

// batchTime is how long hits are gathered before they are handed over; the first
// firstRows of them, more than a page, come at once.
const (
	batchTime = 60 * time.Millisecond
	firstRows = 256
)

// hunt is a search through what is shown, and what it found so far.
type hunt struct {
	rows   []int
	done   bool
	err    error
	cancel context.CancelFunc
	run    int // counts searches; what an older one brings is dropped
}

// hunt begins the search h anew, or with wanted unset only drops what it found.
func (s *Session) hunt(h *hunt, q Query, wanted bool) {
	if h.cancel != nil {
		h.cancel()
	}
	*h = hunt{done: !wanted, run: h.run + 1}
	if !wanted {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	h.cancel = cancel
	run, t := h.run, s.shown
	hand := func(rows []int, done bool, err error) {
		s.post(func() {
			if h.run != run {
				return
			}
			h.rows, h.done, h.err = append(h.rows, rows...), done, err
			s.changed()
		})
	}
	go func() {
		defer cancel()
		var rows []int
		last, first := time.Now(), true
		err := t.Search(ctx, q, func(found []int) {
			rows = append(rows, found...)
			if len(rows) > 0 && time.Since(last) > batchTime || first && len(rows) >= firstRows {
				hand(rows, false, nil)
				rows, last, first = nil, time.Now(), false
			}
		})
		if ctx.Err() == nil {
			hand(rows, true, err)
		}
	}()
}

// Query is the text that is looked for.
func (s *Session) Query() string { return s.query }

// SetQuery looks for another text; "" for none. The search before is dropped.
func (s *Session) SetQuery(query string) {
	if query = strings.TrimSpace(query); query != s.query {
		s.query = query
		s.search()
		s.changed()
	}
}

// ShowsAll reports whether rows without a hit show as well.
func (s *Session) ShowsAll() bool { return s.showAll }

// SetShowAll says whether rows without a hit show as well.
func (s *Session) SetShowAll(all bool) {
	if all != s.showAll {
		s.showAll = all
		s.keep()
		s.changed()
	}
}

// Matches is how many rows hold the query so far, and whether that is all.
func (s *Session) Matches() (n int, done bool) { return len(s.hits.rows), s.hits.done }

// Errors is how many rows are known to be errors, and whether that is all.
func (s *Session) Errors() (n int, done bool) { return len(s.errors.rows), s.errors.done }

// Warnings is how many rows are known to be warnings, and whether that is all.
func (s *Session) Warnings() (n int, done bool) { return len(s.warnings.rows), s.warnings.done }

// Kept is how many rows the conditions leave so far, and whether that is all.
func (s *Session) Kept() (n int, done bool) {
	if len(s.conditions) == 0 {
		return s.shown.Len(), true
	}
	return len(s.kept.rows), s.kept.done
}

// Searching reports whether rows to show are still being looked for.
func (s *Session) Searching() bool {
	switch {
	case s.queried():
		return !s.hits.done
	case len(s.conditions) > 0:
		return !s.kept.done
	}
	return false
}

// filterAnew forgets what the conditions left: they or the timeline changed.
func (s *Session) filterAnew() { s.hunt(&s.kept, Query{}, false); s.stale = true }

// search looks for the query in what the conditions leave.
func (s *Session) search() {
	s.hunt(&s.hits, Query{Text: s.query, Conditions: s.conditions}, s.query != "" && s.shown.Len() > 0)
	s.keep()
}

// keep looks for what the conditions leave, once that shows.
func (s *Session) keep() {
	if s.stale && !s.queried() {
		s.stale = false
		s.hunt(&s.kept, Query{Conditions: s.conditions}, len(s.conditions) > 0 && s.shown.Len() > 0)
	}
}

// Rows are the rows to show: those that the conditions leave, and unless
// ShowsAll of them those that hold the query. It is a snapshot: rows found
// later are in the next one.
func (s *Session) Rows() Rows {
	switch {
	case s.queried():
		return Rows{t: s.shown, pick: s.hits.rows, picked: true, run: s.hits.run}
	case len(s.conditions) > 0:
		return Rows{t: s.shown, pick: s.kept.rows, picked: true, run: s.kept.run}
	}
	return Rows{t: s.shown}
}

// All are all rows of the timeline that is shown.
func (s *Session) All() Rows { return Rows{t: s.shown} }

// queried reports whether only rows that hold the query show.
func (s *Session) queried() bool { return s.query != "" && !s.showAll }

// Rows is a choice of a timeline's rows, in their order.
type Rows struct {
	t      Timeline
	pick   []int
	picked bool
	run    int // of the search that picked them
}

// Timeline is what the rows are of.
func (r Rows) Timeline() Timeline { return r.t }

// Same reports whether both show the same rows.
func (r Rows) Same(o Rows) bool {
	return r.t == o.t && r.picked == o.picked && len(r.pick) == len(o.pick) &&
		(len(r.pick) == 0 || r.run == o.run && &r.pick[0] == &o.pick[0] || slices.Equal(r.pick, o.pick))
}

// Len is the number of rows.
func (r Rows) Len() int {
	if r.picked {
		return len(r.pick)
	}
	if r.t == nil {
		return 0
	}
	return r.t.Len()
}

// Index is the place of row i in the timeline.
func (r Rows) Index(i int) int {
	if r.picked {
		return r.pick[i]
	}
	return i
}

// Near is the row at place index of the timeline, or the first after it; Len
// when there is none.
func (r Rows) Near(index int) int {
	if r.picked {
		return sort.SearchInts(r.pick, index)
	}
	return min(max(0, index), r.Len())
}

// Record fills rec with row i.
func (r Rows) Record(i int, rec *Record) { r.t.Record(r.Index(i), rec) }

// Match returns the row of rows after (step 1) or before (step -1) row from
// that holds the query; from -1 begins at an end. ok is false when there is
// none that way.
func (s *Session) Match(rows Rows, from, step int) (row int, ok bool) {
	return next(s.hits.rows, rows, from, step)
}

// Error does the same for the rows whose level is error.
func (s *Session) Error(rows Rows, from, step int) (row int, ok bool) {
	return next(s.errors.rows, rows, from, step)
}

// next finds the row of rows that is the nearest of places, ascending, that way.
func next(places []int, rows Rows, from, step int) (row int, ok bool) {
	n := rows.Len()
	if n == 0 {
		return 0, false
	}
	at := -1
	if from >= 0 && from < n {
		at = rows.Index(from)
	} else if step < 0 {
		at = rows.Timeline().Len()
	}
	k := sort.SearchInts(places, at+1)
	if step < 0 {
		k = sort.SearchInts(places, at) - 1
	}
	for ; k >= 0 && k < len(places); k += step {
		if row = rows.Near(places[k]); row < n && rows.Index(row) == places[k] {
			return row, true
		}
	}
	return 0, false
}

// Stretch says what some neighbouring rows hold.
type Stretch struct{ Error, Match, Bookmark, Proof bool }

// Marks tells what each of n equal stretches of rows holds, for the strip
// beside the scroll bar. It looks places up instead of walking through them:
// well under a millisecond for millions of hits.
func (s *Session) Marks(rows Rows, n int) []Stretch {
	out := make([]Stretch, n)
	total := rows.Len()
	if n == 0 || total == 0 || rows.t != s.shown {
		return out
	}
	for k := range out {
		lo, hi := edge(k, n, total), edge(k+1, n, total)
		if lo >= hi {
			continue
		}
		first, last := rows.Index(lo), rows.Index(hi-1)
		out[k].Bookmark = len(between(s.bookmarks, first, last)) > 0
		if !rows.picked {
			out[k].Error, out[k].Match = len(between(s.errors.rows, first, last)) > 0, len(between(s.hits.rows, first, last)) > 0
			out[k].Proof = s.provesBetween(first, last, nil, false)
			continue
		}
		out[k].Proof = s.provesBetween(first, last, rows.pick[lo:hi], true)
		out[k].Error = meet(rows.pick[lo:hi], between(s.errors.rows, first, last))
		// Where every row is a hit, marks of them tell nothing.
		out[k].Match = !s.queried() && meet(rows.pick[lo:hi], between(s.hits.rows, first, last))
	}
	return out
}

// edge is the first of total rows of the k-th of n stretches.
func edge(k, n, total int) int { return int((int64(k)*int64(total) + int64(n) - 1) / int64(n)) }

// between cuts the places first .. last out of places, which ascend.
func between(places []int, first, last int) []int {
	return places[sort.SearchInts(places, first):sort.SearchInts(places, last+1)]
}

// meet reports whether a and b, which ascend, have a number in common.
func meet(a, b []int) bool {
	for len(a) > 0 && len(b) > 0 {
		if a[0] == b[0] {
			return true
		}
		if a[0] > b[0] {
			a, b = b, a
		}
		a = a[sort.SearchInts(a, b[0]):]
	}
	return false
}

// Hits appends to hits where text holds the query, as byte ranges, capitals
// and small letters alike.
func Hits(text []byte, query string, hits [][2]int) [][2]int {
	if query == "" {
		return hits
	}
	want := []byte(query)
	first := lower(query[0])
	ascii := first < 0x80
	for i := 0; i+len(want) <= len(text); i++ {
		if ascii && lower(text[i]) != first || !bytes.EqualFold(text[i:i+len(want)], want) {
			continue
		}
		hits = append(hits, [2]int{i, i + len(want)})
		i += len(want) - 1
	}
	return hits
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
