package report

import (
	"path/filepath"
	"testing"

	"patchtrail/analyze"
	"patchtrail/ingest/gen"
)

// BenchmarkHTML writes the page of a client. What it costs beyond the analysis
// depends on the rows of the page, of which there are at most 20,000, hardly on
// the size of the bundle.
func BenchmarkHTML(b *testing.B) {
	path := filepath.Join(b.TempDir(), "client.zip")
	if err := gen.ZipFile(path, func(s gen.Sink) error {
		_, err := gen.Client(s, gen.Options{Bytes: 64 << 20, Incident: gen.ScanTimeout})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	res := analysis(b, path, analyze.Options{})
	var n counter
	for b.Loop() {
		n = 0
		if err := HTML(&n, res, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(n))
	b.ReportMetric(float64(n)/1e6, "MB/page")
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
