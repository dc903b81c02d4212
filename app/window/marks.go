package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/report"
)

// markBar is what an engineer says of the finding that is chosen: confirmed or
// dismissed, and a note.
type markBar struct {
	w                *Window
	key              string
	changed          func()
	confirm, dismiss *hintButton
	note             *noteEntry
	content          *fyne.Container
}

func newMarkBar(w *Window, changed func()) *markBar {
	b := &markBar{w: w, changed: changed}
	b.confirm = newHintButton(w, w.t("mark.confirm"), w.t("mark.confirm-hint"), func() { b.judge(report.Confirmed) })
	b.confirm.SetIcon(fynetheme.ConfirmIcon())
	b.dismiss = newHintButton(w, w.t("mark.dismiss"), w.t("mark.dismiss-hint"), func() { b.judge(report.Dismissed) })
	b.dismiss.SetIcon(fynetheme.CancelIcon())
	b.note = newNoteEntry(w, b.saveNote)
	buttons := container.NewHBox(b.confirm, b.dismiss)
	b.content = container.NewPadded(container.New(layout.NewBorderLayout(nil, nil, buttons, nil), buttons, b.note))
	b.content.Hide()
	return b
}

// show is of the finding of a key, "" for none. A note that is being written is
// kept first.
func (b *markBar) show(key string) {
	b.saveNote()
	b.key = key
	show(b.content, key != "")
	b.note.SetText(b.w.ses.FindingMark(key).Note)
	b.refresh()
}

func (b *markBar) refresh() {
	mark := b.w.ses.FindingMark(b.key)
	for _, x := range []struct {
		button *hintButton
		on     bool
		yes    string
		no     string
	}{
		{b.confirm, mark.Judgement == report.Confirmed, "mark.confirmed", "mark.confirm"},
		{b.dismiss, mark.Judgement == report.Dismissed, "mark.dismissed", "mark.dismiss"},
	} {
		x.button.Importance = widget.MediumImportance
		text := b.w.t(x.no)
		if x.on {
			x.button.Importance, text = widget.HighImportance, b.w.t(x.yes)
		}
		x.button.SetText(text)
	}
	if b.note.Text != mark.Note && !b.note.focused {
		b.note.SetText(mark.Note)
	}
}

func (b *markBar) judge(j report.Judgement) {
	if b.key == "" {
		return
	}
	b.saveNote()
	switch b.w.ses.Judge(b.key, j) {
	case report.Confirmed:
		b.w.status.say(b.w.t("mark.said-confirmed"))
	case report.Dismissed:
		b.w.status.say(b.w.t("mark.said-dismissed"))
	default:
		b.w.status.say(b.w.t("mark.said-none"))
	}
	b.changed()
}

func (b *markBar) saveNote() {
	mark := b.w.ses.FindingMark(b.key)
	if b.key == "" || b.note.Text == mark.Note {
		return
	}
	mark.Note = b.note.Text
	b.w.ses.SetFindingMark(b.key, mark)
	b.w.status.say(b.w.t("mark.said-note"))
	b.changed()
}

// noteEntry is the field for a note. It is kept by Enter and when the keyboard
// leaves; Escape gives it up.
type noteEntry struct {
	widget.Entry
	w       *Window
	save    func()
	before  string
	focused bool
}

func newNoteEntry(w *Window, save func()) *noteEntry {
	e := &noteEntry{w: w, save: save}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(w.t("mark.note-place"))
	return e
}

// FocusGained implements fyne.Focusable.
func (e *noteEntry) FocusGained() {
	e.focused, e.before = true, e.Text
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *noteEntry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	e.save()
}

// TypedKey implements fyne.Focusable.
func (e *noteEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e.save()
	case fyne.KeyEscape:
		e.SetText(e.before)
		e.w.win.Canvas().Focus(e.w.findings.list)
	default:
		e.Entry.TypedKey(k)
	}
}
