// Package generic reads any text log whose lines begin with a date and a time,
// in one of the ways that people and programs write them. It is for logs that
// no other format knows, and stands last in the order of detection.
//
// # Time stamps
//
// With or without a fraction (. or , or a colon and three digits) and a zone:
//
//	2025-03-18T01:02:03.123Z       2025-03-18 01:02:03,123 +0900
//	2025/03/18 1:02:03             2025.03.18 01:02:03
//	20250318T010203                18.03.2025 01:02:03
//	3/18/2025 1:02:03 AM           18/03/2025 01:02:03
//	18-Mar-2025 01:02:03           18/Mar/2025:01:02:03 +0900
//	Mar 18, 2025 1:02:03 AM        Tue Mar 18 01:02:03 2025
//	Tue, 18 Mar 2025 01:02:03 GMT
//	2025年3月18日 1時02分03秒       2025/03/18 午後 1:02:03
//
// Seconds must be there: lists of files have dates too. So must the year: a
// record of a wrong year would be worse than none.
//
// # Where they stand
//
// At the start of the line, behind brackets or quotes, or behind a few words
// ("INFO 2025-...", {"time":"2025-..."). Which of these a file does is learned
// from its first 64 KiB, so that a date within a message begins no record.
// Whether 3/4/2025 is March or April is learned there as well: a number past
// 12 tells it; where none does, the month comes first.
package generic

import (
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Name is the format's name in every output.
const Name = "generic"

// headSize is how much of a file's start the layout is learned from, in bytes.
const headSize = 64 << 10

// place is where in a line its time stamp stands.
type place uint8

const (
	first  place = iota // at the very start
	quoted              // behind brackets, quotes and blanks
	worded              // behind a few words
)

const (
	maxQuotes = 8  // bytes before a quoted stamp
	maxBefore = 48 // bytes before a worded stamp
	maxWords  = 3  // words before a worded stamp
)

// layout is what was learned of a file.
type layout struct {
	place    place // the farthest place at which a stamp begins a record
	dayFirst bool  // 3/4/2025 is the 3rd of April
	told     bool  // a number past 12 has told dayFirst
}

// Detect says whether head, the start of a file, is a log with recognisable
// time stamps: two of them at the start of lines, and one at least in 50 lines.
func Detect(head []byte, _ string) bool {
	_, ok := learn(head)
	return ok
}

// learn finds the layout of a file; ok is false where it is no log.
func learn(head []byte) (l layout, ok bool) {
	if len(head) > headSize {
		head = head[:headSize]
	}
	var hits [worded + 1]int
	leveled := 0 // worded stamps behind the name of a level
	_, lines := scan.Share(head, func(line []byte) bool {
		s, at, where, ok := find(line, layout{place: worded})
		if !ok {
			return false
		}
		hits[where]++
		if where == worded {
			if _, ok := column(line[:at], 0); ok {
				leveled++
			}
		}
		l.tell(s)
		return true
	})
	near := hits[first] + hits[quoted]
	n := near
	switch {
	case leveled > near:
		l.place = worded
		n += leveled
	case hits[worded] > 3*near && hits[worded]*2 > lines && hits[worded] > 1:
		l.place = worded
		n += hits[worded]
	case hits[quoted]*4 > hits[first]:
		l.place = quoted
	default:
		n = hits[first]
	}
	return l, (n > 1 || lines <= 3) && scan.Enough(n, lines)
}

// tell learns from a date whether the day comes first.
func (l *layout) tell(s stamp) {
	if !l.told && (s.first > 12 || s.second > 12) {
		l.told, l.dayFirst = true, s.first > 12
	}
}

// Parser reads one log.
type Parser struct {
	layout  layout
	learned bool
}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's. It asks for 64 KiB before its first record.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	if !p.learned {
		if len(chunk) < headSize && !final {
			return 0
		}
		var ok bool
		if p.layout, ok = learn(chunk); !ok {
			p.layout.place = worded
		}
		p.learned = true
	}
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, _ *record.Batch) bool {
	s, at, where, ok := find(line, p.layout)
	if !ok {
		return false
	}
	p.layout.tell(s)
	r.Time, r.Bias = s.time, s.bias
	r.Level = level(line, at, at+s.n, where)
	return true
}

// find returns the stamp that line has at the layout's place or nearer, and
// where that is.
func find(line []byte, l layout) (s stamp, at int, where place, ok bool) {
	at = scan.SkipBOM(line)
	if s, ok = parse(line[at:], l.dayFirst); ok || l.place == first {
		return s, at, first, ok
	}
	for end := at + maxQuotes; at < len(line) && at < end && quote[line[at]]; {
		at++
	}
	if at < len(line) && !quote[line[at]] && at > 0 {
		if s, ok = parse(line[at:], l.dayFirst); ok {
			return s, at, quoted, true
		}
	}
	if l.place == quoted {
		return s, 0, 0, false
	}
	words, inside := 0, false
	for at = 0; at < len(line) && at < maxBefore; at++ {
		c := line[at]
		alnum := scan.Letter(c) || scan.Digit(c) || c >= 0x80
		if alnum && !inside {
			if s, ok = parse(line[at:], l.dayFirst); ok {
				return s, at, worded, true
			}
			if words++; words > maxWords {
				break
			}
		}
		inside = alnum || c == '.' || c == '-' || c == '_'
	}
	return s, 0, 0, false
}

// quote has the bytes that may stand before a stamp.
var quote = func() (t [256]bool) {
	for _, c := range []byte(" \t[(<{\"'|*#=>-") {
		t[c] = true
	}
	return t
}()

// after skips what closes a stamp at line[i]: brackets, quotes, and one
// separator with blanks around it.
func after(line []byte, i int) int {
	for i < len(line) && (line[i] == ']' || line[i] == ')' || line[i] == '>' || line[i] == '"' || line[i] == '\'') {
		i++
	}
	i = scan.Skip(line, i)
	if i < len(line) {
		switch line[i] {
		case ':', '|', ',', ';':
			i = scan.Skip(line, i+1)
		case '-':
			if i+1 < len(line) && line[i+1] == ' ' {
				i = scan.Skip(line, i+1)
			}
		}
	}
	return i
}

// Split returns the message of a record: what follows the time stamp, or all of
// it where words come before the stamp.
func Split(raw []byte) record.Fields {
	raw = scan.Trim(raw)
	if len(raw) == 0 {
		return record.Fields{Message: raw}
	}
	end, _ := scan.Line(raw, 0)
	s, at, where, ok := find(raw[:end], layout{place: worded})
	if !ok || where == worded {
		return record.Fields{Message: raw[scan.SkipBOM(raw):]}
	}
	return record.Fields{Message: raw[after(raw[:end], at+s.n):]}
}

// Lines counts the lines of head that are not blank, and those that have a
// time stamp at or near their start.
func Lines(head []byte) (stamped, lines int) {
	return scan.Share(head, func(line []byte) bool {
		_, _, _, ok := find(line, layout{place: worded})
		return ok
	})
}

// Has says whether a time stamp stands anywhere in text.
func Has(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; scan.Digit(c) && (i == 0 || !wordAt(text, i-1)) {
			if _, ok := parse(text[i:], false); ok {
				return true
			}
		}
	}
	return false
}
