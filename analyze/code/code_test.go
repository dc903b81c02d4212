package code

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	f := func(in string, want uint32) {
		t.Helper()
		got, err := Parse(in)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %#x, %v; want %#x", in, got, err, want)
		}
	}
	f("0x80240022", 0x80240022)
	f("0X8024001E", 0x8024001e)
	f("80240022", 0x80240022)
	f("8024001e", 0x8024001e)
	f("C1900107", 0xc1900107)
	f("99999999", 0x99999999)
	f("-2145124318", 0x80240022)
	f("2149842978", 0x80240022)
	f("-2016410012", 0x87d00664)
	f("(0x80240022)", 0x80240022)
	f(" [0x80072ee2]. ", 0x80072ee2)
	f("0xffffffff80240022", 0x80240022)
	f("12007", 12007)
	f("0x2ee7", 0x2ee7)
	f("0", 0)
	f("4294967295", 0xffffffff)
	f("70000000", 70000000)

	bad := func(in string) {
		t.Helper()
		if got, err := Parse(in); !errors.Is(err, ErrSyntax) {
			t.Errorf("Parse(%q) = %#x, %v; want ErrSyntax", in, got, err)
		}
	}
	bad("")
	bad("0x")
	bad("0x0x80240022")
	bad("4294967296")
	bad("-2147483649")
	bad("0x180240022")
	bad("WU_E_ALL_UPDATES_FAILED")
	bad("+5")
	bad("1_000")
}

func TestExplain(t *testing.T) {
	f := func(c uint32, symbol, family string, listed bool) {
		t.Helper()
		e := Explain(c)
		if e.Code != c || e.Symbol != symbol || e.Family != family || e.Listed != listed || e.Meaning == "" {
			t.Errorf("Explain(%#x) = %+v; want %q of %q, listed %v", c, e, symbol, family, listed)
		}
	}
	f(0x80240022, "WU_E_ALL_UPDATES_FAILED", "WU", true)
	f(0x800704c7, "ERROR_CANCELLED", "WIN32", true)
	f(12007, "ERROR_WINHTTP_NAME_NOT_RESOLVED / ERROR_INTERNET_NAME_NOT_RESOLVED", "WININET/WINHTTP", true)
	f(0x87d0066e, "", "CCM", false)
	f(0x8024f0f0, "", "WU", false)
	f(0x8007fff0, "", "WIN32", false)
	f(0x801901f3, "", "BITS/HTTP", false)
	f(0x80d0ffff, "", "DO", false)
	f(0xc190ffff, "", "SETUP", false)
	f(0x8009ffff, "", "SCHANNEL/CRYPT", false)
	f(0x800fffff, "", "CBS", false)
	f(0x12345678, "", "", false)
	f(0xffffffff, "", "", false)
}

// TestTable compares the bisection with a plain reading of the table, and
// checks that the table is in order.
func TestTable(t *testing.T) {
	rows, last := 0, int64(-1)
	for line := range strings.SplitSeq(strings.TrimSuffix(table(), "\n"), "\n") {
		col := strings.Split(line, "\t")
		if len(col) != 5 {
			t.Fatalf("%q has %d columns, want 5", line, len(col))
		}
		var c uint32
		if _, err := fmt.Sscanf(col[0], "0x%08x", &c); err != nil || int64(c) <= last {
			t.Fatalf("%q: %v, or not after %#x", line, err, last)
		}
		last = int64(c)
		want := Explanation{c, col[1], col[2], col[3], col[4], true}
		if got := Explain(c); got != want || want.Meaning == "" || want.Family == "" {
			t.Errorf("Explain(%#x) = %+v, want %+v", c, got, want)
		}
		for _, near := range []uint32{c - 1, c + 1} {
			if got := Explain(near); got.Listed && got.Code != near {
				t.Errorf("Explain(%#x) gives the code %#x", near, got.Code)
			}
		}
		rows++
	}
	if rows < 3700 {
		t.Errorf("table has %d rows, want the 3,720 of the source", rows)
	}
}

func TestBySymbol(t *testing.T) {
	f := func(symbol string, want uint32, ok bool) {
		t.Helper()
		got, found := BySymbol(symbol)
		if found != ok || got.Code != want {
			t.Errorf("BySymbol(%q) = %#x, %v; want %#x, %v", symbol, got.Code, found, want, ok)
		}
	}
	f("WU_E_ALL_UPDATES_FAILED", 0x80240022, true)
	f("wu_e_pt_http_status_service_unavail", 0x80244022, true)
	f("ERROR_INTERNET_TIMEOUT", 0x80072ee2, true)
	f("ERROR_WINHTTP_TIMEOUT", 0x80072ee2, true)
	f("", 0, false)
	f("NO_SUCH_SYMBOL", 0, false)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0x80240022", "-2145124318", "2149842978", "80240022", "8024001e", "", "0x", "(0x2ee7)."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(fmt.Sprintf("0x%08x", c)); err != nil || again != c {
			t.Errorf("Parse(%q) = %#x, which reads back as %#x, %v", s, c, again, err)
		}
		if e := Explain(c); e.Code != c || e.Meaning == "" {
			t.Errorf("Explain(%#x) = %+v", c, e)
		}
	})
}
