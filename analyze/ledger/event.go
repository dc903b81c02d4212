package ledger

import (
	"cmp"
	"slices"

	"patchtrail/ingest/record"
)

// source is the log that a line comes from.
type source uint8

const (
	noSource source = iota
	updatesDeployment
	updatesHandler
	wuaHandler
	updatesStore
	contentAccess
	contentTransfer
	dataTransfer
	serviceWindows
	rebootCoordinator
	maintenance
	stateMessage
	policy
	scheduler
	scanAgent
	reportingEvents
	updateAgent // WindowsUpdate.log and its traces
	eventUpdates
	eventRestarts
	sources
)

// components names the logs by the component column of their records.
// Source: DOMAIN.md A4, B.
var components = map[string]source{
	"UpdatesDeploymentAgent":       updatesDeployment,
	"UpdatesDeployment":            updatesDeployment,
	"UpdatesHandler":               updatesHandler,
	"WUAHandler":                   wuaHandler,
	"UpdatesStore":                 updatesStore,
	"ContentAccess":                contentAccess,
	"CAS":                          contentAccess,
	"ContentTransferManager":       contentTransfer,
	"DataTransferService":          dataTransfer,
	"ServiceWindowManager":         serviceWindows,
	"RebootCoordinator":            rebootCoordinator,
	"MaintenanceCoordinator":       maintenance,
	"StateMessage":                 stateMessage,
	"PolicyAgent":                  policy,
	"PolicyAgent_PolicyDownload":   policy,
	"PolicyAgent_ReplyAssignments": policy,
	"PolicyAgent_PolicyEvaluator":  policy,
	"PolicyEvaluator":              policy,
	"Scheduler":                    scheduler,
	"ScanAgent":                    scanAgent,
}

// providers names the parts of event logs in the same way.
var providers = map[string]source{
	"WindowsUpdateClient": eventUpdates,
	"Servicing":           eventUpdates,
	"EventLog":            eventRestarts,
	"Eventlog":            eventRestarts,
	"User32":              eventRestarts,
	"Kernel-General":      eventRestarts,
	"Kernel-Power":        eventRestarts,
}

// kind is what a line says.
type kind uint8

const (
	_ kind = iota
	// about an update g
	evTargeted   // h deployment, text title, n article
	evProgress   // text ciState…, code
	evEnforce    // n is a state id of topic 402
	evStatus     // a scan's answer: text is title, n a scan status
	evReported   // the answer was handed on, n a scan status
	evSuperseded // h by which, if said
	evSeen
	evBatchAdd
	evHandlerResult // code, n is 1 where a restart is needed
	evHandlerDone   // text is the state, COMPLETE_…
	evDownloaded
	evDownloadAsk
	evDownloadFailed // code
	evBundle
	evWuaDone      // code, n is 1 where a restart is needed
	evPostReboot   // code
	evEventStart   // event log: 43, 19, 20, 44, 41, 31
	evEventEnd     // code
	evEventPending // text is a list of titles, or n the article; 21, 22 and Servicing 4
	evEventDownload
	evEventDownloaded
	evEventDownloadFailed // code
	evReporting           // text is title, caller; n the number, code, rev
	// about a deployment h
	evAssignment // it is there
	evDeadline   // it is due
	evDeadlineAt // at is when it will be
	evDetect     // g job
	evDetected
	evJob // g job
	evStartInstall
	evRetryWindow
	evAssignEnforce // n is a state id of topic 301
	evJobDownload   // g job
	evOverride      // of a job that another line names; n is 1 where it ignores windows
	evJobError      // code
	evRemoved
	// about content, by its id or jobs
	evContentText // g content, n article in its file's name
	evCTM         // g CTM job, h content
	evContentAsk
	evContentRequest // g request, h content
	evLocated        // h content
	evContentStart   // h content
	evContentDone    // h content
	evContentFailed  // h content, code
	evLocate         // g location request, h CTM job
	evCTMLocated     // h CTM job
	evDTS            // g DTS job, h CTM job
	evCTMDone        // h CTM job
	evNoLocation     // h CTM job
	evBITS           // g BITS job, h DTS job
	// about the machine
	evScanStart
	evScanDone
	evScanFailed // code
	evBatchStart
	evBatchFailed // code
	evCancelled
	evWuaStart
	evWuaEnd
	evNoWindow   // n is seconds required
	evAttempting // n updates
	evApply      // g job
	evAsk        // n is seconds, code the type of window
	evCanRun
	evCannotRun
	evRestart
	evPaused
	evForwarded
	evPolicy // g policy
	// names
	evSource      // g update source
	evScanJob     // g scan job
	evScanRequest // g location request of a scan
	// the update agent's own log
	evAgentStart // text caller
	evAgentTitle // text title
	evAgentUpdate
	evAgentResult // g may be zero; code, n is 1 where a restart is needed
	evAgentEnd    // text caller
)

// event is what a line says, 72 bytes of it.
type event struct {
	time   int64
	g, h   guid
	words  int32 // place in the wordList, counted from 1; 0 for none
	id     record.ID
	thread uint32
	code   uint32
	rev    uint32
	n      int32
	kind   kind
	source source
}

// eventList is many events and their order. It holds no pointer to an event: a
// million of them cost the garbage collector nothing.
type eventList struct {
	chunks [][]event // of chunkEvents each, or fewer
	order  []int32   // event n is the n%chunkEvents-th of chunk n/chunkEvents
}

// len is how many events are in order.
func (l *eventList) len() int { return len(l.order) }

// at is the i-th event in order.
func (l *eventList) at(i int) *event { return l.of(l.order[i]) }

func (l *eventList) of(n int32) *event { return &l.chunks[n/chunkEvents][n%chunkEvents] }

// each gives all events in order.
func (l *eventList) each(yield func(int, *event) bool) {
	for i, n := range l.order {
		if !yield(i, l.of(n)) {
			return
		}
	}
}

// sort brings all events of the chunks into order.
func (l *eventList) sort() {
	for i, chunk := range l.chunks {
		for k := range chunk {
			l.order = append(l.order, int32(i*chunkEvents+k))
		}
	}
	slices.SortFunc(l.order, func(a, b int32) int { return inOrder(l.of(a), l.of(b)) })
}

// merge puts lists, each in order, into one.
func merge(lists []eventList) eventList {
	var out eventList
	var heap [][]int32
	n := 0
	for _, l := range lists {
		if len(l.order) == 0 {
			continue
		}
		base := int32(len(out.chunks) * chunkEvents)
		for i := range l.order {
			l.order[i] += base
		}
		out.chunks = append(out.chunks, l.chunks...)
		heap = append(heap, l.order)
		n += len(l.order)
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		out.sink(heap, i)
	}
	out.order = make([]int32, 0, n)
	for len(heap) > 0 {
		out.order = append(out.order, heap[0][0])
		if heap[0] = heap[0][1:]; len(heap[0]) == 0 {
			last := len(heap) - 1
			heap[0], heap = heap[last], heap[:last]
		}
		out.sink(heap, 0)
	}
	return out
}

// sink moves the order at i of a heap, whose first event may be later than those
// of the orders under it, to its place.
func (l *eventList) sink(heap [][]int32, i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
			if inOrder(l.of(heap[child][0]), l.of(heap[least][0])) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// inOrder compares events by time, those of one instant by their records.
func inOrder(a, b *event) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.id, b.id)) }

// words are what few events have.
type words struct {
	text   string
	caller string
	at     int64 // a time that the line states, nanoseconds; UTC once the file is read, local before
}

// wordList is the words of many events, told by their places in it: an event
// holds no pointer, so that a million of them cost the garbage collector nothing.
type wordList []words

func (l wordList) of(e *event) words {
	if e.words == 0 {
		return words{}
	}
	return l[e.words-1]
}

func (l wordList) text(e *event) string   { return l.of(e).text }
func (l wordList) caller(e *event) string { return l.of(e).caller }
func (l wordList) at(e *event) int64      { return l.of(e).at }

// said is an event as a line is read.
type said struct {
	event
	text, caller string
	at           int64
}

// Scan statuses.
const (
	statusUnknown int32 = iota
	statusMissing
	statusInstalled
	statusNotRequired
)
