package cmtrace

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// trailer reads `<time="…" … file="…">` at at into rec. It returns where the
// trailer ends, behind its '>', and whether it could be read; a time that makes
// no sense leaves the record Untimed. Where it could not be read, the end is
// that of what could.
func trailer(chunk []byte, at int, rec *record.Rec, b *record.Batch) (int, bool) {
	s := chunk[at:]
	i := len(`<time="`)
	if len(s) < i || s[i-1] != '"' {
		rec.Flags |= record.Untimed
		return at + min(i, len(s)), false
	}
	clock, n, ok := clockTime(s[i:], rec)
	if !ok {
		return slowTrailer(chunk, at, rec, b)
	}
	i += n
	const date = `" date="`
	if !has(s, i, date) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(date)
	days, n, ok := dateOf(s[i:])
	i += n
	const component = `" component="`
	if !ok || !has(s, i, component) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(component)
	name, n := quoted(s[i:])
	if n < 0 {
		return slowTrailer(chunk, at, rec, b)
	}
	i += n
	const context = `" context="`
	if !has(s, i, context) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(context)
	if _, n = quoted(s[i:]); n < 0 {
		return slowTrailer(chunk, at, rec, b)
	}
	i += n
	const kind = `" type="`
	if !has(s, i, kind) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(kind)
	rec.Level, n = level(s[i:])
	i += n
	const thread = `" thread="`
	if !has(s, i, thread) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(thread)
	rec.Thread, n = scan.Number(s[i:])
	i += n
	const file = `" file="`
	if !has(s, i, file) {
		return slowTrailer(chunk, at, rec, b)
	}
	i += len(file)
	if _, n = quoted(s[i:]); n < 0 || i+n+1 >= len(s) || s[i+n+1] != '>' {
		return slowTrailer(chunk, at, rec, b)
	}
	rec.Time = days*86400e9 + clock
	rec.Component = b.Component(name)
	return at + i + n + 2, true
}

func has(s []byte, i int, want string) bool {
	return i+len(want) <= len(s) && string(s[i:i+len(want)]) == want
}

// quoted returns what stands before the next quote and its length, -1 if no
// quote follows on this line.
func quoted(s []byte) ([]byte, int) {
	n := bytes.IndexByte(s, '"')
	if n < 0 {
		return nil, -1
	}
	return s[:n], n
}

// clockTime reads "HH:MM:SS.mmm+BIAS", all after the seconds optional, and
// returns nanoseconds since midnight and how many bytes it took.
func clockTime(s []byte, rec *record.Rec) (int64, int, bool) {
	h, i := upToTwo(s)
	if i == 0 || !has(s, i, ":") {
		return 0, 0, false
	}
	m, n := upToTwo(s[i+1:])
	i += 1 + n
	if n == 0 || !has(s, i, ":") {
		return 0, 0, false
	}
	sec, n := upToTwo(s[i+1:])
	i += 1 + n
	if n == 0 || h > 23 || m > 59 || sec > 60 {
		return 0, 0, false
	}
	ns := int64(h*3600+m*60+sec) * 1e9
	if i < len(s) && (s[i] == '.' || s[i] == ',' || s[i] == ':') {
		frac, n := scan.Fraction(s[i+1:])
		ns += frac
		i += 1 + n
	}
	if bias, n := scan.Bias(s[i:]); n > 0 {
		rec.Bias = bias
		i += n
	}
	return ns, i, true
}

// dateOf reads "MM-DD-YYYY", padded or not, and returns days since 1970-01-01.
func dateOf(s []byte) (int64, int, bool) {
	m, i := upToTwo(s)
	if i == 0 || !has(s, i, "-") {
		return 0, 0, false
	}
	d, n := upToTwo(s[i+1:])
	i += 1 + n
	if n == 0 || !has(s, i, "-") {
		return 0, 0, false
	}
	y := scan.Four(s, i+1)
	if y < 0 {
		return 0, 0, false
	}
	days, ok := scan.Date(y, m, d)
	return days, i + 5, ok
}

func upToTwo(s []byte) (v, n int) {
	for n < 2 && n < len(s) && scan.Digit(s[n]) {
		v = v*10 + int(s[n]-'0')
		n++
	}
	return v, n
}

// level reads the digits of type: 1 information, 2 warning, 3 error; 0 and the
// rest are verbose. None is information.
func level(s []byte) (record.Level, int) {
	v, n := scan.Number(s)
	switch {
	case n == 0 || v == 1:
		return record.Info, n
	case v == 2:
		return record.Warning, n
	case v == 3:
		return record.Error, n
	}
	return record.Verbose, n
}

// slowTrailer reads a trailer whose attributes stand in another order, are
// missing or broken: whatever it finds up to the '>' that ends the line, or the
// next one.
func slowTrailer(chunk []byte, at int, rec *record.Rec, b *record.Batch) (int, bool) {
	line := chunk[at:]
	if nl := bytes.IndexByte(line, '\n'); nl >= 0 {
		line = line[:nl]
	}
	if i := bytes.Index(line, open); i >= 0 {
		line = line[:i]
	}
	whole := true
	if i := bytes.LastIndexByte(line, '>'); i >= 0 {
		line = line[:i+1]
	} else {
		whole = false
	}
	rec.Bias = record.NoBias
	clock, _, okClock := clockTime(attribute(line, `<time="`), rec)
	days, _, okDate := dateOf(attribute(line, ` date="`))
	rec.Time = days*86400e9 + clock
	if !okClock || !okDate {
		rec.Flags |= record.Untimed
	}
	rec.Level, _ = level(attribute(line, ` type="`))
	rec.Thread, _ = scan.Number(attribute(line, ` thread="`))
	rec.Component = b.Component(attribute(line, ` component="`))
	return at + len(line), whole && okClock && okDate
}
