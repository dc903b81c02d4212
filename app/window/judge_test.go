package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"patchtrail/analyze/report"
	"patchtrail/app/page"
)

// TestJudge confirms a finding, notes something, dismisses another, and finds
// that in the tabs, on the overview and in the page that is saved.
func TestJudge(t *testing.T) {
	w := casePages(t)
	settled(t, w, findingsPage)
	set := w.ses.Pages()
	first, second := set.Findings[0], set.Findings[1]
	roots := len(w.findings.entries)
	w.win.Canvas().Focus(w.findings.marks.confirm)
	w.findings.marks.confirm.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if f := w.win.Canvas().Focused(); f != fyne.Focusable(w.findings.marks.confirm) {
		t.Errorf("after the space bar %T has the keyboard", f)
	}
	w.win.Canvas().Focus(w.findings.marks.note)
	w.findings.marks.note.SetText("seen on site")
	w.findings.marks.note.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := w.ses.FindingMark(first.Key); got != (report.Mark{Judgement: report.Confirmed, Note: "seen on site"}) {
		t.Errorf("%s is marked %+v", first.Key, got)
	}
	picture(t, w, "findings-marked")
	w.findings.take(1)
	if w.findings.marks.note.Text != "" {
		t.Errorf("the note of another finding is %q", w.findings.marks.note.Text)
	}
	w.findings.marks.note.SetText("given up")
	w.findings.marks.note.FocusGained()
	w.findings.marks.note.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	w.findings.take(1)
	w.findings.marks.dismiss.OnTapped()
	if got := w.ses.FindingMark(second.Key).Judgement; got != report.Dismissed || len(w.findings.entries) != roots-1 {
		t.Errorf("%s is %q, %d causes are left of %d", second.Key, got, len(w.findings.entries), roots)
	}
	w.findings.tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	w.findings.tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if w.tab != page.RuledOut || len(w.findings.entries) == 0 || w.findings.entries[0].Finding != 1 {
		t.Errorf("tab %d lists %v", w.tab, w.findings.entries)
	}
	w.showFinding(0)
	if w.tab != page.Roots || w.findings.entries[w.findings.list.At()].Finding != 0 {
		t.Errorf("tab %d, row %d", w.tab, w.findings.list.At())
	}
	write, _ := w.ses.WriteHTML()
	var html strings.Builder
	if err := write(&html, "en"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seen on site", `<span class="mark good">Confirmed</span>`, `id="dismissed"`} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("the saved page lacks %q", want)
		}
	}
}

// TestTryWindows edits a maximum and a window's length on the page, and takes
// what it offers as a cure.
func TestTryWindows(t *testing.T) {
	w := casePages(t)
	settled(t, w, windowsPage)
	p := w.windows
	until(t, "the plan", func() bool { return p.run >= 0 && len(p.plan.Before) == 1 })
	p.fits.Take(0)
	p.maximum.minutes.SetText("200")
	until(t, "its effect", func() bool { return len(p.plan.After) == 1 && p.plan.After[0].Tone == page.Bad })
	if v := p.maximum.slider.Value; v != 200 || !p.reset.Visible() {
		t.Errorf("the slider is at %v", v)
	}
	until(t, "what would help", func() bool { return tryLine(p.about.shown) != nil })
	picture(t, w, "windows-what-if")
	p.try(tryLine(p.about.shown))
	until(t, "the cure", func() bool { return len(p.plan.After) == 1 && p.plan.After[0].Tone != page.Bad })
	if v := p.length.slider.Value; w.ses.Edits() != 2 || v < 200 {
		t.Errorf("%d edits, the window lasts %v minutes", w.ses.Edits(), v)
	}
	p.reset.OnTapped()
	until(t, "the reset", func() bool { return p.plan.After == nil && w.ses.Edits() == 0 })
	if p.maximum.minutes.Text != "60" || p.length.minutes.Text != "120" || p.reset.Visible() {
		t.Errorf("after the reset %s and %s minutes", p.maximum.minutes.Text, p.length.minutes.Text)
	}
	p.maximum.minutes.SetText("none")
	p.length.slider.SetValue(30)
	until(t, "the slider's effect", func() bool { return len(p.plan.After) == 1 && p.plan.After[0].Tone == page.Bad })
}

func tryLine(d page.Detail) *page.Trial {
	for _, l := range d.Lines {
		if l.Edit != nil && l.Edit.Edit.Window {
			return l.Edit
		}
	}
	return nil
}

// TestSortUpdates sorts by a column, and the update that is chosen stays.
func TestSortUpdates(t *testing.T) {
	w := casePages(t)
	settled(t, w, updatesPage)
	title := w.updates.at(w.updates.table.At()).Title
	for range 2 {
		w.updates.table.OnSort(int(page.ColumnLongest))
		if got := w.updates.at(w.updates.table.At()).Title; got != title {
			t.Errorf("sorted, %q is chosen, not %q", got, title)
		}
	}
	if !w.sorted.descending {
		t.Error("the second time it is not sorted the other way round")
	}
	row := -1
	for _, a := range w.updates.set.Journey(0).Attempts {
		row = a.Row
	}
	w.updates.way.OnFollow(row)
	if w.page != timelinePage || w.rows.Index(w.view.Current()) != row {
		t.Errorf("an attempt leads to %s, row %d, want %d", pageNames[w.page], w.view.Current(), row)
	}
}

// TestProofs shows the findings of records in the timeline.
func TestProofs(t *testing.T) {
	w := casePages(t)
	w.turn(timelinePage)
	p := w.ses.Pages().Proofs[0]
	w.showRecord(p.Row)
	var link *hintButton
	for _, o := range w.detail.codes.Objects {
		if b, ok := o.(*hintButton); ok {
			link = b
		}
	}
	if link == nil {
		t.Fatal("the record does not say what it proves")
	}
	link.MouseIn(&desktop.MouseEvent{})
	picture(t, w, "timeline-proof")
	link.OnTapped()
	if w.page != findingsPage || w.findings.entries[w.findings.list.At()].Finding != p.Finding {
		t.Errorf("it leads to %s, row %d", pageNames[w.page], w.findings.list.At())
	}
}
