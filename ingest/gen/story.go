package gen

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// logID names one log of the client.
type logID int

// The logs in the order in which they are written. The last one takes what is
// missing to the wanted size, see Client.
const (
	wuaHandler logID = iota
	scanAgent
	updatesStore
	updatesDeployment
	updatesHandler
	contentAccess
	contentTransfer
	dataTransfer
	locationServices
	clientLocation
	policyAgent
	policyEvaluator
	serviceWindows
	rebootCoordinator
	stateMessage
	cbsLog
	windowsUpdate
	reportingEvents
	ccmMessaging
	logCount
)

// logInfo says where a log lies and how it is written.
type logInfo struct {
	path, component string
	format          Format
}

var logs = [logCount]logInfo{
	wuaHandler:        {"CCM/Logs/WUAHandler.log", "WUAHandler", CMTrace},
	scanAgent:         {"CCM/Logs/ScanAgent.log", "ScanAgent", CMTrace},
	updatesStore:      {"CCM/Logs/UpdatesStore.log", "UpdatesStore", CMTrace},
	updatesDeployment: {"CCM/Logs/UpdatesDeployment.log", "UpdatesDeploymentAgent", CMTrace},
	updatesHandler:    {"CCM/Logs/UpdatesHandler.log", "UpdatesHandler", CMTrace},
	contentAccess:     {"CCM/Logs/CAS.log", "ContentAccess", CMTrace},
	contentTransfer:   {"CCM/Logs/ContentTransferManager.log", "ContentTransferManager", CMTrace},
	dataTransfer:      {"CCM/Logs/DataTransferService.log", "DataTransferService", CMTrace},
	locationServices:  {"CCM/Logs/LocationServices.log", "LocationServices", CMTrace},
	clientLocation:    {"CCM/Logs/ClientLocation.log", "ClientLocation", CMTrace},
	policyAgent:       {"CCM/Logs/PolicyAgent.log", "PolicyAgent_ReplyAssignments", CMTrace},
	policyEvaluator:   {"CCM/Logs/PolicyEvaluator.log", "PolicyAgent_PolicyEvaluator", CMTrace},
	serviceWindows:    {"CCM/Logs/ServiceWindowManager.log", "ServiceWindowManager", CMTrace},
	rebootCoordinator: {"CCM/Logs/RebootCoordinator.log", "RebootCoordinator", CMTrace},
	stateMessage:      {"CCM/Logs/StateMessage.log", "StateMessage", CMTrace},
	cbsLog:            {"CBS/CBS.log", "CBS", CBS},
	windowsUpdate:     {"WindowsUpdate/WindowsUpdate.log", "Agent", WindowsUpdate},
	reportingEvents:   {"WindowsUpdate/ReportingEvents.log", "", Reporting},
	ccmMessaging:      {"CCM/Logs/CcmMessaging.log", "CcmMessaging", CMTrace},
}

// story tells what a client does, hour after hour. Told once for every log, it
// draws the same numbers each time and writes only what belongs to that log:
// an archive takes one member after the other, and nothing is held in memory.
type story struct {
	opt    Options
	zone   zone
	source *rand.PCG
	only   logID
	w      *writer
	marks  *[]Mark
	// traced says that the update agent's lines go to its trace. kept is what
	// goes to binary logs, nil while a text log is written.
	traced bool
	kept   *kept

	hour    int
	now     int64 // milliseconds since 1970 UTC
	thread  int
	process int
	updates []update
	first   int // the update that the next scan begins with
	// vars are the values of %x in messages, by x.
	vars [128][]byte
	id   []byte // backs an event's own GUID
}

// update is one update of the catalogue that the client scans against.
type update struct {
	hi, lo     uint64 // its GUID
	kb, serial int
	title      string
	class      int
	installed  bool
}

// state is the update's status as the client words it.
func (u *update) state() string {
	if u.installed {
		return "Installed"
	}
	return "Missing"
}

const (
	// catalogueSize is how many updates the update point knows.
	catalogueSize = 240
	// scanned is how many of them one scan has something to say of.
	scanned = 32
)

// newStory begins a client's story. Every new story of the same options is the same.
func newStory(opt Options, only logID, w *writer, marks *[]Mark) *story {
	s := &story{
		opt: opt, zone: zone{location: opt.Zone}, source: rand.NewPCG(opt.Seed, 0x5061746368547261),
		only: only, w: w, marks: marks, now: opt.Start.UnixMilli(), process: 1860,
	}
	for i := range s.vars {
		s.vars[i] = make([]byte, 0, 48)
	}
	s.text('x', opt.Machine)
	s.text('s', opt.Site)
	s.text('m', "mp01."+opt.Domain)
	s.text('d', "dp01."+opt.Domain)
	s.text('w', "http://sup01."+opt.Domain+":8530")
	s.text('O', "sup01."+opt.Domain)
	s.text('X', opt.Domain)
	s.guid('i', upper)
	s.guid('S', braced)
	s.text('%', "%")
	for i := range catalogueSize {
		s.updates = append(s.updates, s.newUpdate(i))
	}
	return s
}

// draw is a number of 0 to n-1. The story may not draw inside of something that
// only one of its logs does.
func (s *story) draw(n int) int { return int(s.source.Uint64() >> 33 % uint64(n)) }

// text, number, hex and guid set the value of %x in messages.
func (s *story) text(x byte, value string) { s.vars[x] = append(s.vars[x][:0], value...) }

func (s *story) number(x byte, n int) {
	s.vars[x] = strconv.AppendInt(s.vars[x][:0], int64(n), 10)
}

func (s *story) hex(x byte, words int) {
	b := s.vars[x][:0]
	for range words {
		b = appendHexUpper(b, s.source.Uint64(), 16)
	}
	s.vars[x] = b
}

func (s *story) guid(x byte, shape int) {
	s.vars[x] = appendGUID(s.vars[x][:0], s.source.Uint64(), s.source.Uint64(), shape)
}

// update makes an update the value of %g (GUID), %k (KB number) and %t (title).
func (s *story) update(u *update) {
	s.vars['g'] = appendGUID(s.vars['g'][:0], u.hi, u.lo, lower)
	s.number('k', u.kb)
	s.text('t', u.title)
	s.text('q', classes[u.class].id)
	s.number('v', 200+u.serial%7)
}

// drawnClasses are those of classes that an update of the catalogue may have;
// upgrades come only where a story names one.
const (
	drawnClasses = 5
	upgrades     = drawnClasses
	tools        = drawnClasses + 1
)

// classes are the update classifications that the catalogue has.
var classes = [...]struct{ id, en, ja string }{
	{"0fa1201d-4330-4fa8-8ae9-b877473b6441", "Cumulative Update for Windows 11 Version 23H2 for x64-based Systems", "x64 ベース システム用 Windows 11 Version 23H2 の累積更新プログラム"},
	{"e6cf1350-c01b-414d-a61f-263d14d133b4", "Cumulative Update for .NET Framework 3.5 and 4.8.1 for Windows 11, version 23H2 for x64", "Windows 11, version 23H2 x64 用 .NET Framework 3.5 および 4.8.1 の累積更新プログラム"},
	{"e0789628-ce08-4437-be74-2495b842f43b", "Security Intelligence Update for Microsoft Defender Antivirus", "Microsoft Defender Antivirus のセキュリティ インテリジェンス更新プログラム"},
	{"cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83", "Security Update for Microsoft Office 2016 64-Bit Edition", "Microsoft Office 2016 64 ビット版のセキュリティ更新プログラム"},
	{"28bc880e-0592-4cbf-8f95-c79b17911d5f", "Servicing Stack Update for Windows 11 Version 23H2 for x64-based Systems", "x64 ベース システム用 Windows 11 Version 23H2 のサービス スタック更新プログラム"},
	upgrades: {"3689bdc8-b205-4af4-8d4a-a63924c5e9d5", "Windows 11, version 24H2 x64", "Windows 11, version 24H2 x64"},
	tools:    {"28bc880e-0592-4cbf-8f95-c79b17911d5f", "Windows Malicious Software Removal Tool x64", "悪意のあるソフトウェアの削除ツール x64"},
}

// newUpdate draws the next update of the catalogue, published in the story's month.
func (s *story) newUpdate(serial int) update {
	u := update{
		hi: s.source.Uint64(), lo: s.source.Uint64(), serial: serial,
		kb: 5_030_000 + s.draw(60_000), class: s.draw(drawnClasses), installed: true,
	}
	t := time.UnixMilli(s.now).UTC()
	month := string(appendPadded(append(appendPadded(nil, t.Year(), 4), '-'), int(t.Month()), 2))
	name := classes[u.class].en
	if s.opt.Japanese {
		name = classes[u.class].ja
	}
	u.title = month + " " + name + " (KB" + strconv.Itoa(u.kb) + ")"
	return u
}

// worker lets another thread of the client's service go on.
func (s *story) worker() { s.thread = 4 * (400 + s.draw(2200)) }

// pause lets about ms milliseconds pass.
func (s *story) pause(ms int) { s.now += int64(ms - ms/8 + s.draw(ms/4+1)) }

// say writes a record about after milliseconds later. In text, %x stands for
// the value set for x, %u for the time as WMI writes it (UTC), %l for the time
// as the client's region writes it, %T for the thread.
func (s *story) say(log logID, after int, source, text string) { s.tell(log, after, 1, source, text) }

// warn and fail are say for records that the client itself calls a warning or an error.
func (s *story) warn(log logID, after int, source, text string) { s.tell(log, after, 2, source, text) }

func (s *story) fail(log logID, after int, source, text string) { s.tell(log, after, 3, source, text) }

func (s *story) tell(log logID, after, level int, source, text string) {
	s.now += int64(after + s.draw(after/2+2))
	if log == windowsUpdate && s.traced {
		s.trace(source, text)
		return
	}
	if log != s.only {
		return
	}
	e := entry{at: s.now, component: logs[log].component, source: source, level: level, thread: s.thread, process: s.process}
	if f := logs[log].format; f == CBS || f == WindowsUpdate || log == policyAgent {
		// These name the component with each record.
		e.component, e.source = source, "event.cpp:706"
	}
	s.w.record(&s.zone, e, func(b []byte) []byte { return s.expand(b, text) })
}

// report writes an event of the update agent: text holds the columns after the time.
func (s *story) report(after int, text string) {
	s.now += int64(after + s.draw(after/2+2))
	hi, lo := s.source.Uint64(), s.source.Uint64()
	if s.only != reportingEvents {
		return
	}
	s.id = appendGUID(s.id[:0], hi, lo, braced)
	s.w.record(&s.zone, entry{at: s.now, id: s.id}, func(b []byte) []byte { return s.expand(b, text) })
}

// mark says that the record written next to log proves the incident.
func (s *story) mark(log logID, write func()) {
	if log != s.only {
		write()
		return
	}
	line := s.w.file.Lines + 1
	write()
	if s.marks != nil {
		*s.marks = append(*s.marks, Mark{Path: s.w.file.Path, Line: line, Time: s.w.file.Last})
	}
}

// expand appends a message with its %x replaced.
func (s *story) expand(b []byte, text string) []byte {
	from := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		b = append(b, text[from:i]...)
		switch x := text[i+1]; x {
		case 'u':
			b = s.appendStamp(b)
		case 'l':
			b = s.appendRegional(b)
		case 'T':
			b = appendPadded(b, s.thread, 1)
		default:
			b = append(b, s.vars[x&127]...)
		}
		i++
		from = i + 1
	}
	return append(b, text[from:]...)
}

// appendStamp appends the time as WMI writes it, in UTC.
func (s *story) appendStamp(b []byte) []byte {
	t := time.UnixMilli(s.now).UTC()
	b = t.AppendFormat(b, "20060102150405.000")
	return append(b, "000+000"...)
}

// appendRegional appends the local time as the client's region writes it.
func (s *story) appendRegional(b []byte) []byte {
	t := s.zone.at(s.now)
	if s.opt.Japanese {
		b = append(t.appendDate(b, '/'), ' ')
		b = append(appendPadded(b, t.h, 1), ':')
		b = append(appendPadded(b, t.min, 2), ':')
		return appendPadded(b, t.s, 2)
	}
	b = append(appendPadded(b, t.mon, 1), '/')
	b = append(appendPadded(b, t.d, 1), '/')
	b = append(appendPadded(b, t.y, 4), ' ')
	b = append(appendPadded(b, (t.h+11)%12+1, 1), ':')
	b = append(appendPadded(b, t.min, 2), ':')
	b = appendPadded(b, t.s, 2)
	if t.h < 12 {
		return append(b, " AM"...)
	}
	return append(b, " PM"...)
}
