package window

import (
	"fmt"
	"strings"
	"time"
)

// Recurrence is how a schedule recurs, in parts that can be put into words.
type Recurrence struct {
	Kind Kind
	// EveryDays, EveryHours and EveryMinutes are an Interval, together.
	EveryDays, EveryHours, EveryMinutes int
	// Every is the weeks or months from one occurrence to the next.
	Every int
	// Weekday is 1 for Sunday to 7 for Saturday, 0 where it has none.
	Weekday int
	// Order is which of these weekdays in its month, 1 to 4, or 0 for the last.
	Order int
	// Day is the day of the month, 1 to 31, or 0 for the last.
	Day int
}

// Words says in which words a recurrence is told: a key of assets/lang and the
// numbers that go into it.
//
//	recurrence.once
//	recurrence.interval     {0} days {1} hours {2} minutes
//	recurrence.daily        every {0} days
//	recurrence.weekly       every {0} weeks, weekday {1}
//	recurrence.weekday      every {0} months, weekday {1}, order {2}
//	recurrence.last-weekday every {0} months, weekday {1}
//	recurrence.date         every {0} months, day {1}
//	recurrence.last-day     every {0} months
func (r Recurrence) Words() (key string, args []int) {
	switch r.Kind {
	case Interval:
		if r.EveryHours == 0 && r.EveryMinutes == 0 {
			return "recurrence.daily", []int{r.EveryDays}
		}
		return "recurrence.interval", []int{r.EveryDays, r.EveryHours, r.EveryMinutes}
	case Weekly:
		return "recurrence.weekly", []int{r.Every, r.Weekday}
	case MonthlyByWeekday:
		if r.Order == 0 {
			return "recurrence.last-weekday", []int{r.Every, r.Weekday}
		}
		return "recurrence.weekday", []int{r.Every, r.Weekday, r.Order}
	case MonthlyByDate:
		if r.Day == 0 {
			return "recurrence.last-day", []int{r.Every}
		}
		return "recurrence.date", []int{r.Every, r.Day}
	default:
		return "recurrence.once", nil
	}
}

// String tells a recurrence in English, for logs and tests.
func (r Recurrence) String() string {
	weekday := time.Weekday(r.Weekday - 1).String()
	months := every(r.Every, "month")
	switch r.Kind {
	case Interval:
		return r.interval()
	case Weekly:
		return every(r.Every, "week") + " on " + weekday
	case MonthlyByWeekday:
		return months + " on the " + [...]string{"last", "first", "second", "third", "fourth"}[min(max(r.Order, 0), 4)] + " " + weekday
	case MonthlyByDate:
		if r.Day == 0 {
			return months + " on the last day"
		}
		return fmt.Sprintf("%s on day %d", months, r.Day)
	default:
		return "once"
	}
}

func (r Recurrence) interval() string {
	var parts []string
	for _, p := range []struct {
		n    int
		unit string
	}{{r.EveryDays, "day"}, {r.EveryHours, "hour"}, {r.EveryMinutes, "minute"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.unit))
		}
	}
	if len(parts) == 1 && strings.HasPrefix(parts[0], "1 ") {
		return "every" + parts[0][1:]
	}
	return "every " + strings.Join(parts, " ")
}

func every(n int, unit string) string {
	if n == 1 {
		return "every " + unit
	}
	return "every " + plural(n, unit)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// String tells a schedule in English, for logs and tests: "every week on
// Wednesday, from 2009-05-01 22:00, for 7h0m0s".
func (s Schedule) String() string {
	zone := ""
	if s.UTC {
		zone = " UTC"
	}
	note := ""
	if s.Undecoded != 0 {
		note = ", offset not decoded"
	}
	return fmt.Sprintf("%s, from %s%s, for %s%s", s.Recurrence, time.Unix(0, s.Start).UTC().Format("2006-01-02 15:04"), zone,
		time.Duration(s.Seconds())*time.Second, note)
}
