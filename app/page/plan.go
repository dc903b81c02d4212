package page

import (
	"slices"
	"time"

	"patchtrail/analyze/report"
	"patchtrail/analyze/window"
)

// Plan is what would be installed in the windows of a machine in the weeks
// ahead, as it is and, where something was edited, as it would be then.
type Plan struct {
	Machine  string
	Calendar Calendar
	// Before are the fits as they are; After are those of the edits, in the same
	// order, nil where nothing was edited.
	Before, After []Fit
	// Changed counts the updates for which it makes a difference.
	Changed int
}

// Calendar is the weeks ahead. Places in it are days and parts of a day from
// the midnight that it begins with, by the clock that times are shown by.
type Calendar struct {
	// Days are named by their weekday and date, "Sat", "11-29".
	Days []Day
	// Now is the moment from which it is told.
	Now    float64
	Blocks []Block
	// Cut is set where there were more blocks than are drawn.
	Cut bool
}

// Day is a day of a calendar.
type Day struct {
	Weekday, Date string
	Weekend       bool
}

// BlockKind is what a block of a calendar is.
type BlockKind uint8

// The kinds of blocks: a window, an installation in it, and by how much the
// shortest update that never fits is too long for it.
const (
	OpenBlock BlockKind = iota
	RunBlock
	NeverBlock
)

// Block is a stretch of a calendar.
type Block struct {
	Kind     BlockKind
	From, To float64
	// Name is that of the window or the update, Hint a sentence of it.
	Name, Hint string
	// Key is the id of a window or the key of an update.
	Key string
}

// maxBlocks is how many blocks a calendar holds.
const maxBlocks = 1500

// PlanMachines are the machines with windows or with updates that wait, as
// places in Overview.Machines, those in trouble first.
func (s *Set) PlanMachines() []int {
	trouble := map[int]Tone{}
	for i := range s.Fits {
		f := &s.Fits[i]
		if f.Tone == Unknown {
			trouble[f.machine] = max(trouble[f.machine], Plain)
		} else {
			trouble[f.machine] = max(trouble[f.machine], f.Tone)
		}
	}
	var out []int
	for i, set := range s.res.Windows {
		if _, waits := trouble[i]; waits || len(set.Windows()) > 0 {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return int(trouble[b]) - int(trouble[a]) })
	return out
}

// Plan plays the weeks ahead of a machine with edits. It takes milliseconds
// with some hundred updates, and may run on any goroutine. The error is that of
// an edit that the product does not take.
func (s *Set) Plan(machine int, edits []window.Edit) (Plan, error) {
	set, pending, opt := s.res.Windows[machine], s.res.Pending(machine), s.res.WindowOptions(machine)
	p := Plan{Machine: s.res.MachineID(machine)}
	sim, fits := set.Simulate(pending, opt), set.Fit(pending, opt)
	for i := range fits {
		fits[i].Machine = machine
		p.Before = append(p.Before, s.fit(&fits[i]))
	}
	if len(edits) > 0 {
		c, err := set.WhatIf(pending, edits, opt)
		if err != nil {
			return Plan{}, err
		}
		sim, fits = c.SimulationAfter, c.After
		for i := range fits {
			fits[i].Machine = machine
			p.After = append(p.After, s.fit(&fits[i]))
		}
		p.Changed = len(c.Changed)
	}
	p.Calendar = s.calendar(machine, sim, fits)
	return p, nil
}

// Strip is the weeks ahead of one machine among others.
type Strip struct {
	// Machine is its place in Overview.Machines, Tone that of its gravest fit.
	Machine  int
	Name     string
	Tone     Tone
	Calendar Calendar
}

// maxStrips is how many machines are drawn side by side.
const maxStrips = 60

// Strips are the weeks ahead of the machines of PlanMachines, from one moment for
// all of them: the latest that any of them is told from. More are those that are
// not drawn. It may run on any goroutine.
func (s *Set) Strips() (strips []Strip, more int) {
	all := s.PlanMachines()
	if more = len(all) - maxStrips; more < 0 {
		more = 0
	}
	now := int64(0)
	for _, m := range all {
		now = max(now, s.res.AsOf(m))
	}
	for _, m := range all[:len(all)-more] {
		set, pending, opt := s.res.Windows[m], s.res.Pending(m), s.res.WindowOptions(m)
		opt.Now = now
		fits := set.Fit(pending, opt)
		strip := Strip{Machine: m, Name: s.res.MachineID(m), Calendar: s.calendar(m, set.Simulate(pending, opt), fits)}
		for i := range fits {
			if t := fitTone(&fits[i]); t != Unknown {
				strip.Tone = max(strip.Tone, t)
			}
		}
		strips = append(strips, strip)
	}
	return strips, more
}

// calendar draws a simulation.
func (s *Set) calendar(machine int, sim window.Simulation, fits []window.Fit) Calendar {
	d := drawing{s: s, machine: machine}
	first := d.wall(sim.From)
	d.midnight = time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
	for i := range 7 * int((sim.To-sim.From)/int64(7*24*time.Hour)) {
		t := d.midnight.AddDate(0, 0, i)
		d.out.Days = append(d.out.Days, Day{
			Weekday: s.t("weekday-short." + string('1'+rune(t.Weekday()))), Date: t.Format("01-02"),
			Weekend: t.Weekday() == time.Saturday || t.Weekday() == time.Sunday,
		})
	}
	d.out.Now = d.place(sim.From)
	for _, slot := range sim.Slots {
		o, name := slot.Occurrence, slot.Name
		if name == "" {
			name = slot.Window
		}
		d.add(OpenBlock, o.Start, o.End, name, slot.Window, s.t("report.box-window", name, s.minute(o.Start, machine), whole(o.End-o.Start)))
	}
	for _, slot := range sim.Slots {
		for _, r := range slot.Runs {
			d.run(r)
		}
	}
	for _, r := range sim.Free {
		d.run(r)
	}
	if f := shortestNever(fits, sim); f != nil {
		for _, slot := range sim.Slots {
			o := slot.Occurrence
			hint := s.t("report.box-never", f.Update, whole(int64(f.Required)*1e9), whole(o.End-o.Start))
			d.add(NeverBlock, o.Start, o.Start+int64(f.Required)*1e9, f.Update, f.Update, hint)
		}
	}
	return d.out
}

// minute writes a time of a machine to the minute.
func (s *Set) minute(utc int64, machine int) string {
	const minutes = len("2006-01-02 15:04")
	text := s.clock(utc, machine)
	return text[:min(len(text), minutes)]
}

// shortestNever is the shortest update that no window is long enough for, nil
// if there is none.
func shortestNever(fits []window.Fit, sim window.Simulation) *window.Fit {
	var out *window.Fit
	for i := range fits {
		if f := &fits[i]; slices.Contains(sim.Never, f.Update) && f.Required > f.Longest && (out == nil || f.Required < out.Required) {
			out = f
		}
	}
	return out
}

// drawing is a calendar in the making.
type drawing struct {
	s        *Set
	machine  int
	midnight time.Time // of the first day, a wall clock as if it were UTC
	out      Calendar
}

// wall is the wall clock of an instant, as if it were UTC.
func (d *drawing) wall(utc int64) time.Time {
	t := d.s.zone.Time(utc, d.s.res.Machines[d.machine].Zone)
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// place is an instant in days from the first midnight.
func (d *drawing) place(utc int64) float64 {
	return d.wall(utc).Sub(d.midnight).Hours() / 24
}

func (d *drawing) add(kind BlockKind, from, to int64, name, key, hint string) {
	b := Block{Kind: kind, From: max(d.place(from), 0), To: min(d.place(to), float64(len(d.out.Days))), Name: name, Key: key, Hint: hint}
	switch {
	case b.From >= b.To:
	case len(d.out.Blocks) == maxBlocks:
		d.out.Cut = true
	default:
		d.out.Blocks = append(d.out.Blocks, b)
	}
}

func (d *drawing) run(r window.Run) {
	s := d.s
	d.add(RunBlock, r.Start, r.End, r.Update, r.Update, s.t("report.box-run", r.Update, s.minute(r.Start, d.machine), whole(r.End-r.Start)))
}

// EditMaximum and EditWindow are edits for Plan: the maximum run time of an
// update, the length of a window, in minutes.
func EditMaximum(update string, minutes int) window.Edit {
	return window.Edit{Target: update, Seconds: minutes * 60}
}

// EditWindow is the edit of a window's length.
func EditWindow(id string, minutes int) window.Edit {
	return window.Edit{Window: true, Target: id, Seconds: minutes * 60}
}

// editOf is the edit that a cure stands for; ok is false for one that adds a
// window.
func editOf(c window.Cure, update string) (e window.Edit, ok bool) {
	switch c.Kind {
	case window.RaiseWindow:
		return window.Edit{Window: true, Target: c.Window, Seconds: c.To}, true
	case window.LowerMaximum:
		return window.Edit{Target: update, Seconds: c.To}, true
	}
	return e, false
}

// cureLine is a cure to read, and to try where it can be.
func (s *Set) cureLine(c window.Cure, f *Fit) Line {
	l := Line{Kind: Text, Text: report.Cure(c, f.Update, s.lang), Row: -1}
	if e, ok := editOf(c, f.Update); ok {
		l.Kind, l.Edit = Try, &Trial{f.machine, e}
	}
	return l
}

// Trial is an edit of a machine's windows or updates.
type Trial struct {
	Machine int
	Edit    window.Edit
}
