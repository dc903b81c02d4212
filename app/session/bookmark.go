package session

import (
	"slices"
	"sort"
)

// Bookmarks are the rows that were marked, as places of the timeline that is
// shown, ascending.
func (s *Session) Bookmarks() []int { return s.bookmarks }

// Bookmarked reports whether the row at a place of the timeline is marked.
func (s *Session) Bookmarked(index int) bool {
	_, ok := slices.BinarySearch(s.bookmarks, index)
	return ok
}

// ToggleBookmark marks the row at a place of the timeline, or takes its mark
// away, and tells which.
func (s *Session) ToggleBookmark(index int) (marked bool) {
	if index < 0 || index >= s.shown.Len() {
		return false
	}
	next := slices.Clone(s.bookmarks)
	at, found := slices.BinarySearch(next, index)
	if found {
		next = slices.Delete(next, at, at+1)
	} else {
		next = slices.Insert(next, at, index)
	}
	s.bookmarks, s.touched = next, true
	s.changed()
	return !found
}

// Bookmark does what Match does for the rows that are marked.
func (s *Session) Bookmark(rows Rows, from, step int) (row int, ok bool) {
	return next(s.bookmarks, rows, from, step)
}

// carryBookmarks finds the marked rows in a newer timeline of the bundle.
func (s *Session) carryBookmarks(t Timeline) {
	if t.Len() == 0 || s.shown.Len() == 0 {
		s.bookmarks = nil
		return
	}
	moved := make([]int, 0, len(s.bookmarks))
	for _, i := range s.bookmarks {
		moved = append(moved, t.Find(s.shown, i))
	}
	slices.Sort(moved)
	s.bookmarks = slices.Compact(moved)
}

// Since is the first row of rows at or after a time in nanoseconds UTC, Len
// when there is none.
func (r Rows) Since(utc int64) int {
	return sort.Search(r.Len(), func(i int) bool { return r.t.Time(r.Index(i)) >= utc })
}

// MatchNumber is which of the hits row i of rows is, from 1, and of how many;
// number is 0 for a row that is none.
func (s *Session) MatchNumber(rows Rows, i int) (number, of int) {
	of = len(s.hits.rows)
	if i < 0 || i >= rows.Len() {
		return 0, of
	}
	if at, ok := slices.BinarySearch(s.hits.rows, rows.Index(i)); ok {
		number = at + 1
	}
	return number, of
}
