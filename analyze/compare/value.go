package compare

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// versions are the facts that are shown as versions.
var versions = map[string]bool{
	"os": true, "os_version": true, "os_build": true, "os_release": true, "client_version": true, "architecture": true,
}

// passing are facts that differ between any two machines, or any two days.
var passing = map[string]bool{
	"name": true, "machine": true, "booted": true, "client_id": true, "sus_client_id": true, "sus_client_id_validation": true,
	"os_family": true, "memory": true, "os_installed": true, "download_folder_bytes": true,
}

// values compares the facts of a pair.
func (c *Comparison) values(n int, p Pair) {
	var a, b map[string]string
	if p.A >= 0 && p.A < len(c.A.Facts) {
		a = flat(c.A.Facts[p.A])
	}
	if p.B >= 0 && p.B < len(c.B.Facts) {
		b = flat(c.B.Facts[p.B])
	}
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	var vs, fs []Value
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := Value{Change: Changed, Pair: n, Name: name, A: a[name], B: b[name]}
		switch {
		case v.A == "":
			v.Change = New
		case v.B == "":
			v.Change = Gone
		case strings.EqualFold(v.A, v.B):
			v.Change = Same
		}
		if versions[name] {
			vs = append(vs, v)
		} else {
			fs = append(fs, v)
		}
	}
	byChange := func(x, y Value) int { return cmp.Compare(rank(x.Change), rank(y.Change)) }
	slices.SortStableFunc(vs, byChange)
	slices.SortStableFunc(fs, byChange)
	c.Versions, c.Facts = append(c.Versions, vs...), append(c.Facts, fs...)
}

// flat are the facts of a machine by name, one line each. Of lists the name
// begins with their kind: "service wuauserv".
func flat(f *fact.Facts) map[string]string {
	out := map[string]string{}
	if f == nil {
		return out
	}
	put := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" && !passing[name] {
			out[name] = value
		}
	}
	for name, v := range f.ForRules(nil) {
		put(name, v)
	}
	for _, p := range f.All() {
		put(p.Name, p.Value)
	}
	for i := range f.Services {
		s := &f.Services[i]
		put("service "+s.Name, joined(s.State, s.StartType, s.Account))
	}
	for _, h := range f.Hotfixes {
		put("hotfix "+h.KB, cmp.Or(h.Installed, h.Description, "yes"))
	}
	for _, g := range f.GPOs {
		applied := "no"
		if g.Applied {
			applied = "yes"
		}
		put("gpo "+g.Name, cmp.Or(g.Reason, applied))
	}
	for _, v := range f.Registry {
		if v.Type != "KEY" {
			put("registry "+v.Key+`\`+v.Name, v.Data)
		}
	}
	for _, s := range f.Sources {
		if s.Default {
			put("update_service", cmp.Or(s.Name, s.ID))
		}
	}
	for _, r := range f.Restarts {
		put("restart "+r.Reason, "yes")
	}
	if f.Proxy != nil && f.Proxy.Direct {
		put("proxy", "direct")
	}
	if d := f.Disk("C:"); d != nil && d.FreeKnown {
		put("disk_free_gb", strconv.FormatInt(d.Free>>30, 10))
	}
	return out
}

// joined puts commas between what is not empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
