package redact

import (
	"strings"
	"testing"

	"patchtrail/ingest/record"
)

func recordID(i int) record.ID { return record.ID(i) }

// BenchmarkText redacts the records of a generated client one by one.
func BenchmarkText(b *testing.B) {
	res := client1(b, 4<<20)
	r := New(res)
	var lines []string
	size := 0
	reader := res.Store.Reader()
	for id := range res.Store.Len() {
		lines = append(lines, strings.Clone(string(reader.Text(recordID(id)))))
		size += len(lines[id])
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range lines {
			r.Text(l)
		}
	}
}

// BenchmarkNew learns the names of a generated client.
func BenchmarkNew(b *testing.B) {
	res := client1(b, 4<<20)
	size := int64(0)
	for _, f := range res.Store.Files {
		size += f.Text
	}
	b.SetBytes(size)
	for b.Loop() {
		New(res)
	}
}
