package code

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Read explains what somebody typed or pasted: a symbol, a code in a spelling
// of Parse, the pair of Windows Setup (0xC1900101-0x20017), or a line of a log
// with codes in it, each once. A bare number that is no listed code but would be
// one in hexadecimal is taken so, as ReportingEvents writes 240005, and a code
// that a blank or a line's end breaks is put together. The error wraps ErrSyntax.
func Read(text string) ([]Explanation, error) {
	if e, ok := BySymbol(text); ok {
		return []Explanation{e}, nil
	}
	if m := setupPair.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		result, _ := strconv.ParseUint(m[1], 16, 32)
		extend, _ := strconv.ParseUint(m[2], 16, 32)
		return []Explanation{Explain(uint32(result)), explainExtend(uint32(extend))}, nil
	}
	c, err := Parse(text)
	if err == nil {
		e := Explain(c)
		if !e.Listed {
			if x, ok := withoutZeros(text); ok {
				e = x
			}
		}
		return []Explanation{e}, nil
	}
	var out []Explanation
	Scan([]byte(text), func(c uint32, _ int) {
		if !slices.ContainsFunc(out, func(e Explanation) bool { return e.Code == c }) {
			out = append(out, Explain(c))
		}
	})
	if len(out) > 0 {
		return out, nil
	}
	if c, ok := Broken(text); ok {
		return []Explanation{Explain(c)}, nil
	}
	return nil, err
}

// Broken reads the first code in text that blanks or ends of lines break, as
// columns of a table and mails do: 0x8007 0005, 0x 80070005. Its digits must be
// eight, and a code of failure: a listed one where no 0x tells it from a number,
// or where what follows the blank may be a word.
func Broken(text string) (uint32, bool) {
	blank := func(r rune) bool { return r <= ' ' || r > 0x7f }
	for _, m := range broken.FindAllStringSubmatch(text, -1) {
		pieces := strings.FieldsFunc(m[2], blank)
		digits := strings.Join(pieces, "")
		n, err := strconv.ParseUint(digits, 16, 32)
		if err != nil || len(digits) != 8 || !strings.ContainsFunc(m[1]+m[2], blank) {
			continue
		}
		c := uint32(n)
		word := slices.ContainsFunc(pieces, func(s string) bool { return strings.Trim(s, "abcdefABCDEF") == "" })
		if failure(c) && isListed(c) || m[1] != "" && !word && plausible(c) {
			return c, true
		}
	}
	return 0, false
}

// broken is what Broken looks at, the blanks of Japanese text among them.
var broken = regexp.MustCompile(`(?i)(?:^|[^0-9a-z_-])(0x[\s\x{a0}\x{3000}\x{200b}]*)?([0-9a-f]+(?:[\s\x{a0}\x{3000}\x{200b}]+[0-9a-f]+)*)(?:$|[^0-9a-z_-])`)

// withoutZeros reads a bare number as hexadecimal digits without their zeros, where
// that is a listed code.
func withoutZeros(text string) (Explanation, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 5 || len(text) > 7 || strings.Trim(text, "0123456789") != "" {
		return Explanation{}, false
	}
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		return Explanation{}, false
	}
	return lookup(uint32(n))
}

// setupPair is how Windows Setup and SetupDiag write a result and its extend code.
var setupPair = regexp.MustCompile(`(?i)^0x([0-9a-f]{8})\s*[-–,/ ]\s*0x([0-9a-f]{5})$`)

// The phases and operations of an extend code: its fifth digit from the right,
// and the rest. Source: Microsoft Learn, "Windows upgrade error codes".
var (
	setupPhases = []string{"UNKNOWN", "DOWNLEVEL", "SAFE_OS", "FIRST_BOOT", "OOBE_BOOT", "UNINSTALL"}
	setupSteps  = []string{
		"UNKNOWN", "COPY_PAYLOAD", "DOWNLOAD_UPDATES", "INSTALL_UPDATES", "INSTALL_RECOVERY_ENVIRONMENT", "INSTALL_RECOVERY_IMAGE", "REPLICATE_OC",
		"INSTALL_DRIVERS", "PREPARE_SAFE_OS", "PREPARE_ROLLBACK", "PREPARE_FIRST_BOOT", "PREPARE_OOBE_BOOT", "APPLY_IMAGE", "MIGRATE_DATA",
		"SET_PRODUCT_KEY", "ADD_UNATTEND", "ADD_DRIVER", "ENABLE_FEATURE", "DISABLE_FEATURE", "REGISTER_ASYNC_PROCESS", "REGISTER_SYNC_PROCESS",
		"CREATE_FILE", "CREATE_REGISTRY", "BOOT", "SYSPREP", "OOBE", "BEGIN_FIRST_BOOT", "END_FIRST_BOOT", "BEGIN_OOBE_BOOT", "END_OOBE_BOOT",
		"PRE_OOBE", "POST_OOBE", "ADD_PROVISIONING_PACKAGE",
	}
)

// explainExtend explains an extend code of Windows Setup, 0x20017.
func explainExtend(c uint32) Explanation {
	name := func(of []string, n uint32) string {
		if int(n) < len(of) {
			return of[n]
		}
		return fmt.Sprintf("0x%x", n)
	}
	phase, step := name(setupPhases, c>>16), name(setupSteps, c&0xffff)
	return Explanation{
		Code: c, Symbol: phase + " / " + step, Family: "SETUP", Listed: true,
		Meaning:   "where Windows Setup failed: phase " + phase + ", operation " + step,
		MeaningJA: "Windows セットアップが失敗した箇所: フェーズ " + phase + "、操作 " + step,
	}
}
