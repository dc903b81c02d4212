package report

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// Schema names the form of the JSON.
const Schema = "patchtrail.result/1"

// The types below are the JSON of DESIGN.md 8, in its order. Times are RFC 3339
// in UTC, durations seconds; lists are never null.
type (
	document struct {
		Schema    string        `json:"schema"`
		Generated string        `json:"generated"`
		Tool      jsonTool      `json:"tool"`
		Bundle    jsonBundle    `json:"bundle"`
		Machines  []jsonMachine `json:"machines"`
		Files     []jsonFile    `json:"files"`
		Issues    []jsonIssue   `json:"issues"`
		Findings  []jsonFinding `json:"findings"`
		Updates   []jsonUpdate  `json:"updates"`
		Windows   []struct{}    `json:"windows"`
		Fits      []struct{}    `json:"fits"`
		Checklist []struct{}    `json:"checklist"`
		Coverage  []struct{}    `json:"coverage"`
		Codes     []struct{}    `json:"codes"`
	}
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
		File string `json:"file"`
		Line int    `json:"line"`
		Time string `json:"time"`
		Text string `json:"text"`
	}
	jsonUpdate struct {
		Key         string        `json:"key"`
		KB          string        `json:"kb"`
		Title       string        `json:"title"`
		UpdateID    string        `json:"update_id"`
		Machine     string        `json:"machine"`
		State       string        `json:"state"`
		Stages      []struct{}    `json:"stages"`
		Attempts    []jsonAttempt `json:"attempts"`
		Recommended *int          `json:"recommended_max_runtime_minutes"`
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
// bytes, but for "generated".
func JSON(w io.Writer, res *analyze.Result, opt Options) error {
	b := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(build(res, opt)); err != nil {
		return err
	}
	return b.Flush()
}

func build(res *analyze.Result, opt Options) document {
	l := opt.lang()
	rows := newLines(res)
	first, last := res.Span()
	d := document{
		Schema: Schema, Generated: utcTime(res.Generated.UnixNano()), Tool: jsonTool{"patchtrail", analyze.Version},
		Bundle: jsonBundle{
			Inputs: list(res.Inputs), BytesPacked: res.BytesPacked, Bytes: res.Bytes, Files: len(res.Store.Files),
			Records: res.Store.Len(), First: timeOrNull(first), Last: timeOrNull(last),
		},
		Machines: []jsonMachine{}, Files: []jsonFile{}, Issues: []jsonIssue{}, Findings: []jsonFinding{}, Updates: []jsonUpdate{},
		Windows: []struct{}{}, Fits: []struct{}{}, Checklist: []struct{}{}, Coverage: []struct{}{}, Codes: []struct{}{},
	}
	for _, m := range res.Machines {
		facts := map[string]any{}
		if m.Skew.Wrong() {
			facts["clock_skew_seconds"] = float64(m.Skew.Median) / 1e9
		}
		d.Machines = append(d.Machines, jsonMachine{
			ID: m.ID, Name: m.Name, Role: string(m.Role), Facts: facts,
			TimeZone: jsonZone{-int(m.Zone.Bias(last)), string(m.Zone.Source)},
		})
	}
	for _, f := range res.Store.Files {
		d.Files = append(d.Files, jsonFile{
			Path: f.Path, Machine: res.MachineID(f.Machine), Format: f.Format, Encoding: f.Encoding, Bytes: f.Bytes,
			Records: f.Len(), Untimed: f.Untimed, First: timeOrNull(f.First), Last: timeOrNull(f.Last),
		})
	}
	for _, i := range res.Issues {
		d.Issues = append(d.Issues, jsonIssue{i.Path, string(i.Code), IssueText(l, i)})
	}
	for _, f := range res.Findings {
		d.Findings = append(d.Findings, jsonOf(res, rows, f, l))
	}
	for i := range res.Updates {
		d.Updates = append(d.Updates, jsonUpdateOf(res, rows, &res.Updates[i]))
	}
	return d
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

func jsonUpdateOf(res *analyze.Result, rows *lines, u *ledger.Update) jsonUpdate {
	j := jsonUpdate{
		Key: u.Key, KB: u.KB, Title: u.Title, UpdateID: u.UpdateID, Machine: res.MachineID(u.Machine), State: string(u.State()),
		Stages: []struct{}{}, Attempts: []jsonAttempt{},
	}
	if u.RecommendedMinutes > 0 {
		j.Recommended = &u.RecommendedMinutes
	}
	for i := range u.Attempts {
		j.Attempts = append(j.Attempts, jsonAttemptOf(rows, &u.Attempts[i]))
	}
	return j
}

func jsonAttemptOf(rows *lines, a *ledger.Attempt) jsonAttempt {
	j := jsonAttempt{
		Started: timeOrNull(a.Started), Ended: timeOrNull(a.Ended), Caller: a.Caller, Result: string(a.Result), Code: Hex(a.Code),
		MaxSource: string(a.Max.Source), Verdict: string(a.Verdict), Evidence: evidence(rows, a.Evidence),
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

func evidence(rows *lines, ids []record.ID) []jsonEvidence {
	out := []jsonEvidence{}
	for _, id := range ids {
		r := rows.at(id)
		out = append(out, jsonEvidence{r.file.Path, r.meta.Line, utcTime(r.meta.Time), shorten(r.message, evidenceText)})
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
