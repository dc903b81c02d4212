package timeline

import "patchtrail/ingest/record"

// Histogram counts records over time.
type Histogram struct {
	// First is the start of the first bucket, Width the length of each, in
	// nanoseconds (UTC).
	First, Width int64
	// Buckets count records by level.
	Buckets [][record.Error + 1]int
}

// Histogram counts all records in n buckets of the same length, which cover
// the whole time.
func (t *Timeline) Histogram(n int) Histogram {
	h := Histogram{Width: 1, Buckets: make([][record.Error + 1]int, n)}
	if t.Len() == 0 || n == 0 {
		return h
	}
	h.First = t.Store.Time(t.order[0])
	last := t.Store.Time(t.order[len(t.order)-1])
	h.Width = (last-h.First)/int64(n) + 1
	t.Store.Blocks(func(_ int, _ record.ID, b *record.Block) bool {
		for i := range b.Len() {
			h.Buckets[(b.Time(i)-h.First)/h.Width][b.Level(i)]++
		}
		return true
	})
	return h
}
