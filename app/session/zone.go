package session

import (
	"fmt"
	"time"
)

// ZoneMode is the clock that times are shown by.
type ZoneMode int

const (
	// Customer is the local time of the machine that a record is of.
	Customer ZoneMode = iota
	UTC
	// Mine is the engineer's own local time.
	Mine
)

// ZoneMode is the clock that times are shown by.
func (s *Session) ZoneMode() ZoneMode { return s.zone }

// SetZoneMode changes the clock that times are shown by.
func (s *Session) SetZoneMode(m ZoneMode) {
	if m != s.zone {
		s.zone = m
		s.changed()
	}
}

// AppendTime appends a time in nanoseconds UTC, as the clock chosen shows it:
// "2025-03-18 14:02:11.123". bias is the machine's, UTC = local + bias.
func (s *Session) AppendTime(b []byte, utc int64, bias int16) []byte {
	t := time.Unix(utc/1e9, utc%1e9)
	switch s.zone {
	case Customer:
		t = t.UTC().Add(-time.Duration(bias) * time.Minute)
	case Mine:
		t = t.In(s.mine)
	default:
		t = t.UTC()
	}
	return t.AppendFormat(b, "2006-01-02 15:04:05.000")
}

// TimeZone is the clock chosen in the form that ptrail's --tz takes.
func (s *Session) TimeZone() string {
	switch s.zone {
	case UTC:
		return "utc"
	case Mine:
		return Offset(s.MineBias())
	default:
		return "local"
	}
}

// MineBias is the bias of the engineer's own clock at the end of what is
// shown.
func (s *Session) MineBias() int16 {
	at := time.Now()
	if n := s.shown.Len(); n > 0 {
		at = time.Unix(0, s.shown.Time(n-1))
	}
	_, seconds := at.In(s.mine).Zone()
	return int16(-seconds / 60)
}

// Offset writes a bias (UTC = local + bias) the way people know it: -540 is
// "+09:00".
func Offset(bias int16) string {
	sign, minutes := '+', -int(bias)
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	return fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
}

// Span is the first and last time of what is shown, in nanoseconds UTC, with
// the bias of their machines; ok is false when nothing is.
func (s *Session) Span() (first, last Record, ok bool) {
	n := s.shown.Len()
	if n == 0 {
		return first, last, false
	}
	s.shown.Record(0, &first)
	s.shown.Record(n-1, &last)
	return first, last, true
}

// Shown is the number of records that are shown, before the filter.
func (s *Session) Shown() int { return s.shown.Len() }
