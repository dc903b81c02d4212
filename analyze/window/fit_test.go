package window

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchtrail/analyze/lang/langtest"
	"patchtrail/ingest/clock"
)

// windows makes a set of a machine in Japan: each is "id type schedule", or "id
// type duration" for one whose schedule is not known.
func windows(t testing.TB, specs ...string) *Set {
	t.Helper()
	s := &Set{Machine: 3, Known: true, Zone: clock.Fixed(-540, clock.FromCCM)}
	for _, spec := range specs {
		f := strings.Fields(spec)
		kind, err := typeNamed(f[1])
		if err != nil {
			t.Fatal(err)
		}
		w := Window{ID: f[0], Type: kind, Source: FromLog}
		if len(f[2]) >= tokenDigits {
			w.Schedule = f[2]
			w.Schedules, w.Err = Parse(w.Schedule)
		} else {
			seconds, err := parseDuration(f[2])
			if err != nil {
				t.Fatal(err)
			}
			w.Stated = Occurrence{utc(t, "2025-01-01 00:00"), utc(t, "2025-01-01 00:00") + int64(seconds)*second}
		}
		s.windows = append(s.windows, w)
	}
	s.sort()
	return s
}

// Schedules of tests, all at 22:00 of the machine, which is 13:00 UTC.
const (
	wed7h   = "02C159C0381C2000"
	wed2h   = "02C159C0101C2000"
	sat2h   = "02C159C0101F2000"
	daily8h = "02D68AC040100008"
	past8h  = "02D68AC040080000"
	tue2h   = "02C159C0101B2000"
	// daily, 23:00, 8 h
	later8h = "02F68AC040100008"
)

func at(n int64) string {
	if n == 0 {
		return "-"
	}
	return time.Unix(0, n).UTC().Format("01-02 15:04")
}

func start(s *Start) string {
	if s == nil {
		return "-"
	}
	text := at(s.At) + " " + s.Window
	if s.Inexact {
		text += " inexact"
	}
	return strings.TrimSpace(text)
}

func cures(all []Cure) string {
	var out []string
	for _, c := range all {
		text := fmt.Sprintf("%s %s %d-%d", c.Kind, c.Window, c.From/60, c.To/60)
		if c.TooLow {
			text += " too low"
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// monday is a Monday noon in Japan.
const monday = "2025-03-17 03:00"

func TestFit(t *testing.T) {
	f := func(name string, s *Set, u Update, opt Options, want string) {
		t.Run(name, func(t *testing.T) {
			u.Key = "KB5000001"
			if opt.Now == 0 {
				opt.Now = utc(t, monday)
			}
			r := s.Fit([]Update{u}, opt)[0]
			got := fmt.Sprintf("%s %v %v, %d of %d (%d) min, next %s | %s, cures %s | %s", r.Reason, r.Fits, r.WithRestart, r.Required/60, r.Longest/60, r.Union/60,
				start(r.Next), start(r.NextWithRestart), cures(r.Cures), cures(r.CautiousCures))
			if got != want || r.Update != u.Key || r.Machine != 3 {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	h := func(n int) Update { return Update{Seconds: n * 3600} }
	none := Options{}
	f("fits", windows(t, "A updates "+wed7h), h(2), none,
		"fits true true, 120 of 420 (420) min, next 03-19 13:00 A | 03-19 13:00 A, cures  | ")
	f("exactly", windows(t, "A updates "+wed2h), h(2), none,
		"fits-without-restart true false, 120 of 120 (120) min, next 03-19 13:00 A | -, cures  | raise-window A 120-210; lower-maximum  120-30")
	f("a second too long", windows(t, "A updates "+wed2h), Update{Seconds: 7201}, none,
		"longer-than-windows false false, 120 of 120 (120) min, next - | -, cures raise-window A 120-121; lower-maximum  120-120 | raise-window A 120-211; lower-maximum  120-30")
	f("too long", windows(t, "A updates "+wed2h, "B updates "+sat2h), Update{Seconds: 4 * 3600, Ran: 9000}, none,
		"longer-than-windows false false, 240 of 120 (120) min, next - | -, cures raise-window A 120-240; lower-maximum  240-120 too low | raise-window A 120-330; lower-maximum  240-30 too low")
	f("allowance of the client settings", windows(t, "A updates "+wed2h), h(1), Options{Restart: 3600},
		"fits true true, 60 of 120 (120) min, next 03-19 13:00 A | 03-19 13:00 A, cures  | ")
	f("no allowance", windows(t, "A updates "+wed2h), h(2), Options{Restart: -1},
		"fits true true, 120 of 120 (120) min, next 03-19 13:00 A | 03-19 13:00 A, cures  | ")
	f("longer than any window may be", windows(t, "A updates "+wed2h), h(25), none,
		"longer-than-windows false false, 1500 of 120 (120) min, next - | -, cures lower-maximum  1500-120 | lower-maximum  1500-30")
	f("general windows do not count beside own", windows(t, "A updates "+wed2h, "B all "+daily8h), h(4), none,
		"longer-than-windows false false, 240 of 120 (120) min, next - | -, cures raise-window A 120-240; lower-maximum  240-120 | raise-window A 120-330; lower-maximum  240-30")
	f("unless the client takes both", windows(t, "A updates "+wed2h, "B all "+daily8h), h(4), Options{Both: true},
		"fits true true, 240 of 480 (480) min, next 03-17 13:00 B | 03-17 13:00 B, cures  | ")
	f("general windows", windows(t, "B all "+daily8h), h(8), none,
		"fits-without-restart true false, 480 of 480 (480) min, next 03-17 13:00 B | -, cures  | raise-window B 480-570; lower-maximum  480-390")
	f("business hours never count", windows(t, "C businesshours "+wed7h, "D programs "+wed7h, "E tasksequences "+wed7h), h(8), none,
		"no-windows true true, 480 of 0 (0) min, next 03-17 03:00 | 03-17 03:00, cures  | ")
	f("none, before the deadline", windows(t), Update{Seconds: 60, Deadline: utc(t, "2025-04-01 00:00")}, none,
		"no-windows true true, 1 of 0 (0) min, next 04-01 00:00 | 04-01 00:00, cures  | ")
	f("nothing known", &Set{Machine: 3}, h(1), none,
		"windows-unknown false false, 60 of 0 (0) min, next - | -, cures  | ")
	f("some known, perhaps not all", &Set{Machine: 3, windows: windows(t, "A updates "+wed2h).windows}, h(1), none,
		"fits-without-restart true false, 60 of 120 (120) min, next 03-19 22:00 A | -, cures  | raise-window A 120-150; lower-maximum  60-30")
	f("after the deadline", windows(t, "A updates "+wed2h), Update{Seconds: 3600, Deadline: utc(t, "2025-03-20 00:00")}, none,
		"fits-without-restart true false, 60 of 120 (120) min, next 03-26 13:00 A | -, cures  | raise-window A 120-150; lower-maximum  60-30")
	f("open now with enough left", windows(t, "A updates "+wed7h), h(2), Options{Now: utc(t, "2025-03-19 16:00")},
		"fits true true, 120 of 420 (420) min, next 03-19 16:00 A | 03-19 16:00 A, cures  | ")
	f("open now, too little left for a restart", windows(t, "A updates "+wed7h), h(2), Options{Now: utc(t, "2025-03-19 17:00")},
		"fits true true, 120 of 420 (420) min, next 03-19 17:00 A | 03-26 13:00 A, cures  | ")
	f("open now, too little left", windows(t, "A updates "+wed7h), h(2), Options{Now: utc(t, "2025-03-19 18:01")},
		"fits true true, 120 of 420 (420) min, next 03-26 13:00 A | 03-26 13:00 A, cures  | ")
	f("deadline inside a window", windows(t, "A updates "+wed7h), Update{Seconds: 3600, Deadline: utc(t, "2025-03-19 14:30")}, none,
		"fits true true, 60 of 420 (420) min, next 03-19 14:30 A | 03-19 14:30 A, cures  | ")
	f("the earliest of several", windows(t, "A updates "+wed7h, "B updates "+tue2h), h(1), none,
		"fits true true, 60 of 420 (420) min, next 03-18 13:00 B | 03-19 13:00 A, cures  | ")
	f("only the union is enough", windows(t, "A updates "+daily8h, "B updates "+later8h), h(9), none,
		"longer-than-each-window false false, 540 of 480 (540) min, next - | -, cures raise-window A 480-540; lower-maximum  540-480 | raise-window A 480-630; lower-maximum  540-390")
	f("not even the union", windows(t, "A updates "+daily8h, "B updates "+later8h), h(10), none,
		"longer-than-windows false false, 600 of 480 (540) min, next - | -, cures raise-window A 480-600; lower-maximum  600-480 | raise-window A 480-690; lower-maximum  600-390")
	f("all over", windows(t, "A updates "+past8h), h(1), none,
		"windows-over false false, 60 of 0 (0) min, next - | -, cures add-window  0-60 | add-window  0-150")
	f("over, but others come", windows(t, "A updates "+past8h, "B updates "+wed2h), h(1), Options{Restart: -1},
		"fits true true, 60 of 120 (120) min, next 03-19 13:00 B | 03-19 13:00 B, cures  | ")
	f("ignores windows", windows(t, "A updates "+wed2h), Update{Seconds: 9 * 3600, IgnoresWindows: true}, none,
		"ignores-windows true true, 540 of 120 (120) min, next 03-17 03:00 | 03-17 03:00, cures  | ")
	f("only available", windows(t, "A updates "+wed2h), Update{Seconds: 9 * 3600, Available: true}, none,
		"available-only false false, 540 of 120 (120) min, next - | -, cures  | ")
	f("only available, no windows", windows(t), Update{Seconds: 9 * 3600, Available: true}, none,
		"available-only true true, 540 of 0 (0) min, next - | -, cures  | ")
	f("a window whose days are not known", windows(t, "A updates 4h"), h(2), none,
		"fits true true, 120 of 240 (240) min, next - | -, cures  | ")
	f("dates that may be off", windows(t, "A updates 02D68AC010231408"), h(2), Options{Restart: -1},
		"fits true true, 120 of 120 (120) min, next 04-08 13:00 A inexact | 04-08 13:00 A inexact, cures  | ")
	f("several schedules", windows(t, "A updates "+tue2h+wed7h), h(3), none,
		"fits true true, 180 of 420 (420) min, next 03-19 13:00 A | 03-19 13:00 A, cures  | ")
	f("a schedule that cannot be read", windows(t, "A updates FFFFFFFFFFFFFFFF", "B updates "+wed2h), h(3), none,
		"windows-unknown false false, 180 of 120 (120) min, next - | -, cures  | ")
	unread := windows(t, "A updates "+wed7h)
	unread.windows[0].Unread = true
	f("a schedule that the client cannot read", unread, h(3), none,
		"windows-over false false, 180 of 0 (0) min, next - | -, cures add-window  0-180 | add-window  0-270")
	f("a window of no time", windows(t, "A updates 000759C0001F2000"), h(1), none,
		"longer-than-windows false false, 60 of 0 (0) min, next - | -, cures raise-window A 0-60 | raise-window A 0-150")
	f("a window of no time beside a real one", windows(t, "A updates 000759C0001F2000", "B updates "+wed2h), h(1), Options{Restart: -1},
		"fits true true, 60 of 120 (120) min, next 03-19 13:00 B | 03-19 13:00 B, cures  | ")
	f("may restart at any time", windows(t, "A updates "+wed2h), Update{Seconds: 2 * 3600, RestartsAnyTime: true}, none,
		"fits true true, 120 of 120 (120) min, next 03-19 13:00 A | 03-19 13:00 A, cures  | ")
	gone := windows(t, "A updates "+wed2h, "B all "+wed7h)
	gone.windows[1].Until = 1
	f("deleted windows do not count", gone, h(3), none,
		"fits true true, 180 of 420 (420) min, next 03-19 13:00 B | 03-19 13:00 B, cures  | ")
}

func TestSimulate(t *testing.T) {
	f := func(name string, s *Set, updates []Update, opt Options, want ...string) {
		t.Run(name, func(t *testing.T) {
			opt.Now = utc(t, monday)
			m := s.Simulate(updates, opt)
			var got []string
			for _, slot := range m.Slots {
				line := fmt.Sprintf("%s %s-%s left %d", slot.Window, at(slot.Occurrence.Start), at(slot.Occurrence.End), slot.Left/60)
				for _, r := range slot.Runs {
					line += fmt.Sprintf(", %s %s-%s of %d", r.Update, at(r.Start), at(r.End), r.Left/60)
				}
				if slot.Waited > 0 {
					line += fmt.Sprint(", waiting ", slot.Waiting)
				}
				got = append(got, line)
			}
			for _, r := range m.Free {
				got = append(got, fmt.Sprintf("free %s %s-%s", r.Update, at(r.Start), at(r.End)))
			}
			got = append(got, fmt.Sprintf("never %v later %v by user %v unknown %v", m.Never, m.Later, m.ByUser, m.Unknown))
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
	u := func(key string, minutes int) Update { return Update{Key: key, Seconds: minutes * 60} }
	f("shortest first, the rest waits", windows(t, "A updates "+wed2h), []Update{u("long", 120), u("mid", 60), u("short", 30), u("other", 30), u("never", 121)}, Options{Weeks: 2},
		"A 03-19 13:00-03-19 15:00 left 0, other 03-19 13:00-03-19 13:30 of 120, short 03-19 13:30-03-19 14:00 of 90, mid 03-19 14:00-03-19 15:00 of 60, waiting [long]",
		"A 03-26 13:00-03-26 15:00 left 0, long 03-26 13:00-03-26 15:00 of 120",
		"never [never] later [] by user [] unknown []")
	f("later than the horizon", windows(t, "A updates "+wed2h), []Update{u("a", 120), u("b", 120), {Key: "c", Seconds: 60, Deadline: utc(t, "2026-01-01 00:00")}}, Options{Weeks: 1},
		"A 03-19 13:00-03-19 15:00 left 0, a 03-19 13:00-03-19 15:00 of 120, waiting [b]",
		"never [] later [b c] by user [] unknown []")
	f("a deadline inside the window", windows(t, "A updates "+wed2h), []Update{{Key: "a", Seconds: 1800, Deadline: utc(t, "2025-03-19 14:00")}, u("b", 90)}, Options{Weeks: 1},
		"A 03-19 13:00-03-19 15:00 left 0, b 03-19 13:00-03-19 14:30 of 120, a 03-19 14:30-03-19 15:00 of 30",
		"never [] later [] by user [] unknown []")
	f("a deadline in an idle window", windows(t, "A updates "+wed2h), []Update{{Key: "a", Seconds: 1800, Deadline: utc(t, "2025-03-19 14:00")}}, Options{Weeks: 1},
		"A 03-19 13:00-03-19 15:00 left 30, a 03-19 14:00-03-19 14:30 of 60",
		"never [] later [] by user [] unknown []")
	f("overlapping windows: the one that ends last", windows(t, "A updates "+daily8h, "B updates "+later8h), []Update{u("a", 8*60), u("b", 60)}, Options{Weeks: 1, Cautious: false},
		"A 03-17 13:00-03-17 21:00 left 420, b 03-17 13:00-03-17 14:00 of 480",
		"B 03-17 14:00-03-17 22:00 left 0, a 03-17 14:00-03-17 22:00 of 480",
		"A 03-18 13:00-03-18 21:00 left 480", "B 03-18 14:00-03-18 22:00 left 480",
		"A 03-19 13:00-03-19 21:00 left 480", "B 03-19 14:00-03-19 22:00 left 480",
		"A 03-20 13:00-03-20 21:00 left 480", "B 03-20 14:00-03-20 22:00 left 480",
		"A 03-21 13:00-03-21 21:00 left 480", "B 03-21 14:00-03-21 22:00 left 480",
		"A 03-22 13:00-03-22 21:00 left 480", "B 03-22 14:00-03-22 22:00 left 480",
		"A 03-23 13:00-03-23 21:00 left 480", "B 03-23 14:00-03-23 22:00 left 480",
		"never [] later [] by user [] unknown []")
	f("with the allowance for a restart", windows(t, "A updates "+wed7h), []Update{u("a", 300), u("b", 60), u("c", 331)}, Options{Weeks: 1, Cautious: true},
		"A 03-19 13:00-03-19 20:00 left 360, b 03-19 13:00-03-19 14:00 of 420, waiting [a]",
		"never [c] later [a] by user [] unknown []")
	f("free ones and those of users", windows(t), []Update{u("b", 60), {Key: "a", Seconds: 60, Available: true}, {Key: "c", Seconds: 60, Deadline: utc(t, "2025-03-18 00:00")}}, Options{},
		"free b 03-17 03:00-03-17 04:00", "free c 03-18 00:00-03-18 00:01", "never [] later [] by user [a] unknown []")
	f("nothing known", &Set{}, []Update{u("a", 60)}, Options{}, "never [] later [] by user [] unknown [a]")
}

// TestSimulateBounded holds that no set of windows makes it slow.
func TestSimulateBounded(t *testing.T) {
	every := Schedule{Start: utc(t, "1971-01-01 00:00"), Days: 31, Recurrence: Recurrence{Kind: Interval, EveryMinutes: 1}}
	specs := make([]string, 20)
	for i := range specs {
		specs[i] = fmt.Sprintf("W%d updates %s", i, every.Encode())
	}
	updates := make([]Update, 5000)
	for i := range updates {
		updates[i] = Update{Key: fmt.Sprint(i), Seconds: 60 * (1 + i%9999), Deadline: int64(i) * minute}
	}
	m := windows(t, specs...).Simulate(updates, Options{Now: utc(t, monday), Weeks: 1 << 30})
	if !m.Truncated || len(m.Slots) != maxSlots {
		t.Errorf("%d slots, truncated %v", len(m.Slots), m.Truncated)
	}
}

func TestParseEdit(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		e, err := ParseEdit(text)
		got := fmt.Sprintf("%v %s %v %d", e.Window, e.Target, e.Relative, e.Seconds)
		if err != nil {
			got = err.Error()
			if !errors.Is(err, ErrEdit) {
				t.Errorf("%q: %v is not ErrEdit", text, err)
			}
			if wrong := langtest.Wrong(err); wrong != "" {
				t.Error(wrong)
			}
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	f("max:KB5034441=60", "false KB5034441 false 3600")
	f("MAX: KB5034441 = 1h30m", "false KB5034441 false 5400")
	f("max:KB5034441=+30", "false KB5034441 true 1800")
	f("window:{AAAAAAAA-0000-0000-0000-000000000001}=+120m", "true {AAAAAAAA-0000-0000-0000-000000000001} true 7200")
	f("window:Patching=a=-30m", "true Patching=a true -1800")
	f("window:Patching=4:30", "true Patching false 16200")
	f("window:Patching=240m", "true Patching false 14400")
	f("window:Patching=1 day", "true Patching false 86400")
	const shape = "what-if: %q is neither max:UPDATE=MINUTES nor window:ID=MINUTES, as in max:KB5034441=60 or window:ID=+120m"
	for _, bad := range []string{"", "max", "max:KB5034441", "size:KB5034441=1", "=60"} {
		f(bad, fmt.Sprintf(shape, bad))
	}
	f("max:=60", `what-if: "max:=60" names no update`)
	f("window: =60", `what-if: "window: =60" names no window`)
	for _, value := range []string{"", "+", "x", "60x", "4h30", "0h", "1:60", "1:2", "99999999999m", "-", "--5", "6h m"} {
		if e, err := ParseEdit("max:KB1=" + value); !errors.Is(err, ErrEdit) {
			t.Errorf("value %q: %+v, %v", value, e, err)
		}
	}
}

func TestApply(t *testing.T) {
	updates := []Update{{Key: "KB5034441", KB: "KB5034441", UpdateID: "aaaa-1", Title: "First", Seconds: 7200}, {Key: "KB5034441", KB: "KB5034441", UpdateID: "aaaa-2", Seconds: 600}}
	f := func(text, want string) {
		t.Helper()
		s := windows(t, "{AAAAAAAA-1} updates "+wed2h, "{AAAAAAAA-2} updates "+sat2h+tue2h, "{BBBB-1} all 4h")
		s.windows[0].Name = "Servers"
		e, err := ParseEdit(text)
		if err != nil {
			t.Fatal(err)
		}
		set, edited, err := s.Apply(updates, []Edit{e})
		if wrong := langtest.Wrong(err); wrong != "" {
			t.Error(wrong)
		}
		var got string
		if err != nil {
			got = err.Error()
		} else {
			for _, w := range set.windows {
				got += fmt.Sprint(w.Seconds()/60, " ")
				for _, c := range w.Schedules {
					if !strings.Contains(w.Schedule, c.Encode()) {
						t.Errorf("%s: %s is not in %s", text, c.Encode(), w.Schedule)
					}
				}
			}
			for _, u := range edited {
				got += fmt.Sprint(u.Seconds/60, " ")
			}
		}
		if got = strings.TrimSpace(got); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
		if n := s.windows[0].Seconds() + s.windows[1].Seconds() + s.windows[2].Seconds() + updates[0].Seconds + updates[1].Seconds; n != (240+120+120+120+10)*60 {
			t.Errorf("%s changed what it was given", text)
		}
	}
	// The set has the general window first.
	f("max:KB5034441=60", "240 120 120 60 60")
	f("max:kb5034441=+30", "240 120 120 150 40")
	f("max:AAAA-2=30", "240 120 120 120 30")
	f("max:first=30", "240 120 120 30 10")
	f("max:KB1=30", "what-if: no update KB1 waits to be installed; these do: KB5034441")
	f("max:KB5034441=-10", "what-if: the maximum run time of KB5034441 would be 0 minutes; it may be 1 to 9999, as in max:KB5034441=60")
	f("max:KB5034441=10000", "what-if: the maximum run time of KB5034441 would be 10000 minutes; it may be 1 to 9999, as in max:KB5034441=60")
	f("window:{aaaaaaaa-1}=+120m", "240 240 120 120 10")
	f("window:AAAAAAAA-1=90", "240 90 120 120 10")
	f("window:AAAAAAAA-2=24h", "240 120 1440 120 10")
	f("window:bbbb=+30", "270 120 120 120 10")
	f("window:servers=60", "60 120 120 120 10")
	f("window:AAAA=60", "what-if: AAAA may be any of the windows aaaaaaaa-1, aaaaaaaa-2")
	f("window:bbb=60", "what-if: no window bbb in force; these are: {BBBB-1}, {AAAAAAAA-1}, {AAAAAAAA-2}")
	f("window:BBBB-1=-240", "what-if: window BBBB-1 would last 0 minutes; a window lasts 1 minute to 24 hours")
	f("window:BBBB-1=1d1m", "what-if: window BBBB-1 would last 1441 minutes; a window lasts 1 minute to 24 hours")
}

func TestWhatIf(t *testing.T) {
	s := windows(t, "{AAAAAAAA-1} updates "+wed2h)
	updates := []Update{{Key: "KB1", KB: "KB1", Seconds: 4 * 3600}, {Key: "KB2", KB: "KB2", Seconds: 600}}
	opt := Options{Now: utc(t, monday), Restart: -1}
	c, err := s.WhatIf(updates, []Edit{{Window: true, Target: "AAAAAAAA-1", Relative: true, Seconds: 2 * 3600}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	if c.Before[0].Fits || !c.After[0].Fits || fmt.Sprint(c.Changed) != "[KB1]" {
		t.Errorf("before %+v, after %+v, changed %v", c.Before[0], c.After[0], c.Changed)
	}
	if n := len(c.SimulationAfter.Slots[1].Runs); fmt.Sprint(c.SimulationBefore.Never) != "[KB1]" || n != 1 {
		t.Errorf("never before %v, %d runs in the second window after", c.SimulationBefore.Never, n)
	}
	if _, err := s.WhatIf(updates, []Edit{{Target: "KB9", Seconds: 600}}, opt); !errors.Is(err, ErrEdit) {
		t.Errorf("got %v", err)
	}
	// The cure that a fit names is enough, and a minute less is not.
	for _, cure := range c.Before[0].Cures {
		for _, less := range []int{0, 60} {
			e := Edit{Target: "KB1", Seconds: cure.To + less}
			if cure.Kind == RaiseWindow {
				e = Edit{Window: true, Target: cure.Window, Seconds: cure.To - less}
			}
			c, err := s.WhatIf(updates, []Edit{e}, opt)
			if err != nil || c.After[0].Fits != (less == 0) {
				t.Errorf("%+v: fits %v, %v", e, c.After[0].Fits, err)
			}
		}
	}
}
