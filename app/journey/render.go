package journey

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/app/page"
	"patchtrail/app/tone"
)

// Measures in Fyne units.
const (
	headHeight    = 24
	noteHeight    = 18
	stageHeight   = 22
	attemptHeight = 40
	axisHeight    = 20
	nameWidth     = 150 // of a stage, with its mark
	tookWidth     = 84
	edge          = 8
	barHeight     = 10
	leastBar      = 3
)

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v: v}
	r.Refresh()
	return r
}

// renderer draws everything anew when the data or the size changes; there are
// some hundred objects at most.
type renderer struct {
	v       *View
	objects []fyne.CanvasObject
	drawn   drawn
}

// drawn is what the objects were made from.
type drawn struct {
	build       int
	size        fyne.Size
	hovered, at int
	focused     bool
	ink         color.Color
	text        float32
}

func (r *renderer) Destroy()                     {}
func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *renderer) MinSize() fyne.Size           { return fyne.NewSize(300, r.v.height()) }
func (r *renderer) Layout(fyne.Size)             { r.Refresh() }

func (r *renderer) Refresh() {
	v := r.v
	now := drawn{v.build, v.Size(), v.hovered, v.at, v.focused, fynetheme.Color(fynetheme.ColorNameForeground), fynetheme.TextSize()}
	if now == r.drawn {
		return
	}
	r.drawn = now
	r.objects = r.objects[:0:0]
	r.lineState()
	r.stages()
	r.attempts()
	canvas.Refresh(v)
}

// lineState shows the line under the pointer, and that of the keyboard.
func (r *renderer) lineState() {
	v := r.v
	for i, l := range v.lines {
		rect := canvas.NewRectangle(color.Transparent)
		rect.CornerRadius = 3
		if i == v.hovered && l.row >= 0 {
			rect.FillColor = fynetheme.Color(fynetheme.ColorNameHover)
		}
		if i == v.at && v.focused {
			rect.StrokeWidth, rect.StrokeColor = 2, fynetheme.Color(fynetheme.ColorNamePrimary)
		}
		if rect.FillColor != color.Transparent || rect.StrokeWidth > 0 {
			r.put(rect, 2, l.top, v.Size().Width-4, l.height)
		}
	}
}

func (r *renderer) stages() {
	v := r.v
	r.text(v.words.Stages, edge, 0, headHeight, v.Size().Width, true, fynetheme.ColorNameForeground)
	left, right := float32(edge+nameWidth), v.Size().Width-tookWidth-edge
	track := max(right-left, 10)
	r.ticks(left, track)
	for i, s := range v.data.Stages {
		top := v.lines[i].top
		name := fynetheme.ColorNameForeground
		if s.Tone == page.Unknown {
			name = fynetheme.ColorNamePlaceHolder
		}
		r.mark(s.Tone, edge, top)
		r.text(s.Name, edge+tone.Size+4, top, stageHeight, nameWidth-tone.Size-8, false, name)
		r.fill(fynetheme.ColorNameSeparator, left, top+stageHeight/2, track, 1)
		if s.Drawn {
			x0 := left + float32(s.From)*(track-leastBar)
			width := max(float32(s.To-s.From)*(track-leastBar), leastBar)
			r.fill(tone.Colour(s.Tone), x0, top+(stageHeight-barHeight)/2, width, barHeight)
		}
		note := s.Took
		if note == "" && !s.Drawn {
			note = "–"
		}
		r.right(note, v.Size().Width-edge, top, stageHeight, fynetheme.ColorNamePlaceHolder)
	}
}

// ticks draws the axis under the stages.
func (r *renderer) ticks(left, track float32) {
	v := r.v
	top := headHeight + float32(len(v.data.Stages))*stageHeight
	free := float32(0)
	for _, t := range v.data.Ticks {
		x := left + float32(t.At)*track
		r.fill(fynetheme.ColorNameSeparator, x, headHeight, 1, top-headHeight+3)
		if x >= free {
			free = x + r.small(t.Text, x, top, axisHeight) + 12
		}
	}
}

func (r *renderer) attempts() {
	v := r.v
	if len(v.data.Attempts) == 0 {
		return
	}
	first := v.lines[len(v.data.Stages)].top
	notes := float32(noteHeight)
	if v.data.More > 0 {
		notes += noteHeight
		r.small(strings.ReplaceAll(v.words.More, "{0}", strconv.Itoa(v.data.More)), edge, first-noteHeight, noteHeight)
	}
	r.text(v.words.Attempts, edge, first-notes-headHeight, headHeight, v.Size().Width, true, fynetheme.ColorNameForeground)
	r.small(strings.ReplaceAll(v.words.Bars, "{0}", v.data.Scale), edge, first-notes, noteHeight)
	left := float32(edge + tone.Size + 4)
	track := max(v.Size().Width-left-edge, 10)
	for i, a := range v.data.Attempts {
		top := v.lines[len(v.data.Stages)+i].top
		r.mark(a.Tone, edge, top)
		r.text(join(a.Name+".  "+a.Start, a.Text), left, top, stageHeight, track, false, fynetheme.ColorNameForeground)
		y := top + stageHeight + 2
		r.fill(fynetheme.ColorNameSeparator, left, y+barHeight/2, track, 1)
		if a.Run > 0 {
			width := max(float32(a.Run)*track, leastBar)
			r.fill(tone.Colour(a.Tone), left, y, width, barHeight)
			if a.Over { // it goes on: two gaps near its end
				for k := range 2 {
					r.fill(fynetheme.ColorNameBackground, left+width-12-float32(k)*6, y, 3, barHeight)
				}
			}
		}
		if a.Limit > 0 {
			r.fill(fynetheme.ColorNameForeground, left+float32(a.Limit)*track-1, y-3, 2, barHeight+6)
		}
	}
}

func (r *renderer) put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	r.objects = append(r.objects, o)
}

func (r *renderer) fill(c fyne.ThemeColorName, x, y, w, h float32) {
	r.put(canvas.NewRectangle(fynetheme.Color(c)), x, y, w, h)
}

func (r *renderer) mark(t page.Tone, x, top float32) {
	res := tone.Mark(t)
	if res == nil {
		return
	}
	img := canvas.NewImageFromResource(res)
	img.FillMode = canvas.ImageFillContain
	r.put(img, x, top+(stageHeight-tone.Size)/2, tone.Size, tone.Size)
}

// text writes a line, cut where it is too wide.
func (r *renderer) text(s string, x, top, height, width float32, bold bool, c fyne.ThemeColorName) {
	t := canvas.NewText("", fynetheme.Color(c))
	t.TextSize, t.TextStyle.Bold = fynetheme.TextSize(), bold
	t.Text = cut(s, width, t)
	h := t.MinSize().Height
	r.put(t, x, top+(height-h)/2, t.MinSize().Width, h)
}

// right writes a small line that ends at x.
func (r *renderer) right(s string, x, top, height float32, c fyne.ThemeColorName) {
	t := canvas.NewText(s, fynetheme.Color(c))
	t.TextSize = fynetheme.CaptionTextSize()
	size := t.MinSize()
	r.put(t, x-size.Width, top+(height-size.Height)/2, size.Width, size.Height)
}

// small writes a small line and returns how wide it is.
func (r *renderer) small(s string, x, top, height float32) float32 {
	t := canvas.NewText("", fynetheme.Color(fynetheme.ColorNamePlaceHolder))
	t.TextSize = fynetheme.CaptionTextSize()
	t.Text = cut(s, r.v.Size().Width-x-edge, t)
	size := t.MinSize()
	r.put(t, x, top+(height-size.Height)/2, size.Width, size.Height)
	return size.Width
}

// cut shortens a text to a width.
func cut(s string, width float32, t *canvas.Text) string {
	fits := func(s string) bool { return fyne.MeasureText(s, t.TextSize, t.TextStyle).Width <= width }
	if fits(s) {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes)
	for lo < hi {
		if mid := (lo + hi + 1) / 2; fits(string(runes[:mid]) + "…") {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(runes[:lo]) + "…"
}
