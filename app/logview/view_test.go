package logview

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/app/theme"
	"patchtrail/app/typeface"
	"patchtrail/ingest/record"
)

// made is a source of n made-up rows; asked counts the rows handed out.
type made struct {
	n     int
	asked int
}

func (m *made) Len() int { return m.n }

func (m *made) Row(i int, r *Row) {
	m.asked++
	r.Time = fmt.Appendf(r.Time, "2025-03-%02d %02d:%02d:%02d.%03d", 1+i/86_400%28, i/3600%24, i/60%60, i%60, i%1000)
	r.Machine = append(r.Machine, "PC01"...)
	r.Component = append(r.Component, [...]string{"WUAHandler", "UpdatesDeploymentAgent", "ScanAgent"}[i%3]...)
	r.File = append(r.File, "CCM/Logs/WUAHandler.log"...)
	r.Message = fmt.Appendf(r.Message, "Row %d: ", i)
	switch i % 7 {
	case 2:
		r.Level = record.Error
		r.Message = append(r.Message, "Scan failed with error = 0x80240438."...)
	case 4:
		r.Level = record.Warning
		r.Flags = Bookmarked
		r.Message = append(r.Message, "Its a WSUS Update Source type ({7B0E5B2C-0000-4000-8000-000000000001}), adding it. This message goes on for so long that it leaves the column on the right hand side of every window that people have."...)
	case 5:
		r.Level = record.Info
		r.Message = append(r.Message, "更新プログラムのインストールが最長実行時間を超えました\nsecond line\nthird"...)
		r.Lines = 3
		r.Flags, r.Bar = Evidence, record.Error
	case 6:
		r.Level = record.Verbose
		r.Flags = Dim
		r.Message = append(r.Message, "Async\tscanning\x01completed \xff."...)
	default:
		r.Level = record.Info
		r.Message = append(r.Message, "Successfully completed scan."...)
	}
}

func english() Words {
	return Words{
		Titles:    [columns]string{"Time", "Level", "Machine", "Component", "Message"},
		Levels:    [4]string{"Verbose", "Info", "Warning", "Error"},
		MoreLines: "+{0} lines",
		OneMore:   "+1 line",
	}
}

func japanese() Words {
	return Words{
		Titles:    [columns]string{"時刻", "レベル", "コンピューター", "コンポーネント", "メッセージ"},
		Levels:    [4]string{"詳細", "情報", "警告", "エラー"},
		MoreLines: "他 {0} 行",
		OneMore:   "他 1 行",
	}
}

func uiFont(t testing.TB) *typeface.Font {
	t.Helper()
	f, err := typeface.Parse("ui", fynetheme.DefaultTextFont().Content())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// shown puts a view with n rows into a window of w x h.
func shown(t testing.TB, n int, w, h float32) (*View, fyne.Window) {
	t.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Light, nil, nil))
	v := New([]*typeface.Font{uiFont(t)}, english())
	win := test.NewWindow(v)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	v.SetSource(&made{n: n})
	win.Canvas().Focus(v)
	win.Canvas().Capture()
	t.Cleanup(func() { win.Close(); app.Quit() })
	return v, win
}

func typeKeys(v *View, keys ...fyne.KeyName) {
	for _, k := range keys {
		v.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func click(v *View, x, y float32, mod fyne.KeyModifier) {
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: mod}
	e.Position = fyne.NewPos(x, y)
	v.MouseDown(e)
	v.MouseUp(e)
}

func TestPictures(t *testing.T) {
	f := func(name string, mode theme.Mode, words Words, act func(v *View)) {
		t.Helper()
		v, win := shown(t, 5_000_000, 900, 400)
		fyne.CurrentApp().Settings().SetTheme(theme.New(mode, nil, nil))
		v.SetWords(words)
		v.Marks = func(n int) []Mark {
			marks := make([]Mark, n)
			marks[0], marks[n/2], marks[n-1] = MarkError, MarkError|MarkMatch, MarkMatch
			marks[n/4] = MarkBookmark
			return marks
		}
		act(v)
		test.AssertImageMatches(t, name+".png", win.Canvas().Capture())
	}
	nothing := func(*View) {}
	f("light-en", theme.Light, english(), nothing)
	f("dark-en", theme.Dark, english(), nothing)
	f("light-ja", theme.Light, japanese(), nothing)
	f("end", theme.Light, english(), func(v *View) { typeKeys(v, fyne.KeyEnd) })
	f("selection-dark", theme.Dark, japanese(), func(v *View) {
		click(v, 300, 60, 0)
		click(v, 300, 160, fyne.KeyModifierShift)
		click(v, 300, 240, fyne.KeyModifierControl)
	})
	f("no-focus", theme.Light, english(), func(v *View) {
		click(v, 300, 60, 0)
		v.FocusLost()
	})
	f("match", theme.Light, english(), func(v *View) { v.Highlight = find("scan") })
	f("match-dark", theme.Dark, english(), func(v *View) { v.Highlight = find("scan") })
	f("sideways", theme.Light, english(), func(v *View) {
		v.draw(900, 400)
		typeKeys(v, fyne.KeyRight, fyne.KeyRight)
	})
	f("columns", theme.Light, english(), func(v *View) { v.SetWidths(Widths{100, 60, 0, 80}) })
	f("few", theme.Light, english(), func(v *View) { v.SetSource(&made{n: 3}) })
	f("none", theme.Light, english(), func(v *View) { v.SetSource(nil) })
}

// find marks every place of word, whatever its case.
func find(word string) func([]byte, [][2]int) [][2]int {
	return func(text []byte, hits [][2]int) [][2]int {
		low := bytes.ToLower(text)
		for at := 0; ; {
			i := bytes.Index(low[at:], []byte(word))
			if i < 0 {
				return hits
			}
			at += i + len(word)
			hits = append(hits, [2]int{at - len(word), at})
		}
	}
}

// TestHiDPI draws at the scales that screens have: the page is as many rows
// as fit, and what is drawn fills the picture.
func TestHiDPI(t *testing.T) {
	v, _ := shown(t, 1000, 800, 400)
	for _, scale := range []float64{1, 1.1, 1.25, 1.5, 2, 3} {
		w, h := int(800*scale+0.5), int(400*scale+0.5)
		img := v.draw(w, h).(*image.RGBA)
		if v.layout.scale != scale {
			t.Errorf("%dx%d: scale %v, want %v", w, h, v.layout.scale, scale)
		}
		if got := v.layout.page(); got != 18 {
			t.Errorf("scale %v: %d rows a page, want 18", scale, got)
		}
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 255 {
				t.Fatalf("scale %v: pixel %d is not drawn", scale, i/4)
			}
		}
	}
}

// TestWholePixels gives the view sizes that are no whole pixels: the picture
// is, so that Fyne draws it pixel for pixel wherever it stands.
func TestWholePixels(t *testing.T) {
	v, win := shown(t, 1000, 800, 400)
	c := win.Canvas().(interface{ SetScale(float32) })
	for _, scale := range []float32{1, 1.1, 1.25, 1.5, 1.75, 2} {
		c.SetScale(scale)
		for _, h := range []float32{400, 399.17, 388.5, 371.93} {
			v.Resize(fyne.NewSize(799.3, h))
			v.Refresh()
			got := v.raster.Size()
			for _, units := range []float32{got.Width, got.Height} {
				px := float64(units) * float64(scale)
				if math.Abs(px-math.Round(px)) > 1e-3 {
					t.Errorf("scale %v, height %v: %v pixels", scale, h, px)
				}
			}
			if h-got.Height > 1/scale+1e-3 || got.Height > h+1e-3 {
				t.Errorf("scale %v: %v of %v units are drawn", scale, got.Height, h)
			}
		}
	}
}

// TestTiny draws into sizes that hold nothing.
func TestTiny(t *testing.T) {
	v, _ := shown(t, 1000, 800, 400)
	for _, s := range [][2]int{{1, 1}, {10, 400}, {800, 5}, {800, 23}, {30, 30}, {260, 100}} {
		v.changed()
		if got := v.draw(s[0], s[1]).Bounds().Size(); got != image.Pt(s[0], s[1]) {
			t.Errorf("%v drew %v", s, got)
		}
		for _, y := range []float32{0, 4, 22, 30, 90} {
			click(v, 3, y, 0)
			v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(3, y+4)}})
			v.DragEnd()
		}
	}
}

// TestKeysReachTheLastRow presses End in 5 and 100 million rows: the last row
// is in sight, whole, current and drawn.
func TestKeysReachTheLastRow(t *testing.T) {
	for _, n := range []int{1, 17, 18, 19, 5_000_000, 100_000_000} {
		v, win := shown(t, n, 800, 400)
		typeKeys(v, fyne.KeyEnd)
		win.Canvas().Capture()
		if _, last := v.InSight(); last != n-1 || v.Current() != n-1 {
			t.Errorf("%d rows: End shows up to %d, current %d", n, last, v.Current())
		}
		got, _, _ := bytes.Cut(v.page.row(n-1).Message, []byte(":"))
		if want := fmt.Sprintf("Row %d", n-1); string(got) != want {
			t.Errorf("%d rows: the last reads %q, want %q", n, got, want)
		}
		typeKeys(v, fyne.KeyUp, fyne.KeyPageUp)
		if want := max(0, max(0, n-2)-17); v.Current() != want {
			t.Errorf("%d rows: Up and PageUp lead to %d, want %d", n, v.Current(), want)
		}
		typeKeys(v, fyne.KeyHome)
		if first, _ := v.InSight(); first != 0 || v.Current() != 0 {
			t.Errorf("%d rows: Home leads to %d", n, v.Current())
		}
	}
}

func TestSelection(t *testing.T) {
	f := func(want int, act func(v *View)) {
		t.Helper()
		v, _ := shown(t, 100_000_000, 800, 400)
		act(v)
		if got, _, _ := v.Selected(); got != want {
			t.Errorf("%d rows are chosen (%v), want %d", got, v.chosen, want)
		}
	}
	shiftKey := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	f(0, func(v *View) {})
	f(1, func(v *View) { click(v, 300, 60, 0) })
	f(6, func(v *View) { click(v, 300, 60, 0); click(v, 300, 160, fyne.KeyModifierShift) })
	f(2, func(v *View) { click(v, 300, 60, 0); click(v, 300, 160, fyne.KeyModifierControl) })
	f(0, func(v *View) { click(v, 300, 60, 0); click(v, 300, 60, fyne.KeyModifierControl) })
	f(100_000_000, func(v *View) { v.TypedShortcut(&fyne.ShortcutSelectAll{}) })
	f(99_999_999, func(v *View) {
		v.TypedShortcut(&fyne.ShortcutSelectAll{})
		click(v, 300, 60, fyne.KeyModifierControl)
	})
	f(100_000_000, func(v *View) {
		typeKeys(v, fyne.KeyHome)
		v.KeyDown(shiftKey)
		typeKeys(v, fyne.KeyEnd)
		v.KeyUp(shiftKey)
	})
	f(1, func(v *View) {
		v.KeyDown(shiftKey)
		v.FocusLost()
		v.FocusGained()
		typeKeys(v, fyne.KeyDown, fyne.KeyDown)
	})
	f(4, func(v *View) { // dragged over rows 1 to 4
		e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		e.Position = fyne.NewPos(300, 50)
		v.MouseDown(e)
		v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 110)}})
		v.DragEnd()
	})
}

func TestScrollBar(t *testing.T) {
	v, win := shown(t, 100_000_000, 800, 400)
	drag := func(from, to float32) {
		e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		e.Position = fyne.NewPos(795, from)
		v.MouseDown(e)
		v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(795, to)}})
		v.DragEnd()
		win.Canvas().Capture()
	}
	drag(30, 1000)
	if _, last := v.InSight(); last != 99_999_999 {
		t.Errorf("dragged to the end the last row in sight is %d", last)
	}
	drag(380, -50)
	if first, _ := v.InSight(); first != 0 {
		t.Errorf("dragged to the top the first row is %d", first)
	}
	click(v, 795, 300, 0)
	if first, _ := v.InSight(); first != 18 {
		t.Errorf("a click below the thumb leads to %d, want a page on: 18", first)
	}
	click(v, 780, 22+370/2, 0) // the strip, half way
	if first, _ := v.InSight(); first < 49_000_000 || first > 51_000_000 {
		t.Errorf("a click on the middle of the strip leads to %d", first)
	}
}

func TestWheelAddsUpToRows(t *testing.T) {
	v, _ := shown(t, 1000, 800, 400)
	scroll := func(dy float32) { v.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, dy)}) }
	scroll(-25)
	if first, _ := v.InSight(); first != 3 {
		t.Errorf("a notch leads to row %d, want 3", first)
	}
	for range 50 {
		scroll(-1) // a touch pad
	}
	if first, _ := v.InSight(); first < 8 || first > 9 {
		t.Errorf("50 small steps lead to row %d, want 9", first)
	}
	scroll(1e9)
	if first, _ := v.InSight(); first != 0 {
		t.Errorf("far up leads to row %d", first)
	}
}

func TestColumnsAreDragged(t *testing.T) {
	v, _ := shown(t, 1000, 900, 400)
	var told Widths
	v.OnWidths = func(w Widths) { told = w }
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(168, 10)
	v.MouseMoved(e)
	if v.Cursor() != desktop.HResizeCursor {
		t.Error("the pointer does not change over the edge of a column")
	}
	v.MouseDown(e)
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(192, 10)}})
	v.DragEnd()
	if want := (Widths{192, 88, 100, 160}); told != want || v.Widths() != want {
		t.Errorf("dragged by 24: %v, told %v", v.Widths(), told)
	}
	e.Position = fyne.NewPos(192, 10)
	v.draw(900, 400)
	v.MouseDown(e)
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5000, 10)}})
	v.DragEnd()
	v.draw(900, 400)
	if v.layout.messageRoom() < minMessage-2*cellPad {
		t.Errorf("the message keeps %d pixels", v.layout.messageRoom())
	}
}

// TestRowsAreFetchedOnce holds that a redrawing fetches nothing, and a step
// down one row.
func TestRowsAreFetchedOnce(t *testing.T) {
	v, win := shown(t, 5_000_000, 800, 400)
	src := v.page.source.(*made)
	before := src.asked
	v.Refresh()
	click(v, 300, 60, 0)
	win.Canvas().Capture()
	if src.asked != before {
		t.Errorf("a new selection fetched %d rows", src.asked-before)
	}
	v.ScrollTo(1)
	win.Canvas().Capture()
	if got := src.asked - before; got != 1 {
		t.Errorf("a step down fetched %d rows", got)
	}
}

// TestDrawsOnlyWhenChanged holds that the same frame is not drawn twice.
func TestDrawsOnlyWhenChanged(t *testing.T) {
	v, _ := shown(t, 1000, 800, 400)
	v.draw(800, 400)
	v.img.Pix[0] ^= 0x55
	spoilt := v.img.Pix[0]
	if v.draw(800, 400); v.img.Pix[0] != spoilt {
		t.Error("an unchanged view was drawn again")
	}
	v.ScrollTo(5)
	if v.draw(800, 400); v.img.Pix[0] == spoilt {
		t.Error("a changed view was not drawn")
	}
}

// TestScrollingEqualsDrawingAnew compares pages reached by steps, with rows
// reused, with the same pages of a fresh view.
func TestScrollingEqualsDrawingAnew(t *testing.T) {
	v, _ := shown(t, 5_000_000, 800, 400)
	for _, top := range []int{1, 2, 30, 25, 2_500_000, 2_500_003, 4_999_999, 0} {
		v.ScrollTo(top)
		got := append([]byte(nil), v.draw(800, 400).(*image.RGBA).Pix...)
		first, _ := v.InSight()
		fresh := New(v.fonts, english())
		fresh.Resize(fyne.NewSize(800, 400))
		fresh.focused = true
		fresh.SetSource(&made{n: 5_000_000})
		fresh.draw(800, 400)
		fresh.ScrollTo(first)
		if want := fresh.draw(800, 400).(*image.RGBA).Pix; !bytes.Equal(got, want) {
			t.Errorf("from row %d the page differs from one drawn anew", first)
		}
	}
}

func TestCopy(t *testing.T) {
	v, _ := shown(t, 5_000_000, 800, 400)
	var rows int
	var all bool
	v.OnCopy = func(n int, a bool) { rows, all = n, a }
	click(v, 300, 130, 0) // row 5, of three lines
	v.TypedShortcut(&fyne.ShortcutCopy{})
	want := "2025-03-01 00:00:05.005\tInfo\tPC01\tScanAgent\tCCM/Logs/WUAHandler.log\t" +
		"Row 5: 更新プログラムのインストールが最長実行時間を超えました\nsecond line\nthird\n"
	if got := fyne.CurrentApp().Clipboard().Content(); got != want || rows != 1 || !all {
		t.Errorf("%d rows (all: %v): %q", rows, all, got)
	}
	v.SelectAll()
	v.Copy()
	if rows != maxCopyRows || all {
		t.Errorf("of 5 million rows %d were copied, all: %v", rows, all)
	}
}

func TestReplaceKeepsThePlace(t *testing.T) {
	v, win := shown(t, 100, 800, 400)
	v.Select(50)
	v.Replace(&made{n: 200}, 90, 95)
	win.Canvas().Capture()
	if first, _ := v.InSight(); first != 90 || v.Current() != 95 {
		t.Errorf("first row %d, current %d", first, v.Current())
	}
	v.Replace(&made{n: 3}, 90, 95)
	win.Canvas().Capture()
	if first, last := v.InSight(); first != 0 || last != 2 || v.Current() != -1 {
		t.Errorf("rows %d to %d, current %d", first, last, v.Current())
	}
}

// TestSmallerKeepsTheCurrentRow makes the view lower under its current row, as a
// pane that opens below does.
func TestSmallerKeepsTheCurrentRow(t *testing.T) {
	for _, at := range []int{99, 60, 3} {
		v, win := shown(t, 100, 800, 400)
		v.Select(at)
		win.Canvas().Capture()
		before, _ := v.InSight()
		win.Resize(fyne.NewSize(800, 200))
		win.Canvas().Capture()
		first, last := v.InSight()
		if at < first || at > last || v.Current() != at {
			t.Errorf("row %d is not in %d to %d", at, first, last)
		}
		if at == 3 && first != before {
			t.Errorf("the first row went from %d to %d, although the current one stays in sight", before, first)
		}
	}
}

func TestSelectBringsIntoTheMiddle(t *testing.T) {
	v, _ := shown(t, 5_000_000, 800, 400)
	v.Select(4_000_000)
	if first, last := v.InSight(); first >= 4_000_000 || last <= 4_000_000 {
		t.Errorf("row 4,000,000 is not inside %d to %d", first, last)
	}
}

// TestMenuAndLetters asks for a row's menu and types letters.
func TestMenuAndLetters(t *testing.T) {
	v, _ := shown(t, 100, 600, 300)
	row, letters := -1, ""
	v.OnMenu = func(i int, _ fyne.Position) { row = i }
	v.OnRune = func(r rune) { letters += string(r) }
	e := &desktop.MouseEvent{Button: desktop.MouseButtonSecondary}
	e.Position = fyne.NewPos(200, v.units+headerExtra+2*v.rowHeight()+5)
	v.MouseDown(e)
	v.TappedSecondary(&e.PointEvent)
	if row != 2 || v.Current() != 2 {
		t.Errorf("the menu is of row %d, row %d is current", row, v.Current())
	}
	row = -1
	v.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(200, 5)})
	if row != -1 {
		t.Error("the titles have a menu")
	}
	v.TypedRune('n')
	v.TypedRune('N')
	if letters != "nN" {
		t.Errorf("heard %q", letters)
	}
}

func TestCopyMessages(t *testing.T) {
	v, _ := shown(t, 100, 600, 300)
	v.moveTo(0, false)
	v.moveTo(1, true)
	v.CopyMessages()
	if got := fyne.CurrentApp().Clipboard().Content(); got != "Row 0: Successfully completed scan.\nRow 1: Successfully completed scan.\n" {
		t.Errorf("copied %q", got)
	}
}
