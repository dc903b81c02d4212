package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"patchtrail/ingest/record"
)

// said reads one message of a log and says what the ledger took out of it.
func saidOf(src source, msg string) string {
	r := newReader(&record.File{}, newTables())
	r.at.source = src
	if src == updateAgent {
		r.agent = true
		r.agentLine([]byte(msg))
	} else {
		r.line([]byte(msg))
	}
	var out []string
	events := slices.Concat(r.events.chunks...)
	for i := range events {
		e := &events[i]
		s := fmt.Sprintf("%d g=%.4s h=%.4s n=%d code=%x rev=%d", e.kind, e.g, e.h, e.n, e.code, e.rev)
		if e.words > 0 {
			s += fmt.Sprintf(" %q %q", r.words.text(e), r.words.caller(e))
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

const (
	g1 = "aaaa1111-1111-4111-8111-111111111111"
	g2 = "bbbb2222-2222-4222-8222-222222222222"
	g3 = "cccc3333-3333-4333-8333-333333333333"
	b1 = "{AAAA1111-1111-4111-8111-111111111111}"
	b2 = "{BBBB2222-2222-4222-8222-222222222222}"
	b3 = "{CCCC3333-3333-4333-8333-333333333333}"
	ci = "Site_" + b3 + "/SUM_" + g1
)

// TestLines reads the lines of DOMAIN.md B, one by one, and lines near them.
func TestLines(t *testing.T) {
	f := func(src source, msg string, k kind, want string) {
		t.Helper()
		if k != 0 {
			want = fmt.Sprintf("%d %s", k, want)
		}
		if got := saidOf(src, msg); got != want {
			t.Errorf("%s\n got %s\nwant %s", msg, got, want)
		}
	}
	none := func(src source, msg string) { t.Helper(); f(src, msg, 0, "") }

	f(updatesDeployment, "Update ("+ci+") Name (Security Update (KB5034441)) ArticleID (5034441) added to the targeted list of deployment ("+b2+")", evTargeted, `g=aaaa h=bbbb n=5034441 code=0 rev=0 "Security Update (KB5034441)" ""`)
	f(updatesDeployment, "Update ("+ci+") added to the targeted list of deployment ("+b2+")", evTargeted, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(updatesDeployment, "Update (ScopeId_"+g3+"/SUM_"+g1+") added to the targeted list of deployment ("+b2+")", evTargeted, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(updatesDeployment, "Update ("+ci+") Progress: Status = ciStateError, PercentComplete = 0, DownloadSize = 0, Result = 0x87d00664", evProgress, `g=aaaa h= n=0 code=87d00664 rev=0 "ciStateError" ""`)
	f(updatesDeployment, "Update ("+ci+") Progress: Status = ciStateInstalling, PercentComplete = 0, Result = 0x0", evProgress, `g=aaaa h= n=0 code=0 rev=0 "ciStateInstalling" ""`)
	f(updatesDeployment, "Raised update ("+ci+") enforcement state message successfully. StateId = 10, StateName = CI_ENFORCEMENT_SUCCESSFULL", evEnforce, "g=aaaa h= n=10 code=0 rev=0")
	f(updatesDeployment, "Raised update (TopicID) ("+ci+") enforcement state message successfully. TopicType = STATE_TOPICTYPE_SUM_CI_ENFORCEMENT, StateId = 11, StateName = X", evEnforce, "g=aaaa h= n=11 code=0 rev=0")
	f(updatesDeployment, "Raised assignment (TopicID) ("+b2+") state message successfully. TopicType = Enforce, StateId = 10, StateName = X", evAssignEnforce, "g= h=bbbb n=10 code=0 rev=0")
	none(updatesDeployment, "Raised assignment ("+b2+") state message successfully. TopicType = Evaluate, StateId = 2, StateName = X")
	f(updatesDeployment, "Assignment "+b2+" has total CI = 3", evAssignment, "g= h=bbbb n=0 code=0 rev=0")
	f(updatesDeployment, "Detection job ("+b1+") started for assignment ("+b2+")", evDetect, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(updatesDeployment, "No current service window available to run updates assignment with time required = 600", evNoWindow, "g= h= n=600 code=0 rev=0")
	f(updatesDeployment, "This assignment ("+b2+") will be retried once the service window is available.", evRetryWindow, "g= h=bbbb n=0 code=0 rev=0")
	f(updatesDeployment, "Job error (0x87d00692) received for assignment ("+b2+") action", evJobError, "g= h=bbbb n=0 code=87d00692 rev=0")
	f(updatesDeployment, "Update ("+ci+") is superseded, no install attempt required", evSuperseded, "g=aaaa h= n=0 code=0 rev=0")
	none(updatesDeployment, "Update (Site_x/SUM_y) Progress: Status = ciStateError, PercentComplete = 0, Result = 0x0")
	none(updatesDeployment, "Attempting to cancel any job started at non-business hours.")
	none(updatesDeployment, "Update (")

	f(updatesHandler, "Update ("+g1+") added to the installation batch", evBatchAdd, "g=aaaa h= n=0 code=0 rev=0")
	f(updatesHandler, "WSUS update ("+g1+") installation result = 0x80070643, Reboot State = NoReboot", evHandlerResult, "g=aaaa h= n=0 code=80070643 rev=0")
	f(updatesHandler, "WSUS update ("+g1+") installation result = 0x0, Reboot State = SoftReboot", evHandlerResult, "g=aaaa h= n=1 code=0 rev=0")
	f(updatesHandler, "Execution cancelled by job. Update will not be monitored", evCancelled, "g= h= n=0 code=0 rev=0")
	f(updatesHandler, `Content Text = <Content ContentId="`+g2+`" Version="1"><FileContent Name="windows6.1-kb2705219-v2-x64.cab" Hash="8E" Size="199093"/></Content>`, evContentText, "g=bbbb h= n=2705219 code=0 rev=0")
	f(updatesHandler, "CDeploymentJob -- Failed to download update ("+g1+"). Error = 0x87d00669", evDownloadFailed, "g=aaaa h= n=0 code=87d00669 rev=0")
	none(updatesHandler, "Update (not a guid) added to the installation batch")

	f(wuaHandler, "Update (Missing): 2025-03 Update (x64) (KB5053602) ("+g1+", 200)", evStatus, `g=aaaa h= n=1 code=0 rev=200 "2025-03 Update (x64) (KB5053602)" ""`)
	f(wuaHandler, "12. Update (Installed): Update (KB5053602) ("+g1+", 200)", evStatus, `g=aaaa h= n=2 code=0 rev=200 "Update (KB5053602)" ""`)
	f(wuaHandler, "Update 1 ("+g1+") finished installing (0x800704c7), Reboot Required? No", evWuaDone, "g=aaaa h= n=0 code=800704c7 rev=0")
	f(wuaHandler, "Update 12 ("+g1+") finished installing (0x00000000), Reboot Required? Yes", evWuaDone, "g=aaaa h= n=1 code=0 rev=0")
	f(wuaHandler, "Update ("+g1+") has finished the post reboot operation. HResult: 0x80240022.", evPostReboot, "g=aaaa h= n=0 code=80240022 rev=0")
	f(wuaHandler, "Pruning: update id ("+g1+") is superseded by ("+g2+").", evSuperseded, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(wuaHandler, "Scan failed with error = 0x80072ee2.", evScanFailed, "g= h= n=0 code=80072ee2 rev=0")
	f(wuaHandler, "OnSearchComplete - Failed to end search job. Error = -2147012894.", evScanFailed, "g= h= n=0 code=80072ee2 rev=0")
	none(wuaHandler, "Update (Unheard): title ("+g1+", 200)")
	none(wuaHandler, "12 of something")

	f(updatesStore, "Queried Update ("+g1+"): Status=Missing, Title=Update, with comma (KB4577586), BulletinID=, QNumbers=4577586, LocaleID=", evStatus, `g=aaaa h= n=1 code=45d932 rev=0 "Update, with comma (KB4577586)" ""`)
	f(updatesStore, "Successfully raised state message for update ("+g1+") with state (Installed).", evReported, "g=aaaa h= n=2 code=0 rev=0")

	f(contentAccess, "Submitted CTM job "+b1+" to download Content "+g2+".1 under context System", evCTM, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(contentAccess, "Successfully created download  request "+b1+" for content "+g2+".1", evContentRequest, "g=aaaa h=bbbb n=0 code=0 rev=0")
	f(contentAccess, "Download completed for content Content_"+g2+".1 under context System", evContentDone, "g= h=bbbb n=0 code=0 rev=0")
	f(contentTransfer, "Queued location request '"+b3+"' for CTM job '"+b1+"'.", evLocate, "g=cccc h=aaaa n=0 code=0 rev=0")
	f(contentTransfer, "CTM job "+b1+" (corresponding DTS job "+b2+") started download from 'http://dp01.contoso.com/x' for full content download.", evDTS, "g=bbbb h=aaaa n=0 code=0 rev=0")
	f(contentTransfer, "CTMJob("+b1+"): CCTMJob::_DownloadContent - Created corresponding DTSJob("+b2+")", evDTS, "g=bbbb h=aaaa n=0 code=0 rev=0")
	f(contentTransfer, "CCTMJob::UpdateLocations - Received empty location update for CTM Job "+b1, evNoLocation, "g= h=aaaa n=0 code=0 rev=0")
	f(contentTransfer, "CTM job "+b1+" suspended", evNoLocation, "g= h=aaaa n=0 code=0 rev=0")
	none(contentTransfer, "CTM job "+b1+" entered phase CCM_DOWNLOADSTATUS_DOWNLOADING_DATA")
	f(dataTransfer, "Starting BITS job '"+b3+"' for DTS job '"+b2+"' under user 'S-1-5-18'.", evBITS, "g=cccc h=bbbb n=0 code=0 rev=0")
	f(dataTransfer, "CDTSJob::JobTransferred : DTS Job ID='"+b2+"' BITS Job ID='"+b3+"'", evBITS, "g=cccc h=bbbb n=0 code=0 rev=0")
	f(serviceWindows, "OnIsServiceWindowAvailable called with: Runtime:6600, Type:4", evAsk, "g= h= n=6600 code=4 rev=0")
	f(stateMessage, "State message(State ID : 1) with TopicType 500 and TopicId "+g1+" has been recorded for SYSTEM", evReported, "g=aaaa h= n=3 code=0 rev=0")
	none(stateMessage, "State message(State ID : 9) with TopicType 402 and TopicId "+ci+" has been recorded for SYSTEM")
	none(stateMessage, "State message(State ID : 4) with TopicType 500 and TopicId "+g1)
	f(policy, `Applied policy CCM_Policy_Policy5.PolicyID="`+b1+`",PolicySource="SMS:PS1",PolicyVersion="1.00"`, evPolicy, "g=aaaa h= n=0 code=0 rev=0")
	f(scheduler, "SMSTrigger '3E692B' for scheduler 'Machine/DEADLINE:"+b1+"' will fire at 02/09/2014 07:15:00 PM without randomization.", evDeadlineAt, `g= h=aaaa n=0 code=0 rev=0 "" ""`)
	none(scheduler, "SMSTrigger '3E692B' for scheduler 'Machine/DEADLINE:"+b1+"' will fire at some time")

	f(eventUpdates, "WindowsUpdateClient 43: Installation started: Title: with colon (KB5053602) [updateGuid={"+g1+"}; updateRevisionNumber=200]", evEventStart, `g=aaaa h= n=43 code=0 rev=200 "Title: with colon (KB5053602)" ""`)
	f(eventUpdates, "WindowsUpdateClient 20: Installation failed with error 0x80240016: Title [updateGuid={"+g1+"}; updateRevisionNumber=1]", evEventEnd, `g=aaaa h= n=20 code=80240016 rev=1 "Title" ""`)
	none(eventUpdates, "WindowsUpdateClient 26: Scan successful: 0 updates found [serviceGuid={"+g1+"}]")
	f(eventRestarts, "User32 1074: C:\\x.exe (PC01) started the restart of computer PC01", evRestart, "g= h= n=0 code=0 rev=0")
	f(eventRestarts, "Kernel-Power 42: The system goes to sleep, reason 4", evPaused, "g= h= n=0 code=0 rev=0")
	f(eventRestarts, "Kernel-General 1: System time changed from 2022-06-13T05:43:17.5940029Z to 2022-06-27T07:24:12.188Z, reason 1", evPaused, "g= h= n=0 code=0 rev=0")
	none(eventRestarts, "Kernel-General 1: System time changed from 2022-06-13T05:43:17.5940029Z to 2022-06-13T05:43:18Z, reason 1")
	none(eventRestarts, "User32 1075: the shutdown was aborted")

	f(updateAgent, "** START **  Agent: Installing updates [CallerId = CcmExec]", evAgentStart, `g= h= n=0 code=0 rev=0 "" "CcmExec"`)
	f(updateAgent, "* START * Installing updates CallerId = Update;ScanForUpdates  Id = 3", evAgentStart, `g= h= n=0 code=0 rev=0 "" "Update;ScanForUpdates"`)
	f(updateAgent, "** END **  Agent: Installing updates [CallerId = CcmExec]", evAgentEnd, `g= h= n=0 code=0 rev=0 "" "CcmExec"`)
	f(updateAgent, "**  END  **  Agent: Installing updates [CallerId = CcmExec]", evAgentEnd, `g= h= n=0 code=0 rev=0 "" "CcmExec"`)
	f(maintenance, "RequestPersistence(id=Update download job, persist=1, swoverride=1, swType=4, pendingWFDisable=0, deadline=1)", evOverride, "g= h= n=1 code=0 rev=0")
	f(maintenance, "RequestPersistence(id=Update download job, persist=1, swoverride=0, swType=4, pendingWFDisable=0, deadline=1)", evOverride, "g= h= n=0 code=0 rev=0")
	none(maintenance, "RequestPersistence(id=Program, persist=1, swoverride=1, swType=2)")
	f(updatesHandler, "Timeout Options: Priority = 2, bOverrideServiceWindow = True", evOverride, "g= h= n=1 code=0 rev=0")
	none(updatesHandler, "Timeout Options: Priority = 2")
	f(updateAgent, "  *   Title = Update (KB5053602)", evAgentTitle, `g= h= n=0 code=0 rev=0 "Update (KB5053602)" ""`)
	f(updateAgent, "  *   UpdateId = "+b1+".100", evAgentUpdate, "g=aaaa h= n=0 code=0 rev=100")
	f(updateAgent, "Completed install of CBS update with type=3, requiresReboot=1, installerError=0, hr=0x0", evAgentResult, "g= h= n=1 code=0 rev=0")
	f(updateAgent, "LogHistory called. idUpdate="+b1+".200, resultMapped=80070643, resultUnMapped=0", evAgentResult, "g=aaaa h= n=0 code=80070643 rev=0")
	none(updateAgent, "Queueing Installing updates")
}

func TestRegional(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got := ""
		if ns, ok := regional([]byte(in)); ok {
			got = stamp(ns).Format("2006-01-02 15:04:05")
		}
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	f("02/09/2014 07:15:00 PM without", "2014-02-09 19:15:00")
	f("02/09/2014 12:15:00 AM", "2014-02-09 00:15:00")
	f("2/9/14 19:15:00", "2014-02-09 19:15:00")
	f("2014/02/09 9:15:00", "2014-02-09 09:15:00")
	f("23/02/2014 07:15:00", "2014-02-23 07:15:00")
	f("31/31/2014 07:15:00", "")
	f("02/09/2014", "")
	f("", "")
	f("//", "")
}

func TestGUID(t *testing.T) {
	f := func(in, want, rest string) {
		t.Helper()
		g, r, _ := findGUID([]byte(in))
		if g.String() != want || string(r) != rest {
			t.Errorf("%q: %q, rest %q", in, g, r)
		}
	}
	f(b1+".1", g1, "}.1")
	f("a-b-c-"+g1, g1, "")
	f("x-"+g1[1:], "", "")
	f(strings.Repeat("-", 50), "", "")
	f(g1[:35], "", "")
	f("0"+g1, g1, "")
}

func TestCodes(t *testing.T) {
	f := func(in string, want uint32, ok bool) {
		t.Helper()
		if got, read := code([]byte(in)); got != want || read != ok {
			t.Errorf("%q is %x %v", in, got, read)
		}
	}
	f("0x800704c7).", 0x800704c7, true)
	f(" 0X8", 8, true)
	f("-2016410012,", 0x87d00664, true)
	f("2147943623", 0x800704c7, true)
	f("0x1800704c7", 0, false)
	f("99999999999999999999999", 0, false)
	f("", 0, false)
	f("0x", 0, true)
}
