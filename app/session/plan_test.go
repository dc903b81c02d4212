package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/report"
	"patchtrail/app/page"
)

// analysed is a session over a client that has a window of two hours and an
// update of one hour, whose scan failed; made is false until the pages are there.
func analysed(t *testing.T) (*loop, *Session) {
	t.Helper()
	dir := t.TempDir()
	record := func(clock, component, level, message string) string {
		return fmt.Sprintf("<![LOG[%s]LOG]!><time=\"%s.000-540\" date=\"03-18-2025\" component=\"%s\" context=\"\" type=\"%s\" thread=\"1\" file=\"x.cpp:1\">\r\n", message, clock, component, level)
	}
	const update = "\t1\t%s\t101\t{f7b5b7a1-0000-4000-8000-000000000001}\t200\t%s\tCcmExec\t%s\tContent Install\t%s: 2025-03 Cumulative Update (KB5053602)\r\n"
	for name, text := range map[string]string{
		"WUAHandler.log": strings.Repeat(record("01:00:09", "WUAHandler", "3", "Scan failed with error = 0x80072ee2."), 3),
		"ServiceWindowManager.log": record("00:10:00", "ServiceWindowManager", "1", "Refreshing Service Windows.....") +
			record("00:10:01", "ServiceWindowManager", "1", "    Populating instance of ServiceWindow with ID={DDDDDDDD-0000-0000-0000-000000000001}, ScheduleString=02C159C0101F2000, Type=4"),
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
	l, s := newLoop(t, func(context.Context, Hooks) (Result, error) {
		return Result{Timeline: &tale{n: res.Timeline.Len()}, Pages: func(lang, tz string) *page.Set { return page.New(res, lang, tz) }}, nil
	})
	s.Open([]string{dir})
	l.until("the end", func() bool { return s.State() == Ready })
	return l, s
}

// TestWhatIf edits a maximum and a window, and takes that back.
func TestWhatIf(t *testing.T) {
	l, s := analysed(t)
	s.MakePlan() // there are no pages yet
	s.MakePages("en")
	l.until("the pages", func() bool { return s.Pages() != nil })
	if _, ok, _ := s.Plan(); ok {
		t.Error("there is a plan before one was asked for")
	}
	s.MakePlan()
	settled := func() page.Plan {
		t.Helper()
		l.until("the plan", func() bool { return !s.try.running && s.try.asked > 0 && s.try.of == s.Pages() })
		p, ok, err := s.Plan()
		if !ok || err != nil {
			t.Fatalf("no plan: %v", err)
		}
		return p
	}
	if p := settled(); len(p.Before) != 1 || p.After != nil {
		t.Fatalf("%+v", p.Before)
	}
	const id = "{DDDDDDDD-0000-0000-0000-000000000001}"
	// Many edits in a row, as a slider makes them: the last one counts.
	for minutes := 65; minutes <= 300; minutes += 5 {
		s.Edit(false, "KB5053602", minutes, 60)
	}
	run := s.PlanRun()
	if p := settled(); p.After[0].Minutes != 300 || p.After[0].Tone != page.Bad || s.Edits() != 1 {
		t.Errorf("%d edits, %+v", s.Edits(), p.After)
	}
	if made := s.PlanRun() - run; made > 2 {
		t.Errorf("of 48 edits %d plans were made after the last", made)
	}
	s.Edit(true, id, 480, 120)
	if p := settled(); p.After[0].Tone == page.Bad || s.Edits() != 2 {
		t.Errorf("%d edits, %+v", s.Edits(), p.After)
	}
	if n, ok := s.Edited(true, id); !ok || n != 480 {
		t.Errorf("edited to %d, %t", n, ok)
	}
	s.Edit(true, id, 120, 120)
	if _, ok := s.Edited(true, id); ok {
		t.Error("what is as it was is still edited")
	}
	s.Edit(false, "KB5053602", 0, 60)
	l.until("the error", func() bool { _, _, err := s.Plan(); return err != nil })
	s.ResetEdits()
	if p := settled(); p.After != nil || s.Edits() != 0 {
		t.Errorf("after the reset %+v", p.After)
	}
	s.MakePages("ja")
	old := s.Pages()
	l.until("Japanese", func() bool { return s.Pages() != old })
	s.MakePlan()
	if p := settled(); p.Before[0].Reason == "" || strings.Contains(p.Before[0].Reason, "fits") {
		t.Errorf("in Japanese it says %q", p.Before[0].Reason)
	}
}

// TestProves finds the records that findings rest on, but for those dismissed.
func TestProves(t *testing.T) {
	l, s := analysed(t)
	if _, ok := s.Proves(0); ok {
		t.Error("without pages something is proved")
	}
	s.MakePages("en")
	l.until("the pages", func() bool { return s.Pages() != nil })
	set := s.Pages()
	if len(set.Proofs) < 3 {
		t.Fatalf("%+v", set.Proofs)
	}
	rows := s.All()
	for _, p := range set.Proofs {
		if f, ok := s.Proves(p.Row); !ok || f != p.Finding {
			t.Errorf("row %d proves %d, %t, want %d", p.Row, f, ok, p.Finding)
		}
		if row, ok := s.Proof(rows, p.Row-1, 1); p.Row > 0 && (!ok || row != p.Row) {
			t.Errorf("after row %d comes %d, %t", p.Row-1, row, ok)
		}
	}
	marked := func() (n int) {
		for _, m := range s.Marks(rows, rows.Len()) {
			if m.Proof {
				n++
			}
		}
		return n
	}
	if got := marked(); got != len(set.Proofs) {
		t.Errorf("%d rows are marked, want %d", got, len(set.Proofs))
	}
	f := set.Proofs[0].Finding
	s.SetFindingMark(set.Findings[f].Key, report.Mark{Judgement: report.Dismissed})
	if _, ok := s.Proves(set.Proofs[0].Row); ok {
		t.Error("a finding that was dismissed is still proved")
	}
	if got := marked(); got >= len(set.Proofs) {
		t.Errorf("%d rows are marked though a finding was dismissed", got)
	}
}
