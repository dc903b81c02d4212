package eventtext

import (
	"bytes"
	"math"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// order of the numbers of a date whose year stands last.
type order uint8

const (
	unknown order = iota // the month first, or else the day
	monthFirst
	dayFirst
)

// moment is a time as it stands in the text.
type moment struct {
	parts     [3]int
	yearFirst bool
	dots      bool
	clock     int64 // nanoseconds since midnight
	bias      int16
}

// half says which half of the day words name, and takes them out.
func half(s []byte) (rest []byte, morning, afternoon bool) {
	for _, w := range []string{"午前", "午後", "AM", "PM", "am", "pm"} {
		if i := bytes.Index(s, []byte(w)); i >= 0 {
			rest = append(append(rest, s[:i]...), s[i+len(w):]...)
			early := w == "午前" || w == "AM" || w == "am"
			return rest, early, !early
		}
	}
	return s, false, false
}

// readMoment reads a date and time of day.
func readMoment(s []byte) (m moment, ok bool) {
	const longest = 64
	if len(s) > longest {
		return m, false
	}
	s = bytes.TrimSpace(bytes.ReplaceAll(bytes.ReplaceAll(s, []byte("\u202f"), []byte(" ")), []byte("\u00a0"), []byte(" ")))
	s, morning, afternoon := half(s)
	s = bytes.TrimSpace(s)
	var sep byte
	for i := range m.parts {
		v, n := scan.Number(s)
		if n == 0 || n > 4 || n == 3 || n == 4 && i == 1 {
			return m, false
		}
		if n == 4 && i == 0 {
			m.yearFirst = true
		}
		if i == 2 && (n == 4) == m.yearFirst {
			return m, false
		}
		m.parts[i], s = int(v), s[n:]
		if i == 2 {
			break
		}
		if len(s) == 0 || s[0] != '/' && s[0] != '-' && s[0] != '.' || i == 1 && s[0] != sep {
			return m, false
		}
		sep, s = s[0], s[1:]
	}
	m.dots = sep == '.'
	m.bias = record.NoBias
	if len(s) == 0 || s[0] != 'T' && s[0] != ' ' && s[0] != ',' {
		return m, false
	}
	s = bytes.TrimLeft(s[1:], " ")
	seconds, n := scan.LooseClock(s)
	if n == 0 {
		return m, false
	}
	s = s[n:]
	const noon = 12 * 3600
	switch {
	case morning && seconds >= noon && seconds < noon+3600:
		seconds -= noon
	case afternoon && seconds < noon:
		seconds += noon
	}
	m.clock = seconds * scan.Second
	if len(s) > 1 && (s[0] == '.' || s[0] == ',') {
		ns, n := scan.Fraction(s[1:])
		if n == 0 {
			return m, false
		}
		m.clock += ns
		s = s[1+n:]
	}
	s = bytes.TrimSpace(s)
	if len(s) == 0 {
		return m, true
	}
	if string(s) == "Z" {
		m.bias = 0
		return m, true
	}
	m.bias, n = scan.Offset(s)
	return m, n > 0 && n == len(s)
}

// days returns the days since 1970-01-01 in the given order.
func (m *moment) days(o order) (int64, bool) {
	a, b, c := m.parts[0], m.parts[1], m.parts[2]
	switch {
	case m.yearFirst:
		return scan.Date(a, b, c)
	case m.dots || o == dayFirst:
		return scan.Date(c, b, a)
	}
	return scan.Date(c, a, b)
}

// read returns a time in nanoseconds since 1970, and its bias; in the other
// order where it is none in this one.
func (o order) read(s []byte) (ns int64, bias int16, ok bool) {
	m, ok := readMoment(s)
	if !ok {
		return 0, record.NoBias, false
	}
	days, ok := m.days(o)
	if !ok {
		if o == dayFirst {
			days, ok = m.days(monthFirst)
		} else {
			days, ok = m.days(dayFirst)
		}
	}
	if !ok {
		return 0, record.NoBias, false
	}
	return days*scan.Day + m.clock, m.bias, true
}

// decide returns the order of dates: one that can be read in one way only
// decides, else the reading in which they lie closer together.
func decide(dates [][]byte) order {
	months, days := 0, 0
	near := func(o order) int64 {
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for _, s := range dates {
			m, ok := readMoment(s)
			if !ok || m.yearFirst || m.dots {
				continue
			}
			d, ok := m.days(o)
			if !ok {
				if o == monthFirst {
					days++
				} else {
					months++
				}
				continue
			}
			first, last = min(first, d), max(last, d)
		}
		if last < first {
			return 0
		}
		return last - first
	}
	byMonth, byDay := near(monthFirst), near(dayFirst)
	if days > months || days == months && byDay < byMonth {
		return dayFirst
	}
	return monthFirst
}
