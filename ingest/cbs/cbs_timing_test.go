package cbs

import (
	"bytes"
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParser(b *testing.B) {
	for _, file := range []string{"cbs", "dism", "setupact"} {
		text, err := os.ReadFile("testdata/" + file + ".log")
		if err != nil {
			b.Fatal(err)
		}
		text = append(text[bytes.Index(text, []byte("2024")):], '\n')
		b.Run(file, func(b *testing.B) { scantest.Bench(b, newParser, text) })
	}
}
