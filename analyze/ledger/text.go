package ledger

import (
	"bytes"
	"math"
)

// cut returns what stands between the first before in b and the next after.
func cut(b []byte, before, after string) ([]byte, bool) {
	i := bytes.Index(b, []byte(before))
	if i < 0 {
		return nil, false
	}
	b = b[i+len(before):]
	j := bytes.Index(b, []byte(after))
	if j < 0 {
		return nil, false
	}
	return b[:j], true
}

// follow returns what follows the first word in b.
func follow(b []byte, word string) ([]byte, bool) {
	i := bytes.Index(b, []byte(word))
	if i < 0 {
		return nil, false
	}
	return b[i+len(word):], true
}

// number reads the decimal number that b begins with after blanks.
func number(b []byte) (n int64, ok bool) {
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if n > math.MaxInt64/100 {
			return 0, false
		}
		n, ok = n*10+int64(b[i]-'0'), true
	}
	if negative {
		n = -n
	}
	return n, ok
}

// code reads an HRESULT: 0x…, or a decimal number, signed or not.
func code(b []byte) (uint32, bool) {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '(') {
		b = b[1:]
	}
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		return hexCode(b[2:])
	}
	n, ok := number(b)
	if !ok || n < math.MinInt32 || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// hexCode reads the hexadecimal number that b begins with, of up to 8 digits.
func hexCode(b []byte) (v uint32, ok bool) {
	i := 0
	for i < len(b) && nibble(b[i]) < 16 {
		if i == 8 {
			return 0, false
		}
		v = v<<4 | uint32(nibble(b[i]))
		i++
	}
	return v, i > 0
}

// article finds KB and the digits behind it in the name of a file, in any case,
// 0 where there is none.
func article(name []byte) int32 {
	for at := 0; at+2 < len(name); at++ {
		if name[at]|0x20 != 'k' || name[at+1]|0x20 != 'b' {
			continue
		}
		if n, ok := number(name[at+2:]); ok && n >= 100_000 && n <= 99_999_999 {
			return int32(n)
		}
	}
	return 0
}

// status reads the state of an update as a scan words it.
func status(word []byte) int32 {
	switch {
	case bytes.HasPrefix(word, []byte("Missing")):
		return statusMissing
	case bytes.HasPrefix(word, []byte("Installed")):
		return statusInstalled
	case bytes.HasPrefix(word, []byte("Not")):
		return statusNotRequired
	}
	return statusUnknown
}
