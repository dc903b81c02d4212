package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest"
)

// write writes logs below a new folder.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ccm makes a log of the client: lines of "HH:MM:SS thread message", on one day
// in UTC.
func ccm(component string, lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		at, rest, _ := strings.Cut(l, " ")
		thread, msg, _ := strings.Cut(rest, " ")
		fmt.Fprintf(&b, "<![LOG[%s]LOG]!><time=\"%s.000+000\" date=\"02-10-2025\" component=\"%s\" context=\"\" type=\"1\" thread=\"%s\" file=\"a.cpp:1\">\r\n", msg, at, component, thread)
	}
	return b.String()
}

// events makes a ReportingEvents.log: lines of "HH:MM:SS number result caller
// guid title".
func events(lines ...string) string {
	var b strings.Builder
	names := map[string]string{"181": "INSTALLING_STARTED", "182": "INSTALLING_FAILED", "183": "INSTALLING_SUCCEEDED", "201": "INSTALLING_PENDING", "167": "DOWNLOAD_STARTED", "162": "DOWNLOAD_SUCCEEDED", "161": "DOWNLOAD_FAILED"}
	for _, l := range lines {
		w := strings.SplitN(l, " ", 6)
		fmt.Fprintf(&b, "{0A0A0A0A-1111-2222-3333-444455556666}\t2025-02-10 %s:000+0000\t1\t%s [AGENT_%s]\t101\t%s\t200\t%s\t%s\tSuccess\tContent Install\tInstallation Started: Windows has started installing the following update: %s\r\n",
			w[0], w[1], names[w[1]], w[4], w[2], w[3], w[5])
	}
	return b.String()
}

// tell writes an update's attempts and state in short.
func tell(u *Update) string {
	var out []string
	clock := func(ns int64) string {
		if ns == 0 {
			return "?"
		}
		return stamp(ns).Format("15:04:05")
	}
	for i := range u.Attempts {
		a := &u.Attempts[i]
		s := fmt.Sprintf("%s-%s %s %s", clock(a.Started), clock(a.Ended), a.Caller, a.Result)
		if a.Code != 0 {
			s += fmt.Sprintf(" %x", a.Code)
		}
		if a.Verdict != Unknown {
			s += " " + string(a.Verdict)
		}
		for what, at := range map[string]int64{" cut": a.Cut, " after": a.InstalledAfter} {
			if at != 0 {
				s += what + " " + clock(at)
			}
		}
		out = append(out, s)
	}
	return string(u.Now) + ": " + strings.Join(out, "; ")
}

const title = "2025-02 Security Update (KB5051234)"

// TestAttempts puts attempts together from few lines, and keeps apart what only
// looks alike.
func TestAttempts(t *testing.T) {
	f := func(name string, files map[string]string, want ...string) {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			l, _ := read(t, write(t, files), Options{})
			var got []string
			for i := range l.Updates {
				if l.Updates[i].Involved {
					got = append(got, tell(&l.Updates[i]))
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	reporting := func(lines ...string) map[string]string {
		return map[string]string{"ReportingEvents.log": events(lines...)}
	}
	f("two callers at once", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "10:00:05 181 0 UpdateOrchestrator "+b1+" "+title, "10:10:00 183 0 UpdateOrchestrator "+b1+" "+title, "10:20:00 182 80070643 CcmExec "+b1+" "+title),
		"failed: 10:00:00-10:20:00 CcmExec failed 80070643 within; 10:00:05-10:10:00 UpdateOrchestrator succeeded within")
	f("the code as the article spells it", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "11:00:01 182 0x800704c CcmExec "+b1+" "+title),
		"cancelled: 10:00:00-11:00:01 CcmExec cancelled 800704c7 exceeded")
	f("a millisecond short of its maximum", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "10:59:59 182 800704c7 CcmExec "+b1+" "+title),
		"cancelled: 10:00:00-10:59:59 CcmExec cancelled 800704c7 near")
	f("began again without an end", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "12:00:00 181 0 CcmExec "+b1+" "+title, "12:10:00 183 0 CcmExec "+b1+" "+title),
		"installed: 10:00:00-? CcmExec open; 12:00:00-12:10:00 CcmExec succeeded within")
	f("went on after it was cancelled", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "11:00:01 182 800704c7 CcmExec "+b1+" "+title, "11:30:00 183 0 CcmExec "+b1+" "+title),
		"installed: 10:00:00-11:00:01 CcmExec cancelled 800704c7 exceeded after 11:30:00")
	f("failed after the restart", reporting("10:00:00 181 0 CcmExec "+b1+" "+title, "10:10:00 201 240005 CcmExec "+b1+" "+title, "11:00:00 182 800f0922 CcmExec "+b1+" "+title),
		"failed: 10:00:00-10:10:00 CcmExec failed 800f0922 within")
	f("named by its title alone", reporting("10:00:00 181 0 CcmExec {00000000-0000-0000-0000-000000000000} "+title, "10:10:00 183 0 CcmExec {00000000-0000-0000-0000-000000000000} "+title),
		"installed: 10:00:00-10:10:00 CcmExec succeeded within")
	f("named by its title, known from a scan", map[string]string{
		"ReportingEvents.log": events("10:00:00 181 0 CcmExec {00000000-0000-0000-0000-000000000000} " + title),
		"UpdatesStore.log":    ccm("UpdatesStore", "09:00:00 1 Queried Update ("+g1+"): Status=Missing, Title="+title+", BulletinID=, QNumbers=5051234, LocaleID="),
	}, "installing: 10:00:00-? CcmExec open")
	f("only a download", reporting("10:00:00 167 0 CcmExec "+b1+" "+title, "10:01:00 161 80072ee2 CcmExec "+b1+" "+title), "failed: ")

	handler := func(lines ...string) string { return ccm("UpdatesHandler", lines...) }
	wua := func(lines ...string) string { return ccm("WUAHandler", lines...) }
	f("without UpdatesHandler", map[string]string{"WUAHandler.log": wua(
		"10:00:00 1 Async installation of updates started.", "10:10:00 1 Update 1 ("+g1+") finished installing (0x00000000), Reboot Required? No",
		"10:25:00 1 Update 2 ("+g2+") finished installing (0x80070643), Reboot Required? No", "10:25:01 1 Async install completed.")},
		"installed: 10:00:00-10:10:00 CcmExec succeeded within", "failed: 10:10:00-10:25:00 CcmExec failed 80070643 within")
	f("without WUAHandler", map[string]string{"UpdatesHandler.log": handler(
		"09:59:00 1 Update ("+g1+") added to the installation batch", "10:00:00 1 Updates installation started as batch",
		"10:10:00 1 WSUS update ("+g1+") installation result = 0x0, Reboot State = SoftReboot", "10:10:01 1 Update ("+g1+") execution completed with state COMPLETE_SOFT_REBOOT_NEEDED.")},
		"pending-restart: 10:00:00-10:10:00 CcmExec pending-restart within")
	f("without both", map[string]string{"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent",
		"10:00:00 1 Update ("+ci+") Progress: Status = ciStateInstalling, PercentComplete = 0, Result = 0x0",
		"11:00:02 1 Update ("+ci+") Progress: Status = ciStateError, PercentComplete = 0, DownloadSize = 0, Result = 0x87d00664")},
		"cancelled: 10:00:00-11:00:02 CcmExec cancelled 87d00664 exceeded")
	f("the deployment says it first", map[string]string{
		"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", "09:59:58 1 Update ("+ci+") Progress: Status = ciStateInstalling, PercentComplete = 0, Result = 0x0"),
		"WUAHandler.log":        wua("10:00:00 1 Async installation of updates started.", "10:10:00 1 Update 1 ("+g1+") finished installing (0x00000000), Reboot Required? No", "10:10:01 1 Async install completed.")},
		"installed: 10:00:00-10:10:00 CcmExec succeeded within")
	f("the deployment says it, and only UpdatesHandler its end", map[string]string{
		"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", "10:00:00 1 Update ("+ci+") Progress: Status = ciStateInstalling, PercentComplete = 0, Result = 0x0"),
		"UpdatesHandler.log":    handler("11:00:02 1 WSUS update (" + g1 + ") installation result = 0x800704c7, Reboot State = NoReboot")},
		"cancelled: 10:00:00-11:00:02 CcmExec cancelled 800704c7 exceeded")
	f("in another order than it was added", map[string]string{
		"UpdatesHandler.log": handler("09:59:00 1 Update ("+g1+") added to the installation batch", "09:59:00 1 Update ("+g2+") added to the installation batch", "09:59:30 1 Updates installation started as batch"),
		"WUAHandler.log":     wua("10:00:00 1 Async installation of updates started.", "10:10:00 1 Update 1 ("+g2+") finished installing (0x00000000), Reboot Required? No")},
		"installing: 10:10:00-? CcmExec open", "installed: 10:00:00-10:10:00 CcmExec succeeded within")
	f("a batch that could not begin", map[string]string{"UpdatesHandler.log": handler("09:59:00 1 Update ("+g1+") added to the installation batch", "10:00:00 1 Updates installation started as batch",
		"10:00:01 1 InstallUpdatesInBatch failed with error 0x87d00705")}, "failed: 10:00:00-10:00:01 CcmExec failed 87d00705 within")
	f("cancelled, nobody knows which", map[string]string{"UpdatesHandler.log": handler("10:00:00 1 Execution cancelled by job. Update will not be monitored")})

	legacy := func(lines ...string) map[string]string {
		var b strings.Builder
		b.WriteString("2025-02-10\t09:00:00:000\t 900\t4d0\tMisc\t===========  Logging initialized (build: 7.6.7600.320, tz: +0000)  ===========\r\n")
		for _, l := range lines {
			at, rest, _ := strings.Cut(l, " ")
			component, msg, _ := strings.Cut(rest, " ")
			fmt.Fprintf(&b, "2025-02-10\t%s:000\t 900\t4d0\t%s\t%s\r\n", at, component, msg)
		}
		return map[string]string{"WindowsUpdate.log": b.String()}
	}
	f("Windows 7", legacy("10:00:00 Agent ** START **  Agent: Installing updates [CallerId = CcmExec]", "10:00:00 Agent   * Updates to install = 2",
		"10:00:00 Agent   *   Title = "+title, "10:00:00 Agent   *   UpdateId = "+b1+".100", "10:00:00 Agent   *   Title = Another", "10:00:00 Agent   *   UpdateId = "+b2+".100",
		"10:04:00 Handler Completed install of CBS update with type=3, requiresReboot=0, installerError=0, hr=0x0",
		"10:04:00 Agent LogHistory called. idUpdate="+b1+".100, resultMapped=0, resultUnMapped=0",
		"10:09:00 Agent LogHistory called. idUpdate="+b2+".100, resultMapped=80070643, resultUnMapped=0",
		"10:09:30 Agent ** END **  Agent: Installing updates [CallerId = CcmExec]", "10:10:00 Agent   *   Title = Not in a block"),
		"installed: 10:00:00-10:04:00 CcmExec succeeded within", "failed: 10:04:00-10:09:00 CcmExec failed 80070643 within")
	f("Windows 7, no end", legacy("10:00:00 Agent ** START **  Agent: Installing updates [CallerId = AutomaticUpdates]", "10:00:00 Agent   *   Title = <NULL>", "10:00:00 Agent   *   UpdateId = "+b1+".100"),
		"installing: 10:00:00-? AutomaticUpdates open")
	f("no block at all", legacy("10:00:00 Agent   *   Title = "+title, "10:00:00 Agent   *   UpdateId = "+b1+".100"))
}

// TestJoin holds that a bundle and its child, its content and its jobs are one
// update, and that what only stands nearby is not.
func TestJoin(t *testing.T) {
	l, _ := read(t, write(t, map[string]string{
		"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent",
			"09:00:00 1 Update (Site_"+b3+"/SUM_"+g1+") Name (Update One (KB5051111)) ArticleID (5051111) added to the targeted list of deployment ("+b3+")",
			"09:00:00 1 Update (Site_"+b3+"/SUM_"+g2+") Name (Update Two (KB5052222)) ArticleID (5052222) added to the targeted list of deployment ("+b3+")"),
		"UpdatesHandler.log": ccm("UpdatesHandler",
			"09:01:00 7 Bundle update ("+g1+") is requesting download from child updates for action (INSTALL)",
			`09:01:00 7 Content Text = <Content ContentId="11112222-0000-4000-8000-000000000001" Version="1"><FileContent Name="windows6.1-kb5051111-x64.cab"/></Content>`,
			"09:01:01 7 Starting download on action (INSTALL) for Update (11112222-0000-4000-8000-000000000001)",
			"09:01:01 8 Starting download on action (INSTALL) for Update ("+g2+")",
			`09:02:00 9 Content Text = <Content ContentId="11112222-0000-4000-8000-000000000002" Version="1"><FileContent Name="Windows6.1-KB5052222-x64.cab"/></Content>`,
			`09:02:00 9 Content Text = <Content ContentId="11112222-0000-4000-8000-000000000003" Version="1"><FileContent Name="nothing.cab"/></Content>`,
			"09:05:00 7 Contents downloaded successfully for update (11112222-0000-4000-8000-000000000001)."),
	}), Options{})
	f := func(id, want string) {
		t.Helper()
		if got, _ := l.Name(id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	f("11112222-0000-4000-8000-000000000001", "KB5051111 Update One")
	f("11112222-0000-4000-8000-000000000002", "content of KB5052222")
	f("11112222-0000-4000-8000-000000000003", "")
	f(g3, "deployment of KB5051111, KB5052222")
	if len(l.Updates) != 2 || l.Updates[0].Now != StateDownloaded || l.Updates[1].Now != StateAvailable {
		t.Errorf("%+v", l.Updates)
	}
}

// TestMaximum holds which maximum counts, and when what the client asks a window
// for is one.
func TestMaximum(t *testing.T) {
	targeted := func(ids ...string) []string {
		var out []string
		for _, id := range ids {
			out = append(out, "09:00:00 1 Update (Site_"+b3+"/SUM_"+id+") Name ("+title+") ArticleID (5051234) added to the targeted list of deployment ("+b3+")")
		}
		return out
	}
	refused := func(seconds string) []string {
		return []string{"10:00:00 5 No current service window available to run updates assignment with time required = " + seconds, "10:00:00 5 This assignment (" + b3 + ") will be retried once the service window is available."}
	}
	start := "10:00:01 5 Starting install for assignment (" + b3 + ")"
	asked := func(lines ...string) string { return ccm("ServiceWindowManager", lines...) }
	f := func(name string, deployment []string, windows, maxima, export string, seconds int, source Source) {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			var handler []string
			for i, l := range deployment {
				if before, msg, ok := strings.Cut(l, " handler "); ok {
					handler = append(handler, before+" "+msg)
					deployment[i] = ""
				}
			}
			deployment = slices.DeleteFunc(slices.Clone(deployment), func(l string) bool { return l == "" })
			files := map[string]string{"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", deployment...)}
			if len(handler) > 0 {
				files["UpdatesHandler.log"] = ccm("UpdatesHandler", handler...)
			}
			if windows != "" {
				files["ServiceWindowManager.log"] = windows
			}
			if export != "" {
				files["updates.txt"] = export
			}
			opt := Options{}
			if maxima != "" {
				m, err := ReadMaxima(strings.NewReader(maxima), "max.csv")
				if err != nil {
					t.Fatal(err)
				}
				opt.Maxima = m
			}
			l, _ := read(t, write(t, files), opt)
			if got := l.Updates[0].Max; got.Seconds != seconds || got.Source != source || got.Source == FromBundle && got.Origin == "" && len(got.Evidence) == 0 {
				t.Errorf("%+v", got)
			}
		})
	}
	mof := "instance of CCM_SoftwareUpdate\n{\n\tArticleID = \"5051234\";\n\tMaxExecutionTime = 5400;\n\tUpdateID = \"Site_" + b3 + "/SUM_" + g1 + "\";\n};\n"
	one := targeted(g1)
	f("a refused window", append(one, refused("600")...), "", "", "", 600, FromBundle)
	f("a probe", append(one, refused("1")...), "", "", "", 3600, FromDefault)
	f("of two updates", append(targeted(g1, g2), refused("600")...), "", "", "", 3600, FromDefault)
	f("a question", append(one, start), asked("10:00:00 4 OnIsServiceWindowAvailable called with: Runtime:6600, Type:4"), "", "", 6600, FromBundle)
	f("a question of another type", append(one, start), asked("10:00:00 4 OnIsServiceWindowAvailable called with: Runtime:6600, Type:2"), "", "", 3600, FromDefault)
	f("a question too early", append(one, start), asked("09:59:58 4 OnIsServiceWindowAvailable called with: Runtime:6600, Type:4"), "", "", 3600, FromDefault)
	f("two questions", append(one, start), asked("10:00:00 4 OnIsServiceWindowAvailable called with: Runtime:6600, Type:4", "10:00:00 4 OnIsServiceWindowAvailable called with: Runtime:600, Type:4"), "", "", 3600, FromDefault)
	asks := "10:00:00 4 OnIsServiceWindowAvailable called with: Runtime:6600, Type:4"
	applied := func(added ...string) []string {
		lines := append(targeted(g1), "10:00:01 2 ApplyCIs - JobId = "+b2)
		for _, g := range added {
			lines = append(lines, "10:00:05 9 handler Update ("+g+") added to the installation batch")
		}
		return append(lines, "10:00:06 9 handler Updates installation started as batch")
	}
	f("a question beside an installation", applied(g1), asked(asks), "", "", 6600, FromBundle)
	f("a question beside one of two updates", applied(g1, g2), asked(asks), "", "", 3600, FromDefault)
	f("a question after it was prepared", applied(g1), asked(strings.Replace(asks, "10:00:00", "10:00:03", 1)), "", "", 6600, FromBundle)
	f("a question too long after it", applied(g1), asked(strings.Replace(asks, "10:00:00", "10:00:04", 1)), "", "", 3600, FromDefault)
	f("an installation that was not prepared", append(targeted(g1), applied(g1)[len(targeted(g1))+1:]...), asked(asks), "", "", 3600, FromDefault)
	f("an export", append(one, refused("600")...), "", "", mof, 5400, FromBundle)
	f("the user's", append(one, refused("600")...), "", "KB5051234,45", mof, 2700, FromFile)
	f("an export of another update", one, "", "", strings.ReplaceAll(mof, g1, g2), 3600, FromDefault)
}

// TestExports reads the forms of an export, and what is near them.
func TestExports(t *testing.T) {
	f := func(name, text string, want ...string) {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			var got []string
			e := exporter{found: func(line int, keys []string, seconds int) {
				got = append(got, fmt.Sprintf("%d %s %d", line, strings.Join(keys, "|"), seconds))
			}}
			for n, line := range strings.Split(text, "\n") {
				e.line(line, n+1)
			}
			e.flush()
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	f("MOF", "instance of CCM_SoftwareUpdate {\n MaxExecutionTime = 3600;\n UpdateID = \"Site_"+b3+"/SUM_"+g1+"\"; Name = \"x { y\";\n};\ninstance of CCM_SoftwareUpdate {\n ArticleID = \"5051234\";\n MaxExecutionTime = 600;\n};", "2 "+g1+" 3600", "6 kb5051234 600")
	f("a list", "ArticleID        : 5051234\nMaxExecutionTime : 3600\nName             : "+title+"\n\nArticleID        : 5051235\nMaxExecutionTime : 7200\n", "1 kb5051234 3600", "5 kb5051235 7200")
	f("wmic", "ArticleID=5051234\r\nMaxExecutionTime=3600\r\nArticleID=5051235\r\nMaxExecutionTime=60\r\n", "1 kb5051234 3600", "3 kb5051235 60")
	f("a table", "ArticleID MaxExecutionTime Name\n--------- ---------------- ----\n5051234               3600 "+title+"\n5051235                600 Another\n", "3 kb5051234 3600", "4 kb5051235 600")
	f("a CSV", "\"ArticleID\",\"Title\",\"MaxExecutionTime\"\n\"5051234\",\"Update, with comma\",\"3600\"\n\"5051235\",\"b\",\"x\"", "2 kb5051234 3600")
	f("the console", "Title,Article ID,Maximum Run Time (Mins)\n\"Update, with comma (KB5051234)\",5051234,90\n", "2 kb5051234 5400")
	f("by its title", "Title,Max Run Time\n"+title+",90\n", "2 "+strings.ToLower(title)+"|kb5051234 5400")
	f("nothing of it", "Title,Size\n"+title+",90\n")
	f("nonsense", "MaxExecutionTime : -5\nArticleID : 5051234\n\nMaxExecutionTime : 99999999999\nArticleID : 1\n\nMaxExecutionTime : 60\n")
	f("prose", "The MaxExecutionTime of this: 60 seconds, as said: KB5051234")
}

// TestStates holds where an update stands after what happened last.
func TestStates(t *testing.T) {
	f := func(name string, want State, lines ...string) {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			l, _ := read(t, write(t, map[string]string{"UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", lines...)}), Options{})
			if len(l.Updates) != 1 || l.Updates[0].Now != want {
				t.Errorf("%+v", l.Updates)
			}
		})
	}
	list := "09:00:00 1 Update (" + ci + ") added to the targeted list of deployment (" + b2 + ")"
	enforce := func(at, id string) string {
		return at + " 1 Raised update (" + ci + ") enforcement state message successfully. StateId = " + id + ", StateName = X"
	}
	f("offered", StateAvailable, list)
	f("downloading", StateDownload, list, enforce("09:01:00", "12"))
	f("downloaded", StateDownloaded, list, enforce("09:01:00", "12"), enforce("09:02:00", "13"))
	f("waits for a window", StateWindow, list, enforce("09:01:00", "4"))
	f("waits for content", StateWaitingFor, list, enforce("09:01:00", "2"))
	f("waits for another", StateQueue, list, enforce("09:01:00", "3"))
	f("waits for a restart", StateRestart, list, enforce("09:01:00", "5"))
	f("pending", StatePending, list, enforce("09:01:00", "9"))
	f("installed", StateInstalled, list, enforce("09:01:00", "9"), enforce("09:02:00", "10"))
	f("failed", StateFailed, list, enforce("09:01:00", "11"))
	f("no download", StateFailed, list, enforce("09:01:00", "14"))
	f("failed, then waits", StateWindow, list, enforce("09:01:00", "11"), enforce("09:10:00", "4"))
	f("installed, then nothing more is needed", StateInstalled, list, enforce("09:01:00", "10"), enforce("09:10:00", "4"))
	f("removed", StateRemoved, list, "09:30:00 1 OnPolicyDelete for assignment ("+b2+")...")
	f("removed after it was installed", StateInstalled, list, enforce("09:01:00", "10"), "09:30:00 1 OnPolicyDelete for assignment ("+b2+")...")
	f("superseded", StateSuperseded, list, "09:30:00 1 Update ("+ci+") superseded, no install attempt required")
}

// TestHostile holds that logs made to be costly are bounded.
func TestHostile(t *testing.T) {
	var b, d strings.Builder
	for i := range 70_000 {
		fmt.Fprintf(&b, "<![LOG[Queried Update (%08x-1111-4111-8111-111111111111): Status=Missing, Title=%s, BulletinID=]LOG]!><time=\"09:00:00.000+000\" date=\"02-10-2025\" component=\"UpdatesStore\" context=\"\" type=\"1\" thread=\"1\" file=\"\">\r\n", i, strings.Repeat("x", 20))
		fmt.Fprintf(&d, "<![LOG[Update (S/SUM_%08x-1111-4111-8111-111111111111) added to the targeted list of deployment (%s)]LOG]!><time=\"09:00:00.000+000\" date=\"02-10-2025\" component=\"UpdatesDeploymentAgent\" context=\"\" type=\"1\" thread=\"1\" file=\"\">\r\n", i, b2)
		fmt.Fprintf(&d, "<![LOG[This assignment (%s) will be retried once the service window is available.]LOG]!><time=\"09:00:00.000+000\" date=\"02-10-2025\" component=\"UpdatesDeploymentAgent\" context=\"\" type=\"1\" thread=\"1\" file=\"\">\r\n", b2)
	}
	began := time.Now()
	l, _ := read(t, write(t, map[string]string{"UpdatesStore.log": b.String(), "UpdatesDeployment.log": d.String()}), Options{})
	if len(l.Updates) != maxUpdates || l.Dropped == 0 {
		t.Errorf("%d updates, %d dropped", len(l.Updates), l.Dropped)
	}
	t.Log(time.Since(began))
}

func TestCancel(t *testing.T) {
	dir := write(t, map[string]string{"ReportingEvents.log": events("10:00:00 181 0 CcmExec " + b1 + " " + title)})
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, in.Store, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	u, err := Build(context.Background(), in.Store, nil)
	if err != nil || len(u) != 1 || u[0].State() != Open || u[0].LastGood() != "" {
		t.Errorf("%+v %v", u, err)
	}
}
