package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/table"
)

// checks is the page of the checklist.
type checks struct {
	w     *Window
	set   *page.Set
	rows  []checkRow
	known *widget.Label
	bar   *progress
	list  *table.Table
	about *about
	body  fyne.CanvasObject
}

// checkRow is a check, or the heading of a group where it is -1.
type checkRow struct {
	check int
	group string
}

func newChecks(w *Window) *checks {
	c := &checks{w: w, set: &page.Set{}, about: newAbout(w, false), known: heading(""), bar: newProgress()}
	c.list = w.newTable("checks", table.Columns{{Title: w.t("page.checklist"), Width: 120, Share: 3}, {Title: w.t("page.col-state"), Width: 110, Marked: true}},
		func() int { return len(c.rows) }, func(i int) []table.Cell {
			r := c.rows[i]
			if r.check < 0 {
				return []table.Cell{{Text: r.group, Dim: true}, {}}
			}
			x := &c.set.Checks[r.check]
			return []table.Cell{table.Text("    " + x.Title), {Text: x.Status, Tone: x.Tone}}
		})
	c.list.OnChoose = func(i int) {
		w.chosen[checklistPage] = i
		r, set := c.rows[i], c.set
		if r.check < 0 {
			c.about.clear()
			return
		}
		c.about.show(func() page.Detail { return set.Check(r.check) })
	}
	all := newHintButton(w, w.t("page.copy-collect"), w.t("page.copy-collect-hint"), func() { w.copy(c.set.ToCollect()) })
	all.SetIcon(fynetheme.ContentCopyIcon())
	head := container.NewBorder(nil, nil, c.known, all, container.NewPadded(container.NewCenter(c.bar.content)))
	c.body = w.parts("checks", container.NewHSplit(under(head, c.list.Content), c.about.content), 0.45)
	return c
}

func (c *checks) object() fyne.CanvasObject { return c.body }
func (c *checks) focus() fyne.Focusable     { return c.list.List }

func (c *checks) keep() kept {
	k := kept{about: c.about.kept()}
	k.keepList(0, c.list.List)
	return k
}

func (c *checks) back(k kept) {
	k.startList(0, c.list.List)
	c.about.want = k.about
}

func (c *checks) refresh(set *page.Set) {
	c.set, c.rows = set, c.rows[:0]
	for i := range set.Checks {
		if g := set.Checks[i].Group; g != "" {
			c.rows = append(c.rows, checkRow{-1, g})
		}
		c.rows = append(c.rows, checkRow{check: i})
	}
	c.known.SetText(c.w.t("page.known", set.Known, len(set.Checks)))
	c.bar.set(float32(set.Known) / float32(max(len(set.Checks), 1)))
	c.about.clear()
	at := c.w.chosen[checklistPage]
	if at == 0 { // a heading: nothing is chosen yet
		at = c.gravest()
	}
	c.list.Anew(at)
}

// gravest is the first row that says that something is wrong, else the first
// check.
func (c *checks) gravest() int {
	for _, tone := range []page.Tone{page.Bad, page.Warning} {
		for i, r := range c.rows {
			if r.check >= 0 && c.set.Checks[r.check].Tone == tone {
				return i
			}
		}
	}
	return min(1, len(c.rows)-1)
}

// progress is a slim bar beside the words that say the same.
type progress struct {
	meter       meter
	track, done *canvas.Rectangle
	content     *fyne.Container
}

func newProgress() *progress {
	p := &progress{track: canvas.NewRectangle(color.Transparent), done: canvas.NewRectangle(color.Transparent)}
	p.content = container.New(&least{120}, container.New(&p.meter, p.track, p.done))
	return p
}

func (p *progress) set(share float32) {
	p.meter.share = share
	p.track.FillColor = fynetheme.Color(fynetheme.ColorNameSeparator)
	p.done.FillColor = fynetheme.Color(fynetheme.ColorNamePrimary)
	p.content.Refresh()
}
