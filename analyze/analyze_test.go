package analyze

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/gen"
)

func run(t testing.TB, opt Options, inputs ...string) *Result {
	t.Helper()
	res, err := Run(context.Background(), inputs, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestIncidents holds that a client with one thing wrong yields exactly that
// cause, with the lines that prove it, and a healthy one none.
func TestIncidents(t *testing.T) {
	for _, incident := range gen.Incidents() {
		for _, japanese := range []bool{false, true} {
			t.Run(string(incident), func(t *testing.T) {
				dir := t.TempDir()
				truth, err := gen.Client(gen.Folder(dir), gen.Options{Seed: 11, Bytes: 3 << 20, Incident: incident, Japanese: japanese, Binary: true})
				if err != nil {
					t.Fatal(err)
				}
				res := run(t, Options{}, dir)
				var found []string
				for _, f := range res.Findings {
					if f.Severity != finding.Info {
						found = append(found, f.ID)
					}
				}
				var want []string
				if incident != gen.Healthy {
					want = []string{string(incident)}
				}
				if !slices.Equal(found, want) {
					t.Fatalf("found %v", found)
				}
				if len(want) > 0 {
					checkFinding(t, res, res.Findings[0], truth)
				}
			})
		}
	}
}

// checkFinding holds that a finding says something in both languages and that
// its evidence is among the records that were written for it.
func checkFinding(t *testing.T, res *Result, f finding.Finding, truth gen.Truth) {
	t.Helper()
	for _, l := range lang.All() {
		w := f.Text[l]
		if w.Title == "" || w.Cause == "" || len(w.Remediation) == 0 || len(w.Verify) == 0 {
			t.Errorf("%s says nothing: %+v", l, w)
		}
		if unfilled.MatchString(w.Title + w.Cause + strings.Join(w.Remediation, "")) {
			t.Errorf("%s: a place was not filled: %s %s", l, w.Title, w.Cause)
		}
	}
	if !f.Root || f.Count == 0 || len(f.Evidence) == 0 || f.First > f.Last {
		t.Fatalf("%+v", f)
	}
	marked := 0
	for _, e := range f.Evidence {
		m := res.Store.Meta(e.Record)
		path := res.Store.Files[m.File].Path
		near := false
		for _, k := range truth.Marks {
			if strings.HasSuffix(path, k.Path) {
				near = near || k.Time.Sub(Time(m.Time)).Abs() <= 2*time.Second
				if int(k.Line) == m.Line {
					marked++
				}
			}
		}
		if !near && f.ID != "install-exceeded-max-runtime" { // an attempt is proved by every log that saw it
			t.Errorf("evidence %s:%d was not written for it", path, m.Line)
		}
	}
	if marked < 2 && marked*2 < len(f.Evidence) {
		t.Errorf("%d of %d lines of evidence were written for it", marked, len(f.Evidence))
	}
}

// unfilled is a place of a template.
var unfilled = regexp.MustCompile(`\{[a-z_. ]+\}`)

// TestAttempts compares the attempts in ReportingEvents.log with their times,
// codes and verdicts.
func TestAttempts(t *testing.T) {
	const id = "{11111111-2222-3333-4444-555555555555}"
	line := func(at, event, result, caller, text string) string {
		number := map[string]string{"AGENT_INSTALLING_STARTED": "181", "AGENT_INSTALLING_FAILED": "182", "AGENT_INSTALLING_SUCCEEDED": "183", "AGENT_INSTALLING_PENDING": "201"}[event]
		status := "Success"
		if result != "0" {
			status = "Failure"
		}
		return "{0A0A0A0A-1111-2222-3333-444455556666}\t2025-03-18 " + at + "+0900\t1\t" + number + " [" + event + "]\t101\t" + id + "\t100\t" + result + "\t" + caller + "\t" + status + "\tContent Install\t" + text + "\r\n"
	}
	const started = "Installation Started: Windows has started installing the following update: 2025-03 Cumulative Update for Windows 11 (KB5053602)"
	const failed = "Installation Failure: Windows failed to install the following update with error 0x800704c7: 2025-03 Cumulative Update for Windows 11 (KB5053602)"
	const ja = "インストールの開始: Windows で次の更新プログラムのインストールが開始されました: 2025-03 Windows 11 用累積更新プログラム (KB5053602)"
	f := func(name, text string, check func(t *testing.T, res *Result, u ledger.Update)) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "ReportingEvents.log"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			res := run(t, Options{}, dir)
			if len(res.Updates) != 1 {
				t.Fatalf("updates %+v", res.Updates)
			}
			check(t, res, res.Updates[0])
		})
	}
	f("cancelled at its maximum", line("01:00:00:000", "AGENT_INSTALLING_STARTED", "0", "CcmExec", started)+line("02:00:04:250", "AGENT_INSTALLING_FAILED", "800704c7", "CcmExec", failed),
		func(t *testing.T, res *Result, u ledger.Update) {
			a := u.Attempts[0]
			if u.KB != "KB5053602" || a.Runtime() != int64(3604250*time.Millisecond) || a.Verdict != ledger.Exceeded || a.Max.Seconds != 3600 || a.Result != ledger.Cancelled {
				t.Errorf("%+v %+v", u, a)
			}
			if u.RecommendedMinutes != 125 {
				t.Errorf("recommended %d", u.RecommendedMinutes)
			}
			if len(res.Findings) != 1 || res.Findings[0].Confidence != finding.Likely || res.Findings[0].Params["minutes"] != "60" || res.Findings[0].Params["maximum"] != "60" {
				t.Errorf("%+v", res.Findings)
			}
		})
	f("cancelled by a user", line("01:00:00:000", "AGENT_INSTALLING_STARTED", "0", "CcmExec", ja)+line("01:07:33:000", "AGENT_INSTALLING_FAILED", "800704c7", "CcmExec", failed),
		func(t *testing.T, res *Result, u ledger.Update) {
			if u.Attempts[0].Verdict != ledger.Within || len(res.Findings) != 1 || res.Findings[0].ID != "install-cancelled" {
				t.Errorf("%+v %+v", u.Attempts[0], res.Findings)
			}
		})
	f("another caller", line("01:00:00:000", "AGENT_INSTALLING_STARTED", "0", "UpdateOrchestrator", started)+line("02:00:04:250", "AGENT_INSTALLING_FAILED", "800704c7", "UpdateOrchestrator", failed),
		func(t *testing.T, res *Result, u ledger.Update) {
			if len(res.Findings) != 1 || res.Findings[0].ID != "install-cancelled" || res.Findings[0].Params["caller"] != "UpdateOrchestrator" {
				t.Errorf("%+v", res.Findings)
			}
		})
	f("its start rolled away", line("02:00:04:250", "AGENT_INSTALLING_FAILED", "800704c7", "CcmExec", failed),
		func(t *testing.T, res *Result, u ledger.Update) {
			if a := u.Attempts[0]; a.Known() || a.Verdict != ledger.Unknown || len(res.Findings) != 0 {
				t.Errorf("%+v", u.Attempts[0])
			}
		})
	f("still open", line("01:00:00:000", "AGENT_INSTALLING_STARTED", "0", "CcmExec", started),
		func(t *testing.T, res *Result, u ledger.Update) {
			if u.State() != ledger.Open || u.Attempts[0].Known() {
				t.Errorf("%+v", u)
			}
		})
	f("installed after all", line("01:00:00:000", "AGENT_INSTALLING_STARTED", "0", "CcmExec", started)+line("02:00:01:000", "AGENT_INSTALLING_FAILED", "800704c7", "CcmExec", failed)+
		line("03:00:00:000", "AGENT_INSTALLING_STARTED", "0", "CcmExec", started)+line("03:40:00:000", "AGENT_INSTALLING_SUCCEEDED", "0", "CcmExec", started),
		func(t *testing.T, res *Result, u ledger.Update) {
			if len(res.Findings) != 1 || res.Findings[0].Severity != finding.Info || res.Findings[0].Params["recovered"] != "2025-03-17T18:40:00Z" {
				t.Errorf("%+v", res.Findings)
			}
			if u.RecommendedMinutes != 60 {
				t.Errorf("recommended %d", u.RecommendedMinutes)
			}
		})
}

func TestMaxima(t *testing.T) {
	f := func(in, fault string) {
		t.Helper()
		_, err := ledger.ReadMaxima(strings.NewReader(in), "max.csv")
		if fault == "" && err != nil || fault != "" && (err == nil || !strings.Contains(err.Error(), fault)) {
			t.Errorf("%q: %v", in, err)
		}
	}
	f("kb,minutes\nKB5053602,90\n", "")
	f("\ufeffKB5053602,90\r\n{11111111-2222-3333-4444-555555555555},120", "")
	f("KB5053602\n", "line 1: want an update and its minutes")
	f("KB5053602,90\nKB1234567,soon\n", "line 2: \"soon\" is not minutes")
	f("KB5053602,0\n", "not minutes between 1 and 9999")
}

func TestNothing(t *testing.T) {
	if _, err := Run(context.Background(), []string{filepath.Join(t.TempDir(), "none.zip")}, Options{}); err == nil || !strings.Contains(err.Error(), "none.zip") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, []string{t.TempDir()}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestAsOf holds that windows are counted from where the logs of a machine end,
// whatever the day of the analysis, unless another moment is asked for. A record
// that a clock running ahead wrote does not count.
func TestAsOf(t *testing.T) {
	dir := t.TempDir()
	write := func(name, at, date string) {
		line := `<![LOG[Assignment {A} has total CI = 1]LOG]!><time="` + at + `.000-540" date="` + date + `" component="UpdatesDeploymentAgent" context="" type="1" thread="1" file="a.cpp:1">` + "\r\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("UpdatesDeployment.log", "12:00:00", "03-18-2025")
	end := time.Date(2025, 3, 18, 3, 0, 0, 0, time.UTC)
	if got := time.Unix(0, run(t, Options{}, dir).AsOf(0)).UTC(); !got.Equal(end) {
		t.Errorf("as of %s, want %s", got, end)
	}
	asked := end.AddDate(0, 1, 0)
	if got := time.Unix(0, run(t, Options{Now: asked}, dir).AsOf(0)).UTC(); !got.Equal(asked) {
		t.Errorf("as of %s, want what was asked for, %s", got, asked)
	}
	write("UpdatesHandler.log", "12:00:00", "03-18-2099")
	if got := time.Unix(0, run(t, Options{}, dir).AsOf(0)).UTC(); !got.Equal(end) {
		t.Errorf("as of %s beside a clock that ran ahead, want %s", got, end)
	}
}
