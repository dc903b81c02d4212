package pasted

import (
	"math"

	"patchtrail/ingest/scan"
)

// order of the numbers of a date whose year stands last.
type order uint8

const (
	unknown order = iota
	monthFirst
	dayFirst
)

// date is three numbers as they stand in the text.
type date struct {
	parts     [3]int
	yearFirst bool
	sep       byte // '/', '-' or '.'
}

// readDate reads a date that is all of word.
func readDate(word []byte) (d date, ok bool) {
	for i := range d.parts {
		v, n := scan.Number(word)
		year := n == 4 && (i == 0 || i == 2 && !d.yearFirst)
		if n == 0 || n > 2 && !year {
			return d, false
		}
		if year && i == 0 {
			d.yearFirst = true
		}
		if i == 2 && !d.yearFirst && n < 4 {
			if n == 1 {
				return d, false
			}
			v += 2000
		}
		d.parts[i] = int(v)
		word = word[n:]
		if i == 2 {
			break
		}
		if len(word) == 0 || word[0] != '/' && word[0] != '-' && word[0] != '.' || i == 1 && word[0] != d.sep {
			return d, false
		}
		d.sep = word[0]
		word = word[1:]
	}
	return d, len(word) == 0
}

// strict returns the days since 1970-01-01 in the given order.
func (d date) strict(o order) (int64, bool) {
	a, b, c := d.parts[0], d.parts[1], d.parts[2]
	switch {
	case d.yearFirst:
		return scan.Date(a, b, c)
	case d.sep == '.' || o == dayFirst:
		return scan.Date(c, b, a)
	}
	return scan.Date(c, a, b)
}

// days returns the days since 1970-01-01, in the other order where the date is
// none in the given one.
func (d date) days(o order) (int64, bool) {
	days, ok := d.strict(o)
	if ok {
		return days, true
	}
	if o == dayFirst {
		return d.strict(monthFirst)
	}
	return d.strict(dayFirst)
}

// span is the first and last of some days.
type span struct{ first, last int64 }

func (s *span) add(day int64) {
	s.first, s.last = min(s.first, day), max(s.last, day)
}

// decide returns the order of the dates in head.
func decide(head []byte) order {
	var months, days, slashes, dashes int
	byMonth, byDay := span{math.MaxInt32, 0}, span{math.MaxInt32, 0}
	scan.Share(head, func(line []byte) bool {
		c, ok := read(line)
		if !ok || c.date.yearFirst || c.date.sep == '.' {
			return ok
		}
		m, isMonth := c.date.strict(monthFirst)
		d, isDay := c.date.strict(dayFirst)
		switch {
		case isMonth && isDay:
			byMonth.add(m)
			byDay.add(d)
		case isMonth:
			months++
		case isDay:
			days++
		}
		if c.date.sep == '/' {
			slashes++
		} else {
			dashes++
		}
		return true
	})
	far, near := byDay.last-byDay.first, byMonth.last-byMonth.first
	switch {
	case months > days:
		return monthFirst
	case days > months:
		return dayFirst
	case near < far:
		return monthFirst
	case far < near || dashes > slashes:
		return dayFirst
	}
	return monthFirst
}
