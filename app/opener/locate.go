package opener

import (
	"sort"

	"patchtrail/app/session"
	"patchtrail/ingest/record"
)

// Locate implements session.Located. Lines ascend in a file of text; the
// numbers of event records need not, so that they are looked for one by one: a
// nanosecond each.
func (m *merged) Locate(p session.Place) (row int, ok bool) {
	for _, f := range m.t.Store.Files {
		if f.Path != p.File || f.Len() == 0 {
			continue
		}
		line := func(i int) int { return m.t.Store.Meta(f.Base() + record.ID(i)).Line }
		if i := sort.Search(f.Len(), func(i int) bool { return line(i) >= p.Line }); i < f.Len() && line(i) == p.Line {
			return m.t.Find(f.Base() + record.ID(i)), true
		}
		n := 0
		for _, b := range f.Blocks() {
			for i := range b.Len() {
				if b.Line(i) == p.Line {
					return m.t.Find(f.Base() + record.ID(n+i)), true
				}
			}
			n += b.Len()
		}
	}
	return 0, false
}
