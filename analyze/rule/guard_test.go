package rule

import (
	"regexp"
	"testing"
)

// TestGuard holds that a guard never says no where its expression matches, and
// does say no where it should save the trial.
func TestGuard(t *testing.T) {
	const success, failure = "Update 1 (g) finished installing (0x00000000), Reboot Required? No", "Update 1 (g) finished INSTALLING (0X80240022), Reboot"
	for _, c := range []struct {
		expression string
		guarded    bool
		no, yes    string
	}{
		{`finished installing \((?P<code>0x[89a-f][0-9a-f]{7})\)`, true, success, failure},
		{`(?P<update>\w+)\) finished installing \(0x[89a-f]+`, true, success, failure},
		{`installing \((?:0x|-)[89a-f2]`, false, "", failure},
		{`installing|(?:reboot) [89]`, false, "", success},
		{`(?:installing [89])*`, false, "", success},
		{`結果 = [^0]`, true, "結果 = 0", "結果 = エラー"},
		{`status: [1-9]\d*`, true, "status: 0, status: ", "status: 0, Status: 5"},
		{`code=[89`, false, "", ""},
		{`Update \d+ .*installing \((?P<code>0x[89a-f][0-9a-f]{7})`, true, success, failure},
	} {
		g := newGuards("(?i)" + c.expression)
		if (len(g) > 0) != c.guarded {
			t.Errorf("%s: guard %v", c.expression, g)
			continue
		}
		if c.guarded && g.pass([]byte(c.no)) {
			t.Errorf("%s passes %q", c.expression, c.no)
		}
		if !g.pass([]byte(c.yes)) {
			t.Errorf("%s does not pass %q", c.expression, c.yes)
		}
	}
}

// TestGuardsOfRules holds that the guards of the product's rules let every
// sample of theirs through that the expression matches.
func TestGuardsOfRules(t *testing.T) {
	set := builtin(t)
	var texts []string
	for _, r := range set.rules {
		texts = append(append(append(texts, r.Samples.Hit...), r.Samples.Miss...), r.Samples.Cured...)
	}
	guarded := 0
	for _, p := range set.Matcher().patterns {
		if p.re == nil {
			continue
		}
		g := newGuards(p.re.String())
		if len(g) == 0 {
			continue
		}
		guarded++
		re := regexp.MustCompile(p.re.String())
		for _, text := range texts {
			if re.MatchString(text) && !g.pass([]byte(text)) {
				t.Errorf("the guard of %s keeps %q out", p.Regex, text)
			}
		}
	}
	if guarded == 0 || len(texts) == 0 {
		t.Errorf("%d guards, %d samples", guarded, len(texts))
	}
}
