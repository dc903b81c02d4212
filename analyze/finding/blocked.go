package finding

import (
	"slices"
	"strings"

	"patchtrail/analyze/ledger"
)

// What a finding keeps from being installed: stopsAll are those without whose
// cure no update of the machine is, whatever it is; installing those that stop
// the updates that they name. What stops a transfer stops the updates that it
// names too.
var stopsAll = slices.Concat(scanning, contacting, []string{
	"network-down", "clock-wrong", "policy-not-received", "software-updates-disabled", "provisioning-mode", "wmi-damaged",
	"gpo-overrides-update-point", "wsus-policy-wrong", "wsus-policy-not-applied", "registry-pol-damaged", "update-point-not-assigned",
	"dual-scan", "update-service-blocked", "data-store-damaged", "proxy-bypasses-missing", "bits-service-failed", "service-account-wrong",
})

// scanning and contacting are the failures of a scan, and on the way to the
// management point.
var (
	scanning = []string{
		"scan-timeout", "scan-service-unavailable", "scan-cannot-connect", "wsus-name-not-resolved", "scan-proxy-auth", "scan-http-error",
		"scan-tls-failed", "scan-soap-overload", "scan-out-of-memory", "scan-failed",
	}
	contacting = []string{"mp-http-error", "mp-no-client-certificate", "mp-name-not-resolved", "mp-timeout", "mp-unreachable"}
)

// block names the updates that a finding keeps from being installed. What has
// passed blocks nothing.
func (in *Input) block(f *Finding) {
	if f.Severity == Info {
		return
	}
	all := slices.Contains(stopsAll, f.ID) || f.ID == "disk-low" && f.Severity == Error ||
		(f.ID == "service-disabled" || f.ID == "service-stopped") && !containsFold(optional, f.Params["service"])
	of := in.belong(f)
	for i := range in.Updates {
		u := &in.Updates[i]
		switch {
		case u.Machine != f.Machine:
		case !settled(u) && (all && u.Involved || f.names(u) || slices.Contains(of, i) || f.ID == "content-no-location" && unlocated(u)), f.ID == "restart-pending" && waitsForRestart(u):
			f.Updates = append(f.Updates, u.Key)
		}
	}
	f.Updates = unique(f.Updates)
}

// belong are the places of the updates whose job or deployment a finding names.
func (in *Input) belong(f *Finding) []int {
	var out []int
	if in.Belong == nil {
		return nil
	}
	for _, p := range append([]map[string]string{f.Params}, f.tracked...) {
		for _, key := range []string{"job", "deployment"} {
			if id := guidIn(p[key]); id != "" {
				out = append(out, in.Belong(id)...)
			}
		}
	}
	return out
}

// settled reports whether nothing is left to do for an update but a restart.
func settled(u *ledger.Update) bool {
	switch u.Now {
	case ledger.StateInstalled, ledger.StatePending, ledger.StateRestarted, ledger.StateSuperseded, ledger.StateNotNeeded, ledger.StateRemoved:
		return true
	}
	return false
}

// unlocated reports whether the download of an update ended in a code that says
// that its content has no location.
func unlocated(u *ledger.Update) bool {
	return slices.ContainsFunc(u.Stages, func(g ledger.Stage) bool {
		return g.Name == ledger.Download && slices.Contains([]uint32{0x87d00607, 0x87d00669, 0x87d01204}, g.Code)
	})
}

// waitsForRestart reports whether an update waits for one, its own or another's.
func waitsForRestart(u *ledger.Update) bool {
	return u.Now == ledger.StatePending || u.Now == ledger.StateRestart
}

// names reports whether a finding is about an update: the last one that its
// parameters name, or one of those that its rule tracks.
func (f *Finding) names(u *ledger.Update) bool {
	return about(f.Params, u) || slices.ContainsFunc(f.tracked, func(p map[string]string) bool { return about(p, u) })
}

func about(p map[string]string, u *ledger.Update) bool {
	if id := guidIn(p["update"]); id != "" && id == u.UpdateID {
		return true
	}
	if id := guidIn(contentID(p["content"])); id != "" && slices.Contains(u.Contents, id) {
		return true
	}
	return u.KB != "" && kb(p["kb"]) == u.KB
}

// contentID is the id of content without its version.
func contentID(s string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(s), "content_"), ".")
	return id
}

// unique sorts keys and leaves out what is there twice.
func unique(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}

// share gives causes the updates of what follows from them.
func share(all []Finding) {
	for i := range all {
		f := &all[i]
		if f.Root || f.Severity == Info {
			continue
		}
		if r := rootOf(all, f); r != nil && r.Severity != Info {
			r.Updates = unique(append(r.Updates, f.Updates...))
		}
	}
}

// rootOf is the cause that a consequence hangs under: that of its own machine
// before that of another.
func rootOf(all []Finding, f *Finding) *Finding {
	var other *Finding
	for i := range all {
		o := &all[i]
		if !o.Root || o.ID != f.ConsequenceOf {
			continue
		}
		if o.Machine == f.Machine {
			return o
		}
		if other == nil {
			other = o
		}
	}
	return other
}
