package redact

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"patchtrail/analyze"
	"patchtrail/analyze/fact"
	"patchtrail/ingest/record"
)

// Bounds of what one block of text may teach, so that a hostile one costs no
// more than its size.
const maxLesson = 1 << 14

// maxHomes is how many domains of the company's own are told from others'.
const maxHomes = 64

// lesson is the names that one stretch of text shows, each once, in its order.
type lesson struct {
	finds []find
	homes []string
	pairs [][2]string

	seen  map[find]bool
	known map[string]bool
	both  map[[2]string]bool
}

func newLesson() *lesson {
	return &lesson{seen: map[find]bool{}, known: map[string]bool{}, both: map[[2]string]bool{}}
}

func (l *lesson) add(f find) {
	if len(l.finds) >= maxLesson || l.seen[f] {
		return
	}
	f.name, f.in = strings.Clone(f.name), strings.Clone(f.in)
	l.seen[f] = true
	l.finds = append(l.finds, f)
}

// home is a domain of the company's own.
func (l *lesson) home(name string) {
	if len(l.homes) >= maxLesson || l.known[name] {
		return
	}
	name = strings.Clone(name)
	l.known[name] = true
	l.homes = append(l.homes, name)
}

// pair is what may be a domain and a user.
func (l *lesson) pair(domain, user string) {
	p := [2]string{domain, user}
	if len(l.pairs) >= maxLesson || l.both[p] {
		return
	}
	p = [2]string{strings.Clone(domain), strings.Clone(user)}
	l.both[p] = true
	l.pairs = append(l.pairs, p)
}

// study goes through one text.
func study(s string) *lesson {
	l := newLesson()
	p := pass{s: s, learn: l}
	p.run()
	return l
}

// learn collects the names of results: the machines first, so that they have
// the first numbers.
func (r *Redactor) learn(results []*analyze.Result) {
	var lessons []*lesson
	for _, res := range results {
		lessons = append(lessons, r.machines(res))
	}
	for _, res := range results {
		lessons = append(lessons, studyAll(res.Store)...)
	}
	r.take(lessons)
}

// take learns what lessons taught.
func (r *Redactor) take(lessons []*lesson) {
	r.reserve(lessons)
	// The long names of domains come first: CONTOSO is contoso.com then. Short
	// ones come last: the domain of a local user is the machine.
	r.domains(lessons, true)
	for _, l := range lessons {
		for _, f := range l.finds {
			r.keep(f)
		}
	}
	r.domains(lessons, false)
	for _, l := range lessons {
		for _, p := range l.pairs {
			r.account(p[0], p[1])
		}
	}
}

// domains learns the company's own domains, those with a dot or those without.
func (r *Redactor) domains(lessons []*lesson, dotted bool) {
	for _, l := range lessons {
		for _, h := range l.homes {
			if strings.Contains(h, ".") != dotted {
				continue
			}
			if _, machine := r.tokens[host][strings.ToLower(h)]; dotted || !machine {
				r.own(h)
			}
		}
	}
}

// reserve sees to it that no name that looks like a token is one of ours.
func (r *Redactor) reserve(lessons []*lesson) {
	for _, l := range lessons {
		for _, f := range l.finds {
			for label := range strings.SplitSeq(f.name, ".") {
				if up := strings.ToUpper(label); isToken(up) {
					r.taken[up] = true
				}
			}
		}
	}
}

// netBIOS is how much of a machine's name NetBIOS keeps, in bytes.
const netBIOS = 15

// keep gives a name its token and lets it be found where it stands alone.
func (r *Redactor) keep(f find) {
	t := r.token(f.kind, f.name)
	if strings.HasSuffix(t, "-0") {
		return
	}
	switch f.kind {
	case host, user, client, bundle:
		if learnable(f.name) && !r.foreign(f) {
			r.names.add(f.name, t)
			if f.kind == host && len(f.name) > netBIOS && learnable(f.name[:netBIOS]) {
				r.names.add(f.name[:netBIOS], t)
			}
		}
	case domain:
		if strings.Contains(f.name, ".") && learnable(f.name) {
			r.names.add(f.name, t)
		}
	}
	if f.kind == user { // C:\Users\jdoe.CONTOSO
		if name, suffix, ok := strings.Cut(f.name, "."); ok && suffix == strings.ToUpper(suffix) && learnable(name) {
			r.names.add(name, r.token(user, name))
		}
	}
}

// foreign reports whether a host is one of somebody else's domain whose name
// may as well be a word ("static" of an advertiser's): it is not replaced where
// it stands alone.
func (r *Redactor) foreign(f find) bool {
	if f.in == "" || len(r.homes) == 0 || hasDigit(f.name) || strings.Contains(f.name, "-") {
		return false
	}
	where := strings.ToLower(f.in)
	for _, h := range r.homes {
		if where == h || strings.HasSuffix(where, "."+h) || strings.HasSuffix(h, "."+where) {
			return false
		}
	}
	return true
}

// own learns a domain of the company's own: its labels are the names by which
// Windows knows it.
func (r *Redactor) own(name string) {
	if isPublic(name) || isToken(name) || !hasLetter(name) || common(name) {
		return
	}
	t := r.token(domain, name)
	if learnable(name) {
		r.names.add(name, t)
	}
	labels := strings.Split(name, ".")
	if len(labels) == 1 {
		return
	}
	if low := strings.ToLower(name); len(r.homes) < maxHomes && !slices.Contains(r.homes, low) {
		r.homes = append(r.homes, low)
	}
	for _, l := range labels[:max(1, len(labels)-suffixLabels(name))] {
		low := string(appendLower(nil, l))
		if _, ok := r.tokens[domain][low]; !ok && learnable(l) {
			r.give(domain, low, l, t)
			r.names.add(l, t)
		}
	}
}

// account learns the user of DOMAIN\user where the domain, or machine, is one
// that is known.
func (r *Redactor) account(where, name string) {
	low := strings.ToLower(where)
	_, isDomain := r.tokens[domain][low]
	_, isHost := r.tokens[host][low]
	if !isDomain && !(isHost && r.names.has(where)) || isProfile(name) || isToken(name) || isGUID(name) {
		return
	}
	if base, computer := strings.CutSuffix(name, "$"); computer {
		r.keep(find{host, base, ""})
		return
	}
	r.keep(find{user, name, ""})
}

// studyAll goes through the whole text of a store, some blocks at a time.
func studyAll(s *record.Store) []*lesson {
	var blocks []*record.Block
	for _, f := range s.Files {
		if f.Encoding != "binary" || f.Len() > 0 {
			blocks = append(blocks, f.Blocks()...)
		}
	}
	out := make([]*lesson, len(blocks))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		wg.Go(func() {
			var buf []byte
			for {
				i := int(next.Add(1)) - 1
				if i >= len(blocks) {
					return
				}
				buf = blocks[i].Unpack(buf[:0])
				l := study(string(buf))
				out[i] = &lesson{finds: l.finds, homes: l.homes, pairs: l.pairs}
			}
		})
	}
	wg.Wait()
	return out
}

// machines is what is known of the machines, and of the names of files.
func (r *Redactor) machines(res *analyze.Result) *lesson {
	l := newLesson()
	name := func(s string) {
		p := pass{s: s, learn: l}
		p.host(0, len(s), true)
	}
	text := func(s string) {
		p := pass{s: s, learn: l}
		p.run()
	}
	for _, m := range res.Machines {
		name(m.Name)
	}
	for _, f := range res.Facts {
		facts(f, l, name, text)
	}
	for _, s := range res.Inputs {
		text(s)
		if name := inputName(s, res.Store.Files); learnable(name) {
			l.add(find{bundle, name, ""})
		}
	}
	for _, f := range res.Store.Files {
		name(f.Computer)
		text(f.Path)
	}
	for _, s := range pathNames(res.Inputs, res.Store.Files) {
		name(s)
	}
	return l
}

// pathNames are names of machines that may stand in paths alone: of the first
// folder of a bundle, and before the _ of several files, as collectors write it.
func pathNames(inputs []string, files []*record.File) []string {
	times := map[string]int{}
	var order []string
	count := func(name string, n int) {
		if !looksLikeHost(name) {
			return
		}
		if times[name] == 0 {
			order = append(order, name)
		}
		times[name] += n
	}
	for _, f := range files {
		for _, in := range inputs {
			rest, ok := strings.CutPrefix(f.Path, in)
			if !ok || rest == "" || rest[0] != '!' && rest[0] != '/' {
				continue
			}
			if first, _, ok := strings.Cut(rest[1:], "/"); ok {
				count(first, 2)
			}
		}
		if before, _, ok := strings.Cut(f.Path[strings.LastIndexAny(f.Path, "/!")+1:], "_"); ok {
			count(before, 1)
		}
	}
	return slices.DeleteFunc(order, func(name string) bool { return times[name] < 2 })
}

// looksLikeHost reports whether a part of a path has the form that administrators
// give machines, letters and digits, and is none of the product's own.
func looksLikeHost(s string) bool {
	low := strings.ToLower(s)
	if len(s) < 5 || len(s) > 63 || !learnable(s) || !hasDigit(s) || isGUID(s) || isToken(s) {
		return false
	}
	letters := 0
	for i := range len(s) {
		switch c := class[s[i]]; {
		case c&letter != 0:
			letters++
		case c&(digit|hyphen) == 0:
			return false
		}
	}
	for _, own := range []string{"kb", "w3svc", "system", "win", "ccm", "sms", "mdm", "log", "part", "disk", "setup", "intune"} {
		if rest, ok := strings.CutPrefix(low, own); ok && strings.Trim(rest, "0123456789-") == "" {
			return false
		}
	}
	return letters > 0
}

// inputName is what an archive or a folder is called, without what its kind
// adds. It is "" for a single log, whose name is the product's.
func inputName(input string, files []*record.File) string {
	holds := slices.ContainsFunc(files, func(f *record.File) bool {
		rest, ok := strings.CutPrefix(f.Path, input)
		return ok && rest != "" && (rest[0] == '!' || rest[0] == '/')
	})
	if !holds {
		return ""
	}
	name := input
	for {
		dot := strings.LastIndexByte(name, '.')
		if dot < 1 || !archiveEnd[strings.ToLower(name[dot+1:])] {
			return name
		}
		name = name[:dot]
	}
}

// archiveEnd are the endings of archives.
var archiveEnd = map[string]bool{
	"zip": true, "7z": true, "rar": true, "cab": true, "tar": true, "gz": true, "tgz": true, "bz2": true, "tbz": true, "xz": true, "txz": true, "zst": true, "001": true,
}

// facts is what the facts of a machine call by name.
func facts(f *fact.Facts, l *lesson, name, text func(string)) {
	if f == nil {
		return
	}
	name(f.Name.Value)
	if d := f.Domain.Value; d != "" && !common(d) {
		l.home(d)
	}
	for _, id := range []string{f.ClientID.Value, f.SusClientID.Value} {
		if id = strings.Trim(strings.TrimPrefix(strings.ToUpper(id), "GUID:"), "{}"); isGUID(id) {
			l.add(find{client, id, ""})
		}
	}
	for _, m := range f.ManagementPoints {
		name(m.Value)
	}
	for _, p := range f.UpdatePoints {
		name(p.Host)
	}
	if f.Proxy != nil {
		text(f.Proxy.Server)
		for _, b := range f.Proxy.Bypass {
			text(b)
		}
	}
	for _, a := range f.Adapters {
		if strings.Contains(a.Suffix, ".") && !isPublic(a.Suffix) {
			l.home(a.Suffix)
		}
	}
	for _, s := range f.Services {
		if domain, user, ok := strings.Cut(s.Account, `\`); ok {
			l.pair(domain, user)
		}
	}
	for _, k := range f.Lookups {
		name(k.Host)
	}
	for _, c := range f.Connections {
		name(c.Host)
	}
}
