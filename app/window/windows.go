package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/calendar"
	"patchtrail/app/page"
	"patchtrail/app/table"
	"patchtrail/app/words"
)

// windows is the page of the maintenance windows of a machine: the weeks ahead,
// the windows and what fits into them, each with what if it were otherwise.
type windows struct {
	w       *Window
	set     *page.Set
	rows    []int // places in set.Windows of the machine that shows
	plan    page.Plan
	run     int // of the plan that shows
	machine *widget.Select
	choices []int // machines, in the order of the Select
	notes   *widget.Label
	changed *widget.Label
	reset   *hintButton
	strips  *calendar.Strips
	beside  *fyne.Container // the strips, where there are several machines
	more    *widget.Label
	weeks   *calendar.View
	table   *table.Table
	length  *tryBar
	fits    *table.Table
	maximum *tryBar
	fit     string // the update that is told of, "" where it is a window
	none    *widget.Label
	about   *about
	content fyne.CanvasObject
	goal    *kept // what to tell of once the plan is there
}

// windowName is the column of a window's name.
const windowName = 4

// The columns of the fits: those after edits show only where there are some,
// in place of when it is next without.
const (
	fitNext = iota + 3
	fitAfter
	fitNextAfter
)

func newWindows(w *Window) *windows {
	p := &windows{w: w, set: &page.Set{}, about: newAbout(w, false), notes: widget.NewLabel(""), changed: widget.NewLabel(""), run: -1}
	p.notes.Wrapping = fyne.TextWrapWord
	p.changed.Truncation = fyne.TextTruncateEllipsis
	p.machine = widget.NewSelect(nil, nil)
	p.reset = newHintButton(w, w.t("try.reset"), w.t("try.reset-hint"), w.ses.ResetEdits)
	p.reset.SetIcon(fynetheme.ContentUndoIcon())
	p.weeks = calendar.New(calendar.Words{Window: w.t("report.legend-window"), Run: w.t("report.legend-run"), Never: w.t("report.legend-never")})
	p.weeks.OnHint = func(text string) { w.status.hint(text) }
	p.weeks.OnKey = w.typed
	p.weeks.OnChoose = p.takeBlock
	p.strips = calendar.NewStrips()
	p.strips.OnHint = func(text string) { w.status.hint(text) }
	p.strips.OnKey = w.typed
	p.strips.OnChoose = func(i int) { p.machine.SetSelectedIndex(i) }
	scroll := container.NewVScroll(p.strips)
	p.strips.OnMove = func(top, bottom float32) { reveal(scroll, top, bottom) }
	p.more = widget.NewLabel("")
	p.more.Importance = widget.LowImportance
	p.beside = container.NewVBox(container.New(stripRows{w, p.strips}, scroll), p.more)
	p.beside.Hide()
	p.tables()
	head := container.NewBorder(nil, nil, container.NewHBox(heading(w.t("report.calendar")), p.machine), p.reset, p.changed)
	left := container.NewBorder(nil, p.length.content, nil, nil, p.table.Content)
	right := container.NewBorder(p.none, p.maximum.content, nil, nil, p.fits.Content)
	both := w.parts("fits", container.NewHSplit(left, right), 0.38)
	lower := w.parts("windows", container.NewVSplit(both, p.about.content), 0.62)
	p.content = under(container.NewVBox(p.notes, head, p.beside, p.weeks), lower)
	return p
}

// tables makes the windows and the fits, each with the bar that edits what is
// chosen.
func (p *windows) tables() {
	w := p.w
	p.table = w.newTable("windows", table.Columns{{Title: w.t("page.col-recurrence"), Width: 84, Share: 3}, {Title: w.t("page.col-duration"), Width: 84, Right: true},
		{Title: w.t("page.col-next"), Width: 132}, {Title: w.t("page.col-type"), Width: 60, Share: 2}, {Title: w.t("page.col-window"), Width: 60, Share: 1}},
		func() int { return len(p.rows) }, func(i int) []table.Cell { return windowCells(w, &p.set.Windows[p.rows[i]]) })
	p.table.OnChoose = p.chooseWindow
	p.table.OnOpen = func(i int) {
		if row := p.set.Windows[p.rows[i]].Row; row >= 0 {
			w.showRecord(row)
		}
	}
	p.length = newTryBar(w, true)
	p.fits = w.newTable("fits", table.Columns{{Title: w.t("page.col-update"), Width: 84, Share: 1}, {Title: w.t("page.col-needs"), Width: 84, Right: true},
		{Title: w.t("page.col-reason"), Width: 110, Share: 3, Marked: true}, {Title: w.t("page.col-next"), Width: 132},
		fitAfter:     {Title: w.t("try.after"), Width: 110, Share: 3, Marked: true, Hidden: true},
		fitNextAfter: {Title: w.t("try.next-after"), Width: 132, Hidden: true}},
		func() int { return len(p.plan.Before) }, p.fitCells)
	p.fits.OnChoose = p.chooseFit
	p.maximum = newTryBar(w, false)
	p.none = widget.NewLabel(w.t("page.no-fits"))
}

func windowCells(w *Window, x *page.Window) []table.Cell {
	out := []table.Cell{table.Text(x.Recurrence), table.Text(x.Duration), table.Text(minute(x.Next)), table.Text(x.Type), table.Text(x.Name)}
	if minutes, ok := w.ses.Edited(true, x.ID); ok {
		out[1].Text = words.Minutes(minutes) + " (" + words.Minutes(x.Minutes) + ")"
	}
	if !x.Current {
		out[2].Text = x.State
	}
	for n := range out {
		out[n].Dim = !x.Counts
	}
	return out
}

// minute cuts a time to the minute.
func minute(text string) string {
	const minutes = len("2006-01-02 15:04")
	return text[:min(len(text), minutes)]
}

func (p *windows) fitCells(i int) []table.Cell {
	x := &p.plan.Before[i]
	out := []table.Cell{table.Text(x.Update), table.Text(x.Needs), {Text: x.Reason, Tone: x.Tone}, table.Text(minute(x.Next)), {}, {}}
	if i < len(p.plan.After) {
		y := &p.plan.After[i]
		if y.Minutes != x.Minutes {
			out[1].Text = words.Minutes(y.Minutes) + " (" + words.Minutes(x.Minutes) + ")"
		}
		out[fitAfter] = table.Cell{Text: y.Reason, Tone: y.Tone, Dim: y.Reason == x.Reason}
		out[fitNextAfter] = table.Cell{Text: minute(y.Next), Dim: y.Next == x.Next}
	}
	return out
}

func (p *windows) chooseWindow(i int) {
	x := &p.set.Windows[p.rows[i]]
	p.w.chosen[windowsPage], p.fit = i, ""
	p.length.show(x.ID, x.Recurrence, x.Minutes, x.Counts)
	set, row := p.set, p.rows[i]
	p.about.show(func() page.Detail { return set.Window(row) })
}

func (p *windows) chooseFit(i int) {
	x := p.plan.Before[i]
	p.maximum.show(x.Update, x.Update, x.Minutes, true)
	p.showFit(i)
}

// showFit tells all about a fit, as it is with the edits.
func (p *windows) showFit(i int) {
	set, x := p.set, p.plan.Before[i]
	if i < len(p.plan.After) {
		x = p.plan.After[i]
	}
	p.fit = x.Update
	p.about.show(func() page.Detail { return set.Fit(x) })
}

// takeBlock chooses what a block of the calendar is of.
func (p *windows) takeBlock(b page.Block) {
	if b.Kind == page.OpenBlock {
		for i, row := range p.rows {
			if x := &p.set.Windows[row]; x.ID == b.Key && x.Counts {
				p.table.Take(i)
				return
			}
		}
	}
	for i := range p.plan.Before {
		if p.plan.Before[i].Update == b.Key {
			p.fits.Take(i)
			return
		}
	}
}

func (p *windows) object() fyne.CanvasObject { return p.content }
func (p *windows) focus() fyne.Focusable     { return p.table.List }

func (p *windows) keep() kept {
	if p.goal != nil {
		return *p.goal
	}
	k := kept{about: p.about.kept(), target: p.fit}
	k.keepList(0, p.table.List)
	k.keepList(1, p.fits.List)
	return k
}

func (p *windows) back(k kept) {
	k.startList(0, p.table.List)
	k.startList(1, p.fits.List)
	p.goal = &k
	if k.target == "" {
		p.about.want = k.about
	}
}

// toGoal tells of the update again that was told of, once the fits are there.
func (p *windows) toGoal() {
	if p.goal == nil || p.run < 0 {
		return
	}
	k := p.goal
	p.goal = nil
	for i := range p.plan.Before {
		if k.target != "" && p.plan.Before[i].Update == k.target {
			p.about.want = k.about
			p.fits.Take(i)
		}
	}
}

func (p *windows) refresh(set *page.Set) {
	p.set = set
	p.notes.SetText(strings.Join(set.NoWindows, "\n"))
	show(p.notes, len(set.NoWindows) > 0)
	p.listMachines()
	p.about.clear()
	p.run = -1
	p.listStrips()
	p.listWindows()
	p.w.ses.MakePlan()
	p.tick()
}

// listMachines offers the machines; the first is the one most in trouble.
func (p *windows) listMachines() {
	p.choices = p.set.PlanMachines()
	var names []string
	at := 0
	for i, m := range p.choices {
		names = append(names, p.set.Overview.Machines[m].Name)
		if p.w.planned && m == p.w.ses.PlanMachine() {
			at = i
		}
	}
	p.machine.OnChanged = nil
	p.machine.SetOptions(names)
	show(p.machine, len(names) > 1)
	if len(names) == 0 {
		return
	}
	p.w.planned = true
	p.machine.SetSelectedIndex(at)
	p.w.ses.SetPlanMachine(p.choices[at])
	p.machine.OnChanged = func(string) {
		p.w.chosen[windowsPage] = 0
		p.w.ses.SetPlanMachine(p.choices[p.machine.SelectedIndex()])
		p.strips.Take(p.machine.SelectedIndex())
		p.about.clear()
		p.listWindows()
	}
}

// The strips of fewStrips machines show at once, of more where the window is
// higher than they and the rest of the page need; the others are scrolled to.
const (
	fewStrips = 3
	pageNeeds = 600
)

// stripRows gives the strips the height of their first lines.
type stripRows struct {
	w      *Window
	strips *calendar.Strips
}

func (l stripRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	room := l.w.win.Canvas().Size().Height - pageNeeds
	return fyne.NewSize(o[0].MinSize().Width, l.strips.Height(max(fewStrips, int(room/2/calendar.StripHeight))))
}

func (l stripRows) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// listStrips draws all machines side by side, where there are several.
func (p *windows) listStrips() {
	show(p.beside, len(p.choices) > 1)
	if len(p.choices) < 2 {
		return
	}
	set := p.set
	p.w.ses.Beside(func() func() {
		strips, more := set.Strips()
		return func() {
			if p.set != set {
				return
			}
			p.strips.Set(strips, p.machine.SelectedIndex())
			show(p.more, more > 0)
			p.more.SetText(p.w.t("problems.more", words.Count(more)))
			p.content.Refresh()
		}
	})
}

// listWindows lists the windows of the machine, those that count first.
func (p *windows) listWindows() {
	p.rows = p.rows[:0]
	for _, counts := range []bool{true, false} {
		for i := range p.set.Windows {
			if x := &p.set.Windows[i]; x.Counts == counts && x.On(p.w.ses.PlanMachine()) {
				p.rows = append(p.rows, i)
			}
		}
	}
	named := false // by people: an id tells them nothing
	for _, i := range p.rows {
		named = named || p.set.Windows[i].Name != p.set.Windows[i].ID
	}
	p.table.Hide(windowName, !named)
	p.length.show("", "", 0, false)
	p.maximum.show("", "", 0, false)
	p.table.Anew(p.w.chosen[windowsPage])
}

// tick shows the plan where there is a newer one.
func (p *windows) tick() {
	plan, ok, err := p.w.ses.Plan()
	if err != nil {
		p.changed.SetText(p.w.lang.Error(err))
	}
	if run := p.w.ses.PlanRun(); !ok || run == p.run {
		return
	} else {
		p.run = run
	}
	fresh := len(p.plan.Before) != len(plan.Before) || p.plan.Machine != plan.Machine
	p.plan = plan
	p.weeks.Set(plan.Calendar)
	edited := len(plan.After) > 0
	p.fits.Hide(fitNext, edited)
	p.fits.Hide(fitAfter, !edited)
	p.fits.Hide(fitNextAfter, !edited)
	show(p.none, len(plan.Before) == 0)
	show(p.fits.Content, len(plan.Before) > 0)
	if fresh {
		p.fits.Anew(-1)
	} else {
		p.fits.Refresh()
	}
	p.table.Refresh()
	for i := range plan.Before {
		if plan.Before[i].Update == p.fit {
			p.showFit(i)
		}
	}
	if len(plan.Before) > 0 && p.maximum.target == "" {
		x := plan.Before[0]
		p.maximum.show(x.Update, x.Update, x.Minutes, true)
	}
	p.length.refresh()
	p.maximum.refresh()
	p.tell(err)
	p.toGoal()
}

// tell says in a sentence what the edits change.
func (p *windows) tell(err error) {
	n := p.w.ses.Edits()
	show(p.reset, n > 0)
	switch {
	case err != nil:
	case n == 0:
		p.changed.SetText(p.w.t("try.none"))
	case p.plan.Changed == 0:
		p.changed.SetText(p.w.t("try.same"))
	default:
		p.changed.SetText(p.w.t("try.changed", words.Count(p.plan.Changed)))
	}
}

// try edits what a cure says, by its seconds.
func (p *windows) try(t *page.Trial) {
	e := t.Edit
	was := 0
	if e.Window {
		for _, row := range p.rows {
			if x := &p.set.Windows[row]; x.ID == e.Target && x.Counts {
				was = x.Minutes
			}
		}
	} else {
		for i := range p.plan.Before {
			if x := &p.plan.Before[i]; x.Update == e.Target {
				was = x.Minutes
			}
		}
	}
	p.w.ses.Edit(e.Window, e.Target, e.Seconds/60, was)
}
