package window

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/ingest"
)

func BenchmarkParse(b *testing.B) {
	text := strings.Repeat(wed7h, 5)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNext takes a year of a daily window; bytes are occurrences.
func BenchmarkNext(b *testing.B) {
	s, err := Decode(daily8h)
	if err != nil {
		b.Fatal(err)
	}
	zone := zoneNamed(b, "Europe/Berlin")
	b.SetBytes(365)
	for b.Loop() {
		if n := len(s.Next(zone, utc(b, monday), 365)); n != 365 {
			b.Fatal(n)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	short, err := os.ReadFile("testdata/logs/life/ServiceWindowManager.log")
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat(ccmLog(b, string(short)), 200)
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ServiceWindowManager.log"), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Read(context.Background(), in.Store, 0, in.Machines[0].Zone); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSimulate plays four weeks of 4 windows and 200 updates; bytes are
// updates.
func BenchmarkSimulate(b *testing.B) {
	s := windows(b, "A updates "+wed7h, "B updates "+daily8h, "C updates "+sat2h, "D updates "+later8h)
	updates := make([]Update, 200)
	for i := range updates {
		updates[i] = Update{Key: fmt.Sprint(i), Seconds: 600 * (1 + i%40)}
	}
	b.SetBytes(int64(len(updates)))
	for b.Loop() {
		s.Simulate(updates, Options{Now: utc(b, monday)})
	}
}
