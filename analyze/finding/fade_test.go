package finding_test

import (
	"strings"
	"testing"

	"patchtrail/analyze/lang"
)

// TestFades holds that what a scan or a policy left behind stands until the
// next, however long other logs go on, and that a request to a management point
// that failed once has passed after a day of silence.
func TestFades(t *testing.T) {
	const later = `<![LOG[Auto Install is set to false. Do Nothing.]LOG]!><time="12:00:00.000-540" date="03-22-2025" component="execmgr" context="" type="1" thread="100" file="x.cpp:1">` + "\r\n"
	f := func(id, want, component, message string) {
		t.Helper()
		cases(t, id)("days before the end", want, files{
			"Logs/" + component + ".log": ccm(component, "09:30:00", message),
			"Logs/execmgr.log":           later,
		})
	}
	f("scan-timeout", "error|certain|stale_hours=", "WUAHandler", "Scan failed with error = 0x80072ee2.")
	f("gpo-overrides-update-point", "error|certain|stale_hours=", "WUAHandler", "Group policy settings were overwritten by a higher authority (Domain Controller) to: Server http://wsus-old.contoso.com:8530 and Policy ENABLED")
	f("software-updates-disabled", "warning|certain|stale_hours=", "UpdatesDeploymentAgent", "Software Updates feature is disabled")
	f("content-no-location", "error|certain|stale_hours=", "ContentTransferManager", "CCTMJob::UpdateLocations - Received empty location update for CTM Job {0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}")
	f("mp-timeout", "info|certain|stale_hours=98", "LocationServices", "[CCMHTTP] ERROR: URL=http://mp01.contoso.com/SMS_MP/.sms_aut?MPLIST2, Port=80, Options=480, Code=12002, Text=ERROR_WINHTTP_TIMEOUT")
}

// TestDetectionBlocked holds that the steps tell until when a check by hand does
// nothing, in the machine's time and by its own policy.
func TestDetectionBlocked(t *testing.T) {
	detected := one("ReportingEvents.log", "{0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}\t2025-03-18 08:15:02:123+0900\t1\t147 [AGENT_DETECTION_FINISHED]\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tWindows Update Client successfully detected 3 updates.\tAbCd.1.0\n")
	system := one("systeminfo.txt", "\nHost Name:                 PC01\nOS Name:                   Microsoft Windows 10 Enterprise\nOS Version:                10.0.19045 N/A Build 19045\n")
	broken := files{"Logs/WUAHandler.log": ccm("WUAHandler", "09:30:00", "Scan failed with error = 0x80248011.")}
	often := wupolicy(wuServer, auKey, useWU, "    DetectionFrequency    REG_DWORD    0x4", "    DetectionFrequencyEnabled    REG_DWORD    0x1")
	f := func(want string, bundles ...files) {
		t.Helper()
		got := find(run(t, with(append(bundles, broken)...)), "data-store-damaged")
		if len(got) != 1 {
			t.Fatalf("%d findings", len(got))
		}
		for _, l := range lang.All() {
			if steps := strings.Join(got[0].Text[l].Remediation, "\n"); strings.Contains(steps, "2025-03-1") != (want != "") || !strings.Contains(steps, want) {
				t.Errorf("%s: no %q in %s", l, want, steps)
			}
		}
	}
	f("2025-03-19 06:15", system, detected)
	f("2025-03-18 12:15", system, detected, often)
	f("", detected) // which Windows it is, nothing tells
	f("", system)
}
