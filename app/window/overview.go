package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/table"
	"patchtrail/app/tone"
	"patchtrail/app/words"
)

// How much the overview shows before it counts.
const (
	maxCards   = 6
	maxCauses  = 8
	maxMissing = 12
)

// overview is the page that tells where the machines stand.
type overview struct {
	w       *Window
	set     *page.Set
	content *fyne.Container
	scroll  *container.Scroll
	above   float32 // the share to scroll away when it is drawn next
	first   fyne.Focusable
	chart   *chart
}

func newOverview(w *Window) *overview {
	return &overview{w: w, content: container.NewStack(), chart: newChart(w)}
}

func (o *overview) object() fyne.CanvasObject { return o.content }
func (o *overview) focus() fyne.Focusable     { return o.first }

func (o *overview) refresh(set *page.Set) {
	w, v := o.w, set.Overview
	o.set, o.first = set, nil
	sentence, verdictTone, roots := set.Standing(w.ses.FindingMarks())
	verdict := wrapped(sentence)
	verdict.SizeName = fynetheme.SizeNameHeadingText
	verdict.TextStyle.Bold = true
	summary := widget.NewLabel(v.Summary)
	summary.Importance = widget.LowImportance
	top := container.New(tight{}, container.NewBorder(nil, nil, container.NewCenter(container.NewGridWrap(fyne.NewSize(24, 24),
		widget.NewIcon(tone.Mark(verdictTone)))), nil, verdict), summary)
	columns := container.NewGridWithColumns(2, o.causes(set, roots), o.missing(v))
	o.chart.open = v.Open
	o.chart.shown = headState{}
	box := container.NewVBox(top, o.chart.content, heading(w.t("page.machines")), o.machines(v.Machines), columns)
	o.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(8, 8, 12, 16), box))
	o.content.Objects = []fyne.CanvasObject{o.scroll}
	o.content.Refresh()
	o.chart.refresh()
	toShare(o.scroll, o.above)
	o.above = 0
}

// tick counts the histogram anew while errors are still being looked for.
func (o *overview) tick() { o.chart.refresh() }

// marked shows the marks of findings as they are now.
func (o *overview) marked() {
	o.back(o.keep())
	o.refresh(o.set)
}

func (o *overview) keep() kept  { return kept{drawing: share(o.scroll)} }
func (o *overview) back(k kept) { o.above = k.drawing }

// machines are cards where there are few, else a table.
func (o *overview) machines(all []page.Machine) fyne.CanvasObject {
	if len(all) <= maxCards {
		grid := container.NewGridWithColumns(min(max(len(all), 2), 3))
		for _, m := range all {
			grid.Add(o.card(m))
		}
		return grid
	}
	w := o.w
	t := w.newTable("machines", table.Columns{{Title: w.t("page.col-machine"), Width: 120, Share: 2}, {Title: w.t("report.role"), Width: 100},
		{Title: w.t("page.os"), Width: 140, Share: 3}, {Title: w.t("page.client"), Width: 120}, {Title: w.t("page.zone"), Width: 90},
		{Title: w.t("page.span"), Width: 270}},
		func() int { return len(all) }, func(i int) []table.Cell {
			m := all[i]
			return []table.Cell{table.Text(m.Name), table.Text(m.Role), table.Text(m.OS), table.Text(m.Client), table.Text(m.Zone), table.Text(m.Span)}
		})
	return container.New(least2{height: 24*10 + 40}, t.Content)
}

// least2 gives an object at least a height.
type least2 struct{ height float32 }

func (l least2) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().Max(fyne.NewSize(0, l.height))
}

func (l least2) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

func (o *overview) card(m page.Machine) fyne.CanvasObject {
	w := o.w
	name := heading(m.Name)
	name.Truncation = fyne.TextTruncateEllipsis
	role := widget.NewLabel(m.Role)
	role.Importance = widget.LowImportance
	rows := []fyne.CanvasObject{container.NewBorder(nil, nil, nil, role, name)}
	for _, r := range [][2]string{{w.t("page.os"), m.OS}, {w.t("page.client"), m.Client}, {w.t("page.zone"), m.Zone + " (" + m.ZoneSource + ")"},
		{w.t("page.span"), m.Span}} {
		value := widget.NewLabel(r[1])
		if r[1] == "" {
			value.SetText(w.t("page.not-known"))
			value.Importance = widget.LowImportance
		}
		value.Truncation = fyne.TextTruncateEllipsis
		key := widget.NewLabel(r[0])
		key.Importance = widget.LowImportance
		rows = append(rows, container.NewBorder(nil, nil, container.New(&wide{90}, key), nil, value))
	}
	back := canvas.NewRectangle(fynetheme.Color(fynetheme.ColorNameHeaderBackground))
	back.CornerRadius = 4
	return container.NewStack(back, container.New(layout.NewCustomPaddedLayout(2, 2, 4, 4), container.New(tight{}, rows...)))
}

func (o *overview) causes(set *page.Set, roots []int) fyne.CanvasObject {
	w := o.w
	box := container.NewVBox(heading(w.t("page.causes")))
	if len(roots) == 0 {
		box.Add(wrapped(w.t("page.no-causes")))
	}
	for n, i := range roots[:min(len(roots), maxCauses)] {
		f := set.Findings[i]
		q := newQuote(w, page.Line{Kind: page.Other, Tone: f.Tone, Row: i,
			Text: f.Title + "\n" + strings.Join([]string{f.Severity, f.Machine, w.t("page.times", words.Count(f.Count))}, "  ·  ")})
		if n == 0 {
			o.first = q
		}
		box.Add(q)
	}
	if more := len(roots) - maxCauses; more > 0 {
		box.Add(newHintButton(w, w.t("problems.more", words.Count(more)), w.t("page.go", w.t("page.findings"), shortcutName("2")), func() { w.turn(findingsPage) }))
	}
	return box
}

func (o *overview) missing(v page.Overview) fyne.CanvasObject {
	w := o.w
	box := container.New(tight{})
	var all strings.Builder
	for n, m := range v.Missing {
		line := m.Advice
		if len(v.Machines) > 1 {
			line = m.Machine + ": " + line
		}
		all.WriteString(line + "\n")
		if n < maxMissing {
			box.Add(wrapped(line))
		}
	}
	copyAll := newHintButton(w, w.t("page.copy"), w.t("page.copy-hint"), func() { w.copy(all.String()) })
	copyAll.SetIcon(fynetheme.ContentCopyIcon())
	head := container.NewBorder(nil, nil, nil, copyAll, heading(w.t("page.missing")))
	switch more := len(v.Missing) - maxMissing; {
	case len(v.Missing) == 0:
		copyAll.Hide()
		box.Add(wrapped(w.t("page.missing-none")))
	case more > 0:
		box.Add(widget.NewLabel(w.t("problems.more", words.Count(more))))
	}
	return container.NewVBox(head, box)
}
