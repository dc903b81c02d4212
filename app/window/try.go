package window

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/words"
)

// tryBar edits the length of the window that is chosen, or the maximum run time
// of the update, in minutes: by a slider or by a number.
type tryBar struct {
	w        *Window
	isWindow bool
	target   string
	was      int
	setting  bool // it sets the widgets itself
	name     *widget.Label
	slider   *widget.Slider
	minutes  *widget.Entry
	before   *widget.Label
	content  *fyne.Container
}

// The slider goes in steps of five minutes, as the console suggests; the entry
// takes any minute.
const sliderStep = 5

func newTryBar(w *Window, isWindow bool) *tryBar {
	b := &tryBar{w: w, isWindow: isWindow, name: widget.NewLabel(""), slider: widget.NewSlider(sliderStep, 600), minutes: widget.NewEntry(), before: widget.NewLabel("")}
	b.name.Truncation = fyne.TextTruncateEllipsis
	b.before.Importance = widget.LowImportance
	b.slider.Step = sliderStep
	b.slider.OnChanged = func(v float64) { b.edit(int(v)) }
	b.minutes.OnChanged = func(text string) {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			b.edit(n)
		}
	}
	entry := container.New(&wide{64}, b.minutes)
	right := container.NewHBox(entry, b.before)
	b.content = container.NewBorder(nil, nil, container.New(&wide{150}, b.name), right, b.slider)
	b.content.Hide()
	return b
}

// show edits a target whose value was some minutes; "" hides the bar.
func (b *tryBar) show(target, name string, was int, can bool) {
	b.target, b.was = target, was
	show(b.content, target != "" && can)
	key := "try.maximum"
	if b.isWindow {
		key = "try.window"
	}
	b.name.SetText(b.w.t(key, name))
	b.slider.Max = float64(max(240, (3*was/sliderStep)*sliderStep))
	if b.isWindow {
		b.slider.Max = 24 * 60 // as long as the console lets one be
	}
	b.before.SetText(b.w.t("try.was", words.Minutes(was)))
	b.refresh()
}

// refresh shows the value as it is now.
func (b *tryBar) refresh() {
	now := b.was
	if minutes, ok := b.w.ses.Edited(b.isWindow, b.target); ok {
		now = minutes
	}
	b.setting = true
	defer func() { b.setting = false }()
	if b.slider.Value != float64(now) {
		b.slider.SetValue(float64(now))
	}
	if n, err := strconv.Atoi(strings.TrimSpace(b.minutes.Text)); err != nil || n != now {
		b.minutes.SetText(strconv.Itoa(now))
	}
}

// edit tries another value.
func (b *tryBar) edit(minutes int) {
	if b.setting || b.target == "" {
		return
	}
	b.w.ses.Edit(b.isWindow, b.target, minutes, b.was)
	b.refresh()
}
