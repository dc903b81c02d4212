package fact

import (
	"strconv"
	"strings"
	"time"

	"patchtrail/ingest/record"
)

// OSFamily returns win7, win8.1, win10, win11, server2008r2, server2012,
// server2012r2, server2016, server2019, server2022 or server2025, "" where
// that is not known.
func (f *Facts) OSFamily() string {
	name := strings.ToLower(f.OS.Value)
	server := strings.Contains(name, "server")
	if server {
		for _, y := range []string{"2008 r2", "2012 r2", "2012", "2016", "2019", "2022", "2025"} {
			if strings.Contains(name, y) {
				return "server" + strings.ReplaceAll(y, " ", "")
			}
		}
	}
	number, _, _ := strings.Cut(f.Build.Value, ".")
	build, _ := strconv.Atoi(number)
	if build == 0 && !server {
		for _, v := range []struct{ in, out string }{{"windows 11", "win11"}, {"windows 10", "win10"}, {"windows 8.1", "win8.1"}, {"windows 7", "win7"}} {
			if strings.Contains(name, v.in) {
				return v.out
			}
		}
	}
	if name == "" { // a build alone may be of either
		return ""
	}
	for _, v := range []struct {
		from, to       int
		client, server string
	}{
		{7600, 7601, "win7", "server2008r2"}, {9200, 9200, "", "server2012"}, {9600, 9600, "win8.1", "server2012r2"},
		{10240, 14392, "win10", ""}, {14393, 14393, "win10", "server2016"}, {14394, 17762, "win10", ""}, {17763, 17763, "win10", "server2019"},
		{17764, 20347, "win10", ""}, {20348, 20348, "", "server2022"}, {22000, 26099, "win11", ""}, {26100, 26100, "win11", "server2025"},
		{26101, 99999, "win11", ""},
	} {
		if build >= v.from && build <= v.to {
			if server {
				return v.server
			}
			return v.client
		}
	}
	return ""
}

// UpdatePoint returns the first statement of one of the sources, in the order
// given; nil where none is known.
func (f *Facts) UpdatePoint(sources ...Source) *UpdatePoint {
	for _, s := range sources {
		for i := range f.UpdatePoints {
			if f.UpdatePoints[i].Source == s {
				return &f.UpdatePoints[i]
			}
		}
	}
	return nil
}

// detectionHours is how long DetectNow is blocked after a detection, in hours,
// where no policy says otherwise. Source: REQUIREMENTS.md S2.24.
const detectionHours = 22

// DetectionBlocked tells until when DetectNow does nothing, in nanoseconds UTC:
// from Windows 10 1709 on, until the detection frequency has passed since the
// last detection. 0 where it works or that is not known.
func (f *Facts) DetectionBlocked() int64 {
	number, _, _ := strings.Cut(f.Build.Value, ".")
	build, _ := strconv.Atoi(number)
	if f.LastDetection == nil || build != 0 && build < 16299 {
		return 0
	}
	switch f.OSFamily() {
	case "", "win7", "win8.1", "server2008r2", "server2012", "server2012r2", "server2016":
		return 0
	}
	hours := detectionHours
	if n := f.detectionFrequency(); n > 0 && n <= detectionHours {
		hours = n
	}
	return f.LastDetection.Time + int64(hours)*int64(time.Hour)
}

// detectionFrequency is the policy of that name, in hours, 0 where none is set.
func (f *Facts) detectionFrequency() int {
	v := f.UpdatePolicy("DetectionFrequency")
	if v == nil {
		return 0
	}
	if on := f.UpdatePolicy("DetectionFrequencyEnabled"); on != nil && yesNo(on.Data) == "no" {
		return 0
	}
	n, _ := strconv.Atoi(v.Data)
	return max(n, 0)
}

// ForRules returns the facts by the names of rule.KnownFacts. What is not
// known is absent. local turns nanoseconds UTC into the machine's own time; if
// it is nil, facts that are a time are left out.
func (f *Facts) ForRules(local func(utc int64) int64) map[string]string {
	out := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	put("machine", f.Name.Value)
	put("os", f.OS.Value)
	put("os_family", f.OSFamily())
	put("os_build", f.Build.Value)
	put("client_version", f.ClientVersion.Value)
	put("site_code", f.SiteCode.Value)
	if len(f.ManagementPoints) > 0 {
		put("management_point", f.ManagementPoints[0].Value)
	}
	if p := f.UpdatePoint(Location, ManagedServer, PolicyRegistry, GroupPolicy, SiteServer); p != nil {
		put("update_point", p.Host)
	}
	if p := f.UpdatePoint(PolicyRegistry, GroupPolicy, ManagedServer); p != nil {
		put("wsus_server", p.URL)
	}
	if f.Proxy != nil && !f.Proxy.Direct {
		put("proxy", f.Proxy.Server)
		put("proxy_bypass", f.Proxy.BypassList())
	}
	if n := f.detectionFrequency(); n > 0 {
		put("detection_frequency_hours", strconv.Itoa(n))
	}
	if until := f.DetectionBlocked(); until != 0 && local != nil {
		put("detection_blocked_until", time.Unix(0, local(until)).UTC().Format("2006-01-02 15:04"))
	}
	if f.Cache != nil && f.Cache.SizeMB > 0 {
		put("cache_mb", strconv.FormatInt(f.Cache.SizeMB, 10))
	}
	if f.RestartPending() {
		put("restart_pending", "yes")
	}
	return out
}

// JSON returns the facts for the result's JSON: only what is known, the same
// for the same input. Sizes are in bytes but for those named otherwise, times
// RFC 3339 in UTC where they are those of records.
func (f *Facts) JSON() map[string]any {
	out := map[string]any{}
	for _, p := range f.plain() {
		if p.Known() {
			out[p.Name] = f.said(p)
		}
	}
	if v := f.OSFamily(); v != "" {
		out["os_family"] = v
	}
	f.jsonUpdates(out)
	f.jsonMachine(out)
	f.jsonDumps(out)
	return out
}

func (f *Facts) said(p *Fact) map[string]any {
	return map[string]any{"value": p.Value, "evidence": f.evidence(p.Evidence...)}
}

// evidence turns places into what JSON holds of them.
func (f *Facts) evidence(es ...Evidence) []map[string]any {
	out := make([]map[string]any, 0, len(es))
	for _, e := range es {
		m := map[string]any{"line": e.Line, "text": e.Text}
		if f.store != nil && e.File < len(f.store.Files) {
			m["file"] = f.store.Files[e.File].Path
			if e.Record != record.None {
				m["time"] = stamp(f.store.Time(e.Record))
			}
		}
		out = append(out, m)
	}
	return out
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

// put adds a list if it holds anything.
func put[T any](out map[string]any, name string, list []T, one func(*T) map[string]any) {
	if len(list) == 0 {
		return
	}
	all := make([]map[string]any, len(list))
	for i := range list {
		all[i] = one(&list[i])
	}
	out[name] = all
}

// list turns nil into a list without elements.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// jsonUpdates adds what concerns where updates come from.
func (f *Facts) jsonUpdates(out map[string]any) {
	put(out, "management_points", f.ManagementPoints, func(p *Fact) map[string]any { return f.said(p) })
	put(out, "update_points", f.UpdatePoints, func(p *UpdatePoint) map[string]any {
		return map[string]any{"url": p.URL, "host": p.Host, "port": p.Port, "source": p.Source, "evidence": f.evidence(p.Evidence)}
	})
	if agree, known := f.UpdatePointsAgree(); known {
		out["update_points_agree"] = agree
	}
	if p := f.Proxy; p != nil {
		out["proxy"] = map[string]any{"direct": p.Direct, "server": p.Server, "bypass": list(p.Bypass), "evidence": f.evidence(p.Evidence...)}
	}
	put(out, "group_policy_objects", f.GPOs, func(g *GPO) map[string]any {
		return map[string]any{"name": g.Name, "applied": g.Applied, "reason": g.Reason, "evidence": f.evidence(g.Evidence)}
	})
	if p := f.UpdateServicePolicy(); p != nil {
		values := map[string]any{}
		for _, v := range p.Values {
			values[v.Name] = v.Value
		}
		out["update_service_policy"] = map[string]any{
			"name": p.Name, "key": p.Key, "state": p.State, "gpo": p.GPO, "local": p.Local, "values": values, "evidence": f.evidence(p.Evidence),
		}
	}
	var policy []RegistryValue
	for _, v := range f.Registry {
		low := strings.ToLower(v.Key)
		if v.Type != "KEY" && (strings.Contains(low, policyKey) || strings.HasSuffix(low, `\policymanager\current\device\update`)) {
			policy = append(policy, v)
		}
	}
	put(out, "update_policy", policy, func(v *RegistryValue) map[string]any {
		return map[string]any{"key": v.Key, "name": v.Name, "data": v.Data, "evidence": f.evidence(v.Evidence)}
	})
	put(out, "update_sources", f.Sources, func(s *UpdateSource) map[string]any {
		return map[string]any{"name": s.Name, "id": s.ID, "default": s.Default, "evidence": f.evidence(s.Evidence)}
	})
	for name, s := range map[string]*Seen{
		"last_scan": f.LastScan, "last_scan_failed": f.LastScanFailed, "last_policy": f.LastPolicy, "last_delivery": f.LastDelivery,
		"last_detection": f.LastDetection, "last_sync": f.LastSync,
	} {
		if s != nil {
			out[name] = map[string]any{"time": stamp(s.Time), "evidence": f.evidence(s.Evidence)}
		}
	}
}

// jsonMachine adds what concerns the machine itself.
func (f *Facts) jsonMachine(out map[string]any) {
	put(out, "services", f.Services, func(s *Service) map[string]any {
		m := map[string]any{
			"name": s.Name, "display_name": s.DisplayName, "state": s.State, "start_type": s.StartType, "account": s.Account,
			"dependencies": list(s.Dependencies), "evidence": f.evidence(s.Evidence...),
		}
		if s.ExitKnown {
			m["exit_code"] = s.ExitCode
		}
		return m
	})
	if k := f.Cache; k != nil {
		m := map[string]any{"evidence": f.evidence(append(append([]Evidence(nil), k.Evidence...), k.LimitsEvidence...)...)}
		if k.Location.Known() {
			m["location"] = k.Location.Value
		}
		if k.SizeMB > 0 {
			m["size_mb"] = k.SizeMB
		}
		if k.LimitPercent > 0 {
			m["limit_percent"] = k.LimitPercent
		}
		if k.UsedKnown {
			m["used_bytes"] = k.UsedBytes
		}
		if k.FreeKnown {
			m["free_mb"] = k.FreeMB
		}
		if k.Items > 0 {
			m["items"], m["items_bytes"] = k.Items, k.ItemBytes
		}
		out["cache"] = m
	}
	put(out, "disks", f.Disks, func(d *Disk) map[string]any {
		m := map[string]any{"name": d.Name, "evidence": f.evidence(d.Evidence...)}
		if d.SizeKnown {
			m["size"] = d.Size
		}
		if d.FreeKnown {
			m["free"] = d.Free
		}
		return m
	})
	put(out, "adapters", f.Adapters, func(a *Adapter) map[string]any {
		return map[string]any{
			"name": a.Name, "addresses": list(a.Addresses), "automatic": a.Automatic, "disconnected": a.Disconnected,
			"gateways": list(a.Gateways), "dns": list(a.DNS), "evidence": f.evidence(a.Evidence),
		}
	})
	put(out, "restart_pending", f.Restarts, func(r *Restart) map[string]any {
		return map[string]any{"reason": r.Reason, "evidence": f.evidence(r.Evidence)}
	})
	put(out, "hotfixes", f.Hotfixes, func(h *Hotfix) map[string]any {
		return map[string]any{"kb": h.KB, "description": h.Description, "installed": h.Installed}
	})
	if d := f.SetupDiag; d != nil {
		out["setupdiag"] = map[string]any{
			"profile": d.Profile, "profile_id": d.ProfileID, "phase": d.Phase, "operation": d.Operation, "error": d.Error,
			"message": d.Message, "link": d.Link, "no_match": d.NoMatch, "evidence": f.evidence(d.Evidence...),
		}
	}
}

// jsonDumps adds saved commands and WMI dumps.
func (f *Facts) jsonDumps(out map[string]any) {
	put(out, "requests", f.Requests, func(r *Request) map[string]any {
		return map[string]any{"url": r.URL, "status": r.Status, "error": r.Error, "kind": r.Kind, "evidence": f.evidence(r.Evidence)}
	})
	put(out, "transfers", f.Transfers, func(t *Transfer) map[string]any {
		return map[string]any{"id": t.ID, "name": t.Name, "state": t.State, "code": t.Code, "url": t.URL, "evidence": f.evidence(t.Evidence...)}
	})
	put(out, "lookups", f.Lookups, func(l *Lookup) map[string]any {
		return map[string]any{"host": l.Host, "server": l.Server, "addresses": list(l.Addresses), "failed": l.Failed, "error": l.Error, "evidence": f.evidence(l.Evidence)}
	})
	put(out, "connections", f.Connections, func(n *Connection) map[string]any {
		return map[string]any{"host": n.Host, "address": n.Address, "port": n.Port, "succeeded": n.Succeeded, "evidence": f.evidence(n.Evidence)}
	})
	put(out, "deployments", f.Deployments, func(d *Deployment) map[string]any {
		return map[string]any{
			"id": d.ID, "name": d.Name, "start": d.Start, "deadline": d.Deadline, "override_windows": d.OverrideWindows,
			"restart_outside_windows": d.RestartAny, "utc": d.UTC, "available": d.Available, "updates": d.Updates, "evidence": f.evidence(d.Evidence),
		}
	})
	put(out, "update_status", f.Updates, func(u *UpdateStatus) map[string]any {
		return map[string]any{"id": u.ID, "article": u.Article, "title": u.Title, "status": u.Status, "scan_time": u.ScanTime, "evidence": f.evidence(u.Evidence)}
	})
}
