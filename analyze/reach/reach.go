// Package reach tells a broken way to WSUS from a WSUS that is sick.
//
// WCM.log of the site server says whether the site server gets through to WSUS,
// once an hour. WSUSCtrl.log, on the software update point itself, says whether
// WSUS is healthy there, as often. Where the first fails while the second is
// well, WSUS works and the way to it does not (REQUIREMENTS.md S1.70). The two
// logs may come from two machines; the rule wsus-path-broken leads to their
// records.
package reach

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/rule"
)

// RuleID is the rule whose leads are read and whose texts are lent.
const RuleID = "wsus-path-broken"

const (
	// answer is how long after an attempt its failure may come.
	answer = int64(10 * time.Minute)
	// hourly is how far apart two checks of the same thing may be: both logs
	// have one an hour.
	hourly = int64(2 * time.Hour)
	// maxShown is how many failed attempts, and how many checks, are shown.
	maxShown = 3
)

// Matches returns a match for each WSUS server that is healthy and that the site
// server has failed to reach since it last did, by machine and host. Its
// parameters are host, port (where the log has it), failing (attempts) and
// healthy (checks).
func Matches(leads []rule.Lead) []rule.Match {
	leads = slices.DeleteFunc(slices.Clone(leads), func(l rule.Lead) bool { return l.Rule == nil || l.Rule.ID != RuleID })
	slices.SortStableFunc(leads, func(a, b rule.Lead) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
	})
	sites, servers := read(leads)
	var out []rule.Match
	for _, s := range sites {
		if len(s.failed) == 0 {
			continue
		}
		for _, srv := range servers {
			if srv.is(s.host) {
				if checks, ok := srv.healthy(s); ok {
					out = append(out, s.match(checks))
				}
				break
			}
		}
	}
	return out
}

// site is what one machine's WCM.log says of one WSUS server.
type site struct {
	machine, host, port string
	rule                *rule.Rule
	failed              []rule.Evidence // since the last success
}

// server is what one machine's WSUSCtrl.log says.
type server struct {
	names  []string // short names, small letters
	checks []check
}

type check struct {
	rule.Evidence
	well bool
}

// read sorts the leads, which are ordered by time, by what they speak of.
func read(leads []rule.Lead) (sites []*site, servers []*server) {
	type attempt struct {
		*site
		at int64
	}
	attempts := make(map[string]attempt) // the last one of each machine
	byMachine := make(map[string]*server)
	find := func(l rule.Lead, host string) *site {
		for _, s := range sites {
			if s.machine == l.Machine && strings.EqualFold(s.host, host) {
				return s
			}
		}
		s := &site{machine: l.Machine, host: host, rule: l.Rule}
		sites = append(sites, s)
		return s
	}
	for _, l := range leads {
		p := l.Params
		last := attempts[l.Machine]
		switch {
		case p["healthy"] != "" || p["sick"] != "":
			srv := byMachine[l.Machine]
			if srv == nil {
				srv = &server{names: []string{short(l.Machine)}}
				byMachine[l.Machine] = srv
				servers = append(servers, srv)
			}
			if name := short(p["host"]); name != "" && !slices.Contains(srv.names, name) {
				srv.names = append(srv.names, name)
			}
			srv.checks = append(srv.checks, check{l.Evidence, p["healthy"] != ""})
		case p["connected"] != "":
			switch {
			case p["host"] != "":
				find(l, p["host"]).failed = nil
			case last.site != nil:
				last.failed = nil
			}
			delete(attempts, l.Machine)
		case p["failed"] != "":
			if last.site != nil && l.Time-last.at <= answer {
				last.failed = append(last.failed, l.Evidence)
				delete(attempts, l.Machine) // one attempt fails once
			}
		case p["host"] != "":
			s := find(l, p["host"])
			s.port = p["port"]
			attempts[l.Machine] = attempt{s, l.Time}
		}
	}
	return sites, servers
}

// short is the name of a machine without its domain.
func short(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ".")
	return host
}

func (s *server) is(host string) bool { return slices.Contains(s.names, short(host)) }

// healthy returns the checks from the first failure of the site to the last,
// and about an hour around them. It says false where one of them is not well,
// or there is none.
func (s *server) healthy(of *site) ([]rule.Evidence, bool) {
	from, to := of.failed[0].Time-hourly, of.failed[len(of.failed)-1].Time+hourly
	var well []rule.Evidence
	for _, c := range s.checks {
		switch {
		case c.Time < from || c.Time > to:
		case !c.well:
			return nil, false
		default:
			well = append(well, c.Evidence)
		}
	}
	return well, len(well) > 0
}

// match puts both sides together.
func (s *site) match(checks []rule.Evidence) rule.Match {
	m := rule.Match{Rule: s.rule, Machine: s.machine, Count: len(s.failed),
		First: s.failed[0].Time, Last: s.failed[len(s.failed)-1].Time,
		Params: map[string]string{"host": s.host,
			"failing": strconv.Itoa(len(s.failed)), "healthy": strconv.Itoa(len(checks))}}
	if s.port != "" {
		m.Params["port"] = s.port
	}
	m.Evidence = append(some(s.failed), some(checks)...)
	slices.SortFunc(m.Evidence, func(a, b rule.Evidence) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
	})
	return m
}

// some returns the first, the last and one between.
func some(all []rule.Evidence) []rule.Evidence {
	if len(all) <= maxShown {
		return slices.Clone(all)
	}
	return []rule.Evidence{all[0], all[len(all)/2], all[len(all)-1]}
}
