package gen

import "patchtrail/ingest/evtx/evtxtest"

// The phases of a healthy hour, in their order. Messages are those of
// Configuration Manager 2013 to 2024 and Windows 10 and 11; numbers and
// identifiers are drawn.

// healthyHour tells one story from policy to report.
func (s *story) healthyHour() {
	s.policy()
	wanted := s.wanted(1 + s.hour%3)
	s.scan()
	s.window("START")
	s.deploy(wanted)
	s.window("END")
	s.reportStates(wanted)
	s.housekeeping()
}

// deploy brings updates onto the client.
func (s *story) deploy(wanted []*update) {
	s.evaluate(wanted)
	s.download(wanted)
	s.beginInstall(wanted)
	for i, u := range wanted {
		s.update(u)
		s.number('1', i+1)
		s.install(u, 150_000+s.draw(240_000))
	}
	s.endInstall(wanted)
	s.restart(wanted)
}

// wanted are n new updates that take the place of older ones in the catalogue.
// The client lacks them; its next scan begins with them.
func (s *story) wanted(n int) []*update {
	s.first = s.draw(len(s.updates))
	found := s.catalogue(n)
	for _, u := range found {
		*u = s.newUpdate(u.serial + len(s.updates))
		u.installed = false
	}
	return found
}

// catalogue is n updates from the first one of the next scan on.
func (s *story) catalogue(n int) []*update {
	var found []*update
	for i := range n {
		found = append(found, &s.updates[(s.first+i)%len(s.updates)])
	}
	return found
}

// policy fetches the machine's policy from the management point.
func (s *story) policy() {
	s.worker()
	s.guid('A', braced)
	s.guid('P', braced)
	s.guid('D', braced)
	s.guid('B', braced)
	s.guid('M', braced)
	s.number('n', 1+s.draw(9))
	s.number('z', 100+s.draw(900))
	s.hex('h', 4)
	s.say(clientLocation, 40, "smsclientclass.cpp:1115", "Domain joined client is in Intranet")
	s.say(clientLocation, 60, "lsad.cpp:6432", "Rotating assigned management point, new management point [1] is: %m (9106) with capabilities: <Capabilities SchemaVersion=\"1.0\"><Property Name=\"SSLState\" Value=\"0\"/></Capabilities>")
	s.say(clientLocation, 20, "lsad.cpp:6475", "Assigned MP changed from <%m> to <%m>.")
	s.say(locationServices, 30, "lsad.cpp:746", "Current AD site of machine is Default-First-Site-Name")
	s.say(locationServices, 12, "lsad.cpp:3594", "Attempting to retrieve local MPs from the assigned MP")
	s.say(locationServices, 120, "lsutils.h:205", "Default Management Points from MP:")
	s.say(locationServices, 1, "lsutils.h:211", "Name: '%m' HTTPS: 'N' ForestTrust: 'Y'")
	s.say(locationServices, 4, "lsad.cpp:3783", "Persisted Default Management Point Locations locally")
	s.say(policyAgent, 300, "PolicyAgent_RequestAssignments", "Requesting Machine policy assignments")
	s.say(policyAgent, 8, "PolicyAgent_RequestAssignments", "Requesting Machine policy from authority 'SMS:%s'")
	s.say(policyAgent, 15, "PolicyAgent_RequestAssignments", "Raising event:\n\ninstance of CCM_PolicyAgent_AssignmentsRequested\n{\n\tAuthorityName = \"SMS:%s\";\n\tClientID = \"GUID:%i\";\n\tDateTime = \"%u\";\n\tProcessID = 1860;\n\tResourceName = \"%x\";\n\tResourceType = \"Machine\";\n\tThreadID = %T;\n};\n")
	s.httpOK(900)
	s.worker()
	s.say(policyAgent, 250, "PolicyAgent_ReplyAssignments", "Processing Machine assignments from 'SMS:%s'. The new cookie is '%u'.")
	s.say(policyAgent, 30, "PolicyAgent_ReplyAssignments", "Received Machine delta policy update with %n assignments")
	s.say(policyAgent, 20, "PolicyAgent_ReplyAssignments", "Compiling policy assignment '%P' (ver. %z.00) from 'SMS:%s' (%u)")
	s.say(policyAgent, 15, "PolicyAgent_ReplyAssignments", "Initializing download of policy 'CCM_Policy_Policy5.PolicyID=\"%P\",PolicySource=\"SMS:%s\",PolicyVersion=\"%z.00\"' from 'http://%m/SMS_MP/.sms_pol?%P.%z_00'")
	s.say(dataTransfer, 40, "util.cpp:2546", "Added (source=.sms_pol?%P.%z_00,dest=%M.tmp) pair from manifest.")
	s.say(dataTransfer, 4, "datatransferservice.cpp:196", "DTSJob %D created to download from 'http://%m:80/SMS_MP' to 'C:\\Windows\\CCM\\Temp'.")
	s.say(policyAgent, 22, "PolicyAgent_ReplyAssignments", "Download of policy started - DTS job ID: '%D'")
	s.transfer("0x0000bc8a")
	s.say(policyAgent, 60, "PolicyAgent_PolicyDownload", "Download of policy CCM_Policy_Policy5.PolicyID=\"%P\",PolicySource=\"SMS:%s\",PolicyVersion=\"%z.00\" completed (DTS Job ID: %D)")
	s.say(policyAgent, 30, "PolicyAgent_PolicyDownload", "Compiling policy '%P' version '%z.00' hash 'SHA256:%h' from 'SMS:%s' (%u)")
	s.say(policyEvaluator, 200, "policyevaluator.cpp:1342", "Updating policy CCM_Policy_Policy5.PolicyID=\"%P\",PolicySource=\"SMS:%s\",PolicyVersion=\"%z.00\"")
	s.say(policyEvaluator, 90, "policyutil.cpp:9502", "Applied policy CCM_Policy_Policy5.PolicyID=\"%P\",PolicySource=\"SMS:%s\",PolicyVersion=\"%z.00\"")
	s.say(policyEvaluator, 12, "policyevaluator.cpp:2287", "Policy state for [CCM_Policy_Policy5.PolicyID=\"%P\",PolicyVersion=\"%z.00\",PolicySource=\"SMS:%s\"] is currently [Active]")
}

// httpOK is an exchange with the management point that went well.
func (s *story) httpOK(after int) {
	s.guid('M', braced)
	s.say(ccmMessaging, after, "event.cpp:706", "Raising event:\n\ninstance of CCM_CcmHttp_Status\n{\n\tClientID = \"GUID:%i\";\n\tDateTime = \"%u\";\n\tHostName = \"%m\";\n\tHRESULT = \"0x00000000\";\n\tProcessID = 1860;\n\tStatusCode = 0;\n\tThreadID = %T;\n};\n")
	s.say(ccmMessaging, 5, "messagequeueproc_outgoing.cpp:519", "OutgoingMessage(Queue='mp_[http]mp_policymanager', ID=%M): Delivered successfully to host '%m'.")
}

// transfer runs the job %D through the data transfer service and BITS.
func (s *story) transfer(flag string) {
	s.worker()
	s.guid('B', braced)
	s.text('f', flag)
	s.number('b', 12_000+s.draw(90_000_000))
	s.number('y', 1+s.draw(40))
	s.say(dataTransfer, 30, "dtsjob.h:163", "DTSJob %D in state 'PendingDownload'.")
	s.say(dataTransfer, 3, "bitshelper.cpp:375", "DTSFlag is %f")
	s.say(dataTransfer, 2, "bitshelper.cpp:387", "Exclude file list: ")
	s.say(dataTransfer, 2, "bitshelper.cpp:407", "Using branch cache option")
	s.say(dataTransfer, 40, "dtsjob.cpp:1210", "Starting BITS job '%B' for DTS job '%D' under user 'S-1-5-18'.")
	s.say(dataTransfer, 8, "dtsjob.h:163", "DTSJob %D in state 'DownloadingData'.")
	s.say(dataTransfer, 2000, "dtsjob.cpp:2711", "CDTSJob::JobTransferred : DTS Job ID='%D' BITS Job ID='%B'")
	s.say(dataTransfer, 12, "dtsjob.cpp:1944", "Job: %D, Total Files: 1, Transferred Files: 1, Total Bytes: %b, Transferred Bytes: %b")
	s.say(dataTransfer, 4, "dtsjob.h:163", "DTSJob %D in state 'RetrievedData'.")
	s.say(dataTransfer, 3, "dtsjob.cpp:3334", "DTSJob %D successfully completed download.")
	s.say(dataTransfer, 15, "dtsjob.h:163", "DTSJob %D in state 'NotifiedComplete'.")
	s.say(dataTransfer, 9, "util.cpp:2683", "DTS job %D has completed:\n\tStatus : SUCCESS,\n\tStart time : %l,\n\tCompletion time : %l,\n\tElapsed time : %y seconds")
}

// scan asks the update point what the client lacks.
func (s *story) scan() {
	s.scanStart()
	s.scanUpdateAgent()
	s.say(wuaHandler, 900, "cwuahandler.cpp:2811", "Async searching completed.")
	s.worker()
	s.say(wuaHandler, 400, "cwuahandler.cpp:3564", "Successfully completed scan.")
	s.say(scanAgent, 60, "cscanjob.cpp:1148", "CScanJob::OnScanComplete -Scan completed successfully, ScanType=1")
	s.say(scanAgent, 12, "scanjobmgr.cpp:1078", "CScanJobManager::OnScanComplete -ScanJob is completed.")
	s.say(scanAgent, 20, "cscantoolstatus.cpp:412", "Raised UpdateSource (%S) state message successfully. StateId = 2")
	s.report(200, "1\t147 [AGENT_DETECTION_FINISHED]\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tWindows Update Client successfully detected %n updates.\t%c.1.1.1")
	s.store()
}

func (s *story) scanStart() {
	s.worker()
	s.guid('J', braced)
	s.guid('L', braced)
	s.guid('c', lower)
	s.number('n', s.draw(12))
	s.number('z', 20+s.draw(900))
	s.say(scanAgent, 800, "cscanagent.cpp:1228", "*****Policy Change notification received for ToolUniqueID=%S")
	s.say(scanAgent, 30, "cscanagent.cpp:608", "CScanAgent::ScanByUpdates- Policy available for UpdateSourceID=%S ContentVersion=%z")
	s.say(scanAgent, 20, "cscanjob.cpp:309", "ScanJob(%J): CScanJob::RequestLocations- entered")
	s.say(locationServices, 40, "ccmwsuslocation.cpp:148", "CCCMWSUSLocation::GetLocationsAsyncEx")
	s.say(locationServices, 3, "ccmwsuslocation.cpp:61", "Attempting to persist WSUS location request for ContentID='%S' and ContentVersion='%z'")
	s.say(locationServices, 60, "ccmwsuslocation.cpp:113", "Created and Sent Location Request '%L' for package %S")
	s.say(scanAgent, 11, "cscanjob.cpp:352", "- - - - - -Location Request ID = %L")
	s.httpOK(500)
	s.say(locationServices, 20, "replylocationsendpoint.cpp:180", "WSUSLocationReply : <WSUSLocationReply SchemaVersion=\"1.00\"><Sites><Site><MPSite SiteCode=\"%s\"/><LocationRecords><LocationRecord WSUSURL=\"%w\" ServerName=\"%O\" Version=\"%z\"/></LocationRecords></Site></Sites></WSUSLocationReply>")
	s.say(locationServices, 10, "lscallback.cpp:261", "Calling back with the following WSUS locations")
	s.say(locationServices, 1, "lscallback.cpp:283", "WSUS Path='%w', Server='%O', Version='%z'")
	s.say(scanAgent, 15, "cscanagent.cpp:1058", "*****WSUSLocationUpdate received for location request guid=%L")
	s.say(scanAgent, 4, "cscanjob.cpp:702", "CScanJob::OnLocationUpdate- Received Location=%w, Version=%z")
	s.say(scanAgent, 6, "cscanjob.cpp:859", "CScanJob::Execute- Adding UpdateSource=%S, ContentType=2, ContentLocation=%w, ContentVersion=%z")
	s.say(wuaHandler, 30, "sourcemanager.cpp:1232", "Its a WSUS Update Source type (%S), adding it.")
	s.say(wuaHandler, 90, "sourcemanager.cpp:950", "Existing WUA Managed server was already set (%w), skipping Group Policy registration.")
	s.say(wuaHandler, 12, "sourcemanager.cpp:1375", "Added Update Source (%S) of content type: 2")
	s.say(wuaHandler, 2, "sourcemanager.cpp:2064", "SourceManager::GetIsWUfBEnabled - There is no Windows Update for Business settings assignment.")
	s.say(wuaHandler, 8, "cwuahandler.cpp:2913", "CWuaHandler::SetCategoriesForStateReportingExclusion called with E0789628-CE08-4437-BE74-2495B842F43B;E0789628-CE08-4437-BE74-2495B842F43B,A38C835C-2950-4E87-86CC-6911A52C34A3; for leaves and E0789628-CE08-4437-BE74-2495B842F43B,A38C835C-2950-4E87-86CC-6911A52C34A3; for bundles")
	s.say(wuaHandler, 5, "cwuahandler.cpp:1004", "Scan results will include all superseded updates.")
	s.say(wuaHandler, 1, "cwuahandler.cpp:1010", "Search Criteria is (DeploymentAction=* AND Type='Software') OR (DeploymentAction=* AND Type='Driver')")
	s.say(wuaHandler, 30, "cwuahandler.cpp:1128", "Async searching of updates using WUAgent started.")
	s.system(serviceControl, 7036, 4, evtxtest.Pair{Name: "param1", Value: "Windows Update"}, evtxtest.Pair{Name: "param2", Value: "running"})
	s.say(scanAgent, 20, "cscanjob.cpp:938", "CScanJob::Execute - successfully requested Scan, ScanType=1")
}

// scanUpdateAgent is the scan as the update agent sees it.
func (s *story) scanUpdateAgent() {
	s.worker()
	s.number('r', 1+s.draw(900))
	s.say(windowsUpdate, 30, "ComApi", "* START *   Federated Search ClientId = CcmExec (cV: %c.0.0)")
	s.say(windowsUpdate, 10, "Agent", "* START * Queueing Finding updates [CallerId = CcmExec  Id = %r]")
	s.say(windowsUpdate, 6, "Agent", "Added service 00000000-0000-0000-0000-000000000000 to sequential scan list")
	s.say(windowsUpdate, 4, "Agent", "* START * Finding updates CallerId = CcmExec  Id = %r")
	s.say(windowsUpdate, 1, "Agent", "Online = Yes; Interactive = No; AllowCachedResults = No; Ignore download priority = No")
	s.say(windowsUpdate, 1, "Agent", "ServiceID = {3DA21691-E39D-4DA6-8A4B-B43877BCB1B7} Managed service")
	s.say(windowsUpdate, 2, "Agent", "Search Scope = {Machine}")
	s.say(windowsUpdate, 1, "Agent", "Caller SID for Applicability: S-1-5-18")
	s.say(windowsUpdate, 40, "ProtocolTalker", "ServiceId = {3DA21691-E39D-4DA6-8A4B-B43877BCB1B7}, Server URL = %w/ClientWebService/client.asmx")
	s.say(windowsUpdate, 20, "ProtocolTalker", "OK to reuse existing configuration")
	s.say(windowsUpdate, 9, "ProtocolTalker", "Existing cookie is valid, just use it")
	s.say(windowsUpdate, 1, "WebServices", "Auto proxy settings for this web service call.")
	for range 8 {
		s.number('a', s.draw(400))
		s.number('b', 1000+s.draw(60_000))
		s.say(windowsUpdate, 500, "ProtocolTalker", "SyncUpdates round trip: %a updates, %b bytes of metadata")
	}
	for _, u := range s.catalogue(scanned) {
		s.update(u)
		s.text('a', u.state())
		if u.installed && s.draw(3) != 0 {
			continue
		}
		s.say(windowsUpdate, 9, "Agent", "Update %g.%v is evaluated: %a, title %t")
	}
	s.say(windowsUpdate, 100, "Agent", "Found %n updates and 79 categories in search; evaluated appl. rules of %z out of 1432 deployed entities")
	s.say(windowsUpdate, 2, "Agent", "* END * Finding updates CallerId = CcmExec  Id = %r")
	s.say(windowsUpdate, 6, "ComApi", "* END *   All federated searches have completed. ClientId = CcmExec (cV: %c.0.0)")
}

// store keeps the result of a scan.
func (s *story) store() {
	s.worker()
	for _, u := range s.catalogue(scanned) {
		s.update(u)
		changed := s.draw(6) == 0 || !u.installed
		s.text('a', u.state())
		s.draw(2) // keeps the numbers that follow
		s.number('b', 2)
		if u.installed {
			s.number('b', 3)
		}
		s.say(updatesStore, 12, "updatesstore.cpp:1188", "Queried Update (%g): Status=%a, Title=%t, BulletinID=, QNumbers=%k, LocaleID=, ProductID=569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5, UpdateClassification = %q, ExcludeForStateReporting=FALSE.")
		if !changed {
			continue
		}
		s.say(wuaHandler, 3, "cwuahandler.cpp:2620", "Update (%a): %t (%g, %v)")
		s.say(updatesStore, 8, "updatesstore.cpp:430", "Processing update status from update (%g) with ProductID = 569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5, UpdateClassification = %q")
		s.say(stateMessage, 12, "statemsg.cpp:511", "Adding message with TopicType 500 and TopicId %g to WMI")
		s.say(stateMessage, 3, "statemsg.cpp:635", "State message(State ID : %b) with TopicType 500 and TopicId %g has been recorded for SYSTEM")
		s.say(updatesStore, 4, "updatesstore.cpp:496", "Successfully raised state message for update (%g) with state (%a).")
	}
	s.say(updatesStore, 30, "updatesstore.cpp:318", "Successfully done with SetStatus() operation.")
}

// housekeeping is what a client also does, and what a reader should not mind.
func (s *story) housekeeping() {
	s.worker()
	s.say(locationServices, 900, "lstask.cpp:77", "Executing Task LSRefreshLocationsTask")
	s.say(locationServices, 900, "lstask.cpp:77", "Executing Task LSSiteRoleCycleTask")
	s.say(updatesDeployment, 600, "deploymentutils.cpp:580", "No current service window available to run updates assignment with time required = 1")
	if s.draw(3) == 0 {
		s.fail(updatesDeployment, 50, "updatesmanager.cpp:1201", "GetUpdateInfo - failed to get targeted update, error = 0x87d00215.")
	}
	if s.draw(4) == 0 {
		s.fail(updatesStore, 40, "updatesstore.cpp:2210", "Failed to refresh Resync state message. Error = 0x87d00310.")
	}
	if s.draw(5) == 0 {
		s.guid('c', lower)
		s.warn(contentTransfer, 30, "ctmutil.cpp:88", "Failed get the value of Content_%c.1")
		s.warn(contentAccess, 30, "policyagent.cpp:667", "User policy requested with no user credentials.")
	}
	s.say(rebootCoordinator, 300, "internal.cpp:35", "Retry resuming bit-locker TPM PIN protector. Retry count 1")
	s.say(rebootCoordinator, 8, "rebootcoordinator.cpp:2399", "Didn't suspended bit-locker. Do nothing and return.")
	s.say(scanAgent, 400, "scanjobmgr.cpp:117", "- -Recovering persisted Scan requests...")
	s.say(scanAgent, 3, "cscanagent.cpp:1391", "CScanAgent::CleanDeletedUpdateSources- entered. This will clean any update sources for which policy no longer exists.")
	s.beat(2000)
}

// beat is the client's regular word with the management point.
func (s *story) beat(after int) {
	s.worker()
	s.say(ccmMessaging, after, "messagequeueproc_outgoing.cpp:171", "Supplied sender token is null. Using GetUserTokenFromSid to find sender's token.")
	s.httpOK(30)
}
