package session

import (
	"fmt"
	"strings"
	"time"
)

// timeLayouts are the ways to write a time, with how much of it they leave
// open: the day of the current row, or its year.
var timeLayouts = [...]struct {
	layout    string
	day, year bool // taken from the current row
}{
	{"2006-01-02 15:04:05", false, false},
	{"2006-01-02 15:04", false, false},
	{"2006-01-02", false, false},
	{"01-02 15:04:05", false, true},
	{"01-02 15:04", false, true},
	{"1-2 15:04", false, true},
	{"01-02", false, true},
	{"15:04:05", true, false},
	{"15:04", true, false},
}

// ParseTime reads a time as people type it, by the clock that times are shown
// by: "2025-03-18 14:02:11.123", "2025-03-18", "03-18 14:02", "14:02:11". What
// it leaves open is that of the time near. "+90s" and "-5m" are apart from near.
// The time returned is in nanoseconds UTC, bias that of the machine.
func (s *Session) ParseTime(text string, near int64, bias int16) (int64, error) {
	text = strings.NewReplacer("/", "-", "T", " ").Replace(strings.TrimSpace(text))
	if len(text) > 1 && (text[0] == '+' || text[0] == '-') {
		if d, err := time.ParseDuration(strings.ToLower(text)); err == nil {
			return near + int64(d), nil
		}
	}
	zone := time.UTC
	switch s.zone {
	case Customer:
		zone = time.FixedZone("", -60*int(bias))
	case Mine:
		zone = s.mine
	}
	base := time.Unix(0, near).In(zone)
	for _, l := range timeLayouts {
		t, err := time.ParseInLocation(l.layout, text, zone)
		if err != nil {
			continue
		}
		year, month, day := t.Date()
		if l.day {
			year, month, day = base.Date()
		} else if l.year {
			year = base.Year()
		}
		at := time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
		if at.Year() < 1900 || at.Year() > 2200 {
			break // beyond what nanoseconds count
		}
		return at.UnixNano(), nil
	}
	return 0, fmt.Errorf("%s: is no time", text)
}

// ParseRange reads two times with ".." between, for ByTime; a side that is
// empty is open. The last second or minute named is part of it.
func (s *Session) ParseRange(text string, near int64, bias int16) (Condition, error) {
	c := Condition{Kind: ByTime}
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		return c, fmt.Errorf("%s: is no range of times", text)
	}
	var err error
	if from = strings.TrimSpace(from); from != "" {
		if c.From, err = s.ParseTime(from, near, bias); err != nil {
			return c, err
		}
		near = c.From
	}
	if to = strings.TrimSpace(to); to != "" {
		if c.To, err = s.ParseTime(to, near, bias); err != nil {
			return c, err
		}
		c.To += int64(precision(to)) - 1
	}
	return c, c.check()
}

// precision is the length of what a time names: a day, a minute, a second.
func precision(text string) time.Duration {
	switch strings.Count(text, ":") {
	case 0:
		if strings.ContainsAny(text, "smh") {
			return 1
		}
		return 24 * time.Hour
	case 1:
		return time.Minute
	default:
		if strings.Contains(text, ".") {
			return time.Millisecond
		}
		return time.Second
	}
}
