package rule

import (
	"cmp"
	"maps"
	"slices"
)

// group is a Match in the making.
type group struct {
	key         string
	params      map[string]string
	count       int
	first, last []Evidence
	between     []Evidence
	stride      int // every how many hits one is kept in between
	seen        int
	cured       *Evidence
	several     int // of its form
}

func (g *group) add(h *hit, newEvent bool) {
	if newEvent {
		g.count++
	}
	g.several = h.form.Several
	if g.first == nil || compareEvidence(h.at[0], g.first[0]) < 0 {
		g.first = h.at
	}
	if g.last == nil || compareEvidence(h.at[0], g.last[0]) >= 0 {
		g.last, g.params = h.at, h.params
	}
	if g.seen%g.stride == 0 {
		g.between = append(g.between, h.at[0])
		if len(g.between) == 8*betweenEvidence {
			// Half as many, twice as far apart: a sample of bounded size.
			for i := range g.between[:4*betweenEvidence] {
				g.between[i] = g.between[2*i]
			}
			g.between = g.between[:4*betweenEvidence]
			g.stride *= 2
		}
	}
	g.seen++
}

// join adds another line of an event that the group has. What the latest line
// does not say stays as the other said it.
func (g *group) join(h *hit) {
	known := g.params
	g.add(h, false)
	params := make(map[string]string)
	maps.Copy(params, known)
	maps.Copy(params, h.params)
	maps.Copy(params, g.params)
	g.params = params
}

// several leaves out what too few things show of a form that asks for several.
func several(r *Rule, groups []*group) []*group {
	lasting := func(g *group) bool { return g.count > 1 && g.cured == nil }
	shown := make(map[string]int)
	for _, g := range groups {
		if g.several > 0 && lasting(g) {
			shown[joinParams(g.params, r.Key)]++
		}
	}
	return slices.DeleteFunc(groups, func(g *group) bool {
		return g.several > 0 && (!lasting(g) || shown[joinParams(g.params, r.Key)] < g.several)
	})
}

// combine makes matches of groups, which are ordered by time: those that
// differ only in what the rule tracks become one, but the cured ones apart
// from the others.
func combine(r *Rule, groups []*group) []Match {
	type name struct {
		key   string
		cured bool
	}
	var out []*Match
	var parts [][]*group
	index := make(map[name]int)
	for _, g := range groups {
		k := name{joinParams(g.params, r.Key), g.cured != nil}
		at, ok := index[k]
		if !ok {
			at = len(out)
			index[k] = at
			out = append(out, &Match{Rule: r, First: g.first[0].Time})
			parts = append(parts, nil)
		}
		parts[at] = append(parts[at], g)
	}
	matches := make([]Match, len(out))
	for i, m := range out {
		m.fill(parts[i])
		matches[i] = *m
	}
	return matches
}

// fill sets what a match has from its groups.
func (m *Match) fill(groups []*group) {
	first, last := groups[0], groups[0]
	var between []Evidence
	for _, g := range groups {
		m.Count += g.count
		if compareEvidence(g.last[0], last.last[0]) >= 0 {
			last = g
		}
		if g.cured != nil && (m.Cured == nil || compareEvidence(*g.cured, *m.Cured) > 0) {
			m.Cured = g.cured
		}
		between = append(between, g.between...)
		between = append(between, g.last[0])
		if len(m.Rule.Track) > 0 {
			m.Tracked = append(m.Tracked, g.params)
		}
	}
	m.Last = last.last[len(last.last)-1].Time
	if m.Params = last.params; m.Params == nil {
		m.Params = map[string]string{}
	}
	m.Evidence = evidence(first.first, last.last, between)
}

// evidence is first, last and at most betweenEvidence of between, by time.
func evidence(first, last, between []Evidence) []Evidence {
	ends := append(slices.Clone(first), last...)
	between = slices.DeleteFunc(between, func(x Evidence) bool { return slices.Contains(ends, x) })
	slices.SortFunc(between, compareEvidence)
	between = slices.Compact(between)
	if n := len(between); n > betweenEvidence {
		for i := range betweenEvidence {
			between[i] = between[(2*i+1)*n/(2*betweenEvidence)]
		}
		between = between[:betweenEvidence]
	}
	out := append(ends, between...)
	slices.SortFunc(out, compareEvidence)
	return slices.Compact(out)
}

func compareEvidence(a, b Evidence) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
}
