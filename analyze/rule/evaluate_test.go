package rule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"patchtrail/ingest/record"
)

// testLog is a log of one machine. A line is "seconds thread component
// message", and its record is the line.
type testLog struct {
	machine, name string
	lines         []string
}

// testSource reads test logs again.
type testSource [][]Record

func (s testSource) Record(file int, n uint32) Record { return s[file][n] }
func (s testSource) Time(file int, n uint32) int64    { return s[file][n].Time }

// scanLogs sends logs through scanners, in blocks of perBlock records.
func scanLogs(t testing.TB, m *Matcher, perBlock int, logs ...testLog) ([]File, testSource) {
	t.Helper()
	var files []File
	var src testSource
	for _, log := range logs {
		s := m.Scanner("cmtrace", log.name)
		var b record.Batch
		var text []byte
		var records []Record
		var end int64
		flush := func() {
			s.Block(text, b.Recs, b.Components(), uint32(len(records)-len(b.Recs)))
			text, b.Recs = nil, nil
		}
		for _, line := range log.lines {
			var at float64
			var thread uint32
			var component string
			if _, err := fmt.Sscanf(line, "%f %d %s", &at, &thread, &component); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			message := line[strings.Index(line, component)+len(component)+1:]
			r := Record{Text: []byte(message), Raw: []byte(line), Time: int64(at * second), Thread: thread}
			b.Recs = append(b.Recs, record.Rec{Off: len(text), Component: b.Component([]byte(component)), Thread: thread})
			text = append(append(text, line...), '\r', '\n')
			records = append(records, r)
			end = max(end, r.Time)
			if len(b.Recs) == perBlock {
				flush()
			}
		}
		flush()
		files = append(files, File{Machine: log.machine, Candidates: s.Candidates(), End: end})
		src = append(src, records)
	}
	return files, src
}

// ruleText makes a rule file of an id and what is special about it.
func ruleText(id, body string) string {
	return fmt.Sprintf(`[[rule]]
id = %q
severity = "error"
root = true
%s
[rule.en]
title = "Title"
cause = "Cause"
remediation = ["Step"]
verify = ["Step"]
[rule.ja]
title = "題名"
cause = "原因です"
remediation = ["手順です"]
verify = ["手順です"]
`, id, body)
}

// testSet loads rules without running their samples.
func testSet(t testing.TB, rules ...string) *Set {
	t.Helper()
	fsys := fstest.MapFS{}
	for i, r := range rules {
		fsys[fmt.Sprintf("%d.toml", i)] = &fstest.MapFile{Data: []byte(r)}
	}
	set, err := Load(Folder{Name: "test", FS: fsys, Builtin: true})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const testSamples = `
[rule.samples]
hit = ["WUAHandler: x"]
miss = ["WUAHandler: y"]
cured = ["WUAHandler: z"]`

// tell evaluates logs and tells the result in lines.
func tell(t *testing.T, set *Set, facts func(string) Facts, logs ...testLog) string {
	t.Helper()
	m := set.Matcher()
	var got string
	for _, perBlock := range []int{1, 3, 1000} {
		files, src := scanLogs(t, m, perBlock, logs...)
		res, err := m.Evaluate(context.Background(), files, src, facts)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, x := range res.Matches {
			fmt.Fprintf(&b, "%s %s x%d %g-%g", x.Machine, x.Rule.ID, x.Count, float64(x.First)/second, float64(x.Last)/second)
			for _, e := range x.Evidence {
				fmt.Fprintf(&b, " %d.%d", e.File, e.Record)
			}
			fmt.Fprintf(&b, " %s", inJSON(x.Params))
			if x.Tracked != nil {
				fmt.Fprintf(&b, " tracked %d", len(x.Tracked))
			}
			if x.Cured != nil {
				fmt.Fprintf(&b, " cured %d.%d", x.Cured.File, x.Cured.Record)
			}
			fmt.Fprintf(&b, " stale %g\n", float64(x.Stale)/second)
		}
		for _, x := range res.Leads {
			fmt.Fprintf(&b, "%s lead %s %d.%d %s\n", x.Machine, x.Rule.ID, x.File, x.Record, inJSON(x.Params))
		}
		if perBlock > 1 && b.String() != got {
			t.Errorf("blocks of %d records give\n%s\nothers\n%s", perBlock, b.String(), got)
		}
		got = b.String()
	}
	return strings.TrimSuffix(got, "\n")
}

func TestEvaluate(t *testing.T) {
	pair := ruleText("pair", `logs = ["CcmMessaging"]
all = ["ERROR: URL="]
regex = 'URL=(?P<url>\S+)'
key = ["url", "status"]
[rule.then]
all = ["ERROR INFO:"]
regex = 'StatusCode=(?P<status>\d+)'
`+"%s"+`
[[rule.cured_by]]
all = ["Delivered"]
regex = 'Delivered (?P<url>\S+)'
same = ["url"]`+testSamples)
	optional := strings.Replace(pair, "%s", "optional = true", 1)
	required := strings.Replace(pair, "%s", "", 1)
	f := func(name, rules string, want string, logs ...testLog) {
		t.Helper()
		if got := tell(t, testSet(t, rules), nil, logs...); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	log := func(lines ...string) testLog { return testLog{"PC01", "CcmMessaging.log", lines} }

	f("status follows in the thread", optional, `PC01 pair x1 1-1.5 0.0 0.2 {"status":"503","url":"a"} stale 0`,
		log("1 7 CcmMessaging ERROR: URL=a", "1.2 8 CcmMessaging ERROR INFO: StatusCode=404", "1.5 7 CcmMessaging ERROR INFO: StatusCode=503"))
	f("status too late", optional, `PC01 pair x1 1-1 0.0 {"url":"a"} stale 2.5`,
		log("1 7 CcmMessaging ERROR: URL=a", "3.5 7 CcmMessaging ERROR INFO: StatusCode=503"))
	f("status too late, required", required, ``,
		log("1 7 CcmMessaging ERROR: URL=a", "3.5 7 CcmMessaging ERROR INFO: StatusCode=503"))
	f("status just in time", required, `PC01 pair x1 1-3 0.0 0.1 {"status":"503","url":"a"} stale 0`,
		log("1 7 CcmMessaging ERROR: URL=a", "3 7 CcmMessaging ERROR INFO: StatusCode=503"))
	f("status before", required, ``,
		log("1 7 CcmMessaging ERROR INFO: StatusCode=503", "1 7 CcmMessaging ERROR: URL=a"))
	f("status of the later error of the thread", optional, `PC01 pair x1 1-1 0.0 {"url":"a"} stale 0.2
PC01 pair x1 1.1-1.2 0.1 0.2 {"status":"503","url":"b"} stale 0`,
		log("1 7 CcmMessaging ERROR: URL=a", "1.1 7 CcmMessaging ERROR: URL=b", "1.2 7 CcmMessaging ERROR INFO: StatusCode=503"))
	f("interleaved threads", required, `PC01 pair x1 1-1.3 0.0 0.3 {"status":"500","url":"a"} stale 0
PC01 pair x1 1.1-1.2 0.1 0.2 {"status":"503","url":"b"} stale 0.1`,
		log("1 7 CcmMessaging ERROR: URL=a", "1.1 8 CcmMessaging ERROR: URL=b", "1.2 8 CcmMessaging ERROR INFO: StatusCode=503", "1.3 7 CcmMessaging ERROR INFO: StatusCode=500"))
	f("other component", optional, ``, testLog{"PC01", "Other.log", []string{"1 7 Other ERROR: URL=a"}})
	f("component in another file", optional, `PC01 pair x1 1-1 0.1 {"url":"a"} stale 0`,
		testLog{"PC01", "merged.log", []string{"0 1 Other ERROR: URL=b", "1 7 ccmmessaging ERROR: URL=a"}})
	f("file named after the log", optional, `PC01 pair x1 1-1 0.0 {"url":"a"} stale 0`,
		testLog{"PC01", "CCM/Logs/CcmMessaging-20250318-010203.log", []string{"1 7 x ERROR: URL=a"}})
	f("cured by the same key only", optional, `PC01 pair x1 1-1 0.0 {"url":"a"} cured 0.3 stale 4
PC01 pair x1 2-2 0.1 {"url":"b"} stale 3`,
		log("1 7 CcmMessaging ERROR: URL=a", "2 7 CcmMessaging ERROR: URL=b", "3 1 CcmMessaging Delivered c", "4 1 CcmMessaging Delivered a", "5 1 CcmMessaging Delivered a"))
	f("a cure between does not count", optional, `PC01 pair x2 1-3 0.0 0.2 {"url":"a"} stale 0`,
		log("1 7 CcmMessaging ERROR: URL=a", "2 1 CcmMessaging Delivered a", "3 7 CcmMessaging ERROR: URL=a"))
	f("cured in another file", optional, `PC01 pair x1 5-5 0.0 {"url":"a"} cured 1.1 stale 2`,
		log("5 7 CcmMessaging ERROR: URL=a"), testLog{"PC01", "CcmMessaging.log", []string{"4 1 CcmMessaging Delivered a", "7 1 CcmMessaging Delivered a"}})
	f("at the same instant a later record of the file cures", optional, `PC01 pair x1 5-5 0.0 {"url":"a"} cured 0.1 stale 0`,
		log("5 7 CcmMessaging ERROR: URL=a", "5 1 CcmMessaging Delivered a"))
	f("another machine cures nothing", optional, `PC01 pair x1 5-5 0.0 {"url":"a"} stale 0`,
		log("5 7 CcmMessaging ERROR: URL=a"), testLog{"PC02", "CcmMessaging.log", []string{"7 1 CcmMessaging Delivered a"}})
	f("files out of order", optional, `PC01 pair x2 1-5 1.0 0.0 {"url":"A"} stale 0`,
		log("5 7 CcmMessaging ERROR: URL=A"), log("1 7 CcmMessaging ERROR: URL=a"))

	f("cured is dropped", ruleText("drop", `logs = ["WUAHandler"]
all = ["feature is disabled"]
when_cured = "drop"
[[rule.cured_by]]
all = ["Enabling feature"]`+testSamples), `PC02 drop x1 3-3 1.1 {} stale 0`,
		testLog{"PC01", "w.log", []string{"1 1 WUAHandler feature is disabled", "2 1 WUAHandler Enabling feature"}},
		testLog{"PC02", "w.log", []string{"2 1 WUAHandler Enabling feature", "3 1 WUAHandler feature is disabled"}})

	event := ruleText("event", `logs = ["WUAHandler"]
any = ["Failed to end search", "Scan failed"]
regex = 'Error = (?P<code>0x[0-9a-f]{8})'
when = ["code = 0x80072ee2"]
one_event_seconds = 2`+testSamples)
	f("two lines are one event", event, `PC01 event x3 1-9.1 0.0 0.1 0.2 0.3 0.4 {"code":"0x80072ee2","symbol":"ERROR_WINHTTP_TIMEOUT / ERROR_INTERNET_TIMEOUT"} stale 0`,
		testLog{"PC01", "w.log", []string{"1 7 WUAHandler Failed to end search. Error = 0x80072EE2", "1.1 7 WUAHandler Scan failed. Error = 0x80072ee2",
			"1.2 7 WUAHandler Scan failed. Error = 0x80072ee2", "9 7 WUAHandler Failed to end search. Error = 0x80072ee2", "9.1 7 WUAHandler Scan failed. Error = 0x80072ee2",
			"9.1 7 WUAHandler Scan failed. Error = 0x80072ee3"}})
	f("lines of other threads or too late are not", event, `PC01 event x3 1-4 0.0 0.1 0.2 {"code":"0x80072ee2","symbol":"ERROR_WINHTTP_TIMEOUT / ERROR_INTERNET_TIMEOUT"} stale 0`,
		testLog{"PC01", "w.log", []string{"1 7 WUAHandler Failed to end search. Error = 0x80072EE2", "1 8 WUAHandler Scan failed. Error = 0x80072ee2", "4 7 WUAHandler Scan failed. Error = 0x80072ee2"}})

	track := ruleText("track", `logs = ["CTM"]
all = ["empty location"]
regex = 'job (?P<job>\w+)'
track = ["job"]
[[rule.also]]
fallback = true
logs = ["UpdatesHandler"]
all = ["0x87d00669"]
[[rule.cured_by]]
all = ["started download"]
regex = 'job (?P<job>\w+)'
same = ["job"]`+testSamples)
	f("tracked are told together, cured apart", track, `PC01 track x2 1-6 0.0 0.3 {"job":"a"} tracked 1 cured 0.4 stale 1
PC01 track x3 2-5 0.1 0.2 0.5 {"job":"c"} tracked 2 stale 2`,
		testLog{"PC01", "x.log", []string{"1 1 CTM empty location job a", "2 1 CTM empty location job b", "2 1 CTM empty location job b",
			"6 1 CTM empty location job a", "7 1 CTM started download job a", "5 1 CTM empty location job c"}},
		testLog{"PC01", "y.log", []string{"5 1 UpdatesHandler error 0x87d00669"}})
	f("fallback where nothing else is", track, `PC01 track x1 5-5 0.0 {} tracked 1 stale 0`,
		testLog{"PC01", "y.log", []string{"5 1 UpdatesHandler error 0x87d00669"}})

	f("leads", ruleText("lead", "found_by = \"ledger\"\nparams = [\"minutes\"]\nlogs = [\"R\"]\nreads = \"record\"\nall = [\"7 R INSTALLING\"]\nregex = '(?P<kb>KB\\d+)'"+testSamples),
		`PC01 lead lead 0.1 {"kb":"KB1"}`,
		testLog{"PC01", "r.log", []string{"1 8 R INSTALLING KB0", "2 7 R INSTALLING KB1", "3 7 R INSTALLING"}})
}

func TestEvaluateSeveral(t *testing.T) {
	set := testSet(t, ruleText("refused", `logs = ["IIS", "CcmMessaging"]
all = ["refused"]
regex = 'refused (?P<client>\w+)'
track = ["client"]
several = 2
[[rule.cured_by]]
all = ["served"]
regex = 'served (?P<client>\w*)'
same = ["client"]`+testSamples))
	f := func(name, want string, logs ...testLog) {
		t.Helper()
		if got := tell(t, set, nil, logs...); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	log := func(lines ...string) testLog { return testLog{"PC01", "u_ex.log", lines} }
	f("two, twice each", `PC01 refused x4 1-4 0.0 0.1 0.2 0.3 {"client":"b"} tracked 2 stale 0`,
		log("1 0 IIS refused a", "2 0 IIS refused b", "3 0 IIS refused a", "4 0 IIS refused b"))
	f("the machine's own client is another", `PC01 refused x4 1-4 0.0 0.1 0.2 0.3 {"client":"b"} tracked 2 stale 1`,
		log("1 0 IIS refused a", "2 0 IIS refused b", "3 0 IIS refused a", "4 0 IIS refused b", "5 0 CcmMessaging served "))
	f("one alone", "", log("1 0 IIS refused a", "2 0 IIS refused a", "3 0 IIS refused a"))
	f("once each", "", log("1 0 IIS refused a", "2 0 IIS refused b", "3 0 IIS refused a"))
	f("one is served in the end", "", log("1 0 IIS refused a", "2 0 IIS refused b", "3 0 IIS refused a", "4 0 IIS refused b", "5 0 IIS served b"))
}

func TestEvaluateFacts(t *testing.T) {
	set := testSet(t, ruleText("proxy", `logs = ["*"]
all = ["status 407"]
when = ["fact.proxy", "fact.os_family in win10, win11"]`+testSamples))
	log := func(machine string) testLog { return testLog{machine, "a.log", []string{"1 1 A status 407"}} }
	facts := map[string]Facts{"PC01": {"proxy": "p:8080", "os_family": "win11"}, "PC02": {"os_family": "win11"}, "PC03": {"proxy": "p:8080", "os_family": "server2022"}}
	got := tell(t, set, func(m string) Facts { return facts[m] }, log("PC03"), log("PC01"), log("PC02"))
	if want := `PC01 proxy x1 1-1 1.0 {} stale 0`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEvaluateMany(t *testing.T) {
	set := testSet(t, ruleText("many", "logs = [\"A\"]\nall = [\"failed\"]\nregex = 'host=(?P<host>\\S+)'\nkey = [\"host\"]"+testSamples))
	log := testLog{"PC01", "a.log", nil}
	for i := range 1000 {
		log.lines = append(log.lines, fmt.Sprintf("%d 1 A failed host=same", i))
	}
	m := set.Matcher()
	files, src := scanLogs(t, m, 100, log)
	res, err := m.Evaluate(context.Background(), files, src, nil)
	if err != nil || len(res.Matches) != 1 {
		t.Fatal(res, err)
	}
	x := res.Matches[0]
	got := recordsOf(x.Evidence)
	if x.Count != 1000 || len(got) != 7 || got[0] != 0 || got[6] != 999 {
		t.Errorf("count %d, evidence %v; want 1000, the first, the last and five between", x.Count, got)
	}
	for i := 1; i < 6; i++ {
		if got[i] < got[i-1]+50 {
			t.Errorf("evidence %v is not spread over the log", got)
		}
	}

	log.lines = nil
	for i := range 1000 {
		log.lines = append(log.lines, fmt.Sprintf("%d 1 A failed host=%d", i, i))
	}
	files, src = scanLogs(t, m, 100, log)
	if res, err = m.Evaluate(context.Background(), files, src, nil); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, x := range res.Matches {
		total += x.Count
	}
	if len(res.Matches) != maxGroups+1 || total != 1000 {
		t.Errorf("%d matches that count %d, want %d and 1000", len(res.Matches), total, maxGroups+1)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Evaluate(ctx, files, src, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestEvaluateEqualsNaive compares the way over fragments and candidates with
// a plain trial of every pattern on every record.
func TestEvaluateEqualsNaive(t *testing.T) {
	set := builtin(t)
	m := set.Matcher()
	var messages []string
	for _, r := range set.Rules() {
		for _, s := range append(append(r.Samples.Hit, r.Samples.Miss...), r.Samples.Cured...) {
			sample, err := parseSample(s)
			if err != nil {
				t.Fatal(err)
			}
			for i, rec := range sample.records {
				if !bytes.ContainsAny(rec.Text, "\r\n") {
					messages = append(messages, sample.components[sample.recs[i].Component]+" "+string(rec.Text))
				}
			}
		}
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	log := testLog{"PC01", "all.log", nil}
	for i := range 3000 {
		s := messages[rnd.IntN(len(messages))]
		switch rnd.IntN(4) {
		case 0:
			s = strings.ToUpper(s)
		case 1:
			at := rnd.IntN(len(s))
			s = s[:at] + string(rune('a'+rnd.IntN(26))) + s[at:]
		}
		log.lines = append(log.lines, fmt.Sprintf("%d %d %s", i/3, rnd.IntN(3), s))
	}
	files, src := scanLogs(t, m, 50, log)
	got, err := m.Evaluate(context.Background(), files, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	files[0].Candidates = nil
	for n, line := range log.lines {
		component := fold(strings.Fields(line)[2])
		for p := range m.patterns {
			if pat := m.patterns[p]; pat.anyLog || pat.logs[component] {
				files[0].Candidates = append(files[0].Candidates, Candidate{uint32(n), uint32(p)})
			}
		}
	}
	want, err := m.Evaluate(context.Background(), files, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	var a, b strings.Builder
	describe(&a, got)
	describe(&b, want)
	if a.String() != b.String() || len(got.Matches) < 6 {
		t.Errorf("by candidates\n%s\nby every record\n%s", a.String(), b.String())
	}
}

func TestLogName(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := LogName(in); got != want {
			t.Errorf("LogName(%q) = %q, want %q", in, got, want)
		}
	}
	f("", "")
	f("WUAHandler.log", "wuahandler")
	f("a.zip!CCM/Logs/WUAHandler-20250318-090000.log", "wuahandler")
	f("a.zip!WCM.lo_", "wcm")
	f(`C:\Windows\CCM\Logs\CAS.log`, "cas")
	f("-20250318-090000.log", "-20250318-090000")
	f("x-20250318-09000a.log", "x-20250318-09000a")
	f("ReportingEvents", "reportingevents")
}

func TestScannerEdges(t *testing.T) {
	set, err := loadText(goodRule, strings.Replace(goodRule, "scan-slow", "scan-other", 1))
	if err != nil {
		t.Fatal(err)
	}
	m := set.Matcher()
	s := m.Scanner("cmtrace", "WUAHandler.log")
	text := []byte("Scan failed with error = 0x80072ee2.")
	s.Block(text, nil, nil, 0)
	// A component beyond the list counts as none, text before the first record as no record's.
	s.Block(text, []record.Rec{{Off: 30, Component: 9}}, []string{""}, 0)
	s.Block(text, []record.Rec{{Off: 0, Component: 9}}, nil, 5)
	got := s.Candidates()
	for _, c := range got {
		if c.Record != 5 {
			t.Errorf("candidate %+v, want record 5 only", c)
		}
	}
	if len(got) != 1 {
		t.Errorf("%d candidates, want one for the pattern that two rules share", len(got))
	}
}
