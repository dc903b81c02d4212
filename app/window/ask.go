package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
)

// dialogSize is the size of dialogs that list something.
var dialogSize = fyne.NewSize(860, 560)

// present shows a dialog that Escape closes, gives the keyboard to focus, and
// back when it is closed. size is its least size.
func (w *Window) present(d *dialog.CustomDialog, size fyne.Size, focus fyne.Focusable, closed func()) {
	before := w.win.Canvas().Focused()
	w.dialogs = append(w.dialogs, d)
	d.SetOnClosed(func() {
		for i, o := range w.dialogs {
			if o == dialogBox(d) {
				w.dialogs = append(w.dialogs[:i:i], w.dialogs[i+1:]...)
				break
			}
		}
		if closed != nil {
			closed()
		}
		if before != nil && w.win.Canvas().Overlays().Top() == nil {
			w.win.Canvas().Focus(before)
		}
		w.note()
	})
	d.Resize(size)
	d.Show()
	if focus != nil {
		w.win.Canvas().Focus(focus)
	}
	w.note()
}

// dismiss closes the dialog on top; ok is false where there is none.
func (w *Window) dismiss() (ok bool) {
	if n := len(w.dialogs); n > 0 {
		w.dialogs[n-1].Hide()
		return true
	}
	return false
}

// choice is one answer to a question.
type choice struct {
	text string
	act  func()
}

// cancel is the choice to do nothing.
func (w *Window) cancel() choice { return choice{text: w.t("ask.cancel")} }

// ask puts a question. The last choice is the one that Enter takes; closing the
// dialog, by Escape or otherwise, is cancel, whose act may be nil.
func (w *Window) ask(title string, content fyne.CanvasObject, cancel choice, choices ...choice) *dialog.CustomDialog {
	d := dialog.NewCustomWithoutButtons(title, content, w.win)
	answered := false
	last := newHintButton(w, cancel.text, "", d.Hide)
	buttons := []fyne.CanvasObject{last}
	for _, c := range choices {
		last = newHintButton(w, c.text, "", func() {
			answered = true
			d.Hide()
			c.act()
		})
		buttons = append(buttons, last)
	}
	last.Importance = widget.HighImportance
	d.SetButtons(buttons)
	w.present(d, fyne.NewSize(480, 160), last, func() {
		if !answered && cancel.act != nil {
			cancel.act()
		}
	})
	return d
}

// tell shows something to read, and a button that closes it. closed is called
// then; it may be nil.
func (w *Window) tell(title string, content fyne.CanvasObject, size fyne.Size, closed func()) dialogBox {
	d := dialog.NewCustomWithoutButtons(title, content, w.win)
	shut := newHintButton(w, w.t("keys.close"), "", d.Hide)
	shut.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{shut})
	w.present(d, size, shut, closed)
	return d
}

// askText asks for a line of text.
func (w *Window) askText(title, label, text string, done func(text string)) {
	entry := newHintEntry(w)
	entry.SetText(text)
	words := widget.NewLabel(label)
	words.Wrapping = fyne.TextWrapWord
	var d *dialog.CustomDialog
	take := func() {
		if entry.Text != "" {
			done(entry.Text)
		}
	}
	d = w.ask(title, container.NewVBox(words, entry), w.cancel(), choice{w.t("ask.ok"), take})
	entry.OnSubmitted = func(string) { d.Hide(); take() }
	w.win.Canvas().Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}
