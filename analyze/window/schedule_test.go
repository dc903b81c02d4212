package window

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestDecode(t *testing.T) {
	f := func(token, want string) {
		t.Helper()
		s, err := Decode(token)
		got := s.String()
		if err != nil {
			got = err.Error()
		} else if again := s.Encode(); !strings.EqualFold(again, token) {
			t.Errorf("%s encoded again is %s", token, again)
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", token, got, want)
		}
	}
	f("02C159C0381C2000", "every week on Wednesday, from 2009-05-01 22:00, for 7h0m0s")
	f("02c159c0381c2000", "every week on Wednesday, from 2009-05-01 22:00, for 7h0m0s")
	f("000859C028192000", "every week on Sunday, from 2009-05-08 00:00, for 5h0m0s")
	f("02D68AC040100008", "every day, from 2013-08-22 22:00, for 8h0m0s")
	f("00302B0018192000", "every week on Sunday, from 2014-02-16 01:00, for 3h0m0s")
	f("000759C0001F2000", "every week on Saturday, from 2009-05-07 00:00, for 0s")
	f("00074AC0005F2000", "every week on Saturday, from 2013-04-07 00:00, for 24h0m0s")
	f("EDA11B41101B2000", "every week on Tuesday, from 2015-01-01 13:59, for 2h1m0s")
	f("02D68AC040080000", "once, from 2013-08-22 22:00, for 8h0m0s")
	f("02D68AC040080001", "once, from 2013-08-22 22:00 UTC, for 8h0m0s")
	f("02D68AC040100110", "every 2 days 1 hour, from 2013-08-22 22:00, for 8h0m0s")
	f("02D68AC04013C000", "every 30 minutes, from 2013-08-22 22:00, for 8h0m0s")
	f("02D68AC010231400", "every month on the second Tuesday, from 2013-08-22 22:00, for 2h0m0s")
	f("02D68AC010231408", "every month on the second Tuesday, from 2013-08-22 22:00, for 2h0m0s, offset not decoded")
	f("02D68AC010273000", "every 3 months on the last Saturday, from 2013-08-22 22:00, for 2h0m0s")
	f("02D68AC0102BC400", "every month on day 15, from 2013-08-22 22:00, for 2h0m0s")
	f("02D68AC010280800", "every 2 months on the last day, from 2013-08-22 22:00, for 2h0m0s")
	f("0001200000100100", "every hour, from 1970-02-01 00:00, for 0s")
	f("", `schedule "": not made of tokens of 16 hexadecimal digits`)
	f("02C159C0", `schedule "02C159C0": not made of tokens of 16 hexadecimal digits`)
	f("02C159C0381C200", `schedule "02C159C0381C200": not made of tokens of 16 hexadecimal digits`)
	f("02C159C0381C20000", `schedule "02C159C0381C20000": not made of tokens of 16 hexadecimal digits`)
	f("+2C159C0381C2000", `schedule "+2C159C0381C2000": not made of tokens of 16 hexadecimal digits`)
	f("02C159C0-81C2000", `schedule "02C159C0-81C2000": not made of tokens of 16 hexadecimal digits`)
	f("02C159C0381C20ZZ", `schedule "02C159C0381C20ZZ": not made of tokens of 16 hexadecimal digits`)
	f("02C1D9C0381C2000", "schedule 02C1D9C0381C2000: start 2009-13-1 22:0: impossible schedule")
	f("02DF2B0018192000", "schedule 02DF2B0018192000: start 2014-2-31 22:0: impossible schedule")
	f("0301A9C0381C2000", "schedule 0301A9C0381C2000: start 2009-10-1 24:0: impossible schedule")
	f("02C159C038182000", "schedule 02C159C038182000: kind 3, weekday 0, every 1, order 0, interval 0 days 0 hours 0 minutes: impossible schedule")
	f("02C159C0381C0000", "schedule 02C159C0381C0000: kind 3, weekday 4, every 0, order 0, interval 0 days 0 hours 0 minutes: impossible schedule")
	f("02C159C038100000", "schedule 02C159C038100000: kind 2, weekday 0, every 0, order 0, interval 0 days 0 hours 0 minutes: impossible schedule")
	f("02C159C038300000", "schedule 02C159C038300000: kind 6, weekday 0, every 0, order 0, interval 0 days 0 hours 0 minutes: impossible schedule")
	f("02C159C010231A00", "schedule 02C159C010231A00: kind 4, weekday 3, every 1, order 5, interval 0 days 0 hours 0 minutes: impossible schedule")
}

func TestParse(t *testing.T) {
	f := func(text string, want int, fails error) {
		t.Helper()
		got, err := Parse(text)
		if len(got) != want || !errors.Is(err, fails) {
			t.Errorf("%.60q: %d schedules, %v, want %d, %v", text, len(got), err, want, fails)
		}
	}
	const one = "02C159C0381C2000"
	f(one, 1, nil)
	f(" "+one+"\t", 1, nil)
	f(strings.Repeat(one, 5), 5, nil)
	f(strings.Repeat(one, maxTokens), maxTokens, nil)
	f(strings.Repeat(one, maxTokens+1), 0, ErrToken)
	f("", 0, ErrToken)
	f(one+"02C1", 0, ErrToken)
	f(one+"02C1D9C0381C2000", 0, ErrSchedule)
}

// TestWords holds that every recurrence has words and the numbers that they need.
func TestWords(t *testing.T) {
	f := func(r Recurrence, want string) {
		t.Helper()
		key, args := r.Words()
		if got := fmt.Sprint(key, args); got != want {
			t.Errorf("%v: got %s, want %s", r, got, want)
		}
	}
	f(Recurrence{Kind: Once}, "recurrence.once[]")
	f(Recurrence{Kind: Interval, EveryDays: 2}, "recurrence.daily[2]")
	f(Recurrence{Kind: Interval, EveryDays: 1, EveryHours: 2, EveryMinutes: 3}, "recurrence.interval[1 2 3]")
	f(Recurrence{Kind: Weekly, Every: 2, Weekday: 7}, "recurrence.weekly[2 7]")
	f(Recurrence{Kind: MonthlyByWeekday, Every: 1, Weekday: 3, Order: 2}, "recurrence.weekday[1 3 2]")
	f(Recurrence{Kind: MonthlyByWeekday, Every: 1, Weekday: 3}, "recurrence.last-weekday[1 3]")
	f(Recurrence{Kind: MonthlyByDate, Every: 1, Day: 31}, "recurrence.date[1 31]")
	f(Recurrence{Kind: MonthlyByDate, Every: 4}, "recurrence.last-day[4]")
}

// randomSchedule returns a schedule that a token can hold, of any kind.
func randomSchedule(r *rand.Rand) Schedule {
	start := time.Date(1971+r.IntN(62), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC)
	s := Schedule{
		Start: start.UnixNano(), UTC: r.IntN(4) == 0,
		Days: r.IntN(32), Hours: r.IntN(32), Minutes: r.IntN(64),
		Recurrence: Recurrence{Kind: Kind(1 + r.IntN(5))},
	}
	switch s.Kind {
	case Interval:
		s.EveryDays, s.EveryHours, s.EveryMinutes = r.IntN(32), r.IntN(32), r.IntN(64)
		if s.EveryDays+s.EveryHours+s.EveryMinutes == 0 {
			s.EveryDays = 1
		}
	case Weekly:
		s.Weekday, s.Every = 1+r.IntN(7), 1+r.IntN(7)
	case MonthlyByWeekday:
		s.Weekday, s.Every, s.Order = 1+r.IntN(7), 1+r.IntN(15), r.IntN(5)
	case MonthlyByDate:
		s.Day, s.Every = r.IntN(32), 1+r.IntN(15)
	}
	return s
}

// TestRoundTrip encodes and decodes 10,000 random schedules.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kinds := map[Kind]int{}
	for range 10_000 {
		want := randomSchedule(r)
		kinds[want.Kind]++
		got, err := Decode(want.Encode())
		if err != nil || got != want {
			t.Fatalf("%+v is %s, decoded %+v, %v", want, want.Encode(), got, err)
		}
	}
	for k := Once; k <= MonthlyByDate; k++ {
		if kinds[k] < 1000 {
			t.Errorf("only %d of kind %d", kinds[k], k)
		}
	}
}

func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"02C159C0381C2000", "02D68AC040100008EDA11B41101B2000", "02D68AC010231408", "02D68AC0102BC400", "02D68AC040080001", "0001200000100100", "02C1D9C0381C2000", "FFFFFFFFFFFFFFFF"} {
		f.Add(s, int64(1_700_000_000_000_000_000))
	}
	zone := zoneNamed(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string, from int64) {
		all, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrToken) && !errors.Is(err, ErrSchedule) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		var again strings.Builder
		for i := range all {
			again.WriteString(all[i].Encode())
			next := all[i].Next(zone, from, 5)
			for k, o := range next {
				if o.End-o.Start != int64(all[i].Seconds())*second || o.End < from || k > 0 && o.Start <= next[k-1].Start {
					t.Fatalf("%s: occurrence %d of %v from %d", text, k, next, from)
				}
			}
		}
		if !strings.EqualFold(again.String(), strings.TrimSpace(text)) {
			t.Fatalf("%q encoded again is %q", text, again.String())
		}
	})
}
