package palette

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/theme"
)

func items(ran *string) []Item {
	var out []Item
	add := func(section, title, detail, key string) {
		out = append(out, Item{Section: section, Title: title, Detail: detail, Key: key, Run: func() { *ran = title }})
	}
	add("Commands", "Go to time", "", "Ctrl+G")
	add("Commands", "Next error", "", "F8")
	add("Filters", "Scan", "WUAHandler, ScanAgent", "")
	add("Filters", "Restart", "RebootCoordinator", "")
	add("Components", "WUAHandler", "", "")
	add("Components", "UpdatesDeploymentAgent", "", "")
	add("Components", "ServiceWindowManager", "", "")
	add("Files", "WUAHandler.log", "contoso.zip!CCM/Logs", "")
	for i := range 12 {
		add("Files", fmt.Sprintf("CAS-%d.log", i), "contoso.zip!CCM/Logs", "")
	}
	add("Updates", "KB5053602 2025-03 Cumulative Update", "PC01", "")
	return out
}

func TestFind(t *testing.T) {
	var ran string
	x := NewIndex(items(&ran))
	f := func(query string, want ...string) {
		t.Helper()
		var got []string
		for _, s := range x.Find(query) {
			got = append(got, fmt.Sprintf("%s(%d)", s.Title, s.Count))
			for _, h := range s.Hits {
				got = append(got, h.Title)
			}
		}
		if len(got) > len(want) {
			got = got[:len(want)]
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	f("", "Commands(2)", "Go to time", "Next error", "Filters(2)", "Scan", "Restart", "Components(3)", "WUAHandler", "UpdatesDeploymentAgent",
		"ServiceWindowManager", "Files(13)", "WUAHandler.log", "CAS-0.log", "CAS-1.log", "CAS-2.log", "CAS-3.log", "Updates(1)")
	f("wuah", "Components(1)", "WUAHandler", "Files(1)", "WUAHandler.log", "Filters(1)", "Scan")
	f("uda", "Components(1)", "UpdatesDeploymentAgent")
	f("kb5053602", "Updates(1)", "KB5053602 2025-03 Cumulative Update")
	f("SWM", "Components(1)", "ServiceWindowManager")
	f("cas-1.log", "Files(3)", "CAS-1.log")
	f("zzz")
}

// TestMarked holds that the letters marked are those of the query.
func TestMarked(t *testing.T) {
	var ran string
	x := NewIndex(items(&ran))
	for _, query := range []string{"wuah", "uda", "KB50", "log"} {
		for _, s := range x.Find(query) {
			for _, h := range s.Hits {
				var got []byte
				for _, i := range h.Marked {
					got = append(got, h.Title[i])
				}
				if len(got) > 0 && !strings.EqualFold(string(got), query) {
					t.Errorf("%q in %q marks %q", query, h.Title, got)
				}
			}
		}
	}
}

func shown(t *testing.T, mode theme.Mode, ran *string, extra func(string) []Section) (*View, fyne.Window) {
	t.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(mode, nil, nil))
	win := test.NewWindow(container.NewStack(widget.NewEntry()))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(800, 500))
	v := Show(win.Canvas(), NewIndex(items(ran)), "Search or command", "Nothing fits.", extra)
	t.Cleanup(func() { win.Close(); app.Quit() })
	return v, win
}

func code(query string) []Section {
	if query != "0x80240022" {
		return nil
	}
	return []Section{{Title: "Error codes", Count: 1, Hits: []Hit{{Item: Item{Title: "0x80240022  WU_E_ALL_UPDATES_FAILED", Detail: "Operation failed for all the updates."}}}}}
}

func TestPictures(t *testing.T) {
	f := func(name string, mode theme.Mode, query string) {
		t.Helper()
		var ran string
		v, win := shown(t, mode, &ran, code)
		v.SetText(query)
		test.AssertImageMatches(t, name+".png", win.Canvas().Capture())
	}
	f("idle", theme.Light, "")
	f("found", theme.Light, "wua")
	f("found-dark", theme.Dark, "wua")
	f("code", theme.Light, "0x80240022")
	f("nothing", theme.Dark, "zzz")
}

func TestKeys(t *testing.T) {
	var ran string
	v, win := shown(t, theme.Light, &ran, code)
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			v.entry.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	if win.Canvas().Focused() != fyne.Focusable(v.entry) {
		t.Fatal("the field has not the keyboard")
	}
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	if ran != "Next error" || v.popup.Visible() {
		t.Errorf("ran %q", ran)
	}
	v = Show(win.Canvas(), v.index, "", "", nil)
	press(fyne.KeyUp, fyne.KeyReturn) // round to the last
	if ran != "KB5053602 2025-03 Cumulative Update" {
		t.Errorf("ran %q", ran)
	}
	v = Show(win.Canvas(), v.index, "", "", nil)
	press(fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyReturn)
	if ran == "" {
		t.Error("nothing ran")
	}
	ran = ""
	v = Show(win.Canvas(), v.index, "", "", nil)
	for _, r := range "reboot" {
		v.entry.TypedRune(r)
	}
	press(fyne.KeyEscape)
	if ran != "" || v.popup.Visible() {
		t.Errorf("Escape ran %q", ran)
	}
	v = Show(win.Canvas(), v.index, "", "", nil)
	v.SetText("reboot")
	v.lines[0].Tapped(nil)
	if ran != "Restart" {
		t.Errorf("a click ran %q", ran)
	}
	v = Show(win.Canvas(), v.index, "", "", nil)
	v.SetText("zzz")
	press(fyne.KeyDown, fyne.KeyReturn)
	if !v.popup.Visible() {
		t.Error("Enter without a hit closed the palette")
	}
}

// many are as many files as few bundles have.
func many() []Item {
	var all []Item
	for i := range 50_000 {
		all = append(all, Item{Section: "Files", Title: fmt.Sprintf("WUAHandler-%d.log", i), Detail: "contoso.zip!PC01/CCM/Logs/"})
	}
	return all
}

// BenchmarkFind looks for what is typed, letter by letter, on the window's
// goroutine.
func BenchmarkFind(b *testing.B) {
	x := NewIndex(many())
	for _, query := range []string{"w", "wua", "wuah49", "pc01", "zzz"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				x.Find(query)
			}
		})
	}
}

// BenchmarkNewIndex makes the index when the palette opens.
func BenchmarkNewIndex(b *testing.B) {
	all := many()
	for b.Loop() {
		NewIndex(all)
	}
}
