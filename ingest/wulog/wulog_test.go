package wulog

import (
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
func newLegacy() scantest.Parser { return NewLegacy() }

func TestDetect(t *testing.T) {
	scantest.Claims(t, Name, Detect)
	scantest.Claims(t, NameLegacy, DetectLegacy)
	if DetectLegacy([]byte("2015-06-01 09:10:11:123 ERROR it failed\n"), "app.log") {
		t.Error("a log without process ids is taken for WindowsUpdate.log")
	}
	if !DetectLegacy([]byte("2015-06-01 09:10:11:123 912 16d0 Misc it failed\n"), "app.log") {
		t.Error("pasted lines of WindowsUpdate.log are not known")
	}
}

func TestGolden(t *testing.T) {
	scantest.Golden(t, "converted.log", newParser, Split)
	scantest.Golden(t, "legacy.log", newLegacy, SplitLegacy)
}

func TestLegacyZone(t *testing.T) {
	f := func(zone string, want int16) {
		t.Helper()
		text := "2015-06-01\t09:10:11:123\t 912\t16d0\tAU\tbefore\n" +
			"2015-06-01\t09:10:11:123\t 912\t16d0\tMisc\t=====  Logging initialized (build: 7.6.7600.320, tz: " + zone + ")  =====\n" +
			"2015-06-01\t09:10:11:123\t 912\t16d0\tAU\ttz: +0100 is no header\n"
		recs := scantest.Chunked(t, newLegacy, []byte(text))
		if len(recs) != 3 || recs[0].Bias != record.NoBias || recs[1].Bias != want || recs[2].Bias != want {
			t.Errorf("zone %s: %+v, want bias %d", zone, recs, want)
		}
	}
	f("+0530", -330)
	f("+0900", -540)
	f("-0800", 480)
	f("+09:00", -540)
	f("+09", -540)
	f("+09:000", record.NoBias)
	f("+0000", 0)
	f("GMT", record.NoBias)
}

func TestLevel(t *testing.T) {
	f := func(msg string, want record.Level) {
		t.Helper()
		old := "2015-06-01\t09:10:11:123\t 912\t16d0\tAgent\t" + msg
		if recs := scantest.Whole(t, NewLegacy(), []byte(old)); recs[0].Level != want {
			t.Errorf("%q: %v, want %v", old, recs[0].Level, want)
		}
		made := "2024/03/05 10:11:12.1234567 1     2     Agent           " + msg
		if recs := scantest.Whole(t, New(), []byte(made)); recs[0].Level != want {
			t.Errorf("%q: %v, want %v", made, recs[0].Level, want)
		}
	}
	f("Finding updates", record.Info)
	f("WARNING: Failed to get", record.Warning)
	f("  # WARNING: Exit code = 0x8024402C", record.Warning)
	f("FATAL: cannot", record.Error)
	f("*FAILED* [8024000C] Method failed", record.Error)
	f("Search failed, error = 0x8024402C", record.Error)
	f("succeeded with error = 0x00000000", record.Info)
}

// The slow reference: the two forms as regular expressions.
var (
	slowConverted = regexp.MustCompile(`^(\d{4})(/|-|\.|\. )(\d\d)(/|-|\.|\. )(\d\d) (\d\d[:.]\d\d[:.]\d\d)\.(\d{7}) +(\d+) +(\d+)(?: *$| {16,}([^ ].*)$| +([^ ]+) *(.*)$)`)
	slowLegacy    = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d):(\d+)[ \t]+(.*)$`)
	slowIDs       = regexp.MustCompile(`^(\d*)[ \t]*(?:([0-9a-fA-F]+)(?:[ \t]|$))?`)
)

func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowConverted.FindStringSubmatch(line)
		if m == nil || m[2] != m[4] || m[6][2] != m[6][5] {
			return r, false
		}
		r.Bias = record.NoBias
		r.Thread = number(m[9], 10)
		r.Name = m[11]
		r.Level = scan.Severity([]byte(m[10] + m[12]))
		clock := strings.ReplaceAll(m[6], ".", ":")
		if y := m[1]; y == "1600" || y == "1601" {
			if _, err := time.Parse("15:04:05", clock); err != nil || m[3] < "01" || m[3] > "12" || m[5] < "01" || m[5] > "31" {
				return r, false
			}
			r.Flags = record.Untimed
			return r, true
		}
		at, err := time.Parse("2006-01-02 15:04:05.0000000", m[1]+"-"+m[3]+"-"+m[5]+" "+clock+"."+m[7])
		r.Time = at.UnixNano()
		return r, err == nil && at.Year() >= 1970 && at.Year() <= 2261
	})
}

func slowLegacyRecs(text []byte) []scantest.Rec {
	bias := record.NoBias
	zone := regexp.MustCompile(`^([+-])(\d\d)(?::?(\d\d))?(\d?)`)
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowLegacy.FindStringSubmatch(line)
		if m == nil {
			return r, false
		}
		at, err := time.Parse("2006-01-02 15:04:05", m[1]+" "+m[2])
		if err != nil || at.Year() < 1970 || at.Year() > 2261 {
			return r, false
		}
		ns, _ := strconv.Atoi((m[3] + "00000000")[:9])
		r.Time = at.UnixNano() + int64(ns)
		id := slowIDs.FindStringSubmatchIndex(m[4])
		rest := m[4][id[3]:]
		if id[4] >= 0 {
			r.Thread = number(m[4][id[4]:id[5]], 16)
			rest = m[4][id[5]:]
		} else {
			rest = strings.TrimLeft(rest, " \t")
		}
		if strings.HasPrefix(rest, "\t") {
			rest = rest[1:]
		} else {
			rest = strings.TrimLeft(rest, " \t")
		}
		end := strings.IndexAny(rest, " \t")
		if end < 0 {
			end = len(rest)
		}
		r.Name = rest[:end]
		msg := strings.TrimPrefix(strings.TrimLeft(rest[end:], " "), "\t")
		r.Level = scan.Severity([]byte(msg))
		_, stated, _ := strings.Cut(msg, "tz: ")
		if z := zone.FindStringSubmatch(stated); z != nil && z[4] == "" && msg[0] == '=' {
			h, _ := strconv.Atoi(z[2])
			min, _ := strconv.Atoi(z[3])
			if h*60+min <= 900 && min <= 59 {
				bias = int16(h*60 + min)
				if z[1] == "+" {
					bias = -bias
				}
			}
		}
		r.Bias = bias
		return r, true
	})
}

func number(s string, base int) uint32 {
	var v uint32
	for _, c := range strings.ToLower(s) {
		d := strings.IndexRune("0123456789abcdef", c)
		v = v*uint32(base) + uint32(d)
	}
	return v
}

func TestSlow(t *testing.T) {
	f := func(file string, p func() scantest.Parser, slow func([]byte) []scantest.Rec) {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scantest.Equal(t, p(), text, slow(text))
		for _, m := range scantest.Mangled(text, 20_000) {
			scantest.Equal(t, p(), m, slow(m))
		}
	}
	f("testdata/converted.log", newParser, slow)
	f("testdata/legacy.log", newLegacy, slowLegacyRecs)
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }

func FuzzLegacy(f *testing.F) { scantest.Fuzz(f, newLegacy, SplitLegacy, slowLegacyRecs) }
