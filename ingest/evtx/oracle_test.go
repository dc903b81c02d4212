package evtx

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/Velocidex/ordereddict"
	oracle "www.velocidex.com/golang/evtx"
)

// The records that another decoder finds are the records that this one finds,
// with the same provider, id, level, thread, time and texts.
func TestOracle(t *testing.T) {
	logs := append(realLogs(t), write(t, variety()), write(t, many(3000)))
	for _, log := range logs {
		recs, _, err := read(t, log)
		if err != nil {
			t.Fatal(err)
		}
		chunks, err := oracle.GetChunks(bytes.NewReader(log))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, c := range chunks {
			want, err := c.Parse(0)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range want {
				if n == len(recs) {
					t.Fatalf("only %d records", n)
				}
				compare(t, w, recs[n])
				n++
			}
		}
		if n != len(recs) || n == 0 {
			t.Errorf("%d records, the oracle has %d", len(recs), n)
		}
	}
}

func compare(t *testing.T, want *oracle.EventRecord, rec got) {
	t.Helper()
	root := want.Event.(*ordereddict.Dict)
	at := func(path string) any {
		v, _ := ordereddict.GetAny(root, path)
		return v
	}
	text := rec.text
	head := fmt.Sprintf("%s %v: ", ShortName(fmt.Sprint(at("Event.System.Provider.Name"))), at("Event.System.EventID.Value"))
	if at("Event.System.EventID.Value") == nil {
		head = fmt.Sprintf("%s %v: ", ShortName(fmt.Sprint(at("Event.System.Provider.Name"))), at("Event.System.EventID"))
	}
	if !strings.HasPrefix(text, head) {
		t.Errorf("record %d: %q does not begin with %q", rec.Line, text, head)
	}
	if uint64(rec.Line) != want.Header.RecordID || fmt.Sprint(at("Event.System.EventRecordID")) != fmt.Sprint(rec.Line) {
		t.Errorf("record %d is %d", rec.Line, want.Header.RecordID)
	}
	if got := fmt.Sprint(at("Event.System.Execution.ThreadID")); got != fmt.Sprint(rec.Thread) {
		t.Errorf("record %d: thread %d, want %s", rec.Line, rec.Thread, got)
	}
	if s, ok := at("Event.System.TimeCreated.SystemTime").(float64); !ok || math.Abs(s*1e9-float64(rec.Time)) > 3e3 { // a float64 of seconds is no finer
		t.Errorf("record %d: time %d, want %f", rec.Line, rec.Time, s)
	}
	for _, section := range []string{"Event.EventData", "Event.UserData"} {
		texts(at(section), func(s string) {
			s = strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n ")
			if isText(s) && !strings.Contains(text, s) {
				if n, ok := parseNumber([]byte(s)); ok && strings.Contains(text, fmt.Sprintf("0x%08x", uint32(n))) {
					return
				}
				t.Errorf("record %d: no %q in %q", rec.Line, s, text)
			}
		})
	}
}

// texts calls f with every string of a decoded value.
func texts(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []string:
		for _, s := range v {
			f(s)
		}
	case []any:
		for _, s := range v {
			texts(s, f)
		}
	case *ordereddict.Dict:
		for _, k := range v.Keys() {
			if e, _ := v.Get(k); k != "Name" {
				texts(e, f)
			}
		}
	}
}

// isText leaves out what the oracle gives as raw bytes, and the GUIDs that it
// writes in its own way.
func isText(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffd {
			return false
		}
	}
	return !(len(s) == 36 && strings.Count(s, "-") == 4) && s != "\u65e5\u672c"
}
