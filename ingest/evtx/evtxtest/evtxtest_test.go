package evtxtest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"
	"time"
)

func event(data ...Pair) Event {
	return Event{
		Provider: "Contoso-Agent", ID: 7, Level: 4, Time: time.Date(2024, 3, 9, 23, 50, 0, 100, time.UTC),
		Channel: "Application", Computer: "PC01", Data: data,
	}
}

func TestWrite(t *testing.T) {
	var events []Event
	for i := range 700 {
		events = append(events, event(Pair{"Text", strings.Repeat("本", i%50)}, Pair{"Number", uint32(i)}))
	}
	var b bytes.Buffer
	if err := Write(&b, events); err != nil {
		t.Fatal(err)
	}
	log := b.Bytes()
	le := binary.LittleEndian
	chunks := (len(log) - headerSize) / chunkSize
	if chunks < 2 || len(log) != headerSize+chunks*chunkSize || int(le.Uint16(log[42:])) != chunks || le.Uint64(log[24:]) != 701 {
		t.Fatalf("%d bytes, %d chunks, header %x", len(log), chunks, log[:48])
	}
	if le.Uint32(log[124:]) != crc32.ChecksumIEEE(log[:120]) {
		t.Error("checksum of the file header")
	}
	next := uint64(1)
	for off := headerSize; off < len(log); off += chunkSize {
		c := log[off : off+chunkSize]
		free := le.Uint32(c[48:])
		if le.Uint32(c[52:]) != crc32.ChecksumIEEE(c[512:free]) {
			t.Errorf("chunk at %d: checksum of the records", off)
		}
		if le.Uint32(c[124:]) != crc32.ChecksumIEEE(append(append([]byte(nil), c[:120]...), c[128:512]...)) {
			t.Errorf("chunk at %d: checksum of the header", off)
		}
		if le.Uint64(c[8:]) != next || le.Uint64(c[24:]) != next {
			t.Errorf("chunk at %d begins with %d, want %d", off, le.Uint64(c[8:]), next)
		}
		last := 0
		for pos := 512; pos < int(free); pos += int(le.Uint32(c[pos+4:])) {
			if string(c[pos:pos+4]) != "**\x00\x00" || le.Uint64(c[pos+8:]) != next {
				t.Fatalf("chunk at %d: no record %d at %d", off, next, pos)
			}
			last = pos
			next++
		}
		if int(le.Uint32(c[44:])) != last || le.Uint64(c[16:]) != next-1 {
			t.Errorf("chunk at %d: last record", off)
		}
		names := 0
		for i := range 64 {
			for at := le.Uint32(c[128+4*i:]); at != 0; at = le.Uint32(c[at:]) {
				if hash := le.Uint16(c[at+4:]); int(hash%64) != i {
					t.Errorf("chunk at %d: name at %d in list %d", off, at, i)
				}
				names++
			}
		}
		templates := 0
		for i := range 32 {
			for at := le.Uint32(c[384+4*i:]); at != 0; at = le.Uint32(c[at:]) {
				templates++
			}
		}
		if names < 20 || templates != 2 {
			t.Errorf("chunk at %d: %d names, %d templates", off, names, templates)
		}
	}
	if next != 701 {
		t.Errorf("%d records", next-1)
	}
}

func TestEmpty(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, nil); err != nil || b.Len() != headerSize+chunkSize {
		t.Errorf("%d bytes, error %v", b.Len(), err)
	}
}

func TestErrors(t *testing.T) {
	f := func(want string, events ...Event) {
		t.Helper()
		err := Write(new(bytes.Buffer), events)
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	f("evtxtest: event 2: larger than a chunk", event(), event(Pair{"Text", strings.Repeat("x", 40_000)}))
	f("evtxtest: event 1: larger than a chunk", event(Pair{"Text", strings.Repeat("x", 32_500)}))
	f("evtxtest: event 1: value of type complex128", event(Pair{"Text", 1i}))
	f(`evtxtest: event 1: SID "S-5"`, event(Pair{"Who", SID("S-5")}))
	e := event(Pair{"", 1})
	e.Container = "Change"
	f("evtxtest: event 1: item 0 has no name", e)
}

func TestWriterError(t *testing.T) {
	cause := errors.New("disk full")
	for n := range 2 {
		if err := Write(&failing{n, cause}, []Event{event()}); !errors.Is(err, cause) {
			t.Errorf("error %v", err)
		}
	}
}

// failing fails after some writes.
type failing struct {
	left int
	err  error
}

func (f *failing) Write(b []byte) (int, error) {
	if f.left == 0 {
		return 0, f.err
	}
	f.left--
	return len(b), nil
}
