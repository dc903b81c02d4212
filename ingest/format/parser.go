package format

import (
	"io"

	"patchtrail/ingest/record"
)

// A Parser reads the records of one text log. One value reads one file; it may
// keep state between calls.
type Parser interface {
	// Parse finds the records of chunk, UTF-8 text that begins where the last
	// call stopped, and appends them to b. It returns how many bytes it used:
	// up to the start of the last record that may still go on in text not yet
	// seen, or everything when final is set. 0 asks for more text.
	//
	// Records cover the used bytes without a gap: the first begins at 0, each
	// reaches to the start of the next. Parse never fails: what it cannot read
	// becomes part of the record before it, or a record flagged
	// Fragment|Untimed where there is none.
	Parse(chunk []byte, final bool, b *record.Batch) int
}

// A Binary reads a log that is not text (event logs, traces). For every record
// it calls emit with the record (Off is ignored, Line is the record number) and
// its text in UTF-8, in the form "message" with any line breaks; text is valid
// only during the call. It returns an error that says what could not be read;
// the records before the damage were emitted, and those after it where the
// format allows to find them.
type Binary interface {
	Read(r io.Reader, b *record.Batch, emit func(rec record.Rec, text []byte)) error
}
