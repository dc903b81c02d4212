package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"patchtrail/ingest/record"
)

// Filter is what rows are chosen by: the conditions and the text. It is written
// as JSON in session files and in the settings.
type Filter struct {
	Conditions []Condition `json:"conditions,omitempty"`
	Text       string      `json:"text,omitempty"`
}

// Empty reports whether every row passes.
func (f Filter) Empty() bool { return len(f.Conditions) == 0 && f.Text == "" }

// SavedFilter is a filter that the user gave a name.
type SavedFilter struct {
	Name string `json:"name"`
	Filter
}

// Filter is the filter that is set.
func (s *Session) Filter() Filter {
	return Filter{Conditions: slices.Clone(s.conditions), Text: s.query}
}

// SetFilter puts a filter in place of the one that is set. It returns why a
// condition cannot be searched for; then nothing is changed.
func (s *Session) SetFilter(f Filter) error {
	for _, c := range f.Conditions {
		if err := c.check(); err != nil {
			return err
		}
	}
	query := strings.TrimSpace(f.Text)
	if query == s.query && slices.Equal(f.Conditions, s.conditions) {
		return nil
	}
	s.query, s.conditions, s.touched = query, slices.Clone(f.Conditions), true
	s.filterAnew()
	s.search()
	s.changed()
	return nil
}

// kindNames are the kinds of conditions in JSON.
var kindNames = [...]string{ByQuestion: "question", ByTime: "time", ByLevel: "level", ByMachine: "machine", ByComponent: "component",
	ByFile: "file", ByThread: "thread", ByText: "text", ByRegexp: "regexp"}

// conditionJSON is a condition in JSON. Times are RFC 3339, UTC.
type conditionJSON struct {
	Kind   string     `json:"kind"`
	Not    bool       `json:"not,omitempty"`
	Text   string     `json:"text,omitempty"`
	Level  string     `json:"level,omitempty"`
	Thread uint32     `json:"thread,omitempty"`
	From   *time.Time `json:"from,omitempty"`
	To     *time.Time `json:"to,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (c Condition) MarshalJSON() ([]byte, error) {
	if c.Kind < 0 || int(c.Kind) >= len(kindNames) {
		return nil, fmt.Errorf("condition of kind %d", c.Kind)
	}
	out := conditionJSON{Kind: kindNames[c.Kind], Not: c.Not, Text: c.Text}
	switch c.Kind {
	case ByLevel:
		out.Level = c.Level.String()
	case ByThread:
		out.Thread = c.Thread
	case ByTime:
		out.From, out.To = stamp(c.From), stamp(c.To)
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler. It refuses what cannot be searched
// for.
func (c *Condition) UnmarshalJSON(data []byte) error {
	var in conditionJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	kind := slices.Index(kindNames[:], in.Kind)
	if kind < 0 {
		return fmt.Errorf("condition of kind %q", in.Kind)
	}
	got := Condition{Kind: Kind(kind), Not: in.Not, Text: in.Text}
	switch got.Kind {
	case ByQuestion:
		if _, ok := QuestionOf(in.Text); !ok {
			return fmt.Errorf("condition of question %q", in.Text)
		}
	case ByLevel:
		level, ok := levelOf(in.Level)
		if !ok {
			return fmt.Errorf("condition of level %q", in.Level)
		}
		got.Level = level
	case ByThread:
		got.Thread = in.Thread
	case ByTime:
		for _, t := range []*time.Time{in.From, in.To} {
			if t != nil && (t.Year() < 1900 || t.Year() > 2200) {
				return fmt.Errorf("condition of the year %d", t.Year())
			}
		}
		got.From, got.To = nanoseconds(in.From), nanoseconds(in.To)
	}
	if err := got.check(); err != nil {
		return err
	}
	*c = got
	return nil
}

// levelOf returns the level of a name, capitals and small letters alike.
func levelOf(name string) (record.Level, bool) {
	for l := record.Verbose; l <= record.Error; l++ {
		if strings.EqualFold(l.String(), name) {
			return l, true
		}
	}
	return 0, false
}

func stamp(utc int64) *time.Time {
	if utc == 0 {
		return nil
	}
	t := time.Unix(0, utc).UTC()
	return &t
}

func nanoseconds(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixNano()
}
