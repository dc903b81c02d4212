package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/window"
)

// Windows writes the maintenance windows of every machine, which pending
// updates fit into them, and what would run when in the weeks to come. With
// edits it shows that before and after them; an edit that names nothing of any
// machine is an error.
func Windows(w io.Writer, res *analyze.Result, edits []window.Edit, weeks int, opt Options) error {
	b := bufio.NewWriter(&plain{w: w})
	l := opt.lang()
	var fault error
	applied := len(edits) == 0
	for i, set := range res.Windows {
		p := windowsPage{b: b, res: res, machine: i, opt: opt, l: l}
		if len(res.Machines) > 1 {
			fmt.Fprintf(b, "%s\n", res.MachineID(i))
		}
		p.windows(set)
		options := res.WindowOptions(i)
		options.Weeks = weeks
		updates := res.Pending(i)
		if len(edits) == 0 {
			p.fits(updates, set.Fit(updates, options), set.Simulate(updates, options))
			continue
		}
		c, err := set.WhatIf(updates, edits, options)
		if err != nil {
			fault = err
			continue
		}
		applied = true
		fmt.Fprintf(b, "\n== %s\n", l.T("cli.before"))
		p.fits(updates, c.Before, c.SimulationBefore)
		fmt.Fprintf(b, "\n== %s\n", l.T("cli.after"))
		p.fits(updates, c.After, c.SimulationAfter)
	}
	if !applied {
		return fault
	}
	return b.Flush()
}

// windowsPage writes what concerns one machine.
type windowsPage struct {
	b       *bufio.Writer
	res     *analyze.Result
	machine int
	opt     Options
	l       lang.Lang
}

func (p windowsPage) clock(utc int64) string {
	return p.opt.Zone.Clock(utc, p.res.Machines[p.machine].Zone)
}

func (p windowsPage) windows(set *window.Set) {
	fmt.Fprintf(p.b, "%s (%s)\n", p.l.T("cli.windows"), p.l.T("as-of", p.clock(p.res.AsOf(p.machine))))
	n := 0
	for _, w := range set.Windows() {
		if !w.Current() {
			continue
		}
		n++
		var when []string
		open, next := upcoming(p.res, &w)
		if open.End != 0 {
			when = append(when, p.l.T("cli.open-until", p.clock(open.End)))
		}
		if next.Start != 0 {
			when = append(when, p.l.T("cli.next", p.clock(next.Start)))
		}
		fmt.Fprintf(p.b, "  %s  %s  %s  %s  %s  %s\n", w.ID, w.Name, p.l.T("window."+w.Type.String()), Recurrence(&w, p.l), Duration(int64(w.Seconds())*1e9), strings.Join(when, ", "))
	}
	switch {
	case n > 0:
	case set.Known:
		fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.none-in-force"))
	default:
		fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.no-windows"))
	}
}

func (p windowsPage) fits(updates []window.Update, fits []window.Fit, sim window.Simulation) {
	fmt.Fprintf(p.b, "\n%s\n", p.l.T("cli.fits"))
	if len(updates) == 0 {
		fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.no-pending"))
		return
	}
	for _, f := range fits {
		if f.Longest > 0 || f.Reason == window.TooLong {
			fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.needs", f.Update, length(f.Required), length(f.Longest), p.l.T("fit."+string(f.Reason))))
		} else {
			fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.needs-only", f.Update, length(f.Required), p.l.T("fit."+string(f.Reason))))
		}
		if f.Next != nil {
			fmt.Fprintf(p.b, "    %s\n", p.l.T("cli.next", p.clock(f.Next.At)))
		}
		for _, c := range f.Cures {
			fmt.Fprintf(p.b, "    -> %s\n", Cure(c, f.Update, p.l))
		}
	}
	weeks := int((sim.To - sim.From) / (7 * 24 * 3600e9))
	fmt.Fprintf(p.b, "\n%s\n", p.l.T("cli.simulation", weeks))
	p.simulation(sim)
}

func (p windowsPage) simulation(sim window.Simulation) {
	ran := false
	for _, s := range sim.Slots {
		for _, r := range s.Runs {
			ran = true
			fmt.Fprintf(p.b, "  %s  %s  (%s, %s)\n", p.clock(r.Start), r.Update, s.Window, length(int((r.End-r.Start)/1e9)))
		}
	}
	for _, r := range sim.Free {
		ran = true
		fmt.Fprintf(p.b, "  %s  %s\n", p.clock(r.Start), r.Update)
	}
	if !ran {
		fmt.Fprintf(p.b, "  %s\n", p.l.T("cli.nothing-runs"))
	}
	for _, group := range []struct {
		key  string
		keys []string
	}{{"cli.never", sim.Never}, {"cli.later", sim.Later}, {"cli.by-user", sim.ByUser}, {"cli.not-known", sim.Unknown}} {
		if len(group.keys) > 0 {
			fmt.Fprintf(p.b, "  %s\n", p.l.T(group.key, strings.Join(group.keys, ", ")))
		}
	}
}

// length writes seconds as h:mm:ss.
func length(seconds int) string { return Duration(int64(seconds) * 1e9) }

// Cure says in words the change after which an update fits.
func Cure(c window.Cure, update string, l lang.Lang) string {
	what := update
	if c.Kind == window.RaiseWindow {
		what = c.Window
		if c.Name != "" {
			what = c.Name
		}
	}
	s := l.T("cure."+string(c.Kind), what, length(c.From), length(c.To))
	if c.TooLow {
		s += " (" + l.T("cure.too-low") + ")"
	}
	return s
}
