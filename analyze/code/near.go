package code

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// Near returns up to n listed codes whose symbols are like text, the best
// first: for what somebody half remembers or mistyped. A code that lacks its
// last digit, such as 0x800704c, is near to those that begin with it.
func Near(text string, n int) []Explanation {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "_")
	if text == "" {
		return nil
	}
	if short, ok := shortened(text); ok {
		return beginning(short, n)
	}
	if _, err := Parse(text); err == nil && strings.ContainsAny(text, "0123456789") {
		return nil
	}
	var all []Explanation
	var symbols []string
	for line := range strings.SplitSeq(table(), "\n") {
		if e, ok := parseLine(line); ok {
			all = append(all, e)
			symbols = append(symbols, e.Symbol)
		}
	}
	var out []Explanation
	for _, m := range fuzzy.Find(strings.ToUpper(text), symbols) {
		if len(out) == n {
			break
		}
		out = append(out, all[m.Index])
	}
	return out
}

// shortened are the seven hexadecimal digits of a failure of which one is
// missing.
func shortened(text string) (string, bool) {
	digits, _ := cutHexPrefix(strings.ToLower(strings.Trim(text, "()[]{}.,;:'\"")))
	if len(digits) != 7 || strings.Trim(digits, "0123456789abcdef") != "" || digits[0] != '8' && digits[0] != 'c' {
		return "", false
	}
	return digits, true
}

// beginning returns up to n listed codes that begin with the digits, those that
// matter to updates before the rest of Windows' errors (families that end in
// -AUTO).
func beginning(digits string, n int) []Explanation {
	var known, other []Explanation
	for line := range strings.SplitSeq(table(), "\n") {
		if !strings.HasPrefix(line, "0x"+digits) {
			continue
		}
		e, ok := parseLine(line)
		switch {
		case !ok:
		case strings.HasSuffix(e.Family, "-AUTO"):
			other = append(other, e)
		default:
			known = append(known, e)
		}
	}
	all := append(known, other...)
	return all[:min(n, len(all))]
}
