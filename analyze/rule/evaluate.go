package rule

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

// Source reads records again. Evaluate asks file by file and mostly forward.
type Source interface {
	// Record returns record n of a file, the index in Evaluate's list.
	Record(file int, n uint32) Record
	// Time returns its UTC time in nanoseconds, that of its neighbour where
	// it has none. It is cheap.
	Time(file int, n uint32) int64
}

// File is what is known of a file before its candidates are evaluated.
type File struct {
	Machine    string
	Candidates []Candidate
	// End is the UTC time of its last record in nanoseconds.
	End int64
}

// Evidence points to a record.
type Evidence struct {
	File   int // index in Evaluate's list
	Record uint32
	Time   int64 // UTC, nanoseconds
}

// Match is a rule that holds for a machine, with all that spoke for it.
type Match struct {
	Rule    *Rule
	Machine string
	// Params are those of the latest event; keys are equal in all of them.
	Params map[string]string
	// Count is the number of events; one may show in several records.
	Count int
	// First and Last are UTC in nanoseconds.
	First, Last int64
	// Evidence holds the first and the last event's records and up to five
	// others between them, by time.
	Evidence []Evidence
	// Cured is the first later record that proves it mended (of several
	// tracked things, the last one), nil where none does. Rules with
	// DropCured are left out then.
	Cured *Evidence
	// Tracked are the latest parameters of each thing that the rule tracks,
	// by time; nil for rules that track nothing.
	Tracked []map[string]string
	// Stale is how long, in nanoseconds, the machine's logs go on after Last.
	Stale int64
}

// Lead is a record for the code that a rule names in found_by.
type Lead struct {
	Rule    *Rule
	Machine string
	Evidence
	Params map[string]string
}

// Result is what Evaluate found: matches ordered by machine (as files name
// them first), rule and time, and leads ordered by machine, file and record.
type Result struct {
	Matches []Match
	Leads   []Lead
}

const (
	// maxGroups bounds the matches of one rule on one machine that differ in
	// their key; what is beyond counts for the last of them.
	maxGroups = 256
	// maxWaiting bounds the events of a file that wait for their second record.
	maxWaiting = 256
	// maxEvents bounds the events of a file, or of one key in all files, that
	// may still gain a line.
	maxEvents = 4096
	// betweenEvidence is how many records between first and last are shown.
	betweenEvidence = 5

	second = 1_000_000_000
)

// Evaluate reads the candidates of all files and says which rules hold. facts
// may be nil. It returns ctx's error when cancelled.
func (m *Matcher) Evaluate(ctx context.Context, files []File, src Source, facts func(machine string) Facts) (Result, error) {
	var res Result
	var order []string
	byMachine := make(map[string][]int)
	for i, f := range files {
		if byMachine[f.Machine] == nil {
			order = append(order, f.Machine)
		}
		byMachine[f.Machine] = append(byMachine[f.Machine], i)
	}
	read := newReader(m, src)
	for _, name := range order {
		e := &evaluation{ctx: ctx, m: m, files: files, own: byMachine[name], src: src, read: read, machine: name,
			groups: make(map[groupsOf]map[string]*group), across: make(map[acrossKey][]*spread), direct: make(map[string]bool)}
		if facts != nil {
			e.facts = facts(name)
		}
		if err := e.run(&res); err != nil {
			return Result{}, err
		}
	}
	return res, nil
}

// evaluation is the work on one machine.
type evaluation struct {
	ctx     context.Context
	m       *Matcher
	files   []File
	own     []int // files of the machine
	src     Source
	read    *reader
	machine string
	facts   Facts
	groups  map[groupsOf]map[string]*group
	across  map[acrossKey][]*spread
	direct  map[string]bool // by Form.base: some form that is no fallback matched
	wanted  []bool          // patterns that an active rule uses, but for cures
	leads   []Lead

	// of the file at work
	events  map[eventKey]*event
	waiting []*hit
}

// groupsOf names the groups of a rule's forms, or of its fallback forms, which
// are told apart by the rule whose forms they are.
type groupsOf struct {
	rule     *Rule
	fallback bool
	base     string
}

func (h *hit) groupsOf() groupsOf {
	if !h.form.Fallback {
		return groupsOf{rule: h.p.rule}
	}
	return groupsOf{h.p.rule, true, h.form.base}
}

// groupsToTell returns the groups that count for a rule, by time: those of its
// fallback forms only where no other form matched.
func (e *evaluation) groupsToTell(r *Rule) (groups []*group, fallback bool) {
	groups = slices.Collect(maps.Values(e.groups[groupsOf{rule: r}]))
	if len(groups) == 0 {
		fallback = true
		for _, base := range append([]string{"", r.ID}, r.FormsOf...) {
			if !e.direct[base] {
				groups = slices.AppendSeq(groups, maps.Values(e.groups[groupsOf{r, true, base}]))
			}
		}
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(compareEvidence(a.first[0], b.first[0]), strings.Compare(a.key, b.key))
	})
	return groups, fallback
}

// hit is a main pattern's match.
type hit struct {
	p      *use
	form   *Form
	params map[string]string
	kind   int
	thread uint32
	at     []Evidence // its record, then its second record
	done   bool
}

// eventKey and event join lines of one event.
type eventKey struct {
	rule   *Rule
	key    string
	thread uint32
}

type event struct {
	start int64
	kinds uint64
}

func (e *evaluation) run(res *Result) error {
	active := e.activeRules()
	end := int64(0)
	for k, f := range e.own {
		if k == 0 || e.files[f].End > end {
			end = e.files[f].End
		}
		if err := e.file(f, active); err != nil {
			return err
		}
	}
	for _, r := range e.m.set.rules {
		groups, fallback := e.groupsToTell(r)
		if len(groups) == 0 {
			continue
		}
		if err := e.cure(r, fallback, groups); err != nil {
			return err
		}
		for _, m := range combine(r, several(r, groups)) {
			if m.Cured != nil && r.DropCured() {
				continue
			}
			m.Machine, m.Stale = e.machine, max(0, end-m.Last)
			res.Matches = append(res.Matches, m)
		}
	}
	res.Leads = append(res.Leads, e.leads...)
	return nil
}

// activeRules are those with a candidate for a main pattern: the others need
// no reading of their second records and cures.
func (e *evaluation) activeRules() map[*Rule]bool {
	active := make(map[*Rule]bool)
	seen := make([]bool, len(e.m.patterns))
	for _, f := range e.own {
		for _, c := range e.files[f].Candidates {
			if seen[c.pattern] {
				continue
			}
			seen[c.pattern] = true
			for _, u := range e.m.patterns[c.pattern].uses {
				if u.role == roleMain {
					active[u.rule] = true
				}
			}
		}
	}
	return active
}

// file evaluates the candidates of one file but for cures.
func (e *evaluation) file(f int, active map[*Rule]bool) error {
	e.events, e.waiting = make(map[eventKey]*event), nil
	if e.wanted == nil {
		e.wanted = e.wantedBy(active)
	}
	for n, c := range e.files[f].Candidates {
		if n%256 == 0 && e.ctx.Err() != nil {
			return e.ctx.Err()
		}
		if !e.wanted[c.pattern] {
			continue
		}
		uses := e.m.patterns[c.pattern].uses
		for i := range uses {
			u := &uses[i]
			switch {
			case !active[u.rule]:
			case u.role == roleMain:
				e.main(f, c, u)
			case u.role == roleThen:
				e.then(f, c, u)
			}
		}
	}
	for _, h := range e.waiting {
		e.finish(h)
	}
	return nil
}

// wantedBy marks the patterns that an active rule uses for anything but a cure.
func (e *evaluation) wantedBy(active map[*Rule]bool) []bool {
	wanted := make([]bool, len(e.m.patterns))
	for i := range e.m.patterns {
		for _, u := range e.m.patterns[i].uses {
			wanted[i] = wanted[i] || u.role != roleCure && active[u.rule]
		}
	}
	return wanted
}

func (e *evaluation) main(f int, c Candidate, p *use) {
	rec, got, ok := e.read.match(f, c)
	if !ok {
		return
	}
	at := Evidence{f, c.Record, rec.Time}
	if p.rule.FoundBy != "" {
		e.leads = append(e.leads, Lead{p.rule, e.machine, at, got.params})
		return
	}
	h := &hit{p: p, form: p.form, params: got.params, kind: p.kind + got.kind, thread: rec.Thread, at: []Evidence{at}}
	if p.form.Then == nil {
		e.finish(h)
		return
	}
	// An earlier one of this thread, or one too old, gets no second record
	// any more.
	for _, old := range e.waiting {
		if old.form == h.form && old.thread == h.thread || rec.Time-old.at[0].Time > old.form.Then.within() {
			e.finish(old)
		}
	}
	e.waiting = slices.DeleteFunc(e.waiting, func(h *hit) bool { return h.done })
	if len(e.waiting) == maxWaiting {
		e.finish(e.waiting[0])
		e.waiting = e.waiting[1:]
	}
	e.waiting = append(e.waiting, h)
}

func (e *evaluation) then(f int, c Candidate, p *use) {
	for _, h := range e.waiting {
		if h.form != p.form || h.done {
			continue
		}
		rec, got, ok := e.read.match(f, c)
		if !ok {
			return
		}
		if wait := rec.Time - h.at[0].Time; h.thread != rec.Thread || wait < 0 || wait > p.form.Then.within() {
			continue
		}
		params := maps.Clone(h.params)
		if params == nil {
			params = make(map[string]string)
		}
		maps.Copy(params, got.params)
		h.params = params
		h.at = append(h.at, Evidence{f, c.Record, rec.Time})
		e.finish(h)
		return
	}
}

// within is WithinSeconds in nanoseconds.
func (t *Then) within() int64 { return int64(t.WithinSeconds) * second }

// finish counts a hit that is complete, or drops it.
func (e *evaluation) finish(h *hit) {
	if h.done {
		return
	}
	h.done = true
	if t := h.form.Then; t != nil && !t.Optional && len(h.at) < 2 {
		return
	}
	v := values{h.params, e.facts}
	for _, c := range h.form.when {
		if !c.holds(v) {
			return
		}
	}
	r := h.p.rule
	key := joinParams(h.params, r.Key) + joinParams(h.params, r.Track)
	if h.form.base != "" && !h.form.Fallback {
		e.direct[h.form.base] = true
	}
	if r.AcrossLogs {
		e.spread(r, key, h)
		return
	}
	if g := e.group(h.groupsOf(), key); e.newEvent(r, key, h) {
		g.add(h, true)
	} else {
		g.join(h)
	}
}

// acrossKey and spread join lines of one event that stand in several logs.
type acrossKey struct {
	rule     *Rule
	fallback bool
	key      string
}

type spread struct {
	event
	group *group
	what  string // the first of track, in small letters
}

// maxApart is how many events on either side of a line's time are asked
// whether they are its own.
const maxApart = 64

// spread counts a hit of a rule with AcrossLogs: with the nearest event that
// has no line of its form yet, or as a new one.
func (e *evaluation) spread(r *Rule, key string, h *hit) {
	k := acrossKey{r, h.form.Fallback, joinParams(h.params, r.Key)}
	what := ""
	if len(r.Track) > 0 {
		what = strings.ToLower(h.params[r.Track[0]])
	}
	events := e.across[k]
	kind := uint64(1) << (h.kind & 63)
	at := h.at[0].Time
	i, _ := slices.BinarySearchFunc(events, at, func(s *spread, at int64) int { return cmp.Compare(s.start, at) })
	var nearest *spread
	for _, s := range events[max(0, i-maxApart):min(len(events), i+maxApart)] {
		apart := max(s.start-at, at-s.start)
		same := s.what == what || s.what == "" || what == ""
		if same && s.kinds&kind == 0 && apart <= int64(r.OneEventSeconds)*second &&
			(nearest == nil || apart < max(nearest.start-at, at-nearest.start)) {
			nearest = s
		}
	}
	if nearest != nil {
		nearest.kinds |= kind
		nearest.what = cmp.Or(nearest.what, what)
		nearest.group.join(h)
		return
	}
	g := e.group(h.groupsOf(), key)
	g.add(h, true)
	if len(events) < maxEvents {
		e.across[k] = slices.Insert(events, i, &spread{event{at, kind}, g, what})
	}
}

// newEvent says whether the hit is an event of its own, and not another line
// of the last one.
func (e *evaluation) newEvent(r *Rule, key string, h *hit) bool {
	if r.OneEventSeconds <= 0 {
		return true
	}
	k := eventKey{r, key, h.thread}
	kind := uint64(1) << (h.kind & 63)
	if last := e.events[k]; last != nil {
		apart := h.at[0].Time - last.start
		if last.kinds&kind == 0 && apart >= 0 && apart <= int64(r.OneEventSeconds)*second {
			last.kinds |= kind
			return false
		}
	}
	if len(e.events) > maxEvents {
		clear(e.events)
	}
	e.events[k] = &event{h.at[0].Time, kind}
	return true
}

func (e *evaluation) group(of groupsOf, key string) *group {
	groups := e.groups[of]
	if groups == nil {
		groups = make(map[string]*group)
		e.groups[of] = groups
	}
	if groups[key] == nil {
		if len(groups) >= maxGroups {
			key = overflowKey
		}
		if groups[key] == nil {
			groups[key] = &group{key: key, stride: 1}
		}
	}
	return groups[key]
}

// overflowKey stands for all keys beyond maxGroups; no key of parameters ends
// without its separator.
const overflowKey = "more"

// joinParams makes one string of the values of names, in small letters.
func joinParams(params map[string]string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(strings.ToLower(params[name]))
		b.WriteByte(0)
	}
	return b.String()
}

// reader reads and matches candidates. Logs repeat themselves: it keeps what
// it made of the last texts, so that a flood of one error runs no expression
// twice.
type reader struct {
	m    *Matcher
	src  Source
	file int
	n    uint32
	rec  Record
	have bool
	memo []map[string]remembered // by pattern
}

type remembered struct {
	capture
	ok bool
}

const (
	maxMemo     = 512  // texts a pattern
	maxMemoText = 2048 // bytes of a text
)

func newReader(m *Matcher, src Source) *reader {
	return &reader{m: m, src: src, memo: make([]map[string]remembered, len(m.patterns))}
}

func (r *reader) match(file int, c Candidate) (Record, capture, bool) {
	if !r.have || r.file != file || r.n != c.Record {
		r.rec, r.file, r.n, r.have = r.src.Record(file, c.Record), file, c.Record, true
	}
	p := r.m.patterns[c.pattern]
	text := p.text(r.rec)
	if old, ok := r.memo[c.pattern][string(text)]; ok {
		return r.rec, old.capture, old.ok
	}
	got, ok := p.match(text)
	if len(text) <= maxMemoText {
		memo := r.memo[c.pattern]
		if len(memo) == maxMemo {
			clear(memo)
		}
		if memo == nil {
			memo = make(map[string]remembered)
			r.memo[c.pattern] = memo
		}
		memo[string(text)] = remembered{got, ok}
	}
	return r.rec, got, ok
}
