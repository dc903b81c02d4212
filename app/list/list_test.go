package list

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

func shown(t *testing.T, n int) *List {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	l := New(func() int { return n }, func() fyne.CanvasObject { return widget.NewLabel("") },
		func(i int, o fyne.CanvasObject) { o.(*widget.Label).SetText(fmt.Sprint(i)) })
	w := test.NewWindow(l.Framed())
	w.Resize(fyne.NewSize(200, 300))
	w.Canvas().Focus(l)
	return l
}

func TestKeys(t *testing.T) {
	l := shown(t, 30)
	var chosen, opened []int
	var other []fyne.KeyName
	l.OnChoose = func(i int) { chosen = append(chosen, i) }
	l.OnOpen = func(i int) { opened = append(opened, i) }
	l.OnKey = func(k *fyne.KeyEvent) { other = append(other, k.Name) }
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyDown, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyDown, fyne.KeyUp, fyne.KeyHome, fyne.KeyUp, fyne.KeyF8} {
		l.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if want := []int{0, 12, 29, 28, 0}; !slices.Equal(chosen, want) {
		t.Errorf("chosen %v, want %v", chosen, want)
	}
	if !slices.Equal(opened, []int{12}) || !slices.Equal(other, []fyne.KeyName{fyne.KeyF8}) || l.At() != 0 {
		t.Errorf("opened %v, handed on %v, at %d", opened, other, l.At())
	}
	l.Anew(99)
	if l.At() != 29 {
		t.Errorf("anew at 99 is at %d", l.At())
	}
	l.Anew(-1)
	if l.At() != -1 {
		t.Errorf("anew at -1 is at %d", l.At())
	}
}

func TestTaps(t *testing.T) {
	l := shown(t, 5)
	var opened []int
	l.OnOpen = func(i int) { opened = append(opened, i) }
	tap := func(i int) { (&row{list: l, index: i}).Tapped(&fyne.PointEvent{}) }
	tap(1)
	tap(2)
	if len(opened) != 0 || l.At() != 2 {
		t.Errorf("one tap each opens %v, at %d", opened, l.At())
	}
	tap(2)
	l.Links = true
	tap(4)
	if !slices.Equal(opened, []int{2, 4}) {
		t.Errorf("a double tap and a link open %v", opened)
	}
}
