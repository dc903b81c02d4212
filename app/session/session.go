// Package session is what the window shows, without the window: the bundle that
// is open or being read, the rows that the filter leaves, the zone that times
// are shown in.
//
// # Threads
//
// All methods and Changed run on one goroutine, that of the window. Reading and
// searching run on others and enter through the post function given to New
// (fyne.Do in the app); what they bring after a newer bundle or query has come
// is dropped.
package session

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"patchtrail/analyze/report"
	"patchtrail/app/page"
	"patchtrail/ingest/record"
)

// State is what the session is doing.
type State int

const (
	// Empty: nothing is open.
	Empty State = iota
	// Reading: a bundle is being read; the first of its rows may show already.
	Reading
	// Ready: the bundle is read.
	Ready
	// Failed: nothing could be read, Err says why.
	Failed
)

// Progress is how far reading is.
type Progress struct {
	// File is the file that was begun last.
	File string
	// Done of Known packed bytes were read. Known may grow.
	Done, Known int64
	// Records were found so far.
	Records int64
}

// Percent is how far reading is, 0 to 100, below 100 as long as it goes on.
func (p Progress) Percent() int {
	if p.Known <= 0 || p.Done <= 0 {
		return 0
	}
	return int(min(99, float64(p.Done)/float64(p.Known)*100))
}

// Record is one record as it is shown. Its slices are reused from record to
// record.
type Record struct {
	// Time is in nanoseconds UTC, Bias the machine's then, in minutes, UTC =
	// local + bias.
	Time int64
	Bias int16
	// Machine, Component and File are the names; Line is 1-based.
	Machine, Component, File string
	Line                     int
	Thread                   uint32
	Level                    record.Level
	Flags                    record.Flags
	// Message is the text without the columns; Source and Context are what
	// else the log says ("wuahandler.cpp:1234").
	Message, Source, Context []byte
}

// Timeline is records in their one order. It does not change.
type Timeline interface {
	Len() int
	// Record fills r with row i. It runs on the window's goroutine and is quick.
	Record(i int, r *Record)
	// Time of row i in nanoseconds UTC.
	Time(i int) int64
	// Search hands the rows that the query is about to found, ascending, bit by
	// bit, until ctx ends. It runs on a goroutine of its own.
	Search(ctx context.Context, q Query, found func(rows []int)) error
	// Find returns the row that is nearest to row i of an older timeline of
	// the same bundle.
	Find(older Timeline, i int) int
}

// Query says which records to search for.
type Query struct {
	// Text that the message holds, capitals and small letters alike.
	Text string
	// Conditions that must hold as well.
	Conditions []Condition
	// Errors asks for the records whose level is error, Warnings for those that
	// are a warning, whatever their text and the conditions.
	Errors, Warnings bool
}

// Names are what a timeline can be filtered by, in order of the alphabet.
type Names struct{ Machines, Components, Files []string }

// Named is a Timeline that tells its names.
type Named interface{ Names() Names }

// Zone is how a machine kept time.
type Zone struct {
	Machine string
	// Bias in minutes, UTC = local + bias, at the end of its records.
	Bias int16
	// Source says how it is known, as in the JSON: "ccm-logs", "assumed" ...
	Source string
	// Changes is set where the bias changes within the year.
	Changes bool
}

// Problem is something that could not be read.
type Problem struct {
	Path string
	// Text says what it is, in a language, "en" or "ja".
	Text func(lang string) string
}

// Result is a bundle that was read.
type Result struct {
	Timeline Timeline
	Zones    []Zone
	Problems []Problem
	// NameID says in a language what a GUID in the logs is of. It may be nil.
	NameID func(lang, id string) (string, bool)
	// WriteHTML writes the page of findings in a language, "en" or "ja", with
	// times as "local", "utc" or an offset such as "+09:00", and with the marks
	// of findings.
	WriteHTML func(w io.Writer, lang, tz string, marks map[string]report.Mark) error
	// Pages makes the pages in a language, by a clock as WriteHTML takes it. It
	// may be nil. It runs on a goroutine of its own.
	Pages func(lang, tz string) *page.Set
}

// Hooks are what an Opener calls while it reads, from any goroutine.
type Hooks struct {
	Progress func(Progress)
	// Partial hands out the rows read so far.
	Partial func(Timeline)
	// Password asks for an archive's password; attempt counts from 1. It
	// blocks until there is an answer.
	Password func(ctx context.Context, path string, attempt int) (password string, ok bool)
}

// Opener reads bundles.
type Opener interface {
	// Open reads the inputs, and returns early when ctx ends.
	Open(ctx context.Context, inputs []string, hooks Hooks) (Result, error)
}

// Asked is a question for a password, until Answer is called, once.
type Asked struct {
	Path    string
	Attempt int
	Answer  func(password string, ok bool)
}

// Session is the state of the window. Make it with New.
type Session struct {
	// Changed is called after every change. It may be nil.
	Changed func()
	// Password is called when an archive wants a password; nil gives it up.
	Password func(Asked)
	// Restored is called once all of a session that was opened is there: with the
	// row that was chosen, or -1, and how many bookmarks are of records that are
	// no more. It may be nil.
	Restored func(current, lost int)

	opener Opener
	post   func(func())
	ctx    context.Context // ends with Close
	close  context.CancelFunc

	state    State
	inputs   []string
	progress Progress
	err      error
	result   Result
	shown    Timeline // what the rows come from
	waiting  Timeline // newer than shown, nil if none
	touched  bool     // the user moved within the rows: they stay
	cancel   context.CancelFunc
	run      int // counts Open; results of an older one are dropped

	query      string
	showAll    bool // the rows without a hit, too
	conditions []Condition
	stale      bool // kept is not of the conditions
	kept, hits hunt
	errors     hunt
	warnings   hunt
	bookmarks  []int                  // places in shown, ascending
	marks      map[string]report.Mark // never changed, only replaced
	marksRun   int
	zone       ZoneMode
	mine       *time.Location
	pages      pages
	restoring  *File // the session that is being opened, until it is read
	try        whatIf
}

// New returns an empty session. mine is the engineer's own zone.
func New(opener Opener, post func(func()), mine *time.Location) *Session {
	s := &Session{opener: opener, post: post, mine: mine, shown: nothing{}}
	s.ctx, s.close = context.WithCancel(context.Background())
	return s
}

// SetOpener says who reads the bundles that are opened from now on.
func (s *Session) SetOpener(o Opener) { s.opener = o }

// Close ends what is running.
func (s *Session) Close() {
	s.run++
	s.close()
}

// nothing is the timeline of no bundle.
type nothing struct{}

func (nothing) Len() int                                         { return 0 }
func (nothing) Record(int, *Record)                              {}
func (nothing) Time(int) int64                                   { return 0 }
func (nothing) Search(context.Context, Query, func([]int)) error { return nil }
func (nothing) Find(Timeline, int) int                           { return 0 }

func (s *Session) changed() {
	if s.Changed != nil {
		s.Changed()
	}
}

// State is what the session is doing.
func (s *Session) State() State { return s.state }

// Progress is how far reading is.
func (s *Session) Progress() Progress { return s.progress }

// Err is why the session Failed.
func (s *Session) Err() error { return s.err }

// Problems are what could not be read of the bundle.
func (s *Session) Problems() []Problem { return s.result.Problems }

// Zones are the zones of the bundle's machines.
func (s *Session) Zones() []Zone { return s.result.Zones }

// Inputs are the paths that are open.
func (s *Session) Inputs() []string { return s.inputs }

// Name is the bundle's name: that of its first input, and how many more.
func (s *Session) Name() (name string, more int) {
	if len(s.inputs) == 0 {
		return "", 0
	}
	return filepath.Base(s.inputs[0]), len(s.inputs) - 1
}

// Open reads the inputs in place of what is open.
func (s *Session) Open(inputs []string) {
	if len(inputs) == 0 {
		return
	}
	if s.cancel != nil {
		s.cancel()
	}
	s.run++
	run := s.run
	ctx, cancel := context.WithCancel(s.ctx)
	s.cancel = cancel
	s.state, s.inputs, s.err = Reading, inputs, nil
	s.progress, s.result = Progress{}, Result{}
	s.touched, s.waiting, s.bookmarks, s.conditions, s.marks, s.restoring = false, nil, nil, nil, nil, nil
	s.try = whatIf{}
	s.show(nothing{})
	opener := s.opener
	enter := func(f func()) {
		s.post(func() {
			if s.run == run {
				f()
			}
		})
	}
	hooks := Hooks{
		Progress: func(p Progress) {
			enter(func() { s.progress = p; s.changed() })
		},
		Partial: func(t Timeline) {
			enter(func() { s.take(t); s.changed() })
		},
		Password: func(ctx context.Context, path string, attempt int) (string, bool) {
			return s.ask(ctx, enter, path, attempt)
		},
	}
	go func() {
		defer cancel()
		res, err := opener.Open(ctx, inputs, hooks)
		enter(func() { s.opened(res, err) })
	}()
	s.changed()
}

// opened takes the end of reading.
func (s *Session) opened(res Result, err error) {
	s.cancel = nil
	switch {
	case errors.Is(err, context.Canceled):
		s.stop()
		return
	case err != nil:
		s.state, s.err, s.waiting = Failed, err, nil
		s.show(nothing{})
	default:
		s.state, s.result = Ready, res
		if res.Timeline != nil {
			s.take(res.Timeline)
		}
	}
	s.changed()
}

// Cancel stops reading; what was read is let go.
func (s *Session) Cancel() {
	if s.state == Reading && s.cancel != nil {
		s.cancel()
		s.run++
		s.stop()
	}
}

func (s *Session) stop() {
	s.cancel = nil
	s.state, s.inputs, s.waiting, s.restoring = Empty, nil, nil, nil
	s.progress, s.result = Progress{}, Result{}
	s.show(nothing{})
	s.changed()
}

// ask puts the question and waits for its answer or the end of ctx.
func (s *Session) ask(ctx context.Context, enter func(func()), path string, attempt int) (string, bool) {
	type answer struct {
		password string
		ok       bool
	}
	got := make(chan answer, 1)
	enter(func() {
		if s.Password == nil {
			got <- answer{}
			return
		}
		s.Password(Asked{Path: path, Attempt: attempt, Answer: func(p string, ok bool) {
			select {
			case got <- answer{p, ok}:
			default: // answered already
			}
		}})
	})
	select {
	case a := <-got:
		return a.password, a.ok
	case <-ctx.Done():
		return "", false
	}
}

// take shows a newer timeline, at once where nobody is reading the rows yet,
// else when ShowWaiting is called.
func (s *Session) take(t Timeline) {
	if s.touched && s.shown.Len() > 0 {
		if t.Len() == s.shown.Len() && s.state == Reading {
			return
		}
		s.waiting = t
		return
	}
	s.show(t)
}

// Touch says that the user moved within the rows: newer ones wait from now on.
func (s *Session) Touch() { s.touched = true }

// Waiting is how many more records there are than are shown; ok is false when
// no newer timeline waits.
func (s *Session) Waiting() (more int, ok bool) {
	if s.waiting == nil {
		return 0, false
	}
	return s.waiting.Len() - s.shown.Len(), true
}

// ShowWaiting shows the newer timeline.
func (s *Session) ShowWaiting() {
	if t := s.waiting; t != nil {
		s.waiting = nil
		s.show(t)
		s.changed()
	}
}

// show puts t in place of what is shown, and looks for the query in it.
func (s *Session) show(t Timeline) {
	s.carryBookmarks(t)
	s.shown = t
	s.hunt(&s.errors, Query{Errors: true}, t.Len() > 0)
	s.hunt(&s.warnings, Query{Warnings: true}, t.Len() > 0)
	s.filterAnew()
	s.search()
	s.restored()
}

// Names are what the rows can be filtered by.
func (s *Session) Names() Names {
	if n, ok := s.shown.(Named); ok {
		return n.Names()
	}
	return Names{}
}

// WriteHTML writes the page of findings; ok is false while there is none.
func (s *Session) WriteHTML() (write func(w io.Writer, lang string) error, ok bool) {
	if s.state != Ready || s.result.WriteHTML == nil {
		return nil, false
	}
	f, tz, marks := s.result.WriteHTML, s.TimeZone(), s.marks
	return func(w io.Writer, lang string) error { return f(w, lang, tz, marks) }, true
}

// HTMLName is a name for the page: the bundle's, without its kind.
func (s *Session) HTMLName() string { return s.bareName() + ".html" }

// FileName is a name for the session file: the bundle's, without its kind.
func (s *Session) FileName() string { return s.bareName() + Extension }

func (s *Session) bareName() string {
	name, _ := s.Name()
	if base := strings.TrimSuffix(name, filepath.Ext(name)); base != "" {
		return base
	}
	return name
}
