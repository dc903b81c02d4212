package zipcrypt

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// Candidates gives the bytes that password may have been turned into where the
// zip file was made, the likeliest first, none twice. Zip files do not tell:
// tools on Japanese Windows take code page 932 (WinZip, Lhaplus, 7-Zip for
// ZipCrypto), newer and other ones UTF-8, and macOS types decomposed letters.
//
// A password that is not UTF-8 is taken as it is, and as code page 932.
func Candidates(password string) [][]byte {
	var out [][]byte
	add := func(p []byte) {
		for _, have := range out {
			if bytes.Equal(have, p) {
				return
			}
		}
		out = append(out, p)
	}
	add([]byte(password))
	if !utf8.ValidString(password) {
		s, err := japanese.ShiftJIS.NewDecoder().String(password)
		if err == nil && !strings.ContainsRune(s, utf8.RuneError) {
			add([]byte(s))
		}
		return out
	}
	nfc := norm.NFC.String(password)
	if p, ok := encode932(nfc); ok {
		add(p)
	}
	add([]byte(nfc))
	add([]byte(norm.NFD.String(password)))
	if s := strings.ReplaceAll(nfc, "¥", `\`); s != nfc {
		add([]byte(s))
	}
	return out
}

// to932 maps letters that other systems type for a key to the ones that code
// page 932 has for it.
var to932 = strings.NewReplacer(
	"¥", `\`, "‾", "~", "〜", "～", "−", "－", "‖", "∥", "—", "―", "¢", "￠", "£", "￡", "¬", "￢", "¦", "￤",
)

func encode932(s string) ([]byte, bool) {
	p, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(to932.Replace(s)))
	if err != nil {
		return nil, false
	}
	for i := 0; i < len(p); i++ {
		if !lead932(p[i]) || i+1 == len(p) {
			continue
		}
		if p[i] == 0xED || p[i] == 0xEE {
			p[i], p[i+1] = extended932(p[i], p[i+1])
		}
		i++
	}
	return p, true
}

func lead932(b byte) bool { return b >= 0x81 && b <= 0x9F || b >= 0xE0 && b <= 0xFC }

// extended932 moves a letter of NEC's rows ED and EE, where the encoder finds
// it first, to the place in IBM's rows FA to FC that Windows prefers.
func extended932(lead, trail byte) (byte, byte) {
	const (
		row      = 188 // letters with the same lead byte
		kanji    = 360 // of the letters of NEC's rows, the same in order in IBM's from FA5C
		numerals = 362 // EEEF: ten small Roman numerals, at FA40 in IBM's rows
		marks    = 373 // EEFA: three marks, at FA55
	)
	n := int(lead-0xED)*row + int(trail) - 0x40
	if trail > 0x7F {
		n--
	}
	switch {
	case n < kanji:
		n += 0x5C - 0x40
	case n >= marks:
		n += 0x55 - 0x40 - marks
	default:
		n -= numerals
	}
	lead, trail = 0xFA+byte(n/row), 0x40+byte(n%row)
	if trail >= 0x7F {
		trail++
	}
	return lead, trail
}
