package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/words"
)

// view is a page that shows a page.Set.
type view interface {
	object() fyne.CanvasObject
	focus() fyne.Focusable // what has the keyboard on the page, nil for none
	refresh(set *page.Set)
	// keep tells how far it is scrolled, back says before a refresh to scroll there.
	keep() kept
	back(k kept)
}

// marker is a page that shows the marks of findings.
type marker interface{ marked() }

// ticker is a page that shows more of the session than its page.Set.
type ticker interface{ tick() }

// makePages forgets the pages, which are made anew as they are turned to; the
// timeline stays what it is.
func (w *Window) makePages() {
	w.findings, w.updates, w.windows, w.files = nil, nil, nil, nil
	w.views = [pageCount]view{}
	w.drawn = [pageCount]*page.Set{}
	w.wait = newWaiting(w)
	w.side = newSide(w)
	w.stack = container.NewStack(w.wait.content, w.timeline, w.options.content)
	w.frame = container.NewBorder(nil, nil, w.side.content, nil, w.stack)
}

// makePage makes a page where it is not there yet.
func (w *Window) makePage(id pageID) view {
	if w.views[id] != nil || id == timelinePage || id == settingsPage {
		return w.views[id]
	}
	switch id {
	case overviewPage:
		w.views[id] = newOverview(w)
	case findingsPage:
		w.findings = newFindings(w)
		w.views[id] = w.findings
	case updatesPage:
		w.updates = newUpdates(w)
		w.views[id] = w.updates
	case windowsPage:
		w.windows = newWindows(w)
		w.views[id] = w.windows
	case checklistPage:
		w.views[id] = newChecks(w)
	case filesPage:
		w.files = newFiles(w)
		w.views[id] = w.files
	}
	w.views[id].object().Hide()
	w.stack.Add(w.views[id].object())
	return w.views[id]
}

// turn shows a page and gives it the keyboard. Without a bundle there are only
// the settings, and the start page.
func (w *Window) turn(id pageID) {
	s := w.ses.State()
	open := s == session.Reading || s == session.Ready
	if !open && id != settingsPage && w.page != settingsPage {
		return
	}
	if id == settingsPage && w.page != settingsPage {
		w.pageBefore = w.page
		w.options.checkRules()
	}
	w.page = id
	w.refresh()
	if !open && id != settingsPage {
		w.win.Canvas().Focus(w.start.first)
		return
	}
	if f := w.pageFocus(); f != nil {
		w.win.Canvas().Focus(f)
	} else {
		w.win.Canvas().Unfocus()
	}
	w.note()
}

// turnFromSettings turns back to the page that the settings were opened over.
func (w *Window) turnFromSettings() {
	if w.page == settingsPage {
		w.page = w.pageBefore
	}
}

// toTimeline turns to the timeline, unless it shows already: then the keyboard
// stays where it is.
func (w *Window) toTimeline() {
	if w.page != timelinePage {
		w.turn(timelinePage)
	}
}

func (w *Window) pageFocus() fyne.Focusable {
	switch w.page {
	case timelinePage:
		return w.view
	case settingsPage:
		return w.options.first
	}
	if w.drawn[w.page] == nil {
		return nil
	}
	return w.views[w.page].focus()
}

// refreshPages shows the page that was turned to as the session is now. A page
// that does not show is drawn when it is turned to.
func (w *Window) refreshPages() {
	w.ses.MakePages(string(w.lang))
	set := w.ses.Pages()
	if set == nil && w.ses.State() != session.Ready {
		w.chosen, w.kept = [pageCount]int{}, [pageCount]*kept{}
		w.tab, w.planned, w.tree = page.Roots, false, nil
		for i := range w.other {
			w.other[i] = true
		}
	}
	if set != nil {
		w.makePage(w.page)
	}
	for i, v := range w.views {
		if v == nil {
			continue
		}
		visible := pageID(i) == w.page && set != nil
		show(v.object(), visible)
		if !visible {
			continue
		}
		if w.drawn[i] != set {
			first, k := w.drawn[i] == nil, w.kept[i]
			switch {
			case w.other[i]:
				k = nil
			case !first:
				now := v.keep()
				k = &now
			}
			w.drawn[i], w.other[i] = set, false
			if k != nil {
				v.back(*k)
			}
			v.refresh(set)
			if f := v.focus(); first && f != nil && w.win.Canvas().Focused() == nil {
				w.win.Canvas().Focus(f)
			}
		} else if m, ok := v.(marker); ok && w.shownMarks[i] != w.ses.FindingMarksRun() {
			m.marked()
		}
		if t, ok := v.(ticker); ok {
			t.tick()
		}
		w.shownMarks[i] = w.ses.FindingMarksRun()
	}
	show(w.timeline, w.page == timelinePage)
	show(w.options.content, w.page == settingsPage)
	w.wait.refresh(w.page != timelinePage && w.page != settingsPage && set == nil)
	w.side.refresh()
}

// showRecord shows the record at a place of the whole timeline, without the
// filters where they hide it.
func (w *Window) showRecord(place int) {
	w.ses.ShowWaiting()
	w.ses.Touch()
	w.goToPlace(place)
}

// showFinding shows a finding by its place in page.Set.Findings.
func (w *Window) showFinding(i int) {
	w.turn(findingsPage)
	w.findings.take(i)
}

// showUpdate shows an update by its place in page.Set.Updates.
func (w *Window) showUpdate(i int) {
	w.turn(updatesPage)
	w.updates.table.Take(w.updates.row(i))
}

// waiting is what a page shows until there is something to show.
type waiting struct {
	w       *Window
	content *fyne.Container
	text    *widget.Label
	show    *hintButton
}

func newWaiting(w *Window) *waiting {
	p := &waiting{w: w, text: widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})}
	p.show = newHintButton(w, w.t("page.to-timeline"), w.t("page.go", w.t("page.timeline"), shortcutName("3")), func() { w.turn(timelinePage) })
	p.content = container.NewCenter(container.NewVBox(p.text, container.NewCenter(p.show)))
	return p
}

func (p *waiting) refresh(visible bool) {
	show(p.content, visible)
	if !visible {
		return
	}
	reading := p.w.ses.State() == session.Reading
	show(p.show, reading)
	if reading {
		p.text.SetText(p.w.t("page.reading", words.Count(int(p.w.ses.Progress().Records))))
	} else {
		p.text.SetText(p.w.t("page.preparing"))
	}
}
