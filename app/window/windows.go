package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/table"
)

// windows is the page of the maintenance windows, and of what fits into them.
type windows struct {
	w       *Window
	set     *page.Set
	notes   *widget.Label
	table   *table.Table
	fits    *table.Table
	none    *widget.Label
	about   *about
	content fyne.CanvasObject
}

func newWindows(w *Window) *windows {
	p := &windows{w: w, set: &page.Set{}, about: newAbout(w, true), notes: widget.NewLabel("")}
	p.notes.Wrapping = fyne.TextWrapWord
	p.table = w.newTable("windows", table.Columns{{Title: w.t("page.col-window"), Width: 150, Share: 2}, {Title: w.t("page.col-machine"), Width: 90},
		{Title: w.t("page.col-type"), Width: 140}, {Title: w.t("page.col-recurrence"), Width: 130, Share: 2},
		{Title: w.t("page.col-duration"), Width: 80, Right: true}, {Title: w.t("page.col-next"), Width: 160},
		{Title: w.t("page.col-state"), Width: 120, Share: 1}},
		func() int { return len(p.set.Windows) }, func(i int) []table.Cell {
			x := &p.set.Windows[i]
			out := []table.Cell{table.Text(x.Name), table.Text(x.Machine), table.Text(x.Type), table.Text(x.Recurrence), table.Text(x.Duration), table.Text(x.Next), table.Text(x.State)}
			for n := range out {
				out[n].Dim = !x.Current
			}
			return out
		})
	p.table.OnChoose = func(i int) {
		w.chosen[windowsPage] = i
		set := p.set
		p.about.show(func() page.Detail { return set.Window(i) })
	}
	p.table.OnOpen = func(i int) {
		if row := p.set.Windows[i].Row; row >= 0 {
			w.showRecord(row)
		}
	}
	p.fits = w.newTable("fits", table.Columns{{Title: w.t("page.col-update"), Width: 100, Share: 1}, {Title: w.t("page.col-machine"), Width: 90},
		{Title: w.t("page.col-needs"), Width: 80, Right: true}, {Title: w.t("page.col-longest-window"), Width: 120, Right: true},
		{Title: w.t("page.col-reason"), Width: 200, Share: 2, Marked: true}, {Title: w.t("page.col-next"), Width: 160},
		{Title: w.t("page.col-cure"), Width: 150, Share: 2}},
		func() int { return len(p.set.Fits) }, func(i int) []table.Cell {
			x := &p.set.Fits[i]
			return []table.Cell{table.Text(x.Update), table.Text(x.Machine), table.Text(x.Needs), table.Text(x.Longest), {Text: x.Reason, Tone: x.Tone}, table.Text(x.Next),
				table.Text(strings.Join(x.Cures, " / "))}
		})
	p.fits.OnChoose = func(i int) {
		set := p.set
		p.about.show(func() page.Detail { return set.Fit(i) })
	}
	p.none = widget.NewLabel(w.t("page.no-fits"))
	top := container.NewBorder(p.notes, nil, nil, nil, p.table.Content)
	fits := container.NewBorder(container.NewVBox(heading(w.t("page.fits")), p.none), nil, nil, nil, p.fits.Content)
	lower := container.NewVSplit(fits, p.about.content)
	lower.SetOffset(0.55)
	split := container.NewVSplit(top, lower)
	split.SetOffset(0.36)
	p.content = split
	return p
}

func (p *windows) object() fyne.CanvasObject { return p.content }
func (p *windows) focus() fyne.Focusable     { return p.table.List }

func (p *windows) refresh(set *page.Set) {
	p.set = set
	p.notes.SetText(strings.Join(set.NoWindows, "\n"))
	show(p.notes, len(set.NoWindows) > 0)
	show(p.none, len(set.Fits) == 0)
	show(p.fits.Content, len(set.Fits) > 0)
	p.about.clear()
	p.fits.Anew(-1)
	p.table.Anew(p.w.chosen[windowsPage])
}
