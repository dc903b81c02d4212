package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/session"
	"patchtrail/app/words"
)

// failedPage says why nothing could be read.
func (w *Window) failedPage() fyne.CanvasObject {
	title := widget.NewLabelWithStyle(w.t("app.failed"), fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	title.SizeName = fynetheme.SizeNameSubHeadingText
	w.failed = widget.NewLabel("")
	w.failed.Wrapping = fyne.TextWrapWord
	w.failed.Alignment = fyne.TextAlignCenter
	w.failed.Selectable = true
	open := newHintButton(w, w.t("app.open-file"), w.t("hint.open", shortcutName("O")), w.openFile)
	wide := canvas.NewRectangle(color.Transparent)
	wide.SetMinSize(fyne.NewSize(560, 0))
	return container.NewCenter(container.NewVBox(title, wide, w.failed, container.NewCenter(open)))
}

// reading is the slim bar under the top while a bundle is read.
type reading struct {
	w       *Window
	content *fyne.Container
	file    *widget.Label
	text    *widget.Label
	meter   meter
	bar     *fyne.Container
	track   *canvas.Rectangle
	done    *canvas.Rectangle
}

func newReading(w *Window) *reading {
	r := &reading{w: w, file: widget.NewLabel(""), text: widget.NewLabel("")}
	r.file.Truncation = fyne.TextTruncateEllipsis
	r.track, r.done = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	r.bar = container.New(&r.meter, r.track, r.done)
	cancel := newHintButton(w, w.t("reading.cancel"), w.t("hint.cancel"), w.ses.Cancel)
	cancel.SetIcon(fynetheme.CancelIcon())
	line := container.NewBorder(nil, nil, nil, container.NewHBox(r.text, cancel), r.file)
	r.content = container.New(layout.NewCustomPaddedLayout(0, 2, 4, 4), container.NewVBox(line, r.bar))
	r.content.Hide()
	return r
}

// meter lays two rectangles out as a slim bar, the second over a share of the
// first.
type meter struct{ share float32 }

func (m *meter) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, 5) }

func (m *meter) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[1].Resize(fyne.NewSize(size.Width*m.share, size.Height))
}

func (r *reading) refresh() {
	if r.w.ses.State() != session.Reading {
		r.content.Hide()
		return
	}
	p := r.w.ses.Progress()
	file := p.File
	if file == "" {
		file, _ = r.w.ses.Name()
	}
	r.file.SetText(r.w.t("reading.begin", file))
	r.text.SetText(r.w.t("reading.percent", words.Bytes(p.Done), words.Bytes(max(p.Done, p.Known)), p.Percent(),
		words.Count(int(p.Records))))
	r.meter.share = float32(p.Percent()) / 100
	r.track.FillColor = fynetheme.Color(fynetheme.ColorNameSeparator)
	r.done.FillColor = fynetheme.Color(fynetheme.ColorNamePrimary)
	r.bar.Refresh()
	r.content.Show()
}
