package finding

import (
	"net/netip"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
	"patchtrail/ingest/record"
)

// addresses are those of an adapter by which others can reach it: not its own
// making, not loopback.
func addresses(a *fact.Adapter) []string {
	var out []string
	for _, s := range a.Addresses {
		ip, err := netip.ParseAddr(s)
		if err == nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() {
			out = append(out, s)
		}
	}
	return out
}

// networkDown looks for a machine none of whose adapters has an address (S4.3).
// Adapters that are not in use are disconnected on every machine.
func networkDown(s *subject) []Finding {
	f := Finding{Confidence: Certain, Params: map[string]string{}}
	for i := range s.facts.Adapters {
		a := &s.facts.Adapters[i]
		if !a.Disconnected && len(addresses(a)) > 0 {
			return nil
		}
		kind, at := "no-address", a.Evidence
		switch {
		case a.Disconnected:
			kind, at = "disconnected", a.DisconnectedAt
		case a.Automatic:
			kind = "apipa"
		case strings.Contains(strings.ToLower(a.Name+a.Description), "loopback"):
			continue
		}
		f.Evidence = append(f.Evidence, places(at)...)
		// An adapter that asked for an address and got none says most.
		if f.Params["kind"] == "" || kind == "apipa" && f.Params["kind"] != kind {
			f.Params["adapter"], f.Params["kind"] = a.Name, kind
			if kind == "apipa" && len(a.Addresses) > 0 {
				f.Params["address"] = a.Addresses[0]
			}
		}
	}
	n := len(f.Evidence)
	if n == 0 {
		return nil
	}
	if n > 1 && f.Params["kind"] == "disconnected" {
		f.Params["adapters"] = strconv.Itoa(n)
		delete(f.Params, "adapter")
	}
	return []Finding{f}
}

// notActivated reads slmgr's license status (S4.2).
func notActivated(s *subject) []Finding {
	if s.facts.Activated.Value != "no" {
		return nil
	}
	at := s.facts.Activated.Evidence
	status := s.facts.Activation.Value
	if status == "" {
		status = at[0].Text
	}
	return []Finding{{Confidence: Certain, Evidence: places(at...), Params: params("status", status)}}
}

// Free space on the system drive, in bytes: below full nothing can be installed,
// below narrow large updates may fail, upgrade is what a feature update needs.
const (
	gb      = 1 << 30
	full    = 1 * gb
	narrow  = 10 * gb
	upgrade = 35 * gb
)

// diskLow looks at the free space of the system drive (S4.4, C43).
func diskLow(s *subject) []Finding {
	d := s.facts.Disk("C:")
	if d == nil || !d.FreeKnown || d.SizeKnown && d.Size < narrow {
		return nil
	}
	f := Finding{Evidence: places(d.Evidence...), Params: params(
		"drive", d.Name, "free_mb", strconv.FormatInt(d.Free>>20, 10), "free_gb", gigabytes(d.Free),
	)}
	upgrading := s.matched("feature-update-failed") != nil
	switch {
	case d.Free < full:
		f.Severity, f.Confidence = Error, Certain
		f.Params["needed_gb"] = gigabytes(narrow)
	case d.Free < upgrade && upgrading:
		f.Severity, f.Confidence = Warning, Likely
		f.Params["needed_gb"] = gigabytes(upgrade)
	case d.Free < narrow:
		f.Severity, f.Confidence = Warning, Possible
		f.Params["needed_gb"] = gigabytes(narrow)
	default:
		return nil
	}
	return []Finding{f}
}

func gigabytes(n int64) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/gb, 'f', 1, 64), ".0")
}

// storeCorrupt reads the answers of DISM and sfc (S4.11, C63). Both are signs
// of their own. What was repaired no longer stops anything.
func storeCorrupt(s *subject) []Finding {
	f := Finding{Params: map[string]string{}}
	worst := Info
	for _, tool := range []struct {
		name string
		fact *fact.Fact
	}{{"DISM", &s.facts.ComponentStore}, {"sfc", &s.facts.SystemFiles}} {
		v := tool.fact
		switch v.Value {
		case "corrupt", "repairable":
			worst = ""
		case "repaired":
		default:
			continue
		}
		if len(f.Evidence) > 0 && worst == Info {
			continue
		}
		f.Params["tool"], f.Params["result"] = tool.name, strings.TrimRight(v.Evidence[0].Text, ".。 ")
		f.Evidence = append(f.Evidence, places(v.Evidence...)...)
	}
	if len(f.Evidence) == 0 {
		return nil
	}
	f.Severity, f.Confidence = worst, Certain
	return []Finding{f}
}

// restartSigns are the signs of a pending restart as they are told.
var restartSigns = map[string]string{
	"component-servicing": `Component Based Servicing\RebootPending`,
	"windows-update":      `WindowsUpdate\Auto Update\RebootRequired`,
	"file-rename":         "PendingFileRenameOperations",
	"client":              "ConfigMgr",
	"cbs":                 "CBS.log",
}

// restartPending looks for a restart that Windows or the client waits for
// (C62). Files to be renamed alone prove nothing.
func restartPending(s *subject) []Finding {
	if !s.facts.RestartPending() {
		return nil
	}
	f := Finding{Confidence: Certain, Params: map[string]string{}}
	var reasons []string
	for _, r := range s.facts.Restarts {
		reasons = append(reasons, restartSigns[r.Reason])
		f.Evidence = append(f.Evidence, places(r.Evidence)...)
		if r.Evidence.Record != record.None && r.Reason == "client" {
			f.Params["since"] = stamp(s.Store.Time(r.Evidence.Record))
		}
	}
	f.Params["reasons"] = strings.Join(reasons, ", ")
	return []Finding{f}
}

// upgradeFailed reads SetupDiag's verdict (S4.7, S4.27, C72). One of its
// profiles tells of a success.
func upgradeFailed(s *subject) []Finding {
	d := s.facts.SetupDiag
	if d == nil || d.Profile == "" || strings.Contains(strings.ToLower(d.Profile), "success") {
		return nil
	}
	code, extend := d.Error, ""
	if fields := strings.FieldsFunc(d.Error, func(r rune) bool { return r == '-' || r == ' ' || r == ',' }); len(fields) > 0 {
		code = fields[0]
		if len(fields) > 1 && strings.HasPrefix(fields[1], "0x") {
			extend = fields[1]
		}
	}
	if !strings.HasPrefix(code, "0x") {
		code = ""
	}
	return []Finding{{Confidence: Certain, Evidence: places(d.Evidence...), Params: params(
		"code", strings.ToLower(code), "extend", strings.ToLower(extend), "phase", d.Phase, "operation", d.Operation,
		"rule", d.Profile, "remedy", d.Link, "detail", d.Message,
	)}}
}

// tracesUnreadable tells of the traces that nothing here can decode (S4.26).
func tracesUnreadable(s *subject) []Finding {
	f := Finding{Severity: Info, Confidence: Certain, Params: map[string]string{}}
	for i, file := range s.Store.Files {
		if file.Machine != s.n || !file.Unreadable && !damagedTrace(file) {
			continue
		}
		f.Count++
		if f.Count == 1 {
			f.Params["file"] = file.Path
		}
		f.Evidence = append(f.Evidence, Evidence{Record: record.None, File: i, Line: 1, Text: file.Path})
	}
	if f.Count == 0 {
		return nil
	}
	if f.Count > 1 {
		f.Params["files"] = strconv.Itoa(f.Count)
	}
	return []Finding{f}
}

// damagedTrace reports whether a file is a trace of Windows Update by its name,
// but nothing of the kind by its content.
func damagedTrace(f *record.File) bool {
	name := strings.ToLower(f.Path[strings.LastIndexAny(f.Path, "/!")+1:])
	return strings.HasPrefix(name, "windowsupdate.") && strings.HasSuffix(name, ".etl") && f.Format != "etl" && f.Bytes > 0
}
