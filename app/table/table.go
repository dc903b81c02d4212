// Package table is a table of many rows: a list with columns, whose titles sort
// and whose widths can be drawn. It knows nothing of what it shows: Fill gives
// the cells of a row, OnSort asks for another order.
//
// By keyboard, Tab leads to each title: Enter sorts, Left and Right make its
// column narrower and wider.
package table

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/list"
)

// Table is the widget. Make it with New; callbacks may be nil.
type Table struct {
	*list.List
	// Content is what to show.
	Content fyne.CanvasObject

	// OnSort asks for the order of a column; Sorted is to be called with what
	// became of it.
	OnSort func(column int)
	// OnWidths tells the widths that were drawn, 0 for a column that was not.
	OnWidths func(widths []float32)
	// OnHint tells what the title under the pointer does, "" to end that.
	OnHint func(text string)
	// SortHint and WidthHint say in words what titles and their edges do.
	SortHint, WidthHint string

	columns Columns
	origin  Columns // as they were given
	heads   []*head
	header  *fyne.Container
	rows    []*fyne.Container
}

// New makes a table of length rows, of which fill gives the cells.
func New(columns Columns, length func() int, fill func(i int) []Cell) *Table {
	t := &Table{columns: append(Columns(nil), columns...), origin: columns}
	t.List = list.New(length, func() fyne.CanvasObject {
		row := t.columns.Row()
		t.rows = append(t.rows, row)
		return row
	}, func(i int, o fyne.CanvasObject) {
		t.columns.Set(o, fill(i), false)
	})
	var titles []fyne.CanvasObject
	for i := range t.columns {
		h := newHead(t, i)
		t.heads = append(t.heads, h)
		titles = append(titles, h)
	}
	t.header = container.New(&headers{t}, titles...)
	top := container.NewVBox(t.header, widget.NewSeparator())
	// In this order, so that Shift+Tab leads from the rows to the titles.
	t.Content = container.New(layout.NewBorderLayout(top, nil, nil, nil), top, t.List.Framed())
	return t
}

// headers lays the titles out over their columns.
type headers struct{ t *Table }

func (h *headers) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(h.t.columns.MinSize(nil).Width, headHeight)
}

func (h *headers) Layout(o []fyne.CanvasObject, size fyne.Size) {
	at := float32(0)
	for i, width := range h.t.columns.widths(size.Width) {
		if h.t.columns[i].Hidden {
			o[i].Hide()
			continue
		}
		o[i].Show()
		o[i].Move(fyne.NewPos(at, 0))
		o[i].Resize(fyne.NewSize(width, size.Height))
		at += width
	}
}

// Sorted shows by which column the rows are sorted, -1 for none.
func (t *Table) Sorted(column int, descending bool) {
	for i, h := range t.heads {
		order := unsorted
		if i == column {
			if order = ascending; descending {
				order = descends
			}
		}
		if h.order != order {
			h.order = order
			h.Refresh()
		}
	}
}

// SetWidths makes columns as wide as somebody drew them, 0 for one that nobody
// did. Widths of another number of columns are passed over.
func (t *Table) SetWidths(widths []float32) {
	if len(widths) != len(t.columns) {
		return
	}
	for i, w := range widths {
		t.columns[i].Width, t.columns[i].Share = t.origin[i].Width, t.origin[i].Share
		if w > 0 {
			t.columns[i].Width, t.columns[i].Share = max(w, least), 0
		}
	}
	t.arrange()
}

// Hide takes a column away, or shows it again.
func (t *Table) Hide(column int, hidden bool) {
	if t.columns[column].Hidden != hidden {
		t.columns[column].Hidden = hidden
		t.arrange()
		t.Refresh()
	}
}

// drawn returns the widths as SetWidths takes them.
func (t *Table) drawn() []float32 {
	out := make([]float32, len(t.columns))
	for i, c := range t.columns {
		if c.Width != t.origin[i].Width || c.Share != t.origin[i].Share {
			out[i] = c.Width
		}
	}
	return out
}

// draw makes a column wider by an amount, from what it is now.
func (t *Table) draw(column int, by float32) {
	width := t.heads[column].Size().Width + by
	t.columns[column].Width, t.columns[column].Share = max(width, least), 0
	t.arrange()
}

func (t *Table) arrange() {
	t.header.Refresh()
	for _, r := range t.rows {
		t.columns.Layout(r.Objects, r.Size())
	}
}

func (t *Table) told() {
	if t.OnWidths != nil {
		t.OnWidths(t.drawn())
	}
}

func (t *Table) hint(text string) {
	if t.OnHint != nil {
		t.OnHint(text)
	}
}
