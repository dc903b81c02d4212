package page

import (
	"slices"
	"testing"

	"patchtrail/analyze/window"
)

func TestPlan(t *testing.T) {
	s := New(result(t), "en", "local")
	if got := s.PlanMachines(); !slices.Equal(got, []int{0}) {
		t.Fatalf("machines %v", got)
	}
	count := func(p Plan) (n [3]int) {
		for _, b := range p.Calendar.Blocks {
			n[b.Kind]++
			if b.From < 0 || b.To > float64(len(p.Calendar.Days)) || b.From >= b.To || b.Hint == "" || b.Key == "" {
				t.Errorf("%+v", b)
			}
		}
		return n
	}
	plan := func(edits ...window.Edit) Plan {
		t.Helper()
		p, err := s.Plan(0, edits)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	// A window of two hours on Saturdays at 22:00, an update of one hour.
	p := plan()
	if n := count(p); n != [3]int{4, 1, 0} || len(p.Calendar.Days) != 28 || p.After != nil {
		t.Errorf("%v blocks in %d days, after %v", n, len(p.Calendar.Days), p.After)
	}
	first := p.Calendar.Blocks[0]
	if day := p.Calendar.Days[int(first.From)]; day.Weekday != "Sat" || !day.Weekend || day.Date != "03-22" || first.To-first.From < 0.083 || first.To-first.From > 0.084 {
		t.Errorf("%+v on %+v", first, day)
	}
	if p.Calendar.Now <= 0 || p.Calendar.Now >= 1 {
		t.Errorf("now is at %v", p.Calendar.Now)
	}
	p = plan(EditMaximum("KB5053602", 180))
	if n := count(p); n != [3]int{4, 0, 4} || p.After[0].Tone != Bad || p.Changed != 1 || p.Before[0].Minutes != 60 || p.After[0].Minutes != 180 {
		t.Errorf("%v blocks, %+v", n, p.After)
	}
	// The cure that it then offers cures it.
	cured := false
	for _, c := range p.After[0].cures {
		if e, ok := editOf(c, "KB5053602"); ok && e.Window {
			q := plan(EditMaximum("KB5053602", 180), e)
			cured = q.After[0].Tone != Bad
		}
	}
	if !cured {
		t.Error("raising the window as it says does not make it fit")
	}
	p = plan(EditWindow("{DDDDDDDD-0000-0000-0000-000000000001}", 240))
	if n := count(p); n != [3]int{4, 1, 0} || p.After[0].Tone != Good {
		t.Errorf("%v blocks, %+v", n, p.After)
	}
	if _, err := s.Plan(0, []window.Edit{EditMaximum("KB5053602", 0)}); err == nil {
		t.Error("a maximum of 0 is taken")
	}
}

// TestStrips holds that the strips of machines are what each one's plan is.
func TestStrips(t *testing.T) {
	s := New(result(t), "en", "local")
	strips, more := s.Strips()
	p, err := s.Plan(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(strips) != 1 || more != 0 || strips[0].Machine != 0 || strips[0].Name != p.Machine || strips[0].Tone != Warning {
		t.Fatalf("%+v, %d more", strips, more)
	}
	if got, want := len(strips[0].Calendar.Blocks), len(p.Calendar.Blocks); got != want {
		t.Errorf("%d blocks, want %d", got, want)
	}
}

func TestOpenTimes(t *testing.T) {
	s := New(result(t), "en", "local")
	if len(s.Overview.Open) != 0 {
		t.Errorf("within three hours a window was open at %v", s.Overview.Open)
	}
}
