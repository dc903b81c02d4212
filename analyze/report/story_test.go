package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
)

const (
	storyOne   = "0f3b2c11-9a77-4e55-8d10-1234567890ab"
	storyTwo   = "9d2e7a40-1bcd-4f00-a111-abcdefabcdef"
	storySite  = "{C0FFEE00-1111-4222-8333-444455556666}"
	titleOne   = "2025-03 x64 ベース システム用 Windows 11 の累積更新プログラム (KB5053602)"
	titleTwo   = "2025-03 Cumulative Update for .NET Framework 4.8.1 (KB5052094)"
	storyJapan = -540
)

// bundle writes logs of a client in Japan, of one day, and analyses them: lines
// of "HH:MM:SS component message".
func bundle(t testing.TB, files map[string]string, lines ...string) *analyze.Result {
	t.Helper()
	dir := t.TempDir()
	logs := map[string]*strings.Builder{}
	for _, l := range lines {
		at, rest, _ := strings.Cut(l, " ")
		component, msg, _ := strings.Cut(rest, " ")
		if logs[component] == nil {
			logs[component] = &strings.Builder{}
		}
		fmt.Fprintf(logs[component], "<![LOG[%s]LOG]!><time=\"%s.000%+d\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"1\" thread=\"1\" file=\"a.cpp:1\">\r\n", msg, at, storyJapan, component)
	}
	for name, b := range logs {
		if err := os.WriteFile(filepath.Join(dir, name+".log"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := analyze.Run(context.Background(), []string{dir}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func reportingEvent(at, number, name, id, result, caller, title string) string {
	return "{0A0A0A0A-1111-2222-3333-444455556666}\t2025-03-18 " + at + "+0900\t1\t" + number + " [AGENT_" + name + "]\t101\t{" + id + "}\t200\t" + result + "\t" + caller +
		"\tSuccess\tContent Install\tInstallation: the following update: " + title + "\tx\r\n"
}

func targetedLines() []string {
	return []string{
		"00:00:05 PolicyAgent_PolicyEvaluator Applying policy " + storySite,
		"00:13:00 UpdatesDeploymentAgent Update (Site_{9}/SUM_" + storyOne + ") Name (" + titleOne + ") ArticleID (5053602) added to the targeted list of deployment (" + storySite + ")",
		"00:13:00 UpdatesDeploymentAgent Update (Site_{9}/SUM_" + storyTwo + ") Name (" + titleTwo + ") ArticleID (5052094) added to the targeted list of deployment (" + storySite + ")",
	}
}

// TestStorySentences holds what is told of updates in both languages, and what is
// not told of others.
func TestStorySentences(t *testing.T) {
	f := func(name string, res *analyze.Result, query string, l lang.Lang, wants, never []string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			updates, _ := FindUpdates(res, query)
			if len(updates) != 1 {
				t.Fatalf("%d updates", len(updates))
			}
			var out bytes.Buffer
			if err := Why(&out, res, updates, Options{Lang: l}); err != nil {
				t.Fatal(err)
			}
			for _, w := range wants {
				if !strings.Contains(out.String(), w) {
					t.Errorf("not told: %s", w)
				}
			}
			for _, w := range never {
				if strings.Contains(out.String(), w) {
					t.Errorf("told: %s", w)
				}
			}
			if t.Failed() {
				t.Log(out.String())
			}
			for _, s := range Story(res, updates[0], Options{Lang: l}) {
				if s.Told == ToldStage && len(s.Evidence) == 0 || s.Told == ToldAttempt && len(s.Evidence) == 0 {
					t.Errorf("no record proves %q", s.Text)
				}
				if strings.Contains(s.Text, "why.") || s.Told != ToldStopped && strings.Contains(s.Text, "{") {
					t.Errorf("words are missing: %q", s.Text)
				}
			}
		})
	}
	cut := bundle(t, map[string]string{"ReportingEvents.log": reportingEvent("01:00:00:100", "181", "INSTALLING_STARTED", storyOne, "0", "CcmExec", titleOne) +
		reportingEvent("02:00:00:100", "182", "INSTALLING_FAILED", storyOne, "800704c7", "CcmExec", titleOne) +
		reportingEvent("03:00:00:000", "181", "INSTALLING_STARTED", storyTwo, "0", "CcmExec", titleTwo) +
		reportingEvent("03:59:59:000", "182", "INSTALLING_FAILED", storyTwo, "800704c7", "CcmExec", titleTwo)},
		"06:00:00 UpdatesStore Queried Update ("+storyOne+"): Status=Installed, Title="+titleOne+", BulletinID=, QNumbers=5053602, LocaleID=")
	f("reached", cut, "5053602", lang.English, []string{
		"It is installed since 2025-03-18 06:00:00 +09:00.",
		"ConfigMgr (CcmExec) began to install it at 2025-03-18 01:00:00.100 +09:00. After 1 h it was cancelled with 0x800704c7: ERROR_CANCELLED",
		"That is its maximum run time of 1 h (product default) exactly. ConfigMgr cancels an installation that reaches it.",
		"At 2025-03-18 06:00:00 +09:00 it was found installed after all", "What held it up: ",
	}, []string{"What stopped it"})
	f("a second below, in Japanese", cut, "KB5052094", lang.Japanese, []string{
		"インストールは 2025-03-18 03:59:59 +09:00 に取り消され", "59 分 59 秒後、取り消されました (0x800704c7: ERROR_CANCELLED", "に近く、残り 1 秒でした。", "阻害要因: ",
	}, []string{"ConfigMgr は最長実行時間に達した", "インストーラーが処理を続けていました"})
	pending := bundle(t, nil, append(targetedLines(),
		"02:00:05 UpdatesHandler Update ("+storyOne+") added to the installation batch", "02:00:05 UpdatesHandler Update ("+storyTwo+") added to the installation batch",
		"02:00:06 UpdatesHandler Updates installation started as batch", "02:00:10 WUAHandler Async installation of updates started.",
		"02:25:10 WUAHandler Update 1 ("+storyOne+") finished installing (0x00000000), Reboot Required? Yes", "02:31:00 WUAHandler Update 2 ("+storyTwo+") finished installing (0x80070643), Reboot Required? No",
		"02:31:02 WUAHandler Async install completed.")...)
	f("pending", pending, "kb5053602", lang.English, []string{
		"It was installed at 2025-03-18 02:25:10 +09:00 and waits for a restart of the machine.", "    -> Restart the machine.",
		"Its deployment was known to this machine at 2025-03-18 00:00:05 +09:00.", "After 25 min it was done, but for a restart. Its maximum run time is 1 h (product default); 35 min were left.",
		"It needs a restart, which has not come since 2025-03-18 02:25:10 +09:00.",
	}, []string{"What stopped it", "Its turn in a batch"})
	f("its turn in a batch", pending, storyTwo, lang.English, []string{
		"It failed at 2025-03-18 02:31:00 +09:00 and has not been installed since.", "Its turn in a batch came at 2025-03-18 02:25:10 +09:00. After 5 min 50 s it failed with 0x80070643: ERROR_INSTALL_FAILURE",
	}, []string{"restart of the machine", "exactly"})
	terms := bundle(t, map[string]string{"PC01_CMClient_CCM-MachineDeployments.TXT": "Update Deployments\r\n\r\nAssignmentID        : " + storySite + "\r\nAssignmentName      : 3 月の更新\r\nEnforcementDeadline : 20250320030000.000000+***\r\nOverrideServiceWindows : True\r\nRebootOutsideOfServiceWindows : False\r\n"}, targetedLines()...)
	f("ignores windows", terms, "5053602", lang.English, []string{
		`It is due at 2025-03-20 03:00:00 +09:00. Its deployment "3 月の更新" may install outside maintenance windows.`, "Maintenance windows do not hold it back. It can start at 2025-03-20 03:00:00 +09:00.", "It is put off since",
	}, []string{"may restart the machine"})
	waiting := func(job string) *analyze.Result {
		return bundle(t, nil, append(targetedLines(),
			"00:13:01 UpdatesHandler Content Text = <Content ContentId=\"11112222-3333-4444-5555-666677778888\" Version=\"1\"><FileName>x-kb5053602.cab</FileName></Content>",
			"00:13:02 UpdatesHandler Starting download on action (INSTALL) for Update ("+storyOne+")",
			"00:13:03 ContentAccess Submitted CTM job {12121212-1111-4222-8333-444455556666} to download Content 11112222-3333-4444-5555-666677778888.1 under context System",
			"00:13:04 ContentTransferManager CCTMJob::UpdateLocations - Received empty location update for CTM Job "+job, "00:13:05 ContentTransferManager CTM job "+job+" suspended")...)
	}
	f("no content", waiting("{12121212-1111-4222-8333-444455556666}"), "5053602", lang.English, []string{
		"It waits for its content since 2025-03-18 00:13:05 +09:00", "What stopped it: No distribution point offers the content to this client.",
	}, []string{"    -> "})
	f("no content for another job", waiting("{13131313-1111-4222-8333-444455556666}"), "5053602", lang.English, nil, []string{"What stopped it", "It waits for its content"})
	offered := bundle(t, map[string]string{"PC01_CMClient_CCM-MachineDeployments.TXT": "Update Deployments\r\n\r\nAssignmentID        : " + storySite + "\r\nAssignmentName      : 3 月の更新\r\nEnforcementDeadline : \r\nOverrideServiceWindows : False\r\n"}, targetedLines()...)
	f("available", offered, "5053602", lang.Japanese, []string{`展開 "3 月の更新" は「利用可能」です。`}, []string{"期限は"})
}

func TestFindUpdates(t *testing.T) {
	res := bundle(t, nil, append(targetedLines(), "00:14:00 UpdatesDeploymentAgent DownloadCIContents Job ({0D0D0D0D-1111-4222-8333-444455556666}) started for assignment ("+storySite+")")...)
	f := func(query string, guess bool, want ...string) {
		t.Helper()
		all, guessed := FindUpdates(res, query)
		var got []string
		for _, u := range all {
			got = append(got, u.KB)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") || guessed != guess {
			t.Errorf("%q means %v, guessed %v, want %v, %v", query, got, guessed, want, guess)
		}
	}
	f("KB5053602", false, "KB5053602")
	f(" kb 5053602 ", false, "KB5053602")
	f("5053602", false, "KB5053602")
	f("5053603", false)
	f("{"+strings.ToUpper(storyTwo)+"}", false, "KB5052094")
	f("Site_{9}/SUM_"+storyTwo, false, "KB5052094")
	f(storySite, false, "KB5052094", "KB5053602")
	f("0D0D0D0D-1111-4222-8333-444455556666", false, "KB5052094", "KB5053602")
	f("0e0e0e0e-1111-4222-8333-444455556666", false)
	f(".net CUMULATIVE", false, "KB5052094")
	f("累積", false, "KB5053602")
	f("11", false, "KB5053602")
	f("cmltve updte", true, "KB5052094")
	f("zzz", false)
	f("", false)
	if near := NearUpdates(res, "KB5053603", 1); len(near) != 1 || !strings.HasPrefix(near[0], "KB5053602 (2025-03 x64") {
		t.Errorf("near: %q", near)
	}
	if near := NearUpdates(res, "zzz", 9); len(near) != 2 {
		t.Errorf("near nothing: %q", near)
	}
}

func TestSpan(t *testing.T) {
	f := func(ns int64, l lang.Lang, want string) {
		t.Helper()
		if got := Span(ns, l); got != want {
			t.Errorf("%d is %q, want %q", ns, got, want)
		}
	}
	f(0, lang.English, "0 s")
	f(250e6, lang.English, "0.25 s")
	f(1800e9, lang.English, "30 min")
	f(5450.5e9, lang.English, "1 h 30 min 50.5 s")
	f(90_000e9, lang.Japanese, "1 日 1 時間")
	f(61e9, lang.Japanese, "1 分 1 秒")
	f(-1e9, lang.English, "-1 s")
}
