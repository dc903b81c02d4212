package redact_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/redact"
	"patchtrail/analyze/report"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest/gen"
)

// TestOutputs holds that no output holds a name of the client, in its text, its
// paths or its files' names.
func TestOutputs(t *testing.T) {
	for _, incident := range gen.Incidents() {
		t.Run(string(incident), func(t *testing.T) { checkOutputs(t, incident) })
	}
}

func checkOutputs(t *testing.T, incident gen.Incident) {
	bundle := filepath.Join(t.TempDir(), "Fabrik GmbH case 4711")
	dir := filepath.Join(bundle, "ADELE-LT7")
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Seed: 5, Bytes: 400 << 10, Machine: "ADELE-LT7", Domain: "fabrikam.example", Incident: incident}); err != nil {
		t.Fatal(err)
	}
	info := "Host Name:                     ADELE-LT7\r\nOS Name:                       Microsoft Windows 11 Enterprise\r\nDomain:                        fabrikam.example\r\n"
	if err := os.WriteFile(filepath.Join(dir, "ADELE-LT7.txt"), []byte(info), 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(t.Context(), []string{bundle}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res = redact.New(res).Result(res)
	var b bytes.Buffer
	for _, l := range lang.All() {
		opt := report.Options{Lang: l}
		for _, err := range []error{
			report.HTML(&b, res, opt), report.JSON(&b, res, opt), report.Summary(&b, res, opt), report.Windows(&b, res, nil, 4, opt),
			report.CSV(t.Context(), &b, res, timeline.Filter{}), report.JSONL(t.Context(), &b, res, timeline.Filter{}),
			report.Text(t.Context(), &b, res, timeline.Filter{}, opt),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	out := t.TempDir()
	if err := report.Parquet(t.Context(), out, res, report.Options{}); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(out, func(path string, _ os.DirEntry, err error) error {
		b.WriteString(strings.TrimPrefix(path, out))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	low := strings.ToLower(b.String())
	for _, name := range []string{"adele", "fabrik", "case 4711"} {
		if i := strings.Index(low, name); i >= 0 {
			t.Errorf("%s in %q", name, low[max(0, i-200):min(len(low), i+100)])
		}
	}
	if !strings.Contains(low, "host-1") {
		t.Error("nothing was redacted")
	}
}

// TestPathNames holds which parts of paths are taken for names of machines.
func TestPathNames(t *testing.T) {
	dir := t.TempDir()
	line := `<![LOG[Scan failed with error = 0x80072ee2.]LOG]!><time="01:02:03.000-540" date="03-18-2025" component="WUAHandler" context="" type="3" thread="1" file="a">` + "\r\n"
	for _, path := range []string{"YAMADA-PC01/Logs/WUAHandler.log", "x/WS0451_ScanAgent.log", "x/WS0451_CcmMessaging.log", "W3SVC1/KB5034441_a.log", "W3SVC1/KB5034441_b.log"} {
		path = filepath.Join(dir, "logs", path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(line), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := analyze.Run(t.Context(), []string{filepath.Join(dir, "logs")}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := report.JSONL(t.Context(), &b, redact.New(res).Result(res), timeline.Filter{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"YAMADA", "WS0451"} {
		if strings.Contains(b.String(), name) {
			t.Errorf("%s is left in %s", name, b.String())
		}
	}
	for _, name := range []string{"logs/W3SVC1/KB5034441_a.log", "x/HOST-"} {
		if !strings.Contains(b.String(), name) {
			t.Errorf("no %s in %s", name, b.String())
		}
	}
}
