// Package opener reads bundles for a session with package analyze.
package opener

import (
	"context"
	"io"
	"sync"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/report"
	"patchtrail/analyze/timeline"
	"patchtrail/app/page"
	"patchtrail/app/session"
	"patchtrail/ingest"
	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// How often a reader tells how far it is, and when it hands out rows: soon,
// then ever more seldom, so that showing them costs little of the reading.
const (
	tick         = 100 * time.Millisecond
	firstTick    = 30 * time.Millisecond // until the first rows show
	partialRatio = 12                    // pause after a partial timeline, in times it took
	leastPause   = 2 * time.Second
)

// Opener opens bundles; Options are those of every run.
type Opener struct {
	Options analyze.Options
	rules   string // the folder of the user's own, "" for none
}

// Open implements session.Opener.
func (o Opener) Open(ctx context.Context, inputs []string, hooks session.Hooks) (session.Result, error) {
	unused := o.own()
	opt := o.Options
	progress := &ingest.Progress{}
	opt.Ingest.Progress = progress
	opt.Ingest.Bundle.Ask = hooks.Password
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, done, progress, hooks)
	}()
	res, err := analyze.Run(ctx, inputs, opt)
	close(done)
	<-watched
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return session.Result{}, err
	}
	out := result(res)
	out.Problems = append(unused, out.Problems...)
	return out, nil
}

// watch tells how far reading is until done.
func watch(ctx context.Context, done <-chan struct{}, p *ingest.Progress, hooks session.Hooks) {
	var next time.Time
	clock := time.NewTicker(firstTick)
	defer clock.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-clock.C:
		}
		hooks.Progress(session.Progress{File: p.Path(), Done: p.Bundle.Done.Load(), Known: p.Bundle.Known.Load(), Records: p.Records.Load()})
		if p.Records.Load() == 0 || time.Now().Before(next) {
			continue
		}
		began := time.Now()
		store, machines := p.Store()
		t, err := timeline.New(ctx, store)
		if err != nil || t.Len() == 0 {
			continue
		}
		hooks.Partial(newMerged(t, machines))
		clock.Reset(tick)
		next = time.Now().Add(max(leastPause, partialRatio*time.Since(began)))
	}
}

// result is what the window needs of an analysis.
func result(res *analyze.Result) session.Result {
	merged := newMerged(res.Timeline, res.Machines)
	merged.Names() // here, beside the window's goroutine
	out := session.Result{Timeline: merged}
	_, last := res.Span()
	for _, m := range res.Machines {
		out.Zones = append(out.Zones, session.Zone{Machine: m.ID, Bias: m.Zone.Bias(last), Source: string(m.Zone.Source), Changes: m.Zone.Changes()})
	}
	for _, i := range res.Issues {
		out.Problems = append(out.Problems, session.Problem{Path: i.Path, Text: func(l string) string {
			return report.IssueText(lang.Lang(l), i)
		}})
	}
	out.NameID = func(l, id string) (string, bool) { return name(res.Ledger, l, id) }
	out.WriteHTML = func(w io.Writer, l, tz string, marks map[string]report.Mark) error {
		zone, err := report.ParseZone(tz)
		if err != nil {
			return err
		}
		return report.HTML(w, res, report.Options{Lang: lang.Lang(l), Zone: zone, Marks: marks})
	}
	out.Pages = func(l, tz string) *page.Set { return page.New(res, l, tz) }
	return out
}

// merged is a session.Timeline over a store.
type merged struct {
	t        *timeline.Timeline
	machines []ingest.Machine
	reader   *record.Reader // of the window's goroutine
	once     sync.Once
	names    session.Names
}

func newMerged(t *timeline.Timeline, machines []ingest.Machine) *merged {
	return &merged{t: t, machines: machines, reader: t.Store.Reader()}
}

// Len implements session.Timeline.
func (m *merged) Len() int { return m.t.Len() }

// Time implements session.Timeline.
func (m *merged) Time(i int) int64 { return m.t.Store.Time(m.t.At(i)) }

// Record implements session.Timeline.
func (m *merged) Record(i int, r *session.Record) {
	meta, raw := m.reader.Record(m.t.At(i))
	file := m.t.Store.Files[meta.File]
	fields := format.Split(file.Format, raw)
	r.Time, r.Bias, r.Machine = meta.Time, 0, ""
	if file.Machine < len(m.machines) {
		machine := &m.machines[file.Machine]
		r.Machine = machine.ID
		if machine.Zone != nil {
			r.Bias = machine.Zone.Bias(meta.Time)
		}
	}
	r.Component, r.File, r.Line, r.Thread = meta.Component, file.Path, meta.Line, meta.Thread
	r.Level, r.Flags = meta.Level, meta.Flags
	r.Message = append(r.Message[:0], fields.Message...)
	r.Source = append(r.Source[:0], fields.Source...)
	r.Context = append(r.Context[:0], fields.Context...)
}

// Search implements session.Timeline.
func (m *merged) Search(ctx context.Context, q session.Query, found func(rows []int)) error {
	f, err := m.filter(q)
	if err != nil {
		return err
	}
	return m.t.Places(ctx, f, found)
}

// Find implements session.Timeline. Files only grow while a bundle is read, so that a
// record keeps its number within its file.
func (m *merged) Find(older session.Timeline, i int) int {
	o, ok := older.(*merged)
	if !ok || i < 0 || i >= o.Len() {
		return 0
	}
	id := o.t.At(i)
	meta := o.t.Store.Meta(id)
	file := o.t.Store.Files[meta.File]
	for _, f := range m.t.Store.Files {
		if n := id - file.Base(); f.Path == file.Path && int(n) < f.Len() {
			return m.t.Find(f.Base() + n)
		}
	}
	return m.t.Since(meta.Time)
}
