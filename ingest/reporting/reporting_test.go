package reporting

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return New() }

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

func TestDetectPasted(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if got := Detect([]byte(text), "mail.txt"); got != want {
			t.Errorf("Detect(%q) = %v, want %v", text, got, want)
		}
	}
	f("[AGENT_INSTALLING_STARTED] 101 {11111111-aaaa-bbbb-cccc-222233334444} 100 0 CcmExec Success Content Install Installation Started: T\n", true)
	f("\ufeff2024-03-05 10:39:12:345+0900 1 183 [AGENT_INSTALLING_SUCCEEDED] 101\n", true)
	f("[INFO] started\n", false)
	f("12 [MAIN] started\n", false)
	f("2024-03-05 10:39:12,345 [MAIN] started\n", false)
	f("2024-03-05 10:39:12.345 [INFO] started\n", false)
	f("2024-03-05 10:39:12:345 [MAIN] started\n", false)
	f("2024-03-05 10:39:12:345+0900 [COM_RELEASED] 101\n", true)
}

func TestGolden(t *testing.T) { scantest.Golden(t, "events.log", newParser, Split) }

// TestTime holds the sign of the offset: it is the ordinary one.
func TestTime(t *testing.T) {
	f := func(stamp, utc string) {
		t.Helper()
		e, ok := Fields([]byte("{0A0A0A0A-1111-2222-3333-444455556666}\t" + stamp + "\t1\t147 [AGENT_DETECTION_FINISHED]\t101"))
		want, err := time.Parse(time.RFC3339Nano, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Time + int64(e.Bias)*int64(time.Minute); !ok || !e.Timed || got != want.UnixNano() {
			t.Errorf("%s is %s, want %s", stamp, time.Unix(0, got).UTC(), utc)
		}
	}
	f("2024-03-05 10:11:12:345+0900", "2024-03-05T01:11:12.345Z")
	f("2024-03-05 10:11:12:345-0800", "2024-03-05T18:11:12.345Z")
	f("2024-03-05 10:11:12:345+0530", "2024-03-05T04:41:12.345Z")
	f("2024-03-05 10:11:12:345+0000", "2024-03-05T10:11:12.345Z")
}

// plain is an Event that a person can write down.
type plain struct {
	ID               uint32
	Name             string
	UpdateID         string
	Revision, Result uint32
	Caller, Status   string
	Category, Text   string
	Vector           string
}

func TestFields(t *testing.T) {
	const update = "{11111111-aaaa-bbbb-cccc-222233334444}"
	const stamp = "2024-03-05 10:11:12:345+0900"
	f := func(raw string, want plain) {
		t.Helper()
		e, ok := Fields([]byte(raw))
		if !ok {
			t.Errorf("no event: %q", raw)
		}
		got := plain{e.ID, string(e.Name), string(e.UpdateID), e.Revision, e.Result, string(e.Caller), string(e.Status), string(e.Category), string(e.Text), string(e.Vector)}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: (-want +got)\n%s", raw, d)
		}
	}
	full := plain{182, "AGENT_INSTALLING_FAILED", update, 200, 0x800704c7, "CcmExec", "Failure", "Content Install", "failed: a title", "x.1"}
	line := "{0A0A0A0A-1111-2222-3333-444455556666}\t" + stamp + "\t1\t182 [AGENT_INSTALLING_FAILED]\t101\t" + update + "\t200\t800704c7\tCcmExec\tFailure\tContent Install\tfailed: a title\tx.1"
	f(line, full)
	f(line+"\r\nmore", full)
	f(line[strings.Index(line, "2024"):], full)
	f(line[strings.Index(line, "182"):], full)
	f(line[strings.Index(line, "[AGENT"):], full)
	f("  "+strings.Replace(line, "800704c7", "0x800704C7", 1), full)
	full.Vector, full.Text = "", "failed: a title x.1"
	f(strings.ReplaceAll(line, "\t", " "), full)
	f(strings.ReplaceAll(line[strings.Index(line, "[AGENT"):], "\t", "  "), func() plain { p := full; p.Text = "failed: a title  x.1"; return p }())

	f("181 [AGENT_INSTALLING_STARTED] 101 "+update+" 1 0 Device Driver Retrieval Client Success Content Install Started: Success",
		plain{181, "AGENT_INSTALLING_STARTED", update, 1, 0, "Device Driver Retrieval Client", "Success", "Content Install", "Started: Success", ""})
	f("[AGENT_INSTALLING_PENDING] "+update+" CcmExec Success Other Things",
		plain{201, "AGENT_INSTALLING_PENDING", update, 0, 0, "CcmExec", "Success", "", "Other Things", ""})
	f("[AGENT_UNHEARD_OF] no update {in} sight", plain{0, "AGENT_UNHEARD_OF", "", 0, 0, "", "", "", "no update {in} sight", ""})
	f("1\t[AGENT_DOWNLOAD_STARTED]", plain{ID: 167, Name: "AGENT_DOWNLOAD_STARTED"})
	f(stamp+"\t1\t9\t[OTHER]\t101\t"+update+"\t7", plain{ID: 9, Name: "OTHER", UpdateID: update, Revision: 7})
	f(stamp+"\t1\t184 [AGENT_HIDE]\t101\t"+update+"\t7\t\t\t\t\t\t", plain{ID: 184, Name: "AGENT_HIDE", UpdateID: update, Revision: 7})
}

func TestNames(t *testing.T) {
	f := func(name string, want uint32) {
		t.Helper()
		if e, ok := Fields([]byte("[AGENT_" + name + "]")); !ok || e.ID != want {
			t.Errorf("%s: %d, want %d", name, e.ID, want)
		}
	}
	f("DETECTION_FINISHED", 147)
	f("DETECTION_FAILED", 148)
	f("DOWNLOAD_FAILED", 161)
	f("DOWNLOAD_SUCCEEDED", 162)
	f("DOWNLOAD_CANCELED", 163)
	f("DOWNLOAD_STARTED", 167)
	f("INSTALLING_STARTED", 181)
	f("INSTALLING_FAILED", 182)
	f("INSTALLING_SUCCEEDED", 183)
	f("INSTALLING_PENDING", 201)
	f("OTHER", 0)
}

func TestNoEvent(t *testing.T) {
	for _, raw := range []string{"", "\n", "text", "[]", "[A", "[lower]", "{0A0A0A0A-1111-2222-3333-444455556666}", "2024-03-05 10:11:12:345+0900\t1\t182"} {
		if e, ok := Fields([]byte(raw)); ok {
			t.Errorf("%q is an event: %+v", raw, e)
		}
	}
}

// The slow reference: one regular expression for the first columns.
var (
	slowLine   = regexp.MustCompile(`^(?:\x{feff})?[ \t]*(\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\})?[ \t]*(?:(\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d)[:.](\d+)([+-]\d+(?::\d\d)?)?(?:[ \t]+|$))?((?:\d+[ \t]+){0,2}\[([A-Z][A-Z0-9_]*)\])?(.*)$`)
	slowOffset = regexp.MustCompile(`^[+-](\d\d)(?::?(\d\d))?$`)
	slowGUID   = regexp.MustCompile(`\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}`)
	slowStatus = regexp.MustCompile(`(?:^|[ \t])(Success|Failure)(?:[ \t]|$)`)
)

// slowFailed says whether the columns after the name tell of a failure.
func slowFailed(rest, name string) bool {
	id := slowGUID.FindStringIndex(rest)
	if id != nil {
		rest = rest[id[1]:]
		if strings.HasPrefix(rest, "\t") {
			if columns := strings.Split(rest, "\t"); len(columns) > 4 {
				return columns[4] == "Failure"
			}
			return strings.HasSuffix(name, "_FAILED")
		}
	}
	if s := slowStatus.FindStringSubmatch(rest); s != nil {
		return s[1] == "Failure"
	}
	return strings.HasSuffix(name, "_FAILED")
}

func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := slowLine.FindStringSubmatch(line)
		r.Name, r.Bias, r.Level, r.Flags = "ReportingEvents", record.NoBias, record.Info, record.Untimed
		at, err := time.Parse("2006-01-02 15:04:05", m[2]+" "+m[3])
		if err == nil && at.Year() <= 2261 && at.Year() >= 1970 {
			ns, _ := strconv.Atoi((m[4] + "00000000")[:9])
			r.Time, r.Flags = at.UnixNano()+int64(ns), 0
			if m[5] != "" {
				o := slowOffset.FindStringSubmatch(m[5])
				if o == nil {
					return r, false
				}
				h, _ := strconv.Atoi(o[1])
				min, _ := strconv.Atoi(o[2])
				if h*60+min > 900 || min > 59 {
					return r, false
				}
				r.Bias = int16(h*60 + min)
				if m[5][0] == '+' {
					r.Bias = -r.Bias
				}
			}
		} else if m[2] != "" {
			return r, false
		}
		if slowFailed(m[8], m[7]) {
			r.Level = record.Error
		}
		return r, m[7] != "" && r.Flags == 0 || strings.HasPrefix(m[7], "AGENT_") || m[1] != "" && r.Flags == 0
	})
}

func TestSlow(t *testing.T) {
	text, err := os.ReadFile("testdata/events.log")
	if err != nil {
		t.Fatal(err)
	}
	scantest.Equal(t, New(), text, slow(text))
	for _, m := range scantest.Mangled(text, 20_000) {
		scantest.Equal(t, New(), m, slow(m))
	}
}

func FuzzParser(f *testing.F) { scantest.Fuzz(f, newParser, Split, slow) }
