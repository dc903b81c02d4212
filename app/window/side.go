package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/theme"
	"patchtrail/app/words"
)

// pageID names a page of the window; Ctrl+1 is the first.
type pageID int

const (
	overviewPage pageID = iota
	findingsPage
	timelinePage
	updatesPage
	windowsPage
	checklistPage
	filesPage
	settingsPage
	pageCount
)

// pageNames are the pages in words' keys and in the trace.
var pageNames = [pageCount]string{"overview", "findings", "timeline", "updates", "windows", "checklist", "files", "settings"}

func pageIcons() [pageCount]fyne.Resource {
	return [pageCount]fyne.Resource{fynetheme.HomeIcon(), fynetheme.WarningIcon(), fynetheme.ListIcon(), fynetheme.DownloadIcon(),
		fynetheme.HistoryIcon(), fynetheme.CheckButtonCheckedIcon(), fynetheme.FolderIcon(), fynetheme.SettingsIcon()}
}

// sideNarrow is the width of the side bar without names.
const sideNarrow = 48

// side is the bar at the left that leads to the pages.
type side struct {
	w       *Window
	content *fyne.Container
	items   [pageCount]*sideItem
	fold    *sideItem
	width   *wide
}

func newSide(w *Window) *side {
	s := &side{w: w, width: &wide{}}
	icons := pageIcons()
	list := container.NewVBox()
	for i := range s.items {
		id := pageID(i)
		name := w.t("page." + pageNames[i])
		hint := w.t("page.go", name, shortcutName(string(rune('1'+i))))
		s.items[i] = newSideItem(w, name, hint, icons[i], func() { w.turn(id) })
		if id != settingsPage {
			list.Add(s.items[i])
		}
	}
	s.fold = newSideItem(w, "", "", fynetheme.MenuIcon(), func() {
		w.narrow = !w.narrow
		w.app.Preferences().SetBool(prefNarrow, w.narrow)
		s.arrange()
		s.content.Refresh()
		w.frame.Refresh()
	})
	back := canvas.NewRectangle(color.Transparent)
	s.content = container.New(s.width, container.NewBorder(nil, nil, nil, widget.NewSeparator(),
		container.NewStack(back, container.NewBorder(list, container.NewVBox(s.items[settingsPage], s.fold), nil, nil))))
	s.arrange()
	return s
}

// arrange shows names and counts, or only the pictures.
func (s *side) arrange() {
	s.width.width = theme.SideWidth
	s.fold.text, s.fold.hint = s.w.t("page.collapse"), s.w.t("page.collapse")
	if s.w.narrow {
		s.width.width = sideNarrow
		s.fold.text, s.fold.hint = "", s.w.t("page.expand")
	}
	for i, item := range s.items {
		item.text = s.w.t("page." + pageNames[i])
		if s.w.narrow {
			item.text = ""
		}
		item.Refresh()
	}
	s.fold.Refresh()
}

// refresh shows the counts, and which page it is.
func (s *side) refresh() {
	counts := [pageCount]int{}
	if set := s.w.ses.Pages(); set != nil {
		roots := set.Tab(page.Roots, s.w.ses.FindingMarks())
		counts = [pageCount]int{0, len(roots), 0, len(set.Updates), len(set.Windows), 0, len(set.Files), 0}
	}
	for i, item := range s.items {
		count := ""
		if counts[i] > 0 {
			count = words.Count(counts[i])
		}
		if current := s.w.page == pageID(i); item.count != count || item.current != current {
			item.count, item.current = count, current
			item.Refresh()
		}
	}
}

// wide lays its object out at a width.
type wide struct{ width float32 }

func (l *wide) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, o[0].MinSize().Height)
}

func (l *wide) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// sideItem is an entry of the side bar. Tab leads to it, Enter and the space
// bar take it.
type sideItem struct {
	widget.BaseWidget
	w                         *Window
	text, hint, count         string
	icon                      fyne.Resource
	act                       func()
	current, focused, hovered bool
}

func newSideItem(w *Window, text, hint string, icon fyne.Resource, act func()) *sideItem {
	i := &sideItem{w: w, text: text, hint: hint, icon: icon, act: act}
	i.ExtendBaseWidget(i)
	return i
}

// Tapped implements fyne.Tappable.
func (i *sideItem) Tapped(*fyne.PointEvent) { i.act() }

// Cursor implements desktop.Cursorable.
func (i *sideItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (i *sideItem) MouseIn(*desktop.MouseEvent) {
	i.hovered = true
	i.w.hint(i, i.hint)
	i.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (i *sideItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *sideItem) MouseOut() {
	i.hovered = false
	i.w.hint(nil, "")
	i.Refresh()
}

// FocusGained implements fyne.Focusable.
func (i *sideItem) FocusGained() { i.focused = true; i.Refresh() }

// FocusLost implements fyne.Focusable.
func (i *sideItem) FocusLost() { i.focused = false; i.Refresh() }

// TypedRune implements fyne.Focusable.
func (i *sideItem) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (i *sideItem) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		i.act()
	case fyne.KeyDown:
		i.w.win.Canvas().FocusNext()
	case fyne.KeyUp:
		i.w.win.Canvas().FocusPrevious()
	default:
		i.w.key(k.Name, shiftDown())
	}
}

// CreateRenderer implements fyne.Widget.
func (i *sideItem) CreateRenderer() fyne.WidgetRenderer {
	r := &sideRenderer{i: i, back: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
		icon: canvas.NewImageFromResource(i.icon), text: canvas.NewText("", color.Black), count: canvas.NewText("", color.Black)}
	r.icon.FillMode = canvas.ImageFillContain
	r.back.CornerRadius = 3
	r.Refresh()
	return r
}

type sideRenderer struct {
	i           *sideItem
	back, bar   *canvas.Rectangle
	icon        *canvas.Image
	text, count *canvas.Text
}

const sideHeight = 34

func (r *sideRenderer) Destroy()           {}
func (r *sideRenderer) MinSize() fyne.Size { return fyne.NewSize(sideNarrow-2, sideHeight) }

func (r *sideRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.bar, r.icon, r.text, r.count}
}

func (r *sideRenderer) Layout(size fyne.Size) {
	r.back.Move(fyne.NewPos(4, 2))
	r.back.Resize(size.SubtractWidthHeight(8, 4))
	r.bar.Move(fyne.NewPos(4, 6))
	r.bar.Resize(fyne.NewSize(3, size.Height-12))
	r.icon.Move(fyne.NewPos(15, (size.Height-18)/2))
	r.icon.Resize(fyne.NewSize(18, 18))
	h := r.text.MinSize().Height
	r.text.Move(fyne.NewPos(44, (size.Height-h)/2))
	r.count.Resize(r.count.MinSize())
	r.count.Move(fyne.NewPos(size.Width-14-r.count.MinSize().Width, (size.Height-r.count.MinSize().Height)/2))
}

func (r *sideRenderer) Refresh() {
	i := r.i
	r.text.Text, r.count.Text = i.text, i.count
	r.text.TextSize, r.count.TextSize = fynetheme.TextSize(), fynetheme.TextSize()
	r.text.TextStyle.Bold = i.current
	r.text.Color = fynetheme.Color(fynetheme.ColorNameForeground)
	r.count.Color = fynetheme.Color(fynetheme.ColorNamePlaceHolder)
	show(r.count, i.text != "" && i.count != "")
	r.icon.Resource = fynetheme.NewThemedResource(i.icon)
	r.back.FillColor, r.bar.FillColor = color.Transparent, color.Transparent
	switch {
	case i.current:
		r.back.FillColor = fynetheme.Color(fynetheme.ColorNameButton)
	case i.hovered:
		r.back.FillColor = fynetheme.Color(fynetheme.ColorNameHover)
	}
	if i.current {
		r.bar.FillColor = fynetheme.Color(fynetheme.ColorNamePrimary)
		r.icon.Resource = fynetheme.NewPrimaryThemedResource(i.icon)
	}
	r.back.StrokeWidth, r.back.StrokeColor = 0, color.Transparent
	if i.focused {
		r.back.StrokeWidth, r.back.StrokeColor = 2, fynetheme.Color(fynetheme.ColorNamePrimary)
	}
	r.Layout(i.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
