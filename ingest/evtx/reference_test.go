package evtx

import (
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// A plain decoder to measure the fast one by: it builds the XML of a record,
// token by token, with no template kept, and reads that with encoding/xml.

var errReference = errors.New("cannot be read")

type plainDecoder struct {
	chunk []byte
	pos   int
	out   strings.Builder
	vals  []string // escaped, of the instance being written
	null  []bool
}

func (r *plainDecoder) need(n int) []byte {
	if n < 0 || r.pos+n > len(r.chunk) {
		panic(errReference)
	}
	b := r.chunk[r.pos : r.pos+n]
	r.pos += n
	return b
}
func (r *plainDecoder) u8() int  { return int(r.need(1)[0]) }
func (r *plainDecoder) u16() int { return int(binary.LittleEndian.Uint16(r.need(2))) }
func (r *plainDecoder) u32() int { return int(binary.LittleEndian.Uint32(r.need(4))) }

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}

func (r *plainDecoder) chars(n int) string {
	b := r.need(2 * n)
	u := make([]uint16, n)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(u)), "\x00")
}

func (r *plainDecoder) name() string {
	at := r.u32()
	back := r.pos
	r.pos = at + 6
	s := r.chars(r.u16())
	r.pos += 2
	if at != back {
		r.pos = back
	}
	return s
}

// tokens writes what stands from pos to the end token, within a template or not.
func (r *plainDecoder) tokens(template bool) {
	var stack []string
	for {
		switch token := r.u8() & 0xbf; token {
		case 0x00:
			return
		case 0x0f:
			r.need(3)
		case 0x01:
			more := r.chunk[r.pos-1]&0x40 != 0
			if template {
				r.need(2)
			}
			r.need(4)
			name := r.name()
			stack = append(stack, name)
			r.out.WriteString("<" + name)
			if more {
				r.need(4)
			}
			r.attributes()
		case 0x03, 0x04:
			r.out.WriteString("</" + stack[len(stack)-1] + ">")
			stack = stack[:len(stack)-1]
		case 0x0c:
			r.instance()
			if len(stack) == 0 && !template {
				return
			}
		default:
			r.pos--
			s, _ := r.piece()
			r.out.WriteString(s)
		}
	}
}

// attributes writes attributes; one whose only value is none is left out.
func (r *plainDecoder) attributes() {
	open, text, any := "", "", false
	flush := func() {
		if open != "" && any {
			r.out.WriteString(" " + open + `="` + text + `"`)
		}
		open, text, any = "", "", false
	}
	for {
		switch r.u8() & 0xbf {
		case 0x06:
			flush()
			open = r.name()
		case 0x02:
			flush()
			r.out.WriteString(">")
			return
		case 0x03:
			flush()
			r.out.WriteString(">")
			r.pos--
			return
		default:
			r.pos--
			s, ok := r.piece()
			text, any = text+s, any || ok
		}
	}
}

func (r *plainDecoder) piece() (string, bool) {
	switch token := r.u8() & 0xbf; token {
	case 0x05:
		r.u8()
		return escape(r.chars(r.u16())), true
	case 0x07:
		return escape(r.chars(r.u16())), true
	case 0x08:
		return escape(string(rune(r.u16()))), true
	case 0x09:
		return "&" + r.name() + ";", true
	case 0x0d, 0x0e:
		i := r.u16()
		r.u8()
		if i >= len(r.vals) {
			return "", false
		}
		return r.vals[i], !r.null[i]
	}
	panic(errReference)
}

func (r *plainDecoder) instance() {
	r.u8()
	r.u32()
	def := r.u32()
	if def == r.pos {
		r.need(20)
		r.need(r.u32())
	}
	n := r.u32()
	sizes, types := make([]int, n), make([]uint8, n)
	for i := range sizes {
		sizes[i] = r.u16()
		types[i] = uint8(r.u8())
		r.u8()
	}
	vals, null := make([]string, n), make([]bool, n)
	for i := range sizes {
		end := r.pos + sizes[i]
		switch {
		case types[i] == 0x21 && sizes[i] > 0:
			sub := plainDecoder{chunk: r.chunk[:end], pos: r.pos}
			sub.tokens(false)
			vals[i] = sub.out.String()
		case types[i] == 0:
			null[i] = true
		case types[i] == 0x81:
			vals[i] = escape(string(utf16.Decode(units(r.chunk[r.pos:end]))))
			vals[i] = strings.ReplaceAll(strings.TrimSuffix(vals[i], "\uFFFD"), "\uFFFD", ", ")
		default:
			vals[i] = escape(plainValue(types[i], r.chunk[r.pos:end]))
		}
		r.need(sizes[i])
	}
	sub := plainDecoder{chunk: r.chunk, pos: def + 24, vals: vals, null: null}
	sub.tokens(true)
	r.out.WriteString(sub.out.String())
}

func units(b []byte) []uint16 {
	u := make([]uint16, len(b)/2)
	for i := range u {
		if u[i] = binary.LittleEndian.Uint16(b[2*i:]); u[i] == 0 {
			u[i] = 0xfffd
		}
	}
	return u
}

// plainValue writes the types whose form encoding is not this test's subject
// with the decoder's own function, and the others by hand.
func plainValue(typ uint8, b []byte) string {
	le := binary.LittleEndian
	switch typ {
	case 0x01:
		return strings.TrimRight(string(utf16.Decode(units(b))), "\uFFFD")
	case 0x03:
		return fmt.Sprint(int8(b[0]))
	case 0x04:
		return fmt.Sprint(b[0])
	case 0x05:
		return fmt.Sprint(int16(le.Uint16(b)))
	case 0x06:
		return fmt.Sprint(le.Uint16(b))
	case 0x07:
		return fmt.Sprint(int32(le.Uint32(b)))
	case 0x08:
		return fmt.Sprint(le.Uint32(b))
	case 0x0a:
		return fmt.Sprint(le.Uint64(b))
	case 0x0d:
		return fmt.Sprint(b[0] != 0)
	case 0x0f:
		return fmt.Sprintf("{%08x-%04x-%04x-%x-%x}", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:16])
	case 0x13:
		s := fmt.Sprintf("S-%d-%d", b[0], b[7])
		for i := 8; i < len(b); i += 4 {
			s += fmt.Sprintf("-%d", le.Uint32(b[i:]))
		}
		return s
	case 0x14:
		return fmt.Sprintf("0x%08x", le.Uint32(b))
	case 0x15:
		return fmt.Sprintf("0x%x", le.Uint64(b))
	}
	return string(appendValue(nil, typ, b))
}

// normal makes texts comparable that differ in control characters only.
func normal(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}, strings.ReplaceAll(s, "\r", "\n"))
}

// facts are what both decoders say of a record: provider, id … and the items.
type facts struct {
	System map[string]string
	Items  []string
}

// read decodes a record, with an error where the plain decoder cannot.
func (r *plainDecoder) read() (f facts, err error) {
	defer func() {
		if p := recover(); p != nil { // an index out of range counts as well
			err = fmt.Errorf("reference: %v", p)
		}
	}()
	r.tokens(false)
	type node struct {
		XMLName xml.Name
		Attrs   []xml.Attr `xml:",any,attr"`
		Text    string     `xml:",chardata"`
	}
	f.System = map[string]string{}
	d := xml.NewDecoder(strings.NewReader(r.out.String()))
	var path []node
	leaf := false
	for {
		tok, err := d.RawToken()
		if err != nil {
			break
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			path = append(path, node{XMLName: tok.Name, Attrs: tok.Attr})
			leaf = true
			if len(path) == 3 && path[1].XMLName.Local == "System" {
				for _, a := range tok.Attr {
					f.System[tok.Name.Local+"."+a.Name.Local] = normal(a.Value)
				}
			}
		case xml.CharData:
			if len(path) > 0 {
				path[len(path)-1].Text += string(tok)
			}
		case xml.EndElement:
			n := path[len(path)-1]
			path = path[:len(path)-1]
			if len(path) == 2 && path[1].XMLName.Local == "System" {
				f.System[n.XMLName.Local] = normal(n.Text)
			} else if leaf && len(path) > 1 && path[1].XMLName.Local != "RenderingInfo" && path[1].XMLName.Local != "System" {
				name := n.XMLName.Local
				if name == "Data" {
					name = ""
					for _, a := range n.Attrs {
						if a.Name.Local == "Name" {
							name = a.Value
						}
					}
				}
				f.Items = append(f.Items, name+"="+normal(n.Text))
			}
			leaf = false
		}
	}
	return f, nil
}

// fast gives the same of the fast decoder.
func fast(d *decoder, ev *event) facts {
	f := facts{System: map[string]string{
		"Provider.Name": string(ev.bytes(ev.provider)), "EventID": fmt.Sprint(ev.id), "Level": fmt.Sprint(ev.level),
		"Execution.ThreadID": fmt.Sprint(ev.thread), "Channel": string(ev.bytes(ev.channel)), "Computer": string(ev.bytes(ev.computer)),
		"TimeCreated.SystemTime": string(appendFileTime(nil, ev.filetime)), "Security.UserID": string(ev.bytes(ev.user)),
		"Keywords": fmt.Sprintf("0x%x", ev.keywords),
	}}
	array := false
	for i := range ev.items {
		it := &ev.items[i]
		if it.flags&flagBare != 0 { // attributes of containers, which the plain decoder leaves out
			continue
		}
		name := string(d.itemName(it))
		if it.flags&flagUnnamed != 0 {
			name = ""
		}
		text := string(ev.bytes(it.val))
		if n := len(f.Items); name == "" && array && n > 0 { // elements of an array
			f.Items[n-1] += ", " + text
			continue
		}
		array = name == "" && ev.provider.to > 0 && string(ev.bytes(ev.provider)) == "EventLog"
		f.Items = append(f.Items, name+"="+text)
	}
	return f
}

// equal compares all records of a log that the plain decoder can read, and
// returns how many these were.
func equal(t *testing.T, log []byte) int {
	t.Helper()
	n := 0
	d := newDecoder()
	for off := headerSize; off+chunkSize <= len(log); off += chunkSize {
		chunk := log[off : off+chunkSize]
		d.begin(chunk)
		for pos := firstRecord; startsRecord(chunk, pos); {
			end, _ := recordEnd(chunk, pos)
			ref := plainDecoder{chunk: chunk[:end], pos: pos + recordHeader}
			want, err := ref.read()
			ev := d.decode(pos+recordHeader, end-4)
			pos = end
			if err != nil || ev.cut || ev.broken {
				continue
			}
			have := fast(d, ev)
			for k := range want.System {
				if _, ok := have.System[k]; !ok {
					delete(want.System, k)
				}
			}
			for k, v := range have.System {
				if _, ok := want.System[k]; !ok && v == "" {
					delete(have.System, k)
				}
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Fatalf("offset %d:\n%s\n%s", off+pos, diff, ref.out.String())
			}
			n++
		}
	}
	return n
}

func TestReference(t *testing.T) {
	if got := equal(t, write(t, many(2000))); got != 2000 {
		t.Errorf("compared %d records", got)
	}
	for _, log := range realLogs(t) {
		recs, _, err := read(t, log)
		if err != nil {
			t.Fatal(err)
		}
		if got := equal(t, log); got != len(recs) {
			t.Errorf("compared %d of %d records", got, len(recs))
		}
	}
}
