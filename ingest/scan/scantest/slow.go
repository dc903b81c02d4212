package scantest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/ingest/record"
)

// Slow is scan.Records written plainly: it cuts text into lines and asks start
// about each. It is the reference that the fast parsers are compared with.
func Slow(text []byte, start func(line string) (r Rec, ok bool)) []Rec {
	var recs []Rec
	at := 0
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if line == "" {
			continue
		}
		r, ok := start(strings.TrimRight(strings.TrimSuffix(line, "\n"), "\r"))
		if !ok && at == 0 {
			r = Rec{Rec: record.Rec{Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}}
		}
		if ok || at == 0 {
			r.Off = at
			recs = append(recs, r)
		}
		at += len(line)
	}
	return recs
}

// Equal fails t where p finds other records in text than want.
func Equal(t testing.TB, p Parser, text []byte, want []Rec) {
	t.Helper()
	if err := same(Whole(t, p, text), want); err != nil {
		t.Fatalf("fast and slow differ: %v\ntext %.600q", err, text)
	}
}

// Mangled returns many texts like text: lines left out, doubled, moved, cut
// short, joined, and bytes changed for others that stand in text.
func Mangled(text []byte, n int) [][]byte {
	rng := rand.New(rand.NewPCG(7, uint64(len(text))))
	lines := bytes.SplitAfter(text, []byte("\n"))
	all := make([][]byte, 0, n)
	for range n {
		var out []byte
		for range 1 + rng.IntN(8) {
			line := bytes.Clone(lines[rng.IntN(len(lines))])
			for range rng.IntN(3) {
				if len(line) == 0 {
					break
				}
				switch i := rng.IntN(min(len(line), 60)); rng.IntN(4) {
				case 0:
					line = line[:i]
				case 1:
					line = line[i:]
				case 2:
					line[i] = text[rng.IntN(len(text))]
				default:
					line[i] = "0123456789+-:. \t<>="[rng.IntN(19)]
				}
			}
			out = append(out, line...)
		}
		all = append(all, out)
	}
	return all
}

// Fuzz fuzzes a parser from testdata/*.log and Heads: whatever the text, the
// contract of Parse must hold, the pieces it comes in must not matter, split
// must not fail, and slow, unless nil, must find the same records.
func Fuzz(f *testing.F, newParser func() Parser, split func([]byte) record.Fields, slow func([]byte) []Rec) {
	for _, h := range Heads {
		f.Add([]byte(h.Text))
	}
	files, _ := filepath.Glob("testdata/*.log")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for len(text) > 0 {
			n := min(len(text), 600)
			f.Add(text[:n])
			text = text[n:]
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 8000 {
			t.Skip("too long to cut in pieces")
		}
		want := Whole(t, newParser(), text)
		for _, size := range []int{1 + len(text)/300, 1 + len(text)/7, 1 + len(text)/2} {
			got, err := feed(newParser(), text, func() int { return size })
			if err == nil {
				err = same(got, want)
			}
			if err != nil {
				t.Fatalf("pieces of %d: %v", size, err)
			}
		}
		for i, r := range want {
			end := len(text)
			if i+1 < len(want) {
				end = want[i+1].Off
			}
			Inside(t, text[r.Off:end], split(text[r.Off:end]))
		}
		Inside(t, text, split(text))
		if slow != nil {
			Equal(t, newParser(), text, slow(text))
		}
	})
}

// Bench measures p over about 4 MB of text made by repeating text.
func Bench(b *testing.B, newParser func() Parser, text []byte) {
	text = bytes.Repeat(text, 1+4_000_000/len(text))
	var batch record.Batch
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		p := newParser()
		for used := 0; used < len(text); {
			end := min(len(text), used+256<<10)
			batch.Recs = batch.Recs[:0]
			n := p.Parse(text[used:end], end == len(text), &batch)
			if n == 0 {
				b.Fatalf("nothing parsed at %d", used)
			}
			used += n
		}
	}
}
