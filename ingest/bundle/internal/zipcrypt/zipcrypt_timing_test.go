package zipcrypt

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	plain := text(1 << 20)
	for strength, scheme := range schemes {
		h, raw := member(strength, []byte("pw"), plain)
		b.Run(scheme, func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(raw), h, []byte("pw"))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPassword is the cost of one member's key, whatever its size.
func BenchmarkPassword(b *testing.B) {
	h, raw := member(3, []byte("pw"), nil)
	for b.Loop() {
		if _, err := NewReader(bytes.NewReader(raw), h, []byte("pw")); err != nil {
			b.Fatal(err)
		}
	}
}
