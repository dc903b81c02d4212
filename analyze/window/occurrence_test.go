package window

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/clock"
)

func zoneNamed(t testing.TB, name string) *clock.Zone {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return clock.FromLocation(loc, clock.FromUser)
}

func utc(t testing.TB, text string) int64 {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

func TestNext(t *testing.T) {
	f := func(token, zone, from string, want ...string) {
		t.Helper()
		s, err := Decode(token)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range s.Next(zoneNamed(t, zone), utc(t, from), len(want)+1) {
			got = append(got, time.Unix(0, o.Start).UTC().Format("2006-01-02 15:04"))
		}
		if len(got) > len(want) && len(want) > 0 {
			got = got[:len(want)]
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s in %s from %s:\n got %s\nwant %s", s, zone, from, strings.Join(got, ", "), strings.Join(want, ", "))
		}
	}
	const (
		wednesday = "02C159C0381C2000" // every week, 22:00, 7 h
		daily     = "02D68AC040100008" // 22:00, 8 h
		once      = "02D68AC040080000" // 2013-08-22 22:00, 8 h
		secondTue = "02D68AC010231400" // 22:00, 2 h
		lastSat   = "02D68AC010273000" // every 3 months
		lastDay   = "02D68AC010280800" // every 2 months
	)
	f(wednesday, "Asia/Tokyo", "2025-03-18 00:00", "2025-03-19 13:00", "2025-03-26 13:00")
	f(wednesday, "Asia/Tokyo", "2025-03-19 19:59", "2025-03-19 13:00", "2025-03-26 13:00")
	f(wednesday, "Asia/Tokyo", "2025-03-19 20:00", "2025-03-26 13:00")
	f(wednesday, "UTC", "2000-01-01 00:00", "2009-05-06 22:00")
	f(daily, "America/Chicago", "2025-03-07 12:00", "2025-03-08 04:00", "2025-03-09 04:00", "2025-03-10 03:00", "2025-03-11 03:00")
	f(daily, "America/Chicago", "2025-11-01 12:00", "2025-11-02 03:00", "2025-11-03 04:00", "2025-11-04 04:00")
	f(once, "UTC", "2013-08-23 05:59", "2013-08-22 22:00")
	f(once, "UTC", "2013-08-23 06:00")
	f(secondTue, "UTC", "2013-08-01 00:00", "2013-09-10 22:00", "2013-10-08 22:00", "2013-11-12 22:00")
	f(lastSat, "UTC", "2013-08-01 00:00", "2013-08-31 22:00", "2013-11-30 22:00", "2014-02-22 22:00")
	f(lastDay, "UTC", "2014-01-01 00:00", "2014-02-28 22:00", "2014-04-30 22:00", "2014-06-30 22:00")
	f("0001200000100100", "UTC", "2014-01-01 00:00")
}

// TestNextSummerTime looks at starts inside the hours that the clock skips and
// shows twice.
func TestNextSummerTime(t *testing.T) {
	f := func(name string, s Schedule, from string, want ...string) {
		t.Helper()
		var got []string
		for _, o := range s.Next(zoneNamed(t, "Europe/Berlin"), utc(t, from), len(want)) {
			got = append(got, time.Unix(0, o.Start).UTC().Format("01-02 15:04"))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, ", "), strings.Join(want, ", "))
		}
	}
	at := func(text string) int64 { return utc(t, text) }
	daily := Schedule{Start: at("2025-01-01 02:30"), Hours: 1, Recurrence: Recurrence{Kind: Interval, EveryDays: 1}}
	f("skipped in spring", daily, "2025-03-29 00:00", "03-29 01:30", "03-30 01:30", "03-31 00:30")
	f("twice in autumn", daily, "2025-10-25 00:00", "10-25 00:30", "10-26 00:30", "10-27 01:30")
	hourly := Schedule{Start: at("2025-01-01 00:30"), Minutes: 30, Recurrence: Recurrence{Kind: Interval, EveryHours: 1}}
	f("hourly in spring", hourly, "2025-03-30 00:00", "03-30 00:30", "03-30 01:30", "03-30 02:30")
	f("hourly in autumn", hourly, "2025-10-26 00:00", "10-26 00:30", "10-26 02:30", "10-26 03:30")
	daily.UTC = true
	f("in UTC", daily, "2025-03-29 00:00", "03-29 02:30", "03-30 02:30", "03-31 02:30")
}

// slowNext finds occurrences by trying every minute of every day.
func slowNext(s *Schedule, z *clock.Zone, from int64, n, days int) []Occurrence {
	length := int64(s.Seconds()) * second
	var out []Occurrence
	first := (from - length - 2*day) / day * day
	for d := first; d < from+int64(days)*day && len(out) < n; d += day {
		for m := range int64(24 * 60) {
			wall := d + m*minute
			if wall < s.Start || !startsAt(s, wall) {
				continue
			}
			o := Occurrence{Start: wall}
			if !s.UTC {
				o.Start = z.UTC(wall, 0)
				if s.Kind == Interval && s.EveryHours+s.EveryMinutes > 0 && z.Local(o.Start) != wall {
					continue
				}
			}
			o.End = o.Start + length
			if o.End > from || length == 0 && o.Start >= from {
				out = append(out, o)
			}
		}
	}
	return out[:min(n, len(out))]
}

// startsAt reads the schedule as a sentence about one minute.
func startsAt(s *Schedule, wall int64) bool {
	at, start := time.Unix(0, wall).UTC(), time.Unix(0, s.Start).UTC()
	if s.Kind == Interval {
		return (wall-s.Start)%(int64(s.EveryDays)*day+int64(s.EveryHours)*hour+int64(s.EveryMinutes)*minute) == 0
	}
	if at.Hour() != start.Hour() || at.Minute() != start.Minute() {
		return false
	}
	months := (at.Year()-start.Year())*12 + int(at.Month()) - int(start.Month())
	last := at.AddDate(0, 0, 1).Day() == 1
	switch s.Kind {
	case Weekly:
		if int(at.Weekday()) != s.Weekday-1 {
			return false
		}
		weeks := 0
		for d := at.AddDate(0, 0, -7); d.UnixNano() >= s.Start; d = d.AddDate(0, 0, -7) {
			weeks++
		}
		return weeks%s.Every == 0
	case MonthlyByWeekday:
		if s.Order == 0 {
			return months%s.Every == 0 && int(at.Weekday()) == s.Weekday-1 && at.AddDate(0, 0, 7).Month() != at.Month()
		}
		return months%s.Every == 0 && int(at.Weekday()) == s.Weekday-1 && (at.Day()+6)/7 == s.Order
	case MonthlyByDate:
		return months%s.Every == 0 && (at.Day() == s.Day || s.Day == 0 && last)
	default:
		return wall == s.Start
	}
}

func TestNextEqualsSlow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	zones := []*clock.Zone{nil, zoneNamed(t, "America/New_York"), zoneNamed(t, "Europe/Berlin"), zoneNamed(t, "Australia/Lord_Howe"), clock.Fixed(-540, clock.FromCCM)}
	found := 0
	for range 150 {
		s := randomSchedule(r)
		s.Start = time.Date(2024+r.IntN(2), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC).UnixNano()
		s.Days %= 3
		z := zones[r.IntN(len(zones))]
		from := time.Date(2025, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), 0, time.UTC).UnixNano()
		want := slowNext(&s, z, from, 4, 130)
		got := s.Next(z, from, len(want))
		found += len(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%s (%s) from %s:\n got %v\nwant %v", s, s.Encode(), show(from), got, want)
		}
	}
	if found < 150 {
		t.Errorf("only %d occurrences were compared", found)
	}
}

// TestNextBounded holds that no schedule and no moment makes it slow or fail.
func TestNextBounded(t *testing.T) {
	every := Schedule{Start: utc(t, "1971-01-01 00:00"), Days: 31, Recurrence: Recurrence{Kind: Interval, EveryMinutes: 1}}
	leap := Schedule{Start: utc(t, "1972-02-01 00:00"), Hours: 1, Recurrence: Recurrence{Kind: MonthlyByDate, Every: 12, Day: 29}}
	none := Schedule{Start: utc(t, "1972-02-01 00:00"), Hours: 1, Recurrence: Recurrence{Kind: MonthlyByDate, Every: 12, Day: 31}}
	zone := zoneNamed(t, "Europe/Berlin")
	for _, from := range []int64{math.MinInt64, -1, 0, utc(t, "2033-01-01 00:00"), utc(t, "2199-12-31 00:00"), math.MaxInt64} {
		for _, s := range []Schedule{every, leap, none, {}, {Recurrence: Recurrence{Kind: Weekly}}, {Recurrence: Recurrence{Kind: MonthlyByDate}}} {
			if n := len(s.Next(zone, from, math.MaxInt)); n > maxNext {
				t.Errorf("%v from %d: %d occurrences", s, from, n)
			}
		}
	}
	if got := leap.Next(nil, utc(t, "2025-01-01 00:00"), 1); len(got) != 1 || got[0].Start != utc(t, "2028-02-29 00:00") {
		t.Errorf("29 February: %v", got)
	}
	if got := none.Next(nil, utc(t, "2025-01-01 00:00"), 1); len(got) != 0 {
		t.Errorf("31 February: %v", got)
	}
}

func TestDates(t *testing.T) {
	f := func(text, near, want string) {
		t.Helper()
		var d dates
		got := "none"
		if wall, ok := d.read(text, utc(t, near)); ok {
			got = time.Unix(0, wall).UTC().Format("2006-01-02 15:04:05")
		}
		if got != want {
			t.Errorf("%q near %s: got %s, want %s", text, near, got, want)
		}
	}
	f("10/06/13 00:00:00", "2013-10-03 00:00", "2013-10-06 00:00:00")
	f("10/06/13 22:15:30", "2013-06-10 00:00", "2013-10-06 22:15:30") // two digits of a year: always month first
	f("10/10/2013 10:00:00 PM", "2013-10-03 00:00", "2013-10-10 22:00:00")
	f("10/9/2013 12:00:00 AM", "2013-09-10 00:00", "2013-10-09 00:00:00") // AM and PM: month first
	f("10/12/2013 12:30:00 PM", "2013-10-03 00:00", "2013-10-12 12:30:00")
	f("2013/10/06 0:00:00", "2013-10-03 00:00", "2013-10-06 00:00:00")
	f("2013/10/06 22:00:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("2013-10-06 22:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("2013-10-06T22:00:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("2013/10/06 午後 10:00:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("06.10.2013 22:00:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("06/10/2013 22:00:00", "2013-10-03 00:00", "2013-10-06 22:00:00")
	f("06/10/2013 22:00:00", "2013-06-03 00:00", "2013-06-10 22:00:00")
	f("25/10/2013 22:00:00", "2013-06-03 00:00", "2013-10-25 22:00:00")
	f("10/25/2013 22:00:00", "2013-06-03 00:00", "2013-10-25 22:00:00")
	f("01/01/38 00:00:00", "2013-10-03 00:00", "none")
	f("1/1/2038 12:00:00 AM", "2013-10-03 00:00", "none")
	f("2013/10/06", "2013-10-03 00:00", "2013-10-06 00:00:00")
	f("30/30/2013 22:00:00", "2013-10-03 00:00", "none")
	f("02/30/13 22:00:00", "2013-10-03 00:00", "none")
	f("10/06/13 24:00:00", "2013-10-03 00:00", "none")
	f("10/06/13 13:00:00 PM", "2013-10-03 00:00", "none")
	f("10/06", "2013-10-03 00:00", "none")
	f("10/06-13 00:00:00", "2013-10-03 00:00", "none")
	f("yesterday", "2013-10-03 00:00", "none")
	f("", "2013-10-03 00:00", "none")
}

// TestDatesLearn holds that a date that can only be read in one way decides about
// later ones of the same log.
func TestDatesLearn(t *testing.T) {
	f := func(first, then, near, want string) {
		t.Helper()
		var d dates
		d.read(first, utc(t, near))
		d.learn(first, utc(t, near))
		wall, _ := d.read(then, utc(t, near))
		if got := time.Unix(0, wall).UTC().Format("2006-01-02"); got != want {
			t.Errorf("%q, then %q: got %s, want %s", first, then, got, want)
		}
	}
	f("25/10/2013 22:00:00", "06/11/2013 22:00:00", "2013-06-10 00:00", "2013-11-06")
	f("10/25/2013 22:00:00", "06/11/2013 22:00:00", "2013-10-25 00:00", "2013-06-11")
	f("05/10/2013 22:00:00", "06/11/2013 22:00:00", "2013-10-05 22:00", "2013-11-06")
	f("06/06/2013 22:00:00", "06/11/2013 22:00:00", "2013-10-25 00:00", "2013-11-06")
}

func TestEnd(t *testing.T) {
	if got := time.Unix(0, lastMoment).UTC(); !got.Equal(time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("schedules end on %s", got)
	}
}
