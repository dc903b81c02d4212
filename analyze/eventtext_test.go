package analyze

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"patchtrail/analyze/ledger"
)

// TestSavedEvents holds that an event log saved as text tells what the log itself
// would: the update that failed with its attempt, and the service.
func TestSavedEvents(t *testing.T) {
	const saved = "../ingest/eventtext/testdata"
	dir := t.TempDir()
	src, err := os.ReadFile(filepath.Join(saved, "viewer-ja.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if src, err = japanese.ShiftJIS.NewEncoder().Bytes(src); err != nil {
		t.Fatal(err)
	}
	cp932 := filepath.Join(dir, "events.csv")
	if err := os.WriteFile(cp932, src, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, service := range map[string]string{
		filepath.Join(saved, "wevtutil.txt"):        "service-disabled",
		filepath.Join(saved, "wevtutil-ja.txt"):     "service-stopped",
		filepath.Join(saved, "viewer.csv"):          "service-disabled",
		filepath.Join(saved, "viewer-ja-tabs.txt"):  "service-stopped",
		filepath.Join(saved, "format-list.txt"):     "service-disabled",
		filepath.Join(saved, "format-list-all.txt"): "service-disabled",
		filepath.Join(saved, "export-ja.csv"):       "service-stopped",
		cp932:                                       "service-stopped",
	} {
		res := run(t, Options{}, path)
		if f := res.Store.Files[0]; f.Format != "eventtext" {
			t.Errorf("%s: format %s", path, f.Format)
		}
		var found []string
		for _, f := range res.Findings {
			found = append(found, f.ID)
		}
		if !slices.Contains(found, "install-failed") || !slices.Contains(found, service) {
			t.Errorf("%s: found %v", path, found)
		}
		i := slices.IndexFunc(res.Updates, func(u ledger.Update) bool { return u.KB == "KB5053602" })
		if i < 0 || len(res.Updates[i].Attempts) != 1 {
			t.Errorf("%s: no attempt of the update in %d updates", path, len(res.Updates))
			continue
		}
		a := res.Updates[i].Attempts[0]
		if s := (a.Ended - a.Started) / 1e9; a.Result != ledger.Failed || a.Code != 0x800f0922 || s != 1228 {
			t.Errorf("%s: %s %#x after %d s", path, a.Result, a.Code, s)
		}
	}
}
