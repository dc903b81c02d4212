package page

import (
	"cmp"
	"slices"

	"patchtrail/ingest/record"
)

// Proof is a record that a finding rests on: its place in the timeline, and
// that of the finding in Set.Findings.
type Proof struct{ Row, Finding int }

// proofs lists them by their rows; of several findings on one record, the
// gravest.
func (s *Set) proofs() {
	for i := range s.res.Findings {
		for _, e := range s.res.Findings[i].Evidence {
			if e.Record != record.None {
				s.Proofs = append(s.Proofs, Proof{s.res.Timeline.Find(e.Record), i})
			}
		}
	}
	slices.SortFunc(s.Proofs, func(a, b Proof) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Finding, b.Finding)) })
	s.Proofs = slices.CompactFunc(s.Proofs, func(a, b Proof) bool { return a.Row == b.Row })
}
