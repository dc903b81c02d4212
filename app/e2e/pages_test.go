//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// caseBundle writes a zip of one machine: a scan that times out, an update of
// one hour that was stopped at its maximum, a window of two hours.
func caseBundle(t *testing.T) string {
	t.Helper()
	record := func(clock, component, level, message string) string {
		return fmt.Sprintf("<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"%s\" thread=\"4242\" file=\"x.cpp:1\">\r\n",
			message, clock, component, level)
	}
	const update = "\t1\t%s\t101\t{f7b5b7a1-0000-4000-8000-000000000001}\t200\t%s\tCcmExec\t%s\tContent Install\t%s: 2025-03 Cumulative Update for Windows 11 (KB5053602)\r\n"
	var scan strings.Builder
	for i := range 9 {
		scan.WriteString(record(fmt.Sprintf("01:%02d:09", i), "WUAHandler", "3", "Scan failed with error = 0x80072ee2."))
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"PC01/CCM/Logs/WUAHandler.log", scan.String()},
		{"PC01/CCM/Logs/ServiceWindowManager.log", record("00:10:00", "ServiceWindowManager", "1", "Refreshing Service Windows.....") +
			record("00:10:01", "ServiceWindowManager", "1", "    Populating instance of ServiceWindow with ID={DDDDDDDD-0000-0000-0000-000000000001}, ScheduleString=02C159C0101F2000, Type=4")},
		{"PC01/Windows/SoftwareDistribution/ReportingEvents.log", "{11111111-2222-3333-4444-000000000001}\t2025-03-18 02:00:00:000+0900" +
			fmt.Sprintf(update, "181 [AGENT_INSTALLING_STARTED]", "0", "Success", "Installation Started: Windows successfully started the following update") +
			"{11111111-2222-3333-4444-000000000002}\t2025-03-18 03:00:00:000+0900" +
			fmt.Sprintf(update, "182 [AGENT_INSTALLING_FAILED]", "800704c7", "Failure", "Installation Failure: Windows failed to install the following update with error 0x800704c7")},
	} {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, f[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "contoso.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPages walks every page by keyboard, in both languages and themes: it
// judges a finding, follows a stage of an update to its record, shortens a
// window until the update no longer fits, and saves the page of findings.
func TestPages(t *testing.T) {
	path := caseBundle(t)
	for _, c := range []struct {
		name, lang string
		w, h, mode int
		confirmed  string
	}{
		{"en-light-1280", "en_US.UTF-8", 1280, 720, 1, "Confirmed"},
		{"ja-dark-1920", "ja_JP.UTF-8", 1920, 1080, 2, "確認済み"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScreen(t, c.w, c.h)
			a := s.start(settings{lang: c.lang, mode: c.mode, args: []string{path}})
			a.find()
			a.must("xdotool", "windowmove", a.window, "0", "0", "windowsize", "--sync", a.window, fmt.Sprint(c.w), fmt.Sprint(c.h))
			a.waitFor("the overview", has("state=2", "page=overview "))
			a.walk(c.name)

			a.key("ctrl+2")
			a.waitFor("a finding", has("page=findings ", "judged=0"))
			a.key("Tab", "space") // to the button that confirms
			a.waitFor("the judgement", has("judged=1"))
			a.key("Tab", "Tab")
			a.must("xdotool", "type", "--window", "0", "seen on site")
			a.key("Return")
			time.Sleep(300 * time.Millisecond)
			s.picture(c.name + "-judged")

			a.key("ctrl+4")
			a.waitFor("the update", func(line string) bool { return has("page=updates ")(line) && strings.Contains(line, "KB5053602") })
			a.key("Tab", "End", "Return") // the last attempt
			a.waitFor("the attempt's record", has("page=timeline ", "AGENT_INSTALLING"))

			a.key("ctrl+5")
			a.waitFor("the window", func(line string) bool {
				return has("page=windows ", "edits=0")(line) && !strings.Contains(line, `about=""`)
			})
			a.key("Tab") // to the slider of the window's length
			for range 13 {
				a.key("Left")
			}
			a.waitFor("the effect", has("edits=1", "changed=1"))
			time.Sleep(300 * time.Millisecond)
			s.picture(c.name + "-what-if")

			a.key("ctrl+e")
			time.Sleep(time.Second)
			a.key("Return")
			a.waitFor("the saved page", has("contoso.html"))
			html, err := os.ReadFile(filepath.Join(filepath.Dir(a.trace), "contoso.html"))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"seen on site", `<span class="mark good">` + c.confirmed} {
				if !bytes.Contains(html, []byte(want)) {
					t.Errorf("the saved page lacks %q", want)
				}
			}
		})
	}
}

// walk turns to every page and takes its picture.
func (a *app) walk(name string) {
	a.t.Helper()
	for i, page := range []string{"overview", "findings", "timeline", "updates", "windows", "checklist", "files"} {
		a.key(fmt.Sprintf("ctrl+%d", i+1))
		a.waitFor(page, has("page="+page+" "))
		time.Sleep(400 * time.Millisecond)
		a.picture(name + "-" + page)
	}
}
