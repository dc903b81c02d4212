package session

import (
	"bytes"
	"slices"
	"strings"
)

// guidLen is the length of a GUID without braces.
const guidLen = len("00000000-0000-0000-0000-000000000000")

// GUIDs are the different GUIDs in a text, at most n, in small letters.
func GUIDs(text []byte, n int) []string {
	var out []string
	for at := 0; len(out) < n; {
		dash := bytes.IndexByte(text[at:], '-')
		if dash < 0 {
			break
		}
		at += dash + 1
		if begin := at - 9; begin >= 0 && begin+guidLen <= len(text) && isGUID(text[begin:begin+guidLen]) {
			if id := strings.ToLower(string(text[begin : begin+guidLen])); !slices.Contains(out, id) {
				out = append(out, id)
			}
			at = begin + guidLen
		}
	}
	return out
}

func isGUID(b []byte) bool {
	for i, c := range b {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return true
}

// NameID says in a language, "en" or "ja", what a GUID in the logs is of.
func (s *Session) NameID(lang, id string) (string, bool) {
	if s.result.NameID == nil {
		return "", false
	}
	return s.result.NameID(lang, id)
}
