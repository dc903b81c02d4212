package gen

// Incident is what ends the last story of a client. Each has one cause, whose
// id is that of the rule that must find it.
type Incident string

// The incidents. Healthy is none.
const (
	Healthy                Incident = "healthy"
	MPHTTPError            Incident = "mp-http-error"
	MPNoClientCertificate  Incident = "mp-no-client-certificate"
	MPNameNotResolved      Incident = "mp-name-not-resolved"
	MPTimeout              Incident = "mp-timeout"
	MPUnreachable          Incident = "mp-unreachable"
	ScanTimeout            Incident = "scan-timeout"
	ScanServiceUnavailable Incident = "scan-service-unavailable"
	ContentNoLocation      Incident = "content-no-location"
	InstallExceededMaxTime Incident = "install-exceeded-max-runtime"
)

const (
	maxRuntimeMS    = 3_600_000
	maxRuntimeError = "-2016410012" // 0x87d00664 as the client writes it
)

// Incidents lists all of them, Healthy first.
func Incidents() []Incident {
	return []Incident{
		Healthy, MPHTTPError, MPNoClientCertificate, MPNameNotResolved, MPTimeout, MPUnreachable,
		ScanTimeout, ScanServiceUnavailable, ContentNoLocation, InstallExceededMaxTime,
	}
}

// incidents tell the last story of a client.
func incidents() map[Incident]func(*story) {
	// WinHTTP's numbers; 0 is the client's own decision, as it writes it.
	mp := func(url, port, code, symbol, status, low string) func(*story) {
		return func(s *story) { s.managementPointFails(url, port, code, symbol, status, low) }
	}
	return map[Incident]func(*story){
		Healthy:                (*story).healthyHour,
		MPHTTPError:            mp("http://%m/ccm_system/request", "80", "0", "CCM_E_BAD_HTTP_STATUS_CODE", "StatusCode=500 StatusText=Internal Server Error", "0x87d0027e"),
		MPNoClientCertificate:  mp("https://%m/ccm_system/request", "443", "0", "CCM_E_NO_CLIENT_PKI_CERT", "StatusCode=403 StatusText=Forbidden", "0x87d00281"),
		MPNameNotResolved:      mp("http://%m/ccm_system/request", "80", "12007", "ERROR_WINHTTP_NAME_NOT_RESOLVED", "", "0x2ee7"),
		MPTimeout:              mp("http://%m/ccm_system/request", "80", "12002", "ERROR_WINHTTP_TIMEOUT", "", "0x2ee2"),
		MPUnreachable:          mp("http://%m/ccm_system/request", "80", "12029", "ERROR_WINHTTP_CANNOT_CONNECT", "", "0x2efd"),
		ScanTimeout:            func(s *story) { s.scanFails("0x80072ee2") },
		ScanServiceUnavailable: func(s *story) { s.scanFails("0x80244022") },
		ContentNoLocation:      (*story).contentNotLocated,
		InstallExceededMaxTime: (*story).installCut,
	}
}

// managementPointFails asks for policy again and again.
func (s *story) managementPointFails(url, port, code, symbol, status, low string) {
	s.text('o', port)
	s.text('a', code)
	s.text('e', symbol)
	s.text('f', low)
	for range 5 {
		s.worker()
		s.guid('M', braced)
		s.say(policyAgent, 900, "PolicyAgent_RequestAssignments", "Requesting Machine policy assignments")
		s.say(policyAgent, 8, "PolicyAgent_RequestAssignments", "Requesting Machine policy from authority 'SMS:%s'")
		s.mark(ccmMessaging, func() {
			s.fail(ccmMessaging, 4000, "ccmhttperror.cpp:297", "[CCMHTTP] ERROR: URL="+url+", Port=%o, Options=1248, Code=%a, Text=%e")
		})
		if status != "" {
			s.fail(ccmMessaging, 1, "ccmhttperror.cpp:301", "[CCMHTTP] ERROR INFO: "+status)
		}
		s.say(ccmMessaging, 3, "event.cpp:706", "Raising event:\n\ninstance of CCM_CcmHttp_Status\n{\n\tClientID = \"GUID:%i\";\n\tDateTime = \"%u\";\n\tHostName = \"%m\";\n\tHRESULT = \"%f\";\n\tProcessID = 1860;\n\tStatusCode = 0;\n\tThreadID = %T;\n};\n")
		s.say(ccmMessaging, 2, "ccmhttpget.cpp:1402", "Successfully queued event on HTTP/HTTPS failure for server '%m'.")
		s.fail(ccmMessaging, 3, "ccmhttpget.cpp:1466", "Failed to send request to /ccm_system/request at host %m, error %f")
		s.fail(ccmMessaging, 4, "messagequeueproc_outgoing.cpp:603", "Post to "+url+" failed with 0x8000000a.")
		s.warn(ccmMessaging, 2, "messagequeueproc_outgoing.cpp:640", "OutgoingMessage(Queue='mp_[http]mp_policymanager', ID=%M): Will be retried.")
		s.say(locationServices, 60, "lsmperror.cpp:118", "1 assigned MP errors in the last 10 minutes, threshold is 5.")
		s.pause(240_000)
	}
	s.say(locationServices, 30, "lsmperror.cpp:140", "Assigned MP error threshold reached, moving to next MP.")
}

// scanFails lets every scan end with code.
func (s *story) scanFails(code string) {
	s.policy()
	for range 3 {
		s.failScan(code)
		s.pause(600_000)
	}
}

// failScan is one scan that ends with code.
func (s *story) failScan(code string) {
	s.text('f', code)
	s.scanStart()
	s.worker()
	s.say(windowsUpdate, 60_000, "WebServices", "WS error: The operation did not complete, error %f")
	s.fail(windowsUpdate, 4, "ProtocolTalker", "*FAILED* ["+code[2:]+"] Method failed [AgentProtocolTalker::SyncUpdates]")
	s.say(windowsUpdate, 4, "Agent", "Exit code = %f")
	s.say(windowsUpdate, 4, "Agent", "* END * Finding updates CallerId = CcmExec, result "+code)
	s.report(100, "1\t148 [AGENT_DETECTION_FAILED]\t101\t{D67661EB-2423-451D-BF5D-13199E37DF28}\t0\t"+code[2:]+"\tCcmExec\tFailure\tSoftware Synchronization\tWindows Update Client failed to detect with error %f.\t%c.1.1.1")
	s.mark(wuaHandler, func() {
		s.fail(wuaHandler, 40, "cwuahandler.cpp:3421", "OnSearchComplete - Failed to end search job. Error = %f.")
	})
	s.mark(wuaHandler, func() {
		s.fail(wuaHandler, 3, "cwuahandler.cpp:3575", "Scan failed with error = %f.")
	})
	s.fail(scanAgent, 20, "cscanjob.cpp:1160", "CScanJob::OnScanComplete - Scan Failed with Error=%f")
}

// contentNotLocated ends a download whose content is on no distribution point of the boundary group.
func (s *story) contentNotLocated() {
	s.policy()
	wanted := s.wanted(2)
	s.scan()
	s.evaluate(wanted)
	s.downloadStart()
	for i, u := range wanted {
		s.update(u)
		s.number('1', i+1)
		s.requestContent()
		s.worker()
		s.say(locationServices, 10, "replylocationsendpoint.cpp:122", "ContentLocationReply : <ContentLocationReply SchemaVersion=\"1.00\"><ContentInfo PackageFlags=\"0\"/><Sites><Site><MPSite SiteCode=\"%s\"/><LocationRecords/></Site></Sites></ContentLocationReply>")
		s.say(locationServices, 3, "lscallback.cpp:98", "Calling back with empty distribution points list")
		s.mark(contentTransfer, func() {
			s.say(contentTransfer, 20, "ctmjob.cpp:2230", "CCTMJob::UpdateLocations - Received empty location update for CTM Job %C")
		})
		s.mark(contentTransfer, func() {
			s.say(contentTransfer, 4, "ctmjob.cpp:2244", "CTM job %C suspended")
		})
	}
	s.pause(1_200_000)
	for _, u := range wanted {
		s.update(u)
		s.fail(updatesHandler, 30, "cdeploymentjob.cpp:860", "CDeploymentJob -- Failed to download update (%g). Error = 0x87d00669")
		s.fail(updatesDeployment, 30, "targetedupdate.cpp:2011", "Update (Site_%S/SUM_%g) Progress: Status = ciStateError, PercentComplete = 0, DownloadSize = 0, Result = 0x87d00669")
	}
}

// installCut starts an installation that the client gives up after its maximum run time of 60 minutes.
func (s *story) installCut() {
	s.policy()
	wanted := s.wanted(1)
	s.scan()
	s.window("START")
	s.evaluate(wanted)
	s.download(wanted)
	s.beginInstall(wanted)
	s.update(wanted[0])
	s.number('1', 1)
	s.cut()
	s.window("END")
}

// cut installs the update that %g names until its maximum run time of 60 minutes is over.
func (s *story) cut() {
	from := s.now
	s.mark(reportingEvents, s.installStart)
	s.servicing(2_400_000)
	if left := from + maxRuntimeMS - s.now; left > 0 {
		s.now += left
	}
	s.worker()
	s.fail(updatesHandler, 4000, "cupdatesagent.cpp:1188", "Execution cancelled by job. Update will not be monitored")
	s.say(windowsUpdate, 200, "Agent", "*FAILED* [800704C7] Install call was cancelled by its caller CcmExec")
	s.mark(reportingEvents, func() {
		s.report(100, "1\t182 [AGENT_INSTALLING_FAILED]\t101\t{%g}\t%v\t800704c7\tCcmExec\tFailure\tContent Install\tInstallation Failure: Windows failed to install the following update with error 0x800704c7: %t\t%c.1.1.5")
	})
	s.system(updateClient, 20, 2, s.aboutUpdate(0x800704c7)...)
	s.fail(wuaHandler, 60, "cwuahandler.cpp:1930", "Update 1 (%g) finished installing (0x800704c7), Reboot Required? No")
	s.fail(wuaHandler, 6, "cwuahandler.cpp:1970", "Installation job encountered some failures. Job Result = 0x80240022.")
	s.fail(updatesDeployment, 30, "targetedupdate.cpp:1855", "CTargetedUpdate::RaiseEnforcementStateMessage, m_hrError = "+maxRuntimeError+", ulMessageId = -1073730111, StateId = 11, StateName = CI_ENFORCEMENT_UPDATE_FAILED")
	s.fail(updatesDeployment, 9, "targetedupdate.cpp:2011", "Update (Site_%S/SUM_%g) Progress: Status = ciStateError, PercentComplete = 0, DownloadSize = 0, Result = 0x87d00664")
}
