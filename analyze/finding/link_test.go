package finding

import (
	"slices"
	"strings"
	"testing"

	"patchtrail/analyze/ledger"
	"patchtrail/analyze/rule"
)

// of makes a finding of "id severity confidence machine", the latter three
// optional, and parameters.
func of(s string, pairs ...string) Finding {
	parts := append(strings.Fields(s), "", "", "")
	f := Finding{ID: parts[0], Severity: Error, Confidence: Certain, Params: params(pairs...)}
	if parts[1] != "" {
		f.Severity = Severity(parts[1])
	}
	if parts[2] != "" {
		f.Confidence = Confidence(parts[2])
	}
	if parts[3] != "" {
		f.Machine = int(parts[3][0] - '0')
	}
	return f
}

func TestLink(t *testing.T) {
	f := func(name, want string, all ...Finding) {
		t.Helper()
		for range 2 { // what is linked stays so
			Link(all)
			var got []string
			for _, f := range all {
				s := f.ID
				if !f.Root {
					s += "<" + f.ConsequenceOf
				}
				got = append(got, s)
			}
			if s := strings.Join(got, " "); s != want {
				t.Errorf("%s: %s, want %s", name, s, want)
			}
		}
	}
	causes := func(f Finding, ids ...string) Finding { f.Causes = ids; return f }
	at := func(f Finding, first, last int64) Finding { f.First, f.Last = first, last; return f }

	f("alone", "scan-timeout", of("scan-timeout"))
	f("by its rule", "a<b b", causes(of("a"), "x", "b"), of("b"))
	f("by a relation", "mp-timeout<network-down scan-timeout<network-down network-down", of("mp-timeout"), of("scan-timeout"), of("network-down"))
	f("a chain", "software-updates-disabled<network-down policy-not-received<network-down mp-timeout<network-down network-down",
		of("software-updates-disabled"), of("policy-not-received"), of("mp-timeout"), of("network-down"))
	f("another machine", "scan-timeout network-down", of("scan-timeout"), of("network-down error certain 1"))
	f("mended", "scan-timeout network-down", of("scan-timeout"), of("network-down info"))
	f("mended too", "scan-timeout<network-down network-down", of("scan-timeout info"), of("network-down info"))
	f("later", "a b", at(causes(of("a"), "b"), 1, 5), at(of("b"), 6, 9))
	f("a circle", "a b<a", causes(of("a"), "b"), causes(of("b"), "a"))
	f("itself", "a", causes(of("a"), "a"))
	f("proxy", "scan-http-error<proxy-bypasses-missing scan-http-error mp-timeout proxy-bypasses-missing",
		of("scan-http-error", "status", "502"), of("scan-http-error", "status", "500"), of("mp-timeout", "host", "mp.contoso.com"),
		of("proxy-bypasses-missing warning possible", "role", "update-point", "hosts", "wsus.contoso.com"))
	f("the name of the proxy", "wsus-name-not-resolved<proxy-bypasses-missing proxy-bypasses-missing",
		of("wsus-name-not-resolved", "code", "0x8024402c"), of("proxy-bypasses-missing warning", "role", "update-point", "hosts", "wsus.contoso.com"))
	f("a name of its own", "wsus-name-not-resolved proxy-bypasses-missing",
		of("wsus-name-not-resolved", "host", "wsus.contoso.com"), of("proxy-bypasses-missing warning", "role", "update-point", "hosts", "wsus.contoso.com"))
	f("the date", "mp-unreachable<clock-wrong mp-unreachable clock-wrong",
		of("mp-unreachable", "symbol", "ERROR_WINHTTP_SECURE_CERT_DATE_INVALID"), of("mp-unreachable", "symbol", "ERROR_WINHTTP_CANNOT_CONNECT"), of("clock-wrong"))
	f("a policy that is not read", "scan-failed<registry-pol-damaged scan-failed registry-pol-damaged",
		of("scan-failed", "code", "0x80004005"), of("scan-failed", "code", "0x8024001e"), of("registry-pol-damaged", "code", "0x80004005"))
	f("proxy before the management point", "mp-timeout<proxy-bypasses-missing proxy-bypasses-missing",
		of("mp-timeout", "host", "MP"), of("proxy-bypasses-missing warning", "role", "management-point", "hosts", "wsus.contoso.com, mp.contoso.com"))
	f("services", "bits-job-failed<service-disabled scan-failed service-stopped<service-disabled service-stopped service-disabled",
		of("bits-job-failed"), of("scan-failed"), of("service-stopped", "service", "BITS"), of("service-stopped", "service", "CcmExec"), of("service-disabled", "service", "bits"))
	f("a batch", "install-failed<file-in-use install-failed file-in-use",
		of("install-failed", "code", "0x80240022", "kb", "KB1"), of("install-failed", "code", "0x80070643", "kb", "KB1"), of("file-in-use", "kb", "KB1"))

	client, stranger, server := of("scan-service-unavailable"), of("scan-service-unavailable error certain 2"), of("wsus-pool-stopped error certain 1")
	client.points, stranger.points, server.host = []string{"wsus.contoso.com"}, []string{"sup.contoso.com"}, "WSUS"
	f("a server and its clients", "scan-service-unavailable<wsus-pool-stopped scan-service-unavailable wsus-pool-stopped", client, stranger, server)

	all := []Finding{of("scan-cannot-connect"), of("proxy-bypasses-missing warning possible", "role", "update-point")}
	Link(all)
	if all[1].Severity != Error || all[1].Confidence != Likely {
		t.Errorf("a cause of an error is %s %s", all[1].Severity, all[1].Confidence)
	}
}

// TestIDs holds that every id here is one of a rule, which has the texts, and
// that nothing follows from itself.
func TestIDs(t *testing.T) {
	own, err := rule.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rule.Load(own)
	if err != nil {
		t.Fatal(err)
	}
	ids := slices.Clone(stopsAll)
	for _, d := range deciders() {
		ids = append(ids, d.id)
	}
	for _, r := range relations {
		if slices.Contains(r.effects, r.cause) {
			t.Errorf("%s follows from itself", r.cause)
		}
		ids = append(append(ids, r.cause), r.effects...)
	}
	for _, id := range unique(ids) {
		if set.Rule(id) == nil {
			t.Errorf("no rule has texts for %s", id)
		}
	}
}

func TestSort(t *testing.T) {
	blocks := func(f Finding, n int) Finding { f.Updates = make([]string, n); return f }
	last := func(f Finding, t int64) Finding { f.Last = t; return f }
	root := func(f Finding) Finding { f.Root = true; return f }
	want := []Finding{
		root(blocks(of("more"), 3)), root(blocks(of("less"), 1)), root(last(of("late"), 9)), root(last(of("early"), 3)),
		root(of("unsure error likely")), root(blocks(of("warning-of-many warning"), 40)), root(of("note info")), of("consequence"),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	for i := range want {
		if got[i].ID != want[i].ID {
			t.Errorf("%d is %s, want %s", i, got[i].ID, want[i].ID)
		}
	}
}

func TestBlock(t *testing.T) {
	in := Input{Updates: []ledger.Update{
		{Key: "KB5000001", KB: "KB5000001", UpdateID: "0b4f0001-55db-4d6f-b1a3-d4a62c3c0001", Now: ledger.StateFailed, Involved: true},
		{Key: "KB5000002", KB: "KB5000002", Contents: []string{"0b4f0002-55db-4d6f-b1a3-d4a62c3c0002"}, Now: ledger.StateWaitingFor, Involved: true},
		{Key: "KB5000003", KB: "KB5000003", Now: ledger.StateInstalled, Involved: true},
		{Key: "KB5000004", KB: "KB5000004", Now: ledger.StatePending, Involved: true},
		{Key: "KB5000005", KB: "KB5000005", Machine: 1, Now: ledger.StateFailed, Involved: true},
		{Key: "KB5000006", KB: "KB5000006", Now: ledger.StateUnknown},
	}}
	f := func(want string, f Finding) {
		t.Helper()
		in.block(&f)
		if got := strings.Join(f.Updates, " "); got != want {
			t.Errorf("%s %v blocks %q, want %q", f.ID, f.Params, got, want)
		}
	}
	tracked := of("install-failed")
	tracked.tracked = []map[string]string{{"update": "Site_1/SUM_0B4F0001-55DB-4D6F-B1A3-D4A62C3C0001"}, {"kb": "5000002"}}
	f("KB5000001 KB5000002", of("scan-timeout"))
	f("KB5000001 KB5000002", of("mp-timeout"))
	f("", of("scan-timeout info"))
	f("KB5000005", of("scan-timeout error certain 1"))
	f("KB5000001 KB5000002", tracked)
	f("KB5000001", of("content-no-location", "update", "{0b4f0001-55db-4d6f-b1a3-d4a62c3c0001}"))
	f("KB5000002", of("content-access-failed", "content", "Content_0B4F0002-55DB-4D6F-B1A3-D4A62C3C0002.1"))
	f("", of("install-failed", "kb", "KB5000003"))
	f("", of("install-failed"))
	f("KB5000004", of("restart-pending warning"))
	f("KB5000001 KB5000002", of("service-disabled", "service", "wuauserv"))
	f("", of("service-disabled warning", "service", "dosvc"))

	all := []Finding{of("network-down"), of("scan-timeout")}
	all[1].Updates = []string{"KB5000002", "KB5000001"}
	Link(all)
	share(all)
	if got := strings.Join(all[0].Updates, " "); got != "KB5000001 KB5000002" {
		t.Errorf("the cause blocks %q", got)
	}
}

func TestJoin(t *testing.T) {
	log := of("scan-http-error info certain", "status", "404", recovered, "2025-03-18T00:00:00Z")
	code := of("scan-http-error error likely", "status", "404", "url", "http://wsus.contoso.com")
	log.First, log.Last, code.First, code.Last = 5, 6, 3, 4
	if i := joins([]Finding{of("scan-http-error", "status", "500"), log}, &code, []string{"status"}); i != 1 {
		t.Errorf("joins %d", i)
	}
	if i := joins([]Finding{log}, &Finding{ID: log.ID, Machine: 1}, nil); i != -1 {
		t.Errorf("joins another machine's: %d", i)
	}
	log.join(&code)
	if log.Severity != Error || log.Confidence != Certain || log.Params[recovered] != "" || log.Params["url"] == "" || log.First != 3 || log.Last != 6 {
		t.Errorf("%+v", log)
	}
	two := of("dual-scan warning possible")
	two.join(&Finding{Severity: Warning, Confidence: Possible})
	if two.Confidence != Likely {
		t.Errorf("two signs are %s", two.Confidence)
	}
}

func TestHosts(t *testing.T) {
	f := func(a, b string, want bool) {
		t.Helper()
		if sameHost(a, b) != want || sameHost(b, a) != want {
			t.Errorf("%q and %q", a, b)
		}
	}
	f("WSUS.contoso.com", "wsus.contoso.com.", true)
	f("WSUS", "wsus.contoso.com", true)
	f("wsus.contoso.com", "wsus.example.com", false)
	f("192.0.2.1", "192", false)
	f("", "wsus", false)
	if near("http://wsus:8530", "http://wsus.contoso.com:8531") || !near("http://wsus:8530/", "HTTP://WSUS.contoso.com:8530") {
		t.Error("near")
	}
	if same("http://wsus:80", "https://wsus") || !same("http://wsus:80", "http://WSUS/") || same("wsus:8530", "wsus:8530") {
		t.Error("same")
	}
}
