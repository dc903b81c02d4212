package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"patchtrail/analyze/code"
)

// checker checks and compiles one rule of a document.
type checker struct {
	doc   *document
	index int
	rule  *Rule
	errs  Errors
}

// fail notes a fault at a field, written as in "then.regex" or "also[1].all[0]".
func (c *checker) fail(field, message, hint string) {
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
		c.fail("severity", fmt.Sprintf("severity is %q", r.Severity), "error, warning or info")
	}
	switch r.Confidence {
	case "":
		r.Confidence = Certain
	case Certain, Likely, Possible:
	default:
		c.fail("confidence", fmt.Sprintf("confidence is %q", r.Confidence), "certain, likely or possible")
	}
	if r.Root == (len(r.ConsequenceOf) > 0) {
		c.fail("root", "neither root nor consequence_of, or both", "root = true, or consequence_of = [\"id of the root\"]")
	}
	switch r.WhenCured {
	case "", "info", "drop":
	default:
		c.fail("when_cured", fmt.Sprintf("when_cured is %q", r.WhenCured), "info or drop")
	}
	if r.OneEventSeconds < 0 || r.OneEventSeconds > maxSeconds {
		c.fail("one_event_seconds", fmt.Sprintf("%d seconds", r.OneEventSeconds), fmt.Sprintf("0 to %d", maxSeconds))
	}
	if r.FadesAfterHours < 0 || r.FadesAfterHours > maxFade {
		c.fail("fades_after_hours", fmt.Sprintf("%d hours", r.FadesAfterHours), fmt.Sprintf("0 to %d", maxFade))
	}
	if r.AcrossLogs && r.OneEventSeconds == 0 {
		c.fail("across_logs", "across_logs without one_event_seconds", "say within how many seconds lines are one event")
	}
	for i, link := range r.References {
		if !strings.HasPrefix(link, "https://") || strings.ContainsAny(link, " \"<>") {
			c.fail(fmt.Sprintf("references[%d]", i), fmt.Sprintf("reference %q is no link", link), "https://...")
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
		c.fail("forms_of", "forms_of without codes, or codes without it", "name the rule and the codes to take from it")
	}
	for i, s := range r.Codes {
		start, more := strings.CutSuffix(s, "*")
		if more && len(start) >= len("0x8") && len(start) < len("0x80073712") {
			start += "00000000"[:len("0x80073712")-len(start)]
		}
		if n, err := code.Parse(start); err != nil || !strings.EqualFold(start, fmt.Sprintf("0x%08x", n)) {
			c.fail(fmt.Sprintf("codes[%d]", i), fmt.Sprintf("code %q", s), "write it as 0x80073712, or a family as 0xc19*")
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
		c.fail("id", fmt.Sprintf("id is %q", id), "small letters, digits and single hyphens, such as scan-timeout")
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
			c.fail("fallback", "the first form is a fallback", "move it into [[rule.also]]")
		}
	} else if len(r.When) > 0 || r.Then != nil || r.Fallback {
		c.fail("when", "when, then or fallback without a pattern", "add logs and all or any")
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
		c.fail("all", "no literal", fmt.Sprintf("add all or any with a fragment of at least %d bytes that stands in the log", minAnchor))
	}
	if r.FoundBy+r.FoundAlsoBy != "" && !c.doc.builtin {
		c.fail("found_by", "found_by is for the product's own rules", "describe the records with all, any and regex")
	}
	if r.FoundBy != "" && r.FoundAlsoBy != "" {
		c.fail("found_also_by", "found_by and found_also_by", "found_by where code alone decides, else found_also_by")
	}
}

func (c *checker) form(f *Form, at string) {
	c.pattern(&f.Pattern, at)
	if t := f.Then; t != nil {
		if len(t.Logs) == 0 {
			t.Logs = f.Logs
		}
		if t.WithinSeconds < 0 || t.WithinSeconds > maxSeconds {
			c.fail(at+"then.within_seconds", fmt.Sprintf("%d seconds", t.WithinSeconds), fmt.Sprintf("1 to %d", maxSeconds))
		} else if t.WithinSeconds == 0 {
			t.WithinSeconds = defaultThen
		}
		c.pattern(&t.Pattern, at+"then.")
	}
	if f.Several < 0 || f.Several > maxGroups || f.Several > 0 && len(c.rule.Track) == 0 {
		c.fail(at+"several", fmt.Sprintf("several = %d", f.Several), fmt.Sprintf("1 to %d, in a rule that tracks something", maxGroups))
	}
	f.when = nil
	for i, s := range f.When {
		cond, err := parseCondition(s)
		if err != nil {
			c.fail(fmt.Sprintf("%swhen[%d]", at, i), err.Error(), `such as "status >= 400"`)
			continue
		}
		f.when = append(f.when, cond)
		known := f.maybe[cond.name] || f.Then != nil && f.Then.maybe[cond.name] || c.isFact(cond.name)
		if !known {
			c.fail(fmt.Sprintf("%swhen[%d]", at, i), fmt.Sprintf("condition %q: no parameter or fact %q", s, cond.name),
				"name a group of the regex, or fact.NAME: "+strings.Join(KnownFacts(), " "))
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
			c.fail(fmt.Sprintf("%slogs[%d]", at, i), "empty name of a log", "a component such as WUAHandler")
		case log == "*":
			p.anyLog = true
		default:
			p.logs[fold(log)] = true
		}
	}
	if len(p.Logs) == 0 {
		c.fail(at+"logs", "no logs", `name components or formats, or logs = ["*"]`)
	}
	if p.Reads != "" && p.Reads != "message" && p.Reads != "record" {
		c.fail(at+"reads", fmt.Sprintf("reads is %q", p.Reads), "message or record")
	}
	if len(p.anchors()) == 0 {
		c.fail(at+"all", "no literal that finds the record",
			fmt.Sprintf("all needs one of at least %d bytes, or else any only such", minAnchor))
	}
	c.regex(p, at+"regex")
}

func (c *checker) literals(lits []string, at string) []string {
	if len(lits) > maxLiterals {
		c.fail(at, fmt.Sprintf("%d literals", len(lits)), fmt.Sprintf("at most %d", maxLiterals))
		return nil
	}
	var out []string
	for i, s := range lits {
		if strings.TrimSpace(s) == "" || len(s) > maxLiteral {
			c.fail(fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("literal of %d bytes", len(s)), fmt.Sprintf("1 to %d", maxLiteral))
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
			c.fail(at, fmt.Sprintf("bad regex: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: ")),
				"Go syntax: no look-around, no back reference; groups are (?P<name>...)")
		} else {
			p.re, p.names = re, re.SubexpNames()
		}
	} else if p.Regex != "" {
		c.fail(at, fmt.Sprintf("regex of %d bytes", len(p.Regex)), fmt.Sprintf("at most %d", maxRegex))
	}
	for _, name := range p.names {
		if name != "" && (!isName(name) || strings.HasPrefix(name, factPrefix)) {
			c.fail(at, fmt.Sprintf("group %q", name), "small letters, digits and _")
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
				c.fail(fmt.Sprintf("%ssame[%d]", at, k), fmt.Sprintf("the cure captures no %q", name), "add the group to its regex")
			}
		}
	}
	if r.WhenCured != "" && len(r.CuredBy) == 0 {
		c.fail("when_cured", "when_cured without cured_by", "add [[rule.cured_by]]")
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
			c.fail(fmt.Sprintf("params[%d]", i), fmt.Sprintf("parameter %q", name), "only for rules with found_by or found_also_by: small letters, digits and _, with a ? where it may be missing")
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
			c.fail(field, fmt.Sprintf("no parameter %q", name), "name a group of the regex")
		}
	}
	for i, cure := range c.rule.CuredBy {
		for k, name := range cure.Same {
			if !slices.Contains(c.rule.Key, name) && !slices.Contains(c.rule.Track, name) {
				c.fail(fmt.Sprintf("cured_by[%d].same[%d]", i, k), fmt.Sprintf("%q is in neither key nor track", name), "add it to one of them")
			}
		}
	}
}

// text parses the templates of one language.
func (c *checker) text(lang string, t *Text, sure, maybe map[string]bool) {
	if t == nil {
		c.fail(lang, fmt.Sprintf("no [rule.%s]", lang), "texts are needed in en and ja")
		return
	}
	one := func(field, s string) template {
		if len([]rune(strings.TrimSpace(s))) < minTextRunes {
			c.fail(lang+"."+field, fmt.Sprintf("no %s in %s", field, lang), "write it")
			return nil
		}
		tmpl, err := parseTemplate(s)
		if err != nil {
			c.fail(lang+"."+field, err.Error(), "{name}, {fact.name}, {if name = value}...{else}...{end}")
			return nil
		}
		tmpl.check(func(name string, guarded bool) { c.use(lang+"."+field, name, guarded, sure, maybe) })
		return tmpl
	}
	list := func(field string, steps []string) []template {
		if len(steps) == 0 {
			c.fail(lang+"."+field, fmt.Sprintf("no %s in %s", field, lang), "write at least one step")
		}
		var out []template
		for i, s := range steps {
			out = append(out, one(fmt.Sprintf("%s[%d]", field, i), s))
		}
		return out
	}
	t.title, t.cause = one("title", t.Title), one("cause", t.Cause)
	t.remediation, t.verify = list("remediation", t.Remediation), list("verify", t.Verify)
	if lang == "ja" && !isJapanese(t.Title) {
		c.fail("ja.title", "the Japanese title holds no Japanese", "write it in Japanese")
	}
}

// use checks a name in a template.
func (c *checker) use(field, name string, guarded bool, sure, maybe map[string]bool) {
	switch {
	case c.isFact(name):
		if !guarded {
			c.fail(field, fmt.Sprintf("template: {%s} may not be known", name), fmt.Sprintf("write {if %s}...{end} around it", name))
		}
	case strings.HasPrefix(name, factPrefix):
		c.fail(field, fmt.Sprintf("template: no fact %q", name), "facts: "+strings.Join(KnownFacts(), " "))
	case !maybe[name]:
		c.fail(field, fmt.Sprintf("template: no parameter %q", name), "parameters: "+strings.Join(slices.Sorted(maps.Keys(maybe)), " "))
	case !sure[name] && !guarded:
		c.fail(field, fmt.Sprintf("template: {%s} is not in every match", name), fmt.Sprintf("write {if %s}...{end} around it", name))
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
			c.fail(fmt.Sprintf("forms_of[%d]", i), fmt.Sprintf("no other rule %q with forms of its own", id), "name the rule whose forms to take")
		}
	}
	for i, id := range c.rule.ConsequenceOf {
		if s.byID[id] == nil || id == c.rule.ID {
			c.fail(fmt.Sprintf("consequence_of[%d]", i), fmt.Sprintf("no other rule has the id %q", id), "name the rule of the root")
		}
	}
}

// samples runs the rule over its samples.
func (c *checker) samples() {
	r := c.rule
	if len(r.Samples.Hit) == 0 && len(r.forms) > 0 {
		c.fail("samples.hit", "no sample that hits", "add records that the rule must find")
	}
	if len(r.Samples.Miss) == 0 && len(r.forms) > 0 {
		c.fail("samples.miss", "no near miss", "add records that look alike and must not be found")
	}
	if len(r.Samples.Cured) == 0 && len(r.CuredBy) > 0 {
		c.fail("samples.cured", "no sample that ends cured", "add records that are found and then cured")
	}
	if len(r.forms) == 0 && len(r.Samples.Hit)+len(r.Samples.Miss)+len(r.Samples.Cured) > 0 {
		c.fail("samples", "samples without a pattern", "remove them, or add all or any")
		return
	}
	if n := len(r.Samples.Hit) + len(r.Samples.Miss) + len(r.Samples.Cured); n > maxSamples {
		c.fail("samples", fmt.Sprintf("%d samples", n), fmt.Sprintf("at most %d", maxSamples))
		return
	}
	if c.doc.builtin {
		return
	}
	for _, bad := range r.CheckSamples() {
		c.fail(bad.Field, bad.Message, bad.Hint)
	}
}
