package report

import (
	"runtime"
	"slices"
	"sync"

	"github.com/segmentio/encoding/json"

	"patchtrail/analyze"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// The evidence of updates lies all over the logs: what stands in the first
// maxQuotes places is quoted, what comes after says file, line and time only.
const (
	maxQuotes = 10000
	quoteText = 500 // bytes of each
)

// quotes are the texts that the evidence of updates quotes, by record. They are
// read in the order of the records, so that each block is unpacked once.
type quotes map[record.ID]string

// quoter gives the evidence of one update, of which left places may be quoted.
type quoter struct {
	store  *record.Store
	quotes quotes
	left   int
}

func (q *quoter) evidence(ids []record.ID) []jsonEvidence {
	out := make([]jsonEvidence, 0, len(ids))
	for _, id := range ids {
		m := q.store.Meta(id)
		at := utcTime(m.Time)
		e := jsonEvidence{File: q.store.Files[m.File].Path, Line: m.Line, Time: &at}
		if q.left > 0 {
			q.left--
			e.Text = q.quotes[id]
		}
		out = append(out, e)
	}
	return out
}

// eachEvidence calls use with each list of an update's evidence, in the order in
// which it is written.
func eachEvidence(u *ledger.Update, use func([]record.ID)) {
	for i := range u.Stages {
		use(u.Stages[i].Evidence)
	}
	for i := range u.Attempts {
		use(u.Attempts[i].Evidence)
	}
}

// quoters are one for each update, with the texts that they quote.
func quoters(res *analyze.Result, updates []*ledger.Update) []quoter {
	q := make([]quoter, len(updates))
	left := maxQuotes
	var ids []record.ID
	for i, u := range updates {
		q[i] = quoter{store: res.Store, left: left}
		eachEvidence(u, func(of []record.ID) {
			n := min(left, len(of))
			ids = append(ids, of[:n]...)
			left -= n
		})
	}
	slices.Sort(ids)
	texts := quote(res, slices.Compact(ids))
	for i := range q {
		q[i].quotes = texts
	}
	return q
}

// quote reads the texts of records, ids being in order, on several goroutines;
// on one where names are taken out of them, which remembers what it took.
func quote(res *analyze.Result, ids []record.ID) quotes {
	workers := runtime.GOMAXPROCS(0)
	if res.Redact != nil {
		workers = 1
	}
	texts := make([]string, len(ids))
	inParts(len(ids), workers, func(_, from, to int) {
		rows := newLines(res)
		for i := from; i < to; i++ {
			texts[i] = shorten(rows.at(ids[i]).message, quoteText)
		}
	})
	out := make(quotes, len(ids))
	for i, id := range ids {
		out[id] = texts[i]
	}
	return out
}

// inParts cuts n things into parts and does all parts side by side.
func inParts(n, parts int, do func(part, from, to int)) {
	var work sync.WaitGroup
	for p := range parts {
		work.Go(func() { do(p, n*p/parts, n*(p+1)/parts) })
	}
	work.Wait()
}

// chunkUpdates is how many updates one goroutine writes at a time: some 100 KB.
const chunkUpdates = 64

// updates writes the updates, each on a line of its own: half as long and as
// slow as indented. Several goroutines turn some of them into text, then these
// are written in their order, so that little of it is held at once.
func (o *object) updates(res *analyze.Result, updates []*ledger.Update) {
	q := quoters(res, updates)
	workers := runtime.GOMAXPROCS(0)
	texts, errs := make([][]byte, workers), make([]error, workers)
	o.name("updates")
	o.w.WriteByte('[')
	for from := 0; from < len(updates); from += workers * chunkUpdates {
		round := updates[from:min(len(updates), from+workers*chunkUpdates)]
		inParts(len(round), workers, func(part, first, last int) {
			text := texts[part][:0]
			for i := first; i < last; i++ {
				text = append(text, separator(from+i)...)
				var err error
				if text, err = json.Append(text, jsonUpdateOf(res, &q[from+i], round[i]), 0); err != nil && errs[part] == nil {
					errs[part] = err
				}
			}
			texts[part] = text
		})
		for i := range texts {
			o.w.Write(texts[i])
			texts[i] = texts[i][:0]
			if o.err == nil {
				o.err = errs[i]
			}
		}
	}
	if len(updates) > 0 {
		o.w.WriteString("\n  ")
	}
	o.w.WriteByte(']')
}

// separator stands before the i-th item of a list.
func separator(i int) string {
	if i > 0 {
		return ",\n    "
	}
	return "\n    "
}
