package cmtrace

import (
	"testing"

	"patchtrail/ingest/record"
)

func BenchmarkParse(b *testing.B) {
	text := generated(5000)
	b.SetBytes(int64(len(text)))
	var batch record.Batch
	for b.Loop() {
		batch.Recs = batch.Recs[:0]
		New().Parse(text, true, &batch)
	}
}
