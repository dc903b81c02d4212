package finding

import (
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// updating are the services without which no update is installed or, on a
// server, offered. Sources: S3.5, S3.21, S4.6, S1.4.
var updating = []string{"bits", "wuauserv", "TrustedInstaller", "usosvc", "dosvc", "cryptsvc", "CcmExec", "WsusService"}

// displayed are the names under which the event log shows them, in small
// letters, in English and Japanese.
var displayed = map[string]string{
	"background intelligent transfer service": "bits", "windows update": "wuauserv", "windows modules installer": "TrustedInstaller",
	"update orchestrator service": "usosvc", "delivery optimization": "dosvc", "配信の最適化": "dosvc",
	"cryptographic services": "cryptsvc", "sms agent host": "CcmExec", "wsus service": "WsusService", "update services": "WsusService",
}

// canonical is the name of a service as updating has it, s itself where it is
// none of these.
func canonical(s string) string {
	low := strings.ToLower(s)
	if name := displayed[low]; name != "" {
		return name
	}
	for _, name := range updating {
		if strings.EqualFold(name, s) {
			return name
		}
	}
	return s
}

// lasting are those of them that run all the time: the others stop by
// themselves when they have nothing to do, and are started when needed.
var lasting = []string{"cryptsvc", "CcmExec", "WsusService"}

// optional are those whose absence only slows downloads.
var optional = []string{"usosvc", "dosvc"}

func (s *subject) services(names []string) []*fact.Service {
	var out []*fact.Service
	for _, n := range names {
		if v := s.facts.Service(n); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// servicesDisabled looks for disabled services (S4.6): manual and automatic are
// both well.
func servicesDisabled(s *subject) []Finding {
	var out []Finding
	for _, v := range s.services(updating) {
		if v.StartType != "disabled" {
			continue
		}
		f := Finding{Confidence: Certain, Evidence: places(v.Evidence...), Params: params("service", canonical(v.Name), "name", canonical(v.Name), "state", v.State)}
		if containsFold(optional, v.Name) {
			f.Severity = Warning
		}
		out = append(out, f)
	}
	return out
}

// servicesStopped looks for services that are stopped though they run all the
// time, that failed to run, or that are not there.
func servicesStopped(s *subject) []Finding {
	var out []Finding
	for _, v := range s.services(updating) {
		always := containsFold(lasting, v.Name)
		absent := v.State == "missing" && !strings.EqualFold(v.Name, "bits") && (always && v.Name != "WsusService" && s.managed() || !always && !containsFold(optional, v.Name))
		halted := v.State == "stopped" && v.StartType != "disabled" && (always || failedToRun(v))
		if !absent && !halted {
			continue
		}
		f := Finding{Confidence: Certain, Evidence: places(v.Evidence...), Params: params(
			"service", canonical(v.Name), "name", canonical(v.Name), "state", v.State,
		)}
		if v.ExitKnown && v.ExitCode != 0 {
			f.Params["code"] = strconv.FormatUint(uint64(v.ExitCode), 10)
		}
		if containsFold(optional, v.Name) {
			f.Severity = Warning
		}
		out = append(out, f)
	}
	return out
}

// failedToRun reports whether a service ended with an error. 1077 says only that
// nobody has started it since the machine did.
func failedToRun(v *fact.Service) bool {
	return v.ExitKnown && v.ExitCode != 0 && v.ExitCode != 1077
}

// accountWrong looks at the account of BITS, which must be LocalSystem (S3.4).
func accountWrong(s *subject) []Finding {
	v := s.facts.Service("bits")
	if v == nil || v.Account == "" {
		return nil
	}
	name := strings.ToLower(v.Account)
	if slices.Contains([]string{"localsystem", `.\localsystem`, `nt authority\system`, "system"}, name) {
		return nil
	}
	return []Finding{{Confidence: Certain, Evidence: places(v.Evidence...), Params: params("service", canonical(v.Name), "account", v.Account)}}
}

// bitsDoesNotExist is the code of starting a service that is not there (S3.7).
const bitsDoesNotExist = "0x80070424"

// bitsCannotStart looks for a BITS that is not there (S3.7), and for a service
// that it depends on and that cannot run (S3.10).
func bitsCannotStart(s *subject) []Finding {
	v := s.facts.Service("bits")
	if v == nil {
		return nil
	}
	if v.State == "missing" {
		return []Finding{{Confidence: Certain, Evidence: places(v.Evidence...), Params: params("service", "bits", "state", v.State, "code", bitsDoesNotExist)}}
	}
	for _, name := range v.Dependencies {
		d := s.facts.Service(name)
		if d == nil || d.State != "missing" && d.StartType != "disabled" {
			continue
		}
		proof := append(places(v.Evidence...), places(d.Evidence...)...)
		return []Finding{{Confidence: Certain, Evidence: proof, Params: params("service", "bits", "dependency", d.Name, "state", d.State)}}
	}
	return nil
}

// updateJobs are the jobs of BITS that fetch updates.
var updateJobs = []string{"CCMDTS Job", "WU Client Download"}

// transfersFailed reads saved lists of BITS' jobs (S3.14-S3.19b).
func transfersFailed(s *subject) []Finding { return s.transfers(false) }

// contentRefused reads those that fetch content from a distribution point and
// fail for a reason that is not BITS' own (C41).
func contentRefused(s *subject) []Finding { return s.transfers(true) }

// transfers makes findings of jobs in an error, one a code. One that BITS tries
// again may pass. A job that ends well is not in the list any more.
func (s *subject) transfers(refused bool) []Finding {
	var out []Finding
	for i := range s.facts.Transfers {
		t := &s.facts.Transfers[i]
		if !t.Failed() || !containsFold(updateJobs, t.Name) {
			continue
		}
		own := strings.HasPrefix(t.Code, "0x8020") || slices.Contains([]string{"", "0x80070057", "0x80072f78", "0x800704dd"}, t.Code)
		if refused != (!own && strings.Contains(strings.ToUpper(t.URL), "/SMS_DP")) {
			continue
		}
		if n := slices.IndexFunc(out, func(f Finding) bool { return f.Params["code"] == t.Code }); n >= 0 {
			out[n].Count++
			out[n].Evidence = append(out[n].Evidence, places(t.Evidence...)...)
			continue
		}
		f := Finding{Confidence: Certain, Count: 1, Evidence: places(t.Evidence...), Params: params("code", t.Code, "url", t.URL, "host", hostOf(t.URL))}
		if !refused {
			f.Params["name"], f.Params["state"] = t.Name, t.State
		}
		if t.State == "transient-error" {
			f.Severity = Warning
		}
		out = append(out, f)
	}
	return out
}
