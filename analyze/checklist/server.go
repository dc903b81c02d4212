package checklist

import (
	"patchtrail/analyze/finding"
	"patchtrail/ingest"
)

// prerequisites (S1.1, S1.2): WCM found the console of WSUS in a version that it
// can use.
func (e *env) prerequisites() verdict {
	if proof, t := e.newest([]string{"Supported WSUS version found"}, "wcm", "wsusctrl"); proof != nil {
		return e.say(Pass, "pass", proof, e.Time(t))
	}
	return verdict{}
}

// synchronized takes a synchronization that went well as proof that what it
// needs is in order (S1.10-S1.16, S1.50, S1.60).
func (e *env) synchronized() verdict {
	if s := e.Facts.LastSync; s != nil {
		return e.say(Pass, "pass", at(s.Evidence), e.Time(s.Time))
	}
	return verdict{}
}

// wsusServices (S1.4, S1.5).
func (e *env) wsusServices() verdict {
	names := []string{"WsusService", "W3SVC"}
	if e.Facts.Service(names[0]) == nil && e.Role == ingest.Client {
		names = nil // IIS of a client is none of ours
	}
	var proof []finding.Evidence
	running := 0
	for _, name := range names {
		s := e.Facts.Service(name)
		switch {
		case s == nil:
			continue
		case s.State == "stopped" || s.StartType == "disabled":
			return e.say(Fail, "fail", at(s.Evidence...), name)
		case s.State == "running":
			running++
		}
		proof = append(proof, at(s.Evidence...)...)
	}
	if running == 2 {
		return e.say(Pass, "pass", proof)
	}
	if proof, t := e.newest([]string{"Successfully connected to server:", "Successfully connected to local WSUS server"}, "wcm", "wsusctrl"); proof != nil {
		return e.say(Pass, "pass.logs", proof, e.Time(t))
	}
	return verdict{}
}

// wsusControl (S1.70).
func (e *env) wsusControl() verdict {
	if proof, t := e.newest([]string{"There are no unhealthy WSUS Server components"}, "wsusctrl"); proof != nil {
		return e.say(Pass, "pass", proof, e.Time(t))
	}
	return verdict{}
}
