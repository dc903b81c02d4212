package fact

import (
	"fmt"
	"strings"
)

// read collects the facts of one snapshot.
func read(text string) *Facts {
	c := newCollector()
	c.snapshot([]byte(text), "")
	c.finish()
	return c.Facts
}

// show writes facts one a line, each with the line that states it.
func show(f *Facts) string {
	var b strings.Builder
	w := func(e []Evidence, format string, args ...any) {
		fmt.Fprintf(&b, format, args...)
		for _, e := range e {
			fmt.Fprintf(&b, " @%d", e.Line)
		}
		b.WriteByte('\n')
	}
	for _, p := range f.All() {
		w(p.Evidence, "%s=%s", p.Name, p.Value)
	}
	for _, m := range f.ManagementPoints {
		w(m.Evidence, "mp %s", m.Value)
	}
	for _, p := range f.UpdatePoints {
		w([]Evidence{p.Evidence}, "sup %s %s %d %s", p.URL, p.Host, p.Port, p.Source)
	}
	if p := f.Proxy; p != nil {
		w(p.Evidence, "proxy direct=%v %s %q", p.Direct, p.Server, p.Bypass)
	}
	for _, s := range f.Services {
		w(s.Evidence, "service %s %s %s %s %q exit=%d/%v", s.Name, s.State, s.StartType, s.Account, s.Dependencies, s.ExitCode, s.ExitKnown)
	}
	for _, g := range f.GPOs {
		w([]Evidence{g.Evidence}, "gpo %s applied=%v %s", g.Name, g.Applied, g.Reason)
	}
	for _, p := range f.Policies {
		w([]Evidence{p.Evidence}, "policy %s%s %s gpo=%s local=%v %v", p.Name, p.Key, p.State, p.GPO, p.Local, p.Values)
	}
	for _, v := range f.Registry {
		if v.Type != "KEY" {
			w([]Evidence{v.Evidence}, "reg %s %s=%s", v.Key[strings.LastIndexByte(v.Key, '\\')+1:], v.Name, v.Data)
		}
	}
	for _, a := range f.Absent {
		w(a.Evidence, "absent %s", a.Value)
	}
	for _, s := range f.Sources {
		w([]Evidence{s.Evidence}, "source %s %s default=%v", s.Name, s.ID, s.Default)
	}
	if k := f.Cache; k != nil {
		w(k.Evidence, "cache %s %dMB %d%% used=%d/%v free=%d/%v items=%d/%d", k.Location.Value, k.SizeMB, k.LimitPercent, k.UsedBytes, k.UsedKnown, k.FreeMB, k.FreeKnown, k.Items, k.ItemBytes)
	}
	for _, d := range f.Disks {
		w(d.Evidence, "disk %s %d/%v of %d/%v", d.Name, d.Free, d.FreeKnown, d.Size, d.SizeKnown)
	}
	for _, a := range f.Adapters {
		w([]Evidence{a.Evidence}, "adapter %s %q auto=%v off=%v dhcp=%s gw=%q dns=%q", a.Name, a.Addresses, a.Automatic, a.Disconnected, a.DHCP, a.Gateways, a.DNS)
	}
	for _, r := range f.Restarts {
		w([]Evidence{r.Evidence}, "restart %s", r.Reason)
	}
	for _, h := range f.Hotfixes {
		w([]Evidence{h.Evidence}, "hotfix %s %s", h.KB, h.Installed)
	}
	for _, d := range f.Deployments {
		w([]Evidence{d.Evidence}, "deployment %s %s %s override=%v any=%v n=%d%s", d.ID, d.Name, d.Deadline, d.OverrideWindows, d.RestartAny, d.Updates, more(&d))
	}
	for _, u := range f.Updates {
		w([]Evidence{u.Evidence}, "update %s %s %s %s", u.ID, u.Article, u.Status, u.Title)
	}
	for _, r := range f.Rows {
		w([]Evidence{r.Evidence}, "row %s %v", r.Class, r.Values)
	}
	for _, r := range f.Requests {
		w([]Evidence{r.Evidence}, "request %s %d %s", r.URL, r.Status, r.Kind)
	}
	for _, l := range f.Lookups {
		w([]Evidence{l.Evidence}, "lookup %s server=%s %q failed=%v %s", l.Host, l.Server, l.Addresses, l.Failed, l.Error)
	}
	for _, n := range f.Connections {
		w([]Evidence{n.Evidence}, "connection %s:%d %v", n.Host, n.Port, n.Succeeded)
	}
	for _, x := range f.Transfers {
		w(x.Evidence, "transfer %s %q %s %s %s", x.ID, x.Name, x.State, x.Code, x.URL)
	}
	if d := f.SetupDiag; d != nil {
		w(d.Evidence, "setupdiag %s %s phase=%s op=%s error=%s message=%s link=%s none=%v", d.Profile, d.ProfileID, d.Phase, d.Operation, d.Error, d.Message, d.Link, d.NoMatch)
	}
	return b.String()
}

// more is what few deployments have.
func more(d *Deployment) string {
	out := ""
	if d.UTC {
		out += " utc"
	}
	if d.Available {
		out += " available"
	}
	if len(d.UpdateIDs) > 0 {
		out += " " + strings.Join(d.UpdateIDs, ",")
	}
	return out
}
