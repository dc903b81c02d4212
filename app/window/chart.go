package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/histogram"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/app/theme"
	"patchtrail/app/words"
)

// chartHeight is that of the histogram on the overview.
const chartHeight = 84

// chart is the histogram of the whole time, with errors and windows on it. A
// click leads to its time in the timeline, a brush limits that to a range.
type chart struct {
	w       *Window
	band    *histogram.View
	counts  session.Histogram
	open    []page.OpenTime
	shown   headState
	content fyne.CanvasObject
}

func newChart(w *Window) *chart {
	c := &chart{w: w, band: histogram.NewTall(chartHeight)}
	c.band.OnBars = func(int) { c.refresh() }
	c.band.OnTap = func(at float64) { w.goToTime(c.timeAt(at)) }
	c.band.OnBrush = func(from, to float64, ok bool) {
		if ok {
			c.band.SetBrush(0, 0, false)
			w.add(session.Condition{Kind: session.ByTime, From: c.timeAt(from), To: c.timeAt(to)})
		}
	}
	c.band.OnHover = func(k int) { w.status.hint(w.barText(c.counts, c.counts.All, k)) }
	head := container.NewBorder(nil, nil, heading(w.t("page.all-time")), legend(
		legendItem{theme.LogErrorMark, w.t("page.legend-errors")}, legendItem{theme.LogWarningMark, w.t("page.legend-warnings")},
		legendItem{theme.LogThumbHover, w.t("page.legend-others")}, legendItem{fynetheme.ColorNamePrimary, w.t("report.legend-window")}))
	c.content = container.NewVBox(head, c.band)
	return c
}

// legendItem is a colour and what it stands for.
type legendItem struct {
	colour fyne.ThemeColorName
	word   string
}

func legend(items ...legendItem) fyne.CanvasObject {
	box := container.NewHBox()
	for i, item := range items {
		swatch := canvas.NewRectangle(fynetheme.Color(item.colour))
		if i == len(items)-1 { // a window is an outline
			swatch.FillColor = fynetheme.Color(theme.CalendarWindow)
			swatch.StrokeWidth, swatch.StrokeColor = 1, fynetheme.Color(item.colour)
		}
		word := widget.NewLabel(item.word)
		word.SizeName = fynetheme.SizeNameCaptionText
		word.Importance = widget.LowImportance
		box.Add(container.NewCenter(container.NewGridWrap(fyne.NewSize(10, 10), swatch)))
		box.Add(word)
	}
	return box
}

func (c *chart) timeAt(share float64) int64 { return timeAt(c.counts, share) }

// timeAt is the time at a share of a histogram's width.
func timeAt(h session.Histogram, share float64) int64 {
	return h.First + int64(share*float64(h.Last-h.First))
}

// barText says what bar k of a histogram counts, "" for none.
func (w *Window) barText(h session.Histogram, rows []session.Bucket, k int) string {
	if k < 0 || k >= len(rows) {
		return ""
	}
	b := rows[k]
	return w.t("histogram.bar", w.clock(h.Edge(k)), words.Count(b.Total()), words.Count(b.Error), words.Count(b.Warning))
}

// timeLabels are times along a histogram; the year stands at the left alone.
func (w *Window) timeLabels(h session.Histogram) []histogram.Label {
	var out []histogram.Label
	const marks = 6
	for i := 0; i < marks && len(h.All) > 0; i++ {
		at := float64(i) / marks
		text := w.clock(timeAt(h, at))[:len("2006-01-02 15:04")]
		if i > 0 {
			text = text[len("2006-"):]
		}
		out = append(out, histogram.Label{At: at, Text: text})
	}
	return out
}

// refresh counts anew where there is more to count.
func (c *chart) refresh() {
	w := c.w
	rows := w.ses.All()
	state := headState{w.ses.HistogramState(), rows, c.band.Bars(), w.ses.ZoneMode()}
	if state.counts == c.shown.counts && rows.Same(c.shown.rows) && state.bars == c.shown.bars && state.zone == c.shown.zone {
		return
	}
	c.shown = state
	c.counts = w.ses.Histogram(rows, c.band.Bars())
	all := buckets(c.counts.All)
	c.band.SetData(all, all)
	c.band.SetLabels(w.timeLabels(c.counts))
	span := float64(max(c.counts.Last-c.counts.First, 1))
	var spans []histogram.Span
	for _, o := range c.open {
		spans = append(spans, histogram.Span{From: float64(o.Start-c.counts.First) / span, To: float64(o.End-c.counts.First) / span})
	}
	c.band.SetSpans(spans)
}
