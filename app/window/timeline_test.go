package window

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/analyze/code"
	"patchtrail/analyze/lang"
	"patchtrail/app/session"
	"patchtrail/app/theme"
	"patchtrail/ingest/record"
)

// left waits for what the filter leaves, n rows.
func left(t *testing.T, w *Window, n int) {
	t.Helper()
	until(t, "the filter", func() bool { return !w.ses.Searching() && w.rows.Len() == n })
}

// TestTimelinePictures shows chips, brush, bookmarks and codes, and what opens
// over the rows.
func TestTimelinePictures(t *testing.T) {
	w := ready(t, 5000)
	from := (&tale{}).Time(1000)
	w.add(session.Condition{Kind: session.ByLevel, Level: record.Info, Not: true}, session.Condition{Kind: session.ByText, Text: "row 1"},
		session.Condition{Kind: session.ByTime, From: from, To: from + int64(15*time.Minute)})
	until(t, "the filter", func() bool { return !w.ses.Searching() && w.rows.Len() > 0 && w.rows.Len() < 900 })
	w.win.Resize(fyne.NewSize(1000, 601))
	w.win.Resize(fyne.NewSize(1000, 600))
	w.win.Canvas().Capture() // the view knows its rows once it was drawn
	w.view.Select(3)
	w.bookmark()
	w.view.Select(4)
	w.status.say("")
	picture(t, w, "timeline-en")
	w.setMode(theme.Dark)
	picture(t, w, "timeline-en-dark")
	w.setLang(lang.Japanese)
	picture(t, w, "timeline-ja-dark")
	w.setMode(theme.Light)
	picture(t, w, "timeline-ja")

	for name, open := range map[string]func(*Window){"palette": (*Window).showPalette, "add-filter": (*Window).addFilter,
		"keys": (*Window).showKeys, "row-menu": (*Window).currentMenu} {
		w := ready(t, 5000)
		w.view.Select(9)
		open(w)
		picture(t, w, name)
	}
}

// typeInto types into what has the keyboard, and presses Enter.
func typeInto(t *testing.T, w *Window, text string) {
	t.Helper()
	entry, ok := w.win.Canvas().Focused().(interface {
		TypedRune(rune)
		TypedKey(*fyne.KeyEvent)
	})
	if !ok {
		t.Fatal("nothing has the keyboard")
	}
	for _, r := range text {
		entry.TypedRune(r)
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func TestAddFilter(t *testing.T) {
	f := func(text string, want session.Condition) {
		t.Helper()
		w := ready(t, 100)
		w.addFilter()
		typeInto(t, w, text)
		if got := w.ses.Conditions(); len(got) != 1 || got[0] != want {
			t.Errorf("%q makes %+v, want %+v", text, got, want)
		}
	}
	f("level:error", session.Condition{Kind: session.ByLevel, Level: record.Error})
	f("-scan failed", session.Condition{Kind: session.ByText, Text: "scan failed", Not: true})
	f("/0x8\\w+/", session.Condition{Kind: session.ByRegexp, Text: `0x8\w+`})
	at := (&tale{}).Time(0)
	f("09:00:10..09:00:20", session.Condition{Kind: session.ByTime, From: at + 10e9, To: at + 21e9 - 1})
	w := ready(t, 100)
	w.addFilter()
	typeInto(t, w, "level:loud")
	if len(w.ses.Conditions()) != 0 {
		t.Error("a level that is none was taken")
	}
}

func TestGoToTime(t *testing.T) {
	w := ready(t, 5000)
	f := func(text string, want int) {
		t.Helper()
		w.askTime()
		typeInto(t, w, text)
		if got := w.view.Current(); got != want {
			t.Errorf("%q leads to row %d, want %d", text, got, want)
		}
	}
	f("09:30", 1800)
	f("+90s", 1890)
	f("2025-03-01 09:00:07", 7)
	f("23:00", 4999)
}

func TestPalette(t *testing.T) {
	w := ready(t, 5000)
	w.showPalette()
	typeInto(t, w, "wuah")
	if got := w.ses.Conditions(); len(got) != 1 || got[0].Kind != session.ByComponent || got[0].Text != "WUAHandler" {
		t.Errorf("the filter is %+v", got)
	}
	w.ses.ClearConditions()
	w.showPalette()
	typeInto(t, w, "next error")
	if w.view.Current() != 2 {
		t.Errorf("row %d is current", w.view.Current())
	}
	w.showPalette()
	typeInto(t, w, "-2145123272") // 0x80240438
	if w.filter.Text != "0x80240438" {
		t.Errorf("the text looked for is %q", w.filter.Text)
	}
	until(t, "the matches", func() bool { _, done := w.ses.Matches(); return done })
	for _, query := range []string{"0x80240438", "80240022", "WU_E_ALL_UPDATES_FAILED"} {
		if s := w.meant(query); len(s) != 1 || s[0].Hits[0].Detail == "" {
			t.Errorf("%s is not explained: %v", query, s)
		}
	}
	for _, query := range []string{"", "12", "scan", "kb5053602"} {
		if s := w.meant(query); len(s) != 0 {
			t.Errorf("%q is taken for a code: %v", query, s)
		}
	}
}

func TestBookmarkKeys(t *testing.T) {
	w := ready(t, 100)
	for _, i := range []int{10, 40, 70} {
		w.view.Select(i)
		w.bookmark()
	}
	w.view.Select(0)
	f := func(shift bool, want int) {
		t.Helper()
		w.key(fyne.KeyF2, shift)
		if got := w.view.Current(); got != want {
			t.Errorf("row %d is current, want %d", got, want)
		}
	}
	f(false, 10)
	f(false, 40)
	f(false, 70)
	f(false, 70)
	f(true, 40)
	w.bookmark()
	f(true, 10)
	f(false, 70)
}

func TestLetters(t *testing.T) {
	w := ready(t, 100)
	w.all.SetChecked(true)
	w.filter.SetText("scan")
	until(t, "the matches", func() bool { n, done := w.ses.Matches(); return done && n > 0 })
	w.win.Canvas().Focus(w.view)
	for _, c := range []struct {
		r    rune
		want int
	}{{'n', 2}, {'n', 9}, {'N', 2}} {
		test.Type(w.view, string(c.r))
		if got := w.view.Current(); got != c.want {
			t.Errorf("%c leads to row %d, want %d", c.r, got, c.want)
		}
	}
	if !strings.Contains(w.status.spoken, "1") {
		t.Errorf("said %q", w.status.spoken)
	}
}

// TestBrush chooses a range of the histogram and gives it up again.
func TestBrush(t *testing.T) {
	w := ready(t, 1000)
	w.head.brushed(0.25, 0.5, true)
	until(t, "the filter", func() bool { return !w.ses.Searching() && w.rows.Len() > 0 && w.rows.Len() < 1000 })
	if n := w.rows.Len(); n < 245 || n > 255 {
		t.Errorf("%d rows", n)
	}
	w.head.brushed(0, 0, false)
	left(t, w, 1000)
	w.head.band.OnTap(0.5)
	if at := w.view.Current(); at < 498 || at > 502 {
		t.Errorf("a tap in the middle leads to row %d", at)
	}
}

func TestAroundAndThread(t *testing.T) {
	w := ready(t, 1000)
	w.around()
	if len(w.ses.Conditions()) != 0 || w.status.spoken == "" {
		t.Error("no row is chosen, and nothing was said")
	}
	w.view.Select(500)
	w.around()
	left(t, w, 61)
	if at := w.view.Current(); w.rows.Index(at) != 500 {
		t.Errorf("row %d is current", w.rows.Index(at))
	}
	w.sameThread()
	if n := len(w.ses.Conditions()); n != 3 {
		t.Errorf("%d conditions", n)
	}
	// A record that the filter hides is shown all the same.
	left(t, w, 61)
	w.goToPlace(7)
	if at := w.view.Current(); w.rows.Index(at) != 7 || len(w.ses.Conditions()) != 0 {
		t.Errorf("row %d is current", at)
	}
}

func TestDetailCodes(t *testing.T) {
	w := ready(t, 100)
	w.view.Select(2)
	if n := len(w.detail.codes.Objects); n != 1 {
		t.Fatalf("%d codes are explained", n)
	}
	w.view.Select(1)
	if n := len(w.detail.codes.Objects); n != 0 {
		t.Errorf("%d codes are explained where there is none", n)
	}
	w.detail.explain([]byte(strings.Repeat("0x80240022 0x80240438 0x8024402c 0x80070005 0x80072ee2 0x80244022 ", 2)))
	if n := len(w.detail.codes.Objects); n != mostCodes+1 {
		t.Errorf("%d lines for six codes", n)
	}
	if e := code.Explain(0x80240022); w.meaning(e) != e.Meaning {
		t.Errorf("in English it means %q", w.meaning(e))
	}
}

func TestKeyList(t *testing.T) {
	w := ready(t, 10)
	overlays := w.win.Canvas().Overlays()
	for _, end := range []fyne.KeyName{fyne.KeyEscape, fyne.KeyF1} {
		w.key(fyne.KeyF1, false)
		if overlays.Top() == nil {
			t.Fatal("F1 shows nothing")
		}
		w.key(end, false)
		if overlays.Top() != nil {
			t.Errorf("%s does not close the list", end)
		}
	}
	if w.ses.State() != session.Ready {
		t.Errorf("state %d", w.ses.State())
	}
}
