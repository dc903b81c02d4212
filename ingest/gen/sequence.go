package gen

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// SequenceOptions say what Sequence writes. Change is needed.
type SequenceOptions struct {
	// Seed chooses the pauses and which event goes to which file.
	Seed uint64
	// Events is how many numbered events are written, 2000 if 0.
	Events int
	// Zone is the machine's own, America/Chicago if nil. Change is the instant
	// at which its clock is set forward or back; the events lie around it.
	// Changes finds them.
	Zone   *time.Location
	Change time.Time
	// Span is the time from the first event to the last, about; 6 hours if 0.
	Span time.Duration
	// Quiet keeps the files that state no zone silent while the clock shows an
	// hour that it shows twice. Otherwise they write through both, with an
	// event in the last seconds of the first pass and in the first seconds of
	// the second, so that their own order tells the passes apart.
	Quiet bool
}

// SequenceTruth is what Sequence wrote: events in their true order.
type SequenceTruth struct {
	Files  []File
	Events []Event
}

// Event is one numbered event. Its message holds "seq=" and the number with six
// digits, counted from 1.
type Event struct {
	Seq  int
	Path string
	Time time.Time // UTC; no two events have the same
}

// sequenceFile is one of the files that share the events.
type sequenceFile struct {
	path    string
	format  Format
	utc     bool // its clock is UTC, whatever the machine's is
	noZone  bool // nothing in it states its zone
	seconds bool // it has no fraction of a second
	events  []Event
}

// sequenceFiles are nine formats, and six ways to state a zone or not to: the
// bias of CMTrace and site logs, the offset of ReportingEvents, the tz of a
// session's header, UTC by definition, the zone of ISO 8601, and nothing at all.
func sequenceFiles() []*sequenceFile {
	return []*sequenceFile{
		{path: "CCM/Logs/WUAHandler.log", format: CMTrace},
		{path: "SMS/Logs/wsyncmgr.log", format: SiteLog},
		{path: "WindowsUpdate/WindowsUpdate.log", format: WindowsUpdate, noZone: true},
		{path: "Windows/WindowsUpdate.log", format: WindowsUpdateLegacy},
		{path: "SoftwareDistribution/ReportingEvents.log", format: Reporting},
		{path: "CBS/CBS.log", format: CBS, noZone: true, seconds: true},
		{path: "inetpub/logs/LogFiles/W3SVC1/u_ex01.log", format: IIS, utc: true, seconds: true},
		{path: "UpdateServices/LogFiles/SoftwareDistribution.log", format: WSUS, utc: true},
		{path: "Agent/agent.log", format: Generic},
	}
}

// Changes are the instants of a year at which a zone's clock is set forward or
// back, in their order.
func Changes(zone *time.Location, year int) []time.Time {
	var changes []time.Time
	for at := time.Date(year, 1, 1, 0, 0, 0, 0, zone); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.In(zone).Year() != year {
			return changes
		}
		changes = append(changes, end.UTC())
		at = end
	}
}

// Sequence writes numbered events through sink, each into one of nine files.
// Every file has its events in the order of time; only all files together, put
// into the order of true time, have all the numbers.
func Sequence(sink Sink, opt SequenceOptions) (SequenceTruth, error) {
	var truth SequenceTruth
	if opt.Events == 0 {
		opt.Events = 2000
	}
	if opt.Span == 0 {
		opt.Span = 6 * time.Hour
	}
	if opt.Zone == nil {
		zone, err := time.LoadLocation("America/Chicago")
		if err != nil {
			return truth, err
		}
		opt.Zone = zone
	}
	if !slices.ContainsFunc(Changes(opt.Zone, opt.Change.In(opt.Zone).Year()), opt.Change.Equal) {
		return truth, fmt.Errorf("sequence: the clock of %s does not change at %s", opt.Zone, opt.Change)
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 0x73657175656e6365))
	files := sequenceFiles()
	truth.Events = spread(files, opt, rng)
	for _, f := range files {
		if len(f.events) == 0 {
			return truth, errors.New("sequence: too few events for every file to have one")
		}
		file, err := writeSequence(sink, f, opt, rng)
		if err != nil {
			return truth, err
		}
		truth.Files = append(truth.Files, file)
	}
	return truth, nil
}

// spread makes the events and gives each to a file.
func spread(files []*sequenceFile, opt SequenceOptions, rng *rand.Rand) []Event {
	var all []Event
	change, again := opt.Change.UnixMilli(), twice(opt.Zone, opt.Change)
	write := func(at int64, f *sequenceFile) int64 {
		if f.seconds {
			at = (at + 999) / 1000 * 1000
		}
		if f.noZone && opt.Quiet && at >= change-again && at < change+again {
			f = files[0]
		}
		e := Event{Seq: len(all) + 1, Path: f.path, Time: time.UnixMilli(at).UTC()}
		all = append(all, e)
		f.events = append(f.events, e)
		return at
	}
	at := change - opt.Span.Milliseconds()/2
	gap := max(1, opt.Span.Milliseconds()/int64(opt.Events))
	for changed := false; len(all) < opt.Events; {
		at += 1 + rng.Int64N(2*gap)
		if !changed && at >= change-4000 {
			at, changed = atChange(files, change, write), true
		} else {
			at = write(at, files[rng.IntN(len(files))])
		}
	}
	return all
}

// atChange writes the events right before and after the change and returns the
// time of the last: files without a zone show that the clock was set, and the
// bias of the client's log leaves no doubt of when.
func atChange(files []*sequenceFile, change int64, write func(int64, *sequenceFile) int64) int64 {
	client, converted, cbs := files[0], files[2], files[5]
	write(change-2000, cbs)
	write(change-1500, converted)
	write(change-1, client)
	write(change, client)
	write(change+500, converted)
	return write(change+1000, cbs)
}

// twice is how many milliseconds of a zone's clock are shown before a change
// and again after it; none where the clock is set forward.
func twice(zone *time.Location, change time.Time) int64 {
	_, before := change.Add(-time.Second).In(zone).Zone()
	_, after := change.In(zone).Zone()
	return max(0, int64(before-after)*1000)
}

// writeSequence writes one file of a sequence.
func writeSequence(sink Sink, f *sequenceFile, opt SequenceOptions, rng *rand.Rand) (File, error) {
	w, err := newWriter(sink, f.path, f.format)
	if err != nil {
		return File{}, err
	}
	z := &zone{location: opt.Zone}
	utc := &zone{location: time.UTC}
	if f.utc {
		z = utc
	}
	switch f.format {
	case CMTrace, WindowsUpdate, Reporting, CBS:
		w.header(bom)
	case IIS:
		w.header("#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n" +
			"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n")
	}
	var id []byte
	started := false // the session whose header states the zone after the change
	for i, e := range f.events {
		at := e.Time.UnixMilli()
		id = appendGUID(id[:0], rng.Uint64(), rng.Uint64(), braced)
		if f.format == WindowsUpdateLegacy && (i == 0 || !started && !e.Time.Before(opt.Change)) {
			started = !e.Time.Before(opt.Change)
			session(w, z, at)
		}
		with := z
		if f.format == Generic && e.Seq%3 == 0 {
			with = utc
		}
		about := entry{at: at, component: sequenceComponents[f.format], source: "cwuahandler.cpp:3564", level: 1, thread: 4 * (200 + rng.IntN(2000)), process: 1860, id: id}
		w.record(with, about, func(b []byte) []byte { return appendEvent(b, f.format, e.Seq, rng) })
	}
	return w.close()
}

var sequenceComponents = map[Format]string{
	CMTrace: "WUAHandler", SiteLog: "SMS_WSUS_SYNC_MANAGER", WindowsUpdate: "Agent", WindowsUpdateLegacy: "Agent",
	CBS: "CBS", WSUS: "ContentSyncAgent.WakeUpWorkerThreadProc",
}

// session writes the header of a session of the older update agent, which states its zone.
func session(w *writer, z *zone, at int64) {
	w.record(z, entry{at: at, component: "Misc", process: 968, thread: 0x1c4}, func(b []byte) []byte {
		b = append(b, "===========  Logging initialized (build: 7.6.7600.256, tz: "...)
		b = z.at(at).appendOffset(b)
		return append(b, ")  ==========="...)
	})
}

// appendEvent appends the message of a numbered event.
func appendEvent(b []byte, f Format, seq int, rng *rand.Rand) []byte {
	number := func(b []byte) []byte { return appendPadded(append(b, "seq="...), seq, 6) }
	switch f {
	case Reporting:
		b = append(b, "1\t147 [AGENT_DETECTION_FINISHED]\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tWindows Update Client successfully detected updates, "...)
		b = append(number(b), '\t')
		return append(appendGUID(b, rng.Uint64(), rng.Uint64(), lower), ".1.1.1"...)
	case IIS:
		b = append(b, "192.0.2.10 POST /ClientWebService/client.asmx "...)
		b = append(number(b), " 8530 - 192.0.2."...)
		b = appendPadded(b, 20+rng.IntN(200), 1)
		b = append(b, " Windows-Update-Agent/10.0 - 200 0 0 "...)
		return appendPadded(b, 10+rng.IntN(900), 1)
	case CMTrace, SiteLog, WindowsUpdate, WindowsUpdateLegacy, CBS, WSUS, Generic:
		b = append(b, "Update "...)
		b = appendGUID(b, rng.Uint64(), rng.Uint64(), lower)
		return number(append(b, " was looked at, "...))
	}
	return number(b)
}
