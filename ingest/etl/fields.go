package etl

import (
	"bytes"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"time"
)

// In types of TraceLogging (TlgIn_t); the upper bits of the byte are flags.
const (
	inUnicode = iota + 1
	inANSI
	inInt8
	inUint8
	inInt16
	inUint16
	inInt32
	inUint32
	inInt64
	inUint64
	inFloat
	inDouble
	inBool32
	inBinary
	inGUID
	_ // pointer, never written
	inFiletime
	inSystemtime
	inSID
	inHex32
	inHex64
	inCountedUnicode
	inCountedANSI
	inStruct
	inCountedBinary

	inMask   = 0x1F
	inCcount = 0x20 // a fixed number of values; the number is in the schema
	inVcount = 0x40 // a number of values; the number is in the data
	inCustom = 0x60 // both bits: a type of the provider's own, in the schema
	inChain  = 0x80 // an out type follows
)

// Out types that change how a value is written (TlgOut_t).
const (
	outBoolean    = 3
	outHex        = 4
	outPort       = 7
	outIPv4       = 8
	outIPv6       = 9
	outWin32Error = 13
	outNTStatus   = 14
	outHResult    = 15
	outFiletime   = 16
)

// maxDepth bounds structures in structures.
const maxDepth = 8

// field is one field of a schema.
type field struct {
	name    []byte
	in, out uint8
	array   uint8 // 0, inCcount or inVcount
	count   int   // values of an inCcount field
}

// nextField reads one field's description and returns what follows it.
func nextField(schema []byte) (f field, rest []byte, ok bool) {
	name, rest, ok := bytes.Cut(schema, []byte{0})
	if !ok || len(rest) == 0 {
		return f, nil, false
	}
	in := rest[0]
	rest = rest[1:]
	f = field{name: name, in: in & inMask, array: in & inCustom}
	if in&inChain != 0 {
		if len(rest) == 0 {
			return f, nil, false
		}
		more := rest[0]&0x80 != 0
		f.out = rest[0] &^ 0x80
		rest = rest[1:]
		for more { // tags
			if len(rest) == 0 {
				return f, nil, false
			}
			more = rest[0]&0x80 != 0
			rest = rest[1:]
		}
	}
	if f.array == inCcount || f.array == inCustom {
		if len(rest) < 2 {
			return f, nil, false
		}
		f.count = int(le16(rest))
		rest = rest[2:]
	}
	if f.array == inCustom {
		// The number is the length of the provider's type, which nobody else
		// can read; the value is of the in type.
		if f.count > len(rest) {
			return f, nil, false
		}
		rest, f.array, f.count = rest[f.count:], 0, 0
	}
	return f, rest, true
}

// soleString returns the in type of a schema that is one string, else 0: such
// an event is a line of text and its field needs no name.
func soleString(schema []byte) uint8 {
	f, rest, ok := nextField(schema)
	if !ok || len(rest) != 0 || f.array != 0 {
		return 0
	}
	switch f.in {
	case inUnicode, inANSI, inCountedUnicode, inCountedANSI:
		return f.in
	}
	return 0
}

// fields writes up to n fields (all if n < 0) as "Name=Value Name=Value" and
// returns what is left of schema and data; ok is false where they do not fit
// together, what was written until then stays.
func (d *decoder) fields(schema, data []byte, depth, n int) (restSchema, restData []byte, ok bool) {
	for ; n != 0 && len(schema) > 0; n-- {
		f, rest, ok := nextField(schema)
		if !ok {
			return nil, nil, false
		}
		schema = rest
		if m := d.message(); len(m) > 0 && m[len(m)-1] != '{' {
			d.text = append(d.text, ' ')
		}
		d.text = append(appendBytes(d.text, f.name), '=')
		count := 1
		switch f.array {
		case inCcount:
			count = f.count
		case inVcount:
			if len(data) < 2 {
				return nil, nil, false
			}
			count = int(le16(data))
			data = data[2:]
		}
		if f.in == inStruct {
			schema, data, ok = d.structure(&f, schema, data, depth, count)
		} else {
			data, ok = d.values(&f, data, count)
		}
		if !ok {
			return nil, nil, false
		}
	}
	return schema, data, n <= 0 || len(schema) == 0
}

// structure writes count values of a structure of f.out fields.
func (d *decoder) structure(f *field, schema, data []byte, depth, count int) (restSchema, restData []byte, ok bool) {
	if depth >= maxDepth || f.out == 0 {
		return nil, nil, false
	}
	restSchema, ok = skipFields(schema, int(f.out), depth+1)
	if !ok {
		return nil, nil, false
	}
	d.steps -= (len(schema) - len(restSchema)) / 8 // skipping is work too
	d.open(f)
	for i := range count {
		if i > 0 {
			d.text = append(d.text, ", "...)
		}
		if !d.step() {
			return nil, nil, false
		}
		d.text = append(d.text, '{')
		if _, data, ok = d.fields(schema, data, depth+1, int(f.out)); !ok {
			return nil, nil, false
		}
		d.text = append(d.text, '}')
	}
	d.close(f)
	return restSchema, data, true
}

// skipFields returns what follows n fields of a schema.
func skipFields(schema []byte, n, depth int) ([]byte, bool) {
	for ; n > 0; n-- {
		f, rest, ok := nextField(schema)
		if !ok {
			return nil, false
		}
		schema = rest
		if f.in != inStruct {
			continue
		}
		if depth >= maxDepth {
			return nil, false
		}
		if schema, ok = skipFields(schema, int(f.out), depth+1); !ok {
			return nil, false
		}
	}
	return schema, true
}

// values writes count values of one field, in brackets where it is an array.
func (d *decoder) values(f *field, data []byte, count int) (rest []byte, ok bool) {
	d.open(f)
	for i := range count {
		if i > 0 {
			d.text = append(d.text, ", "...)
		}
		if !d.step() {
			return nil, false
		}
		if data, ok = d.value(f.in, f.out, data); !ok {
			return nil, false
		}
	}
	d.close(f)
	return data, true
}

func (d *decoder) open(f *field) {
	if f.array != 0 {
		d.text = append(d.text, '[')
	}
}

func (d *decoder) close(f *field) {
	if f.array != 0 {
		d.text = append(d.text, ']')
	}
}

// step counts the values of an event; false means that it has far more than
// its bytes can hold.
func (d *decoder) step() bool {
	d.steps--
	if d.steps < 0 || len(d.text) > d.prefix+d.limit {
		d.cut = true
		return false
	}
	return true
}

// value writes the value data begins with and returns what follows it.
func (d *decoder) value(in, out uint8, data []byte) (rest []byte, ok bool) {
	switch in {
	case inUnicode:
		s := untilNUL16(data)
		d.text = appendUTF16(d.text, s)
		return data[min(len(s)+2, len(data)):], true
	case inANSI:
		s, rest, _ := bytes.Cut(data, []byte{0})
		d.text = appendBytes(d.text, s)
		return rest, true
	case inCountedUnicode, inCountedANSI, inBinary, inCountedBinary:
		return d.counted(in, out, data)
	case inSID:
		return d.sid(data)
	}
	n := fixedSize(in)
	if n == 0 || len(data) < n {
		return nil, false
	}
	d.fixed(in, out, data[:n])
	return data[n:], true
}

// counted writes a value that begins with its size in bytes.
func (d *decoder) counted(in, out uint8, data []byte) (rest []byte, ok bool) {
	if len(data) < 2 {
		return nil, false
	}
	n := int(le16(data))
	if n > len(data)-2 {
		return nil, false
	}
	v, rest := data[2:2+n], data[2+n:]
	switch {
	case in == inCountedUnicode:
		d.text = appendUTF16(d.text, v)
	case in == inCountedANSI:
		d.text = appendBytes(d.text, v)
	case out == outIPv6 && n == 16:
		d.text = netip.AddrFrom16([16]byte(v)).AppendTo(d.text)
	default:
		d.text = hex.AppendEncode(append(d.text, "0x"...), v)
	}
	return rest, true
}

// sid writes a security identifier (S-1-5-18).
func (d *decoder) sid(data []byte) (rest []byte, ok bool) {
	if len(data) < 8 || len(data) < 8+4*int(data[1]) {
		return nil, false
	}
	d.text = append(d.text, "S-"...)
	d.text = appendUint(d.text, uint64(data[0]))
	var authority uint64
	for _, c := range data[2:8] {
		authority = authority<<8 | uint64(c)
	}
	d.text = appendUint(append(d.text, '-'), authority)
	for i := range int(data[1]) {
		d.text = appendUint(append(d.text, '-'), uint64(le32(data[8+4*i:])))
	}
	return data[8+4*int(data[1]):], true
}

// fixedSize returns the bytes of an in type of fixed size, else 0.
func fixedSize(in uint8) int {
	switch in {
	case inInt8, inUint8:
		return 1
	case inInt16, inUint16:
		return 2
	case inInt32, inUint32, inFloat, inBool32, inHex32:
		return 4
	case inInt64, inUint64, inDouble, inFiletime, inHex64:
		return 8
	case inGUID, inSystemtime:
		return 16
	}
	return 0
}

// fixed writes a value of fixed size.
func (d *decoder) fixed(in, out uint8, v []byte) {
	switch in {
	case inGUID:
		d.text = appendGUID(d.text, v)
		return
	case inSystemtime:
		f := func(i int) int { return int(le16(v[2*i:])) }
		t := time.Date(f(0), time.Month(f(1)), f(3), f(4), f(5), f(6), f(7)*1e6, time.UTC)
		d.text = t.AppendFormat(d.text, "2006-01-02T15:04:05.999")
		return
	case inFloat:
		d.text = strconv.AppendFloat(d.text, float64(math.Float32frombits(le32(v))), 'g', -1, 32)
		return
	case inDouble:
		d.text = strconv.AppendFloat(d.text, math.Float64frombits(le64(v)), 'g', -1, 64)
		return
	case inFiletime:
		out = outFiletime
	}
	u, s := integer(in, v)
	switch {
	case in == inBool32 || out == outBoolean:
		d.text = strconv.AppendBool(d.text, u != 0)
	case out == outFiletime:
		d.text = appendFiletime(d.text, u)
	case out == outHResult || out == outNTStatus || out == outWin32Error && u > 0xFFFF:
		d.text = append(d.text, "0x"...)
		for i := 3; i >= 0; i-- {
			d.text = hex.AppendEncode(d.text, []byte{byte(u >> (8 * i))})
		}
	case out == outHex || in == inHex32 || in == inHex64:
		d.text = strconv.AppendUint(append(d.text, "0x"...), u, 16)
	case out == outIPv4 && len(v) == 4:
		d.text = netip.AddrFrom4([4]byte(v)).AppendTo(d.text)
	case out == outPort && len(v) == 2:
		d.text = appendUint(d.text, uint64(v[0])<<8|uint64(v[1]))
	default:
		if s < 0 && (in == inInt8 || in == inInt16 || in == inInt32 || in == inInt64) {
			d.text = strconv.AppendInt(d.text, s, 10)
		} else {
			d.text = appendUint(d.text, u)
		}
	}
}

// integer returns a value of 1 to 8 bytes without and with its sign.
func integer(in uint8, v []byte) (u uint64, s int64) {
	for i := len(v) - 1; i >= 0; i-- {
		u = u<<8 | uint64(v[i])
	}
	shift := 64 - 8*len(v)
	return u, int64(u<<shift) >> shift
}

func appendUint(b []byte, u uint64) []byte { return strconv.AppendUint(b, u, 10) }

// appendFiletime writes a FILETIME as UTC.
func appendFiletime(b []byte, ft uint64) []byte {
	if ft < filetimeMin || ft > filetimeMax {
		return appendUint(b, ft)
	}
	t := time.Unix(0, (int64(ft)-filetimeUnix)*100).UTC()
	return t.AppendFormat(b, "2006-01-02T15:04:05.9999999Z")
}

// appendGUID writes {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}.
func appendGUID(b, g []byte) []byte {
	b = append(b, '{')
	b = hex.AppendEncode(b, []byte{g[3], g[2], g[1], g[0]})
	b = append(b, '-')
	b = hex.AppendEncode(b, []byte{g[5], g[4]})
	b = append(b, '-')
	b = hex.AppendEncode(b, []byte{g[7], g[6]})
	b = append(b, '-')
	b = hex.AppendEncode(b, g[8:10])
	b = append(b, '-')
	b = hex.AppendEncode(b, g[10:16])
	return append(b, '}')
}
