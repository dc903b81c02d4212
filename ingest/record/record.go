// Package record holds log records: what a parser finds in a chunk of text
// (Rec, Batch), and the store that keeps millions of them small (Store).
//
// # What a record is
//
// A record is a run of bytes of one file's text (UTF-8), from its first byte up
// to the first byte of the next record. The records of a file cover its text
// without a gap: a line that continues a record belongs to it, and a fragment
// that no parser could read is a record of its own, flagged Fragment and
// Untimed. Nothing of a file is ever dropped.
//
// # Time
//
// A parser says what the log says: the wall clock as nanoseconds since
// 1970-01-01 (as if it were UTC) and the bias in minutes (UTC = local + bias,
// Windows' own sign: -540 is Japan), or NoBias where the log states none.
// Package clock makes UTC of it.
package record

import "math"

// Level is how severe a record calls itself. CCM's own types are not reliable:
// what a record means is for package rule to say.
type Level uint8

// The levels, from least to most severe.
const (
	Verbose Level = iota
	Info
	Warning
	Error
)

// String returns the level as it stands in JSON: "verbose", "info", "warning", "error".
func (l Level) String() string {
	switch l {
	case Verbose:
		return "verbose"
	case Warning:
		return "warning"
	case Error:
		return "error"
	default:
		return "info"
	}
}

// NoBias marks a record whose log does not state its zone.
const NoBias int16 = math.MinInt16

// Flags say what is unusual about a record.
type Flags uint8

const (
	// Untimed marks a record with no readable time of its own; it stays beside
	// its neighbour in the file.
	Untimed Flags = 1 << iota
	// Fragment marks text that is no whole record, such as what is left of one
	// cut by the rollover of its log.
	Fragment
	// Cut marks a record that was cut at the limit of one record's length.
	Cut
	// Local marks a record whose log states no zone: until package clock has
	// worked, its time is a wall clock.
	Local
	// Assumed marks a record whose zone nothing told (set by package clock).
	Assumed
)

// Rec is one record as its parser found it.
type Rec struct {
	// Time is the wall clock of the log in nanoseconds since 1970-01-01 00:00
	// of that same clock; it is ignored when the record is Untimed.
	Time int64
	// Off is the place of the record's first byte in the chunk.
	Off int
	// Line is the record number in the log; only readers of binary logs set
	// it. For text it is left 0 and counted from line ends.
	Line uint32
	// Thread is the thread id, 0 if the log has none.
	Thread uint32
	// Bias is in minutes, UTC = local + bias, or NoBias.
	Bias int16
	// Component is an index from Batch.Component.
	Component uint16
	Level     Level
	Flags     Flags
}

// Batch receives the records of one file, chunk by chunk. A parser appends to
// Recs; the reader of the file takes them away after each chunk.
type Batch struct {
	Recs []Rec

	names  []string
	index  map[string]uint16
	last   string
	lastID uint16
}

// maxComponents bounds the component names of one file; a hostile file with
// more shares index 0 for the rest.
const maxComponents = math.MaxUint16

// Component returns the index of a component's name within this file.
// Index 0 is the empty name. It does not keep name.
func (b *Batch) Component(name []byte) uint16 {
	if len(name) == 0 {
		return 0
	}
	if string(name) == b.last {
		return b.lastID
	}
	if b.index == nil {
		b.index = make(map[string]uint16)
		b.names = append(b.names, "")
	}
	id, ok := b.index[string(name)]
	if !ok {
		if len(b.names) >= maxComponents {
			return 0
		}
		id = uint16(len(b.names))
		s := string(name)
		b.names = append(b.names, s)
		b.index[s] = id
	}
	b.last, b.lastID = b.names[id], id
	return id
}

// Components returns the names by index; the first is "".
func (b *Batch) Components() []string {
	if b.names == nil {
		return []string{""}
	}
	return b.names
}

// Fields are the parts of a record's text that a person reads. All are slices
// of the text they were taken from.
type Fields struct {
	// Message is the text of the record without its time, component and
	// other columns, with its continuation lines, trimmed of the line end.
	Message []byte
	// Component as the log writes it, nil where it has none.
	Component []byte
	// Source is the source file and line that wrote the record ("wuahandler.cpp:1234").
	Source []byte
	// Context is CCM's context or the process id of the other logs.
	Context []byte
}
