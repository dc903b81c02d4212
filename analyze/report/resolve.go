package report

import (
	"strings"

	"patchtrail/analyze/ledger"
)

// guidLength is that of "811d3ccb-5cdd-4a50-8227-e204d941064a".
const guidLength = 36

// Resolve names the GUIDs in a text: each that the ledger knows gets its name in
// square brackets behind it.
func Resolve(text string, l *ledger.Ledger) string {
	var b strings.Builder
	done := 0
	for i := 0; i+guidLength <= len(text); i++ {
		if !isGUID(text[i : i+guidLength]) {
			continue
		}
		end := i + guidLength
		if name, ok := l.Name(text[i:end]); ok {
			if end < len(text) && text[end] == '}' {
				end++
			}
			b.WriteString(text[done:end])
			b.WriteString(" [" + name + "]")
			done = end
		}
		i = end - 1
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

func isGUID(s string) bool {
	for i := range guidLength {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
			continue
		}
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}
