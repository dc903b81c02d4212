package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"patchtrail/analyze/code"
	"patchtrail/analyze/lang"
)

// checker checks and compiles one rule of a document.
type checker struct {
	doc   *document
	index int
	rule  *Rule
	errs  Errors
}

// fail notes a fault at a field, written as in "then.regex" or "also[1].all[0]".
func (c *checker) fail(field string, message, hint lang.Text) {
	c.errs = append(c.errs, &Error{File: c.doc.name, Line: c.doc.lineMap().line(c.index, field),
		Rule: ruleName(c.rule, c.index), Message: message, Hint: hint})
}

const (
	maxRegex     = 4 << 10
	maxLiteral   = 512
	maxLiterals  = 500
	maxSample    = 64 << 10
	maxSamples   = 200
	maxSeconds   = 24 * 3600
	maxFade      = 24 * 365 // hours
	defaultThen  = 2
	minTextRunes = 2
)

// check compiles the rule and notes all faults that it can see alone.
func (c *checker) check() {
	r := c.rule
	c.id()
	switch r.Severity {
	case SeverityError, SeverityWarning, SeverityInfo:
	default:
		c.fail("severity", lang.Say("fault.rule.is", "severity", strconv.Quote(string(r.Severity))), lang.Say("fault.hint.severity"))
	}
	switch r.Confidence {
	case "":
		r.Confidence = Certain
	case Certain, Likely, Possible:
	default:
		c.fail("confidence", lang.Say("fault.rule.is", "confidence", strconv.Quote(string(r.Confidence))), lang.Say("fault.hint.confidence"))
	}
	if r.Root == (len(r.ConsequenceOf) > 0) {
		c.fail("root", lang.Say("fault.rule.root"), lang.Say("fault.hint.root"))
	}
	switch r.WhenCured {
	case "", "info", "drop":
	default:
		c.fail("when_cured", lang.Say("fault.rule.is", "when_cured", strconv.Quote(r.WhenCured)), lang.Say("fault.hint.when-cured"))
	}
	if r.OneEventSeconds < 0 || r.OneEventSeconds > maxSeconds {
		c.fail("one_event_seconds", lang.Say("fault.rule.seconds", r.OneEventSeconds), lang.Say("fault.hint.range", 0, maxSeconds))
	}
	if r.FadesAfterHours < 0 || r.FadesAfterHours > maxFade {
		c.fail("fades_after_hours", lang.Say("fault.rule.hours", r.FadesAfterHours), lang.Say("fault.hint.range", 0, maxFade))
	}
	if r.AcrossLogs && r.OneEventSeconds == 0 {
		c.fail("across_logs", lang.Say("fault.rule.without", "across_logs", "one_event_seconds"), lang.Say("fault.hint.event"))
	}
	for i, link := range r.References {
		if !strings.HasPrefix(link, "https://") || strings.ContainsAny(link, " \"<>") {
			c.fail(fmt.Sprintf("references[%d]", i), lang.Say("fault.rule.link", strconv.Quote(link)), lang.Say("fault.hint.https"))
		}
	}
	c.shared()
	c.forms()
	c.cures()
	sure, maybe := c.params()
	c.key(maybe)
	c.text("en", r.EN, sure, maybe)
	c.text("ja", r.JA, sure, maybe)
	if len(c.errs) == 0 {
		c.samples()
	}
}

// shared checks forms_of and codes, which shareForms has carried out.
func (c *checker) shared() {
	r := c.rule
	if (len(r.FormsOf) == 0) != (len(r.Codes) == 0) {
		c.fail("forms_of", lang.Say("fault.rule.forms-of"), lang.Say("fault.hint.forms-of"))
	}
	for i, s := range r.Codes {
		start, more := strings.CutSuffix(s, "*")
		if more && len(start) >= len("0x8") && len(start) < len("0x80073712") {
			start += "00000000"[:len("0x80073712")-len(start)]
		}
		if n, err := code.Parse(start); err != nil || !strings.EqualFold(start, fmt.Sprintf("0x%08x", n)) {
			c.fail(fmt.Sprintf("codes[%d]", i), lang.Say("fault.rule.code", strconv.Quote(s)), lang.Say("fault.hint.code"))
		}
	}
}

func (c *checker) id() {
	id := c.rule.ID
	good := id != "" && len(id) <= 64 && id[0] != '-' && id[len(id)-1] != '-' && !strings.Contains(id, "--")
	for _, b := range []byte(id) {
		good = good && (b-'a' < 26 || b-'0' < 10 || b == '-')
	}
	if !good {
		c.fail("id", lang.Say("fault.rule.is", "id", strconv.Quote(id)), lang.Say("fault.hint.id"))
	}
}

// forms compiles the rule's patterns.
func (c *checker) forms() {
	r := c.rule
	r.forms = nil
	if r.Form.given() {
		r.forms = append(r.forms, &r.Form)
		c.form(&r.Form, "")
		if r.Fallback {
			c.fail("fallback", lang.Say("fault.rule.fallback"), lang.Say("fault.hint.also"))
		}
	} else if len(r.When) > 0 || r.Then != nil || r.Fallback {
		c.fail("when", lang.Say("fault.rule.no-pattern"), lang.Say("fault.hint.pattern"))
	}
	for i := range r.Also {
		f := &r.Also[i]
		if len(f.Logs) == 0 {
			f.Logs = r.Logs
		}
		r.forms = append(r.forms, f)
		c.form(f, fmt.Sprintf("also[%d].", i))
	}
	if len(r.forms) == 0 && r.FoundBy == "" {
		c.fail("all", lang.Say("fault.rule.no-literal"), lang.Say("fault.hint.literal", minAnchor))
	}
	if r.FoundBy+r.FoundAlsoBy != "" && !c.doc.builtin {
		c.fail("found_by", lang.Say("fault.rule.found-by"), lang.Say("fault.hint.describe"))
	}
	if r.FoundBy != "" && r.FoundAlsoBy != "" {
		c.fail("found_also_by", lang.Say("fault.rule.found-both"), lang.Say("fault.hint.found-by"))
	}
}

func (c *checker) form(f *Form, at string) {
	c.pattern(&f.Pattern, at)
	if t := f.Then; t != nil {
		if len(t.Logs) == 0 {
			t.Logs = f.Logs
		}
		if t.WithinSeconds < 0 || t.WithinSeconds > maxSeconds {
			c.fail(at+"then.within_seconds", lang.Say("fault.rule.seconds", t.WithinSeconds), lang.Say("fault.hint.range", 1, maxSeconds))
		} else if t.WithinSeconds == 0 {
			t.WithinSeconds = defaultThen
		}
		c.pattern(&t.Pattern, at+"then.")
	}
	if f.Several < 0 || f.Several > maxGroups || f.Several > 0 && len(c.rule.Track) == 0 {
		c.fail(at+"several", lang.Say("fault.rule.several", f.Several), lang.Say("fault.hint.several", maxGroups))
	}
	f.when = nil
	for i, s := range f.When {
		cond, err := parseCondition(s)
		if err != nil {
			c.fail(fmt.Sprintf("%swhen[%d]", at, i), lang.TextOf(err), lang.Say("fault.hint.condition"))
			continue
		}
		f.when = append(f.when, cond)
		known := f.maybe[cond.name] || f.Then != nil && f.Then.maybe[cond.name] || c.isFact(cond.name)
		if !known {
			c.fail(fmt.Sprintf("%swhen[%d]", at, i), lang.Say("fault.rule.condition-name", strconv.Quote(s), strconv.Quote(cond.name)),
				lang.Say("fault.hint.group-or-fact", strings.Join(KnownFacts(), " ")))
		}
	}
}

func (c *checker) isFact(name string) bool {
	fact, ok := strings.CutPrefix(name, factPrefix)
	return ok && slices.Contains(KnownFacts(), fact)
}

// pattern compiles one pattern; at is the path of its table with its dot.
func (c *checker) pattern(p *Pattern, at string) {
	p.all, p.any, p.none = c.literals(p.All, at+"all"), c.literals(p.Any, at+"any"), c.literals(p.None, at+"none")
	p.anyLog, p.logs = false, make(map[string]bool)
	for i, log := range p.Logs {
		switch {
		case log == "":
			c.fail(fmt.Sprintf("%slogs[%d]", at, i), lang.Say("fault.rule.empty-log"), lang.Say("fault.hint.component"))
		case log == "*":
			p.anyLog = true
		default:
			p.logs[fold(log)] = true
		}
	}
	if len(p.Logs) == 0 {
		c.fail(at+"logs", lang.Say("fault.rule.no-logs"), lang.Say("fault.hint.logs"))
	}
	if p.Reads != "" && p.Reads != "message" && p.Reads != "record" {
		c.fail(at+"reads", lang.Say("fault.rule.is", "reads", strconv.Quote(p.Reads)), lang.Say("fault.hint.reads"))
	}
	if len(p.anchors()) == 0 {
		c.fail(at+"all", lang.Say("fault.rule.no-anchor"), lang.Say("fault.hint.anchor", minAnchor))
	}
	c.regex(p, at+"regex")
}

func (c *checker) literals(lits []string, at string) []string {
	if len(lits) > maxLiterals {
		c.fail(at, lang.Say("fault.rule.literals", len(lits)), lang.Say("fault.hint.most", maxLiterals))
		return nil
	}
	var out []string
	for i, s := range lits {
		if strings.TrimSpace(s) == "" || len(s) > maxLiteral {
			c.fail(fmt.Sprintf("%s[%d]", at, i), lang.Say("fault.rule.literal-length", len(s)), lang.Say("fault.hint.range", 1, maxLiteral))
			continue
		}
		out = append(out, fold(s))
	}
	return out
}

func (c *checker) regex(p *Pattern, at string) {
	p.re, p.names = nil, nil
	if p.Regex != "" && len(p.Regex) <= maxRegex {
		re, err := regexp.Compile("(?i)" + p.Regex)
		if err != nil {
			c.fail(at, lang.Say("fault.rule.regex", lang.Regexp(err)), lang.Say("fault.hint.regex"))
		} else {
			p.re, p.names = re, re.SubexpNames()
		}
	} else if p.Regex != "" {
		c.fail(at, lang.Say("fault.rule.regex-length", len(p.Regex)), lang.Say("fault.hint.most", maxRegex))
	}
	for _, name := range p.names {
		if name != "" && (!isName(name) || strings.HasPrefix(name, factPrefix)) {
			c.fail(at, lang.Say("fault.rule.group", strconv.Quote(name)), lang.Say("fault.hint.name"))
		}
	}
	p.groups()
}

func (c *checker) cures() {
	r := c.rule
	for i := range r.CuredBy {
		cure := &r.CuredBy[i]
		at := fmt.Sprintf("cured_by[%d].", i)
		if len(cure.Logs) == 0 {
			cure.Logs = r.Logs
		}
		c.pattern(&cure.Pattern, at)
		for k, name := range cure.Same {
			if !cure.maybe[name] {
				c.fail(fmt.Sprintf("%ssame[%d]", at, k), lang.Say("fault.rule.cure-group", strconv.Quote(name)), lang.Say("fault.hint.cure-group"))
			}
		}
	}
	if r.WhenCured != "" && len(r.CuredBy) == 0 {
		c.fail("when_cured", lang.Say("fault.rule.without", "when_cured", "cured_by"), lang.Say("fault.hint.cured-by"))
	}
}

// params returns what every match captures, and what any may.
func (c *checker) params() (sure, maybe map[string]bool) {
	r := c.rule
	maybe = make(map[string]bool)
	for i, f := range r.forms {
		own := maps.Clone(f.sure)
		if own == nil {
			own = make(map[string]bool)
		}
		maps.Copy(maybe, f.maybe)
		if f.Then != nil {
			maps.Copy(maybe, f.Then.maybe)
			if !f.Then.Optional {
				maps.Copy(own, f.Then.sure)
			}
		}
		if i == 0 {
			sure = own
			continue
		}
		maps.DeleteFunc(sure, func(name string, _ bool) bool { return !own[name] })
	}
	switch {
	case r.FoundBy != "" || sure == nil:
		// Its code answers for the parameters, not the fragments.
		sure = make(map[string]bool)
	case r.FoundAlsoBy != "":
		maps.DeleteFunc(sure, func(name string, _ bool) bool { return !slices.Contains(r.Params, name) })
	}
	for i, name := range r.Params {
		optional := strings.HasSuffix(name, "?")
		name = strings.TrimSuffix(name, "?")
		if r.FoundBy+r.FoundAlsoBy == "" || !isName(name) || strings.HasPrefix(name, factPrefix) {
			c.fail(fmt.Sprintf("params[%d]", i), lang.Say("fault.rule.parameter", strconv.Quote(name)), lang.Say("fault.hint.params"))
			continue
		}
		maybe[name] = true
		if !optional && r.FoundBy != "" {
			sure[name] = true
		}
	}
	return sure, maybe
}

func (c *checker) key(maybe map[string]bool) {
	for i, name := range slices.Concat(c.rule.Key, c.rule.Track) {
		field := fmt.Sprintf("key[%d]", i)
		if k := i - len(c.rule.Key); k >= 0 {
			field = fmt.Sprintf("track[%d]", k)
		}
		if !maybe[name] {
			c.fail(field, lang.Say("fault.rule.no-parameter", strconv.Quote(name)), lang.Say("fault.hint.group"))
		}
	}
	for i, cure := range c.rule.CuredBy {
		for k, name := range cure.Same {
			if !slices.Contains(c.rule.Key, name) && !slices.Contains(c.rule.Track, name) {
				c.fail(fmt.Sprintf("cured_by[%d].same[%d]", i, k), lang.Say("fault.rule.not-key", strconv.Quote(name)), lang.Say("fault.hint.one-of"))
			}
		}
	}
}

// text parses the templates of one language.
func (c *checker) text(tongue string, t *Text, sure, maybe map[string]bool) {
	if t == nil {
		c.fail(tongue, lang.Say("fault.rule.no-text", tongue), lang.Say("fault.hint.texts"))
		return
	}
	one := func(field, s string) template {
		if len([]rune(strings.TrimSpace(s))) < minTextRunes {
			c.fail(tongue+"."+field, lang.Say("fault.rule.no-words", field, tongue), lang.Say("fault.hint.write"))
			return nil
		}
		tmpl, err := parseTemplate(s)
		if err != nil {
			c.fail(tongue+"."+field, lang.TextOf(err), lang.Say("fault.hint.template"))
			return nil
		}
		tmpl.check(func(name string, guarded bool) { c.use(tongue+"."+field, name, guarded, sure, maybe) })
		return tmpl
	}
	list := func(field string, steps []string) []template {
		if len(steps) == 0 {
			c.fail(tongue+"."+field, lang.Say("fault.rule.no-words", field, tongue), lang.Say("fault.hint.step"))
		}
		var out []template
		for i, s := range steps {
			out = append(out, one(fmt.Sprintf("%s[%d]", field, i), s))
		}
		return out
	}
	t.title, t.cause = one("title", t.Title), one("cause", t.Cause)
	t.remediation, t.verify = list("remediation", t.Remediation), list("verify", t.Verify)
	if tongue == "ja" && !isJapanese(t.Title) {
		c.fail("ja.title", lang.Say("fault.rule.japanese"), lang.Say("fault.hint.japanese"))
	}
}

// use checks a name in a template.
func (c *checker) use(field, name string, guarded bool, sure, maybe map[string]bool) {
	switch {
	case c.isFact(name):
		if !guarded {
			c.fail(field, lang.Say("fault.rule.not-known", name), lang.Say("fault.hint.if", name))
		}
	case strings.HasPrefix(name, factPrefix):
		c.fail(field, lang.Say("fault.rule.no-fact", strconv.Quote(name)), lang.Say("fault.hint.facts", strings.Join(KnownFacts(), " ")))
	case !maybe[name]:
		c.fail(field, lang.Say("fault.rule.template-parameter", strconv.Quote(name)), lang.Say("fault.hint.parameters", strings.Join(slices.Sorted(maps.Keys(maybe)), " ")))
	case !sure[name] && !guarded:
		c.fail(field, lang.Say("fault.rule.not-sure", name), lang.Say("fault.hint.if", name))
	}
}

func isJapanese(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) {
			return true
		}
	}
	return false
}

// checkAmong checks what needs the other rules.
func (c *checker) checkAmong(s *Set) {
	for i, id := range c.rule.FormsOf {
		if base := s.byID[id]; base == nil || id == c.rule.ID || len(base.FormsOf) > 0 || len(base.forms) == 0 {
			c.fail(fmt.Sprintf("forms_of[%d]", i), lang.Say("fault.rule.no-forms", strconv.Quote(id)), lang.Say("fault.hint.forms"))
		}
	}
	for i, id := range c.rule.ConsequenceOf {
		if s.byID[id] == nil || id == c.rule.ID {
			c.fail(fmt.Sprintf("consequence_of[%d]", i), lang.Say("fault.rule.no-such-rule", strconv.Quote(id)), lang.Say("fault.hint.root-rule"))
		}
	}
}

// samples runs the rule over its samples.
func (c *checker) samples() {
	r := c.rule
	if len(r.Samples.Hit) == 0 && len(r.forms) > 0 {
		c.fail("samples.hit", lang.Say("fault.rule.no-hit"), lang.Say("fault.hint.hit"))
	}
	if len(r.Samples.Miss) == 0 && len(r.forms) > 0 {
		c.fail("samples.miss", lang.Say("fault.rule.no-miss"), lang.Say("fault.hint.miss"))
	}
	if len(r.Samples.Cured) == 0 && len(r.CuredBy) > 0 {
		c.fail("samples.cured", lang.Say("fault.rule.no-cured"), lang.Say("fault.hint.cured"))
	}
	if len(r.forms) == 0 && len(r.Samples.Hit)+len(r.Samples.Miss)+len(r.Samples.Cured) > 0 {
		c.fail("samples", lang.Say("fault.rule.samples-alone"), lang.Say("fault.hint.samples"))
		return
	}
	if n := len(r.Samples.Hit) + len(r.Samples.Miss) + len(r.Samples.Cured); n > maxSamples {
		c.fail("samples", lang.Say("fault.rule.samples", n), lang.Say("fault.hint.most", maxSamples))
		return
	}
	if c.doc.builtin {
		return
	}
	for _, bad := range r.CheckSamples() {
		c.fail(bad.Field, bad.Message, bad.Hint)
	}
}
