package logview

import "sort"

// ranges is a set of rows as sorted, disjoint half-open ranges: choosing all
// of 100 million rows is one of them.
type ranges [][2]int

// has reports whether row i is in the set.
func (r ranges) has(i int) bool {
	k := sort.Search(len(r), func(k int) bool { return r[k][1] > i })
	return k < len(r) && r[k][0] <= i
}

// count is the number of rows in the set.
func (r ranges) count() int {
	n := 0
	for _, x := range r {
		n += x[1] - x[0]
	}
	return n
}

// flip returns the set with row i put in, or taken out when it was in.
func (r ranges) flip(i int) ranges {
	out := make(ranges, 0, len(r)+1)
	if !r.has(i) {
		return r.with(i, i+1)
	}
	for _, x := range r {
		if i < x[0] || i >= x[1] {
			out = append(out, x)
			continue
		}
		if x[0] < i {
			out = append(out, [2]int{x[0], i})
		}
		if i+1 < x[1] {
			out = append(out, [2]int{i + 1, x[1]})
		}
	}
	return out
}

// with returns the set and the rows lo .. hi, joined.
func (r ranges) with(lo, hi int) ranges {
	if lo >= hi {
		return r
	}
	out := make(ranges, 0, len(r)+1)
	placed := false
	for _, x := range r {
		switch {
		case x[1] < lo:
			out = append(out, x)
		case x[0] > hi:
			if !placed {
				out, placed = append(out, [2]int{lo, hi}), true
			}
			out = append(out, x)
		default:
			lo, hi = min(lo, x[0]), max(hi, x[1])
		}
	}
	if !placed {
		out = append(out, [2]int{lo, hi})
	}
	return out
}
