package gen

import (
	"io"
	"testing"
)

func BenchmarkClient(b *testing.B) {
	const size = 32 << 20
	b.SetBytes(size)
	for b.Loop() {
		nowhere := func(string) (io.WriteCloser, error) { return member{io.Discard}, nil }
		if _, err := Client(nowhere, Options{Seed: 1, Bytes: size}); err != nil {
			b.Fatal(err)
		}
	}
}
