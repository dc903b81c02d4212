package session

import (
	"slices"
	"sort"

	"patchtrail/analyze/report"
	"patchtrail/app/page"
)

// proofs are the records that findings rest on, by their rows in shown; none
// until the pages are made, nor while an older timeline shows.
func (s *Session) proofs() []page.Proof {
	set := s.Pages()
	if set == nil || s.shown != s.result.Timeline {
		return nil
	}
	return set.Proofs
}

// Proves tells which finding the record at a place of the timeline is evidence
// of, as a place in page.Set.Findings; ok is false for none, and for one that
// was dismissed.
func (s *Session) Proves(index int) (finding int, ok bool) {
	all := s.proofs()
	i, found := slices.BinarySearchFunc(all, index, func(p page.Proof, index int) int { return p.Row - index })
	if !found || s.dismissed(all[i].Finding) {
		return 0, false
	}
	return all[i].Finding, true
}

func (s *Session) dismissed(finding int) bool {
	return s.marks[s.pages.made.Findings[finding].Key].Judgement == report.Dismissed
}

// Proof does what Match does for the records that findings rest on.
func (s *Session) Proof(rows Rows, from, step int) (row int, ok bool) {
	var places []int
	for _, p := range s.proofs() {
		if !s.dismissed(p.Finding) {
			places = append(places, p.Row)
		}
	}
	return next(places, rows, from, step)
}

// provesBetween reports whether a row among some is evidence: of all rows from
// first to last, or of those that were picked.
func (s *Session) provesBetween(first, last int, pick []int, picked bool) bool {
	all := s.proofs()
	for i := sort.Search(len(all), func(i int) bool { return all[i].Row >= first }); i < len(all) && all[i].Row <= last; i++ {
		if s.dismissed(all[i].Finding) {
			continue
		}
		if !picked {
			return true
		}
		if _, found := slices.BinarySearch(pick, all[i].Row); found {
			return true
		}
	}
	return false
}
