package checklist

import (
	"testing"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest"
)

// TestFacts holds what facts make of each check: how they pass, fail and warn,
// and what is not enough.
func TestFacts(t *testing.T) {
	at := []fact.Evidence{place}
	seen := func(utc int64) *fact.Seen { return &fact.Seen{Time: utc, Evidence: place} }
	f := func(id string, in Input, want Status, variant string) {
		t.Helper()
		for _, c := range Run(in) {
			sound(t, c)
			if c.ID != id {
				continue
			}
			if key := "check." + id + "." + variant; c.Status != want || c.Detail.Key != key {
				t.Errorf("%s: %s %s, want %s %s", id, c.Status, c.Detail.Key, want, key)
			}
			return
		}
		t.Errorf("no check %s", id)
	}
	of := func(x fact.Facts) Input { return Input{Facts: &x} }
	disk := func(free int64) fact.Facts {
		return fact.Facts{Disks: []fact.Disk{{Name: "C:", Size: 100 * gb, SizeKnown: true, Free: free, FreeKnown: true, Evidence: at}}}
	}
	service := func(all ...fact.Service) fact.Facts {
		for i := range all {
			all[i].Evidence = at
		}
		return fact.Facts{Services: all}
	}
	policy := func(p fact.Policy) fact.Facts {
		p.Name, p.Evidence = "Specify intranet Microsoft update service location", place
		return fact.Facts{Policies: []fact.Policy{p}}
	}
	registry := func(values ...string) fact.Facts {
		var x fact.Facts
		for i := 0; i < len(values); i += 2 {
			key := `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate`
			if values[i] == "UseWUServer" {
				key += `\AU`
			}
			x.Registry = append(x.Registry, fact.RegistryValue{Key: key, Name: values[i], Type: "REG_SZ", Data: values[i+1], Evidence: place})
		}
		return x
	}
	const url = "http://sup01.contoso.com:8530"
	point := func(s fact.Source) []fact.UpdatePoint {
		return []fact.UpdatePoint{{URL: url, Host: "sup01.contoso.com", Port: 8530, Source: s, Evidence: place}}
	}
	request := func(url string, status int, kind string) fact.Facts {
		return fact.Facts{Requests: []fact.Request{{URL: url, Status: status, Kind: kind, Evidence: place}}}
	}

	f("clock", of(fact.Facts{TimeSource: known("dc01.contoso.com"), TimeSynced: known("3/18/2025 9:12:01 AM")}), Pass, "pass")
	f("clock", of(fact.Facts{TimeSource: known("Local CMOS Clock"), TimeSynced: known("unspecified")}), Warn, "warn")
	f("clock", of(fact.Facts{TimeSource: known("dc01.contoso.com"), TimeSynced: known("未指定")}), Unknown, "unknown")
	f("activation", of(fact.Facts{Activated: known("yes")}), Pass, "pass")
	f("activation", of(fact.Facts{Activated: known("no")}), Fail, "fail")

	adapter := func(a fact.Adapter) fact.Facts {
		a.Evidence, a.DisconnectedAt = place, place
		return fact.Facts{Adapters: []fact.Adapter{{Disconnected: true, DisconnectedAt: place}, a}}
	}
	f("network", of(adapter(fact.Adapter{Addresses: []string{"192.0.2.5"}, Gateways: []string{"192.0.2.1"}})), Pass, "pass")
	f("network", of(adapter(fact.Adapter{Addresses: []string{"169.254.7.7"}, Automatic: true})), Fail, "fail")
	f("network", of(adapter(fact.Adapter{Disconnected: true})), Fail, "fail")
	f("network", of(adapter(fact.Adapter{Addresses: []string{"192.0.2.5"}})), Unknown, "unknown")

	f("disk-space", of(disk(60*gb)), Pass, "pass")
	f("disk-space", of(disk(5*gb)), Warn, "warn")
	f("disk-space", of(disk(0)), Fail, "fail")
	x := disk(20 * gb)
	f("disk-space", Input{Facts: &x, Findings: []finding.Finding{found("feature-update-failed", finding.Error)}}, Warn, "warn.upgrade")
	f("download-progress", of(fact.Facts{DownloadFolder: known("1073741824")}), Unknown, "unknown.size")

	three := []fact.Service{{Name: "BITS", StartType: "manual"}, {Name: "wuauserv", State: "running"}, {Name: "TrustedInstaller", StartType: "auto"}}
	f("services", of(service(three...)), Pass, "pass")
	f("services", of(service(three[:2]...)), Unknown, "unknown.some")
	f("services", of(service(append(three[:2:2], fact.Service{Name: "TrustedInstaller", State: "stopped"})...)), Unknown, "unknown.some")
	f("services", of(service(append(three[:3:3], fact.Service{Name: "cryptsvc", StartType: "disabled"})...)), Fail, "fail.disabled")
	f("services", of(service(append(three[:3:3], fact.Service{Name: "CcmExec", StartType: "auto", State: "stopped"})...)), Fail, "fail.stopped")
	f("services", of(service(append(three[:2:2], fact.Service{Name: "TrustedInstaller", State: "missing"})...)), Fail, "fail.missing")
	f("services", of(service(append(three[:3:3], fact.Service{Name: "spooler", StartType: "disabled"})...)), Pass, "pass")

	f("system-requirements", of(fact.Facts{SetupDiag: &fact.SetupDiag{Profile: "HardblockDeviceOrDriver", Evidence: at}}), Fail, "fail")
	f("system-requirements", of(fact.Facts{SetupDiag: &fact.SetupDiag{Profile: "FindRollbackFailure", Evidence: at}}), Unknown, "unknown")
	f("system-requirements", Input{Findings: []finding.Finding{found("feature-update-failed", finding.Error, "code", "0xc1900200")}}, Fail, "fail.finding")
	f("system-requirements", Input{Findings: []finding.Finding{found("feature-update-failed", finding.Error, "code", "0xC1900101")}}, Unknown, "unknown")

	statuses := func(all ...string) fact.Facts {
		var x fact.Facts
		for _, s := range all {
			x.Updates = append(x.Updates, fact.UpdateStatus{Status: s, Evidence: place})
		}
		return x
	}
	f("os-current", of(statuses("Installed", "Installed")), Pass, "pass")
	f("os-current", of(statuses("Installed", "Missing")), Warn, "warn")
	f("os-current", of(statuses("Whatever")), Unknown, "unknown")
	f("update-status", of(statuses("Installed", "Missing")), Pass, "pass")
	f("update-status", of(statuses("")), Unknown, "unknown")

	f("system-files", of(fact.Facts{ComponentStore: known("healthy"), SystemFiles: known("repaired")}), Pass, "pass")
	f("system-files", of(fact.Facts{ComponentStore: known("repairable"), SystemFiles: known("healthy")}), Fail, "fail.store")
	f("system-files", of(fact.Facts{SystemFiles: known("corrupt")}), Fail, "fail.files")
	f("system-files", of(fact.Facts{ComponentStore: known("healthy")}), Unknown, "unknown.store")
	f("system-files", of(fact.Facts{SystemFiles: known("healthy")}), Unknown, "unknown.files")

	for id, name := range map[string]string{"bits": "BITS", "update-service": "wuauserv"} {
		f(id, of(service(fact.Service{Name: name, State: "running"})), Pass, "pass")
		f(id, of(service(fact.Service{Name: name, State: "stopped", StartType: "manual"})), Pass, "pass")
		f(id, of(service(fact.Service{Name: name, State: "stopped", StartType: "auto", ExitKnown: true, ExitCode: 1077})), Pass, "pass")
		f(id, of(service(fact.Service{Name: name, State: "stopped", StartType: "manual", ExitKnown: true, ExitCode: 2})), Unknown, "unknown")
		f(id, of(service(fact.Service{Name: name, State: "stopped"})), Unknown, "unknown")
		f(id, of(service(fact.Service{Name: name, State: "stopped", StartType: "disabled"})), Fail, "fail.disabled")
		f(id, of(service(fact.Service{Name: name, State: "missing"})), Fail, "fail.missing")
	}
	f("bits-account", of(service(fact.Service{Name: "bits", Account: "LocalSystem"})), Pass, "pass")
	f("bits-account", of(service(fact.Service{Name: "bits", Account: `CONTOSO\svc`})), Fail, "fail")
	f("bits-account", of(service(fact.Service{Name: "bits", State: "running"})), Unknown, "unknown")

	f("disk-cleanup", Input{Findings: []finding.Finding{found("feature-update-failed", finding.Error, "code", "0xC1900107")}}, Warn, "warn")
	f("restore-point", of(fact.Facts{OS: known("Microsoft Windows Server 2022 Standard"), Build: known("20348")}), Unknown, "unknown.server")
	f("servicing-stack", Input{Updates: ran(ledger.Within, ledger.Succeeded)}, Pass, "pass")
	f("servicing-stack", Input{Updates: ran(ledger.Within, ledger.Failed)}, Unknown, "unknown")

	f("network-path", of(fact.Facts{UpdatePoints: point(fact.Location), Connections: []fact.Connection{{Host: "SUP01", Port: 8530, Succeeded: true, Evidence: place}}}), Pass, "pass")
	f("network-path", of(fact.Facts{UpdatePoints: point(fact.Location), Connections: []fact.Connection{{Host: "sup01.contoso.com", Port: 8530, Evidence: place}}}), Fail, "fail")
	f("network-path", of(fact.Facts{UpdatePoints: point(fact.Location), Connections: []fact.Connection{{Host: "www.contoso.com", Port: 443, Evidence: place}}}), Unknown, "unknown")
	f("network-path", of(fact.Facts{LastScan: seen(5), LastDelivery: seen(6)}), Pass, "pass.logs")
	f("network-path", of(fact.Facts{LastScan: seen(5), LastScanFailed: seen(7), LastDelivery: seen(6)}), Unknown, "unknown")

	f("setupdiag", of(fact.Facts{SetupDiag: &fact.SetupDiag{NoMatch: true, Evidence: at}}), Pass, "pass")
	f("setupdiag", of(fact.Facts{SetupDiag: &fact.SetupDiag{Profile: "FindRollbackFailure", Error: "0x8007000D-0x2000C", Evidence: at}}), Fail, "fail")

	sources := func(name string, points []fact.UpdatePoint) fact.Facts {
		return fact.Facts{UpdatePoints: points, Sources: []fact.UpdateSource{{Name: "Windows Store"}, {Name: name, Default: true, Evidence: place}}}
	}
	f("update-server", of(sources("Windows Server Update Service", point(fact.Location))), Pass, "pass")
	f("update-server", of(sources("Microsoft Update", point(fact.Location))), Warn, "warn")
	f("update-server", of(sources("Microsoft Update", nil)), Pass, "pass")
	f("update-server", of(fact.Facts{UpdatePoints: point(fact.ManagedServer), LastScan: seen(5)}), Pass, "pass.logs")
	f("update-server", of(fact.Facts{UpdatePoints: point(fact.ManagedServer)}), Unknown, "unknown")

	const mplist = "http://mp01.contoso.com/sms_mp/.sms_aut?mplist"
	f("management-point", of(request(mplist, 200, "")), Pass, "pass")
	f("management-point", of(request(mplist, 503, "http")), Fail, "fail")
	f("management-point", of(request("http://www.contoso.com/", 200, "")), Unknown, "unknown")
	f("management-point", of(fact.Facts{LastDelivery: seen(5)}), Pass, "pass.logs")

	f("policy", of(fact.Facts{Deployments: []fact.Deployment{{Name: "March", Evidence: place}}}), Pass, "pass")
	f("policy", of(fact.Facts{DeploymentsListed: &place}), Warn, "warn")
	f("policy", of(fact.Facts{LastPolicy: seen(5)}), Pass, "pass.logs")
	f("policy", of(fact.Facts{LastPolicy: seen(5), Provisioning: known("yes")}), Fail, "fail.provisioning")
	f("policy", of(fact.Facts{SoftwareUpdates: known("no")}), Fail, "fail.disabled")

	f("scan", of(fact.Facts{LastScan: seen(5), LastScanFailed: seen(4)}), Pass, "pass")
	f("scan", of(fact.Facts{LastScan: seen(5), LastScanFailed: seen(6)}), Fail, "fail")

	proxy := func(p fact.Proxy, points []fact.UpdatePoint) fact.Facts {
		p.Evidence = at
		return fact.Facts{Proxy: &p, UpdatePoints: points}
	}
	f("proxy", of(proxy(fact.Proxy{Direct: true}, nil)), Pass, "pass.direct")
	f("proxy", of(proxy(fact.Proxy{Server: "proxy:8080", Bypass: []string{"*.contoso.com"}}, point(fact.Location))), Pass, "pass.bypassed")
	f("proxy", of(proxy(fact.Proxy{Server: "proxy:8080", Bypass: []string{"<local>"}}, point(fact.Location))), Warn, "warn")
	f("proxy", of(proxy(fact.Proxy{Server: "proxy:8080"}, nil)), Unknown, "unknown.set")

	f("group-policy", of(policy(fact.Policy{State: "enabled", GPO: "Local Group Policy", Local: true})), Pass, "pass")
	f("group-policy", of(policy(fact.Policy{State: "enabled", GPO: "WSUS Clients"})), Pass, "pass.domain")
	managed := policy(fact.Policy{State: "enabled", GPO: "WSUS Clients"})
	managed.SiteCode = known("CM1")
	f("group-policy", of(managed), Fail, "fail")
	f("group-policy", of(fact.Facts{RegistryPol: known("damaged")}), Fail, "fail.damaged")
	f("group-policy", of(fact.Facts{RegistryPol: known("good")}), Unknown, "unknown")
	f("applied-gpos", of(policy(fact.Policy{State: "enabled", GPO: "WSUS Clients"})), Pass, "pass")
	f("applied-gpos", of(policy(fact.Policy{State: "enabled", GPO: "Local Group Policy", Local: true})), Pass, "pass.local")
	f("applied-gpos", of(fact.Facts{GPOs: []fact.GPO{{Name: "Default Domain Policy", Applied: true, Evidence: place}}}), Unknown, "unknown.listed")
	f("applied-gpos", of(fact.Facts{GPOs: []fact.GPO{{Name: "WSUS Clients", Evidence: place}}}), Unknown, "unknown")

	f("registry-policy", of(registry("WUServer", url, "WUStatusServer", url+"/", "UseWUServer", "1")), Pass, "pass")
	f("registry-policy", of(registry("WUServer", url, "WUStatusServer", "http://old.contoso.com", "UseWUServer", "1")), Fail, "fail.differ")
	f("registry-policy", of(registry("WUServer", url, "WUStatusServer", url, "UseWUServer", "0")), Fail, "fail.unused")
	f("registry-policy", of(registry("WUServer", url, "WUStatusServer", url)), Unknown, "unknown.some")
	f("registry-policy", of(fact.Facts{Absent: []fact.Fact{known(`HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate /s`)}}), Fail, "fail.absent")
	f("registry-policy", of(fact.Facts{Absent: []fact.Fact{known(`HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU`)}}), Unknown, "unknown")

	lookup := func(host string, failed bool) fact.Facts {
		return fact.Facts{UpdatePoints: point(fact.Location), Lookups: []fact.Lookup{{Host: host, Failed: failed, Evidence: place}}}
	}
	f("name-resolution", of(lookup("SUP01.contoso.com", false)), Pass, "pass")
	f("name-resolution", of(lookup("sup01.contoso.com", true)), Fail, "fail")
	f("name-resolution", of(lookup("www.contoso.com", true)), Unknown, "unknown")
	f("name-resolution", of(lookup("sup01.fabrikam.com", true)), Unknown, "unknown")
	f("name-resolution", of(fact.Facts{UpdatePoints: []fact.UpdatePoint{{URL: "http://192.0.2.9:8530", Host: "192.0.2.9", Source: fact.Location, Evidence: place}}}), Pass, "pass.address")
	direct := proxy(fact.Proxy{Direct: true}, point(fact.Location))
	direct.LastScan = seen(5)
	f("name-resolution", of(direct), Pass, "pass")
	f("name-resolution", of(fact.Facts{UpdatePoints: point(fact.Location), LastScan: seen(5)}), Unknown, "unknown")

	f("wsus-web-services", of(request(url+"/ClientWebService/client.asmx", 200, "")), Pass, "pass")
	f("wsus-web-services", of(request(url+"/SimpleAuthWebService/SimpleAuth.asmx", 0, "timeout")), Fail, "fail")
	f("wsus-web-services", of(fact.Facts{LastScan: seen(5)}), Pass, "pass.logs")
	f("boundary-group", of(fact.Facts{UpdatePoints: point(fact.Location)}), Pass, "pass")
	f("boundary-group", of(fact.Facts{UpdatePoints: point(fact.PolicyRegistry)}), Unknown, "unknown")

	cache := func(size, percent int64) fact.Facts {
		x := disk(50 * gb)
		x.Cache = &fact.Cache{SizeMB: size, LimitPercent: percent, Evidence: at}
		return x
	}
	f("cache", of(cache(20480, 0)), Pass, "pass")
	f("cache", of(cache(5120, 0)), Pass, "pass")
	f("cache", of(cache(4000, 0)), Warn, "warn")
	f("cache", of(cache(51200, 4)), Warn, "warn") // 4 % of 100 GB
	f("cache", of(cache(0, 20)), Unknown, "unknown")

	f("max-runtime", Input{Updates: ran(ledger.Within, ledger.Succeeded)}, Pass, "pass")
	f("max-runtime", Input{Updates: ran(ledger.Near, ledger.Succeeded)}, Warn, "warn")
	f("max-runtime", Input{Updates: ran(ledger.Exceeded, ledger.Succeeded)}, Warn, "warn")
	f("max-runtime", Input{Updates: ran(ledger.Exceeded, ledger.Cancelled)}, Fail, "fail")
	f("max-runtime", Input{Updates: ran(ledger.Unknown, ledger.Succeeded)}, Unknown, "unknown")
	byHand := ran(ledger.Exceeded, ledger.Cancelled)
	byHand[0].Attempts[0].Caller = "UpdateOrchestrator"
	f("max-runtime", Input{Updates: byHand}, Unknown, "unknown")

	window := func(w Windows, u []ledger.Update) Input {
		w.Evidence = finding.Records(4)
		return Input{Windows: &w, Updates: u}
	}
	failed := ran(ledger.Within, ledger.Failed) // its maximum is 60 minutes
	f("maintenance-window", window(Windows{}, failed), Pass, "pass.none")
	f("maintenance-window", window(Windows{Count: 1, Longest: 3600}, failed), Pass, "pass")
	f("maintenance-window", window(Windows{Count: 1, Longest: 3599}, failed), Warn, "warn")
	f("maintenance-window", window(Windows{Count: 1, Longest: 3600}, nil), Unknown, "unknown.longest")

	sus := func(id string) *fact.Facts { return &fact.Facts{SusClientID: known(id), Name: known("PC02")} }
	f("susclientid", Input{Facts: sus("a-1"), Peers: []*fact.Facts{nil, {}, sus("a-2")}}, Pass, "pass")
	f("susclientid", Input{Facts: sus("a-1"), Peers: []*fact.Facts{sus("A-1")}}, Fail, "fail")
	f("susclientid", Input{Facts: sus("a-1"), Peers: []*fact.Facts{{}}}, Unknown, "unknown.alone")

	for _, id := range []string{"wsus-update-source", "eula", "microsoft-update"} {
		f(id, of(fact.Facts{LastSync: seen(5)}), Pass, "pass")
	}
	iis := []fact.Service{{Name: "WsusService", State: "running"}, {Name: "W3SVC", State: "running"}}
	f("wsus-services", of(service(iis...)), Pass, "pass")
	f("wsus-services", of(service(iis[:1]...)), Unknown, "unknown")
	f("wsus-services", of(service(iis[0], fact.Service{Name: "W3SVC", State: "stopped"})), Fail, "fail")
	own := service(fact.Service{Name: "W3SVC", State: "stopped"})
	f("wsus-services", Input{Role: ingest.Client, Facts: &own}, Unknown, "unknown") // a client's own IIS
	f("wsus-services", Input{Role: ingest.WSUS, Facts: &own}, Fail, "fail")
}
