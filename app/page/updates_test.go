package page

import (
	"slices"
	"strings"
	"testing"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
)

// TestStory holds that what the page says of an update is what ptrail why says.
func TestStory(t *testing.T) {
	res := result(t)
	s := New(res, "en", "local")
	d := s.Update(0)
	for _, line := range d.Lines {
		if line.Kind == Text && !strings.HasPrefix(line.Text, "– ") && !strings.Contains(d.Copy, line.Text+"\n") {
			t.Errorf("ptrail why does not say %q:\n%s", line.Text, d.Copy)
		}
	}
	text := func(kind Kind, part string) bool {
		return slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Kind == kind && strings.Contains(l.Text, part) })
	}
	for _, want := range []struct {
		kind Kind
		part string
	}{{Text, "cancelled"}, {Other, "KB5053602 was cancelled"}, {Command, "1.  "}, {Text, "began to install it at 2025-03-18 02:00"}, {Quote, "Installation Started"}} {
		if !text(want.kind, want.part) {
			t.Errorf("no line of kind %d has %q", want.kind, want.part)
		}
	}
}

func TestJourney(t *testing.T) {
	s := New(result(t), "en", "local")
	j := s.Journey(0)
	if len(j.Stages) != len(ledger.StageNames()) || len(j.Attempts) != 1 || j.More != 0 {
		t.Fatalf("%+v", j)
	}
	drawn := 0
	for _, b := range j.Stages {
		if b.Drawn {
			drawn++
		}
		if b.From < 0 || b.To > 1 || b.From > b.To {
			t.Errorf("%+v lies beside the axis", b)
		}
	}
	if drawn == 0 || len(j.Ticks) == 0 || !strings.HasPrefix(j.Ticks[0].Text, "2025-03-18 ") {
		t.Errorf("%d stages are drawn, at %v", drawn, j.Ticks)
	}
	a := j.Attempts[0]
	// One hour of one hour, on a scale of 1.1 times the maximum.
	if j.Scale != "1:06:00" || a.Run != a.Limit || a.Run < 0.9 || a.Run > 0.92 || a.Over || a.Tone != Bad || !strings.Contains(a.Text, "1:00:00 / 1:00:00") {
		t.Errorf("scale %s, %+v", j.Scale, a)
	}
}

func TestScale(t *testing.T) {
	f := func(want int64, runs ...[2]int64) {
		t.Helper()
		u := &ledger.Update{}
		for _, r := range runs {
			u.Attempts = append(u.Attempts, ledger.Attempt{Started: 1, Ended: 1 + r[0]*1e9, Max: ledger.Maximum{Seconds: int(r[1])}})
		}
		if got := scaleOf(u); got != want*1e9 {
			t.Errorf("%v: %d s, want %d", runs, got/1e9, want)
		}
	}
	f(110, [2]int64{10, 100})
	f(150, [2]int64{150, 100}, [2]int64{1, 100})
	f(200, [2]int64{90_000, 100}) // hung for a day
	f(30, [2]int64{30, 0})
}

func TestOrderUpdates(t *testing.T) {
	s := &Set{Updates: []Update{
		{KB: "KB5000001", Title: "b", longest: 60e9, Attempts: 1, StateTone: Good, State: "installed", stage: 3, Stage: "x"},
		{KB: "", Title: "c", Attempts: 0, StateTone: Plain, State: "available"},
		{KB: "KB890830", Title: "a", longest: 5e9, Attempts: 7, StateTone: Bad, State: "failed", stage: 9, Stage: "y"},
		{KB: "KB5000001", Title: "b", Attempts: 1, StateTone: Bad, State: "cancelled"},
	}}
	f := func(c UpdateColumn, descending bool, want ...int) {
		t.Helper()
		if got := s.OrderUpdates(c, descending); !slices.Equal(got, want) {
			t.Errorf("column %d, descending %t: %v, want %v", c, descending, got, want)
		}
	}
	f(ColumnKB, false, 2, 0, 3, 1)
	f(ColumnKB, true, 0, 3, 2, 1)
	f(ColumnTitle, false, 2, 0, 3, 1)
	f(ColumnLongest, true, 0, 2, 1, 3)
	f(ColumnLongest, false, 2, 0, 1, 3)
	f(ColumnAttempts, true, 2, 0, 3, 1)
	f(ColumnState, false, 3, 2, 0, 1)
	f(ColumnStage, true, 2, 0, 1, 3)
	f(ColumnFits, false, 0, 1, 2, 3)
}

func TestTabs(t *testing.T) {
	s := &Set{
		Findings: []Finding{{Key: "a", Root: true, causeFrom: -1}, {Key: "b", Root: true, causeFrom: -1}, {Key: "c", causeFrom: 1}, {Key: "d", causeFrom: 0}, {Key: "e", causeFrom: -1}},
		Checks:   []Check{{Tone: Good}, {Tone: Unknown}, {Tone: Bad}, {Tone: Good}},
	}
	marks := map[string]report.Mark{"a": {Judgement: report.Dismissed}, "b": {Judgement: report.Confirmed}, "d": {Note: "n"}}
	f := func(tab Tab, marks map[string]report.Mark, want ...Entry) {
		t.Helper()
		if got := s.Tab(tab, marks); !slices.Equal(got, want) {
			t.Errorf("tab %d: %v, want %v", tab, got, want)
		}
		for _, e := range want {
			if e.Finding >= 0 && s.TabOf(e.Finding, marks) != tab {
				t.Errorf("finding %d is not in tab %d", e.Finding, tab)
			}
		}
	}
	f(Roots, nil, Entry{0, -1}, Entry{1, -1})
	f(Consequences, nil, Entry{3, -1}, Entry{2, -1}, Entry{4, -1})
	f(RuledOut, nil, Entry{-1, 0}, Entry{-1, 3})
	f(Roots, marks, Entry{1, -1})
	f(Consequences, marks, Entry{3, -1}, Entry{2, -1}, Entry{4, -1})
	f(RuledOut, marks, Entry{0, -1}, Entry{-1, 0}, Entry{-1, 3})
}

// TestStanding dismisses the first cause, and then all of them.
func TestStanding(t *testing.T) {
	s := New(result(t), "en", "local")
	before, _, roots := s.Standing(nil)
	marks := map[string]report.Mark{s.Findings[roots[0]].Key: {Judgement: report.Dismissed}}
	after, _, fewer := s.Standing(marks)
	if after == before || len(fewer) != len(roots)-1 {
		t.Errorf("%q with %d causes becomes %q with %d", before, len(roots), after, len(fewer))
	}
	for _, i := range roots {
		marks[s.Findings[i].Key] = report.Mark{Judgement: report.Dismissed}
	}
	if verdict, tone, none := s.Standing(marks); tone != Good || len(none) != 0 || verdict == after {
		t.Errorf("without a cause it says %q, tone %d, %d causes", verdict, tone, len(none))
	}
}
