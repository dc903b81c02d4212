package scan

import "patchtrail/ingest/record"

// A Starter knows the first line of a record in one format of log.
type Starter interface {
	// Start says whether line, without its line end, begins a record, and
	// fills r if so. r comes with Off set, Bias NoBias and Level Info. Start
	// may see a line again, with more text after it; what it keeps of a line
	// must be the same each time.
	Start(line []byte, r *record.Rec, b *record.Batch) bool
}

// Records is the Parse method of every log in which a record begins with a
// line that its Starter knows, and goes on until the next such line. What
// stands before the first is one record, flagged Fragment|Untimed. A line that
// is not complete is left for the next call, unless final is set.
func Records(s Starter, chunk []byte, final bool, b *record.Batch) int {
	first := len(b.Recs)
	r := new(record.Rec) // one for all lines: it escapes into s
	for at := 0; at < len(chunk); {
		end, next := Line(chunk, at)
		if next == len(chunk) && chunk[next-1] != '\n' && !final {
			break
		}
		*r = record.Rec{Off: at, Bias: record.NoBias, Level: record.Info}
		if s.Start(chunk[at:end], r, b) {
			b.Recs = append(b.Recs, *r)
		} else if at == 0 {
			b.Recs = append(b.Recs, unread(0))
		}
		at = next
	}
	return finish(chunk, final, b, first)
}

// An Ender knows the last line of a record in one format of log.
type Ender interface {
	// Breaks says whether line begins a record even where the one before it
	// has not ended.
	Breaks(line []byte) bool
	// End says whether the last line of text, which begins at text[last],
	// ends the record that text is, and fills r if so. r comes as to
	// Starter.Start. Blank lines before the record are not in text, nor is
	// the last line's end.
	End(text []byte, last int, r *record.Rec, b *record.Batch) bool
}

// RecordsEnded is the Parse method of every log in which a record ends with a
// line that its Ender knows, and the next begins after it. Blank lines between
// belong to the record before them. Text that does not end so is a record
// flagged Fragment|Untimed, up to a line that breaks it or the end of the log.
func RecordsEnded(e Ender, chunk []byte, final bool, b *record.Batch) int {
	first := len(b.Recs)
	r := new(record.Rec)             // one for all records: it escapes into e
	start, body, open := 0, 0, false // body is the record's first line that is not blank
	for at, next := 0, 0; at < len(chunk); at = next {
		var end int
		end, next = Line(chunk, at)
		if next == len(chunk) && chunk[next-1] != '\n' && !final {
			break
		}
		line := chunk[at:end]
		switch {
		case open:
			if e.Breaks(line) {
				b.Recs = append(b.Recs, unread(start))
				start, body = at, at
			}
		case Skip(line, 0) == len(line):
			continue
		default:
			if len(b.Recs) > first {
				start = at
			}
			body, open = at, true
		}
		*r = record.Rec{Off: start, Bias: record.NoBias, Level: record.Info}
		if e.End(chunk[body:end], at-body, r, b) {
			b.Recs = append(b.Recs, *r)
			open = false
		}
	}
	switch {
	case open && !final:
		return start
	case open, final && len(b.Recs) == first && len(chunk) > 0:
		b.Recs = append(b.Recs, unread(start))
	}
	return finish(chunk, final, b, first)
}

// unread is a record of text that is none.
func unread(off int) record.Rec {
	return record.Rec{Off: off, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}
}

// finish ends a call of Parse whose records begin at b.Recs[first]: it takes
// the last of them, which may still go on, away again unless final is set, and
// returns how many bytes of chunk the others cover.
func finish(chunk []byte, final bool, b *record.Batch, first int) int {
	if final {
		return len(chunk)
	}
	last := len(b.Recs) - 1
	if last < first {
		return 0
	}
	used := b.Recs[last].Off
	b.Recs = b.Recs[:last]
	return used
}

// Body returns raw, a record's text, without the blank lines that it begins
// with and the blanks that it ends with.
func Body(raw []byte) []byte {
	raw = Trim(raw)
	for len(raw) > 0 {
		end, next := Line(raw, 0)
		if Skip(raw[:end], 0) < end {
			break
		}
		raw = raw[next:]
	}
	return raw
}

// Share counts the lines of a file's head, and those of them that match; blank
// lines do not count. Detect functions weigh one against the other.
func Share(head []byte, match func(line []byte) bool) (hits, lines int) {
	for at := 0; at < len(head); {
		end, next := Line(head, at)
		line := head[at:end]
		if Skip(line, 0) < len(line) {
			lines++
			if match(line) {
				hits++
			}
		}
		at = next
	}
	return hits, lines
}

// continued is how many lines that begin no record a log may have for each one
// that does, and still be taken for what it is: stacks and dumps are long, but
// a mail that quotes one line of a log is no log.
const continued = 50

// Enough says whether hits of lines, as Share counts them, make a log.
func Enough(hits, lines int) bool { return hits > 0 && hits*continued >= lines }
