package etl

import (
	"math"
	"math/bits"
	"time"
)

// systemHeader is the size of SYSTEM_TRACE_HEADER, before the event's data.
const systemHeader = 32

// Kinds of clock, TRACE_LOGFILE_HEADER.ReservedFlags.
const (
	clockQPC    = 1
	clockSystem = 2
	clockCPU    = 3
)

// FILETIME counts 100 ns since 1601-01-01.
const (
	filetimeUnix = 116444736000000000 // 1970-01-01
	filetimeMin  = 119600064000000000 // 1980-01-01
	filetimeMax  = 157468320000000000 // 2100-01-01
)

// clock turns the time stamps of a trace into UTC.
type clock struct {
	known bool
	kind  uint32
	freq  uint64 // ticks a second
	tick0 uint64 // time stamp of the trace's own description
	start uint64 // FILETIME of the same instant

	tzi    [172]byte // TIME_ZONE_INFORMATION
	hasTZI bool
}

// read takes the clock from a TRACE_LOGFILE_HEADER event.
func (c *clock) read(ev []byte) {
	if len(ev) < systemHeader+48 {
		return
	}
	d := ev[systemHeader:]
	zone := 72 // after two pointers
	if le32(d[44:]) == 4 {
		zone = 64
	}
	boot := (zone + len(c.tzi) + 7) &^ 7
	if len(d) < boot+28 {
		return
	}
	copy(c.tzi[:], d[zone:])
	c.hasTZI = true
	c.tick0 = le64(ev[16:])
	c.freq = le64(d[boot+8:])
	c.start = le64(d[boot+16:])
	c.kind = le32(d[boot+24:])
	if c.kind == clockCPU {
		c.freq = uint64(le32(d[52:])) * 1e6
	}
	c.known = c.kind == clockSystem || c.freq > 0 && c.start >= filetimeMin && c.start <= filetimeMax
}

// utc returns the nanoseconds since 1970 of a time stamp.
func (c *clock) utc(ts uint64) (int64, bool) {
	if !c.known || c.kind == clockSystem {
		// Without a clock, only a stamp that can be nothing else is a FILETIME.
		if ts < filetimeMin || ts > filetimeMax {
			return 0, false
		}
		return (int64(ts) - filetimeUnix) * 100, true
	}
	start := (int64(c.start) - filetimeUnix) * 100
	d, sign := ts-c.tick0, int64(1)
	if ts < c.tick0 {
		d, sign = c.tick0-ts, -1
	}
	hi, lo := bits.Mul64(d, uint64(time.Second))
	if hi >= c.freq {
		return 0, false
	}
	ns, _ := bits.Div64(hi, lo, c.freq)
	if ns > math.MaxInt64/4 {
		return 0, false
	}
	return start + sign*int64(ns), true
}

// zone returns the bias in minutes at the start of the trace.
func (c *clock) zone() (int, bool) {
	if !c.hasTZI {
		return 0, false
	}
	tz := c.tzi[:]
	blank := true
	for _, x := range tz {
		blank = blank && x == 0
	}
	bias := int(int32(le32(tz)))
	std, dst := int(int32(le32(tz[84:]))), int(int32(le32(tz[168:])))
	if blank || bias < -24*60 || bias > 24*60 || std < -180 || std > 180 || dst < -180 || dst > 180 {
		return 0, false
	}
	toStd, toDst := transition(tz[68:]), transition(tz[152:])
	if !toStd.set || !toDst.set || c.start < filetimeMin || c.start > filetimeMax {
		return bias + std, true
	}
	now := time.Unix(0, (int64(c.start)-filetimeUnix)*100).UTC()
	// Rules are in local time as it was before the change.
	year := now.Add(-time.Duration(bias) * time.Minute).Year()
	begin := toDst.in(year).Add(time.Duration(bias+std) * time.Minute)
	end := toStd.in(year).Add(time.Duration(bias+dst) * time.Minute)
	summer := !now.Before(begin) && now.Before(end)
	if end.Before(begin) { // southern half of the world
		summer = !now.Before(begin) || now.Before(end)
	}
	if summer {
		return bias + dst, true
	}
	return bias + std, true
}

// rule is one change between standard and summer time (SYSTEMTIME in a
// TIME_ZONE_INFORMATION): the week'th weekday of a month, or a date.
type rule struct {
	set                     bool
	year, month, wday, week int
	hour, minute            int
}

func transition(b []byte) rule {
	f := func(i int) int { return int(le16(b[2*i:])) }
	r := rule{year: f(0), month: f(1), wday: f(2), week: f(3), hour: f(4), minute: f(5)}
	r.set = r.month >= 1 && r.month <= 12 && r.wday <= 6 && r.week >= 1 && r.week <= 31 && r.hour < 24 && r.minute < 60
	return r
}

// in returns the wall clock of the change in a year, as if it were UTC.
func (r rule) in(year int) time.Time {
	if r.year != 0 {
		return time.Date(year, time.Month(r.month), r.week, r.hour, r.minute, 0, 0, time.UTC)
	}
	t := time.Date(year, time.Month(r.month), 1, r.hour, r.minute, 0, 0, time.UTC)
	t = t.AddDate(0, 0, (r.wday-int(t.Weekday())+7)%7)
	for w := 1; w < r.week; w++ {
		next := t.AddDate(0, 0, 7)
		if next.Month() != t.Month() {
			break // 5 means the last one
		}
		t = next
	}
	return t
}
