// Package rule holds signatures as data: it loads, checks and compiles rule
// files, finds the records that a rule speaks of, and words what they mean.
//
// # A rule
//
// Rules stand in TOML files, each a list of [[rule]] tables. Those of the
// product are assets/rules/*.toml; a user's own come from a folder. All
// comparisons ignore the case of ASCII letters.
//
//	[[rule]]
//	id = "mp-timeout"                # says what is wrong, kebab-case, unique
//	severity = "error"               # error stops an update, warning will or may, info otherwise
//	root = true                      # or consequence_of = ["other-id"]
//	key = ["host"]                   # matches that differ in these parameters are told apart
//	track = ["job"]                  # and these are cured one by one, but told together
//
//	logs = ["CcmMessaging"]          # component, format or name of the log; "*" is any
//	all  = ["[CCMHTTP] ERROR: URL="] # fragments that all must stand in the record
//	any  = ["WINHTTP_TIMEOUT"]       # at least one of them must
//	none = ["/SMS_DP_"]              # none of them may
//	regex = 'URL=(?P<url>[^,]+)'     # named groups become parameters
//	when = ["status >= 400"]         # conditions over parameters and facts
//
//	[rule.then]                      # a second record, of the same thread, soon after
//	all = ["[CCMHTTP] ERROR INFO:"]
//	regex = 'StatusCode=(?P<status>\d+)'
//	within_seconds = 2
//	optional = true                  # without it the rule still matches
//
//	[[rule.also]]                    # another form of the same thing, other logs: same
//	                                 # fields as above, then included; fallback = true
//	                                 # counts it only where no other form matched;
//	                                 # several = 2 only where so many of what track
//	                                 # names show it, each twice and none cured
//	[[rule.cured_by]]                # a later record that proves it mended
//	logs = ["CcmMessaging"]
//	all = ["Delivered successfully"]
//	same = ["host"]                  # parameters of key and track that must be equal
//	                                 # (none by default)
//
//	[rule.en]                        # and [rule.ja]
//	title = "Management point {host} does not answer in time"
//	cause = "..."
//	remediation = ["...", "{if fact.proxy}...{end}"]
//	verify = ["..."]
//
//	[rule.samples]
//	hit = ['''one or more records, as in the log, or "Component: message"''']
//	miss = ['''near misses''']
//	cured = ['''hit and cure''']     # where there is a cured_by
//
// A group win32 captures an error of Windows without its 0x8007 and becomes
// the code with it.
//
// Further fields: reads = "record" matches the whole record with its columns
// instead of its message; one_event_seconds makes one event of lines that hold
// different fragments of any (or come from different forms) in one thread;
// when_cured = "drop" raises nothing once cured, instead of noting the
// recovery; fades_after_hours = 24 says that what was seen once or twice, and
// not in that time before the machine's logs end, has passed although no line
// proves it: for what would show again while it lasts, not for the outcome of
// a scan or an installation, which stands until the next; confidence is "certain" unless given; references are links;
// found_by names the package whose code finds the thing, where fragments
// cannot say it: such a rule lends texts, declares its params, and its
// fragments, if any, only lead that code to the records. found_also_by names
// the package whose code finds it as well, where the logs do not show it:
// params are what that code gives, with a ? where it may be missing.
//
// One failure often stands in several logs: across_logs joins lines of
// different forms, of any log, that come within one_event_seconds of each
// other and agree in key and the first of track, which a line may lack. And many failures look alike
// but for their code:
//
//	forms_of = ["install-failed"]    # its forms, key, track and cures
//	codes = ["0x80073712", "0xc19*"] # those codes are of this rule, and of that one no more
//
// With shared_fallback in the rule that is named, its fallback forms count only
// where none of its other forms matched for any of these rules: for logs that
// tell of the same failure in another code.
//
// # Adding a rule
//
//  1. Write the table into the file of its area, with both languages, at least
//     two samples that hit and two near misses.
//  2. Give it one fragment as long and as rare as the log allows; it finds the
//     candidates (at least 6 bytes, better 12 and more).
//  3. go test ./analyze/rule -update, and read the golden: it shows what each
//     sample yields and how the texts come out.
//
// # Finding
//
// A Matcher is compiled once and shared. Each file gets a Scanner, which looks
// for the fragments of all rules in one pass over each block of text while it
// is in cache and keeps 8 bytes a candidate. When all files are read and their
// times known, Evaluate reads the candidates again and turns them into
// Matches.
package rule

import (
	"regexp"
)

// Severity is how bad it is, as it stands in JSON.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// Confidence is how sure a match of the rule makes it, as it stands in JSON.
type Confidence string

// The confidences: the log states it; two or more independent signs; one sign.
const (
	Certain  Confidence = "certain"
	Likely   Confidence = "likely"
	Possible Confidence = "possible"
)

// Pattern says which records are meant.
type Pattern struct {
	Logs  []string `toml:"logs"`
	Reads string   `toml:"reads"` // "message" (default) or "record"
	All   []string `toml:"all"`
	Any   []string `toml:"any"`
	None  []string `toml:"none"`
	Regex string   `toml:"regex"`

	all, any, none []string // folded
	re             *regexp.Regexp
	names          []string // of re's groups, "" for unnamed
	anyLog         bool
	logs           map[string]bool // folded
	sure, maybe    map[string]bool // params it always, or sometimes, captures
}

// Form is one shape in which a rule's thing shows.
type Form struct {
	Pattern
	When []string `toml:"when"`
	Then *Then    `toml:"then"`
	// Fallback counts only where no other form of the rule matched on the
	// machine; for logs that repeat what a better log says.
	Fallback bool `toml:"fallback"`
	// Several is how many of the things that the rule tracks must show it, each
	// at least twice and with no cure after it: less of it says nothing.
	Several int `toml:"several"`

	when []condition
	base string // the rule whose form it is, where that has SharedFallback
}

// Then is a second record that follows in the same file and thread.
type Then struct {
	Pattern
	// WithinSeconds is how long after the first it may come; 0 stands for 2.
	WithinSeconds int  `toml:"within_seconds"`
	Optional      bool `toml:"optional"`
}

// Cure is a later record of the same machine that proves that it works again.
type Cure struct {
	Pattern
	Same []string `toml:"same"`
	// Fallback counts only for matches of fallback forms.
	Fallback bool `toml:"fallback"`
}

// Text is what a rule says in one language; all strings are templates.
type Text struct {
	Title       string   `toml:"title"`
	Cause       string   `toml:"cause"`
	Remediation []string `toml:"remediation"`
	Verify      []string `toml:"verify"`

	title, cause        template
	remediation, verify []template
}

// Samples are records that a rule must, or must not, match.
type Samples struct {
	Hit   []string `toml:"hit"`
	Miss  []string `toml:"miss"`
	Cured []string `toml:"cured"`
}

// Rule is one signature. The package comment describes its fields.
type Rule struct {
	ID            string     `toml:"id"`
	Severity      Severity   `toml:"severity"`
	Confidence    Confidence `toml:"confidence"`
	Root          bool       `toml:"root"`
	ConsequenceOf []string   `toml:"consequence_of"`
	Key           []string   `toml:"key"`
	Track         []string   `toml:"track"`
	FoundBy       string     `toml:"found_by"`
	FoundAlsoBy   string     `toml:"found_also_by"`
	Params        []string   `toml:"params"`
	FormsOf       []string   `toml:"forms_of"`
	Codes         []string   `toml:"codes"`
	// SharedFallback makes the rules that share its forms one in what Fallback
	// says.
	SharedFallback bool `toml:"shared_fallback"`

	Form
	Also            []Form `toml:"also"`
	OneEventSeconds int    `toml:"one_event_seconds"`
	AcrossLogs      bool   `toml:"across_logs"`
	CuredBy         []Cure `toml:"cured_by"`
	WhenCured       string `toml:"when_cured"` // "info" (default) or "drop"
	// FadesAfterHours is how long the machine's logs must go on for one or two
	// matches to have passed; 0 is for ever.
	FadesAfterHours int `toml:"fades_after_hours"`

	References []string `toml:"references"`
	EN         *Text    `toml:"en"`
	JA         *Text    `toml:"ja"`
	Samples    Samples  `toml:"samples"`

	// File is the rule file, as errors name it.
	File string `toml:"-"`

	forms []*Form // Form where it has literals, then Also
}

// DropCured says that nothing is raised once a cure was seen.
func (r *Rule) DropCured() bool { return r.WhenCured == "drop" }

// Set is a checked list of rules, ordered by id. It does not change.
type Set struct {
	rules []*Rule
	byID  map[string]*Rule
}

// Rules returns the rules ordered by id.
func (s *Set) Rules() []*Rule { return s.rules }

// Rule returns the rule with that id, nil if there is none.
func (s *Set) Rule(id string) *Rule { return s.byID[id] }

// Facts are what the bundle says of a machine, by the names of KnownFacts. A
// fact that is not known is absent or empty.
type Facts map[string]string

// KnownFacts are the names that conditions and templates may use, written
// fact.NAME there.
func KnownFacts() []string {
	return []string{
		"machine",                   // name of the machine
		"os",                        // as systeminfo names it
		"os_family",                 // win7, win8.1, win10, win11, server2008r2, server2012, server2012r2, server2016, server2019, server2022, server2025
		"os_build",                  // 19045.4170
		"client_version",            // of the ConfigMgr client
		"site_code",                 //
		"management_point",          // host name
		"update_point",              // host name
		"wsus_server",               // URL of the policy
		"proxy",                     // WinHTTP proxy, host:port
		"proxy_bypass",              // its bypass list, entries with ; between
		"detection_frequency_hours", // policy
		"detection_blocked_until",   // 2025-03-19 07:04, local: DetectNow does nothing before
		"cache_mb",                  // size of the client cache
		"restart_pending",           // "yes" where one is
	}
}
