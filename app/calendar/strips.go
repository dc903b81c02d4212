package calendar

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/theme"
	"patchtrail/app/tone"
)

// Measures of the strips in Fyne units.
const (
	// StripHeight is that of one machine, StripHead that of the dates above.
	StripHeight = 26
	StripHead   = 18
	stripName   = 150
	stripOpen   = 10 // of a window
	stripRun    = 4
)

var (
	_ fyne.Tappable     = (*Strips)(nil)
	_ fyne.Focusable    = (*Strips)(nil)
	_ desktop.Hoverable = (*Strips)(nil)
)

// Strips draws the weeks ahead of several machines under one another, a line a
// machine, on one axis. Up and Down lead from machine to machine.
type Strips struct {
	widget.BaseWidget

	// OnChoose tells which line was chosen.
	OnChoose func(i int)
	// OnHint tells what is under the pointer, "" to end that.
	OnHint func(text string)
	// OnKey takes the keys that mean nothing here.
	OnKey func(*fyne.KeyEvent)
	// OnMove asks to bring a stretch of the widget into sight.
	OnMove func(top, bottom float32)

	all     []page.Strip
	at      int
	focused bool
	build   int
}

// NewStrips returns no strips.
func NewStrips() *Strips {
	v := &Strips{at: -1}
	v.ExtendBaseWidget(v)
	return v
}

// Set shows other machines, with line at chosen.
func (v *Strips) Set(all []page.Strip, at int) {
	v.all, v.at = all, at
	v.build++
	v.Refresh()
	v.reveal()
}

// Take chooses a line, without a word to OnChoose.
func (v *Strips) Take(i int) {
	if v.at != i {
		v.at = i
		v.Refresh()
		v.reveal()
	}
}

// Height is that of the first lines, n at most.
func (v *Strips) Height(n int) float32 {
	return StripHead + float32(min(len(v.all), n))*StripHeight
}

func (v *Strips) reveal() {
	if v.OnMove != nil && v.at >= 0 {
		top := StripHead + float32(v.at)*StripHeight
		v.OnMove(top-StripHead, top+StripHeight)
	}
}

func (v *Strips) choose(i int) {
	if i = min(max(i, 0), len(v.all)-1); i >= 0 && i != v.at {
		v.Take(i)
		if v.OnChoose != nil {
			v.OnChoose(i)
		}
	}
}

// lineAt is the line at a height, -1 for none.
func (v *Strips) lineAt(y float32) int {
	if i := int((y - StripHead) / StripHeight); y >= StripHead && i < len(v.all) {
		return i
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (v *Strips) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	if i := v.lineAt(e.Position.Y); i >= 0 {
		v.choose(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (v *Strips) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (v *Strips) MouseMoved(e *desktop.MouseEvent) {
	i, text := v.lineAt(e.Position.Y), ""
	if i >= 0 {
		text = v.all[i].Name
		day := float64((e.Position.X - stripName) / v.day())
		kind := -1
		for _, b := range v.all[i].Calendar.Blocks {
			if day >= b.From-0.03 && day < b.To+0.03 && int(b.Kind) > kind {
				kind, text = int(b.Kind), v.all[i].Name+"  ·  "+b.Hint
			}
		}
	}
	v.hint(text)
}

// MouseOut implements desktop.Hoverable.
func (v *Strips) MouseOut() { v.hint("") }

func (v *Strips) hint(text string) {
	if v.OnHint != nil {
		v.OnHint(text)
	}
}

// FocusGained implements fyne.Focusable.
func (v *Strips) FocusGained() {
	v.focused = true
	v.Refresh()
}

// FocusLost implements fyne.Focusable.
func (v *Strips) FocusLost() {
	v.focused = false
	v.Refresh()
}

// TypedRune implements fyne.Focusable.
func (v *Strips) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (v *Strips) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyUp:
		v.choose(v.at - 1)
	case fyne.KeyDown:
		v.choose(v.at + 1)
	case fyne.KeyHome:
		v.choose(0)
	case fyne.KeyEnd:
		v.choose(len(v.all) - 1)
	default:
		if v.OnKey != nil {
			v.OnKey(k)
		}
	}
}

// day is how wide a day is.
func (v *Strips) day() float32 {
	days := 28
	if len(v.all) > 0 {
		days = max(len(v.all[0].Calendar.Days), 1)
	}
	return max((v.Size().Width-stripName-edge)/float32(days), 1)
}

// CreateRenderer implements fyne.Widget.
func (v *Strips) CreateRenderer() fyne.WidgetRenderer {
	r := &stripsRenderer{v: v, frame: canvas.NewRectangle(color.Transparent), row: canvas.NewRectangle(color.Transparent)}
	r.frame.StrokeWidth = 2
	r.Refresh()
	return r
}

// stripsRenderer draws the lines anew when the data or the size changes; the row
// that is chosen and the focus cost nothing.
type stripsRenderer struct {
	v          *Strips
	row, frame *canvas.Rectangle
	renderer
}

func (r *stripsRenderer) MinSize() fyne.Size { return fyne.NewSize(300, r.v.Height(len(r.v.all))) }
func (r *stripsRenderer) Layout(fyne.Size)   { r.Refresh() }

func (r *stripsRenderer) Refresh() {
	v := r.v
	r.row.FillColor, r.frame.StrokeColor = color.Transparent, color.Transparent
	if v.at >= 0 {
		r.row.FillColor = fynetheme.Color(theme.LogSelectedOff)
	}
	if v.focused {
		r.row.FillColor, r.frame.StrokeColor = fynetheme.Color(theme.LogSelected), fynetheme.Color(fynetheme.ColorNamePrimary)
	}
	r.row.Move(fyne.NewPos(0, StripHead+float32(v.at)*StripHeight))
	r.row.Resize(fyne.NewSize(v.Size().Width, StripHeight))
	r.frame.Resize(v.Size())
	now := drawn{build: v.build, size: v.Size(), ink: fynetheme.Color(fynetheme.ColorNameForeground), text: fynetheme.TextSize()}
	if now != r.drawn {
		r.drawn = now
		r.objects = nil
		r.lines()
		r.objects = append(r.objects, r.frame)
	}
	canvas.Refresh(v)
}

func (r *stripsRenderer) lines() {
	v, day := r.v, r.v.day()
	height := v.Height(len(v.all))
	if len(v.all) > 0 {
		for i, d := range v.all[0].Calendar.Days {
			x := stripName + float32(i)*day
			if d.Weekend {
				r.fill(fynetheme.ColorNameHeaderBackground, rect{x, StripHead, day, height - StripHead})
			}
			if i%7 == 0 {
				r.text(d.Weekday+" "+d.Date, x+3, 0, fynetheme.ColorNamePlaceHolder)
				r.fill(fynetheme.ColorNameSeparator, rect{x, 2, 1, height - 2})
			}
		}
	}
	r.objects = append(r.objects, r.row) // over the weekends
	for i := range v.all {
		r.line(&v.all[i], StripHead+float32(i)*StripHeight)
	}
}

// line draws a machine at a height.
func (r *stripsRenderer) line(s *page.Strip, top float32) {
	v, day := r.v, r.v.day()
	r.fill(fynetheme.ColorNameSeparator, rect{0, top, v.Size().Width, 1})
	if mark := tone.Mark(s.Tone); mark != nil {
		icon := canvas.NewImageFromResource(mark)
		icon.FillMode = canvas.ImageFillContain
		r.put(icon, rect{edge, top + (StripHeight-tone.Size)/2, tone.Size, tone.Size})
	}
	r.name(s.Name, top)
	for _, kind := range []page.BlockKind{page.OpenBlock, page.RunBlock, page.NeverBlock} {
		for _, b := range s.Calendar.Blocks {
			if b.Kind != kind {
				continue
			}
			at := rect{stripName + float32(b.From)*day, top + 11, max(float32(b.To-b.From)*day, leastWidth), stripOpen}
			switch kind {
			case page.RunBlock:
				at.y, at.h = at.y+(stripOpen-stripRun)/2, stripRun
			case page.NeverBlock:
				at.y, at.h = top+4, 6
			}
			r.shape(kind, at)
		}
	}
}

// name writes the name of a machine, cut where it is too long.
func (r *stripsRenderer) name(text string, top float32) {
	t := canvas.NewText(text, fynetheme.Color(fynetheme.ColorNameForeground))
	t.TextSize = fynetheme.TextSize()
	for letters := []rune(text); len(letters) > 1 && t.MinSize().Width > stripName-tone.Size-3*edge; {
		letters = letters[:len(letters)-1]
		t.Text = string(letters) + "…"
	}
	size := t.MinSize()
	r.put(t, rect{edge + tone.Size + 6, top + (StripHeight-size.Height)/2, size.Width, size.Height})
}
