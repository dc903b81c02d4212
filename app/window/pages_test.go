package window

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/app/opener"
	"patchtrail/app/session"
	"patchtrail/app/theme"
)

// entry is a CCM record of 18 March 2025 in Japan.
func entry(clock, component, level, message string) string {
	return fmt.Sprintf("<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"%s\" thread=\"4242\" file=\"x.cpp:1\">\r\n",
		message, clock, component, level)
}

// caseZip is a bundle of one machine: a scan that fails, an update that was
// stopped at its maximum, a window that is too short, a damaged file.
func caseZip(t *testing.T) string {
	t.Helper()
	reporting := "{11111111-2222-3333-4444-000000000001}\t2025-03-18 02:00:00:000+0900\t1\t181 [AGENT_INSTALLING_STARTED]\t101\t{f7b5b7a1-0000-4000-8000-000000000001}\t200\t0\tCcmExec\tSuccess\tContent Install\tInstallation Started: Windows successfully started the following update: 2025-03 Cumulative Update for Windows 11 (KB5053602)\r\n" +
		"{11111111-2222-3333-4444-000000000002}\t2025-03-18 03:00:00:000+0900\t1\t182 [AGENT_INSTALLING_FAILED]\t101\t{f7b5b7a1-0000-4000-8000-000000000001}\t200\t800704c7\tCcmExec\tFailure\tContent Install\tInstallation Failure: Windows failed to install the following update with error 0x800704c7: 2025-03 Cumulative Update for Windows 11 (KB5053602).\r\n"
	var scan strings.Builder
	for i := range 5 {
		scan.WriteString(entry(fmt.Sprintf("01:%02d:00", i), "WUAHandler", "1", "Its a WSUS Update Source type ({7D4A8A5B-0000-4000-8000-000000000001}), adding it."))
		scan.WriteString(entry(fmt.Sprintf("01:%02d:09", i), "WUAHandler", "3", "OnSearchComplete - Failed to end search job. Error = 0x80072ee2."))
		scan.WriteString(entry(fmt.Sprintf("01:%02d:10", i), "WUAHandler", "3", "Scan failed with error = 0x80072ee2."))
	}
	files := []struct{ name, text string }{
		{"PC01/CCM/Logs/WUAHandler.log", scan.String()},
		{"PC01/CCM/Logs/ServiceWindowManager.log", entry("00:10:00", "ServiceWindowManager", "1", "Refreshing Service Windows.....") +
			entry("00:10:01", "ServiceWindowManager", "1", "    Populating instance of ServiceWindow with ID={DDDDDDDD-0000-0000-0000-000000000001}, ScheduleString=02C159C0101F2000, Type=4")},
		{"PC01/Windows/SoftwareDistribution/ReportingEvents.log", reporting},
		{"PC01/note.etl", "\x00\x01\x02 no trace"},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, f.text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "contoso.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// casePages is a window of 1280 x 720 with the pages of caseZip.
func casePages(t *testing.T) *Window {
	t.Helper()
	o := opener.Opener{Options: analyze.Options{Now: time.Date(2025, 3, 19, 0, 0, 0, 0, time.UTC)}}
	w := opened(t, o.Open)
	w.win.Resize(fyne.NewSize(1280, 720))
	w.ses.Open([]string{caseZip(t)})
	until(t, "the pages", func() bool {
		_, errs := w.ses.Errors()
		_, warns := w.ses.Warnings()
		return w.ses.State() == session.Ready && w.ses.Pages() != nil && errs && warns
	})
	return w
}

// settled turns to a page and waits for what it is about.
func settled(t *testing.T, w *Window, id pageID) {
	t.Helper()
	w.turn(id)
	until(t, pageNames[id], func() bool {
		return w.drawn[id] == w.ses.Pages() && (id == overviewPage || w.aboutTitle() != "") && (id != windowsPage || w.windows.run >= 0)
	})
}

// TestPagePictures takes every page in English and light, Japanese and dark.
func TestPagePictures(t *testing.T) {
	w := casePages(t)
	for _, look := range []struct {
		name string
		lang lang.Lang
		mode theme.Mode
	}{{"light-en", lang.English, theme.Light}, {"dark-ja", lang.Japanese, theme.Dark}, {"dark-en", lang.English, theme.Dark}, {"light-ja", lang.Japanese, theme.Light}} {
		w.setMode(look.mode)
		old := w.ses.Pages()
		before := w.lang
		w.setLang(look.lang)
		until(t, "the language", func() bool { return before == look.lang || w.ses.Pages() != old })
		for id := range pageCount {
			if id == timelinePage || id == settingsPage {
				continue
			}
			settled(t, w, id)
			picture(t, w, "page-"+pageNames[id]+"-"+look.name)
		}
	}
}

// TestEvidenceLeadsToItsRecord opens a finding's evidence in the timeline.
func TestEvidenceLeadsToItsRecord(t *testing.T) {
	w := casePages(t)
	settled(t, w, findingsPage)
	quoted := 0
	for i := range w.ses.Pages().Findings {
		for _, l := range w.ses.Pages().Finding(i).Lines {
			if l.Where == "" || l.Row < 0 {
				continue
			}
			quoted++
			w.filter.SetText("nothing holds this")
			w.follow(l)
			at := w.view.Current()
			var rec session.Record
			if at < 0 || w.page != timelinePage {
				t.Fatalf("%s: page %s, row %d", l.Where, pageNames[w.page], at)
			}
			w.rows.Record(at, &rec)
			if where := fmt.Sprintf("%s:%d", filepath.Base(rec.File), rec.Line); where != l.Where || !strings.HasPrefix(string(rec.Message), l.Text[:20]) {
				t.Errorf("%s %q leads to %s %q", l.Where, l.Text, where, rec.Message)
			}
		}
	}
	if quoted == 0 {
		t.Fatal("no finding has evidence in a log")
	}
}

// TestPageKeys goes through the pages and a table by keyboard.
func TestPageKeys(t *testing.T) {
	w := casePages(t)
	if w.page != overviewPage {
		t.Errorf("a bundle opens with %s", pageNames[w.page])
	}
	for i := range pageCount {
		act(t, w, "page-"+pageNames[i])
		if w.page != i {
			t.Errorf("Ctrl+%d leads to %s", i+1, pageNames[w.page])
		}
		if f := w.win.Canvas().Focused(); f == nil {
			t.Errorf("%s: nothing has the keyboard", pageNames[i])
		}
	}
	settled(t, w, filesPage)
	press := func(name fyne.KeyName) { w.files.table.TypedKey(&fyne.KeyEvent{Name: name}) }
	f := func(name fyne.KeyName, want string) {
		t.Helper()
		press(name)
		if at := w.files.table.At(); w.chosen[filesPage] != at || w.files.tree.Row(at).Name != want {
			t.Errorf("%s leads to row %d, %s, want %s", name, at, w.files.tree.Row(at).Name, want)
		}
	}
	f(fyne.KeyHome, "contoso.zip")
	f(fyne.KeyUp, "contoso.zip")
	f(fyne.KeyDown, "PC01")
	f(fyne.KeyEnd, "note.etl")
	f(fyne.KeyLeft, "PC01")
	all := w.files.tree.Len()
	f(fyne.KeyLeft, "PC01") // closes it
	if n := w.files.tree.Len(); n != 2 {
		t.Errorf("with PC01 closed %d rows show", n)
	}
	f(fyne.KeyRight, "PC01")
	f(fyne.KeyReturn, "PC01") // closes it
	f(fyne.KeyReturn, "PC01")
	if n := w.files.tree.Len(); n != all {
		t.Errorf("open again, %d rows show, not %d", n, all)
	}
	w.files.takePath("contoso.zip!PC01/CCM/Logs/WUAHandler.log")
	file := w.ses.Pages().Files[w.files.tree.Row(w.files.table.At()).File]
	press(fyne.KeyReturn)
	until(t, "the file alone", func() bool { _, done := w.ses.Kept(); return done && w.rows.Len() == file.Records })
	if first := w.rows.Index(0); w.page != timelinePage || first != file.Row || file.Name != "WUAHandler.log" {
		t.Errorf("Enter leads to %s, row %d, want %d", pageNames[w.page], first, file.Row)
	}
	w.key(fyne.KeyEscape, false)
	if len(w.ses.Conditions()) != 0 || w.rows.Len() != w.ses.Shown() {
		t.Errorf("Escape leaves %v", w.ses.Conditions())
	}
	w.turn(overviewPage)
	w.key(fyne.KeyF8, false)
	if w.page != timelinePage {
		t.Error("F8 does not lead to the timeline")
	}
}

// TestSideBar folds the side bar, and finds it folded in the next window.
func TestSideBar(t *testing.T) {
	w := casePages(t)
	full := w.side.content.MinSize().Width
	w.side.fold.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if narrow := w.side.content.MinSize().Width; full != theme.SideWidth || narrow != sideNarrow || !w.app.Preferences().Bool(prefNarrow) {
		t.Errorf("the side bar is %v wide, then %v", full, narrow)
	}
	picture(t, w, "side-narrow")
}

// TestPagesOfAnotherBundle opens a bundle without anything after one.
func TestPagesOfAnotherBundle(t *testing.T) {
	w := casePages(t)
	settled(t, w, filesPage)
	w.files.table.Take(2)
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("nothing of interest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.ses.Open([]string{path})
	if w.wait.content.Visible() != true {
		t.Error("while reading the page does not say so")
	}
	until(t, "the pages", func() bool { return w.ses.State() == session.Ready && w.ses.Pages() != nil })
	for id := range pageCount {
		w.turn(id)
	}
	until(t, "the tree", func() bool { return w.files.tree.Len() == 1 })
	if n := len(w.files.set.Files); n != 1 || w.chosen[filesPage] != 0 {
		t.Errorf("%d files, row %d is chosen", n, w.chosen[filesPage])
	}
}
