package checklist

import (
	"slices"
	"strings"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
)

// Answer says whether a cause of a symptom is behind it.
type Answer string

// The answers: the evidence shows the cause; it shows that all is well there;
// nothing tells.
const (
	Confirmed  Answer = "confirmed"
	Excluded   Answer = "excluded"
	NoEvidence Answer = "no-evidence"
)

// Name is what the answer is called.
func (a Answer) Name() Words { return Words{Key: "symptom.answer." + string(a)} }

// Symptom is what people report, with its possible causes (REQUIREMENTS.md
// S0.1-S0.4).
type Symptom struct {
	// ID is one of available-not-shown, download-fails, install-fails,
	// required-not-applied.
	ID      string
	Machine int
	Title   Words
	// Causes are in the order in which to look at them.
	Causes []Cause
	// Closing sums up: which causes are confirmed, or that none is and what to
	// collect before support is asked (S0.5).
	Closing Words
}

// Cause is one possible cause of a symptom.
type Cause struct {
	// ID is management-point, collection, scan, distribution-point,
	// content-not-distributed, cache, max-runtime or window.
	ID     string
	Answer Answer
	Title  Words
	// Detail, Evidence, Collect and Command are those of the check that decides.
	Detail   Words
	Findings []string
	Evidence []finding.Evidence
	Collect  Words
	Command  string
}

// cause says which check decides a cause, and which findings of it speak of
// this cause; any if none are given. also are findings of other checks that
// confirm it.
type cause struct {
	id, check      string
	findings, also []string
}

// unscanned are the findings with which a scan does not reach the update point,
// or does not find there what is deployed (S0.18-S0.28): without a failed scan
// in the logs, or in spite of scans that succeed.
var unscanned = []string{
	"update-point-not-assigned", "gpo-overrides-update-point", "registry-pol-damaged", "wsus-policy-wrong", "wsus-policy-not-applied", "proxy-bypasses-missing",
	"dual-scan", "update-not-detected", "update-service-blocked", "data-store-damaged", "software-updates-disabled",
}

// The causes of the first article, in its order.
var (
	causeManagementPoint = cause{id: "management-point", check: "management-point", also: []string{"provisioning-mode", "wmi-damaged"}}
	causeCollection      = cause{id: "collection", check: "policy", findings: []string{"policy-not-received"}}
	causeScan            = cause{id: "scan", check: "scan", also: unscanned}
	// From a client's logs these two cannot be told apart (S0.31).
	causeDistributionPoint = cause{id: "distribution-point", check: "content", findings: []string{"content-no-location"}}
	causeNotDistributed    = cause{id: "content-not-distributed", check: "content", findings: []string{"content-no-location"}}
	causeCache             = cause{id: "cache", check: "cache"}
	causeMaxRuntime        = cause{id: "max-runtime", check: "max-runtime"}
	causeWindow            = cause{id: "window", check: "maintenance-window", findings: []string{"max-runtime-exceeds-windows"}}
)

type symptom struct {
	id     string
	causes []cause
}

func symptoms() []symptom {
	return []symptom{
		{"available-not-shown", []cause{causeManagementPoint, causeCollection, causeScan}},
		{"download-fails", []cause{causeDistributionPoint, causeNotDistributed, causeCache}},
		{"install-fails", []cause{causeMaxRuntime}},
		{"required-not-applied", []cause{
			causeManagementPoint, causeCollection, causeScan, causeDistributionPoint, causeNotDistributed, causeCache, causeMaxRuntime, causeWindow,
		}},
	}
}

func symptomKeys() []string {
	out := []string{"symptom.closing.confirmed", "symptom.closing.none", "symptom.closing.none-absent", "symptom.closing.other", "symptom.either", "symptom.collection"}
	for _, a := range []Answer{Confirmed, Excluded, NoEvidence} {
		out = append(out, a.Name().Key)
	}
	for _, s := range symptoms() {
		out = append(out, "symptom."+s.id+".title")
		for _, c := range s.causes {
			out = append(out, "symptom.cause."+c.id)
		}
	}
	return out
}

// Symptoms answers the four symptoms for one machine. checks are what Run
// returned for the same input.
func Symptoms(in Input, checks []Check) []Symptom {
	byID := map[string]*Check{}
	for i := range checks {
		byID[checks[i].ID] = &checks[i]
	}
	var out []Symptom
	for _, s := range symptoms() {
		t := Symptom{ID: s.id, Machine: in.Machine, Title: Words{Key: "symptom." + s.id + ".title"}}
		var confirmed causeNames
		for _, c := range s.causes {
			check := byID[c.check]
			if check == nil {
				continue
			}
			a := c.answer(in, check)
			if a.Answer == Confirmed {
				confirmed = append(confirmed, a.Title)
			}
			t.Causes = append(t.Causes, a)
		}
		t.Closing = closing(in, confirmed)
		out = append(out, t)
	}
	return out
}

// answer tells of one cause. A check that warns only by facts confirms nothing:
// it may be so.
func (c cause) answer(in Input, check *Check) Cause {
	out := Cause{
		ID: c.id, Answer: NoEvidence, Title: Words{Key: "symptom.cause." + c.id}, Detail: check.Detail, Findings: check.Findings,
		Evidence: check.Evidence, Collect: check.Collect, Command: check.Command,
	}
	if f := c.found(in); f != nil && check.Status != Fail {
		out.Answer, out.Detail, out.Findings = Confirmed, Words{"check.finding", []any{titles{{f.ID, f.Text}}}}, []string{f.ID}
		out.Evidence, out.Collect, out.Command = f.Evidence[:min(len(f.Evidence), maxEvidence)], Words{}, ""
		return out
	}
	if check.Status == Pass {
		out.Answer = Excluded
		if c.id == causeCollection.id && in.Facts != nil && len(in.Facts.Deployments) > 0 {
			var all []string
			for i := range in.Facts.Deployments {
				all = append(all, in.Facts.Deployments[i].Name)
			}
			out.Detail = Words{"symptom.collection", []any{strings.Join(all, ", ")}}
		} else if c.id == causeCollection.id {
			out.Answer = NoEvidence // policy comes, but which deployments it holds is not known
		}
		return out
	}
	about := len(c.findings) == 0 && len(check.Findings) > 0
	for _, f := range c.findings {
		about = about || slices.Contains(check.Findings, f)
	}
	switch {
	case check.Status == Fail && (about || len(check.Findings) == 0 && len(c.findings) == 0), check.Status == Warn && about:
		out.Answer = Confirmed
	case check.Status == Warn && c.id == causeCollection.id && in.Facts != nil && in.Facts.DeploymentsListed != nil && len(in.Facts.Deployments) == 0:
		out.Answer = Confirmed // the list of deployments is there, and empty
	}
	if out.Answer == Confirmed && c.check == causeDistributionPoint.check {
		out.Detail = Words{"symptom.either", check.Detail.Args}
	}
	return out
}

// found is the gravest finding of another check that confirms the cause, nil if
// there is none.
func (c cause) found(in Input) *finding.Finding {
	var worst *finding.Finding
	for i := range in.Findings {
		f := &in.Findings[i]
		if f.Machine != in.Machine || f.Severity == finding.Info || !slices.Contains(c.also, f.ID) {
			continue
		}
		if worst == nil || f.Severity == finding.Error && worst.Severity != finding.Error {
			worst = f
		}
	}
	return worst
}

// causeNames are titles of causes, joined in each language.
type causeNames []Words

// In joins them.
func (c causeNames) In(l lang.Lang) string {
	var all []string
	for _, w := range c {
		all = append(all, w.In(l))
	}
	return strings.Join(all, " / ")
}

// closing sums a symptom up.
func closing(in Input, confirmed causeNames) Words {
	if len(confirmed) > 0 {
		return Words{"symptom.closing.confirmed", []any{confirmed}}
	}
	if other := roots(in); len(other) > 0 {
		return Words{"symptom.closing.other", []any{other}}
	}
	var absent []string
	for _, c := range in.Coverage {
		if c.Machine == in.Machine && c.Status == Absent && c.Log != loggingKey {
			absent = append(absent, c.Log)
		}
	}
	if len(absent) > 0 {
		return Words{"symptom.closing.none-absent", []any{strings.Join(absent, ", ")}}
	}
	return Words{Key: "symptom.closing.none"}
}

// roots are the titles of what is wrong with the machine.
func roots(in Input) titles {
	var out titles
	for i := range in.Findings {
		if f := &in.Findings[i]; f.Machine == in.Machine && f.Root && f.Severity != finding.Info {
			out = append(out, title{f.ID, f.Text})
		}
	}
	return out
}
