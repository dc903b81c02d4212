package fact

import (
	"net/netip"
	"strconv"
	"strings"
)

// ipLabels are the labels of ipconfig, English and Japanese, without the dots.
var ipLabels = []struct{ label, means string }{
	{"Autoconfiguration IPv4 Address", "auto"}, {"自動構成 IPv4 アドレス", "auto"}, {"自動構成 IP アドレス", "auto"},
	{"IPv4 Address", "address"}, {"IPv4 アドレス", "address"}, {"IP Address", "address"}, {"IP アドレス", "address"},
	{"IPv6 Address", "address"}, {"IPv6 アドレス", "address"}, {"Temporary IPv6 Address", ""}, {"一時 IPv6 アドレス", ""},
	{"Media State", "media"}, {"メディアの状態", "media"}, {"Description", "description"}, {"説明", "description"},
	{"DHCP Enabled", "dhcp"}, {"DHCP 有効", "dhcp"}, {"DHCP が有効", "dhcp"},
	{"Default Gateway", "gateway"}, {"デフォルト ゲートウェイ", "gateway"}, {"既定のゲートウェイ", "gateway"},
	{"DNS Servers", "dns"}, {"DNS サーバー", "dns"}, {"Connection-specific DNS Suffix", "suffix"}, {"接続固有の DNS サフィックス", "suffix"},
	{"Host Name", "host"}, {"ホスト名", "host"}, {"Primary Dns Suffix", "domain"}, {"プライマリ DNS サフィックス", "domain"},
}

// ipconfig reads the output of ipconfig, with /all or without.
func (c *collector) ipconfig(s *section) {
	var cur *Adapter
	last := ""
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		if t == "" {
			continue
		}
		if name, ok := adapterName(l.s); ok {
			if len(c.Adapters) >= 500 {
				return
			}
			c.Adapters = append(c.Adapters, Adapter{Name: name, Evidence: c.at(l)})
			cur, last = &c.Adapters[len(c.Adapters)-1], ""
			continue
		}
		label, value, ok := dotted(t)
		if !ok {
			if cur != nil && (last == "gateway" || last == "dns") {
				c.ipValue(cur, last, t, l)
			}
			continue
		}
		last = ""
		for _, known := range ipLabels {
			if label == known.label {
				last = known.means
				break
			}
		}
		switch {
		case last == "host":
			c.Name.set(value, 2, c.at(l))
		case last == "domain":
			c.Domain.set(value, 1, c.at(l))
		case cur != nil:
			c.ipValue(cur, last, value, l)
		}
	}
}

// adapterName reads "Ethernet adapter X:" and "イーサネット アダプター X:".
func adapterName(s string) (string, bool) {
	if s[0] == ' ' || !strings.HasSuffix(s, ":") {
		return "", false
	}
	s = strings.TrimSuffix(s, ":")
	for _, word := range []string{" adapter ", " アダプター ", " アダプタ "} {
		if _, name, ok := strings.Cut(s, word); ok {
			return name, true
		}
	}
	return "", false
}

// dotted reads "Label . . . . : value"; the dots tell a label from an address.
func dotted(t string) (label, value string, ok bool) {
	i := strings.Index(t, ". :")
	if i < 0 {
		i = strings.Index(t, ".: ")
	}
	if i < 0 && strings.HasSuffix(t, ".:") {
		i = len(t) - 2
	}
	if i < 0 {
		return "", "", false
	}
	colon := i + strings.IndexByte(t[i:], ':')
	return strings.TrimRight(t[:i], ". "), strings.TrimSpace(t[colon+1:]), true
}

// ipValue takes one value of an adapter.
func (c *collector) ipValue(a *Adapter, means, value string, l line) {
	value, _, _ = strings.Cut(value, "(")
	value = strings.TrimSpace(value)
	switch means {
	case "auto", "address":
		ip, err := netip.ParseAddr(value)
		if err != nil {
			return
		}
		if ip.Is4() && ip.IsLinkLocalUnicast() {
			a.Automatic = true
			a.Evidence = c.at(l)
		}
		if ip.Is4() || !ip.IsLinkLocalUnicast() {
			a.Addresses = append(a.Addresses, value)
		}
	case "media":
		if strings.Contains(value, "disconnected") || strings.Contains(value, "接続されていません") || strings.Contains(value, "切断") {
			a.Disconnected, a.DisconnectedAt = true, c.at(l)
		}
	case "description":
		a.Description = value
	case "dhcp":
		a.DHCP = yesNo(value)
	case "suffix":
		a.Suffix = value
	case "gateway", "dns":
		ip, err := netip.ParseAddr(value)
		if err != nil {
			return
		}
		if means == "gateway" {
			a.Gateways = append(a.Gateways, ip.String())
		} else {
			a.DNS = append(a.DNS, ip.String())
			a.DNSAt = c.at(l)
		}
	}
}

// nslookup reads the outputs of nslookup and the errors of Resolve-DnsName.
func (c *collector) nslookup(s *section) {
	var cur Lookup
	if w := strings.Fields(s.command.s); len(w) > 1 && foldPrefix(w[0], "nslookup") {
		cur.Host = strings.TrimPrefix(w[len(w)-1], "-")
		if len(w) > 2 && !strings.HasPrefix(w[1], "-") {
			cur.Host = w[1]
		}
	}
	inName, timeout := false, (*line)(nil)
	flush := func() {
		if cur.Failed || len(cur.Addresses) > 0 {
			c.lookup(cur)
		}
		cur = Lookup{}
		inName, timeout = false, nil
	}
	for _, l := range s.lines {
		t := strings.TrimSpace(l.s)
		name, value, _ := strings.Cut(t, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "Server", "サーバー":
			if inName || cur.Failed {
				flush()
			}
			cur.Server = value
			continue
		case "Name", "名前":
			if len(cur.Addresses) > 0 {
				server := cur.Server
				flush()
				cur.Server = server
			}
			cur.Host, inName, cur.Evidence = value, true, c.at(l)
			continue
		case "Address", "Addresses", "アドレス":
			if inName {
				cur.address(value)
			}
			continue
		case "Aliases", "別名":
			inName = false
			continue
		}
		switch {
		case strings.HasPrefix(t, "*** ") || strings.HasPrefix(t, "Resolve-DnsName :"):
			if host, why, ok := notFound(t); ok {
				cur.Host, cur.Failed, cur.Error, cur.Evidence = host, true, why, c.at(l)
				flush()
			} else if strings.Contains(t, "timed-out") && cur.Host != "" && !inName {
				cur.Failed, cur.Error, cur.Evidence = true, t, c.at(l)
				flush()
			}
		case strings.HasPrefix(t, "DNS request timed out"):
			timeout = &line{l.n, t}
		case inName && t != "":
			cur.address(t)
		}
	}
	if timeout != nil && !inName && !cur.Failed && cur.Host != "" {
		cur.Failed, cur.Error, cur.Evidence = true, timeout.s, c.at(*timeout)
	}
	flush()
}

func (l *Lookup) address(s string) {
	if ip, err := netip.ParseAddr(s); err == nil && len(l.Addresses) < 100 {
		l.Addresses = append(l.Addresses, ip.String())
	}
}

// notFound reads "*** X can't find host: reason" and the Japanese form, and
// "Resolve-DnsName : host : reason".
func notFound(t string) (host, why string, ok bool) {
	if rest, found := strings.CutPrefix(t, "Resolve-DnsName :"); found {
		host, why, ok = strings.Cut(rest, " : ")
		return strings.TrimSpace(host), strings.TrimSpace(why), ok
	}
	if _, rest, found := strings.Cut(t, "can't find "); found {
		host, why, _ = strings.Cut(rest, ": ")
		return strings.TrimSpace(host), strings.TrimSpace(why), host != ""
	}
	if _, rest, found := strings.Cut(t, " が "); found {
		host, why, found = strings.Cut(rest, " を見つけられません")
		return strings.TrimSpace(host), strings.TrimLeft(why, ":。 "), found
	}
	return "", "", false
}

func (c *collector) lookup(l Lookup) {
	if len(c.Lookups) < 1000 {
		c.Lookups = append(c.Lookups, l)
	}
}

// lookupObject takes a row or an object of Resolve-DnsName.
func (c *collector) lookupObject(o *object) {
	address := o.get("IPAddress")
	if address == "" {
		address = o.get("IP4Address")
	}
	l := Lookup{Host: o.get("Name"), Evidence: c.at(o.at)}
	l.address(address)
	if len(l.Addresses) > 0 && l.Host != "" {
		c.lookup(l)
	}
}

// webErrors are the texts of failed requests, English and Japanese.
var webErrors = []struct{ text, kind string }{
	{"The remote server returned an error", "http"}, {"リモート サーバーがエラーを返しました", "http"},
	{"Response status code does not indicate success", "http"},
	{"Unable to connect to the remote server", "connect"}, {"リモート サーバーに接続できません", "connect"},
	{"The remote name could not be resolved", "name"}, {"リモート名を解決できませんでした", "name"}, {"No such host is known", "name"},
	{"そのようなホストは不明です", "name"},
	{"The operation has timed out", "timeout"}, {"操作がタイムアウトになりました", "timeout"}, {"操作はタイムアウトになりました", "timeout"},
	{"Could not establish trust relationship", "tls"}, {"SSL/TLS のセキュリティで保護されているチャネル", "tls"},
	{"Could not create SSL/TLS secure channel", "tls"}, {"The underlying connection was closed", "connect"},
	{"接続が切断されました", "connect"}, {"actively refused", "connect"}, {"拒否されたため", "connect"},
}

// request reads the outputs of Invoke-WebRequest.
func (c *collector) request(s *section) {
	r := Request{URL: urlIn(s.command.s)}
	status := line{}
	for _, l := range s.lines {
		if u := urlIn(l.s); r.URL == "" && u != "" && (strings.HasPrefix(strings.TrimSpace(l.s), "+") || strings.Contains(l.s, "Invoke-WebRequest")) {
			r.URL = u
		}
		t := strings.TrimSpace(l.s)
		if name, value, ok := property(t); ok && name == "StatusCode" {
			status = l
			r.Status, _ = strconv.Atoi(firstWord(value))
			continue
		}
		if r.Error != "" {
			continue
		}
		for _, e := range webErrors {
			if strings.Contains(t, e.text) {
				r.Error, r.Kind, r.Evidence = strings.TrimSpace(strings.TrimPrefix(t, "Invoke-WebRequest :")), e.kind, c.at(l)
				if n := statusIn(t); r.Kind == "http" && n != 0 {
					r.Status = n
				}
				break
			}
		}
	}
	if status.n > 0 && r.Error == "" {
		r.Evidence = c.at(status)
	}
	c.requested(r)
}

func (c *collector) requested(r Request) {
	if (r.Status != 0 || r.Error != "") && r.Status < 1000 && len(c.Requests) < 1000 {
		if r.Error == "" && r.Status >= 400 {
			r.Kind = "http"
		}
		c.Requests = append(c.Requests, r)
	}
}

// requestObject takes an answer that lies in another section.
func (c *collector) requestObject(o *object) {
	n, _ := strconv.Atoi(o.get("StatusCode"))
	c.requested(Request{URL: urlIn(c.command.s), Status: n, Evidence: c.at(o.prop("StatusCode").at)})
}

// statusIn returns the number in "(503)" or "success: 503", 0 if there is none.
func statusIn(s string) int {
	for i := 0; i+4 < len(s)+1; i++ {
		if (s[i] == '(' || s[i] == ' ') && i+4 <= len(s) {
			if n, err := strconv.Atoi(s[i+1 : i+4]); err == nil && n >= 100 && n < 600 {
				return n
			}
		}
	}
	return 0
}

// urlIn returns the first address of the web in s.
func urlIn(s string) string {
	i := strings.Index(s, "http://")
	if j := strings.Index(s, "https://"); i < 0 || j >= 0 && j < i {
		i = j
	}
	if i < 0 {
		return ""
	}
	s = s[i:]
	if end := strings.IndexAny(s, " \t\"'<>|)"); end > 0 {
		s = s[:end]
	}
	return s
}
