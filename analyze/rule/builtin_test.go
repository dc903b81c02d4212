package rule

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got); go test -update writes it:\n%s", name, diff)
	}
}

func builtin(t testing.TB) *Set {
	t.Helper()
	folder, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestBuiltinSamples(t *testing.T) {
	for _, r := range builtin(t).Rules() {
		if len(r.forms) == 0 {
			continue // its code has the tests
		}
		if len(r.Samples.Hit) < 2 || len(r.Samples.Miss) < 2 {
			t.Errorf("%s: %s has %d samples that hit and %d near misses, want two of each", r.File, r.ID, len(r.Samples.Hit), len(r.Samples.Miss))
		}
		for _, bad := range r.CheckSamples() {
			t.Errorf("%s: %s: %s: %s (%s)", r.File, r.ID, bad.Field, bad.Message, bad.Hint)
		}
	}
}

// TestBuiltinGolden shows what each sample yields from all rules together, and
// the words.
func TestBuiltinGolden(t *testing.T) {
	set := builtin(t)
	m := set.Matcher()
	var b strings.Builder
	for _, r := range set.Rules() {
		fmt.Fprintf(&b, "== %s\n", r.ID)
		for _, kind := range []struct {
			name    string
			samples []string
		}{{"hit", r.Samples.Hit}, {"miss", r.Samples.Miss}, {"cured", r.Samples.Cured}} {
			for i, s := range kind.samples {
				recs, err := parseSample(s)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "-- %s[%d]\n", kind.name, i)
				describe(&b, recs.run(m))
			}
		}
	}
	golden(t, "builtin.golden", b.String())
}

func describe(b *strings.Builder, res Result) {
	for _, x := range res.Matches {
		cured := ""
		if x.Cured != nil {
			cured = fmt.Sprintf(" cured by %d", x.Cured.Record)
		}
		fmt.Fprintf(b, "%s count %d evidence %v%s params %s\n", x.Rule.ID, x.Count, recordsOf(x.Evidence), cured, inJSON(x.Params))
	}
	for _, x := range res.Leads {
		fmt.Fprintf(b, "lead to %s: record %d params %s\n", x.Rule.ID, x.Record, inJSON(x.Params))
	}
}

func recordsOf(es []Evidence) []uint32 {
	out := []uint32{}
	for _, e := range es {
		out = append(out, e.Record)
	}
	return out
}

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// TestBuiltinTexts renders every rule with and without what may be missing.
func TestBuiltinTexts(t *testing.T) {
	set := builtin(t)
	var b strings.Builder
	for _, r := range set.Rules() {
		for _, params := range paramsToShow(t, set, r) {
			for _, lang := range []string{"en", "ja"} {
				plain := inWords(r.Render(lang, params, nil))
				fmt.Fprintf(&b, "== %s %s %s\n%s", r.ID, lang, inJSON(params), plain)
				if known := inWords(r.Render(lang, params, textFacts)); known != plain {
					fmt.Fprintf(&b, "== %s %s %s with facts\n%s", r.ID, lang, inJSON(params), known)
				}
			}
		}
	}
	if strings.Contains(b.String(), "unknown)") || strings.Contains(b.String(), "(不明)") {
		t.Error("a text shows an unknown value")
	}
	golden(t, "texts.golden", b.String())
}

// paramsToShow returns what to show a rule's texts with: what textParams has of
// it, else what its samples yield, and for rules that code finds what that code
// must give, with and without what it may.
func paramsToShow(t *testing.T, set *Set, r *Rule) []map[string]string {
	if out := textParams[r.ID]; len(out) > 0 {
		return out
	}
	var out []map[string]string
	seen := make(map[string]bool)
	show := func(params map[string]string) {
		if s := inJSON(params); !seen[s] {
			seen[s] = true
			out = append(out, params)
		}
	}
	if r.FoundBy+r.FoundAlsoBy != "" {
		least, all := map[string]string{}, map[string]string{}
		for _, p := range r.Params {
			name := strings.TrimSuffix(p, "?")
			all[name] = strings.ToUpper(name)
			if name == p {
				least[name] = strings.ToUpper(name)
			}
		}
		show(least)
		show(all)
	}
	if r.FoundBy == "" {
		m := (&Set{rules: []*Rule{r}, byID: map[string]*Rule{r.ID: r}}).Matcher()
		for _, s := range r.Samples.Hit {
			recs, err := parseSample(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range recs.run(m).Matches {
				show(x.Params)
			}
		}
	}
	return out
}

func inWords(text Rendered) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", text.Title, text.Cause)
	for _, s := range text.Remediation {
		fmt.Fprintf(&b, "- %s\n", s)
	}
	for _, s := range text.Verify {
		fmt.Fprintf(&b, "? %s\n", s)
	}
	return b.String()
}

var textFacts = Facts{"proxy": "proxy.contoso.com:8080", "wsus_server": "http://sup01.contoso.com:8530"}

var mpParams = map[string]string{"host": "mp01.contoso.com", "port": "80", "url": "http://mp01.contoso.com/ccm_system/request", "symbol": "SYMBOL", "code": "0"}

func mpStatus(status, reason string) map[string]string {
	p := maps.Clone(mpParams)
	p["status"], p["reason"] = status, reason
	return p
}

// mpRefused is what IIS of a management point gives.
func mpRefused(substatus string) map[string]string {
	return map[string]string{"host": "192.0.2.30", "port": "443", "url": "/ccm_system/request", "client": "192.0.2.7", "substatus": substatus}
}

var textParams = map[string][]map[string]string{
	"mp-http-error": {mpParams, mpStatus("403", "Forbidden"), mpStatus("404", ""), mpStatus("407", ""),
		mpStatus("500", "Internal Server Error"), mpStatus("502", ""), mpStatus("503", "Service Unavailable"),
		{"port": "80", "status": "500", "reason": "Internal Server Error", "source": "SMS_MP_CONTROL_MANAGER"}, {"status": "403", "source": "SMS_MP_CONTROL_MANAGER"}},
	"mp-no-client-certificate": {mpParams, mpRefused("7"), mpRefused("13"), mpRefused("16"), mpRefused("17")},
	"mp-name-not-resolved":     {mpParams},
	"mp-timeout":               {mpParams},
	"mp-unreachable":           {mpParams},
	"scan-timeout":             {{"code": "0x80072ee2"}},
	"scan-service-unavailable": {{"code": "0x80244022"}},
	"content-no-location":      {{}, {"job": "{0B4F1111-55DB-4D6F-B1A3-D4A62C3C1111}"}, {"code": "0x87d00607"}},
	"install-exceeded-max-runtime": {{"minutes": "61"},
		{"kb": "KB5053598", "title": "2025-03 Cumulative Update", "minutes": "61", "maximum": "60", "source": "default", "recommended": "125"},
		{"kb": "KB5053598", "minutes": "61", "maximum": "60", "source": "file", "recommended": "125"}},
}
