package window

import (
	"cmp"
	"slices"
)

// Update is one update that is to be installed.
type Update struct {
	// Key names it in results; KB, UpdateID and Title are what edits may name it
	// by as well.
	Key, KB, UpdateID, Title string
	// Seconds is its maximum run time.
	Seconds int
	// Deadline is when its installation is due, 0 if that is past or not known.
	Deadline int64
	// Ran is the longest that it was seen to run, in seconds, 0 if never.
	Ran int
	// IgnoresWindows is set for a deployment that may install outside windows
	// (OverrideServiceWindows), Available for one without a deadline, which
	// only the user starts.
	IgnoresWindows, Available bool
	// RestartsAnyTime is set for a deployment that may restart the machine
	// outside windows (RebootOutsideOfServiceWindows): its restart needs no time
	// in one.
	RestartsAnyTime bool
}

// DefaultRestart is the seconds that a client of the current branch lets pass
// before it restarts a machine, unless its settings say otherwise. Source:
// DOMAIN.md C.
const DefaultRestart = 90 * 60

// DefaultWeeks is how far a simulation looks ahead.
const DefaultWeeks = 4

// Options say how fits are told; the zero value takes the defaults, at the
// beginning of 1970.
type Options struct {
	// Now is the moment from which to look ahead.
	Now int64
	// Restart is the allowance for a restart, in seconds: DefaultRestart if 0,
	// none if negative.
	Restart int
	// Both is set where the client may use windows for all deployments even
	// though it has some for software updates (a client setting, off unless
	// somebody sets it).
	Both bool
	// Weeks is how far a simulation looks ahead, DefaultWeeks if 0, at most 520.
	Weeks int
	// Cautious lets a simulation keep the allowance for a restart free.
	Cautious bool
}

func (o Options) restart() int {
	switch {
	case o.Restart == 0:
		return DefaultRestart
	case o.Restart < 0:
		return 0
	}
	return o.Restart
}

// cautious is the seconds that an update and its restart need in a window.
func (o Options) cautious(u *Update) int {
	if u.RestartsAnyTime {
		return u.Seconds
	}
	return u.Seconds + o.restart()
}

// FitReason says why an update fits or does not, as it stands in JSON.
type FitReason string

// The reasons.
const (
	// Unknowable: nothing tells which windows the machine has, or how long one of
	// them is that may be long enough.
	Unknowable FitReason = "windows-unknown"
	// AnyTime: the machine has no window that counts.
	AnyTime FitReason = "no-windows"
	// Ignoring: its deployment may install outside windows.
	Ignoring FitReason = "ignores-windows"
	// ByUser: it is only available, and never starts by itself.
	ByUser FitReason = "available-only"
	// Fitting: a window is long enough, Tight: but not with the allowance for
	// a restart.
	Fitting FitReason = "fits"
	Tight   FitReason = "fits-without-restart"
	// TooLong: it is longer than every window, so that it is never started. Some
	// windows last no time at all.
	TooLong FitReason = "longer-than-windows"
	// UnionOnly: as TooLong, though windows overlap to a stretch that is long
	// enough.
	UnionOnly FitReason = "longer-than-each-window"
	// Over: the machine has windows, but none will occur again. They still
	// hold everything back.
	Over FitReason = "windows-over"
)

// Fit says whether one update fits into the windows of a machine.
type Fit struct {
	// Update is its key, Machine an index in the result's machines.
	Update  string
	Machine int
	Reason  FitReason
	// Required is its maximum run time, Longest the longest occurrence of a
	// window that counts, Union the longest stretch that overlapping ones make
	// together, in seconds.
	Required, Longest, Union int
	// Fits is the hard rule: Required is not more than Longest. WithRestart adds
	// the allowance for a restart. Both are set where nothing restricts it,
	// neither where Reason is Unknowable.
	Fits, WithRestart bool
	// Next is where it may start next, NextWithRestart where the allowance is
	// left as well; nil where it does not fit, or no date can be told.
	Next, NextWithRestart *Start
	// Cures are the smallest changes after which it fits, CautiousCures those
	// for the allowance for a restart too.
	Cures, CautiousCures []Cure
}

// Start is when an installation may start.
type Start struct {
	// At is the moment: the start of Window, or later where the deadline, or
	// now, lies inside it.
	At int64
	// Window is its id, "" where no window restricts it.
	Window     string
	Occurrence Occurrence
	// Inexact is set where the dates of the window may be off.
	Inexact bool
}

// CureKind is what a cure changes.
type CureKind string

// The cures.
const (
	RaiseWindow  CureKind = "raise-window"
	LowerMaximum CureKind = "lower-maximum"
	AddWindow    CureKind = "add-window"
)

// Cure is a change after which an update fits.
type Cure struct {
	Kind CureKind
	// Window and Name are of the window to raise.
	Window, Name string
	// From and To are seconds: of the window, or of the maximum. A new window
	// has no From.
	From, To int
	// TooLow is set for a maximum that the update was seen to need more than.
	TooLow bool
}

// lowestMaximum is the lowest maximum run time that the console takes, in
// seconds. Source: DOMAIN.md C.
const lowestMaximum = 5 * 60

// Counting returns the windows that restrict software updates and are in force.
func (s *Set) Counting(opt Options) []Window {
	var own, general []Window
	for _, w := range s.windows {
		switch {
		case !w.Current() || w.Disabled:
		case w.Type == SoftwareUpdates:
			own = append(own, w)
		case w.Type == AllDeployments:
			general = append(general, w)
		}
	}
	if len(own) > 0 && !opt.Both {
		return own
	}
	return append(own, general...)
}

// recurs reports whether its occurrences are not known, so that it may occur
// again at any time.
func (w *Window) recurs() bool {
	if w.Finished {
		return false
	}
	if len(w.Schedules) == 0 {
		return w.Source != FromFile
	}
	return slices.ContainsFunc(w.Schedules, func(s Schedule) bool { return s.Simple() })
}

// usableWindows returns the windows of which something still comes.
func usableWindows(s *Set, counting []Window, now int64) []Window {
	var out []Window
	for _, w := range counting {
		if w.usable() && (w.recurs() || len(w.Next(s.Zone, now, 1)) > 0) {
			out = append(out, w)
		}
	}
	return out
}

// Fit says of each update whether it fits, in their order.
func (s *Set) Fit(updates []Update, opt Options) []Fit {
	counting := s.Counting(opt)
	f := fitter{set: s, opt: opt, counting: len(counting), windows: usableWindows(s, counting, opt.Now)}
	for i := range f.windows {
		if n := f.windows[i].Seconds(); n > f.longest {
			f.longest, f.biggest = n, &f.windows[i]
		}
	}
	for i := range counting {
		if w := &counting[i]; f.biggest == nil && w.empty() && len(w.Next(s.Zone, opt.Now, 1)) > 0 {
			f.biggest = w
		}
	}
	f.doubt = slices.ContainsFunc(counting, func(w Window) bool { return w.Err != nil && !w.Unread && w.Seconds() == 0 })
	f.union = max(f.longest, longestUnion(s, f.windows, opt.Now))
	out := make([]Fit, 0, len(updates))
	for i := range updates {
		out = append(out, f.fit(&updates[i]))
	}
	return out
}

type fitter struct {
	set            *Set
	opt            Options
	counting       int
	windows        []Window
	longest, union int
	biggest        *Window
	// doubt is set for a window whose length is not known.
	doubt bool
}

func (f *fitter) fit(u *Update) Fit {
	out := Fit{Update: u.Key, Machine: f.set.Machine, Required: u.Seconds, Longest: f.longest, Union: f.union}
	at := min(max(f.opt.Now, u.Deadline), lastMoment)
	cautious := f.opt.cautious(u)
	switch {
	case u.IgnoresWindows:
		out.free(Ignoring, at)
		return out
	case f.counting == 0 && !f.set.Known:
		out.Reason = Unknowable
		return out
	case f.counting == 0:
		out.free(AnyTime, at)
		if u.Available {
			out.Reason, out.Next, out.NextWithRestart = ByUser, nil, nil
		}
		return out
	}
	out.Fits, out.WithRestart = f.longest > 0 && u.Seconds <= f.longest, f.longest > 0 && cautious <= f.longest
	switch {
	case u.Available:
		out.Reason = ByUser
		return out
	case f.doubt && !out.Fits:
		out.Reason = Unknowable
		return out
	case f.longest == 0 && f.biggest == nil:
		out.Reason = Over
	case out.WithRestart:
		out.Reason = Fitting
	case out.Fits:
		out.Reason = Tight
	case u.Seconds <= f.union:
		out.Reason = UnionOnly
	default:
		out.Reason = TooLong
	}
	if out.Fits {
		out.Next = f.next(at, u.Seconds)
	} else {
		out.Cures = f.cures(u, u.Seconds)
	}
	if out.WithRestart {
		out.NextWithRestart = f.next(at, cautious)
	} else {
		out.CautiousCures = f.cures(u, cautious)
	}
	return out
}

// free fills in what nothing restricts.
func (out *Fit) free(why FitReason, at int64) {
	out.Reason, out.Fits, out.WithRestart = why, true, true
	out.Next, out.NextWithRestart = &Start{At: at}, &Start{At: at}
}

// next returns the first moment from at on at which a window has so many seconds
// left, nil if none can be told.
func (f *fitter) next(at int64, seconds int) *Start {
	var best *Start
	for i := range f.windows {
		w := &f.windows[i]
		for _, o := range w.enough(f.set, at, seconds) {
			n := Start{At: max(o.Start, at), Window: w.ID, Occurrence: o, Inexact: w.Inexact()}
			if best == nil || n.At < best.At || n.At == best.At && o.End > best.Occurrence.End {
				best = &n
			}
		}
	}
	return best
}

// enough returns, of each schedule of a window, the first occurrence that has so
// many seconds left at at or later.
func (w *Window) enough(s *Set, at int64, seconds int) []Occurrence {
	need := int64(seconds) * second
	if len(w.Schedules) == 0 {
		if o := w.Stated; o.End-max(o.Start, at) >= need {
			return []Occurrence{o}
		}
		return nil
	}
	var out []Occurrence
	for i := range w.Schedules {
		if c := &w.Schedules[i]; c.Seconds() >= seconds && at < lastMoment {
			out = append(out, c.Next(s.Zone, at+max(need-1, 0), 1)...)
		}
	}
	return out
}

// cures returns the smallest changes after which an update that needs so many
// seconds in all would fit.
func (f *fitter) cures(u *Update, need int) []Cure {
	up := (need + 59) / 60 * 60
	if f.biggest == nil {
		if up > maxWindow {
			return nil
		}
		return []Cure{{Kind: AddWindow, To: up}}
	}
	var out []Cure
	if up <= maxWindow {
		out = append(out, Cure{Kind: RaiseWindow, Window: f.biggest.ID, Name: f.biggest.Name, From: f.longest, To: up})
	}
	if to := (f.longest - (need - u.Seconds)) / 60 * 60; to >= lowestMaximum {
		out = append(out, Cure{Kind: LowerMaximum, From: u.Seconds, To: to, TooLow: u.Ran > to})
	}
	return out
}

// unionDays and unionEach bound what is looked at to find overlaps: more than a
// year, and so many occurrences of each window.
const unionDays, unionEach = 400, 1000

// longestUnion returns the longest stretch, in seconds, that the windows cover
// together without a gap.
func longestUnion(s *Set, windows []Window, now int64) int {
	all := ahead(s, windows, now, now+unionDays*day, unionEach)
	longest := 0
	for i := 0; i < len(all); {
		stretch := all[i].Occurrence
		for i++; i < len(all) && all[i].Start <= stretch.End; i++ {
			stretch.End = max(stretch.End, all[i].End)
		}
		longest = max(longest, stretch.Seconds())
	}
	return longest
}

// opening is an occurrence of a window.
type opening struct {
	Occurrence
	window *Window
}

// ahead returns the occurrences with a duration that end after from and start
// before to, at most n of each window, by start.
func ahead(s *Set, windows []Window, from, to int64, n int) []opening {
	var all []opening
	for i := range windows {
		for _, o := range windows[i].Next(s.Zone, from, n) {
			if o.Start < to && o.End > o.Start {
				all = append(all, opening{o, &windows[i]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b opening) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return all
}
