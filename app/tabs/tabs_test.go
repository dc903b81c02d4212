package tabs

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/theme"
)

func TestTabs(t *testing.T) {
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(theme.New(theme.Light, nil, nil))
	v := New("Causes 3", "Consequences", "Ruled out")
	w := test.NewWindow(v)
	w.Resize(fyne.NewSize(320, 40))
	w.Canvas().Focus(v)
	var got []int
	v.OnChoose = func(i int) { got = append(got, i) }
	key := func(names ...fyne.KeyName) {
		for _, n := range names {
			v.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	key(fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyRight)
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(5, 5)})
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(5, 5)})
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(v.width(0)+5, 5)})
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(v.width(0)+v.width(1)+v.width(2)+5, 5)})
	if want := []int{1, 2, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("chosen %v, want %v", got, want)
	}
	test.AssertImageMatches(t, "tabs.png", w.Canvas().Capture())
}
