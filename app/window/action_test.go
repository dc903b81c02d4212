package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"patchtrail/analyze/lang"
)

// act does an action by its name.
func act(t *testing.T, w *Window, id string) {
	t.Helper()
	for _, a := range w.actions() {
		if a.id == id {
			a.act()
			return
		}
	}
	t.Fatalf("there is no action %s", id)
}

// TestKeysOfTheIssue holds the keys that users know from elsewhere, and that no
// key has two meanings.
func TestKeysOfTheIssue(t *testing.T) {
	w := opened(t, finished(1))
	at := map[string]string{}
	for _, a := range w.actions() {
		for key := range strings.SplitSeq(a.key, ", ") {
			if key == "" {
				continue
			}
			if at[key] != "" {
				t.Errorf("%s is %s and %s", key, at[key], a.id)
			}
			at[key] = a.id
		}
	}
	for key, id := range map[string]string{"Ctrl+K": "palette", "Ctrl+O": "open", "Ctrl+F": "find", "F3": "next-match", "Shift+F3": "prev-match",
		"n": "next-match", "N": "prev-match", "F8": "next-error", "Shift+F8": "prev-error", "Ctrl+G": "go-time", "Ctrl+B": "bookmark", "Ctrl+E": "export",
		"Ctrl+L": "code", "F5": "reread", "F1": "keys", "Ctrl+,": "settings", "Ctrl+1": "page-overview", "Ctrl+8": "page-settings", "Ctrl+S": "save"} {
		if at[key] != id {
			t.Errorf("%s is %q, want %s", key, at[key], id)
		}
	}
}

// TestMenuHasTheShortcuts holds that every Ctrl key is in a menu, where Fyne
// looks for it.
func TestMenuHasTheShortcuts(t *testing.T) {
	w := opened(t, finished(1))
	in := map[desktop.CustomShortcut]bool{}
	for _, m := range w.win.MainMenu().Items {
		for _, i := range m.Items {
			if s, ok := i.Shortcut.(*desktop.CustomShortcut); ok {
				in[*s] = true
			}
		}
	}
	for _, a := range w.actions() {
		if a.shortcut != nil && !in[*a.shortcut] {
			t.Errorf("%s is in no menu", a.key)
		}
	}
	w.setLang(lang.Japanese)
	for _, a := range w.actions() {
		if a.title == "" || strings.Contains(a.title, ".") && !strings.HasSuffix(a.title, "...") {
			t.Errorf("%s is called %q", a.id, a.title)
		}
	}
}

// TestKeysOnControls presses the window's keys while a control has the focus.
func TestKeysOnControls(t *testing.T) {
	w := ready(t, 5000)
	for name, control := range map[string]fyne.Focusable{"button": w.export, "choice": w.zone, "box": w.all, "field": w.filter, "side bar": w.side.items[0], "rows": w.view} {
		w.view.Select(0)
		w.win.Canvas().Focus(control)
		control.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF8})
		if got := w.view.Current(); got != 2 {
			t.Errorf("F8 on a %s leads to row %d, want 2", name, got)
		}
	}
	taken := 0
	b := newHintButton(w, "", "", func() { taken++ })
	for _, name := range []fyne.KeyName{fyne.KeyReturn, fyne.KeySpace, fyne.KeyEnter, fyne.KeyA} {
		b.TypedKey(&fyne.KeyEvent{Name: name})
	}
	if b.Disable(); taken != 3 {
		t.Errorf("the button was taken %d times, want 3", taken)
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if taken != 3 {
		t.Error("a button that is off was taken")
	}
}

// TestEscapeEndsDialogs closes what is on top, and nothing below it.
func TestEscapeEndsDialogs(t *testing.T) {
	w := ready(t, 100)
	w.filter.SetText("scan")
	w.askReplace([]string{"/logs/b.zip"})
	if w.win.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing is asked")
	}
	w.key(fyne.KeyF8, false)
	if w.view.Current() != -1 {
		t.Error("F8 works behind a question")
	}
	w.key(fyne.KeyEscape, false)
	if w.win.Canvas().Overlays().Top() != nil || w.ses.Query() != "scan" {
		t.Errorf("after Escape the query is %q", w.ses.Query())
	}
	w.key(fyne.KeyEscape, false)
	if w.ses.Query() != "" {
		t.Error("the second Escape does not end the search")
	}
}
