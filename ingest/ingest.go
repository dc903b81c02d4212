// Package ingest turns a bundle of logs into records: it walks folders and
// archives, decodes text, recognises formats, runs their parsers, gives every
// record its UTC time and puts all of it into a record.Store. It knows nothing
// of what a message means.
//
// Files are read several at once. Each is taken in chunks of about 256 KiB: the
// goroutine that reads a file decodes and parses a chunk, and whichever
// goroutine is free compresses it and shows it to Options.OnBlock while it is
// still in the processor's cache; so one large log keeps two cores busy as well.
package ingest

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"patchtrail/ingest/bundle"
	"patchtrail/ingest/clock"
	"patchtrail/ingest/format"
	"patchtrail/ingest/issue"
	"patchtrail/ingest/record"
)

// Options say how to read; the zero value reads with the defaults.
type Options struct {
	// Bundle holds passwords and limits. Its Report is called too, and its
	// Parallel bounds the files that are read at once.
	Bundle bundle.Options
	// RecordBytes is the longest record in bytes, 4 MiB if 0; longer ones are
	// cut and marked.
	RecordBytes int
	// Bias is the zone to assume for a machine that nothing tells of, in
	// minutes, UTC = local + bias. nil means UTC.
	Bias *int16
	// OnBlock sees every block of every file, in any order and from several
	// goroutines.
	OnBlock func(Block)
	// InOrder sees every block before that, those of one file in their order,
	// those of several files at once. It holds up the reading of its file.
	InOrder func(Block)
	// Progress is updated while reading, if not nil.
	Progress *Progress
}

// Block is a block of a file on its way into the store.
type Block struct {
	// File is the file as it will stand in the store; its format and path are
	// known, its counts are not yet.
	File    *record.File
	Columns *record.Block
	// First is the number of the block's first record within the file.
	First uint32
	// Components are the names that the columns index, so far.
	Components []string
	// Text is that of the block; it must not be kept.
	Text []byte
}

// Progress counts what was read so far. All is safe for concurrent use.
type Progress struct {
	// Bundle counts packed bytes, done and known.
	Bundle bundle.Counter
	// Text and Records count bytes of text and records that are parsed.
	Text, Records atomic.Int64

	mu    sync.Mutex
	files []*fileReader
	done  []*record.File
	path  string
}

// Path is the file that was begun last.
func (p *Progress) Path() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.path
}

// Store returns the records read so far, with the zones known so far. Records
// may still change their place when the rest is known.
func (p *Progress) Store() (*record.Store, []Machine) {
	p.mu.Lock()
	files := make([]*record.File, 0, len(p.files)+len(p.done))
	for _, f := range p.done {
		c := *f
		files = append(files, &c)
	}
	for _, r := range p.files {
		files = append(files, r.soFar())
	}
	p.mu.Unlock()
	machines := place(files, nil)
	return record.NewStore(files), machines
}

// Result is a bundle read.
type Result struct {
	Store    *record.Store
	Machines []Machine
	Issues   []issue.Issue
	// BytesPacked is the length of the inputs, Bytes that of all files in them.
	BytesPacked, Bytes int64
}

// Read reads the inputs: archives, folders, single logs. Damage becomes issues;
// an error means that ctx ended or that nothing at all could be read.
func Read(ctx context.Context, inputs []string, opt Options) (*Result, error) {
	if opt.RecordBytes <= 0 {
		opt.RecordBytes = recordBytes
	}
	if opt.Progress == nil {
		opt.Progress = &Progress{}
	}
	in := &ingester{opt: opt, formats: format.All(), blocks: make(chan func(*record.Packer))}
	in.opt.Bundle.Counter = &opt.Progress.Bundle
	report := opt.Bundle.Report
	in.opt.Bundle.Report = func(i issue.Issue) {
		in.report(i)
		if report != nil {
			report(i)
		}
	}
	stop := in.help()
	err := bundle.Walk(ctx, inputs, in.opt.Bundle, in.visit)
	in.pending.Wait()
	stop()
	if err != nil {
		return nil, err
	}
	return in.finish(), nil
}

// ingester is one run of Read.
type ingester struct {
	opt     Options
	formats []format.Format

	// blocks hands work to a helper that is idle; see submit.
	blocks  chan func(*record.Packer)
	pending sync.WaitGroup

	mu      sync.Mutex
	packers []*record.Packer
	issues  []issue.Issue
}

// help starts goroutines that take blocks off those that read files.
func (in *ingester) help() (stop func()) {
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for work := range in.blocks {
				in.pack(work)
			}
		})
	}
	return func() { close(in.blocks); wg.Wait() }
}

// submit runs work on a helper if one is idle, else here.
func (in *ingester) submit(work func(*record.Packer)) {
	in.pending.Add(1)
	done := func(p *record.Packer) { defer in.pending.Done(); work(p) }
	select {
	case in.blocks <- done:
	default:
		in.pack(done)
	}
}

// pack runs work with a packer that is free: there are as many as work at once,
// however many files there are.
func (in *ingester) pack(work func(*record.Packer)) {
	in.mu.Lock()
	var p *record.Packer
	if n := len(in.packers); n > 0 {
		p, in.packers = in.packers[n-1], in.packers[:n-1]
	} else {
		p = &record.Packer{}
	}
	in.mu.Unlock()
	work(p)
	in.mu.Lock()
	in.packers = append(in.packers, p)
	in.mu.Unlock()
}

func (in *ingester) report(i issue.Issue) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.issues = append(in.issues, i)
}

// finish puts the files together once all are read.
func (in *ingester) finish() *Result {
	p := in.opt.Progress
	p.mu.Lock() // Store must not look at files while their times change
	defer p.mu.Unlock()
	files := p.done
	res := &Result{Issues: in.issues, BytesPacked: p.Bundle.Packed.Load()}
	var user *clock.Zone
	if in.opt.Bias != nil {
		user = clock.Fixed(*in.opt.Bias, clock.FromUser)
	}
	res.Machines = place(files, user)
	res.Store = record.NewStore(files)
	for _, f := range files {
		res.Bytes += f.Bytes
	}
	slices.SortStableFunc(res.Issues, compareIssues)
	return res
}

func compareIssues(a, b issue.Issue) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Key, b.Key), slices.Compare(a.Args, b.Args))
}
