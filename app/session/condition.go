package session

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/ingest/record"
)

// Kind is what a condition is about.
type Kind int

// The kinds of conditions, in the order in which their chips stand.
const (
	ByQuestion Kind = iota
	ByTime
	ByLevel
	ByMachine
	ByComponent
	ByFile
	ByThread
	ByText
	ByRegexp
)

// Condition is one chip of the filter. Conditions of one kind are alternatives,
// but for texts and expressions, which must all hold; those with Not set each
// exclude what they are about.
type Condition struct {
	Kind Kind
	Not  bool
	// Text is the name of a ready filter, machine, component or file, the text
	// or the expression.
	Text string
	// Level is that of ByLevel, Thread that of ByThread.
	Level  record.Level
	Thread uint32
	// From and To bound ByTime, nanoseconds UTC, both included; 0 is open.
	From, To int64
}

// check says why a condition cannot be searched for.
func (c Condition) check() error {
	switch c.Kind {
	case ByRegexp:
		if _, err := regexp.Compile(c.Text); err != nil {
			return fmt.Errorf("%s: %w", c.Text, err)
		}
	case ByTime:
		if c.From != 0 && c.To != 0 && c.From > c.To {
			return fmt.Errorf("time range ends before it begins")
		}
	}
	return nil
}

// single reports whether at most one condition of the kind makes sense.
func (c Condition) single() bool { return c.Kind == ByTime && !c.Not }

// Conditions are the chips of the filter, in the order in which they stand.
func (s *Session) Conditions() []Condition { return s.conditions }

// Add adds conditions to the filter, where they are not in it yet. A time range
// takes the place of the one before, and what was excluded is asked for now, or
// the other way round. It returns why a condition cannot be searched for; then
// nothing is changed.
func (s *Session) Add(conditions ...Condition) error {
	next := slices.Clone(s.conditions)
	for _, c := range conditions {
		if err := c.check(); err != nil {
			return err
		}
		next = slices.DeleteFunc(next, func(o Condition) bool {
			other := o
			other.Not = c.Not
			return other == c || c.single() && o.single()
		})
		next = append(next, c)
	}
	slices.SortStableFunc(next, func(a, b Condition) int { return int(a.Kind) - int(b.Kind) })
	s.setConditions(next)
	return nil
}

// Remove takes a condition out of the filter.
func (s *Session) Remove(c Condition) {
	s.setConditions(slices.DeleteFunc(slices.Clone(s.conditions), func(o Condition) bool { return o == c }))
}

// Negate turns a condition into its contrary.
func (s *Session) Negate(c Condition) {
	next := slices.Clone(s.conditions)
	if i := slices.Index(next, c); i >= 0 {
		next[i].Not = !c.Not
		s.setConditions(next)
	}
}

// ClearConditions takes all conditions out of the filter.
func (s *Session) ClearConditions() { s.setConditions(nil) }

func (s *Session) setConditions(next []Condition) {
	if slices.Equal(next, s.conditions) {
		return
	}
	s.conditions = next
	s.touched = true
	s.filterAnew()
	s.search()
	s.changed()
}

// TimeRange is the range that the filter is limited to, nanoseconds UTC.
func (s *Session) TimeRange() (from, to int64, ok bool) {
	for _, c := range s.conditions {
		if c.single() {
			return c.From, c.To, true
		}
	}
	return 0, 0, false
}

// SameThread keeps the records of a record's thread on its machine.
func (s *Session) SameThread(r *Record) error {
	next := []Condition{{Kind: ByThread, Thread: r.Thread}}
	if r.Machine != "" {
		next = append(next, Condition{Kind: ByMachine, Text: r.Machine})
	}
	return s.Add(next...)
}

// aroundTime is how far Around looks to each side.
const aroundTime = 30 * time.Second

// Around keeps the records within 30 seconds of a time.
func (s *Session) Around(utc int64) error {
	return s.Add(Condition{Kind: ByTime, From: utc - int64(aroundTime), To: utc + int64(aroundTime)})
}

// ParseCondition reads a condition as people type it: "level:error",
// "component:CAS", "file:WUA", "machine:PC01", "thread:4242" or "thread:0x1092",
// "/0x8024\w+/", or any other text; "-" before it or "not " excludes.
func ParseCondition(text string) (c Condition, err error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "-"); ok && rest != "" && rest[0] != ' ' {
		// A decimal error code begins with a minus, too.
		if _, bad := strconv.ParseInt(text, 10, 64); bad != nil {
			c.Not, text = true, rest
		}
	} else if len(text) > 4 && strings.EqualFold(text[:4], "not ") {
		c.Not, text = true, strings.TrimSpace(text[4:])
	}
	if len(text) > 2 && text[0] == '/' && text[len(text)-1] == '/' {
		c.Kind, c.Text = ByRegexp, text[1:len(text)-1]
		return c, c.check()
	}
	name, value, _ := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	kinds := map[string]Kind{"level": ByLevel, "component": ByComponent, "file": ByFile, "machine": ByMachine, "thread": ByThread}
	kind, ok := kinds[strings.ToLower(strings.TrimSpace(name))]
	if !ok || value == "" {
		c.Kind, c.Text = ByText, text
		return c, nil
	}
	switch c.Kind = kind; kind {
	case ByLevel:
		if c.Level, ok = levelOf(value); !ok {
			return c, fmt.Errorf("%s: is no level", value)
		}
	case ByThread:
		n, err := strconv.ParseUint(value, 0, 32)
		if err != nil {
			return c, fmt.Errorf("%s: is no thread", value)
		}
		c.Thread = uint32(n)
	default:
		c.Text = value
	}
	return c, nil
}
