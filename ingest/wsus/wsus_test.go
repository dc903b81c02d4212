package wsus

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return New() }

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

func TestGolden(t *testing.T) { scantest.Golden(t, "SoftwareDistribution.log", newParser, Split) }

func TestLevel(t *testing.T) {
	f := func(word string, want record.Level) {
		t.Helper()
		recs := scantest.Whole(t, New(), []byte("2024-03-05 10:11:12.345 UTC\t"+word+"\tw3wp.58\tA.B\terror"))
		if recs[0].Level != want || recs[0].Bias != 0 || recs[0].Name != "A.B" || recs[0].Thread != 58 {
			t.Errorf("%s: %+v, want %v", word, recs[0], want)
		}
	}
	f("Info", record.Info)
	f("Change", record.Info)
	f("Warning", record.Warning)
	f("Error", record.Error)
	f("Trace", record.Verbose)
}

// TestNoLevel holds that a line without columns loses nothing of its text.
func TestNoLevel(t *testing.T) {
	f := func(line, message, component string) {
		t.Helper()
		got := Split([]byte("2024-03-05 10:11:12.345 UTC\t" + line + "\r\n"))
		if string(got.Message) != message || string(got.Component) != component {
			t.Errorf("%s: message %q, component %q", line, got.Message, got.Component)
		}
	}
	const approved = "Successfully deployed deployment(Install) of KB5034441 by CONTOSO\\admin"
	f(approved, approved, "")
	f("Change\tmmc.5\tAdminDataAccess.ExecuteSPDeployUpdate\t"+approved, approved, "AdminDataAccess.ExecuteSPDeployUpdate")
	f("Errors were found", "Errors were found", "")
	f("Error\tw3wp.5\tA.B\tErrors were found", "Errors were found", "A.B")
}

// The slow reference.
var (
	slowLine   = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d+) UTC(?:[\t ](.*))?$`)
	slowColumn = regexp.MustCompile(`^(\t *|[\t ]*)([^\t ]*)`)
	slowThread = regexp.MustCompile(`\.(\d+)$`)
)

func slow(text []byte) []scantest.Rec {
	levels := map[string]record.Level{
		"Error": record.Error, "Fatal": record.Error, "Warning": record.Warning,
		"Trace": record.Verbose, "Verbose": record.Verbose, "Debug": record.Verbose,
	}
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowLine.FindStringSubmatch(line)
		if m == nil {
			return r, false
		}
		at, err := time.Parse("2006-01-02 15:04:05", m[1])
		if err != nil || at.Year() < 1970 || at.Year() > 2261 {
			return r, false
		}
		ns, _ := strconv.Atoi((m[2] + "000000000")[:9])
		r.Time = at.UnixNano() + int64(ns)
		rest := line[strings.Index(line, " UTC")+4:]
		var columns [3]string
		for i := range columns {
			c := slowColumn.FindStringSubmatch(rest)
			columns[i], rest = c[2], rest[len(c[0]):]
		}
		r.Level = record.Info
		if l, ok := levels[columns[0]]; ok {
			r.Level = l
		} else if columns[0] != "Info" && columns[0] != "Change" {
			return r, true
		}
		if n := slowThread.FindStringSubmatch(columns[1]); n != nil {
			for _, c := range n[1] {
				r.Thread = r.Thread*10 + uint32(c-'0')
			}
		}
		r.Name = columns[2]
		return r, true
	})
}

func TestSlow(t *testing.T) {
	text, err := os.ReadFile("testdata/SoftwareDistribution.log")
	if err != nil {
		t.Fatal(err)
	}
	scantest.Equal(t, New(), text, slow(text))
	for _, m := range scantest.Mangled(text, 20_000) {
		scantest.Equal(t, New(), m, slow(m))
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }
