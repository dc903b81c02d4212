package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBlock holds that columns and texts come back as they went in, narrow
// columns and wide ones.
func TestBlock(t *testing.T) {
	for _, c := range []struct {
		records int
		thread  uint32
		lines   bool
	}{{0, 1, false}, {1, 1, false}, {2000, 60000, false}, {2000, 1 << 31, false}, {300, 9, true}} {
		rng := rand.New(rand.NewPCG(1, uint64(c.records)))
		var text bytes.Buffer
		var recs []Rec
		var texts []string
		var lines []int
		line := 10
		for i := range c.records {
			s := fmt.Sprintf("record %d\n", i)
			for range rng.IntN(3) {
				s += "more\n"
			}
			recs = append(recs, Rec{Time: rng.Int64(), Off: text.Len(), Thread: rng.Uint32N(c.thread) + 1, Component: uint16(rng.IntN(9)), Level: Level(rng.IntN(4)), Flags: Flags(rng.IntN(32)), Line: uint32(i * 1000)})
			text.WriteString(s)
			texts = append(texts, s)
			if c.lines {
				lines = append(lines, i*1000)
			} else {
				lines = append(lines, line)
			}
			line += bytes.Count([]byte(s), []byte("\n"))
		}
		b, next := NewBlock(text.Bytes(), recs, 10, c.lines)
		new(Packer).Pack(b, text.Bytes())
		if next != line || b.Len() != c.records || b.Size() != text.Len() {
			t.Fatalf("%d records: next line %d, %d records, %d bytes", c.records, next, b.Len(), b.Size())
		}
		got := b.Unpack(nil)
		if !bytes.Equal(got, text.Bytes()) {
			t.Fatal("the text came back otherwise")
		}
		for i, r := range recs {
			if b.Time(i) != r.Time || b.Thread(i) != r.Thread || b.Component(i) != r.Component || b.Level(i) != r.Level || b.Flags(i) != r.Flags || b.Line(i) != lines[i] || string(b.Record(got, i)) != texts[i] {
				t.Fatalf("record %d of %d: line %d thread %d %q", i, c.records, b.Line(i), b.Thread(i), b.Record(got, i))
			}
			if b.At(b.Offset(i)) != i || b.At(b.Offset(i)+len(texts[i])-1) != i {
				t.Fatalf("record %d is found at %d", i, b.At(b.Offset(i)))
			}
		}
	}
}

// TestPacker holds that blocks which share a slab do not share text.
func TestPacker(t *testing.T) {
	var p Packer
	var blocks []*Block
	var want []string
	for i := range 300 {
		text := bytes.Repeat([]byte(fmt.Sprintf("%d %d\n", i, i*7919)), 50+i*13%4000)
		b, _ := NewBlock(text, nil, 1, false)
		p.Pack(b, text)
		blocks, want = append(blocks, b), append(want, string(text))
	}
	for i, b := range blocks {
		if string(b.Unpack(nil)) != want[i] {
			t.Fatalf("block %d came back otherwise", i)
		}
	}
}

// TestReader reads in all orders from a store of several files.
func TestReader(t *testing.T) {
	var files []*File
	var all []string
	for f := range 3 {
		file := &File{Path: fmt.Sprint(f), Log: fmt.Sprint(f), Components: []string{""}}
		var blocks []*Block
		for n := range 40 {
			s := fmt.Sprintf("file %d block %d\n", f, n)
			b, _ := NewBlock([]byte(s), []Rec{{Time: int64(n)}}, n+1, false)
			new(Packer).Pack(b, []byte(s))
			blocks = append(blocks, b)
			all = append(all, s)
		}
		file.SetBlocks(blocks)
		files = append(files, file)
	}
	s := NewStore(files)
	r := s.Reader()
	ids := make([]ID, s.Len())
	for i := range ids {
		ids[i] = ID(i)
	}
	for range 3 {
		for _, id := range ids {
			if m, text := r.Record(id); string(text) != all[id] || m.ID != id || m.Line != int(id)%40+1 || m.File != int(id)/40 {
				t.Fatalf("record %d: %+v %q", id, m, text)
			}
		}
		rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	}
	slices.Sort(ids)
	if files[1].Base() != 40 || string(files[2].Whole()[:6]) != "file 2" {
		t.Errorf("base %d", files[1].Base())
	}
}
