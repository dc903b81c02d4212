package checklist

import (
	"slices"
	"strings"
	"testing"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

// ids are those of REQUIREMENTS.md in their order.
const ids = `clock activation network disk-space download-progress services system-requirements os-current line-speed troubleshooter
system-files bits disk-cleanup download-cache component-reset restore-point manual-install servicing-stack clean-boot antivirus network-path
problem-update repair-install installation-media event-log update-log setupdiag update-server
management-point policy scan proxy group-policy registry-policy name-resolution wsus-web-services update-status boundary-group content cache
max-runtime maintenance-window applied-gpos bits-account update-service susclientid wsus-prerequisites wsus-update-source wsus-services eula
microsoft-update wsus-control`

func TestOrder(t *testing.T) {
	want := strings.Fields(ids)
	if len(want) != 52 {
		t.Fatalf("%d ids, want 52", len(want))
	}
	checks := Run(Input{})
	for i, c := range checks {
		if i >= len(want) || c.ID != want[i] {
			t.Fatalf("check %d is %s", i, c.ID)
		}
	}
	if len(checks) != len(want) {
		t.Fatalf("%d checks, want %d", len(checks), len(want))
	}
}

// Nothing is known of an empty bundle, and everything says what to collect.
func TestEmpty(t *testing.T) {
	for _, role := range []ingest.Role{ingest.Client, ingest.SiteServer, ingest.WSUS} {
		for _, in := range []Input{{Role: role}, {Role: role, Facts: &fact.Facts{}, Store: record.NewStore(nil)}} {
			for _, c := range Run(in) {
				if c.Status != Unknown || len(c.Evidence) > 0 || len(c.Findings) > 0 {
					t.Errorf("%s: %s on nothing", c.ID, c.Status)
				}
				sound(t, c)
			}
		}
	}
}

// sound holds what is true of every check.
func sound(t *testing.T, c Check) {
	t.Helper()
	if c.Status != Unknown && len(c.Evidence) == 0 {
		t.Errorf("%s: %s without evidence", c.ID, c.Status)
	}
	if len(c.Evidence) > maxEvidence {
		t.Errorf("%s: %d pieces of evidence", c.ID, len(c.Evidence))
	}
	if c.Status == Unknown && (c.Command == "" || c.Collect.Key == "") {
		t.Errorf("%s: unknown, and nothing to collect", c.ID)
	}
	keys := Keys()
	for _, w := range []Words{c.Title, c.Detail, c.Collect} {
		if w.Key != "" && !slices.Contains(keys, w.Key) {
			t.Errorf("%s: key %s is not of Keys", c.ID, w.Key)
		}
	}
	if !slices.Contains(Groups(), c.Group) {
		t.Errorf("%s: group %q", c.ID, c.Group)
	}
}

var place = fact.Evidence{Record: record.None, Line: 3, Text: "a line"}

func known(value string) fact.Fact { return fact.Fact{Value: value, Evidence: []fact.Evidence{place}} }

func found(id string, s finding.Severity, params ...string) finding.Finding {
	f := finding.Finding{ID: id, Severity: s, Confidence: finding.Certain, Params: map[string]string{}, Evidence: finding.Records(7),
		Text: map[lang.Lang]finding.Text{lang.English: {Title: "T-" + id}, lang.Japanese: {Title: "題-" + id}}}
	for i := 0; i+1 < len(params); i += 2 {
		f.Params[params[i]] = params[i+1]
	}
	return f
}

// Every finding of the list decides the checks that name it, and only on its own
// machine and while it lasts.
func TestFindings(t *testing.T) {
	get := func(f finding.Finding, id string) Check {
		for _, c := range Run(Input{Findings: []finding.Finding{f}}) {
			if c.ID == id {
				sound(t, c)
				return c
			}
		}
		t.Fatalf("no check %s", id)
		return Check{}
	}
	for _, s := range list() {
		service := ""
		if len(s.services) > 0 {
			service = s.services[0]
		}
		for _, id := range slices.Concat(s.findings, s.hints) {
			want := Warn
			if slices.Contains(s.findings, id) {
				want = Fail
			}
			c := get(found(id, finding.Error, "service", service), s.id)
			if c.Status != want || !slices.Equal(c.Findings, []string{id}) || c.Evidence[0].Record != 7 {
				t.Errorf("%s by %s: %s %v, want %s", s.id, id, c.Status, c.Findings, want)
			}
			if c := get(found(id, finding.Warning, "service", service), s.id); c.Status != Warn {
				t.Errorf("%s by warning %s: %s", s.id, id, c.Status)
			}
			possible := found(id, finding.Error, "service", service)
			possible.Confidence = finding.Possible
			if c := get(possible, s.id); c.Status != Warn {
				t.Errorf("%s by possible %s: %s", s.id, id, c.Status)
			}
			other := found(id, finding.Error, "service", service)
			other.Machine = 1
			if c := get(other, s.id); c.Status != Unknown {
				t.Errorf("%s by %s of another machine: %s", s.id, id, c.Status)
			}
			if c := get(found(id, finding.Info, "stale_hours", "40"), s.id); c.Status != Unknown {
				t.Errorf("%s by passed %s: %s", s.id, id, c.Status)
			}
			cured := Unknown
			if s.recovers {
				cured = Pass
			}
			if c := get(found(id, finding.Info, "recovered", "2025-03-18T00:00:00Z"), s.id); c.Status != cured {
				t.Errorf("%s by recovered %s: %s, want %s", s.id, id, c.Status, cured)
			}
			if service != "" {
				if c := get(found(id, finding.Error, "service", "spooler"), s.id); c.Status != Unknown {
					t.Errorf("%s by %s of another service: %s", s.id, id, c.Status)
				}
			}
		}
	}
}

// Every id of a finding is one of REQUIREMENTS.md.
func TestFindingIDs(t *testing.T) {
	const all = `mp-http-error mp-no-client-certificate mp-name-not-resolved mp-timeout mp-unreachable policy-not-received software-updates-disabled
provisioning-mode wmi-damaged scan-timeout scan-service-unavailable scan-cannot-connect wsus-name-not-resolved scan-proxy-auth scan-http-error
scan-tls-failed scan-soap-overload scan-out-of-memory scan-failed proxy-bypasses-missing gpo-overrides-update-point alternate-download-server-wrong
wsus-policy-wrong wsus-policy-not-applied registry-pol-damaged update-point-not-assigned dual-scan update-not-detected update-service-blocked
data-store-damaged content-no-location content-access-failed cache-full disk-low content-hash-mismatch bits-service-failed bits-job-failed
delivery-optimization-failed service-stopped service-disabled service-account-wrong install-exceeded-max-runtime install-cancelled
max-runtime-exceeds-windows waiting-for-window outside-window restart-pending component-store-corrupt servicing-stack-outdated install-failed
update-not-applicable signature-not-trusted file-in-use user-must-log-on feature-update-failed duplicate-susclientid clock-wrong
license-not-activated network-down trace-not-readable sync-wsus-not-configured sync-failed wcm-auth-or-proxy wcm-connection-refused
wcm-tls-closed wcm-web-service-error wsus-ssl-misconfigured wsus-is-replica wsus-update-source-wrong sync-eula-missing
sync-microsoft-update-unreachable wsus-unhealthy wsus-path-broken wsus-console-missing wsus-pool-stopped sync-timeout sync-permission-denied
wsus-content-permission wsus-database-full`
	for _, s := range list() {
		for _, id := range slices.Concat(s.findings, s.hints) {
			if !slices.Contains(strings.Fields(all), id) {
				t.Errorf("%s: no finding is called %s", s.id, id)
			}
		}
	}
}

func TestWords(t *testing.T) {
	many := titles{}
	for _, id := range []string{"a", "b", "b", "c", "d", "e"} {
		f := found(id, finding.Error)
		many = append(many, title{f.ID, f.Text})
	}
	if got := many.In(lang.Japanese); got != "題-a / 題-b / 題-c / … (+2)" {
		t.Errorf("titles: %q", got)
	}
	if got := (titles{{"scan-failed", nil}}).In(lang.English); got != "scan-failed" {
		t.Errorf("a finding without words: %q", got)
	}
	if got := (Words{}).In(lang.English); got != "" {
		t.Errorf("no words: %q", got)
	}
	if got := names([]string{"1", "2", "3", "4", "5", "6", "7"}); got != "1, 2, 3, 4, 5, … (+2)" {
		t.Errorf("names: %q", got)
	}
	if all := Keys(); !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("keys are not sorted, or double")
	}
}

func TestMerge(t *testing.T) {
	down := found("scan-timeout", finding.Error)
	down.Machine = 1
	in := func(machine int, role ingest.Role, f *fact.Facts) []Check {
		return Run(Input{Machine: machine, Role: role, Facts: f, Findings: []finding.Finding{down}})
	}
	seen := &fact.Seen{Time: 1, Evidence: place}
	lists := [][]Check{
		in(0, ingest.Client, &fact.Facts{Activated: known("yes"), LastScan: seen}),
		in(1, ingest.Client, &fact.Facts{Activated: known("yes")}),
		in(2, ingest.SiteServer, &fact.Facts{LastSync: seen}),
	}
	got := Merge(lists, []ingest.Role{ingest.Client, ingest.Client, ingest.SiteServer})
	if len(got) != 52 {
		t.Fatalf("%d checks", len(got))
	}
	f := func(id string, want Status, machine int) {
		t.Helper()
		c := got[slices.Index(strings.Fields(ids), id)]
		if c.ID != id || c.Status != want || c.Machine != machine {
			t.Errorf("%s: %s of %d, want %s of %d", c.ID, c.Status, c.Machine, want, machine)
		}
	}
	f("scan", Fail, 1)
	f("activation", Pass, 0)
	f("eula", Pass, 2)              // clients do not tell of it
	f("boundary-group", Unknown, 0) // neither client does
	if one := Merge(lists[2:], []ingest.Role{ingest.SiteServer}); len(one) != 52 {
		t.Errorf("one server alone: %d checks", len(one))
	}
	if none := Merge(nil, nil); len(none) != 0 {
		t.Errorf("no machine: %d checks", len(none))
	}
}

func TestSymptoms(t *testing.T) {
	get := func(in Input, symptom, cause string) Cause {
		t.Helper()
		keys := Keys()
		for _, s := range Symptoms(in, Run(in)) {
			for _, w := range []Words{s.Title, s.Closing} {
				if !slices.Contains(keys, w.Key) {
					t.Errorf("key %s is not of Keys", w.Key)
				}
			}
			for _, c := range s.Causes {
				if s.ID == symptom && c.ID == cause {
					for _, w := range []Words{c.Title, c.Detail, c.Answer.Name()} {
						if !slices.Contains(keys, w.Key) {
							t.Errorf("key %s is not of Keys", w.Key)
						}
					}
					return c
				}
			}
		}
		t.Fatalf("no cause %s of %s", cause, symptom)
		return Cause{}
	}
	f := func(symptom, cause string, in Input, want Answer) {
		t.Helper()
		c := get(in, symptom, cause)
		if c.Answer != want {
			t.Errorf("%s, %s: %s, want %s", symptom, cause, c.Answer, want)
		}
		if c.Answer != NoEvidence && len(c.Evidence) == 0 {
			t.Errorf("%s, %s: %s without evidence", symptom, cause, c.Answer)
		}
	}
	by := func(fs ...finding.Finding) Input { return Input{Findings: fs} }
	seen := &fact.Seen{Time: 1, Evidence: place}
	for _, s := range symptoms() {
		for _, c := range s.causes {
			f(s.id, c.id, Input{}, NoEvidence)
		}
	}
	f("available-not-shown", "management-point", by(found("mp-timeout", finding.Error)), Confirmed)
	f("available-not-shown", "management-point", Input{Facts: &fact.Facts{LastDelivery: seen}}, Excluded)
	f("available-not-shown", "collection", by(found("policy-not-received", finding.Warning)), Confirmed)
	f("available-not-shown", "collection", by(found("provisioning-mode", finding.Error)), NoEvidence)
	f("available-not-shown", "collection", Input{Facts: &fact.Facts{LastPolicy: seen}}, NoEvidence)
	f("available-not-shown", "collection", Input{Facts: &fact.Facts{DeploymentsListed: &place}}, Confirmed)
	f("available-not-shown", "collection", Input{Facts: &fact.Facts{Deployments: []fact.Deployment{{Name: "March", Evidence: place}}}}, Excluded)
	f("available-not-shown", "scan", by(found("scan-service-unavailable", finding.Error)), Confirmed)
	f("available-not-shown", "scan", Input{Facts: &fact.Facts{LastScan: seen}}, Excluded)
	for _, id := range unscanned {
		scanned := by(found(id, finding.Warning))
		scanned.Facts = &fact.Facts{LastScan: seen}
		f("available-not-shown", "scan", scanned, Confirmed)
	}
	f("available-not-shown", "scan", by(found("dual-scan", finding.Info)), NoEvidence)
	f("available-not-shown", "management-point", by(found("provisioning-mode", finding.Error)), Confirmed)
	f("download-fails", "distribution-point", by(found("content-no-location", finding.Error)), Confirmed)
	f("download-fails", "content-not-distributed", by(found("content-no-location", finding.Error)), Confirmed)
	f("download-fails", "distribution-point", by(found("content-hash-mismatch", finding.Error)), NoEvidence)
	f("download-fails", "cache", by(found("cache-full", finding.Error)), Confirmed)
	f("download-fails", "cache", Input{Facts: &fact.Facts{Cache: &fact.Cache{SizeMB: 20480, Evidence: []fact.Evidence{place}}}}, Excluded)
	f("download-fails", "cache", Input{Facts: &fact.Facts{Cache: &fact.Cache{SizeMB: 1024, Evidence: []fact.Evidence{place}}}}, NoEvidence)
	f("install-fails", "max-runtime", by(found("install-exceeded-max-runtime", finding.Error)), Confirmed)
	f("install-fails", "max-runtime", Input{Updates: ran(ledger.Within, ledger.Succeeded)}, Excluded)
	f("install-fails", "max-runtime", Input{Updates: ran(ledger.Near, ledger.Succeeded)}, NoEvidence)
	f("required-not-applied", "window", by(found("max-runtime-exceeds-windows", finding.Error)), Confirmed)
	f("required-not-applied", "window", by(found("outside-window", finding.Error)), NoEvidence)
	f("required-not-applied", "window", Input{Windows: &Windows{Evidence: finding.Records(1)}}, Excluded)

	in := by(found("content-no-location", finding.Error))
	if c := get(in, "download-fails", "distribution-point"); c.Detail.Key != "symptom.either" {
		t.Errorf("either cause: %s", c.Detail.Key)
	}
	closing := func(in Input, want string) {
		t.Helper()
		if got := Symptoms(in, Run(in))[1].Closing.Key; got != want {
			t.Errorf("closing %s, want %s", got, want)
		}
	}
	closing(in, "symptom.closing.confirmed")
	closing(Input{}, "symptom.closing.none")
	root := found("install-failed", finding.Error)
	root.Root = true
	closing(by(root), "symptom.closing.other")
	closing(Input{Coverage: []Coverage{{Log: "CAS.log", Status: Absent}}}, "symptom.closing.none-absent")
	closing(Input{Coverage: []Coverage{{Log: "CAS.log", Status: Present}, {Log: loggingKey, Status: Absent}, {Log: "CAS.log", Machine: 1, Status: Absent}}}, "symptom.closing.none")
}

// ran is one installation by ConfigMgr.
func ran(v ledger.Verdict, r ledger.Result) []ledger.Update {
	return []ledger.Update{{
		Key: "KB5034441", KB: "KB5034441", Title: "2025-03 Cumulative Update for Windows 11 (KB5034441)",
		Attempts: []ledger.Attempt{{
			Started: 1, Ended: 2, Caller: ledger.ConfigMgr, Result: r, Verdict: v, Max: ledger.Maximum{Seconds: 3600}, Evidence: []record.ID{1, 2},
		}},
	}}
}
