// Package typeface holds the fonts that the log view draws with: the window's
// own font first, then the system's Japanese font, so that every glyph has
// somewhere to come from.
//
// # Cost
//
// A glyph is turned into a mask of coverage once for a size and a quarter of a
// pixel, and kept: drawing a page is then copying bytes. The masks of one size
// take at most maxMaskBytes; past that the cache starts anew.
//
// Text is set rune by rune, without shaping: logs are Latin and Japanese, and
// shaping costs ten times what the drawing does.
package typeface

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Font is a parsed font, of any size.
type Font struct {
	sfnt *sfnt.Font
	name string
}

// Parse reads a font of one face from data, which it keeps.
func Parse(name string, data []byte) (*Font, error) {
	return ParseAt(name, bytes.NewReader(data), "")
}

// ParseAt reads the face whose full name begins with family out of r, a font
// or a collection of fonts (.ttc, .otc); "" takes the first. Glyphs are read
// from r when they are needed, so r must stay open.
func ParseAt(name string, r io.ReaderAt, family string) (*Font, error) {
	c, err := opentype.ParseCollectionReaderAt(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	i, err := faceIndex(c, family)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f, err := c.Font(i)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Font{sfnt: f, name: name}, nil
}

// Name is the name that the font was parsed under.
func (f *Font) Name() string { return f.name }

// Has reports whether the font draws r.
func (f *Font) Has(r rune) bool {
	var buf sfnt.Buffer
	g, err := f.sfnt.GlyphIndex(&buf, r)
	return err == nil && g != 0
}

// Mask is the coverage of one glyph: W x H bytes, the first at (X, Y) from the
// dot on the base line, in pixels. A blank has W = 0.
type Mask struct {
	Pix        []byte
	W, H, X, Y int
}

// Sub is the number of places within a pixel that a glyph is drawn at.
const Sub = 4

// maxMaskBytes bounds the masks of one size: some 40,000 glyphs of 13 pixels.
const maxMaskBytes = 8 << 20

// maskOverhead is what the cache's own bookkeeping takes for one mask.
const maskOverhead = 96

type key struct {
	r   rune
	sub uint8
}

// Glyphs are the masks of a chain of fonts at one size. It is for one
// goroutine.
type Glyphs struct {
	size    float64
	faces   []font.Face
	fonts   []*Font
	buf     sfnt.Buffer
	ascent  int
	descent int

	ascii    [128][Sub]*Mask
	asciiAdv [128]fixed.Int26_6
	masks    map[key]*Mask
	advances map[rune]fixed.Int26_6
	bytes    int
}

// NewGlyphs prepares the fonts of chain, the first first, at a size in pixels.
// A font that cannot be set at this size is left out.
func NewGlyphs(chain []*Font, size float64) *Glyphs {
	size = math.Min(math.Max(size, 4), 256)
	g := &Glyphs{size: size}
	for _, f := range chain {
		if f == nil {
			continue
		}
		face, err := opentype.NewFace(f.sfnt, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			continue
		}
		g.faces, g.fonts = append(g.faces, face), append(g.fonts, f)
	}
	g.ascent, g.descent = int(math.Ceil(size)), int(math.Ceil(size*0.3))
	if len(g.faces) > 0 {
		m := g.faces[0].Metrics()
		g.ascent, g.descent = m.Ascent.Round(), m.Descent.Round()
	}
	g.clear()
	return g
}

func (g *Glyphs) clear() {
	g.masks = make(map[key]*Mask)
	g.advances = make(map[rune]fixed.Int26_6)
	g.ascii = [128][Sub]*Mask{}
	g.asciiAdv = [128]fixed.Int26_6{}
	g.bytes = 0
}

// Size is the size in pixels.
func (g *Glyphs) Size() float64 { return g.size }

// Ascent and Descent of the first font, in pixels.
func (g *Glyphs) Ascent() int  { return g.ascent }
func (g *Glyphs) Descent() int { return g.descent }

// Bytes is what the cached masks take.
func (g *Glyphs) Bytes() int { return g.bytes }

// Advance is how far the dot moves past r.
func (g *Glyphs) Advance(r rune) fixed.Int26_6 {
	if uint32(r) < 128 {
		if a := g.asciiAdv[r]; a != 0 {
			return a
		}
	} else if a, ok := g.advances[r]; ok {
		return a
	}
	a := g.advance(r)
	if uint32(r) < 128 {
		g.asciiAdv[r] = a
	} else {
		g.room(maskOverhead)
		g.advances[r] = a
	}
	return a
}

// Mask returns the coverage of r drawn sub/Sub of a pixel right of the dot.
// The mask belongs to the cache; it must not be changed.
func (g *Glyphs) Mask(r rune, sub uint8) *Mask {
	sub %= Sub
	if uint32(r) < 128 {
		if m := g.ascii[r][sub]; m != nil {
			return m
		}
	} else if m, ok := g.masks[key{r, sub}]; ok {
		return m
	}
	m := g.draw(r, sub)
	g.room(len(m.Pix) + maskOverhead)
	if uint32(r) < 128 {
		g.ascii[r][sub] = m
	} else {
		g.masks[key{r, sub}] = m
	}
	return m
}

// room makes room for n more bytes, by starting anew when there is none.
func (g *Glyphs) room(n int) {
	if g.bytes+n > maxMaskBytes {
		g.clear()
	}
	g.bytes += n
}

// face returns the first face that has r, nil where none has.
func (g *Glyphs) face(r rune) font.Face {
	for i, f := range g.fonts {
		if x, err := f.sfnt.GlyphIndex(&g.buf, r); err == nil && x != 0 {
			return g.faces[i]
		}
	}
	return nil
}

func (g *Glyphs) advance(r rune) fixed.Int26_6 {
	if f := g.face(r); f != nil {
		if a, ok := f.GlyphAdvance(r); ok {
			return a
		}
	}
	return g.boxAdvance(r)
}

func (g *Glyphs) draw(r rune, sub uint8) *Mask {
	f := g.face(r)
	if f == nil {
		return g.box(r)
	}
	dot := fixed.Point26_6{X: fixed.Int26_6(int(sub) * 64 / Sub)}
	dr, mask, mp, _, ok := f.Glyph(dot, r)
	if !ok {
		return g.box(r)
	}
	m := &Mask{W: dr.Dx(), H: dr.Dy(), X: dr.Min.X, Y: dr.Min.Y}
	if m.W <= 0 || m.H <= 0 {
		return &Mask{}
	}
	m.Pix = make([]byte, m.W*m.H)
	for y := range m.H {
		for x := range m.W {
			_, _, _, a := mask.At(mp.X+x, mp.Y+y).RGBA()
			m.Pix[y*m.W+x] = byte(a >> 8)
		}
	}
	return m
}

// boxAdvance is the width of the box that stands for a glyph of no font: the
// whole square for a wide (East Asian) one, 0.6 of it otherwise.
func (g *Glyphs) boxAdvance(r rune) fixed.Int26_6 {
	w := g.size * 0.6
	if r >= 0x2E80 && r < 0xFFE0 || r >= 0x1F000 {
		w = g.size
	}
	return fixed.Int26_6(w * 64)
}

func (g *Glyphs) box(r rune) *Mask {
	w, h := g.boxAdvance(r).Floor()-1, int(g.size*0.75)
	if w < 3 || h < 3 {
		return &Mask{}
	}
	m := &Mask{Pix: make([]byte, w*h), W: w, H: h, X: 0, Y: -h}
	for y := range h {
		for x := range w {
			if y == 0 || y == h-1 || x == 0 || x == w-1 {
				m.Pix[y*w+x] = 160
			}
		}
	}
	return m
}
