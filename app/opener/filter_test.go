package opener

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patchtrail/app/session"
	"patchtrail/ingest/record"
)

// matches judges one record by a condition the plain way.
func matches(r *session.Record, c session.Condition) bool {
	text := strings.ToLower(string(r.Message))
	in := func(names []string, test func(string) bool) bool { return slices.ContainsFunc(names, test) }
	switch c.Kind {
	case session.ByQuestion:
		q, _ := session.QuestionOf(c.Text)
		return in(q.Components, func(n string) bool { return strings.EqualFold(n, r.Component) }) ||
			in(q.Files, func(n string) bool {
				if head, ok := strings.CutSuffix(n, "*.log"); ok {
					base := strings.ToLower(r.File[strings.LastIndexAny(r.File, "/!")+1:])
					return strings.HasPrefix(base, strings.ToLower(head)) && strings.HasSuffix(base, ".log")
				}
				return strings.Contains(strings.ToLower(r.File), strings.ToLower(n))
			}) || in(q.Texts, func(n string) bool { return strings.Contains(text, n) })
	case session.ByTime:
		return (c.From == 0 || r.Time >= c.From) && (c.To == 0 || r.Time <= c.To)
	case session.ByLevel:
		return r.Level == c.Level
	case session.ByMachine:
		return strings.EqualFold(r.Machine, c.Text)
	case session.ByComponent:
		return strings.EqualFold(r.Component, c.Text)
	case session.ByFile:
		return strings.Contains(strings.ToLower(r.File), strings.ToLower(c.Text))
	case session.ByThread:
		return r.Thread == c.Thread
	case session.ByRegexp:
		return regexp.MustCompile(c.Text).Match(r.Message)
	}
	return strings.Contains(text, strings.ToLower(c.Text))
}

// TestConditions compares what conditions leave of a generated bundle with a
// walk through its records.
func TestConditions(t *testing.T) {
	res, _ := open(t, client(t, 2<<20))
	tl := res.Timeline
	names := tl.(session.Named).Names()
	if len(names.Components) < 5 || len(names.Files) < 5 || len(names.Machines) != 1 {
		t.Fatalf("%d components, %d files, machines %v", len(names.Components), len(names.Files), names.Machines)
	}
	var r session.Record
	tl.Record(tl.Len()/2, &r)
	middle, thread, component := r.Time, r.Thread, r.Component
	all := []session.Condition{
		{Kind: session.ByTime, From: middle - 60e9, To: middle + 60e9}, {Kind: session.ByTime, To: middle},
		{Kind: session.ByLevel, Level: record.Error}, {Kind: session.ByLevel, Level: record.Info},
		{Kind: session.ByMachine, Text: names.Machines[0]}, {Kind: session.ByMachine, Text: "nobody"},
		{Kind: session.ByComponent, Text: component}, {Kind: session.ByFile, Text: "wuahandler"},
		{Kind: session.ByThread, Thread: thread}, {Kind: session.ByText, Text: "Scan"}, {Kind: session.ByRegexp, Text: `0x8\w+`},
	}
	for _, q := range session.Questions() {
		all = append(all, session.Condition{Kind: session.ByQuestion, Text: q.Name})
	}
	sets := [][]session.Condition{
		{{Kind: session.ByLevel, Level: record.Error}, {Kind: session.ByLevel, Level: record.Warning}, {Kind: session.ByText, Text: "scan"}},
		{{Kind: session.ByQuestion, Text: "scan"}, {Kind: session.ByQuestion, Text: "download"}, {Kind: session.ByLevel, Not: true, Level: record.Error}},
		{{Kind: session.ByText, Text: "scan"}, {Kind: session.ByText, Text: "update"}, {Kind: session.ByComponent, Text: component, Not: true}},
	}
	for _, c := range all {
		sets = append(sets, []session.Condition{c})
		c.Not = true
		sets = append(sets, []session.Condition{c})
	}
	for _, set := range sets {
		var want, got []int
		for i := range tl.Len() {
			tl.Record(i, &r)
			if keep(&r, set) {
				want = append(want, i)
			}
		}
		if err := tl.Search(context.Background(), session.Query{Conditions: set}, func(rows []int) { got = append(got, rows...) }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v leave %d rows, a walk %d", set, len(got), len(want))
		}
	}
	if err := tl.Search(context.Background(), session.Query{Conditions: []session.Condition{{Text: "weather"}}}, nil); err == nil {
		t.Error("an unknown question was searched for")
	}
}

// keep joins conditions the plain way: alternatives within a kind, but for texts.
func keep(r *session.Record, set []session.Condition) bool {
	asked, held := map[session.Kind]bool{}, map[session.Kind]bool{}
	for _, c := range set {
		is := matches(r, c)
		switch {
		case c.Not || c.Kind == session.ByText || c.Kind == session.ByRegexp:
			if is == c.Not {
				return false
			}
		default:
			asked[c.Kind] = true
			held[c.Kind] = held[c.Kind] || is
		}
	}
	return len(asked) == 0 || !slices.ContainsFunc([]session.Kind{session.ByQuestion, session.ByTime, session.ByLevel, session.ByMachine,
		session.ByComponent, session.ByFile, session.ByThread}, func(k session.Kind) bool { return asked[k] && !held[k] })
}
