package code

import "testing"

func BenchmarkExplain(b *testing.B) {
	for b.Loop() {
		if !Explain(0x80240022).Listed {
			b.Fatal("not listed")
		}
	}
}
