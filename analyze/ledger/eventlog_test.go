package ledger

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/evtx/evtxtest"
)

// eventLogOf makes an event log of lines "HH:MM:SS provider id item", on one
// day. The item of WindowsUpdateClient is a title, or titles with a bar between
// them, or an error and a title; that of Servicing is a package.
func eventLogOf(t testing.TB, lines ...string) string {
	t.Helper()
	var events []evtxtest.Event
	for _, l := range lines {
		w := strings.SplitN(l, " ", 4)
		at, err := time.Parse("2006-01-02 15:04:05", "2025-02-10 "+w[0])
		if err != nil {
			t.Fatal(err)
		}
		id, err := strconv.Atoi(w[2])
		if err != nil {
			t.Fatal(err)
		}
		e := evtxtest.Event{Provider: w[1], ID: uint16(id), Level: 4, Time: at, Channel: "System", Computer: "PC01"}
		switch {
		case len(w) < 4:
		case w[1] == "Microsoft-Windows-Servicing":
			e.Container, e.Data = "CbsPackageChangeState", []evtxtest.Pair{{Name: "PackageIdentifier", Value: w[3]}, {Name: "IntendedPackageStateTextized", Value: "Installed"}, {Name: "ErrorCode", Value: "0x0"}, {Name: "Client", Value: "WindowsUpdateAgent"}}
		case id == 21 || id == 22:
			e.Data = []evtxtest.Pair{{Name: "updatelist", Value: "\n- " + strings.ReplaceAll(w[3], "|", "\n- ")}}
		case id == 20:
			code, title, _ := strings.Cut(w[3], " ")
			n, err := strconv.ParseUint(code, 0, 32)
			if err != nil {
				t.Fatal(err)
			}
			e.Data = []evtxtest.Pair{{Name: "errorCode", Value: evtxtest.Hex32(n)}, {Name: "updateTitle", Value: title}}
		default:
			e.Data = []evtxtest.Pair{{Name: "updateTitle", Value: w[3]}}
		}
		events = append(events, e)
	}
	var b bytes.Buffer
	if err := evtxtest.Write(&b, events); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEventLogs tells attempts and where updates stand from event logs alone.
func TestEventLogs(t *testing.T) {
	const (
		wu, servicing = " Microsoft-Windows-WindowsUpdateClient ", " Microsoft-Windows-Servicing "
		january       = "2025 年 1 月の累積更新プログラム - x64 (KB5049981)"
		other         = "Defender - KB2267602 (1.421.1.0)"
	)
	f := func(name string, lines []string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			l, _ := read(t, write(t, map[string]string{"System.evtx": eventLogOf(t, lines...)}), Options{})
			var got []string
			for i := range l.Updates {
				got = append(got, l.Updates[i].Key+" "+tell(&l.Updates[i]))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	start, ok := "10:00:00"+wu+"43 "+january, "12:05:00"+wu+"19 "+january
	f("open", []string{start}, "KB5049981 installing: 10:00:00-?  open")
	f("a package waits for a restart", []string{start, "10:20:00" + servicing + "4 KB5049981"}, "KB5049981 pending-restart: 10:00:00-10:20:00  pending-restart within")
	f("another package does", []string{start, "10:20:00" + servicing + "4 KB5049982"}, "KB5049981 installing: 10:00:00-?  open")
	f("the package was installed", []string{start, "10:20:00" + servicing + "2 KB5049981"}, "KB5049981 installing: 10:00:00-?  open")
	f("a list waits for a restart", []string{start, "10:30:00" + wu + "43 " + other, "10:31:00" + wu + "21 " + january + "|" + other},
		"KB2267602 pending-restart: 10:30:00-10:31:00  pending-restart within", "KB5049981 pending-restart: 10:00:00-10:30:00  pending-restart within")
	f("a list without it", []string{start, "10:30:00" + wu + "43 " + other, "10:31:00" + wu + "22 " + other},
		"KB2267602 pending-restart: 10:30:00-10:31:00  pending-restart within", "KB5049981 installing: 10:00:00-?  open")
	f("only the list is left", []string{"10:31:00" + wu + "21 " + january}, "KB5049981 pending-restart: ?-10:31:00  pending-restart")
	f("said again", []string{start, "10:20:00" + servicing + "4 KB5049981", "11:00:00" + wu + "21 " + january}, "KB5049981 pending-restart: 10:00:00-10:20:00  pending-restart within")
	f("called a success first", []string{start, "10:20:00" + wu + "19 " + january, "10:21:00" + wu + "21 " + january}, "KB5049981 pending-restart: 10:00:00-10:20:00  pending-restart within")
	f("restarted", []string{start, "10:20:00" + servicing + "4 KB5049981", "12:00:00 User32 1074"}, "KB5049981 restarted: 10:00:00-10:20:00  pending-restart within")
	f("installed after the restart", []string{start, "10:20:00" + servicing + "4 KB5049981", "12:00:00 User32 1074", ok}, "KB5049981 installed: 10:00:00-10:20:00  succeeded within")
	f("failed after the restart", []string{start, "10:20:00" + servicing + "4 KB5049981", "12:00:00 User32 1074", "12:05:00" + wu + "20 0x800f0922 " + january}, "KB5049981 failed: 10:00:00-10:20:00  failed 800f0922 within")
	f("one event in between", []string{start, "12:00:00 User32 1074", ok}, "KB5049981 installed: 10:00:00-12:05:00  succeeded cut 12:00:00")
}

// TestSentences reads events that carry Windows' own words, in two languages.
func TestSentences(t *testing.T) {
	f := func(msg string, k kind, want string) {
		t.Helper()
		if got := saidOf(eventUpdates, msg); !strings.HasPrefix(got, strconv.Itoa(int(k))+" ") || !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %d %s", msg, got, k, want)
		}
	}
	f("WindowsUpdateClient 43: Installation Started: Windows has started installing the following update: Title: one (KB5049981) [updateGuid={"+g1+"}; updateRevisionNumber=200]", evEventStart, `rev=200 "Title: one (KB5049981)"`)
	f("WindowsUpdateClient 20: Installation Failure: Windows failed to install the following update with error 0x80070643: Title (KB5049981) [updateGuid={"+g1+"}]", evEventEnd, `code=80070643 rev=0 "Title (KB5049981)"`)
	f("WindowsUpdateClient 20: インストールの失敗: エラー 0x80070643 で次の更新プログラムのインストールに失敗しました: 更新 (KB5049981) [updateGuid={"+g1+"}]", evEventEnd, `code=80070643 rev=0 "更新 (KB5049981)"`)
	f("WindowsUpdateClient 43: インストールの開始: 次の更新プログラムのインストールを開始しました: 更新 (KB5049981) [updateGuid={"+g1+"}]", evEventStart, `rev=0 "更新 (KB5049981)"`)
	f("WindowsUpdateClient 43: Installation started: Update: a 0x80070643 title (KB5049981) [updateGuid={"+g1+"}]", evEventStart, `code=0 rev=0 "Update: a 0x80070643 title (KB5049981)"`)
}

// TestStoreAlone tells attempts from CBS.log alone, and none from it where another
// log tells of one.
func TestStoreAlone(t *testing.T) {
	cbs := func(lines ...string) string {
		var b strings.Builder
		for _, l := range lines {
			at, msg, _ := strings.Cut(l, " ")
			b.WriteString("2025-02-10 " + at + ", Info                  CBS    " + msg + "\r\n")
		}
		return b.String()
	}
	f := func(name string, files map[string]string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			l, _ := read(t, write(t, files), Options{})
			var got []string
			for i := range l.Updates {
				got = append(got, l.Updates[i].Key+" "+tell(&l.Updates[i]))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	const (
		begin   = "10:00:00 Session: 31161234_77 initialized by client WindowsUpdateAgent, external staging directory: (null)"
		done    = "10:10:00 Exec: Processing complete.  Session: 31161234_77, Package: Package_for_KB5051234~31bf3856ad364e35~amd64~~10.0.1.0 [HRESULT = 0x00000000 - S_OK]"
		rollup  = "10:20:00 Exec: Processing complete.  Session: 31161234_77, Package: Package_for_RollupFix~31bf3856ad364e35~amd64~~22631.1.1.7 [HRESULT = 0x800f0922 - CBS_E_INSTALLERS_FAILED]"
		restart = "10:21:00 Session: 31161234_77 finalized. Reboot required: yes [HRESULT = 0x00000000 - S_OK]"
		settled = "10:21:00 Session: 31161234_77 finalized. Reboot required: no [HRESULT = 0x00000000 - S_OK]"
	)
	f("installed", map[string]string{"CBS.log": cbs(begin, done, settled)}, "KB5051234 installed: 10:00:00-10:10:00  succeeded within")
	f("restart", map[string]string{"CBS.log": cbs(begin, done, restart)}, "KB5051234 pending-restart: 10:00:00-10:10:00  pending-restart within")
	f("two packages", map[string]string{"CBS.log": cbs(begin, done, rollup, settled)}, "KB5051234 installed: 10:00:00-10:10:00  succeeded within",
		"Package_for_RollupFix~31bf3856ad364e35~amd64~~22631.1.1.7 failed: 10:10:00-10:20:00  failed 800f0922 within")
	f("another client", map[string]string{"CBS.log": cbs(strings.Replace(begin, "WindowsUpdateAgent", "DISM Package Manager Provider", 1), done, settled)})
	f("no beginning", map[string]string{"CBS.log": cbs(done, settled)})
	f("another session", map[string]string{"CBS.log": cbs(begin, strings.Replace(done, "_77", "_78", 1))})
	f("known by another log", map[string]string{"CBS.log": cbs(begin, done, rollup, restart), "ReportingEvents.log": events("10:00:01 181 0 CcmExec "+b1+" "+title, "10:10:01 183 0 CcmExec "+b1+" "+title)},
		"KB5051234 installed: 10:00:01-10:10:01 CcmExec succeeded within")
}
