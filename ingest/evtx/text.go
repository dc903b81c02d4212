package evtx

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"patchtrail/ingest/record"
)

const (
	maxText      = 4 << 20  // bytes of text of one record
	maxProviders = 4096     // kept with their messages; a hostile file has more
	maxCompared  = 64       // items that are searched for in a rendered message …
	maxSearched  = 64 << 10 // … of at most so many bytes
)

// renderer writes the text of events.
type renderer struct {
	batch     *record.Batch
	providers map[string]*provider
	provider  *provider // of the last event
	channel   string    // of the first event
	computer  string    // of the last event
	started   bool

	d    *decoder
	ev   *event
	out  []byte
	room int // bytes that out may still grow by
}

// provider is what one provider's events share.
type provider struct {
	name      string // as in the log
	short     string
	component uint16
	messages  map[uint32]pattern
}

// reset makes the renderer ready for another file.
func (r *renderer) reset(b *record.Batch) {
	r.batch, r.provider, r.started = b, nil, false
	r.channel, r.computer = "", ""
	if r.providers == nil {
		r.providers = make(map[string]*provider)
	}
	clear(r.providers)
}

// render returns the text of an event, valid until the next call, and sets provider.
func (r *renderer) render(d *decoder, ev *event) []byte {
	r.d, r.ev = d, ev
	r.out = r.out[:0]
	r.room = min(maxText, max(d.work, recordWork))
	if !r.started {
		r.channel, r.computer, r.started = string(ev.bytes(ev.channel)), string(ev.bytes(ev.computer)), true
	}
	r.lookup(ev.bytes(ev.provider))

	r.puts(r.provider.short)
	var id [12]byte
	r.put(append(strconv.AppendUint(append(id[:0], ' '), uint64(ev.id), 10), ": "...))
	start := len(r.out)
	listed := r.message()
	if len(r.out) == start {
		r.puts("(no data)")
	}
	r.details(listed)
	d.charge(len(r.out))
	return bytes.TrimRight(r.out, "\n ")
}

// lookup sets the provider of a name.
func (r *renderer) lookup(name []byte) {
	if r.provider != nil && r.provider.name == string(name) {
		return
	}
	p, ok := r.providers[string(name)]
	if !ok {
		if len(r.providers) >= maxProviders {
			clear(r.providers)
		}
		p = &provider{name: string(name), short: ShortName(string(name))}
		p.component = r.batch.Component([]byte(p.short))
		p.messages = catalogue()[p.short]
		r.providers[p.name] = p
	}
	r.provider = p
}

// ShortName returns what a provider is called in text: its name without
// "Microsoft-Windows-".
func ShortName(name string) string {
	name = strings.TrimSpace(strings.ReplaceAll(name, "\n", " "))
	name = strings.TrimPrefix(name, "Microsoft-Windows-")
	if name == "" {
		return "Unknown"
	}
	return name
}

// message writes what the event says and tells whether that was all its items.
func (r *renderer) message() (listed bool) {
	ev := r.ev
	if msg := bytes.TrimSpace(ev.bytes(ev.message)); len(msg) > 0 {
		r.put(msg)
		search := len(ev.items) <= maxCompared && len(msg) <= maxSearched
		for i := range ev.items {
			it := &ev.items[i]
			it.used = search && bytes.Contains(msg, ev.bytes(it.val))
		}
		return false
	}
	if p, ok := r.provider.messages[ev.id]; ok {
		start := len(r.out)
		r.pattern(p)
		if len(r.out) > start {
			return false
		}
	}
	r.list(false)
	return true
}

// list writes all items that are not used yet as "name=value; name=value",
// after a bracket if there are any.
func (r *renderer) list(bracket bool) (any bool) {
	position := 0
	for i := range r.ev.items {
		it := &r.ev.items[i]
		if it.flags&flagData != 0 {
			position++
		}
		unnamed := it.flags&flagUnnamed != 0
		if it.used || it.null || unnamed && it.val.empty() {
			continue
		}
		if any {
			r.puts("; ")
		} else if any = true; bracket {
			r.puts(" [")
		}
		switch name := r.d.itemName(it); {
		case unnamed:
			var b [12]byte
			r.put(append(strconv.AppendInt(append(b[:0], '%'), int64(position), 10), '='))
		case len(name) > 0:
			r.put(name)
			r.puts("=")
		}
		r.item(it, false)
		if r.room == 0 {
			r.ev.cut = true
			return any
		}
	}
	return any
}

// item writes an item's value; one that is an error code as 0x%08x.
func (r *renderer) item(it *item, code bool) {
	text := r.ev.bytes(it.val)
	if !code && it.flags&flagCode == 0 {
		r.put(text)
		return
	}
	var b [12]byte
	switch it.typ {
	case typInt32, typUint32, typInt64, typUint64, typHex64:
		if v, ok := code32(int64(it.num)); ok {
			r.put(appendHex32(b[:0], v))
			return
		}
	case typString, typANSI:
		if n, ok := parseNumber(text); ok {
			if v, ok := code32(n); ok {
				r.put(appendHex32(b[:0], v))
				return
			}
		}
	}
	r.put(text)
	if rest, ok := bytes.CutPrefix(text, []byte("%%")); ok && code { // a system message
		if n, ok := parseNumber(rest); ok {
			if v, ok := code32(n); ok {
				r.puts(" (")
				r.put(appendHex32(b[:0], v))
				r.puts(")")
			}
		}
	}
}

// code32 returns a code of 32 bits, signed or not.
func code32(n int64) (uint32, bool) {
	return uint32(n), n == int64(uint32(n)) || n == int64(int32(n))
}

// isCode says whether an item of that name holds an error code.
func isCode(name []byte) bool {
	if len(name) == 2 {
		return strings.EqualFold(string(name), "hr")
	}
	if len(name) >= 4 && strings.EqualFold(string(name[:4]), "http") {
		return false
	}
	for _, end := range [...]string{"errorcode", "error", "status", "hresult"} {
		if n := len(name) - len(end); n >= 0 && strings.EqualFold(string(name[n:]), end) {
			return true
		}
	}
	return false
}

func (d *decoder) itemName(it *item) []byte {
	if it.flags&flagNamed != 0 {
		return d.event.bytes(it.name)
	}
	return d.lit[it.name.from:it.name.to]
}

// details writes in brackets what the message does not say: its unused items,
// and where the event is from if it is not from where the others are.
func (r *renderer) details(listed bool) {
	ev := r.ev
	open := false
	if !listed {
		open = r.list(true)
	}
	add := func(name string, value []byte) {
		if open {
			r.puts("; ")
		} else {
			r.puts(" [")
		}
		open = true
		r.puts(name)
		r.put(value)
	}
	if s := ev.bytes(ev.computer); len(s) > 0 && (string(s) != r.computer || !ev.message.empty()) {
		add("computer=", s)
		if string(s) != r.computer {
			r.computer = string(s)
		}
	}
	if s := ev.bytes(ev.channel); len(s) > 0 && string(s) != r.channel {
		add("channel=", s)
	}
	if s := ev.bytes(ev.user); len(s) > 0 && !isService(s) {
		add("user=", s)
	}
	if open {
		r.puts("]")
	}
}

// isService says whether a SID is LocalSystem, LocalService or NetworkService.
func isService(sid []byte) bool {
	return string(sid) == "S-1-5-18" || string(sid) == "S-1-5-19" || string(sid) == "S-1-5-20"
}

// put writes text as far as there is room.
func (r *renderer) put(b []byte) {
	if len(b) > r.room {
		n := r.room
		for n > 0 && !utf8.RuneStart(b[n]) {
			n--
		}
		b, r.room = b[:n], 0
		r.ev.cut = true
	} else {
		r.room -= len(b)
	}
	r.out = append(r.out, b...)
}

func (r *renderer) puts(s string) {
	if len(s) > r.room {
		r.put([]byte(s))
		return
	}
	r.room -= len(s)
	r.out = append(r.out, s...)
}
