package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// FindUpdates returns the updates that a KB, a GUID or a part of a title means:
// by number or id, else by words of the title, else the one that is most like
// it. It is empty where nothing is like it.
func FindUpdates(res *analyze.Result, query string) []*ledger.Update {
	query = strings.TrimSpace(query)
	want := strings.ToLower(strings.Trim(query, "{}"))
	pick := func(fits func(u *ledger.Update) bool) []*ledger.Update {
		var out []*ledger.Update
		for i := range res.Updates {
			if fits(&res.Updates[i]) {
				out = append(out, &res.Updates[i])
			}
		}
		return out
	}
	if want == "" {
		return nil
	}
	if out := pick(func(u *ledger.Update) bool {
		return strings.EqualFold(u.KB, want) || strings.EqualFold(u.KB, "KB"+want) || u.UpdateID == want
	}); len(out) > 0 {
		return out
	}
	if out := pick(func(u *ledger.Update) bool { return strings.Contains(strings.ToLower(u.Title), want) }); len(out) > 0 {
		return out
	}
	titles := make([]string, len(res.Updates))
	for i := range res.Updates {
		titles[i] = res.Updates[i].KB + " " + res.Updates[i].Title
	}
	if m := fuzzy.Find(query, titles); len(m) > 0 {
		return []*ledger.Update{&res.Updates[m[0].Index]}
	}
	return nil
}

// Why writes the story of updates in plain words: what happened when, where
// each stands, what stopped it and what to do, every sentence with the lines
// that prove it.
func Why(w io.Writer, res *analyze.Result, updates []*ledger.Update, opt Options) error {
	s := story{b: bufio.NewWriter(w), res: res, rows: newLines(res), opt: opt, l: opt.lang()}
	for i, u := range updates {
		if i > 0 {
			s.b.WriteByte('\n')
		}
		s.update(u)
	}
	return s.b.Flush()
}

type story struct {
	b    *bufio.Writer
	res  *analyze.Result
	rows *lines
	opt  Options
	l    lang.Lang
}

// storyEvidence is how many lines stand under a sentence.
const storyEvidence = 2

func (s *story) say(key string, args ...any) { fmt.Fprintf(s.b, "%s\n", s.l.T(key, args...)) }

func (s *story) update(u *ledger.Update) {
	name := u.Title
	if !strings.Contains(name, u.KB) {
		name = strings.TrimSpace(u.KB + " " + name)
	}
	s.say("why.update", name, s.res.MachineID(u.Machine))
	s.say("why.now", s.l.T("update-state."+string(u.Now)), s.clock(u, u.Since))
	if u.NowBy != record.None {
		s.evidence(u, []record.ID{u.NowBy})
	}
	for i := range u.Stages {
		s.stage(u, &u.Stages[i])
	}
	for i := range u.Attempts {
		s.attempt(u, &u.Attempts[i])
	}
	s.fit(u)
	s.stopped(u)
}

func (s *story) clock(u *ledger.Update, utc int64) string {
	if utc == 0 {
		return s.l.T("why.unknown-time")
	}
	return s.opt.Zone.Clock(utc, s.res.Machines[u.Machine].Zone)
}

func (s *story) stage(u *ledger.Update, g *ledger.Stage) {
	if g.State == ledger.StageUnknown {
		return
	}
	name, state := s.l.T("stage."+string(g.Name)), s.l.T("stage-state."+string(g.State))
	if g.Code != 0 {
		state += " " + Hex(g.Code)
	}
	switch {
	case g.Start != 0 && g.End != 0 && g.End != g.Start:
		s.say("why.stage-took", name, state, s.clock(u, g.Start), Duration(g.End-g.Start))
	default:
		s.say("why.stage", name, state, s.clock(u, max(g.Start, g.End)))
	}
	s.evidence(u, g.Evidence)
}

func (s *story) attempt(u *ledger.Update, a *ledger.Attempt) {
	result := s.l.T("result." + string(a.Result))
	if a.Code != 0 {
		result += " " + Hex(a.Code)
	}
	limit := Duration(int64(a.Max.Seconds)*1e9) + " (" + s.l.T("max."+string(a.Max.Source)) + ")"
	if a.Known() {
		s.say("why.attempt", s.clock(u, a.Started), Duration(a.Runtime()), limit, s.l.T("verdict."+string(a.Verdict)), result, a.Caller)
	} else {
		s.say("why.attempt-open", s.clock(u, a.Started), s.clock(u, a.Ended), limit, result, a.Caller)
	}
	s.evidence(u, a.Evidence)
}

func (s *story) fit(u *ledger.Update) {
	for _, f := range s.res.Fits {
		if f.Machine != u.Machine || f.Update != u.Key {
			continue
		}
		s.say("cli.needs", f.Update, length(f.Required), length(f.Longest), s.l.T("fit."+string(f.Reason)))
		for _, c := range f.Cures {
			fmt.Fprintf(s.b, "    -> %s\n", Cure(c, f.Update, s.l))
		}
	}
}

// stopped names the causes that hold the update back, and what to do.
func (s *story) stopped(u *ledger.Update) {
	for i := range s.res.Findings {
		f := &s.res.Findings[i]
		if !f.Root || f.Severity == finding.Info || f.Machine != u.Machine || !slices.Contains(f.Updates, u.Key) {
			continue
		}
		t := f.Text[s.l]
		s.say("why.stopped", t.Title, t.Cause)
		for _, e := range f.Evidence[:min(len(f.Evidence), storyEvidence)] {
			s.line(u, e)
		}
		for n, step := range t.Remediation {
			fmt.Fprintf(s.b, "    %d. %s\n", n+1, strings.ReplaceAll(step, "`", ""))
		}
	}
}

func (s *story) evidence(u *ledger.Update, ids []record.ID) {
	for _, e := range finding.Records(ids[:min(len(ids), storyEvidence)]...) {
		s.line(u, e)
	}
}

// line writes one line of evidence.
func (s *story) line(u *ledger.Update, e finding.Evidence) {
	r, timed := s.rows.of(e)
	at := ""
	if timed {
		at = s.clock(u, r.meta.Time) + " "
	}
	message, _, _ := strings.Cut(strings.TrimSpace(r.message), "\n")
	fmt.Fprintf(s.b, "      %s%s:%d  %s\n", at, r.file.Path, r.meta.Line, shorten(strings.TrimSpace(message), 160))
}
