package pasted

import (
	"fmt"
	"os"
	"regexp"
	"slices"
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

func TestGolden(t *testing.T) { scantest.Golden(t, "mail.log", newParser, Split) }

func TestOrder(t *testing.T) {
	f := func(want string, dates ...string) {
		t.Helper()
		var text strings.Builder
		for _, d := range dates {
			fmt.Fprintf(&text, "text\tX\t%s 1:02:03\t1 (0x1)\r\n", d)
		}
		recs := scantest.Chunked(t, newParser, []byte(text.String()))
		if got := time.Unix(0, recs[0].Time).UTC().Format(time.DateOnly); got != want || len(recs) != len(dates) {
			t.Errorf("%v: %s, want %s", dates, got, want)
		}
	}
	f("2025-03-04", "3/4/2025")
	f("2025-04-03", "3/4/2025", "13/4/2025")
	f("2025-03-04", "3/4/2025", "3/13/2025")
	f("2025-03-04", "3/4/2025", "3/5/2025", "3/6/2025")
	f("2025-04-03", "3/4/2025", "4/4/2025", "5/4/2025")
	f("2025-04-03", "3-4-2025")
	f("2025-03-04", "3-4-2025", "3-13-2025")
	f("2025-04-03", "3.4.2025", "3.4.2025")
	f("2025-03-04", "2025/3/4", "13/4/2025")
}

// TestOrderLate holds that the order does not change after the first 64 KiB.
func TestOrderLate(t *testing.T) {
	text := strings.Repeat("text\tX\t3/4/2025 1:02:03\t1 (0x1)\n", 3000) + "text\tX\t13/4/2025 1:02:03\t1 (0x1)\n"
	for _, r := range scantest.Chunked(t, newParser, []byte(text))[:3000] {
		if got := time.Unix(0, r.Time).UTC().Format(time.DateOnly); got != "2025-03-04" {
			t.Fatalf("%s, want 2025-03-04", got)
		}
	}
}

func TestClock(t *testing.T) {
	f := func(clock, want string) {
		t.Helper()
		for _, sep := range []string{"\t", "   "} {
			recs := scantest.Whole(t, New(), []byte(strings.Join([]string{"some text", "X", "2025/03/04 " + clock, "3840 (0x0F00)"}, sep)))
			got := time.Unix(0, recs[0].Time).UTC().Format("15:04:05.999")
			if recs[0].Flags != 0 {
				got = ""
			}
			if got != want || want != "" && (recs[0].Name != "X" || recs[0].Thread != 3840 || recs[0].Bias != record.NoBias) {
				t.Errorf("%q: %+v is %s, want %s", clock, recs[0], got, want)
			}
		}
	}
	f("1:02:03", "01:02:03")
	f("13:02:03.45", "13:02:03.45")
	f("12:02:03 AM", "00:02:03")
	f("12:02:03 PM", "12:02:03")
	f("1:02:03 PM", "13:02:03")
	f("1:02:03 am", "01:02:03")
	f("1:02:03 p.m.", "13:02:03")
	f("1:02:03\u202fPM", "13:02:03")
	f("1:02:03\u00a0PM", "13:02:03")
	f("午前 0:02:03", "00:02:03")
	f("午後 1:02:03", "13:02:03")
	f("下午 1:02:03", "13:02:03")
	f("13:02:03 PM", "13:02:03")
	f("1:02", "")
	f("25:02:03", "")
	f("1:02:03.", "")
	f("1:02:03x", "")
}

// The slow reference.
var (
	slowEnd  = regexp.MustCompile(`^(.*?)((?:[ \t]|\x{a0}|\x{202f})*)\b(\d{1,4})([/.-])(\d{1,2})([/.-])(\d{2}|\d{4}|\d)(?:[ \t]|\x{a0}|\x{202f})+(?:(AM|am|PM|pm|[ap]\.m\.|午前|午後|上午|下午|오전|오후)(?:[ \t]|\x{a0}|\x{202f})+)?(\d{1,2}:\d\d:\d\d)(?:\.(\d+))?(?:(?:[ \t]|\x{a0}|\x{202f})+(AM|am|PM|pm|[ap]\.m\.|午前|午後|上午|下午|오전|오후))?(?:[ \t]|\x{a0}|\x{202f})+(\d+)(?:[ \t]|\x{a0}|\x{202f})+\(0x[0-9A-Fa-f]+\)[ \t\r]*$`)
	slowWord = regexp.MustCompile(`^((?s:.*?)(?:[ \t]|\x{a0}|\x{202f})|)([^ \t\x{a0}\x{202f}]*)$`)
)

// slowLine is a record's last line.
type slowLine struct {
	message, component string
	parts              [3]string
	sep                string
	clock              time.Duration
	thread             uint32
}

func readSlow(line string) (l slowLine, ok bool) {
	m := slowEnd.FindStringSubmatch(line)
	if m == nil || m[4] != m[6] || m[8] != "" && m[11] != "" {
		return l, false
	}
	if m[2] == "" && m[1] != "" {
		return l, false // the date is a part of a longer word
	}
	yearFirst := len(m[3]) == 4
	if len(m[3]) == 3 || yearFirst && len(m[7]) > 2 || !yearFirst && len(m[7]) == 1 {
		return l, false
	}
	at, err := time.Parse("15:04:05", m[9])
	if err != nil {
		return l, false
	}
	l.clock = at.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))
	switch m[8] + m[11] {
	case "AM", "am", "a.m.", "午前", "上午", "오전":
		if at.Hour() == 12 {
			l.clock -= 12 * time.Hour
		}
	case "PM", "pm", "p.m.", "午後", "下午", "오후":
		if at.Hour() < 12 {
			l.clock += 12 * time.Hour
		}
	}
	ns, _ := strconv.Atoi((m[10] + "000000000")[:9])
	l.clock += time.Duration(ns)
	l.parts, l.sep = [3]string{m[3], m[5], m[7]}, m[4]
	for _, c := range m[12] {
		l.thread = l.thread*10 + uint32(c-'0')
	}
	l.message = m[1]
	if strings.Count(m[2], "\t") < 2 {
		if i := strings.LastIndex(m[1], "\t"); i >= 0 && m[2] != "" {
			l.message, l.component = m[1][:i], m[1][i+1:]
		} else if w := slowWord.FindStringSubmatch(m[1]); w != nil {
			l.message, l.component = w[1], w[2]
		}
	}
	return l, true
}

// date in the given layout; false if there is no such date.
func (l slowLine) date(layout string) (time.Time, bool) {
	parts := slices.Clone(l.parts[:])
	if len(parts[0]) == 4 {
		layout = "2006-1-2"
	} else if len(parts[2]) == 2 {
		parts[2] = "20" + parts[2]
	}
	if l.sep == "." && len(parts[0]) != 4 {
		layout = "2-1-2006"
	}
	at, err := time.Parse(layout, strings.Join(parts, "-"))
	return at, err == nil && at.Year() >= 1970 && at.Year() <= 2261
}

// slow knows text in one order of dates.
func slow(text []byte, layout, other string) []scantest.Rec {
	var recs []scantest.Rec
	at, start, body := 0, 0, ""
	for _, line := range strings.SplitAfter(string(text), "\n") {
		plain := strings.TrimRight(strings.TrimSuffix(line, "\n"), "\r")
		blank := strings.Trim(plain, " \t") == ""
		if body == "" && !blank && len(recs) > 0 {
			start = at
		}
		if body != "" || !blank {
			l, ok := readSlow(plain)
			if ok {
				r := scantest.Rec{Rec: record.Rec{Off: start, Bias: record.NoBias, Thread: l.thread, Level: scan.Severity([]byte(body + l.message))}, Name: l.component}
				if day, ok := l.date(layout); ok {
					r.Time = day.Add(l.clock).UnixNano()
				} else if day, ok := l.date(other); ok {
					r.Time = day.Add(l.clock).UnixNano()
				} else {
					r.Flags = record.Untimed
				}
				recs = append(recs, r)
				body = ""
			} else {
				body += line
			}
		}
		at += len(line)
	}
	if body != "" || len(recs) == 0 && len(text) > 0 {
		recs = append(recs, scantest.Rec{Rec: record.Rec{Off: start, Bias: record.NoBias, Level: record.Info, Flags: record.Fragment | record.Untimed}})
	}
	return recs
}

func TestSlow(t *testing.T) {
	text, err := os.ReadFile("testdata/mail.log")
	if err != nil {
		t.Fatal(err)
	}
	scantest.Equal(t, New(), text, slow(text, "1-2-2006", "2-1-2006"))
	for _, m := range scantest.Mangled(text, 20_000) {
		scantest.Equal(t, &Parser{order: monthFirst}, m, slow(m, "1-2-2006", "2-1-2006"))
		scantest.Equal(t, &Parser{order: dayFirst}, m, slow(m, "2-1-2006", "1-2-2006"))
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, nil) }
