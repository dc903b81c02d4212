// Package window is the maintenance windows of a machine: their schedules, when
// they occur, what the client asked of them, which updates fit into them, and
// what would change if a window or a maximum run time did.
//
// # Where windows come from
//
// ServiceWindowManager.log tells of windows as they are created, changed and
// deleted (Read); exports of the classes CCM_ServiceWindow and SMS_ServiceWindow
// show them at one moment; a user may give a file of them (ReadFile). The same
// window told of twice is one Window with the evidence of both.
//
// # Which windows count
//
// Software updates are installed in windows of type SoftwareUpdates where the
// machine has any, else in those of type AllDeployments. Windows of type
// BusinessHours are the user's own and never hold a required installation back.
// With no window at all an installation may start at any time after its
// deadline. Source: DOMAIN.md D2.
//
// # When an installation starts
//
// When its maximum run time is not longer than what is left of an open window;
// of several updates the shortest first, each asked for anew. One that is longer
// than every window is never started. Source: DOMAIN.md C and D5.
//
// Times are UTC in nanoseconds, durations seconds, unless said otherwise.
package window

import (
	"cmp"
	"slices"
	"strings"

	"patchtrail/ingest/clock"
	"patchtrail/ingest/record"
)

// Type is what a window is for, ServiceWindowType of the product.
type Type int

// The types. Unknown is a window that only lists without types tell of.
const (
	Unknown         Type = 0
	AllDeployments  Type = 1
	Programs        Type = 2
	RestartRequired Type = 3
	SoftwareUpdates Type = 4
	TaskSequences   Type = 5
	BusinessHours   Type = 6
)

// String returns the name of a type as it stands in JSON: "software-updates".
func (t Type) String() string {
	names := [...]string{"unknown", "all-deployments", "programs", "restart-required", "software-updates", "task-sequences", "business-hours"}
	if t < 0 || int(t) >= len(names) {
		return names[0]
	}
	return names[t]
}

// Source says where a window is known from, as it stands in JSON.
type Source string

// The sources. Of one window told of by several, the last of these decides.
const (
	FromLog    Source = "log"    // ServiceWindowManager.log
	FromBundle Source = "bundle" // an export in the bundle
	FromFile   Source = "file"   // a file that the user gave
)

// Change is why a version of a window begins or ends.
type Change string

// The changes. NoChange is a version that was there when the logs began, or
// still is when they end.
const (
	NoChange Change = ""
	Created  Change = "created"
	Changed  Change = "changed"
	Deleted  Change = "deleted"
)

// Window is one version of a window: a change of its schedule ends one and
// begins another.
type Window struct {
	// ID is as its source writes it: "{811D3CCB-…}" from policy, the same
	// without braces for a user's business hours, the name where a file gives
	// no id.
	ID string
	// Name is the administrator's, "" where only the client tells of it.
	Name string
	// Machine is an index in the result's machines.
	Machine int
	Type    Type
	// Schedule is the schedule string as it was found; "" for a window whose
	// occurrences are all that is known.
	Schedule string
	// Schedules are what Schedule holds, one or more.
	Schedules []Schedule
	// Err says why Schedule could not be decoded, nil if it was.
	Err error
	// Stated is the occurrence that the client or an export gives itself, zero
	// if none; its End is 0 where only the start was stated.
	Stated Occurrence
	// Finished is set for a window of one occurrence that is over, Unread for
	// a schedule that the client itself could not read and so never keeps,
	// Disabled for one that the console has switched off.
	Finished, Unread, Disabled bool
	// From and Until are when this version was first and last in force; From
	// is 0 for one known from no log, Until for one that still is.
	From, Until int64
	// Began and Ended say what happened at From and Until.
	Began, Ended Change
	Source       Source
	// Evidence is the records that tell of it: the first ones and the last.
	Evidence []record.ID
	// File and Line are where an export in the bundle tells of it: an index in
	// Store.Files, and the 1-based line. Line is 0 for none.
	File, Line int
}

// Seconds is how long its longest occurrence lasts.
func (w *Window) Seconds() int {
	longest := 0
	for i := range w.Schedules {
		longest = max(longest, w.Schedules[i].Seconds())
	}
	if len(w.Schedules) == 0 {
		longest = w.Stated.Seconds()
	}
	return longest
}

// decode reads the schedule string, if there is one.
func (w *Window) decode() {
	if w.Schedule != "" {
		w.Schedules, w.Err = Parse(w.Schedule)
	}
}

// Inexact reports whether the dates of its occurrences may be off, because its
// schedule has bits that no source explains (an offset in days, version 2207
// and later).
func (w *Window) Inexact() bool {
	return slices.ContainsFunc(w.Schedules, func(s Schedule) bool { return s.Undecoded != 0 })
}

// Current reports whether it is in force where the logs end.
func (w *Window) Current() bool { return w.Until == 0 }

// usable reports whether anything can ever run in it.
func (w *Window) usable() bool {
	return w.Current() && !w.Unread && !w.Disabled && w.Seconds() > 0
}

// empty reports whether it is kept, but lasts no time at all.
func (w *Window) empty() bool {
	return w.Current() && !w.Unread && !w.Disabled && !w.Finished && w.Err == nil && len(w.Schedules) > 0 && w.Seconds() == 0
}

// Next returns the first n occurrences that end after from, in the order of
// their starts. z is the zone of the machine. The cost is bounded by n and by
// the number of its schedules, whatever they say.
func (w *Window) Next(z *clock.Zone, from int64, n int) []Occurrence {
	if w.Unread || w.Disabled || n <= 0 {
		return nil
	}
	if len(w.Schedules) == 0 {
		if w.Stated.End > from {
			return []Occurrence{w.Stated}
		}
		return nil
	}
	var all []Occurrence
	for i := range w.Schedules {
		all = append(all, w.Schedules[i].Next(z, from, n)...)
	}
	return sortOccurrences(all, n)
}

// Event is a window that began, ended or was deleted, as the log says.
type Event struct {
	Time int64
	// Kind is "start", "end" or "delete".
	Kind string
	// Window is the id as the log writes it, "" for a deletion.
	Window   string
	Evidence record.ID
}

// Set is the windows of one machine.
type Set struct {
	// Machine is an index in the result's machines.
	Machine int
	Zone    *clock.Zone
	// Known is set when something tells of all windows that the machine has, or
	// that it has none. Where it is not, there may be more than are here.
	Known bool
	// Queries are what other parts of the client asked, Events the beginnings
	// and ends of windows, both in the order of time. Of very many the latest
	// are kept; MoreQueries and MoreEvents count the others.
	Queries                 []Query
	Events                  []Event
	MoreQueries, MoreEvents int
	// Dropped counts versions of windows beyond the first 10,000.
	Dropped int

	windows []Window
	// last is the time of the last record of the logs.
	last int64
}

// Windows returns all versions of all windows, by type, id and time.
func (s *Set) Windows() []Window { return s.windows }

// Named returns the set with the names and ids of its windows passed through fn.
func (s *Set) Named(fn func(string) string) *Set {
	c := *s
	c.windows = slices.Clone(s.windows)
	for i := range c.windows {
		w := &c.windows[i]
		w.ID, w.Name = fn(w.ID), fn(w.Name)
	}
	return &c
}

// Add adds windows that a user gave. One whose id the set already has replaces
// it.
func (s *Set) Add(more []Window) {
	for _, w := range more {
		w.Machine = s.Machine
		s.windows = slices.DeleteFunc(s.windows, func(old Window) bool {
			return old.Current() && sameWindow(&old, &w) && old.Source != w.Source
		})
		s.windows = append(s.windows, w)
	}
	s.Known = s.Known || len(more) > 0
	s.sort()
}

func sameWindow(a, b *Window) bool {
	return normal(a.ID) == normal(b.ID) || a.Name != "" && strings.EqualFold(a.Name, b.Name)
}

// normal makes ids of all spellings equal.
func normal(id string) string { return strings.ToLower(strings.Trim(strings.TrimSpace(id), "{}")) }

func (s *Set) sort() {
	slices.SortStableFunc(s.windows, func(a, b Window) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(normal(a.ID), normal(b.ID)), cmp.Compare(a.From, b.From), cmp.Compare(a.Schedule, b.Schedule))
	})
}
