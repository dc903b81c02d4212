// Package finding is what PatchTrail says is wrong: a cause, the lines that
// prove it, and what to do.
//
// # Where findings come from
//
// Rules find what records say (match.go). What no fragment of a log can say, such
// as whether a host is in a bypass list, code decides over facts, updates,
// windows and all machines of the input: the deciders (find.go). Both give the
// same ids; what both find on a machine is one finding with the evidence of both.
//
// # Causes
//
// A finding follows from others that its rule names, or that stand in the table
// of relations (link.go). What follows hangs under the last cause of the chain,
// which is ranked by the updates that it keeps from being installed (blocked.go).
//
// # Adding a decider
//
//  1. Give the id a rule with found_by or found_also_by, its params and texts.
//  2. Write a function of a subject, the machine, that returns findings with
//     evidence, params and confidence; add it to the list in find.go.
//  3. Add lines to a table test: two that hit, one of them Japanese, and two
//     near misses.
package finding

import (
	"cmp"
	"slices"

	"patchtrail/analyze/lang"
	"patchtrail/ingest/record"
)

// Severity is "error" where an update or a sync is stopped, "warning" where it
// will or may be, "info" otherwise.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Confidence says how far the evidence goes.
type Confidence string

// The confidences: the log states it; two or more independent signs; it may be.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Text is what a finding says in one language.
type Text struct {
	Title, Cause        string
	Remediation, Verify []string
}

// Finding is one thing that is wrong, with its evidence.
type Finding struct {
	// ID is the id of REQUIREMENTS.md, "scan-timeout".
	ID string
	// Machine is an index in the result's machines.
	Machine    int
	Severity   Severity
	Confidence Confidence
	// Root is set for a cause; ConsequenceOf names the cause otherwise, where
	// it is known.
	Root          bool
	ConsequenceOf string
	// Causes are the findings that it follows from where they are found too.
	Causes     []string
	Text       map[lang.Lang]Text
	References []string
	// Count is how often it was seen, First and Last when, nanoseconds UTC.
	Count       int
	First, Last int64
	// Updates are the keys of the updates that it blocks.
	Updates []string
	// Params are the facts in it, by the names of REQUIREMENTS.md.
	Params map[string]string
	// Evidence is the lines that prove it: the first, the last, some between.
	Evidence []Evidence

	// tracked are the things that a rule's match tells apart, such as updates.
	tracked []map[string]string
	// points are the hosts of the update points of its machine, host is the
	// name of the machine: they tell whose server is whose.
	points []string
	host   string
}

// Evidence is one line that proves a finding.
type Evidence struct {
	// Record is that of a log; record.None for a line of a snapshot, which
	// File, Line and Text tell instead.
	Record record.ID
	// File is an index in record.Store.Files, Line 1-based.
	File, Line int
	Text       string
}

// Records makes evidence of records.
func Records(ids ...record.ID) []Evidence {
	out := make([]Evidence, len(ids))
	for i, id := range ids {
		out[i].Record = id
	}
	return out
}

// Sort puts findings into the order in which they are shown: causes first, by
// severity, updates blocked, confidence, and the latest first.
func Sort(all []Finding) {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank(a.Root), rank(b.Root)),
			cmp.Compare(weight(a.Severity), weight(b.Severity)),
			cmp.Compare(len(b.Updates), len(a.Updates)),
			cmp.Compare(sureness(a.Confidence), sureness(b.Confidence)),
			cmp.Compare(b.Last, a.Last),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Machine, b.Machine),
			cmp.Compare(a.First, b.First),
		)
	})
}

func rank(root bool) int {
	if root {
		return 0
	}
	return 1
}

func weight(s Severity) int { return slices.Index([]Severity{Error, Warning, Info}, s) }

func sureness(c Confidence) int { return slices.Index([]Confidence{Certain, Likely, Possible}, c) }
