package window

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/session"
	"patchtrail/app/settings"
)

// open opens what was dropped, chosen or given as arguments: bundles or one
// session file. Where something is open already it asks whether to add to that.
func (w *Window) open(paths []string) {
	if len(paths) == 0 {
		return
	}
	paths = absolute(paths)
	switch {
	case slices.ContainsFunc(paths, session.IsFile):
		if len(paths) > 1 {
			w.fail(errors.New(w.t("session.alone")))
			return
		}
		w.openSession(paths[0])
	case len(w.ses.Inputs()) == 0 || w.ses.State() == session.Failed:
		w.replace(paths)
	default:
		w.askReplace(paths)
	}
}

// absolute makes paths mean the same from any folder.
func absolute(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p
		if abs, err := filepath.Abs(p); err == nil {
			out[i] = abs
		}
	}
	return out
}

// replace opens bundles in place of what is open.
func (w *Window) replace(paths []string) {
	w.saved = ""
	w.turnFromSettings()
	w.ses.Open(paths)
}

// askReplace asks what to do with bundles while others are open.
func (w *Window) askReplace(paths []string) {
	open, more := w.ses.Name()
	if more > 0 {
		open = w.t("app.more", open, more)
	}
	name := filepath.Base(paths[0])
	if len(paths) > 1 {
		name = w.t("app.more", name, len(paths)-1)
	}
	text := widget.NewLabel(w.t("open.question", open, name))
	text.Wrapping = fyne.TextWrapWord
	w.ask(w.t("open.title"), text, w.cancel(),
		choice{w.t("open.add"), func() { w.again(paths...) }},
		choice{w.t("open.replace"), func() { w.replace(paths) }})
}

// again reads what is open once more, with more bundles where there are any.
// The filter, the bookmarks, the page and the row stay.
func (w *Window) again(more ...string) {
	if len(w.ses.Inputs()) == 0 {
		return
	}
	w.turnFromSettings()
	w.ses.Reread(w.snapshot(), more...)
}

// snapshot is the session as it can be saved.
func (w *Window) snapshot() *session.File {
	current := -1
	if w.place.t != nil && w.place.t == w.rows.Timeline() {
		current = w.place.index
	}
	page := w.page
	if page == settingsPage {
		page = w.pageBefore
	}
	return w.ses.Snapshot(pageNames[page], current)
}

// openSession opens a session file.
func (w *Window) openSession(path string) {
	w.ses.Beside(func() func() {
		f, err := session.ReadFile(path)
		var missing []string
		if err == nil {
			missing = f.Missing()
		}
		return func() {
			if err != nil {
				w.fail(w.sessionError(err))
				return
			}
			w.complete(path, f, missing)
		}
	})
}

// sessionError says in the language of the window why a session file cannot be
// opened.
func (w *Window) sessionError(err error) error {
	var e *session.FileError
	if errors.As(err, &e) {
		return errors.New(w.t("session.fault-"+string(e.Fault), e.Name, e.Detail))
	}
	return err
}

// complete asks where the bundles of a session are that are missing, one after
// the other, and restores it.
func (w *Window) complete(path string, f *session.File, missing []string) {
	if len(missing) == 0 {
		w.restore(path, f)
		return
	}
	found := func(at string) {
		for i := range f.Inputs {
			if f.Inputs[i].Path == missing[0] {
				f.Inputs[i].Path = at
			}
		}
		w.complete(path, f, missing[1:])
	}
	text := widget.NewLabel(w.t("session.missing", filepath.Base(missing[0]), missing[0]))
	text.Wrapping = fyne.TextWrapBreak
	w.ask(w.t("session.missing-title"), text, w.cancel(),
		choice{w.t("session.choose-folder"), func() { w.chooseFolder(found) }},
		choice{w.t("session.choose-file"), func() { w.chooseFile(nil, found) }})
}

// restore opens the bundles of a session as they were looked at.
func (w *Window) restore(path string, f *session.File) {
	w.saved = path
	w.page = overviewPage
	if i := slices.Index(pageNames[:], f.Page); i >= 0 && pageID(i) != settingsPage {
		w.page = pageID(i)
	}
	w.ses.Restore(f)
}

// restored is told when the session that was opened is there.
func (w *Window) restored(current, lost int) {
	if current >= 0 {
		w.place = place{w.ses.Rows().Timeline(), current}
	}
	if lost > 0 {
		w.status.say(w.t("session.lost", lost))
	}
}

// saveSession saves the session where it was saved before, or asks where to.
func (w *Window) saveSession() {
	if w.saved == "" || len(w.ses.Inputs()) == 0 {
		w.saveSessionAs()
		return
	}
	w.writeSession(w.saved)
}

// saveSessionAs asks where to save the session.
func (w *Window) saveSessionAs() {
	if len(w.ses.Inputs()) == 0 {
		w.status.say(w.t("session.nothing"))
		return
	}
	d := dialog.NewFileSave(func(u fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			w.fail(err)
		case u != nil:
			u.Close() // its path is what we write
			w.writeSession(filepath.FromSlash(u.URI().Path()))
		}
	}, w.win)
	d.SetFileName(w.ses.FileName())
	d.SetFilter(storage.NewExtensionFileFilter([]string{session.Extension}))
	w.presentFile(d, "menu.save-session-as", "ask.save")
}

// writeSession writes the session file.
func (w *Window) writeSession(path string) {
	f := w.snapshot()
	w.ses.Beside(func() func() {
		err := f.Write(path)
		return func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.saved = path
			w.remember([]string{path})
			w.status.say(w.t("status.saved", filepath.Base(path)))
			w.note()
		}
	})
}

// remember puts what was opened at the head of the recent bundles.
func (w *Window) remember(paths []string) {
	w.set.Opened(paths)
	w.keep()
	w.start.refresh()
}

// rememberOpen does so once for what is read now.
func (w *Window) rememberOpen() {
	inputs := w.ses.Inputs()
	if w.ses.State() != session.Ready || slices.Equal(inputs, w.remembered) {
		return
	}
	w.remembered = slices.Clone(inputs)
	switch {
	case w.saved != "":
		w.remember([]string{w.saved})
	case !slices.ContainsFunc(inputs, isDemo):
		w.remember(inputs)
	}
}

// openFile asks for a bundle or a session file and opens it.
func (w *Window) openFile() {
	w.chooseFile(nil, func(path string) { w.open([]string{path}) })
}

// openSessionFile asks for a session file and opens it.
func (w *Window) openSessionFile() {
	w.chooseFile(storage.NewExtensionFileFilter([]string{session.Extension}), func(path string) { w.open([]string{path}) })
}

// openFolder asks for a folder and opens it.
func (w *Window) openFolder() {
	w.chooseFolder(func(path string) { w.open([]string{path}) })
}

// chooseFile asks for a file.
func (w *Window) chooseFile(filter storage.FileFilter, chosen func(path string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			w.fail(err)
		case r != nil:
			r.Close() // its path is what we open
			chosen(filepath.FromSlash(r.URI().Path()))
		}
	}, w.win)
	if filter != nil {
		d.SetFilter(filter)
	}
	w.presentFile(d, "app.open-file", "app.open")
}

// chooseFolder asks for a folder.
func (w *Window) chooseFolder(chosen func(path string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.fail(err)
		case u != nil:
			chosen(filepath.FromSlash(u.Path()))
		}
	}, w.win)
	w.presentFile(d, "app.open-folder", "app.open")
}

// presentFile shows a dialog for files in the language of the window: Fyne's own
// words are those of the system. Asked for its size before it shows, Fyne 2.8.1
// panics.
func (w *Window) presentFile(d *dialog.FileDialog, title, confirm string) {
	d.SetTitleText(strings.TrimSuffix(w.t(title), "..."))
	d.SetConfirmText(w.t(confirm))
	d.SetDismissText(w.t("ask.cancel"))
	w.dialogs = append(w.dialogs, d)
	d.SetOnClosed(func() {
		w.dialogs = slices.DeleteFunc(w.dialogs, func(o dialogBox) bool { return o == dialogBox(d) })
		w.note()
	})
	d.Show()
	d.Resize(dialogSize)
	w.note()
}

// dialogBox is a dialog that can be closed.
type dialogBox interface{ Hide() }

// recentName names a recent bundle.
func (w *Window) recentName(r settings.Recent) string {
	name := filepath.Base(r.Inputs[0])
	if more := len(r.Inputs) - 1; more > 0 {
		name = w.t("app.more", name, more)
	}
	return name
}
