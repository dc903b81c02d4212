package logview

import (
	"image"
	"math"
)

// Measures in Fyne units.
const (
	textSize    = 13 // unless SetText says otherwise
	rowExtra    = 7  // what a row is higher than its text
	headerExtra = 9
	cellPad     = 6
	stripWidth  = 12
	barWidth    = 12
	sideBar     = 8 // height of the bar that scrolls messages sideways
	minColumn   = 40
	minMessage  = 160
	levelMark   = 9
	evidenceBar = 3
	grabWidth   = 5 // how far from a column's edge the pointer grabs it
)

// layout is where the parts of the widget are, in pixels.
type layout struct {
	w, h  int
	scale float64
	row   int // height of a row
	pad   int
	line  int

	header, body, strip, bar, side image.Rectangle
	// col is where each column begins; col[columns] is where the last ends.
	col [columns + 1]int
}

// measure lays w x h pixels out for a size of text in Fyne units.
func measure(w, h int, scale, text float64, widths Widths) layout {
	px := func(units float64) int { return int(math.Round(units * scale)) }
	l := layout{w: w, h: h, scale: scale, row: max(1, px(text+rowExtra)), pad: px(cellPad), line: max(1, px(1))}
	head, side := min(h, px(text+headerExtra)), px(sideBar)
	right := max(0, w-px(barWidth))
	left := max(0, right-px(stripWidth))
	bottom := max(head, h-side)
	l.header = image.Rect(0, 0, w, head)
	l.body = image.Rect(0, head, left, bottom)
	l.strip = image.Rect(left, head, right, bottom)
	l.bar = image.Rect(right, head, w, bottom)
	x := 0
	for i, units := range widths {
		l.col[i] = x
		x += px(float64(units))
	}
	l.col[Message] = x
	l.col[columns] = max(x, left)
	l.side = image.Rect(min(x, left), bottom, left, h)
	return l
}

// page is how many rows show whole.
func (l layout) page() int { return max(1, l.body.Dy()/l.row) }

// shown is how many rows show, the last perhaps in part.
func (l layout) shown() int { return (l.body.Dy() + l.row - 1) / l.row }

// rowRect is the place of the k-th row from the top.
func (l layout) rowRect(k int) image.Rectangle {
	y := l.body.Min.Y + k*l.row
	return image.Rect(0, y, l.body.Max.X, min(y+l.row, l.body.Max.Y))
}

// messageRoom is the width in pixels that messages have.
func (l layout) messageRoom() int {
	return max(0, l.body.Max.X-l.col[Message]-2*l.pad)
}

// edge returns the column whose right edge is at pixel x of the header, -1
// for none.
func (l layout) edge(x int) int {
	grab := int(math.Round(grabWidth * l.scale))
	for i := Message - 1; i >= 0; i-- {
		if l.col[i+1] > l.col[i] && x >= l.col[i+1]-grab && x <= l.col[i+1]+grab {
			return i
		}
	}
	return -1
}
