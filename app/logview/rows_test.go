package logview

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestDragReachesEveryEnd drags the thumb of bars over many rows: its ends are
// the first and the very last row, and on its way the top never runs back.
func TestDragReachesEveryEnd(t *testing.T) {
	for _, n := range []int{1, 2, 30, 31, 32, 1000, 16_777_217, 5_000_000, 100_000_000, 4_000_000_000} {
		for _, track := range []int{1, 7, 100, 688, 2130} {
			s := span{n: n, page: 30}
			_, length := s.thumb(track, minThumb)
			if n <= 30 {
				if length != 0 || s.maxTop() != 0 {
					t.Errorf("%d rows: thumb of %d though all show", n, length)
				}
				continue
			}
			last := -1
			for at := -5; at <= track+5; at++ {
				top := s.drag(at, track, minThumb)
				if top < last || top > s.maxTop() {
					t.Fatalf("%d rows, track %d: pixel %d gives top %d after %d", n, track, at, top, last)
				}
				last = top
			}
			if track-length > 0 && (s.drag(0, track, minThumb) != 0 || last != n-30) {
				t.Errorf("%d rows, track %d: ends at %d and %d", n, track, s.drag(0, track, minThumb), last)
			}
		}
	}
}

// TestThumbFollowsTop holds that thumb and drag are each other's inverse to
// within a pixel.
func TestThumbFollowsTop(t *testing.T) {
	const track = 688
	s := span{n: 5_000_000, page: 33}
	for _, top := range []int{0, 1, 12_345, 2_500_000, 4_999_966, 4_999_967} {
		s.top = top
		at, length := s.thumb(track, minThumb)
		if at < 0 || at+length > track {
			t.Errorf("top %d: thumb %d+%d leaves the track", top, at, length)
		}
		back := span{n: s.n, page: s.page, top: s.drag(at, track, minThumb)}
		if again, _ := back.thumb(track, minThumb); again != at {
			t.Errorf("top %d: pixel %d comes back as %d", top, at, again)
		}
	}
	s.top = s.maxTop()
	if at, length := s.thumb(track, minThumb); at+length != track {
		t.Errorf("at the end the thumb stops at %d of %d", at+length, track)
	}
}

func TestReveal(t *testing.T) {
	f := func(n, page, top, i, want int) {
		t.Helper()
		if got := (span{n, page, top}).reveal(i).top; got != want {
			t.Errorf("%d rows, page %d from %d, reveal %d: %d, want %d", n, page, top, i, got, want)
		}
	}
	f(100, 10, 0, 9, 0)
	f(100, 10, 0, 10, 1)
	f(100, 10, 50, 49, 49)
	f(100, 10, 50, 99, 90)
	f(100_000_000, 10, 0, 99_999_999, 99_999_990)
	f(100_000_000, 10, 99_999_990, 16_777_217, 16_777_217)
	f(5, 10, 0, 4, 0)
	f(0, 10, 3, 0, 0)
}

func TestMulDiv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		c := 1 + r.IntN(1<<40)
		b := r.IntN(c + 1)
		a := r.IntN(1 << 50)
		want := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(b)))
		want.Add(want, big.NewInt(int64(c/2))).Div(want, big.NewInt(int64(c)))
		if got := mulDiv(a, b, c); int64(got) != want.Int64() {
			t.Fatalf("%d*%d/%d = %d, want %s", a, b, c, got, want)
		}
	}
}

// TestRanges compares the set with a plain map.
func TestRanges(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var set ranges
	plain := map[int]bool{}
	for range 3000 {
		switch r.IntN(3) {
		case 0:
			i := r.IntN(60)
			set = set.flip(i)
			if plain[i] {
				delete(plain, i)
			} else {
				plain[i] = true
			}
		case 1:
			lo := r.IntN(60)
			hi := lo + r.IntN(6)
			set = set.with(lo, hi)
			for i := lo; i < hi; i++ {
				plain[i] = true
			}
		case 2:
			if r.IntN(10) == 0 {
				set, plain = nil, map[int]bool{}
			}
		}
		if set.count() != len(plain) {
			t.Fatalf("%v has %d rows, want %d", set, set.count(), len(plain))
		}
		for i := range 66 {
			if set.has(i) != plain[i] {
				t.Fatalf("%v: has(%d) = %v", set, i, set.has(i))
			}
		}
		for k := 1; k < len(set); k++ {
			if set[k-1][1] >= set[k][0] {
				t.Fatalf("%v: ranges %d and %d touch", set, k-1, k)
			}
		}
	}
}
