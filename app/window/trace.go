package window

import (
	"fmt"
	"os"
	"time"

	"patchtrail/app/session"
)

// trace notes what the window shows in a file, a line a change, so that a test
// of the real window can tell. It is nil in ordinary use.
type trace struct {
	file  *os.File
	start time.Time
	last  string
}

func newTrace(path string) *trace {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil
	}
	return &trace{file: f, start: time.Now()}
}

// note writes what the window shows now, where that changed.
func (w *Window) note() {
	if w.trace == nil {
		return
	}
	first, last := w.view.InSight()
	text := ""
	if last >= 0 && last < w.rows.Len() {
		var rec session.Record
		w.rows.Record(last, &rec)
		text = string(rec.Message[:min(len(rec.Message), 120)])
	}
	matches, done := w.ses.Matches()
	changed := 0
	if w.windows != nil {
		changed = w.windows.plan.Changed
	}
	line := fmt.Sprintf("state=%d rows=%d of=%d first=%d last=%d current=%d matches=%d done=%t lang=%s errors=%d problems=%d chips=%d bookmarks=%d dialogs=%d zoom=%d judged=%d edits=%d changed=%d focus=%T page=%s said=%q about=%q text=%q",
		w.ses.State(), w.rows.Len(), w.ses.Shown(), first, last, w.view.Current(), matches, done, w.lang,
		w.marked.errors, len(w.ses.Problems()), len(w.ses.Conditions()), len(w.ses.Bookmarks()), len(w.dialogs), w.set.Zoom, len(w.ses.FindingMarks()), w.ses.Edits(), changed, w.win.Canvas().Focused(), pageNames[w.page], w.status.spoken, w.aboutTitle(), text)
	if line == w.trace.last {
		return
	}
	w.trace.last = line
	fmt.Fprintf(w.trace.file, "ms=%d %s\n", time.Since(w.trace.start).Milliseconds(), line)
}

// aboutTitle is the title of what the page that shows is about.
func (w *Window) aboutTitle() string {
	switch v := w.views[w.page].(type) {
	case *findings:
		return v.about.shown.Title
	case *updates:
		return v.about.shown.Title
	case *windows:
		return v.about.shown.Title
	case *checks:
		return v.about.shown.Title
	case *files:
		return v.about.shown.Title
	}
	return ""
}
