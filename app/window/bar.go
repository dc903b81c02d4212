package window

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/lang"
	"patchtrail/app/session"
	"patchtrail/app/words"
)

// languages are the names of the languages, each in its own.
var languages = []struct {
	lang lang.Lang
	name string
}{{lang.English, "English"}, {lang.Japanese, "日本語"}}

// topBar is the row of controls at the top.
func (w *Window) topBar() fyne.CanvasObject {
	open := newHintButton(w, w.t("app.open"), w.t("hint.open", shortcutName("O")), w.openFile)
	open.SetIcon(fynetheme.FolderOpenIcon())
	w.export = newHintButton(w, w.t("app.export"), w.t("hint.export", shortcutName("E")), nil)
	w.export.SetIcon(fynetheme.MenuDropDownIcon())
	w.export.IconPlacement = widget.ButtonIconTrailingText
	w.export.OnTapped = func() {
		menu := fyne.NewMenu("", fyne.NewMenuItem(w.t("app.export-html"), w.saveHTML))
		below := w.app.Driver().AbsolutePositionForObject(w.export).AddXY(0, w.export.Size().Height)
		widget.ShowPopUpMenuAtPosition(menu, w.win.Canvas(), below)
	}
	w.name = widget.NewLabel("")
	w.name.TextStyle.Bold = true
	w.name.Truncation = fyne.TextTruncateEllipsis

	w.filter = newFilterEntry(w)
	w.filter.SetText(w.ses.Query())
	w.filter.OnChanged = func(query string) {
		w.page = timelinePage
		w.ses.SetQuery(query)
		w.refreshPages()
	}
	w.matches = widget.NewLabel("")
	w.all = newHintCheck(w, w.t("filter.all"), w.t("filter.all-hint"))
	w.all.SetChecked(w.ses.ShowsAll())
	w.all.OnChanged = w.ses.SetShowAll

	w.zone = newHintSelect(w, w.t("settings.zone-hint"), w.zoneNames()).
		chosen(int(w.ses.ZoneMode()), func(i int) { w.setZone(session.ZoneMode(i)) })
	var names []string
	for _, l := range languages {
		names = append(names, l.name)
	}
	now := 0
	for i, l := range languages {
		if l.lang == w.lang {
			now = i
		}
	}
	language := newHintSelect(w, w.t("settings.language-hint"), names).chosen(now, func(i int) { w.setLang(languages[i].lang) })

	left := container.NewHBox(open, w.export)
	right := container.NewHBox(w.matches, w.all, container.New(least{150}, w.zone), language)
	middle := container.New(&shares{0.45}, w.name, w.filter)
	bar := container.NewBorder(nil, widget.NewSeparator(), left, right, middle)
	return container.New(layout.NewCustomPaddedLayout(4, 0, 4, 4), bar)
}

// least gives an object at least a width.
type least struct{ width float32 }

func (l least) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().Max(fyne.NewSize(l.width, 0))
}

func (l least) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// shares lays two objects side by side, the first with a share of the width.
type shares struct{ first float32 }

func (s *shares) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(260, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (s *shares) Layout(o []fyne.CanvasObject, size fyne.Size) {
	first := size.Width * s.first
	h := o[1].MinSize().Height
	o[0].Resize(fyne.NewSize(first-4, size.Height))
	o[1].Move(fyne.NewPos(first, (size.Height-h)/2))
	o[1].Resize(fyne.NewSize(size.Width-first-4, h))
}

// refreshTop shows the bundle's name, its zone and the count of matches.
func (w *Window) refreshTop() {
	name, more := w.ses.Name()
	title := w.t("app.title")
	if name != "" {
		title = w.t("app.title-of", name)
	}
	if more > 0 {
		name = w.t("app.more", name, more)
	}
	w.win.SetTitle(title)
	w.name.SetText(name)
	if _, ok := w.ses.WriteHTML(); ok {
		w.export.Enable()
	} else {
		w.export.Disable()
	}
	n, done := w.ses.Matches()
	text := ""
	if w.ses.Query() != "" && done {
		text = w.t("filter.count", words.Count(n))
	} else if w.ses.Query() != "" {
		text = w.t("filter.running", words.Count(n))
	}
	w.matches.SetText(text)
	w.syncControls()
}

// syncControls shows in the controls what a session that was opened has set.
func (w *Window) syncControls() {
	mode := int(w.ses.ZoneMode())
	names := w.zoneNames()
	for _, s := range []*hintSelect{w.zone, w.options.zone} {
		if !slices.Equal(names, s.Options) {
			s.Options = names
			told := s.OnChanged
			s.OnChanged = nil
			s.ClearSelected() // its text may be the old name of the same clock
			s.OnChanged = told
		}
		silently(s, mode)
	}
	if w.ses.Query() != strings.TrimSpace(w.filter.Text) {
		told := w.filter.OnChanged
		w.filter.OnChanged = nil
		w.filter.SetText(w.ses.Query())
		w.filter.OnChanged = told
	}
	if w.all.Checked != w.ses.ShowsAll() {
		w.all.SetChecked(w.ses.ShowsAll()) // tells the session what it knows
	}
}

// zoneNames are the clocks to choose from, in the order of session.ZoneMode.
func (w *Window) zoneNames() []string {
	zones := w.ses.Zones()
	customer := w.t("zone.customer", "")
	if len(zones) > 0 {
		customer = w.t("zone.customer", session.Offset(zones[0].Bias))
		for _, z := range zones {
			if z.Bias != zones[0].Bias {
				customer = w.t("zone.customer-many")
			}
		}
	}
	return []string{customer, w.t("zone.utc"), w.t("zone.mine", session.Offset(w.ses.MineBias()))}
}

func (w *Window) setZone(m session.ZoneMode) {
	if m == w.ses.ZoneMode() {
		return
	}
	w.set.Zone = m
	w.keep()
	w.ses.SetZoneMode(m)
	w.view.Reload()
	w.showDetail(w.view.Current())
}

// filterEntry is the field for the text to look for. Its keys go on to the
// window: Enter and F3 lead to the matches, Escape back to the rows.
type filterEntry struct{ hintEntry }

func newFilterEntry(w *Window) *filterEntry {
	e := &filterEntry{hintEntry{w: w}}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(w.t("filter.place") + "  " + shortcutName("F"))
	return e
}

// TypedKey implements fyne.Focusable.
func (e *filterEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e.w.key(fyne.KeyF3, shiftDown())
	case fyne.KeyDown:
		e.w.win.Canvas().Focus(e.w.view)
	default:
		e.hintEntry.TypedKey(k)
	}
}

// key does what a key means anywhere in the window. Over a dialog only Escape
// means something, and F1 on the list of keys.
func (w *Window) key(name fyne.KeyName, shift bool) {
	step := 1
	if shift {
		step = -1
	}
	switch {
	case name == fyne.KeyF1:
		w.showKeys()
	case name == fyne.KeyEscape:
		if !w.dismiss() {
			w.escape()
		}
	case len(w.dialogs) > 0:
	case name == fyne.KeyF2:
		w.nextBookmark(step)
	case name == fyne.KeyF3:
		w.nextMatch(step)
	case name == fyne.KeyF5:
		w.again()
	case name == fyne.KeyF8:
		w.nextError(step)
	}
}

// escape ends one thing: the settings, else reading, else the search, else the
// choice of field.
func (w *Window) escape() {
	switch {
	case w.page == settingsPage:
		w.turn(w.pageBefore)
		return
	case w.ses.State() == session.Reading:
		w.ses.Cancel()
	case w.ses.Query() != "":
		w.filter.SetText("")
	case w.page == timelinePage:
		w.ses.ClearConditions()
	}
	if w.page == timelinePage && w.frame.Visible() {
		w.win.Canvas().Focus(w.view)
	}
}
