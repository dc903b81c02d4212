package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/issue"
	"patchtrail/ingest/record"
)

func read(t testing.TB, opt Options, inputs ...string) *Result {
	t.Helper()
	res, err := Read(context.Background(), inputs, opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// write puts files into a folder of the test.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// merged sorts all records as the timeline must have them, slowly.
func merged(s *record.Store) []record.ID {
	ids := make([]record.ID, s.Len())
	for i := range ids {
		ids[i] = record.ID(i)
	}
	slices.SortStableFunc(ids, func(a, b record.ID) int {
		switch ta, tb := s.Time(a), s.Time(b); {
		case ta < tb:
			return -1
		case ta > tb:
			return 1
		}
		return 0
	})
	return ids
}

// TestSequence holds that numbered events, written by nine formats with six
// ways of stating or not stating the zone across a change of summer time, come
// out in exactly that sequence.
func TestSequence(t *testing.T) {
	number := regexp.MustCompile(`seq=(\d+)`)
	for _, name := range []string{"America/Chicago", "Europe/Berlin", "Australia/Sydney"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, change := range gen.Changes(zone, 2025) {
			for seed := range uint64(4) {
				t.Run(fmt.Sprintf("%s %d seed %d", name, i, seed), func(t *testing.T) {
					dir := t.TempDir()
					truth, err := gen.Sequence(gen.Folder(dir), gen.SequenceOptions{Seed: seed, Zone: zone, Change: change})
					if err != nil {
						t.Fatal(err)
					}
					res := read(t, Options{}, dir)
					r := res.Store.Reader()
					next := 1
					for _, id := range merged(res.Store) {
						m, text := r.Record(id)
						found := number.FindSubmatch(text)
						if found == nil {
							continue
						}
						seq, _ := strconv.Atoi(string(found[1]))
						if seq != next {
							t.Fatalf("event %d where %d must come: %s at %s", seq, next, res.Store.Files[m.File].Path, time.Unix(0, m.Time).UTC())
						}
						if want := truth.Events[seq-1].Time; !want.Equal(time.Unix(0, m.Time)) {
							t.Fatalf("event %d of %s: %s, want %s", seq, res.Store.Files[m.File].Path, time.Unix(0, m.Time).UTC(), want)
						}
						next++
					}
					if next-1 != len(truth.Events) {
						t.Fatalf("%d events of %d", next-1, len(truth.Events))
					}
				})
			}
		}
	}
}

// TestClient holds that every record and every line of a generated client is
// accounted for, from a folder and from a zip, however few or many goroutines
// read.
func TestClient(t *testing.T) {
	dir := t.TempDir()
	truth, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 12 << 20, Japanese: true, Binary: true})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "client.zip")
	if err := gen.ZipFile(path, func(s gen.Sink) error {
		_, err := gen.Client(s, gen.Options{Bytes: 12 << 20, Japanese: true, Binary: true})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{dir, path} {
		for _, parallel := range []int{1, 4} {
			opt := Options{}
			opt.Bundle.Parallel = parallel
			res := read(t, opt, input)
			if len(res.Issues) > 0 {
				t.Fatalf("issues: %v", res.Issues)
			}
			for _, want := range truth.Files {
				i := slices.IndexFunc(res.Store.Files, func(f *record.File) bool { return strings.HasSuffix(f.Path, want.Path) })
				if i < 0 {
					t.Fatalf("no %s", want.Path)
				}
				f := res.Store.Files[i]
				if int64(f.Len()) != want.Records || f.Untimed != 0 || f.Bytes != want.Bytes || want.Lines > 0 && int64(f.Lines) != want.Lines {
					t.Errorf("%s: %d records %d lines %d bytes, want %d %d %d", f.Path, f.Len(), f.Lines, f.Bytes, want.Records, want.Lines, want.Bytes)
				}
				if want.Format == gen.CBS { // which writes whole seconds
					want.First, want.Last = want.First.Truncate(time.Second), want.Last.Truncate(time.Second)
				}
				if !want.First.Equal(time.Unix(0, f.First)) || !want.Last.Equal(time.Unix(0, f.Last)) {
					t.Errorf("%s: %s to %s, want %s to %s", f.Path, time.Unix(0, f.First).UTC(), time.Unix(0, f.Last).UTC(), want.First, want.Last)
				}
			}
		}
	}
}

// TestSamples holds that every byte of the real logs is in exactly one record,
// and every record on the line it says. It needs the samples beside the project.
func TestSamples(t *testing.T) {
	const samples = "../../shared/samples"
	if _, err := os.Stat(samples); err != nil {
		t.Skip("no samples beside the project")
	}
	res := read(t, Options{}, samples)
	opening := regexp.MustCompile(`(?m)^\xef?\xbb?\xbf?.*?<!\[LOG\[`)
	for _, f := range res.Store.Files {
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(samples), filepath.FromSlash(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Format == "evtx" {
			continue
		}
		text := bytes.ReplaceAll(raw, []byte("\xef\xbb\xbf"), nil)
		if !bytes.Equal(f.Whole(), text) {
			t.Errorf("%s: the text is not that of the file", f.Path)
		}
		if f.Format == "cmtrace" {
			fragments := f.Fragments
			if want := len(opening.FindAll(text, -1)); f.Len()-fragments > want || f.Len() < want {
				t.Errorf("%s: %d records, %d fragments, %d openings", f.Path, f.Len(), fragments, want)
			}
		}
		checkLines(t, res.Store, f, text)
	}
}

// checkLines holds that a file's records follow each other without a gap and
// state their lines.
func checkLines(t *testing.T, s *record.Store, f *record.File, text []byte) {
	t.Helper()
	if f.Len() == 0 {
		return
	}
	r := s.Reader()
	at, line := 0, 1
	for id := f.Base(); id < f.Base()+record.ID(f.Len()); id++ {
		m, got := r.Record(id)
		if m.Line != line {
			t.Fatalf("%s: record %d on line %d, want %d", f.Path, id-f.Base(), m.Line, line)
		}
		if !bytes.HasPrefix(text[at:], got) {
			t.Fatalf("%s: record %d is not what stands at %d", f.Path, id-f.Base(), at)
		}
		at += len(got)
		line += bytes.Count(got, []byte("\n"))
	}
	if at != len(text) {
		t.Fatalf("%s: records hold %d bytes of %d", f.Path, at, len(text))
	}
}

// TestStamps holds that -540 is Japan, by real logs: the UTC stamp in a state
// message is the time computed for its record. It needs the samples.
func TestStamps(t *testing.T) {
	const samples = "../../shared/samples/ccm-client-2013"
	if _, err := os.Stat(samples); err != nil {
		t.Skip("no samples beside the project")
	}
	res := read(t, Options{}, samples)
	n := 0
	for _, f := range res.Store.Files {
		if strings.Contains(f.Path, "Busted") { // records whose ends are those of others
			continue
		}
		for _, s := range f.Stamps {
			n++
			if d := time.Duration(s.Record - s.Stated); d < -2*time.Second || d > 2*time.Second {
				t.Errorf("%s: the record is at %s, its message says %s", f.Path, time.Unix(0, s.Record).UTC(), time.Unix(0, s.Stated).UTC())
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d stamps found", n)
	}
	if res.Machines[0].Skew.Wrong() {
		t.Errorf("skew %+v", res.Machines[0].Skew)
	}
}

const cm = `<![LOG[%s]LOG]!><time="%s" date="03-18-2025" component="X" context="" type="1" thread="1" file="a.cpp:1">` + "\r\n"

func TestZones(t *testing.T) {
	f := func(name string, files map[string]string, source string, bias int16, opt Options, want string) {
		t.Run(name, func(t *testing.T) {
			res := read(t, opt, write(t, files))
			m := res.Machines[0]
			if string(m.Zone.Source) != source || m.Zone.Bias(res.Store.Time(0)) != bias {
				t.Errorf("zone %s %d", m.Zone.Source, m.Zone.Bias(res.Store.Time(0)))
			}
			for _, f := range res.Store.Files {
				if f.Format == "cbs" {
					if got := time.Unix(0, f.First).UTC().Format("2006-01-02 15:04:05"); got != want {
						t.Errorf("CBS at %s, want %s", got, want)
					}
				}
			}
		})
	}
	cbs := "2025-03-18 01:02:03, Info                  CBS    Starting\r\n2025-03-18 01:02:03, Info                  CBS    Done\r\n"
	reporting := "{0A0A0A0A-1111-2222-3333-444455556666}\t2025-03-18 10:11:12:345+0900\t1\t147 [AGENT_DETECTION_FINISHED]\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tFound 3 updates.\r\n"
	japan := fmt.Sprintf(cm, "hello", "01:02:03.000-540")
	f("CCM logs first", map[string]string{"CBS.log": cbs, "a.log": japan, "ReportingEvents.log": strings.ReplaceAll(reporting, "+0900", "+0100")}, "ccm-logs", -540, Options{}, "2025-03-17 16:02:03")
	f("ReportingEvents", map[string]string{"CBS.log": cbs, "ReportingEvents.log": reporting}, "reporting-events", -540, Options{}, "2025-03-17 16:02:03")
	f("systeminfo", map[string]string{"CBS.log": cbs, "systeminfo.txt": "\r\nホスト名:               PC01\r\nOS 名:                  Microsoft Windows 11 Pro\r\nOS バージョン:          10.0.22631 N/A ビルド 22631\r\nシステム起動時間:       2025/03/01, 8:00:00\r\nタイム ゾーン:          (UTC+09:00) 大阪、札幌、東京\r\nドメイン:               contoso.com\r\n"}, "system-information", -540, Options{}, "2025-03-17 16:02:03")
	f("registry", map[string]string{"CBS.log": cbs, "tz.reg": "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation]\r\n\"TimeZoneKeyName\"=\"Tokyo Standard Time\"\r\n"}, "system-information", -540, Options{}, "2025-03-17 16:02:03")
	const key = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation]\r\n"
	f("registry without a known name", map[string]string{"CBS.log": cbs, "tz.reg": "Windows Registry Editor Version 5.00\r\n\r\n" + key + "\"Bias\"=dword:fffffde4\r\n\"TimeZoneKeyName\"=\"Nowhere\"\r\n\"ActiveTimeBias\"=dword:fffffde4\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n\"ActiveTimeBias\"=dword:0000012c\r\n"}, "system-information", -540, Options{}, "2025-03-17 16:02:03")
	f("reg query without a name", map[string]string{"CBS.log": cbs, "tz.txt": "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation\r\n    Bias    REG_DWORD    0x12c\r\n    ActiveTimeBias    REG_DWORD    0xf0\r\n"}, "system-information", 240, Options{}, "2025-03-18 05:02:03")
	var trace strings.Builder
	start := time.Date(2025, 3, 17, 16, 0, 0, 0, time.UTC)
	if err := etltest.Write(&trace, etltest.Options{Start: start, Bias: -540}, []etltest.Event{
		{Time: start.Add(time.Second), Component: "Agent", Message: "one"}, {Time: start.Add(time.Hour), Component: "Agent", Message: "two"},
	}); err != nil {
		t.Fatal(err)
	}
	f("a trace", map[string]string{"CBS.log": cbs, "WindowsUpdate.1.etl": trace.String()}, "trace", -540, Options{}, "2025-03-17 16:02:03")
	f("another key's bias", map[string]string{"CBS.log": cbs, "x.reg": "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\r\n\"ActiveTimeBias\"=dword:fffffde4\r\n"}, "assumed", 0, Options{}, "2025-03-18 01:02:03")
	f("Get-ComputerInfo", map[string]string{"CBS.log": cbs, "info.txt": "\r\nWindowsProductName   : Windows 11 Pro\r\nOsVersion            : 10.0.22631\r\nTimeZone             : (UTC+09:00) Osaka, Sapporo, Tokyo\r\n"}, "system-information", -540, Options{}, "2025-03-17 16:02:03")
	bias := int16(-540)
	f("the user", map[string]string{"CBS.log": cbs}, "user", -540, Options{Bias: &bias}, "2025-03-17 16:02:03")
	f("nothing tells", map[string]string{"CBS.log": cbs}, "assumed", 0, Options{}, "2025-03-18 01:02:03")
	f("a script with the sign turned round", map[string]string{
		"CBS.log": cbs, "script.log": fmt.Sprintf(cm, "script", "03:00:00.000+540"),
		"a.log": strings.Repeat(japan, 20) + strings.ReplaceAll(fmt.Sprintf(cm, "later", "23:00:00.000-540"), "03-18", "03-19"),
	}, "ccm-logs", -540, Options{}, "2025-03-17 16:02:03")
}

// TestDamagedTrace holds that damage is called damage, and not symbols missing.
func TestDamagedTrace(t *testing.T) {
	start := time.Date(2025, 3, 17, 16, 0, 0, 0, time.UTC)
	var events []etltest.Event
	for i := range 200 {
		events = append(events, etltest.Event{Time: start.Add(time.Duration(i) * time.Second), Component: "Agent", Message: fmt.Sprintf("message %d", i)})
	}
	var trace bytes.Buffer
	if err := etltest.Write(&trace, etltest.Options{Start: start}, events); err != nil {
		t.Fatal(err)
	}
	data := trace.Bytes()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		data[4096+rng.IntN(len(data)-4096)] ^= byte(1 + rng.IntN(255))
	}
	res := read(t, Options{}, write(t, map[string]string{"w.etl": string(data)}))
	if res.Store.Len() < 50 || res.Store.Files[0].Unreadable {
		t.Errorf("%d records, unreadable %v", res.Store.Len(), res.Store.Files[0].Unreadable)
	}
	if len(res.Issues) != 1 || res.Issues[0].Code != issue.Corrupt {
		t.Errorf("issues %+v", res.Issues)
	}
}

func TestMachines(t *testing.T) {
	log := fmt.Sprintf(cm, "hello", "01:02:03.000-540")
	f := func(name string, files []string, want ...string) {
		t.Run(name, func(t *testing.T) {
			m := map[string]string{}
			for _, p := range files {
				m[p] = log
				if strings.Contains(p, "wsyncmgr") {
					m[p] = "Sync started  $$<SMS_WSUS_SYNC_MANAGER><03-18-2025 01:02:03.000-540><thread=1 (0x1)>\r\n"
				}
			}
			var got []string
			for _, m := range read(t, Options{}, write(t, m)).Machines {
				got = append(got, m.ID+" "+string(m.Role))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
	f("plain copy", []string{"Logs/WUAHandler.log", "Logs/CAS.log", "ccmsetup/Logs/ccmsetup.log"}, "machine-1 client")
	f("TSS", []string{"Setup_Report_20250318/PC01_WindowsUpdate.log", "Setup_Report_20250318/SCCM/WUAHandler.log"}, "PC01 client")
	f("psSDP", []string{"PC01_Logs_ConfigMgr/CCM_Logs/WUAHandler.log", "PC01_RegistryKey_WU.txt"}, "PC01 client")
	f("two clients", []string{"PC01/CCM/Logs/WUAHandler.log", "PC02/CCM/Logs/WUAHandler.log", "PC02/CBS/CBS.log"}, "PC01 client", "PC02 client")
	f("client and server", []string{"PC01/WUAHandler.log", "CM01/wsyncmgr.log"}, "CM01 site-server", "PC01 client")
	f("one machine in oddly named folders", []string{"first half/WUAHandler.log", "second half/CAS.log"}, "machine-1 client")
}

// TestMachinesByZone holds that one machine's own logs do not state two zones,
// but for summer time, and that a script's log is none of them.
func TestMachinesByZone(t *testing.T) {
	f := func(name string, files map[string]string, want ...int16) {
		t.Helper()
		for n, bias := range files {
			files[n] = fmt.Sprintf(cm, "x", "01:02:03.000"+bias)
		}
		var got []int16
		for _, m := range read(t, Options{}, write(t, files)).Machines {
			got = append(got, m.Zone.Bias(1742259723e9))
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: zones %v, want %v", name, got, want)
		}
	}
	f("folders that say what they are", map[string]string{"client/Logs/WUAHandler.log": "-540", "server/Logs/wsyncmgr.log": "+300"}, -540, 300)
	f("the same zone", map[string]string{"client/Logs/WUAHandler.log": "-540", "server/Logs/wsyncmgr.log": "-540"}, -540)
	f("summer and winter", map[string]string{"client/Logs/WUAHandler.log": "+300", "server/Logs/wsyncmgr.log": "+240"}, 240)
	f("a script", map[string]string{"Logs/WUAHandler.log": "-540", "scripts/deploy.log": "+540"}, -540)
}

func TestRollover(t *testing.T) {
	f := func(path, log, roll string) {
		t.Helper()
		if l, r := logName(path); l != log || r != roll {
			t.Errorf("%s: %s %s, want %s %s", path, l, r, log, roll)
		}
	}
	f("a.zip!CCM/Logs/WUAHandler-20250318-010203.log", "a.zip!CCM/Logs/WUAHandler.log", "20250318-010203")
	f("a.zip!CCM/Logs/WUAHandler.log", "a.zip!CCM/Logs/WUAHandler.log", "~")
	f("Logs/wsyncmgr.lo_", "Logs/wsyncmgr.log", "0")
	f("CBS/CbsPersist_20250318010203.log", "CBS/CBS.log", "20250318010203")
	f("a/b-c.log", "a/b-c.log", "~")
	same := fmt.Sprintf(cm, "%s", "01:02:03.000-540")
	dir := write(t, map[string]string{
		"Logs/X.log":                 fmt.Sprintf(same, "third"),
		"Logs/X-20250317-000000.log": fmt.Sprintf(same, "first"),
		"Logs/X-20250318-000000.log": fmt.Sprintf(same, "second"),
	})
	s := read(t, Options{}, dir).Store
	r := s.Reader()
	var got []string
	for _, id := range merged(s) {
		_, rest, _ := strings.Cut(string(r.Text(id)), "<![LOG[")
		word, _, _ := strings.Cut(rest, "]")
		got = append(got, word)
	}
	if want := []string{"first", "second", "third"}; !slices.Equal(got, want) {
		t.Errorf("parts of one log in the order %v", got)
	}
}

func TestUntimed(t *testing.T) {
	s := read(t, Options{}, write(t, map[string]string{
		"a.log": "rest of nothing\r\n" + fmt.Sprintf(cm, "one", "01:02:03.000-540") + "stray\r\n" + fmt.Sprintf(cm, "two", "01:02:09.000-540"),
		"b.log": fmt.Sprintf(cm, "other", "01:00:00.000-540"),
	})).Store
	var got []string
	for _, id := range merged(s) {
		m := s.Meta(id)
		got = append(got, fmt.Sprintf("%s:%d %v %s", filepath.Base(s.Files[m.File].Path), m.Line, m.Flags&record.Untimed != 0, time.Unix(0, m.Time).UTC().Format("15:04:05")))
	}
	want := []string{"b.log:1 false 16:00:00", "a.log:1 true 16:02:03", "a.log:2 false 16:02:03", "a.log:3 true 16:02:03", "a.log:4 false 16:02:09"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestJumps(t *testing.T) {
	s := read(t, Options{}, write(t, map[string]string{
		"a.log": fmt.Sprintf(cm, "one", "02:00:00.000-540") + fmt.Sprintf(cm, "late", "01:59:30.000-540") + fmt.Sprintf(cm, "set back", "01:02:09.000-540"),
		"b.log": "2025-03-18 01:02:03, Info                  CBS    Starting\r\n2025-03-18 00:02:03, Info                  CBS    Done\r\n",
	})).Store
	if j := s.Files[0].Jumps; len(j) != 1 || j[0].Record != 2 || time.Duration(j[0].From-j[0].To) != 57*time.Minute+21*time.Second {
		t.Errorf("%+v", j)
	}
	if j := s.Files[1].Jumps; len(j) != 0 {
		t.Errorf("a log without a zone tells nothing: %+v", j)
	}
}

func TestLimits(t *testing.T) {
	long := fmt.Sprintf(cm, strings.Repeat("x", 3<<20), "01:02:03.000-540") + fmt.Sprintf(cm, "after", "01:02:04.000-540")
	res := read(t, Options{RecordBytes: 1 << 20}, write(t, map[string]string{"a.log": long}))
	f := res.Store.Files[0]
	if string(f.Whole()) != long {
		t.Error("text was lost")
	}
	cut := 0
	for id := range record.ID(res.Store.Len()) {
		if res.Store.Meta(id).Flags&record.Cut != 0 {
			cut++
		}
	}
	if cut < 2 || cut > 3 || !slices.ContainsFunc(res.Issues, func(i issue.Issue) bool { return i.Key == "record-cut" && i.Code == issue.Limit }) {
		t.Errorf("%d records cut, issues %v", cut, res.Issues)
	}
	if last := res.Store.Meta(record.ID(res.Store.Len() - 1)); time.Unix(0, last.Time).UTC().Format("15:04:05") != "16:02:04" {
		t.Errorf("the record behind the long one is at %s", time.Unix(0, last.Time).UTC())
	}
}

// TestPartial reads the records that are there while reading goes on: never
// fewer than before, always in blocks that are whole.
func TestPartial(t *testing.T) {
	dir := t.TempDir()
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 24 << 20}); err != nil {
		t.Fatal(err)
	}
	var p Progress
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		last := 0
		for {
			s, machines := p.Store()
			if s.Len() < last {
				t.Errorf("%d records after %d", s.Len(), last)
			}
			last = s.Len()
			r := s.Reader()
			for range min(s.Len(), 50) {
				id := record.ID(rand.IntN(s.Len()))
				if m, text := r.Record(id); len(text) == 0 || s.Files[m.File].Machine >= len(machines) {
					t.Errorf("record %d: %q", id, text)
				}
			}
			select {
			case <-done:
				return
			default:
			}
		}
	}()
	res := read(t, Options{Progress: &p}, dir)
	close(done)
	wg.Wait()
	if s, _ := p.Store(); s.Len() != res.Store.Len() {
		t.Errorf("%d records at the end, %d in the result", s.Len(), res.Store.Len())
	}
}

func TestCancel(t *testing.T) {
	dir := t.TempDir()
	if _, err := gen.Client(gen.Folder(dir), gen.Options{Bytes: 24 << 20}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	var mu sync.Mutex
	_, err := Read(ctx, []string{dir}, Options{OnBlock: func(Block) {
		mu.Lock()
		defer mu.Unlock()
		if n++; n == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n > 60 {
		t.Errorf("%d blocks were read after cancelling", n)
	}
}

// TestHostile reads noise under names of logs, and zips of it: it must end, and
// keep every byte of what is text.
func TestHostile(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	files := map[string]string{}
	pieces := []string{"<![LOG[", "]LOG]!><time=\"", "\x00", "\xff\xfe", "\n", "  $$<", "2025-03-18 01:02:03, Info", "\t", "#Fields: date time", "ElfFile\x00", "\x93\xfa\x96\x7b", "{", "日本"}
	for i := range 60 {
		var b strings.Builder
		for range rng.IntN(400) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		files[fmt.Sprintf("f%d.log", i)] = b.String()
	}
	dir := write(t, files)
	res := read(t, Options{}, dir)
	if len(res.Store.Files) != len(files) {
		t.Errorf("%d files of %d", len(res.Store.Files), len(files))
	}
	path := filepath.Join(t.TempDir(), "noise.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, Options{}, path); got.Store.Len() != res.Store.Len() {
		t.Errorf("%d records in the zip, %d in the folder", got.Store.Len(), res.Store.Len())
	}
}
