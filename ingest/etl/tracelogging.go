package etl

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Kinds of extended data (EVENT_HEADER_EXT_TYPE_*).
const (
	extSchema = 11 // EVENT_SCHEMA_TL
	extTraits = 12 // PROV_TRAITS
)

// Flags of EVENT_HEADER.
const (
	flagExtended   = 0x01
	flagStringOnly = 0x04
	flagMessage    = 0x08 // WPP in a new coat
)

// updateProvider is WUTraceLogging, 0b7a6f19-47c4-454e-8c5c-e868d637e4d8.
var updateProvider = [16]byte{
	0x19, 0x6f, 0x7a, 0x0b, 0xc4, 0x47, 0x4e, 0x45, 0x8c, 0x5c, 0xe8, 0x68, 0xd6, 0x37, 0xe4, 0xd8,
}

// header is what EVENT_HEADER tells.
type header struct {
	flags    uint16
	tid, pid uint32
	time     uint64 // ticks of the trace's clock
	provider [16]byte
	level    uint8 // 1 critical, 2 error, 3 warning, 4 information, 5 verbose
}

func parseHeader(ev []byte) header {
	return header{
		flags: le16(ev[4:]), tid: le32(ev[8:]), pid: le32(ev[12:]), time: le64(ev[16:]),
		provider: [16]byte(ev[24:40]), level: ev[44],
	}
}

// decoder turns one event after the other into text. Its slices are valid
// until the next event.
type decoder struct {
	text      []byte
	component []byte
	prefix    int  // where the message begins in text
	cut       bool // text was cut at its limit

	limit int // length of text at which it is cut
	steps int // values still allowed
}

func (d *decoder) message() []byte { return d.text[d.prefix:] }

// decode fills text and component; false means that the event does not
// describe itself.
func (d *decoder) decode(h *header, ev []byte) bool {
	schema, traits, data, ok := extended(h, ev)
	if !ok {
		return false
	}
	if schema == nil {
		if h.flags&flagStringOnly == 0 {
			return false
		}
		d.begin(h, providerName(traits), len(ev))
		d.text = appendUTF16(d.text, untilNUL16(data))
		d.end()
		return true
	}
	for len(schema) > 0 && schema[0]&0x80 != 0 { // tags
		schema = schema[1:]
	}
	if len(schema) == 0 {
		return false
	}
	name, fields, ok := bytes.Cut(schema[1:], []byte{0})
	if !ok {
		return false
	}
	d.begin(h, name, len(ev))
	if sole := soleString(fields); sole != 0 {
		d.value(sole, 0, data)
		d.end()
		return true
	}
	if _, _, ok := d.fields(fields, data, 0, -1); !ok {
		d.cut = true
	}
	if len(d.message()) == 0 && len(fields) > 0 {
		return false
	}
	if p := providerName(traits); h.provider != updateProvider && len(p) > 0 {
		if len(d.message()) > 0 {
			d.text = append(d.text, ' ')
		}
		d.text = append(appendBytes(append(d.text, '('), p), ')')
	}
	d.end()
	return true
}

// begin writes the columns before the message as Get-WindowsUpdateLog does.
func (d *decoder) begin(h *header, component []byte, size int) {
	d.cut = false
	// An event says much more than it is long only when it means to do harm.
	d.limit = 1024 + 16*size
	d.steps = 1024 + 4*size
	d.component = d.component[:0]
	for _, c := range component {
		if c <= ' ' || c == 0x7F {
			c = '_'
		}
		d.component = append(d.component, c)
	}
	if !utf8.Valid(d.component) {
		d.component = bytes.ToValidUTF8(d.component, []byte("?"))
	}
	if len(d.component) == 0 {
		d.component = append(d.component, '-')
	}
	d.text = appendUint(d.text[:0], uint64(h.pid))
	d.text = pad(d.text, 6)
	d.text = appendUint(d.text, uint64(h.tid))
	d.text = pad(d.text, 12)
	d.text = append(d.text, d.component...)
	d.text = pad(d.text, 28)
	d.prefix = len(d.text)
}

// end cuts the text at its limit and drops white space at its end.
func (d *decoder) end() {
	if len(d.text) > d.prefix+d.limit {
		cut := d.prefix + d.limit
		for cut > d.prefix && !utf8.RuneStart(d.text[cut]) {
			cut--
		}
		d.text = d.text[:cut]
		d.cut = true
	}
	n := len(d.text)
	for n > d.prefix && (d.text[n-1] == '\n' || d.text[n-1] == '\r' || d.text[n-1] == ' ') {
		n--
	}
	d.text = d.text[:n]
}

// pad adds at least one space, up to column n.
func pad(b []byte, n int) []byte {
	b = append(b, ' ')
	for len(b) < n {
		b = append(b, ' ')
	}
	return b
}

// extended walks the extended items of an event and returns the schema and
// provider traits (each without its leading size) and the event's own data.
// ok is false where the event is WPP or its items do not fit.
func extended(h *header, ev []byte) (schema, traits, data []byte, ok bool) {
	data = ev[eventHeader:]
	if h.flags&flagMessage != 0 {
		return nil, nil, nil, false
	}
	for more := h.flags&flagExtended != 0; more; {
		if len(data) < 8 {
			return nil, nil, nil, false
		}
		size, kind, link, n := int(le16(data)), le16(data[2:]), le16(data[4:]), int(le16(data[6:]))
		if size < 8 || size > len(data) || n > size-8 {
			return nil, nil, nil, false
		}
		if item := data[8 : 8+n]; n >= 2 {
			// Both begin with their own size.
			if own := int(le16(item)); own >= 2 && own <= n {
				item = item[:own]
			}
			switch kind {
			case extSchema:
				schema = item[2:]
			case extTraits:
				traits = item[2:]
			}
		}
		data, more = data[size:], link&1 != 0
	}
	return schema, traits, data, true
}

func providerName(traits []byte) []byte {
	name, _, _ := bytes.Cut(traits, []byte{0})
	return name
}

// untilNUL16 returns the UTF-16 string b begins with, without its NUL.
func untilNUL16(b []byte) []byte {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return b[:i]
		}
	}
	return b[:len(b)&^1]
}

// appendUTF16 appends UTF-16LE as UTF-8.
func appendUTF16(dst, b []byte) []byte {
	for i := 0; i+1 < len(b); i += 2 {
		u := rune(b[i]) | rune(b[i+1])<<8
		if u < utf8.RuneSelf {
			dst = append(dst, byte(u))
			continue
		}
		if utf16.IsSurrogate(u) {
			lo := rune(0)
			if i+3 < len(b) {
				lo = rune(b[i+2]) | rune(b[i+3])<<8
			}
			if u = utf16.DecodeRune(u, lo); u != utf8.RuneError {
				i += 2
			}
		}
		dst = utf8.AppendRune(dst, u)
	}
	return dst
}

// appendBytes appends an 8-bit string: UTF-8 where it is, else Windows-1252
// without its five holes, that is Latin-1.
func appendBytes(dst, b []byte) []byte {
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
