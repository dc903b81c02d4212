package opener

import (
	"strings"

	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
)

// mostNamed is how many updates the name of an identifier lists.
const mostNamed = 2

// name says in a language what an identifier is of: "deployment of KB5053602".
func name(l *ledger.Ledger, language, id string) (string, bool) {
	if l == nil {
		return "", false
	}
	kind, updates, ok := l.Lookup(id)
	words := lang.Lang(language)
	switch {
	case !ok:
		return "", false
	case kind == ledger.KindService || kind == ledger.KindUpdate:
		return l.Name(id)
	case !words.Has("guid." + string(kind)):
		return "", false
	}
	noun := words.T("guid." + string(kind))
	var of []string
	for _, i := range updates {
		u := &l.Updates[i]
		for _, name := range []string{u.KB, u.Title, u.UpdateID} {
			if name != "" {
				of = append(of, name)
				break
			}
		}
	}
	if len(of) == 0 {
		return noun, true
	}
	list := strings.Join(of[:min(len(of), mostNamed)], ", ")
	if more := len(of) - mostNamed; more > 0 {
		list = words.T("guid.more", list, more)
	}
	return words.T("guid.of", noun, list), true
}
