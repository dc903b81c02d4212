package window

import (
	"cmp"
	"math"
	"slices"
	"time"

	"patchtrail/ingest/clock"
)

// Occurrence is one time that a window is open, UTC in nanoseconds.
type Occurrence struct{ Start, End int64 }

// Seconds is how long it lasts, 0 where the end is not known.
func (o Occurrence) Seconds() int {
	if o.End <= o.Start {
		return 0
	}
	return int((o.End - o.Start) / second)
}

const (
	second = int64(time.Second)
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
	day    = 24 * hour
	week   = 7 * day
)

// lastYear ends all schedules, lastMoment is when it begins: no log is of a time near
// it, and nanoseconds reach no farther than 2262.
const (
	lastYear   = 2200
	lastMoment = (230*365 + 56) * day
)

// skipped is more than any clock skips at once when summer time begins.
const skipped = 3 * hour

// maxNext bounds how many occurrences one call returns.
const maxNext = 20_000

// Next returns the first n occurrences (at most 20,000) that end after from, in
// the order of their starts; one without duration counts if it starts at from
// or later. They start at the wall clock of the schedule, summer time or not;
// an hour that the clock skips is read as if it did not (one of a schedule that
// comes more than daily is left out), one that it shows twice is the first of the
// two. z is the zone of the machine, nil for UTC.
func (s *Schedule) Next(z *clock.Zone, from int64, n int) []Occurrence {
	if n <= 0 || s.Simple() {
		return nil
	}
	n = min(n, maxNext)
	length := int64(s.Seconds()) * second
	from = max(from, 0)
	if from > lastMoment {
		return nil
	}
	earliest := from - length
	if !s.UTC {
		earliest = z.Local(earliest) - skipped
	}
	starts := s.starts(earliest)
	var out []Occurrence
	for len(out) < n {
		local, ok := starts()
		if !ok || local > lastMoment {
			break
		}
		o := Occurrence{Start: local}
		if !s.UTC {
			o.Start = z.UTC(local, 0)
			if s.often() && z.Local(o.Start) != local {
				continue
			}
		}
		o.End = o.Start + length
		if o.End > from || length == 0 && o.Start >= from {
			out = append(out, o)
		}
	}
	return out
}

// often reports whether it may come more than once a day.
func (s *Schedule) often() bool { return s.Kind == Interval && s.EveryHours+s.EveryMinutes > 0 }

// sortOccurrences orders occurrences, leaves one of those that are equal and
// keeps the first n.
func sortOccurrences(all []Occurrence, n int) []Occurrence {
	slices.SortFunc(all, func(a, b Occurrence) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	all = slices.Compact(all)
	return all[:min(n, len(all))]
}

// starts returns a function that gives one wall clock after the other at which
// the schedule starts, from some time before from on. It is false at the end.
func (s *Schedule) starts(from int64) func() (int64, bool) {
	switch s.Kind {
	case Interval:
		return s.steps(s.Start, int64(s.EveryDays)*day+int64(s.EveryHours)*hour+int64(s.EveryMinutes)*minute, from)
	case Weekly:
		ahead := (s.Weekday - 1 - weekday(s.Start) + 7) % 7
		return s.steps(s.Start+int64(ahead)*day, int64(s.Every)*week, from)
	case MonthlyByWeekday, MonthlyByDate:
		return s.months(from)
	default:
		return s.steps(s.Start, math.MaxInt64, from)
	}
}

// weekday is 0 for Sunday.
func weekday(wall int64) int { return int(time.Unix(0, wall).UTC().Weekday()) }

// steps gives first and then one step after the other.
func (s *Schedule) steps(first, step, from int64) func() (int64, bool) {
	at, over := first, step <= 0
	if !over && step != math.MaxInt64 && from > first {
		at += (from - first) / step * step
	}
	return func() (int64, bool) {
		if over {
			return 0, false
		}
		was := at
		over = at > math.MaxInt64-step
		if !over {
			at += step
		}
		return was, true
	}
}

// maxEmpty is how many months in a row may lack the day before the search ends:
// 29 February every 12 months comes back after 8 years at most.
const maxEmpty = 100

// months gives the starts of a monthly schedule. Months are counted from that of
// the start; one without the day (31 April) is left out.
func (s *Schedule) months(from int64) func() (int64, bool) {
	start := time.Unix(0, s.Start).UTC()
	clockOfDay := s.Start - s.Start/day*day
	month := start.Year()*12 + int(start.Month()) - 1
	if s.Every > 0 && from > s.Start {
		at := time.Unix(0, from).UTC()
		ahead := at.Year()*12 + int(at.Month()) - 1 - month
		month += ahead / s.Every * s.Every
	}
	return func() (int64, bool) {
		for range maxEmpty {
			if s.Every <= 0 {
				return 0, false
			}
			first := time.Date(month/12, time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC)
			month += s.Every
			if first.Year() > lastYear {
				return 0, false
			}
			d, ok := s.dayOf(first)
			if wall := first.UnixNano() + int64(d-1)*day + clockOfDay; ok && wall >= s.Start {
				return wall, true
			}
		}
		return 0, false
	}
}

// dayOf returns the day on which it starts in the month that begins at first.
func (s *Schedule) dayOf(first time.Time) (int, bool) {
	days := first.AddDate(0, 1, -1).Day()
	if s.Kind == MonthlyByDate {
		if s.Day == 0 {
			return days, true
		}
		return s.Day, s.Day <= days
	}
	if s.Order == 0 {
		last := int(first.AddDate(0, 1, -1).Weekday())
		return days - (last-(s.Weekday-1)+7)%7, true
	}
	return 1 + (s.Weekday-1-int(first.Weekday())+7)%7 + 7*(s.Order-1), true
}
