package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"patchtrail/analyze/report"
	"patchtrail/ingest/record"
)

// tale is a timeline of n made-up records, of which every third is an error
// and every tenth speaks of a scan. slow
// searches for "s" wait for their context.
type tale struct {
	n    int
	slow bool
}

func (t *tale) Len() int         { return t.n }
func (t *tale) Time(i int) int64 { return time.Date(2025, 3, 1, 0, 0, i, 0, time.UTC).UnixNano() }

func (t *tale) Record(i int, r *Record) {
	*r = Record{Time: t.Time(i), Bias: -540, Machine: "PC01", Level: record.Info, Message: []byte(fmt.Sprint("row ", i))}
	if i%3 == 0 {
		r.Level = record.Error
	} else if i%4 == 0 {
		r.Level = record.Warning
	}
	r.Thread = uint32(i % 5)
	if i%10 == 0 {
		r.Message = append(r.Message, " Scan"...)
	}
}

func (t *tale) Search(ctx context.Context, q Query, found func([]int)) error {
	if t.slow && q.Text == "s" {
		<-ctx.Done()
		return ctx.Err()
	}
	for i := range t.n {
		var r Record
		t.Record(i, &r)
		if q.Errors && r.Level == record.Error || q.Warnings && r.Level == record.Warning || (q.Text != "" || len(q.Conditions) > 0) && holds(&r, q) {
			found([]int{i})
		}
	}
	return nil
}

// holds judges one record by a query the plain way.
func holds(r *Record, q Query) bool {
	text := strings.ToLower(string(r.Message))
	ok := strings.Contains(text, q.Text)
	for _, c := range q.Conditions {
		is := false
		switch c.Kind {
		case ByLevel:
			is = r.Level == c.Level
		case ByText:
			is = strings.Contains(text, c.Text)
		case ByThread:
			is = r.Thread == c.Thread
		case ByMachine:
			is = r.Machine == c.Text
		case ByTime:
			is = r.Time >= c.From && (c.To == 0 || r.Time <= c.To)
		}
		ok = ok && is != c.Not
	}
	return ok
}

func (t *tale) Find(_ Timeline, i int) int { return i }

// script is an Opener that does what a test says.
type script func(ctx context.Context, hooks Hooks) (Result, error)

func (s script) Open(ctx context.Context, _ []string, hooks Hooks) (Result, error) {
	return s(ctx, hooks)
}

// loop is the window's goroutine of a test.
type loop struct {
	t     *testing.T
	calls chan func()
}

func newLoop(t *testing.T, s script) (*loop, *Session) {
	l := &loop{t: t, calls: make(chan func(), 1000)}
	ses := New(s, func(f func()) { l.calls <- f }, time.FixedZone("", 2*3600))
	t.Cleanup(ses.Close)
	return l, ses
}

// until runs what comes in until done.
func (l *loop) until(what string, done func() bool) {
	l.t.Helper()
	late := time.After(5 * time.Second)
	for !done() {
		select {
		case f := <-l.calls:
			f()
		case <-late:
			l.t.Fatalf("%s did not come", what)
		}
	}
}

// drain runs what comes in for a short while.
func (l *loop) drain() {
	for {
		select {
		case f := <-l.calls:
			f()
		case <-time.After(30 * time.Millisecond):
			return
		}
	}
}

func opens(n int) script {
	return func(context.Context, Hooks) (Result, error) { return Result{Timeline: &tale{n: n}}, nil }
}

func TestOpen(t *testing.T) {
	l, s := newLoop(t, func(_ context.Context, h Hooks) (Result, error) {
		h.Progress(Progress{File: "a.log", Done: 50, Known: 200, Records: 7})
		return Result{Timeline: &tale{n: 100}, Zones: []Zone{{Bias: -540}}}, nil
	})
	if s.State() != Empty || s.Rows().Len() != 0 {
		t.Fatalf("begins in state %d with %d rows", s.State(), s.Rows().Len())
	}
	s.Open([]string{"in/contoso.zip", "b", "c"})
	if name, more := s.Name(); s.State() != Reading || name != "contoso.zip" || more != 2 {
		t.Errorf("state %d, name %q and %d more", s.State(), name, more)
	}
	if s.HTMLName() != "contoso.html" {
		t.Errorf("the page would be called %q", s.HTMLName())
	}
	l.until("progress", func() bool { return s.Progress().Done == 50 })
	if got := s.Progress().Percent(); got != 25 {
		t.Errorf("%d %%, want 25", got)
	}
	l.until("the end", func() bool { return s.State() == Ready })
	if s.Rows().Len() != 100 || len(s.Zones()) != 1 {
		t.Errorf("%d rows, zones %v", s.Rows().Len(), s.Zones())
	}
}

func TestFailure(t *testing.T) {
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) { return Result{}, errors.New("bad.zip: is no bundle") })
	s.Open([]string{"bad.zip"})
	l.until("failure", func() bool { return s.State() == Failed })
	if s.Err() == nil || s.Rows().Len() != 0 {
		t.Errorf("error %v, %d rows", s.Err(), s.Rows().Len())
	}
	if _, ok := s.WriteHTML(); ok {
		t.Error("a page can be saved of nothing")
	}
}

// TestCancel holds that what a cancelled run still brings is dropped.
func TestCancel(t *testing.T) {
	ended := make(chan struct{})
	l, s := newLoop(t, func(ctx context.Context, h Hooks) (Result, error) {
		h.Partial(&tale{n: 5})
		<-ctx.Done()
		h.Partial(&tale{n: 9})
		defer close(ended)
		return Result{Timeline: &tale{n: 10}}, nil
	})
	s.Open([]string{"a.zip"})
	l.until("the first rows", func() bool { return s.Rows().Len() == 5 })
	s.Cancel()
	<-ended
	l.drain()
	if s.State() != Empty || s.Rows().Len() != 0 {
		t.Errorf("state %d with %d rows", s.State(), s.Rows().Len())
	}
}

// TestOpenReplaces opens a bundle while another is read.
func TestOpenReplaces(t *testing.T) {
	var runs atomic.Int32
	begun := make(chan struct{})
	l, s := newLoop(t, func(ctx context.Context, h Hooks) (Result, error) {
		if runs.Add(1) == 1 {
			close(begun)
			<-ctx.Done()
			return Result{Timeline: &tale{n: 1}}, ctx.Err()
		}
		return Result{Timeline: &tale{n: 2}}, nil
	})
	s.Open([]string{"a.zip"})
	<-begun
	s.Open([]string{"b.zip"})
	l.until("the second", func() bool { return s.State() == Ready })
	l.drain()
	if name, _ := s.Name(); name != "b.zip" || s.Rows().Len() != 2 {
		t.Errorf("%s with %d rows", name, s.Rows().Len())
	}
}

// TestNothingMovesWhileSomebodyReads holds newer rows back once the user moved.
func TestNothingMovesWhileSomebodyReads(t *testing.T) {
	step := make(chan int)
	l, s := newLoop(t, func(_ context.Context, h Hooks) (Result, error) {
		for n := range step {
			h.Partial(&tale{n: n})
		}
		return Result{Timeline: &tale{n: 100}}, nil
	})
	s.Open([]string{"a.zip"})
	step <- 10
	l.until("10 rows", func() bool { return s.Rows().Len() == 10 })
	step <- 20
	l.until("20 rows", func() bool { return s.Rows().Len() == 20 })
	s.Touch()
	step <- 30
	l.until("30 waiting", func() bool { more, ok := s.Waiting(); return ok && more == 10 })
	if s.Rows().Len() != 20 {
		t.Errorf("%d rows show", s.Rows().Len())
	}
	close(step)
	l.until("the end", func() bool { return s.State() == Ready })
	if more, ok := s.Waiting(); !ok || more != 80 || s.Rows().Len() != 20 {
		t.Errorf("%d rows show, %d wait", s.Rows().Len(), more)
	}
	s.ShowWaiting()
	if _, ok := s.Waiting(); ok || s.Rows().Len() != 100 {
		t.Errorf("%d rows show", s.Rows().Len())
	}
}

func ready(t *testing.T, n int) (*loop, *Session) {
	l, s := newLoop(t, opens(n))
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() == Ready && s.errors.done })
	return l, s
}

func search(l *loop, s *Session, query string) {
	l.t.Helper()
	s.SetQuery(query)
	l.until("the search", func() bool { _, done := s.Matches(); return done })
}

func TestFilter(t *testing.T) {
	l, s := ready(t, 100)
	search(l, s, "  scan ")
	if n, _ := s.Matches(); n != 10 || s.Rows().Len() != 10 || s.Rows().Index(3) != 30 {
		t.Errorf("%d matches, %d rows", n, s.Rows().Len())
	}
	s.SetShowAll(true)
	if s.Rows().Len() != 100 {
		t.Errorf("%d of all rows", s.Rows().Len())
	}
	s.SetShowAll(false)
	search(l, s, "no such text")
	if s.Rows().Len() != 0 {
		t.Errorf("%d rows hold what none holds", s.Rows().Len())
	}
	search(l, s, "")
	if s.Rows().Len() != 100 {
		t.Errorf("%d rows without a filter", s.Rows().Len())
	}
}

// TestNewerQueryEndsTheOlder types on while a search runs.
func TestNewerQueryEndsTheOlder(t *testing.T) {
	slow := &tale{n: 50, slow: true}
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) { return Result{Timeline: slow}, nil })
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() == Ready && s.errors.done })
	s.SetQuery("s")
	older := s.hits.cancel
	if older == nil {
		t.Fatal("no search runs")
	}
	s.SetQuery("scan")
	l.until("the search", func() bool { _, done := s.Matches(); return done })
	l.drain()
	if n, _ := s.Matches(); n != 5 {
		t.Errorf("%d matches, want 5", n)
	}
}

func TestMatchAndError(t *testing.T) {
	l, s := ready(t, 100)
	search(l, s, "scan")
	s.SetShowAll(true)
	all := s.Rows()
	s.SetShowAll(false)
	some := s.Rows()
	f := func(find func(Rows, int, int) (int, bool), rows Rows, from, step, want int) {
		t.Helper()
		got, ok := find(rows, from, step)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("from %d by %d: %d, want %d", from, step, got, want)
		}
	}
	f(s.Match, all, -1, 1, 0)
	f(s.Match, all, 0, 1, 10)
	f(s.Match, all, 15, -1, 10)
	f(s.Match, all, 90, 1, -1)
	f(s.Match, all, 0, -1, -1)
	f(s.Match, all, -1, -1, 90)
	f(s.Match, some, 2, 1, 3)
	f(s.Error, all, -1, 1, 0)
	f(s.Error, all, 1, 1, 3)
	f(s.Error, all, -1, -1, 99)
	f(s.Error, some, 0, 1, 3) // rows 0, 30, 60, 90 are errors and matches
	f(s.Error, some, 5, -1, 3)
	f(s.Error, some, 9, 1, -1)
	f(s.Error, Rows{}, -1, 1, -1)
}

func TestMarks(t *testing.T) {
	l, s := ready(t, 100)
	search(l, s, "row 50")
	s.SetShowAll(true)
	marks := s.Marks(s.Rows(), 100)
	for i, m := range marks {
		if m.Error != (i%3 == 0) || m.Match != (i == 50) {
			t.Errorf("stretch %d: %+v", i, m)
		}
	}
	s.SetShowAll(false)
	if m := s.Marks(s.Rows(), 1); len(m) != 1 || m[0].Match || m[0].Error {
		t.Errorf("of the row of a filter: %+v", m)
	}
	if m := s.Marks(Rows{}, 3); len(m) != 3 {
		t.Errorf("of no rows: %v", m)
	}
}

// TestMarksEqualWalking compares the marks with those of a walk through all
// rows.
func TestMarksEqualWalking(t *testing.T) {
	l, s := ready(t, 1000)
	for _, query := range []string{"", "scan", "row 3", "row 999", "nowhere"} {
		search(l, s, query)
		for _, all := range []bool{false, true} {
			s.SetShowAll(all)
			rows := s.Rows()
			for _, n := range []int{1, 7, 100, 999, 1500} {
				want := make([]Stretch, n)
				for i := range rows.Len() {
					var r Record
					rows.Record(i, &r)
					k := i * n / rows.Len()
					want[k].Error = want[k].Error || r.Level == record.Error
					if all && query != "" {
						want[k].Match = want[k].Match || strings.Contains(strings.ToLower(string(r.Message)), query)
					}
				}
				if got := s.Marks(rows, n); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%q, all %v, %d stretches: %v, want %v", query, all, n, got, want)
				}
			}
		}
	}
}

func TestNear(t *testing.T) {
	l, s := ready(t, 100)
	search(l, s, "scan")
	rows := s.Rows()
	f := func(index, want int) {
		t.Helper()
		if got := rows.Near(index); got != want {
			t.Errorf("near %d: %d, want %d", index, got, want)
		}
	}
	f(0, 0)
	f(1, 1)
	f(10, 1)
	f(90, 9)
	f(91, 10)
}

func TestPassword(t *testing.T) {
	l, s := newLoop(t, func(ctx context.Context, h Hooks) (Result, error) {
		p, ok := h.Password(ctx, "a.zip", 1)
		if !ok || p != "contoso" {
			return Result{}, fmt.Errorf("got %q, %v", p, ok)
		}
		return Result{Timeline: &tale{n: 1}}, nil
	})
	s.Password = func(q Asked) {
		q.Answer("contoso", true)
		q.Answer("twice", true) // is dropped
	}
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() != Reading })
	if s.State() != Ready {
		t.Error(s.Err())
	}
	s.Password = nil
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() != Reading })
	if s.State() != Failed {
		t.Error("without anybody to ask there was a password")
	}
}

// TestPasswordAndCancel cancels while the question stands.
func TestPasswordAndCancel(t *testing.T) {
	ended := make(chan bool)
	l, s := newLoop(t, func(ctx context.Context, h Hooks) (Result, error) {
		_, ok := h.Password(ctx, "a.zip", 1)
		ended <- ok
		return Result{}, ctx.Err()
	})
	asked := false
	s.Password = func(Asked) { asked = true }
	s.Open([]string{"a.zip"})
	l.until("the question", func() bool { return asked })
	s.Cancel()
	if <-ended {
		t.Error("a password came out of nothing")
	}
}

func TestTimes(t *testing.T) {
	_, s := ready(t, 3)
	utc := time.Date(2025, 3, 18, 20, 2, 11, 123_456_700, time.UTC).UnixNano()
	f := func(m ZoneMode, want, tz string) {
		t.Helper()
		s.SetZoneMode(m)
		if got := string(s.AppendTime(nil, utc, -540)); got != want || s.TimeZone() != tz {
			t.Errorf("mode %d: %q (%s), want %q (%s)", m, got, s.TimeZone(), want, tz)
		}
	}
	f(Customer, "2025-03-19 05:02:11.123", "local")
	f(UTC, "2025-03-18 20:02:11.123", "utc")
	f(Mine, "2025-03-18 22:02:11.123", "+02:00")
	g := func(bias int16, want string) {
		t.Helper()
		if got := Offset(bias); got != want {
			t.Errorf("bias %d: %s, want %s", bias, got, want)
		}
	}
	g(-540, "+09:00")
	g(0, "+00:00")
	g(210, "-03:30")
	if s.SetZoneMode(Customer); string(s.AppendTime(nil, -1e9, 0)) != "1969-12-31 23:59:59.000" {
		t.Errorf("before 1970: %s", s.AppendTime(nil, -1e9, 0))
	}
}

func TestHits(t *testing.T) {
	f := func(text, query string, want ...[2]int) {
		t.Helper()
		got := Hits([]byte(text), query, nil)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q in %q: %v, want %v", query, text, got, want)
		}
	}
	f("Scan failed, SCAN again", "scan", [2]int{0, 4}, [2]int{13, 17})
	f("aaaa", "aa", [2]int{0, 2}, [2]int{2, 4})
	f("更新プログラム", "プロ", [2]int{6, 12})
	f("ÄRGER ärger", "ärg", [2]int{0, 4}, [2]int{7, 11})
	f("abc", "")
	f("ab", "abc")
}

func TestWriteHTML(t *testing.T) {
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) {
		return Result{Timeline: &tale{n: 1}, WriteHTML: func(w io.Writer, lang, tz string, marks map[string]report.Mark) error {
			_, err := fmt.Fprintf(w, "%s %s %v", lang, tz, marks)
			return err
		}}, nil
	})
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() == Ready })
	s.SetZoneMode(UTC)
	s.SetFindingMark("scan-timeout@PC01", report.Mark{Judgement: report.Confirmed, Note: " seen "})
	write, ok := s.WriteHTML()
	s.SetFindingMark("scan-timeout@PC01", report.Mark{}) // what is being written stays
	var b strings.Builder
	if !ok || write(&b, "ja") != nil || b.String() != "ja utc map[scan-timeout@PC01:{confirmed seen}]" {
		t.Errorf("%v: %q", ok, b.String())
	}
}
