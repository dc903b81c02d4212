package compare

import (
	"strings"

	"patchtrail/analyze/checklist"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
)

// Section is the comparison as the part of an HTML page.
func Section(c Comparison, opt report.Options) *report.Comparison {
	l := opt.Lang
	if l == "" {
		l = lang.English
	}
	s := builder{page{c: c, l: l, opt: opt}, &report.Comparison{Many: len(c.Pairs) > 1}}
	s.head()
	list(s, "compare.findings", c.Findings, s.finding)
	list(s, "compare.updates", c.Updates, s.update)
	list(s, "compare.versions", c.Versions, s.value)
	list(s, "compare.facts", c.Facts, s.value)
	list(s, "compare.checks", answered(c.Checks), s.check)
	list(s, "compare.logs", c.Coverages, s.coverage)
	list(s, "compare.codes", c.Codes, s.code)
	return s.out
}

// builder puts rows together in one language.
type builder struct {
	p   page
	out *report.Comparison
}

func (s builder) head() {
	s.out.Intro = []string{s.p.bundle("compare.a", s.p.c.A), s.p.bundle("compare.b", s.p.c.B)}
	for _, m := range s.p.c.Pairs {
		s.out.Intro = append(s.out.Intro, s.p.l.T("compare.pair", s.p.machine(s.p.c.A, m.A), s.p.machine(s.p.c.B, m.B)))
	}
	s.out.Summary = s.p.summary()
}

// list adds a part of rows: what differs first, then some of what is the same.
func list[T any](s builder, title string, of []T, show func(T) report.ComparisonRow) {
	part := report.ComparisonPart{Title: s.p.l.T(title), A: "A", B: "B"}
	left := 0
	for _, c := range Changes() {
		most, n := 10*listed, 0
		if c == Same {
			most = sameListed
		}
		for _, t := range of {
			r := show(t)
			if r.Change != string(c) {
				continue
			}
			if n++; n > most {
				left++
				continue
			}
			r.Word = s.p.l.T("compare." + string(c))
			part.Rows = append(part.Rows, r)
		}
	}
	if left > 0 {
		part.More = s.p.l.T("compare.more", left)
	}
	if len(part.Rows) > 0 {
		s.out.Parts = append(s.out.Parts, part)
	}
}

// row is a row of a machine.
func (s builder) row(c Change, pair int, what, a, b string) report.ComparisonRow {
	return report.ComparisonRow{Change: string(c), Machine: strings.TrimSuffix(s.p.where(c, pair), ": "), What: what, A: a, B: b}
}

func (s builder) finding(f Finding) report.ComparisonRow {
	one := f.B
	if one == nil {
		one = f.A
	}
	r := s.row(f.Change, f.Pair, one.Text[s.p.l].Title, s.seen(f.A), s.seen(f.B))
	a, b := gravity(f.A), gravity(f.B)
	r.Better, r.Worse = b < a, b > a
	return r
}

// seen is how grave a finding is, and how often it was seen.
func (s builder) seen(f *finding.Finding) string {
	if f == nil {
		return ""
	}
	return s.p.l.T("report.consequence", s.p.severity(f), report.Count(f.Count))
}

// gravity of no finding and of mere information is 0.
func gravity(f *finding.Finding) int {
	if f == nil {
		return 0
	}
	return map[finding.Severity]int{finding.Error: 2, finding.Warning: 1}[f.Severity]
}

func (s builder) update(u Update) report.ComparisonRow {
	one := u.B
	if one == nil {
		one = u.A
	}
	what := one.Key
	if one.Title != one.Key {
		what += "  " + one.Title
	}
	r := s.row(u.Change, u.Pair, what, s.p.state(u.A), s.p.state(u.B))
	if u.A != nil && u.B != nil {
		r.Better = u.A.Now != ledger.StateInstalled && u.B.Now == ledger.StateInstalled
		r.Worse = u.A.Now == ledger.StateInstalled && u.B.Now != ledger.StateInstalled
	}
	return r
}

func (s builder) value(v Value) report.ComparisonRow {
	return s.row(v.Change, v.Pair, s.p.fact(v.Name), v.A, v.B)
}

func (s builder) check(k Check) report.ComparisonRow {
	one := k.B
	if one == nil {
		one = k.A
	}
	r := s.row(k.Change, k.Pair, one.Title.In(s.p.l), s.p.status(k.A), s.p.status(k.B))
	a, b := doubt(k.A), doubt(k.B)
	r.Better, r.Worse = b < a && b == 1, b > a && a > 0
	return r
}

// doubt is 0 for a check without an answer, 1 for one that passed, more for
// warnings and failures.
func doubt(k *checklist.Check) int {
	if k == nil {
		return 0
	}
	return map[checklist.Status]int{checklist.Pass: 1, checklist.Warn: 2, checklist.Fail: 3}[k.Status]
}

func (s builder) coverage(k Coverage) report.ComparisonRow {
	one := k.B
	if one == nil {
		one = k.A
	}
	return s.row(k.Change, k.Pair, one.Log, s.p.presence(k.A), s.p.presence(k.B))
}

// code counts records; of codes it is not known whether they are good or bad.
func (s builder) code(k Code) report.ComparisonRow {
	return report.ComparisonRow{Change: string(k.Change), What: s.p.explain(k.Code), A: report.Count(k.A), B: report.Count(k.B)}
}
