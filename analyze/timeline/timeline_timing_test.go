package timeline

import (
	"context"
	"regexp"
	"testing"
	"time"

	"patchtrail/ingest/record"
)

func BenchmarkNew(b *testing.B) {
	s := made(b, 19, 50000, true, 1)
	for b.Loop() {
		if _, err := New(context.Background(), s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(s.Len())*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkSearch(b *testing.B) {
	s := made(b, 19, 50000, true, 1)
	tl, err := New(context.Background(), s)
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]Filter{"levels": {Levels: []record.Level{record.Error}}, "text": {Text: "failed", Message: message}, "nowhere": {Text: "not to be found", Message: message}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := tl.Search(context.Background(), f, func([]record.ID) {}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Len())*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkFilter searches 4 million records, and tells how long the first and
// all of them take.
func BenchmarkFilter(b *testing.B) {
	s := madeIn(b, 40, 100_000, true, 1, 600) // as many as a block of real logs holds
	tl, err := New(context.Background(), s)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    Filter
	}{
		{"levels", Filter{Levels: []record.Level{record.Error}}},
		{"not level", Filter{Not: []Filter{{Levels: []record.Level{record.Info}}}}},
		{"components and threads", Filter{Components: []string{"CAS"}, All: []Filter{{Threads: []uint32{1, 2}}}}},
		{"text", Filter{Text: "failed"}},
		{"not text", Filter{Not: []Filter{{Text: "failed"}}}},
		{"nowhere", Filter{Text: "not to be found"}},
		{"regexp", Filter{Regexp: regexp.MustCompile(`0x8024\w+`)}},
	} {
		c.f.Message = message
		b.Run(c.name, func(b *testing.B) {
			first := time.Duration(0)
			for b.Loop() {
				began, told := time.Now(), false
				if err := tl.Places(context.Background(), c.f, func([]int) {
					if !told {
						first, told = first+time.Since(began), true
					}
				}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Len()), "records")
			b.ReportMetric(first.Seconds()*1000/float64(b.N), "first-ms")
		})
	}
}
