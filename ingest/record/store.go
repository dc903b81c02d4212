package record

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// ID numbers a record within a Store: files in order of their paths, records
// in the order of their file.
type ID uint32

// None is the ID of no record.
const None ID = math.MaxUint32

// File is one log as the store keeps it. Everything but Text is fixed once the
// store is built.
type File struct {
	// Path is "outer.zip!CCM/Logs/WUAHandler.log", unique in the store.
	Path string
	// Log is the path of the log that the file is a part of: the same for all
	// parts that rollover left ("CCM/Logs/WUAHandler.log"). Roll orders them,
	// oldest first.
	Log, Roll string
	// Input is the index of the input the file came from.
	Input int
	// Machine is the index of its machine in the result.
	Machine int
	// Format is the name of its log format, of its kind of snapshot, or
	// "binary" for a file that is not read.
	Format string
	// Encoding is "utf-8", "utf-16le", "cp932" ... or "binary".
	Encoding string
	// Computer is the machine's name as the file itself states it, "" if it
	// does not.
	Computer string
	// Unreadable is set for a trace that cannot be decoded without symbols.
	Unreadable bool
	// Snapshot is set for a file kept whole, without records.
	Snapshot bool
	// Bytes is the length of the file as it came, Text that of its UTF-8.
	Bytes, Text int64
	// Lines counts the physical lines.
	Lines int
	// Untimed and Fragments count records with those flags.
	Untimed, Fragments int
	// First and Last are the earliest and latest time of its records in
	// nanoseconds UTC; both 0 when none has a time.
	First, Last int64
	// Components are the names that Component indexes.
	Components []string
	// Biases are the places where the stated bias changed, oldest first.
	Biases []BiasAt
	// Jumps are the places where its clock went back by more than a minute.
	Jumps []Jump
	// Stamps are UTC times that message bodies state beside the record's own.
	Stamps []Stamp

	blocks []*Block
	base   ID
	count  int
}

// BiasAt says that from a record's UTC time on the file stated this bias.
type BiasAt struct {
	UTC  int64 // nanoseconds
	Bias int16 // minutes, UTC = local + bias
}

// Jump is a place where a log's clock went back: record number Record of the
// file states To, the one before it From, nanoseconds UTC.
type Jump struct {
	Record   int
	From, To int64
}

// Stamp is a UTC time stated inside a message, with the time that the record's
// own columns give, both in nanoseconds.
type Stamp struct{ Record, Stated int64 }

// Len is the number of the file's records.
func (f *File) Len() int { return f.count }

// Base is the ID of the file's first record; the others follow it.
func (f *File) Base() ID { return f.base }

// HasLocal reports whether any record still has a wall clock for its time.
func (f *File) HasLocal() bool {
	for _, b := range f.blocks {
		for _, m := range b.meta {
			if m.flags()&Local != 0 {
				return true
			}
		}
	}
	return false
}

// Blocks are the blocks of the file, in order.
func (f *File) Blocks() []*Block { return f.blocks }

// Store holds the records of many files: columns for what sorting and
// filtering need (11 bytes a record of CCM's logs, up to 25), compressed blocks for the text. It is
// immutable and safe for concurrent use; text is read through a Reader.
type Store struct {
	Files []*File

	blocks []blockAt
	count  int
}

type blockAt struct {
	first ID
	file  int
	block *Block
}

// NewStore orders the files by path, the parts of one log oldest first, and
// numbers their records.
func NewStore(files []*File) *Store {
	s := &Store{Files: files}
	slices.SortFunc(files, func(a, b *File) int {
		return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Log, b.Log), cmp.Compare(a.Roll, b.Roll), cmp.Compare(a.Path, b.Path))
	})
	next := ID(0)
	for i, f := range files {
		f.base = next
		f.Untimed, f.Fragments = 0, 0
		for _, b := range f.blocks {
			if b.Len() > 0 {
				s.blocks = append(s.blocks, blockAt{next, i, b})
			}
			next += ID(b.Len())
			f.tally(b)
		}
		f.span()
	}
	s.count = int(next)
	return s
}

func (f *File) tally(b *Block) {
	for _, m := range b.meta {
		fl := m.flags()
		if fl&Untimed != 0 {
			f.Untimed++
		}
		if fl&Fragment != 0 {
			f.Fragments++
		}
	}
}

// span finds the first and last time among the records that have one.
func (f *File) span() {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, b := range f.blocks {
		for i, m := range b.meta {
			if m.flags()&Untimed != 0 {
				continue
			}
			t := b.time.at(i)
			first, last = min(first, t), max(last, t)
		}
	}
	if first > last {
		first, last = 0, 0
	}
	f.First, f.Last = first, last
}

// Len is the number of records.
func (s *Store) Len() int { return s.count }

// Blocks calls fn for every block that holds records, in the order of IDs.
func (s *Store) Blocks(fn func(file int, first ID, b *Block) bool) {
	for _, b := range s.blocks {
		if !fn(b.file, b.first, b.block) {
			return
		}
	}
}

// NumBlocks is the number of blocks that hold records.
func (s *Store) NumBlocks() int { return len(s.blocks) }

// BlockAt returns the n-th block that holds records.
func (s *Store) BlockAt(n int) (file int, first ID, b *Block) {
	at := s.blocks[n]
	return at.file, at.first, at.block
}

// find returns the place in s.blocks of the block that holds id.
func (s *Store) find(id ID) int {
	return sort.Search(len(s.blocks), func(i int) bool { return s.blocks[i].first > id }) - 1
}

// Meta is what the columns tell of one record.
type Meta struct {
	ID        ID
	File      int   // index in Store.Files
	Time      int64 // nanoseconds UTC
	Line      int   // 1-based physical line (binary logs: the record number)
	Thread    uint32
	Component string
	Level     Level
	Flags     Flags
}

// Meta returns the columns of a record.
func (s *Store) Meta(id ID) Meta {
	at := s.blocks[s.find(id)]
	return at.meta(s, int(id-at.first))
}

func (at blockAt) meta(s *Store, i int) Meta {
	b := at.block
	return Meta{
		ID: at.first + ID(i), File: at.file, Time: b.time.at(i), Line: b.Line(i), Thread: b.Thread(i),
		Component: s.Files[at.file].Components[b.Component(i)], Level: b.meta[i].level(), Flags: b.meta[i].flags(),
	}
}

// Time returns a record's time in nanoseconds UTC.
func (s *Store) Time(id ID) int64 {
	at := s.blocks[s.find(id)]
	return at.block.time.at(int(id - at.first))
}

// openBlocks is how many unpacked blocks a Reader keeps: a page of the merged
// view seldom touches more files than that.
const openBlocks = 24

// Reader reads the text of records. It keeps some blocks unpacked and is not
// safe for concurrent use; make one a goroutine.
type Reader struct {
	s     *Store
	open  map[*Block]*opened
	clock uint64
}

type opened struct {
	text []byte
	used uint64
}

// Reader returns a new reader of the store's text.
func (s *Store) Reader() *Reader {
	return &Reader{s: s, open: make(map[*Block]*opened)}
}

// Text returns the whole text of a record, its continuation lines and line
// end included. It stays valid until the next call of a method of r.
func (r *Reader) Text(id ID) []byte {
	at := r.s.blocks[r.s.find(id)]
	return at.block.record(r.block(at.block), int(id-at.first))
}

// Record returns columns and text of a record at once.
func (r *Reader) Record(id ID) (Meta, []byte) {
	at := r.s.blocks[r.s.find(id)]
	i := int(id - at.first)
	return at.meta(r.s, i), at.block.record(r.block(at.block), i)
}

// block returns the unpacked text of a block.
func (r *Reader) block(b *Block) []byte {
	r.clock++
	if o := r.open[b]; o != nil {
		o.used = r.clock
		return o.text
	}
	o := &opened{used: r.clock}
	if len(r.open) >= openBlocks {
		var oldest *Block
		for k, v := range r.open {
			if oldest == nil || v.used < r.open[oldest].used {
				oldest = k
			}
		}
		o.text = r.open[oldest].text
		delete(r.open, oldest)
	}
	o.text = b.Unpack(o.text[:0])
	r.open[b] = o
	return o.text
}

// Whole returns the whole text of a file, snapshots included.
func (f *File) Whole() []byte {
	out := make([]byte, 0, f.Text)
	for _, b := range f.blocks {
		out = append(out, b.Unpack(nil)...)
	}
	return out
}
