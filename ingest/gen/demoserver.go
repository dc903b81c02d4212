package gen

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"patchtrail/ingest/evtx/evtxtest"
)

// serverLog is a text log of the demo's site server, which waits for the order of time.
type serverLog struct {
	path, component string
	format          Format
	// utc is set for logs that are written in it.
	utc    bool
	header string
	lines  []serverLine
}

type serverLine struct {
	at    time.Time
	level int // as CMTrace
	part  string
	text  string
}

// server tells the nine days of the site server.
type server struct {
	*demo
	draw                                      *rand.Rand
	config, control, sync, wsus, web, refused *serverLog
	stopped                                   time.Time
}

const (
	webFields     = "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
	refusedFields = "#Software: Microsoft HTTP API 2.0\r\n#Version: 1.0\r\n#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename\r\n"
	agentWeb      = "Windows-Update-Agent/10.0.10011.16384+Client-Protocol/2.71"
	unavailable   = "The request failed with HTTP status 503: Service Unavailable."
	serverAddress = "192.0.2.10"
)

// serverLogs writes the text logs of the site server.
func (d *demo) serverLogs(sink Sink) error {
	s := &server{
		demo: d, draw: rand.New(rand.NewPCG(demoSeed, 2)), stopped: d.poolStops(),
		config:  &serverLog{path: "Microsoft Configuration Manager/Logs/WCM.log", component: "SMS_WSUS_CONFIGURATION_MANAGER", format: SiteLog},
		control: &serverLog{path: "Microsoft Configuration Manager/Logs/WSUSCtrl.log", component: "SMS_WSUS_CONTROL_MANAGER", format: SiteLog},
		sync:    &serverLog{path: "Microsoft Configuration Manager/Logs/wsyncmgr.log", component: "SMS_WSUS_SYNC_MANAGER", format: SiteLog},
		wsus:    &serverLog{path: "Update Services/LogFiles/SoftwareDistribution.log", format: WSUS, utc: true},
		web:     &serverLog{path: "inetpub/logs/LogFiles/W3SVC1/u_ex250318.log", format: IIS, utc: true, header: webFields},
		refused: &serverLog{path: "HTTPERR/httperr1.log", format: IIS, utc: true, header: refusedFields},
	}
	s.checks()
	s.syncs()
	s.requests()
	for _, l := range []*serverLog{s.config, s.control, s.sync, s.wsus, s.web, s.refused} {
		if err := s.write(sink, l); err != nil {
			return err
		}
	}
	return nil
}

// poolStops is when Windows disables WsusPool.
func (d *demo) poolStops() time.Time { return d.at(19, 5, 12).Add(37 * time.Second) }

// add adds a line to a log.
func (l *serverLog) add(at time.Time, level int, part, format string, args ...any) {
	l.lines = append(l.lines, serverLine{at, level, part, fmt.Sprintf(format, args...)})
}

// write writes one log in the order of time.
func (s *server) write(sink Sink, l *serverLog) error {
	w, err := newWriter(sink, l.path, l.format)
	if err != nil {
		return err
	}
	w.header(l.header)
	z := &zone{location: s.zone}
	if l.utc {
		z.location = time.UTC
	}
	slices.SortStableFunc(l.lines, func(a, b serverLine) int { return a.at.Compare(b.at) })
	for _, line := range l.lines {
		e := entry{at: line.at.UnixMilli(), component: cmp.Or(line.part, l.component), level: line.level, thread: 6420}
		w.record(z, e, func(b []byte) []byte { return append(b, line.text...) })
	}
	file, err := w.close()
	s.truth.add(file)
	return err
}

// jitter is some milliseconds up to n.
func (s *server) jitter(n int) time.Duration { return time.Duration(s.draw.IntN(n)) * time.Millisecond }

// checks are the hourly checks of WSUS: its configuration by WCM, its health by
// the control manager.
func (s *server) checks() {
	for at := s.at(12, 6, 10); at.Before(s.at(20, 10, 20)); at = at.Add(time.Hour) {
		t := at.Add(s.jitter(4000))
		s.config.add(t, 1, "", "Attempting connection to local WSUS server")
		s.control.add(t.Add(90*time.Second), 1, "", "Attempting connection to local WSUS server")
		if t.Before(s.stopped) {
			s.config.add(t.Add(time.Second), 1, "", "Successfully connected to local WSUS server")
			s.config.add(t.Add(2*time.Second), 1, "", "No changes - WSUS Server settings are correctly configured and Upstream Server is set to Microsoft Update")
			s.control.add(t.Add(91*time.Second), 1, "", "Successfully connected to local WSUS server")
			s.control.add(t.Add(93*time.Second), 1, "", "There are no unhealthy WSUS Server components on WSUS Server cm01.contoso.com")
			s.control.add(t.Add(93*time.Second), 1, "", "Successfully checked database connection on WSUS server cm01.contoso.com")
			continue
		}
		thrown := "System.Net.WebException: " + unavailable + "~~   at Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer(Object[] args)~~   at Microsoft.SystemsManagementServer.WSUS.WSUSServer.ConnectToWSUSServer(String ServerName, Boolean UseSSL, Int32 PortNumber)"
		s.config.add(t.Add(time.Second), 3, "", "%s", thrown)
		s.config.add(t.Add(time.Second), 3, "", "Remote configuration failed on WSUS Server.")
		s.config.add(t.Add(time.Second), 3, "", `STATMSG: ID=6600 SEV=E LEV=M SOURCE="SMS Server" COMP="SMS_WSUS_CONFIGURATION_MANAGER" SYS=CM01.contoso.com SITE=PS1 PID=4120 TID=6420 ISTR0="CM01.contoso.com"`)
		s.config.add(t.Add(time.Second), 1, "", "Setting new configuration state to 3 (WSUS_CONFIG_FAILED)")
		s.config.add(t.Add(2*time.Second), 1, "", "Waiting for changes for 60 minutes")
		s.control.add(t.Add(91*time.Second), 3, "", "%s", thrown)
		s.control.add(t.Add(92*time.Second), 3, "", "Failures reported during periodic health check by the WSUS Server cm01.contoso.com. Will retry check in 60 minutes")
	}
}

// syncs are the daily synchronizations, and their repetitions from the 19th on.
func (s *server) syncs() {
	for day := 12; day <= 18; day++ {
		t := s.at(day, 6, 0).Add(s.jitter(3000))
		s.sync.add(t, 1, "", "Performing sync on regular schedule")
		s.sync.add(t.Add(2*time.Second), 1, "", "Synchronizing WSUS server CM01.contoso.com")
		for n := 1; n <= 5; n++ {
			s.sync.add(t.Add(time.Duration(n)*40*time.Second), 1, "", "sync: WSUS synchronizing updates, processed %d out of %d items (%d%%), ETA in 00:0%d:10", 24*n, 120, 20*n, 5-n)
		}
		s.sync.add(t.Add(5*time.Minute), 1, "", "sync: SMS synchronizing updates, processed 120 out of 120 items (100%%)")
		s.sync.add(t.Add(6*time.Minute), 1, "", "Sync succeeded. Setting sync alert to canceled state on site PS1")
		s.wsus.add(t.Add(3*time.Second), 1, "EventLogEventReporter.ReportEvent", "EventId=382,Type=Information,Category=Synchronization,Message=A manual synchronization was started.")
		s.wsus.add(t.Add(4*time.Minute), 1, "EventLogEventReporter.ReportEvent", "EventId=384,Type=Information,Category=Synchronization,Message=Synchronization completed successfully.")
	}
	for at := s.at(19, 6, 0); at.Before(s.at(20, 10, 20)); at = at.Add(time.Hour) {
		t := at.Add(s.jitter(3000))
		s.sync.add(t, 1, "", "Performing sync on retry schedule")
		s.sync.add(t.Add(time.Second), 1, "", "Synchronizing WSUS server CM01.contoso.com")
		s.sync.add(t.Add(2*time.Second), 3, "", "Sync failed: %s. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer", unavailable)
		s.sync.add(t.Add(2*time.Second), 3, "", `STATMSG: ID=6703 SEV=E LEV=M SOURCE="SMS Server" COMP="SMS_WSUS_SYNC_MANAGER" SYS=CM01.contoso.com SITE=PS1 PID=4120 TID=6420 ISTR0="Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer" ISTR1="%s"`, unavailable)
		s.sync.add(t.Add(2*time.Second), 1, "", "Sync failed. Will retry in 60 minutes")
	}
}

// requests are those of forty clients from the 18th on: to WSUS, where HTTP.sys
// itself answers once the pool is stopped, and to the management point.
func (s *server) requests() {
	for at := s.at(18, 9, 0); at.Before(s.at(20, 10, 20)); at = at.Add(4 * time.Minute) {
		client := fmt.Sprintf("192.0.2.%d", 21+s.draw.IntN(40))
		s.scanFrom(client, at.Add(s.jitter(200_000)))
		s.web.add(at.Add(s.jitter(200_000)), 1, "", "%s CCM_POST /ccm_system/request - 80 - %s ccmhttp - 200 0 0 %d", serverAddress, client, 10+s.draw.IntN(90))
	}
	// Those of PC01 at the times of its own scans.
	for _, t := range []time.Time{s.at(19, 9, 5), s.at(19, 13, 5), s.at(19, 18, 5), s.at(19, 22, 5), s.at(20, 1, 2), s.at(20, 9, 0)} {
		s.scanFrom("192.0.2.21", t.Add(12*time.Second))
	}
}

// scanFrom is one client's scan.
func (s *server) scanFrom(client string, t time.Time) {
	port := 49_152 + s.draw.IntN(16_000)
	if !t.Before(s.stopped) {
		for n := range 3 {
			s.refused.add(t.Add(time.Duration(n)*2*time.Second), 3, "", "%s %d %s 8530 HTTP/1.1 POST /ClientWebService/client.asmx - 503 1 AppOffline WsusPool", client, port+n, serverAddress)
		}
		return
	}
	s.web.add(t, 1, "", "%s POST /SimpleAuthWebService/SimpleAuth.asmx - 8530 - %s %s - 200 0 0 %d", serverAddress, client, agentWeb, 15+s.draw.IntN(200))
	for n := range 3 {
		s.web.add(t.Add(time.Duration(n+1)*time.Second), 1, "", "%s POST /ClientWebService/client.asmx - 8530 - %s %s - 200 0 0 %d", serverAddress, client, agentWeb, 300+s.draw.IntN(9000))
	}
	s.wsus.add(t.Add(2*time.Second), 1, "ClientImplementation.SyncUpdates", "Client %s: %d updates of %d applicable rules", client, s.draw.IntN(40), 1000+s.draw.IntN(600))
	s.refused.add(t.Add(130*time.Second), 1, "", "%s %d %s 8530 - - - - - - Timer_ConnectionIdle -", client, port, serverAddress)
}

// serverEvents writes the event logs of the site server.
func (d *demo) serverEvents(sink Sink) error {
	event := func(provider, channel string, id uint16, level uint8, at time.Time, data ...evtxtest.Pair) evtxtest.Event {
		return evtxtest.Event{
			Provider: provider, ID: id, Level: level, Time: at.UTC(), Process: 1840, Thread: 2212,
			Channel: channel, Computer: "CM01.contoso.com", Data: data,
		}
	}
	pool := evtxtest.Pair{Name: "AppPoolID", Value: "WsusPool"}
	var system []evtxtest.Event
	for day := 12; day <= 18; day++ {
		system = append(system, event("Microsoft-Windows-WAS", "System", 5186, 4, d.at(day, 23, 10), evtxtest.Pair{Name: "Minutes", Value: "20"}, evtxtest.Pair{Name: "ProcessID", Value: "7724"}, evtxtest.Pair{Name: "AppPoolID", Value: "DefaultAppPool"}))
	}
	stop := d.poolStops()
	for n, minutes := range []int{74, 52, 31, 14, 4} {
		system = append(system, event("Microsoft-Windows-WAS", "System", 5117, 3, stop.Add(-time.Duration(minutes)*time.Minute), pool, evtxtest.Pair{Name: "ProcessID", Value: fmt.Sprint(7000 + 312*n)}))
	}
	system = append(system, event("Microsoft-Windows-WAS", "System", 5002, 2, stop, pool))
	var application []evtxtest.Event
	for at := d.at(12, 6, 30); at.Before(d.at(20, 10, 20)); at = at.Add(6 * time.Hour) {
		if at.Before(stop) {
			application = append(application, event("Windows Server Update Services", "Application", 10000, 4, at))
			continue
		}
		application = append(application,
			event("Windows Server Update Services", "Application", 12022, 2, at),
			event("Windows Server Update Services", "Application", 12042, 2, at.Add(time.Second)))
	}
	for _, l := range []struct {
		path   string
		events []evtxtest.Event
	}{{"EventLogs/System.evtx", system}, {"EventLogs/Application.evtx", application}} {
		var b bytes.Buffer
		if err := evtxtest.Write(&b, l.events); err != nil {
			return fmt.Errorf("%s: %w", l.path, err)
		}
		if err := d.file(sink, l.path, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
