// Package snapshot recognises files that show the state of a machine at one
// moment: registry exports, outputs of commands, listings, reports, plain
// text. They are kept whole and have no records; what they say is read by the
// package fact.
//
// # How a kind is known
//
// By lines that only that command writes, in English or Japanese, at the start
// of a line. Of several in one file the first decides: collection scripts write
// the output of many commands into one file. A prompt with the command
// (C:\>netsh winhttp show proxy) decides where the output itself does not. A
// name decides nothing, except that .csv tells lists with commas from prose.
//
// A file that is a log is never a snapshot, even where its messages quote one.
package snapshot

import (
	"bytes"

	"patchtrail/ingest/eventtext"
	"patchtrail/ingest/generic"
	"patchtrail/ingest/msi"
	"patchtrail/ingest/scan"
	"patchtrail/ingest/setupdiag"
)

// Kind says what a snapshot shows.
type Kind string

// The kinds, as they stand in outputs.
const (
	RegistryExport    Kind = "registry-export" // .reg, version 5 or REGEDIT4
	RegQuery          Kind = "reg-query"
	GetItemProperty   Kind = "get-itemproperty" // registry by PowerShell
	GPResult          Kind = "gpresult"         // HTML, XML or text
	WinHTTPProxy      Kind = "netsh-winhttp-proxy"
	SCQuery           Kind = "sc-query" // also queryex
	SCConfig          Kind = "sc-qc"
	SCSecurity        Kind = "sc-sdshow"
	GetService        Kind = "get-service"
	IPConfig          Kind = "ipconfig"
	SystemInfo        Kind = "systeminfo"
	NSLookup          Kind = "nslookup"
	ResolveDNSName    Kind = "resolve-dnsname"
	InvokeWebRequest  Kind = "invoke-webrequest" // the answer or its error
	TestNetConnection Kind = "test-netconnection"
	WMIMof            Kind = "wmi-mof"       // instance of X { ... };
	WMIList           Kind = "wmi-list"      // wmic /format:list, Get-WmiObject
	PropertyList      Kind = "property-list" // Name : Value of any other object
	BITSAdmin         Kind = "bitsadmin"
	Hotfixes          Kind = "hotfixes"
	SchTasks          Kind = "schtasks"
	DISMPackages      Kind = "dism-packages"
	DISM              Kind = "dism"
	Dir               Kind = "dir"
	W32TM             Kind = "w32tm"
	SLMgr             Kind = "slmgr"
	TaskList          Kind = "tasklist"
	Robocopy          Kind = "robocopy"
	Hosts             Kind = "hosts"
	MDMReport         Kind = "mdm-report"     // MDMDiagReport .xml or .html
	IntuneResults     Kind = "intune-results" // results.xml
	SetupDiag         Kind = setupdiag.Name
	JSON              Kind = "json"
	XML               Kind = "xml"
	HTML              Kind = "html"
	CSV               Kind = "csv"
	INI               Kind = "ini"
	Text              Kind = "text" // plain text with no time stamp in it
)

// maxLines is how many lines of a head are looked at.
const maxLines = 600

// Detect returns what kind of snapshot head, the start of a file, begins. ok is
// false for logs, for binary data, and for text that holds time stamps but is
// no kind of its own.
func Detect(head []byte, name string) (k Kind, ok bool) {
	head = head[scan.SkipBOM(head):]
	if binary(head) {
		return "", false
	}
	if setupdiag.Detect(head, name) {
		return SetupDiag, true // it quotes logs
	}
	if ccm(head) || eventtext.Detect(head, name) {
		return "", false
	}
	p := read(head)
	if len(p.lines) == 0 || !sure(p) && isLog(head) {
		return "", false
	}
	for _, find := range []func(*page) Kind{first, markup, signed, sddl, lists, commanded, tables} {
		if k := find(p); k != "" {
			return k, true
		}
	}
	if csv(p, name) {
		return CSV, true
	}
	if generic.Has(head) {
		return "", false
	}
	return Text, true
}

// page is the start of a file, cut into lines.
type page struct {
	head    []byte
	lines   [][]byte // not blank, without blanks around them
	command []byte   // the first command behind a prompt
}

// read cuts head into lines and takes the prompts off.
func read(head []byte) *page {
	p := &page{head: head}
	for at := 0; at < len(head) && len(p.lines) < maxLines; {
		end, next := scan.Line(head, at)
		line := bytes.TrimSpace(head[at:end])
		line = line[scan.SkipBOM(line):]
		at = next
		if command, ok := prompt(line); ok {
			if p.command == nil {
				p.command = command
			}
			continue
		}
		if len(line) > 0 {
			p.lines = append(p.lines, line)
		}
	}
	if len(p.lines) == 0 && p.command != nil {
		p.lines = [][]byte{p.command}
	}
	return p
}

// prompt returns the command behind a prompt: C:\Windows>command, PS C:\> command.
func prompt(line []byte) (command []byte, ok bool) {
	line = bytes.TrimPrefix(line, []byte("PS "))
	if len(line) < 4 || !scan.Letter(line[0]) || line[1] != ':' || line[2] != '\\' {
		return nil, false
	}
	_, command, ok = bytes.Cut(line, []byte(">"))
	return bytes.TrimSpace(command), ok
}

// binary says whether head is no text at all.
func binary(head []byte) bool {
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B:
			odd++
		}
	}
	return odd*50 > len(head)
}

// ccm says whether head holds records of CCM, of which any text may be part.
func ccm(head []byte) bool {
	for _, mark := range []string{"<![LOG[", "]LOG]!>", "$$<"} {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// isLog says whether head is another log: by a time stamp on every third line,
// or by what the installer and CMTrace write.
func isLog(head []byte) bool {
	stamped, lines := generic.Lines(head)
	return stamped*3 >= lines && generic.Detect(head, "") || msi.Detect(head, "") || pasted(head)
}

// sure says whether p is no log, however many time stamps it holds.
func sure(p *page) bool {
	for _, s := range []string{"<?xml", "<!doctype", "<html"} {
		if begins(p.lines[0], s) {
			return true
		}
	}
	return first(p) != "" || listing(p)
}

// listing says whether p is a quoted list with commas whose first column is no
// time: its other columns may be times, and it is no log for that.
func listing(p *page) bool {
	if !csv(p, "") || len(p.lines) < 2 {
		return false
	}
	for _, line := range p.lines[:2] {
		if column, _, _ := bytes.Cut(line, []byte(",")); generic.Has(column) {
			return false
		}
	}
	return true
}

// pasted says whether head is text copied out of CMTrace: message, component,
// time and thread with tabs between them.
func pasted(head []byte) bool {
	return scan.Enough(scan.Share(head, func(line []byte) bool {
		i := bytes.LastIndexByte(line, '\t')
		if i < 0 || bytes.IndexByte(line[i:], '(') < 0 {
			return false
		}
		j := bytes.LastIndexByte(line[:i], '\t')
		return j >= 0 && generic.Has(line[j+1:i])
	}))
}
