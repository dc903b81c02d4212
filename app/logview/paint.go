package logview

import (
	"bytes"
	"image"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	"golang.org/x/image/math/fixed"

	"patchtrail/app/theme"
	"patchtrail/ingest/record"
)

// colours are the theme's, ready to be laid into pixels.
type colours struct {
	back, text, dim, line, header, headerLine rgb
	errorRow, warningRow                      rgb
	errorMark, warningMark, infoMark          rgb
	selected, selectedOff, focus              rgb
	match                                     rgb
	track, thumb, thumbHover                  rgb
}

func coloursOf(th fyne.Theme, v fyne.ThemeVariant) colours {
	c := func(n fyne.ThemeColorName) rgb { return toRGB(th.Color(n, v)) }
	return colours{
		back: c(fynetheme.ColorNameBackground), text: c(fynetheme.ColorNameForeground), dim: c(theme.LogDim),
		line: c(theme.LogLine), header: c(fynetheme.ColorNameHeaderBackground),
		headerLine: c(fynetheme.ColorNameSeparator),
		errorRow:   c(theme.LogErrorRow), warningRow: c(theme.LogWarningRow),
		errorMark: c(theme.LogErrorMark), warningMark: c(theme.LogWarningMark), infoMark: c(theme.LogInfoMark),
		selected: c(theme.LogSelected), selectedOff: c(theme.LogSelectedOff),
		focus: c(fynetheme.ColorNamePrimary),
		match: c(theme.LogMatch),
		track: c(theme.LogTrack), thumb: c(theme.LogThumb), thumbHover: c(theme.LogThumbHover),
	}
}

// of returns the colour of the mark of a level.
func (c *colours) of(l record.Level) rgb {
	switch l {
	case record.Error:
		return c.errorMark
	case record.Warning:
		return c.warningMark
	default:
		return c.infoMark
	}
}

// paint draws the whole widget.
func (v *View) paint(s surface) {
	c, l := &v.colours, v.layout
	v.paintRows(s)
	v.paintHeader(s)
	v.paintStrip(s)
	v.paintBar(s)
	v.paintSide(s)
	if v.focused {
		s.frame(image.Rect(0, l.header.Max.Y, l.w, l.h), l.line, c.focus)
	}
}

func (v *View) paintHeader(s surface) {
	c, l := &v.colours, v.layout
	s.fill(l.header, c.header)
	base := l.header.Min.Y + (l.header.Dy()+s.glyphs.Ascent()-s.glyphs.Descent())/2
	for i := range columns {
		cell := image.Rect(l.col[i], l.header.Min.Y, min(l.col[i+1], l.w), l.header.Max.Y)
		if cell.Empty() {
			continue
		}
		cell.Min.X += l.pad
		s.fit(fixed.I(cell.Min.X), base, []byte(v.words.Titles[i]), c.dim, cell)
		if i < Message {
			x := l.col[i+1]
			s.fill(image.Rect(x-l.line, l.header.Min.Y+l.pad/2, x, l.header.Max.Y-l.pad/2), c.headerLine)
		}
	}
	s.fill(image.Rect(0, l.header.Max.Y-l.line, l.w, l.header.Max.Y), c.headerLine)
}

func (v *View) paintRows(s surface) {
	c, l := &v.colours, v.layout
	widest := fixed.Int26_6(0)
	for k := range l.shown() {
		r := l.rowRect(k)
		i := v.span.top + k
		if i >= v.span.n {
			s.fill(image.Rect(r.Min.X, r.Min.Y, l.body.Max.X, l.body.Max.Y), c.back)
			break
		}
		widest = max(widest, v.paintRow(s, i, r))
	}
	v.widest = widest.Ceil()
}

// paintRow draws row i and returns how wide its message is.
func (v *View) paintRow(s surface, i int, r image.Rectangle) fixed.Int26_6 {
	c, l, row := &v.colours, v.layout, v.page.row(i)
	back := c.back
	switch row.Level {
	case record.Error:
		back = c.errorRow
	case record.Warning:
		back = c.warningRow
	}
	if v.chosen.has(i) {
		if back = c.selectedOff; v.focused {
			back = c.selected
		}
	}
	s.fill(r, back)
	if r.Dy() == l.row {
		s.fill(image.Rect(r.Min.X, r.Max.Y-l.line, r.Max.X, r.Max.Y), c.line)
	}
	if row.Flags&Evidence != 0 {
		s.fill(image.Rect(0, r.Min.Y, int(evidenceBar*l.scale), r.Max.Y), c.of(row.Bar))
	}
	base := r.Min.Y + (l.row+s.glyphs.Ascent()-s.glyphs.Descent())/2
	cell := func(col int) (image.Rectangle, fixed.Int26_6) {
		b := image.Rect(l.col[col]+l.pad, r.Min.Y, min(l.col[col+1]-l.pad/2, l.body.Max.X), r.Max.Y)
		return b, fixed.I(l.col[col] + l.pad)
	}
	pale := c.dim
	if v.chosen.has(i) {
		pale = c.text
	}
	timeColour := c.text
	if row.Flags&Dim != 0 {
		timeColour = pale
	}
	b, x := cell(Time)
	s.fit(x, base, row.Time, timeColour, b)
	if row.Flags&Bookmarked != 0 {
		size := int(levelMark * l.scale)
		s.ribbon(l.col[Level]-size/2-l.line, r.Min.Y+l.row/2, size, c.focus)
	}
	v.paintLevel(s, row.Level, r, base, pale)
	b, x = cell(Machine)
	s.fit(x, base, row.Machine, pale, b)
	b, x = cell(Component)
	s.fit(x, base, row.Component, c.text, b)
	b, _ = cell(Message)
	b.Max.X = l.body.Max.X - l.pad/2
	width := v.paintMessage(s, row, b, base, pale)
	if v.focused && i == v.cursor && len(v.chosen) > 0 {
		s.frame(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y), l.line, c.focus)
	}
	return width
}

// paintLevel draws the mark and the word of a level. Plain rows have neither
// mark nor colour: what stands out is what matters.
func (v *View) paintLevel(s surface, level record.Level, r image.Rectangle, base int, word rgb) {
	c, l := &v.colours, v.layout
	if l.col[Level] == l.col[Level+1] {
		return
	}
	size := int(levelMark * l.scale)
	x, y := l.col[Level]+l.pad+size/2, r.Min.Y+l.row/2
	if y+size/2 < r.Max.Y {
		switch level {
		case record.Error:
			s.disc(x, y, size, c.errorMark)
		case record.Warning:
			s.triangle(x, y, size, c.warningMark)
		case record.Info:
			s.ring(x, y, size, c.infoMark)
		}
	}
	left := l.col[Level] + 2*l.pad + size
	b := image.Rect(left, r.Min.Y, min(l.col[Level+1]-l.pad/2, l.body.Max.X), r.Max.Y)
	if level >= record.Warning {
		word = c.text
	}
	s.fit(fixed.I(left), base, []byte(v.words.Levels[level&3]), word, b)
}

// paintMessage draws the first line of the message, its hits marked, and
// returns how wide it is.
func (v *View) paintMessage(s surface, row *Row, b image.Rectangle, base int, pale rgb) fixed.Int26_6 {
	c, l := &v.colours, v.layout
	s.glyphs = v.letters
	text := firstLine(row.Message)
	x := fixed.I(b.Min.X - v.shift)
	if v.Highlight != nil {
		v.hits = v.Highlight(text, v.hits[:0])
		at, dot := 0, x
		for _, h := range v.hits {
			if h[0] < at || h[1] > len(text) || h[0] >= h[1] {
				continue
			}
			from := dot + s.advance(text[at:h[0]])
			dot = from + s.advance(text[h[0]:h[1]])
			at = h[1]
			s.fill(image.Rect(from.Floor(), b.Min.Y+l.line, dot.Ceil(), b.Max.Y-2*l.line).Intersect(b), c.match)
		}
	}
	width := s.advance(text)
	if row.Lines <= 1 {
		s.text(x, base, text, c.text, b)
		return width
	}
	// The mark of more lines stands behind the text, or at the right edge when
	// that is too long.
	more := []byte(v.words.OneMore)
	if row.Lines > 2 {
		more = []byte(strings.ReplaceAll(v.words.MoreLines, "{0}", strconv.Itoa(row.Lines-1)))
	}
	gap, room := s.glyphs.Advance(' ')*2, s.advance(more)
	at := min(x+width+gap, fixed.I(b.Max.X)-room)
	clip := b
	clip.Max.X = (at - gap/2).Floor()
	s.text(x, base, text, c.text, clip)
	s.text(max(at, fixed.I(b.Min.X)), base, more, pale, b)
	return width + gap + room
}

func firstLine(text []byte) []byte {
	if len(text) > MaxMessage {
		text = text[:MaxMessage]
	}
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return bytes.TrimRight(text, "\r")
}

// paintStrip draws where the errors (left), the hits (right), the bookmarks
// (across) and the evidence of findings (blocks in the middle) are among all rows.
func (v *View) paintStrip(s surface) {
	c, l := &v.colours, v.layout
	s.fill(l.strip, c.track)
	s.fill(image.Rect(l.strip.Min.X, l.strip.Min.Y, l.strip.Min.X+l.line, l.strip.Max.Y), c.line)
	if v.Marks == nil || v.span.n == 0 || l.strip.Empty() {
		return
	}
	step := 2 * l.line
	n := max(1, min(l.strip.Dy()/step, v.span.n))
	if len(v.marks) != n || v.marksOld {
		v.marks, v.marksOld = v.Marks(n), false
	}
	third := l.strip.Dx() / 2
	for i, m := range v.marks {
		y := l.strip.Min.Y + mulDiv(i, l.strip.Dy()-step, max(1, n-1))
		if n == 1 {
			y = l.strip.Min.Y
		}
		if m&MarkError != 0 {
			s.fill(image.Rect(l.strip.Min.X+2*l.line, y, l.strip.Min.X+third, y+step), c.errorMark)
		}
		if m&MarkMatch != 0 {
			s.fill(image.Rect(l.strip.Min.X+third+l.line, y, l.strip.Max.X-l.line, y+step), c.infoMark)
		}
		if m&MarkEvidence != 0 {
			middle, half := (l.strip.Min.X+l.strip.Max.X)/2, 2*l.line
			block := image.Rect(middle-half, y-step, middle+half, y+2*step).Intersect(l.strip)
			s.fill(block, c.warningMark)
			s.fill(image.Rect(block.Min.X+l.line, block.Min.Y+l.line, block.Max.X-l.line, block.Max.Y-l.line), c.back)
		}
		if m&MarkBookmark != 0 {
			s.fill(image.Rect(l.strip.Min.X+l.line, y, l.strip.Max.X, y+step), c.text)
		}
	}
}

func (v *View) paintBar(s surface) {
	c, l := &v.colours, v.layout
	s.fill(l.bar, c.track)
	at, length := v.span.thumb(l.bar.Dy(), v.leastThumb())
	if length == 0 {
		return
	}
	thumb := c.thumb
	if v.overBar || v.press.kind == pressBar {
		thumb = c.thumbHover
	}
	inset := 2 * l.line
	s.fill(image.Rect(l.bar.Min.X+inset, l.bar.Min.Y+at, l.bar.Max.X-inset, l.bar.Min.Y+at+length), thumb)
}

// paintSide draws the bar that scrolls messages sideways, where one is too
// long.
func (v *View) paintSide(s surface) {
	c, l := &v.colours, v.layout
	s.fill(image.Rect(0, l.body.Max.Y, l.w, l.h), c.track)
	at, length := v.sideways().thumb(l.side.Dx(), v.leastThumb())
	if length == 0 {
		return
	}
	inset := l.line
	s.fill(image.Rect(l.side.Min.X+at, l.side.Min.Y+inset, l.side.Min.X+at+length, l.side.Max.Y-inset), c.thumb)
}
