package msi_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/msi"
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return msi.New() }

func TestGolden(t *testing.T) {
	for _, file := range []string{"failed.log", "japanese.log", "middle.log"} {
		head, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if !msi.Detect(head, "x.log") {
			t.Errorf("%s: not detected", file)
		}
		scantest.Golden(t, file, newParser, msi.Split)
	}
}

func TestDetectOthers(t *testing.T) {
	for _, h := range scantest.Heads {
		if got, want := msi.Detect([]byte(h.Text), h.File), h.Format == msi.Name || h.File == "msi.log"; got != want {
			t.Errorf("%s log %s: %v", h.Format, h.File, got)
		}
	}
	for _, text := range []string{
		"=== 2025/03/18 1:02:03 ===\ntext\n",
		"=== Logging started ===\n",
		"=== \n", "===\n", "MSI (s) (A0:B4) [01:02:03:456]\n", "MSI (s) (A0:B4) [01:02:03]: x\n",
	} {
		if msi.Detect([]byte(text), "msi.log") {
			t.Errorf("claims %q", text)
		}
	}
}

func TestHeader(t *testing.T) {
	f := func(stamp, want string) {
		t.Helper()
		text := "=== Verbose logging started: " + stamp + "  Build type: SHIP UNICODE 5.00.10011.00  Calling process: C:\\Windows\\System32\\msiexec.exe ===\n"
		r := scantest.Whole(t, msi.New(), []byte(text))[0]
		got := "none"
		if r.Flags == 0 {
			got = time.Unix(0, r.Time).UTC().Format("2006-01-02 15:04:05")
		}
		if got != want {
			t.Errorf("%q: %s, want %s", stamp, got, want)
		}
	}
	const at = "2025-03-18 01:02:03"
	f("3/18/2025  1:02:03", at)
	f("3/18/2025  01:02:03", at)
	f("18/03/2025  1:02:03", at)
	f("3/4/2025  1:02:03", "2025-03-04 01:02:03")
	f("04.03.2025  1:02:03", "2025-03-04 01:02:03")
	f("04-03-2025  1:02:03", "2025-03-04 01:02:03")
	f("18.03.25  1:02:03", at)
	f("2025/03/18  1:02:03", at)
	f("2025-03-18  1:02:03", at)
	f("2025.03.18.  1:02:03", at)
	f("2025/13/18  1:02:03", "none")
	f("18/18/2025  1:02:03", "none")
	f("2025/03/18  24:02:03", "none")
	f("2025/03/18", "none")
	f("2025/03", "none")
}

// TestMidnight follows lines over several midnights, back and forth.
func TestMidnight(t *testing.T) {
	var text strings.Builder
	text.WriteString("=== Logging started: 12/31/2024  22:00:00 ===\n")
	start := time.Date(2024, 12, 31, 22, 0, 0, 0, time.UTC)
	var want []time.Time
	for i := range 60 {
		at := start.Add(time.Duration(i)*67*time.Minute - time.Duration(i%3)*25*time.Minute)
		want = append(want, at)
		text.WriteString("MSI (s) (A0:B4) [" + at.Format("15:04:05") + ":000]: line\n")
	}
	recs := scantest.Chunked(t, newParser, []byte(text.String()))
	for i, w := range want {
		if got := time.Unix(0, recs[i+1].Time).UTC(); !got.Equal(w) {
			t.Errorf("line %d: %v, want %v", i, got, w)
		}
	}
}

func TestLevel(t *testing.T) {
	f := func(line string, want record.Level) {
		t.Helper()
		text := "=== Logging started: 12/31/2024  22:00:00 ===\n" + line + "\n"
		recs := scantest.Whole(t, msi.New(), []byte(text))
		if len(recs) != 2 || recs[1].Level != want {
			t.Errorf("%q: %+v, want %v", line, recs, want)
		}
	}
	const m = "MSI (s) (A0:B4) [22:00:00:000]: "
	f(m+"Doing action: FatalError", record.Info)
	f(m+"Product: X -- Error 1303. No access", record.Error)
	f(m+"Note: Error table, Error 25001.", record.Error)
	f(m+"Error 12. Error 1722: Error", record.Info)
	f(m+"Installation success or error status: 0.", record.Info)
	f(m+"Installation success or error status: 3010.", record.Info)
	f(m+"Installation success or error status: 1603.", record.Error)
	f(m+"MainEngineThread is returning 1618", record.Error)
	f(m+"MainEngineThread is returning 0", record.Info)
	f(m+"Product: X -- Installation failed.", record.Error)
	f("Action ended 22:00:00: A. Return value 1.", record.Info)
	f("Action ended 22:00:00: A. Return value 2.", record.Info)
	f("Action ended 22:00:00: A. Return value 3.", record.Error)
	f("Action ended 22:00:00: A. Return value 33.", record.Info)
	f("Aktion beendet um 22:00:00: A. Return value 3.", record.Error)
	f("Error 1722. x", record.Error)
	f("Warning 1946. x", record.Warning)
	f("Info 2898. For WixUI", record.Info)
	f("CustomAction A returned actual error code 0 (note", record.Info)
	f("CustomAction A returned actual error code 1603 (note", record.Error)
}

// TestClockBack holds the days of lines whose clock goes forward, a little back,
// and past midnight after a long wait.
func TestClockBack(t *testing.T) {
	f := func(lines string, want ...string) {
		t.Helper()
		recs := scantest.Whole(t, msi.New(), []byte("=== Logging started: 3/1/2025  10:00:00 ===\n"+lines))
		for i, w := range want {
			if got := time.Unix(0, recs[i+1].Time).UTC().Format("02 15:04:05.000"); got != w {
				t.Errorf("%s: record %d at %s, want %s", lines, i, got, w)
			}
		}
	}
	const s, c = "MSI (s) (A0:B4) [", "MSI (c) (A0:B4) ["
	f(s+"23:59:59:999]: a\n"+s+"00:00:01:000]: b\n", "01 23:59:59.999", "02 00:00:01.000")
	f(s+"23:59:59:999]: a\n"+s+"00:00:01:000]: b\n"+c+"23:59:59:500]: late\n"+s+"00:00:02:000]: c\n", "01 23:59:59.999", "02 00:00:01.000", "01 23:59:59.500", "02 00:00:02.000")
	f(s+"10:00:05:000]: a\n"+c+"10:00:04:900]: b\n"+s+"09:10:00:000]: set back\n", "01 10:00:05.000", "01 10:00:04.900", "01 09:10:00.000")
	f(s+"22:00:00:000]: a\n"+s+"06:00:00:000]: the user came back\n", "01 22:00:00.000", "02 06:00:00.000")
}

var (
	slowEngine = regexp.MustCompile(`^(MSI \(.\)) \(([0-9A-Fa-f]+)[:!]([0-9A-Fa-f]+)\) \[(\d\d:\d\d:\d\d:\d\d\d)\]: ?((?s).*)$`)
	slowAction = regexp.MustCompile(`^[A-Za-z \x{80}-\x{10FFFF}]* (\d{1,2}:\d\d:\d\d):`)
)

// slow finds the lines with a time of day, the plain way, in a log that has no
// date: it is the reference of what begins a record.
func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		r.Bias, r.Level, r.Flags = record.NoBias, record.Info, record.Untimed
		if m := slowEngine.FindStringSubmatch(line); m != nil {
			if _, err := time.Parse("15:04:05.000", m[4][:8]+"."+m[4][9:]); err == nil {
				id, err := strconv.ParseUint(m[3], 16, 32)
				r.Thread, r.Name = uint32(id), m[1]
				return r, err == nil
			}
		}
		if m := slowAction.FindStringSubmatchIndex(line); m != nil && m[2] <= 60 {
			_, err := time.Parse("15:04:05", line[m[2]:m[3]])
			return r, err == nil
		}
		return r, false
	})
}

func TestEqualsSlow(t *testing.T) {
	text := []byte("MSI (s) (A0:B4) [01:02:03:456]: one\r\nAction start 1:02:03: INSTALL.\nProperty(S): A = 1\n" +
		"MSI (c) (1F!22) [23:59:59:999]: two\n  more\nアクション開始 1:02:04: INSTALL。\n")
	found := 0
	for _, b := range scantest.Mangled(text, 5000) {
		want := slow(b)
		found += len(want)
		scantest.Equal(t, msi.New(), b, want)
	}
	if found < 5000 {
		t.Errorf("only %d records were compared", found)
	}
}

func FuzzMSI(f *testing.F) {
	f.Add([]byte("=== Logging started: 12/31/2024  22:00:00 ===\nMSI (s) (A0:B4) [00:00:00:000]: x\nError 1722. x\n"))
	scantest.Fuzz(f, newParser, msi.Split, nil)
}
