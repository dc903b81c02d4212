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
	"patchtrail/app/theme"
)

// about shows all about the row of a page that is chosen: a page.Detail.
type about struct {
	w       *Window
	content *fyne.Container
	run     int // counts what is asked for; what an older one brings is dropped
	shown   page.Detail
	// rows is set where there may be thousands of lines, one row each.
	rows bool
}

func newAbout(w *Window, rows bool) *about {
	a := &about{w: w, rows: rows, content: container.NewStack()}
	a.clear()
	return a
}

// clear asks to choose a row.
func (a *about) clear() {
	a.run++
	a.shown = page.Detail{}
	label := widget.NewLabel(a.w.t("page.choose"))
	label.Importance = widget.LowImportance
	label.Wrapping = fyne.TextWrapWord
	a.content.Objects = []fyne.CanvasObject{container.NewPadded(container.NewVBox(label))}
	a.content.Refresh()
}

// show has a detail made beside the window's goroutine, and shows it.
func (a *about) show(make func() page.Detail) {
	a.run++
	run := a.run
	a.w.ses.Beside(func() func() {
		d := make()
		return func() {
			if a.run == run {
				a.set(d)
			}
		}
	})
}

func (a *about) set(d page.Detail) {
	a.shown = d
	head := a.head(d)
	if a.rows {
		a.content.Objects = []fyne.CanvasObject{container.NewBorder(head, nil, nil, nil, a.lines(d))}
	} else {
		box := container.NewVBox(head)
		for _, l := range d.Lines {
			box.Add(a.line(l))
		}
		a.content.Objects = []fyne.CanvasObject{container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 8, 0, 10), box))}
	}
	a.content.Refresh()
	a.w.note()
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
	var word fyne.CanvasObject
	if d.Word != "" {
		word = container.NewHBox(container.NewCenter(toneIcon(d.Tone)), widget.NewLabel(d.Word))
	}
	return container.New(tight{}, container.NewBorder(nil, nil, nil, word, title), facts)
}

// toneIcon is the mark of a tone at its size.
func toneIcon(t page.Tone) fyne.CanvasObject {
	icon := widget.NewIcon(mark(t))
	if t == page.Plain {
		icon.Hide()
	}
	return container.NewGridWrap(fyne.NewSize(markSize+2, markSize+2), icon)
}

// line is a line of a detail, as high as its text.
func (a *about) line(l page.Line) fyne.CanvasObject {
	switch l.Kind {
	case page.Heading:
		return heading(l.Text)
	case page.Command, page.Link:
		label := wrapped(l.Text)
		button := newHintButton(a.w, a.w.t("page.copy"), a.w.t("page.copy-hint"), func() { a.w.copy(l.Copy) })
		button.SetIcon(fynetheme.ContentCopyIcon())
		return container.NewBorder(nil, nil, nil, container.NewVBox(button), label)
	case page.Quote, page.Other:
		return newQuote(a.w, l)
	}
	label := wrapped(l.Text)
	if l.Tone == page.Plain {
		return label
	}
	return container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(toneIcon(l.Tone))), nil, label)
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
	c := columns{{width: 160, marked: true}, {width: 200, share: 1}, {width: 210}}
	l := newList(a.w, func() int { return len(d.Lines) }, func() fyne.CanvasObject { return c.cells(false) },
		func(i int, o fyne.CanvasObject) {
			line, objects := &d.Lines[i], o.(*fyne.Container).Objects
			first, words := cell{text: line.Time, tone: line.Tone}, line.Text
			switch line.Kind {
			case page.Heading:
				first, words = cell{text: line.Text}, ""
			case page.Quote:
				first.dim = true
			}
			unknown := line.Tone == page.Unknown
			for n, x := range []cell{first, {text: words, dim: unknown}, {text: line.Where, dim: true}} {
				label := objects[2*n+1].(*widget.Label)
				if bold := line.Kind == page.Heading || line.Kind == page.Step && !unknown; label.TextStyle.Bold != bold {
					label.TextStyle.Bold = bold
					label.Refresh()
				}
				setCell(objects[2*n].(*widget.Icon), label, c[n], x)
			}
			show(objects[0], line.Tone != page.Plain && line.Kind != page.Heading)
		})
	l.follows = false
	l.open = func(i int) { a.w.follow(d.Lines[i]) }
	return l
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
		inner = container.NewBorder(nil, nil, container.NewVBox(container.NewPadded(toneIcon(l.Tone))), nil, text)
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
