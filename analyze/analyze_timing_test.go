//go:build unix

package analyze_test

import (
	"context"
	"flag"
	"io"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/report"
	"patchtrail/analyze/rule"
	"patchtrail/ingest/gen"
)

var benchBytes = flag.Int64("bytes", 100<<20, "text that BenchmarkRun analyses")

// BenchmarkRun analyses a generated client and writes the JSON, with the built-in
// rules and with none: what is between them is what rules cost, most truly in
// processor time. Loading them is a part of it, which counts for less the longer
// the logs are: -args -bytes 1000000000 is the bundle of the promises.
func BenchmarkRun(b *testing.B) {
	path := filepath.Join(b.TempDir(), "client.zip")
	var truth gen.Truth
	if err := gen.ZipFile(path, func(s gen.Sink) (err error) {
		truth, err = gen.Client(s, gen.Options{Bytes: *benchBytes})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	none, err := rule.Load()
	if err != nil {
		b.Fatal(err)
	}
	for name, set := range map[string]*rule.Set{"rules": nil, "no rules": none} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(truth.Bytes)
			before := processorTime()
			for b.Loop() {
				res, err := analyze.Run(context.Background(), []string{path}, analyze.Options{Rules: set})
				if err != nil {
					b.Fatal(err)
				}
				if err := report.JSON(io.Discard, res, report.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime is what this process has used of all processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
