package report

import (
	"fmt"
	"strings"
	"time"

	"patchtrail/analyze/window"
)

// pageWindows is what is known of the maintenance windows of a machine.
type pageWindows struct {
	Machine string
	Known   bool
	Windows []pageWindow
	More    string
	Fits    []pageFit
	// Calendar is nil where nothing can be drawn.
	Calendar *pageCalendar
	// Never is set where the calendar shows an update that never fits.
	Never bool
	Runs  []pageRun
	Notes []string
}

type pageWindow struct {
	ID, Name, Type, Recurrence, Length, Next, Source, Note string
}

type pageFit struct {
	Update, Title, Required, Longest, Fits, Class, Reason, Next string
	Cures                                                       []string
}

// pageRun is an installation that would run. Number is what the calendar calls it.
type pageRun struct {
	Number                     int
	Start, End, Update, Window string
}

// pageCalendar is a drawing: a line a day, hours from left to right, in the
// units of its view box.
type pageCalendar struct {
	Width, Height, Left, Right, Bottom int
	AsOf                               string
	Hours                              []pageMark
	Days                               []pageDay
	Boxes                              []pageBox
	Now                                pageMark
}

type pageMark struct {
	X, Y int
	Text string
}

type pageDay struct {
	Y, TextY int
	Text     string
	Weekend  bool
}

// pageBox is a part of a window ("window"), of an installation ("run") or of
// what would not fit ("never") on one day. Text is shown where there is room.
type pageBox struct {
	Class, Title, Text  string
	X, Y, Width, Height int
	TextX, TextY        int
}

const (
	maxCalendars    = 6
	maxWindowsShown = 50
	maxFitsShown    = 100
	maxRunsShown    = 100
	maxBoxes        = 800

	calendarLeft = 112
	hourWidth    = 34
	dayHeight    = 24
	calendarTop  = 20
	letterWidth  = 6
)

// windows shows the windows of the first machines that have updates to install
// or windows, with what would run when.
func (p *page) windows(d *pageData) {
	waits := map[int]bool{} // machines with updates to install
	for i := range p.res.Fits {
		waits[p.res.Fits[i].Machine] = true
	}
	for i, set := range p.res.Windows {
		if len(set.Windows()) == 0 && !waits[i] {
			continue
		}
		if len(d.Windows) == maxCalendars {
			d.MoreWindows = p.l.T("report.more-machines")
			return
		}
		pending := p.res.Pending(i)
		w := pageWindows{Machine: p.machine(i), Known: set.Known}
		p.windowList(&w, i, set)
		p.fits(&w, i, set, pending)
		d.Windows = append(d.Windows, w)
	}
}

func (p *page) windowList(out *pageWindows, machine int, set *window.Set) {
	all := set.Windows()
	current := 0
	for i := range all {
		w := &all[i]
		if !w.Current() {
			continue
		}
		if current++; current > maxWindowsShown {
			continue
		}
		row := pageWindow{
			ID: shorten(w.ID, maxName), Name: shorten(w.Name, maxName), Type: p.l.T("window." + w.Type.String()), Recurrence: shorten(Recurrence(w, p.l), 300), Length: length(w.Seconds()),
			Source: p.l.T("window-source." + string(w.Source)),
		}
		if row.ID == row.Name {
			row.ID = ""
		}
		if row.Recurrence == "" {
			row.Recurrence = p.l.T("recurrence.once")
		}
		switch {
		case w.Disabled:
			row.Note = p.l.T("report.window-disabled")
		case w.Unread:
			row.Note = p.l.T("report.window-unread")
		case w.Finished:
			row.Note = p.l.T("report.window-finished")
		case w.Err != nil:
			row.Note = p.l.T("report.window-undecoded")
		}
		if next := w.Next(p.zone(machine), p.res.AsOf(machine), 1); len(next) > 0 && !w.Disabled && !w.Unread {
			row.Next = p.minute(next[0].Start, machine)
		}
		out.Windows = append(out.Windows, row)
	}
	if n := current - len(out.Windows); n > 0 {
		out.More = p.l.T("report.more", Count(n))
	}
}

// fits tells what fits, and plays the weeks to come.
func (p *page) fits(out *pageWindows, machine int, set *window.Set, pending []window.Update) {
	options := p.res.WindowOptions(machine)
	fits, sim := set.Fit(pending, options), set.Simulate(pending, options)
	titles := map[string]string{}
	for _, u := range pending {
		titles[u.Key] = shorten(u.Title, 200)
	}
	for _, f := range fits[:min(len(fits), maxFitsShown)] {
		row := pageFit{
			Update: shorten(f.Update, maxName), Title: titles[f.Update], Required: length(f.Required), Reason: p.l.T("fit." + string(f.Reason)), Class: fitClass(f),
		}
		row.Fits = p.l.T("report.fit-" + map[string]string{"good": "yes", "warning": "tight", "error": "no", "": "unknown"}[row.Class])
		if f.Longest > 0 {
			row.Longest = length(f.Longest)
		}
		if f.Next != nil {
			row.Next = p.minute(f.Next.At, machine)
		}
		for _, c := range f.Cures {
			row.Cures = append(row.Cures, shorten(Cure(c, shorten(f.Update, maxName), p.l), 300))
		}
		out.Fits = append(out.Fits, row)
	}
	if n := len(fits) - len(out.Fits); n > 0 {
		out.Notes = append(out.Notes, p.l.T("report.more", Count(n)))
	}
	p.runs(out, machine, sim)
	if len(sim.Slots) > 0 {
		never := tooLong(fits, sim)
		out.Calendar, out.Never = p.calendar(machine, sim, never), never != nil
	}
}

func fitClass(f window.Fit) string {
	switch {
	case f.Reason == window.Unknowable:
		return ""
	case !f.Fits:
		return "error"
	case !f.WithRestart:
		return "warning"
	}
	return "good"
}

// runs lists what the calendar shows, for those who cannot see it.
func (p *page) runs(out *pageWindows, machine int, sim window.Simulation) {
	n := 0
	add := func(r window.Run, w string) {
		if n++; n <= maxRunsShown {
			out.Runs = append(out.Runs, pageRun{n, p.minute(r.Start, machine), p.minute(r.End, machine), shorten(r.Update, maxName), shorten(w, maxName)})
		}
	}
	for _, s := range sim.Slots {
		for _, r := range s.Runs {
			add(r, windowName(s))
		}
	}
	for _, r := range sim.Free {
		add(r, "")
	}
	for _, note := range []struct {
		key  string
		keys []string
	}{{"never", sim.Never}, {"later", sim.Later}, {"by-user", sim.ByUser}} {
		if len(note.keys) > 0 {
			out.Notes = append(out.Notes, p.l.T("report.simulation-"+note.key, names(note.keys)))
		}
	}
}

func windowName(s window.Slot) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Window
}

// names joins the first names.
func names(all []string) string {
	const most = 10
	s := ""
	for i, n := range all[:min(len(all), most)] {
		if i > 0 {
			s += ", "
		}
		s += shorten(n, maxName)
	}
	if n := len(all) - most; n > 0 {
		s += fmt.Sprintf(", … (+%d)", n)
	}
	return s
}

// tooLong is the shortest update that no window is long enough for, nil if
// there is none.
func tooLong(fits []window.Fit, sim window.Simulation) *window.Fit {
	never := map[string]bool{}
	for _, k := range sim.Never {
		never[k] = true
	}
	var out *window.Fit
	for i := range fits {
		if f := &fits[i]; never[f.Update] && f.Required > f.Longest && (out == nil || f.Required < out.Required) {
			out = f
		}
	}
	return out
}

// calendar draws the weeks of a simulation. never, if not nil, is drawn as an
// outline above each window, to show by how much it is too long.
func (p *page) calendar(machine int, sim window.Simulation, never *window.Fit) *pageCalendar {
	c := &drawing{p: p, machine: machine}
	first := c.wall(sim.From)
	c.first = time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
	days := 7 * int((sim.To-sim.From)/int64(7*24*time.Hour))
	c.days = days
	c.out = pageCalendar{
		Width: calendarLeft + 24*hourWidth + 18, Height: calendarTop + days*dayHeight + 4, Left: calendarLeft, Right: calendarLeft + 24*hourWidth,
		Bottom: calendarTop + days*dayHeight,
	}
	c.out.AsOf = p.l.T("as-of", p.minute(sim.From, machine))
	for h := 0; h <= 24; h += 3 {
		c.out.Hours = append(c.out.Hours, pageMark{X: calendarLeft + h*hourWidth, Y: calendarTop, Text: fmt.Sprintf("%d:00", h)})
	}
	for i := range days {
		t := c.first.AddDate(0, 0, i)
		c.out.Days = append(c.out.Days, pageDay{
			Y: calendarTop + i*dayHeight, TextY: calendarTop + i*dayHeight + 16, Text: t.Format("01-02") + " " + p.weekday(t),
			Weekend: t.Weekday() == time.Saturday || t.Weekday() == time.Sunday,
		})
	}
	c.out.Now = pageMark{X: calendarLeft + int(first.Sub(c.first).Hours()*hourWidth), Y: calendarTop}
	c.slots(sim, never)
	return &c.out
}

// drawing is a calendar in the making.
type drawing struct {
	p       *page
	machine int
	first   time.Time // midnight of the first day, wall clock as if it were UTC
	days    int
	out     pageCalendar
}

// wall is the wall clock of an instant, as if it were UTC.
func (c *drawing) wall(utc int64) time.Time {
	t := c.p.opt.Zone.show(utc, c.p.zone(c.machine))
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

func (c *drawing) slots(sim window.Simulation, never *window.Fit) {
	l := c.p.l
	for _, s := range sim.Slots {
		o := s.Occurrence
		name := shorten(windowName(s), maxName)
		c.box("window", l.T("report.box-window", name, c.p.minute(o.Start, c.machine), length(o.Seconds())), "", o.Start, o.End)
	}
	n := 0
	for _, s := range sim.Slots {
		for _, r := range s.Runs {
			n++
			c.box("run", l.T("report.box-run", shorten(r.Update, maxName), c.p.minute(r.Start, c.machine), length(int((r.End-r.Start)/1e9))), fmt.Sprintf("%d %s", n, shorten(r.Update, 24)), r.Start, r.End)
		}
	}
	if never == nil {
		return
	}
	for _, s := range sim.Slots {
		start := s.Occurrence.Start
		title := l.T("report.box-never", shorten(never.Update, maxName), length(never.Required), length(s.Occurrence.Seconds()))
		c.box("never", title, "", start, start+int64(never.Required)*int64(time.Second))
	}
}

// box draws a stretch of time, day by day.
func (c *drawing) box(class, title, text string, from, to int64) {
	start, end := c.wall(from), c.wall(to)
	for start.Before(end) && len(c.out.Boxes) < maxBoxes {
		day := int(start.Sub(c.first) / (24 * time.Hour))
		midnight := c.first.AddDate(0, 0, day+1)
		stop := end
		if midnight.Before(stop) {
			stop = midnight
		}
		if start.Before(c.first) {
			start = midnight
			continue
		}
		if day >= c.days {
			return
		}
		at := start.Sub(midnight.AddDate(0, 0, -1)).Hours()
		b := pageBox{Class: class, Title: title, X: calendarLeft + int(at*hourWidth), Width: max(int(stop.Sub(start).Hours()*hourWidth), 2)}
		b.Y, b.Height = calendarTop+day*dayHeight+9, 13
		switch class {
		case "run":
			b.Y, b.Height = b.Y+1, 11
		case "never":
			b.Y, b.Height = calendarTop+day*dayHeight+3, 5
		}
		if number, _, _ := strings.Cut(text, " "); b.Width < letterWidth*len(text)+4 {
			text = number
		}
		if text != "" && b.Width >= letterWidth*len(text)+4 {
			b.Text, b.TextX, b.TextY = text, b.X+3, b.Y+9
			text = ""
		}
		c.out.Boxes = append(c.out.Boxes, b)
		start = stop
	}
}
