package redact

import (
	"reflect"

	"patchtrail/analyze"
	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
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
		out.Facts[i] = r.deep(reflect.ValueOf(f)).Interface().(*fact.Facts)
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
	f.Evidence = append(f.Evidence[:0:0], f.Evidence...)
	for i := range f.Evidence {
		f.Evidence[i].Text = r.Text(f.Evidence[i].Text)
	}
	return f
}

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
