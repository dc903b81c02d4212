package evtx

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// Types of values.
const (
	typNull     = 0x00
	typString   = 0x01 // UTF-16
	typANSI     = 0x02
	typInt8     = 0x03
	typUint8    = 0x04
	typInt16    = 0x05
	typUint16   = 0x06
	typInt32    = 0x07
	typUint32   = 0x08
	typInt64    = 0x09
	typUint64   = 0x0a
	typReal32   = 0x0b
	typReal64   = 0x0c
	typBool     = 0x0d
	typBinary   = 0x0e
	typGUID     = 0x0f
	typSizeT    = 0x10
	typFileTime = 0x11
	typSysTime  = 0x12
	typSID      = 0x13
	typHex32    = 0x14
	typHex64    = 0x15
	typHandle   = 0x20
	typBinXML   = 0x21
	typXML      = 0x23 // UTF-16
	typArray    = 0x80 // of the type in the other bits
)

// isNumber says whether number has the value of a type.
func isNumber(typ uint8) bool {
	switch typ {
	case typInt8, typUint8, typInt16, typUint16, typInt32, typUint32, typInt64, typUint64,
		typBool, typSizeT, typFileTime, typHex32, typHex64, typHandle:
		return true
	}
	return false
}

// number returns a number's value, with its sign spread over 64 bits; data may
// have any length.
func number(typ uint8, data []byte) uint64 {
	if !isNumber(typ) {
		return 0
	}
	var b [8]byte
	n := copy(b[:], data)
	v := binary.LittleEndian.Uint64(b[:])
	switch typ {
	case typInt8, typInt16, typInt32, typInt64:
		if shift := 64 - 8*uint(n); n > 0 {
			v = uint64(int64(v<<shift) >> shift)
		}
	}
	return v
}

// appendValue appends a value as text.
func appendValue(dst []byte, typ uint8, data []byte) []byte {
	switch typ {
	case typString, typXML:
		return appendUTF16(dst, data)
	case typANSI:
		return appendANSI(dst, data)
	case typInt8, typInt16, typInt32, typInt64:
		return strconv.AppendInt(dst, int64(number(typ, data)), 10)
	case typUint8, typUint16, typUint32, typUint64:
		return strconv.AppendUint(dst, number(typ, data), 10)
	case typBool:
		return strconv.AppendBool(dst, number(typ, data) != 0)
	case typHex32:
		return appendHex32(dst, uint32(number(typ, data)))
	case typHex64, typSizeT, typHandle:
		return strconv.AppendUint(append(dst, "0x"...), number(typ, data), 16)
	case typFileTime:
		return appendFileTime(dst, number(typ, data))
	}
	switch {
	case typ == typReal32 && len(data) >= 4:
		return strconv.AppendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))), 'g', -1, 32)
	case typ == typReal64 && len(data) >= 8:
		return strconv.AppendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(data)), 'g', -1, 64)
	case typ == typGUID && len(data) >= 16:
		return appendGUID(dst, data)
	case typ == typSysTime && len(data) >= 16:
		return appendSysTime(dst, data)
	case typ == typSID && len(data) >= 8:
		return appendSID(dst, data)
	case isPlainText(data):
		return appendUTF16(dst, data)
	}
	return appendHexBytes(dst, data)
}

// elementSize returns how many bytes the first element of an array takes, and
// how many until the next.
func elementSize(typ uint8, data []byte) (n, skip int) {
	switch typ {
	case typString, typXML:
		for n+1 < len(data) && (data[n] != 0 || data[n+1] != 0) {
			n += 2
		}
		return n, min(n+2, len(data))
	case typANSI:
		if n = bytes.IndexByte(data, 0); n < 0 {
			n = len(data)
		}
		return n, min(n+1, len(data))
	case typInt8, typUint8:
		n = 1
	case typInt16, typUint16:
		n = 2
	case typInt32, typUint32, typReal32, typBool, typHex32:
		n = 4
	case typInt64, typUint64, typReal64, typFileTime, typHex64, typSizeT, typHandle:
		n = 8
	case typGUID, typSysTime:
		n = 16
	case typSID:
		n = 8
		if len(data) > 1 {
			n += 4 * int(data[1])
		}
	default:
		n = len(data)
	}
	n = min(n, len(data))
	return n, n
}

// appendUTF16 appends UTF-16LE as UTF-8, without the zeros at its end. Line
// ends become LF, other control characters blanks, half pairs U+FFFD.
func appendUTF16(dst, src []byte) []byte {
	for len(src) >= 2 && src[len(src)-1] == 0 && src[len(src)-2] == 0 && len(src)%2 == 0 {
		src = src[:len(src)-2]
	}
	dst = slices.Grow(dst, len(src)/2*3)
	n := len(dst)
	out := dst[:cap(dst)]
	for i := 0; i+1 < len(src); i += 2 {
		lo, hi := src[i], src[i+1]
		if hi == 0 && lo-' ' < 0x7f-' ' {
			out[n] = lo
			n++
			continue
		}
		r := rune(lo) | rune(hi)<<8
		switch {
		case r == '\r':
			if i+3 < len(src) && src[i+2] == '\n' && src[i+3] == 0 {
				continue
			}
			r = '\n'
		case r == '\n' || r == '\t':
		case r < ' ' || r == 0x7f:
			r = ' '
		case utf16.IsSurrogate(r):
			low := rune(0)
			if i+3 < len(src) {
				low = rune(src[i+2]) | rune(src[i+3])<<8
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		n = len(utf8.AppendRune(out[:n], r))
	}
	return out[:n]
}

// appendANSI appends text in the code page of the machine that wrote it, which
// nothing tells: UTF-8 where it is that, else Japan's, else Latin 1.
func appendANSI(dst, src []byte) []byte {
	src = bytes.TrimRight(src, "\x00")
	if !utf8.Valid(src) {
		if s, err := japanese.ShiftJIS.NewDecoder().Bytes(src); err == nil && !bytes.ContainsRune(s, utf8.RuneError) {
			src = s
		} else {
			s = s[:0]
			for _, c := range src {
				s = utf8.AppendRune(s, rune(c))
			}
			src = s
		}
	}
	for i, c := range src {
		switch {
		case c == '\r' && i+1 < len(src) && src[i+1] == '\n':
			continue
		case c == '\r':
			c = '\n'
		case c < ' ' && c != '\n' && c != '\t' || c == 0x7f:
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// isPlainText says whether bytes are UTF-16 text beyond doubt, as the names that
// services leave in <Binary>: at least three printable ASCII characters, then zeros.
func isPlainText(data []byte) bool {
	if len(data) < 8 || len(data)%2 != 0 || data[len(data)-1] != 0 || data[len(data)-2] != 0 {
		return false
	}
	zeros := false
	for i := 0; i < len(data); i += 2 {
		if data[i+1] != 0 || data[i] != 0 && (zeros || data[i] < ' ' || data[i] >= 0x7f) {
			return false
		}
		if data[i] == 0 {
			zeros = true
			if i < 6 {
				return false
			}
		}
	}
	return true
}

const hexUpper = "0123456789ABCDEF"

func appendHexBytes(dst, data []byte) []byte {
	for _, c := range data {
		dst = append(dst, hexUpper[c>>4], hexUpper[c&15])
	}
	return dst
}

func appendHex32(dst []byte, v uint32) []byte {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], v)
	return hex.AppendEncode(append(dst, "0x"...), b[:])
}

// appendGUID appends a GUID as Windows shows it in events: "{945a8954-c147-…}".
func appendGUID(dst, data []byte) []byte {
	var b [16]byte
	copy(b[:], data)
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	dst = append(dst, '{')
	for i, part := range [...][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return append(dst, '}')
}

// appendSID appends a security identifier as "S-1-5-18".
func appendSID(dst, data []byte) []byte {
	dst = append(dst, "S-"...)
	dst = strconv.AppendUint(dst, uint64(data[0]), 10)
	var authority [8]byte
	copy(authority[2:], data[2:8])
	dst = strconv.AppendUint(append(dst, '-'), binary.BigEndian.Uint64(authority[:]), 10)
	for data = data[8:]; len(data) >= 4; data = data[4:] {
		dst = strconv.AppendUint(append(dst, '-'), uint64(binary.LittleEndian.Uint32(data)), 10)
	}
	return dst
}

// appendFileTime appends a FILETIME as UTC with all of its 100 ns.
func appendFileTime(dst []byte, filetime uint64) []byte {
	if filetime > math.MaxInt64 {
		return strconv.AppendUint(dst, filetime, 10)
	}
	t := int64(filetime) - epoch
	sec, frac := t/10_000_000, t%10_000_000
	if frac < 0 {
		sec, frac = sec-1, frac+10_000_000
	}
	return time.Unix(sec, frac*100).UTC().AppendFormat(dst, "2006-01-02T15:04:05.0000000Z")
}

// appendSysTime appends a SYSTEMTIME: year, month, weekday, day, hour, minute,
// second, millisecond.
func appendSysTime(dst, data []byte) []byte {
	part := func(i, width int) {
		s := strconv.FormatUint(uint64(binary.LittleEndian.Uint16(data[2*i:])), 10)
		for n := len(s); n < width; n++ {
			dst = append(dst, '0')
		}
		dst = append(dst, s...)
	}
	part(0, 4)
	for _, p := range [...]struct {
		sep byte
		i   int
	}{{'-', 1}, {'-', 3}, {'T', 4}, {':', 5}, {':', 6}} {
		dst = append(dst, p.sep)
		part(p.i, 2)
	}
	dst = append(dst, '.')
	part(7, 3)
	return append(dst, 'Z')
}

// parseNumber reads a whole number, decimal or hex with "0x". One that only
// fits unsigned comes out negative.
func parseNumber(text []byte) (int64, bool) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > 20 {
		return 0, false
	}
	digits, base := string(text), 10
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		digits, base = digits[2:], 16
	}
	if u, err := strconv.ParseUint(digits, base, 64); err == nil {
		return int64(u), true
	}
	n, err := strconv.ParseInt(digits, base, 64)
	return n, err == nil
}
