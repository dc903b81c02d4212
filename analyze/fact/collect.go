package fact

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"patchtrail/ingest/record"
	"patchtrail/ingest/snapshot"
)

// collector gathers the facts of one machine.
type collector struct {
	*Facts
	file     int
	path     string  // of that file
	command  line    // of the section that is being read
	sayings  []*said // that the file holds
	bare     bool    // it may hold tables of WMIC
	heading  string  // the last line before an object that is none of one
	services map[string]int

	build, ubr string
	ubrAt      Evidence
	proxyRank  int
	seenAt     map[string]int64 // when logs last told of a fact or source, by its name
	// restartAt and servicingAt are of the newest words on a pending restart,
	// of the client and of CBS.
	restartAt, servicingAt int64
}

// maxSnapshot is how much of one snapshot is read, in bytes; exports of whole
// hives are the largest.
const maxSnapshot = 64 << 20

// newCollector returns one without facts.
func newCollector() *collector {
	c := &collector{Facts: &Facts{}, services: map[string]int{}, seenAt: map[string]int64{}}
	c.plain()
	return c
}

// at quotes a line of the file that is being read.
func (c *collector) at(l line) Evidence {
	return Evidence{File: c.file, Line: l.n, Record: record.None, Text: clip(l.s)}
}

// Collect gathers what the files of a machine, an index of the result, say of
// it. It returns ctx's error, and what was found until then.
func Collect(ctx context.Context, store *record.Store, machine int) (*Facts, error) {
	c := newCollector()
	c.store = store
	for i, f := range store.Files {
		if f.Machine != machine {
			continue
		}
		if err := ctx.Err(); err != nil {
			return c.Facts, err
		}
		c.file, c.path = i, f.Path
		c.namedBy(f)
		if f.Snapshot && f.Text <= maxSnapshot && worthReading(f.Format) {
			c.snapshot(f.Whole(), f.Format)
		}
	}
	err := c.logs(ctx, store, machine)
	c.finish()
	return c.Facts, err
}

// worthReading leaves out the kinds that hold no fact of those here.
func worthReading(format string) bool {
	switch snapshot.Kind(format) {
	case snapshot.Robocopy, snapshot.TaskList, snapshot.SchTasks, snapshot.Hosts, snapshot.SCSecurity, snapshot.INI, snapshot.IntuneResults:
		return false
	}
	return true
}

// namedBy takes what a file's name and header tell.
func (c *collector) namedBy(f *record.File) {
	e := Evidence{File: c.file, Line: 1, Record: record.None, Text: f.Path}
	if name, _, _ := strings.Cut(f.Computer, "."); name != "" {
		c.Name.set(name, 0, e)
	}
	switch strings.ToUpper(path.Base(strings.ReplaceAll(f.Path, "!", "/"))) {
	case "REGISTRYPOL.GOOD.TXT":
		c.RegistryPol.set("good", 1, e)
	case "REGISTRY.POL.CORRUPTED.TXT", "REGISTRYPOL.CORRUPTED.TXT":
		c.RegistryPol.set("damaged", 1, e)
	}
}

// snapshot reads one file that has no records.
func (c *collector) snapshot(text []byte, format string) {
	head := bytes.TrimSpace(bytes.TrimPrefix(text[:min(len(text), 512)], []byte("\uFEFF")))
	low := bytes.ToLower(head)
	switch {
	case bytes.HasPrefix(low, []byte("<!doctype html")), bytes.HasPrefix(low, []byte("<html")):
		c.html(text)
		return
	case bytes.HasPrefix(low, []byte("<?xml")), bytes.HasPrefix(low, []byte("<rsop")), bytes.HasPrefix(low, []byte("<setupdiag")), bytes.HasPrefix(low, []byte("<mdm")):
		if bytes.Contains(low, []byte("<html")) || bytes.Contains(low, []byte("<!doctype html")) {
			c.html(text)
			return
		}
		c.xml(text)
		return
	}
	if snapshot.Kind(format) == snapshot.HTML {
		c.html(text)
		return
	}
	c.sayings, c.bare = sayingsIn(text), false
	for _, h := range wmicHeads {
		c.bare = c.bare || bytes.Contains(text, []byte(h))
	}
	split(text, &regReader{c: c}, c.section)
}

// section gives the output of one command to its reader.
func (c *collector) section(s *section) {
	c.command, c.heading = s.command, s.command.s
	switch s.kind {
	case proxy:
		c.netsh(s)
	case control:
		c.control(s)
	case ipconfig:
		c.ipconfig(s)
	case systeminfo:
		c.systeminfo(s)
	case lookup:
		c.nslookup(s)
		c.objectsOf(s)
	case web:
		c.request(s)
	case gptext:
		c.gpresult(s)
	case setupdiag:
		c.verdict(s)
	case clock:
		c.w32tm(s)
	case listing:
		c.listing(s)
	case transfers:
		c.transfers(s)
	case objects:
		c.objectsOf(s)
	}
}

func (c *collector) objectsOf(s *section) {
	if foldPrefix(s.command.s, "get-wmiobject") || foldPrefix(s.command.s, "get-ciminstance") || foldPrefix(s.command.s, "gwmi") {
		if strings.Contains(strings.ToLower(s.command.s), "ccm_updateciassignment") && c.DeploymentsListed == nil && !failed(s) {
			e := c.at(s.command)
			c.DeploymentsListed = &e
		}
	}
	r := objectReader{lines: s.lines, emit: c.object, plain: c.saying, bare: c.bare}
	r.read()
}

// failed reports whether a section shows an error of PowerShell.
func failed(s *section) bool {
	for _, l := range s.lines {
		if strings.Contains(l.s, "CategoryInfo") || strings.Contains(l.s, "FullyQualifiedErrorId") {
			return true
		}
	}
	return false
}

// restart notes a sign that a restart is pending, once a reason.
func (c *collector) restart(reason string, e Evidence) {
	for _, r := range c.Restarts {
		if r.Reason == reason {
			return
		}
	}
	c.Restarts = append(c.Restarts, Restart{reason, e})
}

// finish puts lists in the order in which they are shown, and mends the name
// that Windows 11 gives itself in its registry.
func (c *collector) finish() {
	if c.OSFamily() == "win11" {
		c.OS.Value = strings.Replace(c.OS.Value, "Windows 10 ", "Windows 11 ", 1)
	}
	slices.SortStableFunc(c.ManagementPoints, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(c.newestOf(b.Evidence), c.newestOf(a.Evidence)))
	})
	slices.SortStableFunc(c.Disks, func(a, b Disk) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Restarts, func(a, b Restart) int { return strings.Compare(a.Reason, b.Reason) })
}

// newestOf returns the time of the newest record among places, 0 where all are
// of snapshots.
func (c *collector) newestOf(es []Evidence) int64 {
	newest := int64(0)
	for _, e := range es {
		if e.Record != record.None && c.store != nil {
			newest = max(newest, c.store.Time(e.Record))
		}
	}
	return newest
}
