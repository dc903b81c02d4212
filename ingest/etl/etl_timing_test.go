package etl_test

import (
	"bytes"
	"testing"
	"time"

	"patchtrail/ingest/etl"
	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/record"
)

func BenchmarkRead(b *testing.B) {
	var events []etltest.Event
	for i := range 20000 {
		e := updates()[i%6]
		e.Time = at(time.Duration(i) * time.Millisecond)
		events = append(events, e)
	}
	file := write(b, etltest.Options{Start: start, CPUs: 2}, events)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		var batch record.Batch
		n := 0
		if err := etl.New().Read(bytes.NewReader(file), &batch, func(record.Rec, []byte) { n++ }); err != nil || n != len(events) {
			b.Fatal(n, err)
		}
	}
}
