// Package analyze turns a bundle of logs into a Result: one merged timeline,
// the causes that the logs prove, what happened to each update. Nothing in it
// writes, prints or draws; package report does that.
package analyze

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/rule"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest"
	"patchtrail/ingest/format"
	"patchtrail/ingest/issue"
	"patchtrail/ingest/record"
)

// Version is the version of PatchTrail.
const Version = "0.1.0"

// Options say how to analyse; the zero value takes the built-in rules.
type Options struct {
	Ingest ingest.Options
	// Rules are the signatures, nil for the built-in ones.
	Rules *rule.Set
	// Maxima are maximum execution times that the user gave, or nil.
	Maxima *ledger.Maxima
	// Now is the time of the analysis, UTC; the present if zero.
	Now time.Time
}

// Result is everything that is known of a bundle.
type Result struct {
	Generated time.Time
	// Inputs are the base names of what was read.
	Inputs             []string
	BytesPacked, Bytes int64
	Store              *record.Store
	Timeline           *timeline.Timeline
	Machines           []ingest.Machine
	Issues             []issue.Issue
	Findings           []finding.Finding
	Updates            []ledger.Update
}

// Run reads and analyses the inputs. An error means that ctx ended, that
// nothing could be read, or that the rules are wrong.
func Run(ctx context.Context, inputs []string, opt Options) (*Result, error) {
	set := opt.Rules
	if set == nil {
		var err error
		if set, err = BuiltinRules(); err != nil {
			return nil, err
		}
	}
	scan := newScan(set.Matcher())
	opt.Ingest.OnBlock = scan.block
	in, err := ingest.Read(ctx, inputs, opt.Ingest)
	if err != nil {
		return nil, err
	}
	res := &Result{
		Generated: opt.Now, BytesPacked: in.BytesPacked, Bytes: in.Bytes,
		Store: in.Store, Machines: in.Machines, Issues: in.Issues,
	}
	if res.Generated.IsZero() {
		res.Generated = time.Now().UTC()
	}
	for _, i := range inputs {
		res.Inputs = append(res.Inputs, filepath.Base(strings.ReplaceAll(i, `\`, "/")))
	}
	if res.Timeline, err = timeline.New(ctx, in.Store); err != nil {
		return nil, err
	}
	if res.Updates, err = ledger.Build(ctx, in.Store, opt.Maxima); err != nil {
		return nil, err
	}
	if res.Findings, err = res.find(ctx, scan, set); err != nil {
		return nil, err
	}
	finding.Link(res.Findings)
	finding.Sort(res.Findings)
	return res, nil
}

// BuiltinRules are the signatures that come with the product, together with
// those of the user's folders.
func BuiltinRules(folders ...rule.Folder) (*rule.Set, error) {
	own, err := rule.Builtin()
	if err != nil {
		return nil, err
	}
	return rule.Load(append([]rule.Folder{own}, folders...)...)
}

// Message returns the message of a record's text.
func Message(f *record.File, raw []byte) []byte { return format.Split(f.Format, raw).Message }

// Span is the earliest and latest time of all records in nanoseconds UTC, both
// 0 when there is none.
func (r *Result) Span() (first, last int64) {
	for _, f := range r.Store.Files {
		if f.Len() == f.Untimed {
			continue
		}
		if first == 0 || f.First < first {
			first = f.First
		}
		last = max(last, f.Last)
	}
	return first, last
}

// MachineID is the id of a machine by index.
func (r *Result) MachineID(i int) string { return r.Machines[i].ID }
