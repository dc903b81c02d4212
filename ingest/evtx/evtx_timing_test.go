package evtx

import (
	"bytes"
	"testing"

	"patchtrail/ingest/record"
)

func BenchmarkRead(b *testing.B) {
	logs := map[string][][]byte{"generated": {write(b, many(20_000))}}
	if real := realLogs(b); len(real) > 0 {
		logs["real"] = real
	}
	for name, logs := range logs {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, log := range logs {
				size += len(log)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			r := New()
			n := 0
			for b.Loop() {
				for _, log := range logs {
					err := r.Read(bytes.NewReader(log), new(record.Batch), func(record.Rec, []byte) { n++ })
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
