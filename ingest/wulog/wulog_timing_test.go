package wulog

import (
	"bytes"
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkConverted(b *testing.B) {
	text, err := os.ReadFile("testdata/converted.log")
	if err != nil {
		b.Fatal(err)
	}
	scantest.Bench(b, newParser, append(text, '\n'))
}

func BenchmarkLegacy(b *testing.B) {
	text, err := os.ReadFile("testdata/legacy.log")
	if err != nil {
		b.Fatal(err)
	}
	scantest.Bench(b, newLegacy, bytes.TrimPrefix(text, []byte("continued from the log before\r\n")))
}
