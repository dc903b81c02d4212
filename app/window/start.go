package window

import (
	"image/color"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/settings"
)

// mostListed is how many recent bundles the start page lists.
const mostListed = 6

// startWidth is the width of the start page's column in Fyne units.
const startWidth = 620

// start is what shows before anything is open: a place to drop, and what was
// opened before.
type start struct {
	w       *Window
	content fyne.CanvasObject
	target  *canvas.Rectangle
	first   *hintButton
	title   *widget.Label
	recent  *fyne.Container
	missing map[string]bool // paths that are no more, as far as is known
	listed  []settings.Recent
}

func newStart(w *Window) *start {
	s := &start{w: w, missing: map[string]bool{}, target: canvas.NewRectangle(color.Transparent)}
	s.target.CornerRadius, s.target.StrokeWidth = 10, 2
	icon := widget.NewIcon(fynetheme.DownloadIcon())
	drop := widget.NewLabelWithStyle(w.t("app.drop"), fyne.TextAlignCenter, fyne.TextStyle{})
	drop.SizeName = fynetheme.SizeNameSubHeadingText
	drop.Wrapping = fyne.TextWrapWord
	offline := widget.NewLabelWithStyle(w.t("app.offline"), fyne.TextAlignCenter, fyne.TextStyle{})
	offline.Importance = widget.LowImportance
	s.first = newHintButton(w, w.t("app.open-file"), w.t("hint.open", shortcutName("O")), w.openFile)
	s.first.Importance = widget.HighImportance
	buttons := container.NewHBox(s.first,
		newHintButton(w, w.t("app.open-folder"), w.t("hint.open-folder", shortcutName("Shift+O")), w.openFolder),
		newHintButton(w, w.t("app.demo"), w.t("hint.demo"), w.openDemo))
	inside := container.NewVBox(container.NewCenter(container.NewGridWrap(fyne.NewSize(40, 40), icon)), drop, offline, container.NewCenter(buttons))
	box := container.NewStack(s.target, container.New(layout.NewCustomPaddedLayout(28, 28, 24, 24), inside))
	s.title = widget.NewLabelWithStyle(w.t("app.recent"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	s.recent = container.New(layout.NewCustomPaddedVBoxLayout(0))
	column := container.New(layout.NewCustomPaddedVBoxLayout(12), box, container.New(layout.NewCustomPaddedVBoxLayout(2), s.title, s.recent))
	wide := canvas.NewRectangle(color.Transparent)
	wide.SetMinSize(fyne.NewSize(startWidth, 0))
	s.content = container.NewVScroll(container.NewCenter(container.NewStack(wide, column)))
	s.refresh()
	return s
}

// refresh lists the recent bundles, and looks beside the window's goroutine
// which of them are no more: a share that does not answer must not hold it.
func (s *start) refresh() {
	s.colour()
	s.listed = s.w.set.Recent[:min(len(s.w.set.Recent), mostListed)]
	s.draw()
	if len(s.listed) == 0 {
		return
	}
	listed := s.listed
	go func() {
		missing := map[string]bool{}
		for _, r := range listed {
			for _, path := range r.Inputs {
				if _, err := os.Stat(path); os.IsNotExist(err) {
					missing[path] = true
				}
			}
		}
		s.w.post(func() {
			s.missing = missing
			if len(missing) > 0 {
				s.draw()
			}
		})
	}()
}

// colour takes the colours of the theme.
func (s *start) colour() {
	s.target.FillColor = fynetheme.Color(fynetheme.ColorNameInputBackground)
	s.target.StrokeColor = fynetheme.Color(fynetheme.ColorNameInputBorder)
	s.target.Refresh()
}

func (s *start) draw() {
	s.recent.RemoveAll()
	for _, r := range s.listed {
		s.recent.Add(s.row(r))
	}
	show(s.title, len(s.listed) > 0)
	s.recent.Refresh()
}

// row is a recent bundle: a click opens it, the cross takes it out of the list.
func (s *start) row(r settings.Recent) fyne.CanvasObject {
	w := s.w
	gone := slices.ContainsFunc(r.Inputs, func(p string) bool { return s.missing[p] })
	name := newHintButton(w, w.recentName(r), filepath.FromSlash(r.Inputs[0]), func() { w.open(r.Inputs) })
	name.Alignment = widget.ButtonAlignLeading
	name.Importance = widget.LowImportance
	name.SetIcon(recentIcon(r))
	where := widget.NewLabel(filepath.Dir(r.Inputs[0]))
	where.Truncation = fyne.TextTruncateEllipsis
	where.Importance = widget.LowImportance
	if gone {
		name.SetIcon(fynetheme.WarningIcon())
		where.SetText(w.t("app.recent-missing", filepath.Dir(r.Inputs[0])))
		where.Importance = widget.WarningImportance
	}
	away := newHintButton(w, "", w.t("app.recent-remove"), func() {
		w.set.Forget(r)
		w.keep()
		s.refresh()
	})
	away.Importance = widget.LowImportance
	away.SetIcon(fynetheme.CancelIcon())
	return container.NewBorder(nil, nil, nil, away, container.New(&shares{0.42}, name, where))
}

// recentIcon tells archives, folders, sessions and several bundles apart.
func recentIcon(r settings.Recent) fyne.Resource {
	switch {
	case len(r.Inputs) > 1:
		return fynetheme.ListIcon()
	case filepath.Ext(r.Inputs[0]) == "":
		return fynetheme.FolderIcon()
	default:
		return fynetheme.DocumentIcon()
	}
}
