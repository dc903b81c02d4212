// Package fact is what the bundle says of a machine: its names, operating
// system, zone, update points, proxy, services, policy, disks, network, and
// what it last did. A fact is what a command's output, an export or a log
// record states, with the place that states it. What nothing states is left
// empty: a fact that is not known is never taken for a good one.
//
// # Where facts come from
//
// Snapshots (see ingest/snapshot) are read whole, line by line. One file may
// hold the output of many commands, with prompts, echoes and headings between
// them: split cuts it into sections by the lines that only one command writes,
// in English or Japanese, and each kind of section has its reader. Everything
// that PowerShell, WMIC or a CSV writes as properties becomes objects (object.go),
// and what an object tells depends on the properties it has (classify.go).
//
// Of logs only the newest records of a few literals in a few logs are read
// (logs.go), newest block first and within bounds.
//
// # Adding a fact
//
// Give Facts a field; if it is a plain value, list it in plain, which names it
// in outputs. Then read it: a property in classify.go, a registry value in
// registry.go, a line of a command in its reader, a literal in logs.go. Add a
// line to the table test of that reader, in English and Japanese.
package fact

import (
	"strings"

	"patchtrail/ingest/record"
)

// Evidence is the place that states a fact.
type Evidence struct {
	// File is an index in record.Store.Files.
	File int
	// Line is the 1-based physical line (event logs: the record number).
	Line int
	// Record is that of a log, record.None in a snapshot.
	Record record.ID
	// Text quotes the line, cut where it is long.
	Text string
}

// Fact is one value and the places that state it. The zero value is a fact
// that is not known.
type Fact struct {
	Name, Value string
	Evidence    []Evidence

	rank int // of the source: a higher one replaces the value
}

// Known reports whether anything states the fact.
func (f *Fact) Known() bool { return f.Value != "" }

// maxEvidence is how many places are kept of one fact.
const maxEvidence = 8

// set takes a value from a source of that rank. The first of equal rank stays.
func (f *Fact) set(value string, rank int, e Evidence) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
	case f.Value == "" || rank > f.rank && !strings.EqualFold(f.Value, value):
		f.Value, f.rank, f.Evidence = value, rank, []Evidence{e}
	case strings.EqualFold(f.Value, value):
		f.rank = max(f.rank, rank)
		if len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, e)
		}
	}
}

// Seen is when a log last showed something.
type Seen struct {
	// Time is in nanoseconds UTC.
	Time     int64
	Value    string
	Evidence Evidence
}

// UpdatePoint is one statement of where the machine gets its updates.
type UpdatePoint struct {
	// URL as it is stated, Host and Port as it means them.
	URL, Host string
	Port      int
	Source    Source
	Evidence  Evidence
}

// Source says what kind of place states an update point.
type Source string

// The sources of an update point.
const (
	PolicyRegistry  Source = "policy-registry"  // WUServer
	StatusRegistry  Source = "status-registry"  // WUStatusServer
	GroupPolicy     Source = "group-policy"     // detection URL of gpresult's winning setting
	GroupStatistics Source = "group-statistics" // statistics server of the same
	Location        Source = "location"         // LocationServices' answer
	ManagedServer   Source = "managed-server"   // what WUAHandler set
	SiteServer      Source = "site-server"      // what WCM connects to
)

// Service is what is known of one Windows service; empty fields are unknown.
type Service struct {
	Name, DisplayName string
	// State is running, stopped, start-pending, stop-pending, paused ... or
	// missing where the service manager does not know the service.
	State string
	// StartType is auto, auto-delayed, manual, disabled, boot or system.
	StartType    string
	Account      string
	Path         string
	Dependencies []string
	// ExitCode is that of Win32, where ExitKnown.
	ExitCode  uint32
	ExitKnown bool
	Evidence  []Evidence
}

// Policy is one setting of group policy as gpresult shows it.
type Policy struct {
	Name string
	// State is enabled, disabled or not-configured.
	State string
	// GPO is the one that won; Local says that it is the machine's own.
	GPO   string
	Local bool
	// Key is the registry key and value in gpresult's text, empty in HTML and XML.
	Key      string
	Values   []Value
	Evidence Evidence
}

// Value is a name and a value in the order in which they stand.
type Value struct{ Name, Value string }

// Get returns the value of the first name that contains one of the parts,
// without regard to case.
func (p *Policy) Get(parts ...string) string {
	for _, v := range p.Values {
		for _, part := range parts {
			if strings.Contains(strings.ToLower(v.Name), strings.ToLower(part)) {
				return v.Value
			}
		}
	}
	return ""
}

// GPO is a group policy object of gpresult's computer section.
type GPO struct {
	Name     string
	Applied  bool
	Reason   string // why it was not applied
	Evidence Evidence
}

// Local reports whether it is the machine's own policy, not one of the domain.
func (g *GPO) Local() bool { return isLocal(g.Name) }

// RegistryValue is a value of a key that matters here. Name "" with type
// "KEY" says that the key is there.
type RegistryValue struct {
	Key, Name, Type, Data string
	Evidence              Evidence
}

// UpdateSource is a service of Microsoft.Update.ServiceManager.
type UpdateSource struct {
	Name, ID             string
	Default, OffersKnown bool
	Offers               bool // offers Windows updates
	Evidence             Evidence
}

// Cache is the client's cache. Sizes are in MB, 0 where not known.
type Cache struct {
	Location       Fact
	SizeMB         int64
	LimitPercent   int64
	UsedBytes      int64
	FreeMB         int64
	UsedKnown      bool
	FreeKnown      bool
	Items          int
	ItemBytes      int64 // the sum of the listed items
	Evidence       []Evidence
	LimitsEvidence []Evidence
}

// Disk is one volume. Sizes are in bytes.
type Disk struct {
	Name                 string // "C:"
	Size, Free           int64
	SizeKnown, FreeKnown bool
	Evidence             []Evidence
}

// Adapter is a network adapter of ipconfig.
type Adapter struct {
	Name, Description     string
	Addresses             []string // IPv4 and IPv6, link-local left out
	Automatic             bool     // holds a 169.254 address (APIPA)
	Disconnected          bool
	DHCP                  string // yes, no
	Gateways, DNS         []string
	Suffix                string
	Evidence              Evidence
	DisconnectedAt, DNSAt Evidence
}

// Restart is a sign that a restart is pending.
type Restart struct {
	// Reason is component-servicing, windows-update, file-rename, client or cbs.
	Reason   string
	Evidence Evidence
}

// Hotfix is an installed update.
type Hotfix struct {
	KB, Description, Installed string
	Evidence                   Evidence
}

// Deployment is a CCM_UpdateCIAssignment of the client's policy. Times are as
// WMI writes them.
type Deployment struct {
	ID, Name                    string
	Start, Deadline             string
	OverrideWindows, RestartAny bool // may ignore maintenance windows
	// UTC is set where Start and Deadline are of that clock (UseGMTTimes), not of
	// the machine's.
	UTC bool
	// Available is set where the dump shows that there is no deadline: only a
	// user starts it.
	Available bool
	Updates   int // members, 0 where not known
	// UpdateIDs are the members that the dump names, GUIDs in small letters
	// without braces; a dump that is cut short names some, most name none.
	UpdateIDs []string
	Evidence  Evidence
}

// UpdateStatus is a CCM_UpdateStatus of the client's store.
type UpdateStatus struct {
	ID, Article, Title, Status, ScanTime string
	Evidence                             Evidence
}

// Row is an object of a WMI dump as it stands, for packages window and ledger.
type Row struct {
	Class    string
	Values   []Value
	Evidence Evidence
}

// Get returns a value by its name, without regard to case.
func (r *Row) Get(name string) string {
	for _, v := range r.Values {
		if strings.EqualFold(v.Name, name) {
			return v.Value
		}
	}
	return ""
}

// Request is a saved request to a web server and what came of it.
type Request struct {
	// URL is empty where the file shows only the answer.
	URL    string
	Status int // 0 where none came
	// Error is the text of the failure; Kind is http, connect, name, timeout,
	// tls or other, and empty where the request went well.
	Error, Kind string
	Evidence    Evidence
}

// Lookup is a saved name resolution.
type Lookup struct {
	Host, Server string
	Addresses    []string
	// Failed with Error, or neither where the output is cut.
	Failed   bool
	Error    string
	Evidence Evidence
}

// Connection is a saved Test-NetConnection.
type Connection struct {
	Host, Address string
	Port          int
	Succeeded     bool
	Evidence      Evidence
}

// Transfer is a job of BITS in a saved list of them.
type Transfer struct {
	ID, Name string
	// State is error, transient-error, or as bitsadmin writes it, in small letters.
	State string
	// Code is the error in hexadecimal, URL the file that failed; both may be
	// missing.
	Code, URL string
	Evidence  []Evidence
}

// Failed reports whether the job is in an error, one that BITS tries again or not.
func (t *Transfer) Failed() bool { return t.State == "error" || t.State == "transient-error" }

// SetupDiag is its verdict.
type SetupDiag struct {
	Profile, ProfileID, Phase, Operation, Error, Message, Link string
	NoMatch                                                    bool
	Evidence                                                   []Evidence
}

// Facts are what the bundle says of one machine.
type Facts struct {
	// Name is the machine's own, Domain that which it has joined.
	Name, Domain Fact
	// OS is as systeminfo names it, Version "10.0.22631", Build "22631.3155"
	// or "22631", Release "23H2".
	OS, Version, Build, Release Fact
	Architecture, Locale        Fact
	Installed, Booted           Fact
	Memory                      Fact
	TimeZone, TimeSource        Fact
	TimeSynced                  Fact
	// TimeOffset is how many seconds a time server is ahead of the clock, as
	// w32tm measured it last.
	TimeOffset Fact

	ClientVersion, ClientID, SiteCode Fact
	ADSite                            Fact
	// SoftwareUpdates is yes or no: the client's feature.
	SoftwareUpdates Fact
	// Provisioning is yes or no: provisioning mode.
	Provisioning Fact
	// LogLevel and LogMaxSize of the client's logging.
	LogLevel, LogMaxSize, LogMaxHistory Fact
	// ManagementPoints, the present one first.
	ManagementPoints []Fact

	UpdatePoints []UpdatePoint
	// Proxy is that of WinHTTP, nil where not known.
	Proxy    *Proxy
	Services []Service

	GPOs     []GPO
	Policies []Policy
	Registry []RegistryValue
	// Absent are registry keys that a query did not find.
	Absent        []Fact
	RegistryPol   Fact // good or damaged: registry.pol
	Sources       []UpdateSource
	DefaultSource Fact

	Cache       *Cache
	Disks       []Disk
	Adapters    []Adapter
	SusClientID Fact
	// SusClientIDValidation is the hardware id stored beside it, in hex.
	SusClientIDValidation Fact

	LastScan, LastScanFailed, LastPolicy, LastDelivery *Seen
	LastDetection, LastSync                            *Seen
	Restarts                                           []Restart
	// NoRestart is set where the newest record of the client says that no
	// restart is pending.
	NoRestart *Evidence

	Hotfixes                    []Hotfix
	Activation                  Fact // as slmgr writes it
	Activated                   Fact // yes or no
	ComponentStore, SystemFiles Fact // healthy, repairable, repaired, corrupt
	FastStartup, PowerScheme    Fact
	DownloadFolder              Fact // bytes in SoftwareDistribution\Download

	Deployments []Deployment
	// DeploymentsListed is set where the assignments were dumped, even if none.
	DeploymentsListed *Evidence
	Updates           []UpdateStatus
	Rows              []Row
	Requests          []Request
	Lookups           []Lookup
	Connections       []Connection
	Transfers         []Transfer
	SetupDiag         *SetupDiag

	// Wsus is nil where no configuration of WSUS was saved.
	Wsus *Wsus
	// WantedSource is the update source that the site's settings ask for, as
	// WCM.log says: a server, or MicrosoftUpdate.
	WantedSource Fact

	store *record.Store
}

// With returns the facts as they are told with the files of another store of
// the same records, whose names are others.
func (f *Facts) With(s *record.Store) *Facts {
	c := *f
	c.store = s
	return &c
}

// plain lists the facts of one value by the names that outputs use.
func (f *Facts) plain() []*Fact {
	all := []struct {
		name string
		fact *Fact
	}{
		{"name", &f.Name}, {"domain", &f.Domain}, {"os", &f.OS}, {"os_version", &f.Version}, {"os_build", &f.Build},
		{"os_release", &f.Release}, {"architecture", &f.Architecture}, {"locale", &f.Locale}, {"os_installed", &f.Installed},
		{"booted", &f.Booted}, {"memory", &f.Memory}, {"time_zone", &f.TimeZone}, {"time_source", &f.TimeSource},
		{"time_synced", &f.TimeSynced}, {"time_offset", &f.TimeOffset}, {"wsus_source", &f.WantedSource},
		{"client_version", &f.ClientVersion}, {"client_id", &f.ClientID},
		{"site_code", &f.SiteCode}, {"ad_site", &f.ADSite}, {"software_updates", &f.SoftwareUpdates},
		{"provisioning_mode", &f.Provisioning}, {"log_level", &f.LogLevel}, {"log_max_size", &f.LogMaxSize},
		{"log_max_history", &f.LogMaxHistory}, {"registry_pol", &f.RegistryPol},
		{"default_update_service", &f.DefaultSource}, {"sus_client_id", &f.SusClientID},
		{"sus_client_id_validation", &f.SusClientIDValidation}, {"activation", &f.Activation}, {"activated", &f.Activated},
		{"component_store", &f.ComponentStore}, {"system_files", &f.SystemFiles}, {"fast_startup", &f.FastStartup},
		{"power_scheme", &f.PowerScheme}, {"download_folder_bytes", &f.DownloadFolder},
	}
	out := make([]*Fact, len(all))
	for i, a := range all {
		a.fact.Name = a.name
		out[i] = a.fact
	}
	return out
}

// All returns the known facts of one value, in a fixed order.
func (f *Facts) All() []Fact {
	var out []Fact
	for _, p := range f.plain() {
		if p.Known() {
			out = append(out, *p)
		}
	}
	return out
}

// Service returns a service by its name, nil where nothing tells of it.
func (f *Facts) Service(name string) *Service {
	for i := range f.Services {
		if strings.EqualFold(f.Services[i].Name, name) {
			return &f.Services[i]
		}
	}
	return nil
}

// Disk returns a volume by its name ("C:"), nil where nothing tells of it.
func (f *Facts) Disk(name string) *Disk {
	for i := range f.Disks {
		if strings.EqualFold(f.Disks[i].Name, name) {
			return &f.Disks[i]
		}
	}
	return nil
}

// RegistryValue returns the value of a key whose path ends in suffix, both
// without regard to case; nil where nothing tells of it. The 64-bit view goes
// before Wow6432Node.
func (f *Facts) RegistryValue(suffix, name string) *RegistryValue {
	suffix = strings.ToLower(suffix)
	var wow *RegistryValue
	for i := range f.Registry {
		v := &f.Registry[i]
		key := strings.ToLower(v.Key)
		if !strings.EqualFold(v.Name, name) || !strings.HasSuffix(key, suffix) || v.Type == "KEY" {
			continue
		}
		if !strings.Contains(key, `\wow6432node\`) {
			return v
		}
		if wow == nil {
			wow = v
		}
	}
	return wow
}

// The keys of Windows Update's policy.
const (
	policyKey = `\policies\microsoft\windows\windowsupdate`
	policyAU  = policyKey + `\au`
)

// UpdatePolicy returns a value of Windows Update's policy by its name: of the key
// itself, its AU key, or MDM's policy. nil where nothing tells of it.
func (f *Facts) UpdatePolicy(name string) *RegistryValue {
	for _, key := range []string{policyKey, policyAU, `\policymanager\current\device\update`} {
		if v := f.RegistryValue(key, name); v != nil {
			return v
		}
	}
	return nil
}

// PolicyNamed returns the policies of gpresult whose name holds one of the
// parts, without regard to case.
func (f *Facts) PolicyNamed(parts ...string) []*Policy {
	var out []*Policy
	for i := range f.Policies {
		for _, part := range parts {
			if strings.Contains(strings.ToLower(f.Policies[i].Name), strings.ToLower(part)) {
				out = append(out, &f.Policies[i])
				break
			}
		}
	}
	return out
}

// UpdateServicePolicy returns gpresult's setting "Specify intranet Microsoft
// update service location", nil where it is not shown.
func (f *Facts) UpdateServicePolicy() *Policy {
	for _, p := range f.PolicyNamed(locationNames...) {
		if p.GPO != "" {
			return p
		}
	}
	for _, p := range f.PolicyNamed(locationNames...) {
		return p
	}
	for i := range f.Policies {
		if strings.HasSuffix(strings.ToLower(f.Policies[i].Key), policyKey+`\wuserver`) {
			return &f.Policies[i]
		}
	}
	return nil
}

// locationNames are parts of that setting's name.
var locationNames = []string{"Specify intranet Microsoft update service location", "イントラネットの Microsoft 更新サービスの場所"}

// UpdatePointsAgree reports whether all that is said of the update point names
// one host and port. known is false where fewer than two places tell.
func (f *Facts) UpdatePointsAgree() (agree, known bool) {
	var first *UpdatePoint
	agree = true
	for i := range f.UpdatePoints {
		p := &f.UpdatePoints[i]
		switch {
		case p.Source == SiteServer || p.Host == "":
		case first == nil:
			first = p
		default:
			known = true
			agree = agree && strings.EqualFold(first.Host, p.Host) && first.Port == p.Port
		}
	}
	return agree && known, known
}

// RestartPending reports whether Windows or the client says that a restart is
// pending. Files to be renamed and the marks of CBS.log alone do not count:
// many programs leave the first, and a log may end before the restart.
func (f *Facts) RestartPending() bool {
	for _, r := range f.Restarts {
		switch r.Reason {
		case "component-servicing", "windows-update", "client":
			return true
		}
	}
	return false
}
