package deflate64

import "math/bits"

const (
	maxLit  = 288
	maxDist = 32
	maxBits = 15 // of a code

	litRoot  = 10 // bits looked up at once; longer codes go on in a second table
	distRoot = 8
)

// An entry of a table packs what a code means:
//
//	bits 0-3   length of the whole code, 0 for bits that are no code
//	bits 4-6   kind
//	bits 8-12  extra bits that follow; for kindSub the bits of the second table
//	bits 16-31 literal, base of a length or distance; for kindSub where the second table begins
const (
	kindMask    = 7 << 4
	kindLiteral = 1 << 4
	kindMatch   = 2 << 4
	kindEnd     = 3 << 4
	kindSub     = 4 << 4
)

// table finds the meaning of a code by the bits that come next.
type table struct {
	entries []uint32
	subBits [1 << litRoot]uint8 // by root bits: bits of the second table; scratch of build
}

// meaning is what the symbols of an alphabet stand for: entries less the length.
type meaning []uint32

var (
	litLengths  = makeLitLengths()
	distances   = makeDistances()
	codeLengths = makeCodeLengths()
)

func entry(base, extra, kind int) uint32 {
	return uint32(base)<<16 | uint32(extra)<<8 | uint32(kind)
}

func makeLitLengths() meaning {
	m := make(meaning, 286) // 286 and 287 have codes in fixed blocks but no meaning
	for i := range 256 {
		m[i] = entry(i, 0, kindLiteral)
	}
	m[256] = entry(0, 0, kindEnd)
	base := 3
	for i := range 28 {
		extra := max(i/4-1, 0)
		m[257+i] = entry(base, extra, kindMatch)
		base += 1 << extra
	}
	m[285] = entry(3, 16, kindMatch)
	return m
}

func makeDistances() meaning {
	m := make(meaning, maxDist)
	base := 1
	for i := range m {
		extra := max(i/2-1, 0)
		m[i] = entry(base, extra, kindMatch)
		base += 1 << extra
	}
	return m
}

func makeCodeLengths() meaning {
	m := make(meaning, 19)
	for i := range m {
		m[i] = entry(i, 0, kindLiteral)
	}
	return m
}

// build makes the table of the canonical code with these lengths, 0 for symbols
// without a code. It returns what is wrong with them, or "".
//
// A code may be incomplete only where it has one code of one bit, or none: the
// rule of zlib, which encoders count on for blocks of literals only.
func (t *table) build(lens []uint8, m meaning, root uint) string {
	var count, next [maxBits + 1]int
	longest := 0
	for _, n := range lens {
		count[n]++
		if n > 0 {
			longest = max(longest, int(n))
		}
	}
	count[0] = 0
	left := 1
	for n := 1; n <= maxBits; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return "more codes than fit"
		}
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	if left > 0 && longest > 1 {
		return "codes leave bits without a meaning"
	}
	t.reset(root)
	if longest > int(root) {
		t.addSubTables(lens, next, root)
	}
	for sym, n := range lens {
		if n == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		if sym < len(m) {
			t.set(code, uint(n), m[sym]|uint32(n), root)
		}
	}
	return ""
}

func (t *table) reset(root uint) {
	if cap(t.entries) == 0 {
		t.entries = make([]uint32, 0, 2<<litRoot)
	}
	t.entries = t.entries[:1<<root]
	clear(t.entries)
}

// addSubTables makes room for the codes longer than root bits, in one second
// table for each value of their first root bits.
func (t *table) addSubTables(lens []uint8, next [maxBits + 1]int, root uint) {
	clear(t.subBits[:1<<root])
	for _, n := range lens {
		if n == 0 {
			continue
		}
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		if uint(n) > root {
			first := code & (1<<root - 1)
			t.subBits[first] = max(t.subBits[first], n-uint8(root))
		}
	}
	for first, b := range t.subBits[:1<<root] {
		if b == 0 {
			continue
		}
		at := len(t.entries)
		t.entries[first] = entry(at, int(b), kindSub)
		for range 1 << b {
			t.entries = append(t.entries, 0)
		}
	}
}

// set writes e wherever the bits begin with code, its first bit lowest.
func (t *table) set(code int, n uint, e uint32, root uint) {
	if n <= root {
		for i := code; i < 1<<root; i += 1 << n {
			t.entries[i] = e
		}
		return
	}
	sub := t.entries[code&(1<<root-1)]
	at, size := int(sub>>16), 1<<(sub>>8&31)
	for i := code >> root; i < size; i += 1 << (n - root) {
		t.entries[at+i] = e
	}
}
