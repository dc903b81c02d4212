package fact

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// family is a log and what is looked for in it. Only the newest record of each
// mark counts.
type family struct {
	// names begin the base name of the log, in lower case; component is what
	// its records carry, for logs under other names.
	names     []string
	component string
	marks     []mark
}

// mark is a literal and what a record that holds it tells.
type mark struct {
	literal string
	take    func(c *collector, s Seen)
}

// families are the logs that are read. The literals are those of DOMAIN.md B.
var families = []family{
	{[]string{"wuahandler"}, "WUAHandler", []mark{
		{"Existing WUA Managed server was already set (", managedServer}, {"Enabling WUA Managed server policy to use server: ", managedServer},
		{"Successfully completed scan.", func(c *collector, s Seen) { later(&c.LastScan, s) }},
		{"Scan failed with error = ", func(c *collector, s Seen) { later(&c.LastScanFailed, s) }},
	}},
	{[]string{"scanagent"}, "ScanAgent", []mark{
		{"Scan completed successfully", func(c *collector, s Seen) { later(&c.LastScan, s) }},
		{"Scan Failed with Error=", func(c *collector, s Seen) { later(&c.LastScanFailed, s) }},
	}},
	{[]string{"locationservices"}, "LocationServices", []mark{
		{"WSUS Path='", func(c *collector, s Seen) { c.seenPoint(between(s.Value, "WSUS Path='", "'"), Location, s) }},
		{"The MP name retrieved is '", func(c *collector, s Seen) {
			c.managementPoint(between(s.Value, "The MP name retrieved is '", "'"), 1, s.Evidence)
		}},
		{"Assigned MP changed from <", func(c *collector, s Seen) { c.managementPoint(between(s.Value, "> to <", ">"), 2, s.Evidence) }},
		{"Current AD site of machine is ", adSite}, {"ClientVersion", clientVersion},
	}},
	{[]string{"clientlocation"}, "ClientLocation", []mark{
		{"assigned to site '", func(c *collector, s Seen) { c.latest(&c.SiteCode, between(s.Value, "assigned to site '", "'"), s) }},
		{"Assigning client to site '", func(c *collector, s Seen) { c.latest(&c.SiteCode, between(s.Value, "client to site '", "'"), s) }},
		{"Current Management Point as ", func(c *collector, s Seen) {
			c.managementPoint(firstWord(after(s.Value, "Current Management Point as ")), 2, s.Evidence)
		}},
		{"new management point [1] is: ", func(c *collector, s Seen) {
			c.managementPoint(firstWord(after(s.Value, "new management point [1] is: ")), 2, s.Evidence)
		}},
		{"Assigned MP changed from <", func(c *collector, s Seen) { c.managementPoint(between(s.Value, "> to <", ">"), 2, s.Evidence) }},
		{"Current AD site of machine is ", adSite},
	}},
	{[]string{"policyagent"}, "PolicyAgent_RequestAssignments", []mark{
		{"authority 'SMS:", func(c *collector, s Seen) { c.latest(&c.SiteCode, between(s.Value, "authority 'SMS:", "'"), s) }},
		{"Received Machine delta policy update", func(c *collector, s Seen) { later(&c.LastPolicy, s) }},
		{"Received Machine full policy update", func(c *collector, s Seen) { later(&c.LastPolicy, s) }},
		{"policy assignments for machine", func(c *collector, s Seen) { later(&c.LastPolicy, s) }},
		{"provisioning mode", provisioning},
	}},
	{[]string{"ccmmessaging"}, "CcmMessaging", []mark{
		{"Delivered successfully to host '", func(c *collector, s Seen) {
			later(&c.LastDelivery, s)
			c.managementPoint(between(s.Value, "to host '", "'"), 0, s.Evidence)
		}},
	}},
	{[]string{"cas"}, "ContentAccess", []mark{
		{"bytes used for cached content items", cacheUse},
		{"CacheTotalSize", func(c *collector, s Seen) {
			if n, ok := bytesOf(digits(s.Value, "CacheTotalSize")); ok && c.cache().SizeMB == 0 {
				c.cache().SizeMB = n
				c.Cache.Evidence = append(c.Cache.Evidence, s.Evidence)
			}
		}},
		{"CacheFreeSize", func(c *collector, s Seen) {
			if n, ok := bytesOf(digits(s.Value, "CacheFreeSize")); ok {
				c.cache().FreeMB, c.Cache.FreeKnown = n, true
				c.Cache.Evidence = append(c.Cache.Evidence, s.Evidence)
			}
		}},
	}},
	{[]string{"updatesdeployment"}, "UpdatesDeploymentAgent", []mark{
		{"Total Pending reboot updates = ", restartCount},
		{"Enabling software Updates feature", func(c *collector, s Seen) { c.SoftwareUpdates.set("yes", 1, s.Evidence) }},
	}},
	{[]string{"rebootcoordinator"}, "RebootCoordinator", []mark{
		{"Scheduled reboot from agent", func(c *collector, s Seen) { c.clientRestart(s, true) }},
		{"System reboot request succeeded", func(c *collector, s Seen) { c.clientRestart(s, false) }},
		{"Reboot initiated", func(c *collector, s Seen) { c.clientRestart(s, false) }},
	}},
	{[]string{"cbs"}, "CBS", []mark{
		{"Reboot mark set", func(c *collector, s Seen) { c.servicingRestart(s, true) }},
		{"Reboot mark cleared", func(c *collector, s Seen) { c.servicingRestart(s, false) }},
	}},
	{[]string{"ccmexec"}, "CcmExec", []mark{{"provisioning mode", provisioning}, {"ClientVersion", clientVersion}}},
	{[]string{"clientidmanagerstartup"}, "ClientIDManagerStartup", []mark{
		{"ClientID is GUID:", func(c *collector, s Seen) { c.ClientID.set(guid(after(s.Value, "ClientID is ")), 1, s.Evidence) }},
		{"ClientVersion", clientVersion},
	}},
	{[]string{"ccmsetup"}, "ccmsetup", []mark{
		{"CcmSetup version: ", func(c *collector, s Seen) {
			c.ClientVersion.set(version(after(s.Value, "CcmSetup version: ")), 1, s.Evidence)
		}},
		{"Running on '", func(c *collector, s Seen) {
			c.OS.set(between(s.Value, "Running on '", "'"), 0, s.Evidence)
			v := between(s.Value, "' (", ")")
			c.Version.set(v, 0, s.Evidence)
			if i := strings.LastIndexByte(v, '.'); i >= 0 {
				c.Build.set(v[i+1:], 0, s.Evidence)
			}
		}},
	}},
	{[]string{"reportingevents", "windowsupdate_reportingevents"}, "", []mark{
		{"[AGENT_DETECTION_FINISHED]", func(c *collector, s Seen) { later(&c.LastDetection, s) }},
	}},
	{[]string{"wsyncmgr"}, "SMS_WSUS_SYNC_MANAGER", []mark{
		{"Sync succeeded", func(c *collector, s Seen) { later(&c.LastSync, s) }},
	}},
	{[]string{"wcm"}, "SMS_WSUS_CONFIGURATION_MANAGER", []mark{
		{"Successfully connected to server: ", connected}, {"Attempting connection to WSUS server: ", connected},
		{"Upstream Server to ", wantedSource}, {"Upstream Server is set to ", wantedSource},
	}},
}

func managedServer(c *collector, s Seen) {
	u := between(s.Value, "already set (", ")")
	if u == "" {
		u = firstWord(after(s.Value, "to use server: "))
	}
	c.seenPoint(u, ManagedServer, s)
}

func adSite(c *collector, s Seen) {
	c.latest(&c.ADSite, after(s.Value, "Current AD site of machine is "), s)
}

func clientVersion(c *collector, s Seen) {
	c.ClientVersion.set(version(strings.TrimLeft(after(s.Value, "ClientVersion"), `=<>"' :`)), 1, s.Evidence)
}

// provisioning reads what a record says of provisioning mode, if it is plain.
func provisioning(c *collector, s Seen) {
	low := strings.ToLower(s.Value)
	switch {
	case strings.Contains(low, "not in provisioning mode"), strings.Contains(low, "disabl"), strings.Contains(low, "exit"), strings.Contains(low, "leav"):
		c.latest(&c.Provisioning, "no", s)
	case strings.Contains(low, "in provisioning mode"):
		c.latest(&c.Provisioning, "yes", s)
	}
}

// cacheUse reads "There are currently N bytes used for cached content items (4 total, ...".
func cacheUse(c *collector, s Seen) {
	if n, ok := bytesOf(digits(s.Value, "There are currently")); ok {
		k := c.cache()
		k.UsedBytes, k.UsedKnown = n, true
		k.Evidence = append(k.Evidence, s.Evidence)
	}
}

// restartCount reads "Total Pending reboot updates = N".
func restartCount(c *collector, s Seen) {
	switch n := digits(s.Value, "Total Pending reboot updates ="); n {
	case "":
	case "0":
		c.clientRestart(s, false)
	default:
		c.clientRestart(s, true)
	}
}

// clientRestart takes the client's word on a pending restart; the newest counts.
func (c *collector) clientRestart(s Seen, pending bool) {
	if c.restartAt > s.Time {
		return
	}
	c.restartAt = s.Time
	c.Restarts = slices.DeleteFunc(c.Restarts, func(r Restart) bool { return r.Reason == "client" })
	c.NoRestart = nil
	if pending {
		c.restart("client", s.Evidence)
	} else {
		c.NoRestart = &s.Evidence
	}
}

// servicingRestart takes the word of CBS.log; the newest counts.
func (c *collector) servicingRestart(s Seen, pending bool) {
	if c.servicingAt > s.Time {
		return
	}
	c.servicingAt = s.Time
	c.Restarts = slices.DeleteFunc(c.Restarts, func(r Restart) bool { return r.Reason == "cbs" })
	if pending {
		c.restart("cbs", s.Evidence)
	}
}

// connected reads "server: H, port: 8530, useSSL: False".
func connected(c *collector, s Seen) {
	host := between(s.Value, "server: ", ",")
	scheme := "http"
	if strings.Contains(s.Value, "useSSL: True") {
		scheme = "https"
	}
	if port := digits(s.Value, "port:"); host != "" && port != "" {
		c.seenPoint(scheme+"://"+host+":"+port, SiteServer, s)
	}
}

// latest takes a value that logs state: of several records, also of several
// logs, the newest counts. What a snapshot states goes before logs.
func (c *collector) latest(f *Fact, value string, s Seen) {
	if value = strings.TrimSpace(value); value == "" || !c.newer(f.Name, s.Time) {
		return
	}
	if f.rank <= 1 && !strings.EqualFold(f.Value, value) {
		f.Value, f.Evidence = "", nil
	}
	f.set(value, 1, s.Evidence)
}

// newer reports whether nothing later than t was seen of name, and notes t.
func (c *collector) newer(name string, t int64) bool {
	if last, ok := c.seenAt[name]; ok && last > t {
		return false
	}
	c.seenAt[name] = t
	return true
}

// seenPoint takes an update point that logs state: the newest of a source
// counts, because clients are moved from one to another.
func (c *collector) seenPoint(url string, source Source, s Seen) {
	if _, host, _ := splitHost(url); host == "" || !c.newer(string(source), s.Time) {
		return
	}
	c.UpdatePoints = slices.DeleteFunc(c.UpdatePoints, func(p UpdatePoint) bool { return p.Source == source })
	c.updatePoint(url, source, s.Evidence)
}

// later keeps the newer of two.
func later(to **Seen, s Seen) {
	if *to == nil || (*to).Time < s.Time {
		*to = &s
	}
}

// after returns what stands behind mark, "" if it is not there.
func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return strings.TrimSpace(rest)
}

func between(s, from, to string) string {
	_, rest, ok := strings.Cut(s, from)
	if !ok {
		return ""
	}
	value, _, ok := strings.Cut(rest, to)
	if !ok {
		return ""
	}
	return value
}

// digits returns the number that stands behind mark.
func digits(s, mark string) string {
	_, rest, ok := strings.Cut(s, mark)
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, ` ="':`)
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	return rest[:n]
}

// version returns the version that begins s, if it is one of a client.
func version(s string) string {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
		n++
	}
	if v := strings.TrimRight(s[:n], "."); strings.Count(v, ".") == 3 && strings.IndexByte("45", v[0]) >= 0 {
		return v
	}
	return ""
}

// guid returns the "GUID:…" that begins s.
func guid(s string) string {
	n := len("GUID:")
	for n < len(s) && (s[n] == '-' || s[n] >= '0' && s[n] <= '9' || letter(s[n])) {
		n++
	}
	return s[:min(n, len(s))]
}

// maxBlocks bounds how far back one family is read: 8 MiB of text, which takes
// about 5 ms. Logs of clients are seldom larger.
const maxBlocks = 32

// logs reads the newest records of the families.
func (c *collector) logs(ctx context.Context, store *record.Store, machine int) error {
	parts := make([][]int, len(families))
	for i, f := range store.Files {
		if f.Machine != machine || f.Snapshot || f.Len() == 0 {
			continue
		}
		if n := familyOf(f); n >= 0 {
			parts[n] = append(parts[n], i)
		}
	}
	var buf []byte
	for n, part := range parts {
		slices.SortStableFunc(part, func(a, b int) int { return cmp.Compare(store.Files[b].Last, store.Files[a].Last) })
		var err error
		if buf, err = c.newest(ctx, store, part, families[n].marks, buf); err != nil {
			return err
		}
	}
	return nil
}

// familyOf returns the index of a log's family, -1 if it has none.
func familyOf(f *record.File) int {
	name := strings.ToLower(path.Base(strings.ReplaceAll(f.Log, "!", "/")))
	stem, _, _ := strings.Cut(name, ".")
	for i := range families {
		for _, n := range families[i].names {
			if stem == n || strings.HasSuffix(stem, "_"+n) || strings.HasPrefix(stem, n+"-") || strings.HasPrefix(stem, n+" ") {
				return i
			}
		}
	}
	for i := range families {
		if families[i].component != "" && slices.Contains(f.Components, families[i].component) {
			return i
		}
	}
	return -1
}

// newest goes through the blocks of the files, newest first, until every mark
// has its record or the bound is reached.
func (c *collector) newest(ctx context.Context, store *record.Store, files []int, marks []mark, buf []byte) ([]byte, error) {
	found := make([]bool, len(marks))
	left, blocks := len(marks), 0
	for _, i := range files {
		f := store.Files[i]
		base := f.Base() + record.ID(f.Len())
		for k := len(f.Blocks()) - 1; k >= 0; k-- {
			b := f.Blocks()[k]
			base -= record.ID(b.Len())
			if blocks == maxBlocks || left == 0 {
				return buf, nil
			}
			if err := ctx.Err(); err != nil {
				return buf, err
			}
			blocks++
			buf = b.Unpack(buf[:0])
			for m := range marks {
				if found[m] {
					continue
				}
				if s, ok := lastSeen(f, b, buf, marks[m].literal); ok {
					s.Evidence.File = i
					s.Evidence.Record += base
					marks[m].take(c, s)
					found[m] = true
					left--
				}
			}
		}
	}
	return buf, nil
}

// lastSeen returns the last record of a block that holds a literal. The
// record's number is that within the block.
func lastSeen(f *record.File, b *record.Block, text []byte, literal string) (Seen, bool) {
	at := lastIndex(text, []byte(literal))
	if at < 0 {
		return Seen{}, false
	}
	n := b.At(at)
	if n < 0 {
		return Seen{}, false
	}
	raw := b.Record(text, n)
	message := strings.TrimSpace(string(format.Message(f.Format, raw)))
	if !strings.Contains(message, literal) {
		message = strings.TrimSpace(string(raw))
	}
	if len(message) > maxValue {
		message = message[max(0, strings.Index(message, literal)-maxText):]
		message = message[:min(len(message), maxValue)]
	}
	quote := message
	if i := strings.Index(quote, literal); i > maxText/2 {
		quote = strings.ToValidUTF8(quote[i-maxText/4:], "")
	}
	return Seen{
		Time: b.Time(n), Value: message,
		Evidence: Evidence{Line: b.Line(n), Record: record.ID(n), Text: clip(quote)},
	}, true
}

// lastIndex is bytes.LastIndex, several times as fast: it searches forward in
// windows from the end.
func lastIndex(text, literal []byte) int {
	const window = 32 << 10
	for end := len(text); end > 0; end -= window {
		from := max(0, end-window)
		part := text[from:min(len(text), end+len(literal)-1)]
		last := -1
		for at := 0; ; {
			i := bytes.Index(part[at:], literal)
			if i < 0 {
				break
			}
			last = at + i
			at = last + 1
		}
		if last >= 0 {
			return from + last
		}
		if from == 0 {
			break
		}
	}
	return -1
}
