package window

import (
	"bytes"

	"fyne.io/fyne/v2"

	"patchtrail/app/logview"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/words"
	"patchtrail/ingest/record"
)

// source hands the session's rows to the log view.
type source struct {
	ses  *session.Session
	rows session.Rows
	rec  session.Record
}

// Len implements logview.Source.
func (s *source) Len() int { return s.rows.Len() }

// Row implements logview.Source.
func (s *source) Row(i int, r *logview.Row) {
	rec := &s.rec
	s.rows.Record(i, rec)
	r.Time = s.ses.AppendTime(r.Time, rec.Time, rec.Bias)
	r.Machine = append(r.Machine, rec.Machine...)
	r.Component = append(r.Component, rec.Component...)
	r.File = append(r.File, rec.File...)
	r.Message = append(r.Message, rec.Message[:min(len(rec.Message), logview.MaxMessage)]...)
	r.Lines = 1 + bytes.Count(rec.Message, []byte{'\n'})
	r.Level = rec.Level
	if rec.Flags&record.Untimed != 0 {
		r.Flags |= logview.Dim
	}
	if s.ses.Bookmarked(s.rows.Index(i)) {
		r.Flags |= logview.Bookmarked
	}
	if f, ok := s.ses.Proves(s.rows.Index(i)); ok {
		r.Flags |= logview.Evidence
		r.Bar = barLevel(s.ses.Pages().Findings[f].Tone)
	}
}

// barLevel is the level whose colour the bar of a finding has.
func barLevel(t page.Tone) record.Level {
	switch t {
	case page.Bad:
		return record.Error
	case page.Warning:
		return record.Warning
	}
	return record.Info
}

// place is the record that was chosen last, by its place in a timeline: a
// filter may hide it for a while.
type place struct {
	t     session.Timeline
	index int
}

// stripState is what the marks beside the rows were drawn from.
type stripState struct {
	errors, hits, marks int
	set                 *page.Set
}

// showRows gives the view the rows that the session has now, and keeps the
// place: what is chosen stays chosen and in its line, or else what is in the
// first line stays there.
func (w *Window) showRows() {
	rows := w.ses.Rows()
	errs, _ := w.ses.Errors()
	hits, _ := w.ses.Matches()
	if now := (stripState{errs, hits, w.ses.FindingMarksRun(), w.ses.Pages()}); now != w.marked {
		proofs := now.marks != w.marked.marks || now.set != w.marked.set
		w.marked = now
		w.view.RefreshMarks()
		if proofs {
			w.view.Reload()
			w.showDetail(w.view.Current())
		}
	}
	if rows.Same(w.rows) {
		return
	}
	if w.ses.Searching() && rows.Len() == 0 && rows.Timeline() == w.rows.Timeline() {
		return // a search has begun; what shows stays until it found something
	}
	old, src := w.rows, &source{ses: w.ses, rows: rows}
	w.rows = rows
	if rows.Timeline() == nil || rows.Timeline().Len() == 0 {
		w.place = place{}
	}
	if rows.Len() == 0 {
		w.view.SetSource(src)
		return
	}
	if old.Len() == 0 {
		w.view.SetSource(src)
		if w.page == timelinePage {
			w.win.Canvas().Focus(w.focusAfterOpen())
		}
	}
	top, _ := w.view.InSight()
	current, newTop, newCurrent := w.view.Current(), 0, -1
	if top > 0 && top < old.Len() {
		newTop = rows.Near(find(rows, old.Timeline(), old.Index(top)))
	}
	if w.place.t != nil {
		index := find(rows, w.place.t, w.place.index)
		w.place = place{rows.Timeline(), index}
		at := rows.Near(index)
		if at < rows.Len() && rows.Index(at) == index {
			newCurrent, newTop = at, at-w.view.Rows()/2
			if current >= top && current < top+w.view.Rows() {
				newTop = at - (current - top)
			}
		}
	}
	w.view.Replace(src, newTop, newCurrent)
}

// find is where place i of an older timeline is in that of rows.
func find(rows session.Rows, older session.Timeline, i int) int {
	if older == rows.Timeline() {
		return i
	}
	return rows.Timeline().Find(older, i)
}

// focusAfterOpen is what has the keyboard once rows show: they have, unless
// somebody is typing.
func (w *Window) focusAfterOpen() fyne.Focusable {
	if f := w.win.Canvas().Focused(); f == fyne.Focusable(w.filter) {
		return f
	}
	return w.view
}

// marks tells the view where the errors and the matches are.
func (w *Window) marks(n int) []logview.Mark {
	out := make([]logview.Mark, n)
	for i, s := range w.ses.Marks(w.rows, n) {
		if s.Error {
			out[i] |= logview.MarkError
		}
		if s.Match {
			out[i] |= logview.MarkMatch
		}
		if s.Proof {
			out[i] |= logview.MarkEvidence
		}
		if s.Bookmark {
			out[i] |= logview.MarkBookmark
		}
	}
	return out
}

func (w *Window) nextMatch(step int) {
	w.toTimeline()
	if row, ok := w.ses.Match(w.rows, w.view.Current(), step); ok {
		w.view.Select(row)
		number, of := w.ses.MatchNumber(w.rows, row)
		w.status.say(w.t("status.match", words.Count(number), words.Count(of)))
	} else {
		w.status.say(w.t("status.no-match"))
	}
}

func (w *Window) nextError(step int) {
	w.toTimeline()
	if row, ok := w.ses.Error(w.rows, w.view.Current(), step); ok {
		w.view.Select(row)
	} else {
		w.status.say(w.t("status.no-error"))
	}
}
