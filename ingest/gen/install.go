package gen

import "patchtrail/ingest/evtx/evtxtest"

// evaluate finds which of an assignment's updates the client lacks.
func (s *story) evaluate(wanted []*update) {
	s.worker()
	s.guid('J', braced)
	s.number('n', len(wanted))
	s.say(updatesDeployment, 2000, "updatesdeploymentagent.cpp:320", "Message received: '<?xml version='1.0' ?>\n<CIAssignmentMessage MessageType='EnforcementDeadline'>\n\t<AssignmentID>%A</AssignmentID>\n</CIAssignmentMessage>'")
	s.say(updatesDeployment, 10, "updatesassignment.cpp:512", "Assignment %A has total CI = %n")
	s.say(updatesDeployment, 8, "updatesassignment.cpp:1604", "Deadline received for assignment (%A)")
	s.assess(wanted)
}

// assess is the evaluation itself, of the assignment %A by the job %J.
func (s *story) assess(wanted []*update) {
	s.say(updatesDeployment, 6, "updatesassignment.cpp:884", "EvaluateAssignment initiated for assignment (%A)")
	s.say(updatesDeployment, 30, "updatesassignment.cpp:913", "Detection job (%J) started for assignment (%A)")
	s.worker()
	s.say(updatesHandler, 25, "cupdatesjob.cpp:412", "Initiating updates scan for checking applicability.")
	s.say(updatesHandler, 12, "cupdatesjob.cpp:430", "Successfully initiated scan for job (%J).")
	s.say(updatesHandler, 4000, "cupdatesjob.cpp:557", "Updates scan completion received, result = 0x0.")
	s.say(updatesHandler, 4, "cupdatesjob.cpp:580", "Initial scan completed for the job (%J).")
	s.say(updatesHandler, 3, "cupdatesjob.cpp:604", "Evaluating status of the updates for the job (%J).")
	for _, u := range wanted {
		s.update(u)
		s.say(updatesHandler, 20, "cupdateaction.cpp:212", "Bundle update (%g) is requesting download from child updates for action (INSTALL)")
		s.say(updatesDeployment, 6, "targetedupdate.cpp:1120", "Update (Site_%S/SUM_%g) Name (%t) ArticleID (%k) added to the targeted list of deployment (%A)")
	}
	s.say(updatesHandler, 5, "cupdatesjobmanager.cpp:288", "CompleteJob - Job (%J) removed from job manager list.")
	s.worker()
	s.say(updatesDeployment, 15, "updatesassignment.cpp:1011", "DetectJob completion received for assignment (%A)")
	s.say(updatesDeployment, 20, "assignmentstate.cpp:211", "Raised assignment (TopicID) (%A) state message successfully. TopicType = Evaluate, StateId = 2, StateName = ASSIGNMENT_EVALUATE_SUCCESS, StateCriticality = 0")
	s.say(updatesDeployment, 30, "updatesmanager.cpp:940", "EnumerateUpdates for action (UpdateActionInstall) - Total actionable updates = %n")
}

// download fetches the content of updates from the distribution point.
func (s *story) download(wanted []*update) {
	s.downloadStart()
	for i, u := range wanted {
		s.update(u)
		s.number('1', i+1)
		s.requestContent()
		s.contentLocated()
		s.transfer("0x0000050e")
		s.contentArrived()
	}
	s.worker()
	s.say(updatesHandler, 40, "cupdatesjob.cpp:702", "Download completed for the job (%J).")
	s.say(updatesDeployment, 12, "updatesassignment.cpp:1402", "DownloadJob completion received for assignment (%A)")
}

func (s *story) downloadStart() {
	s.worker()
	s.guid('J', braced)
	s.say(updatesDeployment, 300, "updatesassignment.cpp:1304", "DownloadCIContents Job (%J) started for assignment (%A)")
	s.say(updatesHandler, 30, "cupdatesjob.cpp:640", "Initiating download for the job (%J).")
}

func (s *story) requestContent() {
	s.guid('c', lower)
	s.guid('C', braced)
	s.guid('D', braced)
	s.guid('L', braced)
	s.guid('R', braced)
	s.number('b', 900+s.draw(600_000))
	s.number('y', 1+s.draw(900))
	s.say(updatesHandler, 10, "cupdate.cpp:1180", "Timeout Options: Priority = 2, DPLocality = 1048578, Location = 604800, Download = 864000, PerDPInactivity = 0, TotalInactivityTimeout = 0, bUseBranchCache = True, bPersistOnWriteFilterDevices = True, bOverrideServiceWindow = False")
	s.say(updatesHandler, 5, "cupdate.cpp:1204", "Content Text = <Content ContentId=\"%c\" Version=\"1\"><FileContent Name=\"windows11.0-kb%k-x64.cab\" Hash=\"%h\" HashAlgorithm=\"SHA1\" Size=\"%b\"/></Content>")
	s.say(updatesHandler, 4, "cupdate.cpp:1232", "Starting download on action (INSTALL) for Update (%g)")
	s.worker()
	s.say(contentAccess, 20, "contentaccessservice.cpp:934", "Requesting content %c.1, size(KB) %b, under context System with priority Medium")
	s.say(contentAccess, 12, "cachemanager.cpp:1702", "CacheManager: There are currently %b24576 bytes used for cached content items (4 total, 1 active, 3 tombstoned, 0 expired).")
	s.say(contentAccess, 30, "downloadmanager.cpp:1702", "Target location for content %c.1 is C:\\Windows\\ccmcache\\%y")
	s.say(contentTransfer, 30, "ctmjob.cpp:3612", "Starting CTM job %C.")
	s.say(contentTransfer, 8, "ctmanager.cpp:560", "Created CTM job %C for user S-1-5-18")
	s.say(contentAccess, 9, "downloadmanager.cpp:611", "Submitted CTM job %C to download Content %c.1 under context System")
	s.say(contentAccess, 4, "downloadcontentrequest.cpp:832", "Successfully created download  request %R for content %c.1")
	s.say(contentTransfer, 25, "ccmpkglocation.cpp:84", "Created and Sent Location Request '%L' for package %c")
	s.say(locationServices, 10, "lsrequest.cpp:221", "Created filter for LS request %L.")
	s.say(contentTransfer, 4, "ctmjob.cpp:1892", "CTM job %C entered phase CCM_DOWNLOADSTATUS_WAITING_CONTENTLOCATIONS")
	s.say(contentTransfer, 3, "ctmjob.cpp:157", "Queued location request '%L' for CTM job '%C'.")
	s.httpOK(400)
}

func (s *story) contentLocated() {
	s.worker()
	s.say(locationServices, 10, "replylocationsendpoint.cpp:122", "ContentLocationReply : <ContentLocationReply SchemaVersion=\"1.00\"><ContentInfo PackageFlags=\"0\"/><Sites><Site><MPSite SiteCode=\"%s\" MasterSiteCode=\"%s\" SiteLocality=\"LOCAL\"/><LocationRecords><LocationRecord><URL Name=\"http://%d/SMS_DP_SMSPKG$/%c\"/></LocationRecord></LocationRecords></Site></Sites></ContentLocationReply>")
	s.say(locationServices, 3, "lsutils.cpp:411", "Distribution Point='http://%d/SMS_DP_SMSPKG$/%c', Locality='LOCAL', DPType='SERVER', Version='9106', Capabilities='<Capabilities SchemaVersion=\"1.0\"/>'")
	s.say(locationServices, 2, "lscallback.cpp:118", "Calling back with locations for location request %L")
	s.say(contentTransfer, 20, "ctmjob.cpp:2413", "Persisted locations for CTM job %C:\n\t(LOCAL) http://%d/SMS_DP_SMSPKG$/%c\n\t(LOCAL) http://dp02.%X/SMS_DP_SMSPKG$/%c")
	s.say(contentTransfer, 15, "ctmjob.cpp:579", "CTM job %C (corresponding DTS job %D) started download from 'http://%d/SMS_DP_SMSPKG$/%c' for full content download.")
	s.say(contentTransfer, 5, "ctmjob.cpp:1892", "CTM job %C entered phase CCM_DOWNLOADSTATUS_DOWNLOADING_DATA")
	s.say(contentAccess, 8, "downloadcontentrequest.cpp:1022", "Location update from CTM for content %c.1 and request %R")
	s.say(contentAccess, 2, "downloadcontentrequest.cpp:1033", "Download location found 0 - http://%d/SMS_DP_SMSPKG$/%c")
	s.say(contentAccess, 2, "downloadcontentrequest.cpp:1033", "Download location found 1 - http://dp02.%X/SMS_DP_SMSPKG$/%c")
	s.say(contentAccess, 90, "downloadmanager.cpp:1110", "Download started for content %c.1")
	s.say(dataTransfer, 10, "datatransferservice.cpp:196", "DTSJob %D created to download from 'http://%d:80/SMS_DP_SMSPKG$/%c' to 'C:\\Windows\\ccmcache\\%y'.")
	s.report(40, "1\t167 [AGENT_DOWNLOAD_STARTED]\t101\t{%g}\t%v\t0\tCcmExec\tSuccess\tContent Download\tDownload started.\t%c.1.1.2")
	s.system(updateClient, 44, 4, s.aboutUpdate(0)...)
	for done := s.draw(20); done < 100; done += 8 + s.draw(24) {
		s.number('a', done)
		s.say(updatesDeployment, 900, "targetedupdate.cpp:2011", "Update (Site_%S/SUM_%g) Progress: Status = ciStateDownloading, PercentComplete = %a, DownloadSize = %b, Result = 0x0")
	}
}

func (s *story) contentArrived() {
	s.hex('h', 4)
	s.say(contentTransfer, 60, "ctmjob.cpp:2075", "CTM job %C successfully processed download completion.")
	s.worker()
	s.say(contentAccess, 40, "contentaccessservice.cpp:1937", "Download completed for content %c.1 under context System")
	s.say(contentAccess, 900, "newhashdir.cpp:817", "Computed hash: %h")
	s.say(contentAccess, 4, "contentaccessservice.cpp:2288", "Hash verification succeeded for content %c.1 downloaded under context System")
	s.say(contentAccess, 6, "cachedcontentinfo.cpp:188", "Saved Content ID Mapping %c.1, C:\\Windows\\ccmcache\\%y")
	s.say(contentAccess, 3, "downloadcontentrequest.cpp:1103", "Download succeeded for download request %R")
	s.say(updatesHandler, 60, "cupdate.cpp:1301", "Contents downloaded successfully for update (%g).")
	s.report(20, "1\t162 [AGENT_DOWNLOAD_SUCCEEDED]\t101\t{%g}\t%v\t0\tCcmExec\tSuccess\tContent Download\tDownload succeeded.\t%c.1.1.3")
}

// window is a maintenance window that begins (START) or ends (END).
func (s *story) window(event string) {
	s.worker()
	verb := "has started at"
	if event == "END" {
		verb = "has ended at"
	}
	s.text('e', event)
	s.text('a', verb)
	s.guid('W', braced)
	s.number('b', 7200+s.draw(28_800))
	s.say(serviceWindows, 900, "servicewindowhandler.cpp:1190", "")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1191", "A Timer Event has occurred")
	s.say(serviceWindows, 2, "servicewindowhandler.cpp:512", "    Sending Message SERVICEWINDOWEVENT:%e event")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1200", "    The Service Window={811D3CCB-5CDD-4A50-8227-E204D941064A} %a %l")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1214", "Checking Service Windows to find Next Event.....")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1134", "    Next Event Time is at %l. Service Window with ID:{811D3CCB-5CDD-4A50-8227-E204D941064A}. Is the next event the beginning of the window? Yes")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:2223", "    Scheduling the Timer Task")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:2236", "    Scheduled the timer to fire on %l")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:2239", "")
	s.say(serviceWindows, 40, "servicewindowhandler.cpp:402", "Refreshing Service Windows.....")
	for i, schedule := range [...]string{"02D68AC040100008", "02C159C0381C2000", "00302B0018192000", "000759C0001F2000"} {
		s.text('f', schedule)
		s.number('1', [...]int{4, 6, 1, 1}[i])
		s.say(serviceWindows, 3, "servicewindow.cpp:188", "    Populating instance of ServiceWindow with ID={811D3CCB-5CDD-4A50-8227-E204D941064A}, ScheduleString=%f, Type=%1")
		s.say(serviceWindows, 1, "servicewindow.cpp:240", "        StartTime is %l")
		s.say(serviceWindows, 1, "servicewindow.cpp:244", "        Duration for the Service Window is Total days: 0, hours: 08, mins: 00, secs: 00")
	}
	s.say(serviceWindows, 2, "servicewindowhandler.cpp:980", "    Inactive Service Windows List has 3 windows")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:991", "    Active Service Windows List has 1 windows")
	s.worker()
	s.say(rebootCoordinator, 6, "rebootcoordinator.cpp:3115", "Reboot Coordinator received a SERVICEWINDOWEVENT %e Event")
	s.say(updatesDeployment, 7, "assignmentsmanager.cpp:277", "CUpdateAssignmentsManager received a SERVICEWINDOWEVENT %e Event")
	s.say(updatesDeployment, 12, "updatesmanager.cpp:1553", "A user-defined service window(non-business hours) is available. We will attempt to install any scheduled updates.")
	s.say(updatesDeployment, 4, "assignmentsmanager.cpp:500", "Auto install during non-business hours is disabled or never set, selecting only scheduled updates.")
	s.say(updatesDeployment, 3, "cliuisettings.h:163", "Suspend activity in presentation mode is selected")
}

// mayRun asks whether an update of %r seconds fits what is left of the window.
func (s *story) mayRun() {
	s.worker()
	s.number('b', 7200+s.draw(20_000))
	s.say(serviceWindows, 10, "servicewindowmanager.cpp:470", "OnIsServiceWindowAvailable called with: Runtime:%r, Type:4")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1480", "        Biggest Active Service Window has ID = {811D3CCB-5CDD-4A50-8227-E204D941064A} having Starttime=%l")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1484", "            Duration is 0 days, 08 hours, 00 mins, 00 secs")
	s.say(serviceWindows, 1, "servicewindowhandler.cpp:1510", "ActiveServiceWindow has %b seconds left")
	s.say(serviceWindows, 1, "servicewindowmanager.cpp:498", "Program can run! Setting *canProgramRun to TRUE")
}

func (s *story) beginInstall(wanted []*update) {
	s.guid('J', braced)
	s.number('n', len(wanted))
	s.number('r', 3600)
	s.mayRun()
	s.startBatch(wanted)
}

// startBatch hands the updates to the update agent.
func (s *story) startBatch(wanted []*update) {
	s.worker()
	s.say(updatesDeployment, 300, "updatesassignment.cpp:1530", "Starting install for assignment (%A)")
	s.say(updatesDeployment, 20, "updatesmanager.cpp:2906", "ApplyCIs - JobId = %J")
	s.say(updatesDeployment, 8, "updatesmanager.cpp:1576", "Attempting to install %n updates")
	for _, u := range wanted {
		s.update(u)
		s.say(updatesHandler, 12, "catomicupdate.cpp:602", "CAtomicUpdate::SetState - Entered SetState - Update %g, Current State (member) = INIT,  Passed in state = DOWNLOAD_READY")
		s.say(updatesHandler, 4, "cupdatesagent.cpp:803", "Update (%g) added to the installation batch")
		s.say(wuaHandler, 40, "cwuahandler.cpp:2202", "Adding file to list for CopyToCache(): C:\\Windows\\ccmcache\\%y\\windows11.0-kb%k-x64.cab")
		s.say(wuaHandler, 900, "cwuahandler.cpp:2260", "CopyToCache() for update (%g) completed successfully")
	}
	s.say(updatesHandler, 5, "cupdatesagent.cpp:820", "Got execute info for (%n) updates")
	s.say(updatesHandler, 9, "cupdatesagent.cpp:851", "Updates installation started as batch")
	s.say(wuaHandler, 60, "cwuahandler.cpp:1822", "Update(s) downloaded to WUA file cache, starting installation.")
	s.say(wuaHandler, 20, "cwuahandler.cpp:1840", "Async installation of updates started.")
}

// install installs the update that %g names, the one numbered %1 of its batch, in about ms milliseconds.
func (s *story) install(u *update, ms int) {
	s.installStart()
	s.servicing(ms)
	s.installed(u)
}

func (s *story) installStart() {
	s.worker()
	s.guid('c', lower)
	s.say(windowsUpdate, 30, "Agent", "* START * Installing updates CallerId = CcmExec")
	s.say(windowsUpdate, 4, "Agent", "Updates to install = 1")
	s.say(windowsUpdate, 3, "Agent", "  Title = %t")
	s.say(windowsUpdate, 1, "Agent", "  UpdateId = %g.%v")
	s.report(20, "1\t181 [AGENT_INSTALLING_STARTED]\t101\t{%g}\t%v\t0\tCcmExec\tSuccess\tContent Install\tInstallation Started: Windows has started installing the following update: %t\t%c.1.1.4")
	s.system(updateClient, 43, 4, s.aboutUpdate(0)...)
	s.say(updatesDeployment, 50, "targetedupdate.cpp:2011", "Update (Site_%S/SUM_%g) Progress: Status = ciStateInstalling, PercentComplete = 0, DownloadSize = 0, Result = 0x0")
}

// servicing is the work of the component store, which takes about ms milliseconds.
func (s *story) servicing(ms int) {
	s.worker()
	s.number('e', 31_000_000+s.draw(900_000))
	s.number('f', 100_000_000+s.draw(900_000_000))
	s.say(cbsLog, 900, "CBS", "TI: --- Initializing Trusted Installer ---")
	s.say(cbsLog, 5, "CBS", "TI: Last boot time: %u")
	s.say(cbsLog, 4, "CBS", "Ending the TrustedInstaller main loop.")
	s.say(cbsLog, 40, "CBS", "Session: %e_%f initialized by client WindowsUpdateAgent, external staging directory: (null), external registry directory: (null)")
	s.say(cbsLog, 20, "CBS", "Appl: Package_for_RollupFix~31bf3856ad364e35~amd64~~22631.%v.1.7, applicable: Applicable, current: Staged")
	const parts = 60
	for part := range parts {
		s.number('a', s.draw(9000))
		s.number('b', 100+s.draw(9000))
		s.number('z', s.draw(90_000))
		s.hex('H', 1)
		s.text('p', components[s.draw(len(components))])
		switch part % 6 {
		case 0:
			s.say(cbsLog, ms/parts, "CSI", "%z Created NT transaction (seq %a) result 0x00000000, handle @0x%b")
		case 1:
			s.say(cbsLog, ms/parts, "CSI", "%z@%u CSI perf trace:\r\nCSIPERF:TXCOMMIT;%a%b")
		case 2:
			s.say(cbsLog, ms/parts, "CBS", "Exec: Resolving Package: %p~31bf3856ad364e35~amd64~~10.0.22621.%b, Update: %H, PinDeployment: amd64_%H_31bf3856ad364e35_10.0.22621.%b")
		case 3:
			s.say(cbsLog, ms/parts, "CBS", "Appl: detectParent: package: %p~31bf3856ad364e35~amd64~~10.0.22621.%b, parent found: Microsoft-Windows-Foundation-Package, state: Installed")
		case 4:
			s.say(cbsLog, ms/parts, "CBS", "Plan: Package: %p~31bf3856ad364e35~amd64~~10.0.22621.%b, current: Staged, pending: Default, start: Staged, applicable: Installed, targeted: Installed, limit: Installed")
		case 5:
			s.say(cbsLog, ms/parts, "CSI", "%z Performing 1 operations as follows:\r\n  (0)  Install: Component: amd64_%p_31bf3856ad364e35_10.0.22621.%b_none_%H, flags: 0x4")
		}
		if part%12 == 11 {
			s.number('a', part)
			s.say(windowsUpdate, 1, "Handler", "Progress of handler for update %g: percent %a, phase Install, session %e_%f")
		}
	}
}

// components are names that the component store speaks of.
var components = [...]string{
	"Microsoft-Windows-Client-Features-Package", "Microsoft-Windows-Foundation-Group-Package", "Microsoft-OneCore-Networking-Package",
	"Microsoft-Windows-Printing-Foundation-Package", "Microsoft-Windows-Media-Format-Package", "Microsoft-Windows-Security-SPP-Component-Package",
	"Microsoft-Windows-NetFx4-OC-Package", "Microsoft-Windows-Hyper-V-Guest-Package", "Microsoft-Windows-LanguageFeatures-Basic-en-us-Package",
}

// installed is an installation that waits for a restart, as cumulative updates do.
func (s *story) installed(u *update) {
	s.say(cbsLog, 30, "CBS", "Exec: Processing complete.  Session: %e_%f, Package: Package_for_RollupFix~31bf3856ad364e35~amd64~~22631.%v.1.7, Identifier: KB%k [HRESULT = 0x00000000 - S_OK]")
	s.say(cbsLog, 10, "CBS", "Reboot mark set")
	s.say(windowsUpdate, 20, "Handler", "Install complete: update %g, result code = 0x00000000, reboot required = Yes")
	s.say(windowsUpdate, 8, "Agent", "* END * Installing updates CallerId = CcmExec")
	s.report(15, "1\t201 [AGENT_INSTALLING_PENDING]\t101\t{%g}\t%v\t240005\tCcmExec\tSuccess\tContent Install\tInstallation pending: The following update is waiting for a restart: %t\t%c.1.1.5")
	s.worker()
	s.say(wuaHandler, 30, "cwuahandler.cpp:1930", "Update %1 (%g) finished installing (0x00000000), Reboot Required? Yes")
	s.say(updatesHandler, 20, "cupdatesagent.cpp:1022", "WSUS update (%g) installation result = 0x0, Reboot State = SoftReboot")
	s.say(updatesHandler, 6, "catomicupdate.cpp:711", "Update (%g) execution completed with state COMPLETE_SOFT_REBOOT_NEEDED.")
	s.say(updatesDeployment, 14, "targetedupdate.cpp:2011", "Update (Site_%S/SUM_%g) Progress: Status = ciStatePendingSoftReboot, PercentComplete = 100, DownloadSize = 0, Result = 0x0")
	u.installed = true
}

func (s *story) endInstall(wanted []*update) {
	s.worker()
	s.say(wuaHandler, 40, "cwuahandler.cpp:1955", "Async install completed.")
	s.say(wuaHandler, 5, "cwuahandler.cpp:1988", "Installation of updates completed.")
	for _, u := range wanted {
		s.update(u)
		s.say(updatesDeployment, 15, "targetedupdate.cpp:1840", "Raised update (Site_%S/SUM_%g) enforcement state message successfully. StateId = 9, StateName = CI_ENFORCEMENT_PENDING_REBOOT")
		s.say(stateMessage, 20, "statemsg.cpp:635", "State message(State ID : 9) with TopicType 402 and TopicId Site_%S/SUM_%g has been recorded for SYSTEM")
	}
	s.say(updatesDeployment, 12, "assignmentstate.cpp:211", "Raised assignment (TopicID) (%A) state message successfully. TopicType = Enforce, StateId = 5, StateName = ASSIGNMENT_ENFORCE_PENDING_REBOOT, StateCriticality = 0")
}

// restart lets the client restart within its window.
func (s *story) restart(installed []*update) {
	s.worker()
	s.number('b', int(s.now/1000)+5400)
	s.say(updatesDeployment, 200, "updatesmanager.cpp:2514", "CTargetedUpdatesManager::DetectRebootPendingUpdates - Total Pending reboot updates = %n")
	s.say(updatesDeployment, 9, "updatesmanager.cpp:3022", "No installations in pipeline, notify reboot. NotifyUI = True")
	s.say(rebootCoordinator, 30, "rebootcoordinator.cpp:612", "Entered ScheduleRebootImpl - requested from 'UpdatesDeploymentAgent'. set Rebootby = %b. set NotifyUI = True. set PreferredRebootWindowType = 4")
	s.say(rebootCoordinator, 10, "rebootcoordinator.cpp:690", "Scheduled reboot from agent UpdatesDeploymentAgent. Deadline local time: %l")
	s.say(rebootCoordinator, 5, "rebootcoordinator.cpp:1844", "CheckRebootWindow: Service Windows found for type:4")
	s.say(rebootCoordinator, 3, "rebootcoordinator.cpp:1862", "ServiceWindowsManager has allowed us to Reboot")
	s.say(rebootCoordinator, 2, "rebootcoordinator.cpp:1901", "MTC allowed us to reboot")
	s.say(rebootCoordinator, 12, "rebootcoordinator.cpp:2155", "Notified UI grace period start with 300 grace seconds and 60 final seconds.")
	s.pause(300_000)
	s.say(rebootCoordinator, 40, "rebootcoordinator.cpp:2302", "System reboot request succeeded.")
	s.say(rebootCoordinator, 3, "rebootcoordinator.cpp:2311", "Reboot initiated")
	s.system(user32, 1074, 4,
		evtxtest.Pair{Name: "param1", Value: `C:\Windows\CCM\CcmExec.exe (` + s.opt.Machine + `)`},
		evtxtest.Pair{Name: "param2", Value: s.opt.Machine},
		evtxtest.Pair{Name: "param3", Value: "No title for this reason could be found"},
		evtxtest.Pair{Name: "param4", Value: "0x80020001"},
		evtxtest.Pair{Name: "param5", Value: "restart"},
		evtxtest.Pair{Name: "param6", Value: "Your computer will restart to finish updates."},
		evtxtest.Pair{Name: "param7", Value: `NT AUTHORITY\SYSTEM`})
	s.say(updatesDeployment, 30, "systemtasks.cpp:57", "Service shutdown system task")
	s.system(eventLog, 6006, 4)
	s.pause(90_000)
	s.system(eventLog, 6005, 4)
	s.process = 1000 + 4*s.draw(3000)
	s.worker()
	s.say(updatesDeployment, 900, "systemtasks.cpp:30", "Service startup system task")
	s.warn(updatesDeployment, 20, "updatesconfig.cpp:229", "Software Updates client configuration policy has not been received.")
	s.say(updatesDeployment, 800, "cdeploymentagent.cpp:52", "Enabling software Updates feature")
	s.say(updatesDeployment, 30, "updatesmanager.cpp:2514", "CTargetedUpdatesManager::DetectRebootPendingUpdates - Total Pending reboot updates = 0")
	s.say(updatesDeployment, 5, "cdeploymentagent.cpp:104", "Startup task completed")
	for _, u := range installed {
		s.update(u)
		s.say(wuaHandler, 60, "cwuahandler.cpp:3110", "Update (%g) has finished the post reboot operation. HResult: 0x00000000.")
		s.system(updateClient, 19, 4, s.aboutUpdate(0)...)
		s.report(200, "1\t183 [AGENT_INSTALLING_SUCCEEDED]\t101\t{%g}\t%v\t0\tCcmExec\tSuccess\tContent Install\tInstallation Successful: Windows successfully installed the following update: %t\t%c.1.1.6")
	}
}

// reportStates sends the state messages to the management point.
func (s *story) reportStates(installed []*update) {
	s.worker()
	s.number('b', 3+s.draw(40))
	for _, u := range installed {
		s.update(u)
		s.say(updatesDeployment, 500, "targetedupdate.cpp:1840", "Raised update (Site_%S/SUM_%g) enforcement state message successfully. StateId = 10, StateName = CI_ENFORCEMENT_SUCCESSFULL")
	}
	s.say(updatesDeployment, 12, "assignmentstate.cpp:211", "Raised assignment (TopicID) (%A) state message successfully. TopicType = Enforce, StateId = 4, StateName = ASSIGNMENT_ENFORCE_SUCCESS, StateCriticality = 0")
	s.say(stateMessage, 900, "statemsg.cpp:1530", "StateMessage body: <?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Report><ReportHeader><Identification><Machine><ClientInstalled>1</ClientInstalled><ClientType>1</ClientType><ClientID>GUID:%i</ClientID><NetBIOSName>%x</NetBIOSName></Machine></Identification><ReportDetails><ReportContent>State Message Data</ReportContent><ReportType>Full</ReportType><Date>%u</Date><Version>1.0</Version></ReportDetails></ReportHeader>\n<ReportBody><StateMessage MessageTime=\"%u\" SerialNumber=\"%b\"><Topic ID=\"%A\" Type=\"301\" IDType=\"3\" User=\"\" UserSID=\"\"/><State ID=\"4\" Criticality=\"0\"/></StateMessage></ReportBody></Report>")
	s.say(stateMessage, 200, "statemsg.cpp:1612", "Successfully forwarded State Messages to the MP")
	s.httpOK(60)
}
