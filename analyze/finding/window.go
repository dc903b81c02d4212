package finding

import (
	"slices"
	"strconv"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

// Windows is what is known of maintenance windows.
type Windows struct {
	// Sets are those of the machines, in their order.
	Sets []*window.Set
	// Pending are the updates of a machine that are not installed.
	Pending func(machine int) []window.Update
	// AsOf is the moment from which windows to come are counted, UTC.
	AsOf func(machine int) int64
}

// windows returns the windows of the machine, nil where nothing is known of
// them, and options that look ahead from where its logs end.
func (s *subject) windows() (*window.Set, window.Options) {
	if s.n >= len(s.Windows.Sets) {
		return nil, window.Options{}
	}
	return s.Windows.Sets[s.n], window.Options{Now: s.Windows.AsOf(s.n)}
}

// denied is the newest question of the client whether an installation may start
// now, if it was told that it may not. One second is a mere probe.
func denied(set *window.Set) *window.Query {
	for i := len(set.Queries) - 1; i >= 0; i-- {
		q := &set.Queries[i]
		if q.Kind != window.Available || q.Runtime <= 1 || q.Type != window.SoftwareUpdates || q.Answer == window.NoAnswer {
			continue
		}
		if q.Answer == window.No {
			return q
		}
		return nil
	}
	return nil
}

// never reports whether no window will ever take the update.
func never(f *window.Fit) bool {
	return f.Reason == window.TooLong || f.Reason == window.UnionOnly || f.Reason == window.Over
}

// tooLongForWindows looks for updates that are longer than every window
// (S0.50-S0.52, C61): by what the client asked, and by the maximum of each that
// is not installed. A maximum that is only the product's default, of an update
// that was begun all the same, is doubtful.
func tooLongForWindows(s *subject) []Finding {
	set, opt := s.windows()
	if set == nil {
		return nil
	}
	f := Finding{Params: map[string]string{}}
	counting := set.Counting(opt)
	if q := denied(set); q != nil {
		opt := window.Options{Now: q.Time}
		if fit := set.Fit([]window.Update{{Seconds: q.Runtime}}, opt); never(&fit[0]) {
			f.Confidence = Certain
			f.fits(&fit[0])
			f.Evidence = append(f.Evidence, Records(q.Evidence...)...)
		}
	}
	if s.Windows.Pending != nil {
		pending := s.Windows.Pending(s.n)
		fits := set.Fit(pending, opt)
		for i := range fits {
			if never(&fits[i]) {
				s.tooLong(&f, &fits[i], s.update(pending[i].Key))
			}
		}
	}
	if f.Confidence == "" {
		return nil
	}
	if n := len(f.Updates); n > 1 {
		f.Params["updates"] = strconv.Itoa(n)
		delete(f.Params, "kb")
		delete(f.Params, "title")
	}
	f.Params["windows"] = strconv.Itoa(len(counting))
	f.Evidence = append(f.Evidence, WindowPlaces(counting)...)
	return []Finding{f}
}

// tooLong adds an update that fits nowhere; the longest stands for all.
func (s *subject) tooLong(f *Finding, fit *window.Fit, u *ledger.Update) {
	if u == nil {
		return
	}
	sure, grave, source := Likely, Error, u.Max.Source
	switch {
	case source == ledger.FromFile || source == ledger.FromBundle:
		sure = Certain
	case len(u.Attempts) > 0:
		sure, grave = Possible, Warning
	}
	if f.Confidence == "" || sureness(sure) < sureness(f.Confidence) {
		f.Confidence, f.Severity = sure, grave
	}
	if n, _ := strconv.Atoi(f.Params["maximum"]); n == 0 || fit.Required > n*60 {
		f.fits(fit)
		f.Params["source"] = string(source)
	}
	if len(f.Updates) == 0 {
		f.Params["title"] = u.Title
		if u.KB != "" {
			f.Params["kb"] = u.KB
		}
	}
	f.Updates = append(f.Updates, u.Key)
	if n := len(u.Attempts); n > 0 {
		f.Evidence = append(f.Evidence, Records(s.shown(&u.Attempts[n-1])...)...)
	}
}

// fits sets the parameters of what does not fit, in minutes.
func (f *Finding) fits(fit *window.Fit) {
	f.Params["maximum"] = minutes(fit.Required)
	delete(f.Params, "union")
	if fit.Longest > 0 {
		f.Params["longest"] = minutes(fit.Longest)
	}
	if fit.Reason == window.UnionOnly {
		f.Params["union"] = minutes(fit.Union)
	}
}

// minutes writes seconds as minutes, rounded up.
func minutes(seconds int) string { return strconv.Itoa((seconds + 59) / 60) }

// update is one of the machine by its key, nil if there is none.
func (s *subject) update(key string) *ledger.Update {
	for i := range s.Updates {
		if u := &s.Updates[i]; u.Machine == s.n && u.Key == key {
			return u
		}
	}
	return nil
}

// WindowPlaces are where the windows are told of, a place each.
func WindowPlaces(all []window.Window) []Evidence {
	var out []Evidence
	for i := range all {
		switch w := &all[i]; {
		case len(w.Evidence) > 0:
			out = append(out, Records(w.Evidence[len(w.Evidence)-1])...)
		case w.Line > 0:
			out = append(out, Evidence{Record: record.None, File: w.File, Line: w.Line, Text: w.Schedule})
		}
	}
	return out
}

// waitsForWindow looks for an installation that was told to wait, though a
// window that is long enough comes (C61): by what the client asked
// ServiceWindowManager, or else, where that log does not reach so far, by the
// updates that UpdatesDeployment says are waiting.
func waitsForWindow(s *subject) []Finding {
	var waiting []*ledger.Update
	for i := range s.Updates {
		if u := &s.Updates[i]; u.Machine == s.n && u.Now == ledger.StateWindow {
			waiting = append(waiting, u)
		}
	}
	var f Finding
	set, opt := s.windows()
	if q := deniedOf(set); q != nil {
		fit := set.Fit([]window.Update{{Seconds: q.Runtime}}, opt)[0]
		if !fit.Fits || fit.Next == nil || fit.Reason == window.AnyTime {
			return nil
		}
		f = Finding{Confidence: Certain, First: q.Time, Last: q.Time, Evidence: Records(q.Evidence...), Params: params(
			"maximum", minutes(q.Runtime), "next", stamp(fit.Next.At), "duration", minutes(fit.Longest),
		)}
	} else {
		if len(waiting) == 0 {
			return nil
		}
		f = Finding{Confidence: Certain, Params: map[string]string{}}
		if set != nil && len(set.Counting(opt)) > 0 {
			longest := slices.MaxFunc(waiting, func(a, b *ledger.Update) int { return a.Max.Seconds - b.Max.Seconds })
			fit := set.Fit([]window.Update{{Seconds: longest.Max.Seconds}}, opt)[0]
			if never(&fit) { // tooLongForWindows tells it
				return nil
			}
			if fit.Next != nil && fit.Reason != window.AnyTime {
				f.Params["next"], f.Params["duration"] = stamp(fit.Next.At), minutes(fit.Longest)
			}
		}
	}
	for _, u := range waiting {
		f.Updates = append(f.Updates, u.Key)
		f.Evidence = append(f.Evidence, Records(u.NowBy)...)
	}
	switch len(waiting) {
	case 0:
	case 1:
		f.Params["title"] = waiting[0].Title
		if waiting[0].KB != "" {
			f.Params["kb"] = waiting[0].KB
		}
	default:
		f.Params["updates"] = strconv.Itoa(len(waiting))
	}
	if set != nil {
		f.Evidence = append(f.Evidence, WindowPlaces(set.Counting(opt))...)
	}
	return []Finding{f}
}

// deniedOf is denied of windows that may not be known.
func deniedOf(set *window.Set) *window.Query {
	if set == nil {
		return nil
	}
	return denied(set)
}
