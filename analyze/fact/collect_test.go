package fact

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// ccm writes a record of the client, at a minute past one in Japan.
func ccm(component, minute, message string) string {
	return `<![LOG[` + message + `]LOG]!><time="10:` + minute + `:00.000-540" date="03-18-2025" component="` + component + `" context="" type="1" thread="100" file="x.cpp:1">` + "\r\n"
}

// bundle is a small client: logs, one of them rolled over, and snapshots.
var bundle = map[string]string{
	"Logs/WUAHandler-20250318-100500.log": ccm("WUAHandler", "01", "Successfully completed scan.") + ccm("WUAHandler", "02", "Enabling WUA Managed server policy to use server: http://old.contoso.com:8530"),
	"Logs/WUAHandler.log":                 ccm("WUAHandler", "06", "Existing WUA Managed server was already set (http://wsus.contoso.com:8530), skipping Group Policy registration.") + ccm("WUAHandler", "07", "Scan failed with error = 0x80072ee2."),
	"Logs/LocationServices.log":           ccm("LocationServices", "01", "WSUS Path='http://wsus.contoso.com:8530', Server='wsus.contoso.com', Version='38'") + ccm("LocationServices", "02", "Current AD site of machine is Tokyo"),
	"Logs/ClientLocation.log":             ccm("ClientLocation", "01", "Client is now successfully assigned to site 'PS1'") + ccm("ClientLocation", "02", "Rotating assigned management point, new management point [1] is: mp2.contoso.com (7804) with capabilities: x"),
	"Logs/PolicyAgent.log":                ccm("PolicyAgent_RequestAssignments", "03", "Received Machine delta policy update with 1 assignments"),
	"Logs/CcmMessaging.log":               ccm("CcmMessaging", "04", "OutgoingMessage(Queue='mp_[http]mp_locationmanager', ID={A}): Delivered successfully to host 'mp1.contoso.com'."),
	"Logs/CAS.log":                        ccm("ContentAccess", "05", "CacheManager: There are currently 123456 bytes used for cached content items (4 total, 1 active, 3 tombstoned, 0 expired)."),
	"Logs/UpdatesDeployment.log":          ccm("UpdatesDeploymentAgent", "09", "CTargetedUpdatesManager::DetectRebootPendingUpdates - Total Pending reboot updates = 2"),
	"Logs/RebootCoordinator.log":          ccm("RebootCoordinator", "08", "System reboot request succeeded."),
	"SystemInfo/systeminfo.txt":           "Host Name:                 PC01\r\nOS Name:                   Microsoft Windows 10 Enterprise\r\nOS Version:                10.0.19045 N/A Build 19045\r\n",
	"WindowsUpdate/registry_wupolicy.txt": "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\r\n    WUServer    REG_SZ    http://wsus.contoso.com:8530\r\n",
	"winhttp_proxy.txt":                   "\r\n現在の WinHTTP プロキシ設定:\r\n\r\n    プロキシ サーバー:  proxy.contoso.com:8080\r\n    バイパス一覧     :  (なし)\r\n",
}

// store reads files as a bundle.
func storeOf(t testing.TB, files map[string]string) *record.Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "PC01")
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res.Store
}

func TestCollect(t *testing.T) {
	s := storeOf(t, bundle)
	f, err := Collect(context.Background(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.MarshalIndent(f.JSON(), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/collect.json", string(raw)+"\n")
	again, err := Collect(context.Background(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	if other, _ := json.MarshalIndent(again.JSON(), "", "\t"); string(other) != string(raw) {
		t.Error("the same store gives other facts")
	}
	// What evidence quotes must stand in the record it names.
	r := s.Reader()
	for _, seen := range []*Seen{f.LastScan, f.LastScanFailed, f.LastPolicy, f.LastDelivery} {
		m, text := r.Record(seen.Evidence.Record)
		if m.File != seen.Evidence.File || m.Line != seen.Evidence.Line || m.Time != seen.Time || !strings.Contains(string(text), seen.Evidence.Text) {
			t.Errorf("evidence %+v, record %+v %q", seen.Evidence, m, text)
		}
	}
	if f, _ := Collect(context.Background(), s, 7); len(f.All()) != 0 {
		t.Error("facts of a machine that is not there")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Collect(ctx, s, 0); err == nil {
		t.Error("not cancelled")
	}
}

// TestClientRestart wants the newest word of the client to count.
func TestClientRestart(t *testing.T) {
	f := func(deployment, coordinator string, want bool) {
		t.Helper()
		facts, err := Collect(context.Background(), storeOf(t, map[string]string{"Logs/UpdatesDeployment.log": deployment, "Logs/RebootCoordinator.log": coordinator}), 0)
		if err != nil {
			t.Fatal(err)
		}
		if facts.RestartPending() != want {
			t.Errorf("pending %v: %+v", !want, facts.Restarts)
		}
	}
	count := func(minute, n string) string {
		return ccm("UpdatesDeploymentAgent", minute, "CTargetedUpdatesManager::DetectRebootPendingUpdates - Total Pending reboot updates = "+n)
	}
	f(count("01", "1"), ccm("RebootCoordinator", "02", "System reboot request succeeded."), false)
	f(count("03", "1"), ccm("RebootCoordinator", "02", "System reboot request succeeded."), true)
	f(count("03", "0"), ccm("RebootCoordinator", "02", "Scheduled reboot from agent UpdatesDeploymentAgent."), false)
	f(count("01", "0"), ccm("RebootCoordinator", "02", "Scheduled reboot from agent UpdatesDeploymentAgent."), true)
}

// TestNewest wants a client that was moved to be where it is now, in whatever
// log that stands.
func TestNewest(t *testing.T) {
	f := func(handler, policy, exec, point, provisioning string) {
		t.Helper()
		facts, err := Collect(context.Background(), storeOf(t, map[string]string{"Logs/WUAHandler.log": handler, "Logs/PolicyAgent.log": policy, "Logs/CcmExec.log": exec}), 0)
		if err != nil {
			t.Fatal(err)
		}
		if p := facts.UpdatePoint(ManagedServer); len(facts.UpdatePoints) != 1 || p.Host != point {
			t.Errorf("update points %+v, want %s", facts.UpdatePoints, point)
		}
		if facts.Provisioning.Value != provisioning {
			t.Errorf("provisioning mode %q, want %q", facts.Provisioning.Value, provisioning)
		}
	}
	set := func(minute, host string) string {
		return ccm("WUAHandler", minute, "Enabling WUA Managed server policy to use server: http://"+host+":8530")
	}
	had := func(minute, host string) string {
		return ccm("WUAHandler", minute, "Existing WUA Managed server was already set (http://"+host+":8530), skipping Group Policy registration.")
	}
	in := func(component, minute string) string {
		return ccm(component, minute, "Client is in provisioning mode.")
	}
	out := func(component, minute string) string {
		return ccm(component, minute, "Client is not in provisioning mode.")
	}
	f(had("01", "a")+set("02", "b"), in("PolicyAgent_RequestAssignments", "01"), out("CcmExec", "02"), "b", "no")
	f(set("01", "a")+had("02", "b"), out("PolicyAgent_RequestAssignments", "01"), in("CcmExec", "02"), "b", "yes")
	f(set("01", "a")+had("02", "a"), in("PolicyAgent_RequestAssignments", "03"), out("CcmExec", "02"), "a", "yes")
}

// TestHostile wants text made to cost much read in time; each would take minutes
// if the work grew with the square of the length.
func TestHostile(t *testing.T) {
	for _, s := range []string{
		"<html>" + strings.Repeat("<script></script>", 100_000),
		"<html>" + strings.Repeat("<script>", 200_000),
		"<html>" + strings.Repeat("<td>x", 200_000),
		"<?xml?>" + strings.Repeat("<a>", 300_000) + strings.Repeat("</b>", 300_000),
		strings.Repeat("-- ", 300_000) + "\n" + strings.Repeat("-- ", 300_000) + "\n" + strings.Repeat("a ", 500_000),
		"REGEDIT4\n[HKEY_LOCAL_MACHINE\\X\\Policies\\Microsoft\\Windows\\WindowsUpdate]\n\"A\"=hex:" + strings.Repeat("00,\\\n", 200_000),
		strings.Repeat("HotFixID : KB5000000\n\n", 50_000),
		"Name : x\n" + strings.Repeat("                    y\n", 100_000),
		strings.Repeat("\"a\",", 300_000) + "\n" + strings.Repeat("\"a\",", 300_000),
	} {
		read(s)
	}
}

// FuzzSnapshot reads any text; what it quotes must be of that text.
func FuzzSnapshot(f *testing.F) {
	names, _ := filepath.Glob("testdata/snapshot/*")
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := newCollector()
		c.snapshot(text, "")
		c.finish()
		lines := strings.Count(string(text), "\n") + 1
		for _, p := range c.All() {
			for _, e := range p.Evidence {
				if e.Line < 1 || e.Line > lines {
					t.Fatalf("%s at line %d of %d", p.Name, e.Line, lines)
				}
			}
		}
		if _, err := json.Marshal(c.JSON()); err != nil {
			t.Fatal(err)
		}
		for _, p := range c.UpdatePoints {
			if c.Proxy != nil {
				c.Proxy.Bypasses(p.URL)
			}
		}
		c.ForRules(nil)
	})
}
