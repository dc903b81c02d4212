package fact

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
)

// regKeys are the ends or, with * behind, the parts of the keys that matter, in
// lower case. The keys of a collected hive are many thousands.
var regKeys = []string{
	policyKey + "*", `\policymanager\current\device\update*`, `\windows\currentversion\windowsupdate*`, `\windowsupdate\ux\settings`,
	`\component based servicing\rebootpending`, `\component based servicing\rebootinprogress`, `\component based servicing\packagespending`,
	`\control\session manager`, `\session manager\power`, `\control\timezoneinformation`, `\control\computername\computername`,
	`\control\computername\activecomputername`, `\services\tcpip\parameters`, `\windows nt\currentversion`,
	`\internet settings\connections`, `\software\microsoft\ccm`, `\microsoft\ccm\ccmexec`, `\microsoft\ccm\logging\@global`,
	`\microsoft\sms\mobile client`, `\microsoft\sms\configuration\client properties`, `\microsoft\update services\server\setup`,
	`\policies\microsoft\windows\deliveryoptimization`, `\setup\setupdiag\results`,
	`\services\bits*`, `\services\wuauserv*`, `\services\trustedinstaller`, `\services\usosvc`, `\services\dosvc`, `\services\cryptsvc`,
	`\services\ccmexec`, `\services\wsusservice`, `\services\msiserver`, `\services\w3svc`, `\services\winmgmt`, `\services\w32time`,
	`\services\winhttpautoproxysvc`, `\services\eventlog`, `\services\appidsvc`,
}

// wanted reports whether the values of a key matter; key is in lower case.
func wanted(key string) bool {
	for _, k := range regKeys {
		if part, ok := strings.CutSuffix(k, "*"); ok {
			if i := strings.Index(key, part); i >= 0 && (i+len(part) == len(key) || key[i+len(part)] == '\\') {
				return true
			}
		} else if strings.HasSuffix(key, k) {
			return true
		}
	}
	return false
}

// bigKeys hold hundreds of subkeys that say nothing here.
var bigKeys = []string{`\reporting\`, `\services\pending`, `\requestedapplications`, `\orchestrator\`, `\statefile`, `\performance`, `\security`, `\triggerinfo`}

// maxValues bounds the values that are kept of one machine.
const maxValues = 5000

// regReader reads registry exports, the output of reg query, and hives of
// either that lie in other outputs, line by line.
type regReader struct {
	c    *collector
	key  string
	keep bool
	held line // a value that goes on behind a backslash
}

// skip reports, cheaply, that a line belongs to a key that does not matter.
func (r *regReader) skip(b []byte) bool {
	if r.keep || r.key == "" || r.held.n > 0 || len(b) == 0 {
		return len(b) == 0 && r.held.n == 0
	}
	switch b[0] {
	case '"', '@', ' ', '\t':
		return b[0] != ' ' && b[0] != '\t' || !bytes.Contains(b, []byte("HKEY_"))
	}
	return false
}

// foreign reports whether a line cannot be of the registry.
func (r *regReader) foreign(s string) bool {
	if s == "" || strings.IndexByte(" \t\"@[;", s[0]) >= 0 {
		return false
	}
	for _, own := range []string{"HKEY_", "HKLM", "ERROR:", "エラー", "End of search", "検索の完了", "! REG", "Windows Registry", "REGEDIT4"} {
		if strings.HasPrefix(s, own) {
			return false
		}
	}
	return true
}

// end closes what is open at the end of a section.
func (r *regReader) end() {
	if r.held.n > 0 {
		held := r.held
		r.held = line{}
		r.exported(held)
	}
	r.key, r.keep = "", false
}

// maxHeld bounds a value that goes on over many lines, in bytes.
const maxHeld = 64 << 10

// line reads one line; command is what the section's prompt shows.
func (r *regReader) line(l line, command line) {
	if r.held.n > 0 {
		r.held.s = strings.TrimSuffix(r.held.s, `\`) + strings.TrimSpace(l.s)
		if strings.HasSuffix(r.held.s, `\`) && len(r.held.s) < maxHeld {
			return
		}
		l, r.held = r.held, line{}
	}
	s := strings.TrimLeft(l.s, " \t")
	switch {
	case strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]"):
		if !strings.HasPrefix(s, "[-") {
			r.begin(line{l.n, s[1 : len(s)-1]})
		}
	case strings.HasPrefix(s, "HKEY_") && !strings.Contains(s, "    "):
		r.begin(line{l.n, s})
	case strings.HasPrefix(s, "ERROR: The system was unable to find"), strings.HasPrefix(s, "エラー: 指定されたレジストリ"):
		r.absent(l, command)
	case !r.keep:
	case s != "" && (s[0] == '"' || s[0] == '@'):
		if strings.HasSuffix(s, `\`) && strings.Contains(s, "=hex") {
			r.held = line{l.n, s}
			return
		}
		r.exported(line{l.n, s})
	default:
		r.queried(line{l.n, s})
	}
}

// begin opens a key.
func (r *regReader) begin(l line) {
	r.key = strings.TrimSuffix(strings.TrimSpace(l.s), `\`)
	low := strings.ToLower(r.key)
	r.keep = wanted(low)
	for _, b := range bigKeys {
		r.keep = r.keep && !strings.Contains(low, b)
	}
	if r.keep {
		r.c.registryKey(r.key, r.c.at(l))
	}
}

// absent notes that the key of a reg query is not there.
func (r *regReader) absent(l, command line) {
	if command.n == 0 {
		return
	}
	words := strings.Fields(command.s)
	for i, w := range words {
		if strings.EqualFold(w, "query") && i+1 < len(words) {
			f := Fact{Name: "absent"}
			f.set(strings.Trim(strings.Join(words[i+1:], " "), `"`), 0, r.c.at(l))
			if len(r.c.Absent) < maxValues {
				r.c.Absent = append(r.c.Absent, f)
			}
			return
		}
	}
}

// exported reads a line of a .reg file: "Name"="text", "Name"=dword:1,
// "Name"=hex(7):00,00 or @="text".
func (r *regReader) exported(l line) {
	name, rest := "", ""
	if after, ok := strings.CutPrefix(l.s, "@="); ok {
		rest = after
	} else {
		end := closing(l.s)
		if end < 0 || !strings.HasPrefix(l.s[end+1:], "=") {
			return
		}
		name, rest = unescape(l.s[1:end]), l.s[end+2:]
	}
	kind, data := exportedData(strings.TrimSpace(rest))
	r.c.registryValue(RegistryValue{r.key, name, kind, data, r.c.at(l)})
}

// closing returns where the quoted text that begins s ends, -1 if it does not.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// exportedData returns type and value of what stands behind "=".
func exportedData(s string) (kind, data string) {
	switch {
	case strings.HasPrefix(s, `"`):
		if end := closing(s); end > 0 {
			s = s[:end]
		}
		return "REG_SZ", unescape(s[1:])
	case strings.HasPrefix(s, "dword:"):
		n, err := strconv.ParseUint(s[len("dword:"):], 16, 32)
		if err != nil {
			return "REG_DWORD", ""
		}
		return "REG_DWORD", strconv.FormatUint(n, 10)
	}
	head, list, ok := strings.Cut(s, ":")
	if !ok || !strings.HasPrefix(head, "hex") {
		return "", s
	}
	raw := hexList(list)
	switch head {
	case "hex(1)", "hex(2)":
		return "REG_EXPAND_SZ", wide(raw)
	case "hex(7)":
		return "REG_MULTI_SZ", multi(wide(raw))
	case "hex(4)":
		if len(raw) == 4 {
			return "REG_DWORD", strconv.FormatUint(uint64(binary.LittleEndian.Uint32(raw)), 10)
		}
	case "hex(b)":
		if len(raw) == 8 {
			return "REG_QWORD", strconv.FormatUint(binary.LittleEndian.Uint64(raw), 10)
		}
	}
	return "REG_BINARY", hex.EncodeToString(raw)
}

// hexList reads "01,0a,ff", as far as it is that.
func hexList(s string) []byte {
	var out []byte
	for _, p := range strings.Split(s, ",") {
		b, err := strconv.ParseUint(strings.TrimSpace(p), 16, 8)
		if err != nil {
			break
		}
		out = append(out, byte(b))
	}
	return out
}

// wide decodes UTF-16LE without the zeros at its end.
func wide(raw []byte) string {
	u := make([]uint16, len(raw)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(u)), "\x00")
}

// multi joins the parts of a REG_MULTI_SZ as reg query does.
func multi(s string) string { return strings.ReplaceAll(s, "\x00", `\0`) }

// queried reads a line of reg query: "Name    REG_SZ    value" with four
// blanks or, of old ones, tabs between.
func (r *regReader) queried(l line) {
	i := strings.Index(l.s, "REG_")
	if i < 1 {
		return
	}
	name := strings.TrimSpace(l.s[:i])
	rest := l.s[i:]
	end := strings.IndexAny(rest, " \t")
	kind, data := rest, ""
	if end > 0 {
		kind, data = rest[:end], strings.TrimSpace(rest[end:])
	}
	switch name {
	case "(Default)", "(既定)", "<NO NAME>":
		name = ""
	}
	switch kind {
	case "REG_DWORD", "REG_QWORD":
		if n, err := strconv.ParseUint(strings.TrimPrefix(data, "0x"), 16, 64); err == nil && strings.HasPrefix(data, "0x") {
			data = strconv.FormatUint(n, 10)
		}
	case "REG_BINARY":
		data = strings.ToLower(data)
	}
	r.c.registryValue(RegistryValue{r.key, name, kind, data, r.c.at(l)})
}

// registryKey takes note of a key of interest.
func (c *collector) registryKey(key string, e Evidence) {
	low := strings.ToLower(key)
	switch {
	case strings.HasSuffix(low, `\component based servicing\rebootpending`), strings.HasSuffix(low, `\component based servicing\rebootinprogress`):
		c.restart("component-servicing", e)
	case strings.HasSuffix(low, `\windowsupdate\auto update\rebootrequired`):
		c.restart("windows-update", e)
	}
	if len(c.Registry) < maxValues {
		c.Registry = append(c.Registry, RegistryValue{Key: key, Type: "KEY", Evidence: e})
	}
}

// registryValue takes a value of a key of interest.
func (c *collector) registryValue(v RegistryValue) {
	v.Data = clipData(v.Data)
	if len(c.Registry) >= maxValues {
		return
	}
	c.Registry = append(c.Registry, v)
	low := strings.ToLower(v.Key)
	name := strings.ToLower(v.Name)
	switch {
	case strings.HasSuffix(low, policyKey):
		c.policyValue(name, v)
	case strings.HasSuffix(low, `\windows nt\currentversion`):
		c.versionValue(name, v)
	case strings.HasSuffix(low, `\currentversion\windowsupdate`):
		switch name {
		case "susclientid":
			c.SusClientID.set(v.Data, 1, v.Evidence)
		case "susclientidvalidation":
			c.SusClientIDValidation.set(v.Data, 1, v.Evidence)
		}
	case strings.HasSuffix(low, `\control\session manager`):
		if name == "pendingfilerenameoperations" && strings.Trim(v.Data, `\0 `) != "" {
			c.restart("file-rename", v.Evidence)
		}
	case strings.HasSuffix(low, `\session manager\power`):
		if name == "hiberbootenabled" {
			c.FastStartup.set(yesNo(v.Data), 2, v.Evidence)
		}
	case strings.HasSuffix(low, `\control\timezoneinformation`):
		if name == "timezonekeyname" {
			c.TimeZone.set(v.Data, 1, v.Evidence)
		}
	case strings.Contains(low, `\control\computername\`):
		if name == "computername" {
			c.Name.set(v.Data, 1, v.Evidence)
		}
	case strings.HasSuffix(low, `\services\tcpip\parameters`):
		if name == "domain" {
			c.Domain.set(v.Data, 0, v.Evidence)
		}
	case strings.HasSuffix(low, `\internet settings\connections`):
		if name == "winhttpsettings" {
			c.winHTTPSettings(v)
		}
	case strings.Contains(low, `\microsoft\ccm`), strings.Contains(low, `\microsoft\sms\`):
		c.clientValue(low, name, v)
	case strings.Contains(low, `\setupdiag\results`):
		c.setupDiagValue(name, v)
	case strings.Contains(low, `\services\`):
		c.serviceValue(low, name, v)
	}
}

// clipData bounds what is kept of a value, in bytes.
func clipData(s string) string {
	if len(s) > 8192 {
		return s[:8192]
	}
	return s
}

// yesNo turns a number or a word into yes or no, "" for anything else.
func yesNo(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true", "yes", "on", "はい":
		return "yes"
	case "0", "false", "no", "off", "いいえ":
		return "no"
	}
	return ""
}

// policyValue takes a value of Windows Update's policy key.
func (c *collector) policyValue(name string, v RegistryValue) {
	switch name {
	case "wuserver":
		c.updatePoint(v.Data, PolicyRegistry, v.Evidence)
	case "wustatusserver":
		c.updatePoint(v.Data, StatusRegistry, v.Evidence)
	}
}

// versionValue takes a value of HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion.
func (c *collector) versionValue(name string, v RegistryValue) {
	switch name {
	case "productname":
		c.OS.set("Microsoft "+strings.TrimPrefix(v.Data, "Microsoft "), 1, v.Evidence)
	case "currentbuild", "currentbuildnumber":
		c.build = v.Data
		c.Build.set(v.Data, 1, v.Evidence)
	case "ubr":
		c.ubr, c.ubrAt = v.Data, v.Evidence
	case "displayversion":
		c.Release.set(v.Data, 2, v.Evidence)
	case "releaseid":
		c.Release.set(v.Data, 1, v.Evidence)
	}
	if c.build != "" && c.ubr != "" {
		c.Build.set(c.build+"."+c.ubr, 3, c.ubrAt)
	}
}

// clientValue takes a value of the ConfigMgr client's keys.
func (c *collector) clientValue(key, name string, v RegistryValue) {
	switch name {
	case "provisioningmode":
		c.Provisioning.set(yesNo(v.Data), 2, v.Evidence)
	case "assignedsitecode", "gpsiteassignmentsitecode":
		if name == "assignedsitecode" {
			c.SiteCode.set(v.Data, 2, v.Evidence)
		}
	case "productversion", "smsclientversion":
		if strings.HasSuffix(key, `\sms\mobile client`) {
			c.ClientVersion.set(v.Data, 2, v.Evidence)
		}
	case "loglevel":
		c.LogLevel.set(v.Data, 1, v.Evidence)
	case "logmaxsize":
		c.LogMaxSize.set(v.Data, 1, v.Evidence)
	case "logmaxhistory":
		c.LogMaxHistory.set(v.Data, 1, v.Evidence)
	}
}

// serviceValue takes a value of a service's own key.
func (c *collector) serviceValue(key, name string, v RegistryValue) {
	_, service, _ := strings.Cut(key, `\services\`)
	if strings.Contains(service, `\`) {
		return
	}
	s := Service{Name: v.Key[len(v.Key)-len(service):], Evidence: []Evidence{v.Evidence}}
	switch name {
	case "start":
		s.StartType = startNumber(v.Data)
	case "objectname":
		s.Account = v.Data
	case "imagepath":
		s.Path = v.Data
	case "dependonservice":
		s.Dependencies = strings.FieldsFunc(strings.ReplaceAll(v.Data, `\0`, "\x00"), func(r rune) bool { return r == 0 })
	default:
		return
	}
	c.service(s)
}

// startNumber names the start type of a service's key.
func startNumber(n string) string {
	switch n {
	case "0":
		return "boot"
	case "1":
		return "system"
	case "2":
		return "auto"
	case "3":
		return "manual"
	case "4":
		return "disabled"
	}
	return ""
}
