package window

import (
	"strings"

	"patchtrail/ingest/record"
)

// Query is one question that another part of the client asked, with the answer:
// the lines of one thread from the call up to the answer.
type Query struct {
	Kind QueryKind
	Time int64
	// Runtime is the seconds asked for; 1 is a mere probe. 0 for Remaining.
	Runtime int
	Type    Type
	Answer  Answer
	Reason  Reason
	// AllPrograms is set where no window of the type exists, so that windows
	// for all deployments were asked.
	AllPrograms bool
	// Window is the biggest active window, "" where none is; Open is when it
	// is open.
	Window string
	Open   Occurrence
	// Left is the seconds that the client found left, -1 where it says none.
	Left     int
	Thread   uint32
	Evidence []record.ID
}

// QueryKind is what was asked.
type QueryKind string

// The questions.
const (
	Available QueryKind = "available" // OnIsServiceWindowAvailable: may it run now?
	WillRun   QueryKind = "will-run"  // WillProgramRun: will it ever run?
	Remaining QueryKind = "remaining" // GetWindowAvailableTime: how much is left?
)

// Answer is what the client answered.
type Answer string

// The answers. NoAnswer is one that the logs do not hold.
const (
	Yes      Answer = "yes"
	No       Answer = "no"
	NoAnswer Answer = "unknown"
)

// Reason says why a query had its answer.
type Reason string

// The reasons.
const (
	NoReason       Reason = ""
	Unrestricted   Reason = "no-windows"        // no window restricts it
	WindowOpen     Reason = "window-open"       // an open window has enough time left
	NoWindowOpen   Reason = "no-window-open"    // none is open
	TooLittleLeft  Reason = "too-little-left"   // the open one has less left
	Eventually     Reason = "eventually"        // some window is long enough
	NoWindowOfSize Reason = "no-window-of-size" // none is long enough
)

// calls are how the lines begin that ask.
var calls = [...]struct {
	text string
	kind QueryKind
}{
	{"OnIsServiceWindowAvailable called with:", Available},
	{"WillProgramRun called with:", WillRun},
	{"GetWindowAvailableTime called with:", Remaining},
}

// ask reads a line that asks.
func ask(text string) (q Query, ok bool) {
	for _, c := range calls {
		rest, found := strings.CutPrefix(text, c.text)
		if !found {
			continue
		}
		q = Query{Kind: c.kind, Answer: NoAnswer, Left: -1}
		if at := after(rest, "Runtime:"); at != "" {
			q.Runtime, _, _ = number(at)
		}
		if at := after(rest, "Type:"); at != "" {
			t, _, _ := number(at)
			q.Type = Type(t)
		}
		return q, true
	}
	return q, false
}

// after returns what follows mark in text, "" where it is not in it.
func after(text, mark string) string {
	if i := strings.Index(text, mark); i >= 0 {
		return text[i+len(mark):]
	}
	return ""
}

// answer takes in a line of the thread that asked. mine is whether the line is
// part of the query, done whether it ends it.
func (q *Query) answer(text string) (mine, done bool) {
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("No Service Windows exist for this type"), has("No Service Windows of this type exist"):
		q.AllPrograms = true
	case has("A Service Window of this type exists"):
	case has("No Restricting Service Windows exist"):
		q.Answer, q.Reason = Yes, Unrestricted
		return true, q.Kind != Remaining
	case has("Biggest Active Service Window"), strings.HasPrefix(text, "Duration is"):
	case strings.HasPrefix(text, "ActiveServiceWindow has "):
		q.Left, _, _ = number(text[len("ActiveServiceWindow has "):])
	case has("*canProgramRun to TRUE"):
		q.Answer, q.Reason = Yes, WindowOpen
		return true, q.Kind == Available
	case has("*canProgramRun to FALSE"):
		q.Answer, q.Reason = No, NoWindowOpen
		if q.Window != "" {
			q.Reason = TooLittleLeft
		}
		return true, q.Kind == Available
	case has("Window available time being returned is:"):
		q.Left, _, _ = number(strings.TrimSpace(after(text, "is:")))
		q.Answer, q.Reason = No, NoWindowOpen
		if q.Left > 0 {
			q.Answer, q.Reason = Yes, WindowOpen
		}
		return true, true
	case has("will run eventually"):
		q.Answer, q.Reason = Yes, Eventually
		return true, true
	case q.Kind == WillRun && (has("never run") || has("not run") || has("cannot run")):
		q.Answer, q.Reason = No, NoWindowOfSize
		return true, true
	default:
		return false, false
	}
	return true, false
}
