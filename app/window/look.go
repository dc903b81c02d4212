package window

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"patchtrail/analyze/lang"
	"patchtrail/app/theme"
	"patchtrail/app/typeface"
)

// fonts are those of the log view: the window's own, then the system's
// Japanese one, then Fyne's symbols.
func (w *Window) fonts() []*typeface.Font {
	var out []*typeface.Font
	if f, err := typeface.Parse("text", fynetheme.DefaultTextFont().Content()); err == nil {
		out = append(out, f)
	}
	if found, ok := typeface.FindJapanese(typeface.SystemFolders()); ok {
		if f, err := typeface.Open(found); err == nil {
			w.found = found
			out = append(out, f)
		}
	}
	if f, err := typeface.Parse("symbols", fynetheme.DefaultSymbolFont().Content()); err == nil {
		out = append(out, f)
	}
	return out
}

// mono are the fonts of messages in equal widths: Fyne's own, then those of the
// other columns.
func (w *Window) mono() []*typeface.Font {
	f, err := typeface.Parse("monospace", fynetheme.DefaultTextMonospaceFont().Content())
	if err != nil {
		return nil
	}
	return append([]*typeface.Font{f}, w.rowFonts...)
}

// setRowText gives the rows the font and the size that were chosen.
func (w *Window) setRowText() {
	var message []*typeface.Font
	if w.set.Mono {
		message = w.mono()
	}
	w.view.SetText(float32(w.set.RowText), message)
}

// japaneseFonts are the system's Japanese font and its bold, for a window in
// Japanese; nil where there are none. It reads some 16 MB a font.
func japaneseFonts(l lang.Lang, found typeface.Japanese) (fonts [2]fyne.Resource) {
	if l != lang.Japanese || found.Path == "" {
		return fonts
	}
	fonts[0] = resource(found)
	if found.Bold != nil {
		fonts[1] = resource(*found.Bold)
	}
	return fonts
}

// resource is a font as Fyne takes it, nil if it cannot be read.
func resource(j typeface.Japanese) fyne.Resource {
	data, err := typeface.Extract(j)
	if err != nil {
		return nil
	}
	return fyne.NewStaticResource(filepath.Base(j.Path), data)
}

// setTheme sets colours and fonts. Japanese is written in the system's Japanese
// font throughout: beside another one its letters would stand on another line.
func (w *Window) setTheme() {
	var regular, bold fyne.Resource
	if w.lang == lang.Japanese {
		regular, bold = w.japanese[0], w.japanese[1]
	}
	w.app.Settings().SetTheme(theme.New(theme.Mode(w.set.Look), regular, bold))
}

// before is what the window showed before a look, beside the pages: which control
// of the settings has the keyboard and whether the filter has it, how far the
// settings are scrolled, which part of a record shows and how far that is scrolled.
type before struct {
	control   int
	filtering bool
	options   fyne.Position
	part      int
	detail    float32
}

// restyle sets the theme anew and makes the content for it: first the frame, then
// the page that shows, so that neither holds the window's goroutine for long. On
// a window that is full, Fyne would measure every text of every page, shown or
// not: ten times what making them anew costs. Where pages and lists are scrolled
// to, and what is chosen, stays.
func (w *Window) restyle() {
	if w.styled == w.styles { // else it stays what it was before the look before
		w.before = before{options: w.options.scroll.Offset, part: w.detail.at, detail: share(w.detail.scroll)}
	}
	old := w.win.Canvas().Focused()
	w.before.control, w.before.filtering = w.options.focused(old), old == fyne.Focusable(w.filter)
	if w.findings != nil {
		w.findings.marks.saveNote()
	}
	w.keepPages()
	w.win.SetContent(container.NewWithoutLayout())
	w.setTheme()
	w.view.SetWords(w.rowWords())
	w.content()
	w.focusFrame() // at once: the next key may follow
	w.styles++
	style := w.styles
	then := func(f func()) {
		go w.post(func() {
			if w.styles == style {
				f()
			}
		})
	}
	rest := func() {
		w.styled = style
		w.refresh()
		if w.page == settingsPage {
			w.options.checkRules() // what it said is gone
		}
		w.showDetail(w.view.Current())
		b := w.before
		if len(w.detail.parts) > b.part {
			w.detail.turn(b.part)
			toShare(w.detail.scroll, b.detail)
		}
		w.options.scroll.ScrollToOffset(b.options)
		if w.page != settingsPage && !b.filtering && w.ses.Shown() > 0 && w.pageFocus() != nil {
			w.win.Canvas().Focus(w.pageFocus())
		}
	}
	then(func() {
		if w.ses.Pages() != nil {
			w.makePage(w.page)
		}
		then(rest)
	})
}

// focusFrame gives the keyboard back to what had it outside of the pages.
func (w *Window) focusFrame() {
	switch {
	case w.before.filtering:
		w.win.Canvas().Focus(w.filter)
	case w.page == settingsPage:
		w.win.Canvas().Focus(w.options.focusable(w.before.control))
	}
}

// setLang chooses the language of the window.
func (w *Window) setLang(l lang.Lang) {
	w.set.Language = string(l)
	w.keep()
	w.options.refresh()
	w.speak(l)
}

// speak changes the language of the whole window. The fonts of Japanese are read
// beside the window's goroutine, the first time.
func (w *Window) speak(l lang.Lang) {
	w.asked = l
	if l == w.lang {
		return
	}
	if l != lang.Japanese || w.found.Path == "" || w.japanese[0] != nil {
		w.lang = l
		w.restyle()
		return
	}
	found := w.found
	go func() {
		fonts := japaneseFonts(l, found)
		w.post(func() {
			w.japanese = fonts
			if w.asked == l && w.lang != l {
				w.lang = l
				w.restyle()
			}
		})
	}()
}

func (w *Window) setMode(m theme.Mode) {
	if w.set.Look == int(m) {
		return
	}
	w.set.Look = int(m)
	w.keep()
	w.restyle()
}
