package redact

import (
	"strings"
	"unicode/utf8"
)

// Names of minName to maxName bytes are looked for where they stand alone.
const (
	minName = 3
	maxName = 128
)

// index finds names wherever they stand. A bitmap of their first three letters
// turns nearly all places away.
type index struct {
	starts [1 << 10]uint64
	plain  map[string]string   // by small letters: names that are a part of an atom
	others map[[3]byte][]named // names with spaces or characters of other scripts
	odd    bool                // whether one begins with such a character
	sizes  [maxName + 1]bool   // the lengths of the plain ones
}

type named struct{ name, token string }

func (x *index) add(name, token string) {
	if x.plain == nil {
		x.plain, x.others = map[string]string{}, map[[3]byte][]named{}
	}
	low := string(appendLower(nil, name))
	if _, ok := x.plain[low]; ok {
		return
	}
	simple := true
	for i := range len(name) {
		simple = simple && class[name[i]]&^wide != 0
	}
	if simple {
		x.plain[low] = token
		x.sizes[len(low)] = true
		x.mark(low)
		return
	}
	for _, form := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
		form = string(appendLower(nil, form))
		key := [3]byte([]byte(form[:3]))
		x.mark(form)
		x.odd = x.odd || form[0] >= 0x80
		if list := x.others[key]; len(list) < maxAlike && (len(list) == 0 || list[len(list)-1].name != name) {
			x.others[key] = append(list, named{name, token})
		}
	}
}

// maxAlike bounds the names that begin alike, as each costs a comparison.
const maxAlike = 64

func (x *index) mark(low string) {
	h := hash(low[0], low[1], low[2])
	x.starts[h>>6] |= 1 << (h & 63)
}

// hash is 16 bits of three letters.
func hash(a, b, c byte) uint16 {
	return uint16((uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 2654435761 >> 16)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// has reports whether a word as a whole is a name.
func (x *index) has(s string) bool {
	var buf [maxName]byte
	_, ok := x.plain[string(appendLower(buf[:0], s))]
	return ok
}

// match returns the token of the longest name that begins at i and where it
// ends; j is the end of the atom.
func (x *index) match(s string, i, j int) (string, int) {
	if i+minName > len(s) {
		return "", i
	}
	a, b, c := lower(s[i]), lower(s[i+1]), lower(s[i+2])
	h := hash(a, b, c)
	if x.starts[h>>6]&(1<<(h&63)) == 0 {
		return "", i
	}
	if class[s[i]] != wide && i > 0 && s[i-1] >= 0x80 {
		if r, _ := utf8.DecodeLastRuneInString(s[:i]); continues(r) {
			return "", i
		}
	}
	best, end := "", i
	for _, n := range x.others[[3]byte{a, b, c}] {
		to := i + len(n.name)
		if to > end && to <= len(s) && strings.EqualFold(s[i:to], n.name) && x.ends(s, to) {
			best, end = n.token, to
		}
	}
	var buf [maxName]byte
	stop := min(j, i+maxName)
	low := appendLower(buf[:0], s[i:max(i, stop)])
	for to := stop; to >= i+minName && to > end; to-- {
		if !x.sizes[to-i] || to < len(s) && class[s[to]]&(digit|letter) != 0 {
			continue
		}
		if token, ok := x.plain[string(low[:to-i])]; ok && x.ends(s, to) {
			return token, to
		}
	}
	return best, end
}

// ends reports whether a name may end at i.
func (x *index) ends(s string, i int) bool {
	if i >= len(s) {
		return true
	}
	if s[i] < 0x80 {
		return class[s[i]]&(digit|letter) == 0
	}
	if r, _ := utf8.DecodeLastRuneInString(s[:i]); r >= 0x2E80 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return !continues(r)
}

// learnable reports whether a name may be replaced wherever it stands.
func learnable(s string) bool {
	return len(s) >= minName && len(s) <= maxName && utf8.ValidString(s) && hasLetter(s) && !common(s) && !isToken(s) && !isPublic(s)
}

// common reports whether a name is a word that logs are full of, so that
// replacing it everywhere would leave nothing to read.
func common(s string) bool {
	if len(s) > 24 {
		return false
	}
	var buf [24]byte
	return commonWords[string(appendLower(buf[:0], s))]
}

var commonWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`
		access account action active actions activity add address admin administrator administrators agent all allow an and any api app
		application apply archive are as assigned asset assignment at audit authority auto available background backup bad base batch be
		binary bits body boot browser build builtin but by bytes c cab cache call caller cancel case cbs ccm ccmexec cert certificate
		change check class client clients cloud cm code com command common complete component components computer computers config
		configmgr configuration connect connection console contact contain content context control copy corp count create current
		custom cwd data database date day db dc debug default delete delta deploy deployment desktop detail details detect device
		devices dhcp dir directory disable disabled disk display dist distribution dll dns do document documents does domain done down
		download downloads dp driver drivers edge email empty enable enabled end english engine entry env environment error errors
		event events everyone exe execute exists exit expired export extended external fail failed false fast fatal feature file files
		filter firewall firmware first flag folder for force forest found free from full function general generic get global group
		groups guest guid handle handler hardware has have head health help high history home host hosts hour hq hr hresult html http
		https hyper id idle if iis image in index info information init input inside install installed installer instance int
		interface internal internet intra intranet invalid inventory invoke ip is it item items job jobs kernel key known lan language
		last level library license limit line link list load local localdomain localhost localsystem location lock log logged logging
		login logon logs mac machine machines mail main manage managed management manager map master maximum member memory message
		messages meta method metadata microsoft min minimum missing mobile mode model modern module monitor move mp msi multi my n
		name names native net netlogon network networkservice new next nil no node none normal not notification notify now nt null
		number object objects off office offline ok old on one online only open operation option or order os other out output owner
		package packages page parent parse part partition password path pc pending performance permission pkg platform plugin point
		points policy pool port post power powershell pre present primary print printer private process processor product profile
		profiles program programs progress property protocol provider proxy ps public pull push query queue quick r raw read ready
		reboot receive record refresh register registry release remote remove report request requests required reset resource
		response restart restore result results resume retry return role roles root router rule rules run running s safe sample save
		scan scheduled schedule scheduler scope script search section secure security select self send sensor sequence server servers
		service services session set settings setup severity share shared sign signed site size skip sms software source sql
		standard start started startup state status step stop storage store stored string sub success summary support sus switch sync
		system systems table tag target task tasks temp template temporary terminal test testing text the thread time timeout title to
		token tool tools total trace tracking traffic true trusted type types undefined unified unit universal unknown unlock up update
		updates upgrade upload uri url usage use user username users utility utils valid value values var verify version view virtual
		vm volume wait waiting warning was web wid will win window windows windowsupdate wmi wmiprvse work worker workgroup workstation
		write wsus wua wuahandler wuauclt wuauserv www x86 x64 amd64 arm64 xml yes zip zone domainname hostname machinename
		trustedinstaller svchost sccm mecm memcm mdt wds ad adds ou cn root smsprov installs nothing created ccmsetup using while
		when where which with without within has had its this that there these they sup client-id n/a dword sz hex
		host user domain ip mac mail sid client
	`) {
		m[w] = true
	}
	return m
}()
