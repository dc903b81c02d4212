package window

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"patchtrail/analyze/lang"
	"patchtrail/app/list"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/theme"
)

// TestLookKeepsPlaces scrolls every page, chooses a row, and finds both again in
// another look, at another size, in another language and by another clock.
func TestLookKeepsPlaces(t *testing.T) {
	w := bigWindow(t)
	changes := []struct {
		name string
		do   func()
	}{
		{"dark", func() { w.setMode(theme.Dark) }},
		{"light", func() { w.setMode(theme.Light) }},
		{"zoom", func() { w.setZoom(110) }},
		{"own size", func() { w.setZoom(100) }},
		{"Japanese", func() { w.setLang(lang.Japanese) }},
		{"English", func() { w.setLang(lang.English) }},
		{"UTC", func() { w.setZone(session.UTC) }},
	}
	// Where everything is larger, the row that is chosen needs the list to go on.
	const room = 200
	var g guard
	hold := func(name string, at func() int, list func() *list.List, scroll func() *container.Scroll) {
		t.Helper()
		g.settle(w)
		row, top, share0 := at(), list().GetScrollOffset(), share(scroll())
		if top == 0 {
			t.Errorf("%s is not scrolled", name)
		}
		for _, c := range changes {
			c.do()
			g.settle(w)
			if now := list().GetScrollOffset(); at() != row || now < top-40 || now > top+room {
				t.Errorf("%s, %s: row %d at %v, want %d at %v", name, c.name, at(), now, row, top)
			}
			if now := share(scroll()); now < share0/2 || now > 2*share0 {
				t.Errorf("%s, %s: what is told of it stands at %v, want %v", name, c.name, now, share0)
			}
		}
		w.setZone(session.Customer)
	}
	w.turn(findingsPage)
	g.settle(w)
	w.findings.list.Take(30)
	g.settle(w)
	w.findings.about.scroll.ScrollToOffset(fyne.NewPos(0, 200))
	hold("findings", func() int { return w.findings.list.At() }, func() *list.List { return w.findings.list },
		func() *container.Scroll { return w.findings.about.scroll })
	w.turn(updatesPage)
	g.settle(w)
	w.updates.sort(int(page.ColumnMachine))
	g.settle(w)
	w.updates.table.Take(900)
	g.settle(w)
	w.updates.about.scroll.ScrollToOffset(fyne.NewPos(0, 150))
	hold("updates", func() int { return w.updates.table.At() }, func() *list.List { return w.updates.table.List },
		func() *container.Scroll { return w.updates.about.scroll })
	w.turn(checklistPage)
	g.settle(w)
	checks := func() *checks { return w.views[checklistPage].(*checks) }
	checks().list.Take(130)
	g.settle(w)
	hold("checklist", func() int { return checks().list.At() }, func() *list.List { return checks().list.List },
		func() *container.Scroll { return checks().about.scroll })
	w.turn(filesPage)
	g.settle(w)
	w.files.table.Take(1)
	w.files.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	w.files.table.Take(30)
	g.settle(w)
	rows := w.files.tree.Len()
	hold("files", func() int { return w.files.table.At() }, func() *list.List { return w.files.table.List },
		func() *container.Scroll { return nil })
	if w.files.tree.Len() != rows {
		t.Errorf("%d rows of files, want %d", w.files.tree.Len(), rows)
	}
}
