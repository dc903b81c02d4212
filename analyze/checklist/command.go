package checklist

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// ask is what would settle a check.
type ask struct {
	words   Words
	command string
}

func asking(key, command string) ask {
	return ask{Words{Key: "check.collect." + key, Args: []any{command}}, command}
}

// run asks for the output of a command, which both PowerShell and the command
// prompt take unless it is plainly of PowerShell.
func run(command string) func(*env) ask { return func(*env) ask { return asking("run", command) } }

// add asks for a file.
func add(path string) func(*env) ask { return func(*env) ask { return asking("add", path) } }

// try tells a command that a person may try.
func try(command string) func(*env) ask { return func(*env) ask { return asking("try", command) } }

// open tells an address.
func open(address string) func(*env) ask { return func(*env) ask { return asking("open", address) } }

// serverRun and serverAdd ask for what is on the software update point or the
// site server.
func serverRun(command string) func(*env) ask {
	return func(*env) ask { return asking("server", command) }
}

func serverAdd(path string) func(*env) ask {
	return func(*env) ask { return asking("server-add", path) }
}

// queryService asks for state and settings of one service.
func queryService(name string) func(*env) ask {
	return run(`cmd /c "sc query ` + name + ` & sc qc ` + name + `"`)
}

// age tells versions of Windows by which commands they take.
type age int

const (
	ageUnknown age = iota
	legacy         // up to Windows 8.1 and Server 2012 R2
	server2016     // Server 2016
	modern         // Windows 10, Server 2019 and later
	windows11
)

func (e *env) age() age {
	switch f := e.Facts.OSFamily(); f {
	case "":
		return ageUnknown
	case "win7", "win8.1", "server2008r2", "server2012", "server2012r2":
		return legacy
	case "server2016":
		return server2016
	case "win11":
		return windows11
	default:
		return modern
	}
}

// isServer reports whether Windows is known to be a Server.
func (e *env) isServer() bool { return strings.HasPrefix(e.Facts.OSFamily(), "server") }

// powerShell2 reports whether the machine may have no more than PowerShell 2.
func (e *env) powerShell2() bool {
	f := e.Facts.OSFamily()
	return f == "win7" || f == "server2008r2"
}

// build is the build of Windows, 0 where it is not known.
func (e *env) build() int {
	number, _, _ := strings.Cut(e.Facts.Build.Value, ".")
	n, _ := strconv.Atoi(number)
	return n
}

// safe returns a name from the bundle if it may stand in a command that somebody
// copies, else instead: bundles are hostile.
func safe(name, instead string) string {
	if name == "" || len(name) > 253 || name[0] == '-' {
		return instead
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
		default:
			return instead
		}
	}
	return name
}

// managementPointHost is for commands.
func (e *env) managementPointHost() string {
	const unknown = "<management-point-FQDN>"
	if len(e.Facts.ManagementPoints) == 0 {
		return unknown
	}
	return safe(e.Facts.ManagementPoints[0].Value, unknown)
}

// updatePoint is where the machine scans, nil where nothing tells.
func (e *env) updatePoint() *fact.UpdatePoint {
	return e.Facts.UpdatePoint(fact.ManagedServer, fact.Location, fact.PolicyRegistry, fact.GroupPolicy, fact.SiteServer)
}

// updatePointHost and updatePointBase are for commands: the host, and the
// address up to the port.
func (e *env) updatePointHost() (host string, port int) {
	const unknown = "<software-update-point-FQDN>"
	p := e.updatePoint()
	if p == nil {
		return unknown, 8530
	}
	if port = p.Port; port <= 0 {
		port = 8530
	}
	return safe(p.Host, unknown), port
}

func (e *env) updatePointBase() string {
	scheme := "http"
	if p := e.updatePoint(); p != nil {
		if u, err := url.Parse(p.URL); err == nil && strings.EqualFold(u.Scheme, "https") {
			scheme = "https"
		}
	}
	host, port := e.updatePointHost()
	return scheme + "://" + host + ":" + strconv.Itoa(port)
}

func (e *env) askManagementPoint() ask {
	return asking("run", `Invoke-WebRequest -Uri "http://`+e.managementPointHost()+`/sms_mp/.sms_aut?mplist" -UseBasicParsing`)
}

func (e *env) askWebServices() ask {
	base := e.updatePointBase()
	return asking("run", `Invoke-WebRequest -Uri "`+base+`/ClientWebService/client.asmx" -UseBasicParsing`+"\n"+
		`Invoke-WebRequest -Uri "`+base+`/SimpleAuthWebService/SimpleAuth.asmx" -UseBasicParsing`)
}

func (e *env) askLookup() ask {
	host, _ := e.updatePointHost()
	return asking("run", "nslookup "+host)
}

func (e *env) askPath() ask {
	host, port := e.updatePointHost()
	if e.powerShell2() {
		return asking("run", `(New-Object Net.Sockets.TcpClient).Connect("`+host+`",`+strconv.Itoa(port)+`)`)
	}
	return asking("run", `Test-NetConnection -ComputerName "`+host+`" -Port `+strconv.Itoa(port))
}

func (e *env) askDisks() ask {
	if e.powerShell2() {
		return asking("run", `Get-WmiObject Win32_LogicalDisk | Format-List DeviceID,DriveType,Size,FreeSpace`)
	}
	return asking("run", `Get-CimInstance Win32_LogicalDisk | Format-List DeviceID,DriveType,Size,FreeSpace`)
}

// neededServices are those that must not be disabled on this version of Windows.
// The first three are those of the article.
func (e *env) neededServices() []string {
	out := []string{"bits", "wuauserv", "TrustedInstaller", "cryptsvc"}
	switch e.age() {
	case legacy:
	case server2016:
		out = append(out, "usosvc")
	default:
		out = append(out, "usosvc", "dosvc")
	}
	if e.configMgr() {
		out = append(out, "CcmExec")
	}
	return out
}

func (e *env) askServices() ask {
	var filter []string
	for _, n := range e.neededServices() {
		filter = append(filter, "Name='"+n+"'")
	}
	verb := "Get-CimInstance"
	if e.powerShell2() {
		verb = "Get-WmiObject"
	}
	return asking("run", verb+` Win32_Service -Filter "`+strings.Join(filter, " OR ")+`" | Format-List Name,State,StartMode,StartName,ExitCode`)
}

func (e *env) askSpeed() ask {
	if a := e.age(); a == legacy || a == server2016 {
		return asking("add", `C:\Windows\CCM\Logs\DataTransferService.log`)
	}
	return asking("run", `Get-DeliveryOptimizationPerfSnap`)
}

func (e *env) askTroubleshooter() ask {
	switch e.age() {
	case modern, windows11, ageUnknown:
		if !e.isServer() {
			return asking("try", `start ms-settings:troubleshoot`)
		}
	}
	return asking("try", `msdt.exe /id WindowsUpdateDiagnostic`)
}

func (e *env) askSystemFiles() ask {
	const store, files = `DISM.exe /Online /Cleanup-Image /ScanHealth`, `sfc /scannow`
	switch {
	case e.Facts.ComponentStore.Known() || e.powerShell2(): // Windows 7 has no /ScanHealth
		return asking("run", files)
	case e.Facts.SystemFiles.Known():
		return asking("run", store)
	}
	return asking("run", `cmd /c "`+store+` & `+files+`"`)
}

func (e *env) askRestore() ask {
	if e.isServer() {
		return asking("try", `wbadmin get versions`)
	}
	return asking("try", `rstrui.exe`)
}

// askCatalog tells where to get the update that fails.
func (e *env) askCatalog() ask {
	kb := ""
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Machine == e.Machine && kb == "" && slices.Contains([]string{"install-failed", "content-hash-mismatch"}, f.ID) {
			kb = article(f.Params["kb"])
		}
	}
	if kb == "" {
		return asking("open", `https://www.catalog.update.microsoft.com/`)
	}
	return asking("open", `https://www.catalog.update.microsoft.com/Search.aspx?q=`+kb)
}

// article returns s if it is "KB" and six or seven digits, else "".
func article(s string) string {
	if len(s) < 8 || len(s) > 9 || !strings.HasPrefix(s, "KB") || strings.Trim(s[2:], "0123456789") != "" {
		return ""
	}
	return s
}

func (e *env) askAntivirus() ask {
	if e.isServer() || e.age() == legacy {
		return asking("run", `fltmc filters`)
	}
	return asking("run", `Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct | Format-List displayName,productState`)
}

func (e *env) askMedia() ask {
	switch {
	case e.isServer():
		return asking("try", `setup.exe /auto upgrade`)
	case e.age() == windows11:
		return asking("open", `https://www.microsoft.com/software-download/windows11`)
	}
	return asking("open", `https://www.microsoft.com/software-download/windows10`)
}

func (e *env) askUpdateLog() ask {
	if e.age() == legacy {
		return asking("add", `C:\Windows\WindowsUpdate.log`)
	}
	return asking("run", `Get-WindowsUpdateLog -LogPath C:\Windows\Temp\WindowsUpdate.log`)
}

// askReset tells how to build the download cache anew on this version of
// Windows: S4.14 with the services and the BITS queue of S2.18-S2.24.
func (e *env) askReset() ask {
	a := e.age()
	services := []string{"wuauserv", "bits", "cryptsvc"}
	switch a {
	case legacy:
	case server2016:
		services = slices.Concat([]string{"usosvc"}, services)
	default:
		services = slices.Concat([]string{"usosvc", "dosvc"}, services)
	}
	var lines []string
	for _, s := range services {
		lines = append(lines, "net stop "+s)
	}
	lines = append(lines, `ren %systemroot%\SoftwareDistribution SoftwareDistribution_bak`, `ren %systemroot%\System32\catroot2 catroot2_bak`)
	const queue = `%ALLUSERSPROFILE%\Microsoft\Network\Downloader\`
	switch old := a == legacy || a == server2016 || a == modern && e.build() != 0 && e.build() <= 15063; {
	case a == windows11: // its updates do not use BITS
	case old:
		lines = append(lines, `del `+queue+`qmgr0.dat`, `del `+queue+`qmgr1.dat`)
	default:
		lines = append(lines, `del /Q `+queue+`*`)
	}
	slices.Reverse(services)
	for _, s := range services {
		lines = append(lines, "net start "+s)
	}
	if a == legacy {
		lines = append(lines, `wuauclt /detectnow`)
	} else {
		lines = append(lines, `powershell -Command "(New-Object -ComObject Microsoft.Update.AutoUpdate).DetectNow()"`)
	}
	block := strings.Join(lines, "\r\n")
	switch until := e.detectionBlocked(); {
	case a == ageUnknown:
		return ask{e.words("collect.os-unknown", block), block}
	case until != "":
		return ask{e.words("collect.blocked", block, until), block}
	}
	return ask{e.words("collect", block), block}
}

// detectionBlocked tells until when DetectNow does nothing, "" where it works or
// that is not known.
func (e *env) detectionBlocked() string {
	if until := e.Facts.DetectionBlocked(); until != 0 {
		return e.Time(until)
	}
	return ""
}
