package rule

import (
	"fmt"
	"slices"
	"strings"
)

// shareForms gives rules with forms_of the forms of the rule they name, each
// for their codes alone, and takes those codes from that rule. It comes before
// the checks, which name what is wrong with either.
func shareForms(docs []*document) {
	byID := make(map[string]*Rule)
	for _, d := range docs {
		for _, r := range d.rules {
			if byID[r.ID] == nil {
				byID[r.ID] = r
			}
		}
	}
	forms := make(map[*Rule][]Form) // as they are written
	taken := make(map[*Rule][]string)
	for _, d := range docs {
		for _, r := range d.rules {
			base := byID[r.FormsOf]
			if r.FormsOf == "" || base == nil || base == r || base.FormsOf != "" || len(r.Codes) == 0 {
				continue
			}
			if forms[base] == nil {
				forms[base] = base.written()
			}
			taken[base] = append(taken[base], r.Codes...)
			r.share(base, forms[base])
		}
	}
	for base, codes := range taken {
		if base.Form.given() {
			base.When = append(slices.Clone(base.When), codesAre("not-in", codes))
		}
		for i := range base.Also {
			f := &base.Also[i]
			f.When = append(slices.Clone(f.When), codesAre("not-in", codes))
		}
	}
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

// share takes over what r does not say itself.
func (r *Rule) share(base *Rule, forms []Form) {
	own := r.Also
	r.Also = nil
	for _, f := range forms {
		f.When = append(slices.Clone(f.When), codesAre("in", r.Codes))
		if f.Then != nil {
			then := *f.Then
			f.Then = &then
		}
		r.Also = append(r.Also, f)
	}
	r.Also = append(r.Also, own...)
	if len(r.Key)+len(r.Track) == 0 {
		r.Key, r.Track = base.Key, base.Track
	}
	if len(r.CuredBy) == 0 {
		r.CuredBy = slices.Clone(base.CuredBy)
		for i := range r.CuredBy {
			if c := &r.CuredBy[i]; len(c.Logs) == 0 {
				c.Logs = base.Logs
			}
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
