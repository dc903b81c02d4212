package report

import (
	"testing"
)

// BenchmarkParquet writes the tables of two clients of 4 MB each.
func BenchmarkParquet(b *testing.B) {
	res := twoClients(b, 4<<20)
	b.SetBytes(res.Bytes)
	b.ReportAllocs()
	for b.Loop() {
		if err := Parquet(b.Context(), b.TempDir(), res, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
