package checklist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// clock (S4.1) looks at what w32tm says of its time source.
func (e *env) clock() verdict {
	src, synced := &e.Facts.TimeSource, &e.Facts.TimeSynced
	if !src.Known() {
		return verdict{}
	}
	proof := join(at(src.Evidence...), at(synced.Evidence...))
	low := strings.ToLower(src.Value)
	if strings.Contains(low, "cmos") || strings.Contains(low, "free-running") {
		return e.say(Warn, "warn", proof, src.Value)
	}
	if !synced.Known() || strings.EqualFold(synced.Value, "unspecified") || synced.Value == "未指定" {
		return verdict{}
	}
	return e.say(Pass, "pass", proof, src.Value, synced.Value)
}

// activation (S4.2).
func (e *env) activation() verdict {
	f := &e.Facts.Activated
	switch f.Value {
	case "yes":
		return e.say(Pass, "pass", at(f.Evidence...))
	case "no":
		return e.say(Fail, "fail", at(f.Evidence...))
	}
	return verdict{}
}

// network (S4.3): one adapter with an address that is not of its own making is
// enough; none is not.
func (e *env) network() verdict {
	var bad []finding.Evidence
	for i := range e.Facts.Adapters {
		a := &e.Facts.Adapters[i]
		good := slices.ContainsFunc(a.Addresses, func(s string) bool { return !strings.HasPrefix(s, "169.254.") && s != "::1" && s != "127.0.0.1" })
		switch {
		case good && !a.Disconnected && len(a.Gateways) > 0:
			return e.say(Pass, "pass", at(a.Evidence), names(a.Addresses), names(a.Gateways))
		case good && !a.Disconnected:
			return verdict{} // no gateway: an address of a network that may be enough
		case a.Disconnected:
			bad = append(bad, at(a.DisconnectedAt)...)
		case a.Automatic:
			bad = append(bad, at(a.Evidence)...)
		}
	}
	if len(bad) > 0 {
		return e.say(Fail, "fail", bad)
	}
	return verdict{}
}

const gb = 1 << 30

// Free space on the system drive, in bytes: below full nothing can be installed,
// below narrow large updates may not be; upgradeSpace is what the article wants
// for a feature update.
const (
	full         = 1 * gb
	narrow       = 10 * gb
	upgradeSpace = 35 * gb
)

func gigabytes(n int64) string { return strconv.FormatFloat(float64(n)/gb, 'f', 1, 64) }

// diskSpace (S4.4).
func (e *env) diskSpace() verdict {
	d := e.Facts.Disk("C:")
	if d == nil || !d.FreeKnown {
		return verdict{}
	}
	proof, free := at(d.Evidence...), gigabytes(d.Free)
	switch {
	case d.Free < full:
		return e.say(Fail, "fail", proof, free)
	case d.Free < upgradeSpace && e.finding("feature-update-failed") != nil:
		return e.say(Warn, "warn.upgrade", proof, free)
	case d.Free < narrow:
		return e.say(Warn, "warn", proof, free)
	}
	return e.say(Pass, "pass", proof, free)
}

// The marks of a finished download, and the logs that hold them.
var downloadMarks = []string{
	"successfully processed download completion", "Download completed for content", "Contents downloaded successfully for update",
	"[AGENT_DOWNLOAD_SUCCEEDED]",
}

var downloadLogs = []string{"contenttransfermanager", "cas", "updateshandler", "reportingevents", "windowsupdate_reportingevents"}

// downloaded (S4.5) looks for a download that came to its end. One listing of
// the folder shows no growth.
func (e *env) downloaded() verdict {
	if proof, t := e.newest(downloadMarks, downloadLogs...); proof != nil {
		return e.say(Pass, "pass", proof, e.Time(t))
	}
	if f := &e.Facts.DownloadFolder; f.Known() {
		n, _ := strconv.ParseInt(f.Value, 10, 64)
		return e.say(Unknown, "unknown.size", at(f.Evidence...), gigabytes(n))
	}
	return verdict{}
}

// services (S4.6): a disabled one fails, and so does one that is not there. All
// three of the article must be known for a pass.
func (e *env) services() verdict {
	var proof []finding.Evidence
	var unknown []string
	for i, name := range e.neededServices() {
		s := e.Facts.Service(name)
		switch {
		case s == nil || s.StartType == "" && s.State != "running" && s.State != "missing":
			if i < 3 {
				unknown = append(unknown, name)
			}
		case s.State == "missing":
			return e.say(Fail, "fail.missing", at(s.Evidence...), name)
		case s.StartType == "disabled":
			return e.say(Fail, "fail.disabled", at(s.Evidence...), name)
		case name == "CcmExec" && s.State == "stopped":
			return e.say(Fail, "fail.stopped", at(s.Evidence...), name)
		default:
			proof = append(proof, at(s.Evidence...)...)
		}
	}
	switch {
	case len(unknown) == 0:
		return e.say(Pass, "pass", proof)
	case len(proof) > 0:
		return e.say(Unknown, "unknown.some", proof, names(unknown))
	}
	return verdict{}
}

// systemRequirements (S4.7) are known only where Setup refused.
func (e *env) systemRequirements() verdict {
	if d := e.Facts.SetupDiag; d != nil {
		for _, p := range []string{"Hardblock", "CompatBlocked", "DiskSpaceBlock"} {
			if strings.HasPrefix(d.Profile, p) {
				return e.say(Fail, "fail", at(d.Evidence...), d.Profile)
			}
		}
	}
	if f := e.finding("feature-update-failed", "0xC1900200", "0xC1900202", "0xC1900208"); f != nil {
		return e.say(Fail, "fail.finding", f.Evidence, f.Params["code"])
	}
	return verdict{}
}

// statuses counts the updates of the client's store by status.
func (e *env) statuses() (missing, installed int, proof []finding.Evidence) {
	for i := range e.Facts.Updates {
		u := &e.Facts.Updates[i]
		switch strings.ToLower(u.Status) {
		case "missing":
			missing++
			proof = append(at(u.Evidence), proof...)
		case "installed":
			installed++
			proof = append(proof, at(u.Evidence)...)
		default:
			continue
		}
		proof = proof[:min(len(proof), maxEvidence)]
	}
	return missing, installed, proof
}

// current (S4.8).
func (e *env) current() verdict {
	missing, installed, proof := e.statuses()
	switch {
	case missing > 0:
		return e.say(Warn, "warn", proof, missing)
	case installed > 0:
		return e.say(Pass, "pass", proof, installed)
	}
	return verdict{}
}

// systemFiles (S4.11): both DISM and sfc must be known for a pass.
func (e *env) systemFiles() verdict {
	store, files := &e.Facts.ComponentStore, &e.Facts.SystemFiles
	sound := func(f *fact.Fact) bool { return f.Value == "healthy" || f.Value == "repaired" }
	switch {
	case store.Known() && !sound(store):
		return e.say(Fail, "fail.store", at(store.Evidence...))
	case files.Known() && !sound(files):
		return e.say(Fail, "fail.files", at(files.Evidence...))
	case sound(store) && sound(files):
		return e.say(Pass, "pass", join(at(store.Evidence...), at(files.Evidence...)))
	case sound(store):
		return e.say(Unknown, "unknown.store", at(store.Evidence...))
	case sound(files):
		return e.say(Unknown, "unknown.files", at(files.Evidence...))
	}
	return verdict{}
}

// serviceState tells of one service that Windows starts when it is needed.
func (e *env) serviceState(name string) verdict {
	s := e.Facts.Service(name)
	switch {
	case s == nil:
		return verdict{}
	case s.State == "missing":
		return e.say(Fail, "fail.missing", at(s.Evidence...))
	case s.StartType == "disabled":
		return e.say(Fail, "fail.disabled", at(s.Evidence...))
	case s.State == "running", s.State == "stopped" && idle(s):
		return e.say(Pass, "pass", at(s.Evidence...), s.State)
	}
	return verdict{}
}

// idle reports whether a stopped service is one that Windows starts when it is
// needed, and that did not end in an error.
func idle(s *fact.Service) bool {
	if s.ExitKnown {
		return s.StartType != "" && (s.ExitCode == 0 || s.ExitCode == neverStarted)
	}
	return s.StartType == "manual"
}

// neverStarted is ERROR_SERVICE_NEVER_STARTED, the exit code of a service that
// has not run since the machine started.
const neverStarted = 1077

// bits (S4.12, S3.5).
func (e *env) bits() verdict { return e.serviceState("bits") }

// updateService (S3.21).
func (e *env) updateService() verdict { return e.serviceState("wuauserv") }

// bitsAccount (S3.4).
func (e *env) bitsAccount() verdict {
	s := e.Facts.Service("bits")
	if s == nil || s.Account == "" {
		return verdict{}
	}
	switch strings.ToLower(s.Account) {
	case "localsystem", `nt authority\system`, `.\localsystem`:
		return e.say(Pass, "pass", at(s.Evidence...))
	}
	return e.say(Fail, "fail", at(s.Evidence...), s.Account)
}

// diskCleanup (S4.13): setup says itself that files of an earlier attempt are in
// its way.
func (e *env) diskCleanup() verdict {
	if f := e.finding("feature-update-failed", "0xC1900107"); f != nil {
		return e.say(Warn, "warn", f.Evidence, titles{{f.ID, f.Text}})
	}
	return verdict{}
}

// restorePoint (S4.16): Windows Server has none.
func (e *env) restorePoint() verdict {
	if e.isServer() {
		return e.say(Unknown, "unknown.server", nil)
	}
	return verdict{}
}

// servicingStack (S4.18): a cumulative update that installed shows that the
// stack was new enough for it.
func (e *env) servicingStack() verdict {
	var last *ledger.Attempt
	name := ""
	for i := range e.Updates {
		u := &e.Updates[i]
		if u.Machine != e.Machine || !cumulative(u.Title) {
			continue
		}
		for j := range u.Attempts {
			if a := &u.Attempts[j]; a.Ended != 0 && len(a.Evidence) > 0 && (last == nil || a.Ended > last.Ended) {
				last, name = a, u.Key
			}
		}
	}
	if last != nil && last.Result == ledger.Succeeded {
		return e.say(Pass, "pass", finding.Records(last.Evidence...), name, e.Time(last.Ended))
	}
	return verdict{}
}

// cumulative reports whether a title is that of a cumulative update of Windows.
func cumulative(title string) bool {
	low := strings.ToLower(title)
	if strings.Contains(low, ".net framework") && !strings.Contains(low, "windows") {
		return false
	}
	return strings.Contains(low, "cumulative update for windows") || strings.Contains(low, "cumulative update for microsoft server") ||
		strings.Contains(title, "累積更新プログラム") && !strings.Contains(title, ".NET Framework")
}

// recently is how old an error of the event log may be to count, from the log's
// end.
const recently = int64(7 * 24 * time.Hour)

// eventLog (S4.25) looks for errors of the last days in the log of the Windows
// Update client.
func (e *env) eventLog() verdict {
	if e.Store == nil {
		return verdict{}
	}
	for i, f := range e.Store.Files {
		if f.Machine != e.Machine || f.Format != "evtx" && f.Format != "eventtext" || f.Len() == 0 || !strings.Contains(strings.ToLower(f.Log), "windowsupdateclient") {
			continue
		}
		var proof []finding.Evidence
		count := 0
		base := f.Base() + record.ID(f.Len())
		for n := len(f.Blocks()) - 1; n >= 0; n-- {
			b := f.Blocks()[n]
			base -= record.ID(b.Len())
			for k := b.Len() - 1; k >= 0; k-- {
				if b.Level(k) == record.Error && b.Time(k) >= f.Last-recently {
					if count++; len(proof) < 3 {
						proof = append(proof, finding.Evidence{Record: base + record.ID(k), File: i, Line: b.Line(k)})
					}
				}
			}
		}
		if count > 0 {
			return e.say(Warn, "warn", proof, count, e.Time(f.Last))
		}
		return e.say(Pass, "pass", finding.Records(f.Base()+record.ID(f.Len()-1)), f.Len(), e.Time(f.First), e.Time(f.Last))
	}
	return verdict{}
}

// updateLog (S4.26): the log is there and can be read.
func (e *env) updateLog() verdict {
	if e.Store == nil {
		return verdict{}
	}
	var unread []finding.Evidence
	best := -1
	for i, f := range e.Store.Files {
		if f.Machine != e.Machine || !slices.Contains([]string{"windowsupdate", "windowsupdate-legacy", "etl"}, f.Format) {
			continue
		}
		switch {
		case f.Unreadable:
			unread = append(unread, finding.Evidence{Record: record.None, File: i, Line: 1, Text: f.Path})
		case f.Len() > 0 && (best < 0 || f.Last > e.Store.Files[best].Last):
			best = i
		}
	}
	switch {
	case best >= 0:
		f := e.Store.Files[best]
		return e.say(Pass, "pass", finding.Records(f.Base(), f.Base()+record.ID(f.Len()-1)), f.Len(), e.Time(f.First), e.Time(f.Last))
	case unread != nil:
		return e.say(Warn, "warn", unread)
	}
	return verdict{}
}

// setupDiag (S4.27).
func (e *env) setupDiag() verdict {
	d := e.Facts.SetupDiag
	switch {
	case d == nil:
		return verdict{}
	case d.NoMatch:
		return e.say(Pass, "pass", at(d.Evidence...))
	case d.Profile != "" || d.Error != "":
		what := d.Profile
		if d.Error != "" {
			what = strings.TrimPrefix(fmt.Sprintf("%s, %s", what, d.Error), ", ")
		}
		return e.say(Fail, "fail", at(d.Evidence...), what)
	}
	return verdict{}
}
