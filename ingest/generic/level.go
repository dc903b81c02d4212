package generic

import (
	"bytes"
	"encoding/binary"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// maxColumns is how many columns behind a stamp are looked at for a level:
// thread, process and the like may stand before it.
const maxColumns = 3

// level tells how severe the line whose stamp is line[at:end] calls itself: by
// a column of its own before or behind the stamp, else by the words of its
// message.
func level(line []byte, at, end int, where place) record.Level {
	if where == worded {
		if l, ok := column(line[:at], 0); ok {
			return l
		}
	}
	i := after(line, end)
	if l, ok := column(line, i); ok {
		return l
	}
	msg := line[i:]
	l := scan.Severity(msg)
	if l < record.Error && !ascii(msg) {
		l = max(l, japanese(msg))
	}
	return l
}

// column looks for a level among the first columns of line[i:].
func column(line []byte, i int) (record.Level, bool) {
	for range maxColumns {
		for i < len(line) && quote[line[i]] {
			i++
		}
		n := letters(line, i)
		boxed := i > 0 && (line[i-1] == '[' || line[i-1] == '(' || line[i-1] == '<' || line[i-1] == '|' || line[i-1] == '"')
		if n == 0 && !digitAt(line, i) {
			return 0, false
		}
		if l, ok := word(line[i:i+n], closed(line, i+n) || boxed); ok && !wordAt(line, i+n) {
			return l, true
		}
		// Only a number or what stands in brackets can be a column before it.
		box := boxed
		for i < len(line) && (box || wordAt(line, i)) {
			if c := line[i]; c == ']' || c == ')' || c == '>' || c == '|' || c == '"' {
				break
			}
			box = boxed && line[i] != '\t'
			if !boxed && !digitAt(line, i) {
				return 0, false
			}
			i++
		}
		i = after(line, i)
	}
	return 0, false
}

// closed says whether what follows a word at line[i] ends a column.
func closed(line []byte, i int) bool {
	if i >= len(line) {
		return true
	}
	switch line[i] {
	case ']', ')', '>', '|', ':', '\t', '"', ';', ',':
		return true
	case ' ':
		return i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '|' || line[i+1] == '-' || line[i+1] == '[')
	}
	return false
}

// word returns the level that w names. A word that may also begin a sentence
// ("Critical updates ...") names one only where it is closed or in capitals.
func word(w []byte, closed bool) (record.Level, bool) {
	sure := closed || capitals(w)
	is := func(names ...string) bool {
		for _, n := range names {
			if len(n) == len(w) && scan.Fold(w, n) {
				return true
			}
		}
		return false
	}
	switch {
	case len(w) < 3:
		return 0, false
	case is("info", "information"):
		return record.Info, true
	case is("error", "fatal"):
		return record.Error, closed || capitals(w)
	case is("warning", "warn"):
		return record.Warning, true
	case sure && is("err", "critical", "crit", "severe", "fail", "failed", "emerg", "alert"):
		return record.Error, true
	case sure && is("wrn"):
		return record.Warning, true
	case sure && is("inf", "notice", "success"):
		return record.Info, true
	case sure && is("debug", "dbg", "trace", "trc", "verbose", "vrb", "fine", "finer", "finest"):
		return record.Verbose, true
	}
	return 0, false
}

func capitals(w []byte) bool {
	for _, c := range w {
		if c&0x20 != 0 {
			return false
		}
	}
	return true
}

// ascii says whether b holds no byte past 0x7F.
func ascii(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// japanese returns the level of a message by the words エラー, 失敗 and 警告,
// but for those that say that there is none.
func japanese(msg []byte) record.Level {
	for _, w := range []string{"エラー", "失敗"} {
		for rest := msg; ; {
			i := bytes.Index(rest, []byte(w))
			if i < 0 {
				break
			}
			before := rest[:i]
			rest = rest[i+len(w):]
			if !denied(before, rest) {
				return record.Error
			}
		}
	}
	if i := bytes.Index(msg, []byte("警告")); i >= 0 && !denied(msg[:i], msg[i+len("警告"):]) {
		return record.Warning
	}
	return record.Info
}

// denied says whether a word is counted as none: "エラーはありません",
// "エラーなし", "エラー: 0", "0 件のエラー", "失敗しませんでした".
func denied(before, rest []byte) bool {
	for _, no := range []string{"はありません", "はなし", "なし", "がありません", "無し", "しません", "せず", "コードなし"} {
		if has(rest, 0, no) {
			return true
		}
	}
	i := 0
	for _, s := range []string{"数", "件数", "コード"} {
		if has(rest, 0, s) {
			i = len(s)
			break
		}
	}
	i = scan.Skip(rest, i)
	if i < len(rest) && (rest[i] == ':' || rest[i] == '=') {
		i = scan.Skip(rest, i+1)
	} else if has(rest, i, "：") {
		i = scan.Skip(rest, i+len("："))
	}
	if i < len(rest) && rest[i] == '0' && !nonzero(rest[i+1:]) {
		return true
	}
	b := bytes.TrimRight(before, " ")
	b = bytes.TrimSuffix(b, []byte("の"))
	b = bytes.TrimRight(bytes.TrimSuffix(b, []byte("件")), " ")
	return len(b) > 0 && b[len(b)-1] == '0' && (len(b) == 1 || !scan.Digit(b[len(b)-2]))
}

// nonzero says whether a number goes on that began with 0: "0x80070005", "05".
func nonzero(b []byte) bool {
	if len(b) > 0 && b[0]|0x20 == 'x' {
		b = b[1:]
	}
	for len(b) > 0 && b[0] == '0' {
		b = b[1:]
	}
	return wordAt(b, 0)
}
