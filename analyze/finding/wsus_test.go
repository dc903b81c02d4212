package finding_test

import "testing"

// config is a saved configuration of WSUS.
func config(microsoft, upstream, port, ssl, replica string) files {
	return one("WsusConfig.txt", "\nSyncFromMicrosoftUpdate      : "+microsoft+"\nUpstreamWsusServerName       : "+upstream+"\nUpstreamWsusServerPortNumber : "+port+
		"\nUpstreamWsusServerUseSsl     : "+ssl+"\nIsReplicaServer              : "+replica+"\n")
}

// wanting is a WCM.log whose site asks for an update source.
func wanting(source string) files {
	return one("WCM.log", "No changes - WSUS Server settings are correctly configured and Upstream Server is set to "+source+"  $$<SMS_WSUS_CONFIGURATION_MANAGER><03-18-2025 09:10:00.000-540><thread=4242 (0x1092)>\r\n")
}

func TestWsusConfiguration(t *testing.T) {
	f := cases(t, "wsus-is-replica")
	f("top", "error|certain|source=sup00.contoso.com", wanting("Microsoft Update"), config("False", "sup00.contoso.com", "8530", "False", "True"))
	f("ja", "error|certain|source=sup00.contoso.com", wanting("Microsoft Update"), one("更新/構成.txt", config("False", "sup00.contoso.com", "8530", "False", "True")["WsusConfig.txt"]))
	f("below another", "", wanting("sup00.contoso.com"), config("False", "sup00.contoso.com", "8530", "False", "True"))
	f("place not known", "", config("False", "sup00.contoso.com", "8530", "False", "True"))
	f("none", "", wanting("Microsoft Update"), config("True", "", "8530", "False", "False"))

	f = cases(t, "wsus-update-source-wrong")
	f("not Microsoft", "error|certain|source=sup00.contoso.com|port=8530|expected=Microsoft Update", wanting("Microsoft Update"), config("False", "sup00.contoso.com", "8530", "False", "False"))
	f("ja", "error|certain|source=sup00.contoso.com|expected=sup09.contoso.com", wanting("sup09.contoso.com"), one("更新/構成.txt", config("False", "sup00.contoso.com", "8530", "False", "False")["WsusConfig.txt"]))
	f("Microsoft instead of a server", "error|certain|source=Microsoft Update|expected=sup00.contoso.com", wanting("sup00.contoso.com"), config("True", "", "8530", "False", "False"))
	f("no FQDN", "error|certain|source=SUP00|expected=FQDN", config("False", "SUP00", "8530", "False", "False"))
	f("port of SSL", "error|certain|port=8531|expected=8530", config("False", "sup00.contoso.com", "8531", "False", "False"))
	f("right", "", wanting("sup00.contoso.com"), config("False", "sup00.contoso.com", "8531", "True", "False"))
	f("Microsoft", "", wanting("Microsoft Update"), config("True", "", "8530", "False", "False"))
	f("a replica's", "", wanting("Microsoft Update"), config("False", "sup00.contoso.com", "8530", "False", "True"))
}
