package analyze_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/window"
	"patchtrail/assets"
)

// analyzeDemo analyses the demo bundle as it was on the day that it was made.
func analyzeDemo(t testing.TB) *analyze.Result {
	t.Helper()
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(assets.Demo))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(t.Context(), []string{path}, analyze.Options{Now: time.Date(2025, 3, 20, 1, 30, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestDemo holds what the demo bundle is there to show: three causes, certain,
// each with what follows from it, and nothing else.
func TestDemo(t *testing.T) {
	res := analyzeDemo(t)
	var roots, follow []string
	for _, f := range res.Findings {
		if !f.Root {
			follow = append(follow, f.ID+" < "+f.ConsequenceOf)
			continue
		}
		roots = append(roots, f.ID)
		if f.Severity != finding.Error || f.Confidence != finding.Certain {
			t.Errorf("%s is a %s, %s; want a certain error", f.ID, f.Severity, f.Confidence)
		}
	}
	wantRoots := []string{"wsus-pool-stopped", "max-runtime-exceeds-windows", "install-exceeded-max-runtime"}
	if !slices.Equal(roots, wantRoots) {
		t.Errorf("causes %q, want %q", roots, wantRoots)
	}
	wantFollow := []string{
		"scan-service-unavailable < wsus-pool-stopped", "wsus-unhealthy < wsus-pool-stopped", "sync-wsus-not-configured < wsus-pool-stopped",
		"wcm-web-service-error < wsus-pool-stopped", "sync-failed < wsus-pool-stopped",
	}
	if !slices.Equal(follow, wantFollow) {
		t.Errorf("consequences %q, want %q", follow, wantFollow)
	}
	states := map[string]string{}
	for _, u := range res.Updates {
		if u.Involved {
			states[u.KB] = string(u.Now)
		}
	}
	for kb, want := range map[string]string{"KB5053598": "waiting-for-window", "KB5053602": "cancelled", "KB5054156": "installed", "KB890830": "installed"} {
		if states[kb] != want {
			t.Errorf("%s is %q, want %q", kb, states[kb], want)
		}
	}
	if len(states) != 4 {
		t.Errorf("updates %v, want four", states)
	}
	for _, f := range res.Fits {
		want := map[string]window.FitReason{"KB5053598": window.TooLong, "KB5053602": window.Fitting}[f.Update]
		if f.Reason != want {
			t.Errorf("%s in the windows: %q, want %q", f.Update, f.Reason, want)
		}
	}
	if len(res.Issues) > 0 {
		t.Errorf("problems %v", res.Issues)
	}
	if len(res.Machines) != 2 {
		t.Errorf("%d machines, want two", len(res.Machines))
	}
}
