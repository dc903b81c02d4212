package checklist

import (
	"cmp"
	"path"
	"strings"

	"patchtrail/analyze/fact"
	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// Presence says whether a log that the analysis wants is in the bundle.
type Presence string

// The states of a log: there; there, but what it holds begins only after the
// first thing that went wrong; not there.
const (
	Present    Presence = "present"
	RolledOver Presence = "rolled-over"
	Absent     Presence = "absent"
)

// Coverage is how far one log of a machine reaches.
type Coverage struct {
	// Log is the name that people know it by, "WUAHandler.log".
	Log     string
	Machine int
	Status  Presence
	// First and Last are nanoseconds UTC, 0 where the log is absent or empty.
	First, Last int64
	// Advice says what to do; its Key is "" where nothing is to do.
	Advice Words
}

// wanted is a log that answers questions, and where it lies.
type wanted struct {
	name    string
	formats []string // any log of these formats serves as well
	folder  string
}

const (
	clientFolder = `C:\Windows\CCM\Logs`
	serverFolder = `C:\Program Files\Microsoft Configuration Manager\Logs`
	wsusFolder   = `C:\Program Files\Update Services\LogFiles`
	eventFolder  = `C:\Windows\System32\winevt\Logs`
)

// wantedOf are the logs that say why updates fail, by role.
func wantedOf(role ingest.Role) []wanted {
	list := func(folder string, names ...string) []wanted {
		var out []wanted
		for _, n := range names {
			out = append(out, wanted{name: n, folder: folder})
		}
		return out
	}
	switch role {
	case ingest.SiteServer:
		return list(serverFolder, "wsyncmgr.log", "WCM.log", "WSUSCtrl.log", "objreplmgr.log", "ruleengine.log", "distmgr.log", "PkgXferMgr.log", "PatchDownloader.log")
	case ingest.WSUS:
		return append(list(wsusFolder, "SoftwareDistribution.log", "Change.log"),
			wanted{"u_ex*.log", []string{"iis"}, `C:\inetpub\logs\LogFiles`}, wanted{"httperr*.log", []string{"httperr"}, `C:\Windows\System32\LogFiles\HTTPERR`},
			wanted{"Application.evtx", nil, eventFolder})
	}
	return append(list(clientFolder, "WUAHandler.log", "ScanAgent.log", "UpdatesStore.log", "UpdatesDeployment.log", "UpdatesHandler.log", "CAS.log",
		"ContentTransferManager.log", "DataTransferService.log", "LocationServices.log", "ClientLocation.log", "PolicyAgent.log", "PolicyEvaluator.log",
		"ServiceWindowManager.log", "RebootCoordinator.log", "CcmMessaging.log", "StateMessage.log"),
		wanted{"ReportingEvents.log", []string{"reportingevents"}, `C:\Windows\SoftwareDistribution`},
		wanted{"WindowsUpdate.log", []string{"windowsupdate", "windowsupdate-legacy", "etl"}, `C:\Windows\Logs\WindowsUpdate`},
		wanted{"CBS.log", []string{"cbs"}, `C:\Windows\Logs\CBS`},
		wanted{"System.evtx", nil, eventFolder},
	)
}

// Cover says for each log that the machine should have whether it is there and
// reaches back to since, the first thing that went wrong (nanoseconds UTC, 0
// for nothing), and how much the ConfigMgr client was told to log. facts may be
// nil; at writes a time, in UTC if nil.
func Cover(s *record.Store, machine int, role ingest.Role, since int64, facts *fact.Facts, at func(utc int64) string) []Coverage {
	e := newEnv(Input{Machine: machine, Role: role, Facts: facts, Store: s, Time: at})
	var out []Coverage
	for _, w := range wantedOf(role) {
		out = append(out, e.cover(w, since))
	}
	if c, ok := e.level(); ok {
		out = append(out, c)
	}
	return out
}

// cover tells of one log.
func (e *env) cover(w wanted, since int64) Coverage {
	c := Coverage{Log: w.name, Machine: e.Machine, Status: Absent}
	for _, f := range e.Store.Files {
		if f.Machine != e.Machine || f.Len() == 0 || !w.is(f) {
			continue
		}
		c.Status = Present
		if f.Len() > f.Untimed {
			if c.First == 0 || f.First < c.First {
				c.First = f.First
			}
			c.Last = max(c.Last, f.Last)
		}
	}
	switch {
	case c.Status == Absent:
		c.Advice = Words{"coverage.absent", []any{w.name, w.folder}}
	case since != 0 && c.First > since:
		c.Status = RolledOver
		c.Advice = Words{"coverage.rolled-over", []any{w.name, e.Time(c.First), e.Time(since)}}
		if size, kept := e.Facts.LogMaxSize, e.Facts.LogMaxHistory; w.folder == clientFolder && size.Known() {
			c.Advice = Words{"coverage.rolled-over.sized", []any{w.name, e.Time(c.First), e.Time(since), size.Value, cmp.Or(kept.Value, "1")}}
		}
	}
	return c
}

// loggingKey holds how much the ConfigMgr client logs: LogLevel 0 is verbose, 1
// the default, 2 warnings and errors, 3 errors only. Source: DOMAIN.md A4.
const loggingKey = `HKLM\SOFTWARE\Microsoft\CCM\Logging\@Global`

// level tells of a client that does not log all that it could; ok is false where
// it does, or where the machine is no client.
func (e *env) level() (c Coverage, ok bool) {
	f := &e.Facts.LogLevel
	if e.Role != ingest.Client || f.Value == "0" || !f.Known() && !e.configMgr() {
		return Coverage{}, false
	}
	c = Coverage{Log: loggingKey, Machine: e.Machine, Status: Present}
	if f.Known() {
		c.Advice = Words{"coverage.level", []any{f.Value, loggingKey}}
		return c, true
	}
	c.Status = Absent
	c.Advice = Words{"coverage.level-unknown", []any{`reg query "` + loggingKey + `"`}}
	return c, true
}

// is reports whether a file is the log, or a part of it.
func (w wanted) is(f *record.File) bool {
	for _, format := range w.formats {
		if f.Format == format {
			return true
		}
	}
	name := path.Base(strings.ReplaceAll(f.Log, "!", "/"))
	name, want := strings.ToLower(name), strings.ToLower(w.name)
	return name == want || strings.HasSuffix(name, "_"+want) // "PC01_System.evtx"
}
