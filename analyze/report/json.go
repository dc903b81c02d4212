package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"patchtrail/analyze"
	"patchtrail/analyze/code"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/window"
	"patchtrail/ingest/record"
)

// Schema names the form of the JSON.
const Schema = "patchtrail.result/1"

// The types below are the parts of the JSON of DESIGN.md 8. Times are RFC 3339
// in UTC, durations seconds; lists are never null.
type (
	jsonTool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	jsonBundle struct {
		Inputs      []string `json:"inputs"`
		BytesPacked int64    `json:"bytes_packed"`
		Bytes       int64    `json:"bytes"`
		Files       int      `json:"files"`
		Records     int      `json:"records"`
		First       *string  `json:"first"`
		Last        *string  `json:"last"`
	}
	jsonMachine struct {
		ID       string         `json:"id"`
		Name     string         `json:"name"`
		Role     string         `json:"role"`
		OS       string         `json:"os"`
		Build    string         `json:"build"`
		TimeZone jsonZone       `json:"time_zone"`
		Facts    map[string]any `json:"facts"`
	}
	jsonZone struct {
		OffsetMinutes int    `json:"offset_minutes"`
		Source        string `json:"source"`
	}
	jsonFile struct {
		Path     string  `json:"path"`
		Machine  string  `json:"machine"`
		Format   string  `json:"format"`
		Encoding string  `json:"encoding"`
		Bytes    int64   `json:"bytes"`
		Records  int     `json:"records"`
		Untimed  int     `json:"untimed"`
		First    *string `json:"first"`
		Last     *string `json:"last"`
	}
	jsonIssue struct {
		Path    string `json:"path"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	jsonFinding struct {
		ID            string            `json:"id"`
		Machine       string            `json:"machine"`
		Severity      string            `json:"severity"`
		Confidence    string            `json:"confidence"`
		Root          bool              `json:"root"`
		ConsequenceOf string            `json:"consequence_of"`
		Title         string            `json:"title"`
		Cause         string            `json:"cause"`
		Remediation   []string          `json:"remediation"`
		Verify        []string          `json:"verify"`
		References    []string          `json:"references"`
		Count         int               `json:"count"`
		First         string            `json:"first"`
		Last          string            `json:"last"`
		Updates       []string          `json:"updates"`
		Params        map[string]string `json:"params"`
		Evidence      []jsonEvidence    `json:"evidence"`
	}
	jsonEvidence struct {
		File string  `json:"file"`
		Line int     `json:"line"`
		Time *string `json:"time"` // null for a line of a snapshot
		Text string  `json:"text"`
	}
	jsonUpdate struct {
		Key         string        `json:"key"`
		KB          string        `json:"kb"`
		Title       string        `json:"title"`
		UpdateID    string        `json:"update_id"`
		Machine     string        `json:"machine"`
		State       string        `json:"state"`
		Stages      []jsonStage   `json:"stages"`
		Attempts    []jsonAttempt `json:"attempts"`
		Recommended *int          `json:"recommended_max_runtime_minutes"`
	}
	jsonStage struct {
		Stage    string         `json:"stage"`
		State    string         `json:"state"`
		Start    *string        `json:"start"`
		End      *string        `json:"end"`
		Seconds  *float64       `json:"seconds"`
		Evidence []jsonEvidence `json:"evidence"`
	}
	jsonAttempt struct {
		Started    *string        `json:"started"`
		Ended      *string        `json:"ended"`
		Runtime    *float64       `json:"runtime_seconds"`
		Caller     string         `json:"caller"`
		Result     string         `json:"result"`
		Code       string         `json:"code"`
		MaxRuntime *int           `json:"max_runtime_seconds"`
		MaxSource  string         `json:"max_runtime_source"`
		Verdict    string         `json:"verdict"`
		Margin     *float64       `json:"margin_seconds"`
		Evidence   []jsonEvidence `json:"evidence"`
	}
)

// JSON writes the result as patchtrail.result/1. The same input gives the same
// bytes, but for "generated". Lists are written item by item, so that a bundle
// with a hundred thousand attempts is never held as text.
func JSON(w io.Writer, res *analyze.Result, opt Options) error {
	l := opt.lang()
	rows := newLines(res)
	first, last := res.Span()
	o := &object{w: bufio.NewWriterSize(w, 64<<10)}
	o.field("schema", Schema)
	o.field("generated", utcTime(res.Generated.UnixNano()))
	o.field("tool", jsonTool{"patchtrail", analyze.Version})
	o.field("bundle", jsonBundle{
		Inputs: list(res.Inputs), BytesPacked: res.BytesPacked, Bytes: res.Bytes, Files: len(res.Store.Files),
		Records: res.Store.Len(), First: timeOrNull(first), Last: timeOrNull(last),
	})
	o.list("machines", len(res.Machines), func(i int) any { return jsonMachineOf(res, i, last) })
	o.list("files", len(res.Store.Files), func(i int) any { return jsonFileOf(res, res.Store.Files[i]) })
	o.list("issues", len(res.Issues), func(i int) any {
		is := res.Issues[i]
		return jsonIssue{is.Path, string(is.Code), IssueText(l, is)}
	})
	o.list("findings", len(res.Findings), func(i int) any { return jsonOf(res, rows, res.Findings[i], l) })
	o.updates(res, Involved(res))
	var windows []window.Window
	for _, set := range res.Windows {
		windows = append(windows, set.Windows()...)
	}
	o.list("windows", len(windows), func(i int) any { return jsonWindowOf(res, rows, &windows[i], l) })
	o.list("fits", len(res.Fits), func(i int) any { return jsonFitOf(res, &res.Fits[i]) })
	o.list("checklist", len(res.Checklist), func(i int) any { return jsonCheckOf(rows, &res.Checklist[i], l) })
	o.list("coverage", len(res.Coverage), func(i int) any { return jsonCoverageOf(res, &res.Coverage[i], l) })
	o.list("codes", len(res.Codes), func(i int) any { return jsonCodeOf(res.Codes[i], l) })
	return o.end()
}

// object writes a JSON object field by field.
type object struct {
	w     *bufio.Writer
	begun bool
	err   error
}

func (o *object) name(name string) {
	lead := "{\n  "
	if o.begun {
		lead = ",\n  "
	}
	o.begun = true
	o.w.WriteString(lead + strconv.Quote(name) + ": ")
}

// value writes a value, indented as a part of the object.
func (o *object) value(v any, indent string) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(indent, "  ")
	if err := enc.Encode(v); err != nil && o.err == nil {
		o.err = err
	}
	o.w.Write(bytes.TrimRight(b.Bytes(), "\n"))
}

func (o *object) field(name string, v any) {
	o.name(name)
	o.value(v, "  ")
}

// list writes a list, each item indented.
func (o *object) list(name string, n int, at func(i int) any) {
	o.name(name)
	o.w.WriteByte('[')
	for i := range n {
		o.w.WriteString(separator(i))
		o.value(at(i), "    ")
	}
	if n > 0 {
		o.w.WriteString("\n  ")
	}
	o.w.WriteByte(']')
}

func (o *object) end() error {
	o.w.WriteString("\n}\n")
	if err := o.w.Flush(); err != nil {
		return err
	}
	return o.err
}

func jsonMachineOf(res *analyze.Result, i int, last int64) jsonMachine {
	m := res.Machines[i]
	facts := res.Facts[i].JSON()
	if m.Skew.Wrong() {
		facts["clock_skew_seconds"] = float64(m.Skew.Median) / 1e9
	}
	if jumps := jsonJumps(res, i); len(jumps) > 0 {
		facts["clock_jumps"] = jumps
	}
	return jsonMachine{
		ID: m.ID, Name: m.Name, Role: string(m.Role), OS: res.Facts[i].OS.Value, Build: res.Facts[i].Build.Value, Facts: facts,
		TimeZone: jsonZone{-int(m.Zone.Bias(last)), string(m.Zone.Source)},
	}
}

// jsonCode is an error code and how many records hold it.
type jsonCode struct {
	Code    string `json:"code"`
	Symbol  string `json:"symbol"`
	Meaning string `json:"meaning"`
	Count   int    `json:"count"`
}

func jsonCodeOf(c analyze.CodeCount, l lang.Lang) jsonCode {
	e := code.Explain(c.Code)
	j := jsonCode{e.String(), e.Symbol, e.Meaning, c.Records}
	if l == lang.Japanese && e.MeaningJA != "" {
		j.Meaning = e.MeaningJA
	}
	return j
}

// jsonJump is a place where a machine's clock was set back.
type jsonJump struct {
	File string `json:"file"`
	Line int    `json:"line"`
	From string `json:"from"`
	To   string `json:"to"`
}

func jsonJumps(res *analyze.Result, machine int) []jsonJump {
	var out []jsonJump
	for _, f := range res.Store.Files {
		for _, j := range f.Jumps {
			if f.Machine == machine {
				line := res.Store.Meta(f.Base() + record.ID(j.Record)).Line
				out = append(out, jsonJump{f.Path, line, utcTime(j.From), utcTime(j.To)})
			}
		}
	}
	return out
}

func jsonFileOf(res *analyze.Result, f *record.File) jsonFile {
	return jsonFile{
		Path: f.Path, Machine: res.MachineID(f.Machine), Format: f.Format, Encoding: f.Encoding, Bytes: f.Bytes,
		Records: f.Len(), Untimed: f.Untimed, First: timeOrNull(f.First), Last: timeOrNull(f.Last),
	}
}

func jsonOf(res *analyze.Result, rows *lines, f finding.Finding, l lang.Lang) jsonFinding {
	t := f.Text[l]
	params := f.Params
	if params == nil {
		params = map[string]string{}
	}
	return jsonFinding{
		ID: f.ID, Machine: res.MachineID(f.Machine), Severity: string(f.Severity), Confidence: string(f.Confidence), Root: f.Root,
		ConsequenceOf: f.ConsequenceOf, Title: t.Title, Cause: t.Cause, Remediation: list(t.Remediation), Verify: list(t.Verify),
		References: list(f.References), Count: f.Count, First: utcTime(f.First), Last: utcTime(f.Last), Updates: list(f.Updates),
		Params: params, Evidence: evidence(rows, f.Evidence),
	}
}

// Involved are the updates that something was done about in the logs; scans
// name thousands of others.
func Involved(res *analyze.Result) []*ledger.Update {
	var out []*ledger.Update
	for i := range res.Updates {
		if u := &res.Updates[i]; u.Involved {
			out = append(out, u)
		}
	}
	return out
}

func jsonUpdateOf(res *analyze.Result, quotes *quoter, u *ledger.Update) jsonUpdate {
	j := jsonUpdate{
		Key: u.Key, KB: u.KB, Title: u.Title, UpdateID: u.UpdateID, Machine: res.MachineID(u.Machine), State: string(u.Now),
		Stages: []jsonStage{}, Attempts: []jsonAttempt{},
	}
	for i := range u.Stages {
		j.Stages = append(j.Stages, jsonStageOf(quotes, &u.Stages[i]))
	}
	if u.RecommendedMinutes > 0 {
		j.Recommended = &u.RecommendedMinutes
	}
	for i := range u.Attempts {
		j.Attempts = append(j.Attempts, jsonAttemptOf(quotes, &u.Attempts[i]))
	}
	return j
}

func jsonStageOf(quotes *quoter, s *ledger.Stage) jsonStage {
	j := jsonStage{
		Stage: string(s.Name), State: string(s.State), Start: timeOrNull(s.Start), End: timeOrNull(s.End),
		Evidence: quotes.evidence(s.Evidence),
	}
	if s.Start != 0 && s.End != 0 {
		seconds := float64(s.End-s.Start) / 1e9
		j.Seconds = &seconds
	}
	return j
}

func jsonAttemptOf(quotes *quoter, a *ledger.Attempt) jsonAttempt {
	j := jsonAttempt{
		Started: timeOrNull(a.Started), Ended: timeOrNull(a.Ended), Caller: a.Caller, Result: string(a.Result), Code: Hex(a.Code),
		MaxSource: string(a.Max.Source), Verdict: string(a.Verdict), Evidence: quotes.evidence(a.Evidence),
	}
	if a.Max.Seconds > 0 {
		j.MaxRuntime = &a.Max.Seconds
	}
	if a.Known() {
		ran := float64(a.Runtime()) / 1e9
		j.Runtime = &ran
		if a.Max.Seconds > 0 {
			margin := float64(int64(a.Max.Seconds)*1e9-a.Runtime()) / 1e9
			j.Margin = &margin
		}
	}
	return j
}

// Hex writes an HRESULT as people do, "" for 0.
func Hex(code uint32) string {
	if code == 0 {
		return ""
	}
	s := strconv.FormatUint(uint64(code), 16)
	return "0x" + "00000000"[len(s):] + s
}

// evidenceText is how much of a record's message stands as evidence, in bytes.
const evidenceText = 2000

func evidence(rows *lines, of []finding.Evidence) []jsonEvidence {
	out := []jsonEvidence{}
	for _, e := range of {
		r, timed := rows.of(e)
		j := jsonEvidence{File: r.file.Path, Line: r.meta.Line, Text: shorten(r.message, evidenceText)}
		if timed {
			at := utcTime(r.meta.Time)
			j.Time = &at
		}
		out = append(out, j)
	}
	return out
}

// shorten cuts a text at n bytes, on a whole character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + " …"
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func timeOrNull(utc int64) *string {
	if utc == 0 {
		return nil
	}
	s := utcTime(utc)
	return &s
}
