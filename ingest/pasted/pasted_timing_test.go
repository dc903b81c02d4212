package pasted

import (
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParser(b *testing.B) {
	text, err := os.ReadFile("testdata/mail.log")
	if err != nil {
		b.Fatal(err)
	}
	scantest.Bench(b, newParser, text)
}
