package finding

import (
	"bytes"
	"path"
	"strconv"
	"strings"
	"time"

	"patchtrail/ingest/record"
)

// startLine is what WUAHandler writes whenever the client starts, whether it
// scans or not.
var startLine = []byte("SetCategoriesForStateReportingExclusion")

// idleFor is how long a log must hold nothing else to say that the client does
// not scan: by default it does at least once a week, but at other events too.
const idleFor = 24 * time.Hour

// neverScans looks for a client of ConfigMgr whose WUAHandler.log holds only its
// start lines, where no other log tells of a scan or of an update point (C21):
// it has none, or the feature is off, which other lines would say.
func neverScans(s *subject) []Finding {
	f := s.facts
	if !s.managed() || s.expected() != nil || f.LastScan != nil || f.LastScanFailed != nil ||
		f.SoftwareUpdates.Value == "no" || s.matched("software-updates-disabled", "policy-not-received") != nil {
		return nil
	}
	first, last, n := record.None, record.None, 0
	reader := s.Store.Reader()
	for i := range s.Store.Files {
		log := s.Store.Files[i]
		if log.Machine != s.n || log.Snapshot || !strings.EqualFold(path.Base(log.Log), "WUAHandler.log") {
			continue
		}
		for k := range log.Len() {
			id := log.Base() + record.ID(k)
			if !bytes.Contains(reader.Text(id), startLine) {
				return nil
			}
			if n == 0 || s.Store.Time(id) < s.Store.Time(first) {
				first = id
			}
			if n == 0 || s.Store.Time(id) > s.Store.Time(last) {
				last = id
			}
			n++
		}
	}
	if n < 2 || s.Store.Time(last)-s.Store.Time(first) < int64(idleFor) {
		return nil
	}
	return []Finding{{Severity: Warning, Confidence: Possible, Evidence: Records(first, last), Count: n, Params: params("idle", strconv.Itoa(n))}}
}
