package window

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/histogram"
	"patchtrail/app/session"
	"patchtrail/app/words"
)

// head is what stands above the rows: the filter's chips, and the histogram
// with its brush.
type head struct {
	w       *Window
	content fyne.CanvasObject
	chips   *fyne.Container
	clear   *hintButton
	kept    *widget.Label
	band    *histogram.View
	counts  session.Histogram
	shown   headState
	listed  []session.Condition
	zone    session.ZoneMode
}

// headState is what the histogram was drawn from.
type headState struct {
	counts [4]int
	rows   session.Rows
	bars   int
	zone   session.ZoneMode
}

func newHead(w *Window) *head {
	h := &head{w: w, band: histogram.New(), kept: widget.NewLabel("")}
	add := newHintButton(w, w.t("filter.add"), w.t("filter.add-hint", shortcutName("Shift+F")), w.addFilter)
	add.SetIcon(fynetheme.ContentAddIcon())
	ready := newHintButton(w, w.t("filter.question"), w.t("filter.question-hint"), nil)
	ready.SetIcon(fynetheme.MenuDropDownIcon())
	ready.IconPlacement = widget.ButtonIconTrailingText
	ready.OnTapped = func() {
		below := w.app.Driver().AbsolutePositionForObject(ready).AddXY(0, ready.Size().Height)
		widget.ShowPopUpMenuAtPosition(w.filterMenu(), w.win.Canvas(), below)
	}
	h.clear = newHintButton(w, w.t("filter.clear"), w.t("filter.clear-hint"), w.ses.ClearConditions)
	h.clear.Importance = widget.LowImportance
	h.chips = container.New(layout.NewCustomPaddedHBoxLayout(4))
	row := container.NewBorder(nil, nil, container.NewHBox(add, ready), container.NewHBox(h.kept, h.clear), container.NewHScroll(h.chips))
	h.content = container.New(layout.NewCustomPaddedLayout(4, 4, 4, 4), container.NewVBox(row, h.band))
	h.band.OnBars = func(int) { h.refresh() }
	h.band.OnTap = func(at float64) { w.goToTime(h.timeAt(at)) }
	h.band.OnBrush = h.brushed
	h.band.OnHover = h.hovered
	return h
}

// questionItems are the ready filters, as a menu.
func (w *Window) questionItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, q := range session.Questions() {
		items = append(items, fyne.NewMenuItem(w.t("question."+q.Name), func() {
			w.add(session.Condition{Kind: session.ByQuestion, Text: q.Name})
		}))
	}
	return items
}

func (h *head) timeAt(share float64) int64 { return timeAt(h.counts, share) }

func (h *head) brushed(from, to float64, ok bool) {
	if ok {
		h.w.add(session.Condition{Kind: session.ByTime, From: h.timeAt(from), To: h.timeAt(to)})
		return
	}
	for _, c := range h.w.ses.Conditions() {
		if c.Kind == session.ByTime && !c.Not {
			h.w.ses.Remove(c)
		}
	}
}

// hovered says what a bar of the histogram counts.
func (h *head) hovered(k int) { h.w.status.hint(h.w.barText(h.counts, h.counts.Rows, k)) }

// refresh shows the conditions and the counts as they are now.
func (h *head) refresh() {
	w := h.w
	if now := w.ses.Conditions(); !slices.Equal(now, h.listed) || w.ses.ZoneMode() != h.zone {
		h.listed, h.zone = slices.Clone(now), w.ses.ZoneMode()
		h.chips.RemoveAll()
		for _, c := range now {
			h.chips.Add(w.chip(c))
		}
		h.chips.Refresh()
	}
	n, done := w.ses.Kept()
	text := ""
	if len(h.listed) > 0 && done {
		text = w.t("filter.kept", words.Count(n))
	} else if len(h.listed) > 0 && n > 0 {
		text = w.t("filter.kept-running", words.Count(n))
	}
	h.kept.SetText(text)
	show(h.clear, len(h.listed) > 0)
	state := headState{w.ses.HistogramState(), w.rows, h.band.Bars(), w.ses.ZoneMode()}
	if state.counts == h.shown.counts && state.rows.Same(h.shown.rows) && state.bars == h.shown.bars && state.zone == h.shown.zone {
		return
	}
	h.shown = state
	h.count()
}

// count fills the histogram.
func (h *head) count() {
	w := h.w
	h.counts = w.ses.Histogram(w.rows, h.band.Bars())
	h.band.SetData(buckets(h.counts.All), buckets(h.counts.Rows))
	h.band.SetLabels(w.timeLabels(h.counts))
	from, to, ok := w.ses.TimeRange()
	span := float64(h.counts.Last - h.counts.First)
	if !ok || span <= 0 {
		h.band.SetBrush(0, 0, false)
		return
	}
	if to == 0 {
		to = h.counts.Last
	}
	share := func(utc int64) float64 { return min(max(0, float64(utc-h.counts.First)/span), 1) }
	h.band.SetBrush(share(from), share(to), true)
}

func buckets(in []session.Bucket) []histogram.Bucket {
	out := make([]histogram.Bucket, len(in))
	for i, b := range in {
		out[i] = histogram.Bucket(b)
	}
	return out
}

// bias is the machine's that times without a record are shown by: that of the
// current row, or else of the first.
func (w *Window) bias() int16 {
	var rec session.Record
	if i := w.view.Current(); i >= 0 && i < w.rows.Len() {
		w.rows.Record(i, &rec)
		return rec.Bias
	}
	first, _, _ := w.ses.Span()
	return first.Bias
}

// clock writes a time that is no record's.
func (w *Window) clock(utc int64) string { return string(w.ses.AppendTime(nil, utc, w.bias())) }

// chip is a condition of the filter: a click turns it into its contrary, the
// cross takes it away.
func (w *Window) chip(c session.Condition) fyne.CanvasObject {
	text := newHintButton(w, w.conditionText(c), w.t("filter.negate"), func() { w.ses.Negate(c) })
	away := newHintButton(w, "", w.t("filter.remove"), func() { w.ses.Remove(c) })
	away.SetIcon(fynetheme.CancelIcon())
	if c.Not {
		text.Importance = widget.WarningImportance
	}
	return container.New(layout.NewCustomPaddedHBoxLayout(0), text, away)
}

// conditionText names a condition: "Component: CAS", "not Level: Info".
func (w *Window) conditionText(c session.Condition) string {
	var text string
	switch c.Kind {
	case session.ByQuestion:
		text = w.t("question." + c.Text)
	case session.ByTime:
		const seconds = len("2006-01-02 15:04:05")
		from, to := "", ""
		if c.From != 0 {
			from = w.clock(c.From)[:seconds]
		}
		if c.To != 0 {
			if to = w.clock(c.To)[:seconds]; from != "" && from[:10] == to[:10] {
				to = to[11:]
			}
		}
		text = from + " .. " + to
	case session.ByLevel:
		text = w.t("filter.level", w.levelName(c.Level))
	case session.ByMachine:
		text = w.t("filter.machine", c.Text)
	case session.ByComponent:
		text = w.t("filter.component", c.Text)
	case session.ByFile:
		text = w.t("filter.file", lastPart(c.Text))
	case session.ByThread:
		text = w.t("filter.thread", strconv.FormatUint(uint64(c.Thread), 10))
	case session.ByText:
		text = w.t("filter.text", c.Text)
	case session.ByRegexp:
		text = "/" + c.Text + "/"
	}
	if c.Not {
		text = w.t("filter.not", text)
	}
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return text
}

// lastPart is the name of a file in its archive and folder.
func lastPart(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '!' || path[i] == '\\' {
			return path[i+1:]
		}
	}
	return path
}

// add adds conditions to the filter, or says why it cannot.
func (w *Window) add(conditions ...session.Condition) {
	w.toTimeline()
	if err := w.ses.Add(conditions...); err != nil {
		w.status.say(w.lang.Error(err))
	}
}
