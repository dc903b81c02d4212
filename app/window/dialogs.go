package window

import (
	"bufio"
	"errors"
	"io"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/session"
	"patchtrail/app/words"
)

func (w *Window) fail(err error) {
	text := widget.NewLabel(w.lang.Error(err))
	text.Wrapping = fyne.TextWrapWord
	text.Selectable = true
	w.tell(w.t("error.title"), text, fyne.NewSize(520, 160), nil)
}

// saveHTML asks where to, and writes the page of findings.
func (w *Window) saveHTML() {
	write, ok := w.ses.WriteHTML()
	if !ok {
		return
	}
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err != nil {
			w.fail(err)
			return
		}
		if f == nil {
			return
		}
		w.writeTo(f, path.Base(f.URI().Path()), write)
	}, w.win)
	d.SetFileName(w.ses.HTMLName())
	w.presentFile(d, "app.export-html", "ask.save")
}

// writeTo writes the page beside the window's goroutine and says when it is
// done.
func (w *Window) writeTo(f io.WriteCloser, name string, write func(io.Writer, string) error) {
	language := string(w.lang)
	go func() {
		b := bufio.NewWriter(f)
		err := errors.Join(write(b, language), b.Flush(), f.Close())
		w.post(func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.status.say(w.t("status.saved", name))
			w.note()
		})
	}()
}

// maxProblems is how many problems are listed; more are counted.
const maxProblems = 2000

// showProblems lists what could not be read.
func (w *Window) showProblems() {
	all := w.ses.Problems()
	listed := all[:min(len(all), maxProblems)]
	list := widget.NewList(
		func() int { return len(listed) },
		func() fyne.CanvasObject {
			where := widget.NewLabel("")
			where.TextStyle.Bold = true
			where.Truncation = fyne.TextTruncateEllipsis
			what := widget.NewLabel("")
			what.Truncation = fyne.TextTruncateEllipsis
			return container.New(tight{}, where, what)
		},
		func(i int, o fyne.CanvasObject) {
			p, cells := listed[i], o.(*fyne.Container).Objects
			cells[0].(*widget.Label).SetText(p.Path)
			cells[1].(*widget.Label).SetText(p.Text(string(w.lang)))
		})
	var foot fyne.CanvasObject
	if len(all) > len(listed) {
		foot = widget.NewLabel(w.t("problems.more", words.Count(len(all)-len(listed))))
	}
	w.tell(w.t("problems.title"), container.NewBorder(nil, foot, nil, nil, list), dialogSize, nil)
}

// askPassword puts the question for a password.
func (w *Window) askPassword(q session.Asked) {
	text := w.t("password.ask", path.Base(q.Path))
	if q.Attempt > 1 {
		text = w.t("password.again", path.Base(q.Path))
	}
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	entry := newPasswordEntry(w)
	answer := func() { q.Answer(entry.Text, true) }
	d := w.ask(w.t("password.title"), container.NewVBox(label, entry),
		choice{w.t("password.skip"), func() { q.Answer("", false) }}, choice{w.t("password.open"), answer})
	entry.OnSubmitted = func(string) {
		answer() // before closing, which answers no
		d.Hide()
	}
	w.win.Canvas().Focus(entry)
}
