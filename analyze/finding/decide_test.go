package finding_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/rule"
	"patchtrail/ingest/record"
)

// files are those of a bundle, by their paths; the first part is the machine.
type files map[string]string

// ccm is a record of the client, at a time of 18 March 2025 in Japan.
func ccm(component, at, message string) string {
	return `<![LOG[` + message + `]LOG]!><time="` + at + `.000-540" date="03-18-2025" component="` + component + `" context="" type="1" thread="100" file="x.cpp:1">` + "\r\n"
}

// managed is a client of ConfigMgr with an update point and a management point.
var managed = files{
	"Logs/LocationServices.log": ccm("LocationServices", "09:00:00", "WSUS Path='http://wsus.contoso.com:8530', Server='wsus.contoso.com', Version='38'") +
		ccm("LocationServices", "09:00:10", "The MP name retrieved is 'mp.contoso.com' with version '9096' and capabilities 'x'"),
	"Logs/WUAHandler.log": ccm("WUAHandler", "09:01:00", "Existing WUA Managed server was already set (http://wsus.contoso.com:8530), skipping Group Policy registration."),
}

// scanned adds a scan that succeeded.
var scanned = files{"Logs/WUAHandler-20250318-080000.log": ccm("WUAHandler", "08:00:00", "Successfully completed scan.")}

// with joins bundles.
func with(all ...files) files {
	out := files{}
	for _, fs := range all {
		for name, text := range fs {
			out[name] += text
		}
	}
	return out
}

// one is a bundle of one more file.
func one(name, text string) files { return files{name: strings.ReplaceAll(text, "\n", "\r\n")} }

var builtin *rule.Set

// run analyses bundles, each as an input of its own.
func run(t testing.TB, bundles ...files) *analyze.Result {
	t.Helper()
	if builtin == nil {
		set, err := analyze.BuiltinRules()
		if err != nil {
			t.Fatal(err)
		}
		builtin = set
	}
	var inputs []string
	dir := t.TempDir()
	for i, b := range bundles {
		root := filepath.Join(dir, "PC0"+string(rune('1'+i)))
		for name, text := range b {
			path := filepath.Join(root, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		inputs = append(inputs, root)
	}
	res, err := analyze.Run(context.Background(), inputs, analyze.Options{Rules: builtin})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// find returns the findings of an id.
func find(res *analyze.Result, id string) []finding.Finding {
	var out []finding.Finding
	for _, f := range res.Findings {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// check holds that a bundle yields one finding of the id, or none where want is
// "". want is severity, confidence, then "name=value" with | between.
func check(t *testing.T, id, want string, bundles ...files) {
	t.Helper()
	res := run(t, bundles...)
	got := find(res, id)
	if want == "" {
		if len(got) > 0 {
			t.Errorf("found %s %s %v", got[0].Severity, got[0].Confidence, got[0].Params)
		}
		return
	}
	if len(got) != 1 {
		var ids []string
		for _, f := range res.Findings {
			ids = append(ids, f.ID)
		}
		t.Fatalf("%d findings of %s, in all %v", len(got), id, ids)
	}
	f := got[0]
	parts := strings.Split(want, "|")
	if string(f.Severity) != parts[0] || string(f.Confidence) != parts[1] {
		t.Errorf("%s %s, want %s", f.Severity, f.Confidence, want)
	}
	for _, p := range parts[2:] {
		name, value, _ := strings.Cut(p, "=")
		if f.Params[name] != value {
			t.Errorf("%s is %q, want %q", name, f.Params[name], value)
		}
	}
	proven(t, res, &f)
}

// proven holds that a finding has evidence that stands where it says, and texts
// without open places.
func proven(t *testing.T, res *analyze.Result, f *finding.Finding) {
	t.Helper()
	if len(f.Evidence) == 0 || f.Count == 0 {
		t.Errorf("no evidence: %+v", f)
	}
	for _, e := range f.Evidence {
		if e.Record != record.None {
			if int(e.Record) >= res.Store.Len() {
				t.Errorf("evidence %+v of %d records", e, res.Store.Len())
			}
			continue
		}
		file := res.Store.Files[e.File]
		if e.Line < 1 || e.Line > max(file.Lines, 1) || e.Text == "" {
			t.Errorf("evidence %+v of %s with %d lines", e, file.Path, file.Lines)
		}
	}
	for _, l := range lang.All() {
		w := f.Text[l]
		all := w.Title + w.Cause + strings.Join(w.Remediation, "") + strings.Join(w.Verify, "")
		if w.Title == "" || w.Cause == "" || len(w.Remediation) == 0 || strings.Contains(all, "(unknown)") || strings.Contains(all, "(不明)") {
			t.Errorf("%s: %+v", l, w)
		}
	}
}

// proxied is the output of netsh winhttp show proxy, in Japanese if ja.
func proxied(ja bool, bypass string) files {
	if ja {
		return one("winhttp_proxy.txt", "\n現在の WinHTTP プロキシ設定:\n\n    プロキシ サーバー:  proxy.contoso.com:8080\n    バイパス一覧     :  "+bypass+"\n\n")
	}
	return one("winhttp_proxy.txt", "\nCurrent WinHTTP proxy settings:\n\n    Proxy Server(s) :  proxy.contoso.com:8080\n    Bypass List     :  "+bypass+"\n\n")
}

func TestProxyBypassesMissing(t *testing.T) {
	f := func(name, want string, bundles ...files) {
		t.Helper()
		t.Run(name, func(t *testing.T) { check(t, "proxy-bypasses-missing", want, with(bundles...)) })
	}
	f("no list", `warning|possible|proxy=proxy.contoso.com:8080|host=wsus.contoso.com|role=update-point|hosts=wsus.contoso.com, mp.contoso.com|`+
		`command=netsh winhttp set proxy proxy-server="proxy.contoso.com:8080" bypass-list="wsus.contoso.com;mp.contoso.com"`, managed, proxied(false, "(none)"))
	f("a list", `warning|possible|bypass=*.local;<local>;mp.contoso.com|`+
		`command=netsh winhttp set proxy proxy-server="proxy.contoso.com:8080" bypass-list="*.local;<local>;mp.contoso.com;wsus.contoso.com"`, managed, proxied(true, "*.local;<local>;mp.contoso.com"))
	f("only the management point", `warning|possible|host=mp.contoso.com|role=management-point`, managed, proxied(true, "wsus.contoso.com"))
	f("and the scan fails there", `error|likely|symptom=0x8024401b`, managed, proxied(true, "(なし)"),
		one("Logs/WUAHandler.log", ccm("WUAHandler", "09:30:00", "OnSearchComplete - Failed to end search job. Error = 0x8024401b.")+ccm("WUAHandler", "09:30:00", "Scan failed with error = 0x8024401b.")))
	f("but scans succeed", "warning|possible|scanned=2025-03-17T23:00:00Z", managed, scanned, proxied(false, "(none)"))
	f("domain", "", managed, proxied(false, "*.contoso.com"))
	f("both hosts", "", managed, proxied(true, "WSUS.contoso.com;mp.CONTOSO.com"))
	f("direct", "", managed, one("winhttp_proxy.txt", "\n現在の WinHTTP プロキシ設定:\n\n    直接アクセス (プロキシ サーバーなし)。\n\n"))
	f("nothing known to reach", "", proxied(false, "(none)"))
	res := run(t, with(managed, proxied(false, "a&calc.exe")))
	if got := find(res, "proxy-bypasses-missing"); len(got) != 1 || got[0].Params["command"] != "" {
		t.Errorf("a command of what a bundle holds: %+v", got)
	}
}

// gpresultHTML is the page of gpresult /H with the setting of the update point.
func gpresultHTML(ja bool, gpo, detect, alternate string) files {
	name, state, first, second, third := "Specify intranet Microsoft update service location", "Enabled", "Set the intranet update service for detecting updates:", "Set the intranet statistics server:", "Set the alternate download server:"
	if ja {
		name, state, first, second, third = "イントラネットの Microsoft 更新サービスの場所を指定する", "有効", "更新を検出するためのイントラネットの更新サービスを設定する:", "イントラネット統計サーバーの設定:", "代替ダウンロード サーバーの設定:"
	}
	row := func(cells ...string) string { return "<tr><td>" + strings.Join(cells, "</td><td>") + "</td></tr>\r\n" }
	rows := row(first, detect) + row(second, detect)
	if alternate != "" {
		rows += row(third, alternate)
	}
	return files{"gpresult.html": "<!DOCTYPE html><html><head><title>gpresult</title></head><body><div>Group Policy Results</div>\r\n<table>" + row(name, state, gpo) + "</table><table>" + rows + "</table></body></html>\r\n"}
}

func TestGroupPolicy(t *testing.T) {
	f := func(name, id, want string, bundles ...files) {
		t.Helper()
		t.Run(name, func(t *testing.T) { check(t, id, want, with(bundles...)) })
	}
	const id = "gpo-overrides-update-point"
	f("another server", id, "error|certain|gpo=WSUS Policy|server=http://old.contoso.com:8530|expected=http://wsus.contoso.com:8530", managed, gpresultHTML(false, "WSUS Policy", "http://old.contoso.com:8530", ""))
	f("ja", id, "error|certain|gpo=更新ポリシー|server=http://wsus.contoso.com", managed, gpresultHTML(true, "更新ポリシー", "http://wsus.contoso.com", ""))
	f("the same server", id, "info|certain", managed, gpresultHTML(true, "更新ポリシー", "http://WSUS.contoso.com:8530/", ""))
	f("local", id, "", managed, gpresultHTML(false, "Local Group Policy", "http://wsus.contoso.com:8530", ""))
	f("local, ja", id, "", managed, gpresultHTML(true, "ローカル グループ ポリシー", "http://wsus.contoso.com:8530", ""))
	f("no ConfigMgr", id, "", gpresultHTML(false, "WSUS Policy", "http://old.contoso.com:8530", ""))

	const alternate = "alternate-download-server-wrong"
	f("alternate", alternate, "warning|certain|value=http://old.contoso.com:8530|gpo=WSUS Policy", managed, gpresultHTML(false, "WSUS Policy", "http://wsus.contoso.com:8530", "http://old.contoso.com:8530"))
	f("alternate, ja", alternate, "warning|certain|value=http://old.contoso.com|gpo=", managed, gpresultHTML(true, "ローカル グループ ポリシー", "http://wsus.contoso.com:8530", "http://old.contoso.com"))
	f("alternate in the registry", alternate, "warning|certain|value=http://localhost:8006", managed, wupolicy("    UpdateServiceUrlAlternate    REG_SZ    http://localhost:8006"))
	f("alternate is right", alternate, "", managed, gpresultHTML(true, "ローカル グループ ポリシー", "http://wsus.contoso.com:8530", "http://LOCALHOST:8005/"))
	f("no alternate", alternate, "", managed, gpresultHTML(false, "Local Group Policy", "http://wsus.contoso.com:8530", ""))

	const absent = "wsus-policy-not-applied"
	en := func(gpos string) files {
		return one("gpresult.txt", "\nRSOP data for CONTOSO\\user on PC01 : Logging Mode\n\nCOMPUTER SETTINGS\n------------------\n\n    Applied Group Policy Objects\n    -----------------------------\n"+gpos+"\n\n    The computer is a part of the following security groups\n    -------------------------------------------------------\n        BUILTIN\\Administrators\n")
	}
	f("none applied", absent, "warning|possible|applied=Default Domain Policy, Printers", en("        Default Domain Policy\n        Printers"))
	f("none applied, ja", absent, "warning|possible|applied=Default Domain Policy",
		one("gpresult.txt", "\nコンピューターの設定\n--------------------\n\n    適用されたグループ ポリシー オブジェクト\n    -----------------------------\n        Default Domain Policy\n\n    コンピューターは、次のセキュリティ グループの一部です\n"))
	f("applied", absent, "", en("        Default Domain Policy\n        WSUS clients"))
	f("ConfigMgr set it", absent, "", managed, en("        Default Domain Policy\n        Local Group Policy"))
	f("ConfigMgr set it, ja", absent, "", managed,
		one("gpresult.txt", "\nコンピューターの設定\n--------------------\n\n    適用されたグループ ポリシー オブジェクト\n    -----------------------------\n        Default Domain Policy\n        ローカル グループ ポリシー\n\n    コンピューターは、次のセキュリティ グループの一部です\n"))
	f("ConfigMgr set it, and it is not applied", absent, "warning|possible|applied=Default Domain Policy", managed, en("        Default Domain Policy"))
	f("ConfigMgr set it, and the registry has it", absent, "", managed, wupolicy(wuServer), en("        Default Domain Policy"))
}

// wupolicy is reg query of Windows Update's policy.
func wupolicy(lines ...string) files {
	return one("WindowsUpdate/registry_wupolicy.txt", "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\n"+strings.Join(lines, "\n")+"\n")
}

// right are lines of wupolicy that are as they should be.
const (
	wuServer = "    WUServer    REG_SZ    http://wsus.contoso.com:8530"
	wuStatus = "    WUStatusServer    REG_SZ    http://wsus.contoso.com:8530"
	auKey    = "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU"
	useWU    = "    UseWUServer    REG_DWORD    0x1"
)

func TestRegistryPolicy(t *testing.T) {
	f := func(name, id, want string, bundles ...files) {
		t.Helper()
		t.Run(name, func(t *testing.T) { check(t, id, want, with(bundles...)) })
	}
	const id = "wsus-policy-wrong"
	f("differ", id, "error|certain|problem=differ|wu_status_server=http://old.contoso.com", wupolicy(wuServer, "    WUStatusServer    REG_SZ    http://old.contoso.com", auKey, useWU))
	f("not used", id, "error|certain|problem=not-used|use_wu_server=0", wupolicy(wuServer, wuStatus, auKey, "    UseWUServer    REG_DWORD    0x0"))
	f("not there", id, "error|certain|problem=not-used|use_wu_server=", wupolicy(wuServer, wuStatus, auKey, "    NoAutoUpdate    REG_DWORD    0x1"))
	f("other server", id, "error|certain|problem=other-server|update_point=http://wsus.contoso.com:8530", managed, wupolicy("    WUServer    REG_SZ    http://old.contoso.com:8530"))
	f("malformed", id, "error|certain|problem=malformed", managed, wupolicy("    WUServer    REG_SZ    wsus.contoso.com:8530"))
	f("exported, ja", id, "error|certain|problem=not-used", one("ポリシー.reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate]\n\"WUServer\"=\"http://wsus.contoso.com:8530\"\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU]\n\"UseWUServer\"=dword:00000000\n"))
	f("right", id, "", managed, wupolicy(wuServer, wuStatus, auKey, useWU))
	f("under the other key", id, "", managed, wupolicy(wuServer, wuStatus, useWU))
	f("a slash, and letters", id, "", wupolicy(wuServer, "    WUStatusServer    REG_SZ    http://WSUS.contoso.com:8530/"))
	f("no WSUS", id, "", wupolicy("    DisableDualScan    REG_DWORD    0x1"))

	const dual = "dual-scan"
	sources := func(name string) files {
		return one("WindowsUpdateConfiguration.txt", "\nName                : "+name+"\nServiceID           : 7971f918-a847-4430-9279-4a52d1efe18d\nIsDefaultAUService  : True\nOffersWindowsUpdates : True\n\n")
	}
	deferral := "    DeferQualityUpdatesPeriodInDays    REG_DWORD    0x7"
	f("default service", dual, "warning|certain|default_service=Microsoft Update", managed, sources("Microsoft Update"))
	f("deferrals", dual, "warning|likely|policies=DeferQualityUpdatesPeriodInDays=7|source=Group Policy", managed, wupolicy(wuServer, deferral))
	f("deferrals, exported, ja", dual, "warning|likely|source=MDM", managed, one("ポリシー.reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\Update]\n\"PauseQualityUpdatesStartTime\"=\"2025-03-01\"\n"))
	f("forbidden", dual, "", managed, wupolicy(wuServer, deferral, "    DisableDualScan    REG_DWORD    0x1"))
	f("sources settled", dual, "", managed, wupolicy(wuServer, deferral, "    SetPolicyDrivenUpdateSourceForQualityUpdates    REG_DWORD    0x1", "    SetPolicyDrivenUpdateSourceForFeatureUpdates    REG_DWORD    0x1"))
	f("WSUS is default", dual, "", managed, sources("Windows Server Update Service"))
	f("no WSUS at all", dual, "", wupolicy(deferral))

	const blocked = "update-service-blocked"
	f("access", blocked, "error|certain|policy=DisableWindowsUpdateAccess|value=1", managed, wupolicy("    DisableWindowsUpdateAccess    REG_DWORD    0x1"))
	f("no internet, no WSUS, ja", blocked, "error|certain", one("ポリシー.reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate]\n\"DoNotConnectToWindowsUpdateInternetLocations\"=dword:00000001\n"))
	f("no internet, but WSUS", blocked, "", wupolicy(wuServer, "    DoNotConnectToWindowsUpdateInternetLocations    REG_DWORD    0x1"))
	f("access is open", blocked, "", wupolicy(wuServer, "    DisableWindowsUpdateAccess    REG_DWORD    0x0"))

	const damaged = "registry-pol-damaged"
	f("damaged", damaged, "error|certain", one("SystemInfo/REGISTRY.POL.CORRUPTED.TXT", "Registry.pol is damaged\n"))
	f("damaged, ja", damaged, "error|certain", one("SystemInfo/REGISTRYPOL.CORRUPTED.TXT", "レジストリ ポリシーが破損しています\n"))
	f("good", damaged, "", one("SystemInfo/REGISTRYPOL.GOOD.TXT", "Registry.pol is good\n"))
	f("nothing said", damaged, "", managed)

	const mode = "provisioning-mode"
	ccmExec := func(value string) files {
		return one("CCM/Other/registry_CCM.txt", "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\CCM\\CcmExec\n    ProvisioningMode    REG_SZ    "+value+"\n")
	}
	f("stuck", mode, "error|certain|value=true", managed, ccmExec("true"))
	f("stuck, exported, ja", mode, "error|certain", one("クライアント.reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\CCM\\CcmExec]\n\"ProvisioningMode\"=\"true\"\n"))
	f("not stuck", mode, "", managed, ccmExec("false"))
	f("another key", mode, "", one("registry.txt", "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\n    ProvisioningMode    REG_SZ    true\n"))
}
