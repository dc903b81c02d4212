package checklist

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/fact"
	"patchtrail/ingest"
	"patchtrail/ingest/evtx/evtxtest"
	"patchtrail/ingest/record"
)

// read puts texts into a folder and reads it, with its facts.
func read(t *testing.T, files map[string]string) (*record.Store, *fact.Facts) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := fact.Collect(context.Background(), in.Store, 0)
	if err != nil {
		t.Fatal(err)
	}
	return in.Store, facts
}

// ccm writes records of a client's log, one a minute from 09:00 Japan on.
func ccm(component string, messages ...string) string {
	var b strings.Builder
	for i, m := range messages {
		at := time.Date(2025, 3, 18, 9, i, 0, 0, time.UTC)
		b.WriteString("<![LOG[" + m + "]LOG]!><time=\"" + at.Format("15:04:05.000") + "-540\" date=\"03-18-2025\" component=\"" + component +
			"\" context=\"\" type=\"1\" thread=\"4242\" file=\"x.cpp:1\">\r\n")
	}
	return b.String()
}

// site writes records of a site server's log, one a minute from 00:00 UTC on.
func site(component string, messages ...string) string {
	var b strings.Builder
	for i, m := range messages {
		at := time.Date(2025, 3, 18, 9, i, 0, 0, time.UTC)
		b.WriteString(m + "  $$<" + component + "><" + at.Format("01-02-2006 15:04:05.000") + "-540><thread=4242 (0x1092)>\r\n")
	}
	return b.String()
}

// TestLogs holds what logs alone show of a client that works.
func TestLogs(t *testing.T) {
	store, facts := read(t, map[string]string{
		"WUAHandler.log": ccm("WUAHandler", "Enabling WUA Managed server policy to use server: http://sup01.contoso.com:8530", "Successfully completed scan."),
		"CcmMessaging.log": ccm("CcmMessaging",
			"OutgoingMessage(Queue='mp_[http]mp_locationmanager', ID={0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}): Delivered successfully to host 'mp01.contoso.com'."),
		"ContentTransferManager.log": ccm("ContentTransferManager", "Starting CTM job {0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}.",
			"CTM job {0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111} successfully processed download completion.", "Something else"),
		"CAS.log":              ccm("ContentAccess", "Download completed for content 1234 under context System"),
		"LocationServices.log": ccm("LocationServices", "WSUS Path='http://sup01.contoso.com:8530', Server='sup01', Version='38'"),
		"PolicyAgent.log":      ccm("PolicyAgent_RequestAssignments", "Received Machine delta policy update with 3 assignments"),
		"WindowsUpdate.log":    "2025/03/18 09:12:31.2041234 1234  5678  Agent           * START * Finding updates CallerId = CcmExec  Id = 1\r\n",
	})
	checks := Run(Input{Facts: facts, Store: store, Role: ingest.Client})
	f := func(id string, want Status, variant, text string) {
		t.Helper()
		c := checks[slices.Index(strings.Fields(ids), id)]
		sound(t, c)
		if c.Status != want || c.Detail.Key != "check."+id+"."+variant {
			t.Errorf("%s: %s %s, want %s %s", id, c.Status, c.Detail.Key, want, variant)
			return
		}
		if text == "" {
			return
		}
		if raw := string(store.Reader().Text(c.Evidence[0].Record)); !strings.Contains(raw, text) {
			t.Errorf("%s: evidence %q, want %q in it", id, raw, text)
		}
	}
	f("scan", Pass, "pass", "Successfully completed scan")
	f("management-point", Pass, "pass.logs", "Delivered successfully")
	f("policy", Pass, "pass.logs", "Received Machine delta")
	f("boundary-group", Pass, "pass", "WSUS Path=")
	f("content", Pass, "pass", "successfully processed download completion")
	f("download-progress", Pass, "pass", "successfully processed download completion")
	f("update-log", Pass, "pass", "Finding updates")
	f("update-server", Pass, "pass.logs", "Enabling WUA Managed server")
	f("network-path", Pass, "pass.logs", "Successfully completed scan")
	f("event-log", Unknown, "unknown", "")
	f("wsus-control", Unknown, "unknown", "")
	if c := checks[slices.Index(strings.Fields(ids), "content")]; c.Detail.Args[0] != "2025-03-18 00:01:00 UTC" {
		t.Errorf("content at %v", c.Detail.Args)
	}
	for _, c := range Run(Input{Facts: facts, Store: store, Machine: 1}) {
		if c.ID == "content" && c.Status != Unknown {
			t.Error("content of another machine")
		}
	}
}

// TestServerLogs holds what logs alone show of a site server that works.
func TestServerLogs(t *testing.T) {
	store, facts := read(t, map[string]string{
		"wsyncmgr.log": site("SMS_WSUS_SYNC_MANAGER", "Sync succeeded. Setting sync alert to canceled state on site CM1"),
		"WCM.log": site("SMS_WSUS_CONFIGURATION_MANAGER", "Supported WSUS version found",
			"Successfully connected to server: sup01.contoso.com, port: 8530, useSSL: False"),
		"WSUSCtrl.log": site("SMS_WSUS_CONTROL_MANAGER", "Successfully connected to local WSUS server",
			"There are no unhealthy WSUS Server components on WSUS Server sup01.contoso.com"),
	})
	got := map[string]string{}
	for _, c := range Run(Input{Facts: facts, Store: store, Role: ingest.SiteServer}) {
		sound(t, c)
		if c.Group == Server {
			got[c.ID] = string(c.Status) + " " + strings.TrimPrefix(c.Detail.Key, "check."+c.ID+".")
		}
	}
	for id, want := range map[string]string{
		"wsus-prerequisites": "pass pass", "wsus-update-source": "pass pass", "wsus-services": "pass pass.logs",
		"eula": "pass pass", "microsoft-update": "pass pass", "wsus-control": "pass pass",
	} {
		if got[id] != want {
			t.Errorf("%s: %s, want %s", id, got[id], want)
		}
	}
}

func TestCover(t *testing.T) {
	store, facts := read(t, map[string]string{
		"WUAHandler.log": ccm("WUAHandler", "a", "b"),
		"CAS.log":        ccm("ContentAccess", "a", "b"),
		"logging.txt": "C:\\>reg query \"HKLM\\SOFTWARE\\Microsoft\\CCM\\Logging\\@Global\"\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\CCM\\Logging\\@Global\r\n" +
			"    LogLevel    REG_DWORD    0x1\r\n    LogMaxSize    REG_DWORD    0x3d090\r\n    LogMaxHistory    REG_DWORD    0x1\r\n",
	})
	nine := time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC).UnixNano()
	f := func(since int64, facts *fact.Facts, role ingest.Role, log string, status Presence, advice string, args ...string) {
		t.Helper()
		for _, c := range Cover(store, 0, role, since, facts, nil) {
			if c.Log != log {
				continue
			}
			if c.Status != status || c.Advice.Key != advice {
				t.Errorf("%s: %s %q, want %s %q", log, c.Status, c.Advice.Key, status, advice)
			}
			if advice != "" && !slices.Contains(Keys(), advice) {
				t.Errorf("%s: key %s is not of Keys", log, advice)
			}
			for i, a := range args {
				if i >= len(c.Advice.Args) || c.Advice.Args[i] != a {
					t.Errorf("%s: %v, want %v", log, c.Advice.Args, args)
					break
				}
			}
			return
		}
		if status != "" {
			t.Errorf("no coverage of %s", log)
		}
	}
	const first, since = "2025-03-18 00:00:00 UTC", "2025-03-17 23:59:59 UTC"
	f(0, facts, ingest.Client, "WUAHandler.log", Present, "")
	f(nine, facts, ingest.Client, "WUAHandler.log", Present, "")
	f(nine-1e9, nil, ingest.Client, "WUAHandler.log", RolledOver, "coverage.rolled-over", "WUAHandler.log", first, since)
	f(nine-1e9, facts, ingest.Client, "WUAHandler.log", RolledOver, "coverage.rolled-over.sized", "WUAHandler.log", first, since, "250000", "1")
	f(0, facts, ingest.Client, "ScanAgent.log", Absent, "coverage.absent", "ScanAgent.log", `C:\Windows\CCM\Logs`)
	f(0, facts, ingest.Client, loggingKey, Present, "coverage.level", "1", loggingKey)
	f(0, &fact.Facts{LogLevel: known("0")}, ingest.Client, loggingKey, "", "")
	f(0, nil, ingest.Client, loggingKey, Absent, "coverage.level-unknown")
	f(0, facts, ingest.SiteServer, loggingKey, "", "")
	f(0, facts, ingest.SiteServer, "WCM.log", Absent, "coverage.absent")
	f(0, facts, ingest.WSUS, "SoftwareDistribution.log", Absent, "coverage.absent")
	for _, c := range Cover(store, 0, ingest.Client, 0, &fact.Facts{LogLevel: known("0")}, nil) {
		if c.Log == loggingKey {
			t.Error("verbose logging is advised where it is on")
		}
	}
}

// TestEventLog holds that only errors of the log's last days count.
func TestEventLog(t *testing.T) {
	last := time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC)
	f := func(level uint8, ago time.Duration, want Status, args ...any) {
		t.Helper()
		event := func(id uint16, level uint8, at time.Time) evtxtest.Event {
			return evtxtest.Event{
				Provider: "Microsoft-Windows-WindowsUpdateClient", ID: id, Level: level, Time: at, Computer: "PC01",
				Channel: "Microsoft-Windows-WindowsUpdateClient/Operational",
			}
		}
		var b bytes.Buffer
		if err := evtxtest.Write(&b, []evtxtest.Event{event(25, level, last.Add(-ago)), event(26, 4, last)}); err != nil {
			t.Fatal(err)
		}
		store, facts := read(t, map[string]string{"Microsoft-Windows-WindowsUpdateClient%4Operational.evtx": b.String()})
		c := Run(Input{Facts: facts, Store: store})[slices.Index(strings.Fields(ids), "event-log")]
		sound(t, c)
		if c.Status != want || !slices.Equal(c.Detail.Args, args) {
			t.Errorf("level %d, %s ago: %s %v, want %s %v", level, ago, c.Status, c.Detail.Args, want, args)
		}
	}
	f(2, time.Hour, Warn, 1, "2025-03-18 00:00:00 UTC")
	f(2, 8*24*time.Hour, Pass, 2, "2025-03-10 00:00:00 UTC", "2025-03-18 00:00:00 UTC")
	f(4, time.Hour, Pass, 2, "2025-03-17 23:00:00 UTC", "2025-03-18 00:00:00 UTC")
}
