package timeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
)

// made is a store of generated records; sorted makes every file's own order
// that of time.
func made(t testing.TB, files, perFile int, sorted bool, seed uint64) *record.Store {
	t.Helper()
	return madeIn(t, files, perFile, sorted, seed, 40)
}

// madeIn is made with blocks of about perBlock records.
func madeIn(t testing.TB, files, perFile int, sorted bool, seed uint64, perBlock int) *record.Store {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var all []*record.File
	for f := range files {
		var batch record.Batch
		var blocks []*record.Block
		var text bytes.Buffer
		file := &record.File{Path: fmt.Sprintf("PC01/Logs/File%02d.log", f), Log: fmt.Sprintf("File%02d", f), Machine: f % 2}
		at, line := int64(rng.IntN(1000))*1e9, 1
		flush := func() {
			var b *record.Block
			b, line = record.NewBlock(text.Bytes(), batch.Recs, line, false)
			new(record.Packer).Pack(b, text.Bytes())
			blocks = append(blocks, b)
			text.Reset()
			batch.Recs = batch.Recs[:0]
		}
		for i := range perFile {
			if sorted {
				at += int64(rng.IntN(3)) * 5e8
			} else {
				at = int64(rng.IntN(500)) * 1e9
			}
			batch.Recs = append(batch.Recs, record.Rec{
				Time: at + 1e15, Off: text.Len(), Thread: uint32(rng.IntN(5)), Component: batch.Component([]byte([]string{"WUAHandler", "CAS", "ScanAgent"}[rng.IntN(3)])),
				Level: record.Level(rng.IntN(4)), Bias: 0,
			})
			fmt.Fprintf(&text, "Record %d of file %d: %s\n", i, f, []string{"scan FAILED", "all is well", "更新 was installed", "error 0x80240022"}[rng.IntN(4)])
			if rng.IntN(perBlock) == 0 {
				flush()
			}
		}
		flush()
		file.Components = batch.Components()
		file.SetBlocks(blocks)
		all = append(all, file)
	}
	return record.NewStore(all)
}

func order(s *record.Store) []record.ID {
	ids := make([]record.ID, s.Len())
	for i := range ids {
		ids[i] = record.ID(i)
	}
	slices.SortStableFunc(ids, func(a, b record.ID) int {
		switch ta, tb := s.Time(a), s.Time(b); {
		case ta < tb:
			return -1
		case ta > tb:
			return 1
		}
		return 0
	})
	return ids
}

// TestOrder holds that the merge equals a plain stable sort, whole and in parts.
func TestOrder(t *testing.T) {
	for _, c := range []struct{ files, records int }{{0, 0}, {1, 1}, {1, 500}, {7, 300}, {40, 5}, {12, 4000}} {
		for _, sorted := range []bool{true, false} {
			s := made(t, c.files, c.records, sorted, uint64(c.records))
			tl, err := New(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			if want := order(s); !slices.Equal(tl.order, want) {
				t.Fatalf("%d files of %d records, sorted %v: the order differs", c.files, c.records, sorted)
			}
			for i := 0; i < tl.Len(); i += 97 {
				if got := tl.Find(tl.At(i)); got != i {
					t.Fatalf("record at %d is found at %d", i, got)
				}
			}
		}
	}
}

func message(_ *record.File, raw []byte) []byte { return bytes.TrimRight(raw, "\n") }

// slow filters one record after the other.
func slow(tl *Timeline, f Filter) []record.ID {
	var out []record.ID
	r := tl.Store.Reader()
	for _, id := range tl.order {
		if m, raw := r.Record(id); keeps(tl.Store.Files[m.File], m, raw, f) {
			out = append(out, id)
		}
	}
	return out
}

// keeps judges one record the plain way.
func keeps(file *record.File, m record.Meta, raw []byte, f Filter) bool {
	text := string(message(file, raw))
	ok := (f.From == 0 || m.Time >= f.From) && (f.To == 0 || m.Time <= f.To)
	ok = ok && (len(f.Levels) == 0 || slices.Contains(f.Levels, m.Level))
	ok = ok && (len(f.Components) == 0 || slices.ContainsFunc(f.Components, func(c string) bool { return strings.EqualFold(c, m.Component) }))
	ok = ok && (len(f.Threads) == 0 || slices.Contains(f.Threads, m.Thread))
	ok = ok && (len(f.Machines) == 0 || slices.Contains(f.Machines, file.Machine))
	ok = ok && (len(f.Files) == 0 || slices.ContainsFunc(f.Files, func(w string) bool { return matchFile(file.Path, w) }))
	ok = ok && (f.Text == "" || strings.Contains(strings.ToLower(text), strings.ToLower(f.Text)))
	ok = ok && (f.Regexp == nil || f.Regexp.MatchString(text))
	sub := func(f Filter) bool { return keeps(file, m, raw, f) }
	ok = ok && !slices.ContainsFunc(f.All, func(f Filter) bool { return !sub(f) })
	ok = ok && (len(f.Any) == 0 || slices.ContainsFunc(f.Any, sub))
	return ok && !slices.ContainsFunc(f.Not, sub)
}

// TestSearch holds that searches find what a plain walk finds, in its order.
func TestSearch(t *testing.T) {
	s := made(t, 9, 2500, true, 3)
	tl, err := New(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	mid := s.Time(tl.At(tl.Len() / 2))
	near := Filter{}
	near.Near(mid, 20)
	for name, f := range map[string]Filter{
		"all":       {},
		"time":      {From: mid, To: mid + 30e9},
		"near":      near,
		"outside":   {From: mid * 2},
		"levels":    {Levels: []record.Level{record.Error, record.Warning}},
		"component": {Components: []string{"cas"}},
		"unknown":   {Components: []string{"Nobody"}},
		"files":     {Files: []string{"file03", "File0?.log"}},
		"pattern":   {Files: []string{"*5.log"}},
		"machine":   {Machines: []int{1}},
		"thread":    {Threads: []uint32{2, 4}},
		"text":      {Text: "Failed"},
		"japanese":  {Text: "更新 WAS"},
		"nowhere":   {Text: "not to be found"},
		"across":    {Text: "\nRecord"},
		"regexp":    {Regexp: regexp.MustCompile(`Record \d*7 of`)},
		"not level": {Not: []Filter{{Levels: []record.Level{record.Info}}, {Levels: []record.Level{record.Verbose}}}},
		"not text":  {Text: "record", Not: []Filter{{Text: "failed"}, {Text: "更新"}}},
		"not file":  {Not: []Filter{{Files: []string{"file03"}}, {Machines: []int{0}}}},
		"not time":  {Not: []Filter{{From: mid, To: mid + 30e9}}},
		"not all":   {Not: []Filter{{}}},
		"twice not": {Not: []Filter{{Components: []string{"CAS"}, Not: []Filter{{Threads: []uint32{1}}}}}},
		"texts":     {All: []Filter{{Text: "error"}, {Regexp: regexp.MustCompile("[13]:")}, {Text: "file"}}},
		"either":    {Any: []Filter{{Components: []string{"scanagent"}, Text: "failed"}, {Files: []string{"file01"}}, {From: mid, Threads: []uint32{3}}}},
		"neither":   {Any: []Filter{{Components: []string{"Nobody"}}, {Files: []string{"nowhere"}}}},
		"mixed": {Levels: []record.Level{record.Info, record.Error}, Any: []Filter{{Machines: []int{1}}, {Text: "well"}}, All: []Filter{{Any: []Filter{{Threads: []uint32{0}}, {Threads: []uint32{2}}}}},
			Not: []Filter{{Text: "failed", Machines: []int{1}}}},
		"everything": {From: mid - 1e12, Levels: []record.Level{record.Info}, Components: []string{"CAS", "ScanAgent"}, Threads: []uint32{1}, Text: "0X8024", Regexp: regexp.MustCompile("file [0-4]")},
	} {
		t.Run(name, func(t *testing.T) {
			f.Message = message
			var got []record.ID
			if err := tl.Search(context.Background(), f, func(ids []record.ID) { got = append(got, ids...) }); err != nil {
				t.Fatal(err)
			}
			if want := slow(tl, f); !slices.Equal(got, want) {
				t.Errorf("%d records, a plain walk finds %d", len(got), len(want))
			}
		})
	}
}

// TestSearchFirst holds that the first records come while the search still
// runs, and that it ends soon after being cancelled.
func TestSearchFirst(t *testing.T) {
	s := made(t, 6, 20000, true, 5)
	tl, err := New(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	batches := 0
	err = tl.Search(ctx, Filter{Text: "error", Message: message}, func(ids []record.ID) {
		if batches++; batches == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || batches != 2 {
		t.Errorf("%d batches, error %v", batches, err)
	}
}

func TestFolded(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		got := newFolded(want).index([]byte(text))
		if ref := strings.Index(strings.ToLower(text), strings.ToLower(want)); got != ref {
			t.Errorf("%q in %q: %d, want %d", want, text, got, ref)
		}
	}
	f("abc", "C")
	f("ABCABD", "abd")
	f("aaaaab", "AAB")
	f("", "x")
	f("x", "xyz")
	f("Scan FAILED with Error", "failed")
	f("更新プログラム", "プロ")
	f("ÀÉ", "é")
	f("x.y.z[1]", "[1]")
}

// FuzzFolded holds the fast search to the plain one on ASCII.
func FuzzFolded(f *testing.F) {
	f.Add("some Text with QqQ", "qq")
	f.Add("0x80240022", "0X8024")
	f.Fuzz(func(t *testing.T, text, want string) {
		for _, c := range text + want {
			if c >= 0x80 {
				return
			}
		}
		if want == "" {
			return
		}
		if got, ref := newFolded(want).index([]byte(text)), strings.Index(strings.ToLower(text), strings.ToLower(want)); got != ref {
			t.Fatalf("%q in %q: %d, want %d", want, text, got, ref)
		}
	})
}

func TestHistogram(t *testing.T) {
	s := made(t, 5, 700, false, 9)
	tl, err := New(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	h := tl.Histogram(40)
	total := 0
	for _, b := range h.Buckets {
		for _, n := range b {
			total += n
		}
	}
	if total != s.Len() || len(h.Buckets) != 40 {
		t.Errorf("%d records in %d buckets, want %d in 40", total, len(h.Buckets), s.Len())
	}
	if first := s.Time(tl.At(0)); h.First != first || time.Duration(h.Width) <= 0 {
		t.Errorf("from %d by %d, want from %d", h.First, h.Width, first)
	}
}
