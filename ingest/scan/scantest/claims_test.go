package scantest_test

import (
	"os"
	"path/filepath"
	"testing"

	"patchtrail/ingest/cbs"
	"patchtrail/ingest/iis"
	"patchtrail/ingest/pasted"
	"patchtrail/ingest/reporting"
	"patchtrail/ingest/rolesetup"
	"patchtrail/ingest/scan/scantest"
	"patchtrail/ingest/sitelog"
	"patchtrail/ingest/wsus"
	"patchtrail/ingest/wulog"
)

// TestClaims holds every format against every other's logs at once, and
// against the real ones beside the project.
func TestClaims(t *testing.T) {
	formats := map[string]func([]byte, string) bool{
		wulog.Name: wulog.Detect, wulog.NameLegacy: wulog.DetectLegacy, reporting.Name: reporting.Detect,
		cbs.Name: cbs.Detect, cbs.NameDISM: cbs.DetectDISM, cbs.NameSetup: cbs.DetectSetup,
		sitelog.Name: sitelog.Detect, iis.Name: iis.Detect, iis.NameHTTPERR: iis.DetectHTTPERR,
		wsus.Name: wsus.Detect, pasted.Name: pasted.Detect, rolesetup.Name: rolesetup.Detect,
	}
	own := map[string]string{"fspmgr.log": sitelog.Name, "SMSFSPSetup.log": rolesetup.Name}
	for name, detect := range formats {
		scantest.Claims(t, name, detect)
		files, _ := filepath.Glob("../../../../shared/samples/*/*.log")
		for _, file := range files {
			head, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head = head[:min(len(head), 64<<10)]
			if got := detect(head, filepath.Base(file)); got != (own[filepath.Base(file)] == name) {
				t.Errorf("%s claims %s: %v", name, file, got)
			}
		}
	}
}
