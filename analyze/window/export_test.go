package window

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"patchtrail/analyze/lang/langtest"
	"patchtrail/ingest/clock"
)

func showWindows(all []Window) string {
	var out []string
	for _, w := range all {
		text := fmt.Sprintf("%d: %s %q %s", w.Line, w.ID, w.Name, w.Type)
		if w.Schedule != "" {
			text += " " + w.Schedule
		}
		if w.Stated.Start != 0 {
			text += fmt.Sprintf(" %s for %d", at(w.Stated.Start), w.Stated.Seconds()/60)
		}
		if w.Err != nil {
			text += " unread"
		}
		if w.Disabled {
			text += " disabled"
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// exports are the same windows in all forms.
var exports = []struct{ name, text, want string }{
	{"mof", "// exported\r\ninstance of CCM_ServiceWindow\r\n{\r\n\tPolicyID = \"{x;y}\";\r\n\tSchedules = \"02C159C0101F2000\";\r\n\tServiceWindowID = \"{D-1}\";\r\n\tServiceWindowType = 4;\r\n};\r\n" +
		"instance of CCM_Other\r\n{\r\n\tServiceWindowID = \"{D-9}\";\r\n\tServiceWindowType = 4;\r\n\tSchedules = \"02C159C0101F2000\";\r\n};\r\n",
		`4: {D-1} "" software-updates 02C159C0101F2000`},
	{"mof on a line, arrays", "instance of CCM_ServiceWindow { Schedules = {\"02C159C0101F2000\",\n \"02C159C0101B2000\"};\n ServiceWindowID = \"a\\\"b\"; ServiceWindowType = 6; };instance of X {};",
		`2: a'b "" business-hours 02C159C0101F200002C159C0101B2000`},
	{"mof, never closed", "instance of CCM_ServiceWindow\n{\nSchedules = \"02C159C0101F2000;\nServiceWindowID = \"1\";\nServiceWindowType = 4;\ninstance of CCM_ServiceWindow {\nSchedules=\"02C159C0101B2000\";ServiceWindowID=\"2\";ServiceWindowType=1;\n",
		`3: 1 "" software-updates 02C159C0101F2000` + "\n" + `7: 2 "" all-deployments 02C159C0101B2000`},
	{"list", "\ufeff\r\nSchedules         : 02C159C0101F2000\r\nServiceWindowID   : {D-1}\r\nServiceWindowType : 4\r\nPSComputerName    : \r\n\r\n\r\nSchedules         : 02c159c0101b2000\r\nServiceWindowID   : {D-2}\r\nServiceWindowType : 1\r\n",
		`2: {D-1} "" software-updates 02C159C0101F2000` + "\n" + `8: {D-2} "" all-deployments 02C159C0101B2000`},
	{"list of an array", "Schedules         : {02C159C0101F2000, 02C159C0101B2000}\r\nServiceWindowID   : {D-1}\r\nServiceWindowType : 4\r\n",
		`1: {D-1} "" software-updates 02C159C0101F200002C159C0101B2000`},
	{"list, wrapped", "Schedules         : 02C159C0101F2000\r\n                    02C159C0101B2000\r\nServiceWindowID   : {D-1}\r\nServiceWindowType : 4\r\n",
		`1: {D-1} "" software-updates 02C159C0101F200002C159C0101B2000`},
	{"wmic", "\r\r\nSchedules=02C159C0101F2000\r\r\nServiceWindowID={D-1}\r\r\nServiceWindowType=4\r\r\n\r\r\n", `2: {D-1} "" software-updates 02C159C0101F2000`},
	{"lists without a gap", "ServiceWindowID : 1\nServiceWindowType : 4\nSchedules : 02C159C0101F2000\nServiceWindowID : 2\nServiceWindowType : 4\nSchedules : 02C159C0101F2000\n",
		`1: 1 "" software-updates 02C159C0101F2000` + "\n" + `4: 2 "" software-updates 02C159C0101F2000`},
	{"console", "Description            : Occurs every week\nDuration               : 120\nIsEnabled              : False\nName                   : Servers\nServiceWindowID        : {D-1}\nServiceWindowSchedules : 02C159C0101F2000\nServiceWindowType      : 4\nStartTime              : 5/1/2009 10:00:00 PM\n",
		`1: {D-1} "Servers" software-updates 02C159C0101F2000 disabled`},
	{"client SDK", "Duration       : 28800\nEndTime        : 20250319060000.000000+000\nID             : {D-1}\nStartTime      : 20250318220000.000000+000\nType           : 4\n",
		`1: {D-1} "" software-updates 03-18 13:00 for 480`},
	{"client SDK, CIM", "Duration       : \nEndTime        : 3/19/2025 6:00:00 AM\nID             : {D-1}\nStartTime      : 3/18/2025 10:00:00 PM\nType           : 4\n",
		`1: {D-1} "" software-updates 03-18 13:00 for 480`},
	{"client SDK, never", "Duration       : 0\nID             : {D-1}\nStartTime      : 20380101000000.000000+000\nType           : 6\n", ""},
	{"table", " CCM_ServiceWindow \n=====\n\nSchedules        ServiceWindowID  ServiceWindowType PSComputerName\n---------        ---------------  ----------------- --------------\n02C159C0101F2000 {D-1}                            4 PC01\n02C159C0101B2000 {D-2}                            1\n\n",
		`6: {D-1} "" software-updates 02C159C0101F2000` + "\n" + `7: {D-2} "" all-deployments 02C159C0101B2000`},
	{"csv", "#TYPE Microsoft.Management.Infrastructure.CimInstance\n\"Schedules\",\"ServiceWindowID\",\"ServiceWindowType\",\"PSComputerName\"\n\"02C159C0101F2000\",\"{D-1}\",\"4\",\n\"02C159C0101B2000\",\"{D,2}\",\"1\",\"PC01\"\n",
		`3: {D-1} "" software-updates 02C159C0101F2000` + "\n" + `4: {D,2} "" all-deployments 02C159C0101B2000`},
	{"a schedule that cannot be", "ServiceWindowID : 1\nServiceWindowType : 4\nSchedules : FFFFFFFFFFFFFFFF\n", `1: 1 "" software-updates FFFFFFFFFFFFFFFF unread`},
	{"a type that cannot be", "ServiceWindowID : 1\nServiceWindowType : 44\nSchedules : 02C159C0101F2000\n", ""},
	{"another list", "Type : 4\nID : 7\nName : Disk\nStatus : OK\n", ""},
	{"none", "ServiceWindow: nothing here\n{};;\"", ""},
}

func TestReadExport(t *testing.T) {
	for _, e := range exports {
		t.Run(e.name, func(t *testing.T) {
			all, told := readExport(e.text, clock.Fixed(-540, clock.FromUser))
			if got := showWindows(all); got != e.want || told != (e.want != "") {
				t.Errorf("got\n%s\nwant\n%s\ntold %v", got, e.want, told)
			}
		})
	}
	if all, told := readExport("====\n CCM_ServiceWindow\n====\n\n    No Instances.\n", nil); len(all) > 0 || !told {
		t.Errorf("no instances: %v, told %v", all, told)
	}
	if all, told := readExport("CCM_ServiceWindow\n\nx\n CCM_RebootSettings\n====\n    No Instances.\n", nil); len(all) > 0 || told {
		t.Errorf("no instances of another class: %v, told %v", all, told)
	}
}

func TestReadFile(t *testing.T) {
	f := func(name, text, want string) {
		t.Run(name, func(t *testing.T) {
			all, err := ReadFile(strings.NewReader(text), "windows.csv", clock.Fixed(-540, clock.FromUser))
			got := showWindows(all)
			if wrong := langtest.Wrong(err); wrong != "" {
				t.Error(wrong)
			}
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, w := range all {
				if w.Source != FromFile {
					t.Errorf("source %s", w.Source)
				}
			}
		})
	}
	line := "; write a line as in " + examples().String()
	f("a Japanese heading, semicolons", "名前;種類;スケジュール\nサーバー;4;02C159C0101F2000\n", `0: サーバー "サーバー" software-updates 02C159C0101F2000`)
	f("schedules", "name,type,schedule\nServers,4,02C159C0101F2000\n\"All, really\",all,02c159c0101b2000\n",
		`0: Servers "Servers" software-updates 02C159C0101F2000`+"\n"+`0: All, really "All, really" all-deployments 02C159C0101B2000`)
	f("no heading", "Servers,4,02C159C0101F2000\n", `0: Servers "Servers" software-updates 02C159C0101F2000`)
	f("empty schedule column", "Servers,software updates,02C159C0101F2000,\n", `0: Servers "Servers" software-updates 02C159C0101F2000`)
	f("starts", "name,type,start,duration\nA,4,2025-03-18 22:00,4h\nB,1,2025/03/19 22:00:00,240\nC,business hours,2025-03-19T22:00,4:30\n",
		`0: A "A" software-updates 03-18 13:00 for 240`+"\n"+`0: B "B" all-deployments 03-19 13:00 for 240`+"\n"+`0: C "C" business-hours 03-19 13:00 for 270`)
	f("utf-16", "\xff\xfeA\x00,\x004\x00,\x002\x000\x002\x005\x00-\x000\x003\x00-\x001\x008\x00 \x002\x002\x00:\x000\x000\x00,\x006\x000\x00\r\x00\n\x00", `0: A "A" software-updates 03-18 13:00 for 60`)
	f("an export", exports[0].text, `0: {D-1} "" software-updates 02C159C0101F2000`)
	f("type", "A,7,02C159C0101F2000\n", `windows.csv: line 1: type "7" is none of 1 to 6, all, updates, programs, task sequences, business hours`+line)
	f("too few", "A,4\n", "windows.csv: line 1: not name,type,schedule nor name,type,start,duration"+line)
	f("schedule", "A,4,02C159C0101F2000\nB,4,zzz\n", "windows.csv: line 2: schedule of 3 characters: not made of tokens of 16 hexadecimal digits"+line)
	f("start", "A,4,soon,60\n", `windows.csv: line 1: start "soon" is no date and time like 2025-03-18 22:00`+line)
	f("duration", "A,4,2025-03-18 22:00,long\n", `windows.csv: line 1: duration: "long" is no duration; want minutes as in 240, or 4h, 90m, 4:30`+line)
	f("too long", "A,4,2025-03-18 22:00,25h\n", `windows.csv: line 1: duration "25h" is not between 1 minute and 24 hours`+line)
	f("quotes", "A,4,\"02C1\n", "windows.csv: line 1: quotes that do not match"+line)
	f("empty", "", "windows.csv: no windows in it; want a WMI export, or lines as in "+examples().String())
	f("a bad schedule in an export", exports[len(exports)-4].text, "windows.csv: window 1: schedule FFFFFFFFFFFFFFFF: start 2033-15-31 31:63: impossible schedule")
}

// TestAdd holds that a user's window takes the place of one of the same id.
func TestAdd(t *testing.T) {
	s := windows(t, "{AAAA-1} updates "+wed2h, "{AAAA-2} updates "+wed2h)
	s.Known = false
	s.Add([]Window{{ID: "aaaa-1", Type: SoftwareUpdates, Source: FromFile, Schedule: wed7h}, {ID: "New", Type: SoftwareUpdates, Source: FromFile, Schedule: sat2h}})
	var got []string
	for _, w := range s.Windows() {
		got = append(got, fmt.Sprint(w.ID, " ", w.Schedule, " ", w.Machine))
	}
	if want := "aaaa-1 " + wed7h + " 3, {AAAA-2} " + wed2h + " 0, New " + sat2h + " 3"; strings.Join(got, ", ") != want || !s.Known {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func FuzzReadFile(f *testing.F) {
	for _, e := range exports {
		f.Add([]byte(e.text))
	}
	f.Add([]byte("name,type,start,duration\nA,4,2025-03-18 22:00,4h\n"))
	zone := zoneNamed(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := ReadFile(strings.NewReader(string(raw)), "f", zone)
		if err != nil {
			return
		}
		for _, w := range all {
			if w.ID == "" || w.Type < AllDeployments && w.Type != Unknown || w.Type > BusinessHours || w.Err != nil || w.Schedule == "" && w.Stated.Seconds() <= 0 {
				t.Fatalf("%+v", w)
			}
		}
		s := &Set{Zone: zone}
		s.Add(all)
		s.Simulate([]Update{{Key: "a", Seconds: 3600}}, Options{Now: 1_742_000_000_000_000_000})
	})
}

func FuzzLog(f *testing.F) {
	for _, name := range []string{"life/ServiceWindowManager.log", "japanese/ServiceWindowManager.log", "rolled/ServiceWindowManager.log"} {
		raw, err := os.ReadFile("testdata/logs/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	// A window without a date in its first line, and one without an id.
	f.Add("2025-03-17 09:00:00.000 1 Service Window with ID = 7cb56688 having Starttime=01/01/38 00:00:00\n")
	f.Add("2025-03-17 09:00:00.000 1 Service Window with ID =  having Starttime=01/01/25 00:00:00\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := newReader(&Set{Zone: clock.Fixed(-540, clock.FromUser)}, false)
		n := int64(1_742_000_000_000_000_000)
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			thread := uint32(1)
			if len(line) > 26 && line[0] == '2' {
				thread, line = uint32(line[24]), strings.TrimLeft(line[25:], "0123456789 ")
			}
			if n += second; line != "" {
				r.line(lineOf(line, n, thread))
			}
		}
		r.endLog()
		r.finish()
		for _, w := range r.set.windows {
			if w.ID == "" || len(w.Evidence) == 0 || len(w.Evidence) > maxEvidence || w.Until != 0 && w.Until < w.From || (w.Until == 0) != (w.Ended == NoChange) {
				t.Fatalf("%+v", w)
			}
		}
		for _, q := range r.set.Queries {
			if len(q.Evidence) == 0 || (q.Answer == NoAnswer) != (q.Reason == NoReason) {
				t.Fatalf("%+v", q)
			}
		}
	})
}
