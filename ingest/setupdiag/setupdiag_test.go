package setupdiag_test

import (
	"testing"

	"patchtrail/ingest/scan/scantest"
	"patchtrail/ingest/setupdiag"
)

const report = "SetupDiag version: 1.6.2107.27002\r\n" +
	"System Information:\r\n\tMachine Name = PC01\r\n\tHostOSVersion = 10.0.19045\r\n" +
	"Matching Profile found: FindRollbackFailure - 3A43C9B5-05B3-4F7C-A955-88F991BB5A48\r\n" +
	"Error: SetupDiag reports rollback failure found.\r\nLast Phase = Safe OS\r\nLast Operation = Apply\r\nError = 0x8007000D-0x2000C\r\n" +
	"LogEntry: 2025-03-18 01:02:03, Error  SP  Operation failed: Apply\r\n"

func TestDetect(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if got := setupdiag.Detect([]byte(text), "SetupDiagResults.log"); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
	f(report, true)
	f("\ufeff"+report, true)
	f("\r\n"+report, true)
	f("Matching Profile found: FindRollbackFailure - G\n", true)
	f("SetupDiag was unable to match to any known failure signatures.\n", true)
	f(`<?xml version="1.0" encoding="utf-16"?>`+"\r\n"+`<SetupDiag xmlns="https://docs.microsoft.com/windows/deployment/upgrade/setupdiag"><Version>1.6</Version>`, true)
	f(`<!-- a --><SetupDiagResults>`, true)
	f(`{"Version":"1.7.0.0","ProfileName":"FindSPFatalError","ProfileGuid":"A"}`, true)
	f(`{"Version":"1.7.0.0","ProfileName":"x"}`, false)
	f("<root><SetupDiag>", false)
	f("<", false)
	f("<?xml", false)
	f("", false)
	f("  \n", false)
	f("text that tells of SetupDiag version: 1\n", false)
	for _, h := range scantest.Heads {
		f(h.Text, false)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte(report))
	f.Add([]byte("<?xml?><SetupDiag>"))
	f.Fuzz(func(t *testing.T, head []byte) {
		got := setupdiag.Detect(head, "")
		if again := setupdiag.Detect(append([]byte("\r\n"), head...), ""); got && len(head) < 4000 && !again && head[0] != 0xEF {
			t.Errorf("a blank line before %q hides it", head)
		}
	})
}
