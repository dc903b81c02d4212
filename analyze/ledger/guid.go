package ledger

import (
	"bytes"
	"encoding/hex"
)

// guid is a GUID in the order of its text.
type guid [16]byte

// guidLen is the length of a GUID's text without braces.
const guidLen = 36

// parseGUID reads the GUID that b begins with, without braces.
func parseGUID(b []byte) (g guid, ok bool) {
	if len(b) < guidLen {
		return g, false
	}
	n := 0
	for i := 0; i < guidLen; {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if b[i] != '-' {
				return guid{}, false
			}
			i++
			continue
		}
		hi, lo := nibble(b[i]), nibble(b[i+1])
		if hi > 15 || lo > 15 {
			return guid{}, false
		}
		g[n] = hi<<4 | lo
		n++
		i += 2
	}
	return g, true
}

func nibble(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case (c|0x20)-'a' <= 5:
		return (c | 0x20) - 'a' + 10
	}
	return 0xff
}

// findGUID returns the first GUID in b and what follows it.
func findGUID(b []byte) (g guid, rest []byte, ok bool) {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '-')
		if i < 0 {
			return guid{}, nil, false
		}
		if from := at + i - 8; from >= 0 {
			if g, ok := parseGUID(b[from:]); ok {
				return g, b[from+guidLen:], true
			}
		}
		at += i + 1
	}
}

// stringGUID reads a GUID with or without braces.
func stringGUID(s string) (guid, bool) {
	if len(s) == guidLen+2 && s[0] == '{' {
		s = s[1:]
		if s[guidLen] != '}' {
			return guid{}, false
		}
		s = s[:guidLen]
	}
	if len(s) != guidLen {
		return guid{}, false
	}
	return parseGUID([]byte(s))
}

// String is the GUID in small letters without braces, "" for no GUID.
func (g guid) String() string {
	if g == (guid{}) {
		return ""
	}
	var b [guidLen]byte
	hex.Encode(b[0:8], g[0:4])
	hex.Encode(b[9:13], g[4:6])
	hex.Encode(b[14:18], g[6:8])
	hex.Encode(b[19:23], g[8:10])
	hex.Encode(b[24:36], g[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}
