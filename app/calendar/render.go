package calendar

import (
	"cmp"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

// Measures in Fyne units.
const (
	headHeight   = 18
	weekHeight   = 37
	legendHeight = 20
	edge         = 4
	neverTop     = 13 // within a week: the outline, then the window
	neverHeight  = 7
	openTop      = 21
	openHeight   = 14
	runInset     = 3
	leastWidth   = 3
)

func (v *View) sortBlocks() {
	v.order = v.order[:0]
	for i := range v.data.Blocks {
		v.order = append(v.order, i)
	}
	slices.SortStableFunc(v.order, func(a, b int) int {
		return cmp.Compare(v.data.Blocks[a].From, v.data.Blocks[b].From)
	})
}

func (v *View) day() float32 { return max((v.Size().Width-2*edge)/7, 1) }

// rect is a place in the widget.
type rect struct{ x, y, w, h float32 }

// place is where a part of a block is.
func (v *View) place(p part) rect {
	day := v.day()
	r := rect{edge + float32(p.from)*day, headHeight + float32(p.week)*weekHeight + openTop, max(float32(p.to-p.from)*day, leastWidth), openHeight}
	switch v.data.Blocks[p.block].Kind {
	case page.RunBlock:
		r.y, r.h = r.y+runInset, r.h-2*runInset
	case page.NeverBlock:
		r.y, r.h = r.y-openTop+neverTop, neverHeight
	}
	return r
}

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v: v}
	r.Refresh()
	return r
}

// renderer draws everything anew when the data or the size changes.
type renderer struct {
	v       *View
	objects []fyne.CanvasObject
	drawn   drawn
}

// drawn is what the objects were made from.
type drawn struct {
	build   int
	size    fyne.Size
	at      int
	focused bool
	ink     color.Color
	text    float32
}

func (r *renderer) Destroy()                     {}
func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *renderer) Layout(fyne.Size)             { r.Refresh() }

func (r *renderer) MinSize() fyne.Size {
	return fyne.NewSize(300, headHeight+float32(max(r.v.weeks(), 4))*weekHeight+legendHeight)
}

func (r *renderer) Refresh() {
	v := r.v
	now := drawn{v.build, v.Size(), v.at, v.focused, fynetheme.Color(fynetheme.ColorNameForeground), fynetheme.TextSize()}
	if now == r.drawn {
		return
	}
	r.drawn = now
	r.objects = r.objects[:0:0]
	r.days()
	for _, kind := range []page.BlockKind{page.OpenBlock, page.RunBlock, page.NeverBlock} {
		for i := range v.data.Blocks {
			if v.data.Blocks[i].Kind == kind {
				r.block(i)
			}
		}
	}
	r.now()
	r.focus()
	r.legend()
	canvas.Refresh(v)
}

// days draws the lines of the weeks with their dates.
func (r *renderer) days() {
	v, day := r.v, r.v.day()
	for i, d := range v.data.Days {
		week, x := i/7, edge+float32(i%7)*day
		y := headHeight + float32(week)*weekHeight
		if d.Weekend {
			r.fill(fynetheme.ColorNameHeaderBackground, rect{x, y, day, weekHeight})
		}
		if week == 0 {
			r.text(d.Weekday, x+4, 0, fynetheme.ColorNamePlaceHolder)
		}
		r.fill(fynetheme.ColorNameSeparator, rect{x, y, 1, weekHeight})
		r.text(d.Date, x+4, y-2, fynetheme.ColorNamePlaceHolder)
	}
	for week := range v.weeks() + 1 {
		r.fill(fynetheme.ColorNameSeparator, rect{edge, headHeight + float32(week)*weekHeight, v.Size().Width - 2*edge, 1})
	}
}

func (r *renderer) block(i int) {
	v := r.v
	for _, p := range v.parts(i) {
		r.shape(v.data.Blocks[i].Kind, v.place(p))
	}
}

// shape draws a block of a kind: each differs in its shape, not only its colour.
func (r *renderer) shape(kind page.BlockKind, at rect) {
	o := canvas.NewRectangle(color.Transparent)
	switch kind {
	case page.OpenBlock:
		o.FillColor, o.StrokeColor, o.StrokeWidth = fynetheme.Color(theme.CalendarWindow), fynetheme.Color(fynetheme.ColorNamePrimary), 1
	case page.RunBlock:
		o.FillColor = fynetheme.Color(fynetheme.ColorNameSuccess)
	case page.NeverBlock:
		o.StrokeColor, o.StrokeWidth = fynetheme.Color(theme.LogErrorMark), 1.5
	}
	r.put(o, at)
}

// now draws the moment from which it is told.
func (r *renderer) now() {
	v := r.v
	if len(v.data.Days) == 0 {
		return
	}
	x, y := edge+float32(v.data.Now)*v.day(), float32(headHeight+openTop-1)
	r.fill(fynetheme.ColorNameForeground, rect{x, y, 2, weekHeight - openTop})
}

// focus frames the block that the keyboard is at.
func (r *renderer) focus() {
	v := r.v
	if !v.focused {
		return
	}
	frame := canvas.NewRectangle(color.Transparent)
	frame.StrokeColor, frame.StrokeWidth, frame.CornerRadius = fynetheme.Color(fynetheme.ColorNamePrimary), 2, 2
	r.put(frame, rect{0, 0, v.Size().Width, headHeight + float32(v.weeks())*weekHeight + 2})
	if v.at >= len(v.order) {
		return
	}
	for _, p := range v.parts(v.order[v.at]) {
		at := v.place(p)
		o := canvas.NewRectangle(color.Transparent)
		o.StrokeColor, o.StrokeWidth = fynetheme.Color(fynetheme.ColorNameForeground), 2
		r.put(o, rect{at.x - 2, at.y - 2, at.w + 4, at.h + 4})
	}
}

// legend says which shape is what.
func (r *renderer) legend() {
	v := r.v
	x, y := float32(edge), headHeight+float32(v.weeks())*weekHeight
	for kind, word := range []string{v.words.Window, v.words.Run, v.words.Never} {
		h := []float32{12, 10, neverHeight}[kind]
		r.shape(page.BlockKind(kind), rect{x, y + (legendHeight-h)/2 + 1, 22, h})
		x += 28 + r.text(word, x+28, y+2, fynetheme.ColorNamePlaceHolder) + 16
	}
}

func (r *renderer) put(o fyne.CanvasObject, at rect) {
	o.Move(fyne.NewPos(at.x, at.y))
	o.Resize(fyne.NewSize(at.w, at.h))
	r.objects = append(r.objects, o)
}

func (r *renderer) fill(c fyne.ThemeColorName, at rect) {
	r.put(canvas.NewRectangle(fynetheme.Color(c)), at)
}

// text writes a small text and returns how wide it is.
func (r *renderer) text(s string, x, y float32, c fyne.ThemeColorName) float32 {
	t := canvas.NewText(s, fynetheme.Color(c))
	t.TextSize = fynetheme.CaptionTextSize()
	size := t.MinSize()
	r.put(t, rect{x, y, size.Width, size.Height})
	return size.Width
}
