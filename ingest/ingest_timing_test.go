package ingest

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// smallFiles writes a zip of n logs of two records, in ten folders of one machine.
func smallFiles(t testing.TB, n int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "many.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for i := range n {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("d%d/f%d.log", i%10, i)})
		if err == nil {
			for _, what := range []string{"begun", "done"} {
				fmt.Fprintf(w, "<![LOG[%s %d]LOG]!><time=\"10:00:00.000-540\" date=\"03-01-2025\" component=\"x\" context=\"\" type=\"1\" thread=\"1\" file=\"\">\r\n", what, i)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestSmallFiles holds that a file costs what it holds, not a set of buffers.
func TestSmallFiles(t *testing.T) {
	const n = 2000
	name := smallFiles(t, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := Read(t.Context(), []string{name}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := res.Store.Len(); got != 2*n {
		t.Errorf("%d records, want %d", got, 2*n)
	}
	if per := (after.TotalAlloc - before.TotalAlloc) / n; per > 32<<10 {
		t.Errorf("%d bytes are allocated for each file of 60", per)
	}
}

// BenchmarkSmallFiles is one op a file: Intune's and TSS's bundles have thousands.
func BenchmarkSmallFiles(b *testing.B) {
	const n = 20000 // what takes each file with each other shows
	name := smallFiles(b, n)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(b.Context(), []string{name}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/file")
}
