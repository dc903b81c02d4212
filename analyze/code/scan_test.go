package code

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scanned is what Scan tells, by place.
func scanned(text string) []string {
	type found struct {
		at   int
		code uint32
	}
	var all []found
	Scan([]byte(text), func(code uint32, at int) { all = append(all, found{at, code}) })
	slices.SortFunc(all, func(a, b found) int { return a.at - b.at })
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%d:%08x", f.at, f.code))
	}
	return out
}

func TestScan(t *testing.T) {
	// The place of a code in the text is where @ stands, which is taken out.
	f := func(marked string, codes ...uint32) {
		t.Helper()
		var want []string
		var text strings.Builder
		for i, part := range strings.Split(marked, "@") {
			if i > 0 {
				if i > len(codes) {
					t.Fatalf("%q: more places than codes", marked)
				}
				want = append(want, fmt.Sprintf("%d:%08x", text.Len(), codes[i-1]))
			}
			text.WriteString(part)
		}
		if got := scanned(text.String()); !slices.Equal(got, want) || len(want) != len(codes) {
			t.Errorf("Scan(%q) = %v; want %v", text.String(), got, want)
		}
	}
	f("")
	f("@0x80240022", 0x80240022)
	f("Scan failed with error = @0x80072ee2.", 0x80072ee2)
	f("Error: @0X8024001E, then @0xC1900107", 0x8024001e, 0xc1900107)
	f("hr=@0xffffffff80240022 and @0x0000000087D00664", 0x80240022, 0x87d00664)
	f("of a family, not listed: @0x8024ffee @0x87D0FFEE", 0x8024ffee, 0x87d0ffee)
	f("*FAILED* [@8024000C] Method failed", 0x8024000c)
	f("failed (@800f081f)", 0x800f081f)
	f("WARNING: error @80072EE7, code: @80240017; hr = \"@8024402c\"", 0x80072ee7, 0x80240017, 0x8024402c)
	f("Exit failed with @80070643\nGetLastError=@80070005 m_hr: @80070002", 0x80070643, 0x80070005, 0x80070002)
	f("エラー @80070643 エラー コード: @12029", 0x80070643, 0x80072efd)
	f("x\t100\t@800704c7\tCcmExec", 0x800704c7)
	f("x\t100\t@240005\tCcmExec", 0x00240005)
	f("m_hrError = @-2016410012, was @2149842978.", 0x87d00664, 0x80240022)
	f("Options=1248, Code=@12007, Text=ERROR_WINHTTP_NAME_NOT_RESOLVED", 0x80072ee7)
	f("host H, error @0x2ee7", 0x80072ee7)
	f("errorCode=@12002 StatusCode=@12152", 0x80072ee2, 0x80072f78)
	f(`ErrorCode=@0x80070005;]`, 0x80070005)

	none := func(text string) {
		t.Helper()
		if got := scanned(text); got != nil {
			t.Errorf("Scan(%q) = %v; want none", text, got)
		}
	}
	none("0x00000000 0x0 0x1092 hr = 0x00240005")
	none("80240022 of 80240023 bytes")
	none("{80240022-55DB-4D6F-B1A3-D4A62C3C1111} error {80240022-55db}")
	none("error 80240022-55db-4d6f-b1a3-d4a62c3c1111")
	none("sha1 80240022aabbccddeeff00112233445566778899")
	none("address 0x80240022aa and 0x7fff80240022")
	none("0x80240022g and 0x80240022_1")
	none("thread=4242 (0x8A2B4C10)")
	none("(80000123) [81234567]")
	none("1742263200 seconds, 2142263200 bytes")
	none("12345-2145124318 and 2145124318-1 and 1.2149842978")
	none("size 12007, port 12002")
	none("error 120072 error 12999 error 12199")
	none("0x2ee7 with no word before it, error 0x2000")
	none("\t240\t2400\t24000500\t")
	none("error 80240022x")
	none("schrecode the 80240022")
}

// TestScanEqualsSlow compares the way over every 8th byte with one over every
// run of digits.
func TestScanEqualsSlow(t *testing.T) {
	parts := []string{"0x80240022", "80072ee2", "[8024000C]", "-2145124318", "2149842978", "error ", "Code=", "12007", "0x2ee7", "\t240005\t",
		"a", "f", "8", "0", "-", " ", "\n", "x", "エラー ", "{80240022-55DB-4D6F-B1A3-D4A62C3C1111}", "0xffffffff", "deadbeefdeadbeef", "(", ")", "\t", "g", ".", "zz"}
	state := uint32(1)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	for range 20000 {
		var b strings.Builder
		for range 1 + next(12) {
			b.WriteString(parts[next(len(parts))])
		}
		equalsSlow(t, b.String())
	}
}

func equalsSlow(t *testing.T, text string) {
	t.Helper()
	if got, want := scanned(text), slow(text); !slices.Equal(got, want) {
		t.Fatalf("Scan(%q) = %v; want %v", text, got, want)
	}
}

var (
	anyRun   = regexp.MustCompile(`[0-9a-fA-F]{8,}`)
	prefixed = regexp.MustCompile(`^0[xX]$`)
	word     = regexp.MustCompile(`(?i)(?:error|hresult|result|status|failed|failure|エラー|コード|結果|(?:^|[^0-9a-z])(?:err|code|hr|with|rc|le))[ \t=:(\["'#<>]{0,6}$`)
	camel    = regexp.MustCompile(`[a-z](?:E[rR][rR]|C[oO][dD][eE]|H[rR]|W[iI][tT][hH]|R[cC]|L[eE])[ \t=:(\["'#<>]{0,6}$`)
	wordy    = regexp.MustCompile(`^[0-9A-Za-z_]$`)
	short    = regexp.MustCompile(`^12[01][0-9]{2}$|^0[xX]2[0-9a-fA-F]{3}$`)
)

// slow is Scan by its description: every number is looked at whole.
func slow(text string) []string {
	var out []string
	tell := func(at int, c uint32) { out = append(out, fmt.Sprintf("%d:%08x", at, c)) }
	behindWord := func(at int) bool {
		s := text[max(0, at-maxErrorWord):at]
		return word.MatchString(s) || camel.MatchString(s)
	}
	at := func(i int) string {
		if i < 0 || i >= len(text) {
			return ""
		}
		return text[i : i+1]
	}
	for i := range len(text) {
		// A number that begins here, with its sign or 0x.
		for _, n := range []int{5, 6} {
			if i+n <= len(text) && short.MatchString(text[i:i+n]) && !wordy.MatchString(at(i-1)) && !wordy.MatchString(at(i+n)) && behindWord(i) {
				if v, err := Parse(text[i : i+n]); err == nil && v > 12000 && v < 12200 && Explain(0x80070000|v).Listed {
					tell(i, 0x80070000|v)
				}
			}
		}
		if i+6 <= len(text) && at(i-1) == "\t" && at(i+6) == "\t" && strings.HasPrefix(text[i:], "240") {
			if v, err := Parse("0x" + text[i:i+6]); err == nil && Explain(v).Listed {
				tell(i, v)
			}
		}
	}
	for _, r := range anyRun.FindAllStringIndex(text, -1) {
		from, to := r[0], r[1]
		digits := text[from:to]
		_, err := Parse("0x" + digits)
		v, _ := Parse("0x" + digits)
		fails := v>>28 == 8 || v>>28 == 12
		before, after := at(from-1), at(to)
		switch {
		case prefixed.MatchString(text[max(0, from-2):from]):
			family := slices.Contains([]uint32{0x8007, 0x8019, 0x8020, 0x8024, 0x800f, 0x80d0, 0x87d0, 0x87d2, 0xc180, 0xc190}, v>>16)
			if err == nil && (len(digits) == 8 || len(digits) == 16) && fails && !wordy.MatchString(after) && (family || Explain(v).Listed) {
				tell(from-2, v)
			}
		case len(digits) == 8:
			around := before + after
			if fails && Explain(v).Listed && !wordy.MatchString(before) && !wordy.MatchString(after) && after != "-" && !strings.Contains("-{.", before+"\x00"[:1-len(before)]) &&
				(around == "[]" || around == "()" || around == "\t\t" || behindWord(from)) {
				tell(from, v)
			}
		case len(digits) == 10 && strings.Trim(digits, "0123456789") == "":
			start := from
			if before == "-" {
				start--
			}
			d, err := Parse(text[start:to])
			if err != nil || d>>31 == 0 || d>>28 != 8 && d>>28 != 12 || !Explain(d).Listed {
				continue
			}
			if b := at(start - 1); !wordy.MatchString(b) && b != "-" && b != "." && !wordy.MatchString(after) && after != "-" {
				tell(start, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		var x, y int
		_, _ = fmt.Sscanf(a, "%d:", &x)
		_, _ = fmt.Sscanf(b, "%d:", &y)
		return x - y
	})
	return out
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"", "error 0x80240022", "[8024000C]", "Code=12007, x", "\t240005\t", "m_hrError = -2016410012", "hr 0xffffffff80240022"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4<<10 {
			equalsSlow(t, text)
		}
	})
}

// TestScanPlaces holds that a code is found wherever it stands: the scan looks
// at stretches of eight bytes.
func TestScanPlaces(t *testing.T) {
	for _, spelling := range []string{"0x80240022", "-2145124318", "[80240022]", "0xFFFFFFFF80240022"} {
		for before := range 20 {
			for behind := range 20 {
				text := strings.Repeat("e", before) + " " + spelling + " " + strings.Repeat("e", behind)
				if behind == 0 {
					text = text[:len(text)-1]
				}
				var got []uint32
				Scan([]byte(text), func(c uint32, at int) {
					if !strings.HasPrefix(text[at:], spelling) && !strings.HasPrefix(text[at:], spelling[1:]) {
						t.Errorf("%q: told at %d", text, at)
					}
					got = append(got, c)
				})
				if len(got) != 1 || got[0] != 0x80240022 {
					t.Errorf("%q: %x", text, got)
				}
			}
		}
	}
}
