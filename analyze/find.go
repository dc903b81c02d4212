package analyze

import (
	"time"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/rule"
)

// find puts the findings together: what rules matched, and what facts, updates
// and windows show.
func (r *Result) find(matches rule.Result, set *rule.Set) []finding.Finding {
	return finding.Find(finding.Input{
		Machines: r.Machines, Facts: r.Facts, Store: r.Store, Updates: r.Updates, Rules: set, Matched: matches,
		Belong: func(id string) []int {
			_, places, _ := r.Ledger.Lookup(id)
			return places
		},
		Windows: finding.Windows{Sets: r.Windows, Pending: r.Pending, AsOf: r.AsOf},
	})
}

func (r *Result) machineIndex(id string) int {
	for i, m := range r.Machines {
		if m.ID == id {
			return i
		}
	}
	return 0
}

// Time returns nanoseconds UTC as a time.
func Time(utc int64) time.Time { return time.Unix(0, utc).UTC() }
