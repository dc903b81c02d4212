package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/ingest/record"
)

// TestNewestEvents holds that of more events than are kept the newest stay, and
// that how many went is told.
func TestNewestEvents(t *testing.T) {
	r := newReader(&record.File{}, newTables())
	const more = 3000
	for i := range maxEvents + more {
		r.keep(said{event: event{kind: evCanRun, id: record.ID(i)}})
	}
	r.end()
	r.events.sort()
	if n := r.events.len(); n > maxEvents || n < maxEvents-chunkEvents || r.events.at(n-1).id != maxEvents+more-1 {
		t.Errorf("%d events, the last of record %d", n, r.events.at(n-1).id)
	}
	if r.dropped+r.events.len() != maxEvents+more {
		t.Errorf("%d dropped, %d kept", r.dropped, r.events.len())
	}
}

// TestLongLog holds that what stands at the beginning of a long log is told: 40
// MiB lie between an installation and the end of its log.
func TestLongLog(t *testing.T) {
	var log strings.Builder
	line := func(minute int, message string) {
		fmt.Fprintf(&log, "<![LOG[%s]LOG]!><time=\"10:%02d:00.000+000\" date=\"03-18-2025\" component=\"UpdatesHandler\" context=\"\" type=\"1\" thread=\"8\" file=\"x.cpp:1\">\r\n", message, minute)
	}
	line(0, "Update ("+g1+") added to the installation batch")
	line(1, "Updates installation started as batch")
	line(21, "WSUS update ("+g1+") installation result = 0x0, Reboot State = NoReboot")
	for log.Len() < 40<<20 {
		line(30, "Job state is unchanged. "+strings.Repeat("Nothing to do. ", 60))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "UpdatesHandler.log"), []byte(log.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	l, _ := read(t, dir, Options{})
	if len(l.Partial) > 0 || len(l.Updates) != 1 || len(l.Updates[0].Attempts) != 1 || l.Updates[0].Attempts[0].Runtime() != 20*60*second {
		t.Errorf("%v %+v", l.Partial, l.Updates)
	}
}
