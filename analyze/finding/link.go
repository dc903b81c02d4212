package finding

import (
	"slices"
	"strings"

	"patchtrail/analyze/fact"
)

// relation says that some findings follow from another where both are there:
// what the cause breaks is what the others need. Nearness in time is no reason.
type relation struct {
	cause   string
	effects []string
	// when narrows it, nil if it always holds.
	when func(effect, cause *Finding) bool
}

// relations are those that rules do not state themselves, the deepest causes
// first: of several that apply the first is taken.
var relations = []relation{
	{"network-down", append([]string{
		"mp-name-not-resolved", "mp-timeout", "mp-unreachable", "scan-timeout", "scan-cannot-connect", "wsus-name-not-resolved",
		"content-access-failed", "bits-job-failed", "delivery-optimization-failed",
	}, serverPath...), nil},
	{"clock-wrong", []string{"scan-tls-failed", "mp-no-client-certificate", "signature-not-trusted", "wcm-tls-closed"}, nil},
	{"clock-wrong", []string{"mp-unreachable"}, untrusted},

	{"service-disabled", []string{"service-stopped"}, sameService},
	{"service-disabled", []string{"bits-service-failed", "bits-job-failed"}, service("bits", "cryptsvc")},
	{"service-disabled", []string{"scan-failed", "update-service-blocked", "data-store-damaged"}, service("wuauserv")},
	{"service-disabled", []string{"install-failed", "component-store-corrupt"}, service("TrustedInstaller")},
	{"service-disabled", []string{"delivery-optimization-failed"}, service("dosvc")},
	{"service-disabled", serverPath, service("WsusService")},
	{"service-stopped", []string{"bits-service-failed", "bits-job-failed"}, service("bits", "cryptsvc")},
	{"service-stopped", []string{"scan-failed"}, service("wuauserv")},
	{"service-stopped", serverPath, service("WsusService")},
	{"service-account-wrong", []string{"bits-service-failed", "bits-job-failed", "service-stopped"}, bitsItself},
	{"bits-service-failed", []string{"bits-job-failed"}, nil},
	{"bits-service-failed", []string{"service-stopped"}, bitsItself},

	// What a server does to its clients: what its own logs show is no proxy's.
	{"wsus-database-full", overloaded, servedScan}, {"wsus-pool-stopped", overloaded, servedScan}, {"wsus-unhealthy", overloaded, servedScan},
	{"service-disabled", overloaded, servedWithout}, {"service-stopped", overloaded, servedWithout},
	{"wcm-web-service-error", overloaded, sameAnswer}, {"wcm-connection-refused", []string{"scan-cannot-connect"}, nil},
	{"wsus-ssl-misconfigured", []string{"scan-tls-failed"}, nil}, {"wcm-tls-closed", []string{"scan-tls-failed"}, nil},

	{"proxy-bypasses-missing", proxiedPoint, proxiedHost},
	{"proxy-bypasses-missing", proxiedScans, proxiedScan},

	{"provisioning-mode", []string{"policy-not-received", "software-updates-disabled"}, nil},
	{"wmi-damaged", []string{"policy-not-received", "software-updates-disabled"}, nil},
	{"mp-http-error", withoutPoint, nil}, {"mp-no-client-certificate", withoutPoint, nil}, {"mp-name-not-resolved", withoutPoint, nil},
	{"mp-timeout", withoutPoint, nil}, {"mp-unreachable", withoutPoint, nil},
	{"policy-not-received", []string{"software-updates-disabled"}, nil},

	{"registry-pol-damaged", []string{"scan-failed"}, unwritten},
	{"registry-pol-damaged", []string{"gpo-overrides-update-point", "wsus-policy-wrong", "wsus-policy-not-applied"}, nil},
	{"gpo-overrides-update-point", append([]string{"wsus-policy-wrong", "alternate-download-server-wrong", "dual-scan"}, scanning...), nil},
	{"wsus-policy-wrong", []string{"scan-cannot-connect", "wsus-name-not-resolved", "scan-http-error", "scan-timeout", "scan-tls-failed", "scan-failed", "dual-scan"}, astray},
	{"update-service-blocked", []string{"scan-failed"}, nil},

	{"dual-scan", undetected, nil}, {"gpo-overrides-update-point", undetected, nil}, {"wsus-policy-wrong", undetected, nil},
	{"update-point-not-assigned", undetected, nil}, {"scan-timeout", undetected, nil}, {"scan-service-unavailable", undetected, nil},
	{"scan-cannot-connect", undetected, nil}, {"wsus-name-not-resolved", undetected, nil}, {"scan-proxy-auth", undetected, nil},
	{"scan-http-error", undetected, nil}, {"scan-tls-failed", undetected, nil}, {"scan-soap-overload", undetected, nil},
	{"scan-out-of-memory", undetected, nil}, {"scan-failed", undetected, nil}, {"sync-failed", undetected, served},

	{"content-access-failed", []string{"content-no-location"}, onlySaid},
	{"disk-low", []string{"cache-full", "data-store-damaged"}, nil},
	{"disk-low", batch, sameUpdate},
	{"max-runtime-exceeds-windows", []string{"waiting-for-window", "outside-window"}, nil},
	{"install-exceeded-max-runtime", append([]string{"install-cancelled", "feature-update-failed"}, batch...), sameUpdate},
	{"feature-update-failed", batch, sameUpdate}, {"component-store-corrupt", batch, sameUpdate},
	{"servicing-stack-outdated", batch, sameUpdate}, {"signature-not-trusted", batch, sameUpdate}, {"file-in-use", batch, sameUpdate},
	{"user-must-log-on", batch, sameUpdate}, {"update-not-applicable", batch, sameUpdate},
	{"restart-pending", []string{"install-failed"}, refused},
}

// Groups of what follows.
var (
	withoutPoint = []string{"policy-not-received", "software-updates-disabled", "update-point-not-assigned", "content-no-location"}
	overloaded   = []string{"scan-timeout", "scan-service-unavailable", "scan-http-error", "scan-soap-overload", "scan-cannot-connect"}
	undetected   = []string{"update-not-detected"}
	batch        = []string{"install-failed"}
	serverFailed = []string{"wsus-database-full", "wsus-pool-stopped", "wsus-unhealthy", "wcm-web-service-error", "service-disabled", "service-stopped"}
	serverPath   = []string{"wcm-connection-refused", "wcm-web-service-error", "wsus-unhealthy", "sync-microsoft-update-unreachable"}
)

// untrusted reports whether a connection failed in TLS, which the date decides.
func untrusted(effect, _ *Finding) bool {
	return strings.HasPrefix(effect.Params["symbol"], "ERROR_WINHTTP_SECURE_")
}

// sameService reports whether both are of one service.
func sameService(effect, cause *Finding) bool {
	return strings.EqualFold(effect.Params["service"], cause.Params["service"])
}

// service holds for a cause about one of the services.
func service(names ...string) func(effect, cause *Finding) bool {
	return func(_, cause *Finding) bool { return containsFold(names, cause.Params["service"]) }
}

// bitsItself reports whether a stopped service, or a failure of BITS, is of it.
func bitsItself(effect, _ *Finding) bool {
	return effect.ID != "service-stopped" || strings.EqualFold(effect.Params["service"], "bits")
}

// proxiedHost reports whether the host that failed is one that goes through the
// proxy.
func proxiedHost(effect, cause *Finding) bool {
	return slices.ContainsFunc(strings.Split(cause.Params["hosts"], ", "), func(h string) bool { return sameHost(h, effect.Params["host"]) })
}

// proxiedScan reports whether the update point goes through it, and a proxy can
// have made the failure: an error that only WSUS itself answers is not its. A
// name that a scan did not resolve is that of the proxy, which is asked for the
// other; one that a saved lookup did not is the update point's own.
func proxiedScan(effect, cause *Finding) bool {
	if cause.Params["role"] != "update-point" {
		return false
	}
	if effect.ID == "wsus-name-not-resolved" {
		return effect.Params["host"] == ""
	}
	return effect.ID != "scan-http-error" || slices.Contains([]string{"", "403", "407", "502", "504"}, effect.Params["status"])
}

// unwritten reports whether a scan ended before it began, in a code with which
// the local policy is not read or written.
func unwritten(effect, _ *Finding) bool {
	return slices.Contains([]string{"0x80004005", "0x800703ee", "0x80070002", "0x8007000d"}, strings.ToLower(effect.Params["code"]))
}

// astray reports whether the policy leads the client to a wrong server, or to
// none.
func astray(effect, cause *Finding) bool {
	p := cause.Params["problem"]
	return p == "malformed" || p == "other-server" || p == "not-used" && effect.ID == "dual-scan"
}

// sameUpdate reports whether both name one update: a batch that failed says
// nothing of its own about an update that failed by a reason of its own.
func sameUpdate(effect, cause *Finding) bool {
	if effect.ID == "install-failed" && !slices.Contains(batchCodes, strings.ToLower(effect.Params["code"])) {
		return false
	}
	return slices.ContainsFunc(effect.Updates, func(k string) bool { return slices.Contains(cause.Updates, k) }) ||
		effect.Params["kb"] != "" && effect.Params["kb"] == cause.Params["kb"] ||
		effect.Params["update"] != "" && strings.EqualFold(effect.Params["update"], cause.Params["update"])
}

// onlySaid reports whether only a code says that content has no location, not the
// answer of a management point: an update ends in it as well after its
// distribution points have failed.
func onlySaid(effect, _ *Finding) bool {
	return effect.Params["code"] != "" && effect.Params["job"] == ""
}

// batchCodes only say that something failed: all updates of the batch, a job, an
// update that is still needed afterwards.
var batchCodes = []string{"0x80240022", "0x87d00668", "0x87d00664", "0x8024200b"}

// refused reports whether an installation was refused until a restart.
func refused(effect, _ *Finding) bool {
	return slices.Contains([]string{"0x87d00704", "0x87d00697", "0x80240016", "0x80070bc9"}, strings.ToLower(effect.Params["code"]))
}

// served reports whether a client's update point is the server, or the one that
// a site server could not use, or both are one machine.
func served(effect, cause *Finding) bool {
	return effect.Machine == cause.Machine || slices.ContainsFunc(effect.points, func(p string) bool {
		return sameHost(p, cause.host) || strings.HasPrefix(cause.ID, "wcm-") && sameHost(p, cause.Params["host"])
	})
}

// servedScan is served for a scan that the server itself can have answered, not a
// proxy on the way to it.
func servedScan(effect, cause *Finding) bool {
	proxys := effect.ID == "scan-http-error" && slices.Contains([]string{"407", "502"}, effect.Params["status"])
	return !proxys && served(effect, cause)
}

// sameAnswer reports whether a scan failed in the status that the site server got
// from WSUS as well, or in none.
func sameAnswer(effect, cause *Finding) bool {
	status := effect.Params["status"]
	return status == "" || status == cause.Params["status"]
}

// servedWithout is served for the service of WSUS.
func servedWithout(effect, cause *Finding) bool {
	return strings.EqualFold(cause.Params["service"], "WsusService") && served(effect, cause)
}

// Link tells causes from consequences. A finding follows from the first that its
// rule names as a cause, or else the first of the relations, where that was found
// on the same machine (a server's may be found on another) and is no less grave
// than information. What follows from nothing that was found is a cause itself.
// ConsequenceOf names the cause at the end of the chain. A cause is as grave as
// what follows from it, and a guess that something follows from is one no more.
func Link(all []Finding) {
	up := make([]int, len(all))
	for i := range all {
		up[i] = cause(all, i)
	}
	for i := range all {
		root := last(up, i)
		f := &all[i]
		f.Root, f.ConsequenceOf = root == i, ""
		if root == i {
			continue
		}
		r := &all[root]
		f.ConsequenceOf = r.ID
		if weight(f.Severity) < weight(r.Severity) {
			r.Severity = f.Severity
		}
		if r.Confidence == Possible {
			r.Confidence = Likely
		}
	}
}

// last follows causes to the last one. Where they run in a circle, the first in
// the list ends it.
func last(up []int, i int) int {
	seen := []int{i}
	for up[i] >= 0 {
		i = up[i]
		if at := slices.Index(seen, i); at >= 0 {
			return slices.Min(seen[at:])
		}
		seen = append(seen, i)
	}
	return i
}

// cause returns the finding that the i-th follows from, -1 if there is none.
func cause(all []Finding, i int) int {
	f := &all[i]
	for _, id := range f.Causes {
		for n := range all {
			if n != i && all[n].ID == id && all[n].ID != f.ID && f.follows(&all[n]) && served(f, &all[n]) {
				return n
			}
		}
	}
	for _, r := range relations {
		if !slices.Contains(r.effects, f.ID) {
			continue
		}
		for n := range all {
			o := &all[n]
			if n == i || o.ID != r.cause || o.ID == f.ID || !f.follows(o) {
				continue
			}
			if o.Machine != f.Machine && !served(f, o) {
				continue
			}
			if r.when == nil || r.when(f, o) {
				return n
			}
		}
	}
	return -1
}

// follows reports whether f can be a consequence of o: one that is mended
// explains only what is mended too, and nothing follows from what came later.
func (f *Finding) follows(o *Finding) bool {
	if o.Severity == Info && f.Severity != Info {
		return false
	}
	return o.First == 0 || f.Last == 0 || o.First <= f.Last
}

// behindProxy settles who answered a scan with HTTP 503 where the update point is
// not in the bypass list of a proxy: the server, if its own logs show that it
// failed, or if a client whose way is known to be free of proxies got the same
// answer. Then the proxy is at most a second obstacle, which the finding of the
// scan names, and none of its own. Otherwise the answer may be the proxy's, which
// gives it for hosts that it does not reach; the finding of the scan says so.
func (in *Input) behindProxy(all []Finding) []Finding {
	drop := map[int]bool{}
	for i := range all {
		if all[i].ID != proxyMissing || all[i].Params["role"] != "update-point" {
			continue
		}
		settled := in.servedBehind(all, i)
		if settled < 0 {
			continue
		}
		f, p := &all[settled], all[i].Params
		f.Params["proxy"], f.Params["command"] = p["proxy"], p["command"]
		f.Evidence = append(f.Evidence, all[i].Evidence...)
		drop[i] = true
	}
	for i := range all {
		if at := cause(all, i); all[i].ID == "scan-service-unavailable" && at >= 0 && all[at].ID == proxyMissing && !drop[at] {
			all[i].Params["through"] = all[at].Params["proxy"]
		}
	}
	out := all[:0:0]
	for i := range all {
		if !drop[i] {
			out = append(out, all[i])
		}
	}
	return out
}

// servedBehind is the scan whose HTTP 503 the server gave, although a proxy that
// all[proxy] tells of is on the way; -1 where there is none, or where that proxy
// explains something else and so is a finding of its own.
func (in *Input) servedBehind(all []Finding, proxy int) int {
	served := -1
	for n := range all {
		f := &all[n]
		if f.Machine != all[proxy].Machine || n == proxy || f.Severity == Info {
			continue
		}
		at := cause(all, n)
		switch {
		case f.ID == "scan-service-unavailable" && (at >= 0 && slices.Contains(serverFailed, all[at].ID) || in.sameWithout(all, f)):
			served = n
		case at == proxy:
			return -1
		}
	}
	return served
}

// sameWithout reports whether a machine that reaches the same update point
// without a proxy got the same answer.
func (in *Input) sameWithout(all []Finding, f *Finding) bool {
	return slices.ContainsFunc(all, func(o Finding) bool {
		if o.ID != f.ID || o.Machine == f.Machine || o.Severity == Info {
			return false
		}
		p := in.Facts[o.Machine].Proxy
		return p != nil && slices.ContainsFunc(in.Facts[o.Machine].UpdatePoints, func(u fact.UpdatePoint) bool {
			return (p.Direct || p.Bypasses(u.URL)) && slices.ContainsFunc(f.points, func(h string) bool { return sameHost(h, u.Host) })
		})
	})
}
