// Package cbs reads the logs of Windows servicing and setup, which all have
// the form of CBS.log:
//
//	2024-03-05 10:11:12, Info                  CBS    text
//
// that is CBS.log and its older CbsPersist_*.log, dism.log, setupact.log and
// setuperr.log. The time is local, in seconds, without a zone. The level begins
// in column 21, the component in column 43 and the text in column 50 (counted
// from 0); a line without a component has its text there too. Setup of Windows
// 7 writes a code such as "[0x0601c1]" before the component. Lines without a
// time belong to the record before them.
package cbs

import (
	"bytes"
	"strings"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// The names of the formats; one parser reads them all.
const (
	Name      = "cbs"
	NameDISM  = "dism"
	NameSetup = "setupact"
)

// Detect says whether head is a CBS.log.
func Detect(head []byte, name string) bool { return kind(head, name) == Name }

// DetectDISM says whether head is a dism.log.
func DetectDISM(head []byte, name string) bool { return kind(head, name) == NameDISM }

// DetectSetup says whether head is a setupact.log or setuperr.log.
func DetectSetup(head []byte, name string) bool { return kind(head, name) == NameSetup }

// kind returns the name of head's format, "" if it is none of them. The
// components tell them apart; setup logs quote the others, so that the name of
// the file decides where they are mixed.
func kind(head []byte, name string) string {
	var servicing, dism, other int
	hits, lines := scan.Share(head, func(line []byte) bool {
		c, ok := read(line)
		if !ok {
			return false
		}
		switch string(c.component) {
		case "CBS", "CSI", "DPX":
			servicing++
		case "DISM":
			dism++
		default:
			other++
		}
		return true
	})
	if !scan.Enough(hits, lines) || bytes.Contains(head, []byte("<![LOG[")) {
		return ""
	}
	switch hits {
	case servicing:
		return Name
	case dism:
		return NameDISM
	case other:
		return NameSetup
	}
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "setup"):
		return NameSetup
	case strings.Contains(name, "dism"):
		return NameDISM
	case strings.Contains(name, "cbs"):
		return Name
	case servicing > dism && servicing > other:
		return Name
	case dism > other:
		return NameDISM
	}
	return NameSetup
}

// Parser reads all of these logs.
type Parser struct{}

// New returns a parser for one file.
func New() *Parser { return &Parser{} }

// Parse is format.Parser's.
func (p *Parser) Parse(chunk []byte, final bool, b *record.Batch) int {
	return scan.Records(p, chunk, final, b)
}

// Start is scan.Starter's.
func (p *Parser) Start(line []byte, r *record.Rec, b *record.Batch) bool {
	c, ok := read(line)
	if !ok {
		return false
	}
	r.Time = c.time
	r.Level = c.level
	r.Component = b.Component(c.component)
	if string(c.component) == "DISM" {
		_, r.Thread = ids(line[c.message:])
	}
	return true
}

// Split returns the fields of a record's text; Context is the process id that
// DISM states.
func Split(raw []byte) record.Fields {
	if len(raw) == 0 {
		return record.Fields{}
	}
	end, _ := scan.Line(raw, 0)
	c, ok := read(raw[:end])
	if !ok {
		return record.Fields{Message: scan.Trim(raw)}
	}
	f := record.Fields{Message: scan.Trim(raw[c.message:]), Component: c.component}
	if string(c.component) == "DISM" {
		f.Context, _ = ids(raw[c.message:end])
	}
	return f
}

// columns is the first line of a record, taken apart.
type columns struct {
	time      int64 // nanoseconds since 1970 of the log's own clock
	level     record.Level
	component []byte
	message   int // where in the line it begins
}

// Where the columns begin.
const (
	levelColumn     = len("2024-03-05 10:11:12, ")
	componentColumn = 43
	textColumn      = 50
)

// read takes a line apart. It says false where the line begins no record.
func read(line []byte) (c columns, ok bool) {
	if len(line) <= levelColumn || line[levelColumn-2] != ',' || line[levelColumn-1] != ' ' || line[10] != ' ' {
		return c, false
	}
	days, ok := scan.Days(line, 0, '-')
	seconds := scan.Clock(line, 11)
	if !ok || seconds < 0 {
		return c, false
	}
	i := wordEnd(line, levelColumn)
	if c.level, ok = level(line[levelColumn:i]); !ok {
		return c, false
	}
	c.time = days*scan.Day + seconds*scan.Second
	i = scan.Skip(line, i)
	if i < len(line) && line[i] == '[' && bytes.HasPrefix(line[i:], []byte("[0x")) {
		if end := wordEnd(line, i); line[end-1] == ']' {
			i = scan.Skip(line, end)
		}
	}
	c.message = i
	if i < textColumn {
		end := wordEnd(line, i)
		next := scan.Skip(line, end)
		if component(line[i:end], i == componentColumn && (next >= textColumn || next == len(line))) {
			c.component, c.message = line[i:end], next
		}
	}
	return c, true
}

// wordEnd returns where the word of line that begins at i ends.
func wordEnd(line []byte, i int) int {
	for i < len(line) && line[i] != ' ' && line[i] != '\t' {
		i++
	}
	return i
}

// level returns what the word in the level column stands for; false if it is none.
func level(word []byte) (record.Level, bool) {
	switch string(word) {
	case "Info", "情報":
		return record.Info, true
	case "Warning", "警告":
		return record.Warning, true
	case "Error", "Fatal", "Critical", "エラー":
		return record.Error, true
	case "Perf", "Verbose", "Debug":
		return record.Verbose, true
	}
	return record.Info, false
}

// component says whether word is a component and not the first of the text:
// it is short, of letters and digits, and stands alone in its column or, where
// the columns were lost, begins and ends with a capital.
func component(word []byte, alone bool) bool {
	if len(word) < 2 || len(word) > 12 {
		return false
	}
	for _, c := range word {
		if !scan.Letter(c) && !scan.Digit(c) && c != '_' && c != '-' {
			return false
		}
	}
	return alone || capital(word[0]) && capital(word[len(word)-1])
}

func capital(c byte) bool { return c-'A' <= 'Z'-'A' }

// ids returns the process and thread id of a message of DISM, which begins
// "PID=1234 TID=5678 " or "DISM Package Manager: PID=1234 TID=5678 ".
func ids(msg []byte) (process []byte, thread uint32) {
	if len(msg) > 120 {
		msg = msg[:120]
	}
	i := bytes.Index(msg, []byte("PID="))
	if i < 0 || i > 0 && msg[i-1] != ' ' {
		return nil, 0
	}
	i += len("PID=")
	_, n := scan.Number(msg[i:])
	process = msg[i : i+n]
	if rest := msg[i+n:]; bytes.HasPrefix(rest, []byte(" TID=")) {
		thread, _ = scan.Number(rest[len(" TID="):])
	}
	return process, thread
}
