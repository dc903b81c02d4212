// Package calendar draws the weeks ahead of a machine, a line a week: its
// maintenance windows as blocks, the installations that would run in them, and
// above a window, in red outline, by how much an update is too long for it.
//
// Left and Right lead from block to block, Enter chooses what a block is of.
package calendar

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
)

// Words are what the widget says itself: its legend.
type Words struct{ Window, Run, Never string }

var (
	_ fyne.Tappable     = (*View)(nil)
	_ fyne.Focusable    = (*View)(nil)
	_ desktop.Hoverable = (*View)(nil)
)

// View is the widget. Make it with New; callbacks may be nil.
type View struct {
	widget.BaseWidget

	// OnChoose tells which block was chosen.
	OnChoose func(page.Block)
	// OnHint tells what the block under the pointer is, "" to end that.
	OnHint func(text string)
	// OnKey takes the keys that mean nothing here.
	OnKey func(*fyne.KeyEvent)

	words   Words
	data    page.Calendar
	order   []int // blocks by their beginning, for the keys
	at      int   // in order
	focused bool
	build   int
}

// New returns an empty calendar.
func New(words Words) *View {
	v := &View{words: words}
	v.ExtendBaseWidget(v)
	return v
}

// Set shows other weeks.
func (v *View) Set(c page.Calendar) {
	v.data = c
	v.sortBlocks()
	v.at = min(v.at, max(len(v.order)-1, 0))
	v.build++
	v.Refresh()
}

// weeks is how many lines there are.
func (v *View) weeks() int { return (len(v.data.Days) + 6) / 7 }

// part is a block, or the part of it that is in one week.
type part struct {
	block    int
	week     int
	from, to float64 // days within the week
}

// parts are those of block i.
func (v *View) parts(i int) []part {
	b := v.data.Blocks[i]
	var out []part
	for week := int(b.From / 7); week < v.weeks() && float64(week*7) < b.To; week++ {
		begin := float64(week * 7)
		out = append(out, part{i, week, max(b.From-begin, 0), min(b.To-begin, 7)})
	}
	return out
}

// at is the block at a position: an installation before its window.
func (v *View) blockAt(p fyne.Position) int {
	best := -1
	for i := range v.data.Blocks {
		for _, x := range v.parts(i) {
			r := v.place(x)
			r.x, r.w = r.x-1, r.w+2 // thin ones can be met
			if p.X < r.x || p.X >= r.x+r.w || p.Y < r.y || p.Y >= r.y+r.h {
				continue
			}
			if best < 0 || v.data.Blocks[i].Kind > v.data.Blocks[best].Kind {
				best = i
			}
		}
	}
	return best
}

func (v *View) hint(i int) {
	if v.OnHint == nil {
		return
	}
	if i < 0 || i >= len(v.data.Blocks) {
		v.OnHint("")
		return
	}
	v.OnHint(v.data.Blocks[i].Hint)
}

// Tapped implements fyne.Tappable.
func (v *View) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	i := v.blockAt(e.Position)
	for k, o := range v.order {
		if o == i {
			v.at = k
			v.choose()
		}
	}
}

func (v *View) choose() {
	if v.at < len(v.order) && v.OnChoose != nil {
		v.OnChoose(v.data.Blocks[v.order[v.at]])
	}
	v.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) { v.hint(v.blockAt(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() { v.hint(-1) }

// FocusGained implements fyne.Focusable.
func (v *View) FocusGained() {
	v.focused = true
	v.move(0)
}

// FocusLost implements fyne.Focusable.
func (v *View) FocusLost() {
	v.focused = false
	v.hint(-1)
	v.Refresh()
}

// TypedRune implements fyne.Focusable.
func (v *View) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (v *View) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		v.move(-1)
	case fyne.KeyRight, fyne.KeyDown:
		v.move(1)
	case fyne.KeyHome:
		v.move(-len(v.order))
	case fyne.KeyEnd:
		v.move(len(v.order))
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		v.choose()
	default:
		if v.OnKey != nil {
			v.OnKey(k)
		}
	}
}

func (v *View) move(by int) {
	if len(v.order) > 0 {
		v.at = min(max(v.at+by, 0), len(v.order)-1)
		v.hint(v.order[v.at])
	}
	v.Refresh()
}
