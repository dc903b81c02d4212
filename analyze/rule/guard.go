package rule

import "regexp/syntax"

// guards are what every match of an expression holds. To look for them is many
// times faster than to try the expression, and tells the codes of failure from
// 0x00000000.
type guards []guard

// guard is a literal, and right behind it one of some bytes.
type guard struct {
	literal string // folded
	next    [256]bool
}

// minGuard is the length in bytes of the shortest literal worth looking for.
const minGuard = 4

// newGuards finds the guards of an expression.
func newGuards(expression string) guards {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil
	}
	var out guards
	literal := ""
	var walk func(t *syntax.Regexp)
	walk = func(t *syntax.Regexp) {
		switch t.Op {
		case syntax.OpConcat, syntax.OpCapture:
			for _, sub := range t.Sub {
				walk(sub)
			}
			return
		case syntax.OpLiteral:
			literal += fold(string(t.Rune))
			return
		case syntax.OpPlus:
			t = t.Sub[0]
		case syntax.OpRepeat:
			if t.Min > 0 {
				t = t.Sub[0]
			}
		}
		if t.Op == syntax.OpCharClass && len(literal) >= minGuard {
			g := guard{literal: literal}
			g.allow(t.Rune)
			out = append(out, g)
		}
		literal = ""
	}
	walk(tree)
	return out
}

// allow takes in the ranges of a character class.
func (g *guard) allow(ranges []rune) {
	for i := 0; i < len(ranges); i += 2 {
		for c := ranges[i]; c <= min(ranges[i+1], 0x7f); c++ {
			g.next[c] = true
		}
		if ranges[i+1] > 0x7f {
			for c := 0x80; c < 0x100; c++ {
				g.next[c] = true
			}
		}
	}
}

// pass says whether the expression may match text.
func (g guards) pass(text []byte) bool {
	for i := len(g) - 1; i >= 0; i-- { // codes come last
		if !g[i].passes(text) {
			return false
		}
	}
	return true
}

// passes says whether the guard stands in text.
func (g *guard) passes(text []byte) bool {
	for {
		i := indexFold(text, g.literal)
		if i < 0 {
			return false
		}
		text = text[i+len(g.literal):]
		if len(text) > 0 && g.next[text[0]] {
			return true
		}
	}
}
