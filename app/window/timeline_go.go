package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/session"
	"patchtrail/app/words"
)

// goToTime makes the row at or after a time the current one.
func (w *Window) goToTime(utc int64) {
	w.toTimeline()
	if n := w.rows.Len(); n > 0 {
		w.view.Select(min(w.rows.Since(utc), n-1))
	}
}

// goToPlace makes the record at a place of the timeline the current one; a
// filter that hides it is let go.
func (w *Window) goToPlace(place int) {
	w.toTimeline()
	if at := w.rows.Near(place); at >= w.rows.Len() || w.rows.Index(at) != place {
		w.ses.ClearConditions()
		w.filter.SetText("")
	}
	if at := w.rows.Near(place); at < w.rows.Len() {
		w.view.Select(at)
		w.win.Canvas().Focus(w.view)
	}
}

// current is the record that the keyboard stands on.
func (w *Window) current() (rec *session.Record, ok bool) {
	w.toTimeline()
	i := w.view.Current()
	if i < 0 || i >= w.rows.Len() {
		w.status.say(w.t("status.no-row"))
		return nil, false
	}
	rec = &session.Record{}
	w.rows.Record(i, rec)
	return rec, true
}

func (w *Window) sameThread() {
	if rec, ok := w.current(); ok {
		if err := w.ses.SameThread(rec); err != nil {
			w.status.say(w.lang.Error(err))
		}
	}
}

func (w *Window) around() {
	if rec, ok := w.current(); ok {
		if err := w.ses.Around(rec.Time); err != nil {
			w.status.say(w.lang.Error(err))
		}
	}
}

// bookmark marks the current row or takes its mark away.
func (w *Window) bookmark() {
	if _, ok := w.current(); !ok {
		return
	}
	if w.ses.ToggleBookmark(w.rows.Index(w.view.Current())) {
		w.status.say(w.t("status.bookmarked", words.Count(len(w.ses.Bookmarks()))))
	} else {
		w.status.say(w.t("status.unbookmarked"))
	}
	w.view.Reload()
}

func (w *Window) nextBookmark(step int) {
	w.toTimeline()
	if row, ok := w.ses.Bookmark(w.rows, w.view.Current(), step); ok {
		w.view.Select(row)
	} else {
		w.status.say(w.t("status.no-bookmark"))
	}
}

// letter does what a letter means on the rows.
func (w *Window) letter(r rune) {
	switch r {
	case 'n':
		w.nextMatch(1)
	case 'N':
		w.nextMatch(-1)
	case '/':
		w.find()
	}
}

// rowMenu shows what can be done with row i.
func (w *Window) rowMenu(i int, at fyne.Position) {
	var rec session.Record
	if i < 0 || i >= w.rows.Len() {
		return
	}
	w.rows.Record(i, &rec)
	item := func(text string, act func()) *fyne.MenuItem { return fyne.NewMenuItem(text, act) }
	only := func(c session.Condition) *fyne.MenuItem {
		return item(w.t("row.only", w.conditionText(c)), func() { w.add(c) })
	}
	not := func(c session.Condition) *fyne.MenuItem {
		c.Not = true
		return item(w.t("row.hide", w.conditionText(session.Condition{Kind: c.Kind, Text: c.Text, Level: c.Level})), func() { w.add(c) })
	}
	level := session.Condition{Kind: session.ByLevel, Level: rec.Level}
	component := session.Condition{Kind: session.ByComponent, Text: rec.Component}
	file := session.Condition{Kind: session.ByFile, Text: rec.File}
	mark := w.t("row.bookmark")
	if w.ses.Bookmarked(w.rows.Index(i)) {
		mark = w.t("row.unbookmark")
	}
	items := []*fyne.MenuItem{
		item(mark, w.bookmark), item(w.t("detail.same-thread"), w.sameThread), item(w.t("detail.around"), w.around),
		fyne.NewMenuItemSeparator(), only(level), not(level)}
	if rec.Component != "" {
		items = append(items, only(component), not(component))
	}
	items = append(items, only(file), not(file))
	if rec.Machine != "" {
		items = append(items, only(session.Condition{Kind: session.ByMachine, Text: rec.Machine}))
	}
	items = append(items, fyne.NewMenuItemSeparator(), item(w.t("row.copy"), w.view.Copy), item(w.t("row.copy-messages"), w.view.CopyMessages))
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

// currentMenu shows the menu of the current row, for the keyboard.
func (w *Window) currentMenu() {
	if i := w.view.Current(); i >= 0 {
		w.rowMenu(i, w.app.Driver().AbsolutePositionForObject(w.view).Add(w.view.RowPosition(i)))
	}
}

// find puts the keyboard into the field for the text to look for.
func (w *Window) find() {
	w.turn(timelinePage)
	w.win.Canvas().Focus(w.filter)
	w.filter.TypedShortcut(&fyne.ShortcutSelectAll{})
}
