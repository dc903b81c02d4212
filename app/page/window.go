package page

import (
	"slices"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/report"
	"patchtrail/analyze/window"
)

// Window is a row of the maintenance windows.
type Window struct {
	Name, Machine, Type  string
	Recurrence, Duration string
	// Next is when it begins next, "" where no date can be told.
	Next string
	// Current is unset for a version that is no longer in force; State says so.
	Current bool
	State   string
	// Row is that of a record that tells of it, -1 if none does.
	Row int
	// ID names it in edits, Minutes is how long it lasts; Counts is set where it
	// restricts updates.
	ID             string
	Minutes        int
	Counts         bool
	machine, index int
}

// On reports whether a window is of a machine, by its place in
// Overview.Machines.
func (w *Window) On(machine int) bool { return w.machine == machine }

// Fit is a row of the updates that wait for a window.
type Fit struct {
	Update, Machine, Needs, Longest string
	Reason                          string
	Tone                            Tone
	Next                            string
	// Cures are the smallest changes after which it fits.
	Cures []string
	// Minutes is how long it needs.
	Minutes int
	machine int
	cures   []window.Cure
}

// windows lists those in force first.
func (s *Set) windows() {
	counting := make([][]string, len(s.res.Windows))
	for i, set := range s.res.Windows {
		for _, w := range set.Counting(s.res.WindowOptions(i)) {
			counting[i] = append(counting[i], w.ID)
		}
	}
	for _, current := range []bool{true, false} {
		for i, set := range s.res.Windows {
			all := set.Windows()
			for n := range all {
				if all[n].Current() == current {
					row := s.window(&all[n], i, n)
					row.Counts = current && slices.Contains(counting[i], all[n].ID)
					s.Windows = append(s.Windows, row)
				}
			}
		}
	}
	for i, set := range s.res.Windows {
		switch {
		case !set.Known && len(set.Windows()) == 0:
			s.NoWindows = append(s.NoWindows, s.t("page.windows-unknown", s.res.MachineID(i)))
		case set.Known && len(counting[i]) == 0:
			s.NoWindows = append(s.NoWindows, s.t("page.windows-none", s.res.MachineID(i)))
		}
	}
	for i := range s.res.Fits {
		s.Fits = append(s.Fits, s.fit(&s.res.Fits[i]))
	}
}

func (s *Set) window(w *window.Window, machine, index int) Window {
	row := Window{
		Name: w.Name, Machine: s.res.MachineID(machine), Type: s.t("window." + w.Type.String()), Recurrence: report.Recurrence(w, s.lang),
		Duration: whole(int64(w.Seconds()) * 1e9), Current: w.Current(), State: s.t("page.window-current"), Row: s.row(w.Evidence),
		machine: machine, index: index, ID: w.ID, Minutes: w.Seconds() / 60,
	}
	if row.Name == "" {
		row.Name = w.ID
	}
	if !w.Current() {
		row.State = s.t("page.window-until", s.clock(w.Until, machine))
	} else if next := w.Next(s.res.Machines[machine].Zone, s.res.AsOf(machine), 1); len(next) > 0 {
		row.Next = s.clock(next[0].Start, machine)
	}
	return row
}

func (s *Set) fit(f *window.Fit) Fit {
	row := Fit{
		Update: f.Update, Machine: s.res.MachineID(f.Machine), Needs: whole(int64(f.Required) * 1e9),
		Reason: s.t("fit." + string(f.Reason)), Tone: fitTone(f), Minutes: f.Required / 60, machine: f.Machine, cures: f.Cures,
	}
	if f.Longest > 0 {
		row.Longest = whole(int64(f.Longest) * 1e9)
	}
	if f.Next != nil {
		row.Next = s.clock(f.Next.At, f.Machine)
	}
	for _, c := range f.Cures {
		row.Cures = append(row.Cures, report.Cure(c, f.Update, s.lang))
	}
	return row
}

func fitTone(f *window.Fit) Tone {
	switch {
	case f.Reason == window.Unknowable:
		return Unknown
	case !f.Fits:
		return Bad
	case !f.WithRestart:
		return Warning
	}
	return Good
}

// Window quotes the records that tell of row i of the windows.
func (s *Set) Window(i int) Detail {
	row := &s.Windows[i]
	w := &s.res.Windows[row.machine].Windows()[row.index]
	d := Detail{Title: row.Name, Word: row.State, Facts: []string{row.Machine, row.Type, row.Recurrence, row.Duration}}
	if w.Schedule != "" {
		d.Facts = append(d.Facts, w.Schedule)
	}
	q := s.quoter()
	d.add(Line{Kind: Heading, Text: s.t("report.evidence")})
	d.add(q.records(w.Evidence, 20)...)
	if w.Line > 0 {
		d.add(q.evidence([]finding.Evidence{{Record: none, File: w.File, Line: w.Line, Text: w.Schedule}})...)
	}
	return d
}

// How many occurrences are told of all windows, and of each.
const (
	maxOpen    = 4000
	maxOpenOne = 500
)

// openTimes tells when the windows that count were open within the logs.
func (s *Set) openTimes() {
	first, last := s.res.Span()
	for i := range s.Windows {
		row := &s.Windows[i]
		if !row.Counts || len(s.Overview.Open) >= maxOpen {
			continue
		}
		w := &s.res.Windows[row.machine].Windows()[row.index]
		for _, o := range w.Next(s.res.Machines[row.machine].Zone, max(first, w.From), maxOpenOne) {
			if o.Start > last {
				break
			}
			s.Overview.Open = append(s.Overview.Open, OpenTime{o.Start, min(o.End, last)})
		}
	}
}
