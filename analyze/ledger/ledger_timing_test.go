package ledger

import (
	"context"
	"testing"

	"patchtrail/ingest"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

// client reads a client of 64 MB: a story an hour, which is as dense in lines
// about updates as a client can be.
func client(b *testing.B) (*record.Store, int64) {
	dir := b.TempDir()
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 64 << 20}); err != nil {
		b.Fatal(err)
	}
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return in.Store, in.Bytes
}

func BenchmarkNew(b *testing.B) {
	s, n := client(b)
	b.SetBytes(n)
	for b.Loop() {
		if _, err := New(context.Background(), s, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s, n := client(b)
	b.SetBytes(n)
	for b.Loop() {
		r := NewReading()
		r.store(context.Background(), s)
		r.finish(s)
	}
}

func BenchmarkName(b *testing.B) {
	s, _ := client(b)
	l, err := New(context.Background(), s, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for i := range 100 {
			l.Name(l.Updates[i].UpdateID)
		}
	}
}
