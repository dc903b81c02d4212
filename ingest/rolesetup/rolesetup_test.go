package rolesetup

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return New() }

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

func TestGolden(t *testing.T) { scantest.Golden(t, "setup.log", newParser, Split) }

func TestLevel(t *testing.T) {
	f := func(msg string, want record.Level) {
		t.Helper()
		if recs := scantest.Whole(t, New(), []byte("<Fri Dec  9 11:25:00 2022> "+msg)); recs[0].Level != want {
			t.Errorf("%q: %v, want %v", msg, recs[0].Level, want)
		}
	}
	f("Setup Started", record.Info)
	f("Warning: old", record.Warning)
	f("Failed to install", record.Error)
	f("install exited with return code: 1603", record.Error)
	f("install exited with return code: 16030", record.Error)
	f("install exited with return code: 0", record.Info)
	f("install exited with return code: 3010", record.Info)
	f("install exited with return code: 1641", record.Info)
	f("install exited with return code: ?", record.Info)
}

// The slow reference.
var (
	slowLine = regexp.MustCompile(`^(?:\x{feff})?<(?:([A-Za-z]{3} [A-Za-z]{3}) ([ \t]?\d\d?) (\d\d:\d\d:\d\d)(?:\.(\d*))? (\d{4})|(\d\d?-\d\d?-\d{4}) (\d\d?:\d\d:\d\d)(?:\.(\d*))?)> ?(.*)$`)
	slowExit = regexp.MustCompile(`^exited with return code: (\d+)`)
)

func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowLine.FindStringSubmatch(line)
		if m == nil {
			return r, false
		}
		var at time.Time
		var err error
		if m[1] != "" {
			at, err = time.Parse("Jan 2 15:04:05 2006", m[1][4:]+" "+strings.TrimLeft(m[2], " \t")+" "+m[3]+" "+m[5])
		} else {
			at, err = time.Parse("1-2-2006 15:04:05", m[6]+" "+m[7])
		}
		if err != nil || at.Year() < 1970 || at.Year() > 2261 {
			return r, false
		}
		ns, _ := strconv.Atoi((m[4] + m[8] + "000000000")[:9])
		r.Time, r.Bias = at.UnixNano()+int64(ns), record.NoBias
		r.Level = scan.Severity([]byte(m[9]))
		if i := strings.Index(m[9], "exited with return code: "); i >= 0 && r.Level == record.Info {
			if c := slowExit.FindStringSubmatch(m[9][i:]); c != nil {
				var code uint32 // wraps, as scan.Number says
				for _, d := range c[1] {
					code = code*10 + uint32(d-'0')
				}
				if code != 0 && code != 3010 && code != 1641 {
					r.Level = record.Error
				}
			}
		}
		return r, true
	})
}

func TestSlow(t *testing.T) {
	text, err := os.ReadFile("testdata/setup.log")
	if err != nil {
		t.Fatal(err)
	}
	scantest.Equal(t, New(), text, slow(text))
	for _, m := range scantest.Mangled(text, 20_000) {
		scantest.Equal(t, New(), m, slow(m))
	}
}

// TestSample reads the log of a real setup, with and without its marks.
func TestSample(t *testing.T) {
	text := scantest.Sample(t, "site-server/SMSFSPSetup.log")
	recs := scantest.Whole(t, New(), text)
	if want := bytes.Count(text, []byte("\n")); len(recs) != want {
		t.Errorf("%d records, want %d", len(recs), want)
	}
	for _, r := range recs {
		if r.Flags != 0 {
			t.Fatalf("%+v", r)
		}
	}
	bare := bytes.ReplaceAll(text, []byte(scan.BOM), nil)
	scantest.Equal(t, New(), bare, slow(bare))
	if n := len(scantest.Whole(t, New(), bare)); n != len(recs) {
		t.Errorf("%d records without marks, want %d", n, len(recs))
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }
