package compare

import (
	"bytes"
	"strings"
	"testing"

	"patchtrail/analyze/checklist"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
	"patchtrail/ingest/gen"
)

// TestSection holds what the page is told of each change, and what is for the
// better.
func TestSection(t *testing.T) {
	before, after := made(finding.Error, ledger.StateFailed, "1"), made(finding.Info, ledger.StateInstalled, "2")
	after.Checklist[0].Status = checklist.Fail
	both := Compare(before, after)
	for _, l := range lang.All() {
		out := Section(both, report.Options{Lang: l})
		if len(out.Intro) != 3 || out.Summary == "" {
			t.Errorf("%s: intro %q, summary %q", l, out.Intro, out.Summary)
		}
		rows := map[string]report.ComparisonRow{}
		for _, p := range out.Parts {
			for _, r := range p.Rows {
				if r.Word != l.T("compare."+r.Change) {
					t.Errorf("%s: %s is called %q", l, r.Change, r.Word)
				}
				rows[r.What] = r
			}
		}
		f := func(what, change, class string) {
			t.Helper()
			if l != lang.English {
				return
			}
			r, ok := rows[what]
			if !ok || r.Change != change || r.Class() != class {
				t.Errorf("%q: %+v, class %q; want %s, %q", what, r, r.Class(), change, class)
			}
		}
		f("The scan timed out", "changed", "good")
		f("KB5034441  2025-02 Update (KB5034441)", "changed", "good")
		f("Free space on drive C:", "changed", "error")
		f("OS build", "changed", "")
		f("Domain", "same", "")
	}
}

// TestSectionPage holds that the page begins with the comparison.
func TestSectionPage(t *testing.T) {
	bad, good := client(t, "PC01", "22631", gen.ScanTimeout), client(t, "PC02", "26100", gen.Healthy)
	opt := report.Options{Lang: lang.English}
	opt.Comparison = Section(Compare(good, bad), opt)
	var b bytes.Buffer
	if err := report.HTML(&b, bad, opt); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	at, findings := strings.Index(page, `<section id="comparison"`), strings.Index(page, `<section id="findings"`)
	if at < 0 || findings < at {
		t.Errorf("the comparison is at %d, the findings at %d", at, findings)
	}
	for _, want := range []string{`<a href="#comparison">`, `<span class="mark error">&#43; new</span>`, `<th scope="row">OS version</th><td>10.0.26100</td><td>10.0.22631</td>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}
