// Package window is PatchTrail's window: the frame, and the pages in it. It
// presents a session.Session and calls it back; what is true is decided there.
package window

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/lang"
	"patchtrail/app/logview"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/settings"
	"patchtrail/app/typeface"
	"patchtrail/app/words"
)

// The names of what is remembered between runs.
const (
	prefWidths = "log-columns"
	prefDetail = "details-share"
	prefNarrow = "side-narrow"
	// prefColumns begins the names of the widths of each table's columns.
	prefColumns = "columns-"
	// prefSplit begins the names of where the parts of a page meet.
	prefSplit = "split-"
)

// Window is the main window. Make it with New.
type Window struct {
	app  fyne.App
	win  fyne.Window
	ses  *session.Session
	post func(func())
	lang lang.Lang
	// asked is the language that was chosen last; its fonts may still be read.
	asked lang.Lang
	set   settings.Settings
	// opener is the one that New was given, before limits and rules are set.
	opener session.Opener
	scale  scale
	// zooming is the size that the last zoom asked for, in Fyne units, until the
	// window has it; zooms counts them.
	zooming fyne.Size
	zooms   int
	// saved is the session file that is open, "" for none; remembered are the
	// inputs that stand in the list of recent bundles already.
	saved      string
	remembered []string
	// found is the system's Japanese font; japanese is it and its bold, for the
	// widgets, nil until they are needed or if there are none.
	found    typeface.Japanese
	japanese [2]fyne.Resource
	rowFonts []*typeface.Font
	trace    *trace

	view   *logview.View
	rows   session.Rows // what the view shows
	place  place
	marked stripState // what the marks beside the rows show
	detail *detail
	head   *head
	// dialogs are those that show, the last on top; listed is the list of keys.
	dialogs []dialogBox
	listed  dialogBox
	split   *container.Split
	page    pageID
	// pageBefore is the page that the settings were opened over.
	pageBefore pageID
	chosen     [pageCount]int // the row that is chosen on each page
	narrow     bool           // the side bar shows no names
	sorted     sorting        // of the updates
	ordered    ordered        // the updates, as they were sorted last
	tab        page.Tab       // of the findings
	planned    bool           // a machine was chosen for the windows
	shownMarks [pageCount]int // the FindingMarksRun that each page shows
	kept       [pageCount]*kept
	other      [pageCount]bool // it shows another bundle, or none yet
	splits     map[string]*container.Split
	// tree is that of the files, with the folders that are open.
	tree *page.Tree
	// styles counts the looks that the window was given, styled is the one whose
	// page was drawn.
	styles, styled int
	before         before

	// The parts below are built anew for each language.
	pages    *fyne.Container
	start    *start
	options  *options
	tip      *tip
	toast    *tip
	failed   *widget.Label
	failPage fyne.CanvasObject
	timeline fyne.CanvasObject
	frame    *fyne.Container // the side bar and the page
	side     *side
	wait     *waiting
	stack    *fyne.Container      // the pages
	views    [pageCount]view      // nil for the timeline, and until they are turned to
	drawn    [pageCount]*page.Set // what each of them shows
	findings *findings
	updates  *updates
	windows  *windows
	files    *files
	name     *widget.Label
	export   *hintButton
	filter   *filterEntry
	matches  *widget.Label
	all      *hintCheck
	zone     *hintSelect
	reading  *reading
	newer    *hintButton
	status   *status
}

// New builds the window of a, which shows ses. tracePath names a file that
// every change is noted in, for tests; "" for none.
func New(a fyne.App, opener session.Opener, tracePath string) *Window {
	return build(a, opener, tracePath, fyne.Do)
}

// build is New with the way into the window's goroutine, which tests walk
// themselves.
func build(a fyne.App, opener session.Opener, tracePath string, post func(func())) *Window {
	w := &Window{app: a, win: a.NewWindow(""), post: post, trace: newTrace(tracePath), opener: opener}
	w.set = settings.Load(a.Preferences())
	w.ses = session.New(opener, post, time.Local)
	w.ses.SetZoneMode(w.set.Zone)
	w.applyReading()
	w.lang = lang.FromSystem()
	if l, ok := lang.Parse(w.set.Language); ok {
		w.lang = l
	}
	w.narrow = a.Preferences().Bool(prefNarrow)
	w.rowFonts = w.fonts()
	w.scale = givenScale(a.Settings())
	w.scale.apply(w.set.Zoom)
	w.japanese = japaneseFonts(w.lang, w.found)
	w.setTheme()
	w.view = logview.New(w.rowFonts, w.rowWords())
	w.setRowText()
	w.connect()
	w.content()
	w.refresh()
	w.win.SetMaster()
	w.win.Resize(fyne.NewSize(1280, 720))
	w.win.CenterOnScreen()
	w.win.SetOnDropped(func(_ fyne.Position, items []fyne.URI) { w.dropped(items) })
	w.win.SetOnClosed(w.closed)
	return w
}

// Show shows the window, runs until it is closed, and opens inputs first.
func (w *Window) Show(inputs []string) {
	w.win.Canvas().Focus(w.start.first)
	w.open(inputs)
	w.win.ShowAndRun()
}

// t returns the words of a key.
func (w *Window) t(key string, args ...any) string { return w.lang.T(key, args...) }

func (w *Window) rowWords() logview.Words {
	return logview.Words{
		Titles: [...]string{w.t("column.time"), w.t("column.level"), w.t("column.machine"),
			w.t("column.component"), w.t("column.message")},
		Levels:    [...]string{w.t("level.verbose"), w.t("level.info"), w.t("level.warning"), w.t("level.error")},
		MoreLines: w.t("row.more"),
		OneMore:   w.t("row.one-more"),
	}
}

// connect ties the session and the view to the window, once.
func (w *Window) connect() {
	w.ses.Changed = w.refresh
	w.ses.Password = w.askPassword
	w.ses.Restored = w.restored
	w.view.SetWidths(w.savedWidths())
	w.view.OnWidths = w.saveWidths
	w.view.OnSelect = func(i int) {
		if i >= 0 && i < w.rows.Len() {
			w.ses.Touch()
			w.place = place{w.rows.Timeline(), w.rows.Index(i)}
		}
		w.showDetail(i)
		w.status.refresh()
		w.note()
	}
	w.view.OnDraw = func() {
		if first, _ := w.view.InSight(); first > 0 {
			w.ses.Touch()
		}
		w.note()
	}
	w.view.OnKey = w.key
	w.view.OnRune = w.letter
	w.view.OnMenu = w.rowMenu
	w.view.OnCopy = func(rows int, all bool) {
		if all {
			w.status.say(w.t("status.copied", words.Count(rows)))
		} else {
			w.status.say(w.t("status.copied-part", words.Count(rows)))
		}
	}
	w.view.Highlight = func(text []byte, hits [][2]int) [][2]int {
		return session.Hits(text, w.ses.Query(), hits)
	}
	w.view.Marks = w.marks
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { w.key(e.Name, shiftDown()) })
}

// shiftDown reports whether a shift key is held.
func shiftDown() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// content makes everything that holds words, but for the pages: those are made
// as they are turned to.
func (w *Window) content() {
	w.tip, w.toast = newTip(), newTip()
	w.status = newStatus(w)
	w.reading = newReading(w)
	w.detail = newDetail(w)
	w.newer = newHintButton(w, "", w.t("hint.newer"), w.ses.ShowWaiting)
	w.newer.Importance = widget.HighImportance
	w.newer.Hide()
	share := w.app.Preferences().FloatWithFallback(prefDetail, 0.65)
	if w.split != nil {
		share = w.split.Offset
	}
	w.split = container.NewVSplit(w.view, w.detail.content)
	w.split.SetOffset(share)
	w.head = newHead(w)
	w.timeline = container.NewBorder(container.NewVBox(w.newer, w.head.content), nil, nil, nil, w.split)
	w.start = newStart(w)
	w.options = newOptions(w)
	w.failPage = w.failedPage()
	w.makePages()
	w.pages = container.NewStack(w.start.content, w.failPage, w.frame)
	top := container.NewVBox(w.topBar(), w.reading.content)
	w.win.SetContent(container.NewStack(container.NewBorder(top, w.status.content, nil, nil, w.pages), w.toast.content, w.tip.content))
	w.win.SetMainMenu(w.menu())
	w.win.SetPadded(false)
}

// dropped opens what was dropped: the whole window is the target, because
// the place of a drop is not told right on Windows.
func (w *Window) dropped(items []fyne.URI) {
	var paths []string
	for _, u := range items {
		if u.Scheme() == "file" {
			paths = append(paths, filepath.FromSlash(u.Path()))
		}
	}
	w.open(paths)
}

func (w *Window) closed() {
	w.app.Preferences().SetFloat(prefDetail, w.split.Offset)
	w.keepParts()
	w.ses.Close()
}

func (w *Window) savedWidths() logview.Widths {
	widths := logview.DefaultWidths()
	saved := w.app.Preferences().FloatList(prefWidths)
	if len(saved) != len(widths) {
		return widths
	}
	for i, x := range saved {
		if x >= 1 {
			widths[i] = float32(x)
		}
	}
	return widths
}

func (w *Window) saveWidths(widths logview.Widths) {
	var out []float64
	for _, x := range widths {
		out = append(out, float64(x))
	}
	w.app.Preferences().SetFloatList(prefWidths, out)
}

// refresh shows the session as it is now.
func (w *Window) refresh() {
	state := w.ses.State()
	w.showRows()
	asked := w.page == settingsPage
	show(w.start.content, state == session.Empty && !asked)
	show(w.failPage, state == session.Failed && !asked)
	show(w.frame, state == session.Reading || state == session.Ready || asked)
	w.rememberOpen()
	w.refreshPages()
	if state == session.Failed {
		w.failed.SetText(w.lang.Error(w.ses.Err()))
	}
	w.reading.refresh()
	w.refreshTop()
	w.head.refresh()
	w.status.refresh()
	if more, ok := w.ses.Waiting(); ok {
		if more > 0 {
			w.newer.SetText(w.t("reading.more", words.Count(more)))
		} else {
			w.newer.SetText(w.t("reading.whole"))
		}
		w.newer.Show()
	} else {
		w.newer.Hide()
	}
	w.note()
}

func show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}
