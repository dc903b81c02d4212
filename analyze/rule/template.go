package rule

import (
	"strconv"
	"strings"

	"patchtrail/analyze/lang"
)

// A template is text with {name}, {fact.name} and {if CONDITION}...{else}...{end}
// in it; {{ stands for a brace. A name without a value is shown as unknown.
type template []node

// node is text, a name, or a choice.
type node struct {
	text      string
	name      string
	cond      *condition
	then, alt template
}

// maxTemplateDepth bounds choices within choices.
const maxTemplateDepth = 16

func parseTemplate(s string) (template, error) {
	t, rest, end, err := parseNodes(s, 0)
	if err != nil {
		return nil, err
	}
	if end != "" {
		return nil, lang.Fail("fault.template.no-if", end, near(rest))
	}
	return t, nil
}

// parseNodes reads up to {else} or {end}, which it returns in end, or the end
// of s.
func parseNodes(s string, depth int) (t template, rest, end string, err error) {
	if depth > maxTemplateDepth {
		return nil, s, "", lang.Fail("fault.template.depth", maxTemplateDepth)
	}
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			return append(t, node{text: s}), "", "", nil
		}
		if open > 0 {
			t = append(t, node{text: s[:open]})
			s = s[open:]
		}
		if strings.HasPrefix(s, "{{") {
			t = append(t, node{text: "{"})
			s = s[2:]
			continue
		}
		shut := strings.IndexByte(s, '}')
		if shut < 0 {
			return nil, s, "", lang.Fail("fault.template.open", near(s))
		}
		tag := s[1:shut]
		s = s[shut+1:]
		switch {
		case tag == "else" || tag == "end":
			return t, s, tag, nil
		case strings.HasPrefix(tag, "if "):
			var n node
			if n, s, err = parseChoice(tag[len("if "):], s, depth); err != nil {
				return nil, s, "", err
			}
			t = append(t, n)
		case isName(tag):
			t = append(t, node{name: tag})
		default:
			return nil, s, "", lang.Fail("fault.template.tag", tag)
		}
	}
	return t, "", "", nil
}

func parseChoice(cond, s string, depth int) (node, string, error) {
	c, err := parseCondition(cond)
	if err != nil {
		return node{}, s, err
	}
	n := node{cond: &c}
	var end string
	if n.then, s, end, err = parseNodes(s, depth+1); err != nil {
		return n, s, err
	}
	if end == "else" {
		if n.alt, s, end, err = parseNodes(s, depth+1); err != nil {
			return n, s, err
		}
	}
	if end != "end" {
		return n, s, lang.Fail("fault.template.no-end", cond)
	}
	return n, s, nil
}

func near(s string) lang.Text {
	if s == "" {
		return lang.Text{}
	}
	r := []rune(s)
	return lang.Say("fault.template.near", strconv.Quote(string(r[:min(len(r), 20)])))
}

// check calls use with each name the template shows or asks for, and guarded
// set where an {if} around it, or the {if} itself, covers its absence.
func (t template) check(use func(name string, guarded bool)) {
	t.walk(nil, use)
}

func (t template) walk(guards []string, use func(name string, guarded bool)) {
	for _, n := range t {
		switch {
		case n.name != "":
			guarded := false
			for _, g := range guards {
				guarded = guarded || g == n.name
			}
			use(n.name, guarded)
		case n.cond != nil:
			use(n.cond.name, true)
			then, alt := guards, guards
			switch n.cond.op {
			case "", "=", "<", "<=", ">", ">=", "in", "has":
				then = append(guards[:len(guards):len(guards)], n.cond.name)
			case "not":
				alt = append(guards[:len(guards):len(guards)], n.cond.name)
			}
			n.then.walk(then, use)
			n.alt.walk(alt, use)
		}
	}
}

func (t template) render(b *strings.Builder, v values, unknown string) {
	for _, n := range t {
		switch {
		case n.name != "":
			if s := v.get(n.name); s != "" {
				b.WriteString(s)
			} else {
				b.WriteString(unknown)
			}
		case n.cond != nil:
			if n.cond.holds(v) {
				n.then.render(b, v, unknown)
			} else {
				n.alt.render(b, v, unknown)
			}
		default:
			b.WriteString(n.text)
		}
	}
}

// Rendered is what a rule says of one match, in one language.
type Rendered struct {
	Title       string
	Cause       string
	Remediation []string
	Verify      []string
}

// Render words the rule in lang ("ja", else English) with a match's parameters
// and the machine's facts. Steps that come out empty are left out.
func (r *Rule) Render(lang string, params map[string]string, facts Facts) Rendered {
	text, unknown := r.EN, "(unknown)"
	if lang == "ja" {
		text, unknown = r.JA, "(不明)"
	}
	v := values{params, facts}
	one := func(t template) string {
		var b strings.Builder
		t.render(&b, v, unknown)
		return strings.TrimSpace(b.String())
	}
	list := func(ts []template) []string {
		out := []string{}
		for _, t := range ts {
			if s := one(t); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	return Rendered{one(text.title), one(text.cause), list(text.remediation), list(text.verify)}
}
