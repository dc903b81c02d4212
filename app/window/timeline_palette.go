package window

import (
	"strings"

	"patchtrail/analyze/code"
	"patchtrail/analyze/lang"
	"patchtrail/app/palette"
	"patchtrail/app/session"
	"patchtrail/ingest/record"
)

// showPalette finds anything by a few letters.
func (w *Window) showPalette() {
	items := append(w.commands(), w.filterItems()...)
	items = append(items, w.savedItems()...)
	items = append(items, w.pageItems()...)
	palette.Show(w.win.Canvas(), palette.NewIndex(items), w.t("palette.place"), w.t("palette.none"), w.meant)
}

// addFilter finds a condition for the filter.
func (w *Window) addFilter() {
	palette.Show(w.win.Canvas(), palette.NewIndex(w.filterItems()), w.t("filter.add-place"), w.t("palette.none"), w.typedCondition)
}

// askCode explains an error code that is typed, or one of the current record.
func (w *Window) askCode() {
	palette.Show(w.win.Canvas(), palette.NewIndex(w.codeItems()), w.t("code.place"), w.t("code.none"), w.meant)
}

// codeItems are the codes in the current record.
func (w *Window) codeItems() []palette.Item {
	i := w.view.Current()
	if i < 0 || i >= w.rows.Len() {
		return nil
	}
	var rec session.Record
	w.rows.Record(i, &rec)
	var out []palette.Item
	seen := map[uint32]bool{}
	code.ScanResults(rec.Message[:min(len(rec.Message), codesWithin)], func(c uint32, _ int) {
		if !seen[c] {
			seen[c] = true
			out = append(out, w.codeItem(w.t("code.record"), code.Explain(c)))
		}
	})
	return out
}

// codeItem is a code with its meaning; it leads to the records that hold it.
func (w *Window) codeItem(section string, e code.Explanation) palette.Item {
	return palette.Item{Section: section, Title: strings.TrimSpace(e.String() + "  " + e.Symbol), Detail: w.meaning(e),
		Run: func() {
			if w.rows.Timeline() != nil && w.rows.Timeline().Len() > 0 {
				w.filter.SetText(e.String())
			}
		}}
}

// askTime goes to a time that is typed, or limits the filter to a range.
func (w *Window) askTime() {
	palette.Show(w.win.Canvas(), palette.NewIndex(nil), w.t("goto.place"), w.t("goto.none"), w.typedTime)
}

// filterItems are what the bundle can be filtered by.
func (w *Window) filterItems() []palette.Item {
	var out []palette.Item
	add := func(section, title, detail string, c session.Condition) {
		out = append(out, palette.Item{Section: section, Title: title, Detail: detail, Run: func() { w.add(c) }})
	}
	for _, q := range session.Questions() {
		add(w.t("palette.questions"), w.t("question."+q.Name), strings.Join(q.Components, ", "), session.Condition{Kind: session.ByQuestion, Text: q.Name})
	}
	for l := record.Error; ; l-- {
		add(w.t("palette.levels"), w.levelName(l), "", session.Condition{Kind: session.ByLevel, Level: l})
		if l == record.Verbose {
			break
		}
	}
	names := w.ses.Names()
	for _, n := range names.Components {
		add(w.t("palette.components"), n, "", session.Condition{Kind: session.ByComponent, Text: n})
	}
	for _, n := range names.Machines {
		add(w.t("palette.machines"), n, "", session.Condition{Kind: session.ByMachine, Text: n})
	}
	for _, n := range names.Files {
		add(w.t("palette.files"), lastPart(n), strings.TrimSuffix(n, lastPart(n)), session.Condition{Kind: session.ByFile, Text: n})
	}
	return out
}

// pageItems are the findings and updates.
func (w *Window) pageItems() []palette.Item {
	pages := w.ses.Pages()
	if pages == nil {
		return nil
	}
	var out []palette.Item
	for i := range pages.Findings {
		f := &pages.Findings[i]
		out = append(out, palette.Item{Section: w.t("palette.findings"), Title: f.Title, Detail: f.Machine,
			Run: func() { w.showFinding(i) }})
	}
	for i := range pages.Updates {
		u := &pages.Updates[i]
		title := u.Title
		if u.KB != "" && !strings.Contains(title, u.KB) {
			title = u.KB + "  " + title
		}
		out = append(out, palette.Item{Section: w.t("palette.updates"), Title: title, Detail: u.Machine + "  " + u.State,
			Run: func() { w.showUpdate(i) }})
	}
	return out
}

// meant is what the palette makes of a query itself: the meaning of a code, a
// text to filter by.
func (w *Window) meant(query string) []palette.Section {
	if query = strings.TrimSpace(query); query == "" {
		return nil
	}
	var out []palette.Section
	if codes := w.codesOf(query); len(codes) > 0 {
		s := palette.Section{Title: w.t("palette.codes"), Count: len(codes)}
		for _, e := range codes {
			s.Hits = append(s.Hits, palette.Hit{Item: w.codeItem(s.Title, e)})
		}
		out = append(out, s)
	}
	return out
}

// codesOf are the codes that a query names, or whose symbols are nearly it.
func (w *Window) codesOf(query string) []code.Explanation {
	if c, err := code.Parse(query); err == nil && (c >= 1<<31 || strings.HasPrefix(strings.ToLower(query), "0x")) {
		return []code.Explanation{code.Explain(c)}
	}
	if e, ok := code.BySymbol(strings.ToUpper(query)); ok {
		return []code.Explanation{e}
	}
	if len(query) >= 6 && strings.Contains(query, "_") {
		return code.Near(query, 4)
	}
	return nil
}

// meaning is what a code means, in the language of the window.
func (w *Window) meaning(e code.Explanation) string {
	if w.lang == lang.Japanese && e.MeaningJA != "" {
		return e.MeaningJA
	}
	return e.Meaning
}

// typedCondition is what the field for a filter makes of a query: a range of
// times, a condition as people type it, and its contrary.
func (w *Window) typedCondition(query string) []palette.Section {
	if query = strings.TrimSpace(query); query == "" {
		return nil
	}
	s := palette.Section{Title: w.t("palette.typed")}
	add := func(c session.Condition) {
		s.Count++
		s.Hits = append(s.Hits, palette.Hit{Item: palette.Item{Title: w.conditionText(c), Run: func() { w.add(c) }}})
	}
	if c, err := w.ses.ParseRange(query, w.near(), w.bias()); err == nil {
		add(c)
	} else if c, err := session.ParseCondition(query); err == nil {
		add(c)
		c.Not = !c.Not
		add(c)
		if c.Kind == session.ByText {
			re := session.Condition{Kind: session.ByRegexp, Text: c.Text}
			if _, err := session.ParseCondition("/" + c.Text + "/"); err == nil {
				add(re)
			}
		}
	} else {
		s.Count = 1
		s.Hits = []palette.Hit{{Item: palette.Item{Title: w.lang.Error(err)}}}
	}
	return []palette.Section{s}
}

// near is the time that what is typed leaves open is taken from.
func (w *Window) near() int64 {
	if i := w.view.Current(); i >= 0 && i < w.rows.Len() {
		return w.rows.Timeline().Time(w.rows.Index(i))
	}
	_, last, _ := w.ses.Span()
	return last.Time
}

// typedTime is what the field for a time makes of a query.
func (w *Window) typedTime(query string) []palette.Section {
	hit := func(title string, run func()) []palette.Section {
		return []palette.Section{{Title: w.t("menu.go-time"), Count: 1, Hits: []palette.Hit{{Item: palette.Item{Title: title, Run: run}}}}}
	}
	if c, err := w.ses.ParseRange(query, w.near(), w.bias()); err == nil && (c.From != 0 || c.To != 0) {
		return hit(w.t("row.only", w.conditionText(c)), func() { w.add(c) })
	}
	if utc, err := w.ses.ParseTime(query, w.near(), w.bias()); err == nil {
		return hit(w.clock(utc), func() { w.goToTime(utc) })
	}
	return nil
}
