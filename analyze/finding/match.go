package finding

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/rule"
	"patchtrail/ingest/record"
)

// Only the latest state counts (REQUIREMENTS.md SX.1). passing is how often a
// thing may have been seen that fades: what would show again while it lasts, and
// did not, has passed, even where no line proves it. The outcome of a scan, or
// of an installation, is the latest state until the next.
const passing = 2

// recovered and stale are the parameters that say that a finding has passed:
// when it was mended, and how many hours the logs go on without it.
const (
	recovered = "recovered"
	stale     = "stale_hours"
)

// replaced are the events of WAS that tell of a worker process that was replaced:
// the pool served on.
var replaced = []string{"5009", "5010", "5011", "5012", "5077", "5117"}

// stopping is what a scan ends in that a stop of the service, or a restart, came
// into: the next one tells how things are. Only where it comes again and again is
// it a sign.
const stopping = "0x8024001e"

// fromMatch makes a finding of a rule that holds.
func (in *Input) fromMatch(m *rule.Match) Finding {
	f := Finding{
		Machine: in.machine(m.Machine), Confidence: Confidence(m.Rule.Confidence),
		Count: m.Count, First: m.First, Last: m.Last, Params: clone(m.Params), tracked: m.Tracked,
	}
	if name := f.Params["service"]; name != "" {
		f.Params["service"] = canonical(name)
		if f.Params["name"] == "" && f.Params["service"] != name {
			f.Params["name"] = canonical(name)
		}
	}
	f.by(m.Rule)
	for _, e := range m.Evidence {
		f.Evidence = append(f.Evidence, Records(in.id(e))...)
	}
	if fades := int64(m.Rule.FadesAfterHours) * int64(time.Hour); fades > 0 && m.Count <= passing && m.Stale > fades {
		f.Severity = Info
		f.Params[stale] = strconv.FormatInt(m.Stale/int64(time.Hour), 10)
	}
	if f.ID == "wsus-pool-stopped" && slices.Contains(replaced, f.Params["event"]) {
		f.Severity, f.Confidence = Warning, Likely
	}
	if f.ID == "scan-failed" && strings.EqualFold(f.Params["code"], stopping) && m.Count <= passing {
		f.Severity = Info
	}
	if m.Cured != nil {
		f.Severity = Info
		f.Params[recovered] = stamp(m.Cured.Time)
		f.Evidence = append(f.Evidence, Records(in.id(*m.Cured))...)
	}
	return f
}

// id is the record that a rule's evidence names.
func (in *Input) id(e rule.Evidence) record.ID {
	return in.Store.Files[e.File].Base() + record.ID(e.Record)
}

// machine is the index of a machine by its id.
func (in *Input) machine(id string) int {
	for i := range in.Machines {
		if in.Machines[i].ID == id {
			return i
		}
	}
	return 0
}

// stamp writes a time, nanoseconds UTC, as parameters hold it.
func stamp(utc int64) string { return time.Unix(0, utc).UTC().Format(time.RFC3339Nano) }
