package cmtrace

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/record"
	"patchtrail/ingest/scan/scantest"
)

func TestDetect(t *testing.T) { scantest.Claims(t, Name, Detect) }

func newParser() scantest.Parser { return New() }

func TestParse(t *testing.T) {
	f := func(name, text string, want ...string) {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range scantest.Chunked(t, newParser, []byte(text)) {
				got = append(got, show(r))
			}
			if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
	const rest = `]LOG]!><time="01:02:03.456-540" date="03-18-2025" component="WUAHandler" context="" type="1" thread="1234" file="a.cpp:1">` + "\r\n"
	const told = "2025-03-18 01:02:03.456 -540 info WUAHandler 1234"
	f("one", "<![LOG[hello"+rest, "0 "+told)
	f("two", "<![LOG[hello"+rest+"<![LOG[again"+rest, "0 "+told, "136 "+told)
	f("several lines, brackets", "<![LOG[instance of X\r\n{\r\n\tA = \"[x]]\";\r\n}; <![CDATA[y]]>"+rest, "0 "+told)
	f("empty body", "<![LOG["+rest+"<![LOG["+rest, "0 "+told, "131 "+told)
	f("blank lines go with the record before", "<![LOG[a"+rest+"\r\n  \r\n<![LOG[b"+rest, "0 "+told, "138 "+told)
	f("seven digits, no bias, date not padded",
		`<![LOG[x]LOG]!><time="10:22:50.8422964" date="1-2-2015" component="SCClient" context="" type="1" thread="1" file="">`,
		"0 2015-01-02 10:22:50.8422964 none info SCClient 1")
	f("no fraction", `<![LOG[x]LOG]!><time="10:22:50+300" date="10-31-2013" component="c" context="" type="2" thread="7" file="f:1">`,
		"0 2013-10-31 10:22:50 300 warning c 7")
	f("the sign written twice", `<![LOG[x]LOG]!><time="10:22:50.001+-540" date="10-31-2013" component="c" context="" type="3" thread="7" file="f:1">`,
		"0 2013-10-31 10:22:50.001 -540 error c 7")
	f("types", `<![LOG[x]LOG]!><time="10:22:50.001+000" date="10-31-2013" component="c" context="" type="0" thread="7" file="f">`+"\n"+
		`<![LOG[x]LOG]!><time="10:22:50.001+000" date="10-31-2013" component="c" context="" type="4" thread="7" file="f">`+"\n"+
		`<![LOG[x]LOG]!><time="10:22:50.001+000" date="10-31-2013" component="c" context="" type="" thread="" file="f">`,
		"0 2013-10-31 10:22:50.001 0 verbose c 7", "113 2013-10-31 10:22:50.001 0 verbose c 7", "226 2013-10-31 10:22:50.001 0 info c 0")
	f("begins inside a record", "end of a message"+rest+"<![LOG[b"+rest, "0 "+told+" fragment", "140 "+told)
	f("ends inside a record", "<![LOG[a"+rest+"<![LOG[b and then", "0 "+told, "132 untimed fragment")
	f("never ended, another follows", "<![LOG[a and then\r\n<![LOG[b"+rest, "0 untimed fragment", "19 "+told)
	f("other text between", "<![LOG[a"+rest+"Restarted by hand\r\n<![LOG[b"+rest, "0 "+told, "132 untimed fragment", "151 "+told)
	f("other text only", "nothing of the kind\r\n", "0 untimed fragment")
	f("attributes in another order",
		`<![LOG[x]LOG]!><time="01:02:03.456-540" component="c" date="03-18-2025" type="3" thread="9" file="f">`+"\r\n",
		"0 2025-03-18 01:02:03.456 -540 error c 9")
	f("a date that is none", `<![LOG[x]LOG]!><time="01:02:03.456-540" date="13-45-2025" component="c" context="" type="1" thread="9" file="f">`+"\r\n",
		"0 untimed c 9")
	f("two on one line", "<![LOG[a"+strings.TrimSpace(rest)+"<![LOG[b"+rest, "0 "+told, "130 "+told)
	f("lines of the $$< form between", "<![LOG[a"+rest+"~Done  $$<SMS_X><03-18-2025 01:02:04.000-540><thread=5 (0x5)>\r\n<![LOG[b"+rest,
		"0 "+told, "132 2025-03-18 01:02:04 -540 info SMS_X 5", "195 "+told)
}

func show(r scantest.Rec) string {
	var b strings.Builder
	fmt.Fprint(&b, r.Off)
	if r.Flags&record.Untimed != 0 {
		b.WriteString(" untimed")
	} else {
		bias := "none"
		if r.Bias != record.NoBias {
			bias = strconv.Itoa(int(r.Bias))
		}
		fmt.Fprintf(&b, " %s %s %s", time.Unix(0, r.Time).UTC().Format("2006-01-02 15:04:05.9999999"), bias, r.Level)
	}
	if r.Name != "" || r.Thread != 0 {
		fmt.Fprintf(&b, " %s %d", r.Name, r.Thread)
	}
	if r.Flags&record.Fragment != 0 {
		b.WriteString(" fragment")
	}
	return b.String()
}

func TestSplit(t *testing.T) {
	f := func(raw, message, component, source string) {
		t.Helper()
		got := Split([]byte(raw))
		if string(got.Message) != message || string(got.Component) != component || string(got.Source) != source {
			t.Errorf("%q: %q %q %q", raw, got.Message, got.Component, got.Source)
		}
	}
	f("<![LOG[a\r\nb]LOG]!><time=\"1:2:3\" date=\"1-2-2015\" component=\"C\" context=\"\" type=\"1\" thread=\"1\" file=\"f.cpp:12\">\r\n", "a\r\nb", "C", "f.cpp:12")
	f("rest]LOG]!><time=\"1:2:3\" date=\"1-2-2015\" component=\"C\" context=\"\" type=\"1\" thread=\"1\" file=\"f.cpp:12\">\r\n", "rest", "C", "f.cpp:12")
	f("<![LOG[never ended\r\n", "never ended", "", "")
	f("plain\r\n", "plain", "", "")
	f("Done  $$<SMS_X><03-18-2025 01:02:04.000-540><thread=5 (0x5)>\r\n", "Done", "SMS_X", "")
}

// slow is the plain reference: a regular expression over whole records.
var slow = regexp.MustCompile(`(?s)<!\[LOG\[(.*?)\]LOG\]!><time="(\d{1,2}:\d{1,2}:\d{1,2})\.?(\d*)([+-]\d+)?" date="(\d{1,2}-\d{1,2}-\d{4})" component="([^"\n]*)" context="([^"\n]*)" type="(\d*)" thread="(\d*)" file="([^"\n]*)">`)

// TestSlow holds that the parser finds what the reference does, in text that
// holds whole records only.
func TestSlow(t *testing.T) {
	text := generated(2000)
	recs := scantest.Whole(t, New(), text)
	found := slow.FindAllSubmatchIndex(text, -1)
	if len(found) != len(recs) {
		t.Fatalf("%d records, the reference finds %d", len(recs), len(found))
	}
	for i, m := range found {
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return string(text[m[2*n]:m[2*n+1]])
		}
		at, err := time.Parse("1-2-2006 15:4:5", group(5)+" "+group(2))
		if err != nil {
			t.Fatal(err)
		}
		frac, _ := strconv.ParseFloat("0."+group(3)+"0", 64)
		want := at.UnixNano() + int64(frac*1e9+0.5)
		bias := record.NoBias
		if b, err := strconv.Atoi(group(4)); err == nil {
			bias = int16(b)
		}
		thread, _ := strconv.Atoi(group(9))
		r := recs[i]
		if r.Off != m[0] || r.Time != want || r.Bias != bias || int(r.Thread) != thread || r.Name != group(6) {
			t.Fatalf("record %d: %+v, the reference reads %q", i, r, text[m[0]:m[1]])
		}
	}
}

// generated makes n records of varied shapes.
func generated(n int) []byte {
	var b strings.Builder
	for i := range n {
		body := fmt.Sprintf("Update (Missing): item %d, [%d]", i, i*7919)
		if i%7 == 0 {
			body = "instance of CCM_Status\r\n{\r\n\tDateTime = \"20250318010203.000000+000\";\r\n};"
		}
		if i%11 == 0 {
			body = ""
		}
		frac, bias := fmt.Sprintf(".%03d", i%1000), "-540"
		if i%5 == 0 {
			frac, bias = fmt.Sprintf(".%07d", i*1237%1e7), ""
		}
		if i%13 == 0 {
			frac = ""
		}
		fmt.Fprintf(&b, "<![LOG[%s]LOG]!><time=\"%02d:%02d:%02d%s%s\" date=\"%02d-%02d-2025\" component=\"%s\" context=\"\" type=\"%d\" thread=\"%d\" file=\"x.cpp:%d\">\r\n",
			body, i/3600%24, i/60%60, i%60, frac, bias, 1+i%12, 1+i%28, []string{"WUAHandler", "ScanAgent", "CAS"}[i/100%3], i%4, i%9000, i)
	}
	return []byte(b.String())
}

// FuzzParse holds that records cover whatever comes, the same way however it
// is cut.
func FuzzParse(f *testing.F) {
	f.Add([]byte(generated(12)))
	f.Add([]byte("x]LOG]!><time=\"\r\n<![LOG[<![LOG[\n<![LOG[]LOG]!><time=\"1:2:3\" date=\"1-1-2001\">x\n\n y  $$<a><01-01-2001 1:2:3.4+0><thread=1>\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, r := range scantest.Chunked(t, newParser, text) {
			if r.Flags&record.Untimed == 0 && (r.Time < 0 || r.Time > 9.2e18) {
				t.Fatalf("time %d", r.Time)
			}
		}
		Split(text)
	})
}
