package histogram

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/theme"
)

// made is two days of records, with errors on the second; the filter leaves
// the second.
func made(n int) (all, rows []Bucket) {
	for k := range n {
		b := Bucket{Other: 40 + k*k%900}
		if k > n/2 {
			b.Warning = k % 40
			if k%9 == 0 {
				b.Error = 1 + k%70
			}
			rows = append(rows, b)
		} else {
			rows = append(rows, Bucket{})
		}
		all = append(all, b)
	}
	return all, rows
}

func shown(t *testing.T, mode theme.Mode) (*View, fyne.Window) {
	t.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(mode, nil, nil))
	v := New()
	win := test.NewWindow(v)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(600, height))
	t.Cleanup(func() { win.Close(); app.Quit() })
	return v, win
}

func TestPictures(t *testing.T) {
	f := func(name string, mode theme.Mode, act func(v *View)) {
		t.Helper()
		v, win := shown(t, mode)
		all, _ := made(v.Bars())
		v.SetData(all, all)
		v.SetLabels([]Label{{0, "03-17 00:00"}, {0.25, "03-17 12:00"}, {0.3, "hidden: no room"}, {0.5, "03-18 00:00"}, {1, "03-19 00:00"}})
		act(v)

		test.AssertImageMatches(t, name+".png", win.Canvas().Capture())
	}
	f("light", theme.Light, func(*View) {})
	f("dark", theme.Dark, func(*View) {})
	brush := func(v *View) {
		all, rows := made(v.Bars())
		v.SetData(all, rows)
		v.SetBrush(0.51, 0.8, true)
	}
	f("brush-light", theme.Light, brush)
	f("brush-dark", theme.Dark, brush)
	f("empty", theme.Light, func(v *View) { v.SetData(nil, nil); v.SetLabels(nil) })
}

func TestBars(t *testing.T) {
	v, win := shown(t, theme.Light)
	if v.Bars() != 200 {
		t.Errorf("%d bars fit", v.Bars())
	}
	told := 0
	v.OnBars = func(n int) { told = n }
	win.Resize(fyne.NewSize(900, height))
	if told != 300 {
		t.Errorf("told of %d bars, want 300", told)
	}
}

// at makes a mouse event at x.
func at(x float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 10)}, Button: desktop.MouseButtonPrimary}
}

func drag(v *View, xs ...float32) {
	v.MouseDown(at(xs[0]))
	for _, x := range xs[1:] {
		v.Dragged(&fyne.DragEvent{PointEvent: at(x).PointEvent})
	}
	v.MouseUp(at(xs[len(xs)-1]))
	v.DragEnd()
}

func TestBrush(t *testing.T) {
	v, _ := shown(t, theme.Light)
	var got [][2]float64
	v.OnBrush = func(from, to float64, ok bool) {
		if !ok {
			from, to = -1, -1
		}
		got = append(got, [2]float64{from, to})
	}
	f := func(want [2]float64, xs ...float32) {
		t.Helper()
		got = nil
		drag(v, xs...)
		near := func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }
		if len(got) != 1 || !near(got[0][0], want[0]) || !near(got[0][1], want[1]) {
			t.Errorf("dragging %v chose %v, want %v", xs, got, want)
		}
	}
	f([2]float64{0.1, 0.5}, 60, 200, 300)
	f([2]float64{0.1, 0.8}, 301, 400, 480) // the right edge
	f([2]float64{0.2, 0.9}, 300, 360)      // the whole
	f([2]float64{0.3, 1}, 300, 900)        // not beyond the end
	f([2]float64{0.05, 0.1}, 60, 45, 30)   // anew, to the left
	f([2]float64{0.1, 0.25}, 30, 150)      // the left edge over the right
	got = nil
	tapped := -1.0
	v.OnTap = func(at float64) { tapped = at }
	drag(v, 450, 451)
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(450, 10)})
	if len(got) != 0 || tapped != 0.75 {
		t.Errorf("a tap at 0.75 chose %v and told %v", got, tapped)
	}
	v.DoubleTapped(&fyne.PointEvent{})
	if len(got) != 1 || got[0][0] != -1 || v.brushed {
		t.Errorf("a double tap chose %v", got)
	}
}

func TestHover(t *testing.T) {
	v, _ := shown(t, theme.Light)
	over := -2
	v.OnHover = func(b int) { over = b }
	v.SetData(made(v.Bars()))
	v.MouseIn(at(300))
	if over != 100 {
		t.Errorf("over bucket %d, want 100", over)
	}
	v.MouseMoved(at(600))
	if over != 199 {
		t.Errorf("at the end over bucket %d", over)
	}
	v.MouseOut()
	if over != -1 {
		t.Errorf("outside over bucket %d", over)
	}
}
