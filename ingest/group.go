package ingest

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"patchtrail/ingest/record"
)

func itoa(n int) string { return strconv.Itoa(n) }

func base(p string) string {
	return path.Base(strings.ReplaceAll(p, "!", "/"))
}

// logName returns the path of the log that a file is a part of, and the order
// of the part: "Name-20250318-010203.log", "name.lo_" and
// "CbsPersist_20250318010203.log" are older than "Name.log", "CBS.log".
func logName(p string) (log, roll string) {
	const newest = "~" // after all digits
	dir, file := p[:len(p)-len(base(p))], base(p)
	ext := path.Ext(file)
	stem := strings.TrimSuffix(file, ext)
	switch {
	case strings.EqualFold(ext, ".lo_"):
		return dir + stem + ".log", "0"
	case len(stem) > 16 && stem[len(stem)-16] == '-' && digits(stem[len(stem)-15:len(stem)-7]) && stem[len(stem)-7] == '-' && digits(stem[len(stem)-6:]):
		return dir + stem[:len(stem)-16] + ext, stem[len(stem)-15:]
	case len(stem) > 11 && strings.EqualFold(stem[:11], "CbsPersist_") && digits(stem[11:]):
		return dir + "CBS.log", stem[11:]
	}
	return p, newest
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// grouped are the files of one machine, with what tells it from others.
type grouped struct {
	input  int
	root   string
	below  string // root and a slash
	name   string
	files  []*record.File
	logs   map[string]bool // names of those that have records, in small letters
	biases []int16         // that the agent's and the site server's logs state
	own    bool            // there are logs that every machine has itself

	server, wsus, client bool // there are logs of these
}

func newGrouped(input int, root, name string) *grouped {
	return &grouped{input: input, root: root, below: root + "/", name: name, logs: map[string]bool{}}
}

// add takes in a file.
func (g *grouped) add(f *record.File) {
	g.files = append(g.files, f)
	name := strings.ToLower(base(f.Log))
	if f.Len() > 0 {
		g.logs[name] = true
	}
	switch f.Format {
	case "cmtrace", "sitelog", "reportingevents", "windowsupdate", "windowsupdate-legacy", "cbs", "evtx", "eventtext", "wsus":
		g.own = true
	}
	agent, site := matches(clientLogs, name), matches(serverLogs, name)
	g.client, g.server, g.wsus = g.client || agent, g.server || site, g.wsus || f.Format == "wsus"
	// Logs of others may be a script's, and their zone wrong.
	if agent || site {
		if f.Format == "cmtrace" || f.Format == "sitelog" {
			g.addBiases(f)
		}
	}
}

func (g *grouped) addBiases(f *record.File) {
	for _, b := range f.Biases {
		if !slices.Contains(g.biases, b.Bias) {
			g.biases = append(g.biases, b.Bias)
		}
	}
}

// join takes in another group of the same machine.
func (g *grouped) join(o *grouped) {
	g.files = append(g.files, o.files...)
	maps.Copy(g.logs, o.logs)
	for _, b := range o.biases {
		if !slices.Contains(g.biases, b) {
			g.biases = append(g.biases, b)
		}
	}
	g.own, g.server, g.wsus, g.client = g.own || o.own, g.server || o.server, g.wsus || o.wsus, g.client || o.client
	g.name = cmp.Or(g.name, o.name)
}

// layoutFolders are the folders that collectors and Windows itself put logs
// into: they say nothing about which machine it is. A name that ends in * is
// a beginning. Source: DOMAIN.md A16.
var layoutFolders = []string{
	"logs", "log", "ccm", "ccm_logs", "sms_ccm", "sms_logs", "dp_logs", "smsprov_logs", "adminui_logs", "configmgrsetup_logs",
	"ccmsetup_logs", "ccmsetup", "sccm", "logs_configmgr", "windows", "windows.old", "c", "c$", "c_", "system32", "winevt", "eventlogs",
	"eventlog", "events", "event logs", "cbs", "dism", "panther", "win_panther", "~bt_panther", "~bt_rollback", "windowsupdate",
	"softwaredistribution", "inetpub", "logfiles", "w3svc*", "httperr", "update services", "program files",
	"microsoft configuration manager", "wu", "do", "dosvc", "muse", "upgradesetup", "service", "services", "registry", "system", "setup",
	"disk", "license", "bitlocker", "file", "upgrade", "systeminfo", "mdmlogs*", "mpsupportfiles", "setupdiag", "other", "defender",
	"edgeupdate", "onedrive", "setup_report*", "dndlog*", "temp", "tmp", "programdata", "microsoft", "intunemanagementextension",
	"diagnostics", "client", "clientlogs", "client logs", "cbspersist*", "iis", "wsus", "etl", "evtx", "reg", "network", "$windows.~bt", "sources",
}

// collectorFiles are the names that collectors put behind "COMPUTER_".
var collectorFiles = []string{
	"windowsupdate.log", "windowsupdate_*", "windowsupdateetl_converted.log", "windowsupdateconfiguration.txt", "bitsadmin.log", "dism_*",
	"servicing_*", "reg_*", "gpresult*", "network_*", "miscinfo.txt", "logs_configmgr*", "cmclient_*", "_wua_summary.txt",
	"registrykey_*", "wua_*", "ipconfig.txt", "winhttp_proxy.txt", "hosts_file.txt", "wuauserv-state.txt", "dir_softwaredistribution.txt",
	"system.evtx", "application.evtx", "setup.evtx", "evt_*", "systeminfo*", "reportingevents*", "cbs.log", "dism.log", "setupact.log",
}

func matches(list []string, name string) bool {
	name = strings.ToLower(name)
	for _, l := range list {
		if stem, ok := strings.CutSuffix(l, "*"); ok && strings.HasPrefix(name, stem) || l == name {
			return true
		}
	}
	return false
}

// computerOf returns the name that a collector put before a file's or folder's
// name, "" if there is none.
func computerOf(name string) string {
	for i := 1; i < len(name) && i <= 15; i++ {
		if name[i] == '_' && matches(collectorFiles, name[i+1:]) {
			return strings.ToUpper(name[:i])
		}
	}
	return ""
}

var archiveEndings = []string{".zip", ".cab", ".7z", ".rar", ".tar", ".gz", ".tgz", ".xz", ".zst", ".bz2"}

// rootOf returns what of a file's path tells machines apart: the folders and
// archives that are not of a known layout, and a collector's "COMPUTER_" as the
// last, marked '#'.
func rootOf(f *record.File) (root []string, computer string) {
	segments := strings.FieldsFunc(f.Path, func(r rune) bool { return r == '/' || r == '!' })
	for i, s := range segments {
		if c := computerOf(s); c != "" {
			computer = c
		}
		if i == len(segments)-1 {
			break
		}
		stem := strings.ToLower(s)
		for _, e := range archiveEndings {
			stem = strings.TrimSuffix(stem, e)
		}
		if matches(layoutFolders, stem) || computerOf(s) != "" || strings.HasPrefix(s, "(") && strings.Contains(s, ") ") {
			continue
		}
		root = append(root, s)
	}
	if computer != "" {
		root = append(root, "#"+computer)
	}
	return root, computer
}

// group finds which files are of one machine. Machines of one input lie in
// sibling folders or archives with logs of the same names, or are named by
// their collector; inputs are machines of their own unless their names agree.
func group(files []*record.File) []*grouped {
	var groups []*grouped
	at := map[string]*grouped{}
	for _, f := range files {
		segments, computer := rootOf(f)
		root := strings.Join(segments, "/")
		key := itoa(f.Input) + "\x00" + root
		g := at[key]
		if g == nil {
			g = newGrouped(f.Input, root, computer)
			at[key] = g
			groups = append(groups, g)
		}
		g.add(f)
	}
	for _, g := range groups {
		if g.name == "" {
			g.name = g.stated()
		}
	}
	slices.SortStableFunc(groups, func(a, b *grouped) int {
		if a.input != b.input {
			return a.input - b.input
		}
		return strings.Compare(a.root, b.root)
	})
	return merge(groups)
}

// stated is the name that the files themselves state most often.
func (g *grouped) stated() string {
	count := map[string]int{}
	best := ""
	for _, f := range g.files {
		name, _, _ := strings.Cut(f.Computer, ".")
		name = strings.ToUpper(name)
		if name == "" {
			name = hostName(f)
		}
		if name == "" {
			continue
		}
		count[name]++
		if count[name] > count[best] || count[name] == count[best] && name < best {
			best = name
		}
	}
	return best
}

// hostName reads the host's name out of systeminfo's output.
func hostName(f *record.File) string {
	if f.Format != "systeminfo" || f.Text > 1<<20 {
		return ""
	}
	text := string(f.Whole())
	for _, label := range []string{"Host Name:", "ホスト名:"} {
		if n := lineAfter(text, label); n != "" {
			return strings.ToUpper(n)
		}
	}
	return ""
}

// merge joins the groups that are one machine.
func merge(groups []*grouped) []*grouped {
	var out []*grouped
	for _, g := range groups {
		i := slices.IndexFunc(out, func(o *grouped) bool { return o.same(g) })
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].join(g)
	}
	if len(out) < 2 {
		return out
	}
	folders := map[string]int{}
	for _, g := range out {
		folders[strings.ToLower(path.Base(g.root))]++
	}
	for _, g := range out {
		if g.name == "" && folders[strings.ToLower(path.Base(g.root))] == 1 {
			g.name = g.folder()
		}
	}
	return out
}

// folder is the name of the folder or archive that holds a machine's files, ""
// where there is none.
func (g *grouped) folder() string {
	last := path.Base(g.root)
	for _, e := range archiveEndings {
		last = strings.TrimSuffix(last, e)
	}
	if last == "." || last == "/" {
		return ""
	}
	return last
}

// same reports whether two groups are one machine.
func (g *grouped) same(o *grouped) bool {
	if g.name != "" && o.name != "" {
		return g.name == o.name
	}
	if g.input != o.input || g.elsewhere(o) {
		return false
	}
	if g.root == "" || o.root == "" || strings.HasPrefix(o.below, g.below) || strings.HasPrefix(g.below, o.below) {
		return true
	}
	if !o.own || !g.own {
		return true
	}
	if g.role() != o.role() {
		return false
	}
	few, many := g.logs, o.logs
	if len(few) > len(many) {
		few, many = many, few
	}
	for name := range few {
		if many[name] {
			return false
		}
	}
	return true
}

// elsewhere reports whether the agent's or the site server's logs of two groups
// were written in zones that no change to summer time explains.
func (g *grouped) elsewhere(o *grouped) bool {
	for _, a := range g.biases {
		for _, b := range o.biases {
			if d := int(a) - int(b); d >= -60 && d <= 60 {
				return false
			}
		}
	}
	return len(g.biases) > 0 && len(o.biases) > 0
}

// clientLogs and serverLogs are written by the agent and by the site's server.
var (
	clientLogs = []string{"wuahandler.log", "updatesdeployment.log", "updateshandler.log", "scanagent.log", "ccmexec.log", "policyagent.log", "locationservices.log", "clientlocation.log", "updatesstore.log", "cas.log"}
	serverLogs = []string{"wsyncmgr.log", "wcm.log", "wsusctrl.log", "supsetup.log", "distmgr.log", "hman.log", "smsexec.log", "sitecomp.log", "ruleengine.log", "objreplmgr.log", "policypv.log", "pkgxfermgr.log", "smsdpprov.log", "colleval.log"}
)

// role tells what the machine is from the logs it has.
func (g *grouped) role() Role {
	switch {
	case g.server:
		return SiteServer
	case g.wsus && !g.client:
		return WSUS
	}
	return Client
}
