package window

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest"
	"patchtrail/ingest/format"
)

// sampleLogs are real logs of 2013; they are not part of the project.
const sampleLogs = "../../../shared/samples/ccm-client-2013"

// readFolder reads the logs of a folder, as the product does.
func readFolder(t testing.TB, dir string) (*ingest.Result, *Set) {
	t.Helper()
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	set, err := Read(context.Background(), in.Store, 0, in.Machines[0].Zone)
	if err != nil {
		t.Fatal(err)
	}
	return in, set
}

// TestSample holds schedules, occurrences and queries against every time that a
// real client wrote: with expressions of its own, and in wall clocks.
func TestSample(t *testing.T) {
	if _, err := os.Stat(sampleLogs); err != nil {
		t.Skip("the real logs are not here")
	}
	in, set := readFolder(t, sampleLogs)
	s := sampleCheck{t: t, schedules: map[string]string{}, distinct: map[string]bool{}, checked: map[string]int{}}
	for _, f := range in.Store.Files {
		if !strings.HasPrefix(f.Path[strings.LastIndexByte(f.Path, '/')+1:], "ServiceWindowManager") {
			continue
		}
		id := f.Base()
		r := in.Store.Reader()
		for range f.Len() {
			m, text := r.Record(id)
			msg := string(bytes.TrimSpace(format.Split(f.Format, text).Message))
			s.line(set.Zone.Local(m.Time), m.Time, msg, set)
			id++
		}
	}
	for kind, least := range map[string]int{"start": 39, "duration": 39, "next start": 20, "next end": 20, "started": 20, "ended": 20, "biggest": 70, "left": 70} {
		if s.checked[kind] < least {
			t.Errorf("%s: %d lines compared, want at least %d", kind, s.checked[kind], least)
		}
	}
	if len(s.distinct) != 8 {
		t.Errorf("%d distinct schedules compared, want 8", len(s.distinct))
	}
	if n := len(set.Windows()); n != 9 {
		t.Errorf("%d windows, want 9", n)
	}
	for _, w := range set.Windows() {
		if unread := len(w.Schedules) == 5; w.Unread != unread || w.Finished != unread {
			t.Errorf("%s: unread %v, finished %v, want both %v", w.ID, w.Unread, w.Finished, unread)
		}
		if created := w.Type == AllDeployments; (w.Began == Created) != created || !w.Current() || w.Err != nil {
			t.Errorf("%s: began %q, until %d, %v", w.ID, w.Began, w.Until, w.Err)
		}
	}
	answers := map[string]int{}
	for _, q := range set.Queries {
		answers[string(q.Kind)+" "+string(q.Answer)+" "+string(q.Reason)]++
	}
	want := map[string]int{"available yes window-open": 76, "available no no-window-open": 53, "available yes no-windows": 7,
		"will-run yes eventually": 36, "remaining no no-window-open": 1}
	for k, n := range want {
		if answers[k] != n {
			t.Errorf("%s: %d, want %d", k, answers[k], n)
		}
	}
	if len(set.Events) != 44 {
		t.Errorf("%d events, want 44", len(set.Events))
	}
	if len(set.Queries) != 136+36+1 {
		t.Errorf("%d queries, want 173", len(set.Queries))
	}
}

type sampleCheck struct {
	t         *testing.T
	schedules map[string]string // by id
	distinct  map[string]bool
	checked   map[string]int
	last      string // id told of last
	open      Occurrence
}

var (
	samplePopulate = regexp.MustCompile(`^Populating .* ID=(\S+), ScheduleString=(\w+), Type=(\d)$`)
	sampleStart    = regexp.MustCompile(`^StartTime is (.*)$`)
	sampleDuration = regexp.MustCompile(`^Duration for the Service Window is Total days: (\d+), hours: (\d+), mins: (\d+), secs: (\d+)$`)
	sampleNext     = regexp.MustCompile(`^Next Event Time is at (.*)\. Service Window with ID:(\S+)\. Is the next event the beginning of the window\? (Yes|No)$`)
	sampleEvent    = regexp.MustCompile(`^The Service Window=(\S+) has (started|ended) at (.*)$`)
	sampleBiggest  = regexp.MustCompile(`^Biggest Active Service Window has ID = (\S+) having Starttime=(.*)$`)
	sampleLeft     = regexp.MustCompile(`^ActiveServiceWindow has (\d+) seconds left$`)
)

// wall reads the two forms of the sample with the standard library.
func (s *sampleCheck) wall(text string) int64 {
	for _, layout := range []string{"01/02/06 15:04:05", "1/2/2006 3:04:05 PM"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UnixNano()
		}
	}
	s.t.Fatalf("date %q", text)
	return 0
}

func (s *sampleCheck) same(kind string, at int64, got, want int64) {
	s.checked[kind]++
	if got != want {
		s.t.Errorf("at %s: %s: got %s, the client says %s", show(at), kind, show(got), show(want))
	}
}

func show(at int64) string { return time.Unix(0, at).UTC().Format("2006-01-02 15:04:05.000") }

// from is where to look for the occurrence that a line is about: the client
// writes up to some seconds after the moment at which a window without duration
// begins and ends.
func (s *sampleCheck) from(w *Window, utc int64) int64 {
	if w.Seconds() == 0 {
		return utc - int64(time.Minute)
	}
	return utc
}

// line compares what one record says. local and utc are its time.
func (s *sampleCheck) line(local, utc int64, msg string, set *Set) {
	window := func(id string) *Window {
		w := &Window{Schedule: s.schedules[normal(id)]}
		var err error
		if w.Schedules, err = Parse(w.Schedule); err != nil {
			s.t.Fatalf("%s: %v", id, err)
		}
		return w
	}
	if m := samplePopulate.FindStringSubmatch(msg); m != nil {
		s.schedules[normal(m[1])] = m[2]
		s.last = m[1]
		all, err := Parse(m[2])
		if err != nil {
			s.t.Fatal(err)
		}
		again := ""
		for _, one := range all {
			again += one.Encode()
		}
		if again != m[2] {
			s.t.Errorf("%s encoded again is %s", m[2], again)
		}
	}
	if m := sampleStart.FindStringSubmatch(msg); m != nil {
		w := window(s.last)
		s.distinct[w.Schedule] = true
		s.same("start", local, set.Zone.Local(w.Next(set.Zone, utc, 1)[0].Start), s.wall(m[1]))
	}
	if m := sampleDuration.FindStringSubmatch(msg); m != nil {
		w := window(s.last)
		if len(w.Schedules) > 1 { // the client could not read it, and says 0
			return
		}
		want := 0
		for i, unit := range []int{86400, 3600, 60, 1} {
			n, _ := strconv.Atoi(m[i+1])
			want += n * unit
		}
		s.same("duration", local, int64(w.Seconds()), int64(want))
	}
	if m := sampleNext.FindStringSubmatch(msg); m != nil {
		w := window(m[2])
		o := w.Next(set.Zone, s.from(w, utc+1), 1)[0]
		if m[3] == "Yes" {
			s.same("next start", local, set.Zone.Local(o.Start), s.wall(m[1]))
		} else {
			s.same("next end", local, set.Zone.Local(o.End), s.wall(m[1]))
		}
	}
	if m := sampleEvent.FindStringSubmatch(msg); m != nil {
		if m[2] == "started" {
			w := window(m[1])
			s.same("started", local, set.Zone.Local(w.Next(set.Zone, s.from(w, utc), 1)[0].Start), s.wall(m[3]))
		} else {
			const back = int64(time.Minute)
			s.same("ended", local, set.Zone.Local(window(m[1]).Next(set.Zone, utc-back, 1)[0].End), s.wall(m[3]))
		}
	}
	if m := sampleBiggest.FindStringSubmatch(msg); m != nil {
		s.open = window(m[1]).Next(set.Zone, utc, 1)[0]
		s.same("biggest", local, set.Zone.Local(s.open.Start), s.wall(m[2]))
	}
	if m := sampleLeft.FindStringSubmatch(msg); m != nil {
		want, _ := strconv.Atoi(m[1])
		left := (s.open.End - utc) / int64(time.Second)
		if left < int64(want)-1 || left > int64(want) {
			s.t.Errorf("at %s: %d seconds left, the client says %d", show(local), left, want)
		}
		s.checked["left"]++
	}
}
