package analyze

import (
	"testing"

	"patchtrail/analyze/checklist"
	"patchtrail/analyze/lang"
	"patchtrail/ingest/gen"
)

// TestCheckWords holds that every sentence of the checklist stands in both
// languages.
func TestCheckWords(t *testing.T) {
	for _, key := range checklist.Keys() {
		for _, l := range lang.All() {
			if !l.Has(key) {
				t.Errorf("%s: no words for %s", l, key)
			}
		}
	}
}

// TestChecks holds that a cause fails its check, that a healthy client fails
// and warns of none, and that nothing passes without evidence.
func TestChecks(t *testing.T) {
	for incident, fails := range map[gen.Incident]string{gen.Healthy: "", gen.MPTimeout: "management-point", gen.ScanTimeout: "scan", gen.ContentNoLocation: "content", gen.InstallExceededMaxTime: "max-runtime"} {
		dir := t.TempDir()
		if _, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 2 << 20, Incident: incident, Binary: true}); err != nil {
			t.Fatal(err)
		}
		res := run(t, Options{}, dir)
		if len(res.Checklist) != 52 || len(res.Symptoms) != 1 || len(res.Coverage) == 0 {
			t.Fatalf("%d checks, %d lists of symptoms, %d logs", len(res.Checklist), len(res.Symptoms), len(res.Coverage))
		}
		failed := false
		for _, c := range res.Checklist {
			if c.Status != checklist.Unknown && len(c.Evidence) == 0 {
				t.Errorf("%s: %s %s without evidence", incident, c.ID, c.Status)
			}
			failed = failed || c.ID == fails && c.Status != checklist.Pass && c.Status != checklist.Unknown
			if incident == gen.Healthy && (c.Status == checklist.Fail || c.Status == checklist.Warn) {
				t.Errorf("a healthy client: %s %s: %s", c.ID, c.Status, c.Detail.In(lang.English))
			}
		}
		if fails != "" && !failed {
			t.Errorf("%s does not fail %s", incident, fails)
		}
	}
}
