package bundle

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
)

// BenchmarkZip unpacks a zip of 20 logs on all cores; compare
// "unzip -p bundle.zip >/dev/null" of the same file.
func BenchmarkZip(b *testing.B) {
	benchmark(b, "b.zip", 20, func(files []file) []byte { return zipOf(8, files...) })
}

// BenchmarkOneMember is a zip that only reading ahead can put on two cores.
func BenchmarkOneMember(b *testing.B) {
	benchmark(b, "b.zip", 1, func(files []file) []byte { return zipOf(8, files...) })
}

// BenchmarkNested is a zip in a zip, which is held in memory.
func BenchmarkNested(b *testing.B) {
	benchmark(b, "b.zip", 20, func(files []file) []byte { return zipOf(8, file{"in.zip", zipOf(8, files...)}) })
}

func BenchmarkTarGz(b *testing.B) {
	benchmark(b, "b.tar.gz", 20, func(files []file) []byte { return gz(tarOf(files...)) })
}

// BenchmarkSmall is the cost of a member itself: 20,000 of 30 bytes.
func BenchmarkSmall(b *testing.B) {
	var files []file
	for i := range 20000 {
		files = append(files, file{fmt.Sprintf("d%d/%d.log", i/100, i), []byte("2024-01-02 10:00:00 contoso\r\n")})
	}
	run(b, save(b, "s.zip", zipOf(8, files...)), int64(len(files)*29))
}

func benchmark(b *testing.B, name string, members int, build func([]file) []byte) {
	const total = 100 << 20
	var files []file
	for i := range members {
		files = append(files, file{fmt.Sprintf("CCM/Logs/%d.log", i), logText(fmt.Sprint("Component", i), total/members)})
	}
	run(b, save(b, name, build(files)), total)
}

func run(b *testing.B, p string, size int64) {
	b.SetBytes(size)
	b.ReportAllocs()
	bufs := sync.Pool{New: func() any { return new([256 << 10]byte) }}
	for b.Loop() {
		err := Walk(b.Context(), []string{p}, Options{}, func(_ context.Context, _ Entry, r io.Reader) error {
			buf := bufs.Get().(*[256 << 10]byte)
			defer bufs.Put(buf)
			for {
				if _, err := r.Read(buf[:]); err != nil {
					return nil
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
