package logview

import "math/bits"

// All places are whole numbers: a row is an int, a length on the screen is an
// int of pixels. A float32 cannot tell row 16,777,217 from its neighbour.

// span is the part of n rows that shows: rows top .. top+page, the first at
// the upper edge. page counts the rows that show whole.
type span struct{ n, page, top int }

// maxTop is the top that shows the last row whole at the lower edge.
func (s span) maxTop() int { return max(0, s.n-max(1, s.page)) }

// clamp returns s with top within its bounds.
func (s span) clamp() span {
	s.top = min(max(0, s.top), s.maxTop())
	return s
}

// reveal returns s moved as little as shows row i.
func (s span) reveal(i int) span {
	if i < s.top {
		s.top = i
	} else if page := max(1, s.page); i >= s.top+page {
		s.top = i - page + 1
	}
	return s.clamp()
}

// resize returns s with another number of rows in sight. The row at cursor stays
// in sight where it was: what opens below must not cover it.
func (s span) resize(page, cursor int) span {
	seen := cursor >= s.top && cursor < s.top+s.page
	if s.page = page; seen {
		return s.reveal(cursor)
	}
	return s.clamp()
}

// minThumb is the least length of the thumb of a scroll bar, in units.
const minThumb = 24

// thumb returns where the thumb of a bar of length track pixels stands, and
// how long it is; 0, 0 when everything shows. least is its least length.
func (s span) thumb(track, least int) (at, length int) {
	last := s.maxTop()
	if last == 0 || track <= 0 {
		return 0, 0
	}
	length = max(1, mulDiv(track, s.page, s.n), min(least, track/2))
	return mulDiv(track-length, min(s.top, last), last), length
}

// drag returns the top for a thumb pushed to pixel at; the far end is exactly
// maxTop.
func (s span) drag(at, track, least int) int {
	_, length := s.thumb(track, least)
	way := track - length
	if length == 0 || way <= 0 {
		return 0
	}
	return mulDiv(s.maxTop(), min(max(0, at), way), way)
}

// mulDiv is a*b/c, rounded to the nearest, without overflow; a, b >= 0 and
// c > 0, and the quotient must fit.
func mulDiv(a, b, c int) int {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(c))
	return int(q)
}
