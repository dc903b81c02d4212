package window

import (
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/lang"
)

// Edit is a change to try: of the maximum run time of an update, or of the
// length of a window.
type Edit struct {
	// Window is set for the length of a window, else it is a maximum.
	Window bool
	// Target is the KB, update id, key or title of an update; the id, its
	// beginning or the name of a window.
	Target string
	// Relative adds Seconds to what there is, else Seconds is the new value.
	Relative bool
	Seconds  int
}

// ErrEdit means that an edit is written wrongly or names nothing that there is.
var ErrEdit = lang.Fail("fault.edit")

// highestMaximum is the longest maximum run time that the console takes, in
// seconds. Source: DOMAIN.md C.
const highestMaximum = 9999 * 60

// ParseEdit reads "max:KB5034441=60", "window:ID=+120m", "window:ID=4h",
// "window:ID=-30m"; a number alone is minutes. The error is ErrEdit, wrapped.
func ParseEdit(s string) (Edit, error) {
	kind, rest, _ := strings.Cut(s, ":")
	at := strings.LastIndexByte(rest, '=')
	kind = strings.ToLower(strings.TrimSpace(kind))
	if at < 0 || kind != "max" && kind != "window" {
		return Edit{}, lang.Fail("fault.edit.form", ErrEdit, strconv.Quote(s))
	}
	e := Edit{Window: kind == "window", Target: strings.TrimSpace(rest[:at])}
	if e.Target == "" {
		if e.Window {
			return Edit{}, lang.Fail("fault.edit.names-no-window", ErrEdit, strconv.Quote(s))
		}
		return Edit{}, lang.Fail("fault.edit.names-no-update", ErrEdit, strconv.Quote(s))
	}
	value := strings.TrimSpace(rest[at+1:])
	sign := 1
	if value != "" && (value[0] == '+' || value[0] == '-') {
		e.Relative = true
		if value[0] == '-' {
			sign = -1
		}
		value = value[1:]
	}
	seconds, err := parseDuration(value)
	if err != nil {
		return Edit{}, lang.Fail("fault.edit.value", ErrEdit, strconv.Quote(s), err)
	}
	e.Seconds = sign * seconds
	return e, nil
}

// to returns the new value for an old one.
func (e Edit) to(old int) int {
	if e.Relative {
		return old + e.Seconds
	}
	return e.Seconds
}

// Apply returns the set and the updates as the edits would make them; s and
// updates stay as they are. The error is ErrEdit, wrapped, for an edit that
// names nothing, or leads to what the product does not take.
func (s *Set) Apply(updates []Update, edits []Edit) (*Set, []Update, error) {
	set := *s
	set.windows = slices.Clone(s.windows)
	updates = slices.Clone(updates)
	for _, e := range edits {
		var err error
		if e.Window {
			err = set.edit(e)
		} else {
			err = editMaximum(updates, e)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return &set, updates, nil
}

func editMaximum(updates []Update, e Edit) error {
	found := false
	for i := range updates {
		u := &updates[i]
		if !slices.ContainsFunc([]string{u.Key, u.KB, u.UpdateID, u.Title}, func(name string) bool {
			return name != "" && normal(name) == normal(e.Target)
		}) {
			continue
		}
		found = true
		to := e.to(u.Seconds)
		if to < 60 || to > highestMaximum {
			return lang.Fail("fault.edit.maximum", ErrEdit, e.Target, to/60, u.Key)
		}
		u.Seconds = to
	}
	if !found {
		return lang.Fail("fault.edit.no-update", ErrEdit, e.Target, those(updates))
	}
	return nil
}

// those names some of the updates that an edit may name.
func those(updates []Update) lang.Text {
	if len(updates) == 0 {
		return lang.Say("fault.edit.none-waits")
	}
	var keys []string
	for i := range updates {
		keys = append(keys, updates[i].Key)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return lang.Say("fault.edit.wait", list(keys))
}

// named is how many updates or windows an error names.
const named = 8

// list names as many as an error names.
func list(names []string) lang.Text {
	if more := len(names) - named; more > 0 {
		return lang.Say("fault.edit.more", strings.Join(names[:named], ", "), more)
	}
	return lang.Say("fault.other", strings.Join(names, ", "))
}

// edit changes the length of a window.
func (s *Set) edit(e Edit) error {
	id, err := s.named(e.Target)
	if err != nil {
		return err
	}
	for i := range s.windows {
		w := &s.windows[i]
		if !w.Current() || normal(w.ID) != id {
			continue
		}
		to := e.to(w.Seconds())
		if to < 60 || to > maxWindow {
			return lang.Fail("fault.edit.window", ErrEdit, e.Target, to/60)
		}
		w.last(e)
	}
	return nil
}

// last makes the occurrences of a window last as an edit says.
func (w *Window) last(e Edit) {
	w.Schedules = slices.Clone(w.Schedules)
	var text strings.Builder
	for i := range w.Schedules {
		c := &w.Schedules[i]
		minutes := min(max(e.to(c.Seconds()), 60), maxWindow) / 60
		c.Days, c.Hours, c.Minutes = minutes/(24*60), minutes/60%24, minutes%60
		text.WriteString(c.Encode())
	}
	if len(w.Schedules) > 0 {
		w.Schedule = text.String()
	}
	if w.Stated.Start != 0 {
		w.Stated.End = w.Stated.Start + int64(max(e.to(w.Stated.Seconds()), 0))*second
	}
}

// shortest is how many characters of an id are enough to name a window.
const shortest = 4

// named returns the normal id of the one window in force that target names: its
// id, its name, or the beginning of an id.
func (s *Set) named(target string) (string, error) {
	want := normal(target)
	var exact, begins []string
	for i := range s.windows {
		w := &s.windows[i]
		id := normal(w.ID)
		switch {
		case !w.Current():
		case id == want || strings.EqualFold(w.Name, strings.TrimSpace(target)) && w.Name != "":
			exact = append(exact, id)
		case len(want) >= shortest && strings.HasPrefix(id, want):
			begins = append(begins, id)
		}
	}
	if len(exact) == 0 {
		exact = begins
	}
	slices.Sort(exact)
	exact = slices.Compact(exact)
	switch len(exact) {
	case 0:
		return "", lang.Fail("fault.edit.no-window", ErrEdit, target, s.inForce())
	case 1:
		return exact[0], nil
	}
	return "", lang.Fail("fault.edit.ambiguous", ErrEdit, target, list(exact))
}

// inForce names some of the windows that an edit may name.
func (s *Set) inForce() lang.Text {
	var ids []string
	for i := range s.windows {
		if w := &s.windows[i]; w.Current() {
			ids = append(ids, w.ID)
		}
	}
	if len(ids) == 0 {
		return lang.Say("fault.edit.none-in-force")
	}
	return lang.Say("fault.edit.in-force", list(ids))
}

// Comparison is fits and simulations before and after edits, in the order of the
// updates.
type Comparison struct {
	Before, After                     []Fit
	SimulationBefore, SimulationAfter Simulation
	// Changed are the keys of the updates for which anything differs but the
	// numbers that were edited: whether they fit, why, and when they start.
	Changed []string
}

// WhatIf compares what fits now with what would after the edits.
func (s *Set) WhatIf(updates []Update, edits []Edit, opt Options) (Comparison, error) {
	set, edited, err := s.Apply(updates, edits)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{
		Before: s.Fit(updates, opt), After: set.Fit(edited, opt),
		SimulationBefore: s.Simulate(updates, opt), SimulationAfter: set.Simulate(edited, opt),
	}
	before, after := c.SimulationBefore.starts(), c.SimulationAfter.starts()
	for i, b := range c.Before {
		a := c.After[i]
		if a.Fits != b.Fits || a.WithRestart != b.WithRestart || a.Reason != b.Reason || before[b.Update] != after[a.Update] {
			c.Changed = append(c.Changed, b.Update)
		}
	}
	return c, nil
}

// starts returns when each update starts in a simulation.
func (m *Simulation) starts() map[string]int64 {
	at := map[string]int64{}
	for _, r := range m.Free {
		at[r.Update] = r.Start
	}
	for _, s := range m.Slots {
		for _, r := range s.Runs {
			at[r.Update] = r.Start
		}
	}
	return at
}
