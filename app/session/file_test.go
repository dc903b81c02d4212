package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchtrail/analyze/report"
	"patchtrail/ingest/record"
)

// Locate implements Located: row i of a tale is line i+1 of its file.
func (t *tale) Locate(p Place) (row int, ok bool) {
	return p.Line - 1, p.File == "" && p.Line >= 1 && p.Line <= t.n
}

// looked is a session file with everything in it.
func looked(inputs ...Input) *File {
	return &File{Saved: time.Date(2025, 3, 18, 5, 0, 0, 0, time.UTC), Inputs: inputs, Zone: "utc", Page: "timeline", ShowAll: true,
		Filter: Filter{Text: "scan", Conditions: []Condition{
			{Kind: ByQuestion, Text: "scan"}, {Kind: ByTime, From: 1742275800000000000, To: 1742275860999999999},
			{Kind: ByLevel, Level: record.Verbose, Not: true}, {Kind: ByMachine, Text: "PC01"}, {Kind: ByComponent, Text: "CAS", Not: true},
			{Kind: ByFile, Text: "contoso.zip!CCM/Logs/CAS.log"}, {Kind: ByThread, Thread: 4242},
			{Kind: ByText, Text: "更新"}, {Kind: ByRegexp, Text: `0x8\w+`}}},
		Bookmarks: []Place{{"contoso.zip!CCM/Logs/CAS.log", 7}, {"contoso.zip!CCM/Logs/CAS.log", 42}},
		Marks:     map[string]report.Mark{"scan-failed@PC01": {Judgement: report.Confirmed, Note: "確認済み"}, "other@PC01": {Judgement: report.Dismissed}},
		Current:   &Place{"contoso.zip!CCM/Logs/CAS.log", 9}}
}

func TestFileSurvives(t *testing.T) {
	dir := t.TempDir()
	bundle := filepath.Join(dir, "logs", "contoso.zip")
	path := filepath.Join(dir, "case"+Extension)
	want := looked(Input{Path: bundle}, Input{Path: filepath.Join(filepath.Dir(dir), "elsewhere")})
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want.Schema = "patchtrail.session/1"
	want.Inputs[0].Beside = "logs/contoso.zip"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-written +read)\n%s", diff)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v: something beside the file was left", left, err)
	}
}

// TestFileMoves moves a folder with the bundle and the session in it.
func TestFileMoves(t *testing.T) {
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	if err := os.Mkdir(before, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(before, "contoso.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(dir, "gone.zip")
	f := &File{Inputs: []Input{{Path: filepath.Join(before, "contoso.zip")}, {Path: gone}}}
	if err := f.Write(filepath.Join(before, "case"+Extension)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(before, after); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(filepath.Join(after, "case"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	if got.Inputs[0].Path != filepath.Join(after, "contoso.zip") {
		t.Errorf("found at %s", got.Inputs[0].Path)
	}
	if diff := cmp.Diff([]string{gone}, got.Missing()); diff != "" {
		t.Errorf("missing: %s", diff)
	}
}

func TestFileFaults(t *testing.T) {
	dir := t.TempDir()
	f := func(text string, want Fault, detail string) {
		t.Helper()
		path := filepath.Join(dir, "case"+Extension)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadFile(path)
		var got *FileError
		if !errors.As(err, &got) || got.Fault != want || !strings.Contains(got.Detail, detail) || !strings.HasPrefix(err.Error(), "case"+Extension+": ") {
			t.Errorf("%q gives %v, want %s and %q", text, err, want, detail)
		}
	}
	f("", NoSession, "")
	f("PK\x03\x04", NoSession, "")
	f(`{"name":"x"}`, NoSession, "")
	f(`{"schema":"other/1"}`, NoSession, "")
	f(`{"schema":"patchtrail.session/0","inputs":[{"path":"a"}]}`, NoSession, "")
	f(`{"schema":"patchtrail.session/2","inputs":7}`, Newer, "patchtrail.session/2")
	f(`{"schema":"patchtrail.session/1","inputs":[`, Damaged, "line 1")
	f("{\n\"schema\":\"patchtrail.session/1\",\n\"inputs\":7}", Damaged, "line 3")
	f(`{"schema":"patchtrail.session/1"}`, Damaged, "no bundle")
	f(`{"schema":"patchtrail.session/1","inputs":[{}]}`, Damaged, "no bundle")
	for _, c := range []string{`{"kind":"soon"}`, `{"kind":"level","level":"loud"}`, `{"kind":"regexp","text":"("}`, `{"kind":"question","text":"why"}`,
		`{"kind":"time","from":"2025-03-18T00:00:00Z","to":"2025-03-17T00:00:00Z"}`, `{"kind":"time","from":"9999-03-18T00:00:00Z"}`} {
		f(`{"schema":"patchtrail.session/1","inputs":[{"path":"a"}],"filter":{"conditions":[`+c+`]}}`, Damaged, "")
	}
	_, err := ReadFile(filepath.Join(dir, "none"+Extension))
	var got *FileError
	if !errors.As(err, &got) || got.Fault != Unreadable || !errors.Is(err, os.ErrNotExist) || strings.Contains(got.Detail, dir) {
		t.Errorf("a file that is not there gives %v", err)
	}
	if err := looked().Write(filepath.Join(dir, "none", "case")); err == nil {
		t.Error("written into a folder that is not there")
	}
}

func FuzzReadFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "case"+Extension)
	if err := looked(Input{Path: "a"}).Write(path); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"schema":"patchtrail.session/1","inputs":[{"beside":"../../x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "case"+Extension)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFile(path)
		if err != nil {
			return
		}
		if err := got.Write(path); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err != nil {
			t.Errorf("what was read and written again gives %v", err)
		}
	})
}

// TestSnapshotRestores saves a session that is open, and opens it in another.
func TestSnapshotRestores(t *testing.T) {
	l, s := newLoop(t, opens(100))
	s.Open([]string{"contoso.zip"})
	l.until("the end", func() bool { return s.State() == Ready })
	s.SetZoneMode(UTC)
	s.SetShowAll(true)
	s.SetQuery("scan")
	if err := s.Add(Condition{Kind: ByLevel, Level: record.Error, Not: true}); err != nil {
		t.Fatal(err)
	}
	s.ToggleBookmark(40)
	s.ToggleBookmark(7)
	s.Judge("scan-failed@PC01", report.Dismissed)
	f := s.Snapshot("updates", 20)
	if f.Page != "updates" || f.Current == nil || f.Current.Line != 0 {
		t.Fatalf("%+v", f)
	}

	// tale has no lines: give the places some.
	f.Bookmarks, f.Current = []Place{{Line: 8}, {Line: 41}, {Line: 5000}, {File: "gone", Line: 1}}, &Place{Line: 21}
	var current, lost int
	m, o := newLoop(t, func(_ context.Context, h Hooks) (Result, error) {
		h.Partial(&tale{n: 50})
		return Result{Timeline: &tale{n: 100}}, nil
	})
	o.Restored = func(c, n int) { current, lost = c, n }
	o.Restore(f)
	if o.FindingMark("scan-failed@PC01").Judgement != report.Dismissed {
		t.Error("what was said of a finding is lost")
	}
	if o.Query() != "scan" || !o.ShowsAll() || o.ZoneMode() != UTC || len(o.Conditions()) != 1 {
		t.Errorf("query %q, all %v, clock %d, %v", o.Query(), o.ShowsAll(), o.ZoneMode(), o.Conditions())
	}
	m.until("the first rows", func() bool { return o.Shown() == 50 })
	if len(o.Bookmarks()) != 0 {
		t.Error("bookmarks are set before the bundle is read")
	}
	if g := o.Snapshot("", -1); len(g.Bookmarks) != 4 || g.Current == nil || g.Current.Line != 21 {
		t.Errorf("saved while it reads, %d bookmarks are left, and row %v", len(g.Bookmarks), g.Current)
	}
	m.until("the end", func() bool { return o.State() == Ready })
	if diff := cmp.Diff([]int{7, 40}, o.Bookmarks()); diff != "" || current != 20 || lost != 2 {
		t.Errorf("bookmarks %s, row %d, %d lost", diff, current, lost)
	}
}

// TestRestoreWaits opens a session and moves in its rows before all are there.
func TestRestoreWaits(t *testing.T) {
	l, s := newLoop(t, func(_ context.Context, h Hooks) (Result, error) {
		h.Partial(&tale{n: 50})
		return Result{Timeline: &tale{n: 100}}, nil
	})
	s.Restore(&File{Inputs: []Input{{Path: "contoso.zip"}}, Bookmarks: []Place{{Line: 61}}})
	l.until("the first rows", func() bool { return s.Shown() == 50 })
	s.Touch()
	l.until("the end", func() bool { return s.State() == Ready })
	if len(s.Bookmarks()) != 0 {
		t.Error("a bookmark is set in rows that do not show")
	}
	s.ShowWaiting()
	if diff := cmp.Diff([]int{60}, s.Bookmarks()); diff != "" {
		t.Error(diff)
	}
}

func TestRereadAdds(t *testing.T) {
	var got []string
	l, s := newLoop(t, opens(10))
	s.opener = noting{&got}
	s.Open([]string{"a"})
	l.until("the end", func() bool { return s.State() == Ready })
	s.Reread(s.Snapshot("", -1), "b", "a")
	l.until("the end", func() bool { return s.State() == Ready })
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}

// noting is an Opener that notes its inputs.
type noting struct{ got *[]string }

func (n noting) Open(_ context.Context, inputs []string, _ Hooks) (Result, error) {
	*n.got = inputs
	return Result{Timeline: &tale{n: 10}}, nil
}

func TestSetFilter(t *testing.T) {
	l, s := newLoop(t, opens(100))
	s.Open([]string{"a"})
	l.until("the end", func() bool { return s.State() == Ready })
	saved := Filter{Text: "scan", Conditions: []Condition{{Kind: ByLevel, Level: record.Error, Not: true}}}
	if err := s.SetFilter(saved); err != nil {
		t.Fatal(err)
	}
	l.until("the rows", func() bool { return !s.Searching() })
	if n := s.Rows().Len(); n != 6 {
		t.Errorf("%d rows, want 6: of every tenth those that are no third", n)
	}
	if err := s.SetFilter(Filter{Conditions: []Condition{{Kind: ByRegexp, Text: "("}}}); err == nil || s.Query() != "scan" {
		t.Errorf("%v, query %q", err, s.Query())
	}
	if diff := cmp.Diff(saved, s.Filter()); diff != "" {
		t.Error(diff)
	}
	if err := s.SetFilter(Filter{}); err != nil || !s.Filter().Empty() || s.Rows().Len() != 100 {
		t.Errorf("%v, %d rows", err, s.Rows().Len())
	}
}
