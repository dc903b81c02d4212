package checklist

import (
	"fmt"
	"slices"
	"strings"

	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
)

// Words are a sentence of assets/lang and what fills its places: strings,
// numbers, or values that are worded in each language.
type Words struct {
	Key  string
	Args []any
}

// In returns the sentence in a language, "" for no words.
func (w Words) In(l lang.Lang) string {
	if w.Key == "" {
		return ""
	}
	args := make([]any, len(w.Args))
	for i, a := range w.Args {
		if t, ok := a.(interface{ In(lang.Lang) string }); ok {
			a = t.In(l)
		}
		args[i] = a
	}
	return l.T(w.Key, args...)
}

// title is that of a finding.
type title struct {
	id   string
	text map[lang.Lang]finding.Text
}

// titles are the titles of findings in one line.
type titles []title

// maxTitles is how many titles are named.
const maxTitles = 3

// In joins the titles, each once; a finding without words is named by its id.
func (t titles) In(l lang.Lang) string {
	var names []string
	for _, f := range t {
		name := f.text[l].Title
		if name == "" {
			name = f.id
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names); n > maxTitles {
		names = append(names[:maxTitles], fmt.Sprintf("… (+%d)", n-maxTitles))
	}
	return strings.Join(names, " / ")
}

// names writes a list, cut where it is long.
func names(all []string) string {
	const most = 5
	if n := len(all); n > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(", … (+%d)", n-most)
	}
	return strings.Join(all, ", ")
}

// words returns those of the check that is being answered.
func (e *env) words(variant string, args ...any) Words {
	return Words{Key: "check." + e.id + "." + variant, Args: args}
}

// say makes a verdict of evidence.
func (e *env) say(s Status, variant string, at []finding.Evidence, args ...any) verdict {
	return verdict{s, e.words(variant, args...), at}
}

// common are the words of no single check.
var common = []string{
	"check.finding", "check.recovered", "check.collect.run", "check.collect.add", "check.collect.open",
	"check.collect.server", "check.collect.server-add", "check.collect.try",
	"check.status.pass", "check.status.fail", "check.status.warn", "check.status.unknown",
}

// Keys returns the keys of assets/lang that the package uses, sorted.
func Keys() []string {
	out := slices.Clone(common)
	for _, g := range Groups() {
		out = append(out, g.Name().Key)
	}
	for _, s := range list() {
		for _, v := range append([]string{"title", "unknown"}, s.says...) {
			out = append(out, "check."+s.id+"."+v)
		}
	}
	for _, v := range []string{"absent", "rolled-over", "rolled-over.sized", "level", "level-unknown"} {
		out = append(out, "coverage."+v)
	}
	out = append(out, symptomKeys()...)
	slices.Sort(out)
	return slices.Compact(out)
}
