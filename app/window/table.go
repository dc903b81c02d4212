package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
)

// doubleTap is within which a second tap on a row opens it.
const doubleTap = 400 * time.Millisecond

// list is a list of rows that only makes those in sight. Keys move through it;
// Enter or a double click opens a row.
type list struct {
	widget.List
	w *Window
	// follows is set where moving onto a row chooses it.
	follows bool
	choose  func(i int) // a row was chosen by somebody
	open    func(i int)
	at      int
	tapped  time.Time
}

func newList(w *Window, length func() int, create func() fyne.CanvasObject, update func(i int, o fyne.CanvasObject)) *list {
	l := &list{w: w, follows: true, at: -1}
	l.Length = length
	l.CreateItem = func() fyne.CanvasObject {
		r := &listRow{list: l, body: create()}
		r.ExtendBaseWidget(r)
		return r
	}
	l.UpdateItem = func(i int, o fyne.CanvasObject) {
		r := o.(*listRow)
		r.index = i
		update(i, r.body)
	}
	l.OnSelected = func(i int) {
		l.at = i
		if l.choose != nil {
			l.choose(i)
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// take chooses a row and brings it into sight.
func (l *list) take(i int) {
	if n := l.Length(); n > 0 {
		i = min(max(i, 0), n-1)
		l.at = i
		l.Highlight(i)
		l.Select(i)
	}
}

// anew shows other rows, with row i chosen, -1 for none.
func (l *list) anew(i int) {
	l.UnselectAll()
	l.at = -1
	l.Refresh()
	if i >= 0 && l.follows {
		l.take(i)
	} else {
		l.ScrollToTop()
	}
}

// TypedKey implements fyne.Focusable.
func (l *list) TypedKey(k *fyne.KeyEvent) {
	n, to := l.Length(), l.at
	const leap = 12
	switch k.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += leap
	case fyne.KeyPageUp:
		to -= leap
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = n - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if l.open != nil && l.at >= 0 && l.at < n {
			l.open(l.at)
		}
		return
	default:
		l.w.key(k.Name, shiftDown())
		return
	}
	if n == 0 {
		return
	}
	to = min(max(to, 0), n-1)
	if l.follows {
		l.take(to)
		return
	}
	l.at = to
	l.Highlight(to)
}

// listRow is a row of a list.
type listRow struct {
	widget.BaseWidget
	list  *list
	body  fyne.CanvasObject
	index int
}

// CreateRenderer implements fyne.Widget.
func (r *listRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }

// Tapped implements fyne.Tappable.
func (r *listRow) Tapped(*fyne.PointEvent) {
	l := r.list
	l.w.win.Canvas().Focus(l)
	twice := l.at == r.index && time.Since(l.tapped) < doubleTap
	l.tapped = time.Now()
	if !l.follows {
		l.at = r.index
		l.Highlight(r.index)
		if l.open != nil {
			l.open(r.index)
		}
		return
	}
	l.take(r.index)
	if twice && l.open != nil {
		l.open(r.index)
	}
}

// column is a column of a table: at least so wide, with a share of what is left.
type column struct {
	title  string
	width  float32
	share  float32
	right  bool // a number
	marked bool // it begins with a mark
	hidden bool
}

// columns lays cells out side by side, each an icon and a label.
type columns []column

const (
	tableRow  = 20 // beside the list's own padding of 4
	cellInset = 6
	markSize  = 14
)

func (c columns) MinSize([]fyne.CanvasObject) fyne.Size {
	width := float32(0)
	for _, x := range c {
		if !x.hidden {
			width += min(x.width, 60)
		}
	}
	return fyne.NewSize(width, tableRow)
}

func (c columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	rest, shares := size.Width, float32(0)
	for _, x := range c {
		if !x.hidden {
			rest, shares = rest-x.width, shares+x.share
		}
	}
	at, object := float32(0), 0
	for _, x := range c {
		width := x.width
		if shares > 0 && rest > 0 {
			width += rest * x.share / shares
		}
		icon, label := o[object], o[object+1]
		object += 2
		if x.hidden {
			icon.Hide()
			label.Hide()
			continue
		}
		left := at
		if x.marked {
			icon.Move(fyne.NewPos(at+cellInset, (size.Height-markSize)/2))
			icon.Resize(fyne.NewSize(markSize, markSize))
			left += markSize + 2
		}
		h := label.MinSize().Height
		label.Move(fyne.NewPos(left, (size.Height-h)/2))
		label.Resize(fyne.NewSize(max(0, at+width-left), h))
		at += width
	}
}

// cells makes the cells of a row.
func (c columns) cells(bold bool) *fyne.Container {
	var out []fyne.CanvasObject
	for _, x := range c {
		icon := widget.NewIcon(nil)
		label := widget.NewLabel("")
		label.Truncation = fyne.TextTruncateEllipsis
		label.TextStyle.Bold = bold
		if x.right {
			label.Alignment = fyne.TextAlignTrailing
		}
		if !x.marked {
			icon.Hide()
		}
		out = append(out, icon, label)
	}
	return container.New(c, out...)
}

// cell is what stands in a column.
type cell struct {
	text string
	tone page.Tone
	dim  bool
}

func text(s string) cell { return cell{text: s} }

// table is a list with columns and a heading.
type table struct {
	*list
	content fyne.CanvasObject
}

// newTable makes a table of length rows, of which fill gives the cells.
func newTable(w *Window, c columns, length func() int, fill func(i int) []cell) *table {
	t := &table{}
	t.list = newList(w, length, func() fyne.CanvasObject { return c.cells(false) }, func(i int, o fyne.CanvasObject) {
		objects := o.(*fyne.Container).Objects
		for n, x := range fill(i) {
			if c[n].hidden {
				continue
			}
			setCell(objects[2*n].(*widget.Icon), objects[2*n+1].(*widget.Label), c[n], x)
		}
	})
	head := c.cells(true)
	for n, x := range c {
		head.Objects[2*n].Hide()
		head.Objects[2*n+1].(*widget.Label).SetText(x.title)
	}
	t.content = container.NewBorder(container.NewVBox(head, widget.NewSeparator()), nil, nil, nil, t.list)
	return t
}

func setCell(icon *widget.Icon, label *widget.Label, c column, x cell) {
	importance := widget.MediumImportance
	if x.dim {
		importance = widget.LowImportance
	}
	if label.Text != x.text || label.Importance != importance {
		label.Importance = importance
		label.SetText(x.text)
	}
	if c.marked {
		icon.SetResource(mark(x.tone))
		show(icon, x.tone != page.Plain && x.text != "")
	}
}

// mark is the shape of a tone, in its colour; nil for a plain one.
func mark(t page.Tone) fyne.Resource {
	switch t {
	case page.Good:
		return fynetheme.NewSuccessThemedResource(fynetheme.ConfirmIcon())
	case page.Note:
		return fynetheme.NewPrimaryThemedResource(fynetheme.InfoIcon())
	case page.Warning:
		return fynetheme.NewWarningThemedResource(fynetheme.WarningIcon())
	case page.Bad:
		return fynetheme.NewErrorThemedResource(fynetheme.ErrorIcon())
	case page.Unknown:
		return fynetheme.NewDisabledResource(fynetheme.QuestionIcon())
	}
	return nil
}
