package scan

// Short reads a number of one or two digits that b begins with and returns how
// many there are; a third digit is not looked at.
func Short(b []byte) (v, n int) {
	for n < 2 && n < len(b) && Digit(b[n]) {
		v = v*10 + int(b[n]-'0')
		n++
	}
	return v, n
}

// LooseClock reads a time of day that b begins with, as H:MM:SS or HH:MM:SS,
// and returns the seconds since midnight and its length, 0 where there is none.
func LooseClock(b []byte) (seconds int64, n int) {
	h, n := Short(b)
	if n == 0 || n+6 > len(b) || b[n] != ':' || b[n+3] != ':' {
		return 0, 0
	}
	m, s := Two(b, n+1), Two(b, n+4)
	if h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return 0, 0
	}
	return int64(h*3600 + m*60 + s), n + 6
}

// MonthFirst reads a date that b begins with, as MM-DD-YYYY or M-D-YYYY, and
// returns the days since 1970-01-01 and its length. The length is 0 where
// there is no such date.
func MonthFirst(b []byte) (days int64, n int) {
	m, n := Short(b)
	if n == 0 || n == len(b) || b[n] != '-' {
		return 0, 0
	}
	d, k := Short(b[n+1:])
	n += 1 + k
	if k == 0 || n == len(b) || b[n] != '-' {
		return 0, 0
	}
	days, ok := Date(Four(b, n+1), m, d)
	n += 5
	if !ok || n < len(b) && Digit(b[n]) {
		return 0, 0
	}
	return days, n
}

// Asctime reads a date and time as C's asctime writes it that b begins with,
// "Fri Dec  9 11:25:00 2022", perhaps with a fraction after the seconds. It
// returns nanoseconds since 1970 and its length, 0 where there is none. The
// day of the week is not held against the date.
func Asctime(b []byte) (ns int64, n int) {
	if len(b) < len("Fri Dec  9 11:25:00 2022") || !Letter(b[0]) || !Letter(b[1]) || !Letter(b[2]) || b[3] != ' ' || b[7] != ' ' {
		return 0, 0
	}
	month := monthOf(b[4:7])
	i := Skip(b, 8)
	day, n := Short(b[i:])
	if n == 0 || i > 9 {
		return 0, 0
	}
	i += n
	if i+9 > len(b) || b[i] != ' ' {
		return 0, 0
	}
	seconds := Clock(b, i+1)
	i += 9
	if i < len(b) && b[i] == '.' {
		ns, n = Fraction(b[i+1:])
		i += 1 + n
	}
	if seconds < 0 || i+5 > len(b) || b[i] != ' ' {
		return 0, 0
	}
	days, ok := Date(Four(b, i+1), month, day)
	if !ok || i+5 < len(b) && Digit(b[i+5]) {
		return 0, 0
	}
	return days*Day + seconds*Second + ns, i + 5
}

// monthOf returns the month, 1 to 12, of its English name of three letters, 0
// if it is none.
func monthOf(name []byte) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	for m := 0; m < 12; m++ {
		if Fold(name, names[3*m:3*m+3]) {
			return m + 1
		}
	}
	return 0
}
