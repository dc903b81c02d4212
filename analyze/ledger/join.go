package ledger

import (
	"cmp"
	"slices"
	"strconv"

	"patchtrail/ingest/record"
)

// maxUpdates bounds the updates of one machine; a real one knows some hundreds.
const maxUpdates = 1 << 16

// row is an update in the making.
type row struct {
	Update
	place  int // in Ledger.Updates
	id     guid
	own    []int32 // its events, as places in machine.events
	tries  [families][]*try
	merged []*try
	// asked is the maximum that a log names, in seconds, with the records.
	asked    int
	askedBy  []record.ID
	deployed []guid
	content  []guid
	ccm      bool // the client's own logs tell of its download
	scanned  bool // the client's own logs tell what a scan said of it
	article  int32
}

// deployment is what is known of one.
type deployment struct {
	id       guid
	first    int64 // when it was first seen
	by       record.ID
	deadline int64 // when it is due, 0 if not known
	policy   int64 // when it took effect, -1 if that is not known yet, 0 if never
	policyBy record.ID
	rows     []*row
	events   []int32
	detects  []int32
	override []record.ID // says that it ignores windows
}

// machine is the logs of one machine.
type machine struct {
	index   int
	read    []eventList // of each file, before join
	events  eventList
	words   wordList
	last    int64 // the latest time in its logs
	dropped int

	rows        []*row
	byID        map[guid]*row
	byTitle     map[string]*row
	alias       map[guid]guid // a child's update to the bundle's
	deployments map[guid]*deployment
	contents    map[guid]*row // by content id
	ctm         map[guid]guid // CTM job to content
	jobs        map[guid]link // other jobs to what they belong to
	restarts    []moment
	pauses      []moment
	scans       []scanRun
	forwards    []moment
	answers     []moment // a window lets something run
	scanLog     int8     // 1 where there is a log of the client's scans, -1 where not, 0 not known yet
}

// link says what a job belongs to, and the event that told of it.
type link struct {
	by kind
	to guid
}

// moment is a time with its record.
type moment struct {
	at int64
	by record.ID
}

func newMachine(index int) *machine {
	return &machine{
		index: index, byID: map[guid]*row{}, byTitle: map[string]*row{}, alias: map[guid]guid{}, deployments: map[guid]*deployment{},
		contents: map[guid]*row{}, ctm: map[guid]guid{}, jobs: map[guid]link{},
	}
}

func (m *machine) add(r *reader) {
	for _, chunk := range r.events.chunks {
		for i := range chunk {
			if e := &chunk[i]; e.words > 0 {
				e.words += int32(len(m.words))
			}
		}
	}
	m.words = append(m.words, r.words...)
	r.words = nil
	m.read = append(m.read, r.events)
	m.dropped += r.dropped
	m.sees(r.file)
}

// sees notes until when a log of the machine goes.
func (m *machine) sees(f *record.File) { m.last = max(m.last, f.Last) }

// join brings the events into order, makes a row of every update that they name
// and says which identifiers belong to it.
func (m *machine) join() {
	m.events, m.read = merge(m.read), nil
	m.titles()
	m.bundles()
	for i := range m.events.len() {
		m.joinOne(i)
	}
	m.joinContent()
	m.overrides()
}

// update is the row of an update id, made where there is none. Children of a
// bundle have its row.
func (m *machine) update(g guid) *row {
	if to, ok := m.alias[g]; ok {
		g = to
	}
	if u := m.byID[g]; u != nil || g == (guid{}) {
		return u
	}
	if len(m.rows) >= maxUpdates {
		m.dropped++
		return nil
	}
	u := &row{Update: Update{UpdateID: g.String(), Machine: m.index}, id: g}
	m.byID[g] = u
	m.rows = append(m.rows, u)
	return u
}

// named is the row of an update that only its title names.
func (m *machine) named(title string) *row {
	if title == "" {
		return nil
	}
	if u := m.byTitle[title]; u != nil {
		return u
	}
	if len(m.rows) >= maxUpdates {
		m.dropped++
		return nil
	}
	u := &row{Update: Update{Title: title, Machine: m.index}}
	m.byTitle[title] = u
	m.rows = append(m.rows, u)
	return u
}

// of is the row that an event is about, nil if none.
func (m *machine) of(e *event) *row {
	if e.g != (guid{}) {
		return m.update(e.g)
	}
	return m.named(m.words.text(e))
}

// titles makes the rows of all updates that a log calls by id and by name, so
// that a log which only knows the name finds them.
func (m *machine) titles() {
	for i, e := range m.events.each {
		switch e.kind {
		case evTargeted, evStatus, evReporting, evEventStart, evEventEnd, evEventDownload, evEventDownloaded, evEventDownloadFailed:
			u := m.update(e.g)
			if u == nil {
				continue
			}
			if u.Title == "" && m.words.text(e) != "" {
				u.Title = m.words.text(e)
				if m.byTitle[m.words.text(e)] == nil {
					m.byTitle[m.words.text(e)] = u
				}
			}
			u.Revision = max(u.Revision, e.rev)
			switch {
			case e.kind == evTargeted && e.n > 0:
				u.article = e.n
			case e.kind == evStatus && e.source == updatesStore && e.code > 0:
				u.article = int32(e.code)
			}
		case evAgentTitle:
			m.agentTitle(e, i+1)
		}
	}
}

// agentTitle gives the update whose id follows a title, at next or behind, its
// title.
func (m *machine) agentTitle(e *event, next int) {
	for i := next; i < min(next+8, m.events.len()); i++ {
		n := m.events.at(i)
		if n.source != updateAgent {
			continue
		}
		if n.kind == evAgentUpdate && n.thread == e.thread {
			if u := m.update(n.g); u != nil && u.Title == "" && m.words.text(e) != "<NULL>" {
				u.Title = m.words.text(e)
				if m.byTitle[m.words.text(e)] == nil {
					m.byTitle[m.words.text(e)] = u
				}
			}
		}
		return
	}
}

// bundles finds the updates that are part of another: what a bundle asks for on
// the same thread within seconds, unless it is known as an update itself.
func (m *machine) bundles() {
	const together = 5 * second
	bundle := map[uint32]*event{}
	pending := map[uint32]*event{}
	for _, e := range m.events.each {
		if e.source != updatesHandler {
			continue
		}
		b := bundle[e.thread]
		if b != nil && e.time-b.time > together {
			b = nil
		}
		switch e.kind {
		case evBundle:
			bundle[e.thread] = e
			delete(pending, e.thread)
		case evContentText:
			if b != nil {
				m.hold(e, m.update(b.g))
			} else {
				pending[e.thread] = e
			}
		case evDownloadAsk:
			if b != nil && b.g != e.g && m.byID[e.g] == nil {
				m.alias[e.g] = b.g
			}
			if p := pending[e.thread]; p != nil && e.time-p.time <= together {
				m.hold(p, m.update(e.g))
			}
			delete(pending, e.thread)
		default:
			delete(bundle, e.thread)
		}
	}
}

// hold says that content is an update's.
func (m *machine) hold(e *event, u *row) {
	if u == nil || m.contents[e.g] != nil {
		return
	}
	m.contents[e.g] = u
	u.content = append(u.content, e.g)
	if u.article == 0 {
		u.article = e.n
	}
}

// joinContent finds the update of content by the article in its file's name,
// where exactly one update has it, then the article and the names of each row.
func (m *machine) joinContent() {
	for _, u := range m.rows {
		u.KB = KB(u.Title)
		if u.KB == "" && u.article > 0 {
			u.KB = "KB" + strconv.Itoa(int(u.article))
		}
		u.Key = cmp.Or(u.KB, u.UpdateID, u.Title)
	}
	byKB := map[string]*row{} // nil where several updates have it
	for _, u := range m.rows {
		if _, several := byKB[u.KB]; several {
			byKB[u.KB] = nil
		} else {
			byKB[u.KB] = u
		}
	}
	for _, e := range m.events.each {
		if e.kind == evContentText && e.n > 0 {
			m.hold(e, byKB["KB"+strconv.Itoa(int(e.n))])
		}
	}
	for i, e := range m.events.each {
		if u := m.contentRow(e); u != nil {
			u.own = append(u.own, int32(i))
			u.ccm = true
		}
	}
	for _, u := range m.rows {
		slices.Sort(u.own)
		u.own = slices.Compact(u.own)
		for _, g := range u.content {
			u.Contents = append(u.Contents, g.String())
		}
		for _, g := range u.deployed {
			u.Deployments = append(u.Deployments, g.String())
		}
	}
}

// contentRow is the row whose content an event is about.
func (m *machine) contentRow(e *event) *row {
	switch e.kind {
	case evContentAsk, evLocated, evContentStart, evContentDone, evContentFailed, evCTM:
		return m.contents[e.h]
	case evLocate, evCTMLocated, evDTS, evCTMDone, evNoLocation:
		return m.contents[m.ctm[e.h]]
	}
	return nil
}

// deployment is a deployment by its id, made where there is none.
func (m *machine) deployment(g guid, e *event) *deployment {
	if g == (guid{}) {
		return nil
	}
	d := m.deployments[g]
	if d == nil {
		if len(m.deployments) >= maxUpdates {
			m.dropped++
			return nil
		}
		d = &deployment{id: g, first: e.time, by: e.id}
		m.deployments[g] = d
	}
	return d
}

// joinOne says whose an event is.
func (m *machine) joinOne(i int) {
	e := m.events.at(i)
	switch e.kind {
	case evTargeted:
		u, d := m.update(e.g), m.deployment(e.h, e)
		if u == nil {
			return
		}
		u.own, u.Involved = append(u.own, int32(i)), true
		if d != nil && !slices.Contains(u.deployed, d.id) {
			u.deployed = append(u.deployed, d.id)
			d.rows = append(d.rows, u)
		}
	case evProgress, evEnforce, evBatchAdd, evHandlerResult, evHandlerDone, evWuaDone, evDownloadFailed, evDownloaded, evPostReboot:
		if u := m.update(e.g); u != nil {
			u.own, u.Involved = append(u.own, int32(i)), true
			u.ccm = u.ccm || e.kind == evDownloaded || e.kind == evDownloadFailed
		}
	case evStatus, evReported, evSuperseded, evSeen:
		if u := m.update(e.g); u != nil {
			u.own = append(u.own, int32(i))
			u.scanned = u.scanned || e.kind != evSeen && (e.source == updatesStore || e.source == wuaHandler)
			if e.kind == evSuperseded && e.h != (guid{}) {
				u.SupersededBy = e.h.String()
			}
		}
	case evReporting, evEventStart, evEventEnd, evEventPending, evEventDownload, evEventDownloaded, evEventDownloadFailed:
		if u := m.of(e); u != nil {
			u.own, u.Involved = append(u.own, int32(i)), true
		}
	case evAgentUpdate:
		if u := m.update(e.g); u != nil {
			u.own, u.Involved = append(u.own, int32(i)), true
			u.Revision = max(u.Revision, e.rev)
		}
	default:
		m.joinJob(i, e)
	}
}

// joinJob says what a deployment's or a job's event belongs to.
func (m *machine) joinJob(i int, e *event) {
	switch e.kind {
	case evAssignment, evDeadline, evDetected, evStartInstall, evRetryWindow, evAssignEnforce, evJobError, evRemoved, evDeadlineAt, evDetect, evJob:
		d := m.deployment(e.h, e)
		if d == nil {
			return
		}
		switch e.kind {
		case evDeadlineAt:
			d.deadline = m.words.at(e)
		case evDetect, evDetected:
			d.detects = append(d.detects, int32(i))
		case evStartInstall, evRetryWindow, evAssignEnforce, evJobError, evRemoved:
			d.events = append(d.events, int32(i))
		}
		if e.g != (guid{}) {
			m.jobs[e.g] = link{e.kind, e.h}
		}
	case evPolicy:
		m.jobs[e.g] = link{e.kind, e.g}
	case evCTM:
		m.ctm[e.g] = e.h
		m.jobs[e.g] = link{e.kind, e.h}
	case evContentRequest:
		m.jobs[e.g] = link{e.kind, e.h}
	case evLocate:
		m.jobs[e.g] = link{e.kind, e.h}
	case evDTS:
		m.jobs[e.g] = link{e.kind, e.h}
	case evBITS:
		m.jobs[e.g] = link{e.kind, e.h}
	case evSource:
		m.jobs[e.g] = link{e.kind, guid{}}
	case evScanJob, evScanRequest:
		m.jobs[e.g] = link{e.kind, guid{}}
	case evRestart:
		if n := len(m.restarts); n == 0 || e.time-m.restarts[n-1].at > restartLasts {
			m.restarts = append(m.restarts, moment{e.time, e.id})
		}
	case evPaused:
		m.pauses = append(m.pauses, moment{e.time, e.id})
	case evForwarded:
		m.forwards = append(m.forwards, moment{e.time, e.id})
	case evScanStart, evScanDone, evScanFailed:
		m.scan(e)
	}
}

// restartLasts is how long the events of one restart follow each other.
const restartLasts = 15 * 60 * second
