package eventtext

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"patchtrail/ingest/record"
)

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"wevtutil.txt", "viewer-ja.csv", "format-list-all.txt"} {
		one, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			b.Fatal(err)
		}
		end := 0
		if filepath.Ext(name) == ".csv" {
			end = bytes.IndexByte(one, '\n') + 1
		}
		src := append(bytes.Clone(one[:end]), bytes.Repeat(one[end:], 1000)...)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				var batch record.Batch
				n := 0
				if err := New().Read(bytes.NewReader(src), &batch, func(record.Rec, []byte) { n++ }); err != nil || n < 3000 {
					b.Fatal(n, err)
				}
			}
		})
	}
}
