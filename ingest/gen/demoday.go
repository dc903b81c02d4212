package gen

import (
	"strconv"
	"time"
)

// demoTraced is the day of March from which the update agent's lines are still
// in its trace: the WindowsUpdate.log of the days before was converted.
const demoTraced = 20

// demoStory tells the nine days of the demo's client. See story for how.
type demoStory struct {
	*story
	at func(day, hour, minute int) time.Time
	// The deployments: of the cumulative update, of the smaller ones, of the
	// upgrade, and the one of the 19th.
	monthly, small, upgrade, late string
}

// The places of the story's own updates in the catalogue: those of a scan come first.
const (
	cumulative = iota
	framework
	removalTool
	newWindows
	demoUpdates
)

// tell tells all of it.
func (s *demoStory) tell() {
	s.name(cumulative, 5053602, 0, "2025-03 x64 ベース システム用 Windows 11 Version 23H2 の累積更新プログラム (KB5053602)")
	s.name(framework, 5054156, 1, "2025-03 x64 用 Windows 11 Version 23H2 の .NET Framework 3.5 および 4.8.1 の累積的な更新プログラム (KB5054156)")
	s.name(removalTool, 890830, tools, "悪意のあるソフトウェアの削除ツール x64 - v5.132 (KB890830)")
	s.name(newWindows, 5053598, upgrades, "Windows 11, version 24H2 x64 2025-03B (KB5053598)")
	s.deployment(&s.monthly)
	s.deployment(&s.small)
	s.deployment(&s.upgrade)
	s.deployment(&s.late)

	s.first = demoUpdates // the client has all that it knows of
	s.morning(12)
	s.deployed()
	s.morning(14)
	s.morning(17)
	s.deadline()
	s.firstNight()
	s.morning(18)
	s.secondNight()
	s.withoutScan()
	s.until(s.at(20, 10, 20))
}

// name gives one update of the catalogue its name.
func (s *demoStory) name(place, kb, class int, title string) {
	u := &s.updates[place]
	u.kb, u.class, u.title = kb, class, title
}

// deployment draws the id of a deployment.
func (s *demoStory) deployment(id *string) {
	s.guid('A', braced)
	*id = string(s.vars['A'])
}

// about is n updates of the story from one place on.
func (s *demoStory) about(place, n int) []*update {
	var found []*update
	for i := range n {
		found = append(found, &s.updates[place+i])
	}
	return found
}

// until lets the client keep in touch every half hour until t.
func (s *demoStory) until(t time.Time) {
	end := t.UnixMilli()
	const every = 30 * minuteMS
	for s.now+every < end {
		s.now += every - 2000
		s.beat(2000)
	}
	s.now = max(s.now, end)
}

// morning is a day's first hour: policy, a scan that goes well, the usual noise.
func (s *demoStory) morning(day int) {
	s.until(s.at(day, 9, 0))
	s.policy()
	s.scan()
	s.housekeeping()
}

// deployed is the 13th: policy brings three deployments, whose content is fetched.
func (s *demoStory) deployed() {
	s.until(s.at(13, 10, 0))
	s.policy()
	for _, u := range s.about(cumulative, demoUpdates) {
		u.installed = false
	}
	s.first = cumulative
	s.scan()
	s.fetch(s.monthly, s.about(cumulative, 1))
	s.fetch(s.small, s.about(framework, 2))
	s.fetch(s.upgrade, s.about(newWindows, 1))
	s.housekeeping()
}

// fetch evaluates a deployment before its deadline, and fetches its content.
func (s *demoStory) fetch(deployment string, wanted []*update) {
	s.worker()
	s.text('A', deployment)
	s.guid('J', braced)
	s.number('n', len(wanted))
	s.say(updatesDeployment, 10, "updatesassignment.cpp:512", "Assignment %A has total CI = %n")
	s.assess(wanted)
	s.download(wanted)
}

// deadline is the evening of the 17th.
func (s *demoStory) deadline() {
	s.until(s.at(17, 20, 0))
	for _, d := range []struct {
		id      string
		updates []*update
		minutes int
	}{{s.monthly, s.about(cumulative, 1), 60}, {s.small, s.about(framework, 2), 60}, {s.upgrade, s.about(newWindows, 1), 240}} {
		s.text('A', d.id)
		s.evaluate(d.updates)
		s.refuse(d.id, d.minutes)
	}
}

// firstNight installs what is quick and is cut in the middle of the cumulative
// update, then restarts.
func (s *demoStory) firstNight() {
	s.open(18)
	s.begin(s.small, s.about(framework, 2))
	s.update(&s.updates[removalTool])
	s.number('1', 1)
	s.installStart()
	s.servicing(140_000)
	s.done(&s.updates[removalTool])
	s.update(&s.updates[framework])
	s.number('1', 2)
	s.install(&s.updates[framework], 480_000)
	s.endInstall(s.about(framework, 1))
	s.pause(20_000)
	s.cutShort()
	s.now = max(s.now, s.at(18, 2, 25).UnixMilli())
	s.restart(s.about(framework, 1))
	s.close(18)
	s.reportStates(s.about(framework, 2))
}

// secondNight tries the cumulative update again.
func (s *demoStory) secondNight() {
	s.open(19)
	s.cutShort()
	s.close(19)
}

// cutShort begins the cumulative update, which is cancelled at its maximum.
func (s *demoStory) cutShort() {
	s.begin(s.monthly, s.about(cumulative, 1))
	s.update(&s.updates[cumulative])
	s.number('1', 1)
	s.cut()
}

// withoutScan is what follows the end of WsusPool at five in the morning of the
// 19th: a new deployment is not evaluated, and the third night installs nothing.
func (s *demoStory) withoutScan() {
	s.until(s.at(19, 9, 0))
	s.policy()
	for _, hour := range []int{9, 13, 18, 22} {
		s.until(s.at(19, hour, 5))
		s.failScan("0x80244022")
		if hour == 9 {
			s.notEvaluated(s.late)
		}
	}
	s.traced = true
	s.open(20)
	s.until(s.at(20, 1, 2))
	s.failScan("0x80244022")
	s.notEvaluated(s.monthly)
	s.close(20)
	s.until(s.at(20, 9, 0))
	s.policy()
	s.failScan("0x80244022")
	s.notEvaluated(s.late)
	s.housekeeping()
}

// notEvaluated ends the evaluation of a deployment by the failed scan.
func (s *demoStory) notEvaluated(deployment string) {
	s.worker()
	s.text('A', deployment)
	s.guid('J', braced)
	s.say(updatesDeployment, 20, "updatesassignment.cpp:884", "EvaluateAssignment initiated for assignment (%A)")
	s.say(updatesDeployment, 30, "updatesassignment.cpp:913", "Detection job (%J) started for assignment (%A)")
	s.say(updatesHandler, 12, "cupdatesjob.cpp:430", "Successfully initiated scan for job (%J).")
	s.fail(updatesHandler, 60_000, "cupdatesjob.cpp:557", "Updates scan completion received, result = 0x80244022.")
	s.say(updatesHandler, 5, "cupdatesjobmanager.cpp:288", "CompleteJob - Job (%J) removed from job manager list.")
	s.fail(updatesDeployment, 20, "updatesassignment.cpp:1930", "Job error (0x80244022) received for assignment (%A) action")
}

// done is an installation that needs no restart.
func (s *demoStory) done(u *update) {
	s.say(cbsLog, 30, "CBS", "Exec: Processing complete.  Session: %e_%f, Package: Package_for_KB%k~31bf3856ad364e35~amd64~~10.0.1.0, Identifier: KB%k [HRESULT = 0x00000000 - S_OK]")
	s.say(windowsUpdate, 20, "Handler", "Install complete: update %g, result code = 0x00000000, reboot required = No")
	s.say(windowsUpdate, 8, "Agent", "* END * Installing updates CallerId = CcmExec")
	s.report(15, "1\t183 [AGENT_INSTALLING_SUCCEEDED]\t101\t{%g}\t%v\t0\tCcmExec\tSuccess\tContent Install\tInstallation Successful: Windows successfully installed the following update: %t\t%c.1.1.6")
	s.system(updateClient, 19, 4, s.aboutUpdate(0)...)
	s.worker()
	s.say(wuaHandler, 30, "cwuahandler.cpp:1930", "Update %1 (%g) finished installing (0x00000000), Reboot Required? No")
	s.say(updatesHandler, 20, "cupdatesagent.cpp:1022", "WSUS update (%g) installation result = 0x0, Reboot State = NoReboot")
	u.installed = true
}

// begin hands updates to the update agent in an open window.
func (s *demoStory) begin(deployment string, wanted []*update) {
	s.text('A', deployment)
	s.guid('J', braced)
	s.number('n', len(wanted))
	s.ask(60, true)
	s.startBatch(wanted)
}

// refuse tells a deployment to wait for a window of so many minutes.
func (s *demoStory) refuse(deployment string, minutes int) {
	s.text('A', deployment)
	s.ask(minutes, false)
	s.worker()
	s.say(updatesDeployment, 20, "deploymentutils.cpp:580", "No current service window available to run updates assignment with time required = "+strconv.Itoa(60*minutes))
	s.say(updatesDeployment, 4, "updatesassignment.cpp:2102", "No service window available to run updates assignment")
	s.say(updatesDeployment, 6, "updatesassignment.cpp:2130", "This assignment (%A) will be retried once the service window is available.")
}
