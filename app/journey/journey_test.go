package journey

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

// sample is an update that was cut twice, the second time long after its maximum.
func sample() page.Journey {
	return page.Journey{
		Stages: []page.StageBar{
			{Name: "Scan", State: "done", Tone: page.Good, From: 0, To: 0.1, Drawn: true, Start: "2025-03-18 01:00:00", Took: "0:01:00", Row: 7},
			{Name: "Content location and a name that is long", State: "nothing in the logs", Tone: page.Unknown, Row: -1},
			{Name: "Installation", State: "failed", Tone: page.Bad, From: 0.2, To: 1, Drawn: true, Start: "2025-03-18 02:00:00", Took: "1:00:00", Code: "0x800704c7", Row: 9},
		},
		Ticks: []page.Tick{{At: 0, Text: "2025-03-18 01:00"}, {At: 0.25, Text: "01:30"}, {At: 0.5, Text: "02:00"}, {At: 0.75, Text: "02:30"}},
		Attempts: []page.AttemptBar{
			{Name: "3", Start: "2025-03-17 02:00:00", Text: "cancelled  0x800704c7  ·  1:00:00 / 1:00:00  ·  exceeded", Tone: page.Bad, Run: 0.5, Limit: 0.5, Row: 3},
			{Name: "4", Start: "2025-03-18 02:00:00", Text: "failed", Tone: page.Bad, Run: 1, Limit: 0.5, Over: true, Row: 9},
			{Name: "5", Start: "2025-03-18 05:00:00", Text: "succeeded  ·  0:20:00 / 1:00:00  ·  within", Tone: page.Good, Run: 0.16, Limit: 0.5, Row: 11},
		},
		More: 2, Scale: "2:00:00",
	}
}

func shown(t *testing.T, mode theme.Mode) (*View, fyne.Window) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(theme.New(mode, nil, nil))
	v := New(Words{Stages: "Stages", Attempts: "Attempts", Bars: "Full width {0}", More: "{0} earlier", Lead: "to its record"})
	w := test.NewWindow(v)
	w.Resize(fyne.NewSize(460, 320))
	v.Set(sample())
	return v, w
}

func TestPictures(t *testing.T) {
	for name, mode := range map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark} {
		v, w := shown(t, mode)
		w.Canvas().Focus(v)
		test.AssertImageMatches(t, "journey-"+name+".png", w.Canvas().Capture())
	}
}

// TestFollow goes through the lines by keyboard and by clicks.
func TestFollow(t *testing.T) {
	v, w := shown(t, theme.Light)
	var rows []int
	hint := ""
	v.OnFollow = func(row int) { rows = append(rows, row) }
	v.OnHint = func(s string) { hint = s }
	w.Canvas().Focus(v)
	key := func(names ...fyne.KeyName) {
		for _, n := range names {
			v.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	key(fyne.KeyReturn, fyne.KeyDown, fyne.KeyReturn) // the second has no record
	if !strings.Contains(hint, "nothing in the logs") || strings.Contains(hint, "to its record") {
		t.Errorf("of the second line it says %q", hint)
	}
	key(fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyReturn, fyne.KeyHome, fyne.KeyUp, fyne.KeyReturn)
	for _, l := range v.lines {
		v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, l.top+l.height/2)})
	}
	v.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, 2)}) // the heading
	if want := []int{7, 9, 11, 7, 7, 9, 3, 9, 11}; !slices.Equal(rows, want) {
		t.Errorf("led to %v, want %v", rows, want)
	}
	v.Set(page.Journey{})
	key(fyne.KeyDown, fyne.KeyReturn)
}
