package ledger

import (
	"cmp"
	"math"
	"slices"

	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
)

// family is a group of logs that tell of attempts, the most trusted first.
type family uint8

const (
	byReporting family = iota
	byClient           // WUAHandler, UpdatesHandler, UpdatesDeployment
	byEventLog
	byAgent // WindowsUpdate.log, traces
	families
)

// slack is how far apart two logs may time the same thing.
const slack = 2 * 60 * second

// try is an attempt as one family tells it.
type try struct {
	Attempt
	rev      uint32
	rows     *row
	resulted bool // its result is stated, not only guessed
	told     [families]bool
	closedBy record.ID // the record that says how it ended, record.None while open
	sessions int       // lines of CBS.log in its evidence
	// waited is set once it needed a restart, confirmed is what then said how it
	// ended.
	waited    bool
	confirmed moment
}

// open begins a try of an update.
func (u *row) open(f family, e *event, caller string) *try {
	t := &try{Attempt: Attempt{Started: e.time, Caller: caller, Result: Open, Evidence: []record.ID{e.id}}, rev: e.rev, rows: u, closedBy: record.None}
	u.tries[f] = append(u.tries[f], t)
	return t
}

// close ends a try.
func (t *try) close(e *event, r Result, c uint32) {
	t.Ended, t.Result, t.Code = e.time, r, c
	t.waited, t.closedBy = t.waited || r == PendingRestart, e.id
	t.Evidence = append(t.Evidence, e.id)
}

// attempt puts the attempts of all updates together.
func (m *machine) attempt() {
	b := batches{m: m, added: map[*row]record.ID{}}
	a := agentLog{m: m}
	for i := range m.events {
		e := m.events[i]
		switch e.source {
		case reportingEvents:
			m.reported(e)
		case updatesHandler, wuaHandler, updatesDeployment:
			b.event(e)
		case eventUpdates:
			m.logged(e)
		case updateAgent:
			a.event(e)
		}
	}
	for _, u := range m.rows {
		m.merge(u)
	}
}

// resultOf is how an installation ended that came back with an HRESULT.
func resultOf(c uint32, restart bool) (Result, uint32) {
	switch {
	case c == CancelledCode, c == CancelledCode>>4, c == CancelledJob: // as the article spells it, without the last digit
		if c == CancelledCode>>4 {
			c = CancelledCode
		}
		return Cancelled, c
	case c == rebootRequired || c == 0 && restart:
		return PendingRestart, 0
	case c == 0:
		return Succeeded, 0
	}
	return Failed, c
}

// rebootRequired is WU_S_REBOOT_REQUIRED.
const rebootRequired = 0x00240005

// reported reads an event of ReportingEvents.log.
func (m *machine) reported(e *event) {
	if e.kind != evReporting {
		return
	}
	u := m.of(e)
	if u == nil {
		return
	}
	var r Result
	var c uint32
	switch e.n {
	case reporting.InstallingStarted:
		u.open(byReporting, e, e.caller())
		return
	case reporting.InstallingFailed:
		if r, c = resultOf(e.code, false); r != Cancelled {
			r, c = Failed, e.code
		}
	case reporting.InstallingSucceeded:
		r = Succeeded
	case reporting.InstallingPending:
		r = PendingRestart
	default:
		return
	}
	var last *try // of the same revision and caller
	for i := len(u.tries[byReporting]) - 1; i >= 0 && last == nil; i-- {
		if t := u.tries[byReporting][i]; t.rev == e.rev && t.Caller == e.caller() {
			last = t
		}
	}
	switch {
	case last != nil && last.Result == Open:
		last.close(e, r, c)
	case last != nil && last.Result == PendingRestart:
		last.afterRestart(e, r, c)
	case last != nil && r == Succeeded && last.Result != Succeeded:
		// Nothing rolled away in between: the installer went on by itself.
		last.installedAfter(e)
	default: // its start rolled away
		t := u.open(byReporting, e, e.caller())
		t.Started, t.Evidence = 0, nil
		t.close(e, r, c)
	}
}

// afterRestart takes what came of a try that waited for a restart: its run time
// ended when the wait began.
func (t *try) afterRestart(e *event, r Result, c uint32) {
	t.waited = true
	if r != PendingRestart {
		t.Result, t.Code, t.confirmed = r, c, moment{e.time, e.id}
	}
	t.Evidence = append(t.Evidence, e.id)
}

func (t *try) installedAfter(e *event) {
	if t.InstalledAfter == 0 {
		t.InstalledAfter = e.time
		t.Evidence = append(t.Evidence, e.id)
	}
}

// logged reads an event of WindowsUpdateClient. The same event stands in two
// logs, moments apart.
func (m *machine) logged(e *event) {
	u := m.of(e)
	if u == nil || e.kind != evEventStart && e.kind != evEventEnd {
		return
	}
	const twin = 2 * second
	var last *try
	if n := len(u.tries[byEventLog]); n > 0 {
		last = u.tries[byEventLog][n-1]
	}
	if e.kind == evEventStart {
		if last != nil && e.time-last.Started <= twin {
			last.Evidence = append(last.Evidence, e.id)
			return
		}
		u.open(byEventLog, e, "")
		return
	}
	r, c := resultOf(e.code, false)
	switch {
	case last != nil && last.Result == Open:
		last.close(e, r, c)
	case last != nil && last.Ended != 0 && e.time-last.Ended <= twin:
		last.Evidence = append(last.Evidence, e.id)
	case last != nil && r == Succeeded && last.Result != Succeeded:
		last.installedAfter(e)
	default:
		t := u.open(byEventLog, e, "")
		t.Started, t.Evidence = 0, nil
		t.close(e, r, c)
	}
}

// batches reads the installations of the ConfigMgr client, which hands updates
// to the update agent in batches and hears of each when it is done.
type batches struct {
	m *machine
	// members are added to the next batch, or are those of the one that runs and
	// are not done yet, in their order.
	members []*row
	added   map[*row]record.ID
	running bool
	// turn is when the turn of the next member came, with its record; agent is
	// set once the update agent is known to have begun.
	turn  event
	agent bool
	// prior is set where turn is the end of the member before.
	prior bool
	// current is the try of the member whose turn it is.
	current *try
}

func (b *batches) event(e *event) {
	switch e.kind {
	case evBatchAdd:
		b.add(e)
	case evBatchStart:
		b.start(e, false)
	case evWuaStart:
		b.start(e, true)
	case evWuaDone, evHandlerResult:
		b.done(e)
	case evCancelled:
		b.cancelled(e)
	case evBatchFailed:
		b.failed(e)
	case evWuaEnd:
		b.end()
	case evHandlerDone:
		b.handlerDone(e)
	case evProgress:
		b.progress(e)
	case evPostReboot:
		if t := b.last(e); t != nil && t.Result == PendingRestart {
			r, c := resultOf(e.code, false)
			t.afterRestart(e, r, c)
		}
	case evEnforce:
		if t := b.last(e); e.n == enforceSuccess && t != nil && t.Result == PendingRestart {
			t.afterRestart(e, Succeeded, 0)
		}
	}
}

// last is the last try of the update that an event is about.
func (b *batches) last(e *event) *try {
	u := b.m.update(e.g)
	if u == nil || len(u.tries[byClient]) == 0 {
		return nil
	}
	return u.tries[byClient][len(u.tries[byClient])-1]
}

func (b *batches) add(e *event) {
	u := b.m.update(e.g)
	if u == nil {
		return
	}
	if b.running {
		b.end()
	}
	if !slices.Contains(b.members, u) && len(b.members) < 1000 {
		b.members = append(b.members, u)
		b.added[u] = e.id
	}
}

// start begins the batch: UpdatesHandler says so first, the update agent's turn
// comes when WUAHandler says that it installs.
func (b *batches) start(e *event, agent bool) {
	const handedOn = 30 * 60 * second // files are copied in between
	if b.running && agent && !b.agent && e.time-b.turn.time <= handedOn {
		b.turn, b.agent = *e, true
		if b.current != nil {
			b.current.Started = e.time
			b.current.Evidence = append(b.current.Evidence, e.id)
		}
		return
	}
	if b.running {
		b.end()
	}
	b.running, b.turn, b.agent, b.prior = true, *e, agent, false
	b.next()
}

// next gives the next member its turn.
func (b *batches) next() {
	b.current = nil
	if len(b.members) > 0 {
		b.current = b.begin(b.members[0])
	}
}

// begin opens a try of the update whose turn it is.
func (b *batches) begin(u *row) *try {
	t := u.open(byClient, &b.turn, ConfigMgr)
	t.Estimated = b.prior
	if id, ok := b.added[u]; ok {
		t.Evidence = append(t.Evidence, id)
	}
	return t
}

// take makes u the member whose turn it was.
func (b *batches) take(u *row) *try {
	if b.current != nil && b.current.rows == u {
		t := b.current
		b.members, b.current = b.members[1:], nil
		return t
	}
	if b.current != nil { // it was the turn of another one after all
		c := b.current.rows
		c.tries[byClient] = c.tries[byClient][:len(c.tries[byClient])-1]
		b.current = nil
	}
	if i := slices.Index(b.members, u); i >= 0 {
		b.members = slices.Delete(b.members, i, i+1)
	}
	t := b.begin(u)
	if !b.running {
		t.Started, t.Evidence, t.Estimated = 0, nil, false
	}
	return t
}

// done ends the try of one update. WUAHandler and UpdatesHandler both say it.
func (b *batches) done(e *event) {
	u := b.m.update(e.g)
	if u == nil {
		return
	}
	r, c := resultOf(e.code, e.n == 1)
	if t := b.last(e); t != nil && t.Ended != 0 && e.time-t.Ended <= closesAgain {
		t.again(e, r, c)
		return
	}
	t := b.take(u)
	t.close(e, r, c)
	t.resulted = true
	b.turn, b.prior = *e, true
	if b.running {
		b.next()
	}
}

// closesAgain is how long after a try ended another log may still say so.
const closesAgain = 10 * 60 * second

// again takes what another line says of a try that has ended.
func (t *try) again(e *event, r Result, c uint32) {
	t.Evidence = append(t.Evidence, e.id)
	switch {
	case t.resulted:
	case t.Result == Cancelled && r == Succeeded:
		t.InstalledAfter = e.time
	case t.Result == Cancelled && (r == Cancelled || r == Failed):
		if r == Cancelled {
			t.Ended, t.Code = e.time, c
		}
		t.resulted = true
	case t.Result == Failed || t.Result == Open:
		t.Result, t.Code, t.resulted = r, c, true
	}
}

// cancelled ends the try whose turn it was.
func (b *batches) cancelled(e *event) {
	if b.current == nil {
		return
	}
	t := b.take(b.current.rows)
	t.close(e, Cancelled, CancelledJob)
	b.turn, b.prior = *e, true
}

func (b *batches) failed(e *event) {
	if b.running && b.current != nil {
		b.take(b.current.rows).close(e, Failed, e.code)
	}
	b.members = b.members[:0]
	b.end()
}

// end closes the batch. What nothing was said of has not ended as far as is known.
func (b *batches) end() {
	b.members, b.running, b.agent, b.prior, b.current = nil, false, false, false, nil
	clear(b.added)
}

// handlerDone reads UpdatesHandler's "execution completed with state …", which
// follows its result.
func (b *batches) handlerDone(e *event) {
	if t := b.last(e); t != nil && t.Ended != 0 && e.time-t.Ended <= closesAgain {
		t.Evidence = append(t.Evidence, e.id)
	}
}

// progress reads what UpdatesDeployment says of an installation. It makes a try
// of its own only where the other two logs are silent.
func (b *batches) progress(e *event) {
	u := b.m.update(e.g)
	if u == nil {
		return
	}
	t := b.last(e)
	if e.text() == "ciStateInstalling" {
		switch {
		case t != nil && t.Result == Open:
			t.Evidence = append(t.Evidence, e.id)
		case !b.running && (t == nil || e.time-t.Ended > slack):
			u.open(byClient, e, ConfigMgr)
		}
		return
	}
	var r Result
	c := e.code
	switch e.text() {
	case "ciStatePendingSoftReboot", "ciStatePendingHardReboot":
		r, c = PendingRestart, 0
	case "ciStateInstallComplete":
		r, c = Succeeded, 0
	case "ciStateError":
		if r, c = resultOf(c, false); r != Cancelled {
			r, c = Failed, e.code
		}
	default:
		return
	}
	switch {
	case t == nil:
	case t.Result == Open && (b.current == nil || b.current == t):
		if b.current == t {
			b.take(u)
		}
		t.close(e, r, c)
	case t.Result == PendingRestart && r == Succeeded:
		t.afterRestart(e, r, c)
	case t.Ended != 0 && e.time-t.Ended <= closesAgain && r != PendingRestart && r != Succeeded:
		t.Evidence = append(t.Evidence, e.id)
	}
}

// agentLog reads the installations of the update agent's own log.
type agentLog struct {
	m    *machine
	open []*agentBlock
}

// agentBlock is one installation of one or more updates.
type agentBlock struct {
	start  event
	rows   []*try
	reboot bool
	code   uint32
}

func (a *agentLog) event(e *event) {
	if e.kind == evAgentStart {
		if len(a.open) < 8 {
			a.open = append(a.open, &agentBlock{start: *e})
		}
		return
	}
	if len(a.open) == 0 {
		return
	}
	b := a.open[len(a.open)-1]
	switch e.kind {
	case evAgentUpdate:
		if u := a.m.update(e.g); u != nil {
			t := u.open(byAgent, &b.start, b.start.caller())
			t.rev = e.rev
			t.Evidence = append(t.Evidence, e.id)
			b.rows = append(b.rows, t)
		}
	case evAgentResult:
		b.result(e)
	case evAgentEnd:
		b.end(e)
		a.open = slices.DeleteFunc(a.open, func(o *agentBlock) bool { return o.start.caller() == e.caller() })
	}
}

// result reads how one update of the block ended.
func (b *agentBlock) result(e *event) {
	b.reboot = b.reboot || e.n == 1
	var t *try
	for _, r := range b.rows {
		if e.g != (guid{}) && r.rows.id == e.g {
			t = r
		}
	}
	if t == nil && len(b.rows) > 0 {
		if e.code != 0 && b.code == 0 {
			b.code = e.code
		}
		if len(b.rows) == 1 {
			b.rows[0].Evidence = append(b.rows[0].Evidence, e.id)
		}
		return
	}
	if t != nil && !t.resulted {
		r, c := resultOf(e.code, b.reboot)
		t.close(e, r, c)
		t.resulted = true
	}
}

// end closes the block: what no line told of ended with it. In a block of one
// update, an error that names none is its own.
func (b *agentBlock) end(e *event) {
	for i, t := range b.rows {
		t.Evidence = append(t.Evidence, e.id)
		if !t.resulted && (len(b.rows) == 1 || b.code == 0) {
			r, c := resultOf(b.code, b.reboot)
			t.Result, t.Code, t.waited = r, c, r == PendingRestart
		}
		if t.Result != Open && (len(b.rows) == 1 || t.Ended == 0) {
			t.Ended, t.closedBy = e.time, e.id
		}
		if i > 0 && b.rows[i-1].Ended != 0 { // one after the other
			t.Started, t.Estimated = max(t.Started, b.rows[i-1].Ended), true
		}
	}
}

// merge joins what the families say of the attempts of an update.
func (m *machine) merge(u *row) {
	for f := range families {
		for _, t := range u.tries[f] {
			a := match(u.merged, t, f)
			if a != nil {
				a.support(t)
			} else {
				a = t
				u.merged = append(u.merged, t)
			}
			a.told[f] = true
		}
		sortTries(u.merged)
	}
	for i, t := range u.merged {
		next := int64(math.MaxInt64)
		if i+1 < len(u.merged) {
			next = u.merged[i+1].from()
		}
		m.settle(t, next)
	}
}

func sortTries(tries []*try) {
	slices.SortStableFunc(tries, func(a, b *try) int { return cmp.Compare(a.from(), b.from()) })
}

// from is when a try began, or ended if that is not known.
func (a *Attempt) from() int64 {
	if a.Started != 0 {
		return a.Started
	}
	return a.Ended
}

// match finds the attempt that t, of family f, tells of as well, nil if none. One
// family does not tell of the same attempt twice.
func match(list []*try, t *try, f family) *try {
	var best *try
	least := int64(math.MaxInt64)
	for _, a := range list {
		if a.told[f] || a.Caller != "" && t.Caller != "" && a.Caller != t.Caller {
			continue
		}
		if d, ok := a.distance(&t.Attempt); ok && d < least {
			best, least = a, d
		}
	}
	return best
}

// distance says whether two tries may be one attempt, and how far apart they are.
func (a *Attempt) distance(t *Attempt) (int64, bool) {
	gap := func(x, y int64) (int64, bool) {
		if x == 0 || y == 0 {
			return 0, false
		}
		return max(x-y, y-x), true
	}
	if d, ok := gap(a.Ended, t.Ended); ok && d <= slack {
		return d, true
	}
	if d, ok := gap(a.Started, t.Started); ok && d <= slack {
		return d, true
	}
	within := func(x, from, to int64) bool {
		return x != 0 && from != 0 && to != 0 && x >= from-slack && x <= to+slack
	}
	switch {
	case within(t.Started, a.Started, a.Ended) && within(t.Ended, a.Started, a.Ended),
		within(a.Started, t.Started, t.Ended) && within(a.Ended, t.Started, t.Ended),
		t.Ended == 0 && within(t.Started, a.Started, a.Ended), a.Ended == 0 && within(a.Started, t.Started, t.Ended),
		t.Started == 0 && within(t.Ended, a.Started, a.Ended), a.Started == 0 && within(a.Ended, t.Started, t.Ended):
		return slack, true
	}
	return 0, false
}

// support adds what a less trusted family says of the same attempt.
func (a *try) support(t *try) {
	if a.Started == 0 {
		a.Started, a.Estimated = t.Started, t.Estimated
	}
	if a.Caller == "" {
		a.Caller = t.Caller
	}
	switch {
	case a.Result == Open && t.Result != Open:
		a.Result, a.Code, a.Ended, a.waited, a.confirmed, a.closedBy = t.Result, t.Code, t.Ended, t.waited, t.confirmed, t.closedBy
	case a.Result == PendingRestart && t.Result == Succeeded && (t.Ended > a.Ended+slack || t.Ended == 0):
		a.Result, a.waited = Succeeded, true
		if a.confirmed = t.confirmed; a.confirmed.at == 0 && len(t.Evidence) > 0 {
			a.confirmed = moment{t.Ended, t.Evidence[len(t.Evidence)-1]}
		}
	}
	if a.InstalledAfter == 0 {
		a.InstalledAfter = t.InstalledAfter
	}
	a.Evidence = append(a.Evidence, t.Evidence...)
}

// settle finds out whether a restart cut an attempt. next is when the following
// one began.
func (m *machine) settle(t *try, next int64) {
	t.Evidence = distinct(t.Evidence)
	if t.Started == 0 {
		return
	}
	end := t.Ended
	if end == 0 {
		end = next
	}
	if p, ok := after(m.restarts, t.Started); ok && p.at < end {
		t.Cut = p.at
		t.Evidence = append(t.Evidence, p.by)
	}
	if p, ok := after(m.pauses, t.Started); ok && p.at < end {
		t.Paused = p.at
		t.Evidence = append(t.Evidence, p.by)
	}
}

// after is the first of moments at a time or after it.
func after(moments []moment, at int64) (moment, bool) {
	i, _ := slices.BinarySearchFunc(moments, at, func(r moment, at int64) int { return cmp.Compare(r.at, at) })
	if i == len(moments) {
		return moment{}, false
	}
	return moments[i], true
}

// distinct leaves the first of each record.
func distinct(ids []record.ID) []record.ID {
	out := ids[:0:0]
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
