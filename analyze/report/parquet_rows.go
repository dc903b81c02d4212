package report

import (
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

// The rows of the smaller tables. What is 0 or empty in an optional column is
// null: not known.
type (
	parquetEvidence struct {
		File   string `parquet:"file"`
		Line   int64  `parquet:"line"`
		Time   int64  `parquet:"time,optional,timestamp(microsecond:utc)"`
		TimeNS int64  `parquet:"time_ns,optional"`
		Text   string `parquet:"text"`
	}
	parquetFinding struct {
		Bundle        string            `parquet:"bundle,dict"`
		ID            string            `parquet:"id,dict"`
		Severity      string            `parquet:"severity,dict"`
		Confidence    string            `parquet:"confidence,dict"`
		Root          bool              `parquet:"root"`
		ConsequenceOf string            `parquet:"consequence_of,optional"`
		Title         string            `parquet:"title"`
		Cause         string            `parquet:"cause"`
		Remediation   []string          `parquet:"remediation,list"`
		Verify        []string          `parquet:"verify,list"`
		References    []string          `parquet:"references,list"`
		Count         int64             `parquet:"count"`
		First         int64             `parquet:"first,optional,timestamp(microsecond:utc)"`
		FirstNS       int64             `parquet:"first_ns,optional"`
		Last          int64             `parquet:"last,optional,timestamp(microsecond:utc)"`
		LastNS        int64             `parquet:"last_ns,optional"`
		Updates       []string          `parquet:"updates,list"`
		Params        map[string]string `parquet:"params"`
		Evidence      []parquetEvidence `parquet:"evidence,list"`
	}
	parquetStage struct {
		Stage string `parquet:"stage"`
		State string `parquet:"state"`
		Start int64  `parquet:"start,optional,timestamp(microsecond:utc)"`
		End   int64  `parquet:"end,optional,timestamp(microsecond:utc)"`
	}
	parquetUpdate struct {
		Bundle      string         `parquet:"bundle,dict"`
		Key         string         `parquet:"key"`
		KB          string         `parquet:"kb,optional"`
		Title       string         `parquet:"title"`
		UpdateID    string         `parquet:"update_id,optional"`
		State       string         `parquet:"state,dict"`
		Involved    bool           `parquet:"involved"` // not only scanned for
		Attempts    int64          `parquet:"attempts"`
		Maximum     int64          `parquet:"max_runtime_seconds,optional"`
		MaxSource   string         `parquet:"max_runtime_source,dict"`
		Recommended int64          `parquet:"recommended_max_runtime_minutes,optional"`
		Stages      []parquetStage `parquet:"stages,list"`
	}
	parquetAttempt struct {
		Bundle    string            `parquet:"bundle,dict"`
		Key       string            `parquet:"key"`
		KB        string            `parquet:"kb,optional"`
		UpdateID  string            `parquet:"update_id,optional"`
		Number    int64             `parquet:"number"` // from 1, by update
		Started   int64             `parquet:"started,optional,timestamp(microsecond:utc)"`
		StartedNS int64             `parquet:"started_ns,optional"`
		Ended     int64             `parquet:"ended,optional,timestamp(microsecond:utc)"`
		EndedNS   int64             `parquet:"ended_ns,optional"`
		Runtime   *float64          `parquet:"runtime_seconds,optional"`
		Caller    string            `parquet:"caller,optional"`
		Result    string            `parquet:"result,dict"`
		Code      string            `parquet:"code,optional"`
		Maximum   int64             `parquet:"max_runtime_seconds,optional"`
		MaxSource string            `parquet:"max_runtime_source,dict"`
		Verdict   string            `parquet:"verdict,dict"`
		Margin    *float64          `parquet:"margin_seconds,optional"`
		Evidence  []parquetEvidence `parquet:"evidence,list"`
	}
	parquetWindow struct {
		Bundle     string            `parquet:"bundle,dict"`
		ID         string            `parquet:"id"`
		Name       string            `parquet:"name,optional"`
		Type       int64             `parquet:"type"`
		TypeName   string            `parquet:"type_name,dict"`
		Schedule   string            `parquet:"schedule,optional"`
		Recurrence string            `parquet:"recurrence,optional"`
		Duration   int64             `parquet:"duration_seconds"`
		Next       int64             `parquet:"next_start,optional,timestamp(microsecond:utc)"`
		Current    bool              `parquet:"current"` // in force where the logs end
		Source     string            `parquet:"source,dict"`
		Evidence   []parquetEvidence `parquet:"evidence,list"`
	}
)

func (p *parquetRun) evidence(of []finding.Evidence) []parquetEvidence {
	out := []parquetEvidence{}
	for _, e := range of {
		r, timed := p.rows.of(e)
		row := parquetEvidence{File: valid(r.file.Path), Line: int64(r.meta.Line), Text: valid(shorten(r.message, evidenceText))}
		if timed {
			row.Time, row.TimeNS = micros(r.meta.Time), r.meta.Time
		}
		out = append(out, row)
	}
	return out
}

func (p *parquetRun) finding(f *finding.Finding) parquetFinding {
	t := f.Text[p.opt.lang()]
	params := make(map[string]string, len(f.Params))
	for k, v := range f.Params {
		params[valid(k)] = valid(v)
	}
	return parquetFinding{
		Bundle: p.bundle, ID: valid(f.ID), Severity: string(f.Severity), Confidence: string(f.Confidence), Root: f.Root,
		ConsequenceOf: valid(f.ConsequenceOf), Title: valid(t.Title), Cause: valid(t.Cause), Remediation: validList(t.Remediation),
		Verify: validList(t.Verify), References: validList(f.References), Count: int64(f.Count), First: micros(f.First), FirstNS: f.First,
		Last: micros(f.Last), LastNS: f.Last, Updates: validList(f.Updates), Params: params, Evidence: p.evidence(f.Evidence),
	}
}

func (p *parquetRun) update(u *ledger.Update) parquetUpdate {
	row := parquetUpdate{
		Bundle: p.bundle, Key: valid(u.Key), KB: u.KB, Title: valid(u.Title), UpdateID: valid(u.UpdateID), State: string(u.Now),
		Involved: u.Involved, Attempts: int64(len(u.Attempts)), Maximum: int64(u.Max.Seconds), MaxSource: string(u.Max.Source),
		Recommended: int64(u.RecommendedMinutes), Stages: []parquetStage{},
	}
	for _, s := range u.Stages {
		row.Stages = append(row.Stages, parquetStage{string(s.Name), string(s.State), micros(s.Start), micros(s.End)})
	}
	return row
}

func (p *parquetRun) attempt(u *ledger.Update, n int) parquetAttempt {
	a := &u.Attempts[n]
	row := parquetAttempt{
		Bundle: p.bundle, Key: valid(u.Key), KB: u.KB, UpdateID: valid(u.UpdateID), Number: int64(n + 1), Started: micros(a.Started),
		StartedNS: a.Started, Ended: micros(a.Ended), EndedNS: a.Ended, Caller: valid(a.Caller), Result: string(a.Result), Code: Hex(a.Code),
		Maximum: int64(a.Max.Seconds), MaxSource: string(a.Max.Source), Verdict: string(a.Verdict), Evidence: p.evidence(finding.Records(a.Evidence...)),
	}
	if a.Known() {
		seconds := float64(a.Runtime()) / 1e9
		row.Runtime = &seconds
	}
	if margin, ok := a.Margin(); ok {
		seconds := float64(margin) / 1e9
		row.Margin = &seconds
	}
	return row
}

func (p *parquetRun) window(w *window.Window) parquetWindow {
	proof := finding.Records(w.Evidence...)
	if w.Line > 0 {
		proof = append(proof, finding.Evidence{Record: record.None, File: w.File, Line: w.Line, Text: w.Schedule})
	}
	row := parquetWindow{
		Bundle: p.bundle, ID: valid(w.ID), Name: valid(w.Name), Type: int64(w.Type), TypeName: w.Type.String(), Schedule: valid(w.Schedule),
		Recurrence: valid(Recurrence(w, p.opt.lang())), Duration: int64(w.Seconds()), Current: w.Current(), Source: string(w.Source),
		Evidence: p.evidence(proof),
	}
	if next := w.Next(p.res.Machines[w.Machine].Zone, p.res.AsOf(w.Machine), 1); w.Current() && len(next) > 0 {
		row.Next = micros(next[0].Start)
	}
	return row
}

func validList(s []string) []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = valid(s[i])
	}
	return out
}
