package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"patchtrail/app/list"
)

// kept is how far a page was scrolled, so that it stands there again when it is
// drawn anew: in another look, another language or by another clock.
type kept struct {
	// lists are the offsets of its lists, in sight whether the row that is
	// chosen was in sight, about the share of what is told of it that lies above.
	lists   [2]float32
	inSight bool
	about   float32
	// drawing is the offset of a drawing beside; target what is told of, where
	// that is not the row that is chosen.
	drawing float32
	target  string
}

// keepList notes where a list stands.
func (k *kept) keepList(n int, l *list.List) {
	k.lists[n] = l.GetScrollOffset()
	if n == 0 {
		k.inSight = l.InSight(l.At())
	}
}

// startList has the rows of a list that come next stand where they stood; the
// row that is chosen stays in sight.
func (k *kept) startList(n int, l *list.List) {
	l.StartAt(k.lists[n], n == 0 && k.inSight)
}

// keepPages notes how far the pages are scrolled that were drawn.
func (w *Window) keepPages() {
	for i, v := range w.views {
		if v != nil && w.drawn[i] != nil {
			k := v.keep()
			w.kept[i] = &k
		}
	}
}

// share is how much of the content of a scroll lies above what shows.
func share(s *container.Scroll) float32 {
	if s == nil || s.Content.Size().Height == 0 {
		return 0
	}
	return s.Offset.Y / s.Content.Size().Height
}

// toShare scrolls so that a share of the content lies above what shows.
func toShare(s *container.Scroll, share float32) {
	if s != nil && share > 0 {
		s.ScrollToOffset(fyne.NewPos(0, share*s.Content.Size().Height))
	}
}

// parts is a split of a page. Where somebody moved it, it stays: through another
// look, and until the app is started again.
func (w *Window) parts(name string, s *container.Split, offset float64) *container.Split {
	if w.splits == nil {
		w.splits = map[string]*container.Split{}
	}
	if before := w.splits[name]; before != nil {
		offset = before.Offset
	} else {
		offset = w.app.Preferences().FloatWithFallback(prefSplit+name, offset)
	}
	s.SetOffset(offset)
	w.splits[name] = s
	return s
}

// keepParts keeps the splits for the next start.
func (w *Window) keepParts() {
	for name, s := range w.splits {
		w.app.Preferences().SetFloat(prefSplit+name, s.Offset)
	}
}
