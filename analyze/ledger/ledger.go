// Package ledger is what happened to each update of a machine: its journey from
// policy to report, its install attempts, how long they took against the maximum
// execution time, and where the update stands now.
//
// # How it is put together
//
// Each log that matters is read line by line for the few lines that name an
// update, a deployment, content or a job (read.go, lines.go, agent.go); every such
// line is an event. The identifiers in them are joined: CI, update, bundle,
// deployment, content, CTM, DTS and BITS job (join.go). Attempts are put together
// for each family of logs and then across them (attempt.go), and at last the
// events of each update are gone through in the order of time, which gives its
// stages and its state (journey.go).
//
// # Attempts
//
// An attempt comes from ReportingEvents.log: 181 (installing started) opens one,
// the next 182 (failed), 183 (succeeded) or 201 (restart pending) of the same
// update, revision and caller closes it. WUAHandler.log and UpdatesHandler.log,
// the events 43, 19 and 20 of WindowsUpdateClient and WindowsUpdate.log tell of
// the same attempts; what they alone saw is added, in that order of trust. CBS.log
// supports them, and tells of attempts by itself where it is the only one.
//
// # Adding a line
//
// A new line is a prefix in entries, a reader and a kind of event, and what the
// kind does in join.go, attempt.go or journey.go.
package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"patchtrail/ingest/cbs"
	"patchtrail/ingest/record"
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
// ConfigMgr stops at its maximum execution time ends in. CancelledJob is how
// ConfigMgr itself calls that.
const (
	CancelledCode = 0x800704C7
	CancelledJob  = 0x87D00664
)

// ConfigMgr is the caller of what the ConfigMgr client started.
const ConfigMgr = "CcmExec"

// Attempt is one installation of an update.
type Attempt struct {
	// Started and Ended are UTC in nanoseconds; 0 where the log does not hold
	// that end.
	Started, Ended int64
	// Estimated is set where Started is when its turn in a batch came, as no log
	// says when the update itself was begun.
	Estimated bool
	// Cut is when the machine restarted before the attempt had ended, UTC in
	// nanoseconds, 0 if it did not. The run time of such an attempt, where it has
	// one, is not compared with the maximum.
	Cut int64
	// Paused is when the machine went to sleep or its clock was set during the
	// attempt, UTC in nanoseconds, 0 if neither. Only where ConfigMgr cancelled such
	// an attempt is its run time compared with the maximum.
	Paused int64
	// InstalledAfter is when the update was found installed after this attempt
	// had failed or was cancelled, without another attempt: the installer went on
	// by itself. UTC in nanoseconds, 0 if it was not.
	InstalledAfter int64
	// Caller is the program that asked, "CcmExec" for ConfigMgr, "" if no log
	// says it.
	Caller string
	Result Result
	// Code is the HRESULT, 0 for success.
	Code uint32
	// Max is the maximum execution time.
	Max     Maximum
	Verdict Verdict
	// Evidence is the records that tell of it, those of the most trusted log first.
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

// Ends are the records of its evidence that state its beginning, its end, and
// that it was found installed afterwards, by the times of records that timeOf
// gives.
func (a *Attempt) Ends(timeOf func(record.ID) int64) []record.ID {
	var out []record.ID
	for _, at := range []int64{a.Started, a.Ended, a.InstalledAfter} {
		for _, id := range a.Evidence {
			if at != 0 && timeOf(id) == at && !slices.Contains(out, id) {
				out = append(out, id)
				break
			}
		}
	}
	return out
}

// Margin is the maximum less the run time in nanoseconds, negative where it was
// exceeded; false if either is not known.
func (a *Attempt) Margin() (int64, bool) {
	if !a.Known() || a.Max.Seconds == 0 {
		return 0, false
	}
	return int64(a.Max.Seconds)*second - a.Runtime(), true
}

const second = int64(1e9)

// StageName is a step of an update's journey.
type StageName string

// The stages, in their order.
const (
	Policy   StageName = "policy"
	Scan     StageName = "scan"
	Evaluate StageName = "evaluate"
	Locate   StageName = "locate"
	Download StageName = "download"
	Window   StageName = "window"
	Install  StageName = "install"
	Restart  StageName = "restart"
	Report   StageName = "report"
)

// StageNames are all stages in their order.
func StageNames() []StageName {
	return []StageName{Policy, Scan, Evaluate, Locate, Download, Window, Install, Restart, Report}
}

// StageState is how far a stage has come.
type StageState string

// The states of a stage. StageUnknown is a stage of which the logs say nothing.
const (
	StageDone    StageState = "done"
	StageFailed  StageState = "failed"
	StageWaiting StageState = "waiting"
	StageRunning StageState = "running"
	StageUnknown StageState = "unknown"
)

// Stage is a stage of an update's journey. Where it was gone through more than
// once, it is the last time.
type Stage struct {
	Name  StageName
	State StageState
	// Start and End are UTC in nanoseconds, 0 where not known or not yet.
	Start, End int64
	// Code is the error of a stage that failed, 0 where none is stated.
	Code     uint32
	Evidence []record.ID
}

// State is where an update stands at the end of the logs.
type State string

// The states.
const (
	StateUnknown    State = "unknown"
	StateAvailable  State = "available" // required or offered, nothing was begun
	StateDeferred   State = "deferred"  // its deadline has not come, or somebody put it off
	StateWaitingFor State = "waiting-for-content"
	StateDownload   State = "downloading"
	StateDownloaded State = "downloaded"
	StateWindow     State = "waiting-for-window"
	StateRestart    State = "waiting-for-restart" // another installation's restart comes first
	StateQueue      State = "waiting-for-install" // another installation runs
	StateInstalling State = "installing"
	StateCut        State = "interrupted" // by a restart; nothing told of it since
	StatePending    State = "pending-restart"
	StateRestarted  State = "restarted" // nothing said yet whether it holds
	StateInstalled  State = "installed"
	StateFailed     State = "failed"
	StateCancelled  State = "cancelled"
	StateRolledBack State = "rolled-back" // installed, and missing again in a later scan
	StateSuperseded State = "superseded"
	StateNotNeeded  State = "not-required"
	StateRemoved    State = "removed" // its deployment was
)

// Update is one update on one machine.
type Update struct {
	// Key names the update: its KB, else its id, else its title.
	Key string
	// KB is "KB5034441", "" where no log names one.
	KB       string
	Title    string
	UpdateID string // GUID in small letters without braces
	Revision uint32
	// Machine is an index in the result's machines.
	Machine int
	// Deployments and Contents are GUIDs in small letters without braces.
	Deployments, Contents []string
	// SupersededBy is the id of the update that took its place, "" if none did.
	SupersededBy string
	// Deadline is when its deployment is due, UTC in nanoseconds, 0 if not known.
	Deadline int64
	// IgnoresWindows are the records of the client's logs that say that a
	// deployment of it may install outside maintenance windows.
	IgnoresWindows []record.ID
	Attempts       []Attempt
	// Stages are all stages in their order.
	Stages []Stage
	// Now is where the update stands, since when (UTC in nanoseconds), by which record.
	Now      State
	Since    int64
	NowBy    record.ID
	Max      Maximum
	Involved bool // it was deployed, downloaded or installed in these logs, not only scanned for
	Found    bool // a scan listed it, with whatever status
	// RecommendedMinutes is the maximum to set, 0 where nothing suggests one;
	// RecommendedFor is why: "longest-success", "longest-cut" or "".
	RecommendedMinutes int
	RecommendedFor     string
}

// State is how the last attempt ended, Open where there was none.
func (u *Update) State() Result {
	if len(u.Attempts) == 0 {
		return Open
	}
	return u.Attempts[len(u.Attempts)-1].Result
}

// LastGood is the last stage that worked, "" if none is known to have.
func (u *Update) LastGood() StageName {
	for i := len(u.Stages) - 1; i >= 0; i-- {
		if u.Stages[i].State == StageDone {
			return u.Stages[i].Name
		}
	}
	return ""
}

// Options say what else is known of the bundle. The zero value will do.
type Options struct {
	// Maxima are maximum execution times that the user gave, or nil.
	Maxima *Maxima
	// Read is what was read of the store's files already; if nil, they are read.
	Read *Reading
}

// Ledger is all updates of all machines, with the names of their identifiers.
type Ledger struct {
	// Updates are ordered by machine, key, id.
	Updates []Update
	// Dropped counts lines and updates past what is kept of hostile logs.
	Dropped int
	// Partial are the files, by index in the store, that hold more than a million
	// events of updates: of those the newest are told.
	Partial  []int
	machines []*machine // for the names of their identifiers
}

// Build reads the updates of all machines. maxima may be nil. It returns ctx's
// error when cancelled.
func Build(ctx context.Context, s *record.Store, maxima *Maxima) ([]Update, error) {
	l, err := New(ctx, s, Options{Maxima: maxima})
	if err != nil {
		return nil, err
	}
	return l.Updates, nil
}

// New reads the ledger of all machines. It returns ctx's error when cancelled.
func New(ctx context.Context, s *record.Store, opt Options) (*Ledger, error) {
	reading := opt.Read
	if reading == nil {
		reading = NewReading()
		reading.store(ctx, s)
	}
	read := reading.finish(s)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := &Ledger{}
	byIndex := map[int]*machine{}
	of := func(f *record.File) *machine {
		m := byIndex[f.Machine]
		if m == nil {
			m = newMachine(f.Machine)
			byIndex[f.Machine] = m
			l.machines = append(l.machines, m)
		}
		return m
	}
	told := map[int]int{} // words of each machine, so that they are kept once
	for _, r := range read {
		told[r.file.Machine] += len(r.words)
	}
	for _, r := range read {
		if r.dropped > 0 {
			l.Partial = append(l.Partial, slices.Index(s.Files, r.file))
		}
		m := of(r.file)
		if m.words == nil {
			m.words = make(wordList, 0, told[m.index])
		}
		m.add(r)
	}
	for _, f := range s.Files {
		if f.Format == cbs.Name && f.Len() > 0 {
			of(f).sees(f)
		}
	}
	exports, err := readExports(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, m := range l.machines {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.join()
		m.attempt()
		if err := m.attemptByCBS(ctx, s); err != nil {
			return nil, err
		}
		if err := m.supportByCBS(ctx, s); err != nil {
			return nil, err
		}
		m.journeys()
		m.judge(opt.Maxima, exports)
		l.Dropped += m.dropped
		m.forget()
	}
	l.collect()
	return l, nil
}

// collect takes the updates of all machines, in order, and says where each is.
func (l *Ledger) collect() {
	var rows []*row
	for _, m := range l.machines {
		rows = append(rows, m.rows...)
	}
	slices.SortStableFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Key, b.Key), cmp.Compare(a.UpdateID, b.UpdateID), cmp.Compare(a.Title, b.Title))
	})
	l.Updates = make([]Update, len(rows))
	for i, u := range rows {
		l.Updates[i], u.Update, u.place = u.Update, Update{}, i
	}
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
