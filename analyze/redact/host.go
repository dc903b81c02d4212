package redact

import "strings"

// public are the domains of public services that say nothing of whose machine
// it is. Hosts that customers name themselves (cloudapp.net, sharepoint.com,
// core.windows.net) are not among them.
var public = map[string]bool{
	"microsoft.com": true, "windowsupdate.com": true, "windows.com": true, "microsoftonline.com": true, "live.com": true,
	"msftncsi.com": true, "msftconnecttest.com": true, "msn.com": true, "bing.com": true, "office.com": true, "office.net": true,
	"office365.com": true, "msedge.net": true, "akadns.net": true, "edgesuite.net": true, "akamaized.net": true, "akamaiedge.net": true,
	"digicert.com": true, "verisign.com": true, "globalsign.com": true, "w3.org": true, "xmlsoap.org": true, "dmtf.org": true,
	"oasis-open.org": true, "microsoft.co.jp": true,
}

// isPublic reports whether a host is Microsoft's or otherwise everybody's.
func isPublic(h string) bool {
	h = strings.ToLower(strings.TrimSuffix(h, "."))
	if h == "localhost" || h == "localdomain" || strings.HasSuffix(h, ".localhost") {
		return true
	}
	for {
		if public[h] {
			return true
		}
		_, rest, ok := strings.Cut(h, ".")
		if !ok {
			return false
		}
		h = rest
	}
}

// host replaces the host name at s[from:to]: HOST-1 for one label, DOMAIN-1 for
// a domain, HOST-1.DOMAIN-1 for a host in one. home says that the domain is the
// company's own.
func (p *pass) host(from, to int, home bool) {
	s := p.s
	for to > from && (s[to-1] == '.' || s[to-1] == '-') {
		to--
	}
	for from < to && s[from] == '_' { // _ldap._tcp.contoso.com
		n := strings.IndexByte(s[from:to], '.')
		if n < 0 {
			return
		}
		from += n + 1
	}
	h := s[from:to]
	if end := ipv4End(h, 0); end == len(h) && end > 0 {
		if ordinary(h) {
			p.found(ip, from, to)
		}
		return
	}
	if len(h) == 0 || len(h) > 253 || isPublic(h) || isToken(h) || !hasLetter(h) || isGUID(h) || strings.HasPrefix(h, "App.AppX") {
		return
	}
	first := strings.IndexByte(h, '.')
	if first < 0 {
		if !devices[strings.ToLower(h)] {
			p.found(host, from, to)
		}
		return
	}
	if isToken(h[first+1:]) {
		if !isToken(h[:first]) && hasLetterOrDigit(h[:first]) {
			p.found(host, from, from+first)
		}
		return
	}
	if p.isOwn(h) || strings.Count(h, ".") < suffixLabels(h)+1 {
		p.foundDomain(from, to, home)
		return
	}
	if !isToken(h[:first]) && hasLetterOrDigit(h[:first]) {
		p.foundIn(from, from+first, h[first+1:])
	}
	if rest := h[first+1:]; !isToken(rest) && hasLetter(rest) {
		p.foundDomain(from+first+1, to, home)
	}
}

// foundIn is a host in a domain.
func (p *pass) foundIn(from, to int, where string) {
	if p.learn != nil {
		p.learn.add(find{host, p.s[from:to], where})
		return
	}
	p.found(host, from, to)
}

func (p *pass) foundDomain(from, to int, home bool) {
	if p.learn != nil && home {
		p.learn.home(p.s[from:to])
	}
	p.found(domain, from, to)
}

// isOwn reports whether a name is a domain that was learned.
func (p *pass) isOwn(h string) bool {
	if p.learn != nil {
		return false
	}
	var buf [256]byte
	_, ok := p.r.tokens[domain][string(appendLower(buf[:0], h))]
	return ok
}

// suffixLabels is how many labels at the end of a name nobody owns: 1 (com), or
// 2 (co.jp).
func suffixLabels(h string) int {
	last := strings.LastIndexByte(h, '.')
	if len(h)-last-1 != 2 {
		return 1
	}
	before := h[strings.LastIndexByte(h[:last], '.')+1 : last]
	switch strings.ToLower(before) {
	case "co", "ne", "or", "ac", "go", "ed", "lg", "ad", "gr", "com", "net", "org", "edu", "gov", "gob", "mil":
		return 2
	}
	return 1
}

// qualified looks for a full host name: one that ends in a top-level domain or
// in a domain that was learned.
func (p *pass) qualified(i, j int) int {
	h := p.s[i:j]
	if i > 0 && (p.s[i-1] == '%' || p.s[i-1] == '.') || !p.isDomain(h) || isPublic(h) {
		return i
	}
	p.host(i, j, false)
	return j
}

// isDomain reports whether a name with dots ends as domains do.
func (p *pass) isDomain(h string) bool {
	last := strings.LastIndexByte(h, '.')
	if last <= 0 || len(h) > 253 || strings.Contains(h, "..") {
		return false
	}
	tld := h[last+1:]
	labels := strings.Count(h, ".") + 1
	switch topLevel(tld) {
	case always:
		return labels > 2 || !programs[strings.ToLower(h)]
	case long:
		return labels > 2 && !isName(h)
	case small:
		if labels > 2 && !isName(h) || labels == 2 && h == strings.ToLower(h) && len(h) > 5 && suffixLabels(h) == 1 && !hasDigit(h) {
			return true
		}
	}
	if p.learn != nil || len(p.r.tokens[domain]) == 0 || fileEnd[strings.ToLower(tld)] {
		return false
	}
	for at := strings.IndexByte(h, '.'); at >= 0 && at < last; {
		if p.isOwn(h[at+1:]) {
			return true
		}
		n := strings.IndexByte(h[at+1:], '.')
		at += n + 1
	}
	return p.isOwn(h)
}

// isName reports whether a dotted name is a namespace of programs.
func isName(h string) bool {
	first, _, _ := strings.Cut(strings.ToLower(h), ".")
	switch first {
	case "system", "microsoft", "windows", "asp", "vb", "ado", "ccm", "sms", "wuapi":
		return true
	}
	return false
}

// How far an ending makes a dotted name a host.
const (
	never  = iota
	always // with two labels
	long   // with three: System.Net is none
	small  // with three, or two in small letters: two-letter endings are also file types
)

func topLevel(tld string) int {
	if len(tld) < 2 || len(tld) > 9 {
		return never
	}
	switch strings.ToLower(tld) {
	case "com", "org", "local", "lan", "corp", "internal", "intra", "intranet", "edu", "gov", "mil", "biz", "localnet", "homenet", "company":
		return always
	case "net", "info", "int", "cloud", "dev", "app", "tech", "online", "ad", "domain", "priv", "private", "test", "example", "group", "global", "site", "home", "asia", "tokyo":
		return long
	case "jp", "de", "uk", "fr", "us", "ca", "au", "nl", "ch", "at", "it", "es", "se", "dk", "fi", "be", "eu", "cn", "kr", "tw", "br", "io", "nz", "cz", "sg", "hk", "ie", "pt", "mx", "za", "ru":
		return small
	}
	return never
}

// programs are the files of DOS that end in .com.
var programs = map[string]bool{
	"command.com": true, "chcp.com": true, "more.com": true, "mode.com": true, "tree.com": true, "format.com": true, "diskcomp.com": true,
	"diskcopy.com": true, "edit.com": true, "graftabl.com": true, "win.com": true, "ntdetect.com": true,
}

// fileEnd are endings of files, which no learned domain is looked for behind.
var fileEnd = map[string]bool{
	"log": true, "lo_": true, "dll": true, "exe": true, "cpp": true, "xml": true, "txt": true, "cab": true, "msi": true, "msu": true,
	"sys": true, "inf": true, "etl": true, "evtx": true, "mof": true, "dat": true, "edb": true, "zip": true, "h": true, "cs": true,
}

// devices are names behind \\ that are no server's.
var devices = map[string]bool{
	"device": true, "registry": true, "systemroot": true, "windows": true, "globalroot": true, "harddisk": true, "unc": true, "pipe": true,
	"root": true, "localhost": true, "volume": true, "software": true, "system": true, "program": true, "physicaldrive0": true,
	"configuration": true, "users": true, "microsoft": true, "null": true, "none": true, "n": true, "r": true, "t": true,
}

func hasLetter(s string) bool {
	for i := range len(s) {
		if class[s[i]]&(letter|wide) != 0 {
			return true
		}
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func hasLetterOrDigit(s string) bool { return hasLetter(s) || hasDigit(s) }

// isGUID reports whether s is a GUID without braces.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash && s[i] != '-' || !dash && class[s[i]]&(digit|hexa) == 0 {
			return false
		}
	}
	return true
}
