package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/report"
	"patchtrail/app/list"
	"patchtrail/app/page"
	"patchtrail/app/tabs"
	"patchtrail/app/tone"
	"patchtrail/app/words"
)

// cardHeight is that of a card in a list, less the list's own padding.
const cardHeight = 52

// tabNames are the tabs of the findings in words' keys.
var tabNames = [page.TabCount]string{"page.tab-roots", "page.tab-consequences", "page.tab-ruled-out"}

// findings is the page of what is wrong: tabs, a list, and all about the one
// chosen, with what the engineer says of it.
type findings struct {
	w       *Window
	set     *page.Set
	entries []page.Entry
	tabs    *tabs.View
	list    *list.List
	marks   *markBar
	about   *about
	none    *widget.Label
	content fyne.CanvasObject
}

func newFindings(w *Window) *findings {
	f := &findings{w: w, about: newAbout(w, false), set: &page.Set{}}
	f.tabs = tabs.New(f.names()...)
	f.tabs.SetAt(int(w.tab))
	f.tabs.OnChoose = func(i int) {
		w.tab = page.Tab(i)
		w.chosen[findingsPage] = 0
		f.arrange()
	}
	f.tabs.OnKey = w.typed
	f.list = w.newList(func() int { return len(f.entries) }, newCard, f.card)
	f.list.OnChoose = f.choose
	f.marks = newMarkBar(w, func() { f.marked() })
	f.none = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	f.none.Wrapping = fyne.TextWrapWord
	left := under(f.tabs, container.NewStack(f.list.Framed(), container.NewPadded(f.none)))
	right := under(f.marks.content, f.about.content)
	f.content = w.parts("findings", container.NewHSplit(left, right), 0.36)
	return f
}

func (f *findings) object() fyne.CanvasObject { return f.content }
func (f *findings) focus() fyne.Focusable     { return f.list }

func (f *findings) keep() kept {
	k := kept{about: f.about.kept()}
	k.keepList(0, f.list)
	return k
}

func (f *findings) back(k kept) {
	k.startList(0, f.list)
	f.about.want = k.about
}

// names are those of the tabs, with how many each holds.
func (f *findings) names() []string {
	var out []string
	for i, key := range tabNames {
		name := f.w.t(key)
		if f.set.Known+len(f.set.Findings) > 0 {
			name += "  " + words.Count(len(f.set.Tab(page.Tab(i), f.w.ses.FindingMarks())))
		}
		out = append(out, name)
	}
	return out
}

// card shows row i of the tab.
func (f *findings) card(i int, o fyne.CanvasObject) {
	w, e := f.w, f.entries[i]
	if e.Finding < 0 {
		x := &f.set.Checks[e.Check]
		setCard(o, x.Tone, x.Title, w.t("page.checklist")+"  ·  "+x.Status, false)
		return
	}
	x := &f.set.Findings[e.Finding]
	var under []string
	mark := w.ses.FindingMark(x.Key)
	if word := w.judgement(mark.Judgement); word != "" {
		under = append(under, word)
	}
	under = append(under, x.Severity, x.Machine, w.t("page.times", words.Count(x.Count)), x.Confidence)
	if mark.Note != "" {
		under = append(under, w.t("mark.noted"))
	}
	if !x.Root && x.Follows != "" {
		under = append(under, w.t("page.follows", x.Follows))
	}
	setCard(o, x.Tone, x.Title, strings.Join(under, "  ·  "), x.Root)
}

// judgement is the word of a judgement, "" for none.
func (w *Window) judgement(j report.Judgement) string {
	switch j {
	case report.Confirmed:
		return w.t("mark.confirmed")
	case report.Dismissed:
		return w.t("mark.dismissed")
	}
	return ""
}

func (f *findings) choose(i int) {
	f.w.chosen[findingsPage] = i
	set, e := f.set, f.entries[i]
	if e.Finding < 0 {
		f.marks.show("")
		f.about.show(func() page.Detail { return set.Check(e.Check) })
		return
	}
	f.marks.show(set.Findings[e.Finding].Key)
	f.about.show(func() page.Detail { return set.Finding(e.Finding) })
}

// take chooses a finding by its place in page.Set.Findings.
func (f *findings) take(i int) {
	if i < 0 || i >= len(f.set.Findings) {
		return
	}
	if tab := f.set.TabOf(i, f.w.ses.FindingMarks()); tab != f.w.tab {
		f.w.tab = tab
		f.tabs.SetAt(int(tab))
		f.entries = f.set.Tab(tab, f.w.ses.FindingMarks())
		f.list.Anew(-1)
		f.showNone()
	}
	for row, e := range f.entries {
		if e.Finding == i {
			f.list.Take(row)
		}
	}
}

func (f *findings) refresh(set *page.Set) {
	f.set = set
	f.arrange()
}

// arrange lists the tab anew.
func (f *findings) arrange() {
	f.tabs.SetNames(f.names()...)
	f.entries = f.set.Tab(f.w.tab, f.w.ses.FindingMarks())
	f.about.clear()
	f.marks.show("")
	f.showNone()
	f.list.Anew(f.w.chosen[findingsPage])
}

func (f *findings) showNone() {
	show(f.none, len(f.entries) == 0)
	if f.w.tab == page.Roots {
		f.none.SetText(f.w.t("page.no-findings"))
	} else {
		f.none.SetText(f.w.t("page.tab-empty"))
	}
}

// marked shows the marks as they are now: the row stays chosen where it is, or
// the next one is where it went to another tab.
func (f *findings) marked() {
	before := len(f.entries)
	f.tabs.SetNames(f.names()...)
	f.entries = f.set.Tab(f.w.tab, f.w.ses.FindingMarks())
	if len(f.entries) != before {
		f.arrange()
		return
	}
	f.list.Refresh()
	f.marks.refresh()
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
	tone.Set(objects[0].(*widget.Icon), tone.Mark(t))
	if label := objects[1].(*widget.Label); label.Text != title || label.TextStyle.Bold != bold {
		label.TextStyle.Bold = bold
		label.SetText(title)
	}
	if label := objects[2].(*widget.Label); label.Text != under {
		label.SetText(under)
	}
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
