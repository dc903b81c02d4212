package window

import (
	"errors"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/lang"
	"patchtrail/analyze/rule"
	"patchtrail/app/opener"
	"patchtrail/app/session"
	"patchtrail/app/settings"
	"patchtrail/app/theme"
)

// Measures of the settings page in Fyne units.
const (
	optionNames = 210
	optionWidth = 230
	limitWidth  = 110
	mostFaults  = 50
)

// options is the settings page. What is chosen holds at once, but for limits
// and rules: those hold for what is read next.
type options struct {
	w       *Window
	content *fyne.Container
	scroll  *container.Scroll
	first   *hintSelect
	zone    *hintSelect
	zoom    *hintSelect
	limits  [len(settings.Limits{})]*hintEntry
	bad     [len(settings.Limits{})]*widget.Label
	folder  *widget.Label
	check   *hintButton
	drop    *hintButton
	rules   *widget.Label
	filters *fyne.Container
	// controls are those of the look, in their order.
	controls []fyne.Focusable
	checks   int // counts checks of the rules; what an older one brings is dropped
}

func newOptions(w *Window) *options {
	o := &options{w: w}
	column := container.New(layout.NewCustomPaddedVBoxLayout(6))
	for _, part := range []fyne.CanvasObject{
		heading(w.t("settings.look")), o.look(),
		heading(w.t("settings.filters")), o.savedFilters(),
		heading(w.t("settings.rules")), o.rulesPart(),
		heading(w.t("settings.limits")), o.limitsPart(),
	} {
		column.Add(part)
	}
	o.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(8, 16, 16, 16), column))
	o.content = container.NewStack(o.scroll)
	o.refresh()
	return o
}

// line is a name with its control, and what is to be said of it.
func (o *options) line(name string, control fyne.CanvasObject, note fyne.CanvasObject) fyne.CanvasObject {
	label := widget.NewLabel(name)
	if note == nil {
		note = layout.NewSpacer()
	}
	return container.NewBorder(nil, nil, container.NewHBox(container.New(fixed{optionNames}, label), container.New(fixed{optionWidth}, control)), nil, note)
}

// fixed gives an object a width.
type fixed struct{ width float32 }

func (f fixed) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.width, o[0].MinSize().Height)
}

func (f fixed) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// look is what changes how things look.
func (o *options) look() fyne.CanvasObject {
	w := o.w
	names := []string{w.t("settings.system")}
	for _, l := range languages {
		names = append(names, l.name)
	}
	o.first = newHintSelect(w, w.t("settings.language-hint"), names).chosen(w.languageAt(), func(i int) {
		if i == 0 {
			w.set.Language = ""
			w.keep()
			w.speak(lang.FromSystem())
		} else {
			w.setLang(languages[i-1].lang)
		}
	})
	mode := newHintSelect(w, w.t("settings.theme-hint"), []string{w.t("menu.system"), w.t("menu.light"), w.t("menu.dark")}).
		chosen(w.set.Look, func(i int) { w.setMode(theme.Mode(i)) })
	o.zoom = o.numbers(w.t("settings.zoom-hint", shortcutName("="), shortcutName("-"), shortcutName("0")), "settings.percent", settings.Zooms(), w.set.Zoom, w.setZoom)
	font := 0
	if w.set.Mono {
		font = 1
	}
	fonts := newHintSelect(w, w.t("settings.font-hint"), []string{w.t("settings.font-plain"), w.t("settings.font-mono")}).chosen(font, func(i int) {
		w.set.Mono = i == 1
		w.keep()
		w.setRowText()
	})
	size := o.numbers(w.t("settings.size-hint"), "settings.points", settings.RowTexts(), w.set.RowText, func(n int) {
		w.set.RowText = n
		w.keep()
		w.setRowText()
	})
	o.zone = newHintSelect(w, w.t("settings.zone-hint"), w.zoneNames()).chosen(int(w.ses.ZoneMode()), func(i int) { w.setZone(session.ZoneMode(i)) })
	o.controls = []fyne.Focusable{o.first, mode, o.zoom, fonts, size, o.zone}
	return container.NewVBox(
		o.line(w.t("settings.language"), o.first, nil), o.line(w.t("settings.theme"), mode, nil), o.line(w.t("settings.zoom"), o.zoom, nil),
		o.line(w.t("settings.font"), fonts, nil), o.line(w.t("settings.size"), size, nil), o.line(w.t("settings.zone"), o.zone, nil))
}

// focused is which of the controls of the look has the keyboard, 0 for none, and
// focusable is the control of that number: they are made anew with the look.
func (o *options) focused(f fyne.Focusable) int { return max(0, slices.Index(o.controls, f)) }

func (o *options) focusable(n int) fyne.Focusable { return o.controls[n] }

// languageAt is the place of the language that was chosen among the choices: 0
// is that of the system.
func (w *Window) languageAt() int {
	for i, l := range languages {
		if w.set.Language == string(l.lang) {
			return i + 1
		}
	}
	return 0
}

// numbers is a choice of numbers, written as a key of the words says.
func (o *options) numbers(hint, key string, all []int, now int, changed func(n int)) *hintSelect {
	names := make([]string, len(all))
	for i, n := range all {
		names[i] = o.w.t(key, n)
	}
	return newHintSelect(o.w, hint, names).chosen(slices.Index(all, now), func(i int) { changed(all[i]) })
}

func (o *options) savedFilters() fyne.CanvasObject {
	o.filters = container.New(layout.NewCustomPaddedVBoxLayout(0))
	return o.filters
}

// rulesPart is the folder of the user's own rules.
func (o *options) rulesPart() fyne.CanvasObject {
	w := o.w
	o.folder = widget.NewLabel("")
	o.folder.Truncation = fyne.TextTruncateEllipsis
	choose := newHintButton(w, w.t("settings.rules-choose"), w.t("settings.rules-hint"), func() {
		w.chooseFolder(func(path string) { o.setRules(path) })
	})
	o.check = newHintButton(w, w.t("settings.rules-check"), w.t("settings.rules-check-hint"), o.checkRules)
	o.drop = newHintButton(w, w.t("settings.rules-none"), w.t("settings.rules-none-hint"), func() { o.setRules("") })
	o.rules = widget.NewLabel("")
	o.rules.Wrapping = fyne.TextWrapWord
	o.rules.Selectable = true
	name := container.New(fixed{optionNames}, widget.NewLabel(w.t("settings.rules-folder")))
	return container.NewVBox(container.NewBorder(nil, nil, container.NewHBox(name, choose, o.check, o.drop), nil, o.folder), o.rules)
}

// limitsPart are the limits of DESIGN 9.
func (o *options) limitsPart() fyne.CanvasObject {
	w := o.w
	note := widget.NewLabel(w.t("settings.limits-note"))
	note.Importance = widget.LowImportance
	note.Wrapping = fyne.TextWrapWord
	grid := container.NewGridWithColumns(2)
	for i, l := range settings.Limited() {
		o.limits[i], o.bad[i] = newHintEntry(w), widget.NewLabel("")
		o.limits[i].SetText(l.Text(w.set.Limits[i]))
		o.limits[i].OnChanged = func(text string) { o.setLimit(i, text) }
		o.limits[i].OnSubmitted = func(string) { o.limits[i].SetText(l.Text(w.set.Limits[i])) }
		o.bad[i].Truncation = fyne.TextTruncateEllipsis
		name := container.New(fixed{optionNames}, widget.NewLabel(w.t("settings.limit-"+l.Name)))
		grid.Add(container.NewBorder(nil, nil, container.NewHBox(name, container.New(fixed{limitWidth}, o.limits[i])), nil, o.bad[i]))
	}
	defaults := newHintButton(w, w.t("settings.defaults"), w.t("settings.defaults-hint"), func() {
		for i, l := range settings.Limited() {
			o.limits[i].SetText(l.Text(l.Default))
		}
	})
	gap := canvas.NewRectangle(color.Transparent)
	gap.SetMinSize(fyne.NewSize(optionNames, 0))
	return container.NewVBox(note, grid, container.NewHBox(gap, defaults))
}

// setLimit takes what was typed for limit i, or says what it may be.
func (o *options) setLimit(i int, text string) {
	w, l := o.w, settings.Limited()[i]
	v, err := l.Parse(text)
	o.bad[i].Importance = widget.DangerImportance
	if err != nil {
		o.bad[i].SetText(w.t("settings.limit-bad", l.Text(l.Least), l.Text(l.Most)))
		return
	}
	o.bad[i].SetText("")
	if v != w.set.Limits[i] {
		w.set.Limits[i] = v
		w.keep()
		w.applyReading()
	}
}

// setRules takes a folder of the user's rules, or none.
func (o *options) setRules(folder string) {
	w := o.w
	w.set.Rules = folder
	w.keep()
	w.applyReading()
	o.refresh()
	o.checkRules()
}

// checkRules loads the user's rules and says what is wrong with them. It runs
// beside the window's goroutine: all their samples are tried.
func (o *options) checkRules() {
	w, folder := o.w, o.w.set.Rules
	o.checks++
	checks := o.checks
	if folder == "" {
		o.say(w.t("settings.rules-about"), widget.LowImportance)
		return
	}
	o.say(w.t("settings.rules-checking"), widget.LowImportance)
	go func() {
		_, own, err := opener.Rules(folder)
		w.post(func() {
			switch {
			case checks != o.checks:
			case err != nil:
				o.say(o.faults(err), widget.DangerImportance)
			default:
				o.say(w.t("settings.rules-good", own), widget.SuccessImportance)
			}
			w.note()
		})
	}()
}

func (o *options) say(text string, importance widget.Importance) {
	o.rules.Importance = importance
	o.rules.SetText(text)
}

// faults lists what is wrong with rules: file, line, rule, and the remedy.
func (o *options) faults(err error) string {
	var many rule.Errors
	if !errors.As(err, &many) {
		return o.w.t("settings.rules-unreadable", err)
	}
	lines := []string{o.w.t("settings.rules-bad", len(many))}
	for _, e := range many[:min(len(many), mostFaults)] {
		lines = append(lines, e.In(o.w.lang))
	}
	if more := len(many) - mostFaults; more > 0 {
		lines = append(lines, o.w.t("problems.more", more))
	}
	return strings.Join(lines, "\n")
}

// refresh shows the settings that change elsewhere as they are now.
func (o *options) refresh() {
	w := o.w
	silently(o.first, w.languageAt())
	silently(o.zone, int(w.ses.ZoneMode()))
	silently(o.zoom, slices.Index(settings.Zooms(), w.set.Zoom))
	o.folder.SetText(filepath.FromSlash(w.set.Rules))
	show(o.check, w.set.Rules != "")
	show(o.drop, w.set.Rules != "")
	if w.set.Rules == "" {
		o.folder.SetText(w.t("settings.rules-no-folder"))
		o.say(w.t("settings.rules-about"), widget.LowImportance)
	}
	o.filters.RemoveAll()
	for _, f := range w.set.Filters {
		name := widget.NewLabel(f.Name)
		name.Truncation = fyne.TextTruncateEllipsis
		what := widget.NewLabel(w.filterText(f.Filter))
		what.Truncation = fyne.TextTruncateEllipsis
		what.Importance = widget.LowImportance
		away := newHintButton(w, "", w.t("settings.filter-delete", f.Name), func() { w.deleteFilter(f.Name) })
		away.SetIcon(fynetheme.DeleteIcon())
		away.Importance = widget.LowImportance
		o.filters.Add(container.NewBorder(nil, nil, container.New(fixed{optionNames}, name), away, what))
	}
	if len(w.set.Filters) == 0 {
		none := widget.NewLabel(w.t("settings.filters-none"))
		none.Importance = widget.LowImportance
		none.Wrapping = fyne.TextWrapWord
		o.filters.Add(none)
	}
	o.filters.Refresh()
}

// silently makes an option the current one without telling of it.
func silently(s *hintSelect, i int) {
	if i != s.SelectedIndex() {
		told := s.OnChanged
		s.OnChanged = nil
		s.SetSelectedIndex(i)
		s.OnChanged = told
	}
}

// keep keeps the settings for the next run.
func (w *Window) keep() { w.set.Save(w.app.Preferences()) }

// applyReading makes what is opened from now on keep to the limits and rules.
func (w *Window) applyReading() {
	if c, ok := w.opener.(configurable); ok {
		w.ses.SetOpener(c.With(w.set.Reading))
	}
}

// configurable is an Opener that reads by the user's limits and rules.
type configurable interface {
	With(settings.Reading) session.Opener
}
