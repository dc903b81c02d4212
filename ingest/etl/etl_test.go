package etl_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchtrail/ingest/etl"
	"patchtrail/ingest/etl/etltest"
	"patchtrail/ingest/record"
)

var update = flag.Bool("update", false, "rewrite the goldens")

var le = binary.LittleEndian

// start is 01:20:44 in Japan.
var start = time.Date(2025, 3, 17, 16, 20, 44, 123456700, time.UTC)

func at(d time.Duration) time.Time { return start.Add(d) }

// updates is what a failing scan writes.
func updates() []etltest.Event {
	return []etltest.Event{
		{Time: start, Component: "IdleTimer", PID: 2136, TID: 5924, Message: "WU operation (CSearchCall::Init ID 1) started; operation # 9; does use network; is at background priority"},
		{Time: at(1500 * time.Microsecond), Component: "Agent", PID: 2136, TID: 5924, Message: "* START * Finding updates CallerId = CcmExec  Id = 1"},
		{Time: at(time.Second), Component: "ProtocolTalker", PID: 2136, TID: 5924, Message: "ServiceId = {3DA21691-E39D-4DA6-8A4B-B43877BCB1B7}, Server URL = http://wsus.contoso.com:8530/ClientWebService/client.asmx"},
		{Time: at(2 * time.Second), Component: "Misc", PID: 2136, TID: 99999, Message: "*FAILED* [80072EE7] Send request"},
		{Time: at(3 * time.Second), Component: "Agent", PID: 2136, TID: 5924, Message: "WARNING: 日本語の更新プログラム\r\nsecond line\r\n"},
		{Time: at(26 * time.Hour), Component: "Agent", PID: 2136, TID: 5924, Message: "Exit, error = 0x80072EE7 😀"},
	}
}

type got struct {
	rec  record.Rec
	text string
}

func read(t testing.TB, file []byte) (recs []got, components []string, r *etl.Reader, err error) {
	t.Helper()
	r = etl.New()
	var b record.Batch
	err = r.Read(bytes.NewReader(file), &b, func(rec record.Rec, text []byte) {
		recs = append(recs, got{rec, string(text)})
	})
	return recs, b.Components(), r, err
}

func write(t testing.TB, o etltest.Options, events []etltest.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := etltest.Write(&b, o, events); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dump(recs []got, components []string) string {
	var s strings.Builder
	for _, g := range recs {
		f := etl.Split([]byte(g.text))
		fmt.Fprintf(&s, "%d %s bias %d %s flags %d tid %d [%s]\n  %q\n  component %q context %q message %q\n",
			g.rec.Line, time.Unix(0, g.rec.Time).UTC().Format(time.RFC3339Nano), g.rec.Bias, g.rec.Level, g.rec.Flags,
			g.rec.Thread, components[g.rec.Component], g.text, f.Component, f.Context, f.Message)
	}
	return s.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestRead(t *testing.T) {
	file := write(t, etltest.Options{Start: start, Bias: -540}, updates())
	if !etl.Detect(file) {
		t.Fatal("not detected")
	}
	recs, components, r, err := read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "update.golden", dump(recs, components))
	if bias, ok := r.Zone(); bias != -540 || !ok {
		t.Errorf("zone: %d, %v", bias, ok)
	}
}

// TestClocks reads the same events on every clock a trace can have.
// TestUnmarked reads a trace whose events lack the mark that Windows gives them.
func TestUnmarked(t *testing.T) {
	file := write(t, etltest.Options{Start: start, Bias: -540}, updates())
	want, components, _, err := read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	const first, second = 72, 4096 + 72 // the description has a buffer of its own
	copy(file[first:], file[first+4:first+6])
	copy(file[first+3:], []byte{0, 0, 0})
	for at := second; le.Uint16(file[at:]) != 0 && le.Uint16(file[at:]) != 0xFFFF; at += (int(le.Uint16(file[at:])) + 7) &^ 7 {
		file[at+3] = 0
	}
	if !etl.Detect(file) {
		t.Error("not detected")
	}
	got, _, r, err := read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(want, components), dump(got, components)); diff != "" {
		t.Error(diff)
	}
	if bias, ok := r.Zone(); bias != -540 || !ok {
		t.Errorf("zone: %d, %v", bias, ok)
	}
	file[second+2] = 0x10 // the trace header of WPP
	if _, _, _, err := read(t, file); !errors.Is(err, etl.ErrNotReadable) {
		t.Errorf("a WPP event: %v", err)
	}
}

func TestClocks(t *testing.T) {
	f := func(name string, o etltest.Options, patch func(file []byte)) {
		t.Helper()
		o.Start = start
		file := write(t, o, updates())
		if patch != nil {
			patch(file)
		}
		recs, _, _, err := read(t, file)
		if err != nil || len(recs) != len(updates()) {
			t.Fatalf("%s: %d records, %v", name, len(recs), err)
		}
		for i, e := range updates() {
			if d := recs[i].rec.Time - e.Time.UnixNano(); d > 200 || d < -200 || recs[i].rec.Flags != 0 {
				t.Errorf("%s: event %d is %d ns off, flags %d", name, i, d, recs[i].rec.Flags)
			}
		}
	}
	f("10 MHz", etltest.Options{}, nil)
	f("24 MHz", etltest.Options{PerfFreq: 24e6}, nil)
	f("2.4 GHz", etltest.Options{PerfFreq: 2_394_361_000}, nil)
	f("FILETIME", etltest.Options{SystemTime: true}, nil)
	f("CPU cycles", etltest.Options{PerfFreq: 2400e6}, func(file []byte) { le.PutUint32(file[72+32+272:], 3) })
	f("FILETIME and no description", etltest.Options{SystemTime: true}, func(file []byte) { le.PutUint16(file[72+6:], 5) })
}

func TestClockUnknown(t *testing.T) {
	file := write(t, etltest.Options{Start: start}, updates())
	le.PutUint64(file[72+32+256:], 0) // PerfFreq
	recs, _, _, err := read(t, file)
	if err != nil || len(recs) != len(updates()) {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	for _, g := range recs {
		if g.rec.Flags&record.Untimed == 0 {
			t.Errorf("timed without a clock: %q", g.text)
		}
	}
}

// TestBeforeStart: a processor may stamp an event before the trace's own.
func TestBeforeStart(t *testing.T) {
	file := write(t, etltest.Options{Start: start}, updates()[:1])
	le.PutUint64(file[72+16:], le.Uint64(file[72+16:])+10e6)
	recs, _, _, err := read(t, file)
	if want := start.Add(-time.Second).UnixNano(); err != nil || len(recs) != 1 || recs[0].rec.Time != want {
		t.Errorf("got %v, %v", recs, err)
	}
}

func TestZone(t *testing.T) {
	// Transitions as Windows writes them: month, weekday, week, hour.
	type change struct{ month, wday, week, hour uint16 }
	f := func(name string, begin time.Time, bias int, std, dst change, dstBias int32, want int) {
		t.Helper()
		file := write(t, etltest.Options{Start: begin, Bias: bias}, []etltest.Event{{Time: begin, Component: "Agent"}})
		tzi := file[72+32+72:]
		for at, c := range map[int]change{68: std, 152: dst} {
			le.PutUint16(tzi[at+2:], c.month)
			le.PutUint16(tzi[at+4:], c.wday)
			le.PutUint16(tzi[at+6:], c.week)
			le.PutUint16(tzi[at+8:], c.hour)
		}
		le.PutUint32(tzi[168:], uint32(dstBias))
		_, _, r, err := read(t, file)
		if got, ok := r.Zone(); err != nil || got != want || !ok {
			t.Errorf("%s: %d, %v, %v; want %d", name, got, ok, err, want)
		}
	}
	utc := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	none := change{}
	usStd, usDst := change{11, 0, 1, 2}, change{3, 0, 2, 2}
	f("Japan", start, -540, none, none, -60, -540)
	f("Pacific, winter", utc("2025-03-09 09:59"), 480, usStd, usDst, -60, 480)
	f("Pacific, summer", utc("2025-03-09 10:00"), 480, usStd, usDst, -60, 420)
	f("Pacific, last hour of summer", utc("2025-11-02 08:59"), 480, usStd, usDst, -60, 420)
	f("Pacific, winter again", utc("2025-11-02 09:00"), 480, usStd, usDst, -60, 480)
	euStd, euDst := change{10, 0, 5, 3}, change{3, 0, 5, 2}
	f("Berlin, winter", utc("2025-03-30 00:59"), -60, euStd, euDst, -60, -60)
	f("Berlin, summer", utc("2025-03-30 01:00"), -60, euStd, euDst, -60, -120)
	f("Berlin, autumn", utc("2025-10-26 01:00"), -60, euStd, euDst, -60, -60)
	auStd, auDst := change{4, 0, 1, 3}, change{10, 0, 1, 2}
	f("Sydney, January", utc("2025-01-15 00:00"), -600, auStd, auDst, -60, -660)
	f("Sydney, July", utc("2025-07-15 00:00"), -600, auStd, auDst, -60, -600)
}

func TestZoneUnknown(t *testing.T) {
	file := write(t, etltest.Options{Start: start}, updates())
	clear(file[72+32+72 : 72+32+72+172])
	_, _, r, err := read(t, file)
	if bias, ok := r.Zone(); ok || err != nil {
		t.Errorf("zone %d of a trace without one, %v", bias, err)
	}
}

// TestProcessors writes by four processors: not in order, but all of them.
func TestProcessors(t *testing.T) {
	var events []etltest.Event
	for i := range 500 {
		events = append(events, etltest.Event{Time: at(time.Duration(i) * time.Second), Component: "Agent", PID: 1, TID: 2, Message: fmt.Sprint("number ", i)})
	}
	recs, _, _, err := read(t, write(t, etltest.Options{Start: start, CPUs: 4}, events))
	if err != nil || len(recs) != len(events) {
		t.Fatalf("%d of %d, %v", len(recs), len(events), err)
	}
	sorted := true
	for i, g := range recs {
		if g.rec.Line != uint32(i+1) {
			t.Errorf("record %d has line %d", i, g.rec.Line)
		}
		n := 0
		if _, err := fmt.Sscanf(string(etl.Split([]byte(g.text)).Message), "number %d", &n); err != nil {
			t.Fatal(err)
		}
		if want := events[n].Time.UnixNano(); g.rec.Time != want {
			t.Errorf("%q at %d, want %d", g.text, g.rec.Time, want)
		}
		sorted = sorted && (i == 0 || recs[i-1].rec.Time <= g.rec.Time)
	}
	if sorted {
		t.Error("the writer did not spread events over processors")
	}
}

func TestNotReadable(t *testing.T) {
	// An event's place: the second buffer, the first event.
	const ev = 4096 + 72
	f := func(name string, patch func(file []byte), want error, records int) {
		t.Helper()
		file := write(t, etltest.Options{Start: start}, updates())
		patch(file)
		recs, _, _, err := read(t, file)
		if !errors.Is(err, want) || len(recs) != records {
			t.Errorf("%s: %d records, %v; want %d, %v", name, len(recs), err, records, want)
		}
	}
	all := len(updates())
	f("WPP message", func(b []byte) { b[ev+2], b[ev+3] = 0, 0x90 }, etl.ErrNotReadable, all-1)
	f("classic event", func(b []byte) { b[ev+2] = 20 }, etl.ErrNotReadable, all-1)
	f("WPP in an event header", func(b []byte) { b[ev+4] |= 8 }, etl.ErrNotReadable, all-1)
	f("manifest event", func(b []byte) { b[ev+4] &^= 1 }, etl.ErrNotReadable, all-1)
	f("unknown extended item", func(b []byte) { b[ev+80+2] = 9 }, etl.ErrNotReadable, all-1)
	f("compressed buffer", func(b []byte) { b[4096+52] |= 0x40 }, etl.ErrNotReadable, 0)
	f("event of size 3", func(b []byte) { b[ev], b[ev+1] = 3, 0 }, etl.ErrDamaged, 0)
	f("event past its buffer", func(b []byte) { b[ev+1] = 0xFF }, etl.ErrDamaged, 0)
	f("odd mark", func(b []byte) { b[ev+3] = 0x11 }, etl.ErrDamaged, 0)
	f("first buffer's size", func(b []byte) { b[1] = 1 }, etl.ErrDamaged, 0)
	f("bytes used past the buffer, twice", func(b []byte) { b[4096+7], b[4096+51] = 9, 9 }, nil, all)
	f("kernel's own events", func(b []byte) {
		b[ev+2] = 17
		le.PutUint16(b[ev+4:], 48)
		le.PutUint16(b[ev+6:], 0x0320)
		b[ev+51] = 0xC0
	}, etl.ErrNotReadable, 0)
}

// TestTruncated cuts a trace everywhere: the events before stay.
func TestTruncated(t *testing.T) {
	file := write(t, etltest.Options{Start: start, BufferSize: 1024}, updates())
	all, _, _, err := read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for n := range file {
		recs, _, _, err := read(t, file[:n])
		if len(recs) < before || len(recs) > len(all) {
			t.Fatalf("cut at %d: %d records, %d before", n, len(recs), before)
		}
		before = len(recs)
		for i, g := range recs {
			if g != all[i] {
				t.Fatalf("cut at %d: record %d differs: %v", n, i, g)
			}
		}
		if n%1024 != 0 && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if before == 0 {
		t.Error("no record survived a cut")
	}
}

// TestFlipped flips bits of a trace: what other buffers hold stays.
func TestFlipped(t *testing.T) {
	const size = 1024
	file := write(t, etltest.Options{Start: start, BufferSize: size}, append(updates(), typed()...))
	whole, _, _, err := read(t, file)
	if err != nil {
		t.Fatal(err)
	}
	// How many events the buffers from each on hold, from the back.
	after := make([]int, len(file)/size+1)
	for n := range after {
		recs, _, _, _ := read(t, file[:n*size])
		after[n] = len(whole) - len(recs)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		broken := bytes.Clone(file)
		where := size + rng.IntN(len(file)-size) // the first buffer has no event
		for range 1 + rng.IntN(3) {
			broken[where] ^= 1 << rng.IntN(8)
		}
		recs, _, _, _ := read(t, broken)
		n := where/size + 1
		if len(recs) < after[n] {
			t.Fatalf("bit flipped at %d: %d records, want %d at least", where, len(recs), after[n])
		}
		for i := range after[n] {
			got, want := recs[len(recs)-1-i], whole[len(whole)-1-i]
			got.rec.Line, want.rec.Line = 0, 0
			got.rec.Component, want.rec.Component = 0, 0
			if got != want {
				t.Fatalf("bit flipped at %d: %+v, want %+v", where, got, want)
			}
		}
	}
}

type brokenReader struct{ io.Reader }

var errBroken = errors.New("broken")

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errBroken
	}
	return n, err
}

func TestReaderError(t *testing.T) {
	file := write(t, etltest.Options{Start: start}, updates())
	var b record.Batch
	n := 0
	err := etl.New().Read(brokenReader{bytes.NewReader(file)}, &b, func(record.Rec, []byte) { n++ })
	if !errors.Is(err, errBroken) || n != len(updates()) {
		t.Errorf("%d records, %v", n, err)
	}
}

func TestDetect(t *testing.T) {
	f := func(name string, head []byte, want bool) {
		t.Helper()
		if got := etl.Detect(head); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	file := write(t, etltest.Options{Start: start}, updates())
	f("trace", file, true)
	f("108 bytes of it", file[:108], true)
	f("107 bytes of it", file[:107], false)
	f("nothing", nil, false)
	f("zeros", make([]byte, 4096), false)
	f("text", bytes.Repeat([]byte("2025-03-18 01:02:03 text\n"), 100), false)
	f("event log", append([]byte("ElfFile\x00"), make([]byte, 4096)...), false)
	f("ones", bytes.Repeat([]byte{0xFF}, 4096), false)
}

func TestSplit(t *testing.T) {
	f := func(raw, component, context, message string) {
		t.Helper()
		got := etl.Split([]byte(raw))
		if string(got.Component) != component || string(got.Context) != context || string(got.Message) != message {
			t.Errorf("%q: %q %q %q", raw, got.Component, got.Context, got.Message)
		}
	}
	f("12    34    Agent           * START *", "Agent", "12", "* START *")
	f("12    34    Agent           ", "Agent", "12", "")
	f("12    34    Agent", "Agent", "12", "")
	f("no columns at all", "", "", "no columns at all")
	f("12 34", "", "", "12 34")
	f("", "", "", "")
	f("12 34 C a\nb", "C", "12", "a\nb")
}

func FuzzRead(f *testing.F) {
	f.Add(write(f, etltest.Options{Start: start, BufferSize: 1024}, updates()))
	for _, e := range updates() {
		f.Add(write(f, etltest.Options{Start: start, BufferSize: 1024}, []etltest.Event{e}))
	}
	f.Add(write(f, etltest.Options{Start: start, BufferSize: 1024, SystemTime: true}, typed()))
	f.Fuzz(func(t *testing.T, file []byte) {
		etl.Detect(file)
		var b record.Batch
		total := 0
		r := etl.New()
		_ = r.Read(bytes.NewReader(file), &b, func(rec record.Rec, text []byte) {
			total += len(text)
			if int(rec.Component) >= len(b.Components()) || rec.Bias != 0 {
				t.Errorf("record %+v", rec)
			}
			if f := etl.Split(text); len(f.Message) > len(text) {
				t.Errorf("split of %q", text)
			}
		})
		if total > 1<<20+100*len(file) {
			t.Errorf("%d bytes of text from %d", total, len(file))
		}
		if bias, ok := r.Zone(); ok && (bias < -2000 || bias > 2000) {
			t.Errorf("zone %d", bias)
		}
	})
}
