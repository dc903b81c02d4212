package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
)

// TestMarks holds that the page shows what an engineer says of findings, and
// that a cause that was dismissed is neither verdict nor figure.
func TestMarks(t *testing.T) {
	dir := clientFolder(t)
	logs := filepath.Join(dir, "CCM", "Logs", "WUAHandler.log")
	if err := os.MkdirAll(filepath.Dir(logs), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, logs, strings.Repeat(`<![LOG[Scan failed with error = 0x80072ee2.]LOG]!><time="01:02:03.000-540" date="03-18-2025" component="WUAHandler" context="" type="3" thread="1" file="a">`+"\r\n", 3))
	res := analysis(t, dir, analyze.Options{})
	var roots []string
	for i := range res.Findings {
		if f := &res.Findings[i]; f.Root {
			roots = append(roots, MarkKey(res, f))
		}
	}
	if len(roots) < 2 {
		t.Fatalf("only the causes %q", roots)
	}
	before := Verdict(res, lang.English)
	opt := Options{Marks: map[string]Mark{
		roots[0]: {Judgement: Dismissed, Note: "the proxy was <new>\nsince Monday"},
		roots[1]: {Judgement: Confirmed},
		"none":   {Judgement: Confirmed},
	}}
	if got := opt.Verdict(res); got == before || got == "" {
		t.Errorf("the verdict is %q, though it was dismissed", got)
	}
	for _, l := range lang.All() {
		opt.Lang = l
		page := markup(pageOf(t, res, opt))
		for _, want := range []string{
			`<span class="mark good">` + l.T("mark.confirmed"), `<details id="dismissed">`, "the proxy was &lt;new&gt;\nsince Monday", l.T("report.note"),
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", l, want)
			}
		}
		if n := strings.Count(page, `<span class="mark good">`+l.T("mark.confirmed")); n != 1 {
			t.Errorf("%s: %d findings are confirmed", l, n)
		}
	}
	if strings.Contains(pageOf(t, res, Options{}), `id="dismissed"`) {
		t.Error("without marks, something is dismissed")
	}
}
