package code

import (
	"bytes"
)

// Scan calls hit for each error code in text, in whichever spelling, with the
// place where the spelling begins. A code is told as its HRESULT: 12007, 0x2ee7
// and 0x80072ee7 are one. Each place is told once; the places come in no
// particular order. The spellings:
//
//   - 0x80240022, and with the sign of a 64-bit machine, 0xffffffff80240022
//   - 80240022 where brackets or tabs are around it, or an error word before it
//     ("error 80240022", "hr: 8024001e", "エラー 80240022")
//   - -2145124318 and 2149842978
//   - WinHTTP's 12002, 0x2ee2 behind an error word
//   - 240005, a column of ReportingEvents.log that lost its zeros
//
// Only failures count, but for the last. A number is taken for a code where it
// is listed, or of a family in which every number is one, such as 0x8024: the
// bare and the decimal spellings must be listed.
//
// It reads more than 1 GB/s of what healthy machines log.
func Scan(text []byte, hit func(code uint32, at int)) {
	ScanResults(text, hit)
	s := scanner{text, hit}
	s.each(winHTTP0, s.winHTTPDecimal)
	s.each(winHTTP1, s.winHTTPDecimal)
	s.each(winHTTPHex, s.winHTTPHex)
}

// ScanResults is Scan without the short spellings of WinHTTP's codes, about
// five times as fast: for text that says nothing of HTTP.
func ScanResults(text []byte, hit func(code uint32, at int)) {
	s := scanner{text, hit}
	s.long()
	s.each(stripped, s.stripped)
}

var (
	winHTTP0   = []byte("120")
	winHTTP1   = []byte("121")
	winHTTPHex = []byte("x2")
	stripped   = []byte("\t240")
)

type scanner struct {
	text []byte
	hit  func(code uint32, at int)
}

// hexDigit has 1 for the digits of hexadecimal numbers.
var hexDigit = func() (t [256]uint8) {
	for _, c := range []byte("0123456789abcdefABCDEF") {
		t[c] = 1
	}
	return t
}()

// shortest is the length of the shortest run of hexadecimal digits that may be
// a code without more ado.
const shortest = 8

// long tells the codes that are runs of 8 digits and more. It looks at every
// 8th byte only: any such run covers one of them.
func (s scanner) long() {
	text, done := s.text, 0
	for i := shortest - 1; i < len(text); {
		if hexDigit[text[i]] == 0 {
			i += shortest
			continue
		}
		from, to := i, i+1
		for from > done && hexDigit[text[from-1]] != 0 {
			from--
		}
		for to < len(text) && hexDigit[text[to]] != 0 {
			to++
		}
		if to-from >= shortest {
			s.run(from, to)
		}
		done, i = to, to+shortest
	}
}

// each calls f for each place of a fragment.
func (s scanner) each(fragment []byte, f func(at int)) {
	for at := 0; ; {
		i := bytes.Index(s.text[at:], fragment)
		if i < 0 {
			return
		}
		f(at + i)
		at += i + 1
	}
}

// before and after return the byte beside a place, 0 at the ends of the text.
func (s scanner) before(at int) byte {
	if at > 0 {
		return s.text[at-1]
	}
	return 0
}

func (s scanner) after(at int) byte {
	if at < len(s.text) {
		return s.text[at]
	}
	return 0
}

// run judges a whole run of hexadecimal digits.
func (s scanner) run(from, to int) {
	digits := s.text[from:to]
	switch len(digits) {
	case 8:
		if isWord(s.after(to)) {
			return
		}
		if s.prefixed(from) {
			if c := hexValue(digits); plausible(c) {
				s.hit(c, from-2)
			}
			return
		}
		s.bare(from, to)
	case 10:
		if !s.prefixed(from) {
			s.decimal(from, to)
		}
	case 16:
		high, low := hexValue(digits[:8]), hexValue(digits[8:])
		if (high == 0 || high == 0xffffffff) && s.prefixed(from) && !isWord(s.after(to)) && plausible(low) {
			s.hit(low, from-2)
		}
	}
}

// prefixed says whether 0x stands before a number.
func (s scanner) prefixed(at int) bool {
	return at >= 2 && s.text[at-1]|0x20 == 'x' && s.text[at-2] == '0'
}

// bare judges 8 digits without 0x: a GUID, a hash and a count may have as many.
func (s scanner) bare(from, to int) {
	if first := s.text[from]; first != '8' && first|0x20 != 'c' {
		return
	}
	before, after := s.before(from), s.after(to)
	enclosed := before == '[' && after == ']' || before == '(' && after == ')' || before == '\t' && after == '\t'
	if isWord(before) || before == '-' || before == '{' || before == '.' || after == '-' || !enclosed && !s.errorWord(from) {
		return
	}
	if c := hexValue(s.text[from:to]); failure(c) && isListed(c) {
		s.hit(c, from)
	}
}

// decimal judges 10 digits.
func (s scanner) decimal(from, to int) {
	var n uint64
	for _, d := range s.text[from:to] {
		if d > '9' {
			return
		}
		n = n*10 + uint64(d-'0')
	}
	at := from
	if s.before(from) == '-' {
		if n = 1<<32 - n; n > 1<<32 {
			return
		}
		at--
	}
	if n < 1<<31 || n >= 1<<32 {
		return
	}
	before, after := s.before(at), s.after(to)
	if isWord(before) || before == '-' || before == '.' || isWord(after) || after == '-' {
		return
	}
	if c := uint32(n); failure(c) && isListed(c) {
		s.hit(c, at)
	}
}

// winHTTPDecimal judges 12002 and its like at a place where 120 or 121 begins.
func (s scanner) winHTTPDecimal(at int) {
	to := at + 5
	if to > len(s.text) || isWord(s.before(at)) || isWord(s.after(to)) || s.text[to-1]-'0' > 9 || s.text[to-2]-'0' > 9 {
		return
	}
	n := 12000 + 100*uint32(s.text[at+2]-'0') + 10*uint32(s.text[at+3]-'0') + uint32(s.text[at+4]-'0')
	if c := 0x80070000 | n; s.errorWord(at) && isListed(c) {
		s.hit(c, at)
	}
}

// winHTTPHex judges 0x2ee2 and its like at the place of its x2.
func (s scanner) winHTTPHex(x int) {
	from, to := x+1, x+5
	if to > len(s.text) || !s.prefixed(from) || isWord(s.after(to)) || isWord(s.before(x-1)) {
		return
	}
	for _, d := range s.text[from:to] {
		if hexDigit[d] == 0 {
			return
		}
	}
	n := hexValue(s.text[from:to])
	if c := 0x80070000 | n; n >= 12001 && n < 12200 && s.errorWord(x-1) && isListed(c) {
		s.hit(c, x-1)
	}
}

// stripped judges a column of six digits at the tab before it.
func (s scanner) stripped(tab int) {
	from, to := tab+1, tab+7
	if s.after(to) != '\t' {
		return
	}
	for _, d := range s.text[from:to] {
		if hexDigit[d] == 0 {
			return
		}
	}
	if c := hexValue(s.text[from:to]); isListed(c) {
		s.hit(c, from)
	}
}

// errorWords end in small letters what stands before a code.
var errorWords = [...]string{"error", "err", "code", "hr", "hresult", "result", "status", "with", "failed", "failure", "rc", "le", "エラー", "コード", "結果"}

// maxErrorWord is how many bytes before a number are looked at.
const maxErrorWord = 24

// errorWord says whether a word stands before a number that says it is a code,
// with no more than signs and spaces between.
func (s scanner) errorWord(at int) bool {
	text := s.text[max(0, at-maxErrorWord):at]
	end := len(text)
	for end > 0 && len(text)-end < 6 && isSign(text[end-1]) {
		end--
	}
	for _, word := range errorWords {
		from := end - len(word)
		if from < 0 || !bytes.EqualFold(text[from:end], []byte(word)) {
			continue
		}
		// hr and its like must not end another word: "chr". "errorCode" and
		// "m_hr" may.
		if len(word) > 4 || from == 0 || text[from-1] == '_' || !isWord(text[from-1]) || text[from] <= 'Z' && text[from-1] >= 'a' {
			return true
		}
	}
	return false
}

func isSign(c byte) bool {
	switch c {
	case ' ', '\t', '=', ':', '(', '[', '"', '\'', '#', '<', '>':
		return true
	}
	return false
}

// isWord says whether a byte goes on with a word or number.
func isWord(c byte) bool {
	return c-'0' <= 9 || (c|0x20)-'a' < 26 || c == '_'
}

func hexValue(digits []byte) (v uint32) {
	for _, d := range digits {
		n := uint32(d & 0xf)
		if d > '9' {
			n += 9
		}
		v = v<<4 | n
	}
	return v
}

// failure says whether a code is one of failure that logs of Windows write.
func failure(c uint32) bool { return c>>28 == 8 || c>>28 == 0xc }

// plausible says whether a number written as code is one.
func plausible(c uint32) bool {
	if !failure(c) {
		return false
	}
	switch c >> 16 {
	case 0x8007, 0x8019, 0x8020, 0x8024, 0x800f, 0x80d0, 0x87d0, 0x87d2, 0xc180, 0xc190:
		return true
	}
	return isListed(c)
}

func isListed(c uint32) bool {
	_, ok := lookup(c)
	return ok
}
