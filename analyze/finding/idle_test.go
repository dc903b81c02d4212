package finding_test

import "testing"

// TestNeverScans holds what a WUAHandler.log says in which the client only
// starts.
func TestNeverScans(t *testing.T) {
	start := func(date, text string) string {
		return `<![LOG[` + text + `]LOG]!><time="09:00:00.000-540" date="` + date + `" component="WUAHandler" context="" type="1" thread="100" file="x.cpp:1">` + "\r\n"
	}
	const line = "CWuaHandler::SetCategoriesForStateReportingExclusion called with E0789628-CE08-4437-BE74-2495B842F43B; for leaves and E0789628-CE08-4437-BE74-2495B842F43B; for bundles"
	client := files{"Logs/LocationServices.log": ccm("LocationServices", "09:00:10", "The MP name retrieved is 'mp.contoso.com' with version '9096' and capabilities 'x'")}
	days := files{"Logs/WUAHandler.log": start("03-16-2025", line) + start("03-18-2025", line)}
	japanese := files{"ログ/WUAHandler.log": days["Logs/WUAHandler.log"]}
	f := cases(t, "update-point-not-assigned")
	f("only starts", "warning|possible|idle=2", client, days)
	f("only starts, ja", "warning|possible|idle=2", client, japanese)
	f("of one day", "", client, files{"Logs/WUAHandler.log": start("03-18-2025", line) + start("03-18-2025", line)})
	f("and a scan", "", client, days, files{"Logs/WUAHandler.log": start("03-18-2025", "Async searching of updates using WUAgent started.")})
	f("another log tells of the update point", "", managed, days)
	f("no client of ConfigMgr", "", days)
	f("because the feature is off", "", client, days, files{"Logs/UpdatesDeployment.log": ccm("UpdatesDeploymentAgent", "09:30:00", "Software Updates feature is disabled")})
}
