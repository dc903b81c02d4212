package window

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/theme"
	"patchtrail/assets"
	"patchtrail/ingest"
)

// How large the bundle of TestResponsive is.
const (
	bigRows     = 5_000_000
	bigMachines = 20
	bigUpdates  = 13_000
	bigAttempts = 300
	bigFindings = 500
	bigFiles    = 3_000
)

// long is a timeline of many records, all of which are easy to tell: no goroutine
// of a search takes the processor from what is measured.
type long struct{ tale }

// Search implements session.Timeline.
func (t *long) Search(ctx context.Context, _ session.Query, found func([]int)) error {
	var rows []int
	for i := 2; i < t.n; i += 70 {
		rows = append(rows, i)
	}
	found(rows)
	return ctx.Err()
}

// big is the demo bundle many times over: its machines, its findings, its updates
// and its files.
func big(t testing.TB) *analyze.Result {
	t.Helper()
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(assets.Demo))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(context.Background(), []string{path}, analyze.Options{Now: time.Date(2025, 3, 20, 1, 30, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	machines, windows, facts := res.Machines, res.Windows, res.Facts
	res.Machines, res.Windows, res.Facts = []ingest.Machine(nil), nil, nil
	for i := range bigMachines {
		from := i % len(machines)
		m := machines[from]
		m.ID = fmt.Sprintf("PC%02d", i+1)
		res.Machines = append(res.Machines, m)
		res.Windows = append(res.Windows, windows[from])
		res.Facts = append(res.Facts, facts[from])
	}
	checks, fits, coverage := res.Checklist, res.Fits, res.Coverage
	for i := len(machines); i < bigMachines; i++ {
		for _, c := range checks {
			c.Machine = i
			res.Checklist = append(res.Checklist, c)
		}
		for _, f := range fits {
			f.Machine = i
			res.Fits = append(res.Fits, f)
		}
		for _, c := range coverage {
			c.Machine = i
			res.Coverage = append(res.Coverage, c)
		}
	}
	findings := res.Findings
	for i := len(findings); i < bigFindings; i++ {
		f := findings[i%len(findings)]
		f.ID, f.Machine = fmt.Sprint(f.ID, "-", i), i%bigMachines
		for len(f.Evidence) > 0 && len(f.Evidence) < 20 {
			f.Evidence = append(f.Evidence[:len(f.Evidence):len(f.Evidence)], f.Evidence...)
		}
		res.Findings = append(res.Findings, f)
	}
	updates := res.Updates
	for i := len(updates); i < bigUpdates; i++ {
		u := updates[i%len(updates)]
		u.KB, u.Machine = fmt.Sprint("KB", 6_000_000+i), i%bigMachines
		u.Key = u.KB
		if i%100 == 0 && len(u.Attempts) > 0 {
			var all []ledger.Attempt
			for len(all) < bigAttempts {
				all = append(all, u.Attempts...)
			}
			u.Attempts = all
		}
		res.Updates = append(res.Updates, u)
	}
	files := res.Store.Files
	store := *res.Store
	for i := len(files); i < bigFiles; i++ {
		f := *files[i%len(files)]
		f.Path = fmt.Sprintf("%s/copy %d/%s", filepath.Dir(f.Path), i/len(files)%40, fmt.Sprint(i, filepath.Base(f.Path)))
		store.Files = append(store.Files[:len(store.Files):len(store.Files)], &f)
	}
	res.Store = &store
	return res
}

// responsive runs TestResponsive, which takes a machine that does little else. It
// is not part of an ordinary run: where that takes minutes, Fyne's cache drops
// what the tests after it show.
var responsive = flag.Bool("responsive", false, "hold that no call takes more than 50 ms of the window's goroutine")

// limit is how long a call may take.
const limit = 50 * time.Millisecond

// rounds is how often everything is done at most: what took too long once, while
// the machine was busy with other things, has another try.
const rounds = 3

// guard times what runs on the window's goroutine, by the clock of its thread:
// other programs do not count.
type guard struct {
	longest time.Duration
	what    string
}

func (g *guard) time(what string, f func()) {
	began := threadTime()
	f()
	if d := threadTime() - began; d > g.longest {
		g.longest, g.what = d, what
	}
}

// settle runs what goroutines bring until the page is whole and nothing has come
// for a while.
func (g *guard) settle(w *Window) {
	late := time.Now().Add(10 * time.Second)
	for n := 1; time.Now().Before(late); n++ {
		select {
		case f := <-calls:
			g.time(fmt.Sprint("call ", n), f)
		case <-time.After(15 * time.Millisecond):
			v := w.views[w.page]
			if w.styled == w.styles && (v == nil || w.drawn[w.page] == w.ses.Pages() && (w.page == overviewPage || w.aboutTitle() != "")) {
				return
			}
		}
	}
}

// step is what somebody does.
type step struct {
	name string
	do   func(w *Window)
}

// steps are what somebody does in a day, each page shown for the first time and
// again.
func steps() []step {
	var out []step
	add := func(name string, do func(w *Window)) { out = append(out, step{name, do}) }
	turns := func(when string) {
		for id := range pageCount {
			add("turn "+pageNames[id]+when, func(w *Window) { w.turn(id) })
		}
	}
	turns("")
	turns(" again")
	add("back to findings", func(w *Window) { w.turn(findingsPage) })
	for i := range 6 {
		add(fmt.Sprint("finding ", i), func(w *Window) { w.findings.list.Take(i * 7) })
	}
	add("tab", func(w *Window) { w.findings.tabs.OnChoose(1) })
	add("back to updates", func(w *Window) { w.turn(updatesPage) })
	for i := range 6 {
		add(fmt.Sprint("update ", i), func(w *Window) { w.updates.table.Take(i) })
	}
	add("longest update", func(w *Window) { w.updates.table.Take(w.updates.row(longestUpdate(w))) })
	add("last update", func(w *Window) { w.updates.table.Take(bigUpdates - 1) })
	add("sort", func(w *Window) { w.updates.sort(int(page.ColumnTitle)) })
	add("back to windows", func(w *Window) { w.turn(windowsPage) })
	add("another machine", func(w *Window) { w.windows.machine.SetSelectedIndex(3) })
	add("what if", func(w *Window) { w.windows.maximum.edit(90) })
	add("checklist", func(w *Window) { w.turn(checklistPage) })
	add("a check", func(w *Window) { w.views[checklistPage].(*checks).list.Take(40) })
	add("back to files", func(w *Window) { w.turn(filesPage) })
	add("a file", func(w *Window) { w.files.table.Take(20) })
	add("palette", func(w *Window) { w.showPalette() })
	add("palette away", func(w *Window) { w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top()) })
	add("filter", func(w *Window) { w.filter.SetText("scan") })
	add("filter away", func(w *Window) { w.filter.SetText("") })
	for id := range pageCount {
		add("turn "+pageNames[id]+" for the look", func(w *Window) { w.turn(id) })
		add("dark on "+pageNames[id], func(w *Window) { w.setMode(theme.Dark) })
		add("zoom on "+pageNames[id], func(w *Window) { w.setZoom(110 + 10*int(id)) })
		add("Japanese on "+pageNames[id], func(w *Window) { w.setLang(lang.Japanese) })
		add("English on "+pageNames[id], func(w *Window) { w.setLang(lang.English) })
		add("light on "+pageNames[id], func(w *Window) { w.setMode(theme.Light) })
	}
	add("its own size", func(w *Window) { w.setZoom(100) })
	return out
}

func longestUpdate(w *Window) int {
	most := 0
	for i, u := range w.ses.Pages().Updates {
		if u.Attempts > w.ses.Pages().Updates[most].Attempts {
			most = i
		}
	}
	return most
}

// bigWindow is a window with that bundle open.
func bigWindow(t testing.TB) *Window {
	t.Helper()
	res := big(t)
	w := opened(t, func(context.Context, []string, session.Hooks) (session.Result, error) {
		return session.Result{Timeline: &long{tale{n: bigRows}}, Zones: []session.Zone{{Machine: "PC01", Bias: -540, Source: "ccm-logs"}},
			Pages: func(l, tz string) *page.Set { return page.New(res, l, tz) }}, nil
	})
	w.win.Resize(fyne.NewSize(1920, 1080))
	w.ses.Open([]string{"contoso.zip"})
	until(t, "the pages", func() bool { return w.ses.State() == session.Ready && w.ses.Pages() != nil })
	return w
}

// TestResponsive does everything with a bundle of five million records, and holds
// that no call holds the window's goroutine for long. -v tells how long each
// thing does; the test driver paints nothing, which the real one does beside.
func TestResponsive(t *testing.T) {
	if !*responsive {
		t.Skip("only with -responsive")
	}
	w := bigWindow(t)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all := steps()
	least := make([]guard, len(all))
	slow := func(g guard) bool { return g.longest > limit }
	for round := 0; round == 0 || round < rounds && slices.ContainsFunc(least, slow); round++ {
		for i, s := range all {
			var before, g guard
			before.settle(w)
			g.time("itself", func() { s.do(w) })
			g.settle(w)
			if round == 0 || g.longest < least[i].longest {
				least[i] = g
			}
		}
	}
	for i, s := range all {
		t.Logf("%-32s %6.1f ms  %s", s.name, least[i].longest.Seconds()*1000, least[i].what)
		if slow(least[i]) {
			t.Errorf("%s holds the window for %v", s.name, least[i].longest)
		}
	}
}
