package window

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest"
	"patchtrail/ingest/record"
)

var update = flag.Bool("update", false, "write the goldens")

// TestLogs reads each folder of testdata/logs as a bundle. In its files a line is
// a time, a thread and a message; "@ -540" sets the bias.
func TestLogs(t *testing.T) {
	folders, err := os.ReadDir("testdata/logs")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			in, set := readFolder(t, bundle(t, filepath.Join("testdata/logs", f.Name())))
			golden(t, filepath.Join("testdata/logs", f.Name()+".golden"), describe(in, set))
		})
	}
}

// bundle writes the logs of a folder as the client would, and copies what is no
// log.
func bundle(t testing.TB, from string) string {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		to := filepath.Join(dir, "PC01", rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		text := string(raw)
		if strings.HasSuffix(path, ".log") {
			text = ccmLog(t, text)
		}
		return os.WriteFile(to, []byte(text), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func ccmLog(t testing.TB, short string) string {
	t.Helper()
	bias := "-540"
	var out strings.Builder
	for line := range strings.Lines(short) {
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, "@ "); ok {
			bias = rest
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		at, err := time.Parse("2006-01-02 15:04:05.000", line[:23])
		if err != nil {
			t.Fatal(err)
		}
		thread, msg, _ := strings.Cut(line[24:], " ")
		fmt.Fprintf(&out, "<![LOG[%s]LOG]!><time=\"%s%s\" date=\"%s\" component=\"ServiceWindowManager\" context=\"\" type=\"1\" thread=\"%s\" file=\"servicewindowhandler.cpp:1\">\r\n",
			msg, at.Format("15:04:05.000"), bias, at.Format("01-02-2006"), thread)
	}
	return out.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", path, got, want)
	}
}

// stamp shows a time on the machine's clock.
func stamp(set *Set, at int64) string {
	if at == 0 {
		return "-"
	}
	return time.Unix(0, set.Zone.Local(at)).UTC().Format("2006-01-02 15:04:05")
}

// describe tells a set in words, evidence by the lines of the logs.
func describe(in *ingest.Result, set *Set) string {
	var b strings.Builder
	fmt.Fprintf(&b, "known %v\n", set.Known)
	for _, w := range set.Windows() {
		fmt.Fprintf(&b, "window %s %q %s %q %d s\n", w.ID, w.Name, w.Type, w.Schedule, w.Seconds())
		for _, s := range w.Schedules {
			fmt.Fprintf(&b, "  %s\n", s)
		}
		if w.Err != nil {
			fmt.Fprintf(&b, "  %v\n", w.Err)
		}
		fmt.Fprintf(&b, "  %s, from %s %s until %s %s, finished %v unread %v disabled %v, stated %s for %d s\n", w.Source, stamp(set, w.From), w.Began,
			stamp(set, w.Until), w.Ended, w.Finished, w.Unread, w.Disabled, stamp(set, w.Stated.Start), w.Stated.Seconds())
		fmt.Fprint(&b, "  lines")
		for _, id := range w.Evidence {
			m := in.Store.Meta(id)
			fmt.Fprintf(&b, " %s:%d", filepath.Base(in.Store.Files[m.File].Path), m.Line)
		}
		if w.Line > 0 {
			fmt.Fprintf(&b, ", export %s:%d", filepath.Base(in.Store.Files[w.File].Path), w.Line)
		}
		fmt.Fprintln(&b)
	}
	for _, e := range set.Events {
		fmt.Fprintf(&b, "%s %s %s line %d\n", stamp(set, e.Time), e.Kind, e.Window, in.Store.Meta(e.Evidence).Line)
	}
	for _, q := range set.Queries {
		fmt.Fprintf(&b, "%s thread %d %s %d s %s: %s %s, all programs %v, window %s from %s for %d s, left %d,", stamp(set, q.Time), q.Thread, q.Kind, q.Runtime,
			q.Type, q.Answer, q.Reason, q.AllPrograms, q.Window, stamp(set, q.Open.Start), q.Open.Seconds(), q.Left)
		for _, id := range q.Evidence {
			fmt.Fprintf(&b, " %d", in.Store.Meta(id).Line)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// TestReadCancelled holds that a cancelled context ends the reading.
func TestReadCancelled(t *testing.T) {
	in, set := readFolder(t, bundle(t, "testdata/logs/life"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, in.Store, 0, set.Zone); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestReadOtherMachine holds that windows of one machine are not another's.
func TestReadOtherMachine(t *testing.T) {
	in, _ := readFolder(t, bundle(t, "testdata/logs/life"))
	set, err := Read(context.Background(), in.Store, 1, nil)
	if err != nil || set.Known || len(set.Windows())+len(set.Queries)+len(set.Events) != 0 {
		t.Errorf("%+v, %v", set, err)
	}
}

// TestReadHostile holds that no log makes the reader keep more than its bounds.
func TestReadHostile(t *testing.T) {
	var b strings.Builder
	at := time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC)
	say := func(thread int, format string, args ...any) {
		at = at.Add(time.Millisecond)
		fmt.Fprintf(&b, "%s %d %s\n", at.Format("2006-01-02 15:04:05.000"), thread, fmt.Sprintf(format, args...))
	}
	say(1, "Refreshing Service Windows.....")
	for i := range maxWindows + 500 {
		say(1, "Populating instance of ServiceWindow with ID={%08d}, ScheduleString=02C159C0381C2000, Type=4", i)
	}
	for i := range 200 {
		say(1, "Populating instance of ServiceWindow with ID={00000001}, ScheduleString=%s, Type=%d", strings.Repeat("F", 16*i), i)
		say(1, "StartTime is %s", strings.Repeat("9", i))
		say(1, "Duration is %s days, 99999999999999999999 hours", strings.Repeat("9", i))
	}
	for i := range maxThreads + 100 {
		say(i, "OnIsServiceWindowAvailable called with: Runtime:%d, Type:4", i)
	}
	say(1, "Inactive Service Windows List has 99999999999999999999 windows")
	say(1, "Active Service Windows List has 999999999 windows")
	say(1, "Service Window with ID = ")
	say(1, "WillProgramRun called with:")
	say(1, "ActiveServiceWindow has seconds left")
	say(1, "Populating instance of ServiceWindow with ID=, ScheduleString=, Type=")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ServiceWindowManager.log"), []byte(ccmLog(t, b.String())), 0o644); err != nil {
		t.Fatal(err)
	}
	_, set := readFolder(t, dir)
	if len(set.Windows()) != maxWindows || set.Dropped != 500+200 {
		t.Errorf("%d windows, %d dropped", len(set.Windows()), set.Dropped)
	}
	if len(set.Queries) != maxThreads+101 {
		t.Errorf("%d queries", len(set.Queries))
	}
}

func TestAppendLatest(t *testing.T) {
	var all []int
	forgotten := 0
	for i := range 2*maxQueries + 7 {
		all, forgotten = appendLatest(all, i, forgotten)
	}
	if len(all)+forgotten != 2*maxQueries+7 || len(all) > maxQueries || all[len(all)-1] != 2*maxQueries+6 || all[0] != forgotten {
		t.Errorf("%d kept from %d to %d, %d forgotten", len(all), all[0], all[len(all)-1], forgotten)
	}
}

func lineOf(text string, at int64, thread uint32) line {
	return line{text: text, time: at, id: record.ID(at / second), thread: thread}
}
