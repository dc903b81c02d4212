package finding

import (
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// expected is the update point that ConfigMgr gives the client: what
// WUAHandler set, else what LocationServices was told; nil where neither tells.
func (s *subject) expected() *fact.UpdatePoint {
	return s.facts.UpdatePoint(fact.ManagedServer, fact.Location)
}

// winning is gpresult's setting of the update point where a policy object of
// the domain won it, nil otherwise.
func (s *subject) winning() *fact.Policy {
	p := s.facts.UpdateServicePolicy()
	if p == nil || p.GPO == "" || p.Local || p.State == "not-configured" {
		return nil
	}
	return p
}

// gpo is the name of that object, "" if there is none.
func (s *subject) gpo() string {
	if p := s.winning(); p != nil {
		return p.GPO
	}
	return ""
}

// gpoOverrides looks for a domain policy that wins over the update point of
// ConfigMgr (S0.20-S0.22). One that names the very same server does no harm;
// without ConfigMgr a domain policy is what should be.
func gpoOverrides(s *subject) []Finding {
	p := s.winning()
	if p == nil || !s.managed() {
		return nil
	}
	server := s.policyServer(p)
	f := Finding{Confidence: Possible, Severity: Warning, Evidence: places(p.Evidence), Params: params("gpo", p.GPO, "server", server)}
	if want := s.expected(); want != nil {
		f.Params["expected"] = want.URL
		f.Evidence = append(f.Evidence, places(want.Evidence)...)
		switch {
		case p.State == "disabled" || server != "" && !same(server, want.URL):
			f.Severity, f.Confidence = Error, Certain
		case server != "":
			f.Severity, f.Confidence = Info, Certain
		}
	}
	return []Finding{f}
}

// policyServer is the server for detection that a setting names.
func (s *subject) policyServer(p *fact.Policy) string {
	if u := p.Get("for detecting updates", "更新を検出する", "value"); u != "" {
		return u
	}
	if u := s.facts.UpdatePoint(fact.GroupPolicy); u != nil {
		return u.URL
	}
	return ""
}

// alternateServer is ConfigMgr's own listener for express and delta content.
const alternateServer = "http://localhost:8005"

// alternateServerWrong compares the alternate download server with it (S0.22).
func alternateServerWrong(s *subject) []Finding {
	if !s.managed() {
		return nil
	}
	value, gpo := "", ""
	var proof []Evidence
	if p := s.facts.UpdateServicePolicy(); p != nil && p.State != "disabled" {
		if value = p.Get("alternate download server", "代替ダウンロード サーバー"); value != "" {
			proof = places(p.Evidence)
			if !p.Local {
				gpo = p.GPO
			}
		}
	}
	if v := s.facts.UpdatePolicy("UpdateServiceUrlAlternate"); v != nil && v.Data != "" {
		if value == "" {
			value = v.Data
		}
		proof = append(proof, places(v.Evidence)...)
	}
	if value == "" || same(value, alternateServer) {
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: proof, Params: params("value", value, "gpo", gpo)}}
}

// policyWrong looks at the values of Windows Update's policy in the registry
// (S2.1-S2.5). UseWUServer counts under either key.
func policyWrong(s *subject) []Finding {
	wu, status := s.facts.UpdatePolicy("WUServer"), s.facts.UpdatePolicy("WUStatusServer")
	if wu == nil || wu.Data == "" {
		return nil
	}
	proof := places(wu.Evidence)
	p := params("wu_server", wu.Data, "gpo", s.gpo())
	if status != nil {
		p["wu_status_server"] = status.Data
	}
	use := s.facts.UpdatePolicy("UseWUServer")
	if use != nil {
		p["use_wu_server"] = use.Data
	}
	want := s.expected()
	if want != nil {
		p["update_point"] = want.URL
	}
	_, usable := serverOf(wu.Data)
	switch {
	case !usable:
		p["problem"] = "malformed"
	case use != nil && use.Data != "1":
		p["problem"] = "not-used"
		proof = append(proof, places(use.Evidence)...)
	case use == nil && s.listsAU():
		p["problem"] = "not-used"
	case want != nil && !s.offered(wu.Data):
		p["problem"] = "other-server"
		proof = append(proof, places(want.Evidence)...)
	case status != nil && status.Data != "" && !near(wu.Data, status.Data):
		p["problem"] = "differ"
		proof = append(proof, places(status.Evidence)...)
	default:
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: proof, Params: p}}
}

// listsAU reports whether an export shows the key in which UseWUServer would
// stand.
func (s *subject) listsAU() bool {
	return slices.ContainsFunc(s.facts.Registry, func(v fact.RegistryValue) bool {
		return strings.HasSuffix(strings.ToLower(v.Key), `\policies\microsoft\windows\windowsupdate\au`)
	})
}

// offered reports whether ConfigMgr has named a server for the client.
func (s *subject) offered(url string) bool {
	return slices.ContainsFunc(s.facts.UpdatePoints, func(u fact.UpdatePoint) bool {
		return (u.Source == fact.ManagedServer || u.Source == fact.Location) && near(u.URL, url)
	})
}

// policyNotApplied looks for a gpresult without any policy for WSUS, where
// nothing else gives the machine an update point either (S3.2, S3.3). The list
// of names alone does not show what the policies hold. ConfigMgr needs no policy
// of the domain, but enters its update point in the local one, which must then
// stand among the applied.
func policyNotApplied(s *subject) []Finding {
	f := s.facts
	if len(f.GPOs) == 0 || s.listsUpdatePolicy() || s.appliesLocal() {
		return nil
	}
	for _, u := range f.UpdatePoints {
		if u.Source != fact.SiteServer && u.Source != fact.Location && u.Source != fact.ManagedServer {
			return nil
		}
	}
	var applied, filtered []string
	var proof []Evidence
	for _, g := range f.GPOs {
		if low := strings.ToLower(g.Name); g.Applied && (strings.Contains(low, "wsus") || strings.Contains(low, "windows update")) {
			return nil
		}
		if g.Applied {
			applied = append(applied, g.Name)
		} else {
			filtered = append(filtered, g.Name)
		}
		if len(proof) < maxEvidence {
			proof = append(proof, places(g.Evidence)...)
		}
	}
	sure := Possible
	if len(f.Policies) > 0 {
		sure = Likely
	}
	return []Finding{{Confidence: sure, Evidence: proof, Params: params("applied", short(applied), "filtered", short(filtered))}}
}

// appliesLocal reports whether the client of ConfigMgr has its update point in
// the local policy, as far as the names show.
func (s *subject) appliesLocal() bool {
	return s.expected() != nil && slices.ContainsFunc(s.facts.GPOs, func(g fact.GPO) bool { return g.Applied && g.Local() })
}

// listsUpdatePolicy reports whether gpresult shows the setting at all.
func (s *subject) listsUpdatePolicy() bool {
	p := s.facts.UpdateServicePolicy()
	return p != nil && p.State != "not-configured"
}

// short joins the first names of a list.
func short(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " (+" + strconv.Itoa(len(names)-most) + ")"
	}
	return strings.Join(names, ", ")
}

// registryPolDamaged takes what the collection script found out.
func registryPolDamaged(s *subject) []Finding {
	if s.facts.RegistryPol.Value != "damaged" {
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: places(s.facts.RegistryPol.Evidence...)}}
}

// updateServiceBlocked looks for the policies that shut Windows Update off. Not
// to connect to Microsoft does harm only where there is no WSUS instead.
func updateServiceBlocked(s *subject) []Finding {
	wu := s.facts.UpdatePolicy("WUServer")
	for _, name := range []string{"DisableWindowsUpdateAccess", "DoNotConnectToWindowsUpdateInternetLocations"} {
		v := s.facts.UpdatePolicy(name)
		if v == nil || v.Data != "1" || name != "DisableWindowsUpdateAccess" && (wu != nil && wu.Data != "" || s.expected() != nil) {
			continue
		}
		f := Finding{Confidence: Certain, Evidence: places(v.Evidence), Params: params("policy", name, "value", v.Data)}
		if s.scans() { // scans of ConfigMgr pass it
			f.Severity, f.Confidence = Warning, Possible
			f.Evidence = append(f.Evidence, places(s.facts.LastScan.Evidence)...)
		}
		return []Finding{f}
	}
	return nil
}

// notAssigned adds the addresses of the machine to what the logs show: they
// decide its boundary group (S0.23). Where they show nothing, a client that never
// scans has no update point either.
func notAssigned(s *subject) []Finding {
	if s.matched("update-point-not-assigned") == nil {
		return neverScans(s)
	}
	var own []string
	var proof []Evidence
	for i := range s.facts.Adapters {
		a := &s.facts.Adapters[i]
		if good := addresses(a); len(good) > 0 {
			own = append(own, good...)
			proof = append(proof, places(a.Evidence)...)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return []Finding{{Confidence: Possible, Evidence: proof, Params: params("addresses", short(own))}}
}
