package session

import (
	"maps"
	"slices"
	"time"
)

// Located is a Timeline that finds records by their place in the bundle.
type Located interface {
	// Locate returns the row of a record; ok is false when there is none.
	Locate(p Place) (row int, ok bool)
}

// zoneNames are the clocks in session files.
var zoneNames = [...]string{Customer: "customer", UTC: "utc", Mine: "mine"}

// Snapshot is the session as it can be saved. page is the name of the page that
// shows, current the place in the timeline of the record that is chosen, -1 for
// none.
func (s *Session) Snapshot(page string, current int) *File {
	f := &File{Saved: time.Now().UTC().Truncate(time.Second), Zone: zoneNames[s.zone], Page: page, Filter: s.Filter(), ShowAll: s.showAll}
	f.Marks = s.FindingMarks()
	for _, path := range s.inputs {
		f.Inputs = append(f.Inputs, Input{Path: path})
	}
	for _, i := range s.bookmarks {
		f.Bookmarks = append(f.Bookmarks, s.placeOf(i))
	}
	if current >= 0 && current < s.shown.Len() {
		p := s.placeOf(current)
		f.Current = &p
	}
	if r := s.restoring; r != nil { // what has not been found yet is not forgotten
		f.Bookmarks = append(f.Bookmarks, r.Bookmarks...)
		if f.Current == nil {
			f.Current = r.Current
		}
	}
	return f
}

func (s *Session) placeOf(row int) Place {
	var r Record
	s.shown.Record(row, &r)
	return Place{File: r.File, Line: r.Line}
}

// Restore opens the bundles of a session as they were looked at. The filter
// holds from the first rows on; bookmarks are set, and Restored is called, once
// the bundles are read.
func (s *Session) Restore(f *File) {
	s.Open(f.Paths())
	s.restoring = f
	if z := slices.Index(zoneNames[:], f.Zone); z >= 0 {
		s.zone = ZoneMode(z)
	}
	s.marks = maps.Clone(f.Marks)
	s.marksRun++
	s.query, s.conditions, s.showAll = f.Filter.Text, slices.Clone(f.Filter.Conditions), f.ShowAll
	s.filterAnew()
	s.search()
	s.changed()
}

// Reread reads the same bundles once more, with more where there are any, and
// keeps the filter, the bookmarks and the rest of Snapshot.
func (s *Session) Reread(f *File, more ...string) {
	for _, path := range more {
		if !slices.Contains(f.Paths(), path) {
			f.Inputs = append(f.Inputs, Input{Path: path})
		}
	}
	s.Restore(f)
}

// restored sets the bookmarks of the session that is being opened, when the
// timeline that shows is whole.
func (s *Session) restored() {
	f := s.restoring
	if f == nil || s.state != Ready || s.waiting != nil {
		return
	}
	s.restoring = nil
	t, ok := s.shown.(Located)
	if !ok {
		return
	}
	lost := 0
	for _, p := range f.Bookmarks {
		if row, ok := t.Locate(p); ok {
			s.bookmarks = append(s.bookmarks, row)
		} else {
			lost++
		}
	}
	slices.Sort(s.bookmarks)
	s.bookmarks = slices.Compact(s.bookmarks)
	current := -1
	if f.Current != nil {
		if row, ok := t.Locate(*f.Current); ok {
			current = row
		}
	}
	if s.Restored != nil {
		s.Restored(current, lost)
	}
}
