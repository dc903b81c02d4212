package window

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/analyze/code"
	"patchtrail/app/session"
	"patchtrail/app/tone"
	"patchtrail/ingest/record"
)

// partBytes is how much of a message shows at once: laying out more takes Fyne
// too long.
const partBytes = 8 << 10

// detail is the pane under the rows: the whole of one record.
type detail struct {
	w       *Window
	content fyne.CanvasObject
	head    *widget.Label
	place   *widget.Label
	codes   *fyne.Container
	text    *widget.Label
	scroll  *container.Scroll
	pager   *fyne.Container
	part    *widget.Label
	copy    *hintButton
	acts    *fyne.Container

	whole string
	parts []string
	at    int
	rec   session.Record
}

func newDetail(w *Window) *detail {
	d := &detail{w: w, head: widget.NewLabel(""), place: widget.NewLabel(""), text: widget.NewLabel("")}
	d.head.TextStyle.Bold = true
	d.head.Truncation = fyne.TextTruncateEllipsis
	d.place.Truncation = fyne.TextTruncateEllipsis
	d.place.Importance = widget.LowImportance
	d.place.Selectable = true
	d.text.Wrapping = fyne.TextWrapBreak
	d.text.Selectable = true
	d.scroll = container.NewVScroll(d.text)
	d.copy = newHintButton(w, w.t("detail.copy"), w.t("hint.copy"), func() { w.app.Clipboard().SetContent(d.whole) })
	d.copy.SetIcon(fynetheme.ContentCopyIcon())
	d.part = widget.NewLabel("")
	back := newHintButton(w, "", w.t("detail.part-back"), func() { d.turn(-1) })
	back.SetIcon(fynetheme.NavigateBackIcon())
	next := newHintButton(w, "", w.t("detail.part-next"), func() { d.turn(1) })
	next.SetIcon(fynetheme.NavigateNextIcon())
	d.pager = container.NewHBox(back, d.part, next)
	d.pager.Hide()
	d.acts = container.NewHBox(
		newHintButton(w, w.t("detail.same-thread"), w.t("detail.same-thread-hint", shortcutName("T")), w.sameThread),
		newHintButton(w, w.t("detail.around"), w.t("detail.around-hint", shortcutName("D")), w.around),
		newHintButton(w, w.t("detail.bookmark"), w.t("detail.bookmark-hint", shortcutName("B")), w.bookmark))
	d.codes = container.New(layout.NewCustomPaddedVBoxLayout(0))
	title := container.NewBorder(nil, nil, nil, container.NewHBox(d.pager, d.acts, d.copy), d.head)
	d.content = container.NewBorder(container.NewVBox(container.New(tight{}, title, d.place), d.codes), nil, nil, nil, d.scroll)
	d.clear()
	return d
}

// tight stacks labels without room between them.
type tight struct{}

func (tight) MinSize(o []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for i, x := range o {
		m := x.MinSize()
		s = fyne.NewSize(max(s.Width, m.Width), s.Height+m.Height-overlap(i))
	}
	return s
}

func (tight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for i, x := range o {
		y -= overlap(i)
		h := x.MinSize().Height
		x.Move(fyne.NewPos(0, y))
		x.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

func overlap(i int) float32 {
	if i == 0 {
		return 0
	}
	return 8
}

func (d *detail) clear() {
	d.head.SetText("")
	d.place.SetText("")
	d.text.SetText(d.w.t("detail.none"))
	d.copy.Disable()
	d.acts.Hide()
	d.codes.RemoveAll()
	d.pager.Hide()
	d.whole, d.parts = "", nil
}

// showDetail shows the whole of row i of the view, or nothing for -1.
func (w *Window) showDetail(i int) {
	d := w.detail
	if i < 0 || i >= w.rows.Len() {
		if d.whole != "" || d.parts != nil {
			d.clear()
		}
		return
	}
	rec := &d.rec
	w.rows.Record(i, rec)
	head := []string{string(w.ses.AppendTime(nil, rec.Time, rec.Bias)) + " " + w.zoneOf(rec), w.levelName(rec.Level)}
	for _, s := range []string{rec.Machine, rec.Component} {
		if s != "" {
			head = append(head, s)
		}
	}
	d.head.SetText(strings.Join(head, "  ·  "))
	place := []string{rec.File, w.t("detail.line", rec.Line)}
	if rec.Thread != 0 {
		place = append(place, w.t("detail.thread", fmt.Sprintf("%d (0x%X)", rec.Thread, rec.Thread)))
	}
	for _, s := range [][]byte{rec.Source, rec.Context} {
		if len(s) > 0 {
			place = append(place, clean(s))
		}
	}
	place = append(place, w.flagNames(rec.Flags)...)
	d.place.SetText(strings.Join(place, "  ·  "))
	d.whole = clean(rec.Message)
	d.parts, d.at = cut(d.whole, partBytes), 0
	d.copy.Enable()
	d.acts.Show()
	d.explain(rec.Message)
	d.proves(w.rows.Index(i))
	d.turn(0)
}

// How many codes and as many GUIDs are explained in the pane, out of how many
// GUIDs, and how much of a message is searched for them.
const (
	mostCodes   = 4
	mostGUIDs   = 16
	codesWithin = 64 << 10
)

// explain says what the error codes of a message mean, and what its GUIDs are of.
func (d *detail) explain(message []byte) {
	d.codes.RemoveAll()
	var found []uint32
	code.Scan(message[:min(len(message), codesWithin)], func(c uint32, _ int) {
		if !slices.Contains(found, c) {
			found = append(found, c)
		}
	})
	for i, c := range found {
		if i == mostCodes {
			d.codes.Add(widget.NewLabel(d.w.t("detail.more-codes", len(found)-mostCodes)))
			break
		}
		e := code.Explain(c)
		d.term(e.String(), strings.TrimSpace(e.Symbol+"  "+d.w.meaning(e)))
	}
	named := 0
	for _, id := range session.GUIDs(message[:min(len(message), codesWithin)], mostGUIDs) {
		if name, ok := d.w.ses.NameID(string(d.w.lang), id); ok && named < mostCodes {
			d.term(id, name)
			named++
		}
	}
	d.codes.Refresh()
}

// proves leads to the finding that the record is evidence of.
func (d *detail) proves(index int) {
	f, ok := d.w.ses.Proves(index)
	if !ok {
		return
	}
	x := d.w.ses.Pages().Findings[f]
	b := newHintButton(d.w, d.w.t("detail.proves", x.Title), d.w.t("detail.proves-hint"), func() { d.w.showFinding(f) })
	b.SetIcon(tone.Mark(x.Tone))
	b.Alignment, b.Importance = widget.ButtonAlignLeading, widget.LowImportance
	d.codes.Add(b)
	d.codes.Refresh()
}

// term adds a line with what a word of the message means.
func (d *detail) term(word, meaning string) {
	text := widget.NewRichText(
		&widget.TextSegment{Text: word + "  ", Style: widget.RichTextStyle{Inline: true, TextStyle: fyne.TextStyle{Bold: true}}},
		&widget.TextSegment{Text: meaning, Style: widget.RichTextStyle{Inline: true}})
	text.Truncation = fyne.TextTruncateEllipsis
	d.codes.Add(text)
}

func (w *Window) levelName(l record.Level) string {
	switch l {
	case record.Error:
		return "● " + w.t("level.error")
	case record.Warning:
		return "▲ " + w.t("level.warning")
	case record.Info:
		return w.t("level.info")
	default:
		return w.t("level.verbose")
	}
}

// zoneOf names the zone that a record's time is shown in.
func (w *Window) zoneOf(rec *session.Record) string {
	switch w.ses.ZoneMode() {
	case session.UTC:
		return "UTC"
	case session.Mine:
		return session.Offset(w.ses.MineBias())
	default:
		return session.Offset(rec.Bias)
	}
}

func (w *Window) flagNames(f record.Flags) []string {
	var out []string
	for _, x := range []struct {
		flag record.Flags
		name string
	}{
		{record.Untimed, w.t("detail.untimed")}, {record.Fragment, w.t("detail.fragment")},
		{record.Cut, w.t("detail.cut")}, {record.Assumed, w.t("detail.assumed")},
	} {
		if f&x.flag != 0 {
			out = append(out, x.name)
		}
	}
	return out
}

// turn shows the part that is step further.
func (d *detail) turn(step int) {
	d.at = min(max(0, d.at+step), len(d.parts)-1)
	d.text.SetText(d.parts[d.at])
	d.part.SetText(d.w.t("detail.part", d.at+1, len(d.parts)))
	show(d.pager, len(d.parts) > 1)
	d.scroll.ScrollToTop()
}

// clean makes text out of a record's bytes: broken UTF-8 and control
// characters become marks that are seen.
func clean(b []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return -1
		case r < ' ' || r == 0x7F:
			return 0x2400 + r&0x1F // ␀ ␁ ...
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
			return utf8.RuneError // would turn the text around
		}
		return r
	}, strings.ToValidUTF8(string(b), string(utf8.RuneError)))
}

// cut parts text into pieces of about size bytes, at line ends where there are
// any. The pieces make up the whole text.
func cut(text string, size int) []string {
	var out []string
	for len(text) > size {
		at := strings.LastIndexByte(text[:size], '\n') + 1
		if at < size/2 {
			for at = size; !utf8.RuneStart(text[at]); at-- {
			}
		}
		out = append(out, text[:at])
		text = text[at:]
	}
	return append(out, text)
}
