package finding

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/rule"
	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// Input is what findings are made of.
type Input struct {
	Machines []ingest.Machine
	// Facts are those of the machines, in their order.
	Facts   []*fact.Facts
	Store   *record.Store
	Updates []ledger.Update
	// Belong returns the places in Updates that an identifier of a job or a
	// deployment belongs to; nil where that is not known.
	Belong func(id string) []int
	// Rules lend texts, also to what code finds; an id that they do not have is
	// not looked for. Matched is which of them hold, with the records that lead
	// to what only code can decide.
	Rules   *rule.Set
	Matched rule.Result
	// Windows may be nil: then nothing is said of maintenance windows.
	Windows Windows

	facts []rule.Facts // of the machines, for texts
}

// decider is one thing that fragments of logs cannot say. It returns a finding
// for each time that it is so, without id, texts and what the rule tells.
type decider struct {
	id   string
	find func(in *Input) []Finding
}

// deciders are all of them. A finding of an id that a rule finds too becomes
// one with that of the rule.
func deciders() []decider {
	return []decider{
		{"network-down", each(networkDown)},
		{"clock-wrong", each(clockWrong)},
		{"license-not-activated", each(notActivated)},
		{"disk-low", each(diskLow)},
		{"component-store-corrupt", each(storeCorrupt)},
		{"restart-pending", each(restartPending)},
		{"feature-update-failed", each(upgradeFailed)},
		{"trace-not-readable", each(tracesUnreadable)},

		{"service-disabled", each(servicesDisabled)},
		{"service-stopped", each(servicesStopped)},
		{"service-account-wrong", each(accountWrong)},
		{"bits-service-failed", each(bitsCannotStart)},
		{"bits-job-failed", each(transfersFailed)},
		{"content-access-failed", each(contentRefused)},

		{"provisioning-mode", each(provisioningMode)},
		{"software-updates-disabled", each(updatesDisabled)},
		{"policy-not-received", each(policyMissing)},
		{"mp-unreachable", each(managementPointUnreachable)},
		{"mp-name-not-resolved", each(managementPointName)},

		{"proxy-bypasses-missing", each(proxyBypassesMissing)},
		{"gpo-overrides-update-point", each(gpoOverrides)},
		{"alternate-download-server-wrong", each(alternateServerWrong)},
		{"wsus-policy-wrong", each(policyWrong)},
		{"wsus-policy-not-applied", each(policyNotApplied)},
		{"registry-pol-damaged", each(registryPolDamaged)},
		{"update-service-blocked", each(updateServiceBlocked)},
		{"update-point-not-assigned", each(notAssigned)},
		{"dual-scan", each(dualScan)},
		{"wsus-name-not-resolved", each(nameNotResolved)},
		{"scan-proxy-auth", each(proxyWantsLogon)},
		{"scan-http-error", each(webServiceFails)},
		{"scan-service-unavailable", each(serviceUnavailable)},
		{"scan-cannot-connect", each(cannotConnect)},
		{"update-not-detected", each(notDetected)},

		{"cache-full", each(cacheFull)},
		{"install-exceeded-max-runtime", each(exceeded)},
		{"install-cancelled", each(cancelled)},
		{"max-runtime-exceeds-windows", each(tooLongForWindows)},
		{"waiting-for-window", each(waitsForWindow)},

		{"wsus-is-replica", wsusReplica},
		{"wsus-update-source-wrong", wsusSourceWrong},
		{"wsus-path-broken", pathBroken},
		{"duplicate-susclientid", duplicateClients},
	}
}

// Find puts the findings together: what rules match and what code decides, one
// of each kind a machine, told apart by cause and consequence, the gravest
// first.
func Find(in Input) []Finding {
	for i := range in.Machines {
		f := rule.Facts(in.Facts[i].ForRules(in.Machines[i].Zone.Local))
		if name := in.Machines[i].Name; name != "" {
			f["machine"] = name
		}
		in.facts = append(in.facts, f)
	}
	var all []Finding
	for i := range in.Matched.Matches {
		all = append(all, in.fromMatch(&in.Matched.Matches[i]))
	}
	matched := len(all)
	for _, d := range deciders() {
		t := in.Rules.Rule(d.id)
		if t == nil {
			continue
		}
		for _, f := range d.find(&in) {
			f.by(t)
			f.span(in.Store)
			if i := joins(all[:matched], &f, t.Key); i >= 0 {
				all[i].join(&f)
			} else {
				all = append(all, f)
			}
		}
	}
	for i := range all {
		in.delivered(&all[i])
		in.place(&all[i])
		in.block(&all[i])
		all[i].Evidence = fewer(all[i].Evidence)
	}
	all = in.behindProxy(all)
	Link(all)
	share(all)
	for i := range all {
		f := &all[i]
		f.Text = words(in.Rules.Rule(f.ID), f.Params, in.facts[f.Machine])
	}
	Sort(all)
	return all
}

// by takes from a rule what the decider left open.
func (f *Finding) by(t *rule.Rule) {
	f.ID, f.Causes, f.References = t.ID, t.ConsequenceOf, t.References
	f.Severity = cmp.Or(f.Severity, Severity(t.Severity))
	f.Confidence = cmp.Or(f.Confidence, Confidence(t.Confidence))
	f.Count = max(f.Count, 1)
	if f.Params == nil {
		f.Params = map[string]string{}
	}
}

// span sets First and Last by the records of the evidence, where the decider
// did not. A snapshot has no time.
func (f *Finding) span(s *record.Store) {
	if f.First != 0 || f.Last != 0 {
		return
	}
	for _, e := range f.Evidence {
		if e.Record == record.None {
			continue
		}
		t := s.Time(e.Record)
		if f.First == 0 || t < f.First {
			f.First = t
		}
		f.Last = max(f.Last, t)
	}
}

// joins returns the finding of a rule that is the same as one of code: of the
// same machine, without another value for what the rule tells apart. One that
// still holds goes before one that has passed. -1 if there is none.
func joins(matched []Finding, f *Finding, keys []string) int {
	found := -1
	for i := range matched {
		o := &matched[i]
		if o.ID != f.ID || o.Machine != f.Machine || !alike(o.Params, f.Params, keys) {
			continue
		}
		if o.Severity != Info {
			return i
		}
		found = i
	}
	return found
}

// alike reports whether two have no different values for the keys.
func alike(a, b map[string]string, keys []string) bool {
	for _, k := range keys {
		if a[k] != "" && b[k] != "" && !strings.EqualFold(a[k], b[k]) {
			return false
		}
	}
	return true
}

// join adds what code found to what a rule found. Two signs of different kinds
// are more than one; and what the state of the machine still shows has not
// passed, even if the log says so.
func (f *Finding) join(o *Finding) {
	if f.Severity == Info && o.Severity != Info {
		delete(f.Params, recovered)
		delete(f.Params, stale)
	}
	if weight(o.Severity) < weight(f.Severity) {
		f.Severity = o.Severity
	}
	switch {
	case sureness(o.Confidence) < sureness(f.Confidence):
		f.Confidence = o.Confidence
	case f.Confidence == Possible:
		f.Confidence = Likely
	}
	for k, v := range o.Params {
		if f.Params[k] == "" {
			f.Params[k] = v
		}
	}
	f.Evidence = append(f.Evidence, o.Evidence...)
	if o.First != 0 && (f.First == 0 || o.First < f.First) {
		f.First = o.First
	}
	f.Last = max(f.Last, o.Last)
	f.Updates = append(f.Updates, o.Updates...)
}

// place notes whose machine the finding is of.
func (in *Input) place(f *Finding) {
	s := subject{in, f.Machine, in.Facts[f.Machine]}
	f.host = cmp.Or(s.facts.Name.Value, in.Machines[f.Machine].Name)
	for _, u := range s.facts.UpdatePoints {
		f.points = append(f.points, u.Host)
	}
}

// maxEvidence is how many places a finding names.
const maxEvidence = 12

// fewer keeps the first and the last of many places, and none twice.
func fewer(all []Evidence) []Evidence {
	seen := make(map[Evidence]bool, len(all))
	all = slices.DeleteFunc(all, func(e Evidence) bool {
		had := seen[e]
		seen[e] = true
		return had
	})
	if n := len(all); n > maxEvidence {
		all = append(slices.Clone(all[:maxEvidence/2]), all[n-maxEvidence/2:]...)
	}
	return all
}

// words renders a rule's texts in every language.
func words(t *rule.Rule, params map[string]string, facts rule.Facts) map[lang.Lang]Text {
	out := map[lang.Lang]Text{}
	for _, l := range lang.All() {
		w := t.Render(string(l), params, facts)
		out[l] = Text{Title: w.Title, Cause: w.Cause, Remediation: w.Remediation, Verify: w.Verify}
	}
	return out
}

// subject is the machine that a decider looks at.
type subject struct {
	*Input
	n     int
	facts *fact.Facts
}

// each asks a decider for every machine.
func each(decide func(s *subject) []Finding) func(*Input) []Finding {
	return func(in *Input) []Finding {
		var out []Finding
		for i := range in.Machines {
			for _, f := range decide(&subject{in, i, in.Facts[i]}) {
				f.Machine = i
				out = append(out, f)
			}
		}
		return out
	}
}

// matched returns the newest match of one of the ids that has not been cured,
// nil if there is none.
func (s *subject) matched(ids ...string) *rule.Match {
	var newest *rule.Match
	for i := range s.Matched.Matches {
		m := &s.Matched.Matches[i]
		if m.Machine == s.Machines[s.n].ID && m.Cured == nil && slices.Contains(ids, m.Rule.ID) && (newest == nil || m.Last > newest.Last) {
			newest = m
		}
	}
	return newest
}

// managed reports whether anything shows that the machine is a client of
// ConfigMgr.
func (s *subject) managed() bool {
	f := s.facts
	return f.ClientVersion.Known() || f.ClientID.Known() || f.SiteCode.Known() || len(f.ManagementPoints) > 0 ||
		f.LastPolicy != nil || f.LastDelivery != nil || f.DeploymentsListed != nil ||
		f.UpdatePoint(fact.Location, fact.ManagedServer) != nil
}

// scans reports whether the newest scan that the logs show succeeded.
func (s *subject) scans() bool {
	f := s.facts
	return f.LastScan != nil && (f.LastScanFailed == nil || f.LastScan.Time > f.LastScanFailed.Time)
}

// places makes evidence of places that state facts.
func places(es ...fact.Evidence) []Evidence {
	out := make([]Evidence, 0, len(es))
	for _, e := range es {
		out = append(out, Evidence{Record: e.Record, File: e.File, Line: e.Line, Text: e.Text})
	}
	return out
}

// params makes parameters of names and values; those without a value are left
// out.
func params(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}

// clone copies parameters, never nil.
func clone(p map[string]string) map[string]string {
	if p == nil {
		return map[string]string{}
	}
	return maps.Clone(p)
}
