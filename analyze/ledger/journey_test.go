package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest"
	"patchtrail/ingest/gen"
	"patchtrail/ingest/record"
)

// read makes the ledger of a folder.
func read(t testing.TB, dir string, opt Options) (*Ledger, *record.Store) {
	t.Helper()
	in, err := ingest.Read(context.Background(), []string{dir}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(context.Background(), in.Store, opt)
	if err != nil {
		t.Fatal(err)
	}
	return l, in.Store
}

func stamp(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// find returns the row of an update, nil if there is none.
func (l *Ledger) find(id string) *Update {
	for i := range l.Updates {
		if l.Updates[i].UpdateID == id {
			return &l.Updates[i]
		}
	}
	return nil
}

// TestJourneys compares every time, duration, state and verdict of a day on
// which something else happens to each update, from all logs together and from
// each family of logs alone, in two zones.
func TestJourneys(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []*time.Location{nil, tokyo} {
		for _, family := range gen.Families() {
			t.Run(string(family), func(t *testing.T) {
				if zone != nil && family == gen.AgentLogs {
					t.Skip("WindowsUpdate.log states no zone")
				}
				dir := t.TempDir()
				o := gen.JourneyOptions{Seed: 7, Family: family, Zone: zone}
				if family == gen.AgentLogs {
					o.Zone = time.UTC
				}
				truth, err := gen.Journeys(gen.Folder(dir), o)
				if err != nil {
					t.Fatal(err)
				}
				l, s := read(t, dir, Options{})
				known := 0
				for _, j := range truth.Journeys {
					t.Run(j.Name, func(t *testing.T) { compare(t, l, s, j) })
					if j.UpdateID != "" && j.State != "" {
						known++
					}
				}
				if len(l.Updates) != known {
					t.Errorf("%d updates, want %d", len(l.Updates), known)
				}
			})
		}
	}
}

func compare(t *testing.T, l *Ledger, s *record.Store, j gen.Journey) {
	u := l.find(j.UpdateID)
	if j.State == "" || j.UpdateID == "" {
		if u != nil {
			t.Errorf("%+v, want none", u)
		}
		return
	}
	if u == nil {
		t.Fatal("no row")
	}
	if u.KB != j.KB || u.Title != j.Title {
		t.Errorf("%s %q, want %s %q", u.KB, u.Title, j.KB, j.Title)
	}
	if string(u.Now) != j.State {
		t.Errorf("stands at %s since %s, want %s", u.Now, stamp(u.Since), j.State)
	}
	if u.Max.Seconds != j.MaxSeconds || string(u.Max.Source) != j.MaxSource || u.RecommendedMinutes != j.Recommended {
		t.Errorf("maximum %d %s, recommended %d, want %d %s, %d", u.Max.Seconds, u.Max.Source, u.RecommendedMinutes, j.MaxSeconds, j.MaxSource, j.Recommended)
	}
	var got, want []string
	for i := range u.Attempts {
		a := &u.Attempts[i]
		got = append(got, fmt.Sprint(stamp(a.Started), stamp(a.Ended), stamp(a.Cut), stamp(a.InstalledAfter), a.Estimated, a.Caller, a.Result, a.Verdict, a.Code))
		checkEvidence(t, s, j, a.Evidence)
	}
	for _, a := range j.Attempts {
		want = append(want, fmt.Sprint(a.Started, a.Ended, a.Cut, a.InstalledAfter, a.Estimated, a.Caller, a.Result, a.Verdict, a.Code))
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("attempts\n%s\nwant\n%s", a, b)
	}
	for i, w := range j.Stages {
		st := u.Stages[i]
		if string(st.Name) != w.Name || string(st.State) != w.State || !stamp(st.Start).Equal(w.Start) || !stamp(st.End).Equal(w.End) {
			t.Errorf("stage %s %s %s - %s, want %s %s %s - %s", st.Name, st.State, stamp(st.Start), stamp(st.End), w.Name, w.State, w.Start, w.End)
		}
		if (st.State == StageUnknown) != (len(st.Evidence) == 0) {
			t.Errorf("stage %s %s has %d records", st.Name, st.State, len(st.Evidence))
		}
	}
}

// checkEvidence holds that some of the records name the update.
func checkEvidence(t *testing.T, s *record.Store, j gen.Journey, ids []record.ID) {
	r := s.Reader()
	for _, id := range ids {
		text := strings.ToLower(string(r.Text(id)))
		if strings.Contains(text, j.UpdateID) || j.KB != "" && strings.Contains(text, strings.ToLower(j.KB)) {
			return
		}
	}
	t.Errorf("none of %d records names %s", len(ids), j.KB)
}

// TestNames holds that every identifier of the day has its name.
func TestNames(t *testing.T) {
	dir := t.TempDir()
	truth, err := gen.Journeys(gen.Folder(dir), gen.JourneyOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	l, _ := read(t, dir, Options{})
	f := func(id, want string) {
		t.Helper()
		if id == "" {
			return
		}
		for _, form := range []string{id, "{" + strings.ToUpper(id) + "}"} {
			if got, ok := l.Name(form); got != want || !ok {
				t.Errorf("%s is %q, want %q", form, got, want)
			}
		}
	}
	for _, j := range truth.Journeys {
		if j.KB == "" {
			f(j.UpdateID, j.UpdateID)
			continue
		}
		f(j.UpdateID, j.KB+" "+strings.TrimSuffix(j.Title, " ("+j.KB+")"))
		f(j.Deployment, "deployment of "+j.KB)
		f(j.Content, "content of "+j.KB)
		f(j.CTM, "CTM job of "+j.KB)
		f(j.DTS, "DTS job of "+j.KB)
		f(j.B, "BITS job of "+j.KB)
	}
	f("3da21691-e39d-4da6-8a4b-b43877bcb1b7", "WSUS")
	for _, none := range []string{"", "{}", "KB5051000", "00000000-0000-0000-0000-00000000000g", "12345678-1234-1234-1234-123456789012"} {
		if name, ok := l.Name(none); ok {
			t.Errorf("%q is %q", none, name)
		}
	}
}
