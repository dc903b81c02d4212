package reporting

import (
	"bytes"
	"os"
	"testing"

	"patchtrail/ingest/scan/scantest"
)

func BenchmarkParser(b *testing.B) {
	text, err := os.ReadFile("testdata/events.log")
	if err != nil {
		b.Fatal(err)
	}
	var full []byte
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		if bytes.HasPrefix(line, []byte("{")) {
			full = append(full, line...)
		}
	}
	scantest.Bench(b, newParser, full)
}
