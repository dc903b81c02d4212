package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"patchtrail/app/list"
	"patchtrail/app/table"
)

// under lays one object out under another; Tab leads from the upper to the lower.
func under(upper, lower fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewBorderLayout(upper, nil, nil, nil), upper, lower)
}

// newList makes a list of a page: the keys that mean nothing to it go on.
func (w *Window) newList(length func() int, create func() fyne.CanvasObject, update func(i int, o fyne.CanvasObject)) *list.List {
	l := list.New(length, create, update)
	l.OnKey = w.typed
	return l
}

// newTable makes a table of a page. The widths that somebody draws are kept
// under a name.
func (w *Window) newTable(name string, c table.Columns, length func() int, fill func(i int) []table.Cell) *table.Table {
	t := table.New(c, length, fill)
	t.OnKey = w.typed
	t.OnHint = func(text string) { w.status.hint(text) }
	t.SortHint, t.WidthHint = w.t("table.sort-hint"), w.t("table.width-hint")
	pref := prefColumns + name
	var widths []float32
	for _, x := range w.app.Preferences().FloatList(pref) {
		widths = append(widths, float32(x))
	}
	t.SetWidths(widths)
	t.OnWidths = func(widths []float32) {
		var out []float64
		for _, x := range widths {
			out = append(out, float64(x))
		}
		w.app.Preferences().SetFloatList(pref, out)
	}
	return t
}

// typed takes the keys that mean nothing to the widget that has the keyboard.
func (w *Window) typed(k *fyne.KeyEvent) { w.key(k.Name, shiftDown()) }
