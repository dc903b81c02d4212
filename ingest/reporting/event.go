package reporting

import (
	"bytes"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
)

// Event is one line of ReportingEvents.log. Its byte slices are parts of the
// line, and nil where the line lacks the column.
type Event struct {
	// ID is the number of the event, such as 181, by its name where the line
	// lacks it; 0 if neither is known.
	ID uint32
	// Name is the event's, such as AGENT_INSTALLING_STARTED.
	Name []byte
	// Time is the local time in nanoseconds since 1970, as in record.Rec; it
	// means nothing unless Timed.
	Time  int64
	Timed bool
	// Bias is in minutes, UTC = local + bias, or record.NoBias.
	Bias int16
	// UpdateID is the GUID of the update in its braces; all zeros where the
	// event is about no single update.
	UpdateID []byte
	// Revision of the update.
	Revision uint32
	// Result is the HRESULT, such as 0x800704c7, or 0.
	Result uint32
	// Caller who asked for it: "CcmExec" is ConfigMgr, "UpdateOrchestrator"
	// Windows itself.
	Caller []byte
	// Status is "Success" or "Failure".
	Status []byte
	// Category is "Software Synchronization", "Content Download" or "Content Install".
	Category []byte
	// Text is the sentence with the title of the update.
	Text []byte
	// Vector is the correlation vector that Windows 10 adds.
	Vector []byte

	from int // where in the line the number or name of the event begins
}

// Events that open or close a step of an update, or a scan.
const (
	DetectionFinished   = 147
	DetectionFailed     = 148
	DownloadFailed      = 161
	DownloadSucceeded   = 162
	DownloadCanceled    = 163
	DownloadStarted     = 167
	InstallingStarted   = 181
	InstallingFailed    = 182
	InstallingSucceeded = 183
	InstallingPending   = 201
)

// number returns the event's number by its name, 0 where it is not known.
func number(name []byte) uint32 {
	switch string(name) {
	case "AGENT_DETECTION_FINISHED":
		return DetectionFinished
	case "AGENT_DETECTION_FAILED":
		return DetectionFailed
	case "AGENT_DOWNLOAD_FAILED":
		return DownloadFailed
	case "AGENT_DOWNLOAD_SUCCEEDED":
		return DownloadSucceeded
	case "AGENT_DOWNLOAD_CANCELED":
		return DownloadCanceled
	case "AGENT_DOWNLOAD_STARTED":
		return DownloadStarted
	case "AGENT_INSTALLING_STARTED":
		return InstallingStarted
	case "AGENT_INSTALLING_FAILED":
		return InstallingFailed
	case "AGENT_INSTALLING_SUCCEEDED":
		return InstallingSucceeded
	case "AGENT_INSTALLING_PENDING":
		return InstallingPending
	}
	return 0
}

// Fields reads the event that raw, the text of a record, begins with. It says
// false where raw is no event.
func Fields(raw []byte) (Event, bool) {
	var e Event
	if len(raw) == 0 {
		return e, false
	}
	end, _ := scan.Line(raw, 0)
	i, ok := e.begin(raw[:end])
	if !ok {
		return Event{}, false
	}
	e.columns(raw[:end], i)
	return e, true
}

// Failed says whether the event tells of a failure: by its status, or by its
// name where the line lacks that.
func (e *Event) Failed() bool {
	if e.Status != nil {
		return string(e.Status) == "Failure"
	}
	return bytes.HasSuffix(e.Name, []byte("_FAILED"))
}

// begin reads the columns up to the name of the event and returns where in the
// line the next one begins. It says false where the line begins no event: one
// has its own id and time, or a time and a name, or a name that is an agent's.
func (e *Event) begin(line []byte) (next int, ok bool) {
	i := scan.Skip(line, scan.SkipBOM(line))
	e.Bias = record.NoBias
	hasID := guid(line[i:])
	if hasID {
		i = scan.Skip(line, i+guidLen)
	}
	if n := e.stamp(line[i:]); n > 0 {
		i = scan.Skip(line, i+n)
	}
	e.from = i
	after := i
	for count := 1; count <= 2; count++ { // a column that is always 1, and the event's number
		v, n := scan.Number(line[i:])
		at := scan.Skip(line, i+n)
		if n == 0 || at == i+n {
			break
		}
		if count == 2 || v != 1 {
			e.ID, e.from = v, i
		}
		i = at
	}
	if n := name(line[i:]); n > 0 {
		e.Name = line[i+1 : i+n-1]
		if e.ID == 0 {
			e.ID, e.from = number(e.Name), i
		}
		return i + n, e.Timed || bytes.HasPrefix(e.Name, []byte("AGENT_"))
	}
	e.ID, e.from = 0, after
	return after, hasID && e.Timed
}

// stamp reads the time that b begins with and returns its length, 0 where
// there is none.
func (e *Event) stamp(b []byte) int {
	const clock = len("2024-03-05 ")
	const fraction = clock + len("10:11:12:")
	if len(b) <= fraction || b[clock-1] != ' ' && b[clock-1] != '\t' || b[fraction-1] != ':' && b[fraction-1] != '.' {
		return 0
	}
	days, ok := scan.Days(b, 0, '-')
	seconds := scan.Clock(b, clock)
	ns, n := scan.Fraction(b[fraction:])
	if !ok || seconds < 0 || n == 0 {
		return 0
	}
	end := fraction + n
	bias, n := scan.Offset(b[end:])
	if n > 0 {
		e.Bias = bias
	}
	end += n
	if end < len(b) && b[end] != ' ' && b[end] != '\t' {
		e.Bias = record.NoBias
		return 0
	}
	e.Time, e.Timed = days*scan.Day+seconds*scan.Second+ns, true
	return end
}

// guidLen is the length of a GUID in its braces.
const guidLen = len("{00000000-0000-0000-0000-000000000000}")

// guid says whether b begins with a GUID in braces.
func guid(b []byte) bool {
	if len(b) < guidLen || b[0] != '{' || b[guidLen-1] != '}' {
		return false
	}
	for i, c := range b[1 : guidLen-1] {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !scan.HexDigit(c) {
			return false
		}
	}
	return true
}

// name returns the length of the event's name in brackets that b begins with,
// 0 where there is none: capital letters, digits and '_'.
func name(b []byte) int {
	if len(b) < 3 || b[0] != '[' || b[1]-'A' > 'Z'-'A' {
		return 0
	}
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c == ']':
			return i + 1
		case c-'A' > 'Z'-'A' && c != '_' && !scan.Digit(c):
			return 0
		}
	}
	return 0
}

// columns reads what stands in line after the event's name, from i on.
func (e *Event) columns(line []byte, i int) {
	rest := line[i:]
	for at := 0; ; at++ { // the update id is the first GUID
		n := bytes.IndexByte(rest[at:], '{')
		if n < 0 {
			e.spaced(rest)
			return
		}
		if at += n; guid(rest[at:]) {
			e.UpdateID = rest[at : at+guidLen]
			rest = rest[at+guidLen:]
			break
		}
	}
	if bytes.IndexByte(rest, '\t') != 0 {
		e.spaced(rest)
		return
	}
	rest = rest[1:]
	e.Revision, _ = scan.Number(column(&rest))
	e.Result = result(column(&rest))
	e.Caller = column(&rest)
	e.Status = column(&rest)
	e.Category = column(&rest)
	e.Text = column(&rest)
	e.Vector = column(&rest)
}

// column takes the next column, up to a tab, off rest; nil where there is none.
func column(rest *[]byte) []byte {
	b := *rest
	if b == nil {
		return nil
	}
	if i := bytes.IndexByte(b, '\t'); i >= 0 {
		*rest = b[i+1:]
		return b[:i]
	}
	*rest = nil
	return b
}

// result reads a result in hexadecimal, with or without 0x.
func result(b []byte) uint32 {
	if scan.Fold(b, "0x") {
		b = b[2:]
	}
	v, _ := scan.Hex(b)
	return v
}

// statuses and categories tell the columns apart where tabs became spaces.
var (
	statuses   = []string{"Success", "Failure"}
	categories = []string{"Software Synchronization", "Content Download", "Content Install", "Pre-Deployment Check"}
)

// spaced reads the columns after the update id where tabs became spaces: up to
// two numbers, the caller of any number of words, a status, a category, text.
func (e *Event) spaced(rest []byte) {
	rest = rest[scan.Skip(rest, 0):]
	if word := first(rest); decimal(word) {
		e.Revision, _ = scan.Number(word)
		rest = rest[scan.Skip(rest, len(word)):]
		if word = first(rest); hexadecimal(word) {
			e.Result = result(word)
			rest = rest[scan.Skip(rest, len(word)):]
		}
	}
	at, status := word(rest, statuses)
	if at < 0 {
		e.Text = scan.Trim(rest)
		return
	}
	e.Caller = scan.Trim(rest[:at])
	e.Status = rest[at : at+len(status)]
	rest = rest[at+len(status):]
	rest = rest[scan.Skip(rest, 0):]
	for _, c := range categories {
		if bytes.HasPrefix(rest, []byte(c)) {
			e.Category = rest[:len(c)]
			rest = rest[len(c):]
			break
		}
	}
	e.Text = scan.Trim(rest[scan.Skip(rest, 0):])
}

// first returns b up to its first blank.
func first(b []byte) []byte {
	if i := bytes.IndexAny(b, " \t"); i >= 0 {
		return b[:i]
	}
	return b
}

// decimal says whether word is a number and no more.
func decimal(word []byte) bool {
	_, n := scan.Number(word)
	return n > 0 && n == len(word)
}

// hexadecimal says whether word is a hexadecimal number and no more.
func hexadecimal(word []byte) bool {
	if scan.Fold(word, "0x") {
		word = word[2:]
	}
	_, n := scan.Hex(word)
	return n > 0 && n == len(word)
}

// word finds the first of words that stands in b between blanks, -1 if none does.
func word(b []byte, words []string) (int, string) {
	for i := 0; i < len(b); i++ {
		if i > 0 && b[i-1] != ' ' && b[i-1] != '\t' {
			continue
		}
		for _, w := range words {
			if end := i + len(w); bytes.HasPrefix(b[i:], []byte(w)) && (end == len(b) || b[end] == ' ' || b[end] == '\t') {
				return i, w
			}
		}
	}
	return -1, ""
}
