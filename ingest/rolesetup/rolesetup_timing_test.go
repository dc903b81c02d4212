package rolesetup

import (
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParser(b *testing.B) {
	text, err := os.ReadFile("testdata/setup.log")
	if err != nil {
		b.Fatal(err)
	}
	scantest.Bench(b, newParser, text)
}
