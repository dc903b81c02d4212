package gen

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"patchtrail/ingest/evtx/evtxtest"
)

// Family is a group of logs that tell of installations.
type Family string

// The families. Every one of them but AllLogs is written alone.
const (
	AllLogs       Family = "all"
	ReportingLogs Family = "reporting" // ReportingEvents.log
	ClientLogs    Family = "client"    // the ConfigMgr client's
	EventLogs     Family = "events"    // System.evtx
	AgentLogs     Family = "agent"     // WindowsUpdate.log
)

// Families are all of them.
func Families() []Family {
	return []Family{AllLogs, ReportingLogs, ClientLogs, EventLogs, AgentLogs}
}

// JourneyOptions say what Journeys writes. The zero value is AllLogs of PC01 in
// US Central time from 2025-02-10 06:00 UTC on.
type JourneyOptions struct {
	Seed    uint64
	Family  Family
	Start   time.Time
	Zone    *time.Location
	Machine string
}

// JourneyTruth is what Journeys wrote.
type JourneyTruth struct {
	Files    []File
	Journeys []Journey
	// Restart is when the machine restarted, End the time of the last record.
	Restart, End time.Time
}

// Journey is what happened to one update, as the logs that were written tell it.
// Words are those of DESIGN.md 7 and 8.
type Journey struct {
	// Name says what happens: "installed", "timed-out" …
	Name                             string
	KB, Title, UpdateID              string
	Revision                         int
	Deployment, Content, CTM, DTS, B string // GUIDs in small letters without braces, "" where there is none
	// State is where it stands at the end, "" where these logs do not know the update.
	State    string
	Attempts []JourneyAttempt
	// Stages are nine, in their order; only AllLogs and ClientLogs have them.
	Stages []JourneyStage
	// MaxSeconds is the maximum execution time, MaxSource where it stands:
	// "bundle" where the logs name it, "default" where they do not.
	MaxSeconds int
	MaxSource  string
	// Recommended is the maximum to set in minutes, 0 where nothing suggests one.
	Recommended int
}

// JourneyAttempt is one installation. Times are UTC, zero where these logs do
// not hold them.
type JourneyAttempt struct {
	Started, Ended, Cut, InstalledAfter time.Time
	Estimated                           bool
	Caller, Result, Verdict             string
	Code                                uint32
}

// JourneyStage is one stage; times are UTC, zero where it has none.
type JourneyStage struct {
	Name, State string
	Start, End  time.Time
}

// journeyLog is a log of a journey's client.
type journeyLog struct {
	path, component string
	format          Format
	family          Family
}

// extraLogs are those that Client does not write.
const (
	schedulerLog = logCount + iota
	systemLog
	journeyLogs
)

func journeyLogOf(l logID) journeyLog {
	switch l {
	case schedulerLog:
		return journeyLog{"CCM/Logs/Scheduler.log", "Scheduler", CMTrace, ClientLogs}
	case systemLog:
		return journeyLog{"EventLogs/System.evtx", "", EventLog, EventLogs}
	}
	i := logs[l]
	f := ClientLogs
	switch l {
	case cbsLog:
		f = AllLogs
	case windowsUpdate:
		f = AgentLogs
	case reportingEvents:
		f = ReportingLogs
	}
	return journeyLog{i.path, i.component, i.format, f}
}

// journal collects what is written until all of it can be put into order.
type journal struct {
	opt   JourneyOptions
	s     *story // draws identifiers
	lines [journeyLogs][]journeyLine
	event []evtxtest.Event
	end   int64
}

// journeyLine is a record that waits to be written.
type journeyLine struct {
	at     int64 // milliseconds since 1970 UTC
	thread int
	part   string // component, where the record names it
	text   string
}

// tells says whether a log is written.
func (j *journal) tells(f Family) bool { return j.opt.Family == AllLogs || j.opt.Family == f }

// write adds a record at a time in milliseconds since 1970 UTC.
func (j *journal) write(l logID, at int64, thread int, format string, args ...any) {
	if f := journeyLogOf(l).family; f != AllLogs && !j.tells(f) || f == AllLogs && j.opt.Family != AllLogs {
		return
	}
	part := ""
	switch l {
	case cbsLog:
		part = "CBS"
	case policyEvaluator:
		part = "PolicyAgent_PolicyEvaluator"
	}
	j.lines[l] = append(j.lines[l], journeyLine{at, thread, part, fmt.Sprintf(format, args...)})
	j.end = max(j.end, at)
}

// agent adds a line of WindowsUpdate.log.
func (j *journal) agent(at int64, component, format string, args ...any) {
	n := len(j.lines[windowsUpdate])
	j.write(windowsUpdate, at, 5052, format, args...)
	if len(j.lines[windowsUpdate]) > n {
		j.lines[windowsUpdate][n].part = component
	}
}

// system adds an event of System.evtx.
func (j *journal) system(p provider, id uint16, at int64, data ...evtxtest.Pair) {
	if !j.tells(EventLogs) {
		return
	}
	j.event = append(j.event, evtxtest.Event{
		Provider: p.name, ProviderGUID: p.id, ID: id, Level: 4, Time: time.UnixMilli(at).UTC(), Process: 900, Thread: 904,
		Channel: "System", Computer: j.opt.Machine + ".contoso.com", Data: data,
	})
	j.end = max(j.end, at)
}

// Journeys writes one client's logs of a day on which something else happens to
// each of its updates, and says what.
func Journeys(sink Sink, opt JourneyOptions) (JourneyTruth, error) {
	if opt.Family == "" {
		opt.Family = AllLogs
	}
	o, err := Options{Seed: opt.Seed, Zone: opt.Zone, Machine: opt.Machine, Start: opt.Start}.withDefaults()
	if err != nil {
		return JourneyTruth{}, err
	}
	if opt.Start.IsZero() {
		o.Start = time.Date(2025, 2, 10, 6, 0, 0, 0, time.UTC)
	}
	opt.Machine = o.Machine
	j := &journal{opt: opt, s: newStory(o, logCount, nil, nil)}
	d := day{journal: j, start: o.Start.UnixMilli()}
	truth := d.tell()
	z := &zone{location: o.Zone}
	for l := range journeyLogs {
		f, ok, err := j.file(sink, l, z)
		if err != nil {
			return truth, err
		}
		if ok {
			truth.Files = append(truth.Files, f)
		}
	}
	truth.End = time.UnixMilli(j.end).UTC()
	return truth, nil
}

// file writes one log, in the order of time.
func (j *journal) file(sink Sink, l logID, z *zone) (File, bool, error) {
	log := journeyLogOf(l)
	if l == systemLog {
		return j.systemFile(sink, log)
	}
	lines := j.lines[l]
	if len(lines) == 0 {
		return File{}, false, nil
	}
	slices.SortStableFunc(lines, func(a, b journeyLine) int { return cmp.Compare(a.at, b.at) })
	w, err := newWriter(sink, log.path, log.format)
	if err != nil {
		return File{}, false, err
	}
	w.header(bom)
	for _, line := range lines {
		e := entry{at: line.at, component: cmp.Or(line.part, log.component), source: "source.cpp:1", level: 1, thread: line.thread, process: 1128}
		e.id = appendGUID(nil, j.s.source.Uint64(), j.s.source.Uint64(), braced)
		w.record(z, e, func(b []byte) []byte { return append(b, line.text...) })
	}
	f, err := w.close()
	return f, true, err
}

func (j *journal) systemFile(sink Sink, log journeyLog) (File, bool, error) {
	if len(j.event) == 0 {
		return File{}, false, nil
	}
	slices.SortStableFunc(j.event, func(a, b evtxtest.Event) int { return a.Time.Compare(b.Time) })
	var b bytes.Buffer
	if err := evtxtest.Write(&b, j.event); err != nil {
		return File{}, false, fmt.Errorf("%s: %w", log.path, err)
	}
	w, err := newWriter(sink, log.path, log.format)
	if err != nil {
		return File{}, false, err
	}
	w.buf = b.Bytes()
	f, err := w.close()
	f.First, f.Last, f.Records = j.event[0].Time, j.event[len(j.event)-1].Time, int64(len(j.event))
	return f, true, err
}
