package etl_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/etl"
	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/record"
)

// values builds an event's schema and data.
type values struct{ schema, data []byte }

func (v *values) add(name string, typ []byte, data ...[]byte) {
	v.schema = append(append(append(v.schema, name...), 0), typ...)
	v.data = append(v.data, bytes.Join(data, nil)...)
}

func u16(n int) []byte    { return le.AppendUint16(nil, uint16(n)) }
func u32(n uint32) []byte { return le.AppendUint32(nil, n) }
func u64(n uint64) []byte { return le.AppendUint64(nil, n) }

func wide(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, u16(int(r))...)
	}
	return b
}

var guid = []byte{0x91, 0x16, 0xa2, 0x3d, 0x9d, 0xe3, 0xa6, 0x4d, 0x8a, 0x4b, 0xb4, 0x38, 0x77, 0xbc, 0xb1, 0xb7}

func typed() []etltest.Event {
	var v values
	v.add("update", []byte{1}, wide("KB5034441\x00"))
	v.add("guid", []byte{15}, guid)
	v.add("result", []byte{0x80 | 8, 15}, u32(0x80240438))
	v.add("list", []byte{0x40 | 4}, u16(3), []byte{1, 2, 3})
	return []etltest.Event{{Time: start, Component: "ScanStarted", PID: 4, TID: 8, Schema: v.schema, Data: v.data, Provider: "Contoso.Update.Orchestrator"}}
}

// message reads the message of one event.
func message(t *testing.T, e etltest.Event) (string, record.Rec) {
	t.Helper()
	e.Time, e.Component = start, "Event"
	recs, _, _, err := read(t, write(t, etltest.Options{Start: start, BufferSize: 128 << 10}, []etltest.Event{e}))
	if err != nil || len(recs) != 1 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	return string(etl.Split([]byte(recs[0].text)).Message), recs[0].rec
}

func TestFields(t *testing.T) {
	f := func(want string, typ []byte, data ...[]byte) {
		t.Helper()
		var v values
		v.add("first", []byte{4}, []byte{7})
		v.add("V", typ, data...)
		v.add("last", []byte{4}, []byte{9})
		got, rec := message(t, etltest.Event{Schema: v.schema, Data: v.data})
		if got != "first=7 V="+want+" last=9" || rec.Flags != 0 {
			t.Errorf("type %v: %q, flags %d", typ, got, rec.Flags)
		}
	}
	ft := uint64(start.UnixNano()/100 + 116444736000000000)
	f("text", []byte{1}, wide("text\x00"))
	f("", []byte{1}, []byte{0, 0})
	f("text", []byte{2}, []byte("text\x00"))
	f("é", []byte{2}, []byte{0xE9, 0})
	f("更新", []byte{0x80 | 2, 35}, []byte("更新\x00"))
	f("-5", []byte{3}, []byte{0xFB})
	f("251", []byte{4}, []byte{0xFB})
	f("-2", []byte{5}, u16(-2))
	f("65534", []byte{6}, u16(-2))
	f("8530", []byte{0x80 | 6, 7}, []byte{0x21, 0x52})
	f("-2145123272", []byte{7}, u32(0x80240438))
	f("0x80240438", []byte{0x80 | 7, 15}, u32(0x80240438))
	f("0xc0000005", []byte{0x80 | 8, 14}, u32(0xC0000005))
	f("5", []byte{0x80 | 8, 13}, u32(5))
	f("192.0.2.7", []byte{0x80 | 8, 8}, []byte{192, 0, 2, 7})
	f("4294967295", []byte{8}, u32(math.MaxUint32))
	f("-1", []byte{9}, u64(math.MaxUint64))
	f("18446744073709551615", []byte{10}, u64(math.MaxUint64))
	f("1.5", []byte{11}, u32(math.Float32bits(1.5)))
	f("-0.25", []byte{12}, u64(math.Float64bits(-0.25)))
	f("true", []byte{13}, u32(1))
	f("false", []byte{0x80 | 4, 3}, []byte{0})
	f("0x0102ff", []byte{14}, u16(3), []byte{1, 2, 255})
	f("{3da21691-e39d-4da6-8a4b-b43877bcb1b7}", []byte{15}, guid)
	f("2025-03-17T16:20:44.1234567Z", []byte{17}, u64(ft))
	f("2025-03-17T16:20:44.1234567Z", []byte{0x80 | 10, 16}, u64(ft))
	f("12", []byte{17}, u64(12))
	f("2025-03-17T16:20:44.123", []byte{18}, u16(2025), u16(3), u16(1), u16(17), u16(16), u16(20), u16(44), u16(123))
	f("S-1-5-21-7", []byte{19}, []byte{1, 2, 0, 0, 0, 0, 0, 5}, u32(21), u32(7))
	f("0xff", []byte{20}, u32(255))
	f("0x100000000", []byte{21}, u64(1<<32))
	f("counted", []byte{22}, u16(14), wide("counted"))
	f("counted", []byte{23}, u16(7), []byte("counted"))
	f("0xabcd", []byte{25}, u16(2), []byte{0xAB, 0xCD})
	f("2001:db8::1", []byte{0x80 | 14, 9}, u16(16), []byte{0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})
	f("[1, 2]", []byte{0x20 | 4, 2, 0}, []byte{1, 2})
	f("[a, b]", []byte{0x40 | 1}, u16(2), wide("a\x00b\x00"))
	f("[]", []byte{0x40 | 1}, u16(0))
	f("3", []byte{0x80 | 4, 0x80, 0x81, 0x01}, []byte{3}) // out type and tags
	f("9", []byte{0x80 | 0x60 | 4, 36, 2, 0, 0xAA, 0xBB}, []byte{9})
	f("{a=1 b=2}", []byte("\x98\x02a\x00\x04b\x00\x04"), []byte{1, 2})
	f("[{a=1}, {a=2}]", []byte("\xD8\x01a\x00\x04"), u16(2), []byte{1, 2})
	f("{a={b=1}}", []byte("\x98\x01a\x00\x98\x01b\x00\x04"), []byte{1})
}

func TestProviderAndLevel(t *testing.T) {
	recs, components, _, err := read(t, write(t, etltest.Options{Start: start, Bias: 300}, typed()))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "orchestrator.golden", dump(recs, components))

	f := func(e etltest.Event, want record.Level) {
		t.Helper()
		if _, rec := message(t, e); rec.Level != want {
			t.Errorf("%q, level %d: %v", e.Message, e.Level, rec.Level)
		}
	}
	f(etltest.Event{Message: "*FAILED* [8024000C] Method failed"}, record.Error)
	f(etltest.Event{Message: "x *FAILED* y"}, record.Info)
	f(etltest.Event{Message: "FATAL: no"}, record.Error)
	f(etltest.Event{Message: "Exit, error = 0x80070005"}, record.Error)
	f(etltest.Event{Message: "Exit, error = 0x00000000"}, record.Info)
	f(etltest.Event{Message: "error = 0x0, then error = 0x8"}, record.Error)
	f(etltest.Event{Message: "WARNING: slow"}, record.Warning)
	f(etltest.Event{Message: "fine", Level: 5}, record.Info)
	f(etltest.Event{Message: "fine", Level: 3}, record.Warning)
	f(etltest.Event{Message: "fine", Level: 2}, record.Error)
	f(etltest.Event{Message: "WARNING: x", Level: 1}, record.Error)
}

// TestUnfit: values that do not fit their schema are kept as far as they go.
func TestUnfit(t *testing.T) {
	f := func(schema string, data []byte, want string) {
		t.Helper()
		got, rec := message(t, etltest.Event{Schema: []byte(schema), Data: data})
		if got != want || rec.Flags != record.Cut {
			t.Errorf("%q: %q, flags %d", schema, got, rec.Flags)
		}
	}
	f("a\x00\x04b\x00\x08", []byte{1, 2}, "a=1 b=")
	f("a\x00\x04b\x00\x16", []byte{1, 200, 0, 'x'}, "a=1 b=")
	f("a\x00\x04b\x00\x13", []byte{1, 1, 200, 0, 0, 0, 0, 0, 5}, "a=1 b=")
	f("a\x00\x04b\x00\x1F", []byte{1, 2}, "a=1 b=")
	f("a\x00\x04b", []byte{1, 2}, "a=1")
	f("a\x00\x04b\x00\x98\x05c\x00\x04", []byte{1, 2}, "a=1 b=")
	f("a\x00\x04b\x00\x44", []byte{1, 2}, "a=1 b=")
	f("a\x00\x04b\x00\x44", []byte{1, 3, 0, 5}, "a=1 b=[5,")
}

// TestExpansion: small events that claim to hold very much.
func TestExpansion(t *testing.T) {
	name := strings.Repeat("n", 400)
	f := func(what, schema string, data []byte) {
		t.Helper()
		begin := time.Now()
		got, rec := message(t, etltest.Event{Schema: []byte(schema), Data: data})
		if rec.Flags&record.Cut == 0 || len(got) > 1<<21 {
			t.Errorf("%s: %d bytes, flags %d", what, len(got), rec.Flags)
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%s: took %v", what, d)
		}
	}
	f("empty strings", "a\x00\x41", u16(65535))
	f("structures of nothing", "a\x00\xD8\x01"+name+"\x00\xB8\x01\x00\x00"+"b\x00\x04", u16(65535))
	deep := ""
	for range 20 {
		deep += "s\x00\x98\x01"
	}
	f("structures in structures", deep+"b\x00\x04", []byte{1})
	long := strings.Repeat(name+"\x00\x24\x00\x00", 127)
	f("long names again and again", "a\x00\xD8\x01s\x00\xD8\x7F"+long, bytes.Repeat([]byte{0xFF}, 60))
}
