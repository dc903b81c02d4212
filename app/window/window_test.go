package window

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"patchtrail/analyze/lang"
	"patchtrail/analyze/report"
	"patchtrail/app/session"
	"patchtrail/app/theme"
	"patchtrail/ingest/record"
)

// tale is a timeline of n made-up records.
type tale struct{ n int }

func (t *tale) Len() int         { return t.n }
func (t *tale) Time(i int) int64 { return time.Date(2025, 3, 1, 0, 0, i, 0, time.UTC).UnixNano() }

func (t *tale) Record(i int, r *session.Record) {
	*r = session.Record{Time: t.Time(i), Bias: -540, Machine: "PC01", Component: "WUAHandler",
		File: "contoso.zip!CCM/Logs/WUAHandler.log", Line: i + 1, Thread: 4242, Level: record.Info,
		Source: []byte("cwuahandler.cpp:1234"), Message: []byte(fmt.Sprint("row ", i))}
	switch i % 7 {
	case 2:
		r.Level = record.Error
		r.Message = append(r.Message, " Scan failed with error = 0x80240438."...)
	case 3:
		r.Level = record.Warning
	case 4:
		r.Message = append(r.Message, " of two lines\nthe second"...)
	}
}

func (t *tale) Search(ctx context.Context, q session.Query, found func([]int)) error {
	var rows []int
	for i := range t.n {
		var r session.Record
		t.Record(i, &r)
		if q.Errors && r.Level == record.Error || q.Warnings && r.Level == record.Warning || (q.Text != "" || len(q.Conditions) > 0) && holds(&r, q) {
			rows = append(rows, i)
		}
	}
	found(rows)
	return ctx.Err()
}

// holds judges one record by a text and by conditions on its time and level.
func holds(r *session.Record, q session.Query) bool {
	ok := q.Text == "" || len(session.Hits(r.Message, q.Text, nil)) > 0
	for _, c := range q.Conditions {
		is := true
		switch c.Kind {
		case session.ByLevel:
			is = r.Level == c.Level
		case session.ByTime:
			is = r.Time >= c.From && r.Time <= c.To
		case session.ByText:
			is = len(session.Hits(r.Message, c.Text, nil)) > 0
		}
		ok = ok && is != c.Not
	}
	return ok
}

// Names implements session.Named.
func (t *tale) Names() session.Names {
	return session.Names{Machines: []string{"PC01"}, Components: []string{"CAS", "WUAHandler"}, Files: []string{"contoso.zip!CCM/Logs/WUAHandler.log"}}
}

func (t *tale) Find(_ session.Timeline, i int) int { return i }

// script is an Opener that does what a test says.
type script func(ctx context.Context, inputs []string, hooks session.Hooks) (session.Result, error)

func (s script) Open(ctx context.Context, inputs []string, hooks session.Hooks) (session.Result, error) {
	return s(ctx, inputs, hooks)
}

func finished(n int) script {
	return func(context.Context, []string, session.Hooks) (session.Result, error) {
		return session.Result{Timeline: &tale{n: n}, Zones: []session.Zone{{Machine: "PC01", Bias: -540, Source: "ccm-logs"}},
			Problems: []session.Problem{{Path: "contoso.zip!a.cab", Text: func(l string) string { return "damaged " + l }}},
			WriteHTML: func(w io.Writer, lang, tz string, _ map[string]report.Mark) error {
				_, err := fmt.Fprintf(w, "<html> %s %s", lang, tz)
				return err
			}}, nil
	}
}

// calls are what goroutines want done on the window's.
var calls = make(chan func(), 10_000)

// opened is a window of 1000 x 600 in English with an opener.
func opened(t testing.TB, s script) *Window {
	t.Helper()
	app := test.NewApp()
	w := build(app, s, "", func(f func()) { calls <- f })
	w.setMode(theme.Light)
	w.setLang(lang.English)
	styled(t, w)
	w.ses.SetZoneMode(session.Customer)
	w.win.Resize(fyne.NewSize(1000, 600))
	t.Cleanup(func() {
		w.ses.Close()
		w.win.Close()
		app.Quit()
		for len(calls) > 0 {
			<-calls
		}
	})
	return w
}

// until waits for what a goroutine brings in.
func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	late := time.After(5 * time.Second)
	for !done() {
		select {
		case f := <-calls:
			f()
		case <-late:
			t.Fatalf("%s did not come", what)
		}
	}
}

func ready(t testing.TB, n int) *Window {
	t.Helper()
	w := opened(t, finished(n))
	w.ses.Open([]string{"contoso.zip"})
	until(t, "the end of reading", func() bool {
		_, errs := w.ses.Errors()
		_, warns := w.ses.Warnings()
		return errs && warns && w.ses.State() == session.Ready && w.rows.Len() == n
	})
	w.turn(timelinePage)
	return w
}

// styled waits until the page is drawn in a new look.
func styled(t testing.TB, w *Window) {
	t.Helper()
	until(t, "the look", func() bool { return w.styled == w.styles })
}

func picture(t *testing.T, w *Window, name string) {
	t.Helper()
	styled(t, w)
	size := w.win.Canvas().Size()
	w.win.Resize(size.AddWidthHeight(1, 1)) // the test canvas lays out only so
	w.win.Resize(size)
	test.AssertImageMatches(t, name+".png", w.win.Canvas().Capture())
}

func TestPictures(t *testing.T) {
	w := opened(t, finished(100))
	picture(t, w, "empty-en")
	w.setLang(lang.Japanese)
	w.setMode(theme.Dark)
	picture(t, w, "empty-ja-dark")

	w = opened(t, func(ctx context.Context, _ []string, h session.Hooks) (session.Result, error) {
		h.Progress(session.Progress{File: "contoso.zip!CCM/Logs/CAS.log", Done: 12_300_000, Known: 45_600_000, Records: 54_321})
		h.Partial(&tale{n: 12})
		<-ctx.Done()
		return session.Result{}, ctx.Err()
	})
	w.ses.Open([]string{"contoso.zip"})
	until(t, "the first rows", func() bool {
		n, _ := w.ses.Errors()
		m, _ := w.ses.Warnings()
		return w.rows.Len() == 12 && n == 2 && m == 2
	})
	picture(t, w, "reading-overview")
	w.turn(timelinePage)
	picture(t, w, "reading")

	w = ready(t, 5000)
	w.view.Select(4)
	picture(t, w, "ready")
	w.filter.SetText("scan")
	until(t, "the matches", func() bool { _, done := w.ses.Matches(); return done && w.rows.Len() == 714 })
	picture(t, w, "filter")

	w = opened(t, func(context.Context, []string, session.Hooks) (session.Result, error) {
		return session.Result{}, errors.New("contoso.docx: is neither an archive nor a log")
	})
	w.ses.Open([]string{"contoso.docx"})
	until(t, "the failure", func() bool { return w.ses.State() == session.Failed })
	picture(t, w, "failed")
}

// TestDrop drops several things on the window.
func TestDrop(t *testing.T) {
	var got []string
	w := opened(t, func(_ context.Context, inputs []string, _ session.Hooks) (session.Result, error) {
		got = inputs
		return session.Result{Timeline: &tale{n: 3}}, nil
	})
	page, err := storage.ParseURI("https://contoso.com/x")
	if err != nil {
		t.Fatal(err)
	}
	w.dropped([]fyne.URI{storage.NewFileURI("/logs/バンドル.zip"), page, storage.NewFileURI("/logs/b")})
	until(t, "the end", func() bool { return w.ses.State() == session.Ready })
	if want := []string{filepath.FromSlash("/logs/バンドル.zip"), filepath.FromSlash("/logs/b")}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("opened %q, want %q", got, want)
	}
}

// TestFilterKeepsThePlace chooses a row, filters, and lets the filter go.
func TestFilterKeepsThePlace(t *testing.T) {
	w := ready(t, 5000)
	w.view.Select(2004) // 2004 % 7 == 2: an error, and it speaks of a scan
	before, _ := w.view.InSight()
	w.filter.SetText("scan")
	until(t, "the matches", func() bool { _, done := w.ses.Matches(); return done && w.rows.Len() == 714 })
	if at := w.view.Current(); at < 0 || w.rows.Index(at) != 2004 {
		t.Errorf("with the filter row %d is current", at)
	}
	w.key(fyne.KeyEscape, false)
	if at := w.view.Current(); w.filter.Text != "" || w.rows.Len() != 5000 || at != 2004 {
		t.Errorf("without the filter %q %d rows show, row %d is current", w.filter.Text, w.rows.Len(), at)
	}
	if after, last := w.view.InSight(); after > 2004 || last < 2004 || after-before > 30 {
		t.Errorf("the page went from row %d to %d", before, after)
	}
}

func TestKeys(t *testing.T) {
	w := ready(t, 5000)
	f := func(name fyne.KeyName, shift bool, want int) {
		t.Helper()
		w.key(name, shift)
		if got := w.view.Current(); got != want {
			t.Errorf("%s (shift: %v) leads to row %d, want %d", name, shift, got, want)
		}
	}
	f(fyne.KeyF8, false, 2)
	f(fyne.KeyF8, false, 9)
	f(fyne.KeyF8, true, 2)
	w.all.SetChecked(true)
	w.filter.SetText("row 300")
	until(t, "the matches", func() bool { n, done := w.ses.Matches(); return done && n == 11 })
	f(fyne.KeyF3, false, 300)
	f(fyne.KeyF3, false, 3000)
	f(fyne.KeyF3, true, 300)
	f(fyne.KeyF3, true, 300) // no further one
	if w.status.spoken == "" {
		t.Error("nothing is said where there is no further match")
	}
}

func TestDetail(t *testing.T) {
	w := ready(t, 100)
	w.view.Select(4)
	d := w.detail
	if d.text.Text != "row 4 of two lines\nthe second" {
		t.Errorf("the text is %q", d.text.Text)
	}
	for _, want := range []string{"2025-03-01 09:00:04.000 +09:00", "PC01", "WUAHandler"} {
		if !strings.Contains(d.head.Text, want) {
			t.Errorf("%q lacks %q", d.head.Text, want)
		}
	}
	for _, want := range []string{"WUAHandler.log", "line 5", "4242", "cwuahandler.cpp:1234"} {
		if !strings.Contains(d.place.Text, want) {
			t.Errorf("%q lacks %q", d.place.Text, want)
		}
	}
	w.setZone(session.UTC)
	if !strings.Contains(d.head.Text, "2025-03-01 00:00:04.000 UTC") {
		t.Errorf("in UTC it reads %q", d.head.Text)
	}
	w.setLang(lang.Japanese)
	styled(t, w)
	if !strings.Contains(w.detail.place.Text, "5 行目") {
		t.Errorf("in Japanese it reads %q", w.detail.place.Text)
	}
}

func TestCut(t *testing.T) {
	f := func(text string, size, parts int) {
		t.Helper()
		got := cut(text, size)
		if len(got) != parts || strings.Join(got, "") != text {
			t.Errorf("%d bytes by %d: %d parts, want %d", len(text), size, len(got), parts)
		}
		for _, p := range got {
			if !strings.HasPrefix(strings.ToValidUTF8(p, "?"), p) {
				t.Errorf("%q is cut within a character", p)
			}
		}
	}
	f("", 10, 1)
	f("short", 10, 1)
	f(strings.Repeat("日本", 1000), 100, 61)
	f(strings.Repeat("line\n", 100), 52, 10)
	f(strings.Repeat("x", 1<<20), 8<<10, 128)
}

func TestClean(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := clean([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("a\r\nb\tc", "a\nb\tc")
	f("a\x00b\xffc", "a␀b\uFFFDc")
	f("safe\u202Etxt.exe", "safe\uFFFDtxt.exe")
	f("更新", "更新")
}

func TestSaveHTML(t *testing.T) {
	w := ready(t, 10)
	if w.export.Disabled() {
		t.Fatal("a bundle that is read cannot be exported")
	}
	path := filepath.Join(t.TempDir(), "contoso.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	write, _ := w.ses.WriteHTML()
	w.writeTo(f, "contoso.html", write)
	until(t, "the file", func() bool { return w.status.spoken != "" })
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "<html> en local" {
		t.Errorf("%v: %q", err, got)
	}
}

// TestSaveFails writes to a file that takes nothing.
func TestSaveFails(t *testing.T) {
	w := ready(t, 10)
	write, _ := w.ses.WriteHTML()
	w.writeTo(full{}, "contoso.html", write)
	until(t, "a dialog", func() bool { return w.win.Canvas().Overlays().Top() != nil })
}

// TestFileDialogs opens each of them: Fyne panics where one is asked its size
// too early.
func TestFileDialogs(t *testing.T) {
	w := ready(t, 10)
	for name, open := range map[string]func(){"open": w.openFile, "folder": w.openFolder, "save": w.saveHTML, "error": func() { w.fail(errors.New("x")) }} {
		open()
		top := w.win.Canvas().Overlays().Top()
		if top == nil {
			t.Errorf("%s: no dialog", name)
			continue
		}
		w.win.Canvas().Overlays().Remove(top)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("contoso.html: no space left") }
func (full) Close() error              { return nil }

func TestPasswordDialog(t *testing.T) {
	got := make(chan string, 1)
	w := opened(t, func(ctx context.Context, _ []string, h session.Hooks) (session.Result, error) {
		p, ok := h.Password(ctx, "contoso.zip!inner.zip", 2)
		got <- fmt.Sprint(p, " ", ok)
		return session.Result{Timeline: &tale{n: 1}}, nil
	})
	w.ses.Open([]string{"contoso.zip"})
	until(t, "the dialog", func() bool { return w.win.Canvas().Overlays().Top() != nil })
	entry, ok := w.win.Canvas().Focused().(interface {
		TypedRune(rune)
		TypedKey(*fyne.KeyEvent)
	})
	if !ok {
		t.Fatal("nothing has the keyboard")
	}
	for _, r := range "pw1" {
		entry.TypedRune(r)
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	select {
	case s := <-got:
		if s != "pw1 true" {
			t.Errorf("got %q", s)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("no answer came")
	}
}

func TestProblems(t *testing.T) {
	w := ready(t, 10)
	if !w.status.problems.Visible() {
		t.Fatal("problems do not show")
	}
	w.showProblems()
	picture(t, w, "problems")
}

// TestLanguageKeepsTheState changes the language in the middle of work.
func TestLanguageKeepsTheState(t *testing.T) {
	w := ready(t, 5000)
	w.filter.SetText("scan")
	until(t, "the matches", func() bool { _, done := w.ses.Matches(); return done && w.rows.Len() == 714 })
	w.view.Select(3)
	w.setLang(lang.Japanese)
	if w.filter.Text != "scan" || w.rows.Len() != 714 || w.view.Current() != 3 || !w.timeline.Visible() {
		t.Errorf("filter %q, %d rows, row %d", w.filter.Text, w.rows.Len(), w.view.Current())
	}
}
