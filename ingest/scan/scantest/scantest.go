// Package scantest checks parsers of text logs against what all of them must
// hold: records that cover the text without a gap, and the same records
// however the text comes in.
package scantest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
)

// Parser is format.Parser, which this package cannot import: the package
// format will import the parsers, and their tests this one.
type Parser interface {
	Parse(chunk []byte, final bool, b *record.Batch) int
}

// Rec is a record with its place in the whole text and its component's name.
type Rec struct {
	record.Rec
	Name string
}

// Whole parses text in one piece and fails t where a contract of Parse is
// broken: the records must begin at 0, ascend, and all of text must be used.
func Whole(t testing.TB, p Parser, text []byte) []Rec {
	t.Helper()
	recs, err := feed(p, text, func() int { return len(text) })
	if err != nil {
		t.Fatalf("whole text: %v", err)
	}
	return recs
}

// Chunked parses text whole and then in many pieces: cut at every place where
// it is short, in small steps and in steps of random length. It fails t where
// the records are not the same ones, and returns them.
func Chunked(t testing.TB, newParser func() Parser, text []byte) []Rec {
	t.Helper()
	want := Whole(t, newParser(), text)
	try := func(name string, step func() int) {
		t.Helper()
		got, err := feed(newParser(), text, step)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := same(got, want); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	cuts := 1
	if len(text) > 2000 {
		cuts = len(text) / 200
	}
	for cut := 1; cut < len(text); cut += cuts {
		first := true
		try(fmt.Sprintf("cut at %d", cut), func() int {
			if first {
				first = false
				return cut
			}
			return len(text)
		})
	}
	rng := rand.New(rand.NewPCG(1, uint64(len(text))))
	for _, most := range []int{1, 7, 64, 1000, 20_000} {
		if len(text)/most > 4000 {
			continue
		}
		try(fmt.Sprintf("steps up to %d", most), func() int { return 1 + rng.IntN(most) })
	}
	return want
}

// feed gives p the text, as many bytes more each time as step says.
func feed(p Parser, text []byte, step func() int) ([]Rec, error) {
	var (
		b    record.Batch
		recs []Rec
		used int
		have int
	)
	for have < len(text) {
		have = min(len(text), have+step())
		final := have == len(text)
		b.Recs = b.Recs[:0]
		chunk := text[used:have:have]
		n := p.Parse(chunk, final, &b)
		if err := check(b.Recs, chunk, n, final); err != nil {
			return nil, fmt.Errorf("chunk %d:%d (final %v): %w", used, have, final, err)
		}
		for _, r := range b.Recs {
			r.Off += used
			name := "no such component"
			if c := b.Components(); int(r.Component) < len(c) {
				name = c[r.Component]
			}
			r.Component = 0
			recs = append(recs, Rec{r, name})
		}
		used += n
	}
	return recs, nil
}

// check holds one call of Parse against its contract.
func check(recs []record.Rec, chunk []byte, used int, final bool) error {
	switch {
	case used < 0 || used > len(chunk):
		return fmt.Errorf("used %d of %d bytes", used, len(chunk))
	case final && used != len(chunk):
		return fmt.Errorf("final, but used only %d of %d bytes", used, len(chunk))
	case used > 0 && len(recs) == 0:
		return fmt.Errorf("used %d bytes and gave no record", used)
	case used == 0 && len(recs) > 0:
		return errors.New("gave records and used no bytes")
	}
	last := -1
	for i, r := range recs {
		switch {
		case i == 0 && r.Off != 0:
			return fmt.Errorf("first record at %d", r.Off)
		case r.Off <= last || r.Off >= used:
			return fmt.Errorf("record %d at %d, after %d, of %d bytes used", i, r.Off, last, used)
		case r.Flags&record.Untimed == 0 && (r.Time < 0 || r.Time >= time.Date(2262, 1, 2, 0, 0, 0, 0, time.UTC).UnixNano()):
			return fmt.Errorf("record %d at %d has time %d", i, r.Off, r.Time)
		case r.Bias != record.NoBias && (r.Bias < -15*60 || r.Bias > 15*60):
			return fmt.Errorf("record %d at %d has bias %d", i, r.Off, r.Bias)
		}
		last = r.Off
	}
	return nil
}

func same(got, want []Rec) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("record %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d records, want %d", len(got), len(want))
	}
	return nil
}

// Inside fails t unless every field is nil or a part of raw.
func Inside(t testing.TB, raw []byte, f record.Fields) {
	t.Helper()
	for name, part := range map[string][]byte{"message": f.Message, "component": f.Component, "source": f.Source, "context": f.Context} {
		if len(part) > 0 && !bytes.Contains(raw, part) {
			t.Fatalf("the %s of %q is %q, which is no part of it", name, raw, part)
		}
	}
}

// update, the flag -update, has tests write their golden files.
var update = flag.Bool("update", false, "write golden files")

// Dump lists records one a line, with the fields that split finds in each.
func Dump(text []byte, recs []Rec, split func([]byte) record.Fields) string {
	var w strings.Builder
	for i, r := range recs {
		end := len(text)
		if i+1 < len(recs) {
			end = recs[i+1].Off
		}
		when := time.Unix(0, r.Time).UTC().Format("2006-01-02T15:04:05.0000000")
		if r.Flags&record.Untimed != 0 {
			when = "untimed"
		}
		bias := "no bias"
		if r.Bias != record.NoBias {
			bias = fmt.Sprintf("bias %+d", r.Bias)
		}
		fmt.Fprintf(&w, "%d %s %s %s thread %d %q flags %d\n", r.Off, when, bias, r.Level, r.Thread, r.Name, r.Flags)
		f := split(text[r.Off:end])
		fmt.Fprintf(&w, "\tmessage %q\n", f.Message)
		for _, part := range []struct {
			name string
			text []byte
		}{{"component", f.Component}, {"source", f.Source}, {"context", f.Context}} {
			if part.text != nil {
				fmt.Fprintf(&w, "\t%s %q\n", part.name, part.text)
			}
		}
	}
	return w.String()
}

// Golden parses testdata/file, in every way of Chunked, and compares its Dump
// with the .golden file beside it; -update writes that.
func Golden(t *testing.T, file string, newParser func() Parser, split func([]byte) record.Fields) {
	t.Helper()
	file = filepath.Join("testdata", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := Dump(text, Chunked(t, newParser, text), split)
	golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: records differ from %s; got:\n%s", file, golden, got)
	}
}

// Sample returns a real log of the samples beside the project, and skips the
// test where they are absent. The test runs in ingest/<format>.
func Sample(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "samples", filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no samples here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}
