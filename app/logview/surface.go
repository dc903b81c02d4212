package logview

import (
	"encoding/binary"
	"image"
	"image/color"
	"unicode/utf8"

	"golang.org/x/image/math/fixed"

	"patchtrail/app/typeface"
)

// rgb is an opaque colour as it lies in an image.RGBA: 0xFFBBGGRR.
type rgb uint32

func toRGB(c color.Color) rgb {
	r, g, b, _ := c.RGBA()
	return rgb(0xFF000000 | (b>>8)<<16 | (g>>8)<<8 | r>>8)
}

// surface is the picture that is drawn on.
type surface struct {
	*image.RGBA
	glyphs *typeface.Glyphs
}

// fill paints r in one colour.
func (s surface) fill(r image.Rectangle, c rgb) {
	r = r.Intersect(s.Rect)
	if r.Empty() {
		return
	}
	first := s.Pix[s.PixOffset(r.Min.X, r.Min.Y):][:4*r.Dx()]
	binary.LittleEndian.PutUint32(first, uint32(c))
	for done := 4; done < len(first); done *= 2 {
		copy(first[done:], first[:done])
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(s.Pix[s.PixOffset(r.Min.X, y):][:4*r.Dx()], first)
	}
}

// frame draws the edge of r, w pixels wide, inside it.
func (s surface) frame(r image.Rectangle, w int, c rgb) {
	s.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), c)
	s.fill(image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), c)
	s.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y), c)
	s.fill(image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// tabSpaces is how many blanks a tab is wide.
const tabSpaces = 4

// advance is how far text moves the dot.
func (s surface) advance(text []byte) fixed.Int26_6 {
	var x fixed.Int26_6
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:])
		}
		i += n
		x += s.step(r)
	}
	return x
}

func (s surface) step(r rune) fixed.Int26_6 {
	if r == '\t' {
		return tabSpaces * s.glyphs.Advance(' ')
	}
	return s.glyphs.Advance(r)
}

// text draws text from x on the base line y, within clip, and returns where
// the dot is then. It stops at the right edge of clip.
func (s surface) text(x fixed.Int26_6, y int, text []byte, c rgb, clip image.Rectangle) fixed.Int26_6 {
	clip = clip.Intersect(s.Rect)
	if clip.Empty() {
		return x
	}
	right := fixed.I(clip.Max.X)
	for i := 0; i < len(text) && x < right; {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:])
		}
		i += n
		if r > ' ' && x > fixed.I(clip.Min.X)-4096*64 {
			if m := s.glyphs.Mask(r, uint8(x&63)/(64/typeface.Sub)); m.W > 0 {
				s.blend(m, x.Floor()+m.X, y+m.Y, c, clip)
			}
		}
		x += s.step(r)
	}
	return x
}

// fit draws text like text does, but ends it in an ellipsis where clip is too
// narrow for it.
func (s surface) fit(x fixed.Int26_6, y int, text []byte, c rgb, clip image.Rectangle) {
	room := fixed.I(clip.Max.X) - x
	if s.advance(text) > room {
		const ellipsis = '…'
		room -= s.step(ellipsis)
		end, used := 0, fixed.Int26_6(0)
		for end < len(text) {
			r, n := utf8.DecodeRune(text[end:])
			if used += s.step(r); used > room {
				break
			}
			end += n
		}
		x = s.text(x, y, text[:end], c, clip)
		text = []byte(string(ellipsis))
	}
	s.text(x, y, text, c, clip)
}

// blend lays colour c through the mask m, whose upper left is at x, y.
func (s surface) blend(m *typeface.Mask, x, y int, c rgb, clip image.Rectangle) {
	x0, x1 := max(0, clip.Min.X-x), min(m.W, clip.Max.X-x)
	y0, y1 := max(0, clip.Min.Y-y), min(m.H, clip.Max.Y-y)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	crb, cg := uint32(c)&0xFF00FF, uint32(c)>>8&0xFF
	for row := y0; row < y1; row++ {
		line := m.Pix[row*m.W+x0 : row*m.W+x1]
		dst := s.Pix[(y+row-s.Rect.Min.Y)*s.Stride+4*(x+x0-s.Rect.Min.X):][:4*len(line)]
		for i, a8 := range line {
			if a8 == 0 {
				continue
			}
			p := dst[4*i : 4*i+4 : 4*i+4]
			a := uint32(a8)
			a += a >> 7
			d := binary.LittleEndian.Uint32(p)
			rb := ((d&0xFF00FF)*(256-a) + crb*a) >> 8 & 0xFF00FF
			g := ((d>>8&0xFF)*(256-a) + cg*a) & 0xFF00
			binary.LittleEndian.PutUint32(p, 0xFF000000|rb|g)
		}
	}
}

// disc, triangle and ring are the marks of the levels, size pixels wide,
// centred on x, y. Each has a shape of its own, so that colour is not needed.
func (s surface) disc(x, y, size int, c rgb) {
	s.shape(x, y, size, c, func(dx, dy, h float64) bool { return dx*dx+dy*dy <= h*h })
}

func (s surface) triangle(x, y, size int, c rgb) {
	s.shape(x, y, size, c, func(dx, dy, h float64) bool {
		return dy <= h*0.8 && dx <= (dy+h)/1.8 && -dx <= (dy+h)/1.8
	})
}

func (s surface) ring(x, y, size int, c rgb) {
	s.shape(x, y, size, c, func(dx, dy, h float64) bool {
		d := dx*dx + dy*dy
		return d <= h*h*0.5 && d >= h*h*0.2
	})
}

// ribbon is the mark of a bookmark: upright, with a notch at its foot.
func (s surface) ribbon(x, y, size int, c rgb) {
	s.shape(x, y, size, c, func(dx, dy, h float64) bool {
		if dx < 0 {
			dx = -dx
		}
		return dx <= h*0.6 && dy <= h*0.4+dx
	})
}

// shape draws the points that in accepts, with 4 x 4 samples a pixel; dx and
// dy run from -h to h.
func (s surface) shape(x, y, size int, c rgb, in func(dx, dy, h float64) bool) {
	const n = 4
	h := float64(size) / 2
	m := &typeface.Mask{W: size, H: size, Pix: make([]byte, size*size)}
	for py := range size {
		for px := range size {
			hits := 0
			for k := range n * n {
				dx := float64(px) + (float64(k%n)+0.5)/n - h
				dy := float64(py) + (float64(k/n)+0.5)/n - h
				if in(dx, dy, h) {
					hits++
				}
			}
			m.Pix[py*size+px] = byte(hits * 255 / (n * n))
		}
	}
	s.blend(m, x-size/2, y-size/2, c, s.Rect)
}
