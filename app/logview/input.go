package logview

import (
	"bytes"
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

type pressKind uint8

const (
	pressNone pressKind = iota
	pressRows
	pressEdge
	pressBar
	pressStrip
	pressSide
)

// press is what the mouse button went down on, until it comes up.
type press struct {
	kind pressKind
	// at is where it went down, in pixels; grab how far into the thumb.
	at   image.Point
	grab int
	// col and width are the column that is being resized.
	col   int
	width float32
}

// wheelRows is how many rows one notch of a wheel (wheelNotch units) moves.
const (
	wheelRows  = 3
	wheelNotch = 25
)

func (v *View) pixel(p fyne.Position) image.Point {
	return image.Pt(int(math.Floor(float64(p.X)*v.layout.scale)), int(math.Floor(float64(p.Y)*v.layout.scale)))
}

// rowAt is the row at pixel y, which may be out of sight; ok is false below
// the last row.
func (v *View) rowAt(y int) (i int, ok bool) {
	k := (y - v.layout.body.Min.Y) / max(1, v.layout.row)
	if y < v.layout.body.Min.Y {
		k = -1
	}
	i = v.span.top + k
	return i, i >= 0 && i < v.span.n
}

// MouseDown implements desktop.Mouseable.
func (v *View) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	p := v.pixel(e.Position)
	if e.Button == desktop.MouseButtonSecondary {
		if i, ok := v.rowAt(p.Y); ok && p.In(v.layout.body) && !v.chosen.has(i) {
			v.moveTo(i, false)
		}
		return
	}
	v.grab(p, e.Modifier)
}

// grab begins what the button does at pixel p.
func (v *View) grab(p image.Point, mod fyne.KeyModifier) {
	v.press = press{at: p}
	l := v.layout
	switch {
	case p.In(l.header):
		if col := l.edge(p.X); col >= 0 {
			v.press.kind, v.press.col, v.press.width = pressEdge, col, v.widths[col]
		}
	case p.In(l.bar):
		v.press.kind = pressBar
		at, length := v.span.thumb(l.bar.Dy(), v.leastThumb())
		v.press.grab = p.Y - l.bar.Min.Y - at
		if v.press.grab < 0 || v.press.grab >= length {
			v.press.kind = pressNone
			step := v.span.page
			if v.press.grab < 0 {
				step = -step
			}
			v.ScrollTo(v.span.top + step)
		}
		v.changed()
	case p.In(l.strip):
		v.press.kind = pressStrip
		v.jump(p.Y)
	case p.In(l.side):
		v.press.kind = pressSide
		at, length := v.sideways().thumb(l.side.Dx(), v.leastThumb())
		v.press.grab = p.X - l.side.Min.X - at
		if v.press.grab < 0 || v.press.grab >= length {
			v.press.grab = length / 2
			v.setShift(v.sideways().drag(p.X-l.side.Min.X-v.press.grab, l.side.Dx(), v.leastThumb()))
		}
	case p.In(l.body):
		v.press.kind = pressRows
		if i, ok := v.rowAt(p.Y); ok {
			v.click(i, mod)
		}
	}
}

// click chooses row i: alone, up to it with shift, or besides with control.
func (v *View) click(i int, mod fyne.KeyModifier) {
	switch {
	case mod&fyne.KeyModifierShift != 0:
		v.moveTo(i, true)
	case mod&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0:
		v.chosen = v.chosen.flip(i)
		v.anchor, v.cursor = i, i
		v.changed()
		v.selected()
	default:
		v.moveTo(i, false)
	}
}

// jump brings the rows that the strip shows at pixel y into the middle.
func (v *View) jump(y int) {
	if h := v.layout.strip.Dy(); h > 0 {
		y = min(max(0, y-v.layout.strip.Min.Y), h)
		v.ScrollTo(mulDiv(v.span.n, y, h) - v.span.page/2)
	}
}

// MouseUp implements desktop.Mouseable.
func (v *View) MouseUp(*desktop.MouseEvent) { v.release() }

// DragEnd implements fyne.Draggable.
func (v *View) DragEnd() { v.release() }

func (v *View) release() {
	if v.press.kind == pressEdge && v.widths[v.press.col] != v.press.width && v.OnWidths != nil {
		v.OnWidths(v.widths)
	}
	if v.press.kind != pressNone {
		v.press = press{}
		v.changed()
	}
}

// Dragged implements fyne.Draggable.
func (v *View) Dragged(e *fyne.DragEvent) {
	p, l := v.pixel(e.Position), v.layout
	switch v.press.kind {
	case pressEdge:
		w := v.press.width + float32(float64(p.X-v.press.at.X)/l.scale)
		limit := float32(float64(l.body.Dx())/l.scale) - minMessage
		for i, other := range v.widths {
			if i != v.press.col {
				limit -= other
			}
		}
		v.widths[v.press.col] = max(minColumn, min(w, limit))
		v.changed()
	case pressBar:
		if p.Y != v.press.at.Y {
			v.ScrollTo(v.span.drag(p.Y-l.bar.Min.Y-v.press.grab, l.bar.Dy(), v.leastThumb()))
		}
	case pressStrip:
		v.jump(p.Y)
	case pressSide:
		v.setShift(v.sideways().drag(p.X-l.side.Min.X-v.press.grab, l.side.Dx(), v.leastThumb()))
	case pressRows:
		if v.anchor >= 0 && p.Y != v.press.at.Y {
			i, _ := v.rowAt(min(max(p.Y, l.body.Min.Y-l.row), l.body.Max.Y+l.row))
			v.moveTo(i, true)
		}
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (v *View) DoubleTapped(e *fyne.PointEvent) {
	p := v.pixel(e.Position)
	if i, ok := v.rowAt(p.Y); ok && p.In(v.layout.body) && v.OnActivate != nil {
		v.OnActivate(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) {
	p := v.pixel(e.Position)
	v.overEdge = -1
	if p.In(v.layout.header) {
		v.overEdge = v.layout.edge(p.X)
	}
	v.hoverBar(p.In(v.layout.bar))
}

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() {
	v.overEdge = -1
	v.hoverBar(false)
}

func (v *View) hoverBar(over bool) {
	if v.overBar != over {
		v.overBar = over
		v.changed()
	}
}

// Scrolled implements fyne.Scrollable. Parts of a row add up to whole rows.
func (v *View) Scrolled(e *fyne.ScrollEvent) {
	dx, dy := e.Scrolled.DX, e.Scrolled.DY
	if v.shiftKey && dx == 0 {
		dx, dy = dy, 0
	}
	if dx != 0 {
		v.setShift(v.shift - int(float64(dx)*2*v.layout.scale))
	}
	if dy == 0 {
		return
	}
	v.wheel += -dy * wheelRows / wheelNotch
	rows := math.Trunc(float64(v.wheel))
	v.wheel -= float32(rows)
	if rows != 0 {
		v.ScrollTo(v.span.top + int(math.Max(-1e6, math.Min(1e6, rows))))
	}
}

// FocusGained implements fyne.Focusable.
func (v *View) FocusGained() {
	v.focused = true
	v.changed()
}

// FocusLost implements fyne.Focusable.
func (v *View) FocusLost() {
	v.focused, v.shiftKey = false, false
	v.changed()
}

// TypedRune implements fyne.Focusable.
func (v *View) TypedRune(r rune) {
	if v.OnRune != nil {
		v.OnRune(r)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (v *View) TappedSecondary(e *fyne.PointEvent) {
	p := v.pixel(e.Position)
	if i, ok := v.rowAt(p.Y); ok && p.In(v.layout.body) && v.OnMenu != nil {
		v.OnMenu(i, e.AbsolutePosition)
	}
}

// KeyDown implements desktop.Keyable.
func (v *View) KeyDown(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		v.shiftKey = true
	}
}

// KeyUp implements desktop.Keyable.
func (v *View) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		v.shiftKey = false
	}
}

// TypedKey implements fyne.Focusable.
func (v *View) TypedKey(e *fyne.KeyEvent) {
	at, page := v.cursor, max(1, v.span.page-1)
	switch e.Name {
	case fyne.KeyUp:
		v.moveTo(v.from(at)-1, v.shiftKey)
	case fyne.KeyDown:
		if at < 0 {
			at = v.span.top - 1
		}
		v.moveTo(at+1, v.shiftKey)
	case fyne.KeyPageUp:
		v.moveTo(v.from(at)-page, v.shiftKey)
	case fyne.KeyPageDown:
		v.moveTo(v.from(at)+page, v.shiftKey)
	case fyne.KeyHome:
		v.moveTo(0, v.shiftKey)
	case fyne.KeyEnd:
		v.moveTo(v.span.n-1, v.shiftKey)
	case fyne.KeyLeft:
		v.setShift(v.shift - int(60*v.layout.scale))
	case fyne.KeyRight:
		v.setShift(v.shift + int(60*v.layout.scale))
	case fyne.KeyReturn, fyne.KeyEnter:
		if v.cursor >= 0 && v.OnActivate != nil {
			v.OnActivate(v.cursor)
		}
	default:
		if v.OnKey != nil {
			v.OnKey(e.Name, v.shiftKey)
		}
	}
}

// from is where the keyboard moves from: the current row, or the first in
// sight.
func (v *View) from(at int) int {
	if at < 0 {
		return v.span.top
	}
	return at
}

// TypedShortcut implements fyne.Shortcutable: select all, copy, and Home and
// End with control, which move the page but not the selection.
func (v *View) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		v.SelectAll()
	case *fyne.ShortcutCopy:
		v.Copy()
	case *desktop.CustomShortcut:
		switch s.KeyName {
		case fyne.KeyHome:
			v.ScrollTo(0)
		case fyne.KeyEnd:
			v.ScrollTo(v.span.n)
		}
	}
}

// What one copy holds at most.
const (
	maxCopyRows  = 100_000
	maxCopyBytes = 64 << 20
)

// Copy puts the chosen rows on the clipboard, a line each, the columns parted
// by tabs.
func (v *View) Copy() { v.copy(v.writeRow) }

// CopyMessages puts the messages of the chosen rows on the clipboard, without
// the columns.
func (v *View) CopyMessages() {
	v.copy(func(b *bytes.Buffer, row *Row) { b.Write(row.Message) })
}

func (v *View) copy(write func(*bytes.Buffer, *Row)) {
	text, rows := v.text(write)
	if rows == 0 {
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
	if v.OnCopy != nil {
		v.OnCopy(rows, rows == v.chosen.count())
	}
}

// writeRow writes a row with its columns parted by tabs.
func (v *View) writeRow(b *bytes.Buffer, row *Row) {
	for _, cell := range [][]byte{row.Time, []byte(v.words.Levels[row.Level&3]), row.Machine, row.Component, row.File} {
		b.Write(cell)
		b.WriteByte('\t')
	}
	b.Write(row.Message)
}

// text writes the chosen rows out, as many as one copy holds.
func (v *View) text(write func(*bytes.Buffer, *Row)) (text string, rows int) {
	var b bytes.Buffer
	var row Row
	for _, r := range v.chosen {
		for i := r[0]; i < r[1]; i++ {
			if rows == maxCopyRows || b.Len() > maxCopyBytes {
				return b.String(), rows
			}
			row.reset()
			v.page.source.Row(i, &row)
			write(&b, &row)
			b.WriteByte('\n')
			rows++
		}
	}
	return b.String(), rows
}
