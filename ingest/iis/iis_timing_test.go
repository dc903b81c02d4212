package iis

import (
	"bytes"
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParser(b *testing.B) {
	text, err := os.ReadFile("testdata/u_ex.log")
	if err != nil {
		b.Fatal(err)
	}
	text = text[:bytes.Index(text, []byte("cut - "))]
	scantest.Bench(b, newParser, text)
}
