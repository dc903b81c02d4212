package finding

import (
	"strings"

	"patchtrail/analyze/ledger"
)

// provisioningMode looks for a client that a task sequence left in provisioning
// mode (C03).
func provisioningMode(s *subject) []Finding {
	f := &s.facts.Provisioning
	if f.Value != "yes" {
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: places(f.Evidence...), Params: params("value", "true")}}
}

// updatesDisabled looks for client settings that switch software updates off.
func updatesDisabled(s *subject) []Finding {
	f := &s.facts.SoftwareUpdates
	if f.Value != "no" {
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: places(f.Evidence...), Params: params("setting", "CCM_SoftwareUpdatesClientConfig Enabled = FALSE")}}
}

// policyMissing looks for a client whose list of update deployments is empty
// (S0.15, S0.16). Where it does receive policy, the collection is what is left.
func policyMissing(s *subject) []Finding {
	listed := s.facts.DeploymentsListed
	if listed == nil || len(s.facts.Deployments) > 0 {
		return nil
	}
	f := Finding{Confidence: Possible, Evidence: places(*listed), Params: params("listed", "yes")}
	if last := s.facts.LastPolicy; last != nil {
		f.Confidence = Likely
		f.Params["received"] = stamp(last.Time)
		f.Evidence = append(f.Evidence, places(last.Evidence)...)
	}
	return []Finding{f}
}

// notDetected looks for deployed updates that the scan leaves out: those that
// the log calls superseded, and those of the deployments (in the export of
// CCM_UpdateCIAssignment, or targeted in UpdatesDeployment.log) that are not in
// what the scan found (the export of CCM_UpdateStatus) (S0.27, S0.28). A
// superseded one is well left out.
func notDetected(s *subject) []Finding {
	var out []Finding
	told := map[string]bool{}
	for i := range s.Updates {
		u := &s.Updates[i]
		if u.Machine != s.n || u.Now != ledger.StateSuperseded || u.SupersededBy == "" || len(u.Deployments) == 0 || len(out) >= maxNotDetected {
			continue
		}
		f := Finding{Severity: Info, Confidence: Certain, Evidence: Records(u.NowBy), Params: params(
			"update", u.UpdateID, "kb", u.KB, "title", u.Title, "reason", "superseded", "by", s.nameOf(u.SupersededBy),
		)}
		told[u.UpdateID] = true
		out = append(out, f)
	}
	return append(out, s.absent(told)...)
}

// nameOf is the article of an update, its id where none is known.
func (s *subject) nameOf(id string) string {
	for i := range s.Updates {
		if u := &s.Updates[i]; u.Machine == s.n && u.UpdateID == id && u.KB != "" {
			return u.KB
		}
	}
	return id
}

// absent compares what is deployed with the export of what the scan found.
func (s *subject) absent(told map[string]bool) []Finding {
	if len(s.facts.Updates) == 0 {
		return nil
	}
	for i := range s.facts.Updates {
		if id := guidIn(s.facts.Updates[i].ID); id != "" {
			told[id] = true
		}
	}
	var out []Finding
	for _, d := range append(s.deployed(), s.targeted()...) {
		if told[d.update] || len(out) >= maxNotDetected {
			continue
		}
		told[d.update] = true
		f := Finding{Confidence: Likely, Evidence: []Evidence{d.at}, Params: params("update", d.update, "deployment", d.name)}
		for i := range s.Updates {
			if u := &s.Updates[i]; u.Machine == s.n && u.UpdateID == d.update {
				f.Params["kb"], f.Params["title"], f.Updates = u.KB, u.Title, []string{u.Key}
			}
		}
		f.Evidence = append(f.Evidence, places(s.facts.Updates[0].Evidence)...)
		if s.scans() {
			f.Params["scanned"] = stamp(s.facts.LastScan.Time)
			f.Evidence = append(f.Evidence, places(s.facts.LastScan.Evidence)...)
		}
		out = append(out, f)
	}
	return out
}

// maxNotDetected bounds the updates that are told one by one.
const maxNotDetected = 20

// guidIn returns the last GUID in s, in small letters and without braces: ids of
// updates come as "SUM_<guid>", "Site_<guid>/SUM_<guid>" or bare.
func guidIn(s string) string {
	const length = 36
	s = strings.Trim(strings.ToLower(strings.TrimSpace(s)), "{}")
	if len(s) < length {
		return ""
	}
	s = s[len(s)-length:]
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f'
		if dash != (c == '-') || !dash && !hex {
			return ""
		}
	}
	return s
}
