package analyze

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"patchtrail/analyze/code"
	"patchtrail/ingest"
)

// CodeCount is how often an error code stands in the logs.
type CodeCount struct {
	Code uint32
	// Records is the number of records that hold it.
	Records int
}

// codeCounts counts error codes while the files are read.
type codeCounts struct {
	mu      sync.Mutex
	records map[uint32]int
}

// maxCodes bounds what a hostile bundle can make us keep.
const maxCodes = 10000

var http = []byte("HTTP")

// block counts the codes in a block, each once a record.
func (c *codeCounts) block(b ingest.Block) {
	type found struct {
		code   uint32
		record int
	}
	var all []found
	hit := func(n uint32, at int) { all = append(all, found{n, b.Columns.At(at)}) }
	if bytes.Contains(b.Text, http) {
		code.Scan(b.Text, hit)
	} else {
		code.ScanResults(b.Text, hit)
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.record, b.record)) })
	all = slices.Compact(all)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range all {
		if _, ok := c.records[f.code]; f.record >= 0 && (ok || len(c.records) < maxCodes) {
			c.records[f.code]++
		}
	}
}

// list returns the counts, the most frequent first.
func (c *codeCounts) list() []CodeCount {
	var out []CodeCount
	for n, records := range c.records {
		out = append(out, CodeCount{n, records})
	}
	slices.SortFunc(out, func(a, b CodeCount) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Code, b.Code))
	})
	return out
}
