package ledger

import (
	"bytes"
	"strings"
	"time"

	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
	"patchtrail/ingest/scan"
)

// agentMark is in the names of all events of ReportingEvents.log.
var agentMark = []byte("[AGENT_")

// reporting reads the events of installations and downloads in a block.
func (r *reader) reporting(b *record.Block, first record.ID, text []byte) {
	for i := range b.Len() {
		raw := b.Record(text, i)
		n := bytes.Index(raw, agentMark)
		if n < 0 || b.Flags(i)&record.Untimed != 0 || n+len(agentMark) == len(raw) {
			continue
		}
		if c := raw[n+len(agentMark)]; c != 'I' && c != 'D' {
			continue
		}
		e, ok := reporting.Fields(raw)
		if !ok {
			continue
		}
		r.place(b, first, i, reportingEvents)
		r.reportingEvent(&e)
	}
}

// reportingEvent keeps what an event of the update agent says.
func (r *reader) reportingEvent(e *reporting.Event) {
	switch e.ID {
	case reporting.DetectionFailed:
		r.emit(said{event: event{kind: evScanFailed, code: e.Result}})
	case reporting.DetectionFinished:
		r.emit(said{event: event{kind: evScanDone}})
	case reporting.InstallingStarted, reporting.InstallingFailed, reporting.InstallingSucceeded, reporting.InstallingPending,
		reporting.DownloadStarted, reporting.DownloadSucceeded, reporting.DownloadFailed, reporting.DownloadCanceled:
		g, _, _ := findGUID(e.UpdateID)
		text := titleOf(string(e.Text))
		if e.ID == reporting.DownloadStarted || e.ID == reporting.DownloadSucceeded {
			text = downloadTitle(text)
		}
		r.emit(said{event: event{kind: evReporting, g: g, rev: e.Revision, code: e.Result, n: int32(e.ID)}, text: text, caller: string(e.Caller)})
	}
}

// downloadTitle is what a sentence about a download says of the update: some
// state no title at all.
func downloadTitle(text string) string {
	if KB(text) == "" {
		return ""
	}
	return text
}

// installing begins and ends an installation in the update agent's log.
var installing = []byte("Installing updates")

// A block of an installation in WindowsUpdate.log:
//
//	** START **  Agent: Installing updates [CallerId = CcmExec]     Windows 7 to 8.1
//	* START * Installing updates CallerId = CcmExec                 Windows 10 and later
//	  Title = …
//	  UpdateId = {g}.200
//	Handler: Completed install of CBS update with type=3, requiresReboot=1, installerError=0, hr=0x0
//	LogHistory called. idUpdate={g}.200, resultMapped=0, resultUnMapped=0
//	** END **  Agent: Installing updates [CallerId = CcmExec]

// updateAgent reads installations in a block of the update agent's log. Outside
// of them only their beginning is looked for.
func (r *reader) updateAgent(b *record.Block, first record.ID, text []byte) {
	next := 0
	for next < b.Len() {
		if !r.agent {
			at := b.Offset(next)
			i := bytes.Index(text[at:], installing)
			if i < 0 {
				return
			}
			next = max(next, b.At(at+i))
		}
		raw := b.Record(text, next)
		if b.Flags(next)&record.Untimed == 0 {
			r.place(b, first, next, updateAgent)
			r.agentLine(format.Message(r.file.Format, raw))
		}
		next++
	}
}

func (r *reader) agentLine(m []byte) {
	if i := bytes.Index(m, installing); i >= 0 {
		r.installing(m, i)
		return
	}
	trimmed := bytes.TrimLeft(m, "* \t")
	switch {
	case !r.agent:
	case bytes.HasPrefix(trimmed, []byte("Title = ")):
		r.emit(said{event: event{kind: evAgentTitle}, text: string(bytes.TrimSpace(trimmed[len("Title = "):]))})
	case bytes.HasPrefix(trimmed, []byte("UpdateId = ")):
		if g, rest, ok := findGUID(trimmed); ok {
			e := said{event: event{kind: evAgentUpdate, g: g}}
			if tail, ok := follow(rest, "."); ok {
				n, _ := number(tail)
				e.rev = uint32(n)
			}
			r.emit(e)
		}
	case bytes.HasPrefix(trimmed, []byte("Install complete: update ")):
		r.agentResult(trimmed, "result code = ", "reboot required = Yes")
	case bytes.HasPrefix(trimmed, []byte("Completed install of CBS update")):
		r.agentResult(trimmed, "hr=", "requiresReboot=1")
	case bytes.HasPrefix(trimmed, []byte("LogHistory called.")):
		if g, rest, ok := findGUID(trimmed); ok {
			tail, _ := follow(rest, "resultMapped=")
			c, _ := hexCode(bytes.TrimPrefix(tail, []byte("0x")))
			r.emit(said{event: event{kind: evAgentResult, g: g, code: c}})
		}
	case bytes.HasPrefix(trimmed, []byte("*FAILED* [")), bytes.HasPrefix(trimmed, []byte("FAILED* [")):
		tail, _ := follow(trimmed, "[")
		if c, ok := hexCode(tail); ok && bytes.Contains(trimmed, []byte("nstall")) {
			r.emit(said{event: event{kind: evAgentResult, code: c}})
		}
	case bytes.HasPrefix(trimmed, []byte("WARNING: Exit code = 0x")), bytes.HasPrefix(trimmed, []byte("Exit code = 0x")):
		tail, _ := follow(trimmed, "= ")
		if c, ok := code(tail); ok {
			r.emit(said{event: event{kind: evAgentResult, code: c}})
		}
	case bytes.HasPrefix(trimmed, []byte("Reboot required = Yes")), bytes.HasPrefix(trimmed, []byte("- Reboot required = Yes")):
		r.emit(said{event: event{kind: evAgentResult, n: 1}})
	}
}

// installing reads the beginning and the end of an installation.
func (r *reader) installing(m []byte, at int) {
	e := said{event: event{kind: evAgentStart}}
	switch {
	case bytes.Contains(m[:at], []byte(" END ")): // "** END **", "**  END  **"
		e.kind = evAgentEnd
	case !bytes.Contains(m[:at], []byte(" START ")):
		return
	}
	if tail, ok := follow(m[at:], "CallerId = "); ok {
		e.caller = string(bytes.TrimRight(tail, "] \t\r\n"))
		if i := strings.Index(e.caller, "  Id = "); i >= 0 {
			e.caller = e.caller[:i]
		}
	}
	r.agent = e.kind == evAgentStart
	r.emit(e)
}

func (r *reader) agentResult(m []byte, before, reboot string) {
	tail, ok := follow(m, before)
	c, read := code(tail)
	if !ok || !read {
		return
	}
	e := said{event: event{kind: evAgentResult, code: c}}
	e.g, _, _ = findGUID(m)
	if bytes.Contains(m, []byte(reboot)) {
		e.n = 1
	}
	r.emit(e)
}

// updateEvent reads an event of WindowsUpdateClient:
//
//	WindowsUpdateClient 43: Installation started: title [updateGuid={g}; updateRevisionNumber=200]
func (r *reader) updateEvent(m []byte) {
	n, _ := number(m[len("WindowsUpdateClient "):])
	e := said{event: event{n: int32(n)}}
	switch n {
	case 43:
		e.kind = evEventStart
	case 19, 20:
		e.kind = evEventEnd
	case 21, 22:
		e.kind = evEventPending
	case 44:
		e.kind = evEventDownload
	case 41:
		e.kind = evEventDownloaded
	case 31:
		e.kind = evEventDownloadFailed
	default:
		return
	}
	_, text, ok := bytes.Cut(m, []byte(": "))
	if !ok {
		return
	}
	if e.kind == evEventPending {
		r.restartList(text)
		return
	}
	data := text[len(text):]
	if i := bytes.LastIndex(text, []byte(" [updateGuid=")); i >= 0 {
		text, data = text[:i], text[i:]
	}
	head, title, ok := bytes.Cut(text, []byte(": "))
	if !ok {
		title = nil
	}
	if i := bytes.Index(text, []byte("0x")); i >= 0 && n != 19 && (i < len(head) || sentence(title)) {
		e.code, _ = code(text[i:])
	}
	e.g, _, _ = findGUID(data)
	if tail, ok := follow(data, "updateRevisionNumber="); ok {
		n, _ := number(tail)
		e.rev = uint32(n)
	}
	if e.text = string(scan.Trim(title)); sentence(title) { // the event carries Windows' own words
		e.text = titleOf(e.text)
	}
	if e.g != (guid{}) || e.text != "" {
		r.emit(e)
	}
}

// sentence says whether what follows the first colon of an event is a sentence
// about an update, not its title.
func sentence(title []byte) bool {
	return bytes.Contains(title, []byte("following update")) || bytes.Contains(title, []byte("次の更新"))
}

// restartList reads the updates that wait for a restart, each title behind a dash
// on a line of its own:
//
//	WindowsUpdateClient 21: Restart required: …: \n- title\n- title
func (r *reader) restartList(text []byte) {
	const most = 100
	list, _, _ := bytes.Cut(text, []byte(" [")) // what else the event holds
	for n := 0; n < most; n++ {
		_, after, ok := bytes.Cut(list, []byte("- "))
		if !ok {
			return
		}
		title := after
		if i := bytes.IndexByte(after, '\n'); i >= 0 {
			title = after[:i]
		}
		list = after[len(title):]
		if t := string(scan.Trim(title)); t != "" {
			r.emit(said{event: event{kind: evEventPending}, text: t})
		}
	}
}

// servicingPending reads that a package needs a restart, where it is an update's:
//
//	Servicing 4: Package KB5034441: a restart is needed before it is Installed, client …
func (r *reader) servicingPending(m []byte) {
	if n := article(m); n > 0 {
		r.emit(said{event: event{kind: evEventPending, n: n}})
	}
}

// restarts are the events that a machine goes down or comes up with.
func restarts() []entry {
	restart := func(r *reader, _ []byte) { r.emit(said{event: event{kind: evRestart}}) }
	var out []entry
	for _, p := range []string{
		"EventLog 6005:", "EventLog 6006:", "EventLog 6008:", "Eventlog 6005:", "Eventlog 6006:", "Eventlog 6008:",
		"User32 1074:", "Kernel-General 12:", "Kernel-General 13:", "Kernel-Power 41:",
	} {
		out = append(out, entry{p, restart})
	}
	return append(out, entry{"Kernel-Power 42:", (*reader).paused}, entry{"Kernel-General 1:", (*reader).paused})
}

// paused reads that the machine goes to sleep, or that its clock was set by more
// than a minute, as after a pause of a virtual machine:
//
//	Kernel-General 1: System time changed from 2022-06-13T05:43:17Z to 2022-06-27T07:24:12Z, reason …
func (r *reader) paused(m []byte) {
	if _, change, ok := bytes.Cut(m, []byte("changed from ")); ok {
		old, rest, _ := bytes.Cut(change, []byte(" to "))
		now, _, _ := bytes.Cut(rest, []byte(","))
		from, err := time.Parse(time.RFC3339Nano, string(old))
		to, err2 := time.Parse(time.RFC3339Nano, string(now))
		if err != nil || err2 != nil || to.Sub(from).Abs() <= time.Minute {
			return
		}
	}
	r.emit(said{event: event{kind: evPaused}})
}

// regional reads a date and time as Windows' regions write them: 02/09/2014
// 07:15:00 PM, 2/9/14 19:15:00, 2014/02/09 19:15:00. Days come before months
// where no month has that number.
func regional(b []byte) (ns int64, ok bool) {
	var part [3]int64
	at := 0
	for i := range part {
		n, read := number(b[at:])
		from := at
		for at < len(b) && scan.Digit(b[at]) {
			at++
		}
		if !read || at == from || at-from > 4 || at == len(b) {
			return 0, false
		}
		part[i] = n
		if sep := b[at]; i < 2 && sep != '/' && sep != '-' && sep != '.' {
			return 0, false
		}
		at++
	}
	y, m, d := part[2], part[0], part[1]
	if part[0] > 31 {
		y, m, d = part[0], part[1], part[2]
	} else if m > 12 {
		m, d = d, m
	}
	if y < 100 {
		y += 2000
	}
	days, ok := scan.Date(int(y), int(m), int(d))
	seconds, n := scan.LooseClock(b[at:])
	if !ok || n == 0 {
		return 0, false
	}
	switch half := bytes.TrimLeft(b[at+n:], " "); {
	case scan.Fold(half, "pm") && seconds < 12*3600:
		seconds += 12 * 3600
	case scan.Fold(half, "am") && seconds >= 12*3600:
		seconds -= 12 * 3600
	}
	return days*scan.Day + seconds*scan.Second, true
}
