package rule

import (
	"strconv"
	"strings"

	"patchtrail/analyze/lang"
)

// A condition is "name", "not name" or "name OP value" over parameters and
// facts ("fact.os"). OP is = != < <= > >= in not-in has lacks. Texts compare without
// case, those of lists with a * at the end by how they begin; < and its kin compare numbers and are false for anything else. A name
// without a value makes all but "not", "!=", "not-in" and "lacks" false.
type condition struct {
	name  string
	op    string // "", "not" or one of the above
	value string
	list  []string // of in and not-in
}

// conditionOps in the order in which they are looked for.
var conditionOps = [...]string{"!=", "<=", ">=", "=", "<", ">", "in", "not-in", "has", "lacks"}

func parseCondition(s string) (condition, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	rest = strings.TrimSpace(rest)
	if name == "not" && isName(rest) {
		return condition{name: rest, op: "not"}, nil
	}
	if !isName(name) {
		return condition{}, lang.Fail("fault.condition.form", strconv.Quote(s))
	}
	if rest == "" {
		return condition{name: name}, nil
	}
	op, value, _ := strings.Cut(rest, " ")
	value = strings.TrimSpace(value)
	known := false
	for _, o := range conditionOps {
		known = known || o == op
	}
	if !known {
		return condition{}, lang.Fail("fault.condition.operator", strconv.Quote(s), strconv.Quote(op), strings.Join(conditionOps[:], " "))
	}
	if value == "" {
		return condition{}, lang.Fail("fault.condition.no-value", strconv.Quote(s), strconv.Quote(op))
	}
	c := condition{name: name, op: op, value: value}
	switch op {
	case "in", "not-in":
		for v := range strings.SplitSeq(value, ",") {
			c.list = append(c.list, strings.TrimSpace(v))
		}
	case "<", "<=", ">", ">=":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return condition{}, lang.Fail("fault.condition.number", strconv.Quote(s), strconv.Quote(value))
		}
	}
	return c, nil
}

// isName says whether s is a parameter's name, or a fact's with "fact.".
func isName(s string) bool {
	s = strings.TrimPrefix(s, factPrefix)
	if s == "" || s == "not" {
		return false
	}
	for i, c := range []byte(s) {
		letter := c-'a' < 26 || c == '_'
		if !letter && (i == 0 || c-'0' >= 10) {
			return false
		}
	}
	return true
}

// factPrefix tells a fact from a parameter.
const factPrefix = "fact."

// values looks names up in parameters and facts.
type values struct {
	params map[string]string
	facts  Facts
}

func (v values) get(name string) string {
	if fact, ok := strings.CutPrefix(name, factPrefix); ok {
		return v.facts[fact]
	}
	return v.params[name]
}

func (c condition) holds(v values) bool {
	have := v.get(c.name)
	switch c.op {
	case "":
		return have != ""
	case "not":
		return have == ""
	case "!=":
		return !strings.EqualFold(have, c.value)
	case "lacks":
		return !strings.Contains(strings.ToLower(have), strings.ToLower(c.value))
	case "not-in":
		return !c.lists(have)
	}
	if have == "" {
		return false
	}
	switch c.op {
	case "=":
		return strings.EqualFold(have, c.value)
	case "has":
		return strings.Contains(strings.ToLower(have), strings.ToLower(c.value))
	case "in":
		return c.lists(have)
	}
	a, errA := strconv.ParseFloat(have, 64)
	b, errB := strconv.ParseFloat(c.value, 64)
	if errA != nil || errB != nil {
		return false
	}
	switch c.op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	default:
		return a >= b
	}
}

// lists says whether one of the list is meant.
func (c condition) lists(have string) bool {
	for _, want := range c.list {
		start, more := strings.CutSuffix(want, "*")
		if len(have) >= len(start) && strings.EqualFold(have[:len(start)], start) && (more || len(have) == len(start)) {
			return true
		}
	}
	return false
}
