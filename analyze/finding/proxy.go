package finding

import (
	"slices"
	"strings"

	"patchtrail/analyze/fact"
)

// proxyMissing is a host that is not in the bypass list.
const proxyMissing = "proxy-bypasses-missing"

// The findings that a proxy on the way to a server of the company makes.
var (
	proxiedScans = []string{"scan-proxy-auth", "scan-cannot-connect", "scan-timeout", "scan-service-unavailable", "scan-http-error", "wsus-name-not-resolved"}
	proxiedPoint = []string{"mp-http-error", "mp-timeout", "mp-unreachable"}
)

// proxyBypassesMissing compares the hosts that the machine must reach with the
// bypass list of its WinHTTP proxy (S0.18, S0.19, S2.12-S2.14). It is likely
// where the way fails too. Where scans get through it is still a way that may
// fail, and nobody knows whether the proxy was set before or after them.
func proxyBypassesMissing(s *subject) []Finding {
	p := s.facts.Proxy
	if p == nil || p.Direct || p.Server == "" {
		return nil
	}
	var missing, roles []string
	proof := places(p.Evidence...)
	add := func(url, role string, at ...fact.Evidence) {
		host := hostOf(url)
		if host == "" || p.Bypasses(url) || containsFold(missing, host) {
			return
		}
		missing, roles = append(missing, host), append(roles, role)
		proof = append(proof, places(at...)...)
	}
	for _, u := range s.points() {
		add(u.URL, "update-point", u.Evidence)
	}
	if len(s.facts.ManagementPoints) > 0 {
		mp := &s.facts.ManagementPoints[0]
		add(mp.Value, "management-point", mp.Evidence...)
	}
	if len(missing) == 0 {
		return nil
	}
	f := Finding{Confidence: Possible, Evidence: proof, Params: params(
		"proxy", p.Server, "host", missing[0], "role", roles[0], "hosts", strings.Join(missing, ", "),
		"bypass", p.BypassList(), "command", setProxy(p, missing),
	)}
	suspects := proxiedPoint
	if slices.Contains(roles, "update-point") {
		suspects = append(slices.Clone(suspects), proxiedScans...)
	}
	switch m := s.matched(suspects...); {
	case m != nil:
		f.Confidence = Likely
		f.Params["symptom"] = symptom(m.Params)
		f.Evidence = append(f.Evidence, Records(s.id(m.Evidence[len(m.Evidence)-1]))...)
	case s.scans():
		f.Params["scanned"] = stamp(s.facts.LastScan.Time)
		f.Evidence = append(f.Evidence, places(s.facts.LastScan.Evidence)...)
	}
	return []Finding{f}
}

// symptom names a failure by its code or status.
func symptom(p map[string]string) string {
	switch {
	case p["code"] != "":
		return p["code"]
	case p["status"] != "":
		return "HTTP " + p["status"]
	}
	return p["symbol"]
}

// points are the update points that the machine scans or should scan, one a
// host: what ConfigMgr set, what the policy holds.
func (s *subject) points() []fact.UpdatePoint {
	var out []fact.UpdatePoint
	for _, source := range []fact.Source{fact.ManagedServer, fact.Location, fact.PolicyRegistry, fact.GroupPolicy} {
		for _, u := range s.facts.UpdatePoints {
			if u.Source == source && !slices.ContainsFunc(out, func(o fact.UpdatePoint) bool { return strings.EqualFold(o.Host, u.Host) }) {
				out = append(out, u)
			}
		}
	}
	return out
}

// setProxy is the command that adds hosts to the bypass list and keeps what is
// in it (S2.14); "" where the present setting holds what no command line
// should.
func setProxy(p *fact.Proxy, hosts []string) string {
	list := append(slices.Clone(p.Bypass), hosts...)
	for _, part := range append([]string{p.Server}, list...) {
		if !plain(part) {
			return ""
		}
	}
	return `netsh winhttp set proxy proxy-server="` + p.Server + `" bypass-list="` + strings.Join(list, ";") + `"`
}

// plain reports whether s holds only what proxies and bypass lists are made of.
func plain(s string) bool {
	for _, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(".-_*:/[]<>+=;", c) < 0 {
			return false
		}
	}
	return s != ""
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, s) })
}
