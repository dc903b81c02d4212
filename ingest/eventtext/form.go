package eventtext

import (
	"bytes"

	"patchtrail/ingest/scan"
)

// kind is how the events of a file are written.
type kind uint8

const (
	blocks  kind = iota // wevtutil: "Event[0]:" and "  Name: value"
	list                // PowerShell: "Name : value", a blank line between
	columns             // CSV or tabs
)

// key is what a value is.
type key uint8

const (
	keyNone key = iota
	keyLevel
	keyDate
	keySource
	keyID
	keyComputer
	keyThread
	keyMessage
)

// keys are the names of values, in small letters.
var keys = map[string]key{
	"level": keyLevel, "レベル": keyLevel, "leveldisplayname": keyLevel, "entrytype": keyLevel, "keywords": keyLevel, "キーワード": keyLevel,
	"date": keyDate, "日付": keyDate, "日時": keyDate, "date and time": keyDate, "日付と時刻": keyDate, "timecreated": keyDate, "timegenerated": keyDate,
	"source": keySource, "ソース": keySource, "providername": keySource,
	"event id": keyID, "イベント id": keyID, "id": keyID, "eventid": keyID,
	"computer": keyComputer, "コンピューター": keyComputer, "コンピュータ": keyComputer, "machinename": keyComputer,
	"threadid":    keyThread,
	"description": keyMessage, "説明": keyMessage, "message": keyMessage,
}

func keyOf(name []byte) key { return keys[string(bytes.ToLower(bytes.TrimSpace(name)))] }

// form is how a file is written.
type form struct {
	kind    kind
	divider byte   // of columns
	header  int    // number of the line that names them
	columns []key  // by position
	first   string // the name that a list's events begin with
}

// reader takes the lines of a file.
type reader interface {
	line(line []byte)
	end()
}

func (f *form) reader(r *Reader) reader {
	switch f.kind {
	case blocks:
		return &blockReader{Reader: r}
	case list:
		return &listReader{Reader: r}
	}
	return &columnReader{Reader: r}
}

// tell finds out how a file that begins with head is written: by the first
// lines that are not blank, before which a prompt and its command may stand.
func tell(head []byte) (form, bool) {
	const most = 80
	seen, number := 0, 0
	f := form{kind: list}
	var have [keyMessage + 1]bool
	for at := 0; at < len(head) && seen < most; {
		end, next := scan.Line(head, at)
		line := head[at:end]
		line = line[scan.SkipBOM(line):]
		at = next
		number++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		seen++
		if blockHead(line) {
			return form{kind: blocks}, hasBlock(head[at:])
		}
		if seen <= 5 {
			if g, ok := headerOf(line); ok {
				g.header = number
				return g, true
			}
		}
		if name, _, ok := pair(line); ok {
			k := keyOf(name)
			if have[k] = true; f.first == "" && isProperty(name) {
				f.first = string(name)
			}
		}
	}
	return f, f.first != "" && have[keyDate] && have[keyID] && (have[keySource] || have[keyMessage])
}

// messageLast says whether a line that is a row cannot be part of a message: its
// date and number come before that.
func (f *form) messageLast() bool { return f.columns[len(f.columns)-1] == keyMessage }

// isProperty says whether a name may be a property of PowerShell's objects.
func isProperty(name []byte) bool {
	for _, c := range name {
		if !scan.Letter(c) && !scan.Digit(c) && c != '_' {
			return false
		}
	}
	return len(name) > 0
}

// headerOf reads the names of columns.
func headerOf(line []byte) (form, bool) {
	for _, d := range []byte{',', '\t', ';'} {
		f := form{kind: columns, divider: d}
		var have [keyMessage + 1]bool
		for _, name := range fields(nil, line, d) {
			k := keyOf(name)
			f.columns = append(f.columns, k)
			have[k] = true
		}
		if have[keyDate] && have[keyID] && (have[keySource] || have[keyMessage]) {
			if !have[keyMessage] { // Event Viewer names all columns but the last
				f.columns = append(f.columns, keyMessage)
			}
			return f, true
		}
	}
	return form{}, false
}

// blockHead says whether line begins an event of wevtutil: "Event[0]:", without
// the colon in newer versions.
func blockHead(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("Event["))
	if !ok {
		rest, ok = bytes.CutPrefix(line, []byte("イベント["))
	}
	if !ok {
		return false
	}
	_, n := scan.Number(rest)
	rest = bytes.TrimRight(rest[n:], " \t")
	return n > 0 && (string(rest) == "]:" || string(rest) == "]")
}

// hasBlock says whether the values that follow the head of an event are those
// of one.
func hasBlock(text []byte) bool {
	var have [keyMessage + 1]bool
	for at, n := 0, 0; at < len(text) && n < 20; n++ {
		end, next := scan.Line(text, at)
		if name, _, ok := bytes.Cut(text[at:end], []byte(":")); ok {
			have[keyOf(name)] = true
		}
		at = next
	}
	return have[keyID] && (have[keySource] || have[keyDate])
}

// blockReader reads what wevtutil writes. The description comes last, and goes
// on until the next event.
type blockReader struct {
	*Reader
	described bool
}

func (r *blockReader) line(line []byte) {
	switch {
	case blockHead(line):
		r.begin(r.Reader.line)
		r.described = false
	case !r.open:
		r.before(line)
	case r.described:
		r.say([]byte("\n"))
		r.say(line)
	default:
		name, value, ok := bytes.Cut(line, []byte(":"))
		if k := keyOf(name); ok && k != keyNone {
			r.set(k, value)
			r.described = k == keyMessage
		}
	}
}

func (r *blockReader) end() {}

// pair reads a line of Format-List: a name, blanks up to a column, " : ".
func pair(line []byte) (name, value []byte, ok bool) {
	name, value, ok = bytes.Cut(line, []byte(" :"))
	if !ok || len(name) == 0 || name[0] == ' ' || len(value) > 0 && value[0] != ' ' {
		return nil, nil, false
	}
	name = bytes.TrimRight(name, " ")
	return name, value, isProperty(name)
}

// listReader reads what Format-List writes. A value goes on in lines that begin
// with blanks; the console's width breaks long ones at a word.
type listReader struct {
	*Reader
	in   key
	wide bool // the line before was as long as a console
}

const consoleWidth = 60 // from which on a line may have been broken

func (r *listReader) line(line []byte) {
	name, value, ok := pair(line)
	switch {
	case ok && string(name) == r.form.first:
		r.begin(r.Reader.line)
		fallthrough
	case ok && r.open:
		r.in = keyOf(name)
		r.set(r.in, value)
	case !r.open:
		r.before(line)
	case r.in == keyMessage:
		rest, said := bytes.TrimSpace(line), r.ev.message
		switch {
		case !r.wide || len(rest) == 0 || rest[0] == '-':
			r.say([]byte("\n"))
		case len(said) > 0 && said[len(said)-1] >= 0x80 && rest[0] >= 0x80: // Japanese has no blanks
		default:
			r.say([]byte(" "))
		}
		r.say(rest)
	}
	r.wide = cells(line) >= consoleWidth
}

// cells is how wide a line is on a console.
func cells(line []byte) (n int) {
	for _, c := range string(line) {
		if n++; c >= 0x1100 {
			n++
		}
	}
	return n
}

func (r *listReader) end() {}

// columnReader reads lines of columns. A quoted message may hold line ends; one
// that is not goes on in lines that are no row.
type columnReader struct {
	*Reader
	row     []byte
	start   int // the line that row begins on
	quotes  int
	columns [][]byte
}

func (r *columnReader) line(line []byte) {
	if r.Reader.line == r.form.header || r.Reader.line < r.form.header {
		r.before(line)
		return
	}
	if len(r.row) > 0 && (r.quotes%2 == 0 || len(r.row) > maxText || r.form.messageLast() && r.isRow(line)) {
		r.end()
	}
	if len(r.row) == 0 {
		r.start, r.quotes = r.Reader.line, 0
	} else {
		r.row = append(r.row, '\n')
	}
	r.row = append(r.row, line...)
	r.quotes += bytes.Count(line, []byte(`"`))
}

// isRow says whether text is a row: its date and its number can be read.
func (r *columnReader) isRow(text []byte) bool {
	r.columns = fields(r.columns[:0], text, r.form.divider)
	date, id := false, false
	for i, k := range r.form.columns {
		if i >= len(r.columns) {
			break
		}
		switch k {
		case keyDate:
			_, _, date = unknown.read(r.columns[i])
		case keyID:
			_, id = number(bytes.TrimSpace(r.columns[i]))
		}
	}
	return date && id
}

// end takes the row that was gathered.
func (r *columnReader) end() {
	row := r.row
	r.row = r.row[:0]
	switch {
	case r.isRow(row):
		r.begin(r.start)
		n := len(r.form.columns)
		for i, k := range r.form.columns {
			if i >= len(r.columns) {
				break
			}
			if i == n-1 && k == keyMessage && len(r.columns) > n { // not quoted, and holds dividers
				r.set(k, bytes.Join(r.columns[i:], []byte{r.form.divider}))
				break
			}
			r.set(k, r.columns[i])
		}
	case r.open:
		if len(row) > 0 {
			r.say([]byte("\n"))
			r.say(row)
		}
	default:
		r.before(row)
	}
}

// fields takes a row apart and appends its columns to out, without their quotes.
func fields(out [][]byte, row []byte, divider byte) [][]byte {
	for {
		if len(row) > 0 && row[0] == '"' {
			var value []byte
			rest := row[1:]
			for {
				i := bytes.IndexByte(rest, '"')
				if i < 0 {
					value, rest = append(value, rest...), nil
					break
				}
				value = append(value, rest[:i]...)
				rest = rest[i+1:]
				if len(rest) == 0 || rest[0] != '"' {
					break
				}
				value, rest = append(value, '"'), rest[1:]
			}
			i := bytes.IndexByte(rest, divider)
			if i < 0 {
				return append(out, append(value, rest...))
			}
			out, row = append(out, append(value, rest[:i]...)), rest[i+1:]
			continue
		}
		i := bytes.IndexByte(row, divider)
		if i < 0 {
			return append(out, row)
		}
		out, row = append(out, row[:i]), row[i+1:]
	}
}
