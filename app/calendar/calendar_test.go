package calendar

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

// sample is four weeks with a window each Wednesday night, the second across
// the end of a week, an installation, and an update that is too long.
func sample() page.Calendar {
	c := page.Calendar{Now: 0.4}
	for i := range 28 {
		c.Days = append(c.Days, page.Day{Weekday: []string{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}[i%7], Date: "03-20", Weekend: i%7 == 2 || i%7 == 3})
	}
	for week := range 3 {
		at := float64(week*7) + 6.9
		c.Blocks = append(c.Blocks, page.Block{Kind: page.OpenBlock, From: at, To: at + 0.3, Key: "w", Hint: "window"},
			page.Block{Kind: page.NeverBlock, From: at, To: at + 0.5, Key: "KB2", Hint: "too long"})
	}
	c.Blocks = append(c.Blocks, page.Block{Kind: page.RunBlock, From: 6.9, To: 7, Key: "KB1", Hint: "runs"})
	return c
}

func shown(t *testing.T, mode theme.Mode) (*View, fyne.Window) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(theme.New(mode, nil, nil))
	v := New(Words{Window: "window", Run: "installation", Never: "too long"})
	w := test.NewWindow(v)
	w.Resize(fyne.NewSize(720, 200))
	v.Set(sample())
	return v, w
}

func TestPictures(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		v, w := shown(t, mode)
		w.Canvas().Focus(v)
		test.AssertImageMatches(t, "calendar-"+name+".png", w.Canvas().Capture())
	}
}

func TestParts(t *testing.T) {
	v, _ := shown(t, theme.Light)
	parts := v.parts(0) // 6.9 to 7.2
	if len(parts) != 2 || parts[0].week != 0 || parts[0].to != 7 || parts[1].week != 1 || parts[1].from != 0 {
		t.Errorf("%+v", parts)
	}
	if last := v.parts(4); len(last) != 2 {
		t.Errorf("%+v", last)
	}
}

// TestKeys goes from block to block.
func TestKeys(t *testing.T) {
	v, w := shown(t, theme.Light)
	var chosen []string
	hint := ""
	v.OnChoose = func(b page.Block) { chosen = append(chosen, b.Key) }
	v.OnHint = func(s string) { hint = s }
	w.Canvas().Focus(v)
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyRight, fyne.KeyReturn, fyne.KeyRight, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyRight, fyne.KeyReturn, fyne.KeyHome, fyne.KeyLeft, fyne.KeyReturn} {
		v.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if want := []string{"w", "KB2", "KB1", "KB2", "w"}; !slices.Equal(chosen, want) || hint != "window" {
		t.Errorf("chosen %v, want %v; it says %q", chosen, want, hint)
	}
	// An installation lies on its window, and is met first.
	chosen = nil
	r := v.place(v.parts(6)[0])
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(r.x+1, r.y+1)})
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(2, 2)})
	if !slices.Equal(chosen, []string{"KB1"}) {
		t.Errorf("a click chooses %v", chosen)
	}
	v.Set(page.Calendar{})
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}
