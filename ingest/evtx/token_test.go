package evtx

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"patchtrail/ingest/record"
)

// tokens builds BinXML by hand, in a chunk.
type tokens struct{ chunk []byte }

func (b *tokens) raw(s string) { b.chunk = append(b.chunk, s...) }
func (b *tokens) u16(v int)    { b.chunk = binary.LittleEndian.AppendUint16(b.chunk, uint16(v)) }
func (b *tokens) u32(v int)    { b.chunk = binary.LittleEndian.AppendUint32(b.chunk, uint32(v)) }

func (b *tokens) chars(s string) {
	u := utf16.Encode([]rune(s))
	b.u16(len(u))
	for _, c := range u {
		b.u16(int(c))
	}
}

// name writes a name where it is used.
func (b *tokens) name(s string) {
	b.u32(len(b.chunk) + 4)
	b.raw("\x00\x00\x00\x00\x00\x00")
	b.chars(s)
	b.u16(0)
}

// open writes the start of an element; depends as in templates.
func (b *tokens) open(name string, depends bool, attrs ...string) {
	if len(attrs) > 0 {
		b.raw("\x41")
	} else {
		b.raw("\x01")
	}
	if depends {
		b.raw("\xff\xff")
	}
	b.u32(0)
	b.name(name)
	if len(attrs) > 0 {
		b.u32(0)
	}
	for i := 0; i+1 < len(attrs); i += 2 {
		b.raw("\x46")
		b.name(attrs[i])
		b.text(attrs[i+1])
	}
	b.raw("\x02")
}

func (b *tokens) text(s string) {
	b.raw("\x05\x01")
	b.chars(s)
}

func (b *tokens) close() { b.raw("\x04") }

// Every token that real logs seldom or never have, in a record without a template.
func TestTokens(t *testing.T) {
	f := func(want string, broken bool, body func(b *tokens)) {
		t.Helper()
		for _, depends := range []bool{false, true} {
			b := &tokens{chunk: make([]byte, firstRecord+recordHeader, chunkSize)}
			b.raw("\x0f\x01\x01\x00")
			b.open("Event", depends, "xmlns", "urn:x")
			b.open("System", depends)
			b.open("Provider", depends, "Name", "Test")
			b.close()
			b.open("EventID", depends, "Qualifiers", "1")
			b.text("7")
			b.close()
			b.open("TimeCreated", depends, "SystemTime", "2024-03-09T23:50:00.1234567Z")
			b.close()
			b.close()
			body(b)
			b.raw("\x04\x00")
			end := len(b.chunk)
			d := newDecoder()
			d.begin(b.chunk[:chunkSize])
			ev := d.decode(firstRecord+recordHeader, end)
			var r renderer
			r.reset(new(record.Batch))
			if got := string(r.render(d, ev)); got != want || ev.broken != broken {
				t.Errorf("dependency %v: %q, broken %v, want %q", depends, got, ev.broken, want)
			}
			if ns, ok := unixNano(ev.filetime); !ok || ns != start.UnixNano() {
				t.Errorf("time %d", ns)
			}
		}
	}
	f("Test 7: (no data)", false, func(b *tokens) {})
	f("Test 7: A=x<y & z本A&nbsp;\"'>", false, func(b *tokens) {
		b.open("UserData", true)
		b.open("A", true)
		b.text("x")
		b.raw("\x49")
		b.name("lt")
		b.raw("\x47")
		b.chars("y & ")
		b.text("z")
		b.raw("\x08\x2c\x67\x08A\x00\x09")
		b.name("nbsp")
		for _, entity := range []string{"quot", "apos", "gt"} {
			b.raw("\x09")
			b.name(entity)
		}
		b.close()
		b.close()
	})
	f("Test 7: B=in; C.at=v; C=; D=after", false, func(b *tokens) {
		b.open("UserData", false)
		b.open("List", false, "xmlns:a", "urn:y")
		b.raw("\x0a")
		b.name("target")
		b.raw("\x0b")
		b.chars("data")
		b.open("B", false)
		b.text("in")
		b.close()
		b.open("C", false, "at", "v")
		b.close()
		b.open("D", false)
		b.text("after")
		b.close()
		b.close()
		b.close()
	})
	f("Test 7: N=text before; E=x; N=and after", false, func(b *tokens) {
		b.open("UserData", false)
		b.open("N", false)
		b.text("text before")
		b.open("E", false)
		b.text("x")
		b.close()
		b.text("and after")
		b.close()
		b.close()
	})
	f("Test 7: a\nb [A=1]", false, func(b *tokens) {
		b.open("EventData", false)
		b.open("Data", false, "Name", "A")
		b.text("1")
		b.close()
		b.close()
		b.open("RenderingInfo", false, "Culture", "ja-JP")
		b.open("Message", false)
		b.text("a\r\nb\r\n")
		b.close()
		b.open("Level", false)
		b.text("Error")
		b.close()
		b.close()
	})
	f("Test 7: A=1", true, func(b *tokens) {
		b.open("UserData", false)
		b.open("A", false)
		b.text("1")
		b.close()
		b.raw("\x1f") // no such token
	})
	f("Test 7: (no data)", true, func(b *tokens) {
		for range 2 * maxDepth {
			b.open("x", false)
		}
	})
}

func TestValue(t *testing.T) {
	f := func(typ uint8, data, want string) {
		t.Helper()
		if got := string(appendValue(nil, typ, []byte(data))); got != want {
			t.Errorf("type %#x of %q is %q, want %q", typ, data, got, want)
		}
	}
	f(typString, "", "")
	f(typString, "A\x00", "A")
	f(typString, "A\x00\r\x00\n\x00B\x00\r\x00C\x00\x07\x00D\x00\x00\x00\x00\x00", "A\nB\nC D")
	f(typString, "A\x00B", "A") // half a character
	f(typString, "\x42\xd8\xb7\xdf", "𠮷")
	f(typString, "\x42\xd8A\x00", "\uFFFDA")
	f(typString, "\xb7\xdf", "\uFFFD")
	f(typANSI, "abc\x00", "abc")
	f(typANSI, "日本", "日本")
	f(typANSI, "\x93\xfa\x96\x7b\r\n", "日本\n")
	f(typANSI, "caf\xe9!\xff", "café!ÿ")
	f(typInt8, "\xff", "-1")
	f(typInt32, "\xff\xff\xff\xff", "-1")
	f(typInt32, "\xff\xff", "-1") // shorter than it should be
	f(typInt32, "", "0")
	f(typUint64, "\xff\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615")
	f(typReal32, "\x00\x00", "0000")
	f(typReal64, "\x00\x00\x00\x00\x00\x00\xf8\x7f", "NaN")
	f(typBool, "\x01\x00\x00\x00", "true")
	f(typBool, "", "false")
	f(typBinary, "\x00\xab", "00AB")
	f(typBinary, "a\x00b\x00c\x00\x00\x00", "abc")
	f(typBinary, "a\x00b\x00\x00\x00\x00\x00", "6100620000000000")
	f(typBinary, "a\x00b\x00c\x00\x00\x00d\x00\x00\x00", "610062006300000064000000")
	f(typGUID, "\x54\x89\x5a\x94\x47\xc1\xcd\x4a\x92\x3f\x40\xc4\x54\x05\xa6\x58", "{945a8954-c147-4acd-923f-40c45405a658}")
	f(typGUID, "\x54\x89", "5489")
	f(typSizeT, "\x00\x10\x00\x00", "0x1000")
	f(typFileTime, string(binary.LittleEndian.AppendUint64(nil, 133545018001234567)), "2024-03-09T23:50:00.1234567Z")
	f(typFileTime, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615")
	f(typFileTime, "\x00\x00\x00\x00\x00\x00\x00\x00", "1601-01-01T00:00:00.0000000Z")
	f(typSysTime, "\xe8\x07\x03\x00\x06\x00\x09\x00\x17\x00\x32\x00\x00\x00\x7b\x00", "2024-03-09T23:50:00.123Z")
	f(typSID, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00", "S-1-5-18")
	f(typSID, "\x01\x02\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00", "S-1-5-18")
	f(typSID, "\x01", "01")
	f(typHex32, "\x16\x00\x24\x80", "0x80240016")
	f(typHex64, "\x00\x00\x00\x00\x00\x00\x00\x80", "0x8000000000000000")
	f(0x77, "\x01\x02", "0102")
}

func TestArrays(t *testing.T) {
	f := func(typ uint8, data, want string) {
		t.Helper()
		d := newDecoder()
		d.begin([]byte(data))
		d.work = chunkWork
		cur := current{op: op{target: toItem}}
		d.substitute(&cur, value{to: uint32(len(data)), typ: typ | typArray}, 0)
		if got := string(d.event.arena); got != want {
			t.Errorf("array of type %#x of %q is %q, want %q", typ, data, got, want)
		}
	}
	f(typString, "A\x00\x00\x00\x00\x00B\x00\x00\x00", "A, , B")
	f(typString, "A\x00", "A")
	f(typString, "", "")
	f(typANSI, "a\x00b\x00c", "a, b, c")
	f(typUint8, "\x01\x02", "1, 2")
	f(typInt16, "\xff\xff\x02\x00\x03", "-1, 2, 3")
	f(typHex32, "\x01\x00\x00\x00\x02\x00\x00\x00", "0x00000001, 0x00000002")
	f(typUint64, strings.Repeat("\x01\x00\x00\x00\x00\x00\x00\x00", 2), "1, 1")
	f(typGUID, strings.Repeat("\x00", 32), "{00000000-0000-0000-0000-000000000000}, {00000000-0000-0000-0000-000000000000}")
	f(typSID, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x05\x13\x00\x00\x00", "S-1-5-18, S-1-5-19")
	f(typBinary, "\x01\x02", "0102")
}

// Records left from an earlier use of a chunk are no records of this log, and
// a log that has wrapped around has its newest record where it is.
func TestReuse(t *testing.T) {
	events := many(600)
	events[599].Computer = "PC09.contoso.com"
	log := write(t, events)
	second := log[headerSize+chunkSize:]
	swapped := bytes.Join([][]byte{log[:headerSize], second, log[headerSize : headerSize+chunkSize]}, nil)
	recs, r, err := read(t, swapped)
	if err != nil || len(recs) != 600 || recs[599].Line != uint32(len(places(log[headerSize:headerSize+chunkSize]))) || r.Computer() != "PC09.contoso.com" {
		t.Errorf("%d records, computer %q, error %v", len(recs), r.Computer(), err)
	}

	chunk := log[headerSize : headerSize+chunkSize]
	at := places(chunk)
	le := binary.LittleEndian
	le.PutUint64(chunk[16:], 20)
	le.PutUint64(chunk[32:], 20)
	le.PutUint32(chunk[48:], uint32(at[20]))
	for i, pos := range at[20:] {
		le.PutUint64(chunk[pos+8:], uint64(i+1)<<32)
	}
	recs, _, err = read(t, log)
	if err != nil || len(recs) != 600-len(at)+20 {
		t.Errorf("%d records, error %v", len(recs), err)
	}
}
