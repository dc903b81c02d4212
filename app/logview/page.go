package logview

// page keeps the rows that are in sight, so that a step down fetches one row
// and a change of the selection none.
type page struct {
	source Source
	first  int
	rows   []*Row
	spare  []*Row
}

// reset forgets the rows and takes a new source.
func (p *page) reset(s Source) {
	p.spare = append(p.spare, p.rows...)
	p.rows, p.source, p.first = p.rows[:0], s, 0
}

// show fetches what is missing of rows first .. first+n.
func (p *page) show(first, n int) {
	old, oldFirst := p.rows, p.first
	rows := make([]*Row, n)
	for k, r := range old {
		if i := oldFirst + k - first; i >= 0 && i < n {
			rows[i] = r
		} else {
			p.spare = append(p.spare, r)
		}
	}
	for i := range rows {
		if rows[i] != nil {
			continue
		}
		rows[i] = p.fresh()
		p.source.Row(first+i, rows[i])
	}
	p.first, p.rows = first, rows
	if limit := 2 * n; len(p.spare) > limit {
		clear(p.spare[limit:])
		p.spare = p.spare[:limit]
	}
}

func (p *page) fresh() *Row {
	k := len(p.spare) - 1
	if k < 0 {
		return new(Row)
	}
	r := p.spare[k]
	p.spare[k], p.spare = nil, p.spare[:k]
	if cap(r.Message) > 4*MaxMessage {
		return new(Row) // one huge record must not stay in memory for good
	}
	r.reset()
	return r
}

// row is row i, which must be in sight.
func (p *page) row(i int) *Row { return p.rows[i-p.first] }
