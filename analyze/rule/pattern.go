package rule

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"patchtrail/analyze/code"
)

// Record is one record as Evaluate reads it. Its slices need to stay valid
// only until the next record is read.
type Record struct {
	// Text is the message; Raw the whole record with its columns, as the
	// scanner saw it. Text is a part of Raw, or Raw itself.
	Text, Raw []byte
	// Time is UTC in nanoseconds since 1970; that of its neighbour for a
	// record without one.
	Time   int64
	Thread uint32
}

const (
	// maxParam is the length in bytes at which a parameter's value is cut.
	maxParam = 1024
	// maxText is how many bytes of a record are matched: an expression reads
	// some 20 MB/s, and nothing that a rule looks for stands farther in.
	maxText = 64 << 10
)

// capture is what a pattern made of a record. It is shared and not changed.
type capture struct {
	params map[string]string
	kind   int // index in any of the fragment that was found, 0 without
}

// given says whether the pattern was written at all.
func (p *Pattern) given() bool {
	return len(p.Logs)+len(p.All)+len(p.Any)+len(p.None) > 0 || p.Regex != "" || p.Reads != ""
}

func (p *Pattern) text(r Record) []byte {
	text := r.Text
	if p.Reads == "record" {
		text = r.Raw
	}
	return text[:min(len(text), maxText)]
}

// mayMatch is the cheap test on a record's raw text, in which the anchor found
// stands, before it becomes a candidate: its message cannot hold what the
// record does not.
func (p *Pattern) mayMatch(raw []byte, found string) bool {
	for _, lit := range p.all {
		if lit != found && !containsFold(raw, lit) {
			return false
		}
	}
	return slices.Contains(p.any, found) || p.anyKind(raw) >= 0
}

// anyKind returns which fragment of any stands in text, 0 where the pattern
// has none, -1 where it should and does not.
func (p *Pattern) anyKind(text []byte) int {
	for i, lit := range p.any {
		if containsFold(text, lit) {
			return i
		}
	}
	if len(p.any) > 0 {
		return -1
	}
	return 0
}

// match tests text in full.
func (p *Pattern) match(text []byte) (capture, bool) {
	for _, lit := range p.all {
		if !containsFold(text, lit) {
			return capture{}, false
		}
	}
	kind := p.anyKind(text)
	if kind < 0 {
		return capture{}, false
	}
	for _, lit := range p.none {
		if containsFold(text, lit) {
			return capture{}, false
		}
	}
	if p.re == nil {
		return capture{kind: kind}, true
	}
	at := p.re.FindSubmatchIndex(text)
	if at == nil {
		return capture{}, false
	}
	params := make(map[string]string)
	for i, name := range p.names {
		if name != "" && at[2*i] >= 0 && at[2*i] < at[2*i+1] {
			params[name] = paramValue(text[at[2*i]:at[2*i+1]])
		}
	}
	nameCode(params)
	return capture{params: params, kind: kind}, true
}

// paramValue is b as valid UTF-8 of at most maxParam bytes.
func paramValue(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), maxParam+utf8.UTFMax)]), "\uFFFD")
	if len(s) <= maxParam {
		return s
	}
	cut := maxParam
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// nameCode makes a code of win32, writes a code as 0x%08x and adds its symbol
// and the HTTP status that it means, where there is a code and neither yet.
// Short numbers (WinHTTP's 12007) stay as they are.
func nameCode(params map[string]string) {
	if n, err := code.Parse(params["win32"]); err == nil && n > 0 && n <= 0xFFFF {
		params["code"] = fmt.Sprintf("0x8007%04x", n)
	}
	delete(params, "win32")
	c, ok := params["code"]
	if !ok {
		return
	}
	n, err := code.Parse(c)
	if err != nil {
		return
	}
	if n > 0xFFFF {
		params["code"] = fmt.Sprintf("0x%08x", n)
	}
	if params["symbol"] == "" {
		if symbol := code.Explain(n).Symbol; symbol != "" {
			params["symbol"] = symbol
		}
	}
	if status := httpStatus(n); status != 0 && params["status"] == "" {
		params["status"] = strconv.Itoa(status)
	}
}

// statuses are what the codes from WU_E_PT_HTTP_STATUS_BAD_REQUEST on stand
// for, in their order (wuerror.h).
var statuses = [...]int{400, 401, 403, 404, 405, 407, 408, 409, 410, 500, 501, 502, 503, 504, 505}

// httpStatus returns the status that an error code of Windows Update or BITS
// stands for, 0 for every other code.
func httpStatus(c uint32) int {
	const badRequest, facilityHTTP = 0x80244016, 0x80190000
	switch {
	case c >= badRequest && c < badRequest+uint32(len(statuses)):
		return statuses[c-badRequest]
	case c >= facilityHTTP+100 && c < facilityHTTP+600:
		return int(c - facilityHTTP)
	}
	return 0
}

// groups sets sure and maybe: the named groups that take part in every match
// of the expression, and all of them.
func (p *Pattern) groups() {
	p.sure, p.maybe = make(map[string]bool), make(map[string]bool)
	if p.re == nil {
		return
	}
	tree, err := syntax.Parse(p.re.String(), syntax.Perl)
	if err != nil {
		return // it compiled before
	}
	var walk func(t *syntax.Regexp, sure bool)
	walk = func(t *syntax.Regexp, sure bool) {
		switch t.Op {
		case syntax.OpStar, syntax.OpQuest, syntax.OpAlternate:
			sure = false
		case syntax.OpRepeat:
			sure = sure && t.Min > 0
		case syntax.OpCapture:
			if t.Name != "" {
				p.maybe[t.Name] = true
				if sure {
					p.sure[t.Name] = true
				}
			}
		}
		for _, sub := range t.Sub {
			walk(sub, sure)
		}
	}
	walk(tree, true)
	if p.maybe["win32"] {
		p.maybe["code"] = true
		p.sure["code"] = p.sure["code"] || p.sure["win32"]
		delete(p.maybe, "win32")
		delete(p.sure, "win32")
	}
	if p.maybe["code"] {
		p.maybe["symbol"], p.maybe["status"] = true, true
	}
}

// anchors returns the fragments, folded, of which at least one stands in every
// record that matches: the longest of all, or every one of any, whichever is
// longer. It is empty where no choice has minAnchor bytes.
func (p *Pattern) anchors() []string {
	best := ""
	for _, lit := range p.all {
		if len(lit) > len(best) {
			best = lit
		}
	}
	shortest := 0
	for i, lit := range p.any {
		if i == 0 || len(lit) < shortest {
			shortest = len(lit)
		}
	}
	switch {
	case max(len(best), shortest) < minAnchor:
		return nil
	case shortest > len(best):
		return p.any
	default:
		return []string{best}
	}
}
