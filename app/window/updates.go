package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/words"
)

// updates is the page of the ledger: a table, and the journey of the update
// that is chosen.
type updates struct {
	w       *Window
	set     *page.Set
	table   *table
	about   *about
	none    fyne.CanvasObject
	content *fyne.Container
}

func newUpdates(w *Window) *updates {
	u := &updates{w: w, set: &page.Set{}, about: newAbout(w, true)}
	u.table = newTable(w, columns{{title: w.t("page.col-kb"), width: 92}, {title: w.t("page.col-title"), width: 140, share: 3},
		{title: w.t("page.col-machine"), width: 90}, {title: w.t("page.col-state"), width: 130, marked: true},
		{title: w.t("page.col-attempts"), width: 76, right: true}, {title: w.t("page.col-longest"), width: 76, right: true},
		{title: w.t("page.col-maximum"), width: 100, right: true}, {title: w.t("page.col-verdict"), width: 104, marked: true},
		{title: w.t("page.col-fits"), width: 110, share: 1, marked: true}},
		func() int { return len(u.set.Updates) }, func(i int) []cell {
			x := &u.set.Updates[i]
			attempts := cell{text: words.Count(x.Attempts), dim: x.Attempts == 0}
			return []cell{text(x.KB), text(x.Title), text(x.Machine), {text: x.State, tone: x.StateTone}, attempts, text(x.Longest),
				text(x.Maximum), {text: x.Verdict, tone: x.VerdictTone}, {text: x.Fits, tone: x.FitsTone}}
		})
	u.table.choose = func(i int) {
		w.chosen[updatesPage] = i
		set := u.set
		u.about.show(func() page.Detail { return set.Update(i) })
	}
	u.none = container.NewCenter(widget.NewLabel(w.t("page.no-updates")))
	split := container.NewVSplit(u.table.content, u.about.content)
	split.SetOffset(0.5)
	u.content = container.NewStack(split, u.none)
	return u
}

func (u *updates) object() fyne.CanvasObject { return u.content }
func (u *updates) focus() fyne.Focusable     { return u.table.list }

func (u *updates) refresh(set *page.Set) {
	u.set = set
	show(u.none, len(set.Updates) == 0)
	show(u.content.Objects[0], len(set.Updates) > 0)
	u.about.clear()
	u.table.anew(u.w.chosen[updatesPage])
}
