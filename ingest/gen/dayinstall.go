package gen

import "fmt"

// Each family times an installation by its own lines: this many milliseconds
// from the event of ReportingEvents.log to its own.
var (
	beginsLater = map[Family]int64{AllLogs: 0, ReportingLogs: 0, ClientLogs: -300, EventLogs: 5, AgentLogs: -40}
	endsLater   = map[Family]int64{AllLogs: 0, ReportingLogs: 0, ClientLogs: 150, EventLogs: 7, AgentLogs: 60}
)

// report is an event of ReportingEvents.log.
func (d *day) report(t *traveller, at int64, event string, code uint32, caller, words string) {
	status, word := "Success", map[string]string{"181": "STARTED", "182": "FAILED", "183": "SUCCEEDED", "201": "PENDING"}[event]
	if event == "182" {
		status = "Failure"
	}
	d.write(reportingEvents, at, 0, "1\t%s [AGENT_INSTALLING_%s]\t101\t%s\t%d\t%x\t%s\t%s\tContent Install\t%s: %s\tv.1.1.4",
		event, word, braces(t.UpdateID), t.Revision, code, caller, status, words, t.Title)
}

// batchOf hands updates to the update agent.
func (d *day) batchOf(at int64, updates ...*traveller) {
	for _, t := range updates {
		d.write(updatesHandler, at-2000, 4044, "Update (%s) added to the installation batch", t.UpdateID)
	}
	d.write(updatesHandler, at-1500, 4044, "Updates installation started as batch")
	d.write(wuaHandler, at+beginsLater[ClientLogs], 4048, "Async installation of updates started.")
}

// installStarts is what the agent and the event log say of a beginning.
func (d *day) installStarts(t *traveller, at int64, caller string) {
	d.agent(at+beginsLater[AgentLogs], "Agent", "* START * Installing updates CallerId = %s", caller)
	d.agent(at+beginsLater[AgentLogs]+1, "Agent", "Updates to install = 1")
	d.agent(at+beginsLater[AgentLogs]+2, "Agent", "  Title = %s", t.Title)
	d.agent(at+beginsLater[AgentLogs]+3, "Agent", "  UpdateId = %s.%d", t.UpdateID, t.Revision)
	d.report(t, at, "181", 0, caller, "Installation Started: Windows has started installing the following update")
	d.system(updateClient, 43, at+beginsLater[EventLogs], about(t, 0)...)
}

// installEnds is what they say of an end.
func (d *day) installEnds(t *traveller, at int64, code uint32, restart bool, caller string) {
	d.agent(at+endsLater[AgentLogs]-10, "Handler", "Completed install of CBS update with type=3, requiresReboot=%d, installerError=0, hr=0x%x", map[bool]int{true: 1}[restart], code)
	d.agent(at+endsLater[AgentLogs], "Agent", "* END * Installing updates CallerId = %s", caller)
	switch {
	case code != 0:
		d.report(t, at, "182", code, caller, fmt.Sprintf("Installation Failure: Windows failed to install the following update with error 0x%08x", code))
		d.system(updateClient, 20, at+endsLater[EventLogs], about(t, code)...)
	case restart:
		d.report(t, at, "201", 0x240005, caller, "Installation pending: The following update is waiting for a restart")
	default:
		d.report(t, at, "183", 0, caller, "Installation Successful: Windows successfully installed the following update")
		d.system(updateClient, 19, at+endsLater[EventLogs], about(t, 0)...)
	}
}

// attempt adds the truth of an installation from its times in ReportingEvents.log.
func (d *day) attempt(t *traveller, start, end int64, caller string, code uint32, restart bool) *JourneyAttempt {
	f := d.opt.Family
	a := JourneyAttempt{Caller: caller, Code: code}
	a.Started = utc(start + beginsLater[f])
	a.Ended = utc(end + endsLater[f])
	switch {
	case code == 0x800704c7:
		a.Result = "cancelled"
	case code != 0:
		a.Result = "failed"
	case restart:
		a.Result = "pending-restart"
	default:
		a.Result = "succeeded"
	}
	if f == EventLogs {
		a.Caller = ""
	}
	t.Attempts = append(t.Attempts, a)
	return &t.Attempts[len(t.Attempts)-1]
}

// begin starts an installation that these logs do not see end.
func (d *day) begin(t *traveller, at int64) {
	d.batchOf(at, t)
	d.installStarts(t, at, "CcmExec")
	a := d.attempt(t, at, at, "CcmExec", 0, false)
	a.Ended, a.Result = utc(0), "open"
	d.installStage(t)
}

// install is an installation of ms milliseconds.
func (d *day) install(t *traveller, at int64, ms int, code uint32, restart bool) {
	end := at + int64(ms)
	d.batchOf(at, t)
	d.installStarts(t, at, "CcmExec")
	d.installEnds(t, end, code, restart, "CcmExec")
	d.clientEnds(t, 1, end, code, restart)
	a := d.attempt(t, at, end, "CcmExec", code, restart)
	if restart && d.opt.Family == EventLogs { // the event log has no word for it
		a.Ended, a.Result = utc(0), "open"
	}
	d.installStage(t)
}

// clientEnds is how the client hears of an end.
func (d *day) clientEnds(t *traveller, n int, end int64, code uint32, restart bool) {
	at := end + endsLater[ClientLogs]
	d.write(wuaHandler, at, 4052, "Update %d (%s) finished installing (0x%08x), Reboot Required? %s", n, t.UpdateID, code, map[bool]string{true: "Yes", false: "No"}[restart])
	d.write(updatesHandler, at+20, 4056, "WSUS update (%s) installation result = 0x%x, Reboot State = %s", t.UpdateID, code, map[bool]string{true: "SoftReboot", false: "NoReboot"}[restart])
	d.write(wuaHandler, at+40, 4052, "Async install completed.")
	d.write(wuaHandler, at+50, 4052, "Installation of updates completed.")
}

// installStage sets the truth of the stages from window to restart after the
// last attempt.
func (d *day) installStage(t *traveller) {
	a := t.Attempts[len(t.Attempts)-1]
	w := &t.Stages[atWindow]
	if w.State == "waiting" {
		w.State, w.End = "done", a.Started
	}
	s := &t.Stages[atInstall]
	s.Start, s.End = a.Started, a.Ended
	s.State = map[string]string{"succeeded": "done", "pending-restart": "done", "failed": "failed", "cancelled": "failed", "open": "running"}[a.Result]
	r := &t.Stages[atRestart]
	switch a.Result {
	case "succeeded":
		r.State, r.Start, r.End = "done", a.Ended, a.Ended
	case "pending-restart":
		r.State, r.Start = "waiting", a.Ended
	}
}

// finished reports an installed update, and CBS.log tells of its session.
func (d *day) finished(t *traveller, at int64) {
	d.write(updatesDeployment, at, 4060, "Raised update (%s) enforcement state message successfully. StateId = 10, StateName = CI_ENFORCEMENT_SUCCESSFULL", d.ci(t))
	d.write(stateMessage, at+30_000, 4064, "Successfully forwarded State Messages to the MP")
	d.write(cbsLog, at-90_000, 0, "Exec: Processing complete.  Session: 30748_1234, Package: Package_for_%s~31bf3856ad364e35~amd64~~10.0.1.0, Identifier: %s [HRESULT = 0x00000000 - S_OK]", t.KB, t.KB)
	t.stage(atReport, "done", at, at+30_000)
}

// rebooted restarts the machine: one update waited for it, another was cut.
func (d *day) rebooted(waited, cut *traveller) {
	at := d.restart
	d.write(rebootCoordinator, at, 4068, "Reboot initiated")
	d.system(eventLog, 6006, at)
	d.system(eventLog, 6005, at+90_000)
	after := at + 180_000
	d.report(waited, after, "183", 0, "CcmExec", "Installation Successful: Windows successfully installed the following update")
	d.system(updateClient, 19, after+endsLater[EventLogs], about(waited, 0)...)
	d.write(wuaHandler, after+endsLater[ClientLogs], 4072, "Update (%s) has finished the post reboot operation. HResult: 0x00000000.", waited.UpdateID)

	restarts := d.tells(ClientLogs) || d.tells(EventLogs)
	a := &waited.Attempts[0]
	switch d.opt.Family {
	case EventLogs: // began before the restart, and was there after it
		a.Ended, a.Result, a.Cut = utc(after+endsLater[EventLogs]), "succeeded", utc(at)
	case AgentLogs:
	default:
		a.Result = "succeeded"
	}
	waited.Stages[atRestart].State, waited.Stages[atRestart].End = "done", utc(at)
	if restarts {
		cut.Attempts[0].Cut = utc(at)
		cut.stage(atInstall, "failed", cut.Attempts[0].Started.UnixMilli(), at)
	}
}

// timeOut is an installation that ConfigMgr stops at its maximum.
func (d *day) timeOut(t *traveller, at int64, ms int) {
	end := at + int64(ms)
	d.write(updatesHandler, end-1000, 4056, "Execution cancelled by job. Update will not be monitored")
	d.install(t, at, ms, 0x800704c7, false)
	d.write(updatesDeployment, end+400, 4060, "Update (%s) Progress: Status = ciStateError, PercentComplete = 0, DownloadSize = 0, Result = 0x87d00664", d.ci(t))
}

// otherCaller is an installation that Windows itself starts.
func (d *day) otherCaller(t *traveller, at int64) {
	const caller = "UpdateOrchestrator"
	end := at + 300_500
	d.installStarts(t, at, caller)
	d.installEnds(t, end, 0, false, caller)
	if d.opt.Family != ClientLogs {
		d.attempt(t, at, end, caller, 0, false)
		t.stage(atInstall, "done", t.Attempts[0].Started.UnixMilli(), t.Attempts[0].Ended.UnixMilli())
		t.stage(atRestart, "done", t.Attempts[0].Ended.UnixMilli(), t.Attempts[0].Ended.UnixMilli())
		t.stage(atScan, "unknown", 0, 0)
	}
}

// batch installs two updates at once, one after the other: no log of the client
// says when the second began.
func (d *day) batch(first, second *traveller, at int64) {
	const one, two = 360_000, 690_000
	d.batchOf(at, first, second)
	for n, t := range []*traveller{first, second} {
		start, end := at+int64(n)*(one+1000), at+[2]int64{one, two}[n]
		d.installStarts(t, start, "CcmExec")
		d.installEnds(t, end, 0, false, "CcmExec")
		at := end + endsLater[ClientLogs]
		d.write(wuaHandler, at, 4052, "Update %d (%s) finished installing (0x00000000), Reboot Required? No", n+1, t.UpdateID)
		a := d.attempt(t, start, end, "CcmExec", 0, false)
		if n == 1 && d.opt.Family == ClientLogs {
			a.Started, a.Estimated = first.Attempts[0].Ended, true
		}
		d.installStage(t)
	}
	d.write(wuaHandler, at+two+1000, 4052, "Async install completed.")
}

// rolledAway is an installation whose beginning is in no log any more.
func (d *day) rolledAway(t *traveller) {
	end := d.at(0, 2, 0)
	d.report(t, end, "183", 0, "CcmExec", "Installation Successful: Windows successfully installed the following update")
	d.system(updateClient, 19, end+endsLater[EventLogs], about(t, 0)...)
	d.write(wuaHandler, end+endsLater[ClientLogs], 4052, "Update 1 (%s) finished installing (0x00000000), Reboot Required? No", t.UpdateID)
	t.stage(atPolicy, "unknown", 0, 0)
	if d.opt.Family == AgentLogs { // nothing is left of it
		return
	}
	a := d.attempt(t, end, end, "CcmExec", 0, false)
	a.Started = utc(0)
	t.stage(atInstall, "done", 0, a.Ended.UnixMilli())
	t.stage(atRestart, "done", a.Ended.UnixMilli(), a.Ended.UnixMilli())
	if d.opt.Family == ClientLogs { // no log of the client has its name
		t.KB, t.Title = "", ""
	}
	t.Deployment = ""
}
