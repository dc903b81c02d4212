package msi

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// The words before a number that make a message, and how severe it is.
var messages = []struct {
	word  string
	level record.Level
}{
	{"Error ", record.Error},
	{"エラー ", record.Error},
	{"Warning ", record.Warning},
	{"警告 ", record.Warning},
	{"Info ", record.Info},
	{"情報 ", record.Info},
}

// numbered says whether a line without a time is a message of its own: "Error
// 1722. ..." or "CustomAction X returned actual error code 1603 ...".
func numbered(line []byte) bool {
	for _, m := range messages {
		if len(line) > len(m.word) && string(line[:len(m.word)]) == m.word && number(line[len(m.word):]) {
			return true
		}
	}
	return bytes.HasPrefix(line, []byte("CustomAction "))
}

// number says whether b begins with a message's number: 3 to 5 digits and a
// full stop.
func number(b []byte) bool {
	_, n := scan.Number(b)
	return n >= 3 && n <= 5 && len(b) > n && (b[n] == '.' || bytes.HasPrefix(b[n:], []byte("。")))
}

// results are the words before a result that is 0 where all went well.
var results = []string{
	"returned actual error code ",
	"MainEngineThread is returning ",
	"success or error status: ",
	"エラーの状態: ",
}

// level reads how severe a line calls itself. Words alone do not tell: the
// tables and properties of a package are full of "error".
func level(line []byte) record.Level {
	for _, s := range []string{"Return value ", "戻り値 "} {
		if i := bytes.LastIndex(line, []byte(s)); i >= 0 {
			// 1 is success, 2 cancelled by the user, 3 failed.
			if v, n := scan.Number(line[i+len(s):]); n == 1 && v == 3 {
				return record.Error
			}
		}
	}
	for _, s := range results {
		if i := bytes.Index(line, []byte(s)); i >= 0 && failed(line[i+len(s):]) {
			return record.Error
		}
	}
	for _, m := range messages {
		if m.level == record.Info {
			continue
		}
		for rest := line; ; {
			i := bytes.Index(rest, []byte(m.word))
			if i < 0 {
				break
			}
			rest = rest[i+len(m.word):]
			if number(rest) {
				return m.level
			}
		}
	}
	for _, s := range []string{"-- Installation failed", "-- Configuration failed", "-- Removal failed"} {
		if bytes.Contains(line, []byte(s)) {
			return record.Error
		}
	}
	return record.Info
}

// failed says whether b begins with an error code that means failure: neither 0
// nor one of those that ask for a restart.
func failed(b []byte) bool {
	v, n := scan.Number(b)
	return n > 0 && v != 0 && v != 1641 && v != 3010
}
