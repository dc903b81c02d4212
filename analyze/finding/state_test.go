package finding_test

import (
	"testing"

	"patchtrail/analyze/finding"
	"patchtrail/ingest/record"
)

// cases returns a function that runs one case of an id.
func cases(t *testing.T, id string) func(name, want string, bundles ...files) {
	return func(name, want string, bundles ...files) {
		t.Helper()
		t.Run(id+" "+name, func(t *testing.T) { check(t, id, want, with(bundles...)) })
	}
}

func TestReach(t *testing.T) {
	web := func(url, answer string) files {
		return one("web.txt", "\nPS C:\\> Invoke-WebRequest "+url+" -UseBasicParsing\n"+answer+"\n")
	}
	const service = "http://wsus.contoso.com:8530/ClientWebService/client.asmx"
	ok := "\nStatusCode        : 200\nStatusDescription : OK\n"
	fails := "Invoke-WebRequest : The remote server returned an error: (503) Server Unavailable.\nAt line:1 char:1\n"

	f := cases(t, "mp-unreachable")
	f("503", "error|certain|host=mp.contoso.com|port=80|symbol=HTTP 503", web("http://mp.contoso.com/sms_mp/.sms_aut?mplist", fails))
	f("ja", "error|certain|symbol=ERROR_WINHTTP_CANNOT_CONNECT", web("http://mp.contoso.com/sms_mp/.sms_aut?mplist", "Invoke-WebRequest : リモート サーバーに接続できません。\n発生場所 行:1 文字:1\n"))
	f("200", "", web("http://mp.contoso.com/sms_mp/.sms_aut?mplist", ok))
	f("another address", "", web("http://intranet.contoso.com/", fails))

	f = cases(t, "scan-proxy-auth")
	f("407", "error|certain|proxy=proxy.contoso.com:8080|command=netsh winhttp set proxy proxy-server=\"proxy.contoso.com:8080\" bypass-list=\"<local>;wsus.contoso.com\"", managed, proxied(false, "<local>"),
		web(service, "Invoke-WebRequest : The remote server returned an error: (407) Proxy Authentication Required.\nAt line:1 char:1\n"))
	f("ja", "error|certain|url="+service, managed, web(service, "Invoke-WebRequest : リモート サーバーがエラーを返しました: (407) プロキシ認証が必要です\n発生場所 行:1 文字:1\n"))
	f("but scans succeed", "warning|possible", managed, scanned, web(service, "Invoke-WebRequest : リモート サーバーがエラーを返しました: (407) プロキシ認証が必要です\n"))
	f("200", "", managed, web(service, ok))
	f("the internet", "", managed, web("http://www.contoso.com/", "Invoke-WebRequest : The remote server returned an error: (407) Proxy Authentication Required.\n"))

	f = cases(t, "scan-http-error")
	f("404", "error|certain|status=404", managed, web(service, "Invoke-WebRequest : The remote server returned an error: (404) Not Found.\n"))
	f("ja", "error|certain|status=500", managed, web("http://wsus.contoso.com:8530/SimpleAuthWebService/SimpleAuth.asmx", "Invoke-WebRequest : リモート サーバーがエラーを返しました: (500) 内部サーバー エラーです\n"))
	f("200", "", managed, web(service, ok))
	f("503", "", managed, web(service, fails))

	f = cases(t, "scan-service-unavailable")
	f("503", "error|certain|status=503|code=0x80244022", managed, web(service, fails))
	f("ja", "error|certain", managed, web(service, "Invoke-WebRequest : リモート サーバーがエラーを返しました: (503) サーバーを使用できません\n"))
	f("200", "", managed, web(service, ok))
	f("of the management point", "", managed, web("http://wsus.contoso.com/sms_mp/.sms_aut?mplist", fails))

	f = cases(t, "scan-cannot-connect")
	test := func(host, result string) files {
		return one("port.txt", "\nPS C:\\> Test-NetConnection "+host+" -Port 8530\n\nComputerName     : "+host+"\nRemoteAddress    : 192.0.2.10\nRemotePort       : 8530\nTcpTestSucceeded : "+result+"\n")
	}
	f("refused", "error|certain|url="+service, managed, web(service, "Invoke-WebRequest : Unable to connect to the remote server\nAt line:1 char:1\n"))
	f("ja", "error|certain|url="+service, managed, web(service, "Invoke-WebRequest : リモート サーバーに接続できません。\n"))
	f("port", "error|certain|url=wsus.contoso.com:8530", managed, test("wsus.contoso.com", "False"))
	f("port is open", "", managed, test("wsus.contoso.com", "True"))
	f("of another host", "", managed, test("files.contoso.com", "False"))

	f = cases(t, "wsus-name-not-resolved")
	f("lookup", "error|certain|host=wsus.contoso.com|server=dc01.contoso.com", managed, one("nslookup.txt", "\nC:\\>nslookup wsus.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.2\n\n*** dc01.contoso.com can't find wsus.contoso.com: Non-existent domain\n"))
	f("ja", "error|certain|host=wsus.contoso.com", managed, one("nslookup.txt", "\nC:\\>nslookup wsus.contoso.com\nサーバー:  dc01.contoso.com\nAddress:  192.0.2.2\n\n*** dc01.contoso.com が wsus.contoso.com を見つけられません: Non-existent domain\n"))
	f("request, ja", "error|certain|host=wsus.contoso.com", managed, web(service, "Invoke-WebRequest : リモート名を解決できませんでした。: 'wsus.contoso.com'\n"))
	f("found", "", managed, one("nslookup.txt", "\nC:\\>nslookup wsus.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.2\n\nName:    wsus.contoso.com\nAddress:  192.0.2.10\n"))
	f("another name", "", managed, one("nslookup.txt", "\nC:\\>nslookup files.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.2\n\n*** dc01.contoso.com can't find files.contoso.com: Non-existent domain\n"))
}

func TestServices(t *testing.T) {
	qc := func(name, start, account string) files {
		return one("sc_"+name+".txt", "\nC:\\>sc qc "+name+"\n[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: "+name+"\n        TYPE               : 20  WIN32_SHARE_PROCESS \n        START_TYPE         : "+start+"\n        ERROR_CONTROL      : 1   NORMAL\n        BINARY_PATH_NAME   : C:\\Windows\\System32\\svchost.exe -k netsvcs -p\n        DEPENDENCIES       : RpcSs\n        SERVICE_START_NAME : "+account+"\n")
	}
	query := func(name, state, code string) files {
		return one("scq_"+name+".txt", "\nC:\\>sc query "+name+"\n\nSERVICE_NAME: "+name+"\n        TYPE               : 30  WIN32\n        STATE              : "+state+"\n        WIN32_EXIT_CODE    : "+code+"\n        SERVICE_EXIT_CODE  : 0  (0x0)\n")
	}
	manual, auto, off := "3   DEMAND_START", "2   AUTO_START  (DELAYED)", "4   DISABLED"

	f := cases(t, "service-disabled")
	f("wuauserv", "error|certain|service=wuauserv", qc("wuauserv", off, "LocalSystem"))
	f("ja", "error|certain|service=bits", one("サービス.txt", "\nPS C:\\> Get-Service bits | fl\n\nName                : BITS\nDisplayName         : Background Intelligent Transfer Service\nStatus              : Stopped\nStartType           : 無効\nCanStop             : False\n"))
	f("delivery optimization", "warning|certain|service=dosvc", qc("DoSvc", off, "NT Authority\\NetworkService"))
	f("refused to start, ja", "error|certain|service=wuauserv", one("開始.txt", "\nC:\\>sc start wuauserv\n[SC] StartService FAILED 1058:\n\n無効なサービスであるか、または有効なデバイスが関連付けられていないため、サービスを開始できません。\n"))
	f("manual", "", qc("wuauserv", manual, "LocalSystem"))
	f("another service", "", qc("Fax", off, "LocalSystem"))

	f = cases(t, "service-stopped")
	f("the client", "error|certain|service=CcmExec|state=stopped", query("ccmexec", "1  STOPPED", "0  (0x0)"))
	f("ja", "error|certain|service=wuauserv|state=missing", one("サービス.txt", "\nC:\\>sc query wuauserv\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\n指定されたサービスはインストールされたサービスとして存在しません。\n"))
	f("with an error", "error|certain|service=bits|code=1066", query("bits", "1  STOPPED", "1066  (0x42a)"))
	f("nothing to do", "", query("wuauserv", "1  STOPPED", "0  (0x0)"))
	f("never started", "", query("TrustedInstaller", "1  STOPPED", "1077  (0x435)"))
	f("is BITS", "", one("sc.txt", "\nC:\\>sc query bits\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n"))
	f("runs", "", query("ccmexec", "4  RUNNING", "0  (0x0)"))

	f = cases(t, "service-account-wrong")
	f("account", "error|certain|service=bits|account=CONTOSO\\svc", qc("bits", auto, "CONTOSO\\svc"))
	f("ja", "error|certain|account=.\\管理者", qc("BITS", auto, ".\\管理者"))
	f("right", "", qc("bits", auto, "LocalSystem"))
	f("another service", "", qc("wuauserv", manual, "NT AUTHORITY\\LocalService"))

	f = cases(t, "bits-service-failed")
	f("dependency", "error|certain|dependency=RpcSs", qc("bits", auto, "LocalSystem"), qc("RpcSs", off, "NT AUTHORITY\\NetworkService"))
	f("ja", "error|certain|dependency=RpcSs", qc("bits", auto, "LocalSystem"), one("サービス.txt", "\nC:\\>sc query RpcSs\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\n指定されたサービスはインストールされたサービスとして存在しません。\n"))
	f("is not there, ja", "error|certain|service=bits|code=0x80070424", one("サービス.txt", "\nC:\\>sc query bits\n[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\n指定されたサービスはインストールされたサービスとして存在しません。\n"))
	f("named by the file", "error|certain|service=bits|code=0x80070424", one("Service/sc_query_bits.txt", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n"))
	f("well", "", qc("bits", auto, "LocalSystem"), qc("RpcSs", "2   AUTO_START", "NT AUTHORITY\\NetworkService"))
	f("of another", "", qc("RpcSs", off, "NT AUTHORITY\\NetworkService"))
}

func TestMachine(t *testing.T) {
	f := cases(t, "network-down")
	ip := func(body string) files { return one("ipconfig.txt", "\nWindows IP Configuration\n\n"+body) }
	ja := func(body string) files { return one("ipconfig.txt", "\nWindows IP 構成\n\n"+body) }
	off := "Ethernet adapter Wi-Fi:\n\n   Media State . . . . . . . . . . . : Media disconnected\n   Connection-specific DNS Suffix  . : \n\n"
	f("APIPA", "error|certain|kind=apipa|adapter=Ethernet|address=169.254.10.20", ip(off+"Ethernet adapter Ethernet:\n\n   Autoconfiguration IPv4 Address. . : 169.254.10.20(Preferred)\n   Subnet Mask . . . . . . . . . . . : 255.255.0.0\n"))
	f("ja", "error|certain|kind=disconnected|adapter=イーサネット", ja("イーサネット アダプター イーサネット:\n\n   メディアの状態. . . . . . . . . . . .: メディアは接続されていません\n   接続固有の DNS サフィックス . . . . .: \n"))
	f("two", "error|certain|kind=disconnected|adapters=2|adapter=", ip(off+"Ethernet adapter Ethernet:\n\n   Media State . . . . . . . . . . . : Media disconnected\n"))
	f("one works", "", ip(off+"Ethernet adapter Ethernet:\n\n   IPv4 Address. . . . . . . . . . . : 192.0.2.20(Preferred)\n   Default Gateway . . . . . . . . . : 192.0.2.1\n"))
	f("works, ja", "", ja("イーサネット アダプター イーサネット:\n\n   IPv4 アドレス . . . . . . . . . . . .: 192.0.2.20(優先)\n   サブネット マスク . . . . . . . . . .: 255.255.255.0\n"))

	f = cases(t, "license-not-activated")
	f("slmgr", "warning|certain|status=Notification", one("slmgr_dlv.txt", "\nSoftware licensing service version: 10.0.19041.1\n\nName: Windows(R), Enterprise edition\nLicense Status: Notification\n"))
	f("ja", "warning|certain|status=通知", one("slmgr_dlv.txt", "\nソフトウェア ライセンス サービスのバージョン: 10.0.19041.1\n\n名前: Windows(R), Enterprise edition\nライセンスの状態: 通知\n"))
	f("licensed", "", one("slmgr_dlv.txt", "\nName: Windows(R), Enterprise edition\nLicense Status: Licensed\n"))
	f("licensed, ja", "", one("slmgr_dlv.txt", "\n名前: Windows(R), Enterprise edition\nライセンスの状態: ライセンスされています\n"))

	f = cases(t, "disk-low")
	disk := func(free string) files {
		return one("DiskInfo.txt", "\nDeviceID     : C:\nDriveType    : 3\nFreeSpace    : "+free+"\nSize         : 127999999999\n\n")
	}
	f("full", "error|certain|drive=C:|free_mb=100|free_gb=0.1", disk("104857600"))
	f("ja", "warning|possible|drive=C:|free_gb=4.7", one("dir.txt", "\n ドライブ C のボリューム ラベルは OS です\n ボリューム シリアル番号は 1234-5678 です\n\n C:\\Windows のディレクトリ\n\n2025/03/18  09:00    <DIR>          .\n               3 個のファイル           1,234 バイト\n               2 個のディレクトリ   5,000,000,000 バイトの空き領域\n"))
	f("enough", "", disk("64000000000"))
	f("another drive", "", one("DiskInfo.txt", "\nDeviceID     : D:\nDriveType    : 3\nFreeSpace    : 1000\nSize         : 127999999999\n\n"))

	f = cases(t, "component-store-corrupt")
	f("DISM", "error|certain|tool=DISM", one("dism_CheckHealth.txt", "\nDeployment Image Servicing and Management tool\nVersion: 10.0.19041.844\n\nImage Version: 10.0.19045.5608\n\nThe component store is repairable.\nThe operation completed successfully.\n"))
	f("ja", "error|certain|tool=sfc", one("sfc.txt", "\nシステム スキャンを開始しています。\n\nWindows リソース保護により、破損したファイルが見つかりましたが、それらの一部は修復できませんでした。\n"))
	f("repaired", "info|certain|tool=sfc", one("sfc.txt", "\nWindows Resource Protection found corrupt files and successfully repaired them.\n"))
	f("sfc mended it, ja", "info|certain|tool=sfc|result=Windows リソース保護により、破損したファイルが見つかりましたが、それらは正常に修復されました", one("sfc.txt", "\nWindows リソース保護により、破損したファイルが見つかりましたが、それらは正常に修復されました。\n"))
	f("healthy", "", one("dism_CheckHealth.txt", "\nDeployment Image Servicing and Management tool\n\nNo component store corruption detected.\n"))
	f("healthy, ja", "", one("sfc.txt", "\nWindows リソース保護は、整合性違反を検出しませんでした。\n"))

	f = cases(t, "restart-pending")
	f("Windows", `warning|certain|reasons=Component Based Servicing\RebootPending`, one("registry.txt", "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending\n    x    REG_SZ    y\n"))
	f("exported, ja", `warning|certain|reasons=WindowsUpdate\Auto Update\RebootRequired`, one("更新.reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired]\n\"x\"=dword:00000001\n"))
	f("only files", "", one("registry.txt", "\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\n    PendingFileRenameOperations    REG_MULTI_SZ    \\??\\C:\\Temp\\x\n"))
	f("none", "", one("Logs/UpdatesDeployment.log", ccm("UpdatesDeploymentAgent", "09:00:00", "CTargetedUpdatesManager::DetectRebootPendingUpdates - Total Pending reboot updates = 0")))

	f = cases(t, "feature-update-failed")
	f("SetupDiag", "error|certain|rule=FindRollbackFailure|code=0x8007000d|extend=0x2000c|phase=Install",
		one("SetupDiagResults.log", "SetupDiag version: 1.6.2107.27002\nMatching Profile found: FindRollbackFailure - 3A43C9B5-05B3-4F7C-A955-88F991BB5A48\nSystem Information:\n\tMachine Name = PC01\nError: SetupDiag reports rollback failure found.\nLast Phase = Install\nLast Operation = Remove old PE boot entries\nError = 0x8007000D-0x2000C\n"))
	f("ja", "error|certain|rule=FindRollbackFailure|operation=古い PE", one("診断/SetupDiagResults.log", "SetupDiag version: 1.6.2107.27002\nMatching Profile found: FindRollbackFailure - 3A43C9B5-05B3-4F7C-A955-88F991BB5A48\nLast Phase = Install\nLast Operation = 古い PE\nError = 0xC1900101-0x30018\n"))
	f("no verdict", "", one("SetupDiagResults.log", "SetupDiag version: 1.6.2107.27002\nSetupDiag was unable to match to any known failure signatures.\n"))
	f("success", "", one("SetupDiagResults.log", "SetupDiag version: 1.6.2107.27002\nMatching Profile found: FindSuccessfulUpgrade - 8A0824C8-A56D-4C55-95A0-22751AB62F3E\n"))
}

// TestOne holds that what a rule and code find is one finding with the evidence
// of both, and that its cause is told before it.
func TestOne(t *testing.T) {
	failed := ccm("WUAHandler", "09:30:00", "OnSearchComplete - Failed to end search job. Error = 0x8024401b.") + ccm("WUAHandler", "09:30:00", "Scan failed with error = 0x8024401b.")
	saved := "\nPS C:\\> Invoke-WebRequest http://wsus.contoso.com:8530/ClientWebService/client.asmx -UseBasicParsing\nInvoke-WebRequest : リモート サーバーがエラーを返しました: (407) プロキシ認証が必要です\n"
	res := run(t, with(managed, proxied(true, "(なし)"), files{"Logs/WUAHandler.log": failed}, one("web.txt", saved), files{"ReportingEvents.log": reported("01:00:00", "STARTED", "0", "CcmExec", begun)}))
	got := find(res, "scan-proxy-auth")
	if len(got) != 1 || got[0].Params["code"] != "0x8024401b" || got[0].Params["url"] == "" || got[0].Confidence != finding.Certain {
		t.Fatalf("%+v", got)
	}
	logs, snapshots := 0, 0
	for _, e := range got[0].Evidence {
		if e.Record == record.None {
			snapshots++
		} else {
			logs++
		}
	}
	if logs == 0 || snapshots == 0 {
		t.Errorf("%d lines of logs and %d of snapshots prove it", logs, snapshots)
	}
	first := res.Findings[0]
	if got[0].Root || got[0].ConsequenceOf != "proxy-bypasses-missing" || first.ID != "proxy-bypasses-missing" || first.Severity != finding.Error || len(first.Updates) != 1 {
		t.Errorf("%s of %q; first is %s %s %v", got[0].ID, got[0].ConsequenceOf, first.Severity, first.ID, first.Updates)
	}
}
