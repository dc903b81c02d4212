package timeline

import (
	"math"
	"strings"

	"patchtrail/ingest/record"
)

// judge is a filter made ready for the files of a store. It is not changed
// after newJudge, so that several goroutines use one.
type judge struct {
	filter         Filter
	text           *folded
	files          []fileFilter
	from, to       int64
	timed, columns bool // it bounds the time; it looks at columns of records
	levels         [record.Error + 1]bool
	all, any, not  []*judge
	message        func(*record.File, []byte) []byte
	store          []*record.File
}

// fileFilter is what a filter means for one file.
type fileFilter struct {
	keep       bool
	components []bool // by index; nil keeps all
}

// text is that of a block, unpacked once it is wanted.
type text struct {
	block *record.Block
	buf   []byte
	ready bool
}

func (t *text) bytes() []byte {
	if !t.ready {
		t.buf, t.ready = t.block.Unpack(t.buf[:0]), true
	}
	return t.buf
}

func newJudge(f Filter, files []*record.File, message func(*record.File, []byte) []byte) *judge {
	j := &judge{filter: f, text: newFolded(f.Text), from: f.From, to: f.To, timed: f.From != 0 || f.To != 0,
		columns: len(f.Levels)+len(f.Threads)+len(f.Components) > 0, message: message, store: files}
	if f.From == 0 {
		j.from = math.MinInt64
	}
	if f.To == 0 {
		j.to = math.MaxInt64
	}
	for _, l := range f.Levels {
		if int(l) < len(j.levels) {
			j.levels[l] = true
		}
	}
	for _, file := range files {
		j.files = append(j.files, f.forFile(file))
	}
	for _, part := range []struct {
		filters []Filter
		judges  *[]*judge
	}{{f.All, &j.all}, {f.Any, &j.any}, {f.Not, &j.not}} {
		for _, sub := range part.filters {
			*part.judges = append(*part.judges, newJudge(sub, files, message))
		}
	}
	return j
}

func (f *Filter) forFile(file *record.File) fileFilter {
	ff := fileFilter{keep: f.wantsFile(file)}
	if !ff.keep || len(f.Components) == 0 {
		return ff
	}
	ff.components = make([]bool, len(file.Components))
	ff.keep = false
	for i, c := range file.Components {
		for _, want := range f.Components {
			if strings.EqualFold(c, want) {
				ff.components[i], ff.keep = true, true
			}
		}
	}
	return ff
}

func (f *Filter) wantsFile(file *record.File) bool {
	if len(f.Machines) > 0 {
		ok := false
		for _, m := range f.Machines {
			ok = ok || m == file.Machine
		}
		if !ok {
			return false
		}
	}
	if len(f.Files) == 0 {
		return true
	}
	for _, want := range f.Files {
		if matchFile(file.Path, want) {
			return true
		}
	}
	return false
}

// wants reports whether records of a file can pass at all.
func (j *judge) wants(file int) bool {
	if !j.files[file].keep {
		return false
	}
	for _, a := range j.all {
		if !a.wants(file) {
			return false
		}
	}
	for _, a := range j.any {
		if a.wants(file) {
			return true
		}
	}
	return len(j.any) == 0
}

// pass returns a bit a record of the block, set where it passes; nil if none
// does. What is cheap comes first: the text is unpacked only for what is left.
func (j *judge) pass(file int, b *record.Block, t *text) []uint64 {
	if !j.wants(file) {
		return nil
	}
	bits := j.plain(file, b)
	for _, a := range j.all {
		if bits == nil {
			return nil
		}
		bits = and(bits, a.pass(file, b, t))
	}
	if bits != nil && len(j.any) > 0 {
		var some []uint64
		for _, a := range j.any {
			some = or(some, a.pass(file, b, t))
		}
		bits = and(bits, some)
	}
	if bits != nil && (j.text != nil || j.filter.Regexp != nil) {
		bits = j.content(file, b, t.bytes(), bits)
	}
	for _, a := range j.not {
		if bits == nil {
			return nil
		}
		bits = without(bits, a.pass(file, b, t))
	}
	return bits
}

// plain judges the records of a block by their columns and time alone.
func (j *judge) plain(file int, b *record.Block) []uint64 {
	bits := make([]uint64, (b.Len()+63)/64)
	if !j.columns && !j.timed {
		for i := range bits {
			bits[i] = math.MaxUint64
		}
		if rest := b.Len() % 64; rest > 0 {
			bits[len(bits)-1] = 1<<rest - 1
		}
		return whole(bits)
	}
	for i := range b.Len() {
		if at := b.Time(i); j.timed && (at < j.from || at > j.to) || j.columns && !j.column(file, b, i) {
			continue
		}
		bits[i/64] |= 1 << (i % 64)
	}
	return whole(bits)
}

// column judges a record by its columns.
func (j *judge) column(file int, b *record.Block, i int) bool {
	f := &j.filter
	if c := j.files[file].components; c != nil && !c[b.Component(i)] {
		return false
	}
	if len(f.Levels) > 0 && !j.levels[b.Level(i)] {
		return false
	}
	if len(f.Threads) == 0 {
		return true
	}
	for _, t := range f.Threads {
		if t == b.Thread(i) {
			return true
		}
	}
	return false
}

// content judges the records of bits by their text.
func (j *judge) content(file int, b *record.Block, text []byte, bits []uint64) []uint64 {
	f := j.store[file]
	out := make([]uint64, len(bits))
	check := func(i int) {
		message := j.message(f, b.Record(text, i))
		if j.text != nil && j.text.index(message) < 0 || j.filter.Regexp != nil && !j.filter.Regexp.Match(message) {
			return
		}
		out[i/64] |= 1 << (i % 64)
	}
	if j.text == nil {
		for i := range b.Len() {
			if bits[i/64]&(1<<(i%64)) != 0 {
				check(i)
			}
		}
		return whole(out)
	}
	for at := 0; at < len(text); {
		hit := j.text.index(text[at:])
		if hit < 0 {
			break
		}
		i := b.At(at + hit)
		if i >= 0 && bits[i/64]&(1<<(i%64)) != 0 {
			check(i)
		}
		if i+1 >= b.Len() {
			break
		}
		at = b.Offset(i + 1)
	}
	return whole(out)
}

// whole returns bits, or nil where none is set.
func whole(bits []uint64) []uint64 {
	for _, w := range bits {
		if w != 0 {
			return bits
		}
	}
	return nil
}

// and, or and without change a where they can; nil is the empty set.
func and(a, b []uint64) []uint64 {
	if a == nil || b == nil {
		return nil
	}
	for i := range a {
		a[i] &= b[i]
	}
	return whole(a)
}

func or(a, b []uint64) []uint64 {
	if a == nil {
		return b
	}
	for i := range b {
		a[i] |= b[i]
	}
	return a
}

func without(a, b []uint64) []uint64 {
	for i := range b {
		a[i] &^= b[i]
	}
	return whole(a)
}
