package rule

import "slices"

// cure finds for each group of a rule the first record after its last event
// that proves a cure. Each candidate is read at most once.
func (e *evaluation) cure(r *Rule, fallback bool, groups []*group) error {
	for i := range r.CuredBy {
		c := &r.CuredBy[i]
		if c.Fallback && !fallback {
			continue
		}
		open := make(map[string][]*group)
		since := groups[0].last[0].Time
		for _, g := range groups {
			key := joinParams(g.params, c.Same)
			open[key] = append(open[key], g)
			since = min(since, g.last[0].Time)
		}
		left := len(groups)
		cands := e.cureCandidates(c, since)
		for n, x := range cands {
			if n%256 == 0 && e.ctx.Err() != nil {
				return e.ctx.Err()
			}
			if left == 0 {
				break
			}
			_, got, ok := e.read.match(x.File, Candidate{x.Record, x.pattern})
			if !ok {
				continue
			}
			key := joinParams(got.params, c.Same)
			open[key] = slices.DeleteFunc(open[key], func(g *group) bool {
				if !x.after(g.last[len(g.last)-1]) {
					return false
				}
				if g.cured == nil || compareEvidence(x.Evidence, *g.cured) < 0 {
					at := x.Evidence
					g.cured = &at
				}
				left--
				return true
			})
		}
	}
	return nil
}

type cureCandidate struct {
	Evidence
	pattern uint32
}

// after says whether the record is later than b: by the clock, or by its place
// in the same file within one instant.
func (a cureCandidate) after(b Evidence) bool {
	if a.Time != b.Time {
		return a.Time > b.Time
	}
	return a.File == b.File && a.Record > b.Record
}

// cureCandidates returns a cure's candidates of the machine from a time on,
// by time.
func (e *evaluation) cureCandidates(c *Cure, since int64) []cureCandidate {
	var out []cureCandidate
	patterns := e.m.byCure[c]
	for _, f := range e.own {
		for _, x := range e.files[f].Candidates {
			if !hasBit(patterns, int(x.pattern)) {
				continue
			}
			if t := e.src.Time(f, x.Record); t >= since {
				out = append(out, cureCandidate{Evidence{f, x.Record, t}, x.pattern})
			}
		}
	}
	slices.SortFunc(out, func(a, b cureCandidate) int { return compareEvidence(a.Evidence, b.Evidence) })
	return out
}
