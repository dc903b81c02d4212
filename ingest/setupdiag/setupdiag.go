// Package setupdiag recognises the reports of SetupDiag, which says why an
// upgrade of Windows failed: SetupDiagResults.log, .xml and .json. A report is
// the state of one moment, with a few lines of other logs quoted in it: it is
// kept whole, as a snapshot, and has no records of its own.
package setupdiag

import (
	"bytes"

	"patchtrail/ingest/scan"
)

// Name is the format's name, and its kind as a snapshot.
const Name = "setupdiag"

// window is how far into a file its marks are looked for, in bytes.
const window = 4 << 10

// Detect says whether head begins a report of SetupDiag.
func Detect(head []byte, _ string) bool {
	head = head[scan.SkipBOM(head):]
	head = bytes.TrimLeft(head[:min(len(head), window)], " \t\r\n")
	if len(head) == 0 {
		return false
	}
	switch head[0] {
	case '<':
		return root(head)
	case '{':
		return bytes.Contains(head, []byte(`"ProfileName"`)) && bytes.Contains(head, []byte(`"ProfileGuid"`))
	}
	for at := 0; at < len(head); {
		end, next := scan.Line(head, at)
		line := head[scan.Skip(head, at):max(end, scan.Skip(head, at))]
		at = next
		for _, mark := range marks {
			if bytes.HasPrefix(line, []byte(mark)) {
				return true
			}
		}
	}
	return false
}

// marks begin lines that only SetupDiag writes.
var marks = []string{
	"SetupDiag version:",
	"SetupDiag v",
	"Matching Profile found:",
	"Error: SetupDiag reports",
	"SetupDiag was unable to match",
	"SetupDiag found ",
	"SetupDiag: processing",
}

// root says whether the XML of head has SetupDiag's root element.
func root(head []byte) bool {
	for {
		i := bytes.IndexByte(head, '<')
		if i < 0 || i+1 >= len(head) {
			return false
		}
		head = head[i+1:]
		if head[0] == '?' || head[0] == '!' {
			continue
		}
		return bytes.HasPrefix(head, []byte("SetupDiag"))
	}
}
