package window

import (
	"strings"

	"fyne.io/fyne/v2"

	"patchtrail/app/palette"
	"patchtrail/app/session"
)

// filterMenu is the menu of the ready filters and of those that the user saved.
func (w *Window) filterMenu() *fyne.Menu {
	items := w.questionItems()
	items = append(items, fyne.NewMenuItemSeparator())
	for _, f := range w.set.Filters {
		items = append(items, fyne.NewMenuItem(f.Name, func() { w.takeFilter(f) }))
	}
	save := fyne.NewMenuItem(w.t("filter.save"), w.saveFilter)
	save.Disabled = w.ses.Filter().Empty()
	items = append(items, save)
	if len(w.set.Filters) > 0 {
		away := fyne.NewMenuItem(w.t("filter.delete"), nil)
		away.ChildMenu = fyne.NewMenu("")
		for _, f := range w.set.Filters {
			away.ChildMenu.Items = append(away.ChildMenu.Items, fyne.NewMenuItem(f.Name, func() { w.deleteFilter(f.Name) }))
		}
		items = append(items, away)
	}
	return fyne.NewMenu("", items...)
}

// takeFilter puts a saved filter in place of the one that is set.
func (w *Window) takeFilter(f session.SavedFilter) {
	w.toTimeline()
	if err := w.ses.SetFilter(f.Filter); err != nil {
		w.status.say(w.lang.Error(err))
	}
}

// saveFilter asks for a name and keeps the filter that is set under it.
func (w *Window) saveFilter() {
	now := w.ses.Filter()
	if now.Empty() {
		w.status.say(w.t("filter.nothing"))
		return
	}
	w.askText(w.t("filter.save-title"), w.filterText(now), "", func(name string) {
		if name = strings.TrimSpace(name); name == "" {
			return
		}
		w.set.SaveFilter(session.SavedFilter{Name: name, Filter: now})
		w.keep()
		w.options.refresh()
		w.status.say(w.t("filter.saved", name))
	})
}

func (w *Window) deleteFilter(name string) {
	w.set.DeleteFilter(name)
	w.keep()
	w.options.refresh()
	w.status.say(w.t("filter.deleted", name))
}

// filterText names what a filter asks for.
func (w *Window) filterText(f session.Filter) string {
	var parts []string
	for _, c := range f.Conditions {
		parts = append(parts, w.conditionText(c))
	}
	if f.Text != "" {
		parts = append(parts, w.t("filter.text", f.Text))
	}
	return strings.Join(parts, "  ·  ")
}

// savedItems are the saved filters for the palette.
func (w *Window) savedItems() []palette.Item {
	var out []palette.Item
	for _, f := range w.set.Filters {
		out = append(out, palette.Item{Section: w.t("palette.saved"), Title: f.Name, Detail: w.filterText(f.Filter), Run: func() { w.takeFilter(f) }})
	}
	return out
}
