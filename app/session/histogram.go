package session

import "sort"

// Bucket counts the rows of a stretch of time by level; Other is what is
// neither error nor warning.
type Bucket struct{ Other, Warning, Error int }

// Total is the number of rows.
func (b Bucket) Total() int { return b.Other + b.Warning + b.Error }

// Histogram counts rows over time.
type Histogram struct {
	// First is the time of the first row, Last that of the last, nanoseconds
	// UTC.
	First, Last int64
	// Buckets part the time from First to Last equally; All counts every row of
	// the timeline, Rows those that show.
	All, Rows []Bucket
}

// Edge is the time at which bucket k begins; that of bucket n follows Last.
func (h Histogram) Edge(k int) int64 {
	n := int64(len(h.All))
	if n == 0 {
		return h.First
	}
	span := h.Last - h.First + 1
	return h.First + span/n*int64(k) + span%n*int64(k)/n
}

// Histogram counts the rows in n buckets. Places are in the order of time, so
// that it looks the edges up instead of walking: what remains is joining the
// rows with the errors and warnings, some milliseconds for millions of them.
func (s *Session) Histogram(rows Rows, n int) Histogram {
	total := s.shown.Len()
	if total == 0 || n <= 0 {
		return Histogram{}
	}
	h := Histogram{First: s.shown.Time(0), Last: s.shown.Time(total - 1), All: make([]Bucket, n), Rows: make([]Bucket, n)}
	from := 0
	for k := range n {
		edge := h.Edge(k + 1)
		to := from + sort.Search(total-from, func(i int) bool { return s.shown.Time(from+i) >= edge })
		if from < to {
			errs, warns := between(s.errors.rows, from, to-1), between(s.warnings.rows, from, to-1)
			h.All[k] = bucket(to-from, len(errs), len(warns))
			h.Rows[k] = h.All[k]
			if rows.t == s.shown && rows.picked {
				pick := between(rows.pick, from, to-1)
				h.Rows[k] = bucket(len(pick), common(pick, errs), common(pick, warns))
			}
		}
		from = to
	}
	return h
}

func bucket(total, errs, warns int) Bucket {
	return Bucket{Other: total - errs - warns, Warning: warns, Error: errs}
}

// common counts the numbers that are in a and in b, which ascend. It gallops
// through the longer: few among many are found quickly.
func common(a, b []int) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	if len(b) > 16*len(a) {
		for _, x := range a {
			i := sort.SearchInts(b, x)
			if i < len(b) && b[i] == x {
				n++
			}
			b = b[i:]
		}
		return n
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// HistogramState changes whenever the searches that Histogram rests on brought
// something, so that a view knows when to ask anew.
func (s *Session) HistogramState() [4]int {
	rows := s.Rows()
	return [4]int{len(s.errors.rows), len(s.warnings.rows), len(rows.pick), rows.run}
}
