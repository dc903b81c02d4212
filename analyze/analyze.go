// Package analyze turns a bundle of logs into a Result: one merged timeline,
// the causes that the logs prove, what happened to each update. Nothing in it
// writes, prints or draws; package report does that.
package analyze

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"patchtrail/analyze/checklist"
	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/rule"
	"patchtrail/analyze/timeline"
	"patchtrail/analyze/window"
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
	// Windows is a file of maintenance windows that the user gave, or nil.
	Windows *WindowFile
	// Now is the moment from which windows to come are counted, UTC; if zero,
	// where the logs of each machine end.
	Now time.Time
}

// WindowFile is the user's file of maintenance windows: an export, or a CSV of
// name, type and schedule.
type WindowFile struct {
	Name string
	Data []byte
}

// Result is everything that is known of a bundle.
type Result struct {
	// Generated is when the analysis was made, UTC; Options.Now if that is set.
	Generated time.Time
	asked     time.Time // Options.Now
	// Inputs are the base names of what was read.
	Inputs             []string
	BytesPacked, Bytes int64
	Store              *record.Store
	Timeline           *timeline.Timeline
	Machines           []ingest.Machine
	// Facts are what the bundle says of each machine.
	Facts    []*fact.Facts
	Issues   []issue.Issue
	Findings []finding.Finding
	Updates  []ledger.Update
	// Ledger names the identifiers in messages.
	Ledger *ledger.Ledger
	// Checklist has an entry for each of the 52 checks, Symptoms what a user may
	// see, by machine, and Coverage how far each log reaches.
	Checklist []checklist.Check
	Symptoms  [][]checklist.Symptom
	Coverage  []checklist.Coverage
	// Codes are the error codes in the records, the most frequent first.
	Codes []CodeCount
	// Windows are the maintenance windows of each machine.
	Windows []*window.Set
	// Fits say of each update that is not installed whether a window is long
	// enough for it.
	Fits []window.Fit
	// Redact, if not nil, is what the text of every record goes through before
	// it is shown (package redact).
	Redact func(string) string
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
	codes := codeCounts{records: map[uint32]int{}}
	opt.Ingest.OnBlock = func(b ingest.Block) {
		if b.Columns.Len() > 0 {
			scan.block(b)
			codes.block(b)
		}
	}
	reading := ledger.NewReading()
	opt.Ingest.InOrder = func(b ingest.Block) {
		reading.Block(b.File, b.Columns, b.Components, b.First, func() []byte { return b.Text })
	}
	in, err := ingest.Read(ctx, inputs, opt.Ingest)
	if err != nil {
		return nil, err
	}
	res := &Result{
		Generated: opt.Now, asked: opt.Now, BytesPacked: in.BytesPacked, Bytes: in.Bytes,
		Store: in.Store, Machines: in.Machines, Issues: in.Issues,
	}
	if res.Generated.IsZero() {
		res.Generated = time.Now().UTC()
	}
	for _, i := range inputs {
		res.Inputs = append(res.Inputs, filepath.Base(strings.ReplaceAll(i, `\`, "/")))
	}
	res.Codes = codes.list()
	var matches rule.Result
	err = together(
		func() (err error) {
			if res.Ledger, err = ledger.New(ctx, in.Store, ledger.Options{Maxima: opt.Maxima, Read: reading}); err == nil {
				res.Updates = res.Ledger.Updates
				res.partial()
			}
			return err
		},
		func() (err error) { // as much as the ledger
			if err = res.windows(ctx, opt.Windows); err != nil {
				return err
			}
			if err = res.collect(ctx); err == nil {
				matches, err = scan.evaluate(ctx, res)
			}
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	if res.Timeline, err = timeline.New(ctx, in.Store); err != nil {
		return nil, err
	}
	res.complete()
	res.fit()
	res.Findings = res.find(matches, set)
	res.check()
	return res, nil
}

// partial says of which logs only the newest events tell of updates.
func (r *Result) partial() {
	for _, f := range r.Ledger.Partial {
		r.Issues = append(r.Issues, issue.Issue{Path: r.Store.Files[f].Path, Offset: -1, Code: issue.Limit, Key: "ledger-partial"})
	}
}

// collect gathers the facts of every machine.
func (r *Result) collect(ctx context.Context) error {
	for i := range r.Machines {
		f, err := fact.Collect(ctx, r.Store, i)
		if err != nil {
			return err
		}
		r.Facts = append(r.Facts, f)
	}
	return nil
}

// ruleFacts are the facts of a machine by the names that rules use.
func (r *Result) ruleFacts(machine int) rule.Facts {
	f := rule.Facts(r.Facts[machine].ForRules(r.Machines[machine].Zone.Local))
	if name := r.Machines[machine].Name; name != "" {
		f["machine"] = name
	}
	return f
}

// together runs functions side by side and returns the first error in their
// order.
func together(fns ...func() error) error {
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	return cmp.Or(errs...)
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
func Message(f *record.File, raw []byte) []byte { return format.Message(f.Format, raw) }

// Shown returns a text of the bundle as it may be shown.
func (r *Result) Shown(text string) string {
	if r.Redact == nil {
		return text
	}
	return r.Redact(text)
}

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
