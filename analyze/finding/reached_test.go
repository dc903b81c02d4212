package finding_test

import (
	"strings"
	"testing"

	"patchtrail/analyze/finding"
)

// scanned503 is a scan that ended in HTTP 503.
var scanned503 = one("Logs/WUAHandler.log", ccm("WUAHandler", "09:30:00", "OnSearchComplete - Failed to end search job. Error = 0x80244022.")+ccm("WUAHandler", "09:30:00", "Scan failed with error = 0x80244022."))

// offline is what HTTP.sys of the update point writes while its pool is stopped.
var offline = files{"HTTPERR/httperr1.log": "#Software: Microsoft HTTP API 2.0\r\n#Version: 1.0\r\n#Date: 2025-03-18 00:00:00\r\n" +
	"#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\r\n" +
	"2025-03-18 00:20:11 192.0.2.7 50000 192.0.2.1 8530 HTTP/1.1 POST /ClientWebService/client.asmx 503 1 AppOffline WsusPool\r\n"}

// named names the machine of a bundle.
func named(name string) files {
	return one("systeminfo.txt", "\nHost Name:                 "+name+"\nOS Name:                   Microsoft Windows Server 2022 Standard\nOS Version:                10.0.20348 N/A Build 20348\n")
}

// wcm is what a site server writes that WSUS answers so.
func wcm(status string) files {
	line := func(at, text string) string {
		return text + "  $$<SMS_WSUS_CONFIGURATION_MANAGER><03-18-2025 " + at + ".000-540><thread=4242 (0x1092)>\r\n"
	}
	return files{"Logs/WCM.log": line("09:10:00", "Attempting connection to WSUS server: wsus.contoso.com, port: 8530, useSSL: False") +
		line("09:10:02", "System.Net.WebException: The request failed with HTTP status "+status+".~~   at Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer(Object[] args)")}
}

// TestUnavailable tells who answered 503: the proxy on the way, or the server.
func TestUnavailable(t *testing.T) {
	f := func(name, want string, bundles ...files) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			var got []string
			for _, f := range run(t, bundles...).Findings {
				switch {
				case f.Severity == finding.Info || f.ID == "scan-failed":
				case f.Root:
					got = append(got, f.ID)
				default:
					got = append(got, f.ID+"<"+f.ConsequenceOf)
				}
			}
			if s := strings.Join(got, " "); s != want {
				t.Errorf("found %s, want %s", s, want)
			}
		})
	}
	client := with(managed, scanned503)
	through, past := proxied(false, "*.local"), proxied(true, "*.contoso.com")
	f("a proxy in the way", "proxy-bypasses-missing scan-service-unavailable<proxy-bypasses-missing", with(client, through))
	f("a proxy in the way, ja", "proxy-bypasses-missing scan-service-unavailable<proxy-bypasses-missing", with(client, proxied(true, "(なし)")))
	f("a proxy that is bypassed", "scan-service-unavailable", with(client, past))
	f("its pool is stopped", "wsus-pool-stopped scan-service-unavailable<wsus-pool-stopped", with(client, through, offline))
	f("the pool of the update point is", "wsus-pool-stopped scan-service-unavailable<wsus-pool-stopped", with(client, through), with(named("WSUS"), offline))
	f("the pool of another is", "wsus-pool-stopped proxy-bypasses-missing scan-service-unavailable<proxy-bypasses-missing", with(client, through), with(named("OTHER"), offline))
	f("the site server gets it too", "wcm-web-service-error scan-service-unavailable<wcm-web-service-error", with(client, through), with(named("CM01"), wcm("503: Service Unavailable")))
	f("the site server gets another", "wcm-web-service-error proxy-bypasses-missing scan-service-unavailable<proxy-bypasses-missing", with(client, through), with(named("CM01"), wcm("500: Internal Server Error")))
	f("one without a proxy gets it too", "scan-service-unavailable scan-service-unavailable", with(client, through), with(client, past))
	f("nothing is known of the other's proxy", "scan-service-unavailable proxy-bypasses-missing scan-service-unavailable<proxy-bypasses-missing", with(client, through), client)
}

// TestManagementPointName reads saved lookups of the management point.
func TestManagementPointName(t *testing.T) {
	f := cases(t, "mp-name-not-resolved")
	failed := func(host string) files {
		return one("nslookup.txt", "C:\\>nslookup "+host+"\nServer:  dc01.contoso.com\nAddress:  192.0.2.10\n\n*** dc01.contoso.com can't find "+host+": Non-existent domain\n")
	}
	f("failed", "error|certain|host=mp.contoso.com|server=dc01.contoso.com", managed, failed("mp.contoso.com"))
	f("failed, ja", "error|certain|host=mp.contoso.com", managed, one("名前解決.txt", "C:\\>nslookup mp.contoso.com\nサーバー:  dc01.contoso.com\nAddress:  192.0.2.10\n\n*** dc01.contoso.com が mp.contoso.com を見つけられません: Non-existent domain\n"))
	f("but messages get there", "warning|possible", managed, failed("mp.contoso.com"),
		one("Logs/CcmMessaging.log", ccm("CcmMessaging", "09:00:30", "OutgoingMessage(Queue='mp_[http]mp_policymanager', ID={0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}): Delivered successfully to host 'mp.contoso.com'.")))
	f("another host", "", managed, failed("other.contoso.com"))
	f("found by another lookup", "", managed, failed("mp.contoso.com"), one("nslookup2.txt", "C:\\>nslookup mp.contoso.com\nServer:  dc01.contoso.com\nAddress:  192.0.2.10\n\nName:    mp.contoso.com\nAddress:  192.0.2.30\n"))
	f = cases(t, "wsus-name-not-resolved")
	f("of the update point", "", managed, failed("mp.contoso.com"))
}

// TestTransfers reads saved lists of BITS' jobs.
func TestTransfers(t *testing.T) {
	list := func(name, state, code, url string) files {
		return one("bitsadmin.log", "\nBITSADMIN version 3.0\nBITS administration utility.\n(C) Copyright Microsoft Corp.\n\nGUID: {B1C2D3E4-1111-4222-8333-444455556666} DISPLAY: '"+name+"'\nTYPE: DOWNLOAD STATE: "+state+
			" OWNER: NT AUTHORITY\\SYSTEM\nPRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\nERROR FILE:    "+url+" -> C:\\Windows\\ccmcache\\1\\x\nERROR CODE:    "+code+" - サーバーは必要な HTTP プロトコルをサポートしていません。\nERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n\nListed 1 job(s).\n")
	}
	const dp = "http://dp.contoso.com:80/SMS_DP_SMSPKG$/x"
	f := cases(t, "bits-job-failed")
	f("an error", "error|certain|code=0x80200013|host=dp.contoso.com|state=error", list("CCMDTS Job", "ERROR", "0x80200013", dp))
	f("tried again", "warning|certain|code=0x80200011|state=transient-error", list("WU Client Download", "TRANSIENT_ERROR", "0x80200011", "http://wsus.contoso.com:8530/Content/x"))
	f("of PowerShell, ja", "error|certain|code=0x80200013", one("転送.txt", "PS C:\\> Get-BitsTransfer -AllUsers | fl *\n\nJobId               : b1c2d3e4-1111-4222-8333-444455556666\nDisplayName         : CCMDTS Job\nTransferType        : Download\nJobState            : Error\nInternalErrorCode   : -2145386477\nErrorDescription    : サーバーは必要な HTTP プロトコルをサポートしていません。\n"))
	f("another program's", "", list("Chrome Component Updater", "ERROR", "0x80200013", "http://www.example.com/x"))
	f("under way", "", one("bitsadmin.log", "\nBITSADMIN version 3.0\n\n{B1C2D3E4-1111-4222-8333-444455556666} 'CCMDTS Job' TRANSFERRING 0 / 1 10 / 100\nListed 1 job(s).\n"))
	f("none", "", one("bitsadmin.log", "\nBITSADMIN version 3.0\nBITS administration utility.\n(C) Copyright Microsoft Corp.\n\nListed 0 job(s).\n"))
	f("the distribution point's answer", "", list("CCMDTS Job", "ERROR", "0x80190193", dp))
	f = cases(t, "content-access-failed")
	f("refused", "error|certain|code=0x80190193|host=dp.contoso.com", list("CCMDTS Job", "ERROR", "0x80190193", dp))
	f("refused, and tried again", "warning|certain|code=0x80190194", list("CCMDTS Job", "TRANSIENT_ERROR", "0x80190194", dp))
	f("by WSUS", "", list("WU Client Download", "ERROR", "0x80190193", "http://wsus.contoso.com:8530/Content/x"))
	f("no error", "", list("CCMDTS Job", "TRANSFERRING", "0x00000000", dp))
}
