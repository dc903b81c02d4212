// Package logview is the list of log records: a widget that shows a page of
// rows out of any number of them, from a Source that hands out one at a time.
//
// # How it draws
//
// Fyne's Table and List place rows by float32 and go wrong beyond some 100,000;
// a canvas.Text a cell costs 100 ms a page. This widget counts rows in int and
// draws a page into one canvas.Raster, from cached masks of glyphs: a few
// milliseconds a page, whatever the number of rows. Rows are fetched when they
// come into sight and kept while they stay in sight; nothing is drawn when
// nothing changed.
//
// # Threads
//
// Everything runs on Fyne's main goroutine. Work from others enters by fyne.Do.
package logview

import (
	"patchtrail/ingest/record"
)

// MaxMessage is how many bytes of a message a row shows at most. A source need
// not hand out more.
const MaxMessage = 16 << 10

// Flags say what is unusual about a row.
type Flags uint8

const (
	// Dim draws the time pale: the record has none of its own.
	Dim Flags = 1 << iota
	// Evidence draws a bar at the left: a finding rests on this record.
	Evidence
	// Bookmarked draws a ribbon at the end of the time.
	Bookmarked
)

// Row is one row. Its slices belong to the view and are reused: a source
// appends to Time[:0] and so on.
type Row struct {
	Time, Machine, Component []byte
	// File is where the record comes from; it is not drawn but copied.
	File []byte
	// Message is the text; its first line shows.
	Message []byte
	// Lines is the number of lines of the whole message, 0 or 1 for one.
	Lines int
	Level record.Level
	Flags Flags
	// Bar is the colour of the bar of an Evidence row.
	Bar record.Level
}

func (r *Row) reset() {
	r.Time, r.Machine, r.Component = r.Time[:0], r.Machine[:0], r.Component[:0]
	r.File, r.Message = r.File[:0], r.Message[:0]
	r.Lines, r.Level, r.Flags, r.Bar = 0, 0, 0, 0
}

// Source gives rows to the view.
type Source interface {
	// Len is the number of rows; it must not change. A longer timeline is
	// another Source.
	Len() int
	// Row fills r with row i, 0 <= i < Len. It is called for rows in sight
	// only, on the main goroutine, and must be quick.
	Row(i int, r *Row)
}

// Mark is what a stretch of rows holds, for the strip beside the scroll bar.
type Mark uint8

const (
	// MarkError is a stretch with an error in it.
	MarkError Mark = 1 << iota
	// MarkMatch is a stretch with a hit of the search in it.
	MarkMatch
	// MarkBookmark is a stretch with a bookmark in it.
	MarkBookmark
	// MarkEvidence is a stretch with a record in it that a finding rests on.
	MarkEvidence
)

// The columns, in their order.
const (
	Time = iota
	Level
	Machine
	Component
	Message
	columns
)

// Widths are the widths in Fyne units of all columns but the message, which
// takes the rest. 0 hides a column.
type Widths [Message]float32

// DefaultWidths fit a time with milliseconds and the names of CCM's logs.
func DefaultWidths() Widths { return Widths{168, 88, 100, 160} }

// Words are the texts that the view itself shows.
type Words struct {
	Titles [columns]string
	// Levels are the names of the levels, by record.Level.
	Levels [4]string
	// MoreLines stands after the first line of a message of several; "{0}"
	// in it is the number of the others.
	MoreLines string
	// OneMore stands there when there is one other.
	OneMore string
}
