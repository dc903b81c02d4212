package scan

import (
	"bytes"
	"testing"
)

func BenchmarkSeverity(b *testing.B) {
	msg := bytes.Repeat([]byte("Successfully copied 13 out of 13 file(s) from the staging location to the inbox; the next run waits for an hour. "), 9)
	b.SetBytes(int64(len(msg)))
	for b.Loop() {
		Severity(msg)
	}
}

func BenchmarkDays(b *testing.B) {
	s := []byte("2024-02-29")
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Days(s, 0, '-')
	}
}
