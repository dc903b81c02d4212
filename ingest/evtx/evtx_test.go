package evtx

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchtrail/ingest/evtx/evtxtest"
	"patchtrail/ingest/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestText(t *testing.T) {
	recs, r, err := read(t, write(t, variety()))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, g := range recs {
		if g.Bias != 0 {
			t.Errorf("record %d: bias %d", g.Line, g.Bias)
		}
		fmt.Fprintf(&b, "%d %s %s thread=%d flags=%d [%s]\n%s\n\n", g.Line,
			time.Unix(0, g.Time).UTC().Format("2006-01-02T15:04:05.000000000Z"), g.Level, g.Thread, g.Flags, g.component, g.text)
	}
	const golden = "testdata/variety.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
	if got := r.Computer(); got != "PC01.contoso.com" {
		t.Errorf("computer %q", got)
	}
}

func TestCounts(t *testing.T) {
	const n = 5000
	log := write(t, many(n))
	if chunks := (len(log) - headerSize) / chunkSize; chunks < 20 {
		t.Fatalf("only %d chunks", chunks)
	}
	check := func(name string, recs []got, err error) {
		t.Helper()
		if err != nil || len(recs) != n {
			t.Fatalf("%s: %d records, error %v", name, len(recs), err)
		}
		for i, g := range recs {
			if int(g.Line) != i+1 || g.Time != start.Add(time.Duration(i)*time.Second).UnixNano() {
				t.Fatalf("%s: record %d is %d of %d", name, i, g.Line, g.Time)
			}
		}
	}
	recs, _, err := read(t, log)
	check("whole", recs, err)

	// A reader that gives a byte at a time, and a Reader that has read before.
	r := New()
	var b record.Batch
	for range 2 {
		var again []got
		err = r.Read(iotest.OneByteReader(bytes.NewReader(log)), &b, func(rec record.Rec, text []byte) {
			again = append(again, got{rec, b.Components()[rec.Component], string(text)})
		})
		check("byte by byte", again, err)
		if diff := cmp.Diff(recs, again, cmp.AllowUnexported(got{})); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestReadError(t *testing.T) {
	log := write(t, many(1000))
	cause := errors.New("disk gone")
	src := io.MultiReader(bytes.NewReader(log[:headerSize+chunkSize]), iotest.ErrReader(cause))
	n := 0
	err := New().Read(src, new(record.Batch), func(record.Rec, []byte) { n++ })
	var damage *DamageError
	if !errors.Is(err, cause) || !errors.As(err, &damage) || n == 0 {
		t.Fatalf("%d records, error %v", n, err)
	}
	if damage.Chunks == 0 || !damage.Truncated || damage.Offset != headerSize+chunkSize {
		t.Errorf("damage %+v", damage)
	}
}

func TestDetect(t *testing.T) {
	f := func(head string, want bool) {
		t.Helper()
		if got := Detect([]byte(head)); got != want {
			t.Errorf("Detect(%.20q) = %v", head, got)
		}
	}
	f("", false)
	f("ElfFile", false)
	f("ElfFile\x00\x00", true)
	f("ElfChnk\x00", true)
	f("ElfFile log of an elf", false)
	f(strings.Repeat("\x00", 4096), false)
	f(strings.Repeat("\x00", 4096)+"ElfChnk\x00", true)
	f(strings.Repeat("x", 4096)+"ElfChnk", false)
	f(string(write(t, nil)), true)
}

func TestSplit(t *testing.T) {
	f := func(raw, component, message string) {
		t.Helper()
		got := Split([]byte(raw))
		if string(got.Component) != component || string(got.Message) != message || got.Source != nil || got.Context != nil {
			t.Errorf("Split(%q) = %q, %q", raw, got.Component, got.Message)
		}
	}
	f("", "", "")
	f("WindowsUpdateClient 20: Installation failed", "WindowsUpdateClient", "20: Installation failed")
	f("Service Control Manager 7036: a 5: b\nc\r\n", "Service Control Manager", "7036: a 5: b\nc")
	f("Contoso: Agent 7: x", "Contoso: Agent", "7: x")
	f("no id: here", "", "no id: here")
	f(" 5: x", "", "5: x")
	f("5: x", "", "5: x")
	f("x5: y", "", "x5: y")
}

func TestLevel(t *testing.T) {
	f := func(level uint8, keywords uint64, want record.Level) {
		t.Helper()
		recs, _, err := read(t, write(t, []evtxtest.Event{{Provider: "P", ID: 1, Level: level, Keywords: keywords, Time: start}}))
		if err != nil || len(recs) != 1 || recs[0].Level != want {
			t.Errorf("level %d, keywords %x: %v, error %v", level, keywords, recs, err)
		}
	}
	f(0, 0, record.Info)
	f(1, 0, record.Error)
	f(2, 0, record.Error)
	f(3, 0, record.Warning)
	f(4, 0, record.Info)
	f(5, 0, record.Verbose)
	f(16, 0, record.Info)
	f(0, 0x8010000000000000, record.Warning)
	f(0, 0x8020000000000000, record.Info) // audit success
	f(2, 0x8010000000000000, record.Error)
}

func TestTime(t *testing.T) {
	f := func(filetime, written uint64, want string) {
		t.Helper()
		ev := event{filetime: filetime}
		ns, flags := ev.when(written)
		got := "untimed"
		if flags&record.Untimed == 0 {
			got = time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.0000000Z")
		}
		if got != want {
			t.Errorf("when(%d, %d) = %s, want %s", filetime, written, got, want)
		}
	}
	const epoch = 116444736000000000
	f(epoch, 0, "1970-01-01T00:00:00.0000000Z")
	f(epoch+1, 0, "1970-01-01T00:00:00.0000001Z")
	f(133544982001234567, 1, "2024-03-09T22:50:00.1234567Z")
	f(0, epoch, "1970-01-01T00:00:00.0000000Z")
	f(1<<63, epoch+10_000_000, "1970-01-01T00:00:01.0000000Z")
	f(1<<63-1, 0, "untimed")
	f(0, 0, "untimed")
}

func TestPattern(t *testing.T) {
	events := func(text string, data ...evtxtest.Pair) string {
		recs, _, err := read(t, write(t, []evtxtest.Event{{Provider: "Microsoft-Windows-Test", ID: 1, Data: data, Time: start}}))
		if err != nil || len(recs) != 1 {
			t.Fatalf("%v, error %v", recs, err)
		}
		r := New()
		var b record.Batch
		r.out.reset(&b)
		r.out.providers["Microsoft-Windows-Test"] = &provider{
			name: "Microsoft-Windows-Test", short: "Test", messages: map[uint32]pattern{1: parsePattern(text)},
		}
		log := write(t, []evtxtest.Event{{Provider: "Microsoft-Windows-Test", ID: 1, Data: data, Time: start}})
		r.dec.begin(log[headerSize:])
		ev := r.dec.decode(firstRecord+recordHeader, chunkSize)
		return strings.TrimPrefix(string(r.out.render(r.dec, ev)), "Test 1: ")
	}
	f := func(text, want string, data ...evtxtest.Pair) {
		t.Helper()
		if got := events(text, data...); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	f("plain", "plain")
	f("plain", "plain [A=1]", pair("A", "1"))
	f("{a} of {2}", "1 of 2", pair("A", "1"), pair("", "2"))
	f("{x|2}<, {none}><, on {1}>", "2, on 1", pair("A", "1"), pair("B", "2"))
	f("<{a} and {b}>.", ". [A=1; B=]", pair("A", "1"), pair("B", ""))
	f("{1:x}", "0x80240016", pair("A", "2149842966"))
	f("{1:x}", "%%5 (0x00000005)", pair("A", "%%5"))
	f("{1:x}", "text", pair("A", "text"))
	f("{1}", "(no data)")
	f("open {1", "open {1 [A=1]", pair("A", "1"))
	f("{1}", "1 [%3=3]", pair("", []string{"1", "", "3"}))
}

// Every pattern must be written so that it is read as meant.
func TestMessages(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range messages {
		for _, name := range m.providers {
			if seen[name] || name != ShortName(name) {
				t.Errorf("provider %q: twice, or not its short name", name)
			}
			seen[name] = true
		}
		for id, text := range m.texts {
			if strings.Count(text, "{") != strings.Count(text, "}") || strings.Count(text, "<") != strings.Count(text, ">") {
				t.Errorf("%s %d: unbalanced: %s", m.providers[0], id, text)
			}
			for _, s := range parsePattern(text) {
				for _, g := range s.group {
					if g.group != nil {
						t.Errorf("%s %d: group in a group: %s", m.providers[0], id, text)
					}
				}
				if strings.ContainsAny(s.text, "{}<>") {
					t.Errorf("%s %d: stray bracket: %s", m.providers[0], id, text)
				}
			}
		}
	}
}

// Whatever the message uses, the text of an event holds every value.
func TestNothingLost(t *testing.T) {
	for _, m := range messages {
		for id := range m.texts {
			var data []evtxtest.Pair
			for i := range 14 {
				data = append(data, evtxtest.Pair{Name: fmt.Sprintf("item%d", i), Value: fmt.Sprintf("value%dx", i)})
			}
			recs, _, err := read(t, write(t, []evtxtest.Event{{Provider: m.providers[0], ID: uint16(id), Data: data, Time: start}}))
			if err != nil || len(recs) != 1 {
				t.Fatalf("%d records, error %v", len(recs), err)
			}
			for _, p := range data {
				if !strings.Contains(recs[0].text, p.Value.(string)) {
					t.Errorf("%s %d: %s is not in %q", m.providers[0], id, p.Name, recs[0].text)
				}
			}
		}
	}
}
