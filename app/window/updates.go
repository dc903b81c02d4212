package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/journey"
	"patchtrail/app/page"
	"patchtrail/app/table"
	"patchtrail/app/words"
)

// updates is the page of the ledger: a table, and of the update that is chosen
// its journey as a drawing and its story in words.
type updates struct {
	w       *Window
	set     *page.Set
	order   []int // places in set.Updates, as the rows stand
	table   *table.Table
	way     *journey.View
	scroll  *container.Scroll
	about   *about
	none    fyne.CanvasObject
	content *fyne.Container
	wayBack float32 // the share of the journey to scroll away once it is there
}

// ordered is the order that rows were sorted into.
type ordered struct {
	set   *page.Set
	by    sorting
	order []int
}

// manyRows is from how many rows on they are sorted beside the window's
// goroutine.
const manyRows = 2000

// sorting is by which column a table is sorted.
type sorting struct {
	column     int
	descending bool
	on         bool
}

func newUpdates(w *Window) *updates {
	u := &updates{w: w, set: &page.Set{}, about: newAbout(w, false)}
	columns := table.Columns{{Title: w.t("page.col-kb"), Width: 90}, {Title: w.t("page.col-title"), Width: 130, Share: 3},
		{Title: w.t("page.col-machine"), Width: 84}, {Title: w.t("page.col-state"), Width: 122, Marked: true},
		{Title: w.t("page.col-stage"), Width: 126, Marked: true}, {Title: w.t("page.col-attempts"), Width: 78, Right: true},
		{Title: w.t("page.col-longest"), Width: 76, Right: true}, {Title: w.t("page.col-maximum"), Width: 82, Right: true},
		{Title: w.t("page.col-verdict"), Width: 100, Marked: true}, {Title: w.t("page.col-fits"), Width: 104, Share: 1, Marked: true}}
	for i := range columns {
		columns[i].Sorts = true
	}
	u.table = w.newTable("updates", columns, func() int { return len(u.order) }, func(i int) []table.Cell { return updateCells(u.at(i)) })
	u.table.OnChoose = func(i int) { u.choose(u.order[i]) }
	u.table.OnSort = u.sort
	u.none = container.NewCenter(widget.NewLabel(w.t("page.no-updates")))
	u.way = journey.New(journey.Words{Stages: w.t("page.stages"), Attempts: w.t("page.col-attempts"), Bars: w.t("page.bars"),
		More: w.t("report.more-earlier"), Lead: w.t("page.leads")})
	u.way.OnFollow = w.showRecord
	u.way.OnHint = func(text string) { w.status.hint(text) }
	u.way.OnKey = w.typed
	u.scroll = container.NewVScroll(u.way)
	u.way.OnMove = func(top, bottom float32) { reveal(u.scroll, top, bottom) }
	lower := w.parts("journey", container.NewHSplit(u.scroll, u.about.content), 0.42)
	split := w.parts("updates", container.NewVSplit(u.table.Content, lower), 0.4)
	u.content = container.NewStack(split, u.none)
	return u
}

// reveal scrolls so that a stretch is in sight.
func reveal(s *container.Scroll, top, bottom float32) {
	switch at := s.Offset.Y; {
	case top < at:
		s.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > at+s.Size().Height:
		s.ScrollToOffset(fyne.NewPos(0, bottom-s.Size().Height))
	}
}

func updateCells(x *page.Update) []table.Cell {
	attempts := table.Cell{Text: words.Count(x.Attempts), Dim: x.Attempts == 0}
	return []table.Cell{table.Text(x.KB), table.Text(x.Title), table.Text(x.Machine), {Text: x.State, Tone: x.StateTone},
		{Text: x.Stage, Tone: x.StageTone}, attempts, table.Text(x.Longest), table.Text(x.Maximum),
		{Text: x.Verdict, Tone: x.VerdictTone}, {Text: x.Fits, Tone: x.FitsTone}}
}

func (u *updates) at(row int) *page.Update { return &u.set.Updates[u.order[row]] }

// choose shows all about an update by its place in page.Set.Updates.
func (u *updates) choose(i int) {
	u.w.chosen[updatesPage] = i
	set := u.set
	u.about.showWith(func() (page.Detail, func()) {
		d, way := set.Update(i), set.Journey(i)
		return d, func() {
			u.way.Set(way)
			toShare(u.scroll, u.wayBack)
			u.wayBack = 0
		}
	})
}

// sort sorts by a column, and a second time the other way round.
func (u *updates) sort(column int) {
	s := &u.w.sorted
	*s = sorting{column: column, descending: s.on && s.column == column && !s.descending, on: true}
	u.arrange()
}

// arrange puts the rows into their order; the update that is chosen stays.
func (u *updates) arrange() {
	o := &u.w.ordered
	if o.set == u.set && o.by == u.w.sorted {
		u.arranged()
		return
	}
	set, by := u.set, u.w.sorted
	sort := func() func() {
		next := ordered{set, by, order(set, by)}
		return func() {
			if u.set == set && u.w.sorted == by {
				*o = next
				u.arranged()
			}
		}
	}
	if len(set.Updates) < manyRows || !by.on {
		sort()()
		return
	}
	if len(u.order) != len(set.Updates) {
		u.order = order(set, sorting{}) // until it is sorted
	}
	u.w.ses.Beside(sort)
}

// arranged shows the rows in their order.
func (u *updates) arranged() {
	u.order = u.w.ordered.order
	if s := u.w.sorted; s.on {
		u.table.Sorted(s.column, s.descending)
	} else {
		u.table.Sorted(-1, false)
	}
	u.table.Anew(u.row(u.w.chosen[updatesPage]))
}

// order is that of the rows, as places in page.Set.Updates.
func order(set *page.Set, by sorting) []int {
	if by.on {
		return set.OrderUpdates(page.UpdateColumn(by.column), by.descending)
	}
	out := make([]int, len(set.Updates))
	for i := range out {
		out[i] = i
	}
	return out
}

// row is that of an update by its place in page.Set.Updates.
func (u *updates) row(i int) int {
	for row, x := range u.order {
		if x == i {
			return row
		}
	}
	return 0
}

func (u *updates) object() fyne.CanvasObject { return u.content }
func (u *updates) focus() fyne.Focusable     { return u.table.List }

func (u *updates) keep() kept {
	k := kept{about: u.about.kept(), drawing: max(share(u.scroll), u.wayBack)}
	k.keepList(0, u.table.List)
	return k
}

func (u *updates) back(k kept) {
	k.startList(0, u.table.List)
	u.about.want, u.wayBack = k.about, k.drawing
}

func (u *updates) refresh(set *page.Set) {
	u.set = set
	show(u.none, len(set.Updates) == 0)
	show(u.content.Objects[0], len(set.Updates) > 0)
	u.about.clear()
	u.way.Set(page.Journey{})
	u.arrange()
}
