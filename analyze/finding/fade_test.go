package finding_test

import "testing"

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
