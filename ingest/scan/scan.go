// Package scan holds small fast scanners of digits, dates and lines. The
// parsers of text logs share them: they allocate nothing, know no time zone
// and never fail; what is not there is said by a second result or by -1.
package scan

import "bytes"

// Units of the times that parsers compute, in nanoseconds.
const (
	Millisecond int64 = 1_000_000
	Second      int64 = 1_000_000_000
	Day         int64 = 86_400 * Second
)

// The years that a log may state: nanoseconds since 1970 hold no more.
const (
	minYear = 1970
	maxYear = 2261
)

// Line returns where the line of b that begins at from ends, without its line
// end, and where the next line begins. The line is complete when b[next-1] is
// '\n'; else it is what b has of it and next is len(b). from must be less
// than len(b).
func Line(b []byte, from int) (end, next int) {
	n := bytes.IndexByte(b[from:], '\n')
	if n < 0 {
		end, next = len(b), len(b)
	} else {
		end, next = from+n, from+n+1
	}
	for end > from && b[end-1] == '\r' {
		end--
	}
	return end, next
}

// Trim returns b without the blanks and line ends after its last other byte.
func Trim(b []byte) []byte {
	n := len(b)
	for n > 0 && (b[n-1] == '\n' || b[n-1] == '\r' || b[n-1] == ' ' || b[n-1] == '\t') {
		n--
	}
	return b[:n]
}

// Skip returns the place of the first byte of b, from i on, that is neither a
// space nor a tab; len(b) where there is none.
func Skip(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i
}

// BOM is the byte order mark in UTF-8; some writers put it before every line.
const BOM = "\ufeff"

// SkipBOM returns 3 where b begins with a byte order mark, else 0.
func SkipBOM(b []byte) int {
	if len(b) >= len(BOM) && string(b[:len(BOM)]) == BOM {
		return len(BOM)
	}
	return 0
}

// Digit says whether c is a decimal digit.
func Digit(c byte) bool { return c-'0' <= 9 }

// Letter says whether c is a letter of ASCII.
func Letter(c byte) bool { return (c|0x20)-'a' <= 'z'-'a' }

// Two returns the number of the two digits at b[i], -1 if they are not two
// digits or b ends before.
func Two(b []byte, i int) int {
	if i < 0 || i+2 > len(b) {
		return -1
	}
	hi, lo := b[i]-'0', b[i+1]-'0'
	if hi > 9 || lo > 9 {
		return -1
	}
	return int(hi)*10 + int(lo)
}

// Four returns the number of the four digits at b[i], -1 if they are not four
// digits or b ends before.
func Four(b []byte, i int) int {
	hi, lo := Two(b, i), Two(b, i+2)
	if hi < 0 || lo < 0 {
		return -1
	}
	return hi*100 + lo
}

// Number reads the decimal number that b begins with and returns it and how
// many digits it has: 0 where there is none. A number past 32 bits is cut to
// its low 32 bits.
func Number(b []byte) (v uint32, n int) {
	for n < len(b) && Digit(b[n]) {
		v = v*10 + uint32(b[n]-'0')
		n++
	}
	return v, n
}

// hexValue is the value of a hexadecimal digit, 0xff for any other byte.
var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := byte(0); i < 10; i++ {
		t['0'+i] = i
	}
	for i := byte(0); i < 6; i++ {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// HexDigit says whether c is a hexadecimal digit.
func HexDigit(c byte) bool { return hexValue[c] != 0xff }

// Hex reads the hexadecimal number, with no 0x before it, that b begins with
// and returns it and how many digits it has: 0 where there is none. A number
// past 32 bits is cut to its low 32 bits.
func Hex(b []byte) (v uint32, n int) {
	for n < len(b) {
		d := hexValue[b[n]]
		if d == 0xff {
			break
		}
		v = v<<4 | uint32(d)
		n++
	}
	return v, n
}

// Fraction reads the digits after a decimal point that b begins with and
// returns them as nanoseconds and how many digits there are: 0 where there are
// none. Digits past the ninth are counted and ignored.
func Fraction(b []byte) (ns int64, n int) {
	for n < len(b) && Digit(b[n]) {
		if n < 9 {
			ns = ns*10 + int64(b[n]-'0')
		}
		n++
	}
	for i := n; i < 9; i++ {
		ns *= 10
	}
	if n == 0 {
		return 0, 0
	}
	return ns, n
}

// daysIn is the length of each month of a year that is not a leap year.
var daysIn = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// Leap says whether y has a 29 February.
func Leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

// Date returns the days from 1970-01-01 to the given civil date, and whether
// there is such a date in the years 1970 to 2261.
func Date(y, m, d int) (days int64, ok bool) {
	if y < minYear || y > maxYear || m < 1 || m > 12 || d < 1 {
		return 0, false
	}
	if last := daysIn[m]; d > last && !(m == 2 && d == 29 && Leap(y)) {
		return 0, false
	}
	// Howard Hinnant's days_from_civil: years begin in March, so that the
	// leap day is the last of its year.
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468), true
}

// Clock returns the seconds since midnight of the HH:MM:SS at b[i], -1 if
// there is none.
func Clock(b []byte, i int) int64 {
	if i < 0 || i+8 > len(b) || b[i+2] != ':' || b[i+5] != ':' {
		return -1
	}
	h, m, s := Two(b, i), Two(b, i+3), Two(b, i+6)
	if h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return -1
	}
	return int64(h*3600 + m*60 + s)
}

// Days returns the days since 1970-01-01 of the date YYYY-MM-DD at b[i], with
// sep ('-', '/' or '.') between its parts, and whether there is one.
func Days(b []byte, i int, sep byte) (days int64, ok bool) {
	if i < 0 || i+10 > len(b) || b[i+4] != sep || b[i+7] != sep {
		return 0, false
	}
	return Date(Four(b, i), Two(b, i+5), Two(b, i+8))
}

// maxBias is the most that a zone is away from UTC, in minutes, with room.
const maxBias = 15 * 60

// Offset reads an offset from UTC with its ordinary sign, "+0900", "-05:30" or
// "+09", that b begins with. It returns the bias of the package record (UTC =
// local + bias, in minutes: -540 for "+0900") and how many bytes it took, 0
// where there is none or it is more than 15 hours.
func Offset(b []byte) (bias int16, n int) {
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, 0
	}
	h := Two(b, 1)
	if h < 0 {
		return 0, 0
	}
	m, n := 0, 3
	if v := Two(b, 3); v >= 0 {
		m, n = v, 5
	} else if len(b) > 3 && b[3] == ':' && Two(b, 4) >= 0 {
		m, n = Two(b, 4), 6
	}
	if m > 59 || h*60+m > maxBias || n < len(b) && Digit(b[n]) {
		return 0, 0
	}
	bias = int16(h*60 + m)
	if b[0] == '+' {
		bias = -bias
	}
	return bias, n
}

// Bias reads a bias in Windows' own sign ("+300", "-540", "+000", and "+-540"
// as some scripts write it) that b begins with: UTC = local + bias, in minutes.
// It returns how many bytes it took, 0 where there is none or it is more than
// 15 hours.
func Bias(b []byte) (bias int16, n int) {
	if len(b) == 0 || b[0] != '+' && b[0] != '-' {
		return 0, 0
	}
	neg := b[0] == '-'
	i := 1
	if i < len(b) && b[0] == '+' && b[1] == '-' {
		neg, i = true, 2
	}
	v := 0
	for n = i; n < len(b) && Digit(b[n]) && n-i < 5; n++ {
		v = v*10 + int(b[n]-'0')
	}
	if n == i || v > maxBias || n < len(b) && Digit(b[n]) {
		return 0, 0
	}
	if neg {
		v = -v
	}
	return int16(v), n
}
