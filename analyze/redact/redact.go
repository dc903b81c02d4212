// Package redact is the hiding of names: what tells whose machines these are
// (host, user and domain names, addresses, e-mail addresses, SIDs, client ids)
// gives way to tokens that stay the same throughout: HOST-1, USER-2, IP-3.
//
// # How names are found
//
// Some names show by their form wherever they stand: SIDs of accounts, IPv4,
// IPv6 and MAC addresses, e-mail addresses, fully qualified host names,
// GUID:... of a client. Others show by what stands around them: the host of a
// URL or of \\server\share, the user of C:\Users\NAME, the value behind
// HostName= (scan.go, context.go). New looks for both through all the text of a
// result once, and through what is known of its machines; from then on Text
// also replaces names of the second kind where they stand alone (name.go).
//
// A host name of several labels becomes two tokens, HOST-1.DOMAIN-1, so that the
// short name and the long one are seen to be the same machine. The name of the
// archive or folder that was analysed is a customer's or a machine's more often
// than not, and becomes BUNDLE-1.
//
// # What stays
//
// Microsoft's public hosts, localhost, loopback and mask addresses, well-known
// SIDs, version numbers, and names that are common words of the logs ("server",
// "wsus"): the latter are replaced only where their place says what they are. A
// name that has the form of a token already tells nothing and stays as well.
//
// # Adding a context
//
// A key before a name is a line in the keys of context.go; a new form of name is
// a case of pass.atom in scan.go. Add a line to the table of TestText.
package redact

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"patchtrail/analyze"
)

// kind is what a token stands for.
type kind uint8

const (
	host kind = iota
	user
	domain
	ip
	mac
	mail
	sid
	client
	bundle
	kinds
)

// prefixes are the tokens of the kinds without their number.
var prefixes = [kinds]string{"HOST", "USER", "DOMAIN", "IP", "MAC", "MAIL", "SID", "CLIENT", "BUNDLE"}

// maxNames is how many names of one kind get a token of their own; all further
// ones of a hostile bundle share number 0.
const maxNames = 1 << 20

// Pair is a token and what it stands for.
type Pair struct{ Token, Original string }

// Redactor replaces names. It is safe for concurrent use.
type Redactor struct {
	mu     sync.Mutex
	tokens [kinds]map[string]string // by the name in small letters
	next   [kinds]int
	taken  map[string]bool // tokens that the bundle itself has as names
	pairs  []Pair
	names  index
	homes  []string // domains of the company's own
	pass   pass     // of Text, which keeps its buffers
}

// New collects the names of one result, or of several that are shown together:
// from their machines and facts, then from all their text. Without any, only
// what shows by itself is replaced. It costs about what a search through the
// whole text does.
func New(results ...*analyze.Result) *Redactor {
	r := &Redactor{taken: map[string]bool{}}
	for k := range r.tokens {
		r.tokens[k] = map[string]string{}
	}
	r.learn(results)
	return r
}

// Text returns s with its names replaced. The same s always gives the same
// text, and what it returns it leaves as it is.
func (r *Redactor) Text(s string) string {
	if len(s) < minName {
		return s
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// A replacement may complete another name ("a@b.example@c.example"), so it
	// goes on until nothing changes. Every round leaves fewer names.
	for range maxRounds {
		out, changed := r.pass.replace(r, s)
		if !changed {
			break
		}
		s = out
	}
	return s
}

// maxRounds bounds the rounds of Text; two are the rule.
const maxRounds = 32

// Key returns what the tokens stand for, by kind and number. It names what was
// hidden, so it is for the engineer alone.
func (r *Redactor) Key() []Pair {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := slices.Clone(r.pairs)
	slices.SortStableFunc(out, func(a, b Pair) int {
		ka, na := parseToken(a.Token)
		kb, nb := parseToken(b.Token)
		return cmp.Or(cmp.Compare(ka, kb), cmp.Compare(na, nb))
	})
	return out
}

// token returns the token of a name, a new one where it has none.
func (r *Redactor) token(k kind, name string) string {
	var buf [128]byte
	low := appendLower(buf[:0], name)
	if k == mac {
		for i, c := range low {
			if c == '-' {
				low[i] = ':'
			}
		}
	}
	if t, ok := r.tokens[k][string(low)]; ok {
		return t
	}
	if r.next[k] >= maxNames {
		return prefixes[k] + "-0"
	}
	t := ""
	for t == "" || r.taken[t] {
		r.next[k]++
		t = prefixes[k] + "-" + strconv.Itoa(r.next[k])
	}
	r.give(k, string(low), name, t)
	return t
}

// give lets a name have a token that there is already.
func (r *Redactor) give(k kind, low, name, token string) {
	r.tokens[k][low] = token
	r.pairs = append(r.pairs, Pair{token, strings.Clone(name)})
}

// parseToken takes a token apart.
func parseToken(t string) (kind, int) {
	name, number, _ := strings.Cut(t, "-")
	n, _ := strconv.Atoi(number)
	return kind(max(0, slices.Index(prefixes[:], name))), n
}

// tokenAt returns where a token that begins at s[i] ends, i if none does.
func tokenAt(s string, i int) int {
	p := ""
	switch s[i] {
	case 'H':
		p = prefixes[host]
	case 'U':
		p = prefixes[user]
	case 'D':
		p = prefixes[domain]
	case 'I':
		p = prefixes[ip]
	case 'S':
		p = prefixes[sid]
	case 'B':
		p = prefixes[bundle]
	case 'C':
		p = prefixes[client]
	case 'M':
		p = prefixes[mac]
		if strings.HasPrefix(s[i:], prefixes[mail]) {
			p = prefixes[mail]
		}
	default:
		return i
	}
	at := i + len(p)
	if at+1 >= len(s) || s[at] != '-' || class[s[at+1]] != digit || s[i:at] != p {
		return i
	}
	for at++; at < len(s) && class[s[at]] == digit; at++ {
	}
	if at == len(s) || class[s[at]]&word == 0 {
		return at
	}
	return i
}

// isToken reports whether a label is a token.
func isToken(s string) bool { return s != "" && tokenAt(s, 0) == len(s) }

// appendLower appends s in small ASCII letters.
func appendLower(to []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}
