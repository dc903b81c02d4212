package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
)

// windows is the page of the maintenance windows, and of what fits into them.
type windows struct {
	w       *Window
	set     *page.Set
	notes   *widget.Label
	table   *table
	fits    *table
	none    *widget.Label
	about   *about
	content fyne.CanvasObject
}

func newWindows(w *Window) *windows {
	p := &windows{w: w, set: &page.Set{}, about: newAbout(w, true), notes: widget.NewLabel("")}
	p.notes.Wrapping = fyne.TextWrapWord
	p.table = newTable(w, columns{{title: w.t("page.col-window"), width: 150, share: 2}, {title: w.t("page.col-machine"), width: 90},
		{title: w.t("page.col-type"), width: 140}, {title: w.t("page.col-recurrence"), width: 130, share: 2},
		{title: w.t("page.col-duration"), width: 80, right: true}, {title: w.t("page.col-next"), width: 160},
		{title: w.t("page.col-state"), width: 120, share: 1}},
		func() int { return len(p.set.Windows) }, func(i int) []cell {
			x := &p.set.Windows[i]
			out := []cell{text(x.Name), text(x.Machine), text(x.Type), text(x.Recurrence), text(x.Duration), text(x.Next), text(x.State)}
			for n := range out {
				out[n].dim = !x.Current
			}
			return out
		})
	p.table.choose = func(i int) {
		w.chosen[windowsPage] = i
		set := p.set
		p.about.show(func() page.Detail { return set.Window(i) })
	}
	p.table.open = func(i int) {
		if row := p.set.Windows[i].Row; row >= 0 {
			w.showRecord(row)
		}
	}
	p.fits = newTable(w, columns{{title: w.t("page.col-update"), width: 100, share: 1}, {title: w.t("page.col-machine"), width: 90},
		{title: w.t("page.col-needs"), width: 80, right: true}, {title: w.t("page.col-longest-window"), width: 120, right: true},
		{title: w.t("page.col-reason"), width: 200, share: 2, marked: true}, {title: w.t("page.col-next"), width: 160},
		{title: w.t("page.col-cure"), width: 150, share: 2}},
		func() int { return len(p.set.Fits) }, func(i int) []cell {
			x := &p.set.Fits[i]
			return []cell{text(x.Update), text(x.Machine), text(x.Needs), text(x.Longest), {text: x.Reason, tone: x.Tone}, text(x.Next),
				text(strings.Join(x.Cures, " / "))}
		})
	p.fits.choose = func(i int) {
		set := p.set
		p.about.show(func() page.Detail { return set.Fit(i) })
	}
	p.none = widget.NewLabel(w.t("page.no-fits"))
	top := container.NewBorder(p.notes, nil, nil, nil, p.table.content)
	fits := container.NewBorder(container.NewVBox(heading(w.t("page.fits")), p.none), nil, nil, nil, p.fits.content)
	lower := container.NewVSplit(fits, p.about.content)
	lower.SetOffset(0.55)
	split := container.NewVSplit(top, lower)
	split.SetOffset(0.36)
	p.content = split
	return p
}

func (p *windows) object() fyne.CanvasObject { return p.content }
func (p *windows) focus() fyne.Focusable     { return p.table.list }

func (p *windows) refresh(set *page.Set) {
	p.set = set
	p.notes.SetText(strings.Join(set.NoWindows, "\n"))
	show(p.notes, len(set.NoWindows) > 0)
	show(p.none, len(set.Fits) == 0)
	show(p.fits.content, len(set.Fits) > 0)
	p.about.clear()
	p.fits.anew(-1)
	p.table.anew(p.w.chosen[windowsPage])
}
