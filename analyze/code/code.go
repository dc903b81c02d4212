// Package code explains error codes: HRESULTs of Windows Update, ConfigMgr,
// servicing, transfers and the rest of what stands in the logs.
//
// The table is assets/codes/errorcodes.tsv, sorted by code: code (0x%08x),
// symbol (may be empty; several with " / " between), family, meaning,
// meaning_ja (may be empty). It is searched as the text that it is: nothing is
// built at start-up.
package code

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"patchtrail/assets"
)

// Explanation is what is known of a code.
type Explanation struct {
	Code   uint32
	Symbol string // may be empty
	Family string // "WU", "CCM", "WIN32", ...; empty where nothing is known
	// Meaning is English and never empty; MeaningJA may be.
	Meaning   string
	MeaningJA string
	// Listed says that the code stands in the table; else the rest comes from
	// its facility.
	Listed bool
}

// String is the code as logs and tables write it, 0x%08x.
func (e Explanation) String() string { return fmt.Sprintf("0x%08x", e.Code) }

// ErrSyntax is returned by Parse for what is no spelling of a code.
var ErrSyntax = errors.New("no error code")

// Parse reads a code in any of its spellings: 0x80240022, 80240022,
// -2145124318, 2149842978, (0x80240022). Eight digits that start with 8 or
// higher, and anything with a letter a-f, are hexadecimal; other bare numbers
// are decimal.
func Parse(s string) (uint32, error) {
	digits := strings.Trim(strings.TrimSpace(s), "()[]{}.,;:'\"")
	bad := fmt.Errorf("%q: %w", s, ErrSyntax)
	if rest, ok := cutHexPrefix(digits); ok {
		n, err := strconv.ParseUint(rest, 16, 64)
		// A 64-bit machine sometimes logs the sign: ffffffff80240022.
		if err != nil || n>>32 != 0 && n>>31 != 1<<33-1 {
			return 0, bad
		}
		return uint32(n), nil
	}
	if strings.HasPrefix(digits, "-") {
		n, err := strconv.ParseInt(digits, 10, 32)
		if err != nil {
			return 0, bad
		}
		return uint32(int32(n)), nil
	}
	hex := strings.ContainsAny(digits, "abcdefABCDEF") || len(digits) == 8 && digits[0] >= '8'
	base := 10
	if hex {
		base = 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, bad
	}
	return uint32(n), nil
}

func cutHexPrefix(s string) (string, bool) {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		return s[2:], true
	}
	return s, false
}

// Explain says what a code means. A code that is not listed is explained by
// its facility; a number below 0x10000 is a Windows error as such.
func Explain(c uint32) Explanation {
	if e, ok := lookup(c); ok {
		return e
	}
	if c > 0 && c < 0x10000 {
		if e, ok := lookup(0x80070000 | c); ok {
			e.Code = c
			return e
		}
	}
	return byFacility(c)
}

// BySymbol returns the code of a symbol, such as WU_E_ALL_UPDATES_FAILED,
// without regard to case. It searches the table from its start.
func BySymbol(symbol string) (Explanation, bool) {
	symbol = strings.TrimSpace(symbol)
	if symbol == "" {
		return Explanation{}, false
	}
	for line := range strings.SplitSeq(table(), "\n") {
		e, ok := parseLine(line)
		if !ok {
			continue
		}
		for name := range strings.SplitSeq(e.Symbol, " / ") {
			if strings.EqualFold(name, symbol) {
				return e, true
			}
		}
	}
	return Explanation{}, false
}

// table is the text after its header line; empty where it is not built in.
var table = sync.OnceValue(func() string {
	b, err := assets.FS.ReadFile("codes/errorcodes.tsv")
	if err != nil {
		return ""
	}
	_, rows, _ := strings.Cut(string(b), "\n")
	return rows
})

// lookup finds a code by bisecting the text.
func lookup(c uint32) (Explanation, bool) {
	text := table()
	lo, hi := 0, len(text) // lo starts a line, hi ends one
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := strings.LastIndexByte(text[lo:mid], '\n') + 1 + lo
		end := hi
		if i := strings.IndexByte(text[start:hi], '\n'); i >= 0 {
			end = start + i + 1
		}
		e, ok := parseLine(strings.TrimSuffix(text[start:end], "\n"))
		switch {
		case !ok:
			return Explanation{}, false
		case e.Code == c:
			return e, true
		case e.Code < c:
			lo = end
		default:
			hi = start
		}
	}
	return Explanation{}, false
}

func parseLine(line string) (Explanation, bool) {
	var col [5]string
	for i := range col {
		col[i], line, _ = strings.Cut(line, "\t")
	}
	hex, ok := cutHexPrefix(col[0])
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || err != nil {
		return Explanation{}, false
	}
	return Explanation{uint32(n), col[1], col[2], col[3], strings.TrimRight(col[4], "\r"), true}, true
}

// families are the facilities by the high bits of a code; the longest match
// counts.
var families = [...]struct {
	value, mask uint32
	family      string
}{
	{0x80131000, 0xFFFFF000, "DOTNET"},
	{0x80041000, 0xFFFFF000, "WMI"},
	{0x87D20000, 0xFFFF0000, "CCM-SITE"},
	{0x87D00000, 0xFFFF0000, "CCM"},
	{0x80D00000, 0xFFFF0000, "DO"},
	{0x80240000, 0xFFFF0000, "WU"},
	{0x00240000, 0xFFFF0000, "WU"},
	{0x80200000, 0xFFFF0000, "BITS"},
	{0x800F0000, 0xFFFF0000, "CBS"},
	{0x80090000, 0xFFFF0000, "SCHANNEL/CRYPT"},
	{0x800B0000, 0xFFFF0000, "TRUST/CERT"},
	{0x80310000, 0xFFFF0000, "BITLOCKER"},
	{0xC1800000, 0xFFF00000, "SETUP"},
	{0xC1900000, 0xFFF00000, "SETUP"},
	{0xC0000000, 0xFFF00000, "NTSTATUS"},
	{0xD0000000, 0xFFF00000, "NTSTATUS"},
	{0x80000000, 0xFFF00000, "COM/MISC"},
}

// byFacility explains a code that is not listed.
func byFacility(c uint32) Explanation {
	e := Explanation{Code: c}
	low := c & 0xFFFF
	switch {
	case c>>16 == 0x8007 || c>>16 == 0:
		e.Family = "WIN32"
		e.Meaning = fmt.Sprintf("Windows error %d, not listed here; net helpmsg %d explains it on Windows", low, low)
		e.MeaningJA = fmt.Sprintf("Windows エラー %d (一覧にないコード)。Windows 上で net helpmsg %d を実行すると説明が表示されます", low, low)
		return e
	case c>>16 == 0x8019 && low >= 100 && low < 600:
		e.Family = "BITS/HTTP"
		e.Meaning = fmt.Sprintf("the server answered with HTTP status %d", low)
		e.MeaningJA = fmt.Sprintf("サーバーが HTTP ステータス %d を返しました", low)
		return e
	}
	for _, f := range families {
		if c&f.mask == f.value {
			e.Family = f.family
			e.Meaning = "unlisted code of family " + f.family
			e.MeaningJA = "一覧にない " + f.family + " 系のコード"
			return e
		}
	}
	e.Meaning = "unlisted code of no known family"
	e.MeaningJA = "一覧になく、系統も不明なコード"
	return e
}
