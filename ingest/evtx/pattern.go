package evtx

import (
	"strconv"
	"strings"
	"sync"
)

// A pattern is a message ready to be filled. In its source, "{name}" is the
// item of that name, "{2}" the second item, "{name|2}" the first of these that
// exists, "{…:x}" an error code as 0x%08x; "<, on {name}>" stands only where
// what it names is there and not empty.
type pattern []segment

// A segment is text, or a reference, or a group of both.
type segment struct {
	text  string
	refs  []reference // the items to try
	code  bool
	group pattern
}

// A reference is the position of an item, or its name where that is 0.
type reference struct {
	name string
	nth  int
}

// catalogue returns the patterns by provider (short name) and event id.
var catalogue = sync.OnceValue(func() map[string]map[uint32]pattern {
	all := make(map[string]map[uint32]pattern, len(messages))
	for _, m := range messages {
		ids := make(map[uint32]pattern, len(m.texts))
		for id, text := range m.texts {
			ids[id] = parsePattern(text)
		}
		for _, name := range m.providers {
			all[name] = ids
		}
	}
	return all
})

// parsePattern reads a pattern's source; what is not closed is text.
func parsePattern(src string) pattern {
	var p pattern
	for src != "" {
		i := strings.IndexAny(src, "{<")
		if i < 0 {
			return append(p, segment{text: src})
		}
		end := strings.IndexByte(src[i:], "}>"[strings.IndexByte("{<", src[i])])
		if end < 0 {
			return append(p, segment{text: src})
		}
		if i > 0 {
			p = append(p, segment{text: src[:i]})
		}
		inner := src[i+1 : i+end]
		if src[i] == '<' {
			p = append(p, segment{group: parsePattern(inner)})
		} else {
			ref, code := strings.CutSuffix(inner, ":x")
			p = append(p, segment{refs: parseReferences(ref), code: code})
		}
		src = src[i+end+1:]
	}
	return p
}

func parseReferences(src string) []reference {
	var refs []reference
	for name := range strings.SplitSeq(src, "|") {
		nth, err := strconv.Atoi(name)
		if err != nil {
			nth = 0
		}
		refs = append(refs, reference{name, nth})
	}
	return refs
}

// pattern writes a message and marks the items it uses.
func (r *renderer) pattern(p pattern) {
	for i := range p {
		switch s := &p[i]; {
		case s.group != nil:
			if r.complete(s.group) {
				r.pattern(s.group)
			}
		case s.refs != nil:
			if it := r.find(s.refs); it != nil {
				it.used = true
				r.item(it, s.code)
			}
		default:
			r.puts(s.text)
		}
	}
}

// complete says whether all that a group names is there.
func (r *renderer) complete(p pattern) bool {
	for i := range p {
		if p[i].refs == nil {
			continue
		}
		if it := r.find(p[i].refs); it == nil || it.val.empty() {
			return false
		}
	}
	return true
}

// find returns the first item that one of the references means, or nil.
func (r *renderer) find(refs []reference) *item {
	items := r.ev.items
	for _, ref := range refs {
		nth := ref.nth
		for i := range items {
			it := &items[i]
			if ref.nth == 0 {
				if it.flags&flagUnnamed == 0 && equalFold(r.d.itemName(it), ref.name) {
					return it
				}
			} else if it.flags&flagData != 0 {
				if nth--; nth == 0 {
					return it
				}
			}
		}
	}
	return nil
}

// equalFold compares names without regard to ASCII case.
func equalFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}
