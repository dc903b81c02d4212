package cbs

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return New() }

func TestDetect(t *testing.T) {
	scantest.Claims(t, Name, Detect)
	scantest.Claims(t, NameDISM, DetectDISM)
	scantest.Claims(t, NameSetup, DetectSetup)
}

// TestMixed holds that the name decides between servicing and setup only where
// the components do not.
func TestMixed(t *testing.T) {
	line := func(component string) string {
		return "2024-03-05 10:11:12, Info                  " + component + strings.Repeat(" ", 7-len(component)) + "text\r\n"
	}
	f := func(text, name, want string) {
		t.Helper()
		if got := kind([]byte(text), name); got != want {
			t.Errorf("%q in %s is %q, want %q", text, name, got, want)
		}
	}
	f(line("CBS")+line("CSI"), "setupact.log", Name)
	f(line("CBS")+line("SP"), "setupact.log", NameSetup)
	f(line("CBS")+line("SP"), "CbsPersist_20240305101112.log", Name)
	f(line("DISM")+line("SP"), "dism.log", NameDISM)
	f(line("CBS")+line("CBS")+line("SP"), "x.log", Name)
	f(line("DISM")+line("DISM")+line("SP"), "x.log", NameDISM)
	f(line("DISM")+line("SP")+line("SP"), "x.log", NameSetup)
	f("no time\n", "cbs.log", "")
	f(strings.Repeat("no time\n", 60)+line("CBS"), "cbs.log", "")
	f(strings.Repeat("no time\n", 40)+line("CBS"), "cbs.log", Name)
}

func TestGolden(t *testing.T) {
	scantest.Golden(t, "cbs.log", newParser, Split)
	scantest.Golden(t, "dism.log", newParser, Split)
	scantest.Golden(t, "setupact.log", newParser, Split)
}

func TestLevel(t *testing.T) {
	f := func(word string, want record.Level) {
		t.Helper()
		recs := scantest.Whole(t, New(), []byte("2024-03-05 10:11:12, "+word+" CBS error"))
		if recs[0].Level != want || recs[0].Flags != 0 {
			t.Errorf("%s: %+v, want %v", word, recs[0], want)
		}
	}
	f("Info", record.Info)
	f("Warning", record.Warning)
	f("Error", record.Error)
	f("Fatal", record.Error)
	f("Perf", record.Verbose)
	f("警告", record.Warning)
	f("エラー", record.Error)
}

// The slow reference: the first line of a record as a regular expression.
var (
	slowLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d), (Info|Warning|Error|Fatal|Critical|Perf|Verbose|Debug|情報|警告|エラー)(?:$|([ \t]+)(\[0x[^ \t]*\](?:[ \t]+|$))?(([^ \t]*)[ \t]*)(.*)$)`)
	slowWord = regexp.MustCompile(`^[A-Za-z0-9_-]{2,12}$`)
	slowCaps = regexp.MustCompile(`^[A-Z](.*[A-Z])$`)
	slowIDs  = regexp.MustCompile(`^PID=(\d*)(?: TID=(\d*))?`)
)

func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowLine.FindStringSubmatch(line)
		if m == nil {
			return r, false
		}
		at, err := time.Parse("2006-01-02 15:04:05", m[1])
		if err != nil || at.Year() < 1970 || at.Year() > 2261 {
			return r, false
		}
		r.Time, r.Bias = at.UnixNano(), record.NoBias
		r.Level = map[string]record.Level{
			"Info": record.Info, "情報": record.Info, "Warning": record.Warning, "警告": record.Warning,
			"Perf": record.Verbose, "Verbose": record.Verbose, "Debug": record.Verbose,
		}[m[2]]
		if r.Level == record.Verbose && m[2][0] != 'P' && m[2][0] != 'V' && m[2][0] != 'D' {
			r.Level = record.Error
		}
		from := len(m[1]) + 2 + len(m[2]) + len(m[3]) + len(m[4])
		alone := from == 43 && (from+len(m[5]) >= 50 || m[7] == "")
		if from < 50 && slowWord.MatchString(m[6]) && (alone || slowCaps.MatchString(m[6])) {
			r.Name = m[6]
		}
		if r.Name == "DISM" {
			msg := m[7][:min(len(m[7]), 120)]
			if i := strings.Index(msg, "PID="); i == 0 || i > 0 && msg[i-1] == ' ' {
				for _, c := range slowIDs.FindStringSubmatch(msg[i:])[2] {
					r.Thread = r.Thread*10 + uint32(c-'0')
				}
			}
		}
		return r, true
	})
}

func TestSlow(t *testing.T) {
	for _, file := range []string{"cbs", "dism", "setupact"} {
		text, err := os.ReadFile("testdata/" + file + ".log")
		if err != nil {
			t.Fatal(err)
		}
		scantest.Equal(t, New(), text, slow(text))
		for _, m := range scantest.Mangled(text, 10_000) {
			scantest.Equal(t, New(), m, slow(m))
		}
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }
