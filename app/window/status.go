package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/session"
	"patchtrail/app/words"
)

// sayFor is how long the status bar shows that something was done.
const sayFor = 5 * time.Second

// status is the bar at the foot: how many records, from when to when, by which
// clock, and what could not be read.
type status struct {
	w        *Window
	content  fyne.CanvasObject
	records  *widget.Label
	span     *widget.Label
	zone     *widget.Label
	chosen   *widget.Label
	message  *widget.Label
	problems *hintButton
	said     int
	spoken   string
}

func newStatus(w *Window) *status {
	s := &status{w: w, records: widget.NewLabel(""), span: widget.NewLabel(""), zone: widget.NewLabel(""),
		chosen: widget.NewLabel(""), message: widget.NewLabel("")}
	s.message.Truncation = fyne.TextTruncateEllipsis
	s.message.Importance = widget.LowImportance
	s.problems = newHintButton(w, "", w.t("hint.problems"), w.showProblems)
	s.problems.Importance = widget.LowImportance
	s.problems.Hide()
	left := container.NewHBox(s.records, s.span, s.zone, s.chosen)
	s.content = container.NewBorder(widget.NewSeparator(), nil, left, s.problems, s.message)
	return s
}

func (s *status) refresh() {
	w := s.w
	total, rows := w.ses.Shown(), w.rows.Len()
	if total == 0 {
		for _, l := range []*widget.Label{s.records, s.span, s.zone, s.chosen} {
			l.SetText("")
		}
	} else {
		if rows == total {
			s.records.SetText(w.t("status.records", words.Count(total)))
		} else {
			s.records.SetText(w.t("status.shown", words.Count(rows), words.Count(total)))
		}
		s.span.SetText(s.spanText())
		s.zone.SetText(s.zoneText())
		s.chosen.SetText(s.chosenText())
	}
	n := len(w.ses.Problems())
	show(s.problems, n > 0)
	if n == 1 {
		s.problems.SetText(w.t("status.problem"))
	} else {
		s.problems.SetText(w.t("status.problems", words.Count(n)))
	}
}

// spanText is the first and last time: 2025-03-01 14:02 .. 2025-03-18 09:10.
func (s *status) spanText() string {
	first, last, ok := s.w.ses.Span()
	if !ok {
		return ""
	}
	const minutes = len("2006-01-02 15:04")
	from := s.w.ses.AppendTime(nil, first.Time, first.Bias)
	to := s.w.ses.AppendTime(nil, last.Time, last.Bias)
	return string(from[:min(minutes, len(from))]) + " .. " + string(to[:min(minutes, len(to))])
}

// zoneText is the clock that times are shown by, and how it is known.
func (s *status) zoneText() string {
	w := s.w
	switch w.ses.ZoneMode() {
	case session.UTC:
		return w.t("zone.utc")
	case session.Mine:
		return w.t("zone.mine", session.Offset(w.ses.MineBias()))
	}
	zones := w.ses.Zones()
	if len(zones) == 0 {
		return ""
	}
	for _, z := range zones {
		if z.Bias != zones[0].Bias || z.Source != zones[0].Source {
			return w.t("zone.customer-many")
		}
	}
	return fmt.Sprintf("%s (%s)", session.Offset(zones[0].Bias), w.t("zone-short."+zones[0].Source))
}

// chosenText is how many rows are chosen and how long they span, from two on.
func (s *status) chosenText() string {
	n, first, last := s.w.view.Selected()
	if n < 2 || last >= s.w.rows.Len() {
		return ""
	}
	t := s.w.rows.Timeline()
	d := time.Duration(t.Time(s.w.rows.Index(last)) - t.Time(s.w.rows.Index(first)))
	long := fmt.Sprintf("%02d:%02d:%02d.%03d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60, d.Milliseconds()%1000)
	return s.w.t("status.selection", words.Count(n), long)
}

// hint shows what the control under the pointer does, "" to end that.
func (s *status) hint(text string) {
	if text == "" {
		text = s.spoken
	}
	s.message.SetText(text)
}

// say shows that something was done, for a while.
func (s *status) say(text string) {
	s.said++
	said := s.said
	s.spoken = text
	s.message.SetText(text)
	s.w.showToast(text)
	s.w.note()
	time.AfterFunc(sayFor, func() {
		s.w.post(func() {
			if s.said == said {
				s.spoken = ""
				s.message.SetText("")
				s.w.showToast("")
			}
		})
	})
}
