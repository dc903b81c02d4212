package session

// Question is a ready filter: the logs that answer one question. A record passes
// by its component, its file or its text.
type Question struct {
	// Name is "scan", "download", ...; the window has words for it.
	Name string
	// Components are names, Files parts of paths or patterns of base names.
	Components, Files []string
	// Texts let messages of any other log pass that hold one of them.
	Texts []string
}

// questions are the ready filters, in the order of an update's journey.
var questions = [...]Question{
	{Name: "policy",
		Components: []string{"PolicyAgent", "PolicyEvaluator", "PolicyAgentProvider", "PolicySdk", "CIAgent", "CIStore", "CIDownloader", "LocationServices", "ClientLocation", "ClientIDManagerStartup", "CcmMessaging", "DCMAgent"},
		Files:      []string{"PolicyAgent", "PolicyEvaluator", "PolicySdk", "CIAgent", "CIStore", "CIDownloader", "LocationServices", "ClientLocation", "CcmMessaging"}},
	{Name: "scan",
		Components: []string{"ScanAgent", "WUAHandler", "UpdatesStore", "LocationServices"},
		Files:      []string{"ScanAgent", "WUAHandler", "UpdatesStore", "WindowsUpdate", "ReportingEvents", "SoftwareDistribution.log"}},
	{Name: "download",
		Components: []string{"CAS", "ContentTransferManager", "DataTransferService", "CcmDownload", "FileBITS", "DeltaDownload", "LocationServices"},
		Files:      []string{"CAS*.log", "ContentTransferManager", "DataTransferService", "FileBITS", "DeltaDownload", "Bits-Client", "DeliveryOptimization", "dosvc"}},
	{Name: "install",
		Components: []string{"UpdatesHandler", "UpdatesDeploymentAgent", "UpdatesDeployment", "WUAHandler", "execmgr", "AppEnforce"},
		Files:      []string{"UpdatesHandler", "UpdatesDeployment", "WUAHandler", "CBS*.log", "dism", "setupact", "setuperr", "WindowsUpdate", "ReportingEvents", "execmgr", "AppEnforce"}},
	{Name: "window",
		Components: []string{"ServiceWindowManager", "ServiceWindowAgent", "MaintenanceCoordinator", "UpdatesDeploymentAgent"},
		Files:      []string{"ServiceWindowManager", "MaintenanceCoordinator", "UpdatesDeployment"}},
	{Name: "restart",
		Components: []string{"RebootCoordinator", "SCNotify", "SystemRestart"},
		Files:      []string{"RebootCoordinator", "SCNotify", "PatchDowntime"},
		Texts:      []string{"reboot", "restart"}},
	{Name: "sync",
		Components: []string{"SMS_WSUS_SYNC_MANAGER", "SMS_WSUS_CONFIGURATION_MANAGER", "SMS_WSUS_CONTROL_MANAGER", "WSUSCtrl", "SMS_SUP_SETUP"},
		Files:      []string{"wsyncmgr", "WCM*.log", "WSUSCtrl", "SoftwareDistribution.log", "SUPSetup", "PatchDownloader", "ruleengine"}},
}

// Questions are the ready filters, in the order of an update's journey.
func Questions() []Question { return append([]Question(nil), questions[:]...) }

// QuestionOf returns the ready filter of a name.
func QuestionOf(name string) (q Question, ok bool) {
	for _, q := range questions {
		if q.Name == name {
			return q, true
		}
	}
	return Question{}, false
}
