package gen

import "time"

// zone converts times to a zone's wall clock. It remembers the stretch between
// two changes of the clock and the day, which makes it cheap to ask in order.
type zone struct {
	location    *time.Location
	from, until int64 // milliseconds since 1970 UTC in which bias holds
	bias        int   // minutes, UTC = local + bias
	day         int64 // days since 1970 of the local date below
	y, m, d     int
}

const dayMS = 24 * 60 * 60 * 1000

// wall is a local date and time.
type wall struct {
	y, mon, d, h, min, s, ms int
	bias                     int // minutes, UTC = local + bias
}

// at is the wall clock at ms, milliseconds since 1970 UTC.
func (z *zone) at(ms int64) wall {
	if ms < z.from || ms >= z.until || z.from == z.until {
		t := time.UnixMilli(ms).In(z.location)
		start, end := t.ZoneBounds()
		z.from, z.until = ms, ms+1
		if !start.IsZero() {
			z.from = start.UnixMilli()
		}
		if !end.IsZero() {
			z.until = end.UnixMilli()
		}
		_, offset := t.Zone()
		z.bias = -offset / 60
	}
	local := ms - int64(z.bias)*60_000
	day, rest := local/dayMS, int(local%dayMS)
	if day != z.day || z.y == 0 {
		t := time.Unix(day*24*60*60, 0).UTC()
		z.day, z.y, z.m, z.d = day, t.Year(), int(t.Month()), t.Day()
	}
	return wall{
		y: z.y, mon: z.m, d: z.d,
		h: rest / 3_600_000, min: rest / 60_000 % 60, s: rest / 1000 % 60, ms: rest % 1000,
		bias: z.bias,
	}
}

// appendTime appends HH:MM:SS, then dot and milliseconds where dot is not 0.
func (w wall) appendTime(b []byte, dot byte) []byte {
	b = appendPadded(b, w.h, 2)
	b = append(b, ':')
	b = appendPadded(b, w.min, 2)
	b = append(b, ':')
	b = appendPadded(b, w.s, 2)
	if dot != 0 {
		b = append(b, dot)
		b = appendPadded(b, w.ms, 3)
	}
	return b
}

// appendDate appends year, month and day with sep between them.
func (w wall) appendDate(b []byte, sep byte) []byte {
	b = appendPadded(b, w.y, 4)
	b = append(b, sep)
	b = appendPadded(b, w.mon, 2)
	b = append(b, sep)
	return appendPadded(b, w.d, 2)
}

// appendUSDate appends MM-DD-YYYY.
func (w wall) appendUSDate(b []byte) []byte {
	b = appendPadded(b, w.mon, 2)
	b = append(b, '-')
	b = appendPadded(b, w.d, 2)
	b = append(b, '-')
	return appendPadded(b, w.y, 4)
}

// appendBias appends Windows' bias as the client writes it: +300, +000, -60, -540.
func (w wall) appendBias(b []byte) []byte {
	if w.bias < 0 {
		return appendPadded(append(b, '-'), -w.bias, 1)
	}
	return appendPadded(append(b, '+'), w.bias, 3)
}

// appendOffset appends the ordinary offset: -0500, +0000, +0900.
func (w wall) appendOffset(b []byte) []byte {
	offset := -w.bias
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = appendPadded(append(b, sign), offset/60, 2)
	return appendPadded(b, offset%60, 2)
}
