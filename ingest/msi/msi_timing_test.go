package msi_test

import (
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("testdata/failed.log")
	if err != nil {
		b.Fatal(err)
	}
	scantest.Bench(b, newParser, text)
}
