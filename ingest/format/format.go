// Package format is the list of log formats, and how a file's format is told.
//
// Content decides, in the fixed order of All: the first format whose Detect
// accepts the head of a file has it. A name only breaks ties. What no format
// claims and package snapshot knows is kept whole, without records; then comes
// any text that begins its lines with a date and a time, and last plain text,
// kept whole as well.
//
// # Adding a format
//
//  1. Make a folder of its name beside this one, with Name, Detect, New (a
//     Parser) and Split, a table test, a golden in testdata/, a fuzz target, an
//     equivalence test against a slow plain reference and a benchmark.
//  2. Add a representative head to scan/scantest, so that no other format may
//     claim it.
//  3. Add one line to All.
package format

import (
	"patchtrail/ingest/cbs"
	"patchtrail/ingest/cmtrace"
	"patchtrail/ingest/etl"
	"patchtrail/ingest/eventtext"
	"patchtrail/ingest/evtx"
	"patchtrail/ingest/generic"
	"patchtrail/ingest/iis"
	"patchtrail/ingest/msi"
	"patchtrail/ingest/pasted"
	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
	"patchtrail/ingest/rolesetup"
	"patchtrail/ingest/sitelog"
	"patchtrail/ingest/snapshot"
	"patchtrail/ingest/wsus"
	"patchtrail/ingest/wulog"
)

// Format is one form of log.
type Format struct {
	Name string
	// Title says what it is, for people, in English.
	Title string
	// Detect tells a text format from the first 64 KiB of a file's text and
	// its base name, DetectBinary one that is no text from the raw bytes.
	Detect       func(head []byte, name string) bool
	DetectBinary func(head []byte) bool
	// New or NewBinary make what reads one file; both are nil for a file that
	// is kept whole, without records. NewBinary of a text format reads its text
	// in UTF-8.
	New       func() Parser
	NewBinary func() Binary
	// Split cuts a record's text into the parts that a person reads.
	Split func(raw []byte) record.Fields
}

// All returns the formats in the order in which they are tried.
func All() []Format {
	return []Format{
		{Name: evtx.Name, Title: "Windows event log (.evtx)", DetectBinary: evtx.Detect, NewBinary: func() Binary { return evtx.New() }, Split: evtx.Split},
		{Name: etl.Name, Title: "Windows Update trace (.etl)", DetectBinary: etl.Detect, NewBinary: func() Binary { return etl.New() }, Split: etl.Split},
		{Name: cmtrace.Name, Title: "ConfigMgr log, <![LOG[ form", Detect: cmtrace.Detect, New: func() Parser { return cmtrace.New() }, Split: cmtrace.Split},
		{Name: sitelog.Name, Title: "ConfigMgr site server log, $$< form", Detect: sitelog.Detect, New: func() Parser { return sitelog.New() }, Split: sitelog.Split},
		{Name: reporting.Name, Title: "ReportingEvents.log", Detect: reporting.Detect, New: func() Parser { return reporting.New() }, Split: reporting.Split},
		{Name: wulog.NameLegacy, Title: "WindowsUpdate.log of Windows 7 to 8.1", Detect: wulog.DetectLegacy, New: func() Parser { return wulog.NewLegacy() }, Split: wulog.SplitLegacy},
		{Name: wulog.Name, Title: "WindowsUpdate.log of Get-WindowsUpdateLog", Detect: wulog.Detect, New: func() Parser { return wulog.New() }, Split: wulog.Split},
		{Name: cbs.Name, Title: "CBS.log", Detect: cbs.Detect, New: func() Parser { return cbs.New() }, Split: cbs.Split},
		{Name: cbs.NameDISM, Title: "dism.log", Detect: cbs.DetectDISM, New: func() Parser { return cbs.New() }, Split: cbs.Split},
		{Name: cbs.NameSetup, Title: "setupact.log, setuperr.log", Detect: cbs.DetectSetup, New: func() Parser { return cbs.New() }, Split: cbs.Split},
		{Name: wsus.Name, Title: "WSUS SoftwareDistribution.log, Change.log", Detect: wsus.Detect, New: func() Parser { return wsus.New() }, Split: wsus.Split},
		{Name: iis.Name, Title: "IIS log, W3C", Detect: iis.Detect, New: func() Parser { return iis.New() }, Split: iis.Split},
		{Name: iis.NameHTTPERR, Title: "HTTP.sys error log", Detect: iis.DetectHTTPERR, New: func() Parser { return iis.New() }, Split: iis.Split},
		{Name: msi.Name, Title: "Windows Installer log", Detect: msi.Detect, New: func() Parser { return msi.New() }, Split: msi.Split},
		{Name: rolesetup.Name, Title: "site system role setup log", Detect: rolesetup.Detect, New: func() Parser { return rolesetup.New() }, Split: rolesetup.Split},
		{Name: eventtext.Name, Title: "event log saved as text or CSV", Detect: eventtext.Detect, NewBinary: func() Binary { return eventtext.New() }, Split: eventtext.Split},
		{Name: pasted.Name, Title: "text copied out of CMTrace", Detect: pasted.Detect, New: func() Parser { return pasted.New() }, Split: pasted.Split},
		snapshots,
		{Name: generic.Name, Title: "any text with dates and times", Detect: generic.Detect, New: func() Parser { return generic.New() }, Split: generic.Split},
	}
}

// snapshots stands in the list for all kinds of snapshot: output of commands,
// exports, reports.
var snapshots = Format{Name: "snapshot", Title: "output of commands, exports, reports (kept whole)"}

// Detect returns the format of a text file. One with neither New nor NewBinary
// is kept whole; its name is its kind of snapshot, "text" for plain text.
func Detect(all []Format, head []byte, name string) Format {
	for _, f := range all {
		if f.Name == snapshots.Name {
			if kind, ok := snapshot.Detect(head, name); ok && kind != snapshot.Text {
				return Format{Name: string(kind), Title: f.Title}
			}
			continue
		}
		if f.Detect != nil && f.Detect(head, name) {
			return f
		}
	}
	return Format{Name: string(snapshot.Text), Title: snapshots.Title}
}

// Split cuts a record's text of the named format into its parts.
func Split(name string, raw []byte) record.Fields {
	for _, f := range splitters {
		if f.Name == name {
			return f.Split(raw)
		}
	}
	return record.Fields{Message: raw}
}

// Message is the message of Split, found several times faster in the commonest
// format.
func Message(name string, raw []byte) []byte {
	if name == cmtrace.Name {
		return cmtrace.Message(raw)
	}
	return Split(name, raw).Message
}

// splitters is All, made once: Split is called for every row that is shown.
var splitters = All()
