// Package histogram is the band above the log rows: how many records each
// stretch of time holds, with errors and warnings coloured, and a brush that
// chooses a range of it.
//
// Heights grow with the square root of the number, so that a single error
// beside a million other records still shows; what is there at all is at least
// two pixels high. Everything runs on Fyne's main goroutine.
package histogram

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/theme"
)

// Measures in Fyne units.
const (
	height   = 48
	axis     = 14 // of it, for the labels
	barWidth = 3
	grab     = 4 // how far from an edge of the brush the pointer grabs it
	leastTap = 3 // what is dragged less is a tap
)

// Bucket counts what a stretch of time holds.
type Bucket struct{ Other, Warning, Error int }

func (b Bucket) total() int { return b.Other + b.Warning + b.Error }

// Span is a stretch of the band, such as a maintenance window.
type Span struct{ From, To float64 }

// Label is a text under the band, At a share of its width.
type Label struct {
	At   float64
	Text string
}

var (
	_ fyne.Draggable      = (*View)(nil)
	_ fyne.Tappable       = (*View)(nil)
	_ fyne.DoubleTappable = (*View)(nil)
	_ desktop.Hoverable   = (*View)(nil)
	_ desktop.Mouseable   = (*View)(nil)
	_ desktop.Cursorable  = (*View)(nil)
)

// View is the widget. Make it with New. Places in it are shares of its width,
// 0 to 1. Callbacks may be nil.
type View struct {
	widget.BaseWidget

	// OnBrush tells which range was chosen, when the button comes up; ok is
	// false when the choice was given up.
	OnBrush func(from, to float64, ok bool)
	// OnTap tells of a click.
	OnTap func(at float64)
	// OnHover tells over which bucket the pointer is, -1 for none.
	OnHover func(bucket int)
	// OnBars tells how many bars there is room for, when that changed.
	OnBars func(n int)

	all, rows []Bucket
	labels    []Label
	spans     []Span
	height    float32
	raster    *canvas.Raster
	texts     []*canvas.Text
	bars      int

	brush    [2]float64
	brushed  bool
	press    fyne.Position
	drag     dragKind
	held     float64 // the edge of the brush that stays, or where a move began
	dragged  bool
	overEdge bool
}

type dragKind uint8

const (
	dragNone dragKind = iota
	dragRange
	dragMove
)

// New returns an empty band.
func New() *View { return NewTall(height) }

// NewTall returns an empty band of a height in Fyne units, labels and all.
func NewTall(height float32) *View {
	v := &View{height: height}
	v.raster = canvas.NewRaster(v.draw)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.ExtendBaseWidget(v)
	return v
}

// SetData shows rows in colour before all in grey; both have as many buckets.
func (v *View) SetData(all, rows []Bucket) {
	v.all, v.rows = all, rows
	v.raster.Refresh()
}

// SetSpans shows stretches as outlined blocks along the upper edge.
func (v *View) SetSpans(spans []Span) {
	v.spans = spans
	v.raster.Refresh()
}

// SetLabels shows texts under the band.
func (v *View) SetLabels(labels []Label) {
	v.labels = labels
	v.Refresh()
}

// SetBrush shows a range as chosen.
func (v *View) SetBrush(from, to float64, ok bool) {
	if v.drag == dragNone {
		v.brush, v.brushed = [2]float64{from, to}, ok
		v.raster.Refresh()
	}
}

// Bars is how many bars there is room for.
func (v *View) Bars() int { return v.bars }

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v: v}
	r.Refresh()
	return r
}

type renderer struct {
	v       *View
	objects []fyne.CanvasObject
}

func (r *renderer) Destroy()                     {}
func (r *renderer) MinSize() fyne.Size           { return fyne.NewSize(120, r.v.height) }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *renderer) Layout(s fyne.Size) {
	v := r.v
	v.raster.Resize(fyne.NewSize(s.Width, max(0, s.Height-axis)))
	free := float32(0)
	for i, t := range v.texts {
		size := t.MinSize()
		x := min(max(0, float32(v.labels[i].At)*s.Width), max(0, s.Width-size.Width))
		t.Move(fyne.NewPos(x, s.Height-axis))
		t.Resize(size)
		if x < free {
			t.Hide()
			continue
		}
		t.Show()
		free = x + size.Width + 12
	}
	if n := int(s.Width / barWidth); n != v.bars {
		v.bars = n
		if v.OnBars != nil {
			v.OnBars(n)
		}
	}
}

func (r *renderer) Refresh() {
	v := r.v
	c := v.Theme().Color(theme.LogDim, fyne.CurrentApp().Settings().ThemeVariant())
	v.texts = v.texts[:0:0]
	r.objects = []fyne.CanvasObject{v.raster}
	for _, l := range v.labels {
		t := canvas.NewText(l.Text, c)
		t.TextSize = v.Theme().Size(fynetheme.SizeNameCaptionText)
		v.texts = append(v.texts, t)
		r.objects = append(r.objects, t)
	}
	r.Layout(v.Size())
	v.raster.Refresh()
}

// draw is the generator of the raster: the picture of w x h pixels.
func (v *View) draw(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	th, variant := v.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	c := func(n fyne.ThemeColorName) color.RGBA {
		r, g, b, _ := th.Color(n, variant).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xFF}
	}
	fill(img, img.Rect, c(fynetheme.ColorNameBackground))
	from, to := v.brush[0], v.brush[1]
	x0, x1 := int(math.Round(from*float64(w))), int(math.Round(to*float64(w)))
	if v.brushed {
		x1 = max(x1, x0+1)
		fill(img, image.Rect(x0, 0, x1, h), c(fynetheme.ColorNameSelection))
	}
	v.drawSpans(img, c)
	v.drawBars(img, c)
	fill(img, image.Rect(0, h-1, w, h), c(fynetheme.ColorNameSeparator))
	if v.brushed {
		edge := c(fynetheme.ColorNamePrimary)
		fill(img, image.Rect(x0, 0, x0+1, h), edge)
		fill(img, image.Rect(x1-1, 0, x1, h), edge)
	}
	return img
}

// spanHeight is that of a span in Fyne units.
const spanHeight = 7

// top is the room above the bars in pixels, for the spans.
func (v *View) top(h int) int {
	if len(v.spans) == 0 || v.raster.Size().Height <= 0 {
		return 0
	}
	return int((spanHeight + 2) * float32(h) / v.raster.Size().Height)
}

func (v *View) drawSpans(img *image.RGBA, c func(fyne.ThemeColorName) color.RGBA) {
	w, h := img.Rect.Dx(), v.top(img.Rect.Dy())*spanHeight/(spanHeight+2)
	inside, line := c(theme.CalendarWindow), c(fynetheme.ColorNamePrimary)
	for _, s := range v.spans {
		x0, x1 := int(s.From*float64(w)), int(math.Ceil(s.To*float64(w)))
		r := image.Rect(x0, 0, max(x1, x0+2), h)
		fill(img, r, line)
		fill(img, r.Inset(1), inside)
	}
}

func (v *View) drawBars(img *image.RGBA, c func(fyne.ThemeColorName) color.RGBA) {
	w, h := img.Rect.Dx(), img.Rect.Dy()-2-v.top(img.Rect.Dy())
	foot := img.Rect.Dy() - 1
	n, most := len(v.all), 0
	for _, b := range v.all {
		most = max(most, b.total())
	}
	if most == 0 || h <= 0 || len(v.rows) != n {
		return
	}
	hidden, other := c(theme.LogLine), c(theme.LogThumbHover)
	warning, bad := c(theme.LogWarningMark), c(theme.LogErrorMark)
	high := func(count int) int {
		if count == 0 {
			return 0
		}
		return max(2, int(math.Round(math.Sqrt(float64(count)/float64(most))*float64(h))))
	}
	for k := range n {
		left, right := k*w/n, (k+1)*w/n
		if right-left > 2 {
			right--
		}
		bar := func(count int, c color.RGBA) {
			fill(img, image.Rect(left, foot-high(count), right, foot), c)
		}
		bar(v.all[k].total(), hidden)
		bar(v.rows[k].total(), other)
		bar(v.rows[k].Warning+v.rows[k].Error, warning)
		bar(v.rows[k].Error, bad)
	}
}

func fill(img *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := img.Pix[img.PixOffset(r.Min.X, y):][:4*r.Dx()]
		for i := 0; i < len(line); i += 4 {
			line[i], line[i+1], line[i+2], line[i+3] = c.R, c.G, c.B, c.A
		}
	}
}
