package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keys are the words before a value that is a name: HostName = "PC01".
var keys = map[string]kind{
	"machinename": host, "computername": host, "hostname": host, "netbiosname": host, "servername": host, "machine": host,
	"computer": host, "workstation": host, "workstationname": host, "clientname": host, "siteserver": host, "resourcename": host,
	"dpname": host, "mpname": host, "serverremotename": host, "dnshostname": host, "sqlserver": host, "proxyserver": host,
	"logonserver": host, "fqdn": host, "serverfqdn": host, "targetserver": host, "targetserverfqdn": host, "remotecomputer": host, "sourcecomputer": host,
	"username": user, "user": user, "useraccount": user, "accountname": user, "loggedonuser": user, "lastuser": user, "logonuser": user,
	"samaccountname": user, "targetusername": user, "subjectusername": user, "fulldomain": domain, "domain": domain,
	"domainname": domain, "dnsdomain": domain, "logondomain": domain, "userdomain": domain, "targetdomainname": domain,
	"subjectdomainname": domain, "forest": domain, "workgroup": domain, "dc": domain,
}

// phrases are keys of two words, by the last of them: what stands before it.
var phrases = map[string]struct {
	before string
	kind   kind
}{
	"name": {"host ", host}, "source": {"data ", host}, "server": {"logon ", host}, "owner": {"registered ", user},
}

// key is what kind of name stands behind the word at s[i:j], whose separator is sep.
func (p *pass) key(i, j int, sep byte) (kind, bool) {
	var buf [32]byte
	low := string(appendLower(buf[:0], p.s[i:j]))
	if k, ok := keys[low]; ok {
		return k, true
	}
	if sep == '=' && low == "server" { // Server=SRV01;Database=CM_PS1
		return host, true
	}
	phrase, ok := phrases[low]
	from := i - len(phrase.before)
	return phrase.kind, ok && from >= 0 && strings.EqualFold(p.s[from:i], phrase.before)
}

// separator returns the separator behind a key that ends at j and where it
// ends. It may be quoted, behind the leader dots of ipconfig, or an entity of XML.
func separator(s string, j int) (sep byte, end int) {
	at := skipFiller(s, j, j+3)
	if at+1 < len(s) && s[at] == '.' && (s[at+1] == ' ' || s[at+1] == ':') {
		for at < len(s) && at < j+48 && (s[at] == ' ' || s[at] == '.') {
			at++
		}
	}
	switch {
	case at >= len(s):
		return 0, j
	case s[at] == '=' || s[at] == ':' || s[at] == '>' && at == j:
		return s[at], at + 1
	case at == j && strings.HasPrefix(s[at:], "&gt;"):
		return '>', at + 4
	}
	return 0, j
}

// skipFiller passes spaces and quotes of every spelling, at most to limit.
func skipFiller(s string, at, limit int) int {
	for at < len(s) && at < limit {
		switch c := s[at]; {
		case c == ' ' || c == '\t' || c == '"' || c == '\'':
			at++
		case c == '\\' && at+1 < len(s) && s[at+1] == '"':
			at += 2
		case c == '&' && strings.HasPrefix(s[at:], "&quot;"):
			at += len("&quot;")
		default:
			return at
		}
	}
	return at
}

// value replaces the name behind a key at s[i:j]. It returns where to go on, i
// if there is no such thing.
func (p *pass) value(i, j int) int {
	s := p.s
	if j-i > 20 || j-i < 2 {
		return i
	}
	sep, at := separator(s, j)
	if sep == 0 {
		if end := p.spokenUser(i, j); end > i {
			return end
		}
		return p.spokenHost(i, j)
	}
	if j-i == 2 && s[j] == '=' && strings.EqualFold(s[i:j], "cn") {
		return p.distinguished(i, j+1)
	}
	k, ok := p.key(i, j, sep)
	if !ok || p.r != nil && p.learn == nil && p.r.names.has(s[i:j]) {
		return i
	}
	if i > 0 && s[i-1] == '/' { // a switch of a command
		sep = '='
	}
	at = skipFiller(s, at, at+48)
	end := at
	for end < len(s) && class[s[end]]&^dollar != 0 {
		end++
	}
	if end == at || class[s[at]]&(word|wide) == 0 || !closes(s, end, sep) {
		return i
	}
	if end < len(s) && s[end] == '@' {
		return i
	}
	if k == user && end < len(s) && s[end] == '\\' {
		return max(i, p.qualifiedUser(at, end))
	}
	for end > at && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	v := s[at:end]
	if len(v) < minName || common(v) || !hasLetter(v) || isGUID(v) || strings.HasPrefix(v, "S-1-") || isHexNumber(v) || tokenAt(s, at) > at {
		return i
	}
	switch {
	case k == host:
		p.host(at, end, false)
	case k == domain && strings.Contains(v, ".") && !isPublic(v):
		p.foundDomain(at, end, true)
	case k == domain && p.learn != nil:
		p.learn.home(v)
	case !isPublic(v):
		p.found(k, at, end)
	}
	return end
}

// spokenHost replaces the name in quotes behind the word host, server, computer
// or machine at s[i:j].
func (p *pass) spokenHost(i, j int) int {
	s := p.s
	switch strings.ToLower(s[i:j]) {
	case "host", "server", "computer", "machine":
	default:
		return i
	}
	if j+2 >= len(s) || s[j] != ' ' || s[j+1] != '\'' && s[j+1] != '"' {
		return i
	}
	at := j + 2
	end := at
	for end < len(s) && class[s[end]]&^dollar != 0 {
		end++
	}
	if end == at || end >= len(s) || s[end] != s[j+1] || common(s[at:end]) || !hasLetter(s[at:end]) || end-at < minName {
		return i
	}
	p.host(at, end, false)
	return end
}

// qualifiedUser replaces DOMAIN\user, where the place says that it is one: the
// domain is at s[i:j]. It returns where to go on, 0 if it is none.
func (p *pass) qualifiedUser(i, j int) int {
	s := p.s
	at := j + 1
	if at < len(s) && s[at] == '\\' {
		at++
	}
	end := at
	for end < len(s) && class[s[end]] != 0 {
		end++
	}
	for end > at && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	where, name := s[i:j], s[at:end]
	if !learnable(where) || end-at < minName || end < len(s) && s[end] == '\\' || !hasLetter(name) || isGUID(name) || strings.HasPrefix(name, "S-1-") {
		return 0
	}
	if p.learn != nil {
		p.learn.home(where)
		p.learn.pair(where, name)
		return end
	}
	if token, to := p.r.names.match(s, i, j); token != "" && to == j {
		p.put(i, j, token)
	} else {
		p.found(domain, i, j)
	}
	switch {
	case isToken(name) || isProfile(name):
	case strings.HasSuffix(name, "$"): // the account of a computer
		p.found(host, at, end-1)
	default:
		p.found(user, at, end)
	}
	return end
}

// spokenUser replaces the DOMAIN\user behind the word user, at s[i:j].
func (p *pass) spokenUser(i, j int) int {
	s := p.s
	if j-i != 4 && j-i != 7 || !strings.EqualFold(s[i:j], "user") && !strings.EqualFold(s[i:j], "account") {
		return i
	}
	at := j
	for at < len(s) && at < j+2 && (s[at] == ' ' || s[at] == '\'' || s[at] == '"') {
		at++
	}
	end := at
	for end < len(s) && class[s[end]]&^(wide|dollar) != 0 {
		end++
	}
	if end == at || end >= len(s) || s[end] != '\\' || class[s[at]]&word == 0 {
		return i
	}
	return max(i, p.qualifiedUser(at, end))
}

// distinguished replaces the first part of CN=PC01,OU=Clients,DC=contoso, which
// begins at j: a computer where its name has a digit and no space, else a user.
func (p *pass) distinguished(i, j int) int {
	s := p.s
	rest := s[j:min(len(s), j+300)]
	if n := strings.IndexAny(rest, "\r\n;\""); n >= 0 {
		rest = rest[:n]
	}
	n := strings.IndexByte(rest, ',')
	if n < minName || n > 64 || !strings.Contains(strings.ToLower(rest[n:]), ",dc=") {
		return i
	}
	name := rest[:n]
	if !learnable(name) || slices.ContainsFunc(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' }), common) || isGUID(name) || tokenAt(s, j) > j {
		return i
	}
	k := user
	if hasDigit(name) && !strings.Contains(name, " ") {
		k = host
	}
	p.found(k, j, j+n)
	return j + n
}

// closes reports whether a value can end at i: a name and not the first word of
// a sentence.
func closes(s string, i int, sep byte) bool {
	if i >= len(s) {
		return true
	}
	if sep == '>' {
		return s[i] == '<' || s[i] == '&'
	}
	if s[i] == ' ' && sep != '=' { // a name and then something else, with room before it
		for i < len(s) && s[i] == ' ' {
			i++
		}
		return i == len(s) || strings.IndexByte(",;\r\n", s[i]) >= 0
	}
	return strings.IndexByte("\"'<>,;)]}\r\n\t\\/@&| ", s[i]) >= 0
}

func isHexNumber(s string) bool {
	if len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') {
		return true
	}
	return false
}

// isScheme reports whether what stands before :// has hosts behind it.
func isScheme(s string) bool {
	switch strings.ToLower(s) {
	case "http", "https", "ftp", "ftps", "ldap", "ldaps", "ws", "wss", "net.tcp", "smb", "file", "gc":
		return true
	}
	return false
}

// url replaces the host of a URL, and what says who asks; it returns where the
// host ends.
func (p *pass) url(i int) int {
	s := p.s
	end := i
	for end < len(s) && end-i < 512 && s[end] > ' ' && s[end] < 0x80 && strings.IndexByte(`/\?#"'<>)},;|`, s[end]) < 0 {
		end++
	}
	if at := strings.LastIndexByte(s[i:end], '@'); at > 0 {
		if !isToken(s[i : i+at]) {
			p.found(user, i, i+at)
		}
		i += at + 1
	}
	if i < end && s[i] == '[' {
		if end := p.colons(i + 1); end < len(s) && s[end] == ']' {
			return end
		}
		return i + 1
	}
	to := i
	for to < end && class[s[to]]&^wide != 0 {
		to++
	}
	if to == i || to < end && s[to] != ':' {
		return i
	}
	p.host(i, to, isHome(s[to:]))
	return to
}

// isHome reports whether what follows a URL's host shows a service of the
// company's own.
func isHome(rest string) bool {
	for _, port := range []string{":8530", ":8531"} {
		if strings.HasPrefix(rest, port) {
			return true
		}
	}
	if strings.HasPrefix(rest, ":") { // a port has five digits
		port := rest[:min(len(rest), 7)]
		n := strings.IndexByte(port, '/')
		if n < 0 {
			return false
		}
		rest = rest[n:]
	}
	for _, path := range []string{"/sms_", "/ccm_", "/ccmtoken", "/clientwebservice", "/simpleauth", "/selfupdate", "/nocert_sms"} {
		if len(rest) >= len(path) && strings.EqualFold(rest[:len(path)], path) {
			return true
		}
	}
	return false
}

// clientID replaces the GUID behind "GUID" and the colon at j.
func (p *pass) clientID(j int) int {
	at := j + 1
	if at < len(p.s) && p.s[at] == '{' {
		at++
	}
	if at+36 <= len(p.s) && isGUID(p.s[at:at+36]) {
		p.found(client, at, at+36)
		return at + 36
	}
	return j
}

// isUsers reports whether the atom at s[i:j] is the folder of the users'
// profiles.
func isUsers(s string, i, j int) bool {
	if i == 0 || s[i-1] != '\\' && s[i-1] != '/' && s[i-1] != ' ' {
		return false
	}
	switch {
	case j-i == 5 && strings.EqualFold(s[i:j], "users"):
		return s[i-1] != ' '
	case j-i == 4 && strings.EqualFold(s[i:j], "home"):
		return s[i-1] == '/'
	case j-i == 8 && strings.EqualFold(s[i:j], "settings"):
		const before = "documents and "
		return i >= len(before) && strings.EqualFold(s[i-len(before):i], before)
	}
	return false
}

// profile replaces the user's name behind C:\Users\, which begins at i. A name
// with spaces counts whole where a separator ends it.
func (p *pass) profile(i int) int {
	s := p.s
	for i < len(s) && (s[i] == '\\' || s[i] == '/') {
		i++
	}
	end, space := i, -1
	for end < len(s) && end-i < 64 && s[end] >= ' ' && strings.IndexByte("\\/:*?\"<>|',;)]}%", s[end]) < 0 {
		if s[end] == ' ' && space < 0 {
			space = end
		}
		end++
	}
	if space >= 0 && (end >= len(s) || s[end] != '\\' && s[end] != '/' && s[end] != '"') {
		end = space
	}
	for end > i && strings.IndexByte(". -", s[end-1]) >= 0 {
		end--
	}
	name := s[i:end]
	if name == "" || !hasLetter(name) && !hasDigit(name) || isToken(name) || isProfile(name) || !utf8.ValidString(name) {
		return i
	}
	if t := tokenAt(s, i); t > i && t < end {
		return i
	}
	p.found(user, i, end)
	return end
}

// isProfile reports whether a profile is one of Windows' own.
func isProfile(name string) bool {
	switch strings.ToLower(name) {
	case "public", "default", "default user", "all users", "administrator", "defaultuser0", "defaultaccount", "wdagutilityaccount",
		"systemprofile", "localservice", "networkservice", "local service", "network service", "guest", "defaultapppool", "temp", "username":
		return true
	}
	return strings.HasPrefix(name, ".NET") || strings.HasPrefix(name, "Classic .NET")
}

// account handles DOMAIN\user, whose domain is at s[i:j]: one that is known, or
// one to be known later.
func (p *pass) account(i, j int) int {
	s := p.s
	if i > 0 && (s[i-1] == '\\' || s[i-1] == '/' || s[i-1] == '%' || s[i-1] == ':' && i > 1 && class[s[i-2]]&letter != 0 && (i < 3 || class[s[i-3]]&word == 0)) {
		return i
	}
	at := j + slash(s, j)
	if at < len(s) && s[at] == '\\' {
		at++
	}
	end := at
	for end < len(s) && class[s[end]] != 0 {
		end++
	}
	for end > at && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	if end == at || end < len(s) && s[end] == '\\' || end-at > 64 || !hasLetter(s[at:end]) || class[s[at]]&(word|wide) == 0 || isGUID(s[at:end]) {
		return i
	}
	if p.learn != nil {
		p.learn.pair(s[i:j], s[at:end])
		return i
	}
	token, whole := p.r.names.match(s, i, j)
	if token == "" || whole != j || !strings.HasPrefix(token, prefixes[domain]) && !strings.HasPrefix(token, prefixes[host]) {
		return i
	}
	p.put(i, j, token)
	if isToken(s[at:end]) || isProfile(s[at:end]) {
		return at
	}
	if known, to := p.r.names.match(s, at, end); known != "" && (to == end || to == end-1 && s[to] == '$') {
		p.put(at, to, known)
		return end
	}
	if s[end-1] == '$' {
		p.found(host, at, end-1)
		return end
	}
	p.found(user, at, end)
	return end
}

// slash is how long the backslash at i is, 0 if there is none: a URL writes %5C.
func slash(s string, i int) int {
	switch {
	case i >= len(s):
	case s[i] == '\\':
		return 1
	case i+2 < len(s) && s[i] == '%' && s[i+1] == '5' && s[i+2]|0x20 == 'c':
		return 3
	}
	return 0
}

// behind reports whether a mark in capitals, as URLs write it, ends at i.
func behind(s string, i int, mark string) bool {
	return i >= len(mark) && strings.EqualFold(s[i-len(mark):i], mark)
}

// isUNC reports whether the two backslashes before i begin a path on a server.
func isUNC(s string, i int) bool {
	from := i
	for from > 0 && s[from-1] == '\\' {
		from--
	}
	if n := i - from; n != 2 && n != 4 {
		return false
	}
	if from == 0 {
		return true
	}
	switch c := s[from-1]; {
	case class[c]&word != 0 || c == '%' || c == '.' || c == '$' || c == '*' || c == '?' || c == '/':
		return false
	case c == ':': // C:\\Windows
		return from < 2 || class[s[from-2]]&letter == 0 || from > 2 && class[s[from-3]]&word != 0
	}
	return true
}

// server replaces the server of a path that begins with \\.
func (p *pass) server(i, j int) int {
	p.host(i, j, false)
	return j
}

// address handles what stands around an @ at j: an e-mail address, or the
// DOMAIN@user of a log's name such as SCClient_CONTOSO@jdoe_1.log.
func (p *pass) address(i, j int) int {
	s := p.s
	end := j + 1
	for end < len(s) && class[s[end]]&^(dollar|wide) != 0 {
		end++
	}
	for end > j+1 && class[s[end-1]]&(digit|letter) == 0 {
		end--
	}
	if end == j+1 {
		return i
	}
	if u := strings.IndexByte(s[i:j], '_'); u > 1 && strings.EqualFold(s[i:i+2], "sc") && u+1 < j-i {
		return p.clientLog(i+u+1, j, end)
	}
	right := s[j+1 : end]
	last := strings.LastIndexByte(right, '.')
	if last > 0 && len(right)-last > 2 && !hasDigit(right[last+1:]) && hasLetterOrDigit(s[i:j]) {
		p.found(mail, i, end)
		return end
	}
	if p.learn != nil && last < 0 && hasLetter(right) {
		p.learn.pair(right, s[i:j])
	}
	return i
}

// clientLog replaces the names of SCClient_DOMAIN@user_1-20250301-010203.log:
// the domain at s[i:at], the user behind the @ at at.
func (p *pass) clientLog(i, at, end int) int {
	s := p.s
	name := s[at+1 : end]
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		name = name[:dot]
	}
	if u := strings.LastIndexByte(name, '_'); u > 0 && u+1 < len(name) && class[name[u+1]] == digit {
		name = name[:u]
	}
	if p.learn != nil {
		p.learn.home(s[i:at])
	}
	if !isToken(s[i:at]) && hasLetterOrDigit(s[i:at]) {
		p.found(domain, i, at)
	}
	if !isToken(name) && hasLetterOrDigit(name) {
		p.found(user, at+1, at+1+len(name))
	}
	return at + 1 + len(name)
}

// continues reports whether the character at i, or before it, is one that a
// name would go on with: a letter or digit of a script that sets spaces.
func continues(r rune) bool {
	return r != utf8.RuneError && r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
