package checklist

import (
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
)

func command(t *testing.T, in Input, id string) (string, Words) {
	t.Helper()
	for _, c := range Run(in) {
		if c.ID == id {
			return c.Command, c.Collect
		}
	}
	t.Fatalf("no check %s", id)
	return "", Words{}
}

func windows(os, build string) *fact.Facts {
	return &fact.Facts{OS: known(os), Build: known(build)}
}

// TestReset holds S2.18-S2.24 and S4.14: which services, which queue, which
// command to detect, by version of Windows.
func TestReset(t *testing.T) {
	f := func(os, build string, want ...string) {
		t.Helper()
		got, words := command(t, Input{Facts: windows(os, build)}, "download-cache")
		var lines []string
		for _, l := range strings.Split(got, "\r\n") {
			for _, cut := range []string{"net ", `%ALLUSERSPROFILE%\Microsoft\Network\Downloader\`, `%systemroot%\`, "powershell -Command "} {
				l = strings.ReplaceAll(l, cut, "")
			}
			lines = append(lines, l)
		}
		if strings.Join(lines, "|") != strings.Join(want, "|") {
			t.Errorf("%s %s:\n got %s\nwant %s", os, build, strings.Join(lines, "|"), strings.Join(want, "|"))
		}
		key := "check.download-cache.collect"
		if os == "" {
			key += ".os-unknown"
		}
		if words.Key != key {
			t.Errorf("%s: words %s", os, words.Key)
		}
	}
	list := func(parts ...string) []string { return strings.Split(strings.Join(parts, "|"), "|") }
	const (
		rename = `ren SoftwareDistribution SoftwareDistribution_bak|ren System32\catroot2 catroot2_bak`
		detect = `"(New-Object -ComObject Microsoft.Update.AutoUpdate).DetectNow()"`
		stop   = "stop usosvc|stop dosvc|stop wuauserv|stop bits|stop cryptsvc"
		start  = "start cryptsvc|start bits|start wuauserv|start dosvc|start usosvc"
		old    = "del qmgr0.dat|del qmgr1.dat"
	)
	f("Microsoft Windows Server 2012 R2 Standard", "9600", list("stop wuauserv|stop bits|stop cryptsvc", rename, old,
		"start cryptsvc|start bits|start wuauserv", "wuauclt /detectnow")...)
	f("Microsoft Windows Server 2016 Standard", "14393", list("stop usosvc|stop wuauserv|stop bits|stop cryptsvc", rename, old,
		"start cryptsvc|start bits|start wuauserv|start usosvc", detect)...)
	f("Microsoft Windows 10 Enterprise", "14393", list(stop, rename, old, start, detect)...)
	f("Microsoft Windows 10 Enterprise", "19045.4170", list(stop, rename, "del /Q *", start, detect)...)
	f("Microsoft Windows Server 2022 Standard", "20348", list(stop, rename, "del /Q *", start, detect)...)
	f("Microsoft Windows 11 Pro", "22631", list(stop, rename, start, detect)...)
	f("", "", list(stop, rename, "del /Q *", start, detect)...)
}

// TestDetectionBlocked holds S2.24.
func TestDetectionBlocked(t *testing.T) {
	f := func(x *fact.Facts, frequency, want string) {
		t.Helper()
		x.LastDetection = &fact.Seen{Time: time.Date(2025, 3, 18, 1, 0, 0, 0, time.UTC).UnixNano(), Evidence: place}
		if frequency != "" {
			x.Registry = []fact.RegistryValue{{Key: `HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU`, Name: "DetectionFrequency", Data: frequency}}
		}
		_, w := command(t, Input{Facts: x}, "download-cache")
		got := ""
		if len(w.Args) > 1 {
			got = w.Args[1].(string)
		}
		if got != want {
			t.Errorf("%s %q: blocked until %q, want %q", x.OS.Value, frequency, got, want)
		}
	}
	f(windows("Microsoft Windows 11 Pro", "22631"), "", "2025-03-18 23:00:00 UTC")
	f(windows("Microsoft Windows 11 Pro", "22631"), "4", "2025-03-18 05:00:00 UTC")
	f(windows("Microsoft Windows 11 Pro", "22631"), "rubbish", "2025-03-18 23:00:00 UTC")
	f(windows("Microsoft Windows 10 Pro", "15063"), "", "")
	f(windows("Microsoft Windows Server 2016 Standard", "14393"), "", "")
}

// TestCommands holds that commands are of this machine and its version.
func TestCommands(t *testing.T) {
	f := func(id string, x *fact.Facts, want string) {
		t.Helper()
		if got, _ := command(t, Input{Facts: x}, id); got != want {
			t.Errorf("%s on %q: %s, want %s", id, x.OS.Value, got, want)
		}
	}
	point := func(url, host string, port int) *fact.Facts {
		return &fact.Facts{
			UpdatePoints:     []fact.UpdatePoint{{URL: url, Host: host, Port: port, Source: fact.PolicyRegistry, Evidence: place}},
			ManagementPoints: []fact.Fact{known(host)},
		}
	}
	sup := point("https://sup01.contoso.com:8531", "sup01.contoso.com", 8531)
	f("wsus-web-services", sup, `Invoke-WebRequest -Uri "https://sup01.contoso.com:8531/ClientWebService/client.asmx" -UseBasicParsing`+"\n"+
		`Invoke-WebRequest -Uri "https://sup01.contoso.com:8531/SimpleAuthWebService/SimpleAuth.asmx" -UseBasicParsing`)
	f("management-point", sup, `Invoke-WebRequest -Uri "http://sup01.contoso.com/sms_mp/.sms_aut?mplist" -UseBasicParsing`)
	f("network-path", sup, `Test-NetConnection -ComputerName "sup01.contoso.com" -Port 8531`)
	f("network-path", windows("Microsoft Windows 7 Professional", "7601"), `(New-Object Net.Sockets.TcpClient).Connect("<software-update-point-FQDN>",8530)`)
	f("disk-space", windows("Microsoft Windows 7 Professional", "7601"), `Get-WmiObject Win32_LogicalDisk | Format-List DeviceID,DriveType,Size,FreeSpace`)
	f("disk-space", windows("Microsoft Windows 11 Pro", "22631"), `Get-CimInstance Win32_LogicalDisk | Format-List DeviceID,DriveType,Size,FreeSpace`)
	f("update-log", windows("Microsoft Windows Server 2012 R2 Standard", "9600"), `C:\Windows\WindowsUpdate.log`)
	f("update-log", windows("Microsoft Windows Server 2019 Standard", "17763"), `Get-WindowsUpdateLog -LogPath C:\Windows\Temp\WindowsUpdate.log`)
	f("troubleshooter", windows("Microsoft Windows 11 Pro", "22631"), `start ms-settings:troubleshoot`)
	f("troubleshooter", windows("Microsoft Windows Server 2019 Standard", "17763"), `msdt.exe /id WindowsUpdateDiagnostic`)
	f("restore-point", windows("Microsoft Windows Server 2019 Standard", "17763"), `wbadmin get versions`)
	f("installation-media", windows("Microsoft Windows 11 Pro", "22631"), `https://www.microsoft.com/software-download/windows11`)
	f("antivirus", windows("Microsoft Windows Server 2019 Standard", "17763"), `fltmc filters`)
	f("system-files", windows("Microsoft Windows 7 Professional", "7601"), `sfc /scannow`)
	f("services", windows("Microsoft Windows Server 2016 Standard", "14393"),
		`Get-CimInstance Win32_Service -Filter "Name='bits' OR Name='wuauserv' OR Name='TrustedInstaller' OR Name='cryptsvc' OR Name='usosvc'" | Format-List Name,State,StartMode,StartName,ExitCode`)
}

// What a hostile bundle calls a server never gets into a command.
func TestHostileNames(t *testing.T) {
	for _, host := range []string{`x";calc;"`, "x`ncalc", "x$(calc)", "x & calc", "x|calc", "-x", "x'y", "x\ncalc", "", strings.Repeat("x", 254), "ホスト"} {
		x := &fact.Facts{
			UpdatePoints:     []fact.UpdatePoint{{URL: "https://" + host, Host: host, Port: -1, Source: fact.PolicyRegistry, Evidence: place}},
			ManagementPoints: []fact.Fact{known(host)},
		}
		in := Input{Facts: x, Findings: []finding.Finding{found("install-failed", finding.Error, "kb", host)}}
		for _, c := range Run(in) {
			if host != "" && strings.Contains(c.Command, host) {
				t.Errorf("%s: %q in %q", c.ID, host, c.Command)
			}
			if strings.Contains(c.Command, "-Port -") || strings.Contains(c.Command, ":-1") {
				t.Errorf("%s: %q", c.ID, c.Command)
			}
		}
	}
	f := func(kb, want string) {
		t.Helper()
		got, _ := command(t, Input{Findings: []finding.Finding{found("install-failed", finding.Error, "kb", kb)}}, "manual-install")
		if got != want {
			t.Errorf("%q: %s, want %s", kb, got, want)
		}
	}
	f("KB5034441", "https://www.catalog.update.microsoft.com/Search.aspx?q=KB5034441")
	f("KB503444&x", "https://www.catalog.update.microsoft.com/")
	f("A title", "https://www.catalog.update.microsoft.com/")
}
