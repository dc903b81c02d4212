package checklist

import (
	"slices"
	"strings"

	"patchtrail/analyze/finding"
)

// spec is one check: what decides it, and what to collect.
type spec struct {
	id    string
	group Group
	// findings make it fail, or warn where they are warnings or only possible;
	// hints only make it warn.
	findings, hints []string
	// services limit findings that name a service to these.
	services []string
	// recovers is set where a finding that has recovered shows that all that the
	// check asks about works again.
	recovers bool
	// person is set for what only a person can do: unknown with advice, or warn
	// with it where a finding points at it.
	person bool
	// decide looks at facts and logs, nil where they cannot tell.
	decide func(*env) verdict
	// says are the variants of words beside title and unknown.
	says    []string
	collect func(*env) ask
}

// concerns reports whether a finding is about the services of the check.
func (s *spec) concerns(f *finding.Finding) bool {
	service := f.Params["service"]
	return service == "" || len(s.services) == 0 ||
		slices.ContainsFunc(s.services, func(n string) bool { return strings.EqualFold(n, service) })
}

// Findings by what they speak against.
var (
	reachingManagementPoint = []string{"mp-http-error", "mp-no-client-certificate", "mp-name-not-resolved", "mp-timeout", "mp-unreachable"}
	scanning                = []string{
		"scan-timeout", "scan-service-unavailable", "scan-cannot-connect", "wsus-name-not-resolved", "scan-proxy-auth", "scan-http-error",
		"scan-tls-failed", "scan-soap-overload", "scan-out-of-memory", "scan-failed",
	}
	transferring = []string{"bits-job-failed", "delivery-optimization-failed"}
)

// list are the checks in the order of REQUIREMENTS.md.
func list() []spec {
	return slices.Concat(windowsChecks(), articleChecks())
}

// windowsChecks are the 28 of the Windows Update article (S4.1-S4.28).
func windowsChecks() []spec {
	return []spec{
		{id: "clock", group: Machine, findings: []string{"clock-wrong"}, decide: (*env).clock,
			says: []string{"pass", "warn"}, collect: run(`w32tm /query /status`)},
		{id: "activation", group: Machine, findings: []string{"license-not-activated"}, decide: (*env).activation,
			says: []string{"pass", "fail"}, collect: run(`cscript //nologo C:\Windows\System32\slmgr.vbs /dlv`)},
		{id: "network", group: Connection, findings: []string{"network-down"}, decide: (*env).network,
			says: []string{"pass", "fail"}, collect: run(`ipconfig /all`)},
		{id: "disk-space", group: Machine, findings: []string{"disk-low"}, decide: (*env).diskSpace,
			says: []string{"pass", "fail", "warn", "warn.upgrade"}, collect: (*env).askDisks},
		{id: "download-progress", group: Deployment, hints: transferring, decide: (*env).downloaded,
			says: []string{"pass", "unknown.size"}, collect: run(`dir C:\Windows\SoftwareDistribution\Download`)},
		{id: "services", group: Machine, findings: []string{"service-disabled", "service-stopped", "bits-service-failed", "update-service-blocked"},
			decide: (*env).services, says: []string{"pass", "fail.disabled", "fail.missing", "fail.stopped", "unknown.some"}, collect: (*env).askServices},
		{id: "system-requirements", group: Machine, decide: (*env).systemRequirements,
			says: []string{"fail", "fail.finding"}, collect: add(`C:\$WINDOWS.~BT\Sources\Panther\CompatData*.xml`)},
		{id: "os-current", group: Machine, hints: []string{"servicing-stack-outdated"}, decide: (*env).current,
			says: []string{"pass", "warn"}, collect: run(updateStatusCommand)},
		{id: "line-speed", group: Connection, hints: []string{"delivery-optimization-failed"}, collect: (*env).askSpeed},
		{id: "troubleshooter", group: Repair, person: true, hints: []string{"data-store-damaged", "bits-service-failed"},
			says: []string{"warn"}, collect: (*env).askTroubleshooter},
		{id: "system-files", group: Machine, findings: []string{"component-store-corrupt"}, decide: (*env).systemFiles,
			says: []string{"pass", "fail.store", "fail.files", "unknown.store", "unknown.files"}, collect: (*env).askSystemFiles},
		{id: "bits", group: Deployment, findings: []string{"bits-service-failed", "bits-job-failed", "service-disabled", "service-stopped", "service-account-wrong"},
			services: []string{"bits"}, decide: (*env).bits, says: []string{"pass", "fail.disabled", "fail.missing"}, collect: queryService("bits")},
		{id: "disk-cleanup", group: Repair, person: true, hints: []string{"disk-low"}, decide: (*env).diskCleanup,
			says: []string{"warn"}, collect: try(`cleanmgr.exe /D C: /VERYLOWDISK /SETUP`)},
		{id: "download-cache", group: Repair, person: true, hints: []string{"data-store-damaged", "content-hash-mismatch"},
			says: []string{"warn", "collect", "collect.blocked", "collect.os-unknown"}, collect: (*env).askReset},
		{id: "component-reset", group: Repair, person: true, hints: []string{"data-store-damaged"},
			says: []string{"warn"}, collect: open(`https://learn.microsoft.com/windows/deployment/update/windows-update-resources`)},
		{id: "restore-point", group: Repair, person: true, decide: (*env).restorePoint, says: []string{"unknown.server"}, collect: (*env).askRestore},
		{id: "manual-install", group: Repair, person: true, hints: []string{"install-failed", "bits-job-failed", "delivery-optimization-failed", "content-hash-mismatch"},
			says: []string{"warn"}, collect: (*env).askCatalog},
		{id: "servicing-stack", group: Machine, findings: []string{"servicing-stack-outdated"}, decide: (*env).servicingStack,
			says: []string{"pass"}, collect: run(`cmd /c "dism /online /get-packages /english | findstr /i ServicingStack"`)},
		{id: "clean-boot", group: Repair, person: true, hints: []string{"file-in-use"}, says: []string{"warn"}, collect: try(`msconfig.exe`)},
		{id: "antivirus", group: Repair, person: true, hints: []string{"file-in-use"}, says: []string{"warn"}, collect: (*env).askAntivirus},
		{id: "network-path", group: Connection,
			findings: []string{"scan-cannot-connect", "scan-proxy-auth", "scan-timeout", "mp-unreachable", "mp-timeout", "wsus-path-broken", "sync-microsoft-update-unreachable"},
			hints:    []string{"proxy-bypasses-missing", "scan-tls-failed", "content-access-failed"}, recovers: true, decide: (*env).networkPath,
			says: []string{"pass", "fail", "pass.logs"}, collect: (*env).askPath},
		{id: "problem-update", group: Repair, person: true, hints: []string{"install-failed"}, says: []string{"warn"}, collect: run(`Get-HotFix | Sort-Object InstalledOn | Format-List HotFixID,Description,InstalledOn`)},
		{id: "repair-install", group: Repair, person: true, hints: []string{"component-store-corrupt"}, says: []string{"warn"}, collect: (*env).askMedia},
		{id: "installation-media", group: Repair, person: true, hints: []string{"feature-update-failed"}, says: []string{"warn"}, collect: (*env).askMedia},
		{id: "event-log", group: Logs, decide: (*env).eventLog, says: []string{"pass", "warn"},
			collect: add(`C:\Windows\System32\winevt\Logs\Microsoft-Windows-WindowsUpdateClient%4Operational.evtx`)},
		{id: "update-log", group: Logs, decide: (*env).updateLog, says: []string{"pass", "warn"}, collect: (*env).askUpdateLog},
		{id: "setupdiag", group: Logs, findings: []string{"feature-update-failed"}, decide: (*env).setupDiag,
			says: []string{"pass", "fail"}, collect: run(`.\SetupDiag.exe /Output:C:\SetupDiagResults.log`)},
		{id: "update-server", group: Policy, findings: []string{"dual-scan"}, decide: (*env).updateServer, says: []string{"pass", "pass.logs", "warn"},
			collect: run(`(New-Object -ComObject Microsoft.Update.ServiceManager).Services | Format-List Name,ServiceID,IsDefaultAUService,OffersWindowsUpdates`)},
	}
}

// updateStatusCommand lists what the client knows of each update (S0.27).
const updateStatusCommand = `Get-WmiObject -Namespace root\CCM\SoftwareUpdates\UpdatesStore -Class CCM_UpdateStatus | Format-List UniqueId,Article,Title,Status,ScanTime`

// articleChecks are those of the ConfigMgr and WSUS articles (S0-S3).
func articleChecks() []spec {
	return []spec{
		{id: "management-point", group: Connection, findings: reachingManagementPoint, recovers: true, decide: (*env).managementPoint,
			says: []string{"pass", "pass.logs", "fail"}, collect: (*env).askManagementPoint},
		{id: "policy", group: Policy, findings: []string{"policy-not-received", "provisioning-mode", "software-updates-disabled", "wmi-damaged"}, recovers: true,
			decide: (*env).policy, says: []string{"pass", "pass.logs", "fail.provisioning", "fail.disabled", "warn"},
			collect: run(`Get-WmiObject -Namespace root\CCM\Policy\Machine\ActualConfig -Class CCM_UpdateCIAssignment | Sort-Object AssignmentName | Format-List AssignmentID,AssignmentName,StartTime,EnforcementDeadline,OverrideServiceWindows`)},
		{id: "scan", group: Connection, findings: scanning, recovers: true, decide: (*env).scan, says: []string{"pass", "fail"}, collect: add(`C:\Windows\CCM\Logs\WUAHandler.log`)},
		{id: "proxy", group: Connection, findings: []string{"proxy-bypasses-missing", "scan-proxy-auth"}, decide: (*env).proxy,
			says: []string{"pass.direct", "pass.bypassed", "warn", "unknown.set"}, collect: run(`netsh winhttp show proxy`)},
		{id: "group-policy", group: Policy, findings: []string{"gpo-overrides-update-point", "alternate-download-server-wrong", "registry-pol-damaged"},
			decide: (*env).groupPolicy, says: []string{"pass", "pass.domain", "fail", "fail.damaged"}, collect: run(`gpresult /H gpresult.html`)},
		{id: "registry-policy", group: Policy, findings: []string{"wsus-policy-wrong"}, decide: (*env).registryPolicy,
			says:    []string{"pass", "fail.differ", "fail.unused", "fail.absent", "unknown.some"},
			collect: run(`reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate" /s`)},
		{id: "name-resolution", group: Connection, findings: []string{"wsus-name-not-resolved", "mp-name-not-resolved"}, decide: (*env).nameResolution,
			says: []string{"pass", "pass.address", "fail"}, collect: (*env).askLookup},
		{id: "wsus-web-services", group: Connection, findings: []string{"scan-http-error", "scan-service-unavailable", "scan-soap-overload", "scan-tls-failed"},
			recovers: true, decide: (*env).webServices, says: []string{"pass", "pass.logs", "fail"}, collect: (*env).askWebServices},
		{id: "update-status", group: Deployment, findings: []string{"update-not-detected"}, decide: (*env).updateStatus, says: []string{"pass"}, collect: run(updateStatusCommand)},
		{id: "boundary-group", group: Policy, findings: []string{"update-point-not-assigned", "content-no-location"}, decide: (*env).boundaryGroup,
			says: []string{"pass"}, collect: add(`C:\Windows\CCM\Logs\LocationServices.log`)},
		{id: "content", group: Deployment, findings: []string{"content-no-location", "content-access-failed", "content-hash-mismatch"}, hints: transferring, recovers: true,
			decide: (*env).content, says: []string{"pass"}, collect: add(`C:\Windows\CCM\Logs\ContentTransferManager.log`)},
		{id: "cache", group: Deployment, findings: []string{"cache-full"}, decide: (*env).cache, says: []string{"pass", "warn"},
			collect: run(`Get-WmiObject -Namespace root\ccm\SoftMgmtAgent -Class CacheConfig | Format-List Location,Size,NextAvailableId`)},
		{id: "max-runtime", group: Deployment, findings: []string{"install-exceeded-max-runtime"}, decide: (*env).maxRuntime,
			says: []string{"pass", "warn", "fail"}, collect: add(`C:\Windows\SoftwareDistribution\ReportingEvents.log`)},
		{id: "maintenance-window", group: Deployment, findings: []string{"max-runtime-exceeds-windows"}, hints: []string{"outside-window"}, decide: (*env).window,
			says: []string{"pass", "pass.none", "warn", "unknown.longest"}, collect: add(`C:\Windows\CCM\Logs\ServiceWindowManager.log`)},
		{id: "applied-gpos", group: Policy, findings: []string{"wsus-policy-not-applied"}, decide: (*env).appliedGPOs,
			says: []string{"pass", "pass.local", "unknown.listed"}, collect: run(`cmd /c "gpresult /V > gpresult.txt"`)},
		{id: "bits-account", group: Machine, findings: []string{"service-account-wrong"}, services: []string{"bits"}, decide: (*env).bitsAccount,
			says: []string{"pass", "fail"}, collect: run(`sc.exe qc bits`)},
		{id: "update-service", group: Machine, findings: []string{"update-service-blocked", "service-disabled", "service-stopped"}, services: []string{"wuauserv"},
			decide: (*env).updateService, says: []string{"pass", "fail.disabled", "fail.missing"}, collect: queryService("wuauserv")},
		{id: "susclientid", group: Machine, findings: []string{"duplicate-susclientid"}, decide: (*env).susClientID, says: []string{"pass", "fail", "unknown.alone"},
			collect: run(`reg query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate" /v SusClientId`)},
		{id: "wsus-prerequisites", group: Server, findings: []string{"wsus-console-missing", "sync-wsus-not-configured"}, decide: (*env).prerequisites, says: []string{"pass"},
			collect: serverAdd(`C:\Program Files\Microsoft Configuration Manager\Logs\WCM.log`)},
		{id: "wsus-update-source", group: Server, findings: []string{"wsus-update-source-wrong", "wsus-is-replica", "wsus-ssl-misconfigured"}, decide: (*env).synchronized,
			says:    []string{"pass"},
			collect: serverRun(`(Get-WsusServer).GetConfiguration() | Format-List SyncFromMicrosoftUpdate,UpstreamWsusServerName,UpstreamWsusServerPortNumber,UpstreamWsusServerUseSsl,IsReplicaServer`)},
		{id: "wsus-services", group: Server, findings: []string{"wsus-pool-stopped", "wcm-web-service-error", "wcm-connection-refused", "service-stopped", "service-disabled"},
			hints: []string{"wcm-auth-or-proxy", "wcm-tls-closed"}, services: []string{"WsusService", "W3SVC", "WAS"}, decide: (*env).wsusServices,
			says: []string{"pass", "pass.logs", "fail"}, collect: serverRun(`Get-Service WsusService,W3SVC,WAS | Format-List Name,Status,StartType`)},
		{id: "eula", group: Server, findings: []string{"sync-eula-missing"}, recovers: true, decide: (*env).synchronized, says: []string{"pass"},
			collect: serverAdd(`C:\Program Files\Update Services\LogFiles\SoftwareDistribution.log`)},
		{id: "microsoft-update", group: Server, findings: []string{"sync-microsoft-update-unreachable"}, hints: []string{"sync-failed", "sync-timeout"}, recovers: true,
			decide: (*env).synchronized, says: []string{"pass"}, collect: serverAdd(`C:\Program Files\Microsoft Configuration Manager\Logs\wsyncmgr.log`)},
		{id: "wsus-control", group: Server, findings: []string{"wsus-unhealthy"}, hints: []string{"wsus-path-broken"}, recovers: true, decide: (*env).wsusControl,
			says: []string{"pass"}, collect: serverAdd(`C:\Program Files\Microsoft Configuration Manager\Logs\WSUSCtrl.log`)},
	}
}
