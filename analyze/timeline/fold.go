package timeline

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// folded is a text to search for without regard to case. ASCII is folded on
// the way; other letters by bytes.EqualFold on candidates.
type folded struct {
	lower []byte
	ascii bool
	rare  int // the place in lower of the byte that logs hold least of
}

// newFolded returns nil for an empty text.
func newFolded(s string) *folded {
	if s == "" {
		return nil
	}
	f := &folded{lower: []byte(strings.ToLower(s)), ascii: true}
	for i, c := range f.lower {
		if c >= utf8.RuneSelf {
			f.ascii = false
		}
		if rarity(c) > rarity(f.lower[f.rare]) {
			f.rare = i
		}
	}
	return f
}

// rarity ranks bytes by how seldom logs hold them, roughly.
func rarity(c byte) int {
	switch {
	case c == ' ' || c == 'e' || c == 't' || c == 'o' || c == 'i' || c == 'a' || c == 'n' || c == 's' || c == 'r' || c == '0' || c == '1' || c == '2':
		return 0
	case c >= 'a' && c <= 'z' && strings.IndexByte("jqxzkvw", c) < 0 || c >= '3' && c <= '9' || c == '-' || c == '"' || c == '=':
		return 1
	case c >= utf8.RuneSelf:
		return 2
	}
	return 3
}

// index returns where text first holds f, -1 if nowhere.
func (f *folded) index(text []byte) int {
	if !f.ascii {
		return f.slow(text)
	}
	low := f.lower[f.rare]
	up := low
	if low >= 'a' && low <= 'z' {
		up = low - 'a' + 'A'
	}
	n := len(f.lower)
	nextLow, nextUp := -2, -2
	for at := 0; at+n <= len(text); {
		if nextLow < at+f.rare && nextLow != -1 {
			nextLow = next(text, at+f.rare, low)
		}
		if up == low {
			nextUp = -1
		} else if nextUp < at+f.rare && nextUp != -1 {
			nextUp = next(text, at+f.rare, up)
		}
		hit := nextLow
		if hit < 0 || nextUp >= 0 && nextUp < hit {
			hit = nextUp
		}
		if hit < 0 {
			return -1
		}
		start := hit - f.rare
		if start+n > len(text) {
			return -1
		}
		if equalFold(text[start:start+n], f.lower) {
			return start
		}
		at = start + 1
	}
	return -1
}

func next(text []byte, from int, c byte) int {
	if i := bytes.IndexByte(text[from:], c); i >= 0 {
		return from + i
	}
	return -1
}

func equalFold(text, lower []byte) bool {
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// slow is for text beyond ASCII: the letters of Japanese have no case, so an
// exact match is tried at once, else every character's fold is compared.
func (f *folded) slow(text []byte) int {
	if i := bytes.Index(text, f.lower); i >= 0 {
		return i
	}
	first, _ := utf8.DecodeRune(f.lower)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == first || strings.EqualFold(string(r), string(first)) {
			if prefixFold(text[i:], f.lower) {
				return i
			}
		}
		i += size
	}
	return -1
}

// prefixFold reports whether text begins with want, without regard to case.
func prefixFold(text, want []byte) bool {
	for len(want) > 0 {
		a, n := utf8.DecodeRune(text)
		b, m := utf8.DecodeRune(want)
		if n == 0 || a != b && !strings.EqualFold(string(a), string(b)) {
			return false
		}
		text, want = text[n:], want[m:]
	}
	return true
}

// matchFile reports whether a file's path holds want, or, where want has * or
// ?, its base name fits.
func matchFile(p, want string) bool {
	p, want = strings.ToLower(p), strings.ToLower(want)
	if strings.ContainsAny(want, "*?") {
		base := path.Base(strings.ReplaceAll(p, "!", "/"))
		ok, err := path.Match(want, base)
		return err == nil && ok
	}
	return strings.Contains(p, want)
}
