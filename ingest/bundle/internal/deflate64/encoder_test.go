package deflate64

import (
	"container/heap"
	"math/bits"
)

// A token is a literal, or a match where length is not 0.
type token struct {
	lit          byte
	length, dist int
	long         bool // write the length with code 285 though another would do
}

// encoder writes Deflate64 streams block by block. It is plain and slow: what
// it writes must be plainly right.
type encoder struct {
	out []byte
	acc uint64
	n   uint
}

func (e *encoder) bits(v uint64, n uint) {
	e.acc |= v << e.n
	e.n += n
	for e.n >= 8 {
		e.out = append(e.out, byte(e.acc))
		e.acc >>= 8
		e.n -= 8
	}
}

func (e *encoder) align() {
	if e.n > 0 {
		e.bits(0, 8-e.n)
	}
}

func (e *encoder) bytes() []byte {
	e.align()
	return e.out
}

func (e *encoder) header(last bool, kind uint64) {
	if last {
		e.bits(1, 1)
	} else {
		e.bits(0, 1)
	}
	e.bits(kind, 2)
}

func (e *encoder) stored(last bool, p []byte) {
	e.header(last, 0)
	e.align()
	e.bits(uint64(len(p)), 16)
	e.bits(uint64(len(p))^0xFFFF, 16)
	for _, b := range p {
		e.bits(uint64(b), 8)
	}
}

// codes gives the canonical codes of lens, bits reversed for writing.
func codes(lens []int) []uint64 {
	out := make([]uint64, len(lens))
	code := 0
	for n := 1; n <= 15; n++ {
		for s, l := range lens {
			if l == n {
				out[s] = uint64(bits.Reverse16(uint16(code)) >> (16 - n))
				code++
			}
		}
		code <<= 1
	}
	return out
}

type node struct{ freq, left, right, sym int }
type nodes []node

func (h nodes) Len() int           { return len(h) }
func (h nodes) Less(i, j int) bool { return h[i].freq < h[j].freq }
func (h nodes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nodes) Push(x any)        { *h = append(*h, x.(node)) }
func (h *nodes) Pop() any {
	x := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return x
}

// lengths gives Huffman code lengths of at most limit bits.
func lengths(freq []int, limit int) []int {
	freq = append([]int(nil), freq...)
	for {
		out := make([]int, len(freq))
		var all []node
		var h nodes
		for s, f := range freq {
			if f > 0 {
				h = append(h, node{freq: f, sym: s, left: -1})
			}
		}
		if len(h) == 1 {
			out[h[0].sym] = 1
			return out
		}
		heap.Init(&h)
		for len(h) > 1 {
			a, b := heap.Pop(&h).(node), heap.Pop(&h).(node)
			all = append(all, a, b)
			heap.Push(&h, node{freq: a.freq + b.freq, left: len(all) - 2, right: len(all) - 1})
		}
		deepest := 0
		var walk func(n node, depth int)
		walk = func(n node, depth int) {
			deepest = max(deepest, depth)
			if n.left < 0 {
				out[n.sym] = depth
				return
			}
			walk(all[n.left], depth+1)
			walk(all[n.right], depth+1)
		}
		if len(h) == 1 {
			walk(h[0], 0)
		}
		if deepest <= limit {
			return out
		}
		for s := range freq {
			if freq[s] > 0 {
				freq[s] = freq[s]/2 + 1
			}
		}
	}
}

func lengthCode(t token) (code int, extra uint64, n uint) {
	if t.length > 258 || t.long {
		return 285, uint64(t.length - 3), 16
	}
	base := 3
	for c := 257; ; c++ {
		n := max((c-257)/4-1, 0)
		if t.length < base+1<<n {
			return c, uint64(t.length - base), uint(n)
		}
		base += 1 << n
	}
}

func distCode(dist int) (code int, extra uint64, n uint) {
	base := 1
	for c := 0; ; c++ {
		n := max(c/2-1, 0)
		if dist < base+1<<n {
			return c, uint64(dist - base), uint(n)
		}
		base += 1 << n
	}
}

func (e *encoder) tokens(ts []token, lit, dist []int) {
	lc, dc := codes(lit), codes(dist)
	for _, t := range ts {
		if t.length == 0 {
			e.bits(lc[t.lit], uint(lit[t.lit]))
			continue
		}
		c, x, n := lengthCode(t)
		e.bits(lc[c], uint(lit[c]))
		e.bits(x, n)
		c, x, n = distCode(t.dist)
		e.bits(dc[c], uint(dist[c]))
		e.bits(x, n)
	}
	e.bits(lc[256], uint(lit[256]))
}

func (e *encoder) fixed(last bool, ts []token) {
	e.header(last, 1)
	lit, dist := make([]int, 288), make([]int, 32)
	for i := range lit {
		switch {
		case i < 144:
			lit[i] = 8
		case i < 256:
			lit[i] = 9
		case i < 280:
			lit[i] = 7
		default:
			lit[i] = 8
		}
	}
	for i := range dist {
		dist[i] = 5
	}
	e.tokens(ts, lit, dist)
}

func (e *encoder) dynamic(last bool, ts []token) {
	lf, df := make([]int, 286), make([]int, 32)
	lf[256] = 1
	for _, t := range ts {
		if t.length == 0 {
			lf[t.lit]++
			continue
		}
		c, _, _ := lengthCode(t)
		lf[c]++
		c, _, _ = distCode(t.dist)
		df[c]++
	}
	lit, dist := lengths(lf, 15), lengths(df, 15)
	e.header(last, 2)
	e.bits(286-257, 5)
	e.bits(32-1, 5)
	e.codeLengths(append(append([]int(nil), lit...), dist...))
	e.tokens(ts, lit, dist)
}

// codeLengths writes the lengths with the runs that RFC 1951 3.2.7 offers.
func (e *encoder) codeLengths(lens []int) {
	type item struct {
		sym   int
		extra uint64
		n     uint
	}
	var items []item
	for i := 0; i < len(lens); {
		run := 1
		for i+run < len(lens) && lens[i+run] == lens[i] {
			run++
		}
		switch {
		case lens[i] == 0 && run >= 11:
			run = min(run, 138)
			items = append(items, item{18, uint64(run - 11), 7})
		case lens[i] == 0 && run >= 3:
			items = append(items, item{17, uint64(run - 3), 3})
		case run >= 4:
			run = min(run, 7)
			items = append(items, item{lens[i], 0, 0}, item{16, uint64(run - 4), 2})
		default:
			run = 1
			items = append(items, item{lens[i], 0, 0})
		}
		i += run
	}
	freq := make([]int, 19)
	for _, it := range items {
		freq[it.sym]++
	}
	cl := lengths(freq, 7)
	cc := codes(cl)
	e.bits(19-4, 4)
	for _, s := range codeOrder {
		e.bits(uint64(cl[s]), 3)
	}
	for _, it := range items {
		e.bits(cc[it.sym], uint(cl[it.sym]))
		e.bits(it.extra, it.n)
	}
}

// findMatches is a greedy search with the whole window and lengths to 65538.
func findMatches(p []byte) []token {
	const minMatch, maxMatch, chain = 4, 65538, 32
	head := map[[4]byte]int{}
	prev := make([]int, len(p))
	var ts []token
	add := func(i int) {
		if i+4 <= len(p) {
			k := [4]byte(p[i:])
			prev[i] = -1
			if at, ok := head[k]; ok {
				prev[i] = at
			}
			head[k] = i
		}
	}
	for i := 0; i < len(p); {
		best, dist := 0, 0
		if i+4 <= len(p) {
			at, ok := head[[4]byte(p[i:])]
			for tries := 0; ok && at >= 0 && i-at <= windowSize && tries < chain; tries++ {
				n := 0
				for i+n < len(p) && n < maxMatch && p[at+n] == p[i+n] {
					n++
				}
				if n > best {
					best, dist = n, i-at
				}
				at = prev[at]
			}
		}
		if best < minMatch {
			ts = append(ts, token{lit: p[i]})
			add(i)
			i++
			continue
		}
		ts = append(ts, token{length: best, dist: dist})
		for j := i; j < i+best; j++ {
			add(j)
		}
		i += best
	}
	return ts
}

// encode writes p as dynamic blocks of at most perBlock tokens.
func encode(p []byte, perBlock int) []byte {
	var e encoder
	ts := findMatches(p)
	for len(ts) > perBlock {
		e.dynamic(false, ts[:perBlock])
		ts = ts[perBlock:]
	}
	e.dynamic(true, ts)
	return e.bytes()
}
