package report

import (
	"fmt"
	"slices"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

type (
	jsonWindow struct {
		ID         string         `json:"id"`
		Machine    string         `json:"machine"`
		Type       int            `json:"type"`
		TypeName   string         `json:"type_name"`
		Schedule   string         `json:"schedule"`
		Recurrence string         `json:"recurrence"`
		Duration   int            `json:"duration_seconds"`
		Next       *string        `json:"next_start"`
		Since      *string        `json:"since"`
		Until      *string        `json:"until"`
		Ended      string         `json:"ended"`
		Source     string         `json:"source"`
		Evidence   []jsonEvidence `json:"evidence"`
	}
	jsonFit struct {
		Machine     string  `json:"machine"`
		Update      string  `json:"update"`
		Required    int     `json:"required_seconds"`
		Longest     int     `json:"longest_window_seconds"`
		Fits        bool    `json:"fits"`
		WithRestart bool    `json:"fits_with_restart"`
		Next        *string `json:"next_window_start"`
		Reason      string  `json:"reason"`
	}
)

func jsonWindowOf(res *analyze.Result, rows *lines, w *window.Window, l lang.Lang) jsonWindow {
	j := jsonWindow{
		ID: w.ID, Machine: res.MachineID(w.Machine), Type: int(w.Type), TypeName: w.Type.String(), Schedule: w.Schedule,
		Recurrence: Recurrence(w, l), Duration: w.Seconds(), Source: string(w.Source),
		Until: timeOrNull(w.Until), Ended: string(w.Ended),
	}
	if w.Began != window.NoChange {
		j.Since = timeOrNull(w.From)
	}
	if _, next := upcoming(res, w); next.Start != 0 {
		j.Next = timeOrNull(next.Start)
	}
	ev := finding.Records(w.Evidence...)
	if w.Line > 0 {
		ev = append(ev, finding.Evidence{Record: record.None, File: w.File, Line: w.Line, Text: w.Schedule})
	}
	j.Evidence = evidence(rows, ev)
	return j
}

// upcoming returns the occurrence of a window in force that is open now and ends
// last, and the one that begins next; zero where there is none.
func upcoming(res *analyze.Result, w *window.Window) (open, next window.Occurrence) {
	const most = 64 // of occurrences that lie over each other
	if !w.Current() {
		return open, next
	}
	now := res.AsOf(w.Machine)
	for _, o := range w.Next(res.Machines[w.Machine].Zone, now, most) {
		if o.Start > now {
			return open, o
		}
		if o.End > open.End {
			open = o
		}
	}
	return open, next
}

func jsonFitOf(res *analyze.Result, f *window.Fit) jsonFit {
	j := jsonFit{
		Machine: res.MachineID(f.Machine), Update: f.Update, Required: f.Required, Longest: f.Longest, Fits: f.Fits,
		WithRestart: f.WithRestart, Reason: string(f.Reason),
	}
	if f.Next != nil {
		j.Next = timeOrNull(f.Next.At)
	}
	return j
}

// Recurrence says in words when a window occurs.
func Recurrence(w *window.Window, l lang.Lang) string {
	var parts []string
	for i := range w.Schedules {
		c := &w.Schedules[i]
		s := recurrence(c.Recurrence, l)
		if c.UTC {
			s = l.T("recurrence.utc", s)
		}
		if c.Undecoded != 0 {
			s = l.T("recurrence.inexact", s)
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, l.T("list.and"))
}

func recurrence(r window.Recurrence, l lang.Lang) string {
	key, numbers := r.Words()
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
		if i == 1 && key != "recurrence.interval" && r.Weekday != 0 {
			args[i] = l.T(fmt.Sprintf("weekday.%d", n))
		}
		if i == 2 && key == "recurrence.weekday" {
			args[i] = l.T(fmt.Sprintf("order.%d", n))
		}
	}
	if len(numbers) > 0 && numbers[0] == 1 && l.Has(key+"-1") { // every 1 weeks is weekly
		key += "-1"
	}
	return l.T(key, args...)
}
