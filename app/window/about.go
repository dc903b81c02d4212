package window

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/table"
	"patchtrail/app/theme"
	"patchtrail/app/tone"
)

// about shows all about the row of a page that is chosen: a page.Detail.
type about struct {
	w       *Window
	content *fyne.Container
	run     int         // counts what is asked for; what an older one brings is dropped
	shown   page.Detail // once all of it is there
	// rows is set where there may be thousands of lines, one row each.
	rows   bool
	scroll *container.Scroll
	// back is the share to scroll away once all is there, want that of what is
	// shown next.
	back, want float32
}

// slice is how many lines of a detail are made in one go: more would hold the
// window's goroutine.
const slice = 12

// kept is how far it is scrolled, or will be.
func (a *about) kept() float32 {
	if p := max(a.back, a.want); p > 0 {
		return p
	}
	return share(a.scroll)
}

func newAbout(w *Window, rows bool) *about {
	a := &about{w: w, rows: rows, content: container.NewStack()}
	a.clear()
	return a
}

// clear asks to choose a row.
func (a *about) clear() {
	a.run++
	a.shown, a.scroll = page.Detail{}, nil
	label := widget.NewLabel(a.w.t("page.choose"))
	label.Importance = widget.LowImportance
	label.Wrapping = fyne.TextWrapWord
	a.content.Objects = []fyne.CanvasObject{container.NewPadded(container.NewVBox(label))}
	a.content.Refresh()
}

// show has a detail made beside the window's goroutine, and shows it.
func (a *about) show(make func() page.Detail) {
	a.showWith(func() (page.Detail, func()) { return make(), func() {} })
}

// showWith does what show does, and then what else is to be shown with it.
func (a *about) showWith(make func() (page.Detail, func())) {
	a.run++
	a.back, a.want = a.want, 0
	run := a.run
	a.w.ses.Beside(func() func() {
		d, then := make()
		return func() {
			if a.run == run {
				a.set(d)
				then()
			}
		}
	})
}

func (a *about) set(d page.Detail) {
	head := a.head(d)
	if a.rows {
		a.content.Objects = []fyne.CanvasObject{container.NewBorder(head, nil, nil, nil, a.lines(d))}
		a.content.Refresh()
	} else {
		box := container.NewVBox(head)
		a.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 8, 0, 10), box))
		a.content.Objects = []fyne.CanvasObject{a.scroll}
		rest := a.some(box, d.Lines)
		a.content.Refresh()
		a.more(d, box, rest)
		return
	}
	a.shown = d
	a.w.note()
}

// some adds the first lines, and returns the others.
func (a *about) some(box *fyne.Container, lines []page.Line) []page.Line {
	n := min(len(lines), slice)
	for _, l := range lines[:n] {
		box.Objects = append(box.Objects, a.line(l))
	}
	return lines[n:]
}

// more adds the lines that are left, some at a time, and then scrolls to where
// it stood.
func (a *about) more(d page.Detail, box *fyne.Container, lines []page.Line) {
	if len(lines) == 0 {
		toShare(a.scroll, a.back)
		a.back = 0
		a.shown = d
		a.w.note()
		return
	}
	run := a.run
	go a.w.post(func() {
		if a.run != run {
			return
		}
		rest := a.some(box, lines)
		a.scroll.Refresh()
		a.more(d, box, rest)
	})
}

func (a *about) head(d page.Detail) fyne.CanvasObject {
	title := widget.NewLabelWithStyle(d.Title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = fynetheme.SizeNameSubHeadingText
	title.Selectable = true
	facts := widget.NewLabel(strings.Join(d.Facts, "  ·  "))
	facts.Importance = widget.LowImportance
	facts.Selectable = true
	if a.rows {
		title.Truncation, facts.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	} else {
		title.Wrapping, facts.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord
	}
	var word fyne.CanvasObject // at the right of the title
	if d.Word != "" {
		word = container.NewHBox(container.NewCenter(tone.Icon(d.Tone, tone.Size+2)), widget.NewLabel(d.Word))
	}
	if d.Copy != "" {
		all := newHintButton(a.w, a.w.t("page.copy"), a.w.t("page.copy-story"), func() { a.w.copy(d.Copy) })
		all.SetIcon(fynetheme.ContentCopyIcon())
		word = container.NewHBox(word, all)
	}
	if word != nil {
		word = container.NewVBox(word)
	}
	return container.New(tight{}, container.NewBorder(nil, nil, nil, word, title), facts)
}

// line is a line of a detail, as high as its text.
func (a *about) line(l page.Line) fyne.CanvasObject {
	switch l.Kind {
	case page.Heading:
		if l.Copy == "" {
			return heading(l.Text)
		}
		return container.NewBorder(nil, nil, nil, a.copier(a.w.t("page.copy-all"), a.w.t("page.copy-all-hint"), l.Copy), heading(l.Text))
	case page.Code:
		label := wrapped(l.Text)
		label.TextStyle.Monospace = true
		back := canvas.NewRectangle(fynetheme.Color(fynetheme.ColorNameHeaderBackground))
		back.CornerRadius = 3
		button := a.copier(a.w.t("page.copy"), a.w.t("page.copy-hint"), l.Copy)
		return container.New(layout.NewCustomPaddedLayout(0, 0, 20, 0), container.NewStack(back, container.NewBorder(nil, nil, nil, container.NewVBox(button), label)))
	case page.Link:
		return container.NewBorder(nil, nil, nil, container.NewVBox(a.copier(a.w.t("page.copy"), a.w.t("page.copy-link"), l.Copy)), wrapped(l.Text))
	case page.Try:
		b := newHintButton(a.w, a.w.t("try.do", l.Text), a.w.t("try.do-hint"), func() { a.w.windows.try(l.Edit) })
		b.Alignment = widget.ButtonAlignLeading
		return b
	case page.Quote, page.Other, page.Story:
		return newQuote(a.w, l)
	}
	label := wrapped(l.Text)
	if l.Tone == page.Plain {
		return label
	}
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(tone.Icon(l.Tone, tone.Size+2))), nil, label)
}

// copier is a button that copies a text.
func (a *about) copier(text, hint, copied string) fyne.CanvasObject {
	button := newHintButton(a.w, text, hint, func() { a.w.copy(copied) })
	button.SetIcon(fynetheme.ContentCopyIcon())
	button.Importance = widget.LowImportance
	return button
}

func heading(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func wrapped(text string) *widget.Label {
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	label.Selectable = true
	return label
}

// lines shows the lines of a detail as rows of a list.
func (a *about) lines(d page.Detail) fyne.CanvasObject {
	c := table.Columns{{Width: 160, Marked: true}, {Width: 200, Share: 1}, {Width: 210}}
	l := a.w.newList(func() int { return len(d.Lines) }, func() fyne.CanvasObject { return c.Row() },
		func(i int, o fyne.CanvasObject) {
			line := &d.Lines[i]
			head := line.Kind == page.Heading
			first, words := table.Cell{Text: line.Time, Tone: line.Tone, Dim: true}, table.Cell{Text: line.Text}
			if head {
				first, words = table.Cell{Text: line.Text}, table.Cell{}
			}
			c.Set(o, []table.Cell{first, words, {Text: line.Where, Dim: true}}, head)
		})
	l.Links = true
	l.OnOpen = func(i int) { a.w.follow(d.Lines[i]) }
	return l.Framed()
}

// copy puts text into the clipboard and says so.
func (w *Window) copy(text string) {
	w.app.Clipboard().SetContent(text)
	w.status.say(w.t("page.copied"))
}

// follow goes where a line leads: to its record in the timeline, to its file,
// to another finding.
func (w *Window) follow(l page.Line) {
	switch {
	case l.Kind == page.Story:
		w.showUpdate(l.Row)
	case l.Kind == page.Other && l.Row >= 0:
		w.showFinding(l.Row)
	case l.Row >= 0:
		w.showRecord(l.Row)
	case l.Kind == page.Quote && l.Path != "":
		w.turn(filesPage)
		w.files.takePath(l.Path)
		w.status.say(w.t("page.not-record", l.Where))
	case l.Kind == page.Step:
		w.status.say(w.t("status.no-evidence", l.Text))
	}
}

// quote is a line that leads somewhere: a record, a file, another finding.
type quote struct {
	widget.BaseWidget
	w                *Window
	line             page.Line
	body             *fyne.Container
	back, bar        *canvas.Rectangle
	hovered, focused bool
}

func newQuote(w *Window, l page.Line) *quote {
	q := &quote{w: w, line: l, back: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent)}
	q.back.CornerRadius = 3
	q.bar.SetMinSize(fyne.NewSize(3, 0))
	text := widget.NewLabel(l.Text)
	text.Wrapping = fyne.TextWrapWord
	inner := fyne.CanvasObject(text)
	if l.Kind == page.Other {
		inner = container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(tone.Icon(l.Tone, tone.Size+2))), nil, text)
	} else if meta := strings.TrimSpace(l.Time + "   " + l.Where); meta != "" {
		where := widget.NewLabel(meta)
		where.Importance = widget.LowImportance
		where.SizeName = fynetheme.SizeNameCaptionText
		where.Truncation = fyne.TextTruncateEllipsis
		inner = container.New(tight{}, where, text)
	}
	q.body = container.NewStack(q.back, container.NewBorder(nil, nil, q.bar, nil, inner))
	q.ExtendBaseWidget(q)
	q.paint()
	return q
}

func (q *quote) paint() {
	back := color.Color(color.Transparent)
	bar := fynetheme.ColorNameSeparator
	switch q.line.Tone {
	case page.Bad:
		back, bar = fynetheme.Color(theme.LogErrorRow), theme.LogErrorMark
	case page.Warning:
		back, bar = fynetheme.Color(theme.LogWarningRow), theme.LogWarningMark
	}
	if q.line.Kind == page.Other {
		back = color.Transparent
	}
	if q.hovered {
		back = fynetheme.Color(fynetheme.ColorNameHover)
	}
	q.back.FillColor, q.bar.FillColor = back, fynetheme.Color(bar)
	q.back.StrokeWidth, q.back.StrokeColor = 0, color.Transparent
	if q.focused {
		q.back.StrokeWidth, q.back.StrokeColor = 2, fynetheme.Color(fynetheme.ColorNamePrimary)
	}
	q.back.Refresh()
	q.bar.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (q *quote) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(q.body) }

// Refresh implements fyne.Widget.
func (q *quote) Refresh() {
	q.paint()
	q.BaseWidget.Refresh()
}

// Tapped implements fyne.Tappable.
func (q *quote) Tapped(*fyne.PointEvent) { q.w.follow(q.line) }

// Cursor implements desktop.Cursorable.
func (q *quote) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (q *quote) MouseIn(*desktop.MouseEvent) { q.hovered = true; q.paint() }

// MouseMoved implements desktop.Hoverable.
func (q *quote) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (q *quote) MouseOut() { q.hovered = false; q.paint() }

// FocusGained implements fyne.Focusable.
func (q *quote) FocusGained() { q.focused = true; q.paint() }

// FocusLost implements fyne.Focusable.
func (q *quote) FocusLost() { q.focused = false; q.paint() }

// TypedRune implements fyne.Focusable.
func (q *quote) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (q *quote) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		q.w.follow(q.line)
	case fyne.KeyDown:
		q.w.win.Canvas().FocusNext()
	case fyne.KeyUp:
		q.w.win.Canvas().FocusPrevious()
	default:
		q.w.key(k.Name, shiftDown())
	}
}
