package redact

import (
	"reflect"
	"slices"

	"patchtrail/analyze"
	"patchtrail/analyze/checklist"
	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

// Result returns a copy of res whose names are replaced everywhere but in the
// text of the records, which is passed through Text as it is read. Machines,
// paths of files, issues, facts, findings and updates keep their order, and
// records their numbers. The timeline still searches the text as it was.
func (r *Redactor) Result(res *analyze.Result) *analyze.Result {
	out := *res
	out.Inputs = r.list(res.Inputs)
	out.Machines = append(out.Machines[:0:0], res.Machines...)
	for i := range out.Machines {
		m := &out.Machines[i]
		m.ID, m.Name = r.name(m.ID), r.name(m.Name)
	}
	store := *res.Store
	store.Files = make([]*record.File, len(res.Store.Files))
	for i, f := range res.Store.Files {
		store.Files[i] = r.file(f)
	}
	out.Store = &store
	out.Issues = append(out.Issues[:0:0], res.Issues...)
	for i := range out.Issues {
		out.Issues[i].Path, out.Issues[i].Args = r.Text(out.Issues[i].Path), r.list(out.Issues[i].Args)
	}
	out.Facts = make([]*fact.Facts, len(res.Facts))
	for i, f := range res.Facts {
		out.Facts[i] = r.deep(reflect.ValueOf(f)).Interface().(*fact.Facts).With(out.Store)
	}
	out.Findings = make([]finding.Finding, len(res.Findings))
	for i, f := range res.Findings {
		out.Findings[i] = r.finding(f)
	}
	out.Updates = append(out.Updates[:0:0], res.Updates...)
	for i := range out.Updates {
		u := &out.Updates[i]
		u.Key, u.Title = r.Text(u.Key), r.Text(u.Title)
	}
	out.Checklist = append(out.Checklist[:0:0], res.Checklist...)
	for i := range out.Checklist {
		k := &out.Checklist[i]
		k.Title, k.Detail, k.Collect = r.words(k.Title), r.words(k.Detail), r.words(k.Collect)
		k.Command, k.Evidence = r.Text(k.Command), r.evidence(k.Evidence)
	}
	out.Symptoms = make([][]checklist.Symptom, len(res.Symptoms))
	for i, list := range res.Symptoms {
		for _, s := range list {
			out.Symptoms[i] = append(out.Symptoms[i], r.symptom(s))
		}
	}
	out.Coverage = append(out.Coverage[:0:0], res.Coverage...)
	for i := range out.Coverage {
		out.Coverage[i].Advice = r.words(out.Coverage[i].Advice)
	}
	out.Windows = make([]*window.Set, len(res.Windows))
	for i, set := range res.Windows {
		out.Windows[i] = set.Named(r.Text)
	}
	out.Redact = r.Text
	out.Fits = append(out.Fits[:0:0], res.Fits...)
	for i := range out.Fits {
		out.Fits[i].Update = r.Text(out.Fits[i].Update)
	}
	return &out
}

// name replaces the name of a machine, also one that is a common word.
func (r *Redactor) name(s string) string {
	t := r.Text(s)
	if t != s || s == "" || isToken(s) {
		return t
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.tokens[host][string(appendLower(nil, s))]; ok {
		return t
	}
	return s
}

func (r *Redactor) file(f *record.File) *record.File {
	c := *f
	c.Path, c.Log, c.Computer = r.Text(f.Path), r.Text(f.Log), r.name(f.Computer)
	c.Components = r.list(f.Components)
	return &c
}

func (r *Redactor) finding(f finding.Finding) finding.Finding {
	texts := make(map[lang.Lang]finding.Text, len(f.Text))
	for l, t := range f.Text {
		texts[l] = finding.Text{
			Title: r.Text(t.Title), Cause: r.Text(t.Cause), Remediation: r.list(t.Remediation), Verify: r.list(t.Verify),
		}
	}
	f.Text = texts
	params := make(map[string]string, len(f.Params))
	for k, v := range f.Params {
		params[k] = r.Text(v)
	}
	f.Params = params
	f.Updates = r.list(f.Updates)
	f.Evidence = r.evidence(f.Evidence)
	return f
}

func (r *Redactor) evidence(of []finding.Evidence) []finding.Evidence {
	out := slices.Clone(of)
	for i := range out {
		out[i].Text = r.Text(out[i].Text)
	}
	return out
}

func (r *Redactor) symptom(s checklist.Symptom) checklist.Symptom {
	s.Title, s.Closing, s.Causes = r.words(s.Title), r.words(s.Closing), slices.Clone(s.Causes)
	for i := range s.Causes {
		c := &s.Causes[i]
		c.Title, c.Detail, c.Collect = r.words(c.Title), r.words(c.Detail), r.words(c.Collect)
		c.Command, c.Evidence = r.Text(c.Command), r.evidence(c.Evidence)
	}
	return s
}

// words replaces the names in what fills a sentence's places.
func (r *Redactor) words(w checklist.Words) checklist.Words {
	w.Args = slices.Clone(w.Args)
	for i, a := range w.Args {
		switch a := a.(type) {
		case string:
			w.Args[i] = r.Text(a)
		case worded:
			w.Args[i] = hidden{r, a}
		}
	}
	return w
}

// worded is an argument that has its words in each language, hidden the same
// without names.
type (
	worded interface{ In(lang.Lang) string }
	hidden struct {
		r  *Redactor
		of worded
	}
)

// In returns the words without names.
func (h hidden) In(l lang.Lang) string { return h.r.Text(h.of.In(l)) }

func (r *Redactor) list(s []string) []string {
	if s == nil {
		return nil
	}
	out := make([]string, len(s))
	for i := range s {
		out[i] = r.Text(s[i])
	}
	return out
}

// Value returns v with the names in all its strings replaced: maps, lists and
// structs of exported fields, as JSON has them. Keys of maps stay.
func (r *Redactor) Value(v any) any {
	if v == nil {
		return nil
	}
	return r.deep(reflect.ValueOf(v)).Interface()
}

// deep copies a value. Unexported fields are copied as they are.
func (r *Redactor) deep(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		c := reflect.New(v.Type()).Elem()
		c.SetString(r.Text(v.String()))
		return c
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(r.deep(v.Elem()))
		return c
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		return r.deep(v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(r.deep(v.Index(i)))
		}
		return c
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			c.SetMapIndex(it.Key(), r.deep(it.Value()))
		}
		return c
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(r.deep(v.Field(i)))
			}
		}
		return c
	}
	return v
}
