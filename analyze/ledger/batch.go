package ledger

import (
	"slices"

	"patchtrail/ingest/record"
)

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
	first event // the beginning of the batch
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
		b.turn, b.first, b.agent = *e, *e, true
		if b.current != nil {
			b.current.Started, b.current.batch = e.time, moment{e.time, e.id}
			b.current.Evidence = append(b.current.Evidence, e.id)
		}
		return
	}
	if b.running {
		b.end()
	}
	b.running, b.turn, b.first, b.agent, b.prior = true, *e, *e, agent, false
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
	t := b.opened(u)
	if t == nil {
		t = u.open(byClient, &b.turn, ConfigMgr)
	} else if b.running {
		t.Started = b.turn.time
		t.Evidence = append(t.Evidence, b.turn.id)
	}
	t.Estimated, t.batch = b.prior, moment{b.first.time, b.first.id}
	if id, ok := b.added[u]; ok {
		t.Evidence = append(t.Evidence, id)
	}
	return t
}

// opened is the try that UpdatesDeployment's progress has opened already, moments
// before the batch began or without one, nil if there is none.
func (b *batches) opened(u *row) *try {
	n := len(u.tries[byClient])
	if n == 0 {
		return nil
	}
	t := u.tries[byClient][n-1]
	if t.Result != Open || t.Ended != 0 || t.batch.at != 0 || b.running && b.turn.time-t.Started > slack {
		return nil
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
	known := !b.running && b.opened(u) != nil
	t := b.begin(u)
	switch {
	case known:
		t.Estimated, t.batch = false, moment{}
	case !b.running:
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
	if b.m.words.text(e) == "ciStateInstalling" {
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
	switch b.m.words.text(e) {
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
