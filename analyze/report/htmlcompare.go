package report

// Comparison is how one result, B, differs from another, A, in words.
type Comparison struct {
	// Intro says what A and B are, and which machines are compared; Summary how
	// many findings are new, gone, changed and the same.
	Intro   []string
	Summary string
	Parts   []ComparisonPart
	// Many is set where more than one pair of machines is compared.
	Many bool
}

// ComparisonPart is what differs of one kind of thing.
type ComparisonPart struct {
	Title string
	// A and B head the columns.
	A, B string
	Rows []ComparisonRow
	// More says what is not shown, "" where nothing is left out.
	More string
}

// ComparisonRow is one thing that is new, gone, changed or the same.
type ComparisonRow struct {
	// Change is "new", "gone", "changed" or "same", Word the word for it.
	Change, Word string
	// Better is set where the change is for the better, Worse where it is not.
	Better, Worse bool
	// Machine is "" where there is but one. A and B are "" where there is none.
	Machine, What, A, B string
}

// Class is the class of the row's mark.
func (r ComparisonRow) Class() string {
	switch {
	case r.Worse:
		return "error"
	case r.Better:
		return "good"
	}
	return ""
}

// comparison shortens what a bundle made too long for a page.
func (p *page) comparison(d *pageData) {
	c := p.opt.Comparison
	if c == nil {
		return
	}
	space := room(roomRest)
	out := Comparison{Summary: c.Summary, Many: c.Many}
	for _, s := range c.Intro {
		out.Intro = append(out.Intro, space.text(s, 500))
	}
	for _, part := range c.Parts {
		rows := part.Rows
		part.Rows = nil
		for _, r := range rows {
			if !space.has(3000) {
				part.More = p.l.T("report.more", Count(len(rows)-len(part.Rows)))
				break
			}
			space -= 150
			r.What, r.A, r.B = space.text(r.What, 500), space.text(r.A, 500), space.text(r.B, 500)
			part.Rows = append(part.Rows, r)
		}
		out.Parts = append(out.Parts, part)
	}
	d.Comparison = &out
}
