// Package compare is what differs between two bundles: before and after a fix,
// or a working and a failing machine. Of findings, updates, facts, versions,
// checks, logs and error codes it says what is new, gone, changed and the same.
//
// # What is compared with what
//
// Machines are paired by name, those left over by role, in their order: two
// clients of two names are compared with each other. Machines without a
// counterpart stand alone: all of theirs is new, or gone. Within a pair,
// findings are the same where id and the parameters that name what they are
// about (update, host, service ...) are; an update is the same where its key is.
// Counts and times do not make a finding another one.
package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
)

// Change says how B differs from A.
type Change string

// The changes.
const (
	New     Change = "new"     // only in B
	Gone    Change = "gone"    // only in A
	Changed Change = "changed" // in both, and not the same
	Same    Change = "same"
)

// Changes are all changes in the order in which they are shown.
func Changes() []Change { return []Change{New, Gone, Changed, Same} }

// Comparison is what A and B have in common and what not. Every list is sorted
// by machine and change, then as the lists of the results are.
type Comparison struct {
	A, B      *analyze.Result
	Pairs     []Pair
	Findings  []Finding
	Updates   []Update
	Versions  []Value
	Facts     []Value
	Checks    []Check
	Coverages []Coverage
	Codes     []Code
}

// Pair is two machines that are compared. A or B is -1 where there is none.
type Pair struct{ A, B int }

// Finding is a finding of either result, or of both.
type Finding struct {
	Change Change
	Pair   int // index in Pairs
	A, B   *finding.Finding
}

// Update is an update of either result, or of both.
type Update struct {
	Change Change
	Pair   int
	A, B   *ledger.Update
}

// Value is a fact by name. An empty value is one that is not known.
type Value struct {
	Change Change
	Pair   int
	Name   string
	A, B   string
}

// Check is an entry of the checklist.
type Check struct {
	Change Change
	Pair   int
	A, B   *checklist.Check
}

// Coverage is how far a log reaches.
type Coverage struct {
	Change Change
	Pair   int
	A, B   *checklist.Coverage
}

// Code is an error code; A and B are how many records hold it.
type Code struct {
	Change Change
	Code   uint32
	A, B   int
}

// Compare says what is new in b, gone since a, changed, and the same.
func Compare(a, b *analyze.Result) Comparison {
	c := Comparison{A: a, B: b, Pairs: pairs(a, b)}
	for i, p := range c.Pairs {
		c.findings(i, p)
		c.updates(i, p)
		c.values(i, p)
		c.checks(i, p)
		c.coverages(i, p)
	}
	c.codes()
	return c
}

// pairs finds the counterpart of every machine.
func pairs(a, b *analyze.Result) []Pair {
	var out []Pair
	with := make([]int, len(a.Machines))
	taken := make([]bool, len(b.Machines))
	match := func(same func(i, j int) bool) {
		for i := range a.Machines {
			for j := range b.Machines {
				if with[i] == 0 && !taken[j] && same(i, j) {
					with[i], taken[j] = j+1, true
				}
			}
		}
	}
	match(func(i, j int) bool {
		return a.Machines[i].Name != "" && strings.EqualFold(a.Machines[i].Name, b.Machines[j].Name) && a.Machines[i].Role == b.Machines[j].Role
	})
	match(func(i, j int) bool { return a.Machines[i].Role == b.Machines[j].Role })
	for i := range a.Machines {
		out = append(out, Pair{i, with[i] - 1})
	}
	for j := range b.Machines {
		if !taken[j] {
			out = append(out, Pair{-1, j})
		}
	}
	return out
}

// entry is one thing of either result, or both, by its key.
type entry[T any] struct {
	change Change
	a, b   *T
}

// join pairs what has the same key on both sides; of several with one key the
// first goes with the first. same says whether two are equal.
func join[T any](as, bs []*T, key func(*T) string, same func(a, b *T) bool) []entry[T] {
	byKey := map[string][]*T{}
	for _, b := range bs {
		k := key(b)
		byKey[k] = append(byKey[k], b)
	}
	var out []entry[T]
	with := map[*T]bool{}
	for _, a := range as {
		k := key(a)
		e := entry[T]{Gone, a, nil}
		if list := byKey[k]; len(list) > 0 {
			e.b, byKey[k] = list[0], list[1:]
			with[e.b] = true
			e.change = Same
			if !same(a, e.b) {
				e.change = Changed
			}
		}
		out = append(out, e)
	}
	for _, b := range bs {
		if !with[b] {
			out = append(out, entry[T]{New, nil, b})
		}
	}
	slices.SortStableFunc(out, func(x, y entry[T]) int { return cmp.Compare(rank(x.change), rank(y.change)) })
	return out
}

func rank(c Change) int { return slices.Index(Changes(), c) }

// of are the elements of a list that are of one machine, none if it is -1.
func of[T any](list []T, machine int, at func(*T) int) []*T {
	var out []*T
	for i := range list {
		if machine >= 0 && at(&list[i]) == machine {
			out = append(out, &list[i])
		}
	}
	return out
}

func (c *Comparison) findings(n int, p Pair) {
	at := func(f *finding.Finding) int { return f.Machine }
	same := func(a, b *finding.Finding) bool { return a.Severity == b.Severity && a.Root == b.Root }
	// What names the machine itself is not what a finding is about.
	key := func(f *finding.Finding) string { return findingKey(f, c.names(p)) }
	for _, e := range join(of(c.A.Findings, p.A, at), of(c.B.Findings, p.B, at), key, same) {
		c.Findings = append(c.Findings, Finding{e.change, n, e.a, e.b})
	}
}

// names are the names of a pair's machines in small letters.
func (c *Comparison) names(p Pair) []string {
	var out []string
	if p.A >= 0 {
		out = append(out, strings.ToLower(c.A.Machines[p.A].Name))
	}
	if p.B >= 0 {
		out = append(out, strings.ToLower(c.B.Machines[p.B].Name))
	}
	return out
}

// about are the parameters that say what a finding is about.
var about = []string{"kb", "update_id", "update", "title", "host", "server", "url", "service", "package", "content", "policy", "path", "name", "log"}

func findingKey(f *finding.Finding, own []string) string {
	parts := []string{f.ID}
	for _, name := range about {
		v := strings.ToLower(f.Params[name])
		if v == "" || slices.Contains(own, v) {
			continue
		}
		if name == "url" {
			v, _, _ = strings.Cut(v, "?")
		}
		parts = append(parts, name+"="+v)
		if name == "kb" || name == "update_id" {
			break // the KB is the same where title and revision are not
		}
	}
	return strings.Join(parts, "\x00")
}

func (c *Comparison) updates(n int, p Pair) {
	at := func(u *ledger.Update) int {
		if !u.Involved {
			return -2
		}
		return u.Machine
	}
	key := func(u *ledger.Update) string { return strings.ToLower(u.Key) }
	same := func(a, b *ledger.Update) bool { return a.Now == b.Now && len(a.Attempts) == len(b.Attempts) }
	for _, e := range join(of(c.A.Updates, p.A, at), of(c.B.Updates, p.B, at), key, same) {
		c.Updates = append(c.Updates, Update{e.change, n, e.a, e.b})
	}
}

func (c *Comparison) checks(n int, p Pair) {
	at := func(k *checklist.Check) int { return k.Machine }
	key := func(k *checklist.Check) string { return k.ID }
	same := func(a, b *checklist.Check) bool { return a.Status == b.Status }
	for _, e := range join(of(c.A.Checklist, p.A, at), of(c.B.Checklist, p.B, at), key, same) {
		c.Checks = append(c.Checks, Check{e.change, n, e.a, e.b})
	}
}

func (c *Comparison) coverages(n int, p Pair) {
	at := func(k *checklist.Coverage) int { return k.Machine }
	key := func(k *checklist.Coverage) string { return strings.ToLower(k.Log) }
	same := func(a, b *checklist.Coverage) bool { return a.Status == b.Status }
	for _, e := range join(of(c.A.Coverage, p.A, at), of(c.B.Coverage, p.B, at), key, same) {
		c.Coverages = append(c.Coverages, Coverage{e.change, n, e.a, e.b})
	}
}

// codes compares the error codes of all machines together.
func (c *Comparison) codes() {
	key := func(k *analyze.CodeCount) string { return strconv.FormatUint(uint64(k.Code), 16) }
	all := func(list []analyze.CodeCount) []*analyze.CodeCount {
		return of(list, 0, func(*analyze.CodeCount) int { return 0 })
	}
	same := func(a, b *analyze.CodeCount) bool { return true } // how often is chance
	for _, e := range join(all(c.A.Codes), all(c.B.Codes), key, same) {
		code := Code{Change: e.change}
		if e.a != nil {
			code.Code, code.A = e.a.Code, e.a.Records
		}
		if e.b != nil {
			code.Code, code.B = e.b.Code, e.b.Records
		}
		c.Codes = append(c.Codes, code)
	}
}
