// Package checklist is the checks that a support engineer goes through, each
// answered by the bundle or by what to collect; the symptoms that people report
// with their possible causes; and how far each log reaches.
//
// # A check
//
// The checks stand in one list (list.go), in the order in which they are shown:
// first the 28 of the Windows Update article, then those of the ConfigMgr and
// WSUS articles. A check passes, fails or warns only on evidence: findings of
// the machine, facts, or log records that show that the thing works. What
// nothing tells is unknown, with the one command or file that would settle it.
//
// # Adding a check
//
// Add a line to the list: its id, its group, the findings that decide it, a
// function over facts and logs, the variants of words that this function may
// say, and what to collect. Add the words "check.<id>.title", ".unknown" and
// those variants to assets/lang in both languages, and lines to the table test.
package checklist

import (
	"slices"
	"time"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// Status is the answer to a check.
type Status string

// The statuses: the evidence shows that it is well; that it is not; that it may
// not be, or that a person should try it; nothing tells.
const (
	Pass    Status = "pass"
	Fail    Status = "fail"
	Warn    Status = "warn"
	Unknown Status = "unknown"
)

// Group is the heading under which a check is shown.
type Group string

// The groups.
const (
	Machine    Group = "machine"    // the state of Windows itself
	Policy     Group = "policy"     // how the client finds its servers
	Connection Group = "connection" // whether it reaches them
	Deployment Group = "deployment" // from detection to installation
	Repair     Group = "repair"     // what a person may try
	Logs       Group = "logs"       // where Windows tells of its updates
	Server     Group = "server"     // the software update point and WSUS
)

// Groups are the groups in the order in which they are shown.
func Groups() []Group {
	return []Group{Machine, Policy, Connection, Deployment, Repair, Logs, Server}
}

// Name is what the group is called.
func (g Group) Name() Words { return Words{Key: "check.group." + string(g)} }

// Check is one check of one machine.
type Check struct {
	// ID is that of REQUIREMENTS.md, "disk-space".
	ID    string
	Group Group
	// Machine is an index in the result's machines.
	Machine int
	Status  Status
	Title   Words
	Detail  Words
	// Findings are the ids of those that decided it.
	Findings []string
	// Evidence is never empty where the check passes, fails or warns.
	Evidence []finding.Evidence
	// Collect says what would settle an unknown check, or how to do what a
	// person may try; its Key is "" where nothing is to do. Command is that
	// command, file or address alone, to be copied.
	Collect Words
	Command string
}

// Windows is what is known of the maintenance windows that count on a machine.
type Windows struct {
	// Count is how many windows are in force. 0 says that evidence shows that
	// there are none; where nothing tells, Input.Windows is nil.
	Count int
	// Longest is the longest occurrence of any, in seconds.
	Longest  int
	Evidence []finding.Evidence
}

// Input is what the checks of one machine are answered from.
type Input struct {
	// Machine is an index in the result's machines.
	Machine int
	Role    ingest.Role
	// Facts are those of the machine, Peers those of the other machines of the
	// input; nil where they are not known.
	Facts *fact.Facts
	Peers []*fact.Facts
	// Findings and Updates may be of all machines.
	Findings []finding.Finding
	Updates  []ledger.Update
	Windows  *Windows
	Coverage []Coverage
	// Store may be nil: then no log is searched.
	Store *record.Store
	// Time writes a time, nanoseconds UTC; in UTC if nil.
	Time func(utc int64) string
}

// Run answers every check for one machine, in the order of the list.
func Run(in Input) []Check {
	e := newEnv(in)
	all := list()
	out := make([]Check, len(all))
	for i := range all {
		out[i] = e.check(&all[i])
	}
	return out
}

// maxEvidence is how many places a check names.
const maxEvidence = 8

// verdict is what facts and logs say of a check. The zero value says nothing.
// An Unknown one with words tells what is known and not enough.
type verdict struct {
	status   Status
	words    Words
	evidence []finding.Evidence
}

// env is what a check may look at.
type env struct {
	Input
	id string // of the check that is being answered
}

func newEnv(in Input) *env {
	if in.Facts == nil {
		in.Facts = &fact.Facts{}
	}
	if in.Time == nil {
		in.Time = func(utc int64) string { return time.Unix(0, utc).UTC().Format("2006-01-02 15:04:05 UTC") }
	}
	return &env{Input: in}
}

// check answers one check. Findings go before facts that say the same, and what
// is wrong goes before what is well.
func (e *env) check(s *spec) Check {
	e.id = s.id
	c := Check{ID: s.id, Group: s.group, Machine: e.Machine, Status: Unknown, Title: e.words("title")}
	var v verdict
	if s.decide != nil {
		v = s.decide(e)
	}
	bad, unsure, cured := e.sort(s)
	switch {
	case len(bad) > 0:
		c.by(Fail, Words{Key: "check.finding"}, bad)
		if v.status == Fail {
			c.Evidence = append(c.Evidence, v.evidence...)
		}
	case v.status == Fail:
		c.take(v)
	case len(unsure) > 0 && s.person:
		c.by(Warn, e.words("warn"), unsure)
	case len(unsure) > 0:
		c.by(Warn, Words{Key: "check.finding"}, unsure)
	case v.status == Warn, v.status == Pass:
		c.take(v)
	case len(cured) > 0 && s.recovers:
		c.by(Pass, Words{Key: "check.recovered"}, cured)
	default:
		c.Detail, c.Evidence = e.words("unknown"), v.evidence
		if v.words.Key != "" {
			c.Detail = v.words
		}
	}
	if c.Status == Unknown || c.Status == Warn && s.person {
		a := s.collect(e)
		c.Collect, c.Command = a.words, a.command
	}
	if len(c.Evidence) > maxEvidence {
		c.Evidence = c.Evidence[:maxEvidence]
	}
	return c
}

// take answers by facts. Without evidence nothing is answered.
func (c *Check) take(v verdict) {
	c.Detail, c.Evidence = v.words, v.evidence
	if len(v.evidence) > 0 {
		c.Status = v.status
	}
}

// by answers by findings, whose titles fill the place of w.
func (c *Check) by(s Status, w Words, by []*finding.Finding) {
	c.Status = s
	var names titles
	for _, f := range by {
		if !slices.Contains(c.Findings, f.ID) {
			c.Findings = append(c.Findings, f.ID)
		}
		names = append(names, title{f.ID, f.Text})
		c.Evidence = append(c.Evidence, f.Evidence...)
	}
	w.Args = []any{names}
	c.Detail = w
}

// sort tells the findings of a check by what they do to it.
func (e *env) sort(s *spec) (bad, unsure, cured []*finding.Finding) {
	for i := range e.Findings {
		f := &e.Findings[i]
		if f.Machine != e.Machine || len(f.Evidence) == 0 || !s.concerns(f) {
			continue
		}
		switch decides := slices.Contains(s.findings, f.ID); {
		case !decides && !slices.Contains(s.hints, f.ID):
		case f.Severity == finding.Info:
			if f.Params["recovered"] != "" {
				cured = append(cured, f)
			}
		case decides && f.Severity == finding.Error && f.Confidence != finding.Possible:
			bad = append(bad, f)
		default:
			unsure = append(unsure, f)
		}
	}
	return bad, unsure, cured
}

// Merge makes one list of the lists of several machines: of each check the
// answer that asks for most attention, of the machine that comes first. Checks
// of the server are taken from servers, the others from clients, where the input
// has such machines; roles are those of the lists. Failed goes before warned,
// unknown before passed.
func Merge(lists [][]Check, roles []ingest.Role) []Check {
	rank := func(s Status) int { return slices.Index([]Status{Fail, Warn, Unknown, Pass}, s) }
	all := list()
	out := make([]Check, 0, len(all))
	for i := range all {
		server := all[i].group == Server
		belongs := func(n int) bool { return (roles[n] != ingest.Client) == server }
		any, best := false, -1
		for n := range lists {
			any = any || belongs(n)
		}
		for n := range lists {
			if any && !belongs(n) {
				continue
			}
			if best < 0 || rank(lists[n][i].Status) < rank(lists[best][i].Status) {
				best = n
			}
		}
		if best >= 0 {
			out = append(out, lists[best][i])
		}
	}
	return out
}
