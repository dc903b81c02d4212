package code

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// Near returns up to n listed codes whose symbols are like text, the best
// first: for what somebody half remembers or mistyped.
func Near(text string, n int) []Explanation {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "_")
	if text == "" {
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
