package scan

import (
	"encoding/binary"

	"patchtrail/ingest/record"
)

// Severity reads a level out of the words of a message, for logs that have no
// column for it. A message that begins with "warning", "error" or "fatal"
// (after any marks such as '*') says its own level. Else "fatal", "error" or
// "fail" anywhere in it, in any case, is an Error, and "warning" a Warning,
// except for counts of nothing and results of 0 ("0 errors", "no errors",
// "errors: 0", "error = 0x00000000") and for "failover" and "failsafe".
func Severity(msg []byte) record.Level {
	switch l, ok := opening(msg); {
	case ok:
		return l
	default:
		return within(msg)
	}
}

// opening returns the level that msg begins with.
func opening(msg []byte) (record.Level, bool) {
	i := 0
	for i < len(msg) && !Letter(msg[i]) && !Digit(msg[i]) && msg[i] < 0x80 {
		i++
	}
	if i == len(msg) {
		return 0, false
	}
	rest := msg[i:]
	switch rest[0] | 0x20 {
	case 'w':
		if Fold(rest, "warning") && !nothing(msg, i, i+len("warning")) {
			return record.Warning, true
		}
	case 'e', 'f':
		if (Fold(rest, "error") || Fold(rest, "fatal")) && !nothing(msg, i, i+len("error")) {
			return record.Error, true
		}
	}
	return 0, false
}

// within looks at every second byte of msg with the one after it: each of the
// words has two pairs of letters, one after the other, that give it away, and
// one of them begins at an even place.
func within(msg []byte) record.Level {
	level := record.Info
	for i := 0; i+1 < len(msg); i += 2 {
		p := binary.LittleEndian.Uint16(msg[i:])
		if pairs[p>>3]&(1<<(p&7)) == 0 {
			continue
		}
		switch at(msg, i) {
		case record.Error:
			return record.Error
		case record.Warning:
			level = record.Warning
		}
	}
	return level
}

// words are what a severity is known by. pair is the place in the word of the
// two pairs that give it away, as in "fa" and "ai" of "fail".
var words = []struct {
	text  string
	pair  int
	level record.Level
}{
	{"error", 1, record.Error},
	{"fail", 0, record.Error},
	{"fatal", 0, record.Error},
	{"warning", 3, record.Warning},
}

// pairs has a bit for each two bytes that give one of the words away, in any case.
var pairs = func() (t [1 << 13]byte) {
	set := func(lo, hi byte) {
		p := uint16(hi)<<8 | uint16(lo)
		t[p>>3] |= 1 << (p & 7)
	}
	for _, w := range words {
		for _, i := range []int{w.pair, w.pair + 1} {
			lo, hi := w.text[i], w.text[i+1]
			set(lo, hi)
			set(lo&^0x20, hi)
			set(lo, hi&^0x20)
			set(lo&^0x20, hi&^0x20)
		}
	}
	return t
}()

// at returns the level of the word that one of its pairs at msg[i] gives away,
// Info if there is none.
func at(msg []byte, i int) record.Level {
	for _, w := range words {
		for _, from := range [2]int{i - w.pair, i - w.pair - 1} {
			if from < 0 || !Fold(msg[from:], w.text) || nothing(msg, from, from+len(w.text)) {
				continue
			}
			return w.level
		}
	}
	return record.Info
}

// Fold says whether b begins with word, which is lower case, in any case.
func Fold(b []byte, word string) bool {
	if len(b) < len(word) {
		return false
	}
	for i := 0; i < len(word); i++ {
		c := b[i]
		if c-'A' <= 'Z'-'A' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// nothing says whether the word msg[from:to] tells of no error: it is counted
// as none, results in 0, or is part of another word.
func nothing(msg []byte, from, to int) bool {
	return counted(msg[:from]) || zero(msg[to:]) ||
		msg[from]|0x20 == 'f' && (Fold(msg[to:], "over") || Fold(msg[to:], "safe") || Fold(msg[to:], "-over") || Fold(msg[to:], "-safe"))
}

// counted says whether before ends in "0 ", "no " or "without ".
func counted(before []byte) bool {
	n := len(before)
	if n < 2 || before[n-1] != ' ' {
		return false
	}
	b := before[:n-1]
	return endsWord(b, "0") || endsWord(b, "no") || endsWord(b, "without")
}

// endsWord says whether b ends in word, in any case, as a word of its own.
func endsWord(b []byte, word string) bool {
	n := len(b) - len(word)
	if n < 0 || !Fold(b[n:], word) {
		return false
	}
	return n == 0 || !Letter(b[n-1]) && !Digit(b[n-1]) && b[n-1] != '.' && b[n-1] != ','
}

// zero says whether after, the text behind a word, gives it the value 0: the
// rest of the word ("s", "ed", "ures", "(s)", "Code"), perhaps " code" or
// " count", then perhaps ':' or '=', then 0 or 0x0 and no more.
func zero(after []byte) bool {
	i := 0
	for i < len(after) && i < 12 && (Letter(after[i]) || after[i] == '(' || after[i] == ')') {
		i++
	}
	i = Skip(after, i)
	for _, w := range [2]string{"code", "count"} {
		if Fold(after[i:], w) {
			i = Skip(after, i+len(w))
			break
		}
	}
	if i < len(after) && (after[i] == ':' || after[i] == '=') {
		i = Skip(after, i+1)
	}
	if i >= len(after) || after[i] != '0' {
		return false
	}
	i++
	if i < len(after) && after[i]|0x20 == 'x' {
		i++
	}
	for i < len(after) && after[i] == '0' {
		i++
	}
	return i == len(after) || !Letter(after[i]) && !Digit(after[i])
}
