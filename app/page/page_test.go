package page

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze"
	"patchtrail/ingest/record"
)

// result is a machine whose scans fail and one of whose updates was stopped at
// its maximum, in a window of two hours.
func result(t *testing.T) *analyze.Result {
	t.Helper()
	line := func(clock, component, level, message string) string {
		return fmt.Sprintf("<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"%s\" thread=\"4242\" file=\"x.cpp:1\">\r\n",
			message, clock, component, level)
	}
	var scan strings.Builder
	for i := range 5 {
		scan.WriteString(line(fmt.Sprintf("01:%02d:09", i), "WUAHandler", "3", "OnSearchComplete - Failed to end search job. Error = 0x80072ee2."))
		scan.WriteString(line(fmt.Sprintf("01:%02d:10", i), "WUAHandler", "3", "Scan failed with error = 0x80072ee2."))
	}
	dir := t.TempDir()
	const update = "\t1\t%s\t101\t{f7b5b7a1-0000-4000-8000-000000000001}\t200\t%s\tCcmExec\t%s\tContent Install\t%s: 2025-03 Cumulative Update (KB5053602)\r\n"
	for name, text := range map[string]string{
		"WUAHandler.log": scan.String(),
		"ServiceWindowManager.log": line("00:10:00", "ServiceWindowManager", "1", "Refreshing Service Windows.....") +
			line("00:10:01", "ServiceWindowManager", "1", "    Populating instance of ServiceWindow with ID={DDDDDDDD-0000-0000-0000-000000000001}, ScheduleString=02C159C0101F2000, Type=4"),
		"ReportingEvents.log": "{11111111-2222-3333-4444-000000000001}\t2025-03-18 02:00:00:000+0900" +
			fmt.Sprintf(update, "181 [AGENT_INSTALLING_STARTED]", "0", "Success", "Installation Started: Windows successfully started the following update") +
			"{11111111-2222-3333-4444-000000000002}\t2025-03-18 03:00:00:000+0900" +
			fmt.Sprintf(update, "182 [AGENT_INSTALLING_FAILED]", "800704c7", "Failure", "Installation Failure: Windows failed to install the following update with error 0x800704c7"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	res, err := analyze.Run(context.Background(), []string{dir}, analyze.Options{Now: time.Date(2025, 3, 19, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestPages(t *testing.T) {
	res := result(t)
	s := New(res, "en", "local")
	f := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	if len(s.Overview.Machines) != 1 || len(s.Updates) != 1 || len(s.Windows) != 1 || len(s.Fits) != 1 || len(s.Files) != 3 {
		t.Fatalf("%+v", s)
	}
	f("span", s.Overview.Machines[0].Span, "2025-03-18 00:10 .. 2025-03-18 03:00")
	f("zone", s.Overview.Machines[0].Zone, "UTC+09:00")
	verdict, tone, roots := s.Standing(nil)
	f("tone", tone, Bad)
	f("verdict", verdict, s.Findings[roots[0]].Title)
	u := s.Updates[0]
	f("KB", u.KB, "KB5053602")
	f("attempts", u.Attempts, 1)
	f("longest", u.Longest, "1:00:00")
	f("maximum", u.Maximum, "1:00:00")
	f("share", u.Share, 1.0)
	f("verdict tone", u.VerdictTone, Bad)
	f("duration", s.Windows[0].Duration, "2:00:00")
	f("next", s.Windows[0].Next, "2025-03-22 22:00:00")
	f("needs", s.Fits[0].Needs, "1:00:00")
	f("checks", len(s.Checks), len(res.Checklist))
	f("UTC", New(res, "en", "utc").Overview.Machines[0].Span, "2025-03-17 15:10 .. 2025-03-17 18:00")
	f("a zone that is none", New(res, "en", "x").Overview.Machines[0].Span, s.Overview.Machines[0].Span)
	if ja := New(res, "ja", "local"); verdictOf(ja) == verdict || ja.Checks[0].Title == s.Checks[0].Title {
		t.Error("in Japanese it reads as in English")
	}
	known := 0
	for _, c := range s.Checks {
		if c.Tone != Unknown {
			known++
		}
	}
	f("known", s.Known, known)
}

// TestRows holds that every line that leads to a record leads to the one that
// it quotes.
func TestRows(t *testing.T) {
	res := result(t)
	s := New(res, "en", "local")
	reader, n := res.Store.Reader(), 0
	hold := func(what string, d Detail) {
		t.Helper()
		if d.Title == "" {
			t.Errorf("%s has no title", what)
		}
		for _, l := range d.Lines {
			if l.Kind != Quote || l.Row < 0 {
				continue
			}
			n++
			id := res.Timeline.At(l.Row)
			meta, raw := reader.Record(id)
			if got := oneLine(analyze.Message(res.Store.Files[meta.File], raw)); got != l.Text || !strings.HasSuffix(l.Where, fmt.Sprint(":", meta.Line)) {
				t.Errorf("%s: %s %q leads to line %d, %q", what, l.Where, l.Text, meta.Line, got)
			}
		}
	}
	for i := range s.Findings {
		hold("finding", s.Finding(i))
	}
	for i := range s.Updates {
		hold("update", s.Update(i))
	}
	for i := range s.Windows {
		hold("window", s.Window(i))
	}
	for i := range s.Checks {
		hold("check", s.Check(i))
	}
	for i := range s.Fits {
		hold("fit", s.Fit(s.Fits[i]))
	}
	for i, f := range s.Files {
		hold("file", s.File(i))
		if id := res.Timeline.At(f.Row); res.Store.Files[res.Store.Meta(id).File].Path != f.Path {
			t.Errorf("%s begins at row %d of another file", f.Path, f.Row)
		}
	}
	if n < 10 {
		t.Errorf("only %d lines lead to a record", n)
	}
}

func TestSteps(t *testing.T) {
	f := func(step, want string) {
		t.Helper()
		if got := commands(step); got != want {
			t.Errorf("%q: %q, want %q", step, got, want)
		}
	}
	f("Restart the service.", "")
	f("Run `sc config bits obj= LocalSystem`, then look.", "sc config bits obj= LocalSystem")
	f("Run `a` and `b`, then `a`.", "a\nb")
	f("An odd ` stays.", " stays.")
	var d Detail
	d.steps("What to do", []string{"Run `a`.", "Wait."})
	want := []Line{{Kind: Heading, Text: "What to do", Copy: "1. Run a.\n2. Wait.\n", Row: -1}, {Kind: Command, Text: "1.  Run a.", Row: -1},
		{Kind: Code, Text: "a", Copy: "a", Row: -1}, {Kind: Command, Text: "2.  Wait.", Row: -1}}
	if !slices.Equal(d.Lines, want) {
		t.Errorf("%+v, want %+v", d.Lines, want)
	}
}

func TestOneLine(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := oneLine([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("  a\r\nb\x00c  ", "a  b c")
	f("safe\u202Etxt.exe", "safe txt.exe")
	f("a\xffb", "a\uFFFDb")
	f(strings.Repeat("更", 200), strings.Repeat("更", quoted/3))
}

func TestBase(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := base(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("outer.zip!CCM/Logs/CAS.log", "CAS.log")
	f("outer.zip!CAS.log", "CAS.log")
	f("CAS.log", "CAS.log")
	f("", "")
}

// TestNoRecords makes the pages of files without a record.
func TestNoRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("nothing of interest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := analyze.Run(context.Background(), []string{path}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := New(res, "ja", "utc")
	if _, tone, _ := s.Standing(nil); tone != Unknown || len(s.Files) != 1 || s.Files[0].Row != -1 || s.row([]record.ID{record.None}) != -1 {
		t.Errorf("%+v", s.Overview)
	}
}

func verdictOf(s *Set) string {
	verdict, _, _ := s.Standing(nil)
	return verdict
}
