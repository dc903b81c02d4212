package fact

import (
	"strconv"
	"strings"
)

// maxListed bounds every list of a machine that a dump may fill.
const maxListed = 20_000

// maxJoined bounds those whose elements are compared with each other.
const maxJoined = 2000

// telling are the properties, in lower case, one of which an object has that
// tells anything; most objects of a dump have none.
var telling = map[string]bool{
	"pspath": true, "wuserver": true, "wustatusserver": true, "usewuserver": true, "susclientid": true, "assignmentid": true,
	"uniqueid": true, "servicewindowtype": true, "servicewindowid": true, "maxexecutiontime": true, "maxruntime": true,
	"maximumruntime": true, "duration": true, "isdefaultauservice": true, "offerswindowsupdates": true, "hotfixid": true,
	"tcptestsucceeded": true, "statuscode": true, "ipaddress": true, "ip4address": true, "host name": true, "ホスト名": true,
	"osname": true, "windowsproductname": true, "licensestatus": true, "assignmentbatchingtimeout": true, "enabled": true,
	"clientversion": true, "currentmanagementpoint": true, "location": true, "contentid": true, "maxcachesizepercent": true,
	"configurecachesize": true, "freespace": true, "sizeremaining": true, "startmode": true, "starttype": true, "status": true,
	"buildnumber": true, "client name": true, "isreplicaserver": true, "jobstate": true, "upstreamwsusservername": true, "assigned site code": true,
}

// tells reports whether an object has one of them.
func (o *object) tells() bool {
	var low [64]byte
	for i := range o.props {
		name := o.props[i].name
		if len(name) > len(low) {
			continue
		}
		n := copy(low[:], name)
		for k, c := range low[:n] {
			if c >= 'A' && c <= 'Z' {
				low[k] = c + 'a' - 'A'
			}
		}
		if telling[string(low[:n])] {
			return true
		}
	}
	return false
}

// object takes what an object tells.
func (c *collector) object(o *object) {
	if o.tells() {
		c.classify(o)
	}
}

// classify finds out what an object is by its properties.
func (c *collector) classify(o *object) {
	switch {
	case o.prop("PSPath") != nil && strings.Contains(o.get("PSPath"), "Registry::"):
		c.registryObject(o, "")
	case o.prop("WUServer") != nil || o.prop("WUStatusServer") != nil:
		c.registryObject(o, `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate`)
	case o.has("UseWUServer"):
		c.registryObject(o, `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU`)
	case o.has("SusClientId"):
		c.registryObject(o, `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate`)
	case o.has("AssignmentID", "AssignmentName"):
		c.deploymentObject(o)
	case o.has("UniqueId", "Status") && (o.has("Title") || o.has("Article")):
		c.statusObject(o)
	case o.has("ServiceWindowType") || o.has("ServiceWindowID"):
		c.row(o, "CCM_ServiceWindow")
	case o.has("MaxExecutionTime") || o.has("MaxRunTime") || o.has("MaximumRunTime"):
		c.row(o, "CCM_SoftwareUpdate")
	case o.has("Duration", "StartTime", "EndTime"):
		c.row(o, "CCM_ServiceWindow") // of the client SDK: real times
	case o.has("IsDefaultAUService") || o.has("OffersWindowsUpdates"):
		c.sourceObject(o)
	case o.has("HotFixID"):
		c.hotfix(o.get("HotFixID"), o.get("Description"), o.get("InstalledOn"), c.at(o.at))
	case o.has("TcpTestSucceeded"):
		c.connectionObject(o)
	case o.has("StatusCode", "StatusDescription"):
		c.requestObject(o)
	case o.has("IPAddress", "Type", "TTL") || o.has("IP4Address", "QueryType"):
		c.lookupObject(o)
	case o.has("Host Name", "OS Name"), o.has("ホスト名", "OS 名"):
		c.systemObject(o)
	case o.has("OsName") || o.has("WindowsProductName"):
		c.computerInfo(o)
	case o.has("LicenseStatus"):
		c.licenseObject(o)
	case o.has("IsReplicaServer") || o.has("UpstreamWsusServerName", "UpstreamWsusServerPortNumber"):
		c.wsusObject(o)
	default:
		c.otherObject(o)
	}
}

// otherObject takes the objects that a name or two tell.
func (c *collector) otherObject(o *object) {
	switch {
	case strings.EqualFold(o.class, "CCM_SoftwareUpdatesClientConfig"), o.has("Enabled", "AssignmentBatchingTimeout"):
		c.SoftwareUpdates.set(yesNo(o.get("Enabled")), 3, c.at(o.at))
	case o.has("ClientVersion") && !o.has("Assembly"):
		c.ClientVersion.set(o.get("ClientVersion"), 3, c.at(o.prop("ClientVersion").at))
	case o.has("CurrentManagementPoint"):
		c.managementPoint(o.get("CurrentManagementPoint"), 3, c.at(o.prop("CurrentManagementPoint").at))
		if site, ok := strings.CutPrefix(o.get("Name"), "SMS:"); ok {
			c.SiteCode.set(site, 3, c.at(o.at))
		}
	case o.has("Location", "Size") && (o.has("NextAvailableId") || strings.EqualFold(o.class, "CacheConfig") || o.has("MaxCacheSizePercent")):
		c.cacheObject(o)
	case o.has("ContentId", "ContentSize", "Location"):
		c.cacheItem(o)
	case o.has("MaxCacheSizePercent"), o.has("ConfigureCacheSize", "MaxCacheSizeMB"):
		c.cacheLimits(o)
	case o.has("FreeSpace") && (o.has("DeviceID") || o.has("Caption") || o.has("Name")):
		c.diskObject(o, "FreeSpace")
	case o.has("SizeRemaining", "DriveLetter"):
		c.diskObject(o, "SizeRemaining")
	case o.has("Name") && (o.has("StartMode") || o.has("StartType") || o.has("Status") && (o.has("DisplayName") || o.has("CanStop"))):
		c.serviceObject(o)
	case o.has("BuildNumber") && (o.has("Caption") || o.has("OSArchitecture")):
		c.osObject(o)
	case o.has("JobId", "JobState") && o.has("DisplayName"):
		c.transferObject(o)
	case o.has("Client Name") || o.has("Assigned Site Code"):
		c.summaryObject(o)
	}
}

// row keeps an object for the packages window and ledger.
func (c *collector) row(o *object, class string) {
	if o.class != "" {
		class = o.class
	}
	if len(c.Rows) >= maxListed {
		return
	}
	r := Row{Class: class, Evidence: c.at(o.at)}
	for _, p := range o.props {
		if !strings.HasPrefix(p.name, "__") && !strings.HasPrefix(p.name, "PS") {
			r.Values = append(r.Values, Value{p.name, p.value})
		}
	}
	c.Rows = append(c.Rows, r)
}

// registryObject takes what Get-ItemProperty writes of a key.
func (c *collector) registryObject(o *object, key string) {
	if key == "" {
		_, key, _ = strings.Cut(o.get("PSPath"), "Registry::")
	}
	low := strings.ToLower(key)
	if !wanted(low) {
		return
	}
	c.registryKey(key, c.at(o.at))
	for _, p := range o.props {
		switch strings.ToLower(p.name) {
		case "pspath", "psparentpath", "pschildname", "psprovider", "psdrive", "pscomputername", "runspaceid":
			continue
		}
		data := p.value
		if low == "" || strings.HasSuffix(low, `\control\session manager`) {
			data = strings.Trim(data, "{}")
		}
		c.registryValue(RegistryValue{key, p.name, "", data, c.at(p.at)})
	}
}

func (c *collector) deploymentObject(o *object) {
	if o.get("AssignmentID") == "" || o.class != "" && !strings.EqualFold(o.class, "CCM_UpdateCIAssignment") {
		return
	}
	for _, other := range []string{"Application", "DCM", "Baseline"} { // psSDP lists them in one file, under headings
		if o.class == "" && strings.Contains(c.heading, other) {
			return
		}
	}
	e := c.at(o.at)
	if c.DeploymentsListed == nil {
		c.DeploymentsListed = &e
	}
	for i := range c.Deployments {
		if strings.EqualFold(c.Deployments[i].ID, o.get("AssignmentID")) {
			return
		}
	}
	if len(c.Deployments) < maxJoined {
		c.Deployments = append(c.Deployments, c.deploymentOf(o))
	}
}

func (c *collector) deploymentOf(o *object) Deployment {
	d := Deployment{
		ID: o.get("AssignmentID"), Name: o.get("AssignmentName"), Start: value(o, "StartTime"), Deadline: value(o, "EnforcementDeadline"),
		OverrideWindows: yesNo(o.get("OverrideServiceWindows")) == "yes", RestartAny: yesNo(o.get("RebootOutsideOfServiceWindows")) == "yes",
		UTC: yesNo(o.get("UseGMTTimes")) == "yes", Updates: strings.Count(o.get("AssignedCIs"), "<CI>"), UpdateIDs: members(o.get("AssignedCIs")),
		Evidence: c.at(o.at),
	}
	// MOF leaves out what has no value; a list or a table may leave out what
	// nobody asked for.
	d.Available = d.Deadline == "" && (o.class != "" || o.prop("EnforcementDeadline") != nil)
	return d
}

// value is a property, "" where it is spelled as having none.
func value(o *object, name string) string {
	v := o.get(name)
	if strings.EqualFold(v, "NULL") || v == "{}" {
		return ""
	}
	return v
}

// members are the updates that AssignedCIs names, each once: "SUM_" and a GUID.
func members(cis string) []string {
	const guid = 36
	var out []string
	for len(out) < maxListed {
		_, after, ok := strings.Cut(cis, "SUM_")
		if !ok {
			break
		}
		cis = after
		if len(after) < guid || strings.Trim(after[:guid], "0123456789abcdefABCDEF-") != "" {
			continue
		}
		if id := strings.ToLower(after[:guid]); len(out) == 0 || out[len(out)-1] != id { // <ID> and <ModelName> name it
			out = append(out, id)
		}
	}
	return out
}

func (c *collector) statusObject(o *object) {
	if o.get("UniqueId") == "" || len(c.Updates) >= maxListed {
		return
	}
	scan := o.get("ScanTime")
	if scan == "" {
		scan = o.get("ScanTime(LocalTime)")
	}
	c.Updates = append(c.Updates, UpdateStatus{
		ID: o.get("UniqueId"), Article: o.get("Article"), Title: o.get("Title"), Status: o.get("Status"), ScanTime: scan, Evidence: c.at(o.at),
	})
}

func (c *collector) sourceObject(o *object) {
	if o.get("Name") == "" {
		return
	}
	s := UpdateSource{Name: o.get("Name"), ID: o.get("ServiceID"), Default: yesNo(o.get("IsDefaultAUService")) == "yes", Evidence: c.at(o.at)}
	if v := yesNo(o.get("OffersWindowsUpdates")); v != "" {
		s.OffersKnown, s.Offers = true, v == "yes"
	}
	if s.Default {
		c.DefaultSource.set(s.Name, 2, s.Evidence)
	}
	for i := range c.Sources {
		if have := &c.Sources[i]; strings.EqualFold(have.Name, s.Name) {
			if have.ID == "" {
				have.ID = s.ID
			}
			have.Default = have.Default || s.Default
			return
		}
	}
	if len(c.Sources) < 100 {
		c.Sources = append(c.Sources, s)
	}
}

// hotfix takes an installed update; the same KB of several lists is one.
func (c *collector) hotfix(kb, description, installed string, e Evidence) {
	kb = strings.ToUpper(strings.TrimSpace(kb))
	if !strings.HasPrefix(kb, "KB") || len(kb) < 8 || len(kb) > 16 {
		return
	}
	for i := range c.Hotfixes {
		if h := &c.Hotfixes[i]; h.KB == kb {
			if h.Installed == "" {
				h.Installed, h.Evidence = installed, e
			}
			if h.Description == "" {
				h.Description = description
			}
			return
		}
	}
	if len(c.Hotfixes) < maxJoined {
		c.Hotfixes = append(c.Hotfixes, Hotfix{kb, description, installed, e})
	}
}

func (c *collector) connectionObject(o *object) {
	port, _ := strconv.Atoi(o.get("RemotePort"))
	if len(c.Connections) < 1000 {
		c.Connections = append(c.Connections, Connection{
			Host: o.get("ComputerName"), Address: o.get("RemoteAddress"), Port: port,
			Succeeded: yesNo(o.get("TcpTestSucceeded")) == "yes", Evidence: c.at(o.prop("TcpTestSucceeded").at),
		})
	}
}

func (c *collector) licenseObject(o *object) {
	p := o.prop("LicenseStatus")
	if name := o.get("Name"); name != "" && !strings.HasPrefix(name, "Windows") {
		return
	}
	switch p.value {
	case "1", "Licensed":
		c.Activated.set("yes", 1, c.at(p.at))
	case "0", "2", "3", "4", "5", "6":
		if o.get("PartialProductKey") != "" {
			c.Activated.set("no", 1, c.at(p.at))
		}
	}
}

// bytesOf reads "128849018880", "120.5 GB", "475,9 GB"; ok is false where it
// is none of these.
func bytesOf(s string) (n int64, ok bool) {
	s = strings.TrimSpace(s)
	number, unit, _ := strings.Cut(s, " ")
	for _, u := range []struct {
		name string
		size float64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", 1 << 40}, {"B", 1}} {
		if unit == "" && strings.HasSuffix(number, u.name) {
			number, unit = strings.TrimSuffix(number, u.name), u.name
		}
		if strings.EqualFold(strings.TrimSpace(unit), u.name) {
			f, err := strconv.ParseFloat(strings.ReplaceAll(number, ",", "."), 64)
			if err != nil || f < 0 || f*u.size > 1<<60 {
				return 0, false
			}
			return int64(f * u.size), true
		}
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}

func (c *collector) diskObject(o *object, free string) {
	name := o.get("DeviceID")
	for _, n := range []string{"DriveLetter", "Caption", "Name"} {
		if name == "" {
			name = o.get(n)
		}
	}
	d := Disk{Name: name, Evidence: []Evidence{c.at(o.at)}}
	d.Free, d.FreeKnown = bytesOf(o.get(free))
	d.Size, d.SizeKnown = bytesOf(o.get("Size"))
	if !d.SizeKnown {
		d.Size, d.SizeKnown = bytesOf(o.get("Capacity"))
	}
	if t := o.get("DriveType"); t == "5" || t == "4" || t == "CD-ROM" || t == "Removable" || t == "2" {
		return
	}
	c.disk(d)
}

// disk takes what is known of a volume; the first of two statements stays.
func (c *collector) disk(d Disk) {
	name := strings.ToUpper(strings.TrimRight(strings.TrimSpace(d.Name), `\:`))
	if len(name) != 1 || !letter(name[0]) || !d.FreeKnown && !d.SizeKnown {
		return
	}
	d.Name = name + ":"
	have := c.Disk(d.Name)
	if have == nil {
		c.Disks = append(c.Disks, d)
		return
	}
	if !have.FreeKnown && d.FreeKnown {
		have.Free, have.FreeKnown = d.Free, true
		have.Evidence = append(have.Evidence, d.Evidence...)
	}
	if !have.SizeKnown && d.SizeKnown {
		have.Size, have.SizeKnown = d.Size, true
		have.Evidence = append(have.Evidence, d.Evidence...)
	}
}

func (c *collector) cache() *Cache {
	if c.Cache == nil {
		c.Cache = &Cache{Location: Fact{Name: "cache_location"}}
	}
	return c.Cache
}

func (c *collector) cacheObject(o *object) {
	n, err := strconv.ParseInt(o.get("Size"), 10, 64)
	if err != nil || n < 0 || n > 1<<40 {
		return
	}
	k := c.cache()
	k.SizeMB = n
	k.Evidence = append(k.Evidence, c.at(o.prop("Size").at))
	k.Location.set(o.get("Location"), 2, c.at(o.prop("Location").at))
	c.cacheLimits(o)
}

func (c *collector) cacheLimits(o *object) {
	if p := o.prop("MaxCacheSizePercent"); p != nil {
		if n, err := strconv.ParseInt(p.value, 10, 64); err == nil && n > 0 && n <= 100 {
			k := c.cache()
			k.LimitPercent = n
			k.LimitsEvidence = append(k.LimitsEvidence, c.at(p.at))
		}
	}
	if p := o.prop("MaxCacheSizeMB"); p != nil && c.cache().SizeMB == 0 {
		if n, err := strconv.ParseInt(p.value, 10, 64); err == nil && n > 0 {
			k := c.cache()
			k.SizeMB = n
			k.Evidence = append(k.Evidence, c.at(p.at))
		}
	}
}

func (c *collector) cacheItem(o *object) {
	n, err := strconv.ParseInt(o.get("ContentSize"), 10, 64) // KB
	if err != nil || n < 0 || n > 1<<40 {
		return
	}
	k := c.cache()
	k.Items++
	k.ItemBytes += n << 10
}

func (c *collector) osObject(o *object) {
	at := func(name string) Evidence {
		if p := o.prop(name); p != nil {
			return c.at(p.at)
		}
		return c.at(o.at)
	}
	c.OS.set(o.get("Caption"), 2, at("Caption"))
	c.Version.set(o.get("Version"), 2, at("Version"))
	c.Build.set(o.get("BuildNumber"), 2, at("BuildNumber"))
	c.Architecture.set(o.get("OSArchitecture"), 2, at("OSArchitecture"))
	c.Name.set(o.get("CSName"), 2, at("CSName"))
	c.Booted.set(o.get("LastBootUpTime"), 2, at("LastBootUpTime"))
	c.Installed.set(o.get("InstallDate"), 2, at("InstallDate"))
}

// computerInfo takes the output of Get-ComputerInfo.
func (c *collector) computerInfo(o *object) {
	for _, p := range o.props {
		e := c.at(p.at)
		switch p.name {
		case "OsName":
			c.OS.set(p.value, 3, e)
		case "OsVersion":
			c.Version.set(p.value, 3, e)
		case "OsBuildNumber":
			c.Build.set(p.value, 2, e)
		case "OSDisplayVersion":
			c.Release.set(p.value, 3, e)
		case "CsName", "CsDNSHostName":
			c.Name.set(p.value, 2, e)
		case "CsDomain":
			c.Domain.set(p.value, 2, e)
		case "TimeZone":
			c.TimeZone.set(p.value, 3, e)
		case "OsArchitecture":
			c.Architecture.set(p.value, 2, e)
		case "OsLastBootUpTime":
			c.Booted.set(p.value, 2, e)
		case "OsInstallDate":
			c.Installed.set(p.value, 2, e)
		case "OsLocale":
			c.Locale.set(p.value, 2, e)
		}
	}
}

// summaryObject takes the client's summary of psSDP.
func (c *collector) summaryObject(o *object) {
	for _, p := range o.props {
		if strings.HasPrefix(p.value, "Error") {
			continue
		}
		e := c.at(p.at)
		switch p.name {
		case "Client Name":
			c.Name.set(p.value, 1, e)
		case "Assigned Site Code":
			c.SiteCode.set(p.value, 2, e)
		case "Current MP":
			c.managementPoint(p.value, 3, e)
		case "Client Version":
			c.ClientVersion.set(p.value, 3, e)
		case "Client ID":
			c.ClientID.set(p.value, 2, e)
		case "CCMExec Status", "CCMExec Service Status":
			state, _, _ := strings.Cut(p.value, ".")
			if s := stateName(state); s != "" {
				c.service(Service{Name: "CcmExec", State: s, Evidence: []Evidence{e}})
			}
		}
	}
}

// managementPoint takes a management point; that of the highest rank goes first.
func (c *collector) managementPoint(name string, rank int, e Evidence) {
	_, host, _ := splitHost(name)
	if host == "" || strings.ContainsAny(host, " <>") {
		return
	}
	for i := range c.ManagementPoints {
		if m := &c.ManagementPoints[i]; strings.EqualFold(m.Value, host) {
			m.set(m.Value, rank, e)
			return
		}
	}
	if len(c.ManagementPoints) < 64 {
		f := Fact{Name: "management_point"}
		f.set(host, rank, e)
		c.ManagementPoints = append(c.ManagementPoints, f)
	}
}
