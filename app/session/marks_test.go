package session

import (
	"context"
	"maps"
	"testing"

	"patchtrail/analyze/report"
)

func TestFindingMarks(t *testing.T) {
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) { return Result{Timeline: &tale{n: 1}}, nil })
	s.Open([]string{"a.zip"})
	l.until("the end", func() bool { return s.State() == Ready })
	changes := 0
	s.Changed = func() { changes++ }
	f := func(what string, want map[string]report.Mark, wantChanges int) {
		t.Helper()
		if got := s.FindingMarks(); !maps.Equal(got, want) || changes != wantChanges {
			t.Errorf("%s: %v after %d changes, want %v after %d", what, got, changes, want, wantChanges)
		}
	}
	if got := s.Judge("a", report.Confirmed); got != report.Confirmed {
		t.Errorf("confirming gives %q", got)
	}
	f("confirmed", map[string]report.Mark{"a": {Judgement: report.Confirmed}}, 1)
	s.SetFindingMark("a", report.Mark{Judgement: report.Confirmed, Note: " why \n"})
	f("a note", map[string]report.Mark{"a": {Judgement: report.Confirmed, Note: "why"}}, 2)
	s.SetFindingMark("a", report.Mark{Judgement: report.Confirmed, Note: "why"})
	s.SetFindingMark("", report.Mark{Note: "of nothing"})
	f("the same, and of nothing", map[string]report.Mark{"a": {Judgement: report.Confirmed, Note: "why"}}, 2)
	s.Judge("a", report.Dismissed)
	f("dismissed keeps the note", map[string]report.Mark{"a": {Judgement: report.Dismissed, Note: "why"}}, 3)
	if got := s.Judge("a", report.Dismissed); got != report.Unjudged {
		t.Errorf("dismissing twice gives %q", got)
	}
	s.SetFindingMark("a", report.Mark{})
	f("taken back", map[string]report.Mark{}, 5)
	kept := map[string]report.Mark{"b": {Note: "restored"}}
	s.SetFindingMarks(kept)
	kept["b"] = report.Mark{}
	f("restored", map[string]report.Mark{"b": {Note: "restored"}}, 6)
	s.FindingMarks()["b"] = report.Mark{}
	f("a copy changes nothing", map[string]report.Mark{"b": {Note: "restored"}}, 6)
	s.Open([]string{"b.zip"})
	if len(s.FindingMarks()) != 0 {
		t.Errorf("another bundle has the marks %v", s.FindingMarks())
	}
}
