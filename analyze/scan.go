package analyze

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"patchtrail/analyze/rule"
	"patchtrail/ingest"
	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// scan collects the candidates of the rules while the files are read.
type scan struct {
	matcher *rule.Matcher

	mu    sync.Mutex
	files map[*record.File]*fileScan
}

// fileScan is the scanners of one file: blocks of one file come from several
// goroutines, a scanner serves one at a time.
type fileScan struct {
	idle, all []*scanner
}

// scanner is one of them, with the places of a block's records.
type scanner struct {
	*rule.Scanner
	recs []record.Rec
}

func (s *scanner) block(b ingest.Block) {
	s.recs = s.recs[:0]
	for i := range b.Columns.Len() {
		s.recs = append(s.recs, record.Rec{Off: b.Columns.Offset(i), Component: b.Columns.Component(i)})
	}
	s.Block(b.Text, s.recs, b.Components, b.First)
}

func newScan(m *rule.Matcher) *scan {
	return &scan{matcher: m, files: map[*record.File]*fileScan{}}
}

// block scans a block that holds records.
func (s *scan) block(b ingest.Block) {
	s.mu.Lock()
	f := s.files[b.File]
	if f == nil {
		f = &fileScan{}
		s.files[b.File] = f
	}
	var sc *scanner
	if n := len(f.idle); n > 0 {
		sc, f.idle = f.idle[n-1], f.idle[:n-1]
	} else {
		sc = &scanner{Scanner: s.matcher.Scanner(b.File.Format, b.File.Path)}
		f.all = append(f.all, sc)
	}
	s.mu.Unlock()

	sc.block(b)

	s.mu.Lock()
	f.idle = append(f.idle, sc)
	s.mu.Unlock()
}

// candidates returns what was found in a file, ordered by record.
func (s *scan) candidates(f *record.File) []rule.Candidate {
	fs := s.files[f]
	if fs == nil {
		return nil
	}
	var out []rule.Candidate
	for _, sc := range fs.all {
		out = append(out, sc.Candidates()...)
	}
	slices.SortStableFunc(out, func(a, b rule.Candidate) int { return cmp.Compare(a.Record, b.Record) })
	return out
}

// evaluate asks which rules hold, once the times of all records are known.
func (s *scan) evaluate(ctx context.Context, r *Result) (rule.Result, error) {
	files := make([]rule.File, len(r.Store.Files))
	for i, f := range r.Store.Files {
		files[i] = rule.File{Machine: r.Machines[f.Machine].ID, Candidates: s.candidates(f), End: f.Last}
	}
	return s.matcher.Evaluate(ctx, files, &records{store: r.Store, reader: r.Store.Reader()}, func(machine string) rule.Facts {
		return r.ruleFacts(r.machineIndex(machine))
	})
}

// records gives the rules their records again.
type records struct {
	store  *record.Store
	reader *record.Reader
}

func (s *records) Record(file int, n uint32) rule.Record {
	f := s.store.Files[file]
	m, raw := s.reader.Record(f.Base() + record.ID(n))
	return rule.Record{Text: format.Message(f.Format, raw), Raw: raw, Time: m.Time, Thread: m.Thread}
}

func (s *records) Time(file int, n uint32) int64 {
	return s.store.Time(s.store.Files[file].Base() + record.ID(n))
}
