package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/words"
)

// cardHeight is that of a card in a list, less the list's own padding.
const cardHeight = 52

// findings is the page of what is wrong: a list, and all about the one chosen.
type findings struct {
	w       *Window
	set     *page.Set
	list    *list
	about   *about
	none    fyne.CanvasObject
	content *fyne.Container
}

func newFindings(w *Window) *findings {
	f := &findings{w: w, about: newAbout(w, false), set: &page.Set{}}
	f.list = newList(w, func() int { return len(f.set.Findings) }, newCard, func(i int, o fyne.CanvasObject) {
		x := &f.set.Findings[i]
		under := []string{x.Severity, x.Machine, w.t("page.times", words.Count(x.Count)), x.Confidence}
		if !x.Root {
			under = append(under, w.t("page.consequence"))
		}
		setCard(o, x.Tone, x.Title, strings.Join(under, "  ·  "), x.Root)
	})
	f.list.choose = func(i int) {
		w.chosen[findingsPage] = i
		set := f.set
		f.about.show(func() page.Detail { return set.Finding(i) })
	}
	f.none = container.NewCenter(widget.NewLabel(w.t("page.no-findings")))
	split := container.NewHSplit(f.list, f.about.content)
	split.SetOffset(0.36)
	f.content = container.NewStack(split, f.none)
	return f
}

func (f *findings) object() fyne.CanvasObject { return f.content }
func (f *findings) focus() fyne.Focusable     { return f.list }

func (f *findings) refresh(set *page.Set) {
	f.set = set
	show(f.none, len(set.Findings) == 0)
	show(f.content.Objects[0], len(set.Findings) > 0)
	f.about.clear()
	f.list.anew(f.w.chosen[findingsPage])
}

// newCard is a card: a mark, a title, a line under it.
func newCard() fyne.CanvasObject {
	title, under := widget.NewLabel(""), widget.NewLabel("")
	title.Truncation, under.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	under.Importance = widget.LowImportance
	return container.New(card{}, widget.NewIcon(nil), title, under)
}

func setCard(o fyne.CanvasObject, t page.Tone, title, under string, bold bool) {
	objects := o.(*fyne.Container).Objects
	objects[0].(*widget.Icon).SetResource(mark(t))
	label := objects[1].(*widget.Label)
	label.TextStyle.Bold = bold
	label.SetText(title)
	objects[2].(*widget.Label).SetText(under)
}

// card lays a mark, a title and the line under it out.
type card struct{}

func (card) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, cardHeight) }

func (card) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[1].MinSize().Height
	o[0].Resize(fyne.NewSize(18, 18))
	o[0].Move(fyne.NewPos(10, 4+(h-18)/2-1))
	o[1].Resize(fyne.NewSize(size.Width-34, h))
	o[1].Move(fyne.NewPos(30, 1))
	o[2].Resize(fyne.NewSize(size.Width-34, h))
	o[2].Move(fyne.NewPos(30, size.Height-h-1))
}
