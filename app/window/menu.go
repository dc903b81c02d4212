package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"patchtrail/app/theme"
)

// menu is the menu of the window; its shortcuts work wherever the focus is.
func (w *Window) menu() *fyne.MainMenu {
	item := func(text string, key fyne.KeyName, mod fyne.KeyModifier, act func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(text, act)
		if key != "" {
			m.Shortcut = &desktop.CustomShortcut{KeyName: key, Modifier: mod}
		}
		return m
	}
	const none = fyne.KeyModifier(0)
	ctrl := fyne.KeyModifierShortcutDefault
	quit := item(w.t("app.quit"), fyne.KeyQ, ctrl, w.win.Close)
	quit.IsQuit = true
	file := fyne.NewMenu(w.t("menu.file"),
		item(w.t("app.open-file"), fyne.KeyO, ctrl, w.openFile),
		item(w.t("app.open-folder"), fyne.KeyO, ctrl|fyne.KeyModifierShift, w.openFolder),
		item(w.t("app.export-html"), fyne.KeyE, ctrl, w.saveHTML),
		item(w.t("menu.cancel"), "", none, w.ses.Cancel),
		fyne.NewMenuItemSeparator(), quit)
	mode := func(text string, m theme.Mode) *fyne.MenuItem {
		i := item(text, "", none, func() {
			w.setMode(m)
			w.win.SetMainMenu(w.menu())
		})
		i.Checked = w.mode == m
		return i
	}
	view := fyne.NewMenu(w.t("menu.view"), mode(w.t("menu.system"), theme.System), mode(w.t("menu.light"), theme.Light),
		mode(w.t("menu.dark"), theme.Dark))
	move := fyne.NewMenu(w.t("menu.go"),
		item(w.t("menu.find"), fyne.KeyF, ctrl, w.find),
		item(w.t("menu.next-match"), "", none, func() { w.nextMatch(1) }),
		item(w.t("menu.prev-match"), "", none, func() { w.nextMatch(-1) }),
		item(w.t("menu.next-error"), "", none, func() { w.nextError(1) }),
		item(w.t("menu.prev-error"), "", none, func() { w.nextError(-1) }))
	move.Items = append(move.Items, w.timelineItems()...)
	move.Items = append(move.Items, fyne.NewMenuItemSeparator())
	for i, name := range pageNames {
		move.Items = append(move.Items, item(w.t("page."+name), fyne.KeyName(rune('1'+i)), ctrl, func() { w.turn(pageID(i)) }))
	}
	return fyne.NewMainMenu(file, view, move)
}

// find puts the keyboard into the field for the text to look for.
func (w *Window) find() {
	w.turn(timelinePage)
	w.win.Canvas().Focus(w.filter)
	w.filter.TypedShortcut(&fyne.ShortcutSelectAll{})
}
