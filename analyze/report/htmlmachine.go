package report

import (
	"fmt"
	"slices"
	"strings"

	"patchtrail/analyze/fact"
)

// pageMachine is a machine with what the bundle says of it.
type pageMachine struct {
	ID, Role, Zone, Source, OS, Skew string
	Facts                            []pageFact
}

// pageFact is a fact and the place that states it.
type pageFact struct {
	Name, Value, File, FileAnchor string
	Line                          int
}

// machines lists the machines with their facts.
func (p *page) machines(d *pageData) {
	space := room(roomRest)
	_, last := p.res.Span()
	for i, m := range p.res.Machines {
		if len(d.Machines) == maxMachines || !space.has(20_000) {
			d.MoreMachines = p.l.T("report.more", Count(len(p.res.Machines)-i))
			return
		}
		out := pageMachine{
			ID: p.machine(i), Role: p.l.T("role." + string(m.Role)), Zone: Offset(m.Zone.Bias(last)), Source: p.l.T("zone." + string(m.Zone.Source)),
			OS: shorten(p.res.Facts[i].OS.Value, maxName),
		}
		if m.Skew.Wrong() {
			out.Skew = p.l.T("report.skew", Duration(max(m.Skew.Median, -m.Skew.Median)))
		}
		p.facts(&out, p.res.Facts[i], &space)
		d.Machines = append(d.Machines, out)
	}
}

// leading are the facts of one value that come first, by their names.
var leading = []string{"name", "domain", "os", "os_build", "os_release", "client_version", "site_code"}

func (p *page) facts(out *pageMachine, f *fact.Facts, space *room) {
	add := func(name, value string, at ...fact.Evidence) {
		if value == "" {
			return
		}
		row := pageFact{Name: p.l.T("report.fact." + name), Value: space.text(value, 500)}
		if len(at) > 0 {
			row.File, row.FileAnchor, row.Line = space.text(p.res.Store.Files[at[0].File].Path, 200), fileAnchor(at[0].File), at[0].Line
			p.files[at[0].File] = true
		}
		*space -= 300
		out.Facts = append(out.Facts, row)
	}
	all := map[string]fact.Fact{}
	for _, v := range f.All() {
		all[v.Name] = v
	}
	for _, name := range leading {
		if v, ok := all[name]; ok {
			add(name, v.Value, v.Evidence...)
		}
	}
	p.connections(f, add)
	for _, v := range f.All() {
		if !slices.Contains(leading, v.Name) {
			add(v.Name, v.Value, v.Evidence...)
		}
	}
	p.resources(f, add)
}

// mostFacts bounds how many facts of one kind are shown.
const mostFacts = 10

// connections tells what servers the machine uses, and how it reaches them.
func (p *page) connections(f *fact.Facts, add func(name, value string, at ...fact.Evidence)) {
	for _, m := range f.ManagementPoints[:min(len(f.ManagementPoints), mostFacts)] {
		add("management_point", m.Value, m.Evidence...)
	}
	for _, u := range f.UpdatePoints[:min(len(f.UpdatePoints), mostFacts)] {
		add("update_point", u.URL+" ("+p.l.T("report.source."+string(u.Source))+")", u.Evidence)
	}
	if x := f.Proxy; x != nil {
		value := p.l.T("report.proxy-direct")
		if !x.Direct {
			value = x.Server
			if len(x.Bypass) > 0 {
				value = p.l.T("report.proxy", x.Server, x.BypassList())
			}
		}
		add("proxy", value, x.Evidence...)
	}
}

// resources tells of space, services and restarts.
func (p *page) resources(f *fact.Facts, add func(name, value string, at ...fact.Evidence)) {
	for _, k := range f.Disks[:min(len(f.Disks), mostFacts)] {
		if k.FreeKnown && k.SizeKnown {
			add("disk", p.l.T("report.disk", k.Name, gigabytes(k.Free), gigabytes(k.Size)), k.Evidence...)
		}
	}
	if c := f.Cache; c != nil && c.SizeMB > 0 {
		add("cache", fmt.Sprintf("%s MB %s", Count(int(c.SizeMB)), c.Location.Value), c.Evidence...)
	}
	for i := range f.Services[:min(len(f.Services), 3*mostFacts)] {
		s := &f.Services[i]
		words := make([]string, 0, 2)
		for _, w := range []string{s.State, s.StartType} {
			if w != "" {
				words = append(words, w)
			}
		}
		add("service", s.Name+": "+strings.Join(words, ", "), s.Evidence...)
	}
	for _, r := range f.Restarts[:min(len(f.Restarts), mostFacts)] {
		add("restart", r.Reason, r.Evidence)
	}
}

func gigabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<30)) }
