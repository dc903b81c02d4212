package evtx

import "encoding/binary"

// BinXML tokens. Bit 0x40 says that more of the kind follows (attributes after
// an element's start, text after text).
const (
	tokEnd        = 0x00
	tokOpen       = 0x01
	tokCloseStart = 0x02
	tokCloseEmpty = 0x03
	tokCloseElem  = 0x04
	tokText       = 0x05
	tokAttr       = 0x06
	tokCDATA      = 0x07
	tokCharRef    = 0x08
	tokEntityRef  = 0x09
	tokPITarget   = 0x0a
	tokPIData     = 0x0b
	tokInstance   = 0x0c
	tokSubst      = 0x0d
	tokOptSubst   = 0x0e
	tokFragment   = 0x0f
	tokMore       = 0x40
)

// Ops are a template, made ready: the values of an event in order, each
// between begin and end, with its text and substitutions.
const (
	opBegin    = iota // span: the item's name
	opText            // span: the text
	opSubst           // index: which value
	opInstance        // index: place of a template instance's token
	opEnd
)

const (
	flagData    = 1 << iota // a Data element: counts among the positions %1, %2 …
	flagBare                // stray text of an element that holds others: no item when empty
	flagCode                // the name says that it is an error code
	flagNamed               // a Data element whose Name is a substitution
	flagUnnamed             // a Data element without Name
)

// span is a stretch of decoder.lit (in ops) or event.arena.
type span struct{ from, to uint32 }

func (s span) empty() bool { return s.from == s.to }

type op struct {
	code   uint8
	target target
	place  place // what BinXML in place of a value would stand in
	flags  uint8
	index  uint32
	span
}

// program is a compiled stretch of BinXML: ops of the decoder.
type program struct {
	first, last int
	broken      bool // only what stands before the damage
}

const maxDepth = 32

// decoder decodes the records of a chunk.
type decoder struct {
	data []byte // the chunk
	work int    // what this chunk may still cost

	// What this chunk's templates compiled to: by place of their definition,
	// 1 + index of the first template there, which links to the next.
	templates []template
	at        [chunkSize]uint16
	ops       []op
	lit       []byte

	event event
}

type template struct {
	program
	offset uint16
	place  place
	next   uint16
}

const (
	chunkWork  = 8 << 20
	recordWork = 4 << 10 // what each record may cost at least
	opWork     = 8
)

func newDecoder() *decoder { return new(decoder) }

// begin makes the decoder ready for another chunk.
func (d *decoder) begin(data []byte) {
	for _, t := range d.templates {
		d.at[t.offset] = 0
	}
	d.data, d.work = data, chunkWork
	d.templates, d.ops, d.lit = d.templates[:0], d.ops[:0], d.lit[:0]
}

// template returns the program of the template defined at offset, for use in
// a place.
func (d *decoder) template(offset int, in place) (program, bool) {
	const head = 4 + 16 + 4
	if offset < 0 || offset+head > len(d.data) {
		return program{}, false
	}
	for i := d.at[offset]; i != 0; i = d.templates[i-1].next {
		if t := &d.templates[i-1]; t.place == in {
			return t.program, true
		}
	}
	size := int64(binary.LittleEndian.Uint32(d.data[offset+20:]))
	start := offset + head
	end := int(min(int64(len(d.data)), int64(start)+size))
	p := d.compile(start, end, in, true)
	if len(d.templates) < 1<<16-1 {
		d.templates = append(d.templates, template{program: p, offset: uint16(offset), place: in, next: d.at[offset]})
		d.at[offset] = uint16(len(d.templates))
	}
	return p, true
}

// A compiler makes a program of tokens.
type compiler struct {
	*decoder
	pos, end int
	depends  bool // elements carry a dependency identifier (those of templates do)
	stack    [maxDepth]element
	depth    int
	begun    bool // a begin without its end was written
}

// An element is one that is open.
type element struct {
	place  place  // of what stands in it
	target target // of its text
	flags  uint8
	name   span
	holds  bool // it has shown text or another element
}

// compile compiles the tokens of data[pos:end].
func (d *decoder) compile(pos, end int, in place, depends bool) program {
	c := compiler{decoder: d, pos: pos, end: end, depends: depends}
	c.stack[0] = element{place: in, target: toItem, flags: flagBare}
	if in == inIgnored || in == inSystem || in == inSystemItem || in == inRendering {
		c.stack[0].target = toNothing
	}
	p := program{first: len(d.ops)}
	p.broken = !c.tokens()
	c.finish()
	p.last = len(d.ops)
	return p
}

func (c *compiler) top() *element { return &c.stack[c.depth] }

// charge takes n off what this chunk may cost.
func (d *decoder) charge(n int) bool {
	d.work -= n
	return d.work >= 0
}

// tokens compiles token after token and says whether all could be read.
func (c *compiler) tokens() bool {
	for c.pos < c.end {
		if !c.charge(opWork) {
			return false
		}
		token := c.data[c.pos]
		c.pos++
		ok := true
		switch token &^ tokMore {
		case tokEnd:
			return c.depth == 0
		case tokOpen:
			ok = c.open(token&tokMore != 0)
		case tokCloseEmpty, tokCloseElem:
			ok = c.close()
		case tokFragment:
			ok = c.skip(3)
		case tokInstance:
			ok = c.instance()
		case tokPITarget:
			_, ok = c.name()
		case tokPIData:
			_, ok = c.string()
		case tokText, tokCDATA, tokCharRef, tokEntityRef, tokSubst, tokOptSubst:
			ok = c.piece(token &^ tokMore)
		case tokCloseStart, tokAttr: // open has read those that belong
			ok = false
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return c.depth == 0
}

func (c *compiler) skip(n int) bool {
	c.pos += n
	return c.pos <= c.end
}

// begin writes the start of a value, unless it is one that nobody wants.
func (c *compiler) begin(to target, flags uint8, name span) {
	c.finish()
	if to != toNothing {
		c.ops = append(c.ops, op{code: opBegin, target: to, place: c.top().place, flags: flags, span: name})
		c.begun = true
	}
}

func (c *compiler) finish() {
	if c.begun {
		c.ops = append(c.ops, op{code: opEnd})
		c.begun = false
	}
}

// add writes a piece of the value that is begun.
func (c *compiler) add(o op) {
	if c.begun {
		o.place = c.top().place
		c.ops = append(c.ops, o)
	}
}

// content makes sure that a value is begun to which text in an element belongs.
func (c *compiler) content() {
	e := c.top()
	if !c.begun {
		c.begin(e.target, e.flags, e.name)
	}
	e.holds = true
}

// piece compiles text, a reference or a substitution, in content or attribute.
func (c *compiler) piece(token byte) bool {
	c.content()
	return c.value(token)
}

func (c *compiler) value(token byte) bool {
	switch token {
	case tokText: // value type (always string), length, text
		if c.pos++; c.pos > c.end {
			return false
		}
		s, ok := c.string()
		c.add(op{code: opText, span: s})
		return ok
	case tokCDATA:
		s, ok := c.string()
		c.add(op{code: opText, span: s})
		return ok
	case tokCharRef:
		if c.pos+2 > c.end {
			return false
		}
		from := len(c.lit)
		c.lit = appendUTF16(c.lit, c.data[c.pos:c.pos+2])
		c.pos += 2
		c.add(op{code: opText, span: span{uint32(from), uint32(len(c.lit))}})
		return true
	case tokEntityRef:
		name, ok := c.name()
		c.add(op{code: opText, span: c.entity(name)})
		return ok
	default:
		if c.pos+3 > c.end {
			return false
		}
		c.add(op{code: opSubst, index: uint32(binary.LittleEndian.Uint16(c.data[c.pos:]))})
		return c.skip(3)
	}
}

// entity returns the text that the entity of a name stands for.
func (c *compiler) entity(name span) span {
	from := len(c.lit)
	switch string(c.lit[name.from:name.to]) {
	case "amp":
		c.lit = append(c.lit, '&')
	case "lt":
		c.lit = append(c.lit, '<')
	case "gt":
		c.lit = append(c.lit, '>')
	case "quot":
		c.lit = append(c.lit, '"')
	case "apos":
		c.lit = append(c.lit, '\'')
	default:
		c.lit = append(c.lit, '&')
		c.lit = append(c.lit, c.lit[name.from:name.to]...)
		c.lit = append(c.lit, ';')
	}
	return span{uint32(from), uint32(len(c.lit))}
}

// string reads a length in characters and that many.
func (c *compiler) string() (span, bool) {
	if c.pos+2 > c.end {
		return span{}, false
	}
	n := 2 * int(binary.LittleEndian.Uint16(c.data[c.pos:]))
	c.pos += 2
	ok := c.pos+n <= c.end
	if !ok {
		n = (c.end - c.pos) &^ 1
	}
	if !c.charge(n) {
		return span{}, false
	}
	from := len(c.lit)
	c.lit = appendUTF16(c.lit, c.data[c.pos:c.pos+n])
	c.pos += n
	return span{uint32(from), uint32(len(c.lit))}, ok
}

// A name of the chunk: offset of the next with the same hash, hash, length in
// characters, text, 0.
const nameHead = 4 + 2 + 2

// nameLen returns how many bytes the name at offset takes without its end, -1
// if there is none.
func (d *decoder) nameLen(offset int) int {
	if offset < 0 || offset+nameHead > len(d.data) {
		return -1
	}
	n := nameHead + 2*int(binary.LittleEndian.Uint16(d.data[offset+6:]))
	if offset+n+2 > len(d.data) || n == nameHead || d.data[offset+n] != 0 || d.data[offset+n+1] != 0 {
		return -1
	}
	return n
}

// name reads the offset of a name, and past the name where it stands here.
func (c *compiler) name() (span, bool) {
	if c.pos+4 > c.end {
		return span{}, false
	}
	offset := int(binary.LittleEndian.Uint32(c.data[c.pos:]))
	c.pos += 4
	n := c.nameLen(offset)
	if n < 0 || !c.charge(n) {
		return span{}, false
	}
	from := len(c.lit)
	c.lit = appendUTF16(c.lit, c.data[offset+nameHead:offset+n])
	if offset == c.pos && !c.skip(n+2) {
		return span{}, false
	}
	return span{uint32(from), uint32(len(c.lit))}, true
}

// open compiles the start of an element with its attributes.
func (c *compiler) open(attributes bool) bool {
	if c.depth+1 >= maxDepth {
		return false
	}
	// Elements of templates have a dependency identifier (2 bytes) before their
	// size (4), those that stand in a record itself have none. Where the name
	// then is none, it may be the other way round.
	head, other := 4, 6
	if c.depends {
		head, other = 6, 4
	}
	if c.nameAt(c.pos+head) < 0 && c.nameAt(c.pos+other) >= 0 {
		head = other
	}
	if !c.skip(head) {
		return false
	}
	name, ok := c.name()
	if !ok {
		return false
	}
	c.finish()
	parent := c.top()
	parent.holds = true
	e := childOf(parent.place, c.lit[name.from:name.to])
	e.name = name
	if e.target == toItem && isCode(c.lit[name.from:name.to]) {
		e.flags |= flagCode
	}
	c.depth++
	c.stack[c.depth] = e
	if attributes && !c.skip(4) {
		return false
	}
	return c.attributes(c.lit[name.from:name.to])
}

// nameAt reads the offset of a name at pos and returns the name's length, or -1.
func (c *compiler) nameAt(pos int) int {
	if pos+4 > c.end {
		return -1
	}
	return c.nameLen(int(binary.LittleEndian.Uint32(c.data[pos:])))
}

// attributes compiles attributes up to the end of the element's start.
func (c *compiler) attributes(elem []byte) bool {
	for c.pos < c.end {
		if !c.charge(opWork) {
			return false
		}
		token := c.data[c.pos] &^ tokMore
		switch token {
		case tokAttr:
			c.pos++
			name, ok := c.name()
			if !ok {
				return false
			}
			c.attribute(elem, name)
		case tokText, tokCDATA, tokCharRef, tokEntityRef, tokSubst, tokOptSubst:
			c.pos++
			if !c.value(token) {
				return false
			}
		case tokCloseStart:
			c.pos++
			fallthrough
		case tokCloseEmpty: // read once more by tokens
			c.nameData()
			c.finish()
			return true
		default:
			return false
		}
	}
	return false
}

// attribute begins the value of an attribute.
func (c *compiler) attribute(elem []byte, name span) {
	c.nameData()
	c.finish()
	e := c.top()
	attr := c.lit[name.from:name.to]
	switch {
	case e.place == inSystemItem:
		c.begin(systemAttr(elem, attr), 0, name)
	case e.flags&flagData != 0 && string(attr) == "Name":
		e.flags = e.flags&^flagUnnamed | flagNamed
		c.begin(toItemName, 0, name)
	case e.target != toItem || len(attr) >= 5 && string(attr[:5]) == "xmlns":
	case e.flags&flagBare != 0:
		c.begin(toItem, flagBare, name)
	default: // the attribute of an item: "item.attribute"
		from := len(c.lit)
		c.charge(len(elem) + len(attr))
		c.lit = append(append(append(c.lit, elem...), '.'), attr...)
		c.begin(toItem, flagBare, span{uint32(from), uint32(len(c.lit))})
	}
}

// nameData gives a Data element its name where that is one piece of text, as
// nearly always, so that it costs nothing later.
func (c *compiler) nameData() {
	n := len(c.ops)
	if !c.begun || n < 2 || c.ops[n-1].code != opText || c.ops[n-2].code != opBegin || c.ops[n-2].target != toItemName {
		return
	}
	e := c.top()
	e.name = c.ops[n-1].span
	e.flags &^= flagNamed
	if e.name.empty() {
		e.flags |= flagUnnamed
	}
	if isCode(c.lit[e.name.from:e.name.to]) {
		e.flags |= flagCode
	}
	c.ops, c.begun = c.ops[:n-2], false
}

// close compiles the end of an element.
func (c *compiler) close() bool {
	if c.depth == 0 {
		return false
	}
	e := c.top()
	if !e.holds && e.target == toItem && e.flags&flagBare == 0 {
		c.begin(toItem, e.flags, e.name) // an empty item is one too
	}
	c.finish()
	c.depth--
	return true
}

// instance compiles a template instance that stands among tokens.
func (c *compiler) instance() bool {
	in, ok := c.layout(c.pos, c.end)
	if !ok {
		return false
	}
	c.content()
	c.add(op{code: opInstance, index: uint32(c.pos)})
	c.pos = in.end
	return true
}
