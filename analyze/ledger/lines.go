package ledger

import (
	"bytes"

	"patchtrail/ingest/scan"
)

// entries are the beginnings of the lines that are read, by log.
// Source: DOMAIN.md B1-B8, B12, C.
func entries() map[source][]entry {
	about := func(k kind) func(*reader, []byte) { return func(r *reader, m []byte) { r.about(k, m) } }
	deployment := func(k kind) func(*reader, []byte) { return func(r *reader, m []byte) { r.deployment(k, m) } }
	plain := func(k kind) func(*reader, []byte) {
		return func(r *reader, _ []byte) { r.emit(said{event: event{kind: k}}) }
	}
	two := func(k kind) func(*reader, []byte) { return func(r *reader, m []byte) { r.two(k, m) } }
	failed := func(k kind, before string) func(*reader, []byte) {
		return func(r *reader, m []byte) { r.failed(k, m, before) }
	}
	content := func(k kind) func(*reader, []byte) { return func(r *reader, m []byte) { r.content(k, m) } }
	counted := func(k kind, before string) func(*reader, []byte) {
		return func(r *reader, m []byte) { r.counted(k, m, before) }
	}
	return map[source][]entry{
		updatesDeployment: {
			{"Update (", (*reader).deployedUpdate},
			{"Raised update (", (*reader).enforcement},
			{"Raised assignment (", (*reader).assignmentState},
			{"Raised assignment [", (*reader).assignmentState},
			{"Assignment {", deployment(evAssignment)},
			{"Assignment (", (*reader).assignment},
			{"Assignment(", (*reader).assignment},
			{"EvaluateAssignment ", deployment(evAssignment)},
			{"Started evaluation for assignment", deployment(evAssignment)},
			{"Deadline received for assignment", deployment(evDeadline)},
			{"Detection job (", two(evDetect)},
			{"DetectJob completion received", deployment(evDetected)},
			{"DownloadCIContents Job (", two(evJob)},
			{"Starting install for assignment", deployment(evStartInstall)},
			{"ApplyCIs - JobId", about(evApply)},
			{"Attempting to install ", counted(evAttempting, "install ")},
			{"No current service window available", counted(evNoWindow, "time required = ")},
			{"This assignment (", deployment(evRetryWindow)},
			{"Job error (", (*reader).jobError},
			{"OnPolicyDelete for assignment", deployment(evRemoved)},
		},
		updatesHandler: {
			{"Update (", (*reader).handledUpdate},
			{"Updates installation started as batch", plain(evBatchStart)},
			{"Initiating download for the job (", about(evJobDownload)},
			{"Timeout Options:", (*reader).timeoutOptions},
			{"WSUS update (", (*reader).handlerResult},
			{"Execution cancelled by job", plain(evCancelled)},
			{"Contents downloaded successfully for update (", about(evDownloaded)},
			{"Starting download on action (INSTALL) for Update (", about(evDownloadAsk)},
			{"Content Text = <Content ContentId=", (*reader).contentText},
			{"Bundle update (", about(evBundle)},
			{"CDeploymentJob -- Failed to download update (", failed(evDownloadFailed, "Error = ")},
			{"Failed to download update (", failed(evDownloadFailed, "rror = ")},
			{"InstallUpdatesInBatch failed with error", (*reader).batchFailed},
			{"Failed to initiate install of WSUS updates", (*reader).batchFailed},
			{"Failed to start batch install", (*reader).batchFailed},
		},
		wuaHandler: {
			{"Async searching of updates using WUAgent started", plain(evScanStart)},
			{"Successfully completed scan", plain(evScanDone)},
			{"Scan failed with error", failed(evScanFailed, "rror = ")},
			{"OnSearchComplete - Failed to end search job", failed(evScanFailed, "rror = ")},
			{"Update (", (*reader).scanned},
			{"Update ", (*reader).finished},
			{"Pruning: update id (", two(evSuperseded)},
			{"CopyToCache() for update (", about(evDownloadAsk)},
			{"Async installation of updates started", plain(evWuaStart)},
			{"Async install completed", plain(evWuaEnd)},
			{"Installation of updates completed", plain(evWuaEnd)},
			{"Its a WSUS Update Source type (", about(evSource)},
			{"Added Update Source (", about(evSource)},
		},
		updatesStore: {
			{"Queried Update (", (*reader).queried},
			{"Successfully raised state message for update (", (*reader).reported},
			{"Processing update status from update (", about(evSeen)},
		},
		contentAccess: {
			{"Requesting content ", content(evContentAsk)},
			{"Submitted CTM job ", two(evCTM)},
			{"Successfully created download", two(evContentRequest)},
			{"Location update from CTM for content ", content(evLocated)},
			{"Download started for content ", content(evContentStart)},
			{"Download completed for content ", content(evContentDone)},
			{"Hash verification succeeded for content ", content(evContentDone)},
			{"Download failed for content ", content(evContentFailed)},
			{"Hash mismatch", content(evContentFailed)},
		},
		contentTransfer: {
			{"Queued location request ", two(evLocate)},
			{"Persisted locations for CTM job ", deployment(evCTMLocated)},
			{"CTM job {", (*reader).transfer},
			{"CTMJob({", (*reader).transfer},
			{"CCTMJob::UpdateLocations - Received empty location update", deployment(evNoLocation)},
			{"CCTMJob::UpdateLocations", (*reader).noLocation},
		},
		dataTransfer: {
			{"Starting BITS job ", two(evBITS)},
			{"CDTSJob::JobTransferred", (*reader).bitsOfDTS},
			{"CDTSJob::HandleErrors", (*reader).bitsOfDTS},
		},
		serviceWindows: {
			{"OnIsServiceWindowAvailable called with: Runtime:", (*reader).ask},
			{"Program can run!", plain(evCanRun)},
			{"Program cannot Run!", plain(evCannotRun)},
		},
		rebootCoordinator: {
			{"System reboot request succeeded", plain(evRestart)},
			{"Reboot initiated", plain(evRestart)},
		},
		maintenance: {{"RequestPersistence(id=", (*reader).persistence}},
		stateMessage: {
			{"Successfully forwarded State Messages", plain(evForwarded)},
			{"State message(State ID : ", (*reader).stateMessage},
		},
		policy: {
			{"Applied policy ", (*reader).policy},
			{"Applying policy ", (*reader).policy},
			{"Compiling policy ", (*reader).policy},
			{"Evaluating and applying policy ", (*reader).policy},
		},
		scheduler: {{"SMSTrigger '", (*reader).trigger}},
		scanAgent: {
			{"- - - - - -Location Request ID = ", about(evScanRequest)},
			{"ScanJob({", about(evScanJob)},
			{"CScanAgent::ScanByUpdates- Policy available for UpdateSourceID=", about(evSource)},
		},
		eventUpdates:  {{"WindowsUpdateClient ", (*reader).updateEvent}, {"Servicing 4: ", (*reader).servicingPending}},
		eventRestarts: restarts(),
	}
}

// about reads a line about one identifier. Names that only repeat are no event.
func (r *reader) about(k kind, m []byte) {
	g, _, ok := findGUID(m)
	if !ok || (k == evSource || k == evScanJob || k == evSeen) && !r.changed(k, g, nil) {
		return
	}
	r.emit(said{event: event{kind: k, g: g}})
}

// deployment reads a line whose one identifier is of a deployment or a job that
// others belong to.
func (r *reader) deployment(k kind, m []byte) {
	g, _, ok := findGUID(m)
	if !ok || k == evAssignment && !r.changed(k, g, nil) {
		return
	}
	r.emit(said{event: event{kind: k, h: g}})
}

// two reads a line that says which thing g belongs to which thing h.
func (r *reader) two(k kind, m []byte) {
	g, rest, ok := findGUID(m)
	if !ok {
		return
	}
	h, _, _ := findGUID(rest)
	if k == evSuperseded && !r.changed(k, g, h[:]) {
		return
	}
	r.emit(said{event: event{kind: k, g: g, h: h}})
}

// failed reads a line about g, or none, with an error behind before.
func (r *reader) failed(k kind, m []byte, before string) {
	g, _, _ := findGUID(m)
	e := said{event: event{kind: k, g: g}}
	if tail, ok := follow(m, before); ok {
		e.code, _ = code(tail)
	}
	r.emit(e)
}

// content reads a line about content, whose id is a GUID.
func (r *reader) content(k kind, m []byte) {
	g, rest, ok := findGUID(m)
	if !ok {
		return
	}
	e := said{event: event{kind: k, h: g}}
	if i := bytes.Index(rest, []byte("0x")); k == evContentFailed && i >= 0 {
		e.code, _ = code(rest[i:])
	}
	r.emit(e)
}

func (r *reader) counted(k kind, m []byte, before string) {
	tail, _ := follow(m, before)
	if n, ok := number(tail); ok && n >= 0 && n < 1<<31 {
		r.emit(said{event: event{kind: k, n: int32(n)}})
	}
}

// deployedUpdate reads what a deployment says of an update:
//
//	Update (Site_{S}/SUM_g) Name (title (KB…)) ArticleID (n) added to the targeted list of deployment ({A})
//	Update (Site_{S}/SUM_g) Progress: Status = ciState…, PercentComplete = n, DownloadSize = n, Result = 0x0
func (r *reader) deployedUpdate(m []byte) {
	g, rest, ok := uniqueID(m)
	if !ok {
		return
	}
	switch {
	case bytes.Contains(rest, []byte("added to the targeted list of deployment")):
		e := said{event: event{kind: evTargeted, g: g}}
		tail, _ := follow(rest, "added to the targeted list")
		e.h, _, _ = findGUID(tail)
		if title, ok := cut(rest, "Name (", ") ArticleID ("); ok {
			e.text = string(title)
		}
		if tail, ok := follow(rest, ") ArticleID ("); ok {
			n, _ := number(tail)
			e.n = int32(n)
		}
		if r.changed(evTargeted, g, e.h[:]) {
			r.emit(e)
		}
	case bytes.Contains(rest, []byte("Progress: Status = ")):
		state, _ := cut(rest, "Status = ", ",")
		e := said{event: event{kind: evProgress, g: g}, text: string(state)}
		if tail, ok := follow(rest, "Result = "); ok {
			e.code, _ = code(tail)
		}
		if r.changed(evProgress, g, state) || e.code != 0 {
			r.emit(e)
		}
	case bytes.Contains(rest, []byte("superseded, no install attempt required")):
		if r.changed(evSuperseded, g, nil) {
			r.emit(said{event: event{kind: evSuperseded, g: g}})
		}
	}
}

// uniqueID reads the GUID of an update out of the unique id of its CI, which is
// the last one before the parenthesis closes: "Site_{S}/SUM_g)".
func uniqueID(m []byte) (g guid, rest []byte, ok bool) {
	open := bytes.IndexByte(m, '(')
	if open < 0 {
		return g, nil, false
	}
	if bytes.HasPrefix(m[open:], []byte("(TopicID)")) {
		open += len("(TopicID)")
	}
	end := bytes.IndexByte(m[open:], ')')
	if end < 0 {
		return g, nil, false
	}
	id := m[open : open+end]
	if slash := bytes.LastIndexByte(id, '/'); slash >= 0 {
		id = id[slash:]
	}
	g, _, ok = findGUID(id)
	return g, m[open+end:], ok
}

// enforcement reads "Raised update (…/SUM_g) enforcement state message
// successfully. StateId = 10, StateName = …".
func (r *reader) enforcement(m []byte) {
	g, rest, ok := uniqueID(m)
	tail, found := follow(rest, "StateId = ")
	if n, number := number(tail); ok && found && number {
		r.emit(said{event: event{kind: evEnforce, g: g, n: int32(n)}})
	}
}

func (r *reader) assignmentState(m []byte) {
	g, rest, ok := findGUID(m)
	if !ok || !bytes.Contains(rest, []byte("TopicType = Enforce")) {
		return
	}
	tail, _ := follow(rest, "StateId = ")
	if n, ok := number(tail); ok {
		r.emit(said{event: event{kind: evAssignEnforce, h: g, n: int32(n)}})
	}
}

func (r *reader) assignment(m []byte) {
	k := evAssignment
	if bytes.Contains(m, []byte("received deadline")) {
		k = evDeadline
	}
	r.deployment(k, m)
}

func (r *reader) jobError(m []byte) {
	c, _ := code(m[len("Job error ("):])
	if g, _, ok := findGUID(m); ok {
		r.emit(said{event: event{kind: evJobError, h: g, code: c}})
	}
}

// handledUpdate reads what UpdatesHandler says of "Update (g) …".
func (r *reader) handledUpdate(m []byte) {
	g, rest, ok := findGUID(m)
	switch {
	case !ok:
	case bytes.Contains(rest, []byte("added to the installation batch")):
		r.emit(said{event: event{kind: evBatchAdd, g: g}})
	case bytes.Contains(rest, []byte("execution completed with state ")):
		state, _ := follow(rest, "with state ")
		r.emit(said{event: event{kind: evHandlerDone, g: g}, text: string(bytes.TrimRight(state, ". "))})
	}
}

// handlerResult reads "WSUS update (g) installation result = 0x0, Reboot State = SoftReboot".
func (r *reader) handlerResult(m []byte) {
	g, rest, ok := findGUID(m)
	tail, found := follow(rest, "result = ")
	if c, read := code(tail); ok && found && read {
		e := said{event: event{kind: evHandlerResult, g: g, code: c}}
		if state, ok := follow(tail, "Reboot State = "); ok && !bytes.HasPrefix(state, []byte("No")) {
			e.n = 1
		}
		r.emit(e)
	}
}

func (r *reader) batchFailed(m []byte) {
	e := said{event: event{kind: evBatchFailed}}
	if i := bytes.LastIndex(m, []byte("0x")); i >= 0 {
		e.code, _ = code(m[i:])
	}
	r.emit(e)
}

func (r *reader) contentText(m []byte) {
	g, rest, ok := findGUID(m)
	if !ok {
		return
	}
	e := said{event: event{kind: evContentText, g: g}}
	if name, ok := cut(rest, ` Name="`, `"`); ok {
		e.n = article(name)
	}
	r.emit(e)
}

// scanned reads what WUAHandler says of an update without a number:
//
//	Update (Missing): title (KB…) (g, 200)
//	Update (g) has finished the post reboot operation. HResult: 0x00000000.
func (r *reader) scanned(m []byte) {
	if state := status(m[len("Update ("):]); state != statusUnknown {
		r.listed(m, state)
		return
	}
	g, rest, ok := findGUID(m)
	if !ok || !bytes.Contains(rest, []byte("post reboot operation")) {
		return
	}
	e := said{event: event{kind: evPostReboot, g: g}}
	if tail, ok := follow(rest, "HResult: "); ok {
		e.code, _ = code(tail)
	}
	r.emit(e)
}

// numbered reads "1. Update (Missing): title (g, 200)".
func (r *reader) numbered(m []byte) {
	i := 0
	for i < len(m) && scan.Digit(m[i]) {
		i++
	}
	if rest := m[i:]; bytes.HasPrefix(rest, []byte(". Update (")) {
		r.listed(rest[2:], status(rest[len(". Update ("):]))
	}
}

func (r *reader) listed(m []byte, state int32) {
	title, ok := follow(m, "): ")
	open := bytes.LastIndex(title, []byte(" ("))
	if !ok || open < 0 || state == statusUnknown {
		return
	}
	g, rest, ok := findGUID(title[open:])
	if !ok {
		return
	}
	e := said{event: event{kind: evStatus, g: g, n: state}}
	if r.repeats(e) {
		return
	}
	e.text = string(title[:open])
	if tail, ok := follow(rest, ","); ok {
		n, _ := number(tail)
		e.rev = uint32(n)
	}
	r.emit(e)
}

// finished reads "Update 1 (g) finished installing (0x00000000), Reboot Required? Yes".
func (r *reader) finished(m []byte) {
	g, rest, ok := findGUID(m)
	tail, found := follow(rest, "finished installing (")
	if c, read := code(tail); ok && found && read {
		e := said{event: event{kind: evWuaDone, g: g, code: c}}
		if bytes.Contains(tail, []byte("Reboot Required? Yes")) {
			e.n = 1
		}
		r.emit(e)
	}
}

// queried reads "Queried Update (g): Status=Installed, Title=…, BulletinID=, …".
func (r *reader) queried(m []byte) {
	g, rest, ok := findGUID(m)
	word, found := follow(rest, "Status=")
	e := said{event: event{kind: evStatus, g: g, n: status(word)}}
	if !ok || !found || r.repeats(e) {
		return
	}
	if title, ok := cut(word, "Title=", ", BulletinID="); ok {
		e.text = string(title)
	}
	if tail, ok := follow(word, "QNumbers="); ok {
		n, _ := number(tail)
		e.code = uint32(n)
	}
	r.emit(e)
}

func (r *reader) reported(m []byte) {
	g, rest, ok := findGUID(m)
	word, found := follow(rest, "with state (")
	if ok && found {
		r.emit(said{event: event{kind: evReported, g: g, n: status(word)}})
	}
}

// transfer reads what ContentTransferManager says of one of its jobs.
func (r *reader) transfer(m []byte) {
	h, rest, ok := findGUID(m)
	switch {
	case !ok:
	case bytes.Contains(rest, []byte("DTS job {")), bytes.Contains(rest, []byte("DTSJob({")):
		if g, _, ok := findGUID(rest); ok {
			r.emit(said{event: event{kind: evDTS, g: g, h: h}})
		}
	case bytes.Contains(rest, []byte("processed download completion")):
		r.emit(said{event: event{kind: evCTMDone, h: h}})
	case bytes.Contains(rest, []byte("Persisted locations")):
		r.emit(said{event: event{kind: evCTMLocated, h: h}})
	case bytes.Contains(rest, []byte("suspended")), bytes.Contains(rest, []byte("Received empty location update")):
		r.emit(said{event: event{kind: evNoLocation, h: h}})
	}
}

func (r *reader) noLocation(m []byte) {
	if bytes.Contains(m, []byte("no suitable locations")) {
		r.deployment(evNoLocation, m)
	}
}

// bitsOfDTS reads "… DTS Job ID='{D}' BITS Job ID='{B}' …".
func (r *reader) bitsOfDTS(m []byte) {
	d, rest, ok := findGUID(m)
	if b, _, found := findGUID(rest); ok && found && r.changed(evBITS, b, nil) {
		r.emit(said{event: event{kind: evBITS, g: b, h: d}})
	}
}

// ask reads "OnIsServiceWindowAvailable called with: Runtime:1800, Type:4".
func (r *reader) ask(m []byte) {
	tail, _ := follow(m, "Runtime:")
	n, ok := number(tail)
	typ, found := follow(tail, "Type:")
	t, read := number(typ)
	if ok && found && read && n >= 0 && n < 1<<31 {
		r.emit(said{event: event{kind: evAsk, n: int32(n), code: uint32(t)}})
	}
}

// stateMessage reads "State message(State ID : 1) with TopicType 500 and TopicId g …".
func (r *reader) stateMessage(m []byte) {
	n, ok := number(m[len("State message(State ID :"):])
	rest, found := follow(m, "TopicType 500 and TopicId ")
	g, _, read := findGUID(rest)
	if ok && found && read && n >= int64(1) && n <= 3 {
		r.emit(said{event: event{kind: evReported, g: g, n: [...]int32{statusNotRequired, statusMissing, statusInstalled}[n-1]}})
	}
}

// policy reads the id of a policy that takes effect; only the first time counts.
func (r *reader) policy(m []byte) {
	if g, _, ok := findGUID(m); ok && r.changed(evPolicy, g, nil) {
		r.emit(said{event: event{kind: evPolicy, g: g}})
	}
}

// trigger reads "SMSTrigger '…' for scheduler 'Machine/DEADLINE:{A}' will fire
// at 02/09/2014 07:15:00 PM without randomization."
func (r *reader) trigger(m []byte) {
	tail, ok := follow(m, "/DEADLINE:")
	if !ok {
		return
	}
	g, rest, ok := findGUID(tail)
	date, found := follow(rest, "will fire at ")
	if wall, read := regional(date); ok && found && read {
		r.emit(said{event: event{kind: evDeadlineAt, h: g}, at: wall})
	}
}
