// Package tabs is a row of names of which one is chosen. Left and Right move
// the choice; a line under the name and bold letters show it, a frame the
// keyboard.
package tabs

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Measures in Fyne units.
const (
	height = 30
	pad    = 10
	under  = 2
)

var (
	_ fyne.Tappable      = (*View)(nil)
	_ fyne.Focusable     = (*View)(nil)
	_ desktop.Hoverable  = (*View)(nil)
	_ desktop.Cursorable = (*View)(nil)
)

// View is the widget. Make it with New; callbacks may be nil.
type View struct {
	widget.BaseWidget

	// OnChoose tells which name was chosen.
	OnChoose func(i int)
	// OnKey takes the keys that mean nothing here.
	OnKey func(*fyne.KeyEvent)

	names   []string
	at      int
	hovered int
	focused bool
}

// New returns a row of names, the first chosen.
func New(names ...string) *View {
	v := &View{names: names, hovered: -1}
	v.ExtendBaseWidget(v)
	return v
}

// SetNames changes the names, of which there are as many.
func (v *View) SetNames(names ...string) {
	v.names = names
	v.Refresh()
}

// At is which name is chosen.
func (v *View) At() int { return v.at }

// SetAt shows a name as chosen.
func (v *View) SetAt(i int) {
	v.at = i
	v.Refresh()
}

func (v *View) choose(i int) {
	i = min(max(i, 0), len(v.names)-1)
	if i == v.at {
		return
	}
	v.SetAt(i)
	if v.OnChoose != nil {
		v.OnChoose(i)
	}
}

func (v *View) width(i int) float32 {
	return fyne.MeasureText(v.names[i], fynetheme.TextSize(), fyne.TextStyle{Bold: true}).Width + 2*pad
}

// nameAt is the name at a place, -1 for none.
func (v *View) nameAt(x float32) int {
	for i := range v.names {
		if x -= v.width(i); x < 0 {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (v *View) Tapped(e *fyne.PointEvent) {
	if i := v.nameAt(e.Position.X); i >= 0 {
		v.choose(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) {
	if i := v.nameAt(e.Position.X); i != v.hovered {
		v.hovered = i
		v.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() {
	v.hovered = -1
	v.Refresh()
}

// Cursor implements desktop.Cursorable.
func (v *View) Cursor() desktop.Cursor {
	if v.hovered >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (v *View) FocusGained() {
	v.focused = true
	v.Refresh()
}

// FocusLost implements fyne.Focusable.
func (v *View) FocusLost() {
	v.focused = false
	v.Refresh()
}

// TypedRune implements fyne.Focusable.
func (v *View) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (v *View) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		v.choose(v.at - 1)
	case fyne.KeyRight:
		v.choose(v.at + 1)
	default:
		if v.OnKey != nil {
			v.OnKey(k)
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v: v, frame: canvas.NewRectangle(color.Transparent)}
	r.frame.StrokeWidth = 2
	r.frame.CornerRadius = 2
	for range v.names {
		r.names = append(r.names, canvas.NewText("", color.Black))
		r.backs = append(r.backs, canvas.NewRectangle(color.Transparent))
		r.unders = append(r.unders, canvas.NewRectangle(color.Transparent))
	}
	r.Refresh()
	return r
}

type renderer struct {
	v             *View
	names         []*canvas.Text
	backs, unders []*canvas.Rectangle
	frame         *canvas.Rectangle
}

func (r *renderer) Destroy() {}

func (r *renderer) MinSize() fyne.Size {
	width := float32(0)
	for i := range r.v.names {
		width += r.v.width(i)
	}
	return fyne.NewSize(width, height)
}

func (r *renderer) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i := range r.names {
		out = append(out, r.backs[i], r.unders[i], r.names[i])
	}
	return append(out, r.frame)
}

func (r *renderer) Layout(fyne.Size) {
	x := float32(0)
	for i, t := range r.names {
		w, h := r.v.width(i), t.MinSize().Height
		r.backs[i].Move(fyne.NewPos(x, 2))
		r.backs[i].Resize(fyne.NewSize(w, height-4))
		r.unders[i].Move(fyne.NewPos(x+pad/2, height-4))
		r.unders[i].Resize(fyne.NewSize(w-pad, under))
		t.Move(fyne.NewPos(x+(w-t.MinSize().Width)/2, (height-h)/2))
		t.Resize(t.MinSize())
		x += w
	}
	r.frame.Resize(fyne.NewSize(x, height))
}

func (r *renderer) Refresh() {
	v := r.v
	for i, t := range r.names {
		chosen := i == v.at
		t.Text, t.TextSize, t.TextStyle.Bold = v.names[i], fynetheme.TextSize(), chosen
		t.Color = fynetheme.Color(fynetheme.ColorNameForeground)
		r.backs[i].FillColor, r.unders[i].FillColor = color.Transparent, color.Transparent
		if chosen {
			r.unders[i].FillColor = fynetheme.Color(fynetheme.ColorNamePrimary)
		} else if i == v.hovered {
			r.backs[i].FillColor = fynetheme.Color(fynetheme.ColorNameHover)
		}
	}
	r.frame.StrokeColor = color.Transparent
	if v.focused {
		r.frame.StrokeColor = fynetheme.Color(fynetheme.ColorNamePrimary)
	}
	r.Layout(v.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
