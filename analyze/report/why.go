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

// Told says what a sentence of a story is about.
type Told int

// The parts of a story, in their order.
const (
	ToldName Told = iota // which update, on which machine
	ToldNow              // where it stands
	ToldStage
	ToldAttempt
	ToldFit     // Steps are what would help
	ToldStopped // a cause that holds it back, Steps are what to do
)

// Sentence is a part of an update's story, with the lines that prove it.
type Sentence struct {
	Told Told
	Text string
	// Steps may hold commands between backquotes.
	Steps    []string
	Evidence []finding.Evidence
	// Index is that of the stage, the attempt or the finding that it tells of.
	Index int
}

// Story tells what happened to an update in plain words: where it stands, each
// stage and each attempt, whether it fits, what stopped it and what to do.
func Story(res *analyze.Result, u *ledger.Update, opt Options) []Sentence {
	s := story{res: res, u: u, opt: opt, l: opt.lang()}
	s.say(ToldName, 0, nil, "why.update", s.name(), res.MachineID(u.Machine))
	var now []record.ID
	if u.NowBy != record.None {
		now = []record.ID{u.NowBy}
	}
	s.say(ToldNow, 0, now, "why.now", s.l.T("update-state."+string(u.Now)), s.clock(u.Since))
	for i := range u.Stages {
		s.stage(i, &u.Stages[i])
	}
	for i := range u.Attempts {
		s.attempt(i, &u.Attempts[i])
	}
	s.fit()
	s.stopped()
	return s.out
}

// Why writes the story of updates, every sentence with the lines that prove it.
func Why(w io.Writer, res *analyze.Result, updates []*ledger.Update, opt Options) error {
	b, rows := bufio.NewWriter(&plain{w: w}), newLines(res)
	for i, u := range updates {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, s := range Story(res, u, opt) {
			fmt.Fprintf(b, "%s\n", s.Text)
			for _, e := range s.Evidence[:min(len(s.Evidence), storyEvidence)] {
				writeLine(b, rows, opt.Zone, u.Machine, e)
			}
			for n, step := range s.Steps {
				if s.Told == ToldFit {
					fmt.Fprintf(b, "    -> %s\n", step)
				} else {
					fmt.Fprintf(b, "    %d. %s\n", n+1, strings.ReplaceAll(step, "`", ""))
				}
			}
		}
	}
	return b.Flush()
}

// storyEvidence is how many lines Why writes under a sentence.
const storyEvidence = 2

// writeLine writes one line of evidence.
func writeLine(b *bufio.Writer, rows *lines, zone Zone, machine int, e finding.Evidence) {
	r, timed := rows.of(e)
	at := ""
	if timed {
		at = zone.Clock(r.meta.Time, rows.res.Machines[machine].Zone) + " "
	}
	message, _, _ := strings.Cut(strings.TrimSpace(r.message), "\n")
	fmt.Fprintf(b, "      %s%s:%d  %s\n", at, r.file.Path, r.meta.Line, shorten(strings.TrimSpace(message), 160))
}

// story puts the sentences of an update together.
type story struct {
	out []Sentence
	res *analyze.Result
	u   *ledger.Update
	opt Options
	l   lang.Lang
}

func (s *story) say(told Told, index int, proof []record.ID, key string, args ...any) {
	s.out = append(s.out, Sentence{Told: told, Index: index, Text: s.l.T(key, args...), Evidence: finding.Records(proof...)})
}

func (s *story) name() string {
	name := s.u.Title
	if !strings.Contains(name, s.u.KB) {
		name = strings.TrimSpace(s.u.KB + " " + name)
	}
	return name
}

func (s *story) clock(utc int64) string {
	if utc == 0 {
		return s.l.T("why.unknown-time")
	}
	return s.opt.Zone.Clock(utc, s.res.Machines[s.u.Machine].Zone)
}

func (s *story) stage(i int, g *ledger.Stage) {
	if g.State == ledger.StageUnknown {
		return
	}
	name, state := s.l.T("stage."+string(g.Name)), s.l.T("stage-state."+string(g.State))
	if g.Code != 0 {
		state += " " + Hex(g.Code)
	}
	switch {
	case g.Start != 0 && g.End != 0 && g.End != g.Start:
		s.say(ToldStage, i, g.Evidence, "why.stage-took", name, state, s.clock(g.Start), Duration(g.End-g.Start))
	default:
		s.say(ToldStage, i, g.Evidence, "why.stage", name, state, s.clock(max(g.Start, g.End)))
	}
}

func (s *story) attempt(i int, a *ledger.Attempt) {
	result := s.l.T("result." + string(a.Result))
	if a.Code != 0 {
		result += " " + Hex(a.Code)
	}
	limit := Duration(int64(a.Max.Seconds)*1e9) + " (" + s.l.T("max."+string(a.Max.Source)) + ")"
	if a.Known() {
		s.say(ToldAttempt, i, a.Evidence, "why.attempt", s.clock(a.Started), Duration(a.Runtime()), limit, s.l.T("verdict."+string(a.Verdict)), result, a.Caller)
	} else {
		s.say(ToldAttempt, i, a.Evidence, "why.attempt-open", s.clock(a.Started), s.clock(a.Ended), limit, result, a.Caller)
	}
}

func (s *story) fit() {
	for i, f := range s.res.Fits {
		if f.Machine != s.u.Machine || f.Update != s.u.Key {
			continue
		}
		s.say(ToldFit, i, nil, "cli.needs", f.Update, length(f.Required), length(f.Longest), s.l.T("fit."+string(f.Reason)))
		for _, c := range f.Cures {
			last := &s.out[len(s.out)-1]
			last.Steps = append(last.Steps, Cure(c, f.Update, s.l))
		}
	}
}

// stopped names the causes that hold the update back, and what to do.
func (s *story) stopped() {
	for i := range s.res.Findings {
		f := &s.res.Findings[i]
		if !f.Root || f.Severity == finding.Info || f.Machine != s.u.Machine || !slices.Contains(f.Updates, s.u.Key) {
			continue
		}
		t := f.Text[s.l]
		s.out = append(s.out, Sentence{
			Told: ToldStopped, Index: i, Text: s.l.T("why.stopped", t.Title, t.Cause), Evidence: f.Evidence, Steps: t.Remediation,
		})
	}
}
