package scantest

import "testing"

// Head is how a log of some format begins.
type Head struct {
	// Format is the name of the format that should claim it, "" for none.
	Format string
	// File is its usual base name.
	File string
	Text string
}

// Heads are representative beginnings of logs: no format may claim one that
// is another's.
var Heads = []Head{
	{"cmtrace", "WUAHandler.log", `<![LOG[Scan failed with error = 0x8024402c.]LOG]!><time="10:27:17.661-540" date="10-18-2019" component="WUAHandler" context="" type="3" thread="4120" file="cwuahandler.cpp:2100">` + "\r\n"},
	{"cmtrace", "SCClient.log", `<![LOG[Starting up...]LOG]!><time="10:22:50.8422964" date="1-2-2015" component="SCClient" context="" type="1" thread="1" file="">` + "\r\n"},
	{"cmtrace", "execmgr.log", "<![LOG[quoted:\r\n2024-03-05 10:00:00, Info                  CBS    text\r\n2024-03-05 10:00:01, Info                  CBS    more\r\n" + `]LOG]!><time="10:27:17.661-540" date="10-18-2019" component="execmgr" context="" type="1" thread="4120" file="a.cpp:1">` + "\r\n"},
	{"sitelog", "wsyncmgr.log", "Synchronizing update.  $$<SMS_WSUS_SYNC_MANAGER><12-09-2022 11:25:14.217+360><thread=4764 (0x129C)>\r\nDone~  $$<SMS_WSUS_SYNC_MANAGER><12-09-2022 11:25:15.217+360><thread=4764 (0x129C)>\r\n"},
	{"pasted", "mail.txt", "Scan failed with error = 0x8024402c.\tWUAHandler\t3/18/2025 1:10:05 AM\t3840 (0x0F00)\r\nRetrying.\tWUAHandler\t3/18/2025 1:10:06 AM\t3840 (0x0F00)\r\n"},
	{"windowsupdate-legacy", "WindowsUpdate.log", "2015-06-01\t09:10:11:123\t 912\t16d0\tMisc\t===========  Logging initialized (build: 7.6.7600.320, tz: +0530)  ===========\r\n2015-06-01\t09:10:11:124\t 912\t16d0\tAgent\t** START **  Agent: Finding updates [CallerId = CcmExec]\r\n"},
	{"windowsupdate", "WindowsUpdate.log", "2024/03/05 10:11:12.1234567 1234  5678  Agent           * START * Finding updates CallerId = CcmExec  Id = 1\r\n"},
	{"windowsupdate", "WindowsUpdateETL_Converted.log", "2024.03.05 10:11:12.1234567 1234  5678  Agent           * START * Finding updates\r\n 1601/01/01 00:00:00.0000000 1 2                  Unknown( 10): GUID=00000000-0000-0000-0000-000000000000 (No Format Information found).\r\n"},
	{"reportingevents", "ReportingEvents.log", "{0A0A0A0A-1111-2222-3333-444455556666}\t2024-03-05 10:11:12:345+0900\t1\t147 [AGENT_DETECTION_FINISHED]\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tWindows Update Client successfully detected 3 updates.\r\n"},
	{"cbs", "CBS.log", "2024-03-05 10:11:12, Info                  CBS    Starting TrustedInstaller initialization.\r\n2024-03-05 10:11:12, Error                 CSI    00000001 (F) STATUS_OBJECT_NAME_NOT_FOUND #1#\r\n"},
	{"dism", "dism.log", "2024-03-05 10:11:12, Info                  DISM   PID=1234 TID=5678 Scratch directory set to 'C:\\Windows\\TEMP\\'. - CDISMManager::put_ScratchDir\r\n"},
	{"setupact", "setupact.log", "2024-03-05 10:11:12, Info                  MOUPG  Setup: started\r\n2024-03-05 10:11:13, Warning               SP     No driver\r\n"},
	{"wsus", "SoftwareDistribution.log", "2024-03-05 10:11:12.345 UTC\tInfo\tw3wp.58\tThreadEntry\tThreadHelper.ThreadStart\r\n2024-03-05 10:11:13.345 UTC\tError\tWsusService.15\tContentSyncAgent.WakeUpWorkerThreadProc\tfailed\r\n"},
	{"iis", "u_ex240305.log", "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2024-03-05 10:11:12\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n2024-03-05 10:11:12 192.0.2.1 POST /ClientWebService/client.asmx - 8530 - 192.0.2.7 Windows-Update-Agent 200 0 0 15\r\n"},
	{"httperr", "httperr1.log", "#Software: Microsoft HTTP API 2.0\r\n#Version: 1.0\r\n#Date: 2024-03-05 10:11:12\r\n#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\r\n2024-03-05 10:11:12 192.0.2.7 50000 192.0.2.1 8530 HTTP/1.1 POST /ClientWebService/client.asmx 503 1 AppOffline WsusPool\r\n"},
	{"rolesetup", "SMSFSPSetup.log", "<Fri Dec  9 11:25:00 2022> SMSFSP Setup Started....\n<Fri Dec  9 11:25:00 2022> Found 1 Pre Reqs\n"},
	{"rolesetup", "mpsetup.log", "<12-09-2022 11:25:00> MP Setup Started....\r\n<12-09-2022 11:25:00> Found 1 Pre Reqs\r\n"},
	{"eventtext", "System.txt", "Event[0]:\r\n  Log Name: System\r\n  Source: Microsoft-Windows-WindowsUpdateClient\r\n  Date: 2024-03-05T10:11:12.123\r\n  Event ID: 19\r\n  Level: Information\r\n  Description: \r\nInstallation Successful: Windows successfully installed the following update: x\r\n"},
	{"eventtext", "System.csv", "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\r\n情報,2024/03/05 10:11:12,Microsoft-Windows-WindowsUpdateClient,19,Windows Update エージェント,インストールの成功: 次の更新プログラムが正しくインストールされました: x\r\n"},
	{"eventtext", "events.txt", "\r\nTimeCreated  : 3/5/2024 10:11:12 AM\r\nProviderName : Microsoft-Windows-WindowsUpdateClient\r\nId           : 19\r\nMessage      : Installation Successful: Windows successfully installed the following update: x\r\n"},
	{"", "gpresult.txt", "Microsoft (R) Windows (R) Operating System Group Policy Result tool v2.0\r\n\r\nCreated on 2024/03/05 at 10:11:12\r\n"},
	{"", "other.log", "2024-03-05 10:11:12 something happened\r\n2024-03-05 10:11:13,123 [main] INFO something else\r\n"},
	{"", "msi.log", "=== Verbose logging started: 3/5/2024  10:11:12  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\\Windows\\system32\\msiexec.exe ===\r\nMSI (c) (B4:98) [10:11:12:345]: Resetting cached policy values\r\n"},
	{"", "mail.txt", "Hello,\r\n\r\nthe log says 2024-03-05 10:11:12, Info and then nothing.\r\nRegards\r\n"},
	{"", "WUA.reg", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate]\r\n\"WUServer\"=\"http://sup.contoso.com:8530\"\r\n"},
	{"", "empty.log", ""},
	{"", "blank.log", "\r\n\r\n"},
}

// Claims fails t unless detect claims each head of the format name and none
// of another.
func Claims(t *testing.T, name string, detect func(head []byte, name string) bool) {
	t.Helper()
	own := 0
	for _, h := range Heads {
		if h.Format == name {
			own++
		}
		for _, file := range []string{h.File, "x.log"} {
			if got := detect([]byte(h.Text), file); got != (h.Format == name) {
				t.Errorf("%s claims the %s log %s: %v; it begins %.60q", name, h.Format, file, got, h.Text)
			}
		}
	}
	if own == 0 {
		t.Errorf("no head of %s", name)
	}
}
