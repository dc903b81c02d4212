package timeline

import (
	"context"
	"testing"

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
