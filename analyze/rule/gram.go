package rule

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// minAnchor is the length in bytes of the shortest literal that can find a
// record. Shorter ones can only be conditions beside a longer one.
const minAnchor = 6

// A grams value finds many literals in one pass over a block.
//
// It looks at one gram of size bytes every step bytes, so it touches each
// stretch of text once whatever the number of literals: a literal of at least
// step+size-1 bytes always covers one whole gram that starts on a multiple of
// step. Of each literal only step neighbouring grams are entered, those that
// are rarest in logs. The loop has no dependency from one step to the next and
// one branch, not taken on nearly all text: 9-12 GB/s a core where the shortest
// literal has 20 bytes, 2 GB/s where it has 6 (400 literals, one core of a
// small cloud machine); an Aho-Corasick automaton, which reads every byte, did
// 0.45 GB/s.
//
// ASCII letters compare without regard to case. A grams value is immutable.
type grams struct {
	lits []string // folded
	size int      // bytes of a gram, 4-8
	step int      // bytes between two looks
	mask uint64   // keeps size bytes of a little-endian load
	// seen has a bit for each hash of a gram; slots are the heads of the
	// chains in entries, by a shorter hash of the same product.
	seen      []uint64
	shift     uint
	slots     []int32
	slotShift uint
	entries   []gramEntry
}

// gramEntry says that lits[lit] holds gram at off.
type gramEntry struct {
	gram uint64
	lit  int32
	off  int32
	next int32 // index in entries, -1 at the end
}

const (
	gramFold = 0x2020202020202020
	gramMul  = 0x9E3779B97F4A7C15
)

// newGrams prepares the search for lits, each at least minAnchor bytes.
func newGrams(lits []string) *grams {
	g := &grams{lits: make([]string, len(lits))}
	shortest := 24
	for i, s := range lits {
		g.lits[i] = fold(s)
		shortest = min(shortest, len(s))
	}
	if len(lits) == 0 {
		return g
	}
	// A longer gram is rarer, a longer step is faster; both come out of the
	// length of the shortest literal.
	g.size = min(8, 4+(shortest-minAnchor)/3)
	g.step = shortest - g.size + 1
	g.mask = ^uint64(0) >> (64 - 8*g.size)

	n := len(lits) * g.step
	slotBits := max(4, bits.Len(uint(n)))
	seenBits := min(18, max(12, slotBits+5)) // 512 bytes to 32 KiB: stays in the first cache
	g.seen = make([]uint64, 1<<(seenBits-6))
	g.shift = uint(64 - seenBits)
	g.slots = make([]int32, 1<<slotBits)
	g.slotShift = uint(64 - slotBits)
	for i := range g.slots {
		g.slots[i] = -1
	}
	for i, s := range g.lits {
		at := rarest(s, g.size, g.step)
		for off := at; off < at+g.step; off++ {
			g.enter(g.gram([]byte(s), off), int32(i), int32(off))
		}
	}
	return g
}

func (g *grams) enter(gram uint64, lit, off int32) {
	h := gram * gramMul
	g.seen[h>>g.shift>>6] |= 1 << (h >> g.shift & 63)
	slot := &g.slots[h>>g.slotShift]
	g.entries = append(g.entries, gramEntry{gram, lit, off, *slot})
	*slot = int32(len(g.entries) - 1)
}

// gram is the folded gram at b[i:], which holds at least g.size bytes.
func (g *grams) gram(b []byte, i int) uint64 {
	if i+8 <= len(b) {
		return (binary.LittleEndian.Uint64(b[i:]) | gramFold) & g.mask
	}
	var tail [8]byte
	copy(tail[:], b[i:])
	return (binary.LittleEndian.Uint64(tail[:]) | gramFold) & g.mask
}

// scan calls hit with each literal that stands in text and where, once a
// place, in no order that callers may rely on within one literal's length.
func (g *grams) scan(text []byte, hit func(lit, off int)) {
	if len(g.lits) == 0 {
		return
	}
	seen, shift, mask, step := g.seen, g.shift, g.mask, g.step
	i := 0
	for ; i+8 <= len(text); i += step {
		v := (binary.LittleEndian.Uint64(text[i:i+8]) | gramFold) & mask
		h := v * gramMul
		if b := h >> shift; seen[b>>6]>>(b&63)&1 != 0 {
			g.check(text, i, v, h, hit)
		}
	}
	for ; i+g.size <= len(text); i += step {
		v := g.gram(text, i)
		h := v * gramMul
		if b := h >> shift; seen[b>>6]>>(b&63)&1 != 0 {
			g.check(text, i, v, h, hit)
		}
	}
}

// check reports the literals of which the gram at text[i:] is a part.
func (g *grams) check(text []byte, i int, gram, hash uint64, hit func(lit, off int)) {
	for e := g.slots[hash>>g.slotShift]; e >= 0; e = g.entries[e].next {
		en := &g.entries[e]
		if en.gram != gram {
			continue
		}
		lit := g.lits[en.lit]
		from := i - int(en.off)
		if from >= 0 && from+len(lit) <= len(text) && equalFold(text[from:from+len(lit)], lit) {
			hit(int(en.lit), from)
		}
	}
}

// rarest returns where in s the step neighbouring grams of size bytes start
// that are rarest in logs.
func rarest(s string, size, step int) int {
	weight := func(off int) int {
		w := 0
		for _, c := range []byte(s[off : off+size]) {
			w += commonness(c)
		}
		return w
	}
	best, bestWeight := 0, int(^uint(0)>>1)
	for at := 0; at+step+size-1 <= len(s); at++ {
		// The commonest of the grams sets the cost of false alarms.
		ws := make([]int, step)
		for k := range ws {
			ws[k] = weight(at + k)
		}
		if w := slices.Max(ws); w < bestWeight {
			best, bestWeight = at, w
		}
	}
	return best
}

// commonness ranks a folded byte by how often it stands in log text, roughly in
// steps of a factor of two. A wrong rank costs time, never a hit.
func commonness(c byte) int {
	switch c {
	case ' ', 'e', 't', '0', '1', '2':
		return 7
	case 'n', 'o', 'i', 'a', 's', 'r', 'c', 'd', '-', '3', '4', '5', '6', '7', '8', '9':
		return 6
	case 'l', 'm', 'p', 'u', 'f', 'g', 'h', '.', '"', '=', ':', '\\', '/':
		return 5
	case 'v', 'w', 'b', 'y', '_', ',', '<', '>', '(', ')', '{', '}', '[', ']', '\'':
		return 4
	default:
		return 3
	}
}

// lower maps an ASCII capital to its small letter and every other byte to itself.
func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}

// fold returns s with its ASCII letters small.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

// equalFold says whether text, of the length of lit, is lit but for the case
// of ASCII letters; lit is folded.
func equalFold(text []byte, lit string) bool {
	for i, c := range text {
		if lower(c) != lit[i] {
			return false
		}
	}
	return true
}

// containsFold says whether folded lit stands in text, of one record.
func containsFold(text []byte, lit string) bool {
	return indexFold(text, lit) >= 0
}

// indexFold returns where folded lit first stands in text, or -1.
func indexFold(text []byte, lit string) int {
	if lit == "" {
		return 0
	}
	first := lit[0]
	for i := 0; i+len(lit) <= len(text); i++ {
		if lower(text[i]) == first && equalFold(text[i:i+len(lit)], lit) {
			return i
		}
	}
	return -1
}
