package ledger

import (
	"bytes"
	"testing"

	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
)

// FuzzLines reads lines of any log, in any order and at any time, and puts
// together what they tell. A line is its log, its thread and how much later it
// is, one byte each, then its message.
func FuzzLines(f *testing.F) {
	add := func(lines ...string) {
		var b []byte
		for _, l := range lines {
			b = append(append(b, l...), '\n')
		}
		f.Add(b)
	}
	log := func(s source, msg string) string { return string([]byte{byte(s), 'a', 5}) + msg }
	add(log(updatesDeployment, "Update ("+ci+") Name (Update (KB5051111)) ArticleID (5051111) added to the targeted list of deployment ("+b2+")"),
		log(updatesHandler, "Update ("+g1+") added to the installation batch"), log(updatesHandler, "Updates installation started as batch"),
		log(wuaHandler, "Async installation of updates started."), log(updatesHandler, "Execution cancelled by job"),
		log(wuaHandler, "Update 1 ("+g1+") finished installing (0x800704c7), Reboot Required? No"), log(eventRestarts, "EventLog 6006: stopped"),
		log(updatesDeployment, "Raised update ("+ci+") enforcement state message successfully. StateId = 10, StateName = X"))
	add(log(updatesHandler, "Bundle update ("+g1+") is requesting download from child updates"), log(updatesHandler, `Content Text = <Content ContentId="`+g2+`" Name="kb5051111.cab"`),
		log(updatesHandler, "Starting download on action (INSTALL) for Update ("+g3+")"), log(contentAccess, "Submitted CTM job "+b1+" to download Content "+g2+".1"),
		log(contentTransfer, "CCTMJob::UpdateLocations - Received empty location update for CTM Job "+b1), log(contentTransfer, "CTM job "+b1+" (corresponding DTS job "+b2+") started"))
	add(log(updateAgent, "* START * Installing updates CallerId = CcmExec"), log(updateAgent, "  Title = x"), log(updateAgent, "  UpdateId = "+g1+".200"),
		log(updateAgent, "LogHistory called. idUpdate="+b1+".200, resultMapped=80070643"), log(updateAgent, "* END * Installing updates CallerId = CcmExec"))
	add(log(eventUpdates, "WindowsUpdateClient 43: Installation started: Title [updateGuid={"+g1+"}; updateRevisionNumber=200]"), log(eventRestarts, "Kernel-Power 42: sleep"),
		log(eventUpdates, "WindowsUpdateClient 20: Installation failed with error 0x80240016: Title [updateGuid={"+g1+"}; updateRevisionNumber=200]"))
	add(log(updatesDeployment, "No current service window available to run updates assignment with time required = 600"), log(updatesDeployment, "This assignment ("+b2+") will be retried"),
		log(serviceWindows, "OnIsServiceWindowAvailable called with: Runtime:600, Type:4"), log(serviceWindows, "Program can run!"), log(updatesDeployment, "Starting install for assignment ("+b2+")"))
	add(log(updatesStore, "Queried Update ("+g1+"): Status=Missing, Title=t, BulletinID="), log(updatesStore, "Queried Update ("+g1+"): Status=Missing"), log(wuaHandler, "1. Update (Installed): t ("+g1+", 200)"),
		log(scheduler, "SMSTrigger 'x' for scheduler 'Machine/DEADLINE:"+b2+"' will fire at 02/09/2014 07:15:00 PM"), log(wuaHandler, "Async searching of updates using WUAgent started"), log(wuaHandler, "Scan failed with error = 0x80072ee2"))
	add(log(reportingEvents, string(events("10:00:00 181 0 CcmExec "+b1+" "+title))), log(reportingEvents, string(events("10:00:00 183 0 CcmExec "+b1+" "+title))))
	lines := newTables()
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newReader(&record.File{}, lines)
		at := int64(1_700_000_000) * second
		for n, line := range bytes.Split(data, []byte("\n")) {
			if len(line) < 3 {
				continue
			}
			at += int64(int8(line[2])) * 10 * second
			r.at = event{time: at, id: record.ID(n), thread: uint32(line[1]), source: source(line[0]) % sources}
			switch msg := line[3:]; r.at.source {
			case updateAgent:
				r.agentLine(msg)
			case reportingEvents:
				if e, ok := reporting.Fields(msg); ok {
					r.reportingEvent(&e)
				}
			default:
				r.line(msg)
			}
		}
		m := newMachine(0)
		r.end()
		r.events.sort()
		m.add(r)
		m.join()
		m.attempt()
		m.journeys()
		m.judge(nil, &exports{})
		check(t, m)
	})
}

// check holds what is true of every ledger.
func check(t *testing.T, m *machine) {
	for _, u := range m.rows {
		if u.Key == "" || u.Now == "" || len(u.Stages) != len(StageNames()) || u.Max.Seconds <= 0 || u.RecommendedMinutes < 0 {
			t.Errorf("%+v", u.Update)
		}
		if (u.Now == StateUnknown) != (u.NowBy == record.None) {
			t.Errorf("stands at %s by %d", u.Now, u.NowBy)
		}
		for i := range u.Attempts {
			a := &u.Attempts[i]
			if len(a.Evidence) == 0 || a.Result == "" || a.Verdict == "" || a.Started == 0 && a.Ended == 0 || (a.Result == Open) != (a.Ended == 0) {
				t.Errorf("%+v", a)
			}
		}
		for _, s := range u.Stages {
			if (s.State == StageUnknown) != (len(s.Evidence) == 0) || s.Name == "" || s.State == "" {
				t.Errorf("%+v", s)
			}
		}
	}
}

// FuzzExport reads exports of any kind.
func FuzzExport(f *testing.F) {
	for _, s := range []string{
		"instance of CCM_SoftwareUpdate {\n MaxExecutionTime = 3600;\n UpdateID = \"x/SUM_" + g1 + "\";\n};", "ArticleID : 5051234\nMaxExecutionTime : 3600\n",
		"ArticleID MaxExecutionTime\n--------- ----------------\n5051234               3600\n", "Title,Article ID,Maximum Run Time (Mins)\n\"a,b\",5051234,90\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := exporter{found: func(line int, keys []string, seconds int) {
			if line < 1 || len(keys) == 0 || seconds < 1 || seconds > 9999*60 {
				t.Errorf("%d %q %d", line, keys, seconds)
			}
		}}
		for n, line := range bytes.Split([]byte(text), []byte("\n")) {
			e.line(string(line), n+1)
		}
		e.flush()
	})
}
