package ledger

import (
	"cmp"
	"slices"

	"patchtrail/ingest/record"
)

// scanRun is a scan of the machine.
type scanRun struct {
	start, end int64 // 0 where not known or not yet
	failed     bool
	code       uint32
	by         []record.ID
}

// from is when a scan began, or ended if that is not known.
func (s *scanRun) from() int64 { return cmp.Or(s.start, s.end) }

// scan reads a line about the machine's scans. The client's own log says more
// than the update agent's, whose events count only where that one is missing.
func (m *machine) scan(e *event) {
	var last *scanRun
	if n := len(m.scans); n > 0 {
		last = &m.scans[n-1]
	}
	if e.source == reportingEvents && (last != nil && (last.end == 0 || e.time-last.end <= slack) || m.clientScans()) {
		return
	}
	if e.kind == evScanStart {
		m.scans = append(m.scans, scanRun{start: e.time, by: []record.ID{e.id}})
		return
	}
	failed := e.kind == evScanFailed
	switch {
	case last != nil && last.end == 0:
	case last != nil && failed && last.failed && e.time-last.end <= slack: // the same failure, said twice
		last.by = append(last.by, e.id)
		return
	default:
		m.scans = append(m.scans, scanRun{})
		last = &m.scans[len(m.scans)-1]
	}
	last.end, last.failed, last.code = e.time, failed, e.code
	last.by = append(last.by, e.id)
}

// clientScans says whether the client's own log tells of scans.
func (m *machine) clientScans() bool {
	if m.scanLog == 0 {
		m.scanLog = -1
		for _, e := range m.events.each {
			if e.kind == evScanStart {
				m.scanLog = 1
				break
			}
		}
	}
	return m.scanLog > 0
}

// scanOf is the scan that found out what was known at a time: the last one that
// began before it, else the last of all. nil if there was none.
func (m *machine) scanOf(at int64) *scanRun {
	if len(m.scans) == 0 {
		return nil
	}
	i, found := slices.BinarySearchFunc(m.scans, at, func(s scanRun, at int64) int { return cmp.Compare(s.from(), at) })
	if !found {
		i--
	}
	return &m.scans[max(i, 0)]
}
