package ledger

import (
	"bytes"
	"context"

	"patchtrail/ingest/cbs"
	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// CBS.log alone tells of attempts as well, though of neither who asked nor of
// titles. A session of the component store that the update agent asked for is one
// attempt a package:
//
//	Session: 30748_1234 initialized by client WindowsUpdateAgent, …
//	Exec: Processing complete.  Session: 30748_1234, Package: Package_for_KB5051234~…, Identifier: KB5051234 [HRESULT = 0x00000000 - S_OK]
//	Session: 30748_1234 finalized. Reboot required: yes [HRESULT = 0x00000000 - S_OK]
//
// It is asked only where no other log of the machine tells of any attempt: the
// packages of one update have names and moments of their own, which no other log
// knows. Source: DOMAIN.md A8.

// maxSessions bounds the sessions that are open at once, maxStored the attempts.
const maxSessions, maxStored = 64, 10_000

// storeSession is a session of the component store.
type storeSession struct {
	id    string
	start event
	tries []*try
}

// sessions reads the attempts of CBS.log.
type sessions struct {
	m    *machine
	byKB map[string]*row
	open []*storeSession
	kept int
}

// attemptByCBS makes the attempts of a machine of which only CBS.log tells.
func (m *machine) attemptByCBS(ctx context.Context, s *record.Store) error {
	for _, u := range m.rows {
		if len(u.merged) > 0 {
			return nil
		}
	}
	x := sessions{m: m, byKB: newEventLog(m).byKB}
	var buf []byte
	err := m.eachBlockOfCBS(ctx, s, func(b *record.Block, first record.ID) {
		buf = b.Unpack(buf[:0])
		x.block(b, buf, first)
	})
	if err != nil {
		return err
	}
	for _, u := range m.rows {
		m.merge(u)
	}
	return nil
}

// block reads the lines of a block that name a session.
func (x *sessions) block(b *record.Block, text []byte, first record.ID) {
	mark := []byte("Session: ")
	for at := 0; ; {
		i := bytes.Index(text[at:], mark)
		if i < 0 {
			return
		}
		at += i + len(mark)
		n := b.At(at - 1)
		if n < 0 || b.Flags(n)&record.Untimed != 0 {
			continue
		}
		e := event{time: b.Time(n), id: first + record.ID(n)}
		x.line(format.Message(cbs.Name, b.Record(text, n)), e)
	}
}

func (x *sessions) line(m []byte, e event) {
	tail, _ := follow(m, "Session: ")
	id := string(tail[:len(tail)-len(bytes.TrimLeft(tail, "0123456789_"))])
	switch {
	case bytes.HasPrefix(m, []byte("Session: ")) && bytes.Contains(m, []byte(" initialized by client ")):
		client, _ := follow(m, " initialized by client ")
		if bytes.HasPrefix(client, []byte("WindowsUpdateAgent")) || bytes.HasPrefix(client, []byte("UpdateAgent")) {
			x.begin(id, e)
		}
	case bytes.HasPrefix(m, sessionEnd):
		x.end(x.find(id), tail, e)
	case bytes.HasPrefix(m, []byte("Session: ")) && bytes.Contains(m, []byte(" finalized. Reboot required: yes")):
		if s := x.find(id); s != nil {
			for _, t := range s.tries {
				if t.Result == Succeeded {
					t.Result, t.waited = PendingRestart, true
					t.Evidence = append(t.Evidence, e.id)
				}
			}
		}
	}
}

func (x *sessions) begin(id string, e event) {
	if x.find(id) != nil {
		return
	}
	if len(x.open) >= maxSessions {
		x.open = x.open[1:]
	}
	x.open = append(x.open, &storeSession{id: id, start: e})
}

func (x *sessions) find(id string) *storeSession {
	for _, s := range x.open {
		if s.id == id {
			return s
		}
	}
	return nil
}

// end takes that a package is done. Those of one session follow each other.
func (x *sessions) end(s *storeSession, m []byte, e event) {
	name, ok := follow(m, "Package: ")
	if s == nil || !ok || x.kept >= maxStored {
		return
	}
	if i := bytes.IndexAny(name, ", ["); i >= 0 {
		name = name[:i]
	}
	u := x.row(string(name), KB(string(m)))
	if u == nil {
		return
	}
	t := u.open(byAgent, &s.start, "")
	if n := len(s.tries); n > 0 {
		t.Started, t.Estimated = s.tries[n-1].Ended, true
	}
	var c uint32
	restart := bytes.Contains(m, []byte("ERROR_SUCCESS_REBOOT_REQUIRED"))
	if i := bytes.LastIndex(m, []byte("0x")); i >= 0 && !restart {
		c, _ = code(m[i:])
	}
	r, c := resultOf(c, restart)
	t.close(&e, r, c)
	t.told[byAgent] = true
	u.Involved = true
	s.tries, x.kept = append(s.tries, t), x.kept+1
}

// row is the update of a package: by its article, else one that has the
// package's name.
func (x *sessions) row(name, kb string) *row {
	if u := x.byKB[kb]; u != nil && kb != "" {
		return u
	}
	u := x.m.named(name)
	if u != nil && u.Key == "" {
		if u.KB, u.Key = kb, name; kb != "" {
			u.Key = kb
			x.byKB[kb] = u
		}
	}
	return u
}
