package window

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
)

// tipAfter is how long the pointer rests on a control before its tip shows.
const tipAfter = 600 * time.Millisecond

// tip is the little text beside a control that says what it does. It lies over
// the whole window and takes no event.
type tip struct {
	content *fyne.Container
	box     *canvas.Rectangle
	text    *canvas.Text
	asked   int
}

func newTip() *tip {
	t := &tip{box: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", color.Black)}
	t.box.StrokeWidth, t.box.CornerRadius = 1, 3
	t.content = container.NewWithoutLayout(t.box, t.text)
	t.content.Hide()
	return t
}

// hint says what the control under the pointer does, in the status bar at once
// and beside it after a while; nil and "" end that.
func (w *Window) hint(o fyne.CanvasObject, text string) {
	w.status.hint(text)
	t := w.tip
	t.asked++
	if t.content.Visible() {
		t.content.Hide()
	}
	if o == nil || text == "" {
		return
	}
	asked := t.asked
	time.AfterFunc(tipAfter, func() {
		w.post(func() {
			if t.asked == asked && w.win.Canvas().Overlays().Top() == nil {
				t.show(w, o, text)
			}
		})
	})
}

// show puts the tip under an object, or above it where there is no room.
func (t *tip) show(w *Window, o fyne.CanvasObject, text string) {
	size := t.fill(text, fynetheme.CaptionTextSize()+1, fynetheme.ColorNameMenuBackground, fynetheme.ColorNameForeground)
	driver := w.app.Driver()
	at := driver.AbsolutePositionForObject(o).Subtract(driver.AbsolutePositionForObject(t.content))
	room := t.content.Size()
	at.X = max(2, min(at.X, room.Width-size.Width-2))
	if below := at.Y + o.Size().Height + 3; below+size.Height <= room.Height {
		at.Y = below
	} else {
		at.Y -= size.Height + 3
	}
	t.place(at, size)
}

// tipPad is what stands around the text of a tip, in Fyne units.
const tipPad = 6

// fill writes the text and takes the colours, and tells how large the box is.
func (t *tip) fill(text string, size float32, back, front fyne.ThemeColorName) fyne.Size {
	t.text.Text, t.text.TextSize = text, size
	t.text.Color = fynetheme.Color(front)
	t.box.FillColor = fynetheme.Color(back)
	t.box.StrokeColor = fynetheme.Color(fynetheme.ColorNameInputBorder)
	return t.text.MinSize().AddWidthHeight(2*tipPad, tipPad)
}

func (t *tip) place(at fyne.Position, size fyne.Size) {
	t.box.Resize(size)
	t.box.Move(at)
	t.text.Move(at.AddXY(tipPad, tipPad/2))
	t.text.Resize(t.text.MinSize())
	t.content.Show()
	t.content.Refresh()
}

// toastAbove is how far a toast stands above the lower edge of the window.
const toastAbove = 44

// showToast says that something was done, in the middle above the status bar; ""
// takes it away.
func (w *Window) showToast(text string) {
	t := w.toast
	if text == "" {
		show(t.content, false)
		return
	}
	size := t.fill(text, fynetheme.TextSize(), fynetheme.ColorNameForeground, fynetheme.ColorNameBackground)
	room := t.content.Size()
	t.place(fyne.NewPos(max(2, (room.Width-size.Width)/2), room.Height-toastAbove-size.Height), size)
}
