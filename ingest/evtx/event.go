package evtx

import (
	"encoding/binary"
	"math"
	"time"

	"patchtrail/ingest/record"
)

// event is one decoded event. Spans are of arena.
type event struct {
	arena []byte
	items []item
	vals  []value // of the template instances that are being run

	provider, channel, computer, user, message span

	id, level, thread uint32
	keywords          uint64
	filetime          uint64 // of TimeCreated, 0 if none

	itemName span // of the Data element that comes next
	broken   bool // not all of it could be read
	cut      bool // it was too much
}

// An item is one piece of an event's data.
type item struct {
	name  span // of decoder.lit, or of arena where flagNamed is set
	val   span
	num   uint64 // the value, where typ is one of a number
	typ   uint8
	flags uint8
	null  bool
	used  bool // the message has it
}

// A value is one entry of a template instance: data[from:to] of a type.
type value struct {
	from, to uint32
	typ      uint8
}

func (ev *event) bytes(s span) []byte { return ev.arena[s.from:s.to] }

func (ev *event) reset() {
	*ev = event{arena: ev.arena[:0], items: ev.items[:0], vals: ev.vals[:0]}
}

// auditFailure is the bit of Keywords that marks a failed attempt in the Security log.
const auditFailure = 0x0010000000000000

func (ev *event) severity() record.Level {
	switch ev.level {
	case 1, 2:
		return record.Error
	case 3:
		return record.Warning
	case 5:
		return record.Verbose
	}
	if ev.keywords&auditFailure != 0 {
		return record.Warning
	}
	return record.Info
}

// when returns the time of the event, or the one at which its record was
// written, in nanoseconds since 1970 UTC.
func (ev *event) when(written uint64) (int64, record.Flags) {
	if ns, ok := unixNano(ev.filetime); ok {
		return ns, 0
	}
	if ns, ok := unixNano(written); ok {
		return ns, 0
	}
	return 0, record.Untimed
}

// epoch is 1970-01-01 as FILETIME: 100 ns since 1601-01-01 UTC.
const epoch = 116444736000000000

// unixNano converts a FILETIME; 0 and what does not fit in int64 are none.
func unixNano(filetime uint64) (int64, bool) {
	if filetime == 0 || filetime > math.MaxInt64 {
		return 0, false
	}
	t := int64(filetime) - epoch
	if t > math.MaxInt64/100 || t < math.MinInt64/100 {
		return 0, false
	}
	return t * 100, true
}

// decode decodes the BinXML of a record, data[pos:limit]. The event is valid
// until the next call.
func (d *decoder) decode(pos, limit int) *event {
	d.event.reset()
	d.work = max(d.work, recordWork)
	if pos+5 > limit {
		d.event.broken = true
		return &d.event
	}
	d.fragment(pos, limit, inNothing, 0)
	return &d.event
}

// fragment decodes BinXML that stands in a record, as the record itself or as
// one of its values: a template instance, nearly always.
func (d *decoder) fragment(pos, limit int, in place, depth int) {
	if depth >= maxDepth {
		d.event.cut = true
		return
	}
	if pos < limit && d.data[pos] == tokFragment {
		pos = min(pos+4, limit)
	}
	if pos < limit && d.data[pos] == tokInstance {
		d.instance(pos+1, limit, in, depth)
		return
	}
	p := d.compile(pos, limit, in, false)
	if p.broken {
		d.event.broken = true
	}
	d.run(p, nil, depth)
}

// layout is where the parts of a template instance stand.
type layout struct {
	definition int // the template's
	count      int // of values
	sizes      int // of the values: size (2), type (1), 0
	values     int
	end        int
}

// layout reads a template instance whose token stands before pos.
func (d *decoder) layout(pos, limit int) (layout, bool) {
	const head = 1 + 4 + 4 // 1, template id, place of its definition
	if pos+head+4 > limit {
		return layout{}, false
	}
	l := layout{definition: int(binary.LittleEndian.Uint32(d.data[pos+5:]))}
	pos += head
	if l.definition == pos { // the first use holds the definition
		if pos+24+4 > limit {
			return l, false
		}
		size := int64(binary.LittleEndian.Uint32(d.data[pos+20:]))
		if int64(pos)+24+size+4 > int64(limit) {
			return l, false
		}
		pos += 24 + int(size)
	}
	count := int64(binary.LittleEndian.Uint32(d.data[pos:]))
	l.sizes = pos + 4
	if count > int64(limit-l.sizes)/4 {
		return l, false
	}
	l.count = int(count)
	l.values = l.sizes + 4*l.count
	l.end = l.values
	for i := l.sizes; i < l.values; i += 4 {
		l.end += int(binary.LittleEndian.Uint16(d.data[i:]))
	}
	l.end = min(l.end, limit)
	return l, true
}

// instance decodes a template instance: the template with these values.
func (d *decoder) instance(pos, limit int, in place, depth int) {
	l, ok := d.layout(pos, limit)
	if !ok || !d.charge(l.count) {
		d.event.broken = true
		return
	}
	base := len(d.event.vals)
	at := l.values
	for i := l.sizes; i < l.values; i += 4 {
		size := int(binary.LittleEndian.Uint16(d.data[i:]))
		v := value{from: uint32(at), to: uint32(at + size), typ: d.data[i+2]}
		if at += size; at > limit { // the rest is cut off
			at = limit
			v.from, v.to = min(v.from, uint32(limit)), uint32(limit)
			d.event.broken = true
		}
		d.event.vals = append(d.event.vals, v)
	}
	p, ok := d.template(l.definition, in)
	if ok {
		d.run(p, d.event.vals[base:], depth)
	}
	if !ok || p.broken {
		d.event.broken = true
		d.orphans(p, d.event.vals[base:], depth)
	}
	d.event.vals = d.event.vals[:base]
}

// orphans makes items of the values that a damaged template does not name.
func (d *decoder) orphans(p program, vals []value, depth int) {
	for i, v := range vals {
		if !d.charge(p.last-p.first) || v.from == v.to {
			continue
		}
		known := false
		for j := p.first; j < p.last && !known; j++ {
			known = d.ops[j].code == opSubst && int(d.ops[j].index) == i
		}
		if known {
			continue
		}
		cur := current{op: op{code: opBegin, target: toItem, place: inOther, flags: flagData | flagUnnamed}}
		cur.start = len(d.event.arena)
		d.substitute(&cur, v, depth)
		d.finish(&cur)
	}
}

// current is the value that a run is writing: arena from start on.
type current struct {
	op
	start  int
	pieces int
	num    uint64
	typ    uint8
	null   bool // a value was there, but none
	nested bool // it held BinXML, whose items stand for it
}

// run runs a program with the values of its instance.
func (d *decoder) run(p program, vals []value, depth int) {
	ev := &d.event
	var cur current
	for i := p.first; i < p.last; i++ {
		o := d.ops[i]
		if !d.charge(opWork) {
			ev.cut = true
			d.finish(&cur)
			return
		}
		switch o.code {
		case opBegin:
			cur = current{op: o, start: len(ev.arena)}
		case opText:
			if !d.room(int(o.to - o.from)) {
				break
			}
			ev.arena = append(ev.arena, d.lit[o.from:o.to]...)
			cur.pieces++
			cur.typ = typString
		case opSubst:
			if int(o.index) >= len(vals) {
				cur.null = true
				break
			}
			cur.place = o.place
			d.substitute(&cur, vals[o.index], depth)
		case opInstance:
			cur.place = o.place
			d.nest(&cur, int(o.index), len(d.data), depth, true)
		case opEnd:
			d.finish(&cur)
		}
	}
}

// room says whether n more bytes may be written, and notes if not. They are
// charged again when they become text.
func (d *decoder) room(n int) bool {
	if len(d.event.arena)+n > maxText || !d.charge(n/2) {
		d.event.cut = true
		return false
	}
	return true
}

// substitute writes a value.
func (d *decoder) substitute(cur *current, v value, depth int) {
	ev := &d.event
	data := d.data[v.from:v.to]
	switch {
	case v.typ == typNull:
		cur.null = true
		return
	case v.typ == typBinXML:
		d.nest(cur, int(v.from), int(v.to), depth, false)
		return
	case !d.room(len(data)):
		return
	case v.typ&typArray != 0:
		d.array(cur, v.typ&^typArray, data)
		return
	}
	cur.pieces++
	cur.typ = v.typ
	cur.num = number(v.typ, data)
	ev.arena = appendValue(ev.arena, v.typ, data)
}

// array writes the elements of an array: in a Data element without a name each
// is an item, as if it had an element of its own; else they are parted by commas.
func (d *decoder) array(cur *current, typ uint8, data []byte) {
	ev := &d.event
	first := true
	for len(data) > 0 {
		n, skip := elementSize(typ, data)
		if !first {
			if cur.flags&flagUnnamed != 0 && cur.target == toItem {
				d.finish(cur)
				cur.start, cur.pieces, cur.target = len(ev.arena), 0, toItem
			} else {
				ev.arena = append(ev.arena, ", "...)
			}
		}
		first = false
		cur.pieces++
		cur.typ, cur.num = typ, number(typ, data[:n])
		if !d.charge(opWork) {
			ev.cut = true
			return
		}
		ev.arena = appendValue(ev.arena, typ, data[:n])
		data = data[skip:]
	}
	if first {
		cur.null = true
	}
}

// nest decodes BinXML in place of a value.
func (d *decoder) nest(cur *current, pos, limit, depth int, instance bool) {
	ev := &d.event
	outer := *cur
	if len(ev.arena) > outer.start {
		d.finish(&outer)
	}
	if cur.target == toNothing {
		return
	}
	if instance {
		if depth+1 < maxDepth {
			d.instance(pos, limit, cur.place, depth+1)
		} else {
			ev.cut = true
		}
	} else {
		d.fragment(pos, limit, cur.place, depth+1)
	}
	cur.start, cur.pieces, cur.nested = len(ev.arena), 0, true
}

// finish makes of the written value what it is to become.
func (d *decoder) finish(cur *current) {
	ev := &d.event
	val := span{uint32(cur.start), uint32(len(ev.arena))}
	to := cur.target
	cur.target = toNothing
	switch to {
	case toItem:
		if val.empty() && (cur.nested || cur.flags&flagBare != 0) {
			return
		}
		it := item{name: cur.span, val: val, num: cur.num, typ: cur.typ, flags: cur.flags, null: cur.null && cur.pieces == 0}
		if cur.pieces != 1 {
			it.typ = typString
		}
		if cur.flags&flagNamed != 0 {
			it.name = ev.itemName
			if isCode(ev.bytes(it.name)) {
				it.flags |= flagCode
			}
		}
		ev.items = append(ev.items, it)
	case toItemName:
		ev.itemName = val
	case toProvider:
		ev.provider = val
	case toChannel:
		ev.channel = val
	case toComputer:
		ev.computer = val
	case toUser:
		ev.user = val
	case toMessage:
		ev.message = val
	case toTime:
		ev.filetime = cur.time(ev.bytes(val))
	case toEventID:
		ev.id = uint32(cur.number(ev.bytes(val)))
	case toLevel:
		ev.level = uint32(cur.number(ev.bytes(val)))
	case toThread:
		ev.thread = uint32(cur.number(ev.bytes(val)))
	case toKeywords:
		ev.keywords = cur.number(ev.bytes(val))
	}
}

// number returns the value as a number.
func (c *current) number(text []byte) uint64 {
	if c.pieces == 1 && isNumber(c.typ) {
		return c.num
	}
	n, _ := parseNumber(text)
	return uint64(n)
}

// time returns the value as a FILETIME, 0 if it is none.
func (c *current) time(text []byte) uint64 {
	if c.pieces == 1 && c.typ == typFileTime {
		return c.num
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil || t.Year() < 1678 || t.Year() > 2261 {
		return 0
	}
	return uint64(t.UnixNano()/100 + epoch)
}
