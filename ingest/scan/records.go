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
			*r = record.Rec{Off: at, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}
			b.Recs = append(b.Recs, *r)
		}
		at = next
	}
	return Finish(chunk, final, b, first)
}

// Finish ends a call of Parse whose records begin at b.Recs[first]: it takes
// the last of them, which may still go on, away again unless final is set, and
// returns how many bytes of chunk the others cover.
func Finish(chunk []byte, final bool, b *record.Batch, first int) int {
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
