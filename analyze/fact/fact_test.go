package fact

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/rule"
)

func TestBypasses(t *testing.T) {
	f := func(list, host string, want bool) {
		t.Helper()
		p := Proxy{Server: "proxy.contoso.com:8080", Bypass: bypassEntries(list)}
		if got := p.Bypasses(host); got != want {
			t.Errorf("%q bypasses %q = %v, want %v", list, host, got, want)
		}
	}
	f("*.contoso.com", "wsus.contoso.com", true)
	f("*.contoso.com", "WSUS.CONTOSO.COM:8530", true)
	f("*.contoso.com", "http://a.b.contoso.com:8530/ClientWebService/client.asmx", true)
	f("*.contoso.com", "contoso.com", false)
	f("*.contoso.com", "wsus.contoso.com.example.com", false)
	f("contoso.com", "wsus.contoso.com", false)
	f("*contoso.com", "contoso.com", true)
	f("wsus.contoso.com", "wsus.contoso.com.", true)
	f("<local>", "wsus", true)
	f("<local>", "wsus.contoso.com", false)
	f("<local>", "2001:db8::9", false)
	f("192.0.2.*", "192.0.2.9", true)
	f("192.0.2.*", "192.0.20.9", false)
	f("wsus.contoso.com:8530", "http://wsus.contoso.com:8530", true)
	f("wsus.contoso.com:8530", "http://wsus.contoso.com:8531", false)
	f("wsus.contoso.com:8530", "wsus.contoso.com", false)
	f("https://wsus.contoso.com", "http://wsus.contoso.com", false)
	f("http://wsus.contoso.com", "http://wsus.contoso.com", true)
	f("a;b c,*.contoso.com", "wsus.contoso.com", true)
	f("[2001:db8::9]", "http://[2001:db8::9]:8530/", true)
	f("", "wsus.contoso.com", false)
	f("(none)", "wsus.contoso.com", false)
	f("(なし)", "wsus.contoso.com", false)
	f("", "localhost", true)
	f("<-loopback>", "127.0.0.1", false)
	f("*", "anything.example.com", true)
	f("*.contoso.com", "", false)

	direct := Proxy{Direct: true}
	if !direct.Bypasses("wsus.contoso.com") {
		t.Error("direct access goes through a proxy")
	}
	only := Proxy{Server: "https=p:8443"}
	if !only.Bypasses("http://wsus.contoso.com") || only.Bypasses("https://wsus.contoso.com") {
		t.Error("a proxy for https alone")
	}
}

// TestGlob holds glob to a regular expression.
func TestGlob(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func(letters string, n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteByte(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	for range 20000 {
		p, s := word("ab*.", 8), word("ab.", 10)
		want := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, ".*") + "$").MatchString(s)
		if glob(p, s) != want {
			t.Fatalf("glob(%q, %q) = %v", p, s, !want)
		}
	}
}

func TestLastIndex(t *testing.T) {
	f := func(text, literal string) {
		t.Helper()
		if got, want := lastIndex([]byte(text), []byte(literal)), bytes.LastIndex([]byte(text), []byte(literal)); got != want {
			t.Errorf("lastIndex = %d, want %d", got, want)
		}
	}
	f("", "abc")
	f("abc", "abc")
	f("xabcabc", "abc")
	f("ababab", "abab")
	for _, gap := range []int{0, 1, 2, 100, 32<<10 - 2, 32<<10 - 1, 32 << 10, 32<<10 + 1, 70000} {
		f(strings.Repeat("-", 40000)+"abc"+strings.Repeat("-", gap), "abc")
		f("abc"+strings.Repeat("-", gap), "abc")
		f(strings.Repeat("-", gap), "abc")
		f("abc"+strings.Repeat("-", gap)+"abc"+strings.Repeat("-", gap), "abc")
	}
}

// TestSkip holds the short way over keys of no interest to the plain one.
func TestSkip(t *testing.T) {
	keys := []string{`[HKEY_LOCAL_MACHINE\SOFTWARE\Other]`, `HKEY_LOCAL_MACHINE\SOFTWARE\Other`, `[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate]`,
		`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU`, `"WUServer"="http://a.contoso.com:8530"`, `    UseWUServer    REG_DWORD    0x1`,
		`"B"=hex:01,\`, `  02,03`, ``, `@="x"`, `    HKEY_LOCAL_MACHINE\SOFTWARE\Other`, `End of search: 2`, `Windows Registry Editor Version 5.00`}
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		text := "REGEDIT4\n"
		for range r.IntN(12) {
			text += keys[r.IntN(len(keys))] + "\n"
		}
		quick := show(read(text))
		slow := newCollector()
		reg := &regReader{c: slow}
		for i, s := range strings.Split(text, "\n") {
			if reg.foreign(s) {
				reg.end()
			}
			reg.line(line{i + 1, s}, line{})
		}
		reg.end()
		slow.finish()
		if want := show(slow.Facts); quick != want && !strings.Contains(text, "End of search") {
			t.Fatalf("%s\nquick:\n%s\nslow:\n%s", text, quick, want)
		}
	}
}

func TestOSFamily(t *testing.T) {
	f := func(name, build, want string) {
		t.Helper()
		if got := (&Facts{OS: Fact{Value: name}, Build: Fact{Value: build}}).OSFamily(); got != want {
			t.Errorf("%s, %s: %q, want %q", name, build, got, want)
		}
	}
	f("Microsoft Windows 7 Professional", "7601", "win7")
	f("Microsoft Windows 8.1 Enterprise", "9600", "win8.1")
	f("Microsoft Windows 10 Enterprise", "19045.4170", "win10")
	f("Microsoft Windows 10 Enterprise", "22631.3155", "win11")
	f("Microsoft Windows 11 Enterprise", "22631", "win11")
	f("Microsoft Windows 11 Enterprise", "26100", "win11")
	f("Microsoft Windows 11 Enterprise", "", "win11")
	f("Microsoft Windows Server 2008 R2 Standard", "7601", "server2008r2")
	f("Microsoft Windows Server 2012 R2 Standard", "9600", "server2012r2")
	f("Microsoft Windows Server 2012 Standard", "9200", "server2012")
	f("Microsoft Windows Server 2016 Standard", "14393", "server2016")
	f("Microsoft Windows Server 2019 Standard", "17763", "server2019")
	f("Microsoft Windows Server 2022 Datacenter", "20348", "server2022")
	f("Microsoft Windows Server Datacenter", "26100", "server2025")
	f("Microsoft Windows Server 2025 Datacenter", "", "server2025")
	f("", "17763", "")
	f("", "", "")
}

func TestBytesOf(t *testing.T) {
	f := func(s string, want int64, ok bool) {
		t.Helper()
		if got, o := bytesOf(s); got != want || o != ok {
			t.Errorf("%q: %d, %v", s, got, o)
		}
	}
	f("1073741824", 1<<30, true)
	f("1,234,567", 1234567, true)
	f("1.5 GB", 3<<29, true)
	f("1,5 GB", 3<<29, true)
	f("2TB", 2<<40, true)
	f("0 B", 0, true)
	f("12 apples", 0, false)
	f("-1", 0, false)
	f("", 0, false)
	f("99999999999999999 TB", 0, false)
}

func TestAgree(t *testing.T) {
	f := func(want, known bool, urls ...string) {
		t.Helper()
		c := newCollector()
		for i, u := range urls {
			c.updatePoint(u, []Source{PolicyRegistry, StatusRegistry, Location, SiteServer}[i], Evidence{})
		}
		if agree, k := c.UpdatePointsAgree(); agree != want || k != known {
			t.Errorf("%q: %v, %v", urls, agree, k)
		}
	}
	f(true, true, "http://wsus.contoso.com:8530", "HTTP://WSUS.contoso.com:8530/")
	f(true, true, "http://wsus.contoso.com", "http://wsus.contoso.com:80")
	f(false, true, "http://wsus.contoso.com:8530", "http://wsus.contoso.com:8531")
	f(false, true, "http://wsus.contoso.com:8530", "http://wsus.contoso.com:8530", "http://other.contoso.com:8530")
	f(true, true, "http://wsus.contoso.com:8530", "http://wsus.contoso.com:8530", "http://wsus.contoso.com:8530", "http://srv.contoso.com:8530")
	f(false, false, "http://wsus.contoso.com:8530")
	f(false, false)
}

// TestForRules wants every name that rules know, and no other.
func TestForRules(t *testing.T) {
	text := `Host Name:                 PC01
OS Name:                   Microsoft Windows 11 Enterprise
OS Version:                10.0.22631 N/A Build 22631

ClientVersion : 5.00.9128.1007

CurrentManagementPoint : mp.contoso.com
Name                   : SMS:PS1

Location        : C:\Windows\ccmcache
Size            : 5120
NextAvailableId : 7

Current WinHTTP proxy settings:

    Proxy Server(s) :  proxy.contoso.com:8080
    Bypass List     :  a;b

HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate
    WUServer    REG_SZ    http://wsus.contoso.com:8530
HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU
    DetectionFrequency    REG_DWORD    0x16
HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending
`
	// systeminfo ends where its list does not go on: the objects need a section.
	text = strings.Replace(text, "\nClientVersion", "\nPS C:\\> Get-WmiObject\n\nClientVersion", 1)
	want := map[string]string{
		"machine": "PC01", "os": "Microsoft Windows 11 Enterprise", "os_family": "win11", "os_build": "22631", "client_version": "5.00.9128.1007",
		"site_code": "PS1", "management_point": "mp.contoso.com", "update_point": "wsus.contoso.com", "wsus_server": "http://wsus.contoso.com:8530",
		"proxy": "proxy.contoso.com:8080", "proxy_bypass": "a;b", "detection_frequency_hours": "22", "cache_mb": "5120", "restart_pending": "yes",
		"detection_blocked_until": "2025-03-19 16:04",
	}
	facts := read(text)
	facts.LastDetection = &Seen{Time: time.Date(2025, 3, 18, 9, 4, 30, 0, time.UTC).UnixNano()}
	japan := func(utc int64) int64 { return utc + 9*int64(time.Hour) }
	got := facts.ForRules(japan)
	for _, name := range rule.KnownFacts() {
		if got[name] != want[name] || want[name] == "" {
			t.Errorf("%s = %q, want %q", name, got[name], want[name])
		}
	}
	for name := range got {
		if !slices.Contains(rule.KnownFacts(), name) {
			t.Errorf("rules do not know %q", name)
		}
	}
	if n := (&Facts{}).ForRules(japan); len(n) != 0 {
		t.Errorf("nothing known, but %v", n)
	}
	if n := newCollector().JSON(); len(n) != 0 {
		t.Errorf("nothing known, but %v", n)
	}
}

func TestStatusIn(t *testing.T) {
	f := func(s string, want int) {
		t.Helper()
		if got := statusIn(s); got != want {
			t.Errorf("%q: %d", s, got)
		}
	}
	f("The remote server returned an error: (503) Server Unavailable.", 503)
	f("リモート サーバーがエラーを返しました: (407) プロキシ認証が必要です", 407)
	f("Response status code does not indicate success: 404 (Not Found).", 404)
	f("nothing", 0)
	f(" 99", 0)
	f("(503", 503)
}

// TestLines states facts that one line or few give.
func TestLines(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := show(read(text)); got != want {
			t.Errorf("%s\ngot:\n%swant:\n%s", text, got, want)
		}
	}
	f("License Status: Initial grace period\n", "activation=Initial grace period @1\nactivated=no @1\n")
	f("ライセンスの状態: ライセンスされています\n", "activation=ライセンスされています @1\nactivated=yes @1\n")
	f("Windows Resource Protection did not find any integrity violations.\n", "system_files=healthy @1\n")
	f("Windows リソース保護は、整合性違反を検出しませんでした。\n", "system_files=healthy @1\n")
	f("コンポーネント ストアの破損は検出されませんでした。\n", "component_store=healthy @1\n")
	f("The component store is repairable.\nNo component store corruption detected.\n", "component_store=repairable @1\n")
	f("C:\\>reg query HKLM\\X\n\nエラー: 指定されたレジストリ キーまたは値が見つかりませんでした。\n", "absent HKLM\\X @3\n")
	f("Current WinHTTP advanced proxy settings:\n\n{\n  \"Proxy\": \"p:8080\",\n  \"ProxyBypass\": \"<local>\",\n}\n", "proxy direct=false p:8080 [\"<local>\"] @4 @5\n")
	f("現在の WinHTTP プロキシ設定:\n\n    直接アクセス (プロキシ サーバーなし)。\n", "proxy direct=true  [] @3\n")
	f("SetupDiag version: 1.6\nSetupDiag was unable to match to any known failure signatures.\n", "setupdiag   phase= op= error= message= link= none=true @2\n")
	f("PS C:\\> Resolve-DnsName a.contoso.com\nResolve-DnsName : a.contoso.com : DNS name does not exist\n", "lookup a.contoso.com server= [] failed=true DNS name does not exist @2\n")
	f("C:\\>nslookup a.contoso.com\nDNS request timed out.\n    timeout was 2 seconds.\n", "lookup a.contoso.com server= [] failed=true DNS request timed out. @2\n")
	f("Application Deployments (Machine only)\n\nAssignmentID AssignmentName\n------------ --------------\n{1}          App\n", "")
	f("Update Deployments\n\nAssignmentID AssignmentName\n------------ --------------\n{1}          March\n", "deployment {1} March  override=false any=false n=0 @5\n")
	f("Update Deployments\n\nAssignmentID AssignmentName EnforcementDeadline       OverrideServiceWindows UseGMTTimes\n------------ -------------- -------------------       ---------------------- -----------\n"+
		"{1}          March          20250318220000.000000+***                   True        True\n{2}          April                                                    False       False\n",
		"deployment {1} March 20250318220000.000000+*** override=true any=false n=0 utc @5\ndeployment {2} April  override=false any=false n=0 available @6\n")
	f("instance of CCM_UpdateCIAssignment\n{\n\tAssignedCIs = {\"<CI><ID>ScopeId_1/SUM_0A000000-0000-0000-0000-000000000001</ID><ModelName>Site_1/SUM_0a000000-0000-0000-0000-000000000001</ModelName></CI>\", \"<CI><ID>Site_1/SUM_0a00\"};\n"+
		"\tAssignmentID = \"{1}\";\n\tAssignmentName = \"March\";\n\tEnforcementDeadline = NULL;\n\tRebootOutsideOfServiceWindows = TRUE;\n};\n",
		"deployment {1} March  override=false any=true n=2 available 0a000000-0000-0000-0000-000000000001 @1\n")
	f("AssignmentID           : {1}\nAssignmentName         : March\nEnforcementDeadline    : \nOverrideServiceWindows : True\n",
		"deployment {1} March  override=true any=false n=0 available @1\n")
	f("\"AssignmentID\",\"AssignmentName\",\"EnforcementDeadline\",\"OverrideServiceWindows\"\n\"{1}\",\"March\",\"\",\"True\"\n",
		"deployment {1} March  override=true any=false n=0 available @2\n")
	f("\"Host Name\",\"OS Name\",\"OS Version\",\"Hotfix(s)\"\n\"PC01\",\"Microsoft Windows 11 Pro\",\"10.0.22631 N/A Build 22631\",\"2 Hotfix(s) Installed.,[01]: KB5034441,[02]: KB5034765\"\n",
		"name=PC01 @2\nos=Microsoft Windows 11 Pro @2\nos_version=10.0.22631 @2\nos_build=22631 @2\nhotfix KB5034441  @2\nhotfix KB5034765  @2\n")
	f("HotFixID   InstalledOn  \nKB5034441  3/18/2025    \n", "hotfix KB5034441 3/18/2025 @2\n")
}
