package rule

import (
	"fmt"
	"slices"
	"strings"
)

// shareForms gives rules with forms_of the forms of the rules they name, each
// for their codes alone, and takes those codes from those rules. A code that
// stands alone goes before a family. It comes before the checks, which name
// what is wrong with either.
func shareForms(docs []*document) {
	byID := make(map[string]*Rule)
	var sharing []*Rule
	for _, d := range docs {
		for _, r := range d.rules {
			if byID[r.ID] == nil {
				byID[r.ID] = r
			}
			if len(r.FormsOf) > 0 && len(r.Codes) > 0 {
				sharing = append(sharing, r)
			}
		}
	}
	forms := make(map[*Rule][]Form) // as they are written
	var bases []*Rule
	for _, r := range sharing {
		for _, id := range r.FormsOf {
			if base := byID[id]; base != nil && len(base.FormsOf) == 0 && forms[base] == nil {
				base.nameForms()
				forms[base] = base.written()
				bases = append(bases, base)
			}
		}
	}
	for _, r := range sharing {
		own := r.Also
		r.Also = nil
		for _, id := range r.FormsOf {
			if base := byID[id]; base != nil && len(base.FormsOf) == 0 {
				r.share(base, forms[base], single(sharing, r))
			}
		}
		r.Also = append(r.Also, own...)
	}
	for _, base := range bases {
		var codes []string
		for _, r := range sharing {
			if slices.Contains(r.FormsOf, base.ID) {
				codes = append(codes, r.Codes...)
			}
		}
		if base.Form.given() {
			base.When = append(slices.Clone(base.When), codesAre("not-in", codes))
		}
		for i := range base.Also {
			f := &base.Also[i]
			f.When = append(slices.Clone(f.When), codesAre("not-in", codes))
		}
	}
}

// nameForms marks the forms as the rule's, for those who share them.
func (r *Rule) nameForms() {
	if !r.SharedFallback {
		return
	}
	r.base = r.ID
	for i := range r.Also {
		r.Also[i].base = r.ID
	}
}

// single returns the codes that the others name and r only has by family.
func single(sharing []*Rule, r *Rule) []string {
	own := condition{list: r.Codes}
	var out []string
	for _, other := range sharing {
		for _, c := range other.Codes {
			if other != r && !strings.HasSuffix(c, "*") && own.lists(c) && !slices.Contains(r.Codes, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// written returns the rule's forms as its file has them, with their logs.
func (r *Rule) written() []Form {
	var out []Form
	if r.Form.given() {
		out = append(out, r.Form)
	}
	out = append(out, r.Also...)
	for i := range out {
		if len(out[i].Logs) == 0 {
			out[i].Logs = r.Logs
		}
	}
	return out
}

// share takes over forms, for r's codes but for those of others, and what r
// does not say itself.
func (r *Rule) share(base *Rule, forms []Form, others []string) {
	for _, f := range forms {
		f.When = append(slices.Clone(f.When), codesAre("in", r.Codes))
		if len(others) > 0 {
			f.When = append(f.When, codesAre("not-in", others))
		}
		if f.Then != nil {
			then := *f.Then
			f.Then = &then
		}
		r.Also = append(r.Also, f)
	}
	if len(r.Key)+len(r.Track) == 0 {
		r.Key, r.Track = base.Key, base.Track
	}
	for _, c := range base.CuredBy {
		if len(c.Logs) == 0 {
			c.Logs = base.Logs
		}
		sameKnown := true
		for _, name := range c.Same {
			sameKnown = sameKnown && (slices.Contains(r.Key, name) || slices.Contains(r.Track, name))
		}
		if sameKnown {
			r.CuredBy = append(r.CuredBy, c)
		}
	}
	if r.OneEventSeconds == 0 {
		r.OneEventSeconds, r.AcrossLogs = base.OneEventSeconds, base.AcrossLogs
	}
}

// codesAre is the condition that the code is, or is not, among some.
func codesAre(op string, codes []string) string {
	return fmt.Sprintf("code %s %s", op, strings.Join(codes, ", "))
}
