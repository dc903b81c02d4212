package page

import "patchtrail/analyze/report"

// Tab is a part of the findings.
type Tab int

// The tabs: the causes, what follows from them, and what it is not: findings
// that the engineer dismissed and checks that the evidence lets pass.
const (
	Roots Tab = iota
	Consequences
	RuledOut
	TabCount
)

// Entry is a row of a tab: a finding or a check by its place in Set, the other
// is -1.
type Entry struct{ Finding, Check int }

// Tab lists a tab, as the marks of findings have it. Consequences stand in the
// order of their causes.
func (s *Set) Tab(t Tab, marks map[string]report.Mark) []Entry {
	var out []Entry
	dismissed := func(i int) bool { return marks[s.Findings[i].Key].Judgement == report.Dismissed }
	add := func(i int) { out = append(out, Entry{i, -1}) }
	switch t {
	case Roots:
		for i := range s.Findings {
			if s.Findings[i].Root && !dismissed(i) {
				add(i)
			}
		}
	case Consequences:
		for _, i := range s.byCause() {
			if !dismissed(i) {
				add(i)
			}
		}
	case RuledOut:
		for i := range s.Findings {
			if dismissed(i) {
				add(i)
			}
		}
		for i := range s.Checks {
			if s.Checks[i].Tone == Good {
				out = append(out, Entry{-1, i})
			}
		}
	}
	return out
}

// byCause are the consequences in the order of their causes, those without one
// last.
func (s *Set) byCause() []int {
	of := map[int][]int{}
	for i := range s.Findings {
		if f := &s.Findings[i]; !f.Root {
			of[f.causeFrom] = append(of[f.causeFrom], i)
		}
	}
	var out []int
	for i := range s.Findings {
		out = append(out, of[i]...)
	}
	return append(out, of[-1]...)
}

// TabOf is the tab that a finding stands in, by its place in Findings.
func (s *Set) TabOf(i int, marks map[string]report.Mark) Tab {
	switch f := &s.Findings[i]; {
	case marks[f.Key].Judgement == report.Dismissed:
		return RuledOut
	case f.Root:
		return Roots
	}
	return Consequences
}

// Standing is what the bundle comes to without the causes that were dismissed:
// one sentence, its tone, and the causes as places in Findings.
func (s *Set) Standing(marks map[string]report.Mark) (verdict string, tone Tone, roots []int) {
	for _, e := range s.Tab(Roots, marks) {
		roots = append(roots, e.Finding)
	}
	tone = Good
	if len(roots) > 0 {
		tone = s.Findings[roots[0]].Tone
	} else if s.res.Store.Len() == 0 {
		tone = Unknown
	}
	opt := s.options()
	opt.Marks = marks
	return opt.Verdict(s.res), tone, roots
}
