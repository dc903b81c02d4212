package compare

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/code"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/report"
)

// listed is how many lines of one change are written, sameListed how many of
// what is the same in both; the rest is counted.
const (
	listed     = 40
	sameListed = 10
)

// Write writes the comparison for people: first what is new and gone of the
// findings, then updates, versions, facts, checks, logs and error codes.
func Write(w io.Writer, c Comparison, opt report.Options) error {
	l := opt.Lang
	if l == "" {
		l = lang.English
	}
	p := page{Writer: bufio.NewWriter(w), c: c, l: l, opt: opt}
	p.head()
	section(p, "compare.findings", c.Findings, func(f Finding) (Change, string) { return f.Change, p.finding(f) })
	section(p, "compare.updates", c.Updates, func(u Update) (Change, string) { return u.Change, p.update(u) })
	section(p, "compare.versions", c.Versions, func(v Value) (Change, string) { return v.Change, p.value(v) })
	section(p, "compare.facts", c.Facts, func(v Value) (Change, string) { return v.Change, p.value(v) })
	section(p, "compare.checks", answered(c.Checks), func(k Check) (Change, string) { return k.Change, p.check(k) })
	section(p, "compare.logs", c.Coverages, func(k Coverage) (Change, string) { return k.Change, p.coverage(k) })
	section(p, "compare.codes", c.Codes, func(k Code) (Change, string) { return k.Change, p.code(k) })
	return p.Flush()
}

// page writes a comparison in one language.
type page struct {
	*bufio.Writer
	c   Comparison
	l   lang.Lang
	opt report.Options
}

func (p page) head() {
	fmt.Fprintln(p, p.bundle("compare.a", p.c.A))
	fmt.Fprintln(p, p.bundle("compare.b", p.c.B))
	for _, m := range p.c.Pairs {
		fmt.Fprintf(p, "  %s\n", p.l.T("compare.pair", p.machine(p.c.A, m.A), p.machine(p.c.B, m.B)))
	}
	fmt.Fprintf(p, "\n%s\n", p.summary())
}

// summary counts the findings by change.
func (p page) summary() string {
	var n [4]int
	for _, f := range p.c.Findings {
		n[rank(f.Change)]++
	}
	return p.l.T("compare.summary", n[rank(New)], n[rank(Gone)], n[rank(Changed)], n[rank(Same)])
}

// bundle says what one side is, and which time its logs span.
func (p page) bundle(key string, res *analyze.Result) string {
	first, last := res.Span()
	inputs := strings.Map(oneLine, strings.Join(res.Inputs, ", "))
	if last == 0 || len(res.Machines) == 0 {
		return p.l.T(key, inputs, "–", "–")
	}
	zone := res.Machines[0].Zone
	return p.l.T(key, inputs, p.opt.Zone.Clock(first, zone), p.opt.Zone.Clock(last, zone))
}

func (p page) machine(res *analyze.Result, i int) string {
	if i < 0 {
		return p.l.T("compare.none")
	}
	return strings.Map(oneLine, res.MachineID(i)) + " (" + p.l.T("role."+string(res.Machines[i].Role)) + ")"
}

// section writes a heading and, by change, the lines of one list.
func section[T any](p page, heading string, list []T, show func(T) (Change, string)) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s\n", p.l.T(heading))
	for _, c := range Changes() {
		most, n := listed, 0
		if c == Same {
			most = sameListed
		}
		for _, t := range list {
			change, text := show(t)
			if change != c {
				continue
			}
			if n++; n <= most {
				fmt.Fprintf(p, "  %s %s\n", p.l.T("compare."+string(c)), strings.Map(oneLine, text))
			}
		}
		if n > most {
			fmt.Fprintf(p, "  %s %s\n", p.l.T("compare."+string(c)), p.l.T("compare.more", n-most))
		}
	}
}

// oneLine keeps a text of a bundle on its line, and a terminal from obeying it.
func oneLine(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// where names the machine of a line where there are several: that of A for
// what is gone.
func (p page) where(c Change, pair int) string {
	if len(p.c.Pairs) < 2 {
		return ""
	}
	m := p.c.Pairs[pair]
	if m.B >= 0 && (c != Gone || m.A < 0) {
		return p.c.B.MachineID(m.B) + ": "
	}
	return p.c.A.MachineID(m.A) + ": "
}

func (p page) finding(f Finding) string {
	one := f.B
	if one == nil {
		one = f.A
	}
	s := p.where(f.Change, f.Pair) + "[" + p.severity(one) + "] " + one.Text[p.l].Title
	if f.A != nil && f.B != nil {
		if f.A.Severity != f.B.Severity {
			s += "  (" + p.l.T("compare.was", p.severity(f.A)) + ")"
		}
		s += "  " + p.l.T("compare.counts", f.A.Count, f.B.Count)
	}
	return s + "  " + one.ID
}

func (p page) severity(f *finding.Finding) string { return p.l.T("severity." + string(f.Severity)) }

func (p page) update(u Update) string {
	one := u.B
	if one == nil {
		one = u.A
	}
	s := p.where(u.Change, u.Pair) + one.Key
	if one.Title != one.Key {
		s += "  " + one.Title
	}
	return s + "  " + p.change(u.Change, p.state(u.A), p.state(u.B))
}

// state is where an update stands, and how often it was installed.
func (p page) state(u *ledger.Update) string {
	if u == nil {
		return ""
	}
	return p.l.T("update-state."+string(u.Now)) + ", " + p.l.T("compare.attempts", len(u.Attempts))
}

func (p page) value(v Value) string {
	return p.where(v.Change, v.Pair) + p.fact(v.Name) + ": " + p.change(v.Change, v.A, v.B)
}

// fact is the name of a fact in words.
func (p page) fact(name string) string {
	kind, rest, _ := strings.Cut(name, " ")
	if key := "report.fact." + name; p.l.Has(key) {
		return p.l.T(key)
	}
	if key := "compare.fact." + kind; p.l.Has(key) {
		return p.l.T(key, rest)
	}
	return name
}

// change is a value that is new, gone, the same, or was another.
func (p page) change(c Change, a, b string) string {
	switch c {
	case New, Same:
		return b
	case Gone:
		return a
	}
	return a + " -> " + b
}

// answered are the checks of which something is known.
func answered(all []Check) []Check {
	return slices.DeleteFunc(slices.Clone(all), func(k Check) bool {
		return (k.A == nil || k.A.Status == checklist.Unknown) && (k.B == nil || k.B.Status == checklist.Unknown)
	})
}

func (p page) check(k Check) string {
	one := k.B
	if one == nil {
		one = k.A
	}
	return p.where(k.Change, k.Pair) + one.Title.In(p.l) + ": " + p.change(k.Change, p.status(k.A), p.status(k.B))
}

func (p page) status(k *checklist.Check) string {
	if k == nil {
		return ""
	}
	return p.l.T("check.status." + string(k.Status))
}

func (p page) coverage(k Coverage) string {
	one := k.B
	if one == nil {
		one = k.A
	}
	return p.where(k.Change, k.Pair) + one.Log + ": " + p.change(k.Change, p.presence(k.A), p.presence(k.B))
}

func (p page) presence(k *checklist.Coverage) string {
	if k == nil {
		return ""
	}
	return p.l.T("coverage-status." + string(k.Status))
}

func (p page) code(k Code) string {
	return p.explain(k.Code) + "  " + p.l.T("compare.counts", k.A, k.B)
}

// explain is a code with its symbol and meaning.
func (p page) explain(number uint32) string {
	e := code.Explain(number)
	meaning := e.Meaning
	if p.l == lang.Japanese && e.MeaningJA != "" {
		meaning = e.MeaningJA
	}
	s := e.String()
	if e.Symbol != "" {
		s += " " + e.Symbol
	}
	if meaning != "" {
		s += ": " + meaning
	}
	return s
}
