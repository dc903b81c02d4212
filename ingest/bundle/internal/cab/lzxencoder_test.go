package cab

import (
	"container/heap"
	"encoding/binary"
	"math/rand/v2"
)

// lzxEncoder writes LZX as cabinets have it: blocks of all three kinds, which
// cross frames, and lengths told by differences. It is plain and slow.
type lzxEncoder struct {
	window   int
	symbols  int
	callSize int32
	rnd      *rand.Rand
	kinds    []int // of the blocks, in turn

	frames [][]byte
	out    []byte // the frame being written
	acc    uint32
	n      uint
	plain  int // bytes of plain in the frame

	r        [3]int
	mainLens [maxMain]uint8
	lenLens  [lenSymbols]uint8
}

// encodeLZX gives the blocks of a cabinet folder of p. callSize 0 leaves calls
// as they are.
func encodeLZX(p []byte, windowBits uint, callSize int32, seed uint64, kinds ...int) [][]byte {
	e := &lzxEncoder{
		window:   1 << windowBits,
		symbols:  256 + 8*slotCount[windowBits-minWindow],
		callSize: callSize,
		rnd:      rand.New(rand.NewPCG(seed, 0)),
		kinds:    kinds,
		r:        [3]int{1, 1, 1},
	}
	if callSize == 0 {
		e.bits(0, 1)
	} else {
		p = translateCalls(p, callSize)
		e.bits(1, 1)
		e.bits(uint32(callSize)>>16, 16)
		e.bits(uint32(callSize)&0xFFFF, 16)
	}
	m := newMatcher(p)
	odd := false
	for at, i := 0, 0; at < len(p); i++ {
		n := min(1+e.rnd.IntN(100000), len(p)-at)
		if odd {
			e.out = append(e.out, 0)
		}
		kind := kinds[i%len(kinds)]
		e.block(m, p, at, n, kind)
		odd = kind == uncompressed && n&1 == 1
		at += n
	}
	if e.plain > 0 {
		e.endFrame()
	}
	return e.frames
}

// translateCalls is the reverse of the decoder's translate.
func translateCalls(p []byte, callSize int32) []byte {
	p = append([]byte(nil), p...)
	for from := 0; from < len(p); from += maxPlain {
		frame := p[from:min(from+maxPlain, len(p))]
		for i := 0; i < len(frame)-10; i++ {
			if frame[i] != 0xE8 {
				continue
			}
			at := int32(from + i)
			target := frame[i+1 : i+5]
			rel := int32(binary.LittleEndian.Uint32(target))
			switch {
			case rel >= -at && rel < callSize-at:
				binary.LittleEndian.PutUint32(target, uint32(rel+at))
			case rel >= callSize-at && rel < callSize:
				binary.LittleEndian.PutUint32(target, uint32(rel-callSize))
			}
			i += 4
		}
	}
	return p
}

func (e *lzxEncoder) bits(v uint32, n uint) {
	for ; n > 0; n-- {
		e.acc = e.acc<<1 | v>>(n-1)&1
		if e.n++; e.n == 16 {
			e.out = append(e.out, byte(e.acc), byte(e.acc>>8))
			e.acc, e.n = 0, 0
		}
	}
}

func (e *lzxEncoder) align() {
	if e.n > 0 {
		e.bits(0, 16-e.n)
	}
}

func (e *lzxEncoder) endFrame() {
	e.align()
	e.frames = append(e.frames, e.out)
	e.out, e.plain = nil, 0
}

// grew counts n bytes of plain; no call crosses a frame.
func (e *lzxEncoder) grew(n int) {
	if e.plain += n; e.plain == maxPlain {
		e.endFrame()
	}
}

type lzxToken struct {
	lit    byte
	length int // 0 for a literal
	slot   int
	extra  uint32
}

func (e *lzxEncoder) block(m *matcher, p []byte, at, n, kind int) {
	e.bits(uint32(kind), 3)
	e.bits(uint32(n), 24)
	if kind == uncompressed {
		e.uncompressed(m, p, at, n)
		return
	}
	ts := e.tokens(m, p, at, n)
	mf, lf, af := make([]int, e.symbols), make([]int, lenSymbols), make([]int, 8)
	for _, t := range ts {
		main, foot := t.codes()
		mf[main]++
		if foot >= 0 {
			lf[foot]++
		}
		if t.length > 0 && slots[t.slot].extra >= 3 {
			af[t.extra&7]++
		}
	}
	al := codeLengths(af, 7)
	if kind == aligned {
		for _, l := range al {
			e.bits(uint32(l), 3)
		}
	}
	ml, ll := codeLengths(mf, 16), codeLengths(lf, 16)
	e.lengths(e.mainLens[:256], ml[:256])
	e.lengths(e.mainLens[256:e.symbols], ml[256:])
	e.lengths(e.lenLens[:], ll)
	mc, lc, ac := canonical(ml), canonical(ll), canonical(al)
	for _, t := range ts {
		main, foot := t.codes()
		e.bits(mc[main], uint(ml[main]))
		if foot >= 0 {
			e.bits(lc[foot], uint(ll[foot]))
		}
		switch x := uint(0); {
		case t.length == 0:
		default:
			x = uint(slots[t.slot].extra)
			if kind == aligned && x >= 3 {
				e.bits(t.extra>>3, x-3)
				e.bits(ac[t.extra&7], uint(al[t.extra&7]))
			} else {
				e.bits(t.extra, x)
			}
		}
		e.grew(max(t.length, 1))
	}
}

func (t lzxToken) codes() (main, foot int) {
	if t.length == 0 {
		return int(t.lit), -1
	}
	if t.length < 9 {
		return 256 + t.slot<<3 + t.length - 2, -1
	}
	return 256 + t.slot<<3 + 7, t.length - 9
}

func (e *lzxEncoder) uncompressed(m *matcher, p []byte, at, n int) {
	if e.n == 0 {
		e.bits(0, 16)
	}
	e.align()
	for _, r := range e.r {
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(r))
	}
	for i := at; i < at+n; i++ {
		e.out = append(e.out, p[i])
		m.add(i)
		e.grew(1)
	}
}

// tokens cuts p[at:at+n]; no match crosses a frame.
func (e *lzxEncoder) tokens(m *matcher, p []byte, at, n int) []lzxToken {
	var ts []lzxToken
	for i := at; i < at+n; {
		limit := min(257, at+n-i, maxPlain-i%maxPlain)
		length, dist := m.find(i, limit, min(i, e.window-3))
		for k, r := range e.r { // now and then a last distance, for its codes
			if l := m.same(i, r, limit); l >= 2 && (l >= length || e.rnd.IntN(4) == 0) {
				length, dist = l, e.r[k]
				break
			}
		}
		if length < 2 || length == 2 && dist > 1000 {
			ts = append(ts, lzxToken{lit: p[i]})
			m.add(i)
			i++
			continue
		}
		t := lzxToken{length: length}
		switch dist {
		case e.r[0]:
		case e.r[1]:
			t.slot, e.r[0], e.r[1] = 1, e.r[1], e.r[0]
		case e.r[2]:
			t.slot, e.r[0], e.r[2] = 2, e.r[2], e.r[0]
		default:
			t.slot = 3
			for t.slot+1 < len(slots) && int(slots[t.slot+1].base)-2 <= dist {
				t.slot++
			}
			t.extra = uint32(dist+2) - slots[t.slot].base
			e.r = [3]int{dist, e.r[0], e.r[1]}
		}
		ts = append(ts, t)
		for j := i; j < i+length; j++ {
			m.add(j)
		}
		i += length
	}
	return ts
}

// lengths writes code lengths as differences to those before, with runs.
func (e *lzxEncoder) lengths(have []uint8, want []int) {
	type item struct {
		sym, sym2 int
		extra     uint32
		n         uint
	}
	diff := func(i int) int { return (int(have[i]) + 17 - want[i]) % 17 }
	var items []item
	for i := 0; i < len(want); {
		run := 1
		for i+run < len(want) && want[i+run] == want[i] {
			run++
		}
		sameDiff := 1
		for sameDiff < run && diff(i+sameDiff) == diff(i) && want[i+sameDiff] == want[i] {
			sameDiff++
		}
		switch {
		case want[i] == 0 && run >= 20:
			run = min(run, 51)
			items = append(items, item{18, -1, uint32(run - 20), 5})
		case want[i] == 0 && run >= 4:
			run = min(run, 19)
			items = append(items, item{17, -1, uint32(run - 4), 4})
		case run >= 4:
			run = min(run, 5)
			items = append(items, item{19, diff(i), uint32(run - 4), 1})
		default:
			run = 1
			items = append(items, item{diff(i), -1, 0, 0})
		}
		i += run
	}
	freq := make([]int, preSymbols)
	for _, it := range items {
		freq[it.sym]++
		if it.sym2 >= 0 {
			freq[it.sym2]++
		}
	}
	l := codeLengths(freq, 15)
	c := canonical(l)
	for _, n := range l {
		e.bits(uint32(n), 4)
	}
	for _, it := range items {
		e.bits(c[it.sym], uint(l[it.sym]))
		e.bits(it.extra, it.n)
		if it.sym2 >= 0 {
			e.bits(c[it.sym2], uint(l[it.sym2]))
		}
	}
	for i, n := range want {
		have[i] = uint8(n)
	}
}

// matcher finds earlier places of the same bytes.
type matcher struct {
	p    []byte
	head map[[3]byte]int
	prev []int
}

func newMatcher(p []byte) *matcher {
	return &matcher{p: p, head: map[[3]byte]int{}, prev: make([]int, len(p))}
}

func (m *matcher) add(i int) {
	if i+3 > len(m.p) {
		return
	}
	k := [3]byte(m.p[i:])
	m.prev[i] = -1
	if at, ok := m.head[k]; ok {
		m.prev[i] = at
	}
	m.head[k] = i
}

func (m *matcher) same(i, dist, limit int) int {
	n := 0
	for dist <= i && n < limit && m.p[i+n] == m.p[i+n-dist] {
		n++
	}
	return n
}

func (m *matcher) find(i, limit, farthest int) (length, dist int) {
	if i+3 > len(m.p) {
		return 0, 0
	}
	at, ok := m.head[[3]byte(m.p[i:])]
	for tries := 0; ok && at >= 0 && i-at <= farthest && tries < 24; tries++ {
		if n := m.same(i, i-at, limit); n > length {
			length, dist = n, i-at
		}
		at = m.prev[at]
	}
	return length, dist
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

// codeLengths gives Huffman code lengths of at most limit bits. Other readers
// want a code to use all its room: with one symbol, another gets a code too.
func codeLengths(freq []int, limit int) []int {
	freq = append([]int(nil), freq...)
	used := 0
	for _, f := range freq {
		if f > 0 {
			used++
		}
	}
	for i := 0; used == 1; i++ {
		if freq[i] == 0 {
			freq[i] = 1
			used++
		}
	}
	for {
		out := make([]int, len(freq))
		var all []node
		var h nodes
		for s, f := range freq {
			if f > 0 {
				h = append(h, node{freq: f, sym: s, left: -1})
			}
		}
		if len(h) == 0 {
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
		walk(h[0], 0)
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

// canonical gives the codes that go with lens.
func canonical(lens []int) []uint32 {
	out := make([]uint32, len(lens))
	code := uint32(0)
	for n := 1; n <= 16; n++ {
		for s, l := range lens {
			if l == n {
				out[s] = code
				code++
			}
		}
		code <<= 1
	}
	return out
}
