// Package gen is generated logs: believable, deterministic, of any size.
// Tests, benchmarks and the demo bundle are made of them, so that the project
// holds no log of a real machine.
//
// # Client
//
// Client writes what one managed Windows client logs: 16 logs of the
// Configuration Manager client, CBS.log, WindowsUpdate.log as
// Get-WindowsUpdateLog converts it, and ReportingEvents.log in UTF-16. They tell
// one story after the other, one an hour: policy, scan, evaluation, download,
// maintenance window, installation, restart, report, with identifiers that
// agree across the logs, and the harmless noise that real clients write. An
// incident may end the last story.
//
// # Sequence
//
// Sequence writes numbered events into logs of nine formats that state their
// zone in six ways, across a change to or from summer time. Sorted by their
// true time, the numbers count up.
//
// # Sameness
//
// The same options give the same bytes, on every machine.
package gen

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // the same zones on a machine that has none
)

// Options say what Client writes. The zero value is a healthy client of one
// story in US Central time.
type Options struct {
	// Seed chooses the identifiers, numbers and pauses.
	Seed uint64
	// Bytes is the size of all files together, as they stand in the bundle.
	// It is met within 2 % from 2 MB up; a client of less than one story
	// (about 200 KB) does not exist.
	Bytes int64
	// Start is the time of the first story, 2025-02-03 06:00 UTC if zero.
	// A story begins every hour.
	Start time.Time
	// Zone is the client's own, America/Chicago if nil.
	Zone *time.Location
	// Machine is the client's name, PC01 if empty.
	Machine string
	// Site is the site code, PS1 if empty.
	Site string
	// Domain is the DNS name behind every host, contoso.com if empty.
	Domain string
	// Japanese gives updates their Japanese titles.
	Japanese bool
	// Binary also writes the last story's trace of the update agent (.etl),
	// whose lines are then not in WindowsUpdate.log, and its System.evtx.
	Binary bool
	// Incident ends the last story. Empty or Healthy lets it end well.
	Incident Incident
}

// withDefaults fills in what was left empty.
func (o Options) withDefaults() (Options, error) {
	if o.Start.IsZero() {
		o.Start = time.Date(2025, 2, 3, 6, 0, 0, 0, time.UTC)
	}
	if o.Zone == nil {
		zone, err := time.LoadLocation("America/Chicago")
		if err != nil {
			return o, err
		}
		o.Zone = zone
	}
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	fill(&o.Machine, "PC01")
	fill(&o.Site, "PS1")
	fill(&o.Domain, "contoso.com")
	if o.Incident == "" {
		o.Incident = Healthy
	}
	if _, ok := incidents()[o.Incident]; !ok {
		return o, fmt.Errorf("incident %q: there is none of that name", o.Incident)
	}
	return o, nil
}

// Truth is what was written.
type Truth struct {
	Files []File
	// Bytes, Records and Lines are the sums over all files.
	Bytes, Records, Lines int64
	// First and Last are the earliest and the latest time of a record, UTC.
	First, Last time.Time
	// Marks are the records that prove the incident, in the order of their files.
	Marks []Mark
}

// File is one file of a Truth.
type File struct {
	Path   string
	Format Format
	// Bytes is the file's size, with byte order mark and in its own encoding.
	Bytes int64
	// Records have a time of their own; Lines also counts their continuation
	// lines, and is 0 for binary files.
	Records, Lines int64
	// First and Last are the times of the first and the last record, UTC.
	First, Last time.Time
}

// Mark is a record that proves an incident.
type Mark struct {
	Path string
	// Line is the 1-based line on which the record starts.
	Line int64
	Time time.Time // UTC
}

// Format names how a file is written.
type Format string

// The formats of generated files.
const (
	CMTrace             Format = "cmtrace"              // <![LOG[...]LOG]!>
	SiteLog             Format = "sitelog"              // text  $$<component><time><thread>
	WindowsUpdate       Format = "windowsupdate"        // Get-WindowsUpdateLog, Windows 10 and later
	WindowsUpdateLegacy Format = "windowsupdate-legacy" // Windows 7 to 8.1
	Reporting           Format = "reporting"            // ReportingEvents.log, UTF-16
	CBS                 Format = "cbs"                  // CBS.log
	IIS                 Format = "iis"                  // W3C extended
	WSUS                Format = "wsus"                 // SoftwareDistribution.log of a WSUS server
	Generic             Format = "generic"              // a time in ISO 8601, then text
	Trace               Format = "etl"                  // trace of the update agent
	EventLog            Format = "evtx"                 // Windows event log
)

// A Sink opens a new file of a bundle. path is relative and has slashes. The
// file before it is closed first, so one that writes an archive fits.
type Sink func(path string) (io.WriteCloser, error)

// Folder is a Sink that writes below dir, which it creates.
func Folder(dir string) Sink {
	return func(path string) (io.WriteCloser, error) {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		return os.Create(file)
	}
}

// Zip is a Sink that writes deflated members of z. Closing z is the caller's.
func Zip(z *zip.Writer) Sink {
	return func(path string) (io.WriteCloser, error) {
		// A fixed date, so that the same options give the same archive.
		w, err := z.CreateHeader(&zip.FileHeader{
			Name: path, Method: zip.Deflate, Modified: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		return member{w}, err
	}
}

// Under is a Sink that puts a folder, such as the machine's name, before every path.
func Under(folder string, w Sink) Sink {
	return func(path string) (io.WriteCloser, error) { return w(folder + "/" + path) }
}

// member is a file of an archive, which ends where the next one starts.
type member struct{ io.Writer }

func (member) Close() error { return nil }

// ZipFile writes a new zip archive at path through the Sink that fill is given.
func ZipFile(path string, fill func(Sink) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := zip.NewWriter(f)
	if err := fill(Zip(z)); err != nil {
		return err
	}
	return z.Close()
}
