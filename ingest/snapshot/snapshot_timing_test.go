package snapshot_test

import (
	"bytes"
	"testing"

	"patchtrail/ingest/snapshot"
)

// BenchmarkText is the longest way: nothing is found, everything was looked for.
func BenchmarkText(b *testing.B) {
	head := bytes.Repeat([]byte("  plain text that has no time stamp, only words and numbers 12, 345 and 6789\n"), 800)
	b.SetBytes(int64(len(head)))
	for b.Loop() {
		if k, _ := snapshot.Detect(head, "x"); k != snapshot.Text {
			b.Fatal(k)
		}
	}
}
