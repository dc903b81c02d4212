// Package list is a list of rows of one height that only makes those in sight:
// widget.List with the keys of a desktop. Arrows, PageUp, PageDown, Home and End
// move through it; Enter, the space bar or a double click open a row. Other
// keys are handed on. A frame shows that it has the keyboard.
package list

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// doubleTap is within which a second tap on a row opens it.
const doubleTap = 400 * time.Millisecond

// leap is how many rows PageUp and PageDown pass.
const leap = 12

// List is the widget. Make it with New; callbacks may be nil.
type List struct {
	widget.List

	// OnChoose tells that a row was chosen, OnOpen that it was opened.
	OnChoose, OnOpen func(i int)
	// OnTap tells of a tap at a place in a row, after it was chosen, and reports
	// whether that was all: then a second one soon after opens nothing.
	OnTap func(i int, x float32) bool
	// OnKey takes the keys that mean nothing here.
	OnKey func(*fyne.KeyEvent)
	// Links is set where a row is no choice but leads somewhere: one click, or
	// Enter, opens it.
	Links bool

	at     int
	tapped time.Time
	frame  *canvas.Rectangle
	// rowHeight is that of a row with the room under it, 0 until it is asked for.
	rowHeight float32
	start     *start
	measuring bool // rows are not to be filled
}

// New makes a list of length rows.
func New(length func() int, create func() fyne.CanvasObject, update func(i int, o fyne.CanvasObject)) *List {
	l := &List{at: -1, frame: canvas.NewRectangle(color.Transparent)}
	l.frame.StrokeWidth, l.frame.StrokeColor = 2, color.Transparent
	l.frame.CornerRadius = 2
	l.Length = length
	l.CreateItem = func() fyne.CanvasObject {
		r := &row{list: l, body: create()}
		r.ExtendBaseWidget(r)
		return r
	}
	l.UpdateItem = func(i int, o fyne.CanvasObject) {
		r := o.(*row)
		r.index = i
		if !l.measuring {
			update(i, r.body)
		}
	}
	l.OnSelected = func(i int) {
		l.at = i
		if l.OnChoose != nil {
			l.OnChoose(i)
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// Framed is the list with the frame that shows whether it has the keyboard.
func (l *List) Framed() fyne.CanvasObject {
	return container.NewStack(container.New(layout.NewCustomPaddedLayout(2, 2, 2, 2), l), l.frame)
}

// At is the row that is chosen, -1 for none.
func (l *List) At() int { return l.at }

// InSight reports whether the whole of a row shows.
func (l *List) InSight(i int) bool {
	if l.rowHeight == 0 {
		l.rowHeight = l.CreateItem().MinSize().Height + fynetheme.Padding()
	}
	top := float32(i)*l.rowHeight - l.GetScrollOffset()
	return i >= 0 && top >= 0 && top+l.rowHeight <= l.Size().Height+fynetheme.Padding()
}

// Take chooses a row, or the nearest that there is, and brings it into sight.
func (l *List) Take(i int) {
	if n := l.Length(); n > 0 {
		i = min(max(i, 0), n-1)
		l.at = i
		l.Highlight(i)
		l.Select(i)
	}
}

// start is where the next rows stand.
type start struct {
	offset  float32
	inSight bool
}

// StartAt has the rows of the next Anew stand at an offset, as GetScrollOffset
// gives it. Where inSight is set, the one that is chosen then is in sight.
func (l *List) StartAt(offset float32, inSight bool) { l.start = &start{offset, inSight} }

// Anew shows other rows, with row i chosen, -1 for none.
func (l *List) Anew(i int) {
	l.UnselectAll()
	l.at = -1
	if s := l.start; s != nil && l.Length() > 0 {
		l.start = nil
		l.measuring = true
		l.Refresh() // only now the list can scroll so far
		l.ScrollToOffset(s.offset)
		l.measuring = false
		l.Refresh()
		if i >= 0 && !l.Links {
			l.Take(i)
		}
		if !s.inSight {
			l.ScrollToOffset(s.offset)
		}
		return
	}
	l.Refresh()
	if i >= 0 && !l.Links {
		l.Take(i)
	} else {
		l.ScrollToTop()
	}
}

// FocusGained implements fyne.Focusable.
func (l *List) FocusGained() {
	l.List.FocusGained()
	l.frame.StrokeColor = fynetheme.Color(fynetheme.ColorNamePrimary)
	l.frame.Refresh()
}

// FocusLost implements fyne.Focusable.
func (l *List) FocusLost() {
	l.List.FocusLost()
	l.frame.StrokeColor = color.Transparent
	l.frame.Refresh()
}

// TypedKey implements fyne.Focusable.
func (l *List) TypedKey(k *fyne.KeyEvent) {
	n, to := l.Length(), l.at
	switch k.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += leap
	case fyne.KeyPageUp:
		to -= leap
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = n - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if l.OnOpen != nil && l.at >= 0 && l.at < n {
			l.OnOpen(l.at)
		}
		return
	default:
		if l.OnKey != nil {
			l.OnKey(k)
		}
		return
	}
	if n == 0 {
		return
	}
	to = min(max(to, 0), n-1)
	if !l.Links {
		l.Take(to)
		return
	}
	l.at = to
	l.Highlight(to)
}

// row is a row of a list.
type row struct {
	widget.BaseWidget
	list  *List
	body  fyne.CanvasObject
	index int
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }

// Tapped implements fyne.Tappable.
func (r *row) Tapped(e *fyne.PointEvent) {
	l := r.list
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	twice := l.at == r.index && time.Since(l.tapped) < doubleTap
	l.tapped = time.Now()
	if l.Links {
		l.at = r.index
		l.Highlight(r.index)
	} else {
		l.Take(r.index)
	}
	if l.OnTap != nil && l.OnTap(r.index, e.Position.X) {
		l.tapped = time.Time{}
		return
	}
	if (twice || l.Links) && l.OnOpen != nil {
		l.OnOpen(r.index)
	}
}
