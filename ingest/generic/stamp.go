package generic

import (
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// stamp is a time stamp as it was found.
type stamp struct {
	time int64 // nanoseconds since 1970 of the log's own clock
	bias int16
	n    int // bytes it takes
	// first and second are the numbers of a date that may be either month and
	// day or day and month, 0 for other dates.
	first, second int
}

// date is the part of a stamp before the time of day.
type date struct {
	y, m, d       int
	n             int // bytes
	first, second int // as in stamp
	yearLast      bool
}

// parse reads the time stamp that b begins with.
func parse(b []byte, dayFirst bool) (stamp, bool) {
	if s, ok := fixed(b); ok {
		return s, true
	}
	return general(b, dayFirst)
}

// fixed is the fast path for YYYY-MM-DD HH:MM:SS and its like, which nearly
// all logs write.
func fixed(b []byte) (stamp, bool) {
	if len(b) < 19 || b[4] != b[7] || b[4] != '-' && b[4] != '/' && b[4] != '.' || b[10] != ' ' && b[10] != 'T' {
		return stamp{}, false
	}
	days, ok := scan.Days(b, 0, b[4])
	secs := scan.Clock(b, 11)
	if !ok || secs < 0 {
		return stamp{}, false
	}
	s := stamp{time: days*scan.Day + secs*scan.Second, n: 19, bias: record.NoBias}
	return s, s.tail(b, secs)
}

// general reads every form.
func general(b []byte, dayFirst bool) (s stamp, ok bool) {
	if len(b) < 15 {
		return s, false
	}
	var d date
	switch c := b[0]; {
	case scan.Digit(c):
		d, ok = numeric(b, dayFirst)
	case scan.Letter(c):
		d, ok = named(b)
	}
	if !ok {
		return s, false
	}
	i := separator(b, d.n)
	if i < 0 {
		return s, false
	}
	secs, n := clock(b, i)
	if n == 0 {
		return s, false
	}
	s = stamp{n: i + n, bias: record.NoBias, first: d.first, second: d.second, time: secs * scan.Second}
	if !s.tail(b, secs) {
		return s, false
	}
	if d.yearLast {
		i = scan.Skip(b, s.n)
		if d.y = scan.Four(b, i); d.y < 0 || i == s.n || digitAt(b, i+4) {
			return s, false
		}
		s.n = i + 4
	}
	days, ok := scan.Date(d.y, d.m, d.d)
	s.time += days * scan.Day
	return s, ok && s.time >= 0
}

// tail reads what may follow the seconds at b[s.n]: fraction, AM or PM, zone.
// false means that this is no time of day.
func (s *stamp) tail(b []byte, secs int64) bool {
	i := s.n
	if i == len(b) {
		return true
	}
	if c := b[i]; c == '.' || c == ',' || c == ':' {
		ns, n := scan.Fraction(b[i+1:])
		if n > 0 && (c != ':' || n == 3) {
			s.time += ns
			i += 1 + n
		} else if c == ':' && n > 0 {
			return false
		}
	}
	if digitAt(b, i) {
		return false
	}
	if n, pm := meridiem(b[i:]); n > 0 {
		h := secs / 3600
		if h == 0 || h > 12 {
			return false
		}
		i += n
		switch {
		case pm && h < 12:
			s.time += 12 * 3600 * scan.Second
		case !pm && h == 12:
			s.time -= 12 * 3600 * scan.Second
		}
	}
	bias, n := zone(b[i:])
	s.bias = bias
	s.n = i + n
	return true
}

// meridiem returns how many bytes of b are a blank and AM or PM, 0 where none
// are. The blank of new versions of .NET is U+202F.
func meridiem(b []byte) (n int, pm bool) {
	switch {
	case len(b) > 0 && b[0] == ' ':
		n = 1
	case len(b) > 2 && string(b[:3]) == "\u202f":
		n = 3
	}
	if len(b) < n+2 || b[n+1]|0x20 != 'm' || letterAt(b, n+2) {
		return 0, false
	}
	switch b[n] | 0x20 {
	case 'a':
		return n + 2, false
	case 'p':
		return n + 2, true
	}
	return 0, false
}

// zone reads the zone that b begins with: Z, UTC, GMT, JST, or an offset.
func zone(b []byte) (bias int16, n int) {
	if len(b) == 0 {
		return record.NoBias, 0
	}
	if b[0] == 'Z' && !wordAt(b, 1) {
		return 0, 1
	}
	at := 0
	if b[0] == ' ' {
		at = 1
	}
	named := false
	if len(b) >= at+3 {
		switch string(b[at : at+3]) {
		case "UTC", "GMT":
			at, bias, named = at+3, 0, true
		case "JST":
			at, bias, named = at+3, -540, true
		}
	}
	if named && wordAt(b, at) {
		return record.NoBias, 0
	}
	o, n := scan.Offset(b[at:])
	// Two digits alone may be anything once there is a blank before them, and
	// no zone is off by minutes other than quarters of an hour.
	if n > 0 && (n > 3 || at == 0 || named) && o%15 == 0 && !wordAt(b, at+n) && !(n == 3 && at+n < len(b) && (b[at+n] == '-' || b[at+n] == ':')) {
		return o, at + n
	}
	if named {
		return bias, at
	}
	return record.NoBias, 0
}

func digitAt(b []byte, i int) bool  { return i < len(b) && scan.Digit(b[i]) }
func letterAt(b []byte, i int) bool { return i < len(b) && scan.Letter(b[i]) }
func wordAt(b []byte, i int) bool   { return digitAt(b, i) || letterAt(b, i) }

// separator skips what stands between date and time from b[i] on and returns
// where the time begins, -1 where nothing separates them.
func separator(b []byte, i int) int {
	start := i
	if at := scan.Skip(b, i); at <= i+1 && at+5 <= len(b) && b[at] == '(' && b[at+1] >= 0xE0 && b[at+4] == ')' {
		i = at + 5 // the day of the week in Japanese
	}
	for i < len(b) && i < start+9 {
		switch b[i] {
		case ' ', '\t', ',', ';', '|', '"', '\'', '_', '-', ':', 'T', ']', '[', '(', ')':
			i++
			continue
		}
		break
	}
	if i == start && !has(b, i-len("日"), "日") && !(i < len(b) && b[i] >= 0xE0) {
		return -1
	}
	return i
}

// number reads 1 or 2 digits at b[i].
func number(b []byte, i int) (v, n int) {
	for n < 3 && digitAt(b, i+n) {
		v = v*10 + int(b[i+n]-'0')
		n++
	}
	if n > 2 {
		return 0, 0
	}
	return v, n
}

// clock reads the time of day at b[i] up to its seconds, and returns them
// since midnight and the bytes it takes, 0 where there is none.
func clock(b []byte, i int) (secs int64, n int) {
	start := i
	half, pm := false, false
	if has(b, i, "午前") {
		half = true
	} else if has(b, i, "午後") {
		half, pm = true, true
	}
	if half {
		i = scan.Skip(b, i+len("午前"))
	}
	h, n := number(b, i)
	i += n
	m, s := 0, 0
	switch {
	case n == 0:
		// HHMMSS
		if h, m, s = scan.Two(b, i), scan.Two(b, i+2), scan.Two(b, i+4); h < 0 || m < 0 || s < 0 {
			return 0, 0
		}
		i += 6
	case i < len(b) && b[i] == ':':
		m, s = scan.Two(b, i+1), scan.Two(b, i+4)
		if m < 0 || s < 0 || b[i+3] != ':' {
			return 0, 0
		}
		i += 6
	case has(b, i, "時"):
		if m, n = number(b, i+3); n == 0 || !has(b, i+3+n, "分") {
			return 0, 0
		}
		i += 6 + n
		if s, n = number(b, i); n == 0 || !has(b, i+n, "秒") {
			return 0, 0
		}
		i += n + 3
	default:
		return 0, 0
	}
	if half {
		if h > 12 {
			return 0, 0
		}
		h %= 12
		if pm {
			h += 12
		}
	}
	if h > 23 || m > 59 || s > 59 {
		return 0, 0
	}
	return int64(h*3600 + m*60 + s), i - start
}

// has says whether s stands at b[i].
func has(b []byte, i int, s string) bool {
	return i >= 0 && len(b) >= i+len(s) && string(b[i:i+len(s)]) == s
}
