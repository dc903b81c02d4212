package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
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
			w.status.say(err.Error())
		}
	}
}

func (w *Window) around() {
	if rec, ok := w.current(); ok {
		if err := w.ses.Around(rec.Time); err != nil {
			w.status.say(err.Error())
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

// timelineKey does what a key means in the timeline.
func (w *Window) timelineKey(name fyne.KeyName, step int) {
	switch name {
	case fyne.KeyF1:
		w.showKeys()
	case fyne.KeyF2:
		w.nextBookmark(step)
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

// timelineItems are the timeline's part of the menu "Go".
func (w *Window) timelineItems() []*fyne.MenuItem {
	ctrl := fyne.KeyModifierShortcutDefault
	item := func(text string, key fyne.KeyName, act func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(text, act)
		if key != "" {
			m.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: ctrl}
		}
		return m
	}
	return []*fyne.MenuItem{
		item(w.t("menu.palette"), fyne.KeyK, w.showPalette),
		item(w.t("menu.go-time"), fyne.KeyG, w.askTime),
		item(w.t("menu.add-filter"), fyne.KeyL, w.addFilter),
		fyne.NewMenuItemSeparator(),
		item(w.t("menu.bookmark"), fyne.KeyB, w.bookmark),
		item(w.t("menu.next-bookmark"), "", func() { w.nextBookmark(1) }),
		item(w.t("menu.prev-bookmark"), "", func() { w.nextBookmark(-1) }),
		item(w.t("menu.same-thread"), fyne.KeyT, w.sameThread),
		item(w.t("menu.around"), fyne.KeyD, w.around),
		item(w.t("menu.row"), fyne.KeyM, w.currentMenu),
		fyne.NewMenuItemSeparator(),
		item(w.t("menu.keys"), "", w.showKeys),
	}
}

// keys are the keys of the window, in the order of the list, with what they do.
func (w *Window) keys() [][2]string {
	ctrl := shortcutName
	return [][2]string{
		{ctrl("1") + " .. " + ctrl("7"), w.t("page.keys")}, {ctrl("K"), w.t("keys.palette")}, {ctrl("O"), w.t("app.open-file")}, {ctrl("E"), w.t("app.export-html")},
		{ctrl("F") + ", /", w.t("menu.find")}, {"F3, n", w.t("keys.next-match")}, {"Shift+F3, N", w.t("keys.prev-match")},
		{"F8", w.t("keys.next-error")}, {"Shift+F8", w.t("keys.prev-error")},
		{ctrl("G"), w.t("menu.go-time")}, {ctrl("L"), w.t("menu.add-filter")},
		{ctrl("B"), w.t("menu.bookmark")}, {"F2", w.t("keys.next-bookmark")}, {"Shift+F2", w.t("keys.prev-bookmark")},
		{ctrl("T"), w.t("menu.same-thread")}, {ctrl("D"), w.t("menu.around")}, {ctrl("M"), w.t("menu.row")},
		{ctrl("A"), w.t("keys.all")}, {ctrl("C"), w.t("row.copy")},
		{"Tab, Shift+Tab", w.t("keys.tab")}, {"Escape", w.t("keys.escape")}, {"F1", w.t("menu.keys")},
	}
}

// showKeys lists the keys, or closes the list.
func (w *Window) showKeys() {
	if w.hideKeys() {
		return
	}
	grid := container.New(layout.NewFormLayout())
	for _, k := range w.keys() {
		key := widget.NewLabelWithStyle(k[0], fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		grid.Add(key)
		grid.Add(widget.NewLabel(k[1]))
	}
	scroll := container.NewVScroll(grid)
	scroll.SetMinSize(fyne.NewSize(420, 420))
	w.listed = dialog.NewCustom(w.t("menu.keys"), w.t("keys.close"), scroll, w.win)
	w.listed.SetOnClosed(func() { w.listed = nil })
	w.listed.Show()
}

// hideKeys closes the list of keys; ok is false when it does not show.
func (w *Window) hideKeys() (ok bool) {
	if w.listed == nil {
		return false
	}
	w.listed.Hide()
	return true
}
