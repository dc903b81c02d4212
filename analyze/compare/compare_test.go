package compare

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
	"patchtrail/ingest"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

var update = flag.Bool("update", false, "write the goldens anew")

// client is the result of a generated client, with what systeminfo says of it.
func client(t *testing.T, name, build string, incident gen.Incident) *analyze.Result {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Seed: 4, Bytes: 300 << 10, Machine: name, Incident: incident}); err != nil {
		t.Fatal(err)
	}
	info := "Host Name:                     " + name + "\r\nOS Name:                       Microsoft Windows 11 Enterprise\r\nOS Version:                    10.0." + build + " N/A Build " + build + "\r\nSystem Boot Time:              2/3/2025, 1:02:03 AM\r\nDomain:                        contoso.com\r\n"
	if err := os.WriteFile(filepath.Join(dir, "systeminfo.txt"), []byte(info), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(t.Context(), []string{dir}, analyze.Options{Now: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// changes are what there is of a list, as "change what".
func changes[T any](list []T, what func(T) (Change, string)) map[string]Change {
	out := map[string]Change{}
	for _, t := range list {
		c, name := what(t)
		out[name] = c
	}
	return out
}

// TestCompare compares a client that fails with one that works, and each with
// itself.
func TestCompare(t *testing.T) {
	bad, good := client(t, "PC01", "22631", gen.ScanTimeout), client(t, "PC02", "26100", gen.Healthy)
	id := func(f Finding) (Change, string) {
		if f.A != nil {
			return f.Change, f.A.ID
		}
		return f.Change, f.B.ID
	}
	value := func(v Value) (Change, string) { return v.Change, v.Name }
	c := Compare(bad, good)
	if len(c.Pairs) != 1 || c.Pairs[0] != (Pair{0, 0}) {
		t.Errorf("pairs %v", c.Pairs)
	}
	if got := changes(c.Findings, id); got["scan-timeout"] != Gone {
		t.Errorf("findings %v", got)
	}
	if got := changes(c.Versions, value); got["os_version"] != Changed || got["os"] != Same {
		t.Errorf("versions %v", got)
	}
	if got := changes(c.Facts, value); got["domain"] != Same || got["name"] != "" {
		t.Errorf("facts %v", got)
	}
	if got := changes(Compare(good, bad).Findings, id); got["scan-timeout"] != New {
		t.Errorf("findings %v", got)
	}
	if len(c.Updates) == 0 || len(c.Checks) == 0 || len(c.Coverages) == 0 || len(c.Codes) == 0 {
		t.Errorf("%d updates, %d checks, %d logs, %d codes", len(c.Updates), len(c.Checks), len(c.Coverages), len(c.Codes))
	}
	own := Compare(bad, bad)
	var all []Change
	for _, f := range own.Findings {
		all = append(all, f.Change)
	}
	for _, u := range own.Updates {
		all = append(all, u.Change)
	}
	for _, v := range append(own.Versions, own.Facts...) {
		all = append(all, v.Change)
	}
	for _, k := range own.Checks {
		all = append(all, k.Change)
	}
	for _, k := range own.Coverages {
		all = append(all, k.Change)
	}
	for _, k := range own.Codes {
		all = append(all, k.Change)
	}
	if len(all) < 50 {
		t.Errorf("only %d things are compared", len(all))
	}
	for i, c := range all {
		if c != Same {
			t.Errorf("%d is %s", i, c)
		}
	}
}

// made is a result put together by hand, so that the goldens do not change with
// the words of rules.
func made(severity finding.Severity, now ledger.State, more string) *analyze.Result {
	text := func(title string) map[lang.Lang]finding.Text {
		return map[lang.Lang]finding.Text{lang.English: {Title: title}, lang.Japanese: {Title: title + " (ja)"}}
	}
	f := &fact.Facts{
		Name: fact.Fact{Value: "PC" + more}, OS: fact.Fact{Value: "Microsoft Windows 11 Enterprise"}, Build: fact.Fact{Value: "2263" + more},
		Domain: fact.Fact{Value: "contoso.com"}, Services: []fact.Service{{Name: "wuauserv", State: "running", StartType: "manual"}},
		Hotfixes: []fact.Hotfix{{KB: "KB503000" + more, Installed: "2/1/2025"}},
	}
	return &analyze.Result{
		Inputs: []string{"PC" + more + ".zip"}, Store: record.NewStore(nil), Facts: []*fact.Facts{f},
		Machines: []ingest.Machine{{ID: "PC" + more, Name: "PC" + more, Role: ingest.Client}},
		Findings: []finding.Finding{
			{ID: "scan-timeout", Severity: severity, Count: 3, Text: text("The scan timed out"), Root: true},
			{ID: "only-" + more, Severity: finding.Warning, Count: 1, Text: text("Only here\x1b[31m\nand there")},
		},
		Updates: []ledger.Update{
			{Key: "KB5034441", Title: "2025-02 Update (KB5034441)", Involved: true, Now: now, Attempts: make([]ledger.Attempt, 1)},
			{Key: "KB504000" + more, Title: "KB504000" + more, Involved: true, Now: ledger.StateInstalled},
		},
		Checklist: []checklist.Check{
			{ID: "disk-space", Status: checklist.Pass, Title: checklist.Words{Key: "check.disk-space.title"}},
			{ID: "unknown", Title: checklist.Words{Key: "check.unknown"}, Status: checklist.Unknown},
		},
		Coverage: []checklist.Coverage{{Log: "WUAHandler.log", Status: checklist.Present}},
		Codes:    []analyze.CodeCount{{Code: 0x80072EE2, Records: 24}},
	}
}

// TestWrite holds the text in both languages.
func TestWrite(t *testing.T) {
	a, b := made(finding.Error, ledger.StateFailed, "1"), made(finding.Info, ledger.StateInstalled, "2")
	b.Checklist[0].Status, b.Coverage[0].Status = checklist.Fail, checklist.Absent
	b.Codes = append(b.Codes, analyze.CodeCount{Code: 0x80240022, Records: 1})
	for n := range 60 {
		b.Updates = append(b.Updates, ledger.Update{Key: fmt.Sprintf("KB6%05d", n), Involved: true, Now: ledger.StateAvailable})
	}
	c := Compare(a, b)
	for _, l := range lang.All() {
		var b bytes.Buffer
		if err := Write(&b, c, report.Options{Lang: l}); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"compare.", "severity.", "update-state.", "check.", "coverage-status.", "role."} {
			for line := range strings.Lines(b.String()) {
				if strings.Contains(line, " "+key) {
					t.Errorf("%s has no word for %s", l, line)
				}
			}
		}
		golden := filepath.Join("testdata", "compare."+string(l)+".txt")
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s differs:\n%s", golden, b.String())
		}
	}
}

// TestPairs holds which machines are compared.
func TestPairs(t *testing.T) {
	f := func(a, b string, want ...Pair) {
		t.Helper()
		machines := func(s string) *analyze.Result {
			r := &analyze.Result{}
			for m := range strings.FieldsSeq(s) {
				name, role, _ := strings.Cut(m, "/")
				r.Machines = append(r.Machines, ingest.Machine{ID: name, Name: name, Role: ingest.Role(role)})
			}
			return r
		}
		got := pairs(machines(a), machines(b))
		if len(got) != len(want) {
			t.Fatalf("%q %q: %v", a, b, got)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q %q: %v, want %v", a, b, got, want)
			}
		}
	}
	f("PC01/client", "pc01/client", Pair{0, 0})
	f("PC01/client", "PC02/client", Pair{0, 0})
	f("PC01/client CM01/site-server", "CM01/site-server PC02/client", Pair{0, 1}, Pair{1, 0})
	f("PC01/client PC02/client", "PC02/client PC03/client", Pair{0, 1}, Pair{1, 0})
	f("PC01/client", "CM01/site-server", Pair{0, -1}, Pair{-1, 0})
	f("", "PC01/client", Pair{-1, 0})
	f("PC01/client PC02/client", "", Pair{0, -1}, Pair{1, -1})
}

// TestFindings holds when two findings are the same.
func TestFindings(t *testing.T) {
	f := func(a, b finding.Finding, want ...Change) {
		t.Helper()
		m := []ingest.Machine{{ID: "PC01", Name: "PC01", Role: ingest.Client}}
		c := Compare(&analyze.Result{Machines: m, Findings: []finding.Finding{a}}, &analyze.Result{Machines: m, Findings: []finding.Finding{b}})
		var got []Change
		for _, x := range c.Findings {
			got = append(got, x.Change)
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%v and %v: %v, want %v", a.Params, b.Params, got, want)
		}
	}
	one := func(severity finding.Severity, params ...string) finding.Finding {
		p := map[string]string{}
		for i := 0; i+1 < len(params); i += 2 {
			p[params[i]] = params[i+1]
		}
		return finding.Finding{ID: "x", Severity: severity, Params: p}
	}
	f(one(finding.Error, "host", "MP01", "minutes", "3"), one(finding.Error, "host", "mp01", "minutes", "9"), Same)
	f(one(finding.Error, "host", "mp01"), one(finding.Info, "host", "mp01"), Changed)
	f(one(finding.Error, "host", "mp01"), one(finding.Error, "host", "mp02"), New, Gone)
	f(one(finding.Error, "kb", "KB1", "title", "a"), one(finding.Error, "kb", "KB1", "title", "b"), Same)
	f(one(finding.Error, "url", "http://x/y?id=1"), one(finding.Error, "url", "http://x/y?id=2"), Same)
	f(one(finding.Error, "host", "PC01"), one(finding.Error), Same)
}

// TestUpdates holds when an update has changed.
func TestUpdates(t *testing.T) {
	f := func(a, b ledger.Update, want Change) {
		t.Helper()
		m := []ingest.Machine{{ID: "PC01", Role: ingest.Client}}
		a.Key, b.Key, a.Involved, b.Involved = "KB5034441", "kb5034441", true, true
		c := Compare(&analyze.Result{Machines: m, Updates: []ledger.Update{a}}, &analyze.Result{Machines: m, Updates: []ledger.Update{b, {Key: "scanned only"}}})
		if len(c.Updates) != 1 || c.Updates[0].Change != want {
			t.Errorf("%+v, want %s", c.Updates, want)
		}
	}
	f(ledger.Update{Now: ledger.StateFailed}, ledger.Update{Now: ledger.StateInstalled}, Changed)
	f(ledger.Update{Now: ledger.StateFailed}, ledger.Update{Now: ledger.StateFailed}, Same)
	f(ledger.Update{Now: ledger.StateFailed}, ledger.Update{Now: ledger.StateFailed, Attempts: make([]ledger.Attempt, 1)}, Changed)
}
