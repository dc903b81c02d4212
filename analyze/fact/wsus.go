package fact

import (
	"strconv"
	"strings"
)

// Wsus is the configuration of a WSUS server, as its own interface states it
// ((Get-WsusServer).GetConfiguration()).
type Wsus struct {
	// Microsoft is set where it synchronizes from Microsoft Update; otherwise it
	// does from Upstream, by Port, with SSL or without.
	Microsoft, MicrosoftKnown bool
	Upstream                  string
	Port                      int // 0 where not known
	SSL, SSLKnown             bool
	Replica, ReplicaKnown     bool
	Evidence                  Evidence
}

// wsusObject takes the newest dump of the configuration.
func (c *collector) wsusObject(o *object) {
	w := Wsus{Upstream: o.get("UpstreamWsusServerName"), Evidence: c.at(o.at)}
	w.Port, _ = strconv.Atoi(o.get("UpstreamWsusServerPortNumber"))
	for _, p := range []struct {
		name       string
		set, known *bool
	}{
		{"SyncFromMicrosoftUpdate", &w.Microsoft, &w.MicrosoftKnown}, {"UpstreamWsusServerUseSsl", &w.SSL, &w.SSLKnown},
		{"IsReplicaServer", &w.Replica, &w.ReplicaKnown},
	} {
		if v := yesNo(o.get(p.name)); v != "" {
			*p.set, *p.known = v == "yes", true
		}
	}
	c.Wsus = &w
}

// wantedSource reads from WCM.log which update source the site's settings ask
// for: the name of a WSUS server, or MicrosoftUpdate.
func wantedSource(c *collector, s Seen) {
	v := firstWord(after(strings.Replace(s.Value, "Upstream Server is set to", "Upstream Server to", 1), "Upstream Server to "))
	if strings.HasPrefix(strings.ToLower(strings.TrimPrefix(v, "Use")), "microsoft") {
		v = MicrosoftUpdate
	}
	c.latest(&c.WantedSource, strings.TrimRight(v, ".~,"), s)
}

// MicrosoftUpdate is the WantedSource that is no WSUS server.
const MicrosoftUpdate = "Microsoft Update"
