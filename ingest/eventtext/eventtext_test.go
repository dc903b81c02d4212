package eventtext

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
	"patchtrail/ingest/text"
)

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

// read dumps the events of a text, one a line.
func read(t testing.TB, src []byte) (dump []string, computer string) {
	t.Helper()
	var b record.Batch
	r := New()
	last := uint32(0)
	err := r.Read(bytes.NewReader(src), &b, func(rec record.Rec, text []byte) {
		if rec.Line < last || len(bytes.TrimSpace(text)) == 0 {
			t.Fatalf("line %d after %d: %q", rec.Line, last, text)
		}
		last = rec.Line
		when, bias := "untimed", ""
		if rec.Flags&record.Untimed == 0 {
			when = time.Unix(0, rec.Time).UTC().Format("2006-01-02T15:04:05.000")
			if rec.Bias != record.NoBias {
				bias = fmt.Sprintf(" bias %d", rec.Bias)
			}
		}
		dump = append(dump, fmt.Sprintf("%d %s%s %s %q thread %d: %q", rec.Line, when, bias, rec.Level, b.Components()[rec.Component], rec.Thread, text))
	})
	if err != nil {
		t.Fatal(err)
	}
	return dump, r.Computer()
}

func files(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range names {
		if !strings.HasSuffix(n, ".golden") {
			out = append(out, n)
		}
	}
	return out
}

func TestGolden(t *testing.T) {
	var w strings.Builder
	for _, name := range files(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !Detect(src, name) {
			t.Errorf("%s is not recognised", name)
		}
		dump, computer := read(t, src)
		fmt.Fprintf(&w, "== %s, computer %q\n%s\n", filepath.Base(name), computer, strings.Join(dump, "\n"))
	}
	const golden = "testdata/all.golden"
	if flag.Lookup("update").Value.String() == "true" { // scantest's
		if err := os.WriteFile(golden, []byte(w.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if w.String() != string(want) {
		t.Errorf("events differ from %s; got:\n%s", golden, w.String())
	}
}

// TestForms reads the same events in every form: each must have as many as the
// bare text shows, of the same text, level and, to the second, time.
func TestForms(t *testing.T) {
	say := func(name string) map[string]bool {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if want := bytes.Count(src, []byte("KB5053602")); want == 0 {
			t.Errorf("%s holds no update", name)
		}
		out := map[string]bool{}
		dump, _ := read(t, src)
		for _, line := range dump {
			_, rest, _ := strings.Cut(line, " ")
			if strings.HasPrefix(rest, "untimed") {
				continue // the header
			}
			_, said, _ := strings.Cut(rest, ": ")
			out[rest[:len("2025-03-18T10:11:12")]+strings.ReplaceAll(said, `: \n`, `:\n`)] = true
		}
		if want := bytes.Count(src, []byte("WindowsUpdateClient")) + bytes.Count(src, []byte("Service Control Manager")); len(out) != want {
			t.Errorf("%s: %d events, want %d", name, len(out), want)
		}
		return out
	}
	for _, name := range files(t) {
		like := "testdata/wevtutil.txt"
		if strings.Contains(name, "-ja") || strings.Contains(name, "mixed") {
			like = "testdata/wevtutil-ja.txt"
		}
		want := say(like)
		for line := range say(name) {
			if !want[line] {
				t.Errorf("%s: %s is not in %s", name, line, like)
			}
		}
	}
}

// TestEncodings reads an export of Japanese Windows as it comes.
func TestEncodings(t *testing.T) {
	for _, name := range []string{"testdata/viewer-ja.csv", "testdata/viewer-ja-tabs.txt", "testdata/wevtutil-ja.txt"} {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := read(t, src)
		sjis, err := japanese.ShiftJIS.NewEncoder().Bytes(src)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(src)
		if err != nil {
			t.Fatal(err)
		}
		for _, enc := range [][]byte{sjis, wide, append([]byte("\ufeff"), src...)} {
			var plain bytes.Buffer
			if _, err := plain.ReadFrom(text.NewReader(bytes.NewReader(enc))); err != nil {
				t.Fatal(err)
			}
			if got, _ := read(t, plain.Bytes()); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s: got\n%s", name, strings.Join(got, "\n"))
			}
		}
	}
}

func TestWording(t *testing.T) {
	f := func(provider string, id uint32, msg, want string) {
		t.Helper()
		if got := string(appendWording(nil, provider, id, []byte(msg))); got != want {
			t.Errorf("%s %d: %q\nwant %q", provider, id, got, want)
		}
	}
	const scm = "Service Control Manager"
	f("WindowsUpdateClient", 19, "Installation Successful: Windows successfully installed the following update: Title: a (KB1)", "Installation successful: Title: a (KB1)")
	f("WindowsUpdateClient", 20, "インストールの失敗: エラー 0x80070643 で次の更新プログラムのインストールに失敗しました: 更新 (KB5049981)", "Installation failed with error 0x80070643: 更新 (KB5049981)")
	f("WindowsUpdateClient", 25, "Windows Update failed to check for updates with error 0x8024402C.", "Scan failed: checking for updates failed with error 0x8024402C")
	f("WindowsUpdateClient", 26, "Windows Update successfully found 3 updates.", "Scan successful: 3 updates found")
	f("WindowsUpdateClient", 26, "Windows Update found nothing new", "Windows Update found nothing new")
	f("WindowsUpdateClient", 27, "Installation Successful: Windows successfully installed the following update: x", "Installation Successful: Windows successfully installed the following update: x")
	f(scm, 7036, "The Background Intelligent Transfer Service service entered the running state.", "Service Background Intelligent Transfer Service entered the state: running")
	f(scm, 7036, "Windows Update サービスは 実行中 状態に移行しました。", "Service Windows Update entered the state: 実行中")
	f(scm, 7040, "The start type of the Windows Update service was changed from demand start to disabled.", "Start type of service Windows Update changed from demand start to disabled [param4=wuauserv]")
	f(scm, 7040, "Windows Update サービスの開始の種類は 要求による開始 から 無効 に変更されました。", "Start type of service Windows Update changed from 要求による開始 to 無効 [param4=wuauserv]")
	f(scm, 7040, "The start type of the Spooler service was changed from auto start to disabled.", "Start type of service Spooler changed from auto start to disabled")
	f(scm, 7023, "The Windows Update service terminated with the following error: \r\n%%-2147024891", "Service Windows Update ended with error %%-2147024891")
	f(scm, 7031, "The SMS Agent Host service terminated unexpectedly.  It has done this 2 time(s).  The following corrective action will be taken in 60000 milliseconds: Restart the service.", "Service SMS Agent Host ended unexpectedly, 2 times by now; in 60000 ms: Restart the service")
	f("Bits-Client", 61, "BITS stopped transferring the CCMDTS Job transfer job that is associated with the http://dp01.contoso.com:80/SMS_DP_SMSPKG$/CM100012/a.cab URL. The status code is 0x80190193.", "Transfer stopped with an error: job CCMDTS Job, http://dp01.contoso.com:80/SMS_DP_SMSPKG$/CM100012/a.cab, error 0x80190193")
}

func TestDates(t *testing.T) {
	f := func(o order, in, want string) {
		t.Helper()
		ns, bias, ok := o.read([]byte(in))
		got := ""
		if ok {
			got = time.Unix(0, ns).UTC().Format("2006-01-02 15:04:05.999")
			if bias != record.NoBias {
				got += fmt.Sprintf(" %d", bias)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f(monthFirst, "3/4/2025 1:02:03 PM", "2025-03-04 13:02:03")
	f(dayFirst, "3/4/2025 13:02:03", "2025-04-03 13:02:03")
	f(dayFirst, "3/18/2025 12:02:03\u202fAM", "2025-03-18 00:02:03")
	f(monthFirst, "2025/03/18 9:02:03", "2025-03-18 09:02:03")
	f(monthFirst, "2025/03/18 午後 9:02:03", "2025-03-18 21:02:03")
	f(monthFirst, "18.03.2025 09:02:03", "2025-03-18 09:02:03")
	f(monthFirst, "2025-03-18T10:11:12.1230000Z", "2025-03-18 10:11:12.123 0")
	f(monthFirst, "2025-03-18T10:11:12.123+09:00", "2025-03-18 10:11:12.123 -540")
	f(monthFirst, "13/13/2025 1:02:03", "")
	f(monthFirst, "2025-03-18", "")
	f(monthFirst, "None", "")
	f(monthFirst, "", "")
	if o := decide([][]byte{[]byte("3/4/2025 1:02:03"), []byte("4/4/2025 1:02:03")}); o != dayFirst {
		t.Errorf("days that follow each other: %v", o)
	}
}

// TestNearMisses are files that look alike and are no events.
func TestNearMisses(t *testing.T) {
	for _, s := range []string{
		"Level,Date and Time,Message\r\nError,1/2/2025 3:04:05 PM,x\r\n",
		"Name,Id,Date\r\nx,1,2025-01-02\r\n",
		"TimeCreated : 1/2/2025\r\nName        : x\r\n",
		"Event[0]:\r\nsomething else\r\n",
		"DisplayName : Windows Update\r\nName        : wuauserv\r\nId          : 4\r\n",
		"Source : x\r\nDestination : y\r\nDate : z\r\n",
	} {
		if Detect([]byte(s), "x.txt") {
			t.Errorf("claims %q", s)
		}
	}
}

// TestUnclosed holds that a quote that is never closed costs one event its end,
// not all that follow.
func TestUnclosed(t *testing.T) {
	src := "Level\tDate and Time\tSource\tEvent ID\tTask Category\n" +
		"Error\t3/18/2025 1:02:03 PM\tdisk\t7\tNone\tA 5\" disk\nis bad\n" +
		"Error\t3/18/2025 1:02:04 PM\tdisk\t7\tNone\t\"open\nmore\n" +
		"Error\t3/18/2025 1:02:05 PM\tdisk\t7\tNone\tlast\n"
	dump, _ := read(t, []byte(src))
	if len(dump) != 4 || !strings.HasSuffix(dump[1], `disk 7: A 5\" disk\nis bad"`) || !strings.HasSuffix(dump[2], `disk 7: open\nmore"`) || !strings.HasSuffix(dump[3], `disk 7: last"`) {
		t.Errorf("%s", strings.Join(dump, "\n"))
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range files(f) {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte("\"0\n0\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		Detect(src, "")
		var b record.Batch
		var again, first []byte
		for i, out := range []*[]byte{&first, &again} {
			_ = New().Read(bytes.NewReader(src), &b, func(rec record.Rec, text []byte) {
				if int(rec.Component) >= len(b.Components()) || rec.Line == 0 || len(text) == 0 || rec.Flags&record.Untimed == 0 && rec.Time < 0 {
					t.Fatalf("run %d: %+v %q", i, rec, text)
				}
				*out = append(append(*out, text...), 0)
			})
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two readings differ")
		}
	})
}

// TestTitlesWithoutTheSentencesEnd holds that the full stop behind a title is no
// part of it.
func TestTitlesWithoutTheSentencesEnd(t *testing.T) {
	const title = "2026-11 Update (KB5070000)"
	for said, want := range map[string]string{
		"Installation Failure: Windows failed to install the following update with error 0x80070070: " + title + ".": "Installation failed with error 0x80070070: " + title,
		"インストールの失敗: エラー 0x80070070 で次の更新プログラムのインストールに失敗しました: " + title + "。":                                         "Installation failed with error 0x80070070: " + title,
		"インストールの失敗: エラー 0x80070070 で次の更新プログラムのインストールに失敗しました: " + title:                                               "Installation failed with error 0x80070070: " + title,
	} {
		if got := string(appendWording(nil, "WindowsUpdateClient", 20, []byte(said))); got != want {
			t.Errorf("%q reads %q, want %q", said, got, want)
		}
	}
}
