package window

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The controls of the window are those of Fyne with two things more: they say
// what they do, in the status bar and beside the pointer, and they pass the
// window's keys on. Fyne gives a key to what has the focus and to nothing else:
// without that, F8 would be dead on a button.

// ofWindow reports whether a key is the window's, whatever has the focus.
func ofWindow(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF5, fyne.KeyF8, fyne.KeyEscape:
		return true
	}
	return false
}

// hintButton is a button. The space bar and Enter take it. The focus is a ring
// around it: Fyne's own way leaves pale words on a pale ground where the button
// is of high importance.
type hintButton struct {
	widget.Button
	w       *Window
	hint    string
	focused bool
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
	b.w.hint(b, b.hint)
}

// MouseOut implements desktop.Hoverable.
func (b *hintButton) MouseOut() {
	b.Button.MouseOut()
	b.w.hint(nil, "")
}

// Tapped implements fyne.Tappable.
func (b *hintButton) Tapped(e *fyne.PointEvent) {
	b.w.hint(nil, "")
	b.Button.Tapped(e)
}

// FocusGained implements fyne.Focusable.
func (b *hintButton) FocusGained() {
	b.focused = true
	b.Refresh()
	b.w.status.hint(b.hint)
}

// FocusLost implements fyne.Focusable.
func (b *hintButton) FocusLost() {
	b.focused = false
	b.Refresh()
	b.w.status.hint("")
}

// TypedKey implements fyne.Focusable.
func (b *hintButton) TypedKey(k *fyne.KeyEvent) {
	switch {
	case ofWindow(k.Name):
		b.w.key(k.Name, shiftDown())
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter || k.Name == fyne.KeySpace:
		b.Button.Tapped(nil)
		// Fyne's button lets the keyboard go: whoever goes on by Tab would begin anew.
		if c := b.w.win.Canvas(); c.Focused() == nil && c.Overlays().Top() == nil && b.Visible() {
			c.Focus(b)
		}
	default:
		b.Button.TypedKey(k)
	}
}

// CreateRenderer implements fyne.Widget.
func (b *hintButton) CreateRenderer() fyne.WidgetRenderer {
	r := &ringRenderer{WidgetRenderer: b.Button.CreateRenderer(), b: b, ring: canvas.NewRectangle(color.Transparent)}
	r.ring.StrokeWidth = 2
	r.paint()
	return r
}

// ringRenderer draws a ring around what has the focus.
type ringRenderer struct {
	fyne.WidgetRenderer
	b    *hintButton
	ring *canvas.Rectangle
}

func (r *ringRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clip(r.WidgetRenderer.Objects()), r.ring)
}

func (r *ringRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.Move(fyne.NewPos(1, 1))
	r.ring.Resize(size.SubtractWidthHeight(2, 2))
}

func (r *ringRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
	r.ring.Refresh()
}

func (r *ringRenderer) paint() {
	name := fynetheme.ColorNamePrimary
	if r.b.Importance == widget.HighImportance {
		name = fynetheme.ColorNameForeground
	}
	r.ring.StrokeColor = fynetheme.Color(name)
	r.ring.CornerRadius = fynetheme.Size(fynetheme.SizeNameButtonRadius)
	show(r.ring, r.b.focused)
}

// hintSelect is a choice of one.
type hintSelect struct {
	widget.Select
	w    *Window
	hint string
}

func newHintSelect(w *Window, hint string, options []string) *hintSelect {
	s := &hintSelect{w: w, hint: hint}
	s.Options = options
	s.ExtendBaseWidget(s)
	return s
}

// chosen makes option i the current one, and calls changed for others from
// then on.
func (s *hintSelect) chosen(i int, changed func(i int)) *hintSelect {
	s.SetSelectedIndex(i)
	s.OnChanged = func(string) { changed(s.SelectedIndex()) }
	return s
}

// MouseIn implements desktop.Hoverable.
func (s *hintSelect) MouseIn(e *desktop.MouseEvent) {
	s.Select.MouseIn(e)
	s.w.hint(s, s.hint)
}

// MouseOut implements desktop.Hoverable.
func (s *hintSelect) MouseOut() {
	s.Select.MouseOut()
	s.w.hint(nil, "")
}

// Tapped implements fyne.Tappable.
func (s *hintSelect) Tapped(e *fyne.PointEvent) {
	s.w.hint(nil, "")
	s.Select.Tapped(e)
}

// TypedKey implements fyne.Focusable.
func (s *hintSelect) TypedKey(k *fyne.KeyEvent) {
	switch {
	case ofWindow(k.Name):
		s.w.key(k.Name, shiftDown())
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
		s.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		s.Select.TypedKey(k)
	}
}

// hintCheck is a box to tick.
type hintCheck struct {
	widget.Check
	w    *Window
	hint string
}

func newHintCheck(w *Window, text, hint string) *hintCheck {
	c := &hintCheck{w: w, hint: hint}
	c.Text = text
	c.ExtendBaseWidget(c)
	return c
}

// MouseIn implements desktop.Hoverable.
func (c *hintCheck) MouseIn(e *desktop.MouseEvent) {
	c.Check.MouseIn(e)
	c.w.hint(c, c.hint)
}

// MouseOut implements desktop.Hoverable.
func (c *hintCheck) MouseOut() {
	c.Check.MouseOut()
	c.w.hint(nil, "")
}

// TypedKey implements fyne.Focusable.
func (c *hintCheck) TypedKey(k *fyne.KeyEvent) {
	switch {
	case ofWindow(k.Name):
		c.w.key(k.Name, shiftDown())
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
		c.SetChecked(!c.Checked)
	default:
		c.Check.TypedKey(k)
	}
}

// hintEntry is a field for a line of text. Enter calls OnSubmitted.
type hintEntry struct {
	widget.Entry
	w *Window
}

func newHintEntry(w *Window) *hintEntry {
	e := &hintEntry{w: w}
	e.ExtendBaseWidget(e)
	return e
}

func newPasswordEntry(w *Window) *hintEntry {
	e := &hintEntry{w: w}
	e.Password = true
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *hintEntry) TypedKey(k *fyne.KeyEvent) {
	if ofWindow(k.Name) {
		e.w.key(k.Name, shiftDown())
		return
	}
	e.Entry.TypedKey(k)
}
