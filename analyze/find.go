package analyze

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/rule"
	"patchtrail/ingest/record"
)

// exceededID is the finding that an installation met its maximum execution time.
const exceededID = "install-exceeded-max-runtime"

// find puts the findings together: what rules matched, and what the ledger
// shows.
func (r *Result) find(matches rule.Result, set *rule.Set) []finding.Finding {
	var out []finding.Finding
	for _, m := range matches.Matches {
		out = append(out, r.fromMatch(m))
	}
	if t := set.Rule(exceededID); t != nil {
		out = append(out, r.exceeded(t)...)
	}
	return out
}

// Only the latest state counts (REQUIREMENTS.md SX.1): what was seen at most
// passing times and not again within old before the machine's logs end has
// passed, even where no line proves it.
const (
	passing = 2
	old     = int64(24 * time.Hour)
)

// fromMatch makes a finding of a rule that holds.
func (r *Result) fromMatch(m rule.Match) finding.Finding {
	f := finding.Finding{
		ID: m.Rule.ID, Machine: r.machineIndex(m.Machine), Severity: finding.Severity(m.Rule.Severity),
		Confidence: finding.Confidence(m.Rule.Confidence), Causes: m.Rule.ConsequenceOf, References: m.Rule.References,
		Count: m.Count, First: m.First, Last: m.Last, Params: maps.Clone(m.Params),
	}
	if f.Params == nil {
		f.Params = map[string]string{}
	}
	for _, e := range m.Evidence {
		f.Evidence = append(f.Evidence, finding.Records(r.id(e))...)
	}
	if m.Count <= passing && m.Stale > old {
		f.Severity = finding.Info
		f.Params["stale_hours"] = strconv.FormatInt(m.Stale/int64(time.Hour), 10)
	}
	if m.Cured != nil {
		f.Severity = finding.Info
		f.Params["recovered"] = Time(m.Cured.Time).Format(time.RFC3339Nano)
		f.Evidence = append(f.Evidence, finding.Records(r.id(*m.Cured))...)
	}
	f.Text = words(m.Rule, f.Params, r.ruleFacts(f.Machine))
	return f
}

func (r *Result) id(e rule.Evidence) record.ID {
	return r.Store.Files[e.File].Base() + record.ID(e.Record)
}

func (r *Result) machineIndex(id string) int {
	for i, m := range r.Machines {
		if m.ID == id {
			return i
		}
	}
	return 0
}

// words renders a rule's texts in every language.
func words(t *rule.Rule, params map[string]string, facts rule.Facts) map[lang.Lang]finding.Text {
	out := map[lang.Lang]finding.Text{}
	for _, l := range lang.All() {
		w := t.Render(string(l), params, facts)
		out[l] = finding.Text{Title: w.Title, Cause: w.Cause, Remediation: w.Remediation, Verify: w.Verify}
	}
	return out
}

// exceeded makes a finding of every update that ConfigMgr cancelled at its
// maximum execution time. All three criteria of REQUIREMENTS.md S0.42-S0.44
// must hold: the caller is CcmExec, the run time reached the maximum, and the
// code is 0x800704c7. It is certain where the maximum is known, likely where it
// is the product's default.
func (r *Result) exceeded(t *rule.Rule) []finding.Finding {
	var out []finding.Finding
	for i := range r.Updates {
		u := &r.Updates[i]
		var cut []*ledger.Attempt
		for j := range u.Attempts {
			a := &u.Attempts[j]
			if a.Caller == ledger.ConfigMgr && a.Result == ledger.Cancelled && a.Verdict == ledger.Exceeded {
				cut = append(cut, a)
			}
		}
		if len(cut) > 0 {
			out = append(out, r.exceededBy(t, u, cut))
		}
	}
	return out
}

func (r *Result) exceededBy(t *rule.Rule, u *ledger.Update, cut []*ledger.Attempt) finding.Finding {
	last := cut[len(cut)-1]
	f := finding.Finding{
		ID: exceededID, Machine: u.Machine, Severity: finding.Severity(t.Severity), Confidence: finding.Likely, Causes: t.ConsequenceOf,
		References: t.References, Count: len(cut), First: cut[0].Started, Last: last.Ended, Updates: []string{u.Key},
		Params: map[string]string{
			"kb": u.KB, "title": u.Title, "minutes": strconv.Itoa(int(last.Runtime() / int64(time.Minute))),
			"maximum": strconv.Itoa(last.Max.Seconds / 60), "recommended": strconv.Itoa(u.RecommendedMinutes),
			"update_id": u.UpdateID,
		},
	}
	if u.KB == "" {
		f.Params["kb"] = u.Title
	}
	if last.Max.Source == ledger.FromFile || last.Max.Source == ledger.FromBundle {
		f.Confidence = finding.Certain
	}
	for _, a := range cut {
		f.Evidence = append(f.Evidence, finding.Records(a.Evidence...)...)
	}
	if n := len(f.Evidence); n > 8 {
		f.Evidence = append(slices.Clone(f.Evidence[:4]), f.Evidence[n-4:]...)
	}
	if end := u.Attempts[len(u.Attempts)-1]; end.Result == ledger.Succeeded && end.Ended > f.Last {
		f.Severity = finding.Info
		f.Params["recovered"] = Time(end.Ended).Format(time.RFC3339Nano)
		f.Evidence = append(f.Evidence, finding.Records(end.Evidence...)...)
	}
	f.Text = words(t, f.Params, r.ruleFacts(u.Machine))
	return f
}

// Time returns nanoseconds UTC as a time.
func Time(utc int64) time.Time { return time.Unix(0, utc).UTC() }
