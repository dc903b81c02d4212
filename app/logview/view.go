package logview

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/typeface"
)

var (
	_ fyne.Focusable      = (*View)(nil)
	_ fyne.Scrollable     = (*View)(nil)
	_ fyne.Draggable      = (*View)(nil)
	_ fyne.DoubleTappable = (*View)(nil)
	_ fyne.Shortcutable   = (*View)(nil)

	_ fyne.SecondaryTappable = (*View)(nil)
	_ desktop.Mouseable      = (*View)(nil)
	_ desktop.Hoverable      = (*View)(nil)
	_ desktop.Keyable        = (*View)(nil)
	_ desktop.Cursorable     = (*View)(nil)
)

// View is the widget. Make it with New. Callbacks may be nil.
type View struct {
	widget.BaseWidget

	// OnSelect tells that row i became the current one, -1 that none is; it is
	// also called when the number of chosen rows changed.
	OnSelect func(i int)
	// OnActivate tells of a double click or Enter on row i.
	OnActivate func(i int)
	// OnWidths tells that the user changed the columns.
	OnWidths func(Widths)
	// OnDraw tells that other rows were drawn than before. It runs within the
	// drawing: it must not change what is on the screen.
	OnDraw func()
	// OnKey is asked about keys that mean nothing to the view.
	OnKey func(name fyne.KeyName, shift bool)
	// OnRune is asked about letters.
	OnRune func(r rune)
	// OnMenu asks for the menu of row i, which is chosen, at a place of the
	// window.
	OnMenu func(i int, at fyne.Position)
	// OnCopy tells how many rows went to the clipboard, and whether those were
	// all that are chosen.
	OnCopy func(rows int, all bool)
	// Highlight appends to hits where in the text the search finds something,
	// as byte ranges from left to right.
	Highlight func(text []byte, hits [][2]int) [][2]int
	// Marks tells what each of n stretches of the rows holds. It must be quick.
	Marks func(n int) []Mark

	fonts   []*typeface.Font
	glyphs  *typeface.Glyphs
	message []*typeface.Font // of messages, nil for fonts
	letters *typeface.Glyphs // of messages
	units   float32          // size of text in Fyne units
	words   Words
	raster  *canvas.Raster

	widths  Widths
	layout  layout
	colours colours
	span    span
	page    page

	chosen         ranges
	anchor, cursor int
	shift, widest  int // pixels
	hits           [][2]int
	marks          []Mark
	marksOld       bool

	img   *image.RGBA
	dirty bool
	drawn span // what OnDraw was last told of
	told  bool

	focused, shiftKey, overBar bool
	overEdge                   int
	press                      press
	wheel                      float32
}

// New returns an empty view that draws with fonts, the first first.
func New(fonts []*typeface.Font, words Words) *View {
	v := &View{fonts: fonts, words: words, units: textSize, widths: DefaultWidths(), cursor: -1, anchor: -1, overEdge: -1}
	v.page.source = none{}
	v.raster = canvas.NewRaster(v.draw)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.ExtendBaseWidget(v)
	return v
}

// none is the source of an empty view.
type none struct{}

func (none) Len() int      { return 0 }
func (none) Row(int, *Row) {}

// CreateRenderer implements fyne.Widget.
func (v *View) CreateRenderer() fyne.WidgetRenderer { return &renderer{v} }

type renderer struct{ v *View }

func (r *renderer) Destroy()                     {}
func (r *renderer) MinSize() fyne.Size           { return r.v.minSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.v.raster} }
func (r *renderer) Layout(s fyne.Size)           { r.v.fit(s); r.v.changed() }
func (r *renderer) Refresh()                     { r.v.fit(r.v.Size()); r.v.changed() }

// fit gives the raster a size of whole pixels. Fyne rounds the ends of what it
// draws, but the size of the picture by itself: where the size is no whole
// number, these differ and a line of pixels would be dropped from the text.
func (v *View) fit(s fyne.Size) {
	scale := float64(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil && c.Scale() > 0 {
		scale = float64(c.Scale())
	}
	whole := func(x float32) float32 { return float32(math.Floor(float64(x)*scale+1e-3) / scale) }
	v.raster.Resize(fyne.NewSize(whole(s.Width), whole(s.Height)))
}

// changed asks for the next frame to be drawn anew. Fyne joins many requests
// into one drawing.
func (v *View) changed() {
	v.dirty = true
	v.raster.Refresh()
}

// draw is the generator of the raster: the picture of w x h pixels.
func (v *View) draw(w, h int) image.Image {
	if !v.dirty && v.img != nil && v.img.Rect.Dx() == w && v.img.Rect.Dy() == h {
		return v.img
	}
	v.dirty = false
	if v.img == nil || v.img.Rect.Dx() != w || v.img.Rect.Dy() != h {
		v.img = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	v.prepare(w, h)
	v.paint(surface{v.img, v.glyphs})
	if v.drawn != v.span || !v.told {
		v.drawn, v.told = v.span, true
		if v.OnDraw != nil {
			v.OnDraw()
		}
	}
	return v.img
}

// prepare brings the layout, fonts, colours and rows up to date.
func (v *View) prepare(w, h int) {
	scale := 1.0
	if units := float64(v.raster.Size().Width); units > 0 {
		// The scale is one of the steps that screens have.
		scale = math.Max(0.25, math.Round(float64(w)/units*20)/20)
	}
	v.layout = measure(w, h, scale, float64(v.units), v.widths)
	if size := float64(v.units) * scale; v.glyphs == nil || v.glyphs.Size() != size {
		v.glyphs = typeface.NewGlyphs(v.fonts, size)
		v.letters = v.glyphs
		if v.message != nil {
			v.letters = typeface.NewGlyphs(v.message, size)
		}
	}
	v.colours = coloursOf(v.Theme(), fyne.CurrentApp().Settings().ThemeVariant())
	v.span = v.span.resize(v.layout.page(), v.cursor)
	v.page.show(v.span.top, min(v.layout.shown(), v.span.n-v.span.top))
	v.shift = min(v.shift, max(0, v.widest-v.layout.messageRoom()))
}

// SetSource shows the rows of s from the top, none of them chosen.
func (v *View) SetSource(s Source) {
	if s == nil {
		s = none{}
	}
	v.page.reset(s)
	v.told = false
	v.span = span{n: s.Len(), page: v.span.page}
	v.chosen, v.anchor, v.cursor, v.shift, v.widest = nil, -1, -1, 0, 0
	v.marks, v.marksOld = nil, true
	v.changed()
	v.selected()
}

// Replace shows the rows of s in place of those before, with row top in the
// first line and row current (or -1) chosen. The rows that were chosen are
// not: they may stand elsewhere now.
func (v *View) Replace(s Source, top, current int) {
	v.page.reset(s)
	v.told = false
	v.span = span{n: s.Len(), page: v.span.page, top: top}.clamp()
	v.chosen, v.anchor, v.cursor = nil, -1, -1
	v.marksOld = true
	if current >= 0 && current < v.span.n {
		v.chosen, v.anchor, v.cursor = ranges{{current, current + 1}}, current, current
	}
	v.changed()
	v.selected()
}

// Reload fetches the rows in sight once more: they read differently now, in
// another zone perhaps.
func (v *View) Reload() {
	v.page.reset(v.page.source)
	v.marksOld = true
	v.changed()
}

// RowPosition is a place within the view under the begin of row i, for its menu.
func (v *View) RowPosition(i int) fyne.Position {
	k := min(max(0, i-v.span.top), max(0, v.span.page-1))
	return fyne.NewPos(40, v.units+headerExtra+float32(k+1)*v.rowHeight())
}

// RefreshMarks asks Marks anew.
func (v *View) RefreshMarks() {
	v.marksOld = true
	v.changed()
}

// SetWords changes the language.
func (v *View) SetWords(w Words) {
	v.words = w
	v.changed()
}

// SetText changes the size of the text, in Fyne units, and the fonts of the
// messages, the first first; nil writes them like the rest.
func (v *View) SetText(size float32, message []*typeface.Font) {
	v.units, v.message, v.glyphs = size, message, nil
	v.Refresh()
}

// rowHeight is that of a row in Fyne units.
func (v *View) rowHeight() float32 { return v.units + rowExtra }

func (v *View) minSize() fyne.Size {
	return fyne.NewSize(320, v.units+headerExtra+3*v.rowHeight()+sideBar)
}

// Widths are the widths of the columns in Fyne units.
func (v *View) Widths() Widths { return v.widths }

// SetWidths sets the widths of the columns; 0 hides one.
func (v *View) SetWidths(w Widths) {
	for i := range w {
		if w[i] != 0 {
			w[i] = min(max(w[i], minColumn), 2000)
		}
	}
	v.widths = w
	v.changed()
}

// Len is the number of rows.
func (v *View) Len() int { return v.span.n }

// InSight are the rows that show whole, from first to last; 0, -1 for none.
func (v *View) InSight() (first, last int) {
	return v.span.top, min(v.span.n, v.span.top+max(1, v.span.page)) - 1
}

// Rows is how many rows show whole in a page.
func (v *View) Rows() int { return max(1, v.span.page) }

// Current is the row that the keyboard stands on, -1 for none.
func (v *View) Current() int { return v.cursor }

// Selected is the number of chosen rows, and the first and last of them.
func (v *View) Selected() (count, first, last int) {
	if len(v.chosen) == 0 {
		return 0, -1, -1
	}
	return v.chosen.count(), v.chosen[0][0], v.chosen[len(v.chosen)-1][1] - 1
}

// Select makes row i the only chosen one and brings it into sight: in the
// middle when it was out of it.
func (v *View) Select(i int) {
	if v.span.n == 0 {
		return
	}
	i = min(max(0, i), v.span.n-1)
	if first, last := v.InSight(); i < first || i > last {
		v.span.top = i - v.span.page/2
		v.span = v.span.clamp()
	}
	v.moveTo(i, false)
}

// ScrollTo puts row i into the first line, as far as there are rows below it.
func (v *View) ScrollTo(i int) {
	old := v.span
	v.span.top = i
	v.span = v.span.clamp()
	if v.span != old {
		v.changed()
	}
}

// SelectAll chooses every row.
func (v *View) SelectAll() {
	if v.span.n == 0 {
		return
	}
	v.chosen = ranges{{0, v.span.n}}
	if v.cursor < 0 {
		v.anchor, v.cursor = 0, 0
	}
	v.changed()
	v.selected()
}

// moveTo makes row i the current one, and brings it into sight by the shortest
// way; extend keeps what is chosen from the anchor on.
func (v *View) moveTo(i int, extend bool) {
	if v.span.n == 0 {
		return
	}
	i = min(max(0, i), v.span.n-1)
	v.cursor = i
	if !extend || v.anchor < 0 {
		v.anchor = i
	}
	v.chosen = ranges{{min(v.anchor, i), max(v.anchor, i) + 1}}
	v.span = v.span.reveal(i)
	v.changed()
	v.selected()
}

func (v *View) selected() {
	if v.OnSelect != nil {
		v.OnSelect(v.cursor)
	}
}

// sideways is how messages are scrolled, in pixels.
func (v *View) sideways() span {
	return span{n: v.widest, page: v.layout.messageRoom(), top: v.shift}
}

func (v *View) setShift(px int) {
	s := v.sideways()
	if s.page <= 0 {
		return
	}
	s.top = px
	if s = s.clamp(); s.top != v.shift {
		v.shift = s.top
		v.changed()
	}
}

func (v *View) leastThumb() int { return int(minThumb * v.layout.scale) }

// Cursor implements desktop.Cursorable.
func (v *View) Cursor() desktop.Cursor {
	if v.overEdge >= 0 || v.press.kind == pressEdge {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
