package rule

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/lang"
	"patchtrail/ingest/format"
	"patchtrail/ingest/iis"
	"patchtrail/ingest/record"
	"patchtrail/ingest/sitelog"
	"patchtrail/ingest/wsus"
)

// SampleFault is a sample that does not behave.
type SampleFault struct {
	Field         string
	Message, Hint lang.Text
}

// CheckSamples runs the rule over its own samples, all the way from the block
// of text to the match.
func (r *Rule) CheckSamples() []SampleFault {
	var bad []SampleFault
	fault := func(field string, message, hint lang.Text) { bad = append(bad, SampleFault{field, message, hint}) }
	alone := &Set{rules: []*Rule{r}, byID: map[string]*Rule{r.ID: r}}
	m := alone.Matcher()
	run := func(field, s string) (Result, bool) {
		recs, err := parseSample(s)
		if err != nil {
			fault(field, lang.TextOf(err), lang.Say("fault.hint.records"))
			return Result{}, false
		}
		return recs.run(m), true
	}
	for i, s := range r.Samples.Hit {
		field := fmt.Sprintf("samples.hit[%d]", i)
		if res, ok := run(field, s); ok && len(res.Matches)+len(res.Leads) == 0 {
			fault(field, lang.Say("fault.sample.not-found", strconv.Quote(cut(s))), r.explainMiss(s))
		}
	}
	for i, s := range r.Samples.Miss {
		field := fmt.Sprintf("samples.miss[%d]", i)
		if res, ok := run(field, s); ok && len(res.Matches)+len(res.Leads) > 0 {
			fault(field, lang.Say("fault.sample.found", strconv.Quote(cut(s))), lang.Say("fault.hint.narrow"))
		}
	}
	for i, s := range r.Samples.Cured {
		field := fmt.Sprintf("samples.cured[%d]", i)
		res, ok := run(field, s)
		switch {
		case !ok:
		case r.DropCured() && len(res.Matches) > 0:
			fault(field, lang.Say("fault.sample.no-cure", strconv.Quote(cut(s))), lang.Say("fault.hint.look-cured"))
		case !r.DropCured() && len(res.Matches) == 0:
			fault(field, lang.Say("fault.sample.not-found", strconv.Quote(cut(s))), r.explainMiss(s))
		case !r.DropCured() && res.Matches[0].Cured == nil:
			fault(field, lang.Say("fault.sample.no-cure", strconv.Quote(cut(s))), lang.Say("fault.hint.look-cured"))
		}
	}
	return bad
}

// explainMiss says which part of the first form fails on a sample's records.
func (r *Rule) explainMiss(s string) lang.Text {
	text := []byte(s)
	f := r.forms[0]
	for i, lit := range f.all {
		if !containsFold(text, lit) {
			return lang.Say("fault.hint.lacks", i, strconv.Quote(f.All[i]))
		}
	}
	if f.anyKind(text) < 0 {
		return lang.Say("fault.hint.none-of-any")
	}
	if f.re != nil && !f.re.MatchString(s) {
		return lang.Say("fault.hint.no-match")
	}
	return lang.Say("fault.hint.look")
}

func cut(s string) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "..."
	}
	return s
}

// sample is the records of a sample, as one file.
type sample struct {
	format     string // as package format names it, "" for "Component: message" lines
	text       []byte
	recs       []record.Rec
	components []string
	records    []Record
}

const (
	sampleStart = "<![LOG["
	sampleMid   = "]LOG]!><time=\""
)

// parseSample reads a sample: records of the form <![LOG[...]LOG]!><...>, those
// of a site server (message  $$<...><...><...>), of WSUS or of IIS, or else a
// line "Component: message" a record. The latter have one time and thread.
func parseSample(s string) (*sample, error) {
	if len(s) > maxSample {
		return nil, lang.Fail("fault.sample.large", len(s), maxSample)
	}
	s = strings.Trim(s, "\r\n")
	out := &sample{text: []byte(s), components: []string{""}}
	if strings.TrimSpace(s) == "" {
		return nil, lang.Fail("fault.sample.empty")
	}
	if strings.HasPrefix(s, sampleStart) {
		return out, out.cmtrace()
	}
	if out.serverLog() {
		return out, nil
	}
	for off := 0; off < len(s); {
		end := len(s)
		if i := strings.IndexByte(s[off:], '\n'); i >= 0 {
			end = off + i + 1
		}
		line := bytes.TrimRight(out.text[off:end], "\r\n")
		component, message, ok := bytes.Cut(line, []byte(": "))
		if !ok || len(component) == 0 || len(component) > 64 {
			return nil, lang.Fail("fault.sample.no-component", strconv.Quote(cut(string(line))))
		}
		out.add(off, string(component), Record{Text: message, Raw: message})
		off = end
	}
	return out, nil
}

// serverLog reads records of a log of a site server, of WSUS or of IIS, and
// says false where the text is none.
func (s *sample) serverLog() bool {
	for _, f := range format.All() {
		switch f.Name {
		case sitelog.Name, wsus.Name, iis.Name, iis.NameHTTPERR:
		default:
			continue
		}
		if !f.Detect(s.text, "") {
			continue
		}
		var b record.Batch
		f.New().Parse(s.text, true, &b)
		s.format, s.recs, s.components = f.Name, b.Recs, b.Components()
		for i, r := range s.recs {
			end := len(s.text)
			if i+1 < len(s.recs) {
				end = s.recs[i+1].Off
			}
			raw := s.text[r.Off:end]
			utc := r.Time
			if r.Bias != record.NoBias {
				utc += int64(r.Bias) * int64(time.Minute)
			}
			s.records = append(s.records, Record{Text: f.Split(raw).Message, Raw: raw, Time: utc, Thread: r.Thread})
		}
		return true
	}
	return false
}

func (s *sample) add(off int, component string, r Record) {
	s.components = append(s.components, component)
	s.recs = append(s.recs, record.Rec{Off: off, Component: uint16(len(s.components) - 1), Thread: r.Thread})
	s.records = append(s.records, r)
}

// cmtrace reads records of the form <![LOG[...]LOG]!><time=...>.
func (s *sample) cmtrace() error {
	for off := 0; off < len(s.text); {
		rest := s.text[off:]
		mid := bytes.Index(rest, []byte(sampleMid))
		if !bytes.HasPrefix(rest, []byte(sampleStart)) || mid < 0 {
			return lang.Fail("fault.sample.part", strconv.Quote(cut(string(rest))))
		}
		end := bytes.IndexByte(rest[mid:], '\n')
		if end < 0 {
			end = len(rest)
		} else {
			end += mid + 1
		}
		head := string(rest[mid:end])
		utc, err := cmtraceTime(attribute(head, "time"), attribute(head, "date"))
		if err != nil {
			return err
		}
		thread, _ := strconv.ParseUint(attribute(head, "thread"), 10, 32)
		s.add(off, attribute(head, "component"), Record{
			Text: rest[len(sampleStart):mid], Raw: bytes.TrimRight(rest[:end], "\r\n"),
			Time: utc, Thread: uint32(thread)})
		off += end
	}
	return nil
}

func attribute(head, name string) string {
	_, rest, _ := strings.Cut(head, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// cmtraceTime reads time="HH:MM:SS.mmm-540" and date="MM-DD-YYYY"; UTC is local
// plus bias.
func cmtraceTime(clock, date string) (int64, error) {
	bias := 0
	if i := strings.LastIndexAny(clock, "+-"); i > 0 {
		n, err := strconv.Atoi(clock[i:])
		if err != nil {
			return 0, lang.Fail("fault.sample.bias", strconv.Quote(clock))
		}
		bias, clock = n, clock[:i]
	}
	t, err := time.Parse("1-2-2006 15:04:05", date+" "+clock)
	if err != nil {
		return 0, lang.Fail("fault.sample.time", strconv.Quote(clock), strconv.Quote(date))
	}
	return t.Add(time.Duration(bias) * time.Minute).UnixNano(), nil
}

// run sends the sample through a matcher. The file has no name that a rule
// could know it by: only its format and components count.
func (s *sample) run(m *Matcher) Result {
	sc := m.Scanner(s.format, "")
	sc.Block(s.text, s.recs, s.components, 0)
	files := []File{{Machine: "PC01", Candidates: sc.Candidates()}}
	res, err := m.Evaluate(context.Background(), files, sampleSource{s}, nil)
	if err != nil {
		return Result{} // a background context is never cancelled
	}
	return res
}

// sampleSource reads the records of one sample.
type sampleSource struct{ s *sample }

func (x sampleSource) Record(_ int, n uint32) Record { return x.s.records[n] }
func (x sampleSource) Time(_ int, n uint32) int64    { return x.s.records[n].Time }
