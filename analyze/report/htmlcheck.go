package report

import (
	"strings"

	"patchtrail/analyze/checklist"
)

// pageChecks are the checks of one group.
type pageChecks struct {
	Name string
	// Unknown are those that the bundle does not answer; Ask heads them.
	Checks, Unknown []pageCheck
	Ask             string
}

// pageCheck is a check with its answer, and what would settle it.
type pageCheck struct {
	Anchor, Class, Status, Title, Detail, Machine string
	Ask                                           pageAsk
	Evidence                                      []pageEvidence
}

// pageSymptom is what people report, with what may be behind it.
type pageSymptom struct {
	Title, Machine, Closing string
	Causes                  []pageCause
}

type pageCause struct{ Answer, Class, Title, Detail string }

// pageAsk is what to collect: words before and after a command to copy.
type pageAsk struct{ Before, Command, After string }

// pageCoverage is how far one log of a machine reaches.
type pageCoverage struct {
	Log, Machine, Status, Class, First, Last, Advice string
}

const (
	checkEvidence   = 2
	maxSymptomLists = 10 // machines
	maxCoverage     = 500
)

// checks shows the checklist by groups, the symptoms, and what is missing.
func (p *page) checks(d *pageData) {
	space := room(roomRest)
	done := 0
	for _, g := range checklist.Groups() {
		group := pageChecks{Name: g.Name().In(p.l)}
		for i := range p.res.Checklist {
			c := &p.res.Checklist[i]
			if c.Group != g {
				continue
			}
			if c.Status == checklist.Unknown {
				group.Unknown = append(group.Unknown, p.check(c, &space))
				continue
			}
			done++
			shown := p.check(c, &space)
			group.Checks = append(group.Checks, shown)
			if c.Status == checklist.Pass {
				d.RuledOut = append(d.RuledOut, shown)
			}
		}
		group.Ask = p.l.T("report.checks-unknown", len(group.Unknown))
		if len(group.Checks)+len(group.Unknown) > 0 {
			d.Checks = append(d.Checks, group)
		}
	}
	if n := len(p.res.Checklist); n > 0 {
		d.ChecksNote = p.l.T("report.checks-note", done, n)
	}
	p.symptoms(d, &space)
	p.coverage(d, &space)
}

func (p *page) check(c *checklist.Check, space *room) pageCheck {
	out := pageCheck{
		Anchor: "check-" + c.ID, Class: statusClass(c.Status), Status: p.l.T("check.status." + string(c.Status)), Title: c.Title.In(p.l),
		Detail: space.text(c.Detail.In(p.l), 1500), Machine: p.machine(c.Machine), Evidence: p.evidence(c.Evidence, checkEvidence, space),
	}
	out.Ask = ask(c.Collect.In(p.l), c.Command, space)
	return out
}

// ask takes what to collect apart into words and the command to copy.
func ask(words, command string, space *room) pageAsk {
	before, after, ok := strings.Cut(words, command)
	if command == "" || !ok {
		before, after = words, ""
	}
	return pageAsk{space.text(before, 1500), space.text(command, 1500), space.text(after, 500)}
}

func statusClass(s checklist.Status) string {
	return map[checklist.Status]string{checklist.Pass: "good", checklist.Fail: "error", checklist.Warn: "warning"}[s]
}

// symptoms shows those of the first machines that have any.
func (p *page) symptoms(d *pageData, space *room) {
	lists := 0
	for _, list := range p.res.Symptoms {
		if len(list) == 0 || lists == maxSymptomLists {
			continue
		}
		lists++
		for i := range list {
			s := &list[i]
			out := pageSymptom{Title: s.Title.In(p.l), Machine: p.machine(s.Machine), Closing: space.text(s.Closing.In(p.l), 1000)}
			for j := range s.Causes {
				c := &s.Causes[j]
				row := pageCause{Answer: c.Answer.Name().In(p.l), Title: c.Title.In(p.l), Detail: space.text(c.Detail.In(p.l), 1000)}
				row.Class = map[checklist.Answer]string{checklist.Confirmed: "error", checklist.Excluded: "good"}[c.Answer]
				out.Causes = append(out.Causes, row)
			}
			d.Symptoms = append(d.Symptoms, out)
		}
	}
}

// coverage lists the logs: those that are missing or begin too late first.
func (p *page) coverage(d *pageData, space *room) {
	for _, complete := range []bool{false, true} {
		for i := range p.res.Coverage {
			c := &p.res.Coverage[i]
			if (c.Status == checklist.Present && c.Advice.Key == "") != complete {
				continue
			}
			if !complete {
				d.Missing++
			}
			if len(d.Coverage) >= maxCoverage || !space.has(2000) {
				continue
			}
			row := pageCoverage{
				Log: c.Log, Machine: p.machine(c.Machine), Status: p.l.T("coverage-status." + string(c.Status)), First: p.clock(c.First, c.Machine), Last: p.clock(c.Last, c.Machine),
				Advice: space.text(c.Advice.In(p.l), 1000),
			}
			row.Class = class(complete, "good", "warning")
			*space -= 200
			d.Coverage = append(d.Coverage, row)
		}
	}
	if n := len(p.res.Coverage) - len(d.Coverage); n > 0 {
		d.MoreCoverage = p.l.T("report.more", Count(n))
	}
}
