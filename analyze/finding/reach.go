package finding

import (
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// latest are the saved requests, of several to one address the last.
func (s *subject) latest() []*fact.Request {
	var out []*fact.Request
	for i := range s.facts.Requests {
		r := &s.facts.Requests[i]
		if r.URL != "" {
			out = slices.DeleteFunc(out, func(o *fact.Request) bool { return strings.EqualFold(o.URL, r.URL) })
		}
		out = append(out, r)
	}
	return out
}

// toUpdatePoint reports whether an address is of a web service of WSUS, or of
// the machine's update point.
func (s *subject) toUpdatePoint(url string) bool {
	low := strings.ToLower(url)
	for _, service := range []string{"/clientwebservice", "/simpleauthwebservice", "/reportingwebservice", "/iuident.cab", "/selfupdate"} {
		if strings.Contains(low, service) {
			return true
		}
	}
	return s.isPoint(hostOf(url))
}

func (s *subject) isPoint(host string) bool {
	return slices.ContainsFunc(s.points(), func(u fact.UpdatePoint) bool { return sameHost(u.Host, host) })
}

// toManagementPoint reports whether an address is one of a management point's
// own lists.
func toManagementPoint(url string) bool { return strings.Contains(strings.ToLower(url), "/sms_mp/") }

// saved makes a finding of a saved request or lookup. It states what happened;
// but where scans succeed, whoever made it had another way.
func (s *subject) saved(p map[string]string, at ...fact.Evidence) Finding {
	f := Finding{Confidence: Certain, Evidence: places(at...), Params: p}
	if s.scans() {
		f.Severity, f.Confidence = Warning, Possible
		f.Evidence = append(f.Evidence, places(s.facts.LastScan.Evidence)...)
	}
	return f
}

// managementPointUnreachable reads saved requests for the list of management
// points (S0.10): anything but 200 counts.
func managementPointUnreachable(s *subject) []Finding {
	for _, r := range s.latest() {
		if !toManagementPoint(r.URL) || r.Status == 200 {
			continue
		}
		v, _ := serverOf(r.URL)
		f := Finding{Confidence: Certain, Evidence: places(r.Evidence), Params: params(
			"url", r.URL, "host", v.host, "port", v.port, "status", number(r.Status), "symbol", answer(r),
		)}
		return []Finding{f}
	}
	return nil
}

// answer is what came of a request, in a word.
func answer(r *fact.Request) string {
	switch {
	case r.Status != 0:
		return "HTTP " + strconv.Itoa(r.Status)
	case r.Kind == "connect":
		return "ERROR_WINHTTP_CANNOT_CONNECT"
	case r.Kind == "name":
		return "ERROR_WINHTTP_NAME_NOT_RESOLVED"
	case r.Kind == "timeout":
		return "ERROR_WINHTTP_TIMEOUT"
	case r.Kind == "tls":
		return "ERROR_WINHTTP_SECURE_FAILURE"
	}
	return r.Error
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// nameNotResolved reads saved lookups of the update point (S2.6, S2.7), and
// requests that failed at its name.
func nameNotResolved(s *subject) []Finding {
	for i := range s.facts.Lookups {
		l := &s.facts.Lookups[i]
		if !l.Failed || !s.isPoint(l.Host) || s.resolved(l.Host) {
			continue
		}
		return []Finding{s.saved(params("host", l.Host, "server", l.Server, "message", l.Error), l.Evidence)}
	}
	for _, r := range s.latest() {
		if host := hostOf(r.URL); r.Kind == "name" && s.toUpdatePoint(r.URL) && !toManagementPoint(r.URL) && !s.resolved(host) {
			return []Finding{s.saved(params("host", host, "message", r.Error), r.Evidence)}
		}
	}
	return nil
}

// managementPointName reads saved lookups of the management point's name. Where
// the same server is the update point, nameNotResolved tells it.
func managementPointName(s *subject) []Finding {
	for i := range s.facts.Lookups {
		l := &s.facts.Lookups[i]
		ours := slices.ContainsFunc(s.facts.ManagementPoints, func(mp fact.Fact) bool { return sameHost(hostOf(mp.Value), l.Host) })
		if !l.Failed || !ours || s.isPoint(l.Host) || s.resolved(l.Host) {
			continue
		}
		f := Finding{Confidence: Certain, Evidence: places(l.Evidence), Params: params("host", l.Host, "server", l.Server, "message", l.Error)}
		if d := s.facts.LastDelivery; d != nil && s.matched("mp-name-not-resolved") == nil {
			f.Severity, f.Confidence = Warning, Possible
			f.Evidence = append(f.Evidence, places(d.Evidence)...)
		}
		return []Finding{f}
	}
	return nil
}

// resolved reports whether a saved lookup of the host found it.
func (s *subject) resolved(host string) bool {
	return slices.ContainsFunc(s.facts.Lookups, func(l fact.Lookup) bool {
		return !l.Failed && len(l.Addresses) > 0 && sameHost(l.Host, host)
	})
}

// proxyWantsLogon reads saved requests that a proxy answered (S2.11).
func proxyWantsLogon(s *subject) []Finding {
	for _, r := range s.latest() {
		if r.Status != 407 || r.URL != "" && !s.toUpdatePoint(r.URL) {
			continue
		}
		p := params("url", r.URL)
		if x := s.facts.Proxy; x != nil && !x.Direct {
			p["proxy"] = x.Server
			if host := hostOf(r.URL); host != "" && !x.Bypasses(r.URL) {
				if c := setProxy(x, []string{host}); c != "" {
					p["command"] = c
				}
			}
		}
		return []Finding{s.saved(p, r.Evidence)}
	}
	return nil
}

// webServiceFails reads saved requests to the web services of WSUS that were
// answered with an error (S2.8-S2.10, S0.17); 407 is a proxy's, 503 the pool's.
func webServiceFails(s *subject) []Finding {
	var out []Finding
	for _, r := range s.latest() {
		if r.Status < 400 || r.Status == 407 || r.Status == 503 || r.URL == "" || toManagementPoint(r.URL) || !s.toUpdatePoint(r.URL) {
			continue
		}
		if slices.ContainsFunc(out, func(f Finding) bool { return f.Params["status"] == number(r.Status) }) {
			continue
		}
		out = append(out, s.saved(params("url", r.URL, "status", number(r.Status)), r.Evidence))
	}
	return out
}

// unavailable is what Windows Update makes of HTTP 503.
const unavailable = "0x80244022"

// serviceUnavailable reads saved requests that were answered with 503 (S2.15).
func serviceUnavailable(s *subject) []Finding {
	for _, r := range s.latest() {
		if r.Status == 503 && r.URL != "" && s.toUpdatePoint(r.URL) && !toManagementPoint(r.URL) {
			return []Finding{s.saved(params("url", r.URL, "status", "503", "code", unavailable), r.Evidence)}
		}
	}
	return nil
}

// cannotConnect reads saved requests and tests of the port that got no
// connection to the update point (S0.17).
func cannotConnect(s *subject) []Finding {
	for _, r := range s.latest() {
		if (r.Kind == "connect" || r.Kind == "timeout") && r.URL != "" && s.toUpdatePoint(r.URL) && !toManagementPoint(r.URL) {
			return []Finding{s.saved(params("url", r.URL, "message", r.Error), r.Evidence)}
		}
	}
	for i := range s.facts.Connections {
		c := &s.facts.Connections[i]
		if c.Succeeded || !s.isPort(c) {
			continue
		}
		return []Finding{s.saved(params("url", c.Host+":"+strconv.Itoa(c.Port)), c.Evidence)}
	}
	return nil
}

// isPort reports whether a test of a port was made for an update point, and no
// later one succeeded.
func (s *subject) isPort(c *fact.Connection) bool {
	ours := slices.ContainsFunc(s.points(), func(u fact.UpdatePoint) bool { return sameHost(u.Host, c.Host) && u.Port == c.Port })
	return ours && !slices.ContainsFunc(s.facts.Connections, func(o fact.Connection) bool {
		return o.Succeeded && o.Port == c.Port && sameHost(o.Host, c.Host)
	})
}
