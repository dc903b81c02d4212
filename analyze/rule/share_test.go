package rule

import (
	"strings"
	"testing"
)

// TestShareForms holds that a rule with forms_of finds what its codes name, and
// that the rule of the forms finds the rest.
func TestShareForms(t *testing.T) {
	base := ruleText("install-failed", `key = ["code"]
logs = ["WUAHandler"]
all = ["finished installing"]
regex = 'installing \((?P<code>0x[0-9a-f]{8})\)'
when = ["code != 0x00000000"]
[[rule.also]]
fallback = true
logs = ["UpdatesHandler"]
all = ["installation result ="]
regex = 'result = (?P<code>0x[0-9a-f]{8})'
[[rule.cured_by]]
all = ["finished installing (0x00000000)"]`+testSamples)
	locked := ruleText("file-in-use", `forms_of = ["install-failed"]
codes = ["0x80070020", "0x80070005"]
[[rule.also]]
logs = ["CBS"]
all = ["Locked file"]
regex = 'Locked (?P<code>0x[0-9a-f]{8})?'`+testSamples)
	family := ruleText("access-failed", `forms_of = ["install-failed"]
codes = ["0x8007002*", "0x80070003"]`+testSamples)
	f := func(name, want string, logs ...testLog) {
		t.Helper()
		for _, rules := range [][]string{{base, locked, family}, {locked, family, base}, {family, base, locked}} {
			if got := tell(t, testSet(t, rules...), nil, logs...); got != want {
				t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
			}
		}
	}
	log := func(lines ...string) testLog { return testLog{"PC01", "x.log", lines} }
	f("its own codes", `PC01 file-in-use x2 1-2 0.0 0.1 {"code":"0x80070005","symbol":"E_ACCESSDENIED"} stale 0`,
		log("1 7 WUAHandler finished installing (0x80070005)", "2 7 WUAHandler finished installing (0x80070005)"))
	f("the others", `PC01 install-failed x1 1-1 0.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE"} stale 0`,
		log("1 7 WUAHandler finished installing (0x80070643)"))
	f("the condition of the forms stays", `PC01 file-in-use x1 1-1 0.0 {"code":"0x80070020","symbol":"ERROR_SHARING_VIOLATION"} cured 0.1 stale 1`,
		log("1 7 WUAHandler finished installing (0x80070020)", "2 7 WUAHandler finished installing (0x00000000)"))
	f("a fallback stays one", `PC01 file-in-use x1 2-2 0.1 {"code":"0x80070020","symbol":"ERROR_SHARING_VIOLATION"} stale 0
PC01 install-failed x1 1-1 0.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE"} stale 1`,
		log("1 7 UpdatesHandler installation result = 0x80070643", "2 7 UpdatesHandler installation result = 0x80070020"))
	f("a family but for the code that another names", `PC01 access-failed x1 2-2 0.1 {"code":"0x80070021","symbol":"ERROR_LOCK_VIOLATION"} stale 0
PC01 file-in-use x1 1-1 0.0 {"code":"0x80070020","symbol":"ERROR_SHARING_VIOLATION"} stale 1`,
		log("1 7 WUAHandler finished installing (0x80070020)", "2 7 WUAHandler finished installing (0x80070021)"))
	f("forms of its own", `PC01 file-in-use x1 1-1 0.0 {} stale 0`, log("1 7 CBS Locked file"))
	both := log("1 7 WUAHandler finished installing (0x80070643)", "2 7 UpdatesHandler installation result = 0x80070020")
	f("fallbacks rule by rule", `PC01 file-in-use x1 2-2 0.1 {"code":"0x80070020","symbol":"ERROR_SHARING_VIOLATION"} stale 0
PC01 install-failed x1 1-1 0.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE"} stale 1`, both)
	base = strings.Replace(base, "[[rule]]\n", "[[rule]]\nshared_fallback = true\n", 1)
	f("fallbacks of all rules together", `PC01 install-failed x1 1-1 0.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE"} stale 1`, both)
	f("only fallbacks", `PC01 file-in-use x1 2-2 0.0 {"code":"0x80070020","symbol":"ERROR_SHARING_VIOLATION"} stale 0`,
		log("2 7 UpdatesHandler installation result = 0x80070020"))
	f("forms of its own hide no fallback", `PC01 file-in-use x1 1-1 0.0 {} stale 1
PC01 install-failed x1 2-2 0.1 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE"} stale 0`,
		log("1 7 CBS Locked file", "2 7 UpdatesHandler installation result = 0x80070643"))
}

// TestAcrossLogs holds that a failure that several logs tell of counts once.
func TestAcrossLogs(t *testing.T) {
	rules := ruleText("install-failed", `key = ["code"]
track = ["update", "kb"]
one_event_seconds = 100
across_logs = true
logs = ["WUAHandler"]
all = ["finished installing"]
regex = '\((?P<update>\w*)\) finished installing \((?P<code>0x[0-9a-f]{8})\)'
[[rule.also]]
logs = ["ReportingEvents"]
all = ["Installation Failure"]
regex = '\{(?P<update>\w+)\} (?P<code>0x[0-9a-f]{8}) (?P<kb>KB\d+)'
[[rule.cured_by]]
logs = ["ReportingEvents"]
all = ["Installation Success"]
regex = '(?P<kb>KB\d+)'
same = ["kb"]`+testSamples)
	f := func(name, want string, logs ...testLog) {
		t.Helper()
		if got := tell(t, testSet(t, rules), nil, logs...); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	log := func(component string, lines ...string) testLog {
		out := testLog{machine: "PC01", name: component + ".log"}
		for _, s := range lines {
			at, message, _ := strings.Cut(s, " ")
			out.lines = append(out.lines, at+" 7 "+component+" "+message)
		}
		return out
	}
	wua := func(lines ...string) testLog { return log("WUAHandler", lines...) }
	rep := func(lines ...string) testLog { return log("ReportingEvents", lines...) }
	const params = `{"code":"0x80070643","kb":"KB1","symbol":"ERROR_INSTALL_FAILURE","update":"A"}`
	f("two logs, in either order", `PC01 install-failed x1 1-2 1.0 0.0 `+params+` tracked 1 stale 0`,
		wua("2 (A) finished installing (0x80070643)"), rep("1 Installation Failure {A} 0x80070643 KB1"))
	f("the other order of files", `PC01 install-failed x1 1-2 0.0 1.0 `+params+` tracked 1 stale 0`,
		rep("1 Installation Failure {A} 0x80070643 KB1"), wua("2 (A) finished installing (0x80070643)"))
	f("each failure has a line in each", `PC01 install-failed x2 1-42 0.0 1.0 0.1 1.1 `+params+` tracked 1 stale 0`,
		rep("1 Installation Failure {A} 0x80070643 KB1", "40 Installation Failure {A} 0x80070643 KB1"),
		wua("2 (A) finished installing (0x80070643)", "42 (A) finished installing (0x80070643)"))
	f("too far apart", `PC01 install-failed x2 1-102 0.0 1.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE","update":"A"} tracked 2 stale 0`,
		rep("1 Installation Failure {A} 0x80070643 KB1"), wua("102 (A) finished installing (0x80070643)"))
	f("another update", `PC01 install-failed x2 1-2 0.0 1.0 {"code":"0x80070643","symbol":"ERROR_INSTALL_FAILURE","update":"B"} tracked 2 stale 0`,
		rep("1 Installation Failure {A} 0x80070643 KB1"), wua("2 (B) finished installing (0x80070643)"))
	f("a log that does not say which update", `PC01 install-failed x1 1-2 1.0 0.0 `+params+` tracked 1 stale 0`,
		wua("2 () finished installing (0x80070643)"), rep("1 Installation Failure {A} 0x80070643 KB1"))
	f("what one log says of it cures it", `PC01 install-failed x1 1-2 1.0 0.0 `+params+` tracked 1 cured 1.1 stale 1`,
		wua("2 (A) finished installing (0x80070643)"), rep("1 Installation Failure {A} 0x80070643 KB1", "3 Installation Success KB1"))
}

// TestWin32 holds that an error of Windows gets the form of all codes.
func TestWin32(t *testing.T) {
	set := testSet(t, ruleText("service-stopped", `logs = ["System"]
all = ["did not start"]
regex = 'error (?:%%\d+ \()?(?P<win32>0x[0-9a-f]+)'`+testSamples))
	f := func(message, want string) {
		t.Helper()
		log := testLog{"PC01", "System.evtx", []string{"1 0 System Service BITS did not start, error " + message}}
		if got := tell(t, set, nil, log); got != "PC01 service-stopped x1 1-1 0.0 "+want+" stale 0" {
			t.Errorf("%s: %s", message, got)
		}
	}
	f("%%1058 (0x00000422)", `{"code":"0x80070422","symbol":"ERROR_SERVICE_DISABLED"}`)
	f("0x00000424", `{"code":"0x80070424","symbol":"ERROR_SERVICE_DOES_NOT_EXIST"}`)
	f("0x80070424", `{}`)
	f("0x00000000", `{}`)
}
