// Package ledger is what happened to each update: its install attempts, when
// they began and ended, and how long they took against the maximum execution
// time.
//
// Attempts come from ReportingEvents.log: 181 (installing started) opens one,
// the next 182 (failed), 183 (succeeded) or 201 (restart pending) of the same
// update, revision and caller closes it.
package ledger

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
)

// Result is how an attempt ended.
type Result string

// The results of DESIGN.md 8.
const (
	Succeeded      Result = "succeeded"
	Failed         Result = "failed"
	Cancelled      Result = "cancelled"
	PendingRestart Result = "pending-restart"
	Open           Result = "open"
)

// Verdict compares a run time with the maximum.
type Verdict string

// The verdicts: at or over the maximum, at 80 % of it or more, below, not known.
const (
	Exceeded Verdict = "exceeded"
	Near     Verdict = "near"
	Within   Verdict = "within"
	Unknown  Verdict = "unknown"
)

// CancelledCode is ERROR_CANCELLED as an HRESULT: what an installation that
// ConfigMgr stops at its maximum execution time ends in.
const CancelledCode = 0x800704C7

// ConfigMgr is the caller of what the ConfigMgr client started.
const ConfigMgr = "CcmExec"

// Attempt is one installation of an update.
type Attempt struct {
	// Started and Ended are UTC in nanoseconds; 0 where the log does not hold
	// that end.
	Started, Ended int64
	// Caller is the program that asked, "CcmExec" for ConfigMgr.
	Caller string
	Result Result
	// Code is the HRESULT, 0 for success.
	Code uint32
	// Max is the maximum execution time.
	Max     Maximum
	Verdict Verdict
	// Evidence is the records that opened and closed it.
	Evidence []record.ID
}

// Known reports whether both ends of the attempt are in the logs.
func (a *Attempt) Known() bool { return a.Started != 0 && a.Ended != 0 }

// Runtime is Ended - Started in nanoseconds, 0 if not Known.
func (a *Attempt) Runtime() int64 {
	if !a.Known() {
		return 0
	}
	return a.Ended - a.Started
}

// Update is one update on one machine.
type Update struct {
	// Key names the update: its KB, else its id, else its title.
	Key string
	// KB is "KB5034441", "" where the title names none.
	KB       string
	Title    string
	UpdateID string // GUID in small letters without braces
	Revision uint32
	// Machine is an index in the result's machines.
	Machine  int
	Attempts []Attempt
	// RecommendedMinutes is the maximum to set, 0 where nothing suggests one.
	RecommendedMinutes int
}

// State is how the last attempt ended.
func (u *Update) State() Result {
	if len(u.Attempts) == 0 {
		return Open
	}
	return u.Attempts[len(u.Attempts)-1].Result
}

// marker is in every event of an installation.
var marker = []byte("AGENT_INSTALLING_")

// Build reads the attempts of all machines. maxima may be nil. It returns ctx's
// error when cancelled.
func Build(ctx context.Context, s *record.Store, maxima *Maxima) ([]Update, error) {
	b := builder{byKey: map[key]*Update{}, open: map[openKey]int{}}
	for _, f := range s.Files {
		if f.Format != reporting.Name {
			continue
		}
		first := f.Base()
		for _, block := range f.Blocks() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			b.block(f, block, first)
			first += record.ID(block.Len())
		}
	}
	return b.finish(maxima), nil
}

type key struct {
	machine  int
	id       string
	revision uint32
}

type openKey struct {
	key
	caller string
}

type builder struct {
	order []*Update
	byKey map[key]*Update
	open  map[openKey]int // index of the open attempt in Update.Attempts
	buf   []byte
}

// block reads the events of installations in a block, whose first record is
// first.
func (b *builder) block(f *record.File, block *record.Block, first record.ID) {
	b.buf = block.Unpack(b.buf[:0])
	for at := 0; at < len(b.buf); {
		i := bytes.Index(b.buf[at:], marker)
		if i < 0 {
			return
		}
		n := block.At(at + i)
		if n < 0 {
			return
		}
		if e, ok := reporting.Fields(block.Record(b.buf, n)); ok && block.Flags(n)&record.Untimed == 0 {
			b.event(f.Machine, e, block.Time(n), first+record.ID(n))
		}
		if n+1 >= block.Len() {
			return
		}
		at = block.Offset(n + 1)
	}
}

func (b *builder) event(machine int, e reporting.Event, utc int64, id record.ID) {
	switch e.ID {
	case reporting.InstallingStarted, reporting.InstallingFailed, reporting.InstallingSucceeded, reporting.InstallingPending:
	default:
		return
	}
	u := b.update(machine, e)
	k := openKey{key{machine, u.UpdateID, u.Revision}, string(e.Caller)}
	if u.UpdateID == "" {
		k.id = u.Title
	}
	if e.ID == reporting.InstallingStarted {
		u.Attempts = append(u.Attempts, Attempt{Started: utc, Caller: string(e.Caller), Result: Open, Evidence: []record.ID{id}})
		b.open[k] = len(u.Attempts) - 1
		return
	}
	i, ok := b.open[k]
	last := len(u.Attempts) - 1
	switch {
	case ok:
		delete(b.open, k)
	case last >= 0 && u.Attempts[last].Result == PendingRestart:
		afterRestart(&u.Attempts[last], e, id)
		return
	default: // its start rolled away
		u.Attempts = append(u.Attempts, Attempt{Caller: string(e.Caller)})
		i = len(u.Attempts) - 1
	}
	a := &u.Attempts[i]
	a.Ended = utc
	a.Evidence = append(a.Evidence, id)
	a.Result, a.Code = outcome(e)
}

// outcome is how an event says that an installation ended, with its HRESULT.
func outcome(e reporting.Event) (Result, uint32) {
	switch {
	case e.ID == reporting.InstallingSucceeded:
		return Succeeded, 0
	case e.ID == reporting.InstallingPending:
		return PendingRestart, 0
	case e.Result == CancelledCode || e.Result == CancelledCode>>4: // as the article spells it, without the last digit
		return Cancelled, CancelledCode
	}
	return Failed, e.Result
}

// afterRestart takes what came of an attempt that waited for a restart: its
// run time ended when the wait began.
func afterRestart(a *Attempt, e reporting.Event, id record.ID) {
	if r, code := outcome(e); r != PendingRestart {
		a.Result, a.Code = r, code
	}
	a.Evidence = append(a.Evidence, id)
}

// update finds or makes the row of an event's update.
func (b *builder) update(machine int, e reporting.Event) *Update {
	id := strings.ToLower(strings.Trim(string(e.UpdateID), "{}"))
	if strings.Trim(id, "0-") == "" {
		id = "" // the event is about no single update
	}
	title := titleOf(string(e.Text))
	k := key{machine, id, e.Revision}
	if id == "" {
		k.id = title
	}
	u := b.byKey[k]
	if u == nil {
		u = &Update{KB: KB(title), Title: title, UpdateID: id, Revision: e.Revision, Machine: machine}
		u.Key = cmp.Or(u.KB, u.UpdateID, u.Title)
		b.byKey[k] = u
		b.order = append(b.order, u)
	}
	return u
}

// titleOf cuts the update's title out of an event's sentence: it follows the
// first colon and space that come after the words, whatever the language.
func titleOf(sentence string) string {
	for _, sep := range []string{"following update with error", "following update", "次の更新", "error 0x"} {
		if i := strings.Index(sentence, sep); i >= 0 {
			sentence = sentence[i+len(sep):]
			break
		}
	}
	if i := strings.Index(sentence, ": "); i >= 0 {
		return strings.TrimSpace(sentence[i+2:])
	}
	return strings.TrimSpace(sentence)
}

// KB finds the article number in a title, "" if there is none: "KB" and 6 or 7
// digits.
func KB(title string) string {
	upper := strings.ToUpper(title)
	for at := 0; ; {
		i := strings.Index(upper[at:], "KB")
		if i < 0 {
			return ""
		}
		at += i + 2
		n := at
		for n < len(upper) && upper[n] >= '0' && upper[n] <= '9' {
			n++
		}
		if n-at == 6 || n-at == 7 {
			return "KB" + upper[at:n]
		}
	}
}

func (b *builder) finish(maxima *Maxima) []Update {
	out := make([]Update, 0, len(b.order))
	for _, u := range b.order {
		limit := maxima.of(u)
		for i := range u.Attempts {
			judge(&u.Attempts[i], limit)
		}
		u.RecommendedMinutes = recommend(u.Attempts)
		out = append(out, *u)
	}
	slices.SortStableFunc(out, func(a, b Update) int {
		return cmp.Or(cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Key, b.Key), cmp.Compare(a.UpdateID, b.UpdateID), cmp.Compare(a.Revision, b.Revision))
	})
	return out
}
