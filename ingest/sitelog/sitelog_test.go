package sitelog

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

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

func TestDetectMixed(t *testing.T) {
	const (
		site    = "text  $$<X><12-09-2022 11:25:14.217+360><thread=1 (0x1)>\r\n"
		cmtrace = `<![LOG[text]LOG]!><time="11:25:14.217+360" date="12-09-2022" component="X" context="" type="1" thread="1" file="">` + "\r\n"
	)
	f := func(text string, want bool) {
		t.Helper()
		if got := Detect([]byte(text), "x.log"); got != want {
			t.Errorf("Detect(%q) = %v, want %v", text, got, want)
		}
	}
	f(site+cmtrace, true)
	f(cmtrace+site, true)
	f(strings.Repeat(cmtrace, 100)+site, true)
	f("the rest of a message\r\nmore\r\n"+site, true)
	f(cmtrace, false)
	f("<![LOG[quoted:\r\nx"+cmtrace, false)
	f(strings.Repeat("mail\r\n", 60)+site, false)
}

func TestGolden(t *testing.T) { scantest.Golden(t, "wsyncmgr.log", newParser, Split) }

// TestBias holds the sign of the bias: UTC = local + bias.
func TestBias(t *testing.T) {
	f := func(when, utc string) {
		t.Helper()
		recs := scantest.Whole(t, New(), []byte("text  $$<X><"+when+"><thread=1 (0x1)>"))
		want, err := time.Parse(time.RFC3339Nano, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := recs[0].Time + int64(recs[0].Bias)*int64(time.Minute); got != want.UnixNano() {
			t.Errorf("%s is %s, want %s", when, time.Unix(0, got).UTC(), utc)
		}
	}
	f("12-09-2022 11:25:14.217+360", "2022-12-09T17:25:14.217Z")
	f("12-09-2022 11:25:14.217-540", "2022-12-09T02:25:14.217Z")
	f("12-09-2022 11:25:14.217+-540", "2022-12-09T02:25:14.217Z")
	f("12-09-2022 11:25:14.217+000", "2022-12-09T11:25:14.217Z")
}

// The slow reference.
var (
	slowColumns = regexp.MustCompile(`^\$\$<([^>]*)><([^>]*)><(thread=[^>]*)>$`)
	slowDate    = regexp.MustCompile(`^(\d\d?)-(\d\d?)-(\d{4})$`)
	slowClock   = regexp.MustCompile(`^(\d\d?:\d\d:\d\d)(?:\.(\d+))?([+-].*)?`)
	slowBias    = regexp.MustCompile(`^([+]-|[+-])(\d{1,5})(\d?)`)
	slowAsctime = regexp.MustCompile(`^[A-Za-z]{3} ([A-Za-z]{3}) ([ \t]?)(\d\d?) (\d\d:\d\d:\d\d)(?:\.(\d+))? (\d{4})(\d?)`)
	slowNumber  = regexp.MustCompile(`^\d+`)
)

// slowStamp returns the time and bias of a date and clock.
func slowStamp(date, clock string) (r record.Rec) {
	r.Bias, r.Flags = record.NoBias, record.Untimed
	d, c := slowDate.FindStringSubmatch(date), slowClock.FindStringSubmatch(clock)
	if d == nil || c == nil {
		return r
	}
	at, err := time.Parse("1-2-2006 15:04:05", d[1]+"-"+d[2]+"-"+d[3]+" "+c[1])
	if err != nil || at.Year() < 1970 || at.Year() > 2261 || strings.HasPrefix(clock[len(c[1]):], ".") && c[2] == "" {
		return r
	}
	ns, _ := strconv.Atoi((c[2] + "000000000")[:9])
	r.Time, r.Flags = at.UnixNano()+int64(ns), 0
	if b := slowBias.FindStringSubmatch(c[3]); b != nil && b[3] == "" {
		if v, _ := strconv.Atoi(b[2]); v <= 900 {
			r.Bias = int16(v)
			if strings.HasSuffix(b[1], "-") {
				r.Bias = -r.Bias
			}
		}
	}
	return r
}

func slowThread(s string) (v uint32) {
	for _, c := range slowNumber.FindString(s) {
		v = v*10 + uint32(c-'0')
	}
	return v
}

// slowEnd reads the columns that line ends in, before the message that they end.
func slowEnd(before, line string) (r scantest.Rec, ok bool) {
	line = strings.TrimRight(line, "\r\n\t ")
	i := strings.LastIndex(line, "$$<")
	if i < 0 || len(line)-i > 512 {
		return r, false
	}
	m := slowColumns.FindStringSubmatch(line[i:])
	if m == nil {
		return r, false
	}
	date, clock, _ := strings.Cut(m[2], " ")
	r.Rec = slowStamp(date, clock)
	if a := slowAsctime.FindStringSubmatch(m[2]); a != nil && a[7] == "" {
		at, err := time.Parse("Jan 2 15:04:05 2006", a[1]+" "+a[3]+" "+a[4]+" "+a[6])
		ns, _ := strconv.Atoi((a[5] + "000000000")[:9])
		if err == nil && at.Year() >= 1970 && at.Year() <= 2261 {
			r.Time, r.Flags = at.UnixNano()+int64(ns), 0
		}
	}
	r.Name = m[1]
	r.Thread = slowThread(strings.TrimPrefix(m[3], "thread="))
	r.Level = scan.Severity([]byte(before + line[:i]))
	return r, true
}

func slowLog(line string) (r scantest.Rec, ok bool) {
	_, rest, ok := strings.Cut(line, "]LOG]!><")
	if !ok {
		return r, false
	}
	rest = "<" + rest
	value := func(key string) string {
		m := regexp.MustCompile(regexp.QuoteMeta(key) + `="([^"]*)"`).FindStringSubmatch(rest)
		if m == nil || strings.Index(rest, key+`="`) != strings.Index(rest, m[0]) {
			return ""
		}
		return m[1]
	}
	r.Rec = slowStamp(value(" date"), value("<time"))
	r.Name = value(" component")
	r.Thread = slowThread(value(" thread"))
	switch value(" type") {
	case "1", "":
		r.Level = record.Info
	case "2":
		r.Level = record.Warning
	case "3":
		r.Level = record.Error
	}
	return r, true
}

func slow(text []byte) []scantest.Rec {
	var recs []scantest.Rec
	cut := scantest.Rec{Rec: record.Rec{Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}}
	at, start, body := 0, 0, ""
	for _, line := range strings.SplitAfter(string(text), "\n") {
		plain := strings.TrimRight(strings.TrimSuffix(line, "\n"), "\r")
		blank := strings.Trim(plain, " \t") == ""
		if strings.HasPrefix(line, "<![LOG[") && strings.Trim(body, " \t\r\n") != "" {
			cut.Off = start
			recs = append(recs, cut)
			start, body = at, ""
		}
		if body == "" && !blank && len(recs) > 0 {
			start = at
		}
		if body != "" || !blank {
			r, ok := slowEnd(body, plain)
			if strings.HasPrefix(body+plain, "<![LOG[") {
				if c, is := slowLog(plain); is {
					r, ok = c, true
				}
			}
			body += line
			if ok {
				r.Off = start
				recs = append(recs, r)
				body = ""
			}
		}
		at += len(line)
	}
	if body != "" || len(recs) == 0 && len(text) > 0 {
		cut.Off = start
		recs = append(recs, cut)
	}
	return recs
}

func TestSlow(t *testing.T) {
	text, err := os.ReadFile("testdata/wsyncmgr.log")
	if err != nil {
		t.Fatal(err)
	}
	scantest.Equal(t, New(), text, slow(text))
	for _, m := range scantest.Mangled(text, 20_000) {
		scantest.Equal(t, New(), m, slow(m))
	}
}

// TestSample reads the log of a real site server.
func TestSample(t *testing.T) {
	text := scantest.Sample(t, "site-server/fspmgr.log")
	recs := scantest.Whole(t, New(), text)
	if want := strings.Count(string(text), "$$<"); len(recs) != want {
		t.Errorf("%d records, want %d", len(recs), want)
	}
	scantest.Equal(t, New(), text, slow(text))
	for _, r := range recs {
		if r.Flags != 0 || r.Bias != 360 && r.Bias != 300 || r.Thread == 0 || r.Name == "" {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }
