// Package journey draws the way of one update: its stages on one axis of time,
// its attempts as bars against their maximum run time. A click on a line, or
// Enter, leads to the record that proves it.
package journey

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
)

// Words are what the widget says itself.
type Words struct {
	Stages, Attempts string
	// Bars says what the bars are, with {0} for how long the whole width is.
	Bars string
	// More says how many attempts came before, with {0}.
	More string
	// Lead says that a line leads to its record.
	Lead string
}

var (
	_ fyne.Tappable      = (*View)(nil)
	_ fyne.Focusable     = (*View)(nil)
	_ desktop.Hoverable  = (*View)(nil)
	_ desktop.Cursorable = (*View)(nil)
)

// View is the widget. Make it with New; callbacks may be nil.
type View struct {
	widget.BaseWidget

	// OnFollow asks for the record at a place of the timeline.
	OnFollow func(row int)
	// OnHint tells what the line under the pointer is, "" to end that.
	OnHint func(text string)
	// OnKey takes the keys that mean nothing here.
	OnKey func(*fyne.KeyEvent)
	// OnMove asks to bring a stretch of the widget into sight.
	OnMove func(top, bottom float32)

	words   Words
	data    page.Journey
	lines   []line
	at      int // the line of the keyboard
	hovered int
	focused bool
	build   int // counts SetData
}

// line is a stage or an attempt.
type line struct {
	top, height float32
	row         int
	hint        string
}

// New returns an empty view.
func New(words Words) *View {
	v := &View{words: words, hovered: -1}
	v.ExtendBaseWidget(v)
	return v
}

// Set shows another journey.
func (v *View) Set(j page.Journey) {
	v.data, v.at, v.hovered = j, 0, -1
	v.build++
	v.measure()
	v.Refresh()
}

// measure says where each line is.
func (v *View) measure() {
	v.lines = v.lines[:0]
	y := float32(headHeight)
	for _, s := range v.data.Stages {
		hint := join(s.Name, s.State, s.Start, s.Took, s.Code)
		v.lines = append(v.lines, line{y, stageHeight, s.Row, hint})
		y += stageHeight
	}
	y += axisHeight
	if len(v.data.Attempts) > 0 {
		y += headHeight + noteHeight
		if v.data.More > 0 {
			y += noteHeight
		}
	}
	for _, a := range v.data.Attempts {
		v.lines = append(v.lines, line{y, attemptHeight, a.Row, join(a.Name, a.Start, a.Text)})
		y += attemptHeight
	}
}

func join(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += "  ·  "
		}
		out += p
	}
	return out
}

// height is that of everything.
func (v *View) height() float32 {
	h := float32(headHeight + axisHeight)
	if n := len(v.lines); n > 0 {
		h = max(h, v.lines[n-1].top+v.lines[n-1].height)
	}
	return h + 8
}

// lineAt is the line at a height, -1 for none.
func (v *View) lineAt(y float32) int {
	for i, l := range v.lines {
		if y >= l.top && y < l.top+l.height {
			return i
		}
	}
	return -1
}

func (v *View) follow(i int) {
	if i >= 0 && i < len(v.lines) && v.lines[i].row >= 0 && v.OnFollow != nil {
		v.OnFollow(v.lines[i].row)
	}
}

func (v *View) hint(text string) {
	if v.OnHint != nil {
		v.OnHint(text)
	}
}

// Tapped implements fyne.Tappable.
func (v *View) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	if i := v.lineAt(e.Position.Y); i >= 0 {
		v.at = i
		v.follow(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) {
	i := v.lineAt(e.Position.Y)
	if i == v.hovered {
		return
	}
	v.hovered = i
	v.tell(i)
	v.Refresh()
}

// tell says in words what a line shows.
func (v *View) tell(i int) {
	switch {
	case i < 0 || i >= len(v.lines):
		v.hint("")
	case v.lines[i].row >= 0:
		v.hint(join(v.lines[i].hint, v.words.Lead))
	default:
		v.hint(v.lines[i].hint)
	}
}

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() {
	v.hovered = -1
	v.hint("")
	v.Refresh()
}

// Cursor implements desktop.Cursorable.
func (v *View) Cursor() desktop.Cursor {
	if v.hovered >= 0 && v.hovered < len(v.lines) && v.lines[v.hovered].row >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (v *View) FocusGained() {
	v.focused = true
	v.move(0)
}

// FocusLost implements fyne.Focusable.
func (v *View) FocusLost() {
	v.focused = false
	v.hint("")
	v.Refresh()
}

// TypedRune implements fyne.Focusable.
func (v *View) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (v *View) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		v.move(1)
	case fyne.KeyUp:
		v.move(-1)
	case fyne.KeyHome:
		v.move(-len(v.lines))
	case fyne.KeyEnd:
		v.move(len(v.lines))
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		v.follow(v.at)
	default:
		if v.OnKey != nil {
			v.OnKey(k)
		}
	}
}

// move brings the keyboard to another line.
func (v *View) move(by int) {
	if len(v.lines) > 0 {
		v.at = min(max(v.at+by, 0), len(v.lines)-1)
		v.tell(v.at)
		if v.OnMove != nil {
			v.OnMove(v.lines[v.at].top, v.lines[v.at].top+v.lines[v.at].height)
		}
	}
	v.Refresh()
}
