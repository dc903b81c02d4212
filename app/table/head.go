package table

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

type order uint8

const (
	unsorted order = iota
	ascending
	descends
)

const (
	headHeight = 24
	grab       = 6  // how far from the right edge of a title it is drawn
	keyStep    = 12 // how much a key makes a column wider
)

var (
	_ fyne.Tappable      = (*head)(nil)
	_ fyne.Draggable     = (*head)(nil)
	_ fyne.Focusable     = (*head)(nil)
	_ desktop.Mouseable  = (*head)(nil)
	_ desktop.Hoverable  = (*head)(nil)
	_ desktop.Cursorable = (*head)(nil)
)

// head is the title of a column.
type head struct {
	widget.BaseWidget
	t       *Table
	column  int
	order   order
	overEnd bool // the pointer is over the right edge
	drawing bool
	focused bool
}

func newHead(t *Table, column int) *head {
	h := &head{t: t, column: column}
	h.ExtendBaseWidget(h)
	return h
}

func (h *head) sorts() bool { return h.t.columns[h.column].Sorts }

func (h *head) atEnd(p fyne.Position) bool { return p.X >= h.Size().Width-grab }

// Tapped implements fyne.Tappable.
func (h *head) Tapped(e *fyne.PointEvent) {
	if !h.atEnd(e.Position) {
		h.sort()
	}
}

func (h *head) sort() {
	if h.sorts() && h.t.OnSort != nil {
		h.t.OnSort(h.column)
	}
}

// MouseDown implements desktop.Mouseable.
func (h *head) MouseDown(e *desktop.MouseEvent) { h.drawing = h.atEnd(e.Position) }

// MouseUp implements desktop.Mouseable.
func (h *head) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable.
func (h *head) Dragged(e *fyne.DragEvent) {
	if h.drawing {
		h.t.draw(h.column, e.Dragged.DX)
	}
}

// DragEnd implements fyne.Draggable.
func (h *head) DragEnd() {
	if h.drawing {
		h.drawing = false
		h.t.told()
	}
}

// MouseIn implements desktop.Hoverable.
func (h *head) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (h *head) MouseMoved(e *desktop.MouseEvent) {
	h.overEnd = h.atEnd(e.Position)
	switch {
	case h.overEnd:
		h.t.hint(h.t.WidthHint)
	case h.sorts():
		h.t.hint(h.t.SortHint)
	}
}

// MouseOut implements desktop.Hoverable.
func (h *head) MouseOut() {
	h.overEnd = false
	h.t.hint("")
}

// Cursor implements desktop.Cursorable.
func (h *head) Cursor() desktop.Cursor {
	switch {
	case h.overEnd || h.drawing:
		return desktop.HResizeCursor
	case h.sorts():
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (h *head) FocusGained() {
	h.focused = true
	h.t.hint(h.t.SortHint)
	h.Refresh()
}

// FocusLost implements fyne.Focusable.
func (h *head) FocusLost() {
	h.focused = false
	h.t.hint("")
	h.Refresh()
}

// TypedRune implements fyne.Focusable.
func (h *head) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (h *head) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		h.sort()
	case fyne.KeyLeft:
		h.t.draw(h.column, -keyStep)
		h.t.told()
	case fyne.KeyRight:
		h.t.draw(h.column, keyStep)
		h.t.told()
	case fyne.KeyDown:
		if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil {
			c.Focus(h.t.List)
		}
	default:
		if h.t.OnKey != nil {
			h.t.OnKey(k)
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (h *head) CreateRenderer() fyne.WidgetRenderer {
	r := &headRenderer{h: h, text: widget.NewLabel(""), icon: widget.NewIcon(nil), edge: canvas.NewRectangle(color.Transparent),
		frame: canvas.NewRectangle(color.Transparent)}
	r.text.TextStyle.Bold = true
	r.text.Truncation = fyne.TextTruncateEllipsis
	r.Refresh()
	return r
}

type headRenderer struct {
	h           *head
	text        *widget.Label
	icon        *widget.Icon
	edge, frame *canvas.Rectangle
}

func (r *headRenderer) Destroy() {}

func (r *headRenderer) MinSize() fyne.Size { return fyne.NewSize(least, headHeight) }

func (r *headRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.text, r.icon, r.edge, r.frame}
}

// arrow is the side of the mark of a sorted column.
const arrow = 14

func (r *headRenderer) Layout(size fyne.Size) {
	left, width := float32(0), size.Width
	if r.h.t.columns[r.h.column].Marked { // the title stands over the text
		left, width = arrow+2, width-arrow-2
	}
	if r.h.order != unsorted {
		width -= arrow
		at := left + width - 4
		if !r.h.t.columns[r.h.column].Right { // beside the title
			at = min(at, left+r.text.MinSize().Width+textWidth(r.text)-inset)
		}
		r.icon.Move(fyne.NewPos(at, (size.Height-arrow)/2))
	}
	h := r.text.MinSize().Height
	r.text.Move(fyne.NewPos(left, (size.Height-h)/2))
	r.text.Resize(fyne.NewSize(max(0, width), h))
	r.icon.Resize(fyne.NewSize(arrow, arrow))
	r.edge.Move(fyne.NewPos(size.Width-1, 5))
	r.edge.Resize(fyne.NewSize(1, size.Height-10))
	r.frame.Move(fyne.NewPos(1, 1))
	r.frame.Resize(size.SubtractWidthHeight(2, 2))
}

// textWidth is how wide the text of a label is that may be cut.
func textWidth(l *widget.Label) float32 {
	return fyne.MeasureText(l.Text, fynetheme.TextSize(), l.TextStyle).Width
}

func (r *headRenderer) Refresh() {
	c := r.h.t.columns[r.h.column]
	r.text.Alignment = fyne.TextAlignLeading
	if c.Right {
		r.text.Alignment = fyne.TextAlignTrailing
	}
	r.text.SetText(c.Title)
	r.icon.Hidden = r.h.order == unsorted
	if r.h.order == ascending {
		r.icon.SetResource(fynetheme.MenuDropUpIcon())
	} else {
		r.icon.SetResource(fynetheme.MenuDropDownIcon())
	}
	r.edge.FillColor = fynetheme.Color(fynetheme.ColorNameSeparator)
	r.frame.StrokeWidth, r.frame.StrokeColor = 2, color.Transparent
	if r.h.focused {
		r.frame.StrokeColor = fynetheme.Color(fynetheme.ColorNamePrimary)
	}
	r.Layout(r.h.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
