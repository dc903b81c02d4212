package scan

import (
	"testing"
	"time"
)

func TestLooseClock(t *testing.T) {
	f := func(s string, want int64, n int) {
		t.Helper()
		if v, k := LooseClock([]byte(s)); v != want || k != n {
			t.Errorf("LooseClock(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("1:02:03 PM", 3723, 7)
	f("01:02:03", 3723, 8)
	f("23:59:59.123", 86399, 8)
	f("24:00:00", 0, 0)
	f("001:02:03", 0, 0)
	f("1:2:3", 0, 0)
	f("1:02:0", 0, 0)
	f("", 0, 0)
}

func TestMonthFirst(t *testing.T) {
	f := func(s string, want int64, n int) {
		t.Helper()
		if v, k := MonthFirst([]byte(s)); v != want || k != n {
			t.Errorf("MonthFirst(%q) = %d, %d, want %d, %d", s, v, k, want, n)
		}
	}
	f("01-02-1970 10", 1, 10)
	f("1-2-1970", 1, 8)
	f("13-02-1970", 0, 0)
	f("02-30-2000", 0, 0)
	f("02-03-20001", 0, 0)
	f("02-03-200", 0, 0)
	f("02-03", 0, 0)
	f("02/03/2000", 0, 0)
	f("-", 0, 0)
	f("", 0, 0)
}

func TestAsctime(t *testing.T) {
	f := func(s, want string, n int) {
		t.Helper()
		v, k := Asctime([]byte(s))
		got := time.Unix(0, v).UTC().Format(time.RFC3339Nano)
		if k != n || k > 0 && got != want {
			t.Errorf("Asctime(%q) = %s, %d, want %s, %d", s, got, k, want, n)
		}
	}
	f("Fri Dec  9 11:25:00 2022", "2022-12-09T11:25:00Z", 24)
	f("Sat Jan 14 13:20:19 2023> x", "2023-01-14T13:20:19Z", 24)
	f("Wed Nov 08 14:19:51.750 2006 W. Europe Standard Time>", "2006-11-08T14:19:51.75Z", 28)
	f("Fri Dec 9 11:25:00 2022>", "2022-12-09T11:25:00Z", 23)
	f("Fri Dec   9 11:25:00 2022", "", 0)
	f("Fri Dez  9 11:25:00 2022", "", 0)
	f("Fri Feb 30 11:25:00 2022", "", 0)
	f("Fri Dec  9 25:25:00 2022", "", 0)
	f("Fri Dec  9 11:25:00 20222", "", 0)
	f("Fri Dec  9 11:25:00.1234567890123 20", "", 0)
	f("F-i Dec  9 11:25:00 2022", "", 0)
	f("Fri Dec", "", 0)
	f("", "", 0)
	// Every day of the years, as package time writes it.
	for d := time.Date(1970, 1, 1, 23, 59, 58, 0, time.UTC); d.Year() <= 2261; d = d.AddDate(0, 0, 1) {
		s := d.Format(time.ANSIC)
		if v, n := Asctime([]byte(s)); n != len(s) || v != d.UnixNano() {
			t.Fatalf("Asctime(%q) = %d, %d, want %d", s, v, n, d.UnixNano())
		}
	}
}
