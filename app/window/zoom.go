package window

import (
	"os"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"patchtrail/app/settings"
)

// scaleVariable is where Fyne takes the user's scale from, each time that the
// theme is set. It offers no other way to one app's scale: its settings are
// those of all apps.
const scaleVariable = "FYNE_SCALE"

// scale is the user's scale as it was given to the app.
type scale struct {
	text   string
	given  bool
	factor float64
}

func givenScale(s fyne.Settings) scale {
	out := scale{factor: float64(s.Scale())}
	out.text, out.given = os.LookupEnv(scaleVariable)
	if f, err := strconv.ParseFloat(out.text, 64); err == nil && f > 0 {
		out.factor = f
	}
	if out.factor <= 0 {
		out.factor = 1
	}
	return out
}

// apply asks for the scale at a zoom in percent, from the next setting of the
// theme on.
func (s scale) apply(zoom int) {
	switch {
	case zoom != 100:
		os.Setenv(scaleVariable, strconv.FormatFloat(s.factor*float64(zoom)/100, 'f', 3, 64))
	case s.given:
		os.Setenv(scaleVariable, s.text)
	default:
		os.Unsetenv(scaleVariable)
	}
}

// setZoom changes how large everything is, and leaves the window as large as it
// is on the screen.
func (w *Window) setZoom(percent int) {
	if percent == w.set.Zoom {
		return
	}
	// Where several steps come at once, the window has not taken the size of the
	// step before.
	size := w.win.Canvas().Size()
	if w.zooming.Width > 0 {
		size = w.zooming
	}
	share := float32(w.set.Zoom) / float32(percent)
	w.zooming = fyne.NewSize(size.Width*share, size.Height*share)
	w.set.Zoom = percent
	w.keep()
	w.scale.apply(percent)
	w.restyle()
	w.win.Resize(w.zooming)
	w.zooms++
	zooms := w.zooms
	time.AfterFunc(resizeTime, func() {
		w.post(func() {
			if w.zooms == zooms {
				w.zooming = fyne.Size{}
			}
		})
	})
}

// resizeTime is how long a window takes at most to have the size asked for.
const resizeTime = time.Second

// zoom makes everything a step larger or smaller; 0 back to its own size.
func (w *Window) zoom(step int) {
	all := settings.Zooms()
	at := slices.Index(all, w.set.Zoom) + step
	if step == 0 {
		at = slices.Index(all, 100)
	}
	at = min(max(0, at), len(all)-1)
	w.setZoom(all[at])
	w.status.say(w.t("settings.percent", all[at]))
}
