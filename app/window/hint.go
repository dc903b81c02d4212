package window

import (
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// hintButton is a button that says in the status bar what it does while the
// pointer is over it.
type hintButton struct {
	widget.Button
	w    *Window
	hint string
}

func newHintButton(w *Window, text, hint string, tapped func()) *hintButton {
	b := &hintButton{w: w, hint: hint}
	b.Text, b.OnTapped = text, tapped
	b.ExtendBaseWidget(b)
	return b
}

// MouseIn implements desktop.Hoverable.
func (b *hintButton) MouseIn(e *desktop.MouseEvent) {
	b.Button.MouseIn(e)
	b.w.status.hint(b.hint)
}

// MouseOut implements desktop.Hoverable.
func (b *hintButton) MouseOut() {
	b.Button.MouseOut()
	b.w.status.hint("")
}
