package deflate64

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	text := logText(4 << 20)
	f := func(name string, stream []byte, n int) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, NewReader(bytes.NewReader(stream))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	f("text", encode(text, 20000), len(text))
	var e encoder
	e.dynamic(true, literals(text))
	f("literals", e.bytes(), len(text))
}
