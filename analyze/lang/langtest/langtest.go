// Package langtest helps tests hold that nothing is said in the wrong language.
package langtest

import (
	"regexp"
	"strings"

	"patchtrail/analyze/lang"
)

var (
	quoted  = regexp.MustCompile("\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|'''")
	english = regexp.MustCompile(`(?i)\b(?:the|this|is|are|no|of|than|with|write|must|as|to|that|without|missing|want|unknown|cannot|and|expected|look|such)\b`)
	kana    = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
)

// Wrong returns why the Japanese words of an error are none, "" where they are:
// they hold no Japanese, or an English sentence outside of quotes.
func Wrong(err error) string {
	if err == nil {
		return ""
	}
	text := lang.Japanese.Error(err)
	for line := range strings.Lines(text) {
		rest := quoted.ReplaceAllString(line, "")
		switch word := english.FindString(rest); {
		case word != "":
			return "English (" + word + ") in: " + line
		case !kana.MatchString(rest):
			return "no Japanese in: " + line
		}
	}
	return ""
}
