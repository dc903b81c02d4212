package code

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"patchtrail/ingest/gen"
)

func BenchmarkExplain(b *testing.B) {
	for b.Loop() {
		if !Explain(0x80240022).Listed {
			b.Fatal("not listed")
		}
	}
}

// collected is the files of a bundle, one after the other.
type collected struct{ bytes.Buffer }

func (*collected) Close() error { return nil }

// BenchmarkScan reads the logs of a healthy client, and lines that are all
// error.
func BenchmarkScan(b *testing.B) {
	var healthy collected
	_, err := gen.Client(func(name string) (io.WriteCloser, error) {
		if strings.HasSuffix(name, "ReportingEvents.log") {
			return &collected{}, nil // UTF-16
		}
		return &healthy, nil
	}, gen.Options{Seed: 5, Bytes: 16 << 20})
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"healthy": healthy.Bytes(),
		"errors":  []byte(strings.Repeat("<![LOG[Scan failed with error = 0x80072ee2.]LOG]!><time=\"01:13:10.554-540\" date=\"03-18-2025\">\n", 10000)),
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Scan(text, func(uint32, int) { n++ })
			}
			b.ReportMetric(float64(n)/float64(b.N), "codes/op")
		})
	}
}
