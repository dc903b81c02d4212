package report

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/ingest/record"
)

// The timeline of the page holds the records within around of a line of
// evidence, of all machines, in merged order.
const (
	around    = int64(60e9)
	maxRows   = 20_000
	leastRows = 500  // around one line of evidence, where there are many
	maxSigns  = 400  // lines of evidence
	spanRows  = 200  // rows of one table: browsers lay out only those in sight
	rowBytes  = 130  // of a row's own, about
	rowText   = 400  // of a message, in bytes
	proofText = 1000 // of the message of evidence
)

// shownRecords are the records that have a row with an anchor.
type shownRecords map[record.ID]bool

func rowAnchor(id record.ID) string { return fmt.Sprintf("r%d", id) }

// pageSpan is a run of rows of one date, in one zone.
type pageSpan struct {
	// Size names the height that a browser reckons with before it has laid the
	// table out: rows10, rows30, rows80 or rows200.
	Title, UTC, Size string
	Rows             []pageRow
}

// pageRow is a record. Anchor is set for evidence, Finding is then that which it
// proves.
type pageRow struct {
	Class, Anchor, Time, Level, Machine, Component, Text, File, FileAnchor, Finding string
	Line                                                                            int
}

func sizeOf(rows int) string {
	for _, n := range []int{10, 30, 80} {
		if rows <= n {
			return fmt.Sprintf("rows%d", n)
		}
	}
	return "rows200"
}

// span is a run of places in the merged order, the end not included.
type span struct{ from, to int }

// sign is a line of evidence of a log.
type sign struct {
	record  record.ID
	finding int
}

// timeline shows what happened around the evidence.
func (p *page) timeline(d *pageData) {
	proves := p.proofs()
	spans, cut := p.spans(p.signs())
	var order []record.ID
	var starts []int // of the spans, in order
	for _, s := range spans {
		starts = append(starts, len(order))
		for i := s.from; i < s.to; i++ {
			order = append(order, p.res.Timeline.At(i))
		}
	}
	rows := p.read(order, proves)
	p.shown = shownRecords{}
	space, n := room(roomTimeline), 0
	logs := map[string]bool{}
	for i, r := range rows {
		proof, ok := proves[order[i]]
		row, size := p.row(r, proof, ok)
		if size > int(space) {
			cut = true
			break
		}
		space -= room(size)
		fresh := len(starts) > 0 && starts[0] == i
		if fresh {
			starts = starts[1:]
		}
		p.place(d, row, r.meta.Time, r.file.Machine, fresh)
		if ok {
			p.shown[order[i]] = true
		}
		logs[row.File] = true
		n++
	}
	for i := range d.Spans {
		d.Spans[i].Size = sizeOf(len(d.Spans[i].Rows))
	}
	d.Rows, d.Logs = Count(n), slices.Sorted(maps.Keys(logs))
	d.RowsNote = p.l.T("report.timeline-note", Count(n), Count(p.res.Store.Len()))
	if cut {
		d.RowsNote += p.l.T("report.timeline-cut")
	}
}

// proofs are the records that the page shows as evidence, each with the first
// finding that it proves.
func (p *page) proofs() map[record.ID]int {
	out := map[record.ID]int{}
	for i, f := range p.res.Findings {
		for _, e := range ends(f.Evidence, maxPageEvidence) {
			if _, ok := out[e.Record]; !ok && e.Record != record.None && len(out) < maxRows {
				out[e.Record] = i
			}
		}
	}
	return out
}

// signs are the lines of evidence, those of the gravest findings first. Every
// finding gives its first and last line before any gives the others.
func (p *page) signs() []sign {
	var out []sign
	for round := range 4 {
		for i, f := range p.res.Findings {
			if len(out) == maxSigns {
				return out
			}
			if e, ok := pick(f.Evidence, round); ok && e.Record != record.None {
				out = append(out, sign{e.Record, i})
			}
		}
	}
	return out
}

// pick returns the first, the last, the second, the third evidence.
func pick(of []finding.Evidence, round int) (finding.Evidence, bool) {
	at := [4]int{0, len(of) - 1, 1, 2}[round]
	if at >= len(of) || round == 1 && at < 1 || round > 1 && at >= len(of)-1 {
		return finding.Evidence{}, false
	}
	return of[at], true
}

// spans are the runs of records around the evidence, in order, at most maxRows.
// cut is set where there were more.
func (p *page) spans(signs []sign) (out []span, cut bool) {
	most := max(leastRows, maxRows/max(len(signs), 1))
	for _, s := range signs {
		one, narrowed := p.span(s.record, most)
		more, n := join(out, one)
		if n > maxRows {
			cut = true
			continue
		}
		cut = cut || narrowed
		out = more
	}
	return out, cut
}

// maxSeek bounds the search for a record among those of one minute.
const maxSeek = 200_000

// span is the run around one record, narrowed where it would hold more than
// most.
func (p *page) span(id record.ID, most int) (s span, narrowed bool) {
	t := p.res.Timeline
	at := p.res.Store.Time(id)
	s = span{t.Since(at - around), t.Since(at + around + 1)}
	if s.to-s.from <= most {
		return s, false
	}
	place := t.Since(at)
	for i := place; i < min(s.to, place+maxSeek); i++ {
		if t.At(i) == id {
			place = i
			break
		}
	}
	return span{max(s.from, place-most/2), min(s.to, place+most/2)}, true
}

// join adds a run to others that are in order and apart, and counts their rows.
func join(all []span, one span) ([]span, int) {
	out := append(slices.Clone(all), one)
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	joined, n := out[:0], 0
	for _, s := range out {
		if last := len(joined) - 1; last >= 0 && s.from <= joined[last].to {
			n += max(s.to-joined[last].to, 0)
			joined[last].to = max(joined[last].to, s.to)
			continue
		}
		joined = append(joined, s)
		n += s.to - s.from
	}
	return joined, n
}

// read reads records in the order of the store, so that each block is unpacked
// once, and returns them in the order that was asked for.
func (p *page) read(order []record.ID, proves map[record.ID]int) []line {
	by := make([]int, len(order))
	for i := range by {
		by[i] = i
	}
	slices.SortFunc(by, func(a, b int) int { return cmp.Compare(order[a], order[b]) })
	rows := make([]line, len(order))
	for _, i := range by {
		meta, raw := p.rows.reader.Record(order[i])
		f := p.res.Store.Files[meta.File]
		most := min(rowText, roomTimeline/len(order)-rowBytes)
		if _, ok := proves[order[i]]; ok {
			most = proofText
		}
		message := analyze.Message(f, raw)
		if p.res.Redact != nil { // before it is cut, so that no half of a name is left
			message = []byte(p.res.Redact(string(message)))
		}
		if len(message) > 2*most { // a record may be megabytes
			message = message[:2*most]
		}
		rows[i] = line{meta: meta, file: f, message: shorten(strings.TrimSpace(strings.ToValidUTF8(string(message), "")), most)}
	}
	return rows
}

// row makes the row of a record and returns its size in the page, about.
func (p *page) row(r line, proof int, proves bool) (pageRow, int) {
	row := pageRow{
		Component: shorten(r.meta.Component, 60), Text: r.message, File: baseName(r.file.Path),
		FileAnchor: fileAnchor(r.meta.File), Line: r.meta.Line,
	}
	p.files[r.meta.File] = true
	switch r.meta.Level {
	case record.Error:
		row.Class, row.Level = "e", p.l.T("level.error")
	case record.Warning:
		row.Class, row.Level = "w", p.l.T("level.warning")
	}
	if proves {
		row.Anchor, row.Finding = rowAnchor(r.meta.ID), findingAnchor(p.roots[proof])
		row.Class = strings.TrimSpace(row.Class + " proof")
	}
	if len(p.res.Machines) > 1 {
		row.Machine = shorten(r.machineOf(p), 60)
	}
	return row, rowBytes + escaped(row.Text) + escaped(row.Component) + escaped(row.File) + escaped(row.Machine)
}

func (r line) machineOf(p *page) string { return p.res.MachineID(r.file.Machine) }

// baseName is a file's own name.
func baseName(file string) string {
	return shorten(path.Base(strings.ReplaceAll(file, "!", "/")), 80)
}

// place adds a row to the last run, or to a new one where the evidence lies
// apart, the date or the zone changes, or the run is long. Times of a run are
// those of the machine that it begins with.
func (p *page) place(d *pageData, row pageRow, utc int64, machine int, fresh bool) {
	t := p.opt.Zone.show(utc, p.zone(machine))
	title := t.Format("2006-01-02") + " (UTC" + t.Format("-07:00") + ")"
	n := len(d.Spans)
	if n == 0 || fresh || d.Spans[n-1].Title != title && !d.Many || len(d.Spans[n-1].Rows) >= spanRows {
		d.Spans = append(d.Spans, pageSpan{Title: title, UTC: analyze.Time(utc).Format("2006-01-02 15:04:05 UTC")})
		n++
	}
	row.Time = t.Format("15:04:05.000")
	if d.Spans[n-1].Title != title {
		row.Time = t.Format("01-02 15:04:05.000 -07:00")
	}
	d.Spans[n-1].Rows = append(d.Spans[n-1].Rows, row)
}
