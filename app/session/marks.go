package session

import (
	"maps"
	"strings"

	"patchtrail/analyze/report"
)

// FindingMark is what the engineer says of a finding, by its page.Finding.Key.
func (s *Session) FindingMark(key string) report.Mark { return s.marks[key] }

// SetFindingMark says something of a finding. An empty mark takes it back. It goes
// into the page of findings.
func (s *Session) SetFindingMark(key string, m report.Mark) {
	m.Note = strings.TrimSpace(m.Note)
	if key == "" || s.marks[key] == m {
		return
	}
	next := s.FindingMarks() // a page that is being written keeps the older ones
	if next[key] = m; m == (report.Mark{}) {
		delete(next, key)
	}
	s.replaceMarks(next)
}

// Judge confirms or dismisses a finding, or takes that back where it is judged
// so already, and tells which judgement holds now.
func (s *Session) Judge(key string, j report.Judgement) report.Judgement {
	m := s.marks[key]
	if m.Judgement == j {
		j = report.Unjudged
	}
	m.Judgement = j
	s.SetFindingMark(key, m)
	return j
}

// FindingMarks are all marks, a copy: what is kept of a session beside its filters.
func (s *Session) FindingMarks() map[string]report.Mark {
	out := make(map[string]report.Mark, len(s.marks)+1)
	maps.Copy(out, s.marks)
	return out
}

// SetFindingMarks puts marks in place of all. Those of findings that the bundle does
// not have are kept: it may still be read.
func (s *Session) SetFindingMarks(marks map[string]report.Mark) {
	s.replaceMarks(maps.Clone(marks))
}

func (s *Session) replaceMarks(next map[string]report.Mark) {
	s.marks = next
	s.marksRun++
	s.changed()
}

// FindingMarksRun counts the changes of marks, so that a view knows when to show
// them anew.
func (s *Session) FindingMarksRun() int { return s.marksRun }
