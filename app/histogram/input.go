package histogram

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// share is where a position is, as a share of the width.
func (v *View) share(p fyne.Position) float64 {
	if v.Size().Width <= 0 {
		return 0
	}
	return min(max(0, float64(p.X/v.Size().Width)), 1)
}

// edge returns the edge of the brush at a position, 0 or 1, -1 for none.
func (v *View) edge(p fyne.Position) int {
	if v.brushed {
		for i, at := range v.brush {
			if x := float32(at) * v.Size().Width; p.X >= x-grab && p.X <= x+grab {
				return i
			}
		}
	}
	return -1
}

// MouseDown implements desktop.Mouseable.
func (v *View) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	v.press, v.dragged = e.Position, false
	at := v.share(e.Position)
	switch i := v.edge(e.Position); {
	case i >= 0:
		v.drag, v.held = dragRange, v.brush[1-i]
	case v.brushed && at > v.brush[0] && at < v.brush[1]:
		v.drag, v.held = dragMove, at-v.brush[0]
	default:
		v.drag, v.held = dragRange, at
	}
}

// Dragged implements fyne.Draggable.
func (v *View) Dragged(e *fyne.DragEvent) {
	if v.drag == dragNone {
		return
	}
	if d := e.Position.X - v.press.X; !v.dragged && d < leastTap && d > -leastTap {
		return
	}
	v.dragged = true
	at := v.share(e.Position)
	if v.drag == dragMove {
		long := v.brush[1] - v.brush[0]
		from := min(max(0, at-v.held), 1-long)
		v.brush = [2]float64{from, from + long}
	} else {
		v.brush = [2]float64{min(at, v.held), max(at, v.held)}
	}
	v.brushed = true
	v.raster.Refresh()
}

// MouseUp implements desktop.Mouseable.
func (v *View) MouseUp(*desktop.MouseEvent) { v.release() }

// DragEnd implements fyne.Draggable.
func (v *View) DragEnd() { v.release() }

func (v *View) release() {
	chosen := v.drag != dragNone && v.dragged
	v.drag = dragNone
	if chosen && v.OnBrush != nil {
		v.OnBrush(v.brush[0], v.brush[1], true)
	}
}

// Tapped implements fyne.Tappable.
func (v *View) Tapped(e *fyne.PointEvent) {
	if !v.dragged && v.OnTap != nil {
		v.OnTap(v.share(e.Position))
	}
}

// DoubleTapped implements fyne.DoubleTappable: it gives the choice up.
func (v *View) DoubleTapped(*fyne.PointEvent) {
	v.SetBrush(0, 0, false)
	if v.OnBrush != nil {
		v.OnBrush(0, 0, false)
	}
}

// MouseIn implements desktop.Hoverable.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *View) MouseMoved(e *desktop.MouseEvent) {
	v.overEdge = v.edge(e.Position) >= 0
	if v.OnHover != nil && len(v.all) > 0 {
		v.OnHover(min(int(v.share(e.Position)*float64(len(v.all))), len(v.all)-1))
	}
}

// MouseOut implements desktop.Hoverable.
func (v *View) MouseOut() {
	v.overEdge = false
	if v.OnHover != nil {
		v.OnHover(-1)
	}
}

// Cursor implements desktop.Cursorable.
func (v *View) Cursor() desktop.Cursor {
	if v.overEdge {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
