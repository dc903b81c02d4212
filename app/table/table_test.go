package table

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

func TestWidths(t *testing.T) {
	f := func(total float32, c Columns, want ...float32) {
		t.Helper()
		if got := c.widths(total); !slices.Equal(got, want) {
			t.Errorf("%v of %v: %v, want %v", c, total, got, want)
		}
	}
	f(300, Columns{{Width: 100}, {Width: 50, Share: 1}, {Width: 50, Share: 3}}, 100, 75, 125)
	f(300, Columns{{Width: 100}, {Width: 50, Share: 1, Hidden: true}, {Width: 50, Share: 3}}, 100, 0, 200)
	f(180, Columns{{Width: 100}, {Width: 100, Share: 1}}, 100, 80)    // gives way
	f(120, Columns{{Width: 100}, {Width: 100, Share: 1}}, 100, least) // but not beyond
	f(300, Columns{{Width: 100}, {Width: 50}}, 100, 50)
}

// shown is a table of 100 rows in a window of 400 x 200.
func shown(t *testing.T) (*Table, fyne.Window) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(theme.New(theme.Light, nil, nil))
	tb := New(Columns{{Title: "Name", Width: 100, Share: 1, Sorts: true}, {Title: "State", Width: 100, Marked: true}, {Title: "Count", Width: 80, Right: true, Sorts: true}},
		func() int { return 100 }, func(i int) []Cell {
			return []Cell{{Text: fmt.Sprint("row ", i), Indent: float32(i % 3 * 10)}, {Text: "failed", Tone: page.Bad}, {Text: fmt.Sprint(i * 1000), Dim: i == 0}}
		})
	w := test.NewWindow(tb.Content)
	w.Resize(fyne.NewSize(400, 200))
	w.Canvas().Focus(tb.List)
	return tb, w
}

func TestPicture(t *testing.T) {
	tb, w := shown(t)
	tb.Sorted(2, true)
	tb.Take(2)
	test.AssertImageMatches(t, "table.png", w.Canvas().Capture())
}

func TestSort(t *testing.T) {
	tb, _ := shown(t)
	var got []int
	tb.OnSort = func(c int) { got = append(got, c) }
	for i := range tb.heads {
		tb.heads[i].Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 10)})
	}
	tb.heads[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	tb.heads[0].Tapped(&fyne.PointEvent{Position: fyne.NewPos(tb.heads[0].Size().Width-2, 10)})
	if want := []int{0, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("sorted by %v, want %v", got, want)
	}
}

// TestDrawnWidths draws a column wider, and finds it so in the next table.
func TestDrawnWidths(t *testing.T) {
	tb, _ := shown(t)
	var kept []float32
	tb.OnWidths = func(w []float32) { kept = w }
	h := tb.heads[1]
	end := fyne.NewPos(h.Size().Width-2, 10)
	h.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: end}})
	h.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(30, 0)})
	h.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-5, 0)})
	h.DragEnd()
	if want := []float32{0, 125, 0}; !slices.Equal(kept, want) {
		t.Fatalf("kept %v, want %v", kept, want)
	}
	next, _ := shown(t)
	next.SetWidths(kept)
	if got := next.heads[1].Size().Width; got != 125 {
		t.Errorf("the next table has it %v wide", got)
	}
	if got := next.drawn(); !slices.Equal(got, kept) {
		t.Errorf("and would keep %v", got)
	}
	next.SetWidths([]float32{1, 2})
	if got := next.drawn(); !slices.Equal(got, kept) {
		t.Errorf("widths of two columns make it %v", got)
	}
	h.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if want := []float32{0, 113, 0}; !slices.Equal(kept, want) {
		t.Errorf("by keyboard %v, want %v", kept, want)
	}
	for range 100 {
		h.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	}
	if kept[1] != least {
		t.Errorf("it can be %v wide", kept[1])
	}
}
