package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
)

// FindUpdates returns the updates that a KB, a GUID or a part of a title means:
// by number, by the id of the update, its CI, deployment, content or job, else by
// the words of the title in any order. What is none of these is guessed: the one
// update that is most like it. A number or an id is never guessed. It is empty
// where nothing is like it.
func FindUpdates(res *analyze.Result, query string) (updates []*ledger.Update, guessed bool) {
	want := strings.ToLower(strings.Trim(strings.TrimSpace(query), "{}"))
	if want == "" {
		return nil, false
	}
	if id := lastGUID(want); id != "" {
		return byID(res, id), false
	}
	if n := strings.TrimSpace(strings.TrimPrefix(want, "kb")); strings.Trim(n, "0123456789") == "" && (len(n) >= 6 || n != want && n != "") {
		return updatesThat(res, func(u *ledger.Update) bool { return strings.EqualFold(u.KB, "KB"+n) }), false
	}
	words := strings.Fields(want)
	if out := updatesThat(res, func(u *ledger.Update) bool {
		name := strings.ToLower(u.KB + " " + u.Title)
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) })
	}); len(out) > 0 {
		return out, false
	}
	if m := fuzzy.Find(want, updateNames(res)); len(m) > 0 {
		return []*ledger.Update{&res.Updates[m[0].Index]}, true
	}
	return nil, false
}

func updatesThat(res *analyze.Result, fits func(u *ledger.Update) bool) []*ledger.Update {
	var out []*ledger.Update
	for i := range res.Updates {
		if fits(&res.Updates[i]) {
			out = append(out, &res.Updates[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *ledger.Update) int { // those that something happened to first
		return cmp.Compare(calm(a), calm(b))
	})
	return out
}

// byID returns the updates that an identifier belongs to.
func byID(res *analyze.Result, id string) []*ledger.Update {
	if out := updatesThat(res, func(u *ledger.Update) bool { return u.UpdateID == id }); len(out) > 0 {
		return out
	}
	_, places, _ := res.Ledger.Lookup(id)
	return updatesThat(res, func(u *ledger.Update) bool {
		return slices.ContainsFunc(places, func(i int) bool { return u == &res.Updates[i] })
	})
}

// lastGUID is the last GUID in a text, as in "Site_{…}/SUM_…"; "" if there is none.
func lastGUID(s string) string {
	const length = 36
	for i := len(s) - length; i >= 0; i-- {
		g := s[i : i+length]
		if g[8] == '-' && g[13] == '-' && g[18] == '-' && g[23] == '-' && strings.Trim(g, "0123456789abcdef-") == "" {
			return g
		}
	}
	return ""
}

func updateNames(res *analyze.Result) []string {
	out := make([]string, len(res.Updates))
	for i := range res.Updates {
		out[i] = strings.ToLower(res.Updates[i].KB + " " + res.Updates[i].Title)
	}
	return out
}

// NearUpdates names up to n updates of the result that are like a query which
// means none: by the letters that both have side by side.
func NearUpdates(res *analyze.Result, query string, n int) []string {
	type near struct {
		name  string
		score int
	}
	want := pairs(strings.ToLower(query))
	var all []near
	for i := range res.Updates {
		u := &res.Updates[i]
		score := 0
		for p := range pairs(strings.ToLower(u.Key + " " + u.Title + " " + u.UpdateID)) {
			if want[p] {
				score++
			}
		}
		name := u.Key
		if u.Title != "" && u.Title != u.Key {
			name += " (" + shorten(u.Title, 60) + ")"
		}
		if !slices.ContainsFunc(all, func(o near) bool { return o.name == name }) { // of several machines
			all = append(all, near{name, score})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(b.score, a.score) })
	var out []string
	for _, a := range all[:min(n, len(all))] {
		out = append(out, a.name)
	}
	return out
}

// pairs are the pairs of letters side by side in a text.
func pairs(s string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	last := ' '
	for _, r := range s {
		if r != ' ' && last != ' ' {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}

// maxStories is how many updates Why tells of whole; the others it names.
const maxStories = 5

// Why writes the story of updates, every sentence with the lines that prove it.
func Why(w io.Writer, res *analyze.Result, updates []*ledger.Update, opt Options) error {
	b, rows := bufio.NewWriter(&plain{w: w}), newLines(res)
	for i, u := range updates[:min(len(updates), maxStories)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, s := range Story(res, u, opt) {
			fmt.Fprintf(b, "%s\n", s.Text)
			for _, e := range s.Evidence[:min(len(s.Evidence), storyEvidence)] {
				writeLine(b, rows, opt.Zone, u.Machine, e)
			}
			for n, step := range s.Steps {
				if step = strings.ReplaceAll(step, "`", ""); s.Told != ToldStopped {
					fmt.Fprintf(b, "    -> %s\n", step)
				} else {
					fmt.Fprintf(b, "    %d. %s\n", n+1, step)
				}
			}
		}
	}
	if more := updates[min(len(updates), maxStories):]; len(more) > 0 {
		fmt.Fprintf(b, "\n%s\n", opt.lang().T("why.more", len(more)))
		for _, u := range more {
			fmt.Fprintf(b, "  %-10s %s\n", u.Key, shorten(u.Title, 100))
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
	message = strings.Join(strings.Fields(message), " ")
	fmt.Fprintf(b, "      %s%s:%d  %s\n", at, r.file.Path, r.meta.Line, shorten(message, 160))
}
