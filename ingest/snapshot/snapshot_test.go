package snapshot_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/ingest/scan/scantest"
	"patchtrail/ingest/snapshot"
)

// TestKinds reads the samples of testdata: <kind>.<what>.txt is of that kind,
// none.<what>.txt of none.
func TestKinds(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 60 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		head, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := strings.Cut(filepath.Base(file), ".")
		if want == "none" {
			want = ""
		}
		for what, text := range map[string]string{
			"as it is":     string(head),
			"BOM":          "\ufeff" + string(head),
			"CRLF":         strings.ReplaceAll(string(head), "\n", "\r\n"),
			"blank before": "\n\n" + string(head),
		} {
			k, ok := snapshot.Detect([]byte(text), "output.log")
			if string(k) != want || ok != (want != "") {
				t.Errorf("%s, %s: %q, %v", filepath.Base(file), what, k, ok)
			}
		}
	}
}

func TestPrompt(t *testing.T) {
	f := func(text string, want snapshot.Kind) {
		t.Helper()
		if k, _ := snapshot.Detect([]byte(text), ""); k != want {
			t.Errorf("%q: %q, want %q", text, k, want)
		}
	}
	f("\r\nC:\\Users\\admin>netsh winhttp show proxy\r\n\r\nunbekannte Sprache\r\n", snapshot.WinHTTPProxy)
	f("C:\\>netsh winhttp show proxy\r\n", snapshot.WinHTTPProxy)
	f("PS C:\\> Get-HotFix\r\n\r\nunknown\r\n", snapshot.Hotfixes)
	f("PS C:\\Windows\\system32> sc.exe qc wuauserv\r\n\r\nunknown\r\n", snapshot.SCConfig)
	f("C:\\>echo x\r\nx\r\n", snapshot.Text)
	// The output decides before the prompt.
	f("C:\\>tools\\collect.cmd\r\nWindows IP Configuration\r\n", snapshot.IPConfig)
	f("C:\\>systeminfo\r\nWindows IP Configuration\r\n", snapshot.IPConfig)
}

// TestFirstDecides: collection scripts write many outputs into one file.
func TestFirstDecides(t *testing.T) {
	ip := "Windows IP Configuration\n\n   Host Name . . . . . . . . . . . . : PC01\n"
	proxy := "Current WinHTTP proxy settings:\n\n    Direct access (no proxy server).\n"
	if k, _ := snapshot.Detect([]byte(ip+proxy), ""); k != snapshot.IPConfig {
		t.Errorf("%q", k)
	}
	if k, _ := snapshot.Detect([]byte("==== 2025-03-18 01:02:03\n"+proxy+ip), ""); k != snapshot.WinHTTPProxy {
		t.Errorf("%q", k)
	}
}

// TestLogs: no log is a snapshot, also not one that quotes snapshots.
func TestLogs(t *testing.T) {
	for _, h := range scantest.Heads {
		if h.Format == "" {
			continue
		}
		for _, name := range []string{h.File, "gpresult.txt", "ipconfig.csv"} {
			if k, ok := snapshot.Detect([]byte(h.Text), name); ok {
				t.Errorf("%s log %s is taken for %q", h.Format, h.File, k)
			}
		}
	}
	record := `]LOG]!><time="10:27:17.661-540" date="10-18-2019" component="X" context="" type="1" thread="1" file="">` + "\r\n"
	f := func(text string) {
		t.Helper()
		if k, ok := snapshot.Detect([]byte(text), "x.log"); ok {
			t.Errorf("%.60q is taken for %q", text, k)
		}
	}
	f("<![LOG[instance of CCM_CcmHttp_Status\r\n{\r\n\tDateTime = \"20191018142717.661000+000\";\r\n};\r\n" + record)
	f("instance of CCM_CcmHttp_Status\r\n{\r\n\tDateTime = \"x\";\r\n};\r\n" + record)
	f("<![LOG[<?xml version='1.0'?><Rsop/>" + record)
	f("2025-03-18 01:02:03 Windows IP Configuration\r\n2025-03-18 01:02:03 x\r\n")
	f("{\"time\":\"2025-03-18T01:02:03Z\",\"m\":\"a\"}\n{\"time\":\"2025-03-18T01:02:04Z\",\"m\":\"b\"}\n")
	f("\x00\x01\x02binary")
	f("\x01\x02\x03\x04\x05")
	f("")
	f("\r\n \r\n")
}

func TestSamples(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "samples")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no samples here")
	}
	logs := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".log" {
			return err
		}
		head, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		logs++
		if k, ok := snapshot.Detect(head[:min(len(head), 64<<10)], filepath.Base(path)); ok {
			t.Errorf("%s is taken for %q", filepath.Base(path), k)
		}
		return nil
	})
	if err != nil || logs == 0 {
		t.Errorf("%d logs, %v", logs, err)
	}
}

func FuzzDetect(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		head, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head)
	}
	for _, h := range scantest.Heads {
		f.Add([]byte(h.Text))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		k, ok := snapshot.Detect(head, "x")
		if ok != (k != "") {
			t.Errorf("%q, %v", k, ok)
		}
		log := append([]byte("<![LOG[x]LOG]!><time=\"10:27:17.661-540\" date=\"10-18-2019\">\n"), head...)
		if k, ok := snapshot.Detect(log, "x"); ok {
			t.Errorf("a record of CCM before it makes it %q", k)
		}
	})
}
