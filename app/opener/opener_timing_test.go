package opener

import (
	"path/filepath"
	"testing"
	"time"

	"patchtrail/app/session"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

// filterBytes is the text of a generated client with some 3.3 million records.
const filterBytes = 860 << 20

// BenchmarkFilter sets filters in a session over 3.3 million records, and tells
// how long it takes until the first rows show and until all are there. The aims
// are 100 ms and 0.7 s on two free cores; cpu-ms is what all cores together spend.
func BenchmarkFilter(b *testing.B) {
	path := filepath.Join(b.TempDir(), "contoso.zip")
	err := gen.ZipFile(path, func(s gen.Sink) error {
		_, err := gen.Client(s, gen.Options{Bytes: filterBytes, Japanese: true, Zone: time.FixedZone("", 9*3600)})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	posted := make(chan func(), 100)
	s := session.New(Opener{}, func(f func()) { posted <- f }, time.UTC)
	defer s.Close()
	until := func(done func() bool) {
		for late := time.After(10 * time.Minute); !done(); {
			select {
			case f := <-posted:
				f()
			case <-late:
				b.Fatal("the rows did not come")
			}
		}
	}
	s.Open([]string{path})
	until(func() bool {
		_, errs := s.Errors()
		_, warns := s.Warnings()
		return s.State() == session.Ready && errs && warns
	})
	for _, c := range []struct {
		name   string
		filter session.Filter
	}{
		{"errors", session.Filter{Conditions: []session.Condition{{Kind: session.ByLevel, Level: record.Error}}}},
		{"not info", session.Filter{Conditions: []session.Condition{{Kind: session.ByLevel, Level: record.Info, Not: true}}}},
		{"scan", session.Filter{Conditions: []session.Condition{{Kind: session.ByQuestion, Text: "scan"}}}},
		{"text", session.Filter{Text: "failed"}},
		{"nowhere", session.Filter{Text: "not to be found"}},
		{"text and not component", session.Filter{Text: "update", Conditions: []session.Condition{{Kind: session.ByComponent, Text: "CAS", Not: true}}}},
		{"regexp", session.Filter{Conditions: []session.Condition{{Kind: session.ByRegexp, Text: `KB\d{7}`}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var first, hand time.Duration
			used := processorTime()
			for b.Loop() {
				began, told := time.Now(), false
				if err := s.SetFilter(c.filter); err != nil {
					b.Fatal(err)
				}
				hand = max(hand, time.Since(began))
				until(func() bool {
					if !told && s.Rows().Len() > 0 {
						first, told = first+time.Since(began), true
					}
					return !s.Searching()
				})
				b.StopTimer()
				if err := s.SetFilter(session.Filter{}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric((processorTime()-used).Seconds()*1000/float64(b.N), "cpu-ms")
			b.ReportMetric(float64(s.Shown()), "records")
			b.ReportMetric(first.Seconds()*1000/float64(b.N), "first-ms")
			b.ReportMetric(hand.Seconds()*1000, "window-ms") // the longest call on the window's goroutine
		})
	}
}
