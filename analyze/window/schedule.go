package window

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/lang"
)

// Schedule is one token of a schedule string: 16 hexadecimal digits, two words
// of 32 bits. Source: DOMAIN.md D4.
//
//	high  31-26 start minute  25-21 hour  20-16 day  15-12 month  11-6 year-1970
//	      5-0 duration minutes
//	low   31-27 duration hours  26-22 days  21-19 kind  18-1 by kind  0 UTC
//	      interval            18-13 minutes  12-8 hours  7-3 days
//	      weekly              18-16 weekday  15-13 weeks
//	      monthly by weekday  18-16 weekday  15-12 months  11-9 order
//	      monthly by date     18-14 day  13-10 months
type Schedule struct {
	// Start is the first moment from which it occurs: a wall clock in
	// nanoseconds since 1970-01-01 of that clock. It is that of the machine, or
	// UTC where UTC is set.
	Start int64
	UTC   bool
	// Days, Hours and Minutes are how long an occurrence lasts, together.
	Days, Hours, Minutes int
	Recurrence
	// Undecoded are the set bits of the second word whose meaning no source
	// tells.
	Undecoded uint32
}

// Kind is how a schedule recurs, numbered as in the token.
type Kind uint8

// The kinds.
const (
	Once             Kind = 1
	Interval         Kind = 2
	Weekly           Kind = 3
	MonthlyByWeekday Kind = 4
	MonthlyByDate    Kind = 5
)

// Errors of schedule strings.
var (
	// ErrToken means that a schedule string does not consist of 16 hexadecimal
	// digits each.
	ErrToken = lang.Fail("fault.schedule.tokens")
	// ErrSchedule means that a token states what cannot be, such as month 13.
	ErrSchedule = lang.Fail("fault.schedule.impossible")
)

// tokenDigits is the length of a token, maxTokens how many one string may hold.
const tokenDigits, maxTokens = 16, 256

// Parse decodes a schedule string, one token or several without a gap.
func Parse(s string) ([]Schedule, error) {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s)%tokenDigits != 0 || len(s) > tokenDigits*maxTokens {
		return nil, lang.Fail("fault.schedule.length", len(s), ErrToken)
	}
	out := make([]Schedule, 0, len(s)/tokenDigits)
	for ; len(s) > 0; s = s[tokenDigits:] {
		t, err := Decode(s[:tokenDigits])
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// bits returns the bits of word from high down to low.
func bits(word uint32, high, low int) int { return int(word >> low & (1<<(high-low+1) - 1)) }

// Decode decodes one token. The error is ErrToken or ErrSchedule, wrapped.
func Decode(token string) (Schedule, error) {
	high, err := word(token, 0)
	if err != nil {
		return Schedule{}, err
	}
	low, err := word(token, 8)
	if err != nil || len(token) != tokenDigits {
		return Schedule{}, lang.Fail("fault.schedule.is", fmt.Sprintf("%.40q", token), ErrToken)
	}
	s := Schedule{
		UTC: low&1 != 0, Days: bits(low, 26, 22), Hours: bits(low, 31, 27), Minutes: bits(high, 5, 0),
		Recurrence: Recurrence{Kind: Kind(bits(low, 21, 19))},
	}
	used := s.readData(low)
	s.Undecoded = low & 0x7FFFE &^ used
	minute, hour := bits(high, 31, 26), bits(high, 25, 21)
	day, month, year := bits(high, 20, 16), bits(high, 15, 12), 1970+bits(high, 11, 6)
	at := time.Date(year, time.Month(month), day, hour, minute, 0, 0, time.UTC)
	if month < 1 || month > 12 || at.Day() != day || at.Hour() != hour || at.Minute() != minute {
		return Schedule{}, lang.Fail("fault.schedule.start", token, fmt.Sprintf("%d-%d-%d %d:%d", year, month, day, hour, minute), ErrSchedule)
	}
	s.Start = at.UnixNano()
	if err := s.check(); err != nil {
		return Schedule{}, lang.Fail("fault.schedule.is", token, err)
	}
	return s, nil
}

// word reads 8 digits of a token.
func word(token string, at int) (uint32, error) {
	if len(token) < at+8 || token[at] == '+' || token[at] == '-' {
		return 0, lang.Fail("fault.schedule.is", fmt.Sprintf("%.40q", token), ErrToken)
	}
	v, err := strconv.ParseUint(token[at:at+8], 16, 32)
	if err != nil {
		return 0, lang.Fail("fault.schedule.is", fmt.Sprintf("%.40q", token), ErrToken)
	}
	return uint32(v), nil
}

// readData reads what depends on the kind and returns the bits that it used.
func (s *Schedule) readData(low uint32) (used uint32) {
	r := &s.Recurrence
	switch r.Kind {
	case Interval:
		r.EveryMinutes, r.EveryHours, r.EveryDays = bits(low, 18, 13), bits(low, 12, 8), bits(low, 7, 3)
		return 0x7FFF8
	case Weekly:
		r.Weekday, r.Every = bits(low, 18, 16), bits(low, 15, 13)
		return 0x7E000
	case MonthlyByWeekday:
		r.Weekday, r.Every, r.Order = bits(low, 18, 16), bits(low, 15, 12), bits(low, 11, 9)
		return 0x7FE00
	case MonthlyByDate:
		r.Day, r.Every = bits(low, 18, 14), bits(low, 13, 10)
		return 0x7FC00
	default:
		return 0
	}
}

// check says what is impossible about a schedule.
func (s *Schedule) check() error {
	r := &s.Recurrence
	weekday := r.Weekday >= 1 && r.Weekday <= 7
	ok := false
	switch r.Kind {
	case Once:
		ok = true
	case Interval:
		ok = r.EveryDays+r.EveryHours+r.EveryMinutes > 0
	case Weekly:
		ok = weekday && r.Every > 0
	case MonthlyByWeekday:
		ok = weekday && r.Every > 0 && r.Order <= 4
	case MonthlyByDate:
		ok = r.Every > 0
	}
	if !ok {
		return lang.Fail("fault.schedule.recurrence", int(r.Kind), r.Weekday, r.Every, r.Order, r.EveryDays, r.EveryHours, r.EveryMinutes, ErrSchedule)
	}
	return nil
}

// Encode writes the token, in capital digits. It is the inverse of Decode for
// every schedule that Decode returns.
func (s Schedule) Encode() string {
	at := time.Unix(0, s.Start).UTC()
	high := uint32(at.Minute())<<26 | uint32(at.Hour())<<21 | uint32(at.Day())<<16 |
		uint32(at.Month())<<12 | uint32(at.Year()-1970)<<6 | uint32(s.Minutes)
	low := uint32(s.Hours)<<27 | uint32(s.Days)<<22 | uint32(s.Kind)<<19 | s.Undecoded
	r := &s.Recurrence
	switch r.Kind {
	case Interval:
		low |= uint32(r.EveryMinutes)<<13 | uint32(r.EveryHours)<<8 | uint32(r.EveryDays)<<3
	case Weekly:
		low |= uint32(r.Weekday)<<16 | uint32(r.Every)<<13
	case MonthlyByWeekday:
		low |= uint32(r.Weekday)<<16 | uint32(r.Every)<<12 | uint32(r.Order)<<9
	case MonthlyByDate:
		low |= uint32(r.Day)<<14 | uint32(r.Every)<<10
	}
	if s.UTC {
		low |= 1
	}
	return fmt.Sprintf("%08X%08X", high, low)
}

// Seconds is how long an occurrence lasts.
func (s *Schedule) Seconds() int { return ((s.Days*24+s.Hours)*60 + s.Minutes) * 60 }

// unscheduled is the start of what the product calls a simple schedule,
// 1970-02-01 00:00.
const unscheduled = int64(31 * 24 * time.Hour)

// Simple reports whether it is an interval without a start of its own: when it
// occurs cannot be told from it.
func (s *Schedule) Simple() bool { return s.Start == unscheduled }
