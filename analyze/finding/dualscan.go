package finding

import (
	"slices"
	"strings"

	"patchtrail/analyze/fact"
)

// deferring are the values of Windows Update for Business that make Windows ask
// Microsoft beside WSUS. Source: DOMAIN.md A11, C22.
var deferring = []string{
	"DeferFeatureUpdates", "DeferFeatureUpdatesPeriodInDays", "DeferQualityUpdates", "DeferQualityUpdatesPeriodInDays", "DeferUpgrade",
	"PauseFeatureUpdatesStartTime", "PauseQualityUpdatesStartTime", "PauseFeatureUpdates", "PauseQualityUpdates", "BranchReadinessLevel",
	"TargetReleaseVersion", "TargetReleaseVersionInfo",
}

// ruled are the classes whose source a policy can name.
var ruled = []string{"Feature", "Quality"}

// dualScan looks for a machine that has WSUS and takes updates from Microsoft
// all the same (S0.28, S4.28, C22). The default service says it outright; the
// policies say it unless others forbid it.
func dualScan(s *subject) []Finding {
	var wsus []Evidence
	for _, u := range s.points() {
		wsus = append(wsus, places(u.Evidence)...)
	}
	if len(wsus) == 0 {
		return nil
	}
	f := Finding{Params: map[string]string{}}
	if d := &s.facts.DefaultSource; d.Known() && foreign(d.Value) {
		f.Confidence = Certain
		f.Params["default_service"] = d.Value
		f.Evidence = append(f.Evidence, places(d.Evidence...)...)
	}
	if names, proof, source := s.deferrals(); len(names) > 0 && !s.settled() {
		if f.Confidence == "" {
			f.Confidence = Likely
		}
		f.Params["policies"], f.Params["source"] = strings.Join(names, ", "), source
		f.Evidence = append(f.Evidence, proof...)
	}
	if f.Confidence == "" {
		return nil
	}
	f.Evidence = append(f.Evidence, wsus[0])
	return []Finding{f}
}

// foreign reports whether a service is one of Microsoft's own.
func foreign(service string) bool {
	low := strings.ToLower(service)
	return !strings.Contains(low, "server") && (strings.Contains(low, "windows update") || strings.Contains(low, "microsoft update") ||
		strings.Contains(low, "9482f4b4-e343-43b6-b170-9a65bc822c77") || strings.Contains(low, "7971f918-a847-4430-9279-4a52d1efe18d"))
}

// deferrals are the policies that are set, each with its value, and where they
// come from.
func (s *subject) deferrals() (names []string, proof []Evidence, source string) {
	source = "Group Policy"
	for i := range s.facts.Registry {
		v := &s.facts.Registry[i]
		mdm, ours := updateKey(v)
		if !ours || v.Data == "" || v.Data == "0" || !containsFold(deferring, v.Name) {
			continue
		}
		name := v.Name + "=" + v.Data
		if slices.Contains(names, name) {
			continue
		}
		if mdm {
			source = "MDM"
		}
		names = append(names, name)
		proof = append(proof, places(v.Evidence)...)
	}
	return names, proof, source
}

// updateKey tells the keys of Windows Update's policy, that of Group Policy and
// that of MDM.
func updateKey(v *fact.RegistryValue) (mdm, ours bool) {
	low := strings.ToLower(v.Key)
	mdm = strings.HasSuffix(low, `\policymanager\current\device\update`)
	return mdm, mdm || strings.HasSuffix(low, `\policies\microsoft\windows\windowsupdate`)
}

// settled reports whether policies keep deferrals from asking Microsoft.
func (s *subject) settled() bool {
	if v := s.facts.UpdatePolicy("DisableDualScan"); v != nil && v.Data == "1" {
		return true
	}
	for _, class := range ruled {
		if v := s.facts.UpdatePolicy("SetPolicyDrivenUpdateSourceFor" + class + "Updates"); v == nil || v.Data != "1" {
			return false
		}
	}
	return true
}
