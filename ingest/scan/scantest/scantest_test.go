package scantest

import (
	"strings"
	"testing"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// lines is a parser that makes a record of each line, and breaks the contract
// of Parse in one way.
type lines struct{ fault string }

func (l *lines) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	if l.fault == "time" {
		r.Time = -1
	}
	return true
}

func (l *lines) Parse(chunk []byte, final bool, b *record.Batch) int {
	first := len(b.Recs)
	n := scan.Records(l, chunk, final, b)
	switch l.fault {
	case "too much":
		return n + 1
	case "too little":
		return max(0, n-1)
	case "gap":
		if len(b.Recs) > first {
			b.Recs[first].Off++
		}
	case "lost":
		if len(b.Recs) > first+1 {
			b.Recs = append(b.Recs[:first+1], b.Recs[first+2:]...)
		}
	case "eager":
		if !final && len(chunk) > 0 && n == 0 {
			b.Recs = append(b.Recs, record.Rec{Bias: record.NoBias})
			return len(chunk)
		}
	}
	return n
}

// TestFaults holds that each fault is found, and that a good parser has none.
func TestFaults(t *testing.T) {
	text := []byte("one\ntwo\nthree\n")
	f := func(fault, want string) {
		t.Helper()
		got := ""
		whole, err := feed(&lines{}, text, func() int { return len(text) })
		if err != nil {
			t.Fatal(err)
		}
		recs, err := feed(&lines{fault}, text, func() int { return 5 })
		if err == nil {
			err = same(recs, whole)
		}
		if err != nil {
			got = err.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("fault %q: %q, want %q", fault, got, want)
		}
	}
	f("", "")
	f("too much", "used")
	f("too little", "used")
	f("gap", "first record at 1")
	f("lost", "record")
	f("eager", "record")
	f("time", "has time -1")
}

func TestSlow(t *testing.T) {
	recs := Slow([]byte("x\n+a\r\nb\n+c"), func(line string) (Rec, bool) {
		return Rec{Name: line}, strings.HasPrefix(line, "+")
	})
	if len(recs) != 3 || recs[0].Flags != record.Fragment|record.Untimed || recs[1].Name != "+a" || recs[1].Off != 2 || recs[2].Name != "+c" || recs[2].Off != 8 {
		t.Errorf("%+v", recs)
	}
}
