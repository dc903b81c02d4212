package palette

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/theme"
)

// Measures in Fyne units.
const (
	width   = 720
	rowHigh = 26
	maxRows = 16
	top     = 60 // under the upper edge of the window
)

// View is the palette over a window. Make it with Show.
type View struct {
	// Extra adds sections before those of the index, for what is made from the
	// query itself: the meaning of a code. It may be nil.
	Extra func(query string) []Section

	index  *Index
	canvas fyne.Canvas
	before fyne.Focusable
	popup  *widget.PopUp
	entry  *entry
	list   *fyne.Container
	scroll *container.Scroll
	none   string

	lines []*line // of the hits
	at    int
}

// Show opens the palette on a canvas: place is the text of the empty field, none
// what shows when nothing fits.
func Show(c fyne.Canvas, index *Index, place, none string, extra func(string) []Section) *View {
	v := &View{Extra: extra, index: index, canvas: c, before: c.Focused(), none: none}
	v.entry = &entry{v: v}
	v.entry.ExtendBaseWidget(v.entry)
	v.entry.SetPlaceHolder(place)
	v.entry.OnChanged = v.find
	v.list = container.New(layout.NewCustomPaddedVBoxLayout(0))
	v.scroll = container.NewVScroll(v.list)
	v.popup = widget.NewPopUp(container.NewBorder(v.entry, nil, nil, nil, v.scroll), c)
	v.find("")
	c.Focus(v.entry)
	return v
}

// Hide closes the palette, and gives the keyboard back.
func (v *View) Hide() {
	v.popup.Hide()
	if v.before != nil {
		v.canvas.Focus(v.before)
	}
}

// SetText types a query.
func (v *View) SetText(query string) {
	v.entry.SetText(query)
	v.entry.CursorColumn = len([]rune(query))
	v.entry.Refresh()
}

// find shows what fits a query.
func (v *View) find(query string) {
	var sections []Section
	if v.Extra != nil {
		sections = v.Extra(query)
	}
	sections = append(sections, v.index.Find(query)...)
	v.lines, v.at = nil, 0
	v.list.RemoveAll()
	for _, s := range sections {
		v.list.Add(heading(s))
		for _, h := range s.Hits {
			l := newLine(v, h, len(v.lines))
			v.lines = append(v.lines, l)
			v.list.Add(l)
		}
	}
	if len(v.lines) == 0 {
		v.list.Add(widget.NewLabel(v.none))
	}
	v.move(0)
	v.place()
	v.scroll.ScrollToTop()
}

// place gives the popup its size for what it shows, in the middle under the
// upper edge.
func (v *View) place() {
	room := v.canvas.Size()
	w := min(width, room.Width-32)
	h := min(v.entry.MinSize().Height+min(v.list.MinSize().Height, maxRows*rowHigh)+16, room.Height-top-32)
	v.popup.Resize(fyne.NewSize(w, h))
	v.popup.ShowAtPosition(fyne.NewPos((room.Width-w)/2, top))
}

// move makes the hit step further the current one.
func (v *View) move(step int) {
	if len(v.lines) == 0 {
		return
	}
	v.at = (v.at + step + len(v.lines)) % len(v.lines)
	for _, l := range v.lines {
		l.choose(l.n == v.at)
	}
	l := v.lines[v.at]
	y, h := l.Position().Y, l.Size().Height
	if n := v.scroll.Size().Height; n > 0 {
		if y < v.scroll.Offset.Y+rowHigh {
			v.scroll.Offset.Y = max(0, y-rowHigh)
		} else if y+h > v.scroll.Offset.Y+n {
			v.scroll.Offset.Y = y + h - n
		}
		v.scroll.Refresh()
	}
}

// run closes the palette and goes to a hit.
func (v *View) run(n int) {
	if n < 0 || n >= len(v.lines) {
		return
	}
	act := v.lines[n].hit.Run
	v.Hide()
	if act != nil {
		act()
	}
}

func heading(s Section) fyne.CanvasObject {
	t := widget.NewLabel(s.Title + "  " + strconv.Itoa(s.Count))
	t.SizeName = fynetheme.SizeNameCaptionText
	t.Importance = widget.LowImportance
	return t
}

// entry is the field; its keys move in the list.
type entry struct {
	widget.Entry
	v *View
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		e.v.move(1)
	case fyne.KeyUp:
		e.v.move(-1)
	case fyne.KeyPageDown:
		e.v.move(min(8, len(e.v.lines)-1-e.v.at))
	case fyne.KeyPageUp:
		e.v.move(-min(8, e.v.at))
	case fyne.KeyReturn, fyne.KeyEnter:
		e.v.run(e.v.at)
	case fyne.KeyEscape:
		e.v.Hide()
	default:
		e.Entry.TypedKey(k)
	}
}

// line is one hit.
type line struct {
	widget.BaseWidget
	v    *View
	hit  Hit
	n    int
	back *canvas.Rectangle
	text *widget.RichText

	chosen bool
}

func newLine(v *View, h Hit, n int) *line {
	l := &line{v: v, hit: h, n: n, back: canvas.NewRectangle(color.Transparent)}
	l.text = widget.NewRichText(segments(h, theme.LogDim)...)
	l.text.Truncation = fyne.TextTruncateEllipsis
	l.ExtendBaseWidget(l)
	return l
}

// segments writes a hit with the letters that match in bold, and what stands
// beside its title in a colour.
func segments(h Hit, beside fyne.ThemeColorName) []widget.RichTextSegment {
	marked := make(map[int]bool, len(h.Marked))
	for _, i := range h.Marked {
		marked[i] = true
	}
	var out []widget.RichTextSegment
	add := func(text string, bold bool, c fyne.ThemeColorName) {
		if text != "" {
			out = append(out, &widget.TextSegment{Text: text, Style: widget.RichTextStyle{Inline: true, ColorName: c, TextStyle: fyne.TextStyle{Bold: bold}}})
		}
	}
	from, bold := 0, false
	for i := range h.Title {
		if m := marked[i]; m != bold {
			add(h.Title[from:i], bold, fynetheme.ColorNameForeground)
			from, bold = i, m
		}
	}
	add(h.Title[from:], bold, fynetheme.ColorNameForeground)
	for _, pale := range []string{h.Detail, h.Key} {
		if pale != "" {
			add("   "+pale, false, beside)
		}
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (l *line) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(oneLine{}, l.back, l.text))
}

// oneLine lays a background and a text out, rowHigh units high.
type oneLine struct{}

func (oneLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, rowHigh) }

func (oneLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	h := o[1].MinSize().Height
	o[1].Move(fyne.NewPos(0, (size.Height-h)/2))
	o[1].Resize(fyne.NewSize(size.Width, h))
}

// choose shows whether the hit is the current one. Pale text would be too weak
// on the colour of the selection.
func (l *line) choose(is bool) {
	if is == l.chosen {
		return
	}
	l.chosen = is
	l.back.FillColor, l.text.Segments = color.Transparent, segments(l.hit, theme.LogDim)
	if is {
		l.back.FillColor = fynetheme.Color(fynetheme.ColorNameSelection)
		l.text.Segments = segments(l.hit, fynetheme.ColorNameForeground)
	}
	l.back.Refresh()
	l.text.Refresh()
}

// Tapped implements fyne.Tappable.
func (l *line) Tapped(*fyne.PointEvent) { l.v.run(l.n) }
