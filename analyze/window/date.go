package window

import (
	"strings"
	"time"
)

// Dates in ServiceWindowManager.log are written by the culture of the machine,
// and by two ways in one file: "10/06/13 00:00:00", always month first, and
// "10/10/2013 10:00:00 PM", "2013/10/06 0:00:00", "06.10.2013 22:00:00".
//
// Where day and month cannot be told apart, an earlier date of the same log that
// could only be read in one way decides, else the reading nearer to the time of
// the record. Source: DOMAIN.md D1.
type dates struct{ order order }

type order int

const (
	undecided order = iota
	monthFirst
	dayFirst
)

// never is the year in which the client lets windows start that never will.
const never = 2038

// read returns the wall clock that text begins with. near is that of the record.
// ok is false for no date, and for the client's "never".
func (d *dates) read(text string, near int64) (wall int64, ok bool) {
	p, ok := splitDate(text)
	if !ok {
		return 0, false
	}
	if p.yearFirst {
		return p.wall(p.a, p.b, p.c)
	}
	if p.shortYear { // strftime's %m/%d/%y, in every culture
		return p.wall(p.c, p.a, p.b)
	}
	byMonth, okMonth := p.wall(p.c, p.a, p.b)
	byDay, okDay := p.wall(p.c, p.b, p.a)
	switch {
	case !okMonth && !okDay:
		return 0, false
	case !okDay || p.sep == '/' && p.twelve: // AM and PM with slashes: English
		d.order = monthFirst
	case !okMonth || p.sep == '.':
		d.order = dayFirst
	}
	first := d.order
	if first == undecided && abs(byDay-near) < abs(byMonth-near) {
		first = dayFirst
	}
	if first == dayFirst && okDay || !okMonth {
		return byDay, true
	}
	return byMonth, true
}

// learn lets a date that is known to be that of its record decide about the
// order of day and month.
func (d *dates) learn(text string, near int64) {
	p, ok := splitDate(text)
	if !ok || p.yearFirst || p.shortYear || d.order != undecided {
		return
	}
	byMonth, okMonth := p.wall(p.c, p.a, p.b)
	byDay, okDay := p.wall(p.c, p.b, p.a)
	isMonth, isDay := okMonth && abs(byMonth-near) < day, okDay && abs(byDay-near) < day
	switch {
	case isMonth && !isDay:
		d.order = monthFirst
	case isDay && !isMonth:
		d.order = dayFirst
	}
}

func abs(n int64) int64 { return max(n, -n) }

// dateParts is a date and time taken apart: three numbers as they stand, and
// the nanoseconds since midnight.
type dateParts struct {
	a, b, c              int
	sep                  byte
	clock                int64
	yearFirst, shortYear bool
	twelve               bool
}

// wall puts a date together; false where there is no such day or it is never.
func (p *dateParts) wall(y, m, d int) (int64, bool) {
	if m < 1 || m > 12 || d < 1 || y < 1970 || y >= never {
		return 0, false
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return at.UnixNano() + p.clock, at.Day() == d
}

// splitDate reads "10/10/2013 10:00:00 PM" and its like from the start of text.
// A "T" may stand between date and time; without a time it is midnight.
func splitDate(text string) (p dateParts, ok bool) {
	text = strings.TrimSpace(text)
	var digits [3]int
	for i, to := range [...]*int{&p.a, &p.b, &p.c} {
		if *to, digits[i], text = number(text); digits[i] == 0 || digits[i] > 4 {
			return p, false
		}
		if i == 2 {
			break
		}
		if text == "" || strings.IndexByte("/.-", text[0]) < 0 || i == 1 && text[0] != p.sep {
			return p, false
		}
		p.sep, text = text[0], text[1:]
	}
	p.yearFirst = digits[0] == 4
	if !p.yearFirst && digits[2] <= 2 {
		p.shortYear = true
		p.c += 2000
	}
	return p, p.readClock(text)
}

// readClock reads the time of day; text is what follows the date.
func (p *dateParts) readClock(text string) bool {
	text, _ = strings.CutPrefix(text, "T")
	text = strings.TrimSpace(text)
	half := halfDay(&text)
	h, n, text := number(text)
	if n == 0 {
		return half == 0
	}
	if n > 2 || text == "" || text[0] != ':' {
		return false
	}
	m, n, text := number(text[1:])
	if n == 0 || n > 2 {
		return false
	}
	s := 0
	if text != "" && text[0] == ':' {
		if s, n, text = number(text[1:]); n == 0 || n > 2 {
			return false
		}
	}
	text = strings.TrimSpace(text)
	if half == 0 {
		half = halfDay(&text)
	}
	if half != 0 {
		p.twelve = true
		if h < 1 || h > 12 {
			return false
		}
		h = h%12 + (half-1)*12
	}
	p.clock = int64(h)*hour + int64(m)*minute + int64(s)*second
	return h < 24 && m < 60 && s < 60
}

// halfDay takes AM or PM from the start of text: 1, 2, or 0 for neither.
func halfDay(text *string) int {
	for i, marks := range [...][]string{{"AM", "am", "a.m.", "午前"}, {"PM", "pm", "p.m.", "午後"}} {
		for _, m := range marks {
			if rest, ok := strings.CutPrefix(*text, m); ok {
				*text = strings.TrimSpace(rest)
				return i + 1
			}
		}
	}
	return 0
}

// number reads up to 9 digits from the start of text.
func number(text string) (v, digits int, rest string) {
	for digits < len(text) && digits < 9 && text[digits] >= '0' && text[digits] <= '9' {
		v = v*10 + int(text[digits]-'0')
		digits++
	}
	return v, digits, text[digits:]
}
