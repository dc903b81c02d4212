package session

import (
	"maps"

	"patchtrail/analyze/window"
	"patchtrail/app/page"
)

// editKey names what is edited: an update's maximum or a window's length.
type editKey struct {
	window bool
	target string
}

// whatIf is the machine whose windows show, and what was edited of it.
type whatIf struct {
	machine int
	edits   map[editKey]int // minutes
	plan    page.Plan
	of      *page.Set // that plan was made from, nil for none
	made    int       // counts what plan was made for
	asked   int
	running bool
	err     error
}

// PlanMachine is the machine whose windows show, as a place in
// page.Overview.Machines.
func (s *Session) PlanMachine() int { return s.try.machine }

// SetPlanMachine shows the windows of another machine, with nothing edited.
func (s *Session) SetPlanMachine(machine int) {
	if machine != s.try.machine {
		s.try.machine = machine
		s.try.edits = nil
		s.replan()
	}
}

// Plan is the weeks ahead of PlanMachine with the edits; ok is false until it
// was made. While a newer one is made, the older one stays. err says why the
// product would not take an edit.
func (s *Session) Plan() (p page.Plan, ok bool, err error) {
	set := s.Pages()
	return s.try.plan, s.try.of != nil && s.try.of == set, s.try.err
}

// PlanRun counts the plans that were made, so that a view knows when to draw.
func (s *Session) PlanRun() int { return s.try.made }

// Edited is the edit of an update's maximum or of a window's length, in minutes;
// ok is false where there is none.
func (s *Session) Edited(isWindow bool, target string) (minutes int, ok bool) {
	minutes, ok = s.try.edits[editKey{isWindow, target}]
	return minutes, ok
}

// Edits is how many edits there are.
func (s *Session) Edits() int { return len(s.try.edits) }

// Edit tries another maximum of an update, or another length of a window, in
// minutes; was is what it is without, and takes the edit back.
func (s *Session) Edit(isWindow bool, target string, minutes, was int) {
	key := editKey{isWindow, target}
	if now, ok := s.try.edits[key]; ok && now == minutes || !ok && minutes == was {
		return
	}
	next := map[editKey]int{}
	maps.Copy(next, s.try.edits)
	if next[key] = minutes; minutes == was {
		delete(next, key)
	}
	s.try.edits = next
	s.replan()
}

// ResetEdits takes all edits back.
func (s *Session) ResetEdits() {
	if len(s.try.edits) > 0 {
		s.try.edits = nil
		s.replan()
	}
}

// MakePlan has the plan made where the one that is there is of other pages;
// Changed is called when it is there. It may be called after every change.
func (s *Session) MakePlan() {
	set := s.Pages()
	if set == nil || s.try.of == set || s.try.running {
		return
	}
	s.replan()
}

// replan makes the plan on a goroutine of its own. Where one is being made, the
// next begins when that is done: of many edits in a row, the last counts.
func (s *Session) replan() {
	t := &s.try
	t.asked++
	set := s.Pages()
	if t.running || set == nil {
		return
	}
	t.running = true
	asked, machine, edits := t.asked, t.machine, t.list()
	s.Beside(func() func() {
		plan, err := set.Plan(machine, edits)
		return func() {
			t.running = false
			if t.err = err; err == nil {
				t.plan = plan
			}
			t.of = set
			t.made++
			if t.asked != asked || s.Pages() != set {
				s.replan()
			}
			s.changed()
		}
	})
}

// list is the edits as package window takes them, in any order: none touches
// what another does.
func (t *whatIf) list() []window.Edit {
	var out []window.Edit
	for k, minutes := range t.edits {
		if k.window {
			out = append(out, page.EditWindow(k.target, minutes))
		} else {
			out = append(out, page.EditMaximum(k.target, minutes))
		}
	}
	return out
}
