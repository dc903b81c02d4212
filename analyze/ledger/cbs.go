package ledger

import (
	"bytes"
	"context"

	"patchtrail/ingest/cbs"
	"patchtrail/ingest/record"
)

// The newest attempts of a machine that CBS.log is asked about, and the most
// lines that support one.
const (
	supported   = 64
	supportedBy = 4
)

// sessionEnd ends a session of the component store, agentSession begins one of
// the update agent's.
var (
	sessionEnd   = []byte("Exec: Processing complete.")
	agentSession = []byte("initialized by client WindowsUpdateAgent")
)

// supportByCBS adds the sessions of the component store to the newest attempts:
// those which name the update's article, and those that the update agent asked
// for while no other attempt ran. Blocks of CBS.log in whose time no attempt
// lies are not unpacked.
func (m *machine) supportByCBS(ctx context.Context, s *record.Store) error {
	tries := m.newest()
	if len(tries) == 0 {
		return nil
	}
	var buf []byte
	return m.eachBlockOfCBS(ctx, s, func(b *record.Block, first record.ID) {
		if in := during(tries, b); len(in) > 0 {
			buf = b.Unpack(buf[:0])
			supportIn(in, b, buf, first)
		}
	})
}

// eachBlockOfCBS calls fn for the blocks of the machine's CBS.log, in their
// order, with the id of the first record of each.
func (m *machine) eachBlockOfCBS(ctx context.Context, s *record.Store, fn func(b *record.Block, first record.ID)) error {
	for _, f := range s.Files {
		if f.Machine != m.index || f.Format != cbs.Name {
			continue
		}
		first := f.Base()
		for _, b := range f.Blocks() {
			if err := ctx.Err(); err != nil {
				return err
			}
			fn(b, first)
			first += record.ID(b.Len())
		}
	}
	return nil
}

// newest are the newest attempts whose both ends are known.
func (m *machine) newest() []*try {
	var all []*try
	for _, u := range m.rows {
		for _, t := range u.merged {
			if t.Known() {
				all = append(all, t)
			}
		}
	}
	if len(all) > supported {
		sortTries(all)
		all = all[len(all)-supported:]
	}
	return all
}

// during are the attempts in whose time a block has records.
func during(tries []*try, b *record.Block) []*try {
	if b.Len() == 0 {
		return nil
	}
	from, to := b.Time(0), b.Time(b.Len()-1)
	var out []*try
	for _, t := range tries {
		if t.Started-slack <= to && t.Ended+slack >= from {
			out = append(out, t)
		}
	}
	return out
}

func supportIn(tries []*try, b *record.Block, text []byte, first record.ID) {
	for _, mark := range [][]byte{agentSession, sessionEnd} {
		for at := 0; ; {
			i := bytes.Index(text[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			n := b.At(at - 1)
			if n < 0 || b.Flags(n)&record.Untimed != 0 {
				continue
			}
			if t := sessionOf(tries, b.Time(n), b.Record(text, n)); t != nil && t.sessions < supportedBy {
				t.sessions++
				t.Evidence = append(t.Evidence, first+record.ID(n))
			}
		}
	}
}

// sessionOf is the attempt that a line of a session supports: the only one that
// ran at that time, or the only one whose article the line names.
func sessionOf(tries []*try, at int64, raw []byte) *try {
	var only *try
	several := false
	for _, t := range tries {
		if at < t.Started-5*second || at > t.Ended+5*second {
			continue
		}
		if kb := t.rows.KB; kb != "" && bytes.Contains(raw, []byte(kb)) {
			return t
		}
		several = several || only != nil
		only = t
	}
	if several || only == nil || KB(string(raw)) != "" {
		return nil
	}
	return only
}
