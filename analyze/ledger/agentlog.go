package ledger

import "slices"

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
			t := u.open(byAgent, &b.start, a.m.words.caller(&b.start))
			t.rev = e.rev
			t.Evidence = append(t.Evidence, e.id)
			b.rows = append(b.rows, t)
		}
	case evAgentResult:
		b.result(e)
	case evAgentEnd:
		b.end(e)
		a.open = slices.DeleteFunc(a.open, func(o *agentBlock) bool { return a.m.words.caller(&o.start) == a.m.words.caller(e) })
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
