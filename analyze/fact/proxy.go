package fact

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// Proxy is the proxy that services such as Windows Update use (WinHTTP).
type Proxy struct {
	// Direct says that there is none.
	Direct bool
	// Server as it is stated: "host:8080" or "http=a:8080;https=b:8080".
	Server string
	// Bypass is the list of what goes direct, entry by entry.
	Bypass   []string
	Evidence []Evidence
}

// BypassList returns the entries with ; between, as netsh takes them.
func (p *Proxy) BypassList() string { return strings.Join(p.Bypass, ";") }

// For returns the proxy for a scheme (http, https), "" where it goes direct.
func (p *Proxy) For(scheme string) string {
	if p.Direct {
		return ""
	}
	any := ""
	for _, part := range strings.FieldsFunc(p.Server, func(r rune) bool { return r == ';' || r == ' ' }) {
		name, address, ok := strings.Cut(part, "=")
		switch {
		case !ok:
			any = part
		case strings.EqualFold(name, scheme):
			return address
		}
	}
	return any
}

// Bypasses reports whether a request to host goes direct: there is no proxy,
// or an entry of the list fits. host may be a name, an address, either with a
// port, or a URL. As WinHTTP does it, an entry may hold wildcards, a scheme
// and a port; "*.contoso.com" does not fit contoso.com itself, an entry
// without a wildcard fits only that very name, <local> fits names without a
// dot. Loopback goes direct unless <-loopback> is listed.
func (p *Proxy) Bypasses(host string) bool {
	if p.Direct || p.Server == "" {
		return true
	}
	scheme, name, port := splitHost(host)
	if name == "" {
		return false
	}
	if p.For(orHTTP(scheme)) == "" {
		return true
	}
	loopback := isLoopback(name)
	for _, entry := range p.Bypass {
		switch strings.ToLower(entry) {
		case "<-loopback>":
			loopback = false
		case "<local>":
			if !strings.ContainsAny(name, ".:") {
				return true
			}
		default:
			s, n, e := splitHost(entry)
			if (s == "" || scheme == "" || s == scheme) && (e == 0 || e == port) && n != "" && glob(n, name) {
				return true
			}
		}
	}
	return loopback
}

func orHTTP(scheme string) string {
	if scheme == "" {
		return "http"
	}
	return scheme
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback()
}

// splitHost cuts "http://host:8530/path" into its parts, in lower case. The
// port is that of the scheme where none is given, 0 where neither is.
func splitHost(s string) (scheme, name string, port int) {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.Index(s, "://"); i >= 0 {
		scheme, s = s[:i], s[i+3:]
	}
	if i := strings.IndexAny(s, "/?#\\"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	switch scheme {
	case "http":
		port = 80
	case "https":
		port = 443
	}
	if strings.HasPrefix(s, "[") {
		if end := strings.IndexByte(s, ']'); end > 0 {
			name, s = s[1:end], s[end+1:]
			if n, err := strconv.ParseUint(strings.TrimPrefix(s, ":"), 10, 16); err == nil {
				port = int(n)
			}
			return scheme, name, port
		}
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.IndexByte(s, ':') == i {
		if n, err := strconv.ParseUint(s[i+1:], 10, 16); err == nil {
			return scheme, strings.TrimSuffix(s[:i], "."), int(n)
		}
		s = s[:i]
	}
	return scheme, strings.TrimSuffix(s, "."), port
}

// glob reports whether name fits a pattern with * for any run of characters.
// It takes time in proportion to the product of the lengths at worst.
func glob(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// bypassEntries cuts a bypass list: WinHTTP takes ; and blanks between entries.
func bypassEntries(s string) []string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "(none)", "(なし)", "none", "なし":
		return nil
	}
	return strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ' ' || r == '\t' || r == ',' })
}

// netsh reads "netsh winhttp show proxy" and "show advproxy".
func (c *collector) netsh(s *section) {
	var p Proxy
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		switch {
		case strings.HasPrefix(t, "Direct access"), strings.HasPrefix(t, "直接アクセス"):
			c.proxy(Proxy{Direct: true, Evidence: []Evidence{c.at(l)}}, 2)
			return
		case strings.HasPrefix(t, "Proxy Server"), strings.HasPrefix(t, "プロキシ サーバー"):
			p.Server = afterColon(t)
			p.Evidence = append(p.Evidence, c.at(l))
		case strings.HasPrefix(t, "Bypass List"), strings.HasPrefix(t, "バイパス一覧"), strings.HasPrefix(t, "バイパス リスト"):
			p.Bypass = bypassEntries(afterColon(t))
			p.Evidence = append(p.Evidence, c.at(l))
			c.proxy(p, 2)
			return
		case strings.HasPrefix(t, `"Proxy"`):
			p.Server = strings.Trim(afterColon(t), `", `)
			p.Evidence = append(p.Evidence, c.at(l))
		case strings.HasPrefix(t, `"ProxyBypass"`):
			p.Bypass = bypassEntries(strings.Trim(afterColon(t), `", `))
			p.Evidence = append(p.Evidence, c.at(l))
		}
	}
	c.proxy(p, 2)
}

// afterColon returns what stands behind the first colon.
func afterColon(s string) string {
	if i := strings.Index(s, ":"); i >= 0 {
		return strings.TrimSpace(s[i+1:])
	}
	if _, after, ok := strings.Cut(s, "："); ok {
		return strings.TrimSpace(after)
	}
	return ""
}

// proxy takes a statement of WinHTTP's proxy; a higher rank replaces it.
func (c *collector) proxy(p Proxy, rank int) {
	if len(p.Evidence) == 0 || !p.Direct && p.Server == "" {
		return
	}
	if c.Proxy == nil || rank > c.proxyRank {
		c.Proxy, c.proxyRank = &p, rank
	}
}

// winHTTPSettings decodes the value that netsh winhttp writes: three numbers
// (version, counter, flags: 1 direct, 3 proxy) and two counted texts.
func (c *collector) winHTTPSettings(v RegistryValue) {
	raw, err := hex.DecodeString(v.Data)
	if err != nil || len(raw) < 16 {
		return
	}
	p := Proxy{Evidence: []Evidence{v.Evidence}}
	if binary.LittleEndian.Uint32(raw[8:])&2 == 0 {
		p.Direct = true
		c.proxy(p, 1)
		return
	}
	server, rest, ok := counted(raw[12:])
	if !ok || server == "" {
		return
	}
	bypass, _, _ := counted(rest)
	p.Server, p.Bypass = server, bypassEntries(bypass)
	c.proxy(p, 1)
}

// counted reads a text behind its length in four bytes.
func counted(raw []byte) (s string, rest []byte, ok bool) {
	if len(raw) < 4 {
		return "", nil, false
	}
	n := binary.LittleEndian.Uint32(raw)
	if uint64(n) > uint64(len(raw)-4) {
		return "", nil, false
	}
	return string(raw[4 : 4+n]), raw[4+n:], true
}

// updatePoint takes a statement of where updates come from.
func (c *collector) updatePoint(url string, source Source, e Evidence) {
	url = strings.TrimSpace(url)
	_, host, port := splitHost(url)
	if url == "" || host == "" {
		return
	}
	for _, p := range c.UpdatePoints {
		if p.Source == source && strings.EqualFold(p.URL, url) {
			return
		}
	}
	if len(c.UpdatePoints) < 64 {
		c.UpdatePoints = append(c.UpdatePoints, UpdatePoint{URL: url, Host: host, Port: port, Source: source, Evidence: e})
	}
}
