package settings

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchtrail/app/session"
	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// memory is a Store that counts what is written.
type memory struct {
	values map[string]any
	writes int
}

func newMemory() *memory { return &memory{values: map[string]any{}} }

func (m *memory) String(key string) string { s, _ := m.values[key].(string); return s }
func (m *memory) Bool(key string) bool     { b, _ := m.values[key].(bool); return b }
func (m *memory) IntWithFallback(key string, fallback int) int {
	if n, ok := m.values[key].(int); ok {
		return n
	}
	return fallback
}
func (m *memory) set(key string, v any)        { m.values[key] = v; m.writes++ }
func (m *memory) SetString(key, value string)  { m.set(key, value) }
func (m *memory) SetBool(key string, v bool)   { m.set(key, v) }
func (m *memory) SetInt(key string, value int) { m.set(key, value) }

func TestSettingsSurviveARestart(t *testing.T) {
	store := newMemory()
	want := Default()
	want.Language, want.Look, want.Zoom, want.Mono, want.RowText, want.Zone = "ja", 2, 130, true, 16, session.Mine
	want.Rules = filepath.FromSlash("/rules/contoso")
	want.Limits[2] = 3 * gib
	want.SaveFilter(session.SavedFilter{Name: "no noise", Filter: session.Filter{Text: "0x80240022", Conditions: []session.Condition{
		{Kind: session.ByComponent, Text: "CAS", Not: true}, {Kind: session.ByLevel, Level: record.Error}}}})
	want.SaveFilter(session.SavedFilter{Name: "Errors", Filter: session.Filter{Conditions: []session.Condition{{Kind: session.ByLevel, Level: record.Error}}}})
	want.Opened([]string{"/logs/a.zip"})
	want.Opened([]string{"/logs/b.zip", "/logs/更新"})
	want.Save(store)
	got := Load(store)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-saved +loaded)\n%s", diff)
	}
	if got.Filters[0].Name != "Errors" || got.Recent[0].Inputs[0] != "/logs/b.zip" {
		t.Errorf("filters %v, recent %v", got.Filters, got.Recent)
	}
	store.writes = 0
	if got.Save(store); store.writes != 0 {
		t.Errorf("%d writes though nothing changed", store.writes)
	}
}

func TestFirstRun(t *testing.T) {
	if diff := cmp.Diff(Default(), Load(newMemory())); diff != "" {
		t.Errorf("(-default +loaded)\n%s", diff)
	}
}

// TestLoadMistrusts loads values that were edited, or come from another version.
func TestLoadMistrusts(t *testing.T) {
	store := newMemory()
	for key, v := range map[string]any{keyLanguage: "xx", keyLook: 7, keyZoom: 1, keyRowText: 400, keyZone: -1,
		keyLimit + "depth": 0, keyLimit + "ratio": 1 << 40, keyRecent: `[{"inputs":[]},{"inputs":["/logs/a.zip"]},7]`,
		keyFilters: `[{"name":"a","conditions":[{"kind":"soon"}]},{"name":"b","conditions":[{"kind":"regexp","text":"("}]},{"name":"good","text":"x"}]`} {
		store.values[key] = v
	}
	want := Default()
	want.Recent = []Recent{{Inputs: []string{"/logs/a.zip"}}}
	want.Filters = []session.SavedFilter{{Name: "good", Filter: session.Filter{Text: "x"}}}
	if diff := cmp.Diff(want, Load(store)); diff != "" {
		t.Errorf("(-want +loaded)\n%s", diff)
	}
	store.values[keyFilters], store.values[keyRecent] = "{", "no"
	if got := Load(store); got.Filters != nil || got.Recent != nil {
		t.Errorf("%v, %v", got.Filters, got.Recent)
	}
}

func TestRecent(t *testing.T) {
	s := Default()
	for i := range 2 * mostRecent {
		s.Opened([]string{filepath.Join("/logs", string(rune('a'+i)))})
	}
	if len(s.Recent) != mostRecent {
		t.Errorf("%d are kept", len(s.Recent))
	}
	third := s.Recent[2]
	s.Opened(third.Inputs)
	if s.Recent[0].Inputs[0] != third.Inputs[0] || len(s.Recent) != mostRecent {
		t.Errorf("%v", s.Recent)
	}
	s.Forget(third)
	if len(s.Recent) != mostRecent-1 || s.Recent[0].Inputs[0] == third.Inputs[0] {
		t.Errorf("%v", s.Recent)
	}
}

func TestFiltersByName(t *testing.T) {
	s := Default()
	for _, name := range []string{"b", "A", "c", "b"} {
		s.SaveFilter(session.SavedFilter{Name: name, Filter: session.Filter{Text: name}})
	}
	s.DeleteFilter("c")
	if len(s.Filters) != 2 || s.Filters[0].Name != "A" || s.Filters[1].Name != "b" {
		t.Errorf("%v", s.Filters)
	}
}

func TestLimits(t *testing.T) {
	all := Limited()
	f := func(i int, text string, want int64) {
		t.Helper()
		got, err := all[i].Parse(text)
		var bad *RangeError
		if want < 0 {
			if !errors.As(err, &bad) {
				t.Errorf("%s %q gives %d, %v", all[i].Name, text, got, err)
			}
			return
		}
		if err != nil || got != want {
			t.Errorf("%s %q gives %d, %v, want %d", all[i].Name, text, got, err, want)
		}
	}
	f(0, "5", 5)
	f(0, " 7 ", 7)
	for _, text := range []string{"", "0", "-1", "5 GiB", "5.5", "many", "NaN", "1e99", "33"} {
		f(0, text, -1)
	}
	f(1, "200,000", 200_000)
	f(2, "8 GiB", 8*gib)
	f(2, "1.5g", 3*gib/2)
	f(2, "512 mb", 512*mib)
	f(2, "1048576", mib)
	for _, text := range []string{"1 KiB", "9999999999999 GiB", "GiB", "Inf"} {
		f(2, text, -1)
	}
	for i, l := range all {
		if got, err := l.Parse(l.Text(l.Default)); err != nil || got != l.Default {
			t.Errorf("%s: %q is read as %d, %v", l.Name, l.Text(l.Default), got, err)
		}
		f(i, l.Text(l.Least), l.Least)
		f(i, l.Text(l.Most), l.Most)
	}
}

func TestApply(t *testing.T) {
	var opt ingest.Options
	Limits{1, 2, 3, 4, 5, 6}.Apply(&opt)
	b := opt.Bundle.Limits
	if b.Depth != 1 || b.Entries != 2 || b.EntryBytes != 3 || b.TotalBytes != 4 || b.Ratio != 5 || opt.RecordBytes != 6 {
		t.Errorf("%+v, %d", b, opt.RecordBytes)
	}
}
