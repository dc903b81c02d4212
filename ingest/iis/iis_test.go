package iis

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return New() }

func TestDetect(t *testing.T) {
	scantest.Claims(t, Name, Detect)
	scantest.Claims(t, NameHTTPERR, DetectHTTPERR)
}

func TestKind(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := kind([]byte(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	const row = "2024-03-05 00:00:10 192.0.2.1 POST /ClientWebService/client.asmx - 8530 - 192.0.2.7 agent - 200 0 0 15\r\n"
	f(row, Name)
	f("the end of a row\r\n"+row, Name)
	f(strings.Replace(row, "200", "2000", 1), "")
	f(strings.Replace(row, "POST", "POS", 1), "")
	f("#Fields: time cs-method\r\n", Name)
	f("#Fields: date time action protocol src-ip dst-ip\r\n", "") // the firewall
	f("#Fields: date-time,session-id,event\r\n", "")              // a mail server
}

func TestGolden(t *testing.T) {
	scantest.Golden(t, "u_ex.log", newParser, Split)
	scantest.Golden(t, "httperr.log", newParser, Split)
}

var slowTime = regexp.MustCompile(`^\d\d:\d\d:\d\d$`)

// slow is the format with nothing but package strings and package time.
func slow(text []byte) []scantest.Rec {
	names := strings.Fields(standard)
	var day time.Time
	last := time.Duration(0)
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		r.Bias, r.Level = record.NoBias, record.Info
		if strings.HasPrefix(line, "#") {
			if f, ok := strings.CutPrefix(line, "#Fields:"); ok {
				names = strings.Fields(f)
				names = names[:min(len(names), 256)]
			}
			if d, ok := strings.CutPrefix(line, "#Date: "); ok && len(d) >= 10 {
				if at, err := time.Parse("2006-01-02", d[:10]); err == nil && at.Year() >= 1970 && at.Year() <= 2261 {
					day, last = at, 0
					if len(d) >= 19 && slowTime.MatchString(d[11:19]) {
						if c, err := time.Parse("15:04:05", d[11:19]); err == nil {
							last = c.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))
						}
					}
				}
			}
			r.Flags = record.Untimed
			return r, true
		}
		columns := strings.Split(line, " ")
		get := func(name string) (string, bool) {
			i := slices.Index(names, name)
			if i < 0 || i >= len(columns) || i == len(columns)-1 && columns[i] == "" {
				return "", false
			}
			return columns[i], true
		}
		clock, _ := get("time")
		at, err := time.Parse("15:04:05", clock)
		if err != nil || !slowTime.MatchString(clock) {
			return r, false
		}
		since := at.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))
		if d, ok := get("date"); ok {
			date, err := time.Parse("2006-01-02", d)
			if err != nil || date.Year() < 1970 || date.Year() > 2261 {
				return r, false
			}
			r.Time = date.Add(since).UnixNano()
		} else {
			if day.IsZero() {
				return r, false
			}
			if since+12*time.Hour < last {
				day = day.AddDate(0, 0, 1)
			}
			last = since
			r.Time = day.Add(since).UnixNano()
		}
		r.Bias = 0
		status, _ := get("sc-status")
		reason, _ := get("s-reason")
		http := slices.Contains(names, "s-reason")
		digits := regexp.MustCompile(`^\d{3}$`).MatchString(status) && status != "000"
		switch {
		case digits && status >= "500":
			r.Level = record.Error
		case digits && status >= "400", http && !digits && len(reason) > 1 && !strings.HasPrefix(reason, "Timer_"):
			r.Level = record.Warning
		}
		r.Name = "IIS"
		if http {
			r.Name = "HTTPERR"
		}
		if site, _ := get("s-sitename"); len(site) > 1 {
			r.Name = site
		}
		return r, true
	})
}

func TestSlow(t *testing.T) {
	for _, file := range []string{"u_ex", "httperr"} {
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
