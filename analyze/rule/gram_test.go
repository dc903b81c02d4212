package rule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// naive finds what grams.scan must find, the plain way.
func naive(lits []string, text []byte) []string {
	var found []string
	low := fold(string(text))
	for i, lit := range lits {
		lit = fold(lit)
		for off := 0; off+len(lit) <= len(low); off++ {
			if strings.HasPrefix(low[off:], lit) {
				found = append(found, fmt.Sprintf("%d@%d", i, off))
			}
		}
	}
	slices.Sort(found)
	return found
}

func scanned(lits []string, text []byte) []string {
	var found []string
	newGrams(lits).scan(text, func(lit, off int) { found = append(found, fmt.Sprintf("%d@%d", lit, off)) })
	slices.Sort(found)
	return found
}

func TestScanEqualsNaive(t *testing.T) {
	f := func(text string, lits ...string) {
		t.Helper()
		got, want := scanned(lits, []byte(text)), naive(lits, []byte(text))
		if !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", lits, text, got, want)
		}
	}
	f("", "failed")
	f("failed", "failed")
	f("FAILED", "failed")
	f("xxFaIlEdxx failed", "failed", "iledxx")
	f("aaaaaaaaaaaaaaaaaaaaaa", "aaaaaa", "aaaaaaaa")
	f("[ERROR] {error}", "[error]", "{error}")
	f("更新プログラムの検出に失敗しました", "検出に", "失敗しました", "プログラム")
	f("@`@`@`@`", "@@@@@@", "@`@`@`")
	f("Scan failed with error = 0x80072ee2.", "scan failed with error", "0x80072EE2", "error = 0x")
	f("tail ends in a liter", "a literal")
	for _, lit := range []string{"twelve bytes", "sixbyt", "Scan failed with error", "exactly twenty-four bytes", strings.Repeat("long ", 30)} {
		for pad := range 30 {
			f(strings.Repeat(".", pad)+lit, lit)
			f(strings.Repeat(".", pad)+strings.ToUpper(lit)+"tail", lit, "twelve bytes")
		}
	}
}

func TestScanEqualsNaiveRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	random := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "aAbB[{@`"[rnd.IntN(8)]
		}
		return string(b)
	}
	for range 300 {
		lits := make([]string, 1+rnd.IntN(20))
		for i := range lits {
			lits[i] = random(minAnchor + rnd.IntN(20))
		}
		text := []byte(random(rnd.IntN(3000)))
		for range rnd.IntN(20) {
			lit := lits[rnd.IntN(len(lits))]
			if len(text) > len(lit) {
				copy(text[rnd.IntN(len(text)-len(lit)):], lit)
			}
		}
		if got, want := scanned(lits, text), naive(lits, text); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", lits, text, got, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("Scan failed with error = 0x80072ee2.", "scan failed\n0x80072ee2\nerror = ")
	f.Add("[CCMHTTP] ERROR: URL=http://mp", "[ccmhttp] error\n{ccmhttp} error")
	f.Add("検出に失敗しました", "失敗しました")
	f.Fuzz(func(t *testing.T, text, list string) {
		var lits []string
		for lit := range strings.SplitSeq(list, "\n") {
			if len(lit) >= minAnchor && len(lits) < 50 {
				lits = append(lits, lit)
			}
		}
		if got, want := scanned(lits, []byte(text)), naive(lits, []byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", lits, text, got, want)
		}
	})
}

func TestIndexFold(t *testing.T) {
	f := func(text, lit string, want int) {
		t.Helper()
		if got := indexFold([]byte(text), fold(lit)); got != want {
			t.Errorf("indexFold(%q, %q) = %d, want %d", text, lit, got, want)
		}
	}
	f("", "", 0)
	f("", "a", -1)
	f("abc", "", 0)
	f("xxABC", "abc", 2)
	f("ab", "abc", -1)
	f("[x]", "{x}", -1)
}
