package session

import (
	"context"
	"fmt"
	"testing"
	"time"

	"patchtrail/ingest/record"
)

// filtered waits until the rows that the conditions leave are known.
func filtered(l *loop, s *Session) Rows {
	l.t.Helper()
	l.until("the rows", func() bool { return !s.Searching() })
	return s.Rows()
}

func TestConditions(t *testing.T) {
	l, s := ready(t, 100)
	f := func(want int, conditions ...Condition) {
		t.Helper()
		s.ClearConditions()
		if err := s.Add(conditions...); err != nil {
			t.Fatal(err)
		}
		if rows := filtered(l, s); rows.Len() != want {
			t.Errorf("%+v leave %d rows, want %d", conditions, rows.Len(), want)
		}
		if n, done := s.Kept(); n != want || !done {
			t.Errorf("%d kept (%v), want %d", n, done, want)
		}
	}
	at := func(i int) int64 { return (&tale{}).Time(i) }
	f(100)
	f(34, Condition{Kind: ByLevel, Level: record.Error})
	f(66, Condition{Kind: ByLevel, Level: record.Error, Not: true})
	f(10, Condition{Kind: ByText, Text: "scan"})
	f(8, Condition{Kind: ByText, Text: "scan"}, Condition{Kind: ByTime, From: at(15)})
	f(11, Condition{Kind: ByTime, From: at(15)}, Condition{Kind: ByTime, From: at(15), To: at(25)})
	f(0, Condition{Kind: ByText, Text: "scan"}, Condition{Kind: ByThread, Thread: 1})
	// A condition and its contrary: the later one holds.
	f(90, Condition{Kind: ByText, Text: "scan"}, Condition{Kind: ByText, Text: "scan", Not: true})
	// Twice the same is one chip.
	f(10, Condition{Kind: ByText, Text: "scan"}, Condition{Kind: ByText, Text: "scan"})
	if n := len(s.Conditions()); n != 1 {
		t.Errorf("%d chips, want 1", n)
	}
	s.Negate(s.Conditions()[0])
	if rows := filtered(l, s); rows.Len() != 90 || !s.Conditions()[0].Not {
		t.Errorf("%d rows after negating", rows.Len())
	}
	s.Remove(s.Conditions()[0])
	if rows := filtered(l, s); rows.Len() != 100 || len(s.Conditions()) != 0 {
		t.Errorf("%d rows after removing", rows.Len())
	}
}

// TestConditionsAndQuery filters by conditions and looks for a text in what
// they leave.
func TestConditionsAndQuery(t *testing.T) {
	l, s := ready(t, 100)
	if err := s.Add(Condition{Kind: ByLevel, Level: record.Error}); err != nil {
		t.Fatal(err)
	}
	search(l, s, "scan")
	if rows := filtered(l, s); rows.Len() != 4 || rows.Index(1) != 30 {
		t.Errorf("%d errors that speak of a scan", rows.Len())
	}
	s.SetShowAll(true)
	rows := filtered(l, s)
	if rows.Len() != 34 {
		t.Errorf("%d errors", rows.Len())
	}
	row, ok := s.Match(rows, -1, 1)
	if number, of := s.MatchNumber(rows, row); !ok || number != 1 || of != 4 {
		t.Errorf("row %d is match %d of %d", row, number, of)
	}
	if number, _ := s.MatchNumber(rows, 1); number != 0 {
		t.Errorf("row 3 is match %d", number)
	}
	if m := s.Marks(rows, 34); !m[0].Match || m[1].Match || !m[10].Match {
		t.Errorf("the matches are marked at %v", m)
	}
	s.ClearConditions()
	if rows := filtered(l, s); rows.Len() != 100 {
		t.Errorf("%d of all rows", rows.Len())
	}
}

func TestConditionsThatCannotBe(t *testing.T) {
	_, s := ready(t, 10)
	for _, c := range []Condition{{Kind: ByRegexp, Text: "("}, {Kind: ByTime, From: 20, To: 10}} {
		if s.Add(c) == nil || len(s.Conditions()) > 0 {
			t.Errorf("%+v was taken", c)
		}
	}
}

// TestConditionCancels changes the filter while a search runs.
func TestConditionCancels(t *testing.T) {
	held := make(chan struct{})
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) { return Result{Timeline: &stuck{tale{n: 50}, held}}, nil })
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() == Ready && s.errors.done })
	if err := s.Add(Condition{Kind: ByThread, Thread: 99}); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(Condition{Kind: ByText, Text: "scan"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-held:
	case <-time.After(5 * time.Second):
		t.Fatal("the older search goes on")
	}
	s.Remove(Condition{Kind: ByThread, Thread: 99})
	if rows := filtered(l, s); rows.Len() != 5 {
		t.Errorf("%d rows, want 5", rows.Len())
	}
}

// stuck is a timeline that searches for thread 99 until its context ends.
type stuck struct {
	tale
	held chan struct{}
}

func (t *stuck) Search(ctx context.Context, q Query, found func([]int)) error {
	if len(q.Conditions) == 1 && q.Conditions[0].Thread == 99 {
		<-ctx.Done()
		close(t.held)
		return ctx.Err()
	}
	return t.tale.Search(ctx, q, found)
}

func TestSameThreadAndAround(t *testing.T) {
	l, s := ready(t, 100)
	var r Record
	s.Rows().Record(57, &r)
	if err := s.SameThread(&r); err != nil {
		t.Fatal(err)
	}
	if rows := filtered(l, s); rows.Len() != 20 || rows.Index(0) != 2 {
		t.Errorf("%d rows of the thread", rows.Len())
	}
	s.ClearConditions()
	if err := s.Around(r.Time); err != nil {
		t.Fatal(err)
	}
	if rows := filtered(l, s); rows.Len() != 61 || rows.Index(0) != 27 {
		t.Errorf("%d rows around", rows.Len())
	}
	if from, to, ok := s.TimeRange(); !ok || to-from != 60e9 {
		t.Errorf("range %d .. %d", from, to)
	}
}

func TestParseCondition(t *testing.T) {
	f := func(text string, want Condition, fails bool) {
		t.Helper()
		got, err := ParseCondition(text)
		if (err != nil) != fails || err == nil && got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, err, want)
		}
	}
	f("level:error", Condition{Kind: ByLevel, Level: record.Error}, false)
	f("-Level: Verbose", Condition{Kind: ByLevel, Not: true}, false)
	f("level:loud", Condition{}, true)
	f("component:CAS", Condition{Kind: ByComponent, Text: "CAS"}, false)
	f("not file:WUA", Condition{Kind: ByFile, Text: "WUA", Not: true}, false)
	f("machine:PC01", Condition{Kind: ByMachine, Text: "PC01"}, false)
	f("thread:4242", Condition{Kind: ByThread, Thread: 4242}, false)
	f("thread:0x10", Condition{Kind: ByThread, Thread: 16}, false)
	f("thread:x", Condition{}, true)
	f(`/0x8024\w+/`, Condition{Kind: ByRegexp, Text: `0x8024\w+`}, false)
	f("/(/", Condition{}, true)
	f("scan failed: 5", Condition{Kind: ByText, Text: "scan failed: 5"}, false)
	f("-2145124318", Condition{Kind: ByText, Text: "-2145124318"}, false)
	f("-scan", Condition{Kind: ByText, Text: "scan", Not: true}, false)
	f("file:", Condition{Kind: ByText, Text: "file:"}, false)
	f("-", Condition{Kind: ByText, Text: "-"}, false)
}

func TestQuestions(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range Questions() {
		if got, ok := QuestionOf(q.Name); !ok || got.Name != q.Name || seen[q.Name] || len(q.Components)+len(q.Files) == 0 {
			t.Errorf("%q: %v", q.Name, got)
		}
		seen[q.Name] = true
	}
	for _, name := range []string{"scan", "download", "install", "window", "restart", "policy", "sync"} {
		if !seen[name] {
			t.Errorf("no filter for %s", name)
		}
	}
	if _, ok := QuestionOf("weather"); ok {
		t.Error("there is a filter for the weather")
	}
}

func TestBookmarks(t *testing.T) {
	l, s := ready(t, 100)
	for _, i := range []int{70, 20, 50} {
		if !s.ToggleBookmark(i) {
			t.Errorf("row %d was not marked", i)
		}
	}
	if s.ToggleBookmark(50) || s.Bookmarked(50) || !s.Bookmarked(70) || s.ToggleBookmark(100) || s.ToggleBookmark(-1) {
		t.Errorf("marked: %v", s.Bookmarks())
	}
	f := func(from, step, want int) {
		t.Helper()
		got, ok := s.Bookmark(s.Rows(), from, step)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("from %d by %d: %d, want %d", from, step, got, want)
		}
	}
	f(-1, 1, 20)
	f(20, 1, 70)
	f(70, 1, -1)
	f(70, -1, 20)
	s.show(&tale{n: 200}) // a newer timeline of the same bundle
	if fmt.Sprint(s.Bookmarks()) != "[20 70]" {
		t.Errorf("carried to %v", s.Bookmarks())
	}
	s.Open([]string{"b.zip"})
	l.until("the end", func() bool { return s.State() == Ready })
	if len(s.Bookmarks()) != 0 {
		t.Errorf("another bundle has %v", s.Bookmarks())
	}
}

func TestParseTime(t *testing.T) {
	_, s := ready(t, 3)
	near := time.Date(2025, 3, 18, 20, 2, 11, 0, time.UTC).UnixNano() // 05:02 on the 19th in Japan
	f := func(m ZoneMode, text, want string) {
		t.Helper()
		s.SetZoneMode(m)
		got, err := s.ParseTime(text, near, -540)
		if at := time.Unix(0, got).UTC().Format("2006-01-02 15:04:05.000"); (want == "") != (err != nil) || err == nil && at != want {
			t.Errorf("%q: %s, %v, want %s", text, at, err, want)
		}
	}
	f(Customer, "2025-03-19 05:02:11.250", "2025-03-18 20:02:11.250")
	f(Customer, "2025-03-19T05:02", "2025-03-18 20:02:00.000")
	f(Customer, "2025/03/19", "2025-03-18 15:00:00.000")
	f(Customer, "06:00", "2025-03-18 21:00:00.000")
	f(Customer, "06:00:01", "2025-03-18 21:00:01.000")
	f(Customer, "03-01 09:00", "2025-03-01 00:00:00.000")
	f(Customer, "3-1 09:00", "2025-03-01 00:00:00.000")
	f(UTC, "06:00", "2025-03-18 06:00:00.000")
	f(Mine, "06:00", "2025-03-18 04:00:00.000")
	f(UTC, "+90s", "2025-03-18 20:03:41.000")
	f(UTC, "-5m", "2025-03-18 19:57:11.000")
	f(UTC, "noon", "")
	f(UTC, "", "")
	f(UTC, "9999-01-01", "")
	f(UTC, "25:00", "")
}

func TestParseRange(t *testing.T) {
	_, s := ready(t, 3)
	s.SetZoneMode(UTC)
	near := time.Date(2025, 3, 18, 20, 2, 11, 0, time.UTC).UnixNano()
	f := func(text, want string) {
		t.Helper()
		c, err := s.ParseRange(text, near, 0)
		part := func(utc int64) string {
			if utc == 0 {
				return "-"
			}
			return time.Unix(0, utc).UTC().Format("01-02T15:04:05.999999999")
		}
		got := part(c.From) + " " + part(c.To)
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	f("14:00 .. 15:00", "03-18T14:00:00 03-18T15:00:59.999999999")
	f("03-01 .. 03-02", "03-01T00:00:00 03-02T23:59:59.999999999")
	f("03-01 10:00..11:00", "03-01T10:00:00 03-01T11:00:59.999999999")
	f("..14:00:05", "- 03-18T14:00:05.999999999")
	f("14:00..", "03-18T14:00:00 -")
	f("15:00..14:00", "")
	f("14:00", "")
	f("a..b", "")
}

func TestSince(t *testing.T) {
	l, s := ready(t, 100)
	search(l, s, "scan")
	rows := s.Rows()
	at := func(i int) int64 { return (&tale{}).Time(i) }
	f := func(utc int64, want int) {
		t.Helper()
		if got := rows.Since(utc); got != want {
			t.Errorf("since %d: row %d, want %d", utc, got, want)
		}
	}
	f(0, 0)
	f(at(10), 1)
	f(at(11), 2)
	f(at(91), 10)
}

// TestHistogramEqualsWalking compares histograms with those of a walk through
// all rows.
func TestHistogramEqualsWalking(t *testing.T) {
	l, s := ready(t, 1000)
	l.until("the warnings", func() bool { return s.warnings.done })
	for _, query := range []string{"", "scan", "row 3", "nowhere"} {
		search(l, s, query)
		rows := s.Rows()
		for _, n := range []int{1, 7, 100, 2000} {
			got := s.Histogram(rows, n)
			want := make([]Bucket, n)
			for i := range rows.Len() {
				var r Record
				rows.Record(i, &r)
				k := 0
				for got.Edge(k+1) <= r.Time {
					k++
				}
				switch r.Level {
				case record.Error:
					want[k].Error++
				case record.Warning:
					want[k].Warning++
				default:
					want[k].Other++
				}
			}
			if fmt.Sprint(got.Rows) != fmt.Sprint(want) {
				t.Errorf("%q in %d buckets: %v, want %v", query, n, got.Rows, want)
			}
			total := 0
			for _, b := range got.All {
				total += b.Total()
			}
			if total != 1000 {
				t.Errorf("%d of 1000 rows are in the buckets", total)
			}
		}
	}
	if h := s.Histogram(s.Rows(), 0); len(h.All) != 0 {
		t.Error("no buckets asked, some came")
	}
}

func TestCommon(t *testing.T) {
	f := func(a, b []int, want int) {
		t.Helper()
		if got := common(a, b); got != want || common(b, a) != want {
			t.Errorf("%v and %v have %d in common, want %d", a, b, got, want)
		}
	}
	f(nil, nil, 0)
	f([]int{1, 3, 5}, []int{2, 3, 4, 5}, 2)
	var all []int
	for i := range 1000 {
		all = append(all, 2*i)
	}
	f([]int{-1, 0, 7, 100, 1998, 3000}, all, 3)
}

func TestGUIDs(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		if got := GUIDs([]byte(text), 2); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	const a, b, c = "7b0e5b2c-0000-4000-8000-000000000001", "7b0e5b2c-0000-4000-8000-000000000002", "7b0e5b2c-0000-4000-8000-000000000003"
	f("")
	f("a-b-c-d-e, 2025-03-18, 7b0e5b2c-0000-4000-8000-00000000000")
	f("source {7B0E5B2C-0000-4000-8000-000000000001} and "+b+", again "+a+", "+c, a, b)
	f(a, a)
	f("x-"+a+"-"+b, a, b)
	f("7b0e5b2c-0000-4000-8000-00000000000g")
}

// FuzzTyped holds that nothing that is typed breaks a session.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"14:02", "2025-03-18 14:02:11.123", "+5m", "-level:error", "/(/", "14:00..15:00", "..", "file:*.log", "+2540400h"} {
		f.Add(s)
	}
	s := New(nil, func(f func()) { f() }, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := s.ParseTime(text, 1e18, -540); err == nil && len(s.AppendTime(nil, at, -540)) != len("2025-03-18 14:02:11.123") {
			t.Errorf("%q is %d, which no clock shows", text, at)
		}
		if c, err := s.ParseRange(text, 1e18, -540); err == nil && c.check() != nil {
			t.Errorf("%q is a range that cannot be: %+v", text, c)
		}
		if c, err := ParseCondition(text); err == nil && c.check() != nil {
			t.Errorf("%q is a condition that cannot be: %+v", text, c)
		}
		GUIDs([]byte(text), 100)
	})
}
