package session

import (
	"testing"

	"patchtrail/ingest/record"
)

// long is five million rows, of which every tenth is an error, and what a
// filter leaves: every third.
func long(b *testing.B) (*Session, Rows) {
	const n = 5_000_000
	s := New(nil, func(f func()) { f() }, nil)
	b.Cleanup(s.Close)
	s.shown = &tale{n: n}
	pick := make([]int, 0, n/3)
	for i := range n {
		if i%10 == 0 {
			s.errors.rows = append(s.errors.rows, i)
		}
		if i%4 == 0 {
			s.warnings.rows = append(s.warnings.rows, i)
		}
		if i%3 == 0 {
			pick = append(pick, i)
		}
	}
	s.conditions = []Condition{{Kind: ByLevel, Level: record.Error}}
	s.kept.rows = pick
	return s, s.Rows()
}

// BenchmarkHistogram counts what a filter leaves of five million rows: it runs
// on the window's goroutine, which must not be held for 50 ms.
func BenchmarkHistogram(b *testing.B) {
	s, rows := long(b)
	for b.Loop() {
		s.Histogram(rows, 420)
	}
}

// BenchmarkMarks marks the strip beside the scroll bar.
func BenchmarkMarks(b *testing.B) {
	s, rows := long(b)
	for b.Loop() {
		s.Marks(rows, 300)
	}
}

// BenchmarkNextError goes from an error to the next that the filter leaves.
func BenchmarkNextError(b *testing.B) {
	s, rows := long(b)
	for b.Loop() {
		s.Error(rows, rows.Len()/2, 1)
	}
}
