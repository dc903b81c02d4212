package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"patchtrail/ingest/record"
)

// Candidate is a record that may match, with the pattern that it may match.
// It has 8 bytes; a log has about one in a thousand records.
type Candidate struct {
	Record  uint32
	pattern uint32
}

// Matcher finds what the rules of a set speak of. One serves all files at once;
// nothing that it says ever changes.
type Matcher struct {
	set      *Set
	patterns []pattern
	anyLog   []uint64            // bit set of the patterns for every log
	byLog    map[string][]uint64 // and of those for a log, by folded name
	byCure   map[*Cure][]uint64  // and of those of a cure

	mu       sync.Mutex
	searches map[string]*search // by the bit set of their patterns
}

// search finds the literals of some of the patterns. Each log has rules of its
// own: few literals, and none shorter than its own rules need, make a search
// that is several times faster than one for all.
type search struct {
	grams    *grams
	byAnchor [][]uint32 // patterns by index of the literal in grams
}

// pattern is a pattern with all the places that use it: many rules look for the
// same line, and differ in the code that stands in it.
type pattern struct {
	*Pattern
	uses []use
	// early says that the regular expression is tried on the record where it is
	// found, while its text is at hand: for what begins a match, which healthy
	// logs hold much of with codes of success, and where the whole record can
	// stand for its message.
	early  bool
	guards guards // of the expression of an early one
}

// matchesEarly says whether the expression matches a record, or may do so where
// that is too long to be tried twice.
func (p *pattern) matchesEarly(rec []byte) bool {
	return len(rec) > maxText || p.guards.pass(rec) && p.re.Match(rec)
}

// use is one of a rule's patterns in its place.
type use struct {
	rule *Rule
	role role
	form *Form // of main and then
	kind int   // number of the form's first kind of event; see Form.kinds
	cure *Cure
}

type role uint8

const (
	roleMain role = iota
	roleThen
	roleCure
)

// Matcher compiles the set.
func (s *Set) Matcher() *Matcher {
	m := &Matcher{set: s, byLog: make(map[string][]uint64), byCure: make(map[*Cure][]uint64), searches: make(map[string]*search)}
	seen := make(map[string]int)
	add := func(p *Pattern, u use) {
		key := p.key()
		at, ok := seen[key]
		if !ok {
			at = len(m.patterns)
			seen[key] = at
			m.patterns = append(m.patterns, pattern{Pattern: p})
		}
		m.patterns[at].uses = append(m.patterns[at].uses, u)
		if u.role == roleMain && p.re != nil && !strings.ContainsAny(p.Regex, "^$") && !strings.Contains(p.Regex, `\A`) && !strings.Contains(p.Regex, `\z`) {
			m.patterns[at].early = true
			if m.patterns[at].guards == nil {
				m.patterns[at].guards = newGuards(p.re.String())
			}
		}
	}
	for _, r := range s.rules {
		kind := 0
		for _, form := range r.forms {
			add(&form.Pattern, use{r, roleMain, form, kind, nil})
			kind += max(1, len(form.any))
			if form.Then != nil {
				add(&form.Then.Pattern, use{r, roleThen, form, 0, nil})
			}
		}
		for i := range r.CuredBy {
			c := &r.CuredBy[i]
			add(&c.Pattern, use{r, roleCure, nil, 0, c})
		}
	}
	m.anyLog = m.bits()
	for i, p := range m.patterns {
		for _, u := range p.uses {
			if u.cure == nil {
				continue
			}
			if m.byCure[u.cure] == nil {
				m.byCure[u.cure] = m.bits()
			}
			setBit(m.byCure[u.cure], i)
		}
		if p.anyLog {
			setBit(m.anyLog, i)
		}
		for log := range p.logs {
			if m.byLog[log] == nil {
				m.byLog[log] = m.bits()
			}
			setBit(m.byLog[log], i)
		}
	}
	return m
}

// search returns that for the patterns of a bit set, made once.
func (m *Matcher) search(wanted []uint64) *search {
	key := fmt.Sprint(wanted)
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.searches[key]; s != nil {
		return s
	}
	s := &search{}
	var lits []string
	index := make(map[string]int)
	for i, p := range m.patterns {
		if !hasBit(wanted, i) {
			continue
		}
		for _, lit := range p.anchors() {
			at, ok := index[lit]
			if !ok {
				at = len(lits)
				index[lit] = at
				lits = append(lits, lit)
				s.byAnchor = append(s.byAnchor, nil)
			}
			s.byAnchor[at] = append(s.byAnchor[at], uint32(i))
		}
	}
	s.grams = newGrams(lits)
	m.searches[key] = s
	return s
}

// key is equal for patterns that match the same records in the same way.
func (p *Pattern) key() string {
	return fmt.Sprintf("%q", [][]string{p.Logs, {p.Reads, p.Regex}, p.All, p.Any, p.None})
}

// Set returns the rules of the matcher.
func (m *Matcher) Set() *Set { return m.set }

func (m *Matcher) bits() []uint64 { return make([]uint64, (len(m.patterns)+63)/64) }

func setBit(b []uint64, i int)      { b[i>>6] |= 1 << (i & 63) }
func hasBit(b []uint64, i int) bool { return b[i>>6]>>(i&63)&1 != 0 }
func union(b, other []uint64) []uint64 {
	out := slices.Clone(b)
	for i, w := range other {
		out[i] |= w
	}
	return out
}

// LogName returns a log's name as rules use it: the base name of its path, in
// small letters, without extension and without the date that a rollover puts
// there ("C:\...\WUAHandler-20250318-090000.log" is "wuahandler").
func LogName(file string) string {
	if i := strings.LastIndexAny(file, `\!`); i >= 0 {
		file = file[i+1:]
	}
	name := fold(path.Base(file))
	name = strings.TrimSuffix(name, path.Ext(name))
	const rolled = "-00000000-000000"
	if at := len(name) - len(rolled); at > 0 {
		same := true
		for i, c := range []byte(name[at:]) {
			same = same && (c == rolled[i] || rolled[i] == '0' && c-'0' < 10)
		}
		if same {
			name = name[:at]
		}
	}
	return name
}

// Scanner looks for candidates in one file, block by block. It is for one
// goroutine; different files have different scanners.
type Scanner struct {
	m     *Matcher
	base  []uint64   // patterns for the file's format and name, and for every log
	allow [][]uint64 // by component of the file
	all   []uint64   // of base and every component
	find  *search    // for all
	cands []Candidate
}

// Scanner returns a scanner for a file of that format (its name in package
// format) and path.
func (m *Matcher) Scanner(format, file string) *Scanner {
	s := &Scanner{m: m, base: m.anyLog}
	for _, name := range []string{fold(format), LogName(file)} {
		if b := m.byLog[name]; b != nil {
			s.base = union(s.base, b)
		}
	}
	return s
}

// Block looks through text, of which recs are the records in order: each from
// its Off up to the next one's. components are the file's component names by
// index, which may grow from block to block (record.Batch.Components); first
// is the number in the file of recs[0]. Nothing is kept of the arguments.
func (s *Scanner) Block(text []byte, recs []record.Rec, components []string, first uint32) {
	if len(recs) == 0 {
		return
	}
	s.admit(components)
	s.find.grams.scan(text, func(lit, off int) { s.hit(text, recs, first, lit, off) })
}

// admit takes in the components that are new, and searches for what they need.
func (s *Scanner) admit(components []string) {
	all := s.all
	if all == nil {
		all = s.base
	}
	for i := len(s.allow); i < len(components); i++ {
		allow := s.base
		if b := s.m.byLog[fold(components[i])]; b != nil {
			allow = union(allow, b)
			all = union(all, b)
		}
		s.allow = append(s.allow, allow)
	}
	if s.find == nil || !slices.Equal(all, s.all) {
		s.all, s.find = all, s.m.search(all)
	}
}

// hit makes candidates of the patterns of a literal found at text[off:].
func (s *Scanner) hit(text []byte, recs []record.Rec, first uint32, lit, off int) {
	i, exact := slices.BinarySearchFunc(recs, off, func(r record.Rec, off int) int { return r.Off - off })
	if !exact {
		i--
	}
	if i < 0 {
		return
	}
	end := len(text)
	if i+1 < len(recs) {
		end = min(end, recs[i+1].Off)
	}
	allow := s.base
	if c := int(recs[i].Component); c < len(s.allow) {
		allow = s.allow[c]
	}
	rec := text[recs[i].Off:end]
	for _, n := range s.find.byAnchor[lit] {
		p := &s.m.patterns[n]
		if !hasBit(allow, int(n)) || !p.mayMatch(rec, s.find.grams.lits[lit]) || p.early && !p.matchesEarly(rec) {
			continue
		}
		c := Candidate{first + uint32(i), n}
		if n := len(s.cands); n == 0 || s.cands[n-1] != c {
			s.cands = append(s.cands, c)
		}
	}
}

// Candidates returns what was found so far, ordered by record. The scanner
// must not be used afterwards.
func (s *Scanner) Candidates() []Candidate {
	slices.SortFunc(s.cands, func(a, b Candidate) int {
		if a.Record != b.Record {
			return int(int64(a.Record) - int64(b.Record))
		}
		return int(a.pattern) - int(b.pattern)
	})
	return slices.Compact(s.cands)
}
