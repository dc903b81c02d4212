package window

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/palette"
	"patchtrail/app/theme"
)

// action is something that the window does: it stands in a menu, in the palette
// and, where it has a key, in the list of keys.
type action struct {
	id    string
	title string
	// key is the way in by keyboard, as it is written: "Ctrl+O", "F8".
	key string
	// shortcut is set for keys that work by the menu; the others come in by
	// Window.key and View.OnRune.
	shortcut *desktop.CustomShortcut
	act      func()
}

// shift and alt are held with the key of a shortcut.
const (
	plain = fyne.KeyModifier(0)
	shift = fyne.KeyModifierShift
	alt   = fyne.KeyModifierAlt
)

// actions are everything that the window does, in the order of the list of
// keys.
func (w *Window) actions() []action {
	var out []action
	add := func(id, title, key string, act func()) {
		out = append(out, action{id: id, title: w.t(title), key: key, act: act})
	}
	ctrl := func(id, title string, key fyne.KeyName, with fyne.KeyModifier, act func()) {
		name := string(key)
		if with&shift != 0 {
			name = "Shift+" + name
		}
		if with&alt != 0 {
			name = "Alt+" + name
		}
		out = append(out, action{id: id, title: w.t(title), key: shortcutName(name), act: act,
			shortcut: &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | with}})
	}
	ctrl("palette", "menu.palette", fyne.KeyK, plain, w.showPalette)
	ctrl("open", "app.open-file", fyne.KeyO, plain, w.openFile)
	ctrl("open-folder", "app.open-folder", fyne.KeyO, shift, w.openFolder)
	ctrl("open-session", "menu.open-session", fyne.KeyO, alt, w.openSessionFile)
	add("reread", "menu.reread", "F5", func() { w.again() })
	ctrl("save", "menu.save-session", fyne.KeyS, plain, w.saveSession)
	ctrl("save-as", "menu.save-session-as", fyne.KeyS, shift, w.saveSessionAs)
	ctrl("export", "app.export-html", fyne.KeyE, plain, w.saveHTML)
	add("cancel", "menu.cancel", "", w.ses.Cancel)
	ctrl("find", "menu.find", fyne.KeyF, plain, w.find)
	add("next-match", "keys.next-match", "F3, n", func() { w.nextMatch(1) })
	add("prev-match", "keys.prev-match", "Shift+F3, N", func() { w.nextMatch(-1) })
	add("next-error", "keys.next-error", "F8", func() { w.nextError(1) })
	add("prev-error", "keys.prev-error", "Shift+F8", func() { w.nextError(-1) })
	ctrl("go-time", "menu.go-time", fyne.KeyG, plain, w.askTime)
	ctrl("code", "menu.code", fyne.KeyL, plain, w.askCode)
	ctrl("add-filter", "menu.add-filter", fyne.KeyF, shift, w.addFilter)
	add("save-filter", "filter.save", "", w.saveFilter)
	add("clear-filter", "filter.clear", "", w.ses.ClearConditions)
	ctrl("bookmark", "menu.bookmark", fyne.KeyB, plain, w.bookmark)
	add("next-bookmark", "keys.next-bookmark", "F2", func() { w.nextBookmark(1) })
	add("prev-bookmark", "keys.prev-bookmark", "Shift+F2", func() { w.nextBookmark(-1) })
	ctrl("same-thread", "menu.same-thread", fyne.KeyT, plain, w.sameThread)
	ctrl("around", "menu.around", fyne.KeyD, plain, w.around)
	ctrl("row", "menu.row", fyne.KeyM, plain, w.currentMenu)
	for i, name := range pageNames {
		ctrl("page-"+name, "page."+name, fyne.KeyName(rune('1'+i)), plain, func() { w.turn(pageID(i)) })
	}
	ctrl("settings", "menu.settings", fyne.KeyComma, plain, func() { w.turn(settingsPage) })
	ctrl("larger", "menu.larger", fyne.KeyEqual, plain, func() { w.zoom(1) })
	ctrl("smaller", "menu.smaller", fyne.KeyMinus, plain, func() { w.zoom(-1) })
	ctrl("own-size", "menu.own-size", fyne.Key0, plain, func() { w.zoom(0) })
	add("demo", "app.demo", "", w.openDemo)
	add("keys", "menu.keys", "F1", w.showKeys)
	ctrl("quit", "app.quit", fyne.KeyQ, plain, w.win.Close)
	return out
}

// menu is the menu of the window; its shortcuts work wherever the focus is.
func (w *Window) menu() *fyne.MainMenu {
	all := map[string]action{}
	for _, a := range w.actions() {
		all[a.id] = a
	}
	menu := func(title string, ids ...string) *fyne.Menu {
		m := fyne.NewMenu(w.t(title))
		for _, id := range ids {
			m.Items = append(m.Items, menuItem(all[id]))
		}
		return m
	}
	file := []string{"open", "open-folder", "open-session", "demo", "reread", "cancel", "", "save", "save-as", "export", "", "settings", "", "quit"}
	mode := func(title string, m theme.Mode) *fyne.MenuItem {
		i := fyne.NewMenuItem(w.t(title), func() { w.setMode(m) })
		i.Checked = w.set.Look == int(m)
		return i
	}
	view := menu("menu.view", "larger", "smaller", "own-size")
	view.Items = append([]*fyne.MenuItem{mode("menu.system", theme.System), mode("menu.light", theme.Light), mode("menu.dark", theme.Dark),
		fyne.NewMenuItemSeparator()}, view.Items...)
	pages := []string{""}
	for _, name := range pageNames {
		pages = append(pages, "page-"+name)
	}
	move := menu("menu.go", append([]string{"palette", "find", "next-match", "prev-match", "next-error", "prev-error", "go-time", "",
		"add-filter", "save-filter", "clear-filter", "same-thread", "around", "", "bookmark", "next-bookmark", "prev-bookmark", "row"}, pages...)...)
	return fyne.NewMainMenu(menu("menu.file", file...), view, move, menu("menu.help", "keys", "code"))
}

// menuItem is an action in a menu, without one a line. Keys that do not come in
// by the menu stand in its text.
func menuItem(a action) *fyne.MenuItem {
	if a.id == "" {
		return fyne.NewMenuItemSeparator()
	}
	m := fyne.NewMenuItem(a.title, a.act)
	if a.shortcut != nil {
		m.Shortcut = a.shortcut
	} else if key, _, _ := strings.Cut(a.key, ","); key != "" {
		m.Label += " (" + key + ")"
	}
	m.IsQuit = a.id == "quit"
	return m
}

// commands are the actions for the palette.
func (w *Window) commands() []palette.Item {
	var out []palette.Item
	_, page := w.ses.WriteHTML()
	for _, a := range w.actions() {
		switch {
		case a.id == "palette" || a.id == "quit" || a.id == "page-settings", a.id == "export" && !page:
			continue
		}
		out = append(out, palette.Item{Section: w.t("palette.commands"), Title: strings.TrimSuffix(a.title, "..."), Key: a.key, Run: a.act})
	}
	return out
}

// keys are the keys of the window with what they do.
func (w *Window) keys() [][2]string {
	var out [][2]string
	for _, a := range w.actions() {
		switch {
		case a.key == "" || strings.HasPrefix(a.id, "page-") && a.id != "page-overview":
			continue
		case a.id == "page-overview":
			out = append(out, [2]string{shortcutName("1") + " .. " + shortcutName(string(rune('0'+pageCount))), w.t("page.keys")})
			continue
		case a.id == "find":
			a.key += ", /"
		}
		out = append(out, [2]string{a.key, strings.TrimSuffix(a.title, "...")})
	}
	return append(out, [][2]string{
		{shortcutName("A"), w.t("keys.all")}, {shortcutName("C"), w.t("row.copy")},
		{"Tab, Shift+Tab", w.t("keys.tab")}, {"Escape", w.t("keys.escape")},
	}...)
}

// showKeys lists the keys, or closes the list.
func (w *Window) showKeys() {
	if w.listed != nil {
		w.listed.Hide()
		return
	}
	if len(w.dialogs) > 0 {
		return
	}
	all := w.keys()
	columns := container.NewGridWithColumns(2)
	for _, part := range [][][2]string{all[:(len(all)+1)/2], all[(len(all)+1)/2:]} {
		grid := container.New(layout.NewFormLayout())
		for _, k := range part {
			grid.Add(widget.NewLabelWithStyle(k[0], fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
			grid.Add(widget.NewLabel(k[1]))
		}
		columns.Add(grid)
	}
	size := fyne.NewSize(860, min(w.win.Canvas().Size().Height-60, columns.MinSize().Height+100))
	w.listed = w.tell(w.t("menu.keys"), container.NewVScroll(columns), size, func() { w.listed = nil })
}

// shortcutName is how the keys of a shortcut are called here.
func shortcutName(key string) string {
	if runtime.GOOS == "darwin" {
		return "⌘" + key
	}
	return "Ctrl+" + key
}
