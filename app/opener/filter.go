package opener

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/timeline"
	"patchtrail/app/session"
	"patchtrail/ingest/record"
)

// filter makes the filter that a query stands for.
func (m *merged) filter(q session.Query) (timeline.Filter, error) {
	f := timeline.Filter{Text: q.Text, Message: analyze.Message}
	if q.Errors || q.Warnings {
		f.Text = ""
		if q.Errors {
			f.Levels = append(f.Levels, record.Error)
		}
		if q.Warnings {
			f.Levels = append(f.Levels, record.Warning)
		}
		return f, nil
	}
	alternatives := map[session.Kind][]timeline.Filter{}
	for _, c := range q.Conditions {
		one, err := m.condition(c)
		switch {
		case err != nil:
			return f, err
		case c.Not:
			f.Not = append(f.Not, one)
		case c.Kind == session.ByTime:
			f.From, f.To = c.From, c.To
		case c.Kind == session.ByText || c.Kind == session.ByRegexp:
			f.All = append(f.All, one)
		default:
			alternatives[c.Kind] = append(alternatives[c.Kind], one)
		}
	}
	for kind := session.ByQuestion; kind <= session.ByRegexp; kind++ {
		if any := alternatives[kind]; len(any) > 0 {
			f.All = append(f.All, timeline.Filter{Any: any})
		}
	}
	return f, nil
}

// condition makes the filter of one condition, whether it is to hold or not.
func (m *merged) condition(c session.Condition) (timeline.Filter, error) {
	var f timeline.Filter
	switch c.Kind {
	case session.ByQuestion:
		q, ok := session.QuestionOf(c.Text)
		if !ok {
			return f, fmt.Errorf("%s: is no filter", c.Text)
		}
		f.Any = []timeline.Filter{{Components: q.Components}, {Files: q.Files}}
		for _, text := range q.Texts {
			f.Any = append(f.Any, timeline.Filter{Text: text})
		}
	case session.ByTime:
		f.From, f.To = c.From, c.To
	case session.ByLevel:
		f.Levels = []record.Level{c.Level}
	case session.ByMachine:
		f.Machines = []int{-1} // none has this index
		for i := range m.machines {
			if strings.EqualFold(m.machines[i].ID, c.Text) {
				f.Machines = append(f.Machines, i)
			}
		}
	case session.ByComponent:
		f.Components = []string{c.Text}
	case session.ByFile:
		f.Files = []string{c.Text}
	case session.ByThread:
		f.Threads = []uint32{c.Thread}
	case session.ByText:
		f.Text = c.Text
	case session.ByRegexp:
		re, err := regexp.Compile(c.Text)
		if err != nil {
			return f, fmt.Errorf("%s: %w", c.Text, err)
		}
		f.Regexp = re
	}
	return f, nil
}

// Names implements session.Named.
func (m *merged) Names() session.Names {
	m.once.Do(func() {
		for i := range m.machines {
			m.names.Machines = append(m.names.Machines, m.machines[i].ID)
		}
		for _, file := range m.t.Store.Files {
			if file.Len() == 0 {
				continue
			}
			m.names.Files = append(m.names.Files, file.Path)
			m.names.Components = append(m.names.Components, file.Components...)
		}
		for _, names := range []*[]string{&m.names.Machines, &m.names.Files, &m.names.Components} {
			*names = ordered(*names)
		}
	})
	return m.names
}

// ordered puts names in the order of the alphabet, each once. A bundle may have
// 200,000 files: their small letters are made once, not for each comparison.
func ordered(names []string) []string {
	type named struct{ lower, name string }
	all := make([]named, 0, len(names))
	for _, n := range names {
		if n != "" {
			all = append(all, named{strings.ToLower(n), n})
		}
	}
	slices.SortFunc(all, func(a, b named) int {
		return cmp.Or(strings.Compare(a.lower, b.lower), strings.Compare(a.name, b.name))
	})
	out := make([]string, 0, len(all))
	for _, n := range slices.Compact(all) {
		out = append(out, n.name)
	}
	return out
}
