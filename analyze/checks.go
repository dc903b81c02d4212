package analyze

import (
	"time"

	"patchtrail/analyze/checklist"
	"patchtrail/analyze/finding"
	"patchtrail/ingest"
)

// check goes through the checklist of every machine, and says how far its logs
// reach.
func (r *Result) check() {
	var lists [][]checklist.Check
	var roles []ingest.Role
	for i, m := range r.Machines {
		in := r.checkInput(i)
		in.Coverage = checklist.Cover(r.Store, i, m.Role, r.incident(i), r.Facts[i], in.Time)
		checks := checklist.Run(in)
		r.Coverage = append(r.Coverage, in.Coverage...)
		r.Symptoms = append(r.Symptoms, checklist.Symptoms(in, checks))
		lists, roles = append(lists, checks), append(roles, m.Role)
	}
	r.Checklist = checklist.Merge(lists, roles)
}

func (r *Result) checkInput(machine int) checklist.Input {
	m := r.Machines[machine]
	in := checklist.Input{
		Machine: machine, Role: m.Role, Facts: r.Facts[machine], Findings: r.Findings, Updates: r.Updates, Store: r.Store,
		Windows: r.checkWindows(machine),
		Time: func(utc int64) string {
			return time.Unix(0, m.Zone.Local(utc)).UTC().Format("2006-01-02 15:04:05")
		},
	}
	for i, f := range r.Facts {
		if i != machine {
			in.Peers = append(in.Peers, f)
		}
	}
	return in
}

// checkWindows are the windows of a machine that hold updates back, those that
// are known, nil where nothing tells of any.
func (r *Result) checkWindows(machine int) *checklist.Windows {
	set := r.Windows[machine]
	counting := set.Counting(r.WindowOptions(machine))
	if !set.Known && len(counting) == 0 {
		return nil
	}
	w := &checklist.Windows{}
	for _, c := range counting {
		w.Count++
		w.Longest = max(w.Longest, c.Seconds())
		w.Evidence = append(w.Evidence, finding.Records(c.Evidence...)...)
	}
	return w
}

// incident is when the first thing that is wrong with a machine was first seen,
// nanoseconds UTC, 0 if nothing is.
func (r *Result) incident(machine int) int64 {
	first := int64(0)
	for _, f := range r.Findings {
		if f.Machine == machine && f.Severity != finding.Info && f.First != 0 && (first == 0 || f.First < first) {
			first = f.First
		}
	}
	return first
}
