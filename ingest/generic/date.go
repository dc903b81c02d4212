package generic

import "patchtrail/ingest/scan"

// numeric reads a date that begins with a digit.
func numeric(b []byte, dayFirst bool) (d date, ok bool) {
	n := 0
	for n < 9 && digitAt(b, n) {
		n++
	}
	switch n {
	case 8: // 20250318
		return date{y: scan.Four(b, 0), m: scan.Two(b, 4), d: scan.Two(b, 6), n: 8}, true
	case 4:
		return yearFirst(b)
	case 1, 2:
		return yearLast(b, n, dayFirst)
	}
	return d, false
}

// yearFirst reads 2025-03-18, 2025/3/18, 2025.3.18 and 2025年3月18日.
func yearFirst(b []byte) (d date, ok bool) {
	d = date{y: scan.Four(b, 0)}
	one, two, three := string(b[4:5]), string(b[4:5]), ""
	if one != "-" && one != "/" && one != "." {
		one, two, three = "年", "月", "日"
	}
	i := 4
	n := 0
	for _, p := range []struct {
		before string
		v      *int
	}{{one, &d.m}, {two, &d.d}} {
		if !has(b, i, p.before) {
			return d, false
		}
		i += len(p.before)
		if *p.v, n = number(b, i); n == 0 {
			return d, false
		}
		i += n
	}
	d.n = i + len(three)
	return d, has(b, i, three)
}

// yearLast reads 3/18/2025, 03-18-2025, 18.03.2025, 18-Mar-2025, 18/Mar/2025
// and 18 Mar 2025; the first number has n digits.
func yearLast(b []byte, n int, dayFirst bool) (d date, ok bool) {
	one, _ := number(b, 0)
	sep := b[n]
	if sep != '/' && sep != '-' && sep != '.' && sep != ' ' {
		return d, false
	}
	i := n + 1
	if m, n := month(b, i); n > 0 {
		d = date{d: one, m: m}
		i += n
	} else {
		two, n := number(b, i)
		if n == 0 || sep == ' ' {
			return d, false
		}
		i += n
		switch {
		case sep == '.':
			d = date{d: one, m: two}
		case one > 12 || dayFirst && two <= 12:
			d = date{d: one, m: two, first: one, second: two}
		default:
			d = date{d: two, m: one, first: one, second: two}
		}
	}
	if i >= len(b) || b[i] != sep {
		return d, false
	}
	d.y = scan.Four(b, i+1)
	d.n = i + 5
	return d, d.y >= 0 && !digitAt(b, d.n)
}

// named reads a date that begins with the name of a day or month: "Tue, 18 Mar
// 2025", "Tue Mar 18" with the year behind the time, "Mar 18, 2025".
func named(b []byte) (d date, ok bool) {
	i, day := 0, false
	if i, day = weekday(b); day {
		if i < len(b) && b[i] == ',' {
			i++
		}
		if i >= len(b) || b[i] != ' ' {
			return d, false
		}
		i++
	}
	if v, n := number(b, i); day && n > 0 {
		d, ok = yearLast(b[i:], n, true)
		d.n += i
		return d, ok && d.d == v && d.first == 0
	}
	m, n := month(b, i)
	if n == 0 {
		return d, false
	}
	i = scan.Skip(b, i+n)
	v, n := number(b, i)
	if n == 0 {
		return d, false
	}
	i += n
	d = date{m: m, d: v, n: i, yearLast: true}
	if i < len(b) && b[i] == ',' {
		i++
	}
	j := scan.Skip(b, i)
	if y := scan.Four(b, j); y >= 0 && j > i && !digitAt(b, j+4) {
		d.y, d.n, d.yearLast = y, j+4, false
	}
	return d, true
}

const (
	monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"
	dayNames   = "sunmontuewedthufrisat"
)

// month reads an English month's name, whole or its first three letters, at
// b[i], and returns its number and how many bytes it takes, 0 where there is none.
func month(b []byte, i int) (m, n int) {
	n = letters(b, i)
	if n < 3 || n > 9 {
		return 0, 0
	}
	for m = 0; m < 12; m++ {
		if scan.Fold(b[i:], monthNames[3*m:3*m+3]) && (n == 3 || n > 3 && scan.Fold(b[i:i+n], longMonths[m]) && n == len(longMonths[m])) {
			return m + 1, n
		}
	}
	return 0, 0
}

var longMonths = [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september",
	"october", "november", "december"}

// weekday returns where the name of a day that b begins with ends.
func weekday(b []byte) (n int, ok bool) {
	n = letters(b, 0)
	if n < 3 || n > 9 {
		return 0, false
	}
	for i := 0; i < len(dayNames); i += 3 {
		if scan.Fold(b, dayNames[i:i+3]) && (n == 3 || scan.Fold(b[n-3:], "day")) {
			return n, true
		}
	}
	return 0, false
}

// letters counts the letters at b[i], up to 12.
func letters(b []byte, i int) (n int) {
	for n < 12 && letterAt(b, i+n) {
		n++
	}
	return n
}
