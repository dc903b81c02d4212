package calendar

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

// strips are the strips of six machines.
func strips(t *testing.T, mode theme.Mode) (*Strips, fyne.Window) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(theme.New(mode, nil, nil))
	var all []page.Strip
	for i := range 6 {
		all = append(all, page.Strip{Machine: i, Name: fmt.Sprintf("PC%02d", i+1), Tone: []page.Tone{page.Good, page.Bad, page.Plain}[i%3], Calendar: sample()})
	}
	all[2].Name = "PC-WITH-A-VERY-LONG-NAME-03"
	v := NewStrips()
	w := test.NewWindow(v)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(720, 190))
	v.Set(all, 1)
	return v, w
}

func TestStripPictures(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		v, w := strips(t, mode)
		w.Canvas().Focus(v)
		test.AssertImageMatches(t, "strips-"+name+".png", w.Canvas().Capture())
	}
}

// TestStripKeys goes from machine to machine.
func TestStripKeys(t *testing.T) {
	v, w := strips(t, theme.Light)
	var chosen []int
	hint := ""
	v.OnChoose = func(i int) { chosen = append(chosen, i) }
	v.OnHint = func(s string) { hint = s }
	w.Canvas().Focus(v)
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyEnd, fyne.KeyDown, fyne.KeyHome, fyne.KeyUp} {
		v.TypedKey(&fyne.KeyEvent{Name: k})
	}
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, StripHead+3*StripHeight+2)})
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 3)}) // the dates
	if want := []int{2, 5, 0, 3}; !slices.Equal(chosen, want) {
		t.Errorf("chosen %v, want %v", chosen, want)
	}
	test.MoveMouse(w.Canvas(), fyne.NewPos(stripName+7*v.day(), StripHead+StripHeight/2))
	if hint != "PC01  ·  too long" {
		t.Errorf("the pointer says %q", hint)
	}
	v.Set(nil, -1)
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
}
