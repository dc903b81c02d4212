package window

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/lang"
	"patchtrail/app/opener"
	"patchtrail/app/session"
	"patchtrail/app/settings"
	"patchtrail/app/theme"
	"patchtrail/ingest/record"
)

// Locate implements session.Located.
func (t *tale) Locate(p session.Place) (row int, ok bool) {
	return p.Line - 1, p.Line >= 1 && p.Line <= t.n
}

// bundles writes empty files and returns their paths.
func bundles(t *testing.T, names ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var out []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// settledOn waits until n rows of inputs are read.
func settledOn(t *testing.T, w *Window, n int, inputs ...string) {
	t.Helper()
	until(t, "the bundle", func() bool {
		return w.ses.State() == session.Ready && slices.Equal(w.ses.Inputs(), inputs) && w.ses.Shown() == n && !w.ses.Searching()
	})
}

// answer presses the button of a dialog by its text.
func answer(t *testing.T, w *Window, text string) {
	t.Helper()
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("nothing is asked")
	}
	for _, o := range test.LaidOutObjects(top) {
		if b, ok := o.(*hintButton); ok && b.Text == text {
			b.OnTapped()
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// asks returns the words of the dialog on top.
func asks(w *Window) string {
	var out []string
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		for _, o := range test.LaidOutObjects(top) {
			if l, ok := o.(*widget.Label); ok {
				out = append(out, l.Text)
			}
		}
	}
	return strings.Join(out, "\n")
}

func TestDropReplacesOrAdds(t *testing.T) {
	w := opened(t, finished(100))
	at := bundles(t, "a.zip", "b.zip", "c.zip")
	w.open(at[:1])
	settledOn(t, w, 100, at[0])
	w.turn(timelinePage)
	w.filter.SetText("scan")
	w.view.Select(3)
	drop := func(path string) { w.dropped([]fyne.URI{storage.NewFileURI(path)}) }

	drop(at[1])
	if !strings.Contains(asks(w), "a.zip") || !strings.Contains(asks(w), "b.zip") {
		t.Errorf("asked %q", asks(w))
	}
	answer(t, w, w.t("ask.cancel"))
	if !slices.Equal(w.ses.Inputs(), at[:1]) {
		t.Errorf("cancelled, %v is open", w.ses.Inputs())
	}
	drop(at[1])
	answer(t, w, w.t("open.add"))
	settledOn(t, w, 100, at[0], at[1])
	if w.ses.Query() != "scan" || w.page != timelinePage || w.filter.Text != "scan" {
		t.Errorf("added, the query is %q (%q), page %d", w.ses.Query(), w.filter.Text, w.page)
	}
	drop(at[2])
	answer(t, w, w.t("open.replace"))
	settledOn(t, w, 100, at[2])
}

// TestReread reads again with F5: everything stays as it was.
func TestReread(t *testing.T) {
	runs := 0
	w := opened(t, func(ctx context.Context, in []string, h session.Hooks) (session.Result, error) {
		runs++
		return finished(100)(ctx, in, h)
	})
	at := bundles(t, "a.zip")
	w.open(at)
	settledOn(t, w, 100, at...)
	w.turn(timelinePage)
	w.view.Select(42)
	w.bookmark()
	w.add(session.Condition{Kind: session.ByLevel, Level: record.Warning, Not: true})
	until(t, "the filter", func() bool { return !w.ses.Searching() })
	w.key(fyne.KeyF5, false)
	until(t, "the second run", func() bool {
		return runs == 2 && w.ses.State() == session.Ready && !w.ses.Searching() && w.rows.Len() > 0
	})
	if at := w.view.Current(); at < 0 || w.rows.Index(at) != 42 {
		t.Errorf("row %d is current", at)
	}
	if b := w.ses.Bookmarks(); !slices.Equal(b, []int{42}) || len(w.ses.Conditions()) != 1 {
		t.Errorf("bookmarks %v, %v", b, w.ses.Conditions())
	}
}

// TestSessionFile saves a session and opens it in another window.
func TestSessionFile(t *testing.T) {
	w := opened(t, finished(5000))
	at := bundles(t, "contoso.zip")
	w.open(at)
	settledOn(t, w, 5000, at...)
	w.turn(timelinePage)
	w.setZone(session.UTC)
	w.filter.SetText("scan")
	w.add(session.Condition{Kind: session.ByText, Text: "row 1"})
	until(t, "the filter", func() bool { return !w.ses.Searching() })
	w.view.Select(5)
	want := w.rows.Index(5)
	w.bookmark()
	path := filepath.Join(filepath.Dir(at[0]), w.ses.FileName())
	w.writeSession(path)
	until(t, "the file", func() bool { return strings.Contains(w.status.spoken, "contoso.patchtrail") })
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "Scan failed") {
		t.Errorf("%v: the file holds what the customer's logs say: %s", err, data)
	}

	o := opened(t, finished(5000))
	o.open([]string{path})
	settledOn(t, o, 5000, at...)
	until(t, "the row", func() bool { return o.view.Current() >= 0 })
	if o.page != timelinePage || o.filter.Text != "scan" || o.zone.SelectedIndex() != int(session.UTC) || o.rows.Index(o.view.Current()) != want ||
		!slices.Equal(o.ses.Bookmarks(), []int{want}) {
		t.Errorf("page %d, filter %q, clock %d, row %d of %d, bookmarks %v", o.page, o.filter.Text, o.zone.SelectedIndex(), o.view.Current(), o.rows.Len(), o.ses.Bookmarks())
	}
	if r := o.set.Recent; len(r) != 1 || r[0].Inputs[0] != path {
		t.Errorf("recent: %v", r)
	}
	if o.set.Zone != session.Customer {
		t.Error("the clock of a session became that of all bundles")
	}
	act(t, o, "save") // knows its file
	until(t, "the file", func() bool { return strings.Contains(o.status.spoken, "contoso.patchtrail") })
}

// TestSaveAfterCancel opens a session, gives reading up, and saves: the file must
// stay as it was.
func TestSaveAfterCancel(t *testing.T) {
	w := opened(t, func(ctx context.Context, _ []string, _ session.Hooks) (session.Result, error) {
		<-ctx.Done()
		return session.Result{}, ctx.Err()
	})
	at := bundles(t, "a.zip")
	path := filepath.Join(filepath.Dir(at[0]), "case"+session.Extension)
	if err := (&session.File{Inputs: []session.Input{{Path: at[0]}}}).Write(path); err != nil {
		t.Fatal(err)
	}
	w.open([]string{path})
	until(t, "reading", func() bool { return w.ses.State() == session.Reading })
	w.key(fyne.KeyEscape, false)
	act(t, w, "save")
	if w.status.spoken != w.t("session.nothing") {
		t.Errorf("said %q", w.status.spoken)
	}
	if f, err := session.ReadFile(path); err != nil || len(f.Inputs) != 1 {
		t.Errorf("the session is now %+v, %v", f, err)
	}
}

// TestSessionFaults opens files that are none, and one whose bundle is gone.
func TestSessionFaults(t *testing.T) {
	w := opened(t, finished(10))
	dir := t.TempDir()
	f := func(name, text, want string) {
		t.Helper()
		path := filepath.Join(dir, name+session.Extension)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w.open([]string{path})
		until(t, "a dialog", func() bool { return len(w.dialogs) > 0 })
		if got := asks(w); !strings.Contains(got, want) || !strings.Contains(got, name) {
			t.Errorf("%s: said %q, want %q", name, got, want)
		}
		w.dismiss()
	}
	f("damaged", `{"schema":"patchtrail.session/1","inputs":[`, "damaged")
	f("newer", `{"schema":"patchtrail.session/9"}`, "newer")
	f("other", `hello`, "not a session")
	f("gone", `{"schema":"patchtrail.session/1","inputs":[{"path":"/logs/gone.zip"}]}`, "no longer at")
	w.open([]string{filepath.Join(dir, "gone"+session.Extension), filepath.Join(dir, "a.zip")})
	if !strings.Contains(asks(w), "alone") {
		t.Errorf("said %q", asks(w))
	}
	w.dismiss()
	if len(w.dialogs) != 0 || w.ses.State() != session.Empty {
		t.Errorf("%d dialogs, state %d", len(w.dialogs), w.ses.State())
	}

	// Where the bundle is now is asked, and the session goes on from there.
	file := &session.File{Inputs: []session.Input{{Path: "/logs/gone.zip"}}, Page: "files"}
	at := bundles(t, "found.zip")
	w.complete("", file, file.Missing())
	if !strings.Contains(asks(w), "gone.zip") {
		t.Errorf("said %q", asks(w))
	}
	w.dismiss()
	file.Inputs[0].Path = at[0]
	w.complete("", file, nil)
	settledOn(t, w, 10, at...)
	if w.page != filesPage {
		t.Errorf("page %d", w.page)
	}
}

// TestSavedFilters saves a filter, finds it after a restart, and deletes it.
func TestSavedFilters(t *testing.T) {
	w := ready(t, 5000)
	w.saveFilter()
	if w.status.spoken != w.t("filter.nothing") {
		t.Errorf("said %q", w.status.spoken)
	}
	w.add(session.Condition{Kind: session.ByLevel, Level: record.Info, Not: true})
	w.filter.SetText("scan")
	w.saveFilter()
	typeInto(t, w, "no noise")
	want := w.ses.Filter()
	w.ses.SetFilter(session.Filter{})
	left(t, w, 5000)

	if s := settings.Load(w.app.Preferences()); len(s.Filters) != 1 || s.Filters[0].Name != "no noise" {
		t.Fatalf("kept: %v", s.Filters)
	}
	w.showPalette()
	typeInto(t, w, "no noise")
	left(t, w, 714)
	if got := w.ses.Filter(); !slices.Equal(got.Conditions, want.Conditions) || got.Text != want.Text || w.filter.Text != "scan" {
		t.Errorf("the filter is %+v", got)
	}
	items := w.filterMenu().Items
	if n := len(session.Questions()); items[n+1].Label != "no noise" || items[n+2].Disabled {
		t.Errorf("the menu reads %q", items[n+1].Label)
	}
	away := items[len(items)-1].ChildMenu
	away.Items[0].Action()
	if s := settings.Load(w.app.Preferences()); len(s.Filters) != 0 || len(w.savedItems()) != 0 {
		t.Errorf("deleted, but kept: %v", s.Filters)
	}
}

func TestStartPage(t *testing.T) {
	w := opened(t, finished(10))
	at := bundles(t, "contoso.zip")
	gone := filepath.Join(filepath.Dir(at[0]), "gone.zip")
	w.remember([]string{gone})
	w.remember([]string{at[0], filepath.Dir(at[0])})
	w.remember(at)
	until(t, "what is missing", func() bool { return w.start.missing[gone] })
	if len(w.start.missing) != 1 {
		t.Errorf("missing: %v", w.start.missing)
	}
	texts := func() string {
		var out []string
		for _, o := range test.LaidOutObjects(w.start.recent) {
			switch o := o.(type) {
			case *widget.Label:
				out = append(out, o.Text)
			case *hintButton:
				out = append(out, o.Text)
			}
		}
		return strings.Join(out, "|")
	}
	if got := texts(); !strings.Contains(got, "contoso.zip and 1 more") || !strings.Contains(got, "no longer there") {
		t.Errorf("the list reads %q", got)
	}
	w.set.Forget(settings.Recent{Inputs: []string{gone}})
	w.start.refresh()
	if got := texts(); strings.Contains(got, "gone.zip") {
		t.Errorf("the list reads %q", got)
	}
	w.open(w.set.Recent[0].Inputs)
	settledOn(t, w, 10, at...)
	if w.start.content.Visible() {
		t.Error("the start page is still there")
	}
}

// TestStartPictures takes the start page with recent bundles.
func TestStartPictures(t *testing.T) {
	w := opened(t, finished(10))
	w.set.Recent = []settings.Recent{{Inputs: []string{"/logs/contoso-case-4711.zip"}}, {Inputs: []string{"/logs/PC01", "/logs/PC02", "/logs/CM01"}},
		{Inputs: []string{"/logs/contoso.patchtrail"}}}
	w.start.listed = w.set.Recent
	w.start.missing = map[string]bool{"/logs/contoso-case-4711.zip": true}
	w.start.draw()
	picture(t, w, "start-en")
	w.setMode(theme.Dark)
	w.speak(lang.Japanese)
	styled(t, w)
	w.start.missing = map[string]bool{"/logs/contoso-case-4711.zip": true}
	w.start.draw()
	picture(t, w, "start-ja-dark")
}

// TestDemo opens the demo bundle.
func TestDemo(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	w := opened(t, opener.Opener{}.Open)
	w.openDemo()
	until(t, "the demo", func() bool { return w.ses.State() == session.Ready })
	if len(w.set.Recent) != 0 || w.ses.Shown() == 0 {
		t.Errorf("recent %v, %d records", w.set.Recent, w.ses.Shown())
	}
}

// TestToast says that something was done.
func TestToast(t *testing.T) {
	w := ready(t, 100)
	w.view.Select(4)
	w.bookmark()
	if !w.toast.content.Visible() || w.toast.text.Text != w.status.spoken {
		t.Errorf("the toast reads %q", w.toast.text.Text)
	}
	if at, size := w.toast.box.Position(), w.toast.box.Size(); at.X < 0 || at.X+size.Width > 1000 || at.Y < 300 || at.Y+size.Height > 570 {
		t.Errorf("the toast is at %v, %v large", at, size)
	}
	picture(t, w, "toast")
	w.status.say("")
	if w.toast.content.Visible() {
		t.Error("the toast stays")
	}
}

// TestTip rests the pointer on a control.
func TestTip(t *testing.T) {
	w := opened(t, finished(10))
	w.tip.show(w, w.export, "what it does")
	if !w.tip.content.Visible() || w.tip.text.Text != "what it does" {
		t.Error("no tip")
	}
	if at := w.tip.box.Position(); at.Y < w.export.Size().Height {
		t.Errorf("the tip lies on its control, at %v", at)
	}
	w.tip.show(w, w.status.problems, strings.Repeat("long ", 12))
	if at, size := w.tip.box.Position(), w.tip.box.Size(); at.Y+size.Height > 600 || at.X+size.Width > 1000 || at.X < 0 {
		t.Errorf("the tip leaves the window, at %v, %v large", at, size)
	}
	w.hint(nil, "")
	if w.tip.content.Visible() {
		t.Error("the tip stays")
	}
}
