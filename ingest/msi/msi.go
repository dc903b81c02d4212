// Package msi reads the logs of Windows Installer (msiexec /l*v).
//
//	=== Verbose logging started: 3/18/2025  1:02:03  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\Windows\System32\msiexec.exe ===
//	MSI (s) (A0:B4) [01:02:03:456]: Running installation inside multi-package transaction
//	Action start 1:02:03: INSTALL.
//	Property(S): ProductCode = {...}
//	Error 1722. There is a problem with this Windows Installer package.
//	Action ended 1:02:04: INSTALL. Return value 3.
//	=== Logging stopped: 3/18/2025  1:02:04 ===
//
// Local time without a zone. Only the first and last line have a date, in the
// short form of the user's culture; the others have a time of day, and belong
// to the day that puts them nearest to the line before, so that midnight is
// passed. Where a file lacks its first line, its records are untimed. The words
// before a time are in the language of the system and are not looked at.
//
// Numbered errors and warnings and what custom actions returned stand on lines
// without a time: they are records of their own, untimed. Any other such line
// goes on with the record before.
package msi

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name is the format's name in every output.
const Name = "msi"

// Detect says whether head is a log of Windows Installer: by its first line,
// or by enough lines of the installer's engine.
func Detect(head []byte, _ string) bool {
	first, started := true, false
	hits, lines := scan.Share(head, func(line []byte) bool {
		if first {
			line = line[scan.SkipBOM(line):]
			_, _, ok := header(line)
			first, started = false, ok && installer(line)
		}
		_, ok := engine(line)
		return ok
	})
	return started || scan.Enough(hits, lines)
}

// installer tells the headers of this log from those of another.
func installer(line []byte) bool {
	for _, s := range []string{"Build type", "ogging st", "msiexec", "ログ"} {
		if bytes.Contains(line, []byte(s)) {
			return true
		}
	}
	return false
}

// Parser reads one log. It keeps the time of the last line.
type Parser struct {
	last  int64 // nanoseconds since 1970 of the log's own clock
	dated bool  // last is known
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	line = line[scan.SkipBOM(line):]
	if e, ok := engine(line); ok {
		r.Thread = e.thread
		r.Component = b.Component(line[:e.component])
		r.Level = level(line[e.message:])
		p.stamp(r, e.clock)
		return true
	}
	if ns, _, ok := header(line); ok {
		p.last, p.dated = ns, true
		r.Time = ns
		return true
	}
	if secs, ok := action(line); ok {
		r.Level = level(line)
		p.stamp(r, secs*scan.Second)
		return true
	}
	if numbered(line) {
		r.Level = level(line)
		r.Flags |= record.Untimed
		return true
	}
	return false
}

// late is how far back the clock of a line may be behind the line before it:
// client and service write into one log, and a clock may be set back by an hour.
const late = 2 * 3600 * scan.Second

// stamp sets the time of a record from its time of day in nanoseconds. A clock
// that goes back by more than late has passed midnight, however long the
// installation had been waiting before.
func (p *Parser) stamp(r *record.Rec, clock int64) {
	if !p.dated {
		r.Flags |= record.Untimed
		return
	}
	day := p.last - p.last%scan.Day
	switch t := day + clock; {
	case t-p.last > scan.Day-late && day > 0:
		r.Time = t - scan.Day // a line of the day before, written late
	case p.last-t > late:
		r.Time = t + scan.Day
	default:
		r.Time = t
	}
	p.last = r.Time
}

// Split returns the message of a record; a line of the engine also has a
// component, "MSI (s)" for the service and "MSI (c)" for the client, and the
// process id as context.
func Split(raw []byte) record.Fields {
	raw = scan.Trim(raw[scan.SkipBOM(raw):])
	if len(raw) == 0 {
		return record.Fields{Message: raw}
	}
	end, _ := scan.Line(raw, 0)
	e, ok := engine(raw[:end])
	if !ok {
		return record.Fields{Message: raw}
	}
	return record.Fields{Message: raw[e.message:], Component: raw[:e.component], Context: raw[e.process[0]:e.process[1]]}
}

// engineLine is a line of the installer's engine, taken apart.
type engineLine struct {
	component int    // where "MSI (s)" ends
	process   [2]int // from and to of the process id, in hexadecimal
	thread    uint32
	clock     int64 // nanoseconds since midnight
	message   int   // where it begins
}

// engine takes apart "MSI (s) (A0:B4) [01:02:03:456]: message". A '!' between
// the ids marks a custom action.
func engine(line []byte) (e engineLine, ok bool) {
	const prefix = "MSI ("
	if len(line) < 30 || string(line[:len(prefix)]) != prefix || line[6] != ')' || line[7] != ' ' || line[8] != '(' {
		return e, false
	}
	e.component = 7
	i := 9
	_, n := scan.Hex(line[i:])
	e.process = [2]int{i, i + n}
	i += n
	if n == 0 || i >= len(line) || line[i] != ':' && line[i] != '!' {
		return e, false
	}
	i++
	e.thread, n = scan.Hex(line[i:])
	i += n
	if n == 0 || i+17 > len(line) || string(line[i:i+3]) != ") [" {
		return e, false
	}
	i += 3
	secs := scan.Clock(line, i)
	ms, n := scan.Number(line[i+9:])
	i += 9 + n
	if secs < 0 || line[i-n-1] != ':' || n != 3 || i+1 >= len(line) || line[i] != ']' || line[i+1] != ':' {
		return e, false
	}
	e.clock = secs*scan.Second + int64(ms)*scan.Millisecond
	e.message = i + 2
	if e.message < len(line) && line[e.message] == ' ' {
		e.message++
	}
	return e, true
}

// maxBefore is how many bytes may stand before the time of an action: "Action
// start", "アクション開始", in any language.
const maxBefore = 60

// action reads the seconds since midnight of "Action ended 1:02:03: INSTALL.".
func action(line []byte) (secs int64, ok bool) {
	i := 0
	for i < len(line) && i < maxBefore && (scan.Letter(line[i]) || line[i] == ' ' || line[i] >= 0x80) {
		i++
	}
	if i == 0 || i == len(line) || line[i-1] != ' ' {
		return 0, false
	}
	secs, n := clock(line, i)
	return secs, n > 0 && i+n < len(line) && line[i+n] == ':'
}

// clock reads the H:MM:SS at b[i] and returns how many bytes it takes, 0 where
// there is none.
func clock(b []byte, i int) (secs int64, n int) {
	h, n := scan.Number(b[i:])
	m, s := scan.Two(b, i+n+1), scan.Two(b, i+n+4)
	if n == 0 || n > 2 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || b[i+n] != ':' || b[i+n+3] != ':' {
		return 0, 0
	}
	return int64(h)*3600 + int64(m*60+s), n + 6
}

// header reads the time of the first or last line of a log, "=== Logging
// stopped: 3/18/2025  1:02:04 ===", and where the time ends.
func header(line []byte) (ns int64, end int, ok bool) {
	if len(line) < 20 || string(line[:4]) != "=== " {
		return 0, 0, false
	}
	i := 4
	for i < len(line) && !scan.Digit(line[i]) {
		i++
	}
	days, n := date(line[i:])
	if n == 0 {
		return 0, 0, false
	}
	i = scan.Skip(line, i+n)
	if i == len(line) {
		return 0, 0, false
	}
	secs, n := clock(line, i)
	return days*scan.Day + secs*scan.Second, i + n, n > 0
}

// date reads a date in the short form of any culture and returns the days
// since 1970 and how many bytes it takes, 0 where there is none. With slashes
// and the year last, the month comes first unless it cannot.
func date(b []byte) (days int64, n int) {
	var v, w [3]int
	i := 0
	var sep byte
	for k := range v {
		if k > 0 {
			if i >= len(b) || b[i] != '/' && b[i] != '-' && b[i] != '.' || k == 2 && b[i] != sep {
				return 0, 0
			}
			sep = b[i]
			i++
		}
		x, n := scan.Number(b[i:])
		if n == 0 || n > 4 {
			return 0, 0
		}
		v[k], w[k] = int(x), n
		i += n
	}
	if i < len(b) && b[i] == '.' {
		i++ // "2025.03.18."
	}
	var ok bool
	switch {
	case w[0] == 4:
		days, ok = scan.Date(v[0], v[1], v[2])
	case w[2] != 4 && w[2] != 2:
		return 0, 0
	default:
		if w[2] == 2 {
			v[2] += 2000
		}
		if sep != '/' || v[0] > 12 {
			v[0], v[1] = v[1], v[0]
		}
		days, ok = scan.Date(v[2], v[0], v[1])
	}
	if !ok {
		return 0, 0
	}
	return days, i
}
