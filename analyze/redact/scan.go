package redact

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// The classes of bytes that names are made of. A run of them that begins with
// one of the first four is an atom.
const (
	digit uint8 = 1 << iota
	hexa        // a-f
	other       // g-z
	under       // _
	dot
	hyphen
	dollar
	wide // the bytes of other scripts; no part of an atom

	letter = hexa | other
	word   = digit | letter | under
)

var class = func() (c [256]uint8) {
	for b := range c {
		switch low := b | 0x20; {
		case b >= 0x80:
			c[b] = wide
		case '0' <= b && b <= '9':
			c[b] = digit
		case 'a' <= low && low <= 'f':
			c[b] = hexa
		case 'a' <= low && low <= 'z':
			c[b] = other
		}
	}
	c['_'], c['.'], c['-'], c['$'] = under, dot, hyphen, dollar
	return c
}()

// find is a name that was found.
type find struct {
	kind kind
	name string
	in   string // the domain that the name of a host was found with
}

// pass goes through one text. It either replaces names or learns them.
type pass struct {
	r *Redactor
	s string

	out  []byte // what is replaced up to done
	done int

	learn *lesson
}

// replace returns s with the names replaced.
func (p *pass) replace(r *Redactor, s string) (string, bool) {
	p.r, p.s, p.out, p.done = r, s, p.out[:0], 0
	p.run()
	p.s = ""
	if p.done == 0 {
		return s, false
	}
	p.out = append(p.out, s[p.done:]...)
	return string(p.out), true
}

// found is a name at s[from:to].
func (p *pass) found(k kind, from, to int) {
	if p.learn != nil {
		p.learn.add(find{k, p.s[from:to], ""})
		return
	}
	p.put(from, to, p.r.token(k, p.s[from:to]))
}

func (p *pass) put(from, to int, token string) {
	p.out = append(p.out, p.s[p.done:from]...)
	p.out = append(p.out, token...)
	p.done = to
}

func (p *pass) run() {
	s := p.s
	for i := 0; i < len(s); {
		switch c := class[s[i]]; {
		case c&word != 0:
			i = p.atom(i)
		case c == wide:
			i = p.script(i)
		case s[i] == ':' && i+1 < len(s) && s[i+1] == ':':
			i = p.colons(i)
		default:
			i++
		}
	}
}

// maxAtom is about how long an atom is, in bytes: one without end is taken in
// pieces, as going on inside one means to look at its rest again.
const maxAtom = 1 << 10

// atom looks at the atom that begins at i and returns where to go on.
func (p *pass) atom(i int) int {
	s := p.s
	if escaped(s, i) { // %2Fhost
		return p.unescaped(i + 2)
	}
	j, set := i, uint8(0)
	for j < len(s) && class[s[j]]&^wide != 0 && (j-i < maxAtom || j-i < 4*maxAtom && class[s[j]]&(digit|letter) != 0) {
		set |= class[s[j]]
		j++
	}
	for s[j-1] == '.' || s[j-1] == '-' {
		j--
	}
	if t := tokenIn(s, i, set); t > i && (t == j || s[t] != '-') && !(t < len(s) && s[t] == '@') {
		return p.afterToken(t, j)
	}
	if end := p.inContext(i, j, set); end > i {
		return end
	}
	if set&dot != 0 && set&letter != 0 {
		if end := p.qualified(i, j); end > i {
			return end
		}
	}
	return p.parts(i, j, set)
}

// escaped reports whether the two digits at i write, behind a percent sign, a
// character that separates names.
func escaped(s string, i int) bool {
	if i == 0 || s[i-1] != '%' || i+1 >= len(s) || class[s[i]]&digit == 0 || class[s[i+1]]&(digit|hexa) == 0 {
		return false
	}
	low := s[i+1]
	if class[low] == digit {
		low -= '0'
	} else {
		low = low | 0x20 - 'a' + 10
	}
	c := (s[i]-'0')<<4 | low
	return c >= ' ' && c < 0x7f && class[c] == 0
}

// unescaped goes on at i, behind an escaped character: at the host of a URL or
// the server of a path.
func (p *pass) unescaped(i int) int {
	s := p.s
	end := i
	for end < len(s) && class[s[end]]&^wide != 0 {
		end++
	}
	switch {
	case end == i || class[s[i]]&word == 0:
		return i
	case behind(s, i, "%5C%5C"):
		return p.server(i, end)
	case behind(s, i, "%3A%2F%2F"):
		p.host(i, end, behind(s, min(len(s), end+7), "%3A8530") || behind(s, min(len(s), end+7), "%3A8531"))
		return end
	}
	return i
}

// tokenIn is tokenAt inside an atom of which set is known.
func tokenIn(s string, i int, set uint8) int {
	if set&hyphen == 0 || set&digit == 0 {
		return i
	}
	return tokenAt(s, i)
}

// afterToken goes on behind a token: what follows its dot may be a domain that
// is still to be replaced.
func (p *pass) afterToken(t, end int) int {
	if t < end && p.s[t] == '.' && t+1 < end {
		if class[p.s[t+1]]&word != 0 && tokenAt(p.s, t+1) == t+1 && p.isDomain(p.s[t+1:end]) {
			p.host(t+1, end, false)
			return end
		}
		return t + 1
	}
	return t
}

// inContext handles an atom by what stands before or behind it. It returns i
// where that says nothing.
func (p *pass) inContext(i, j int, set uint8) int {
	s := p.s
	next := byte(0)
	if j < len(s) {
		next = s[j]
	}
	switch next {
	case '@':
		if end := p.address(i, j); end > i {
			return end
		}
	case ':':
		switch {
		case strings.HasPrefix(s[j:], "://") && isScheme(s[i:j]):
			return p.url(j + 3)
		case j-i == 4 && strings.EqualFold(s[i:j], "guid"):
			return p.clientID(j)
		case set&^(digit|hexa) == 0 && j-i <= 4:
			if end := p.colons(i); end > j {
				return end
			}
		}
	case '\\', '/':
		if isUsers(s, i, j) {
			return p.profile(j + 1)
		}
		if next == '\\' && j-i == 3 && strings.EqualFold(s[i:j], "unc") && behind(s, i, `?\`) {
			return p.longUNC(j + 1)
		}
		fallthrough
	case '%':
		if slash(s, j) > 0 {
			if end := p.account(i, j); end > i {
				return end
			}
		}
	}
	if i >= 2 && s[i-1] == '\\' && s[i-2] == '\\' && isUNC(s, i) {
		return p.server(i, j)
	}
	if next == '=' || next == ':' || next == ' ' || next == '>' || next == '"' || next == '&' || next == '\\' && j+1 < len(s) && s[j+1] == '"' {
		return p.value(i, j)
	}
	return i
}

// longUNC replaces the server of \\?\UNC\server\share, which begins at i.
func (p *pass) longUNC(i int) int {
	end := i
	for end < len(p.s) && class[p.s[end]] != 0 {
		end++
	}
	if end > i {
		p.host(i, end, false)
	}
	return end
}

// parts looks for names, addresses and SIDs at the beginning of every part of
// an atom.
func (p *pass) parts(i, j int, set uint8) int {
	s := p.s
	for k := i; k < j; k++ {
		c := class[s[k]]
		if c&(digit|letter) == 0 || k > i && class[s[k-1]]&(digit|letter) != 0 {
			continue
		}
		if t := tokenIn(s, k, set); t > k {
			k = t - 1
			continue
		}
		if set&hyphen != 0 {
			if end := p.hyphened(k, j); end > k {
				k = end - 1
				continue
			}
		}
		if set&dot != 0 {
			if end := p.dotted(k); end > k {
				k = end - 1
				continue
			}
		}
		if p.learn == nil {
			if token, end := p.r.names.match(s, k, j); end > k {
				p.put(k, end, token)
				k, j = end-1, max(end, j)
			}
		}
	}
	return j
}

// dotted looks for an IPv4 address or a MAC address of the form 0015.5d01.020a.
func (p *pass) dotted(i int) int {
	if class[p.s[i]] == digit {
		if end := p.ipv4(i); end > i {
			return end
		}
	}
	if end := dottedMAC(p.s, i); end > i {
		p.mac(i, end)
		return end
	}
	return i
}

// dottedMAC returns where such a MAC address ends that begins at i, i if none
// does. A number of three groups without a letter is none.
func dottedMAC(s string, i int) int {
	const size = 14
	if i+size > len(s) || i > 0 && s[i-1] == '.' || i+size < len(s) && class[s[i+size]]&(word|dot|hyphen) != 0 {
		return i
	}
	digits, letters := 0, 0
	for k := range size {
		switch c := class[s[i+k]]; {
		case k%5 == 4 && c == dot:
		case k%5 == 4:
			return i
		case c == digit:
			digits++
		case c == hexa:
			letters++
		default:
			return i
		}
	}
	if digits == 0 || letters == 0 {
		return i
	}
	return i + size
}

// script looks for a name at a character of another script.
func (p *pass) script(i int) int {
	if i > 1 && p.s[i-1] == '\\' && p.s[i-2] == '\\' && isUNC(p.s, i) { // \\サーバー\share
		end := i
		for end < len(p.s) && class[p.s[end]] != 0 {
			end++
		}
		return p.server(i, end)
	}
	if p.learn == nil && p.r.names.odd {
		if token, end := p.r.names.match(p.s, i, i); end > i {
			p.put(i, end, token)
			return end
		}
	}
	_, n := utf8.DecodeRuneInString(p.s[i:])
	return i + n
}

// hyphened looks for a SID or a MAC address.
func (p *pass) hyphened(i, j int) int {
	s := p.s
	if (s[i] == 'S' || s[i] == 's') && j-i > 8 && s[i+1] == '-' && s[i+2] == '1' && s[i+3] == '-' {
		return p.sid(i)
	}
	if end := macEnd(s, i, '-'); end > i {
		p.mac(i, end)
		return end
	}
	return i
}

// sid replaces the SID of an account: those of a machine's or domain's own
// authority (S-1-5-21) and of Entra ID (S-1-12-1). All others are well known.
func (p *pass) sid(i int) int {
	s := p.s
	end, last := i+2, i+2
	for end < len(s) && (class[s[end]] == digit || s[end] == '-') {
		if s[end] != '-' {
			last = end + 1
		}
		end++
	}
	if end < len(s) && class[s[end]]&letter != 0 {
		return i
	}
	t := s[i+2 : last]
	if strings.HasPrefix(t, "1-5-21-") || strings.HasPrefix(t, "1-12-1-") {
		p.found(sid, i, last)
	}
	return last
}

// macEnd returns where a MAC address ends that begins at i, i if none does.
func macEnd(s string, i int, sep byte) int {
	const size = 17
	if i+size > len(s) || s[i+2] != sep {
		return i
	}
	for k := range size {
		c := s[i+k]
		if k%3 == 2 && c != sep || k%3 != 2 && class[c]&(digit|hexa) == 0 {
			return i
		}
	}
	if i+size < len(s) && (s[i+size] == sep || class[s[i+size]]&word != 0) {
		return i
	}
	return i + size
}

func (p *pass) mac(i, end int) {
	switch strings.NewReplacer("-", "", ":", "", ".", "").Replace(p.s[i:end]) {
	case "000000000000", "ffffffffffff", "FFFFFFFFFFFF":
	default:
		p.found(mac, i, end)
	}
}

// colons looks for a MAC address or an IPv6 address at i.
func (p *pass) colons(i int) int {
	s := p.s
	if i+2 > len(s) {
		return i
	}
	skip := i + 2
	if class[s[i]]&word != 0 {
		skip = i
		if within(s, i) {
			return skip
		}
	} else if i > 0 && class[s[i-1]]&^wide != 0 {
		return skip
	}
	if end := macEnd(s, i, ':'); end > i {
		p.mac(i, end)
		return end
	}
	end, count, digits := i, 0, false
	for end < len(s) && end-i < 46 && (s[end] == ':' || class[s[end]]&(digit|hexa|dot) != 0) {
		if s[end] == ':' {
			count++
		}
		digits = digits || class[s[end]] == digit
		end++
	}
	if count < 2 || !digits || end < len(s) && class[s[end]]&(word|wide) != 0 {
		return skip
	}
	for end > i && (s[end-1] == '.' || s[end-1] == ':' && !strings.HasSuffix(s[i:end], "::")) {
		end--
	}
	if count != 7 && !strings.Contains(s[i:end], "::") {
		return skip
	}
	a, err := netip.ParseAddr(s[i:end])
	if err != nil || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() {
		return skip
	}
	p.found(ip, i, end)
	return end
}

// within reports whether the hexadecimal number at i is one of more between
// colons, and not the first.
func within(s string, i int) bool {
	if i == 0 || s[i-1] != ':' {
		return false
	}
	for stop := i - 64; i > 0 && i > stop && (s[i-1] == ':' || class[s[i-1]]&(digit|hexa) != 0); {
		i--
	}
	return i == 0 || s[i-1] == ':' || class[s[i-1]]&(word&^hexa&^digit) == 0
}

// ipv4 looks for an IPv4 address at i.
func (p *pass) ipv4(i int) int {
	s := p.s
	if i > 0 && s[i-1] == '.' {
		return i
	}
	if end := networkEnd(s, i); end > i {
		p.found(ip, i, end)
		return end
	}
	end := ipv4End(s, i)
	if end == i || end < len(s) && class[s[end]]&(digit|letter) != 0 || end+1 < len(s) && s[end] == '.' && class[s[end+1]]&(digit|letter) != 0 {
		return i
	}
	if !ordinary(s[i:end]) || isVersion(s, i, end) {
		return end
	}
	p.found(ip, i, end)
	return end
}

// networkEnd returns where a private network such as 192.168.2.* ends that begins
// at i, as bypass lists of proxies have it, i if none does. 10.0.* is Windows.
func networkEnd(s string, i int) int {
	n := strings.IndexByte(s[i:min(len(s), i+14)], '*')
	if n < 3 || s[i+n-1] != '.' {
		return i
	}
	network, end := s[i:i+n-1], i+n+1
	whole := network + strings.Repeat(".1", 3-min(3, strings.Count(network, ".")))
	a, err := netip.ParseAddr(whole)
	if err != nil || !a.Is4() || !a.IsPrivate() || network == "10.0" || isVersion(s, i, end) {
		return i
	}
	return end
}

// ipv4End returns where four numbers up to 255 that begin at i end, i if they
// do not stand there. A number with a leading zero is a version's.
func ipv4End(s string, i int) int {
	at := i
	for part := range 4 {
		if part > 0 {
			if at >= len(s) || s[at] != '.' {
				return i
			}
			at++
		}
		n, from := 0, at
		for at < len(s) && at-from < 3 && class[s[at]] == digit {
			n = n*10 + int(s[at]-'0')
			at++
		}
		if at == from || n > 255 || at-from > 1 && s[from] == '0' {
			return i
		}
	}
	return at
}

// ordinary reports whether an IPv4 address tells of a machine or a network: not
// loopback, a mask, multicast, or N.0.0.0.
func ordinary(s string) bool {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	b := a.As4()
	return b[0] != 0 && b[0] != 127 && b[0] < 224 && (b[1] != 0 || b[2] != 0 || b[3] != 0)
}

// isVersion reports whether what stands around four numbers says that they are
// a version.
func isVersion(s string, i, end int) bool {
	before := s[max(0, i-32):i]
	if strings.HasSuffix(before, "~") || strings.HasSuffix(before, "_") && end < len(s) && s[end] == '_' {
		return true
	}
	for {
		trimmed := strings.TrimRight(before, " \t:=\"'([{<>,")
		trimmed = trimSuffixFold(trimSuffixFold(trimmed, " is"), " number")
		if trimmed == before {
			break
		}
		before = trimmed
	}
	for _, w := range []string{"version", "ver", "ver.", "build", "バージョン", " v", "(v", "\"v"} {
		if len(before) >= len(w) && strings.EqualFold(before[len(before)-len(w):], w) {
			return true
		}
	}
	return before == "v" || before == "V"
}

func trimSuffixFold(s, suffix string) string {
	if n := len(s) - len(suffix); n >= 0 && strings.EqualFold(s[n:], suffix) {
		return s[:n]
	}
	return s
}
