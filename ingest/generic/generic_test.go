package generic_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/generic"
	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func newParser() scantest.Parser { return generic.New() }

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		head, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !generic.Detect(head, "x.txt") {
			t.Errorf("%s: not detected", file)
		}
		scantest.Golden(t, filepath.Base(file), newParser, generic.Split)
	}
}

// one parses two lines that begin with stamp and returns the first record.
func one(t *testing.T, stamp string) (record.Rec, string, bool) {
	t.Helper()
	text := []byte(stamp + " one\n" + stamp + " two\n")
	if !generic.Detect(text, "") {
		return record.Rec{}, "", false
	}
	recs := scantest.Whole(t, generic.New(), text)
	if len(recs) != 2 {
		t.Fatalf("%q: %d records", stamp, len(recs))
	}
	return recs[0].Rec, string(generic.Split(text[:recs[1].Off]).Message), true
}

func TestStamps(t *testing.T) {
	const none = record.NoBias
	f := func(stamp, want string, bias int16) {
		t.Helper()
		r, message, ok := one(t, stamp)
		if got := time.Unix(0, r.Time).UTC().Format("2006-01-02 15:04:05.999999999"); !ok || got != want || r.Bias != bias || r.Flags != 0 {
			t.Errorf("%q: %v %s bias %d flags %d; want %s bias %d", stamp, ok, got, r.Bias, r.Flags, want, bias)
		}
		if ok && message != "one" {
			t.Errorf("%q: message %q", stamp, message)
		}
	}
	const at = "2025-03-18 01:02:03"
	f("2025-03-18 01:02:03", at, none)
	f("2025-03-18T01:02:03", at, none)
	f("2025-03-18T01:02:03Z", at, 0)
	f("2025-03-18T01:02:03.123Z", at+".123", 0)
	f("2025-03-18T01:02:03.1234567+09:00", at+".1234567", -540)
	f("2025-03-18T01:02:03+0900", at, -540)
	f("2025-03-18T01:02:03-05:30", at, 330)
	f("2025-03-18 01:02:03-08", at, 480)
	f("2025-03-18 01:02:03,123", at+".123", none)
	f("2025-03-18 01:02:03:123", at+".123", none)
	f("2025-03-18 01:02:03.123456789123", at+".123456789", none)
	f("2025-03-18 01:02:03 +0900", at, -540)
	f("2025-03-18 01:02:03 UTC", at, 0)
	f("2025-03-18 01:02:03 GMT+0900", at, -540)
	f("2025-03-18 01:02:03 JST", at, -540)
	f("2025-03-18 01:02:03 -", at, none)
	f("2025-03-18 01:02:03 -", at, none)
	f("2025/03/18 1:02:03", at, none)
	f("2025/3/18 1:02:03", at, none)
	f("2025.03.18 01:02:03", at, none)
	f("2025-03-18, 01:02:03", at, none)
	f("2025-03-18\t01:02:03\t", at, none)
	f("2025-03-18_01:02:03", at, none)
	f("20250318T010203Z", at, 0)
	f("20250318T010203", at, none)
	f("20250318 01:02:03", at, none)
	f("20250318-01:02:03.5", at+".5", none)
	f("2025-03-18 1:02:03 AM", at, none)
	f("2025-03-18 1:02:03 PM", "2025-03-18 13:02:03", none)
	f("2025-03-18 12:02:03 AM", "2025-03-18 00:02:03", none)
	f("2025-03-18 12:02:03 PM", "2025-03-18 12:02:03", none)
	f("03/18/2025 01:02:03 AM", at, none)
	f("3/18/2025 1:02:03\u202fPM", "2025-03-18 13:02:03", none)
	f("3/18/2025, 1:02:03 AM", at, none)
	f("3/4/2025 1:02:03", "2025-03-04 01:02:03", none)
	f("18/03/2025 01:02:03", at, none)
	f("03-18-2025 01:02:03.123", at+".123", none)
	f("18.03.2025 01:02:03", at, none)
	f("4.3.2025 01:02:03", "2025-03-04 01:02:03", none)
	f("18-Mar-2025 01:02:03", at, none)
	f("18 March 2025 01:02:03", at, none)
	f("[18/Mar/2025:01:02:03 +0900]", at, -540)
	f("Mar 18, 2025 1:02:03 AM", at, none)
	f("March 18 2025 01:02:03", at, none)
	f("Tue Mar 18 01:02:03 2025", at, none)
	f("Tue Mar  4 01:02:03 2025", "2025-03-04 01:02:03", none)
	f("Tue Mar 18 01:02:03 UTC 2025", at, 0)
	f("Tue, 18 Mar 2025 01:02:03 GMT", at, 0)
	f("Tuesday, 18 Mar 2025 01:02:03", at, none)
	f("2025年3月18日 1時02分03秒", at, none)
	f("2025年03月18日 01:02:03", at, none)
	f("2025年3月18日1時2分3秒", at, none)
	f("2025年3月18日 午後1時02分03秒", "2025-03-18 13:02:03", none)
	f("2025/03/18 午前 1:02:03", at, none)
	f("2025/03/18 午後 1:02:03", "2025-03-18 13:02:03", none)
	f("2025/03/18 午後 0:02:03", "2025-03-18 12:02:03", none)
	f("2025/03/18(火) 01:02:03", at, none)
	f("2025/03/18 (火) 01:02:03", at, none)
	f("2024-02-29 23:59:59", "2024-02-29 23:59:59", none)
	f("[2025-03-18 01:02:03]", at, none)
	f("[2025-03-18] [01:02:03]", at, none)
	f("<2025-03-18 01:02:03>", at, none)
	f("\"2025-03-18\",\"01:02:03\",", at, none)
	f("\ufeff2025-03-18 01:02:03", at, none)
}

func TestNoStamps(t *testing.T) {
	f := func(stamp string) {
		t.Helper()
		if r, _, ok := one(t, stamp); ok {
			t.Errorf("%q is taken for %v", stamp, time.Unix(0, r.Time).UTC())
		}
	}
	f("")
	f("text")
	f("2025-02-29 01:02:03")
	f("2025-13-18 01:02:03")
	f("2025-00-18 01:02:03")
	f("2025-03-18 24:02:03")
	f("2025-03-18 01:60:03")
	f("2025-03-18 01:02")
	f("2025-03-18 01:02    <DIR>")
	f("2025-03-18")
	f("2025-03/18 01:02:03")
	f("1969-03-18 01:02:03")
	f("2262-03-18 01:02:03")
	f("2025-03-18 13:02:03 PM")
	f("2025-03-18 00:02:03 AM")
	f("Mar 18 01:02:03")
	f("Foo 18, 2025 01:02:03")
	f("18-Mai-2025 01:02:03")
	f("2025年3月18日 1時02分")
	f("2025/03/18 午後 13:02:03")
	f("1742259723")
	f("The installation was started at 2025-03-18 01:02:03")
	f("Version 10.0.19041.1 of the long name of something: 2025-03-18 01:02:03")
	f("20250318T016203")
	f("2025-03-18 01:02:031")
}

func TestDetect(t *testing.T) {
	f := func(name, text string, want bool) {
		t.Helper()
		if got := generic.Detect([]byte(text), name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	line := "2025-03-18 01:02:03 text\r\n"
	f("one line", line, true)
	f("one of three", line+"a\nb\n", true)
	f("one of four", line+"a\nb\nc\n", false)
	f("two of a hundred", line+strings.Repeat("a\n", 98)+line, true)
	f("two of 101", line+strings.Repeat("a\n", 99)+line, false)
	f("empty", "", false)
	f("blank", "\n\n", false)
	f("mail", "Hello,\r\n\r\nthe log says 2024-03-05 10:11:12, Info and then nothing.\r\nRegards\r\n", false)
	f("systeminfo", "Host Name:  PC01\nOriginal Install Date:  3/18/2025, 1:02:03 AM\nSystem Boot Time:  3/18/2025, 1:02:03 AM\nOS Name: x\nOS Version: y\nDomain: z\n", false)
	f("registry", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n\"a\"=\"2025-03-18 01:02:03\"\r\n\"b\"=\"2025-03-18 01:02:03\"\r\n", false)
}

// TestOrder: whether month or day comes first is told by any line of the head.
func TestOrder(t *testing.T) {
	f := func(want string, dates ...string) {
		t.Helper()
		var text strings.Builder
		for i, d := range dates {
			fmt.Fprintf(&text, "%s 01:02:03 line %d\n", d, i)
		}
		recs := scantest.Chunked(t, newParser, []byte(text.String()))
		var got []string
		for _, r := range recs {
			got = append(got, time.Unix(0, r.Time).UTC().Format("01-02"))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%v: %s, want %s", dates, s, want)
		}
	}
	f("03-04 05-06", "3/4/2025", "5/6/2025")
	f("04-03 06-05 06-13", "3/4/2025", "5/6/2025", "13/6/2025")
	f("03-04 05-06 06-13", "3/4/2025", "5/6/2025", "6/13/2025")
	f("06-13 03-04", "6/13/2025", "3/4/2025")
	// A file that says both keeps to what it said first.
	f("06-13 06-13 03-04", "6/13/2025", "13/6/2025", "3/4/2025")
}

// TestOrderLate: a day past 12 that stands behind the head is believed from
// there on.
func TestOrderLate(t *testing.T) {
	text := strings.Repeat("3/4/2025 01:02:03 a line that is long enough\n", 2000) + "13/4/2025 01:02:03 x\n3/4/2025 01:02:03 y\n"
	recs := scantest.Whole(t, generic.New(), []byte(text))
	if len(recs) != 2002 {
		t.Fatal(len(recs))
	}
	for i, want := range map[int]string{0: "03-04", 1999: "03-04", 2000: "04-13", 2001: "04-03"} {
		if got := time.Unix(0, recs[i].Time).UTC().Format("01-02"); got != want {
			t.Errorf("record %d: %s, want %s", i, got, want)
		}
	}
}

// TestPlace: a stamp begins a record only where the file's stamps stand.
func TestPlace(t *testing.T) {
	f := func(name, text string, want int) {
		t.Helper()
		if got := scantest.Chunked(t, newParser, []byte(text)); len(got) != want {
			t.Errorf("%s: %d records, want %d", name, len(got), want)
		}
	}
	s := "2025-03-18 01:02:03"
	f("at the start", s+" a\n  ["+s+"] quoted\n"+s+" b\n"+s+" c\n"+s+" d\nat "+s+"\n", 4)
	f("in brackets", "["+s+"] a\n"+s+" b\nat "+s+"\n", 2)
	f("behind a level", "INFO "+s+" a\nERROR "+s+" b\n  at x\nWARN "+s+" c\n", 3)
	f("JSON lines", `{"time":"`+s+`","level":"info"}`+"\n"+`{"time":"`+s+`","level":"error"}`+"\n", 2)
	f("banner", "Tool 1.0\n====\n"+s+" a\n", 2)
}

func TestLevel(t *testing.T) {
	f := func(rest string, want record.Level) {
		t.Helper()
		text := []byte("2025-03-18 01:02:03" + rest + "\n")
		if got := scantest.Whole(t, generic.New(), text)[0].Level; got != want {
			t.Errorf("%q: %v, want %v", rest, got, want)
		}
	}
	f(" all is well", record.Info)
	f(" ERROR x", record.Error)
	f(" [ERROR] x", record.Error)
	f(" [Information] failed", record.Info)
	f(" Information: failed", record.Info)
	f(" INFO Retry after error 5", record.Info)
	f(",123 [4] INFO  Some.Class - failed", record.Info)
	f(",123 [4] DEBUG Some.Class - failed", record.Verbose)
	f(",123 [main thread] WARN  Some.Class - failed", record.Warning)
	f(",123 [4] ERROR Some.Class - x", record.Error)
	f(" 1234 5678 ERROR x", record.Error)
	f(" | WARN | x", record.Warning)
	f("\tVerbose\tx", record.Verbose)
	f("Z ERR x", record.Error)
	f(" Warning: x", record.Warning)
	f(" [Critical] x", record.Error)
	f(" Critical updates are found", record.Info)
	f(" CRITICAL x", record.Error)
	f(" Debug port is open, and failed", record.Error)
	f(" Error while x", record.Error)
	f(" It failed", record.Error)
	f(" install failure", record.Error)
	f(" Copied=1 Failed=0", record.Info)
	f(" 0 errors, 3 files", record.Info)
	f(" failover cluster", record.Info)
	f(" a warning is given", record.Warning)
	f(" エラーが発生しました", record.Error)
	f(" エラー: 0x80070005", record.Error)
	f(" エラー: 0", record.Info)
	f(" エラーはありません", record.Info)
	f(" 0 件のエラー", record.Info)
	f(" 10 件のエラー", record.Error)
	f(" 接続に失敗しました", record.Error)
	f(" 失敗しませんでした", record.Info)
	f(" エラー: 0、失敗 2", record.Error)
	f(" 警告: 遅延", record.Warning)
	f(" 更新プログラムを検索中", record.Info)
}

// TestSamples: the logs that other formats own are read as well as possible.
func TestSamples(t *testing.T) {
	text := scantest.Sample(t, "site-server/SMSFSPSetup.log")
	recs := scantest.Whole(t, generic.New(), text)
	timed := 0
	for _, r := range recs {
		if r.Flags&record.Untimed == 0 {
			timed++
		}
	}
	if want := strings.Count(string(text), "\n<"); timed < want {
		t.Errorf("%d of %d lines have a time", timed, want)
	}
}

func TestLinesAndHas(t *testing.T) {
	f := func(text string, stamped, lines int, has bool) {
		t.Helper()
		gotStamped, gotLines := generic.Lines([]byte(text))
		if gotStamped != stamped || gotLines != lines || generic.Has([]byte(text)) != has {
			t.Errorf("%q: %d of %d, %v", text, gotStamped, gotLines, !has)
		}
	}
	f("", 0, 0, false)
	f("text\n\n12:00\n", 0, 2, false)
	f("2025-03-18 01:02:03 a\n[2025-03-18 01:02:03] b\nINFO 2025-03-18 01:02:03\nc\n", 3, 4, true)
	f("it happened on the evening of 3/18/2025, 1:02:03 AM\n", 0, 1, true)
	f("version 12025-03-18 01:02:03\n", 0, 1, false)
	f("更新: 2025年3月18日 1時02分03秒\n", 1, 1, true)
}

// isoLine is the fast path's form, plainly.
var isoLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})|:(\d{3})\b)?(?:(Z)\b)?(?: .*|)$`)

// slow reads a log of ISO stamps line by line, the plain way.
func slow(text []byte) []scantest.Rec {
	return scantest.Slow(text, func(line string) (r scantest.Rec, ok bool) {
		m := isoLine.FindStringSubmatch(line)
		if m == nil {
			return r, false
		}
		at, err := time.Parse("2006-01-02 15:04:05.999999999", m[1]+" "+m[2]+"."+m[3]+m[4]+"000")
		if m[3]+m[4] == "" {
			at, err = time.Parse("2006-01-02 15:04:05", m[1]+" "+m[2])
		}
		r.Time, r.Bias, r.Level = at.UnixNano(), record.NoBias, record.Info
		if m[5] != "" {
			r.Bias = 0
		}
		return r, err == nil
	})
}

func TestFastEqualsSlow(t *testing.T) {
	var text strings.Builder
	base := time.Date(2024, 2, 28, 0, 0, 0, 0, time.UTC)
	for i := range 3000 {
		at := base.Add(time.Duration(i*i) * 977 * time.Millisecond)
		layout := []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05.000Z", "2006-01-02 15:04:05,000", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05:000"}[i%5]
		if i%5 == 4 {
			layout = "2006-01-02 15:04:05"
		}
		fmt.Fprintf(&text, "%s line %d\n", at.Format(layout), i)
		if i%7 == 0 {
			text.WriteString("  more of it\n")
		}
	}
	scantest.Equal(t, generic.New(), []byte(text.String()), slow([]byte(text.String())))
}

func FuzzGeneric(f *testing.F) {
	for _, s := range []string{"2025年3月18日 午後1時02分03秒 エラー\n", "Tue Mar  4 01:02:03 UTC 2025 x\n", "[18/Mar/2025:01:02:03 +0900] x\n",
		"3/18/2025 1:02:03 PM x\n13/3/2025 1:02:03 y\n", "INFO 20250318T010203Z x\n", "2025-03-18 01:02:03,123 [4] WARN a\n"} {
		f.Add([]byte(strings.Repeat(s, 3)))
	}
	scantest.Fuzz(f, newParser, generic.Split, nil)
}
