package finding_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/evtx/evtxtest"
)

func TestClient(t *testing.T) {
	f := cases(t, "software-updates-disabled")
	config := func(name, value string) files {
		return one(name, "\n__CLASS   : CCM_SoftwareUpdatesClientConfig\nAssignmentBatchingTimeout : 43200\nEnabled   : "+value+"\n\n")
	}
	f("client settings", "warning|certain|setting=CCM_SoftwareUpdatesClientConfig Enabled = FALSE", managed, config("SoftwareUpdatesClientConfig.txt", "False"))
	f("ja", "warning|certain", managed, config("クライアント設定.txt", "FALSE"))
	f("enabled", "", managed, config("SoftwareUpdatesClientConfig.txt", "True"))
	f("log says enabled", "", managed, one("Logs/UpdatesDeployment.log", ccm("UpdatesDeploymentAgent", "09:00:00", "Enabling software Updates feature")))

	f = cases(t, "policy-not-received")
	listed := func(prompt, body string) files {
		return one("assignments.txt", "\n"+prompt+"Get-WmiObject -Namespace root\\CCM\\Policy\\Machine\\ActualConfig -Class CCM_UpdateCIAssignment | fl AssignmentID,AssignmentName\n"+body+"\n")
	}
	policy := one("Logs/PolicyAgent.log", ccm("PolicyAgent_RequestAssignments", "09:05:00", "Received Machine delta policy update with 1 assignments"))
	f("none", "error|possible|listed=yes", listed(`PS C:\> `, ""))
	f("none, though policy comes, ja", "error|likely|received=2025-03-18T00:05:00Z", policy, listed(`PS C:\ユーザー> `, ""))
	f("one", "", policy, listed(`PS C:\> `, "\nAssignmentID   : {0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}\nAssignmentName : 更新プログラム 2025-03\n"))
	f("not asked", "", policy, managed)
	f("failed", "", listed(`PS C:\> `, "Get-WmiObject : Invalid namespace\n    + CategoryInfo          : InvalidArgument: (:) [Get-WmiObject], ManagementException\n"))

	f = cases(t, "update-not-detected")
	const absent, present = "0b4f2222-55db-4d6f-b1a3-d4a62c3c2222", "0b4f3333-55db-4d6f-b1a3-d4a62c3c3333"
	deployment := func(name string) files {
		return one("CCM-MachineDeployments.txt", "\n__CLASS        : CCM_UpdateCIAssignment\nAssignedCIs    : {<CI><ModelName>Site_A/SUM_"+absent+"</ModelName></CI><CI><ModelName>Site_A/SUM_"+present+"</ModelName></CI>}\nAssignmentID   : {0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}\nAssignmentName : "+name+"\n\n")
	}
	status := func(ids ...string) files {
		text := ""
		for _, id := range ids {
			text += "\nArticle  : 5053602\nStatus   : Missing\nTitle    : 累積更新プログラム (KB5053602)\nUniqueId : " + id + "\n\n"
		}
		return one("CCM-UpdateStatus.txt", text)
	}
	f("absent", "warning|likely|update="+absent+"|deployment=March updates|scanned=2025-03-17T23:00:00Z", managed, scanned, deployment("March updates"), status(present))
	f("ja", "warning|likely|deployment=3 月の更新プログラム", managed, deployment("3 月の更新プログラム"), status(present))
	pruned := func(name string) files {
		return files{
			"Logs/UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", "09:00:00", "Update (Site_0B4F7777-55DB-4D6F-B1A3-D4A62C3C7777/SUM_"+absent+") Name ("+name+" (KB5053602)) ArticleID (5053602) added to the targeted list of deployment ({0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111})"),
			"Logs/WUAHandler.log":        ccm("WUAHandler", "09:30:00", "Pruning: update id ("+absent+") is superseded by ("+present+")."),
		}
	}
	f("superseded", "info|certain|reason=superseded|update="+absent+"|kb=KB5053602|by="+present, pruned("March"))
	f("superseded, ja", "info|certain|reason=superseded", pruned("3 月の累積更新プログラム"))
	f("superseded, and not deployed", "", files{"Logs/WUAHandler.log": pruned("")["Logs/WUAHandler.log"]})
	f("both there", "", managed, deployment("March updates"), status(strings.ToUpper(absent), present))
	targeted := func(name string) files {
		return files{"Logs/UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", "09:00:00", "Update (Site_0B4F7777-55DB-4D6F-B1A3-D4A62C3C7777/SUM_"+absent+") Name ("+name+" (KB5053602)) ArticleID (5053602) added to the targeted list of deployment ({0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111})")}
	}
	f("targeted in the log", "warning|likely|update="+absent+"|kb=KB5053602", managed, targeted("March"), status(present))
	f("targeted in the log, ja", "warning|likely|title=3 月の累積更新プログラム (KB5053602)", managed, targeted("3 月の累積更新プログラム"), status(present))
	f("targeted and there", "", managed, targeted("March"), status(absent, present))
	f("targeted, and found by the scan", "", managed, targeted("March"), files{"Logs/WUAHandler.log": ccm("WUAHandler", "09:30:00", "1. Update (Missing): March (KB5053602) ("+absent+", 200)")}, status(present))
	f("no list of updates", "", managed, deployment("March updates"))

	f = cases(t, "update-point-not-assigned")
	empty := one("Logs/LocationServices.log", ccm("LocationServices", "09:00:00", "Calling back with empty WSUS locations"))
	f("addresses", "error|certain|addresses=192.0.2.20", empty, one("ipconfig.txt", "\nWindows IP Configuration\n\nEthernet adapter Ethernet:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.20(Preferred)\n   Default Gateway . . . . . . . . . : 192.0.2.1\n"))
	f("ja", "error|certain|addresses=192.0.2.20", empty, one("ipconfig.txt", "\nWindows IP 構成\n\nイーサネット アダプター イーサネット:\n\n   IPv4 アドレス . . . . . . . . . . . .: 192.0.2.20(優先)\n"))
	f("assigned", "", managed, one("ipconfig.txt", "\nWindows IP Configuration\n\nEthernet adapter Ethernet:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.20(Preferred)\n"))
	f("nothing asked", "", one("ipconfig.txt", "\nWindows IP Configuration\n\nEthernet adapter Ethernet:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.20(Preferred)\n"))
}

func TestCacheFull(t *testing.T) {
	f := cases(t, "cache-full")
	cache := func(mb, percent string) files {
		return one("CacheInfo.txt", "\nLocation            : C:\\Windows\\ccmcache\nMaxCacheSizePercent : "+percent+"\nNextAvailableId     : 7\nSize                : "+mb+"\n\n")
	}
	disk := one("DiskInfo.txt", "\nDeviceID     : C:\nDriveType    : 3\nFreeSpace    : 64000000000\nSize         : 107374182400\n\n")
	ask := func(kb int) files {
		return one("Logs/CAS.log", ccm("ContentAccess", "09:00:00", fmt.Sprintf("Requesting content 0b4f4444-55db-4d6f-b1a3-d4a62c3c4444.1, size(KB) %d, under context System with priority Medium", kb)))
	}
	arrived := one("Logs/CAS.log", ccm("ContentAccess", "10:00:00", "Download completed for content 0b4f4444-55db-4d6f-b1a3-d4a62c3c4444.1 under context System"))
	f("by its size", "error|certain|limit=5120|total=5120|needed=6000|content=0b4f4444-55db-4d6f-b1a3-d4a62c3c4444", cache("5120", "20"), disk, ask(6000<<10))
	f("by its share of the disk", "error|certain|limit=1024|total=5120|needed=2000", cache("5120", "1"), disk, ask(2000<<10))
	f("100 GB at most", "error|certain|limit=102400|needed=150000", cache("200000", ""), ask(150000<<10))
	f("ja", "error|certain|limit=5120", one("キャッシュ.txt", "\nLocation        : C:\\Windows\\ccmcache\nNextAvailableId : 7\nSize            : 5120\n\n"), ask(6000<<10))
	f("refused by the client", "error|certain|limit=5120|total=5120", cache("5120", "20"), disk, one("Logs/CAS.log", ccm("ContentAccess", "09:00:00", "Failed to allocate cache for content 0b4f4444-55db-4d6f-b1a3-d4a62c3c4444. Error = 0x87d01202")))
	f("large enough", "", cache("5120", "20"), disk, ask(4000<<10))
	f("arrived all the same", "", cache("5120", "20"), disk, ask(6000<<10), arrived)
	f("size unknown", "", ask(6000<<10))
	f("full of old content", "", cache("5120", "20"), one("Logs/CAS.log", ccm("ContentAccess", "09:00:00", "CacheManager: There are currently 5300000000 bytes used for cached content items (4 total, 1 active, 3 tombstoned, 0 expired).")))
}

func TestClock(t *testing.T) {
	f := cases(t, "clock-wrong")
	stated := func(component, utc string) files {
		text := ""
		for _, at := range []string{"10:00:00", "10:01:00", "10:02:00"} {
			text += ccm(component, at, "Raising event:\n\ninstance of CCM_Event\n{\n\tDateTime = \"20250318"+utc+at[3:5]+"00.000000+000\";\n};\n")
		}
		return files{"Logs/PolicyAgent.log": text}
	}
	f("two hours", "error|likely|kind=skew|minutes=120", stated("PolicyAgent", "03"), one("x.txt", "更新"))
	f("an hour back, ja", "info|likely|kind=jump|minutes=60", one("Logs/CAS.log", ccm("ContentAccess", "10:00:00", "更新")+ccm("ContentAccess", "09:00:00", "更新")))
	f("the battery", "warning|likely", one("Logs/CAS.log", strings.ReplaceAll(ccm("ContentAccess", "10:00:00", "x"), "2025", "2000")+ccm("ContentAccess", "10:00:00", "x")))
	strip := func(sample string) files {
		return one("w32tm.txt", "\nTracking dc01.contoso.com [192.0.2.2:123].\nThe current time is 2025/03/18 17:00:00.\n17:00:00, "+sample+"\n17:00:02, "+sample+"\n")
	}
	f("w32tm", "error|certain|kind=measured|minutes=120", strip("-7235.1234567s"))
	f("w32tm, ja", "warning|certain|kind=measured|minutes=10", one("時刻.txt", "\nC:\\>w32tm /stripchart /computer:dc01.contoso.com /samples:1\ndc01.contoso.com [192.0.2.2:123] を追跡中です。\n現在の時刻は 2025/03/18 17:00:00 です。\n17:00:00 d:+00.0012s o:+601.5000000s  [                  *         ]\n"))
	f("seconds by w32tm", "", strip("+00.1234567s"))
	f("right", "", stated("PolicyAgent", "01"))
	f("a thread writes late", "", one("Logs/CAS.log", ccm("ContentAccess", "10:00:30", "x")+ccm("ContentAccess", "10:00:00", "x")))
}

func TestTraces(t *testing.T) {
	start := time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC)
	var trace bytes.Buffer
	events := []etltest.Event{{Time: start, Component: "Agent", Message: "更新"}, {Time: start.Add(time.Second), Component: "Agent", Message: "x"}}
	if err := etltest.Write(&trace, etltest.Options{Start: start, Bias: -540}, events); err != nil {
		t.Fatal(err)
	}
	// Without the mark of extended data an event does not describe itself.
	mute := strings.ReplaceAll(trace.String(), "\x13\xC0\x41\x00", "\x13\xC0\x40\x00")
	f := cases(t, "trace-not-readable")
	f("one", "info|certain|files=", files{"WindowsUpdate.20250318.090000.000.1.etl": mute})
	f("two, ja", "info|certain|files=2", files{"トレース/WindowsUpdate.20250318.090000.000.1.etl": mute, "トレース/WindowsUpdate.20250318.090000.000.2.etl": mute})
	f("readable", "", files{"WindowsUpdate.20250318.090000.000.1.etl": trace.String()})
	f("damaged", "info|certain|files=", files{"WindowsUpdate.20250318.090000.000.1.etl": strings.Repeat("\x00", 4096)})
	f("empty", "", files{"WindowsUpdate.20250318.090000.000.1.etl": ""})
	f("another's", "", files{"NetTrace.etl": strings.Repeat("\x00", 4096)})
	f("no trace", "", managed)
}

// TestReplaced tells a worker process of the pool that was replaced from a pool
// that is stopped.
func TestReplaced(t *testing.T) {
	was := func(id uint16) files {
		var b bytes.Buffer
		err := evtxtest.Write(&b, []evtxtest.Event{{
			Provider: "Microsoft-Windows-WAS", ID: id, Level: 2, Time: time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC), Channel: "System", Computer: "WSUS",
			Data: []evtxtest.Pair{{Name: "AppPoolID", Value: "WsusPool"}, {Name: "ProcessID", Value: "4444"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return files{"イベント/System.evtx": b.String()}
	}
	f := cases(t, "wsus-pool-stopped")
	f("stopped", "error|certain|event=5002", was(5002))
	f("replaced", "warning|likely|event=5117", was(5117))
	f("idle", "", was(5186))
}

// reported is a line of ReportingEvents.log.
func reported(at, event, result, caller, text string) string {
	number := map[string]string{"STARTED": "181", "FAILED": "182", "SUCCEEDED": "183"}[event]
	status := "Success"
	if result != "0" {
		status = "Failure"
	}
	return "{0A0A0A0A-1111-2222-3333-444455556666}\t2025-03-18 " + at + ":000+0900\t1\t" + number + " [AGENT_INSTALLING_" + event + "]\t101\t{11111111-2222-3333-4444-555555555555}\t100\t" + result + "\t" + caller + "\t" + status + "\tContent Install\t" + text + "\r\n"
}

const (
	begun    = "Installation Started: Windows has started installing the following update: 2025-03 Cumulative Update for Windows 11 (KB5053602)"
	begunJA  = "インストールの開始: Windows で次の更新プログラムのインストールが開始されました: 2025-03 Windows 11 用累積更新プログラム (KB5053602)"
	stopped  = "Installation Failure: Windows failed to install the following update with error 0x800704c7: 2025-03 Cumulative Update for Windows 11 (KB5053602)"
	finished = "Installation Successful: Windows successfully installed the following update: 2025-03 Cumulative Update for Windows 11 (KB5053602)"
)

func TestAttempts(t *testing.T) {
	log := func(lines ...string) files { return files{"ReportingEvents.log": strings.Join(lines, "")} }
	cut := log(reported("01:00:00", "STARTED", "0", "CcmExec", begun), reported("02:00:05", "FAILED", "800704c7", "CcmExec", stopped))
	short := log(reported("01:00:00", "STARTED", "0", "CcmExec", begunJA), reported("01:08:00", "FAILED", "800704c7", "CcmExec", stopped))
	other := log(reported("01:00:00", "STARTED", "0", "UpdateOrchestrator", begun), reported("02:00:05", "FAILED", "800704c7", "UpdateOrchestrator", stopped))

	f := cases(t, "install-exceeded-max-runtime")
	f("an hour", "error|likely|kb=KB5053602|minutes=60|maximum=60|source=default", cut)
	f("ja", "error|likely|minutes=60", log(reported("01:00:00", "STARTED", "0", "CcmExec", begunJA), reported("02:00:05", "FAILED", "800704c7", "CcmExec", stopped)))
	f("and installed since", "info|likely|recovered=2025-03-17T18:30:00Z", cut, log(reported("03:00:00", "STARTED", "0", "CcmExec", begun), reported("03:30:00", "SUCCEEDED", "0", "CcmExec", finished)))
	f("eight minutes", "", short)
	f("another caller", "", other)

	f = cases(t, "install-cancelled")
	f("another caller", "warning|certain|caller=UpdateOrchestrator|kb=KB5053602|minutes=60", other)
	f("eight minutes, ja", "warning|certain|caller=CcmExec|minutes=8|maximum=60", short)
	f("at the maximum", "", cut)
	f("its start is not known", "", log(reported("02:00:05", "FAILED", "800704c7", "CcmExec", stopped)))
	f("another error", "", log(reported("01:00:00", "STARTED", "0", "CcmExec", begun), reported("01:00:05", "FAILED", "80070643", "CcmExec", stopped)))
}

// windows is ServiceWindowManager.log with a window every day from 22:00.
func windows(schedule string, hours int, lines ...string) files {
	text := ccm("ServiceWindowManager", "09:00:00", "Refreshing Service Windows.....") +
		ccm("ServiceWindowManager", "09:00:00", "    Populating instance of ServiceWindow with ID={AAAAAAAA-0000-0000-0000-000000000001}, ScheduleString="+schedule+", Type=4") +
		ccm("ServiceWindowManager", "09:00:00", "        StartTime is 03/18/25 22:00:00") +
		ccm("ServiceWindowManager", "09:00:00", fmt.Sprintf("        Duration for the Service Window is Total days: 0, hours: %02d, mins: 00, secs: 00", hours)) +
		ccm("ServiceWindowManager", "09:00:00", "    Inactive Service Windows List has 1 windows") +
		ccm("ServiceWindowManager", "09:00:00", "        Service Window with ID = {AAAAAAAA-0000-0000-0000-000000000001} having Starttime=03/18/25 22:00:00") +
		ccm("ServiceWindowManager", "09:00:00", fmt.Sprintf("            Duration is 0 days, %02d hours, 00 mins, 00 secs", hours)) +
		ccm("ServiceWindowManager", "09:00:00", "    Active Service Windows List has 0 windows")
	for i, l := range lines {
		text += ccm("ServiceWindowManager", fmt.Sprintf("10:00:%02d", i), l)
	}
	return files{"Logs/ServiceWindowManager.log": text}
}

// waits is a deployment of one update that waits for a window.
func waits(kb string) files {
	const id = "{0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}"
	text := ""
	for i, m := range []string{
		"Assignment " + id + " has total CI = 1",
		"Update (Site_{0B4F2222-55DB-4D6F-B1A3-D4A62C3C2222}/SUM_11111111-2222-3333-4444-555555555555) Name (2025-03 Cumulative Update for Windows 11 (" + kb + ")) ArticleID (" + kb[2:] + ") added to the targeted list of deployment (" + id + ")",
		"No current service window available to run updates assignment with time required = 3600",
		"This assignment (" + id + ") will be retried once the service window is available.",
	} {
		text += ccm("UpdatesDeploymentAgent", fmt.Sprintf("09:40:%02d", i), m)
	}
	return files{"Logs/UpdatesDeployment.log": text}
}

func TestWindows(t *testing.T) {
	const fourHours = "02D68AC020100008"
	asked := func(seconds int, may bool) []string {
		answer := "Program cannot run! Setting *canProgramRun to FALSE"
		if may {
			answer = "Program can run! Setting *canProgramRun to TRUE"
		}
		return []string{fmt.Sprintf("OnIsServiceWindowAvailable called with: Runtime:%d, Type:4", seconds), "        Biggest Active Service Window for Type=4 not found", answer}
	}
	begunOnly := files{"ReportingEvents.log": reported("01:00:00", "STARTED", "0", "CcmExec", begun) + reported("01:00:05", "FAILED", "80070643", "CcmExec", begun)}

	f := cases(t, "max-runtime-exceeds-windows")
	f("asked for five hours", "error|certain|maximum=300|longest=240|windows=1", windows(fourHours, 4, asked(18000, false)...))
	f("ja", "error|certain|maximum=300", with(windows(fourHours, 4, asked(18000, false)...), one("メモ.txt", "更新プログラム")))
	f("asked for two hours", "", windows(fourHours, 4, asked(7200, false)...))
	f("a probe", "", windows(fourHours, 4, asked(1, false)...))
	f("an update that fits", "", windows(fourHours, 4), begunOnly)

	f = cases(t, "waiting-for-window")
	f("asked for two hours", "info|certain|maximum=120|duration=240|next=2025-03-18T13:00:00Z", windows(fourHours, 4, asked(7200, false)...))
	f("ja", "info|certain|maximum=10", with(windows(fourHours, 4, asked(600, false)...), one("メモ.txt", "更新プログラム")))
	f("only the deployment says so", "info|certain|kb=KB5053602|next=", waits("KB5053602"))
	f("and the windows are known", "info|certain|kb=KB5053602|next=2025-03-18T13:00:00Z|duration=240", waits("KB5053602"), windows(fourHours, 4))
	f("may run", "", windows(fourHours, 4, asked(7200, true)...))
	f("it is installed by then", "", waits("KB5053602"), files{"Logs/WUAHandler.log": ccm("WUAHandler", "09:50:00", "Update (Installed): 2025-03 Cumulative Update for Windows 11 (KB5053602) (11111111-2222-3333-4444-555555555555, 200)")})
	f("asked for five hours", "", windows(fourHours, 4, asked(18000, false)...))
	f("a probe", "", windows(fourHours, 4, asked(1, false)...))
}

// sus is reg query of a machine's own id.
func sus(machine, id string) files {
	return files{
		"systeminfo.txt":  "\r\nHost Name:                 " + machine + "\r\nOS Name:                   Microsoft Windows 11 Enterprise\r\n",
		"registry_wu.txt": "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\r\n    SusClientId    REG_SZ    " + id + "\r\n",
	}
}

func TestPeers(t *testing.T) {
	const id, other = "0b4f5555-55db-4d6f-b1a3-d4a62c3c5555", "0b4f6666-55db-4d6f-b1a3-d4a62c3c6666"
	f := func(name, want string, bundles ...files) {
		t.Helper()
		t.Run(name, func(t *testing.T) { check(t, "duplicate-susclientid", want, bundles...) })
	}
	ja := sus("PC02", strings.ToUpper(id))
	ja["systeminfo.txt"] = "\r\nホスト名:               PC02\r\nOS 名:                  Microsoft Windows 11 Enterprise\r\n"
	f("two", "error|certain|count=2|id="+id, sus("PC01", id), sus("PC02", id))
	f("ja", "error|certain|count=2|id="+id, sus("PC01", id), ja)
	f("each its own", "", sus("PC01", id), sus("PC02", other))
	f("one machine twice", "", sus("PC01", id), sus("PC01", id))
	f("alone", "", sus("PC01", id))

	site := func(component string, lines ...string) string {
		text := ""
		for _, l := range lines {
			at, message, _ := strings.Cut(l, " ")
			text += message + "  $$<" + component + "><03-18-2025 " + at + ":00.000-540><thread=4242 (0x1092)>\r\n"
		}
		return text
	}
	wcm := func(why string) string {
		return site("SMS_WSUS_CONFIGURATION_MANAGER", "01:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False", "01:11 "+why,
			"02:10 Attempting connection to WSUS server: SUP01.contoso.com, port: 8530, useSSL: False", "02:11 "+why)
	}
	well := site("SMS_WSUS_CONTROL_MANAGER", "01:30 There are no unhealthy WSUS Server components on WSUS Server SUP01.contoso.com", "02:30 There are no unhealthy WSUS Server components on WSUS Server SUP01.contoso.com")
	refused := "System.Net.WebException: Unable to connect to the remote server ---> No connection could be made because the target machine actively refused it 192.0.2.10:8530"
	g := cases(t, "wsus-path-broken")
	g("refused", "error|likely|host=SUP01.contoso.com|port=8530|failing=2|healthy=2", files{"WCM.log": wcm(refused), "WSUSCtrl.log": well})
	g("ja", "error|likely|failing=2", files{"WCM.log": wcm("System.Net.WebException: リモート サーバーに接続できません。 ---> 対象のコンピューターによって拒否されたため、接続できませんでした。 192.0.2.10:8530"), "WSUSCtrl.log": well})
	g("sick too", "", files{"WCM.log": wcm(refused), "WSUSCtrl.log": site("SMS_WSUS_CONTROL_MANAGER", "01:30 System.Net.WebException: The request failed with HTTP status 503")})
	g("alone", "", files{"WCM.log": wcm(refused)})
	g("the proxy answers", "", files{"WCM.log": wcm("System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required."), "WSUSCtrl.log": well})
}
