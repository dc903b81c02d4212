package redact

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/ingest/gen"
)

// TestText holds what is replaced by its form or its place alone.
func TestText(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := New().Text(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	// Hosts.
	f("Got http://mp01.contoso.com:8530/ClientWebService/client.asmx now", "Got http://HOST-1.DOMAIN-1:8530/ClientWebService/client.asmx now")
	f("https://wsus:8531", "https://HOST-1:8531")
	f("MP: [HTTP] mp01.corp.contoso.co.jp and contoso.co.jp", "MP: [HTTP] HOST-1.DOMAIN-1 and DOMAIN-2")
	f("https://www.contoso.com, https://contoso.com", "https://HOST-1.DOMAIN-1, https://DOMAIN-1")
	f("http://jdoe:secret@proxy.contoso.com:8080/x", "http://USER-1@HOST-1.DOMAIN-1:8080/x")
	f(`\\SRV01\SMSPKGD$\PS100012`, `\\HOST-1\SMSPKGD$\PS100012`)
	f(`["Display=\\SRV01.contoso.com\"]MSWNET:["SMS_SITE=PS1"]\\SRV01.contoso.com\`, `["Display=\\HOST-1.DOMAIN-1\"]MSWNET:["SMS_SITE=PS1"]\\HOST-1.DOMAIN-1\`)
	f(`"path":"\\\\srv01\\share\\x.cab"`, `"path":"\\\\HOST-1\\share\\x.cab"`)
	f(`C:\\Windows\\System32 "C:\\Windows\\ccm" \\.\root\ccm \\?\C:\x`, `C:\\Windows\\System32 "C:\\Windows\\ccm" \\.\root\ccm \\?\C:\x`)
	f(`HostName = "MP01.CONTOSO.COM";`, `HostName = "HOST-1.DOMAIN-1";`)
	f(`<NetBIOSName>PC01</NetBIOSName>`, `<NetBIOSName>HOST-1</NetBIOSName>`)
	f("Host Name: server", "Host Name: server")
	f("MachineName=PC01, UserName=jdoe; domain = contoso", "MachineName=HOST-1, UserName=USER-1; domain = DOMAIN-1")
	f("http://download.windowsupdate.com/c/x.cab https://go.microsoft.com/?x http://localhost:80/", "http://download.windowsupdate.com/c/x.cab https://go.microsoft.com/?x http://localhost:80/")
	f("https://contoso.sharepoint.com http://cmg.cloudapp.net", "https://HOST-1.DOMAIN-1 http://HOST-2.DOMAIN-2")
	f("System.Net.WebException in Microsoft.Update.Session WUAHandler.log ccmsetup.exe command.com", "System.Net.WebException in Microsoft.Update.Session WUAHandler.log ccmsetup.exe command.com")
	f("CWuaHandler::Install SMS_CI::Get http://schemas.microsoft.com/x", "CWuaHandler::Install SMS_CI::Get http://schemas.microsoft.com/x")
	f(`\\日本語サーバ\共有\x \\?\UNC\SRV01\dir\x.txt \\?\UNC\日本\x`, `\\HOST-1\共有\x \\?\UNC\HOST-2\dir\x.txt \\?\UNC\HOST-3\x`)
	f("Data Source=SRV01\\INST1;Server=SRV02;Database=CM_PS1; Server: Microsoft-IIS/10.0", "Data Source=HOST-1\\INST1;Server=HOST-2;Database=CM_PS1; Server: Microsoft-IIS/10.0")
	f("LogonServer=DC01 host 'SRV03' not found, computer \"PC07\"; server 'unknown' host name", "LogonServer=HOST-1 host 'HOST-2' not found, computer \"HOST-3\"; server 'unknown' host name")
	f("   Host Name . . . . . . . . . . . . : PC01\r\n   Node Type . . . : Hybrid", "   Host Name . . . . . . . . . . . . : HOST-1\r\n   Node Type . . . : Hybrid")
	f("&lt;NetBIOSName&gt;PC01&lt;/NetBIOSName&gt; &quot;HostName&quot;=&quot;PC02&quot; {\\\"ComputerName\\\":\\\"PC03\\\"}", "&lt;NetBIOSName&gt;HOST-1&lt;/NetBIOSName&gt; &quot;HostName&quot;=&quot;HOST-2&quot; {\\\"ComputerName\\\":\\\"HOST-3\\\"}")
	f("http%3A%2F%2Fmp01.contoso.com%3A80%2Fx %5C%5CSRV01%5Cshare %2Fwsus.contoso.com %windir% %4d", "http%3A%2F%2FHOST-1.DOMAIN-1%3A80%2Fx %5C%5CHOST-2%5Cshare %2FHOST-3.DOMAIN-1 %windir% %4d")
	// Addresses.
	f("192.168.77.*;10.1.*;172.16.5.* version 10.1.* 10.0.* 3.5.*", "IP-1;IP-2;IP-3 version 10.1.* 10.0.* 3.5.*")
	f("0015.5d01.020A 1234.5678.9012 x0015.5d01.020A 0015.5d01.020A.1", "MAC-1 1234.5678.9012 x0015.5d01.020A 0015.5d01.020A.1")
	f("10.1.2.3, 192.0.2.7:8530 (10.1.2.3)", "IP-1, IP-2:8530 (IP-1)")
	f("127.0.0.1 255.255.255.0 0.0.0.0", "127.0.0.1 255.255.255.0 0.0.0.0")
	f("5.00.9128.1007 10.0.22631.3155 version 10.0.2.3 Version=4.1.0.2 client version is 1.2.3.4 ~~10.1.0.6", "5.00.9128.1007 10.0.22631.3155 version 10.0.2.3 Version=4.1.0.2 client version is 1.2.3.4 ~~10.1.0.6")
	f("2001:db8::1 [2001:db8::1]:443 fe80::1%4 ::1 ::", "IP-1 [IP-1]:443 IP-2%4 ::1 ::")
	f("http://[2001:db8::1]:8530/x", "http://[IP-1]:8530/x")
	f("at 10:02:03.123+480 and 1:2:3:4:5:6:7:8:9", "at 10:02:03.123+480 and 1:2:3:4:5:6:7:8:9")
	f("00-15-5D-01-02-0a 00:15:5d:01:02:0A FF-FF-FF-FF-FF-FF", "MAC-1 MAC-1 FF-FF-FF-FF-FF-FF")
	f("{811D3CCB-1111-2222-3333-444455556666}", "{811D3CCB-1111-2222-3333-444455556666}")
	// People and ids.
	f("mail to j.doe@contoso.com.", "mail to MAIL-1.")
	f("S-1-5-21-1-2-3-1001 S-1-5-18 S-1-5-32-544 s-1-5-21-1-2-3-1001", "SID-1 S-1-5-18 S-1-5-32-544 SID-1")
	f("GUID:8A4B2C3D-1111-2222-3333-444455556666 guid:8a4b2c3d-1111-2222-3333-444455556666", "GUID:CLIENT-1 guid:CLIENT-1")
	f(`C:\Users\jdoe\AppData\x C:\Users\John Doe\x c:\documents and settings\jdoe\x`, `C:\Users\USER-1\AppData\x C:\Users\USER-2\x c:\documents and settings\USER-1\x`)
	f(`C:\Users\Public\x C:\Users\ in C:\Users\jdoe is`, `C:\Users\Public\x C:\Users\ in C:\Users\USER-1 is`)
	f("file:///C:/Users/jdoe/x.html", "file:///C:/Users/USER-1/x.html")
	f("SCClient_CONTOSO@jdoe_1-20250301-010203.log SCNotify_CONTOSO@jdoe_1.log", "SCClient_DOMAIN-1@USER-1_1-20250301-010203.log SCNotify_DOMAIN-1@USER-1_1.log")
	f("HOST-1.DOMAIN-1 and USER-2 http://HOST-7/ MAIL-3", "HOST-1.DOMAIN-1 and USER-2 http://HOST-7/ MAIL-3")
	f("a@b.example@c.example", "MAIL-2")
	f("UserName: 佐藤花子 , UserName: 不明な エラー", "UserName: USER-1 , UserName: 不明な エラー")
	f("rolesetup.exe /install /siteserver:CM01 SMSFSP 0", "rolesetup.exe /install /siteserver:HOST-1 SMSFSP 0")
	f("_mssms_mp_ps1._tcp.ad.contoso.com", "_mssms_mp_ps1._tcp.HOST-1.DOMAIN-1")
	f(`UserName = "CONTOSO\\jdoe"; user 'FABRIKAM\asmith' logged on; user profile\x NT AUTHORITY\SYSTEM User=NT AUTHORITY\SYSTEM`,
		`UserName = "DOMAIN-1\\USER-1"; user 'DOMAIN-2\USER-2' logged on; user profile\x NT AUTHORITY\SYSTEM User=NT AUTHORITY\SYSTEM`)
	f("CN=PC01,OU=Clients,DC=contoso,DC=com and CN=John Doe,CN=Users,DC=contoso,DC=com; CN=System Management,CN=System,DC=contoso,DC=com", "CN=HOST-1,OU=Clients,DC=DOMAIN-1,DC=com and CN=USER-1,CN=Users,DC=DOMAIN-1,DC=com; CN=System Management,CN=System,DC=DOMAIN-1,DC=com")
	f("", "")
}

// TestLearned holds that names found in one place are replaced in all others.
func TestLearned(t *testing.T) {
	f := func(known, in, want string) {
		t.Helper()
		r := New()
		r.teach(known)
		if got := r.Text(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if again := r.Text(r.Text(in)); again != r.Text(in) {
			t.Errorf("%s\nagain %s", in, again)
		}
	}
	f(`http://pc01.contoso.com:8530/x`, "pc01 PC01_x PC011 XPC01 pc01.log PC01$ (PC01) PC01に PC01é", "HOST-1 HOST-1_x PC011 XPC01 HOST-1.log HOST-1$ (HOST-1) HOST-1に PC01é")
	f(`http://pc01.contoso.com:8530/x`, `CONTOSO\jdoe contoso-admins mycontoso NEW7.contoso.com`, `DOMAIN-1\USER-1 DOMAIN-1-admins mycontoso HOST-2.DOMAIN-1`)
	f(`http://mp.contoso.test:8530/x CONTOSO\jdoe said`, "jdoe on new7.contoso.test", "USER-1 on HOST-2.DOMAIN-1")
	f(`C:\Users\山田太郎\x C:\Users\John Doe\x C:\Users\Łukasz\x`, "山田太郎が John Doe, john doe Johnson Doe ŁUKASZ", "USER-1が USER-2, USER-2 Johnson Doe USER-3")
	f(`C:\Users\jdoe.CONTOSO\x`, "jdoe", "USER-2")
	f(`http://mp.contoso.com:8530/x CONTOSO\PC07$ \\PC07\x`, `CONTOSO\PC07$ PC07$ CONTOSO\PC08$`, `DOMAIN-1\HOST-2$ HOST-2$ DOMAIN-1\HOST-3$`)
	f(`\\server\x \\wsus\x`, `server wsus \\server\x`, `server wsus \\HOST-1\x`)
	f("GUID:8A4B2C3D-1111-2222-3333-444455556666", "{8a4b2c3d-1111-2222-3333-444455556666}", "{CLIENT-1}")
	f(`\\HOST-1\x \\host-2\x`, `\\HOST-1\x \\PC01\x 10.1.2.3`, `\\HOST-1\x \\HOST-3\x IP-1`)
	f(`http://mp.contoso.com:8530/x http://static.fabrikam.com/y http://files.contoso.com/z`, "static files-x archive", "static files-x archive")
	f(`http://mp.contoso.com:8530/x http://golden.fabrikam.com/y http://vault.contoso.com/z`, "golden vault", "golden HOST-3")
	f(`\\VERYLONG-COMPUTER-NAME\x`, "verylong-comput VERYLONG-COMPUTER-NAME", "HOST-1 HOST-1")
	f(`MachineName=PC01 User=PC01\jdoe`, `PC01\jdoe on PC01`, `HOST-1\USER-1 on HOST-1`)
	f("user CONTOSO\\jdoe logged on", "jdoe of Contoso", "USER-1 of DOMAIN-1")
	f("http://mp.contoso.com:8530/x", "user=CONTOSO%5Cjdoe&x CONTOSO%5cadele", "user=DOMAIN-1%5CUSER-1&x DOMAIN-1%5cUSER-2")
	f(`https://adobe.com/x`, "Adobe Reader", "Adobe Reader")
}

// TestEndless goes through texts that repeat without end what a name is made of.
// It ends only where the work grows no faster than the text.
func TestEndless(t *testing.T) {
	for _, s := range []string{
		"10.1.2.3-", "1:", "::1", "HOST-1.", "HOST-1_", "a-", "a.", "a@", `a\`, `\\a`, `\`, "user=", `user=a\`, "cn=", "S-1-5-21-1-", "00-15-5D-", "pc01-",
		"http://", "http://a@", `\Users\`, "GUID:", "山", "aaa bbb ", "x", "SCa_b@c", "version ", "contoso.com.", "{", "é",
	} {
		r := New()
		r.teach("http://pc01.contoso.com:8530/x C:\\Users\\aaa bbb\\x C:\\Users\\a-a-a-a\\x C:\\Users\\山田\\x " + strings.Repeat(s, 100))
		r.Text(strings.Repeat(s, (1<<19)/len(s)))
	}
}

// TestKey holds that the key names every token once for each name.
func TestKey(t *testing.T) {
	r := New()
	r.Text(`\\SRV02\x \\SRV01\x 10.1.2.3 j@contoso.com \\srv02\y`)
	want := []Pair{{"HOST-1", "SRV02"}, {"HOST-2", "SRV01"}, {"IP-1", "10.1.2.3"}, {"MAIL-1", "j@contoso.com"}}
	if got := r.Key(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// teach learns from a text as New does from a result.
func (r *Redactor) teach(s string) { r.take([]*lesson{study(s)}) }

// client is the result of a generated client, with a profile and a log of a user.
func client1(t testing.TB, bytes int64) *analyze.Result {
	t.Helper()
	dir := t.TempDir()
	if _, err := gen.Client(gen.Folder(filepath.Join(dir, "ADELE-LT7")), gen.Options{Seed: 5, Bytes: bytes, Machine: "ADELE-LT7", Domain: "fabrikam.example", Incident: gen.MPHTTPError, Binary: true}); err != nil {
		t.Fatal(err)
	}
	log := "<![LOG[User FABRIKAM\\jdoe (S-1-5-21-11-22-33-1001) opened C:\\Users\\jdoe\\x from 198.51.100.7, mac 00-15-5D-01-02-03, jdoe@fabrikam.example]LOG]!><time=\"01:02:03.000+360\" date=\"02-03-2025\" component=\"SCClient\" context=\"\" type=\"1\" thread=\"1\" file=\"a.cpp:1\">\r\n"
	if err := os.WriteFile(filepath.Join(dir, "ADELE-LT7", "SCClient_FABRIKAM@jdoe_1.log"), []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	info := "Host Name:                     ADELE-LT7\r\nOS Name:                       Microsoft Windows 11 Enterprise\r\nOS Version:                    10.0.22631 N/A Build 22631\r\nRegistered Owner:              jdoe\r\nSystem Boot Time:              2/3/2025, 1:02:03 AM\r\nDomain:                        fabrikam.example\r\nLogon Server:                  \\\\ADELE-DC1\r\n"
	if err := os.WriteFile(filepath.Join(dir, "ADELE-LT7", "systeminfo.txt"), []byte(info), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(t.Context(), []string{dir}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// originals are what must not be found in anything that was redacted.
var originals = []string{"adele", "fabrikam", "jdoe", "198.51.100.7", "00-15-5d", "s-1-5-21"}

func leaks(t *testing.T, where, text string) {
	t.Helper()
	low := strings.ToLower(text)
	for _, o := range originals {
		if i := strings.Index(low, o); i >= 0 {
			t.Errorf("%s: %q in %q", where, o, text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

// TestResult holds that nothing of a client's names is left in its records, its
// paths, findings and facts.
func TestResult(t *testing.T) {
	res := client1(t, 1<<20)
	r := New(res)
	out := r.Result(res)
	reader := out.Store.Reader()
	for id := range out.Store.Len() {
		_, raw := reader.Record(recordID(id))
		leaks(t, "record", r.Text(string(raw)))
		if t.Failed() {
			break
		}
	}
	for _, f := range out.Store.Files {
		leaks(t, "file", f.Path+"|"+f.Log+"|"+f.Computer+"|"+strings.Join(f.Components, "|"))
	}
	for _, m := range out.Machines {
		leaks(t, "machine", m.ID+"|"+m.Name)
		if m.Name != "HOST-1" {
			t.Errorf("machine %s", m.Name)
		}
	}
	if len(out.Findings) == 0 {
		t.Fatal("no findings")
	}
	for i, f := range out.Findings {
		for l, w := range f.Text {
			leaks(t, "finding", w.Title+w.Cause+strings.Join(w.Remediation, "")+strings.Join(w.Verify, ""))
			if w.Title == "" || res.Findings[i].Text[l].Title == "" {
				t.Errorf("finding %s lost its title", f.ID)
			}
		}
		for _, v := range f.Params {
			leaks(t, "param", v)
		}
	}
	for i, k := range out.Checklist {
		for _, l := range lang.All() {
			leaks(t, "check", k.Title.In(l)+k.Detail.In(l)+k.Collect.In(l)+k.Command)
			if (k.Detail.In(l) == "") != (res.Checklist[i].Detail.In(l) == "") {
				t.Errorf("check %s lost its words", k.ID)
			}
		}
	}
	for _, list := range out.Symptoms {
		for _, s := range list {
			leaks(t, "symptom", s.Title.In(lang.English)+s.Closing.In(lang.English))
			for _, c := range s.Causes {
				leaks(t, "symptom", c.Title.In(lang.English)+c.Detail.In(lang.English)+c.Collect.In(lang.English)+c.Command)
			}
		}
	}
	for _, c := range out.Coverage {
		leaks(t, "coverage", c.Log+c.Advice.In(lang.English))
	}
	for _, f := range out.Facts {
		for _, a := range f.All() {
			leaks(t, "fact", a.Value)
			for _, e := range a.Evidence {
				leaks(t, "fact", e.Text)
			}
		}
		if v, ok := r.Value(f.JSON()).(map[string]any); !ok || len(v) == 0 {
			t.Errorf("facts %v", v)
		}
	}
	if res.Machines[0].Name == out.Machines[0].Name || !strings.Contains(res.Store.Files[0].Path, "ADELE") {
		t.Errorf("the result itself was changed: %+v", res.Machines[0])
	}
	if a, b := r.Key(), New(res).Key(); len(a) < 5 || !slices.Equal(a[:5], b[:5]) {
		t.Errorf("keys differ: %v %v", a, b)
	}
}

// FuzzText holds that Text never panics, is done in one go, and gives the same
// again.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		`http://mp01.contoso.com:8530/x \\SRV01\x C:\Users\jdoe\x CONTOSO\jdoe`, "GUID:8A4B2C3D-1111-2222-3333-444455556666 S-1-5-21-1-2-3-4",
		"10.1.2.3 2001:db8::1 00-15-5D-01-02-03 a@b.example@c.example", `UserName="山田" HostName=PC01 HOST-1.contoso.com`, "SCClient_CONTOSO@jdoe_1-2.log",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, known, in string) {
		r := New()
		r.teach(known)
		once := r.Text(in)
		if again := r.Text(in); again != once {
			t.Fatalf("%q gave %q, then %q", in, once, again)
		}
		if twice := r.Text(once); twice != once {
			t.Fatalf("%q gave %q, and that %q", in, once, twice)
		}
	})
}
