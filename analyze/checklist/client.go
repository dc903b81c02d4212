package checklist

import (
	"net/netip"
	"strings"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
)

// wsusService is the id of the managed service, WSUS.
const wsusService = "3da21691-e39d-4da6-8a4b-b43877bcb1b7"

// scanned returns the newest scan if it went well.
func (e *env) scanned() *fact.Seen {
	good, bad := e.Facts.LastScan, e.Facts.LastScanFailed
	if good != nil && (bad == nil || good.Time >= bad.Time) {
		return good
	}
	return nil
}

// updateServer (S4.28): the default service is WSUS where an update point is set.
func (e *env) updateServer() verdict {
	var other *fact.UpdateSource
	for i := range e.Facts.Sources {
		s := &e.Facts.Sources[i]
		switch {
		case !s.Default:
		case strings.EqualFold(strings.Trim(s.ID, "{}"), wsusService), strings.Contains(s.Name, "Windows Server Update Service"):
			return e.say(Pass, "pass", at(s.Evidence), s.Name)
		case other == nil:
			other = s
		}
	}
	p := e.updatePoint()
	switch {
	case other != nil && p != nil:
		return e.say(Warn, "warn", at(other.Evidence, p.Evidence), other.Name, p.URL)
	case other != nil:
		return e.say(Pass, "pass", at(other.Evidence), other.Name)
	}
	if s, p := e.scanned(), e.Facts.UpdatePoint(fact.ManagedServer); s != nil && p != nil {
		return e.say(Pass, "pass.logs", at(p.Evidence, s.Evidence), p.URL, e.Time(s.Time))
	}
	return verdict{}
}

// requests returns the saved requests whose address holds one of the parts, the
// failed ones and those that went well.
func (e *env) requests(parts ...string) (good, bad []*fact.Request) {
	for i := range e.Facts.Requests {
		r := &e.Facts.Requests[i]
		low := strings.ToLower(r.URL)
		for _, p := range parts {
			if !strings.Contains(low, p) {
				continue
			}
			if r.Kind == "" && r.Status == 200 {
				good = append(good, r)
			} else {
				bad = append(bad, r)
			}
			break
		}
	}
	return good, bad
}

// answered makes a verdict of saved requests; the zero one where there is none.
func (e *env) answered(parts ...string) verdict {
	good, bad := e.requests(parts...)
	switch {
	case len(bad) > 0:
		r := bad[0]
		if r.Error != "" {
			return e.say(Fail, "fail", at(r.Evidence), r.URL, r.Error)
		}
		return e.say(Fail, "fail", at(r.Evidence), r.URL, r.Status)
	case len(good) > 0:
		var proof []finding.Evidence
		for _, r := range good {
			proof = append(proof, at(r.Evidence)...)
		}
		return e.say(Pass, "pass", proof, good[0].URL)
	}
	return verdict{}
}

// managementPoint (S0.10-S0.14).
func (e *env) managementPoint() verdict {
	if v := e.answered("/sms_mp/.sms_aut"); v.status != "" {
		return v
	}
	if s := e.Facts.LastDelivery; s != nil {
		return e.say(Pass, "pass.logs", at(s.Evidence), e.Time(s.Time))
	}
	return verdict{}
}

// policy (S0.15, S0.16).
func (e *env) policy() verdict {
	f := e.Facts
	switch {
	case f.Provisioning.Value == "yes":
		return e.say(Fail, "fail.provisioning", at(f.Provisioning.Evidence...))
	case f.SoftwareUpdates.Value == "no":
		return e.say(Fail, "fail.disabled", at(f.SoftwareUpdates.Evidence...))
	case len(f.Deployments) > 0:
		var proof []finding.Evidence
		var all []string
		for i := range f.Deployments {
			proof = append(proof, at(f.Deployments[i].Evidence)...)
			all = append(all, f.Deployments[i].Name)
		}
		return e.say(Pass, "pass", proof, len(all), names(all))
	case f.DeploymentsListed != nil:
		return e.say(Warn, "warn", at(*f.DeploymentsListed))
	case f.LastPolicy != nil:
		return e.say(Pass, "pass.logs", at(f.LastPolicy.Evidence), e.Time(f.LastPolicy.Time))
	}
	return verdict{}
}

// scan (S0.24-S0.27).
func (e *env) scan() verdict {
	if s := e.scanned(); s != nil {
		return e.say(Pass, "pass", at(s.Evidence), e.Time(s.Time))
	}
	if s := e.Facts.LastScanFailed; s != nil {
		return e.say(Fail, "fail", at(s.Evidence), e.Time(s.Time))
	}
	return verdict{}
}

// proxy (S0.18, S0.19, S2.11-S2.14).
func (e *env) proxy() verdict {
	p := e.Facts.Proxy
	if p == nil {
		return verdict{}
	}
	proof := at(p.Evidence...)
	if p.Direct {
		return e.say(Pass, "pass.direct", proof)
	}
	var hosts, through []string
	if u := e.updatePoint(); u != nil {
		hosts = append(hosts, u.URL)
	}
	for i := range e.Facts.ManagementPoints {
		hosts = append(hosts, e.Facts.ManagementPoints[i].Value)
	}
	for _, h := range hosts {
		if !p.Bypasses(h) {
			through = append(through, h)
		}
	}
	switch {
	case len(through) > 0:
		return e.say(Warn, "warn", proof, p.Server, names(through))
	case len(hosts) > 0:
		return e.say(Pass, "pass.bypassed", proof, p.Server, names(hosts))
	}
	return e.say(Unknown, "unknown.set", proof, p.Server)
}

// groupPolicy (S0.21, S0.22): with a ConfigMgr client the local policy must win.
func (e *env) groupPolicy() verdict {
	f := e.Facts
	if f.RegistryPol.Value == "damaged" {
		return e.say(Fail, "fail.damaged", at(f.RegistryPol.Evidence...))
	}
	p := f.UpdateServicePolicy()
	if p == nil || p.GPO == "" || p.State == "disabled" || p.State == "not-configured" {
		return verdict{}
	}
	switch {
	case p.Local:
		return e.say(Pass, "pass", at(p.Evidence), p.GPO)
	case e.configMgr():
		return e.say(Fail, "fail", at(p.Evidence), p.GPO)
	}
	return e.say(Pass, "pass.domain", at(p.Evidence), p.GPO)
}

// registryPolicy (S2.2-S2.5).
func (e *env) registryPolicy() verdict {
	f := e.Facts
	server, status, use := f.UpdatePolicy("WUServer"), f.UpdatePolicy("WUStatusServer"), f.UpdatePolicy("UseWUServer")
	same := func(a, b string) bool {
		return strings.EqualFold(strings.TrimRight(a, "/ "), strings.TrimRight(b, "/ "))
	}
	switch {
	case server != nil && status != nil && !same(server.Data, status.Data):
		return e.say(Fail, "fail.differ", at(server.Evidence, status.Evidence), server.Data, status.Data)
	case server != nil && use != nil && use.Data == "0":
		return e.say(Fail, "fail.unused", at(server.Evidence, use.Evidence), server.Data)
	case server != nil && status != nil && use != nil && use.Data == "1":
		return e.say(Pass, "pass", at(server.Evidence, status.Evidence, use.Evidence), server.Data)
	case server != nil:
		return e.say(Unknown, "unknown.some", at(server.Evidence), server.Data)
	}
	for i := range f.Absent {
		a := &f.Absent[i]
		key, _, _ := strings.Cut(strings.ToLower(a.Value), " ")
		if strings.HasSuffix(strings.Trim(key, `"`), `\policies\microsoft\windows\windowsupdate`) {
			return e.say(Fail, "fail.absent", at(a.Evidence...))
		}
	}
	return verdict{}
}

// nameResolution (S2.6, S2.7). A scan shows it only where no proxy resolves the
// name instead.
func (e *env) nameResolution() verdict {
	p := e.updatePoint()
	var proof []finding.Evidence
	for i := range e.Facts.Lookups {
		l := &e.Facts.Lookups[i]
		if !e.ours(l.Host) {
			continue
		}
		if l.Failed {
			return e.say(Fail, "fail", at(l.Evidence), l.Host)
		}
		proof = append(proof, at(l.Evidence)...)
	}
	switch s := e.scanned(); {
	case proof != nil:
		return e.say(Pass, "pass", proof)
	case p == nil:
	case isAddress(p.Host):
		return e.say(Pass, "pass.address", at(p.Evidence), p.Host)
	case s != nil && e.Facts.Proxy != nil && e.Facts.Proxy.Bypasses(p.URL):
		return e.say(Pass, "pass", at(p.Evidence, s.Evidence))
	}
	return verdict{}
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// ours reports whether a host is the update point or a management point, by its
// whole name or the first label of it.
func (e *env) ours(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	short, _, _ := strings.Cut(host, ".")
	fits := func(name string) bool {
		name = strings.ToLower(name)
		first, _, dotted := strings.Cut(name, ".")
		return name == host || !isAddress(host) && first == short && (!dotted || short == host)
	}
	for i := range e.Facts.UpdatePoints {
		if fits(e.Facts.UpdatePoints[i].Host) {
			return true
		}
	}
	for i := range e.Facts.ManagementPoints {
		if fits(e.Facts.ManagementPoints[i].Value) {
			return true
		}
	}
	return false
}

// webServices (S0.17, S2.8-S2.10).
func (e *env) webServices() verdict {
	if v := e.answered("/clientwebservice/", "/simpleauthwebservice/"); v.status != "" {
		return v
	}
	if s := e.scanned(); s != nil {
		return e.say(Pass, "pass.logs", at(s.Evidence), e.Time(s.Time))
	}
	return verdict{}
}

// networkPath (S4.21).
func (e *env) networkPath() verdict {
	var proof []finding.Evidence
	for i := range e.Facts.Connections {
		c := &e.Facts.Connections[i]
		if !e.ours(c.Host) {
			continue
		}
		if !c.Succeeded {
			return e.say(Fail, "fail", at(c.Evidence), c.Host, c.Port)
		}
		proof = append(proof, at(c.Evidence)...)
	}
	if proof != nil {
		return e.say(Pass, "pass", proof)
	}
	if s, d := e.scanned(), e.Facts.LastDelivery; s != nil && d != nil {
		return e.say(Pass, "pass.logs", at(s.Evidence, d.Evidence), e.Time(s.Time), e.Time(d.Time))
	}
	return verdict{}
}

// updateStatus (S0.27): the store knows updates.
func (e *env) updateStatus() verdict {
	missing, installed, proof := e.statuses()
	if missing+installed == 0 {
		return verdict{}
	}
	return e.say(Pass, "pass", proof, missing, installed)
}

// boundaryGroup (S0.20, S0.23): the client was told an update point.
func (e *env) boundaryGroup() verdict {
	p := e.Facts.UpdatePoint(fact.Location)
	if p == nil {
		return verdict{}
	}
	return e.say(Pass, "pass", at(p.Evidence), p.URL)
}

// content (S0.30-S0.33): content of ConfigMgr came.
func (e *env) content() verdict {
	if proof, t := e.newest(downloadMarks[:3], "contenttransfermanager", "cas", "updateshandler"); proof != nil {
		return e.say(Pass, "pass", proof, e.Time(t))
	}
	return verdict{}
}

// Sizes of the cache in MB: what ConfigMgr sets unless told otherwise, and the
// most that can be set (S0.35).
const (
	usualCache = 5120
	mostCache  = 102400
)

// cache (S0.34-S0.37): the effective limit is the smaller of the size and the
// part of the disk.
func (e *env) cache() verdict {
	k := e.Facts.Cache
	if k == nil || k.SizeMB <= 0 {
		return verdict{}
	}
	limit := min(k.SizeMB, mostCache)
	proof := join(at(k.Evidence...), at(k.LimitsEvidence...))
	if d := e.Facts.Disk("C:"); k.LimitPercent > 0 && d != nil && d.SizeKnown {
		if part := d.Size / 100 * k.LimitPercent >> 20; part < limit {
			limit = part
			proof = append(proof, at(d.Evidence...)...)
		}
	}
	if limit < usualCache {
		return e.say(Warn, "warn", proof, limit)
	}
	return e.say(Pass, "pass", proof, limit)
}

// maxRuntime (S0.40-S0.46): how the last installation of each update by
// ConfigMgr stood to its maximum run time.
func (e *env) maxRuntime() verdict {
	var over, near, within []finding.Evidence
	var key string
	count := 0
	for i := range e.Updates {
		u := &e.Updates[i]
		if u.Machine != e.Machine {
			continue
		}
		for j := len(u.Attempts) - 1; j >= 0; j-- {
			a := &u.Attempts[j]
			if a.Caller != ledger.ConfigMgr || !a.Known() {
				continue
			}
			proof := finding.Records(a.Evidence...)
			switch {
			case a.Verdict == ledger.Exceeded && a.Result == ledger.Cancelled:
				over = append(over, proof...)
				key = u.Key
			case a.Verdict == ledger.Exceeded, a.Verdict == ledger.Near:
				if near == nil && over == nil {
					key = u.Key
				}
				near = append(near, proof...)
			case a.Verdict == ledger.Within:
				within = append(within, proof...)
				count++
			}
			break
		}
	}
	switch {
	case over != nil:
		return e.say(Fail, "fail", over, key)
	case near != nil:
		return e.say(Warn, "warn", near, key)
	case within != nil:
		return e.say(Pass, "pass", within, count)
	}
	return verdict{}
}

// window (S0.50-S0.52).
func (e *env) window() verdict {
	w := e.Windows
	if w == nil || len(w.Evidence) == 0 {
		return verdict{}
	}
	if w.Count == 0 {
		return e.say(Pass, "pass.none", w.Evidence)
	}
	need := 0
	var proof []finding.Evidence
	for i := range e.Updates {
		u := &e.Updates[i]
		if n := len(u.Attempts); u.Machine != e.Machine || n == 0 || u.Attempts[n-1].Result == ledger.Succeeded {
			continue
		}
		for j := range u.Attempts {
			if s := u.Attempts[j].Max.Seconds; s > need {
				need, proof = s, finding.Records(u.Attempts[j].Evidence...)
			}
		}
	}
	minutes := func(seconds int) int { return seconds / 60 }
	switch {
	case need == 0:
		return e.say(Unknown, "unknown.longest", w.Evidence, minutes(w.Longest))
	case need > w.Longest:
		return e.say(Warn, "warn", join(w.Evidence, proof), minutes(w.Longest), minutes(need))
	}
	return e.say(Pass, "pass", join(w.Evidence, proof), minutes(w.Longest), minutes(need))
}

// appliedGPOs (S3.2, S3.3): the GPO that sets the update service is among those
// that apply.
func (e *env) appliedGPOs() verdict {
	var proof []finding.Evidence
	var all []string
	for i := range e.Facts.GPOs {
		if g := &e.Facts.GPOs[i]; g.Applied {
			all = append(all, g.Name)
			proof = append(proof, at(g.Evidence)...)
		}
	}
	p := e.Facts.UpdateServicePolicy()
	switch {
	case p != nil && p.Local:
		return e.say(Pass, "pass.local", join(at(p.Evidence), proof), p.GPO)
	case p != nil && p.GPO != "" && p.State != "disabled":
		return e.say(Pass, "pass", join(at(p.Evidence), proof), p.GPO)
	case len(all) > 0:
		return e.say(Unknown, "unknown.listed", proof, names(all))
	}
	return verdict{}
}

// susClientID (S3.29): one machine alone cannot show it.
func (e *env) susClientID() verdict {
	own := &e.Facts.SusClientID
	if !own.Known() {
		return verdict{}
	}
	others := 0
	for _, p := range e.Peers {
		if p == nil || p == e.Facts || !p.SusClientID.Known() {
			continue
		}
		others++
		if strings.EqualFold(p.SusClientID.Value, own.Value) {
			return e.say(Fail, "fail", join(at(own.Evidence...), at(p.SusClientID.Evidence...)), own.Value, p.Name.Value)
		}
	}
	if others == 0 {
		return e.say(Unknown, "unknown.alone", at(own.Evidence...), own.Value)
	}
	return e.say(Pass, "pass", at(own.Evidence...), own.Value, others)
}
