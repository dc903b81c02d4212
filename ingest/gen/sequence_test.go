package gen

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestChanges(t *testing.T) {
	f := func(zone string, want ...string) {
		t.Helper()
		var got []string
		for _, c := range Changes(load(t, zone), 2025) {
			got = append(got, c.Format("01-02T15:04Z"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s changes at %q, want %q", zone, got, want)
		}
	}
	f("America/Chicago", "03-09T08:00Z", "11-02T07:00Z")
	f("Europe/Berlin", "03-30T01:00Z", "10-26T01:00Z")
	f("Asia/Tokyo")
	f("UTC")
}

// What a reader needs of each format to find a record's number and its time,
// written independently of the writer.
var sequenceShapes = map[Format]struct {
	re     *regexp.Regexp // 1 is the number in all, date and time are named
	layout string
}{
	CMTrace:             {regexp.MustCompile(`LOG\[.*seq=(\d{6})\]LOG\]!><time="(?P<time>[\d:.]+)(?P<bias>[+-]\d+)" date="(?P<date>[\d-]+)" component="WUAHandler"`), "01-02-2006 15:04:05.000"},
	SiteLog:             {regexp.MustCompile(`seq=(\d{6})  \$\$<SMS_WSUS_SYNC_MANAGER><(?P<date>[\d-]+) (?P<time>[\d:.]+)(?P<bias>[+-]\d+)><thread=\d+ \(0x[0-9A-F]+\)>`), "01-02-2006 15:04:05.000"},
	WindowsUpdate:       {regexp.MustCompile(`^\x{feff}?(?P<date>[\d/]+) (?P<time>[\d:.]+) 1860  \d+ +Agent           Update .*seq=(\d{6})`), "2006/01/02 15:04:05.0000000"},
	WindowsUpdateLegacy: {regexp.MustCompile(`^(?P<date>[\d-]+)\t(?P<time>[\d:]+)\t 1860\t[0-9a-f]+\tAgent\tUpdate .*seq=(\d{6})`), "2006-01-02 15:04:05.000"},
	Reporting:           {regexp.MustCompile(`\{[0-9A-F-]+\}\t(?P<date>[\d-]+) (?P<time>[\d:]+)(?P<offset>[+-]\d{4})\t1\t147 .*seq=(\d{6})\t`), "2006-01-02 15:04:05.000"},
	CBS:                 {regexp.MustCompile(`^\x{feff}?(?P<date>[\d-]+) (?P<time>[\d:]+), Info                  CBS    .*seq=(\d{6})`), "2006-01-02 15:04:05"},
	IIS:                 {regexp.MustCompile(`^(?P<date>[\d-]+) (?P<time>[\d:]+) 192\.0\.2\.10 POST \S+ seq=(\d{6}) 8530 - \S+ \S+ - 200 0 0 \d+`), "2006-01-02 15:04:05"},
	WSUS:                {regexp.MustCompile(`^(?P<date>[\d-]+) (?P<time>[\d:.]+) UTC\tInfo\tWsusService\.\d+\t\S+\tUpdate .*seq=(\d{6})`), "2006-01-02 15:04:05.000"},
	Generic:             {regexp.MustCompile(`^(?P<date>[\d-]+)T(?P<time>[\d:.]+)(?P<offset>Z|[+-]\d\d:\d\d) Update .*seq=(\d{6})`), "2006-01-02 15:04:05.000"},
}

// Each event stands once, in its file, at its true time: read back by what the
// format states, and by the file's own order where it states nothing.
func TestSequence(t *testing.T) {
	for _, name := range []string{"America/Chicago", "Europe/Berlin", "Australia/Lord_Howe"} {
		zone := load(t, name)
		for _, change := range Changes(zone, 2025) {
			for _, quiet := range []bool{false, true} {
				t.Run(name+" "+change.Format("0102")+" quiet="+strconv.FormatBool(quiet), func(t *testing.T) {
					checkSequence(t, SequenceOptions{Seed: 3, Zone: zone, Change: change, Quiet: quiet})
				})
			}
		}
	}
}

func checkSequence(t *testing.T, opt SequenceOptions) {
	files := map[string]*bytes.Buffer{}
	truth, err := Sequence(memory(files), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(truth.Events) != 2000 || len(truth.Files) != 9 {
		t.Fatalf("%d events in %d files", len(truth.Events), len(truth.Files))
	}
	first, last := truth.Events[0].Time, truth.Events[len(truth.Events)-1].Time
	if opt.Change.Sub(first) < 2*time.Hour || last.Sub(opt.Change) < 2*time.Hour {
		t.Errorf("events from %s to %s do not surround %s", first, last, opt.Change)
	}
	for i, e := range truth.Events {
		if e.Seq != i+1 || i > 0 && !e.Time.After(truth.Events[i-1].Time) {
			t.Fatalf("event %d is %+v", i+1, e)
		}
	}
	found := map[int]time.Time{}
	for _, file := range truth.Files {
		text := decode(files[file.Path].Bytes(), file.Format)
		if n := int64(strings.Count(text, "\r\n")); n != file.Lines || n < file.Records {
			t.Errorf("%s: %d lines, the truth says %d and %d records", file.Path, n, file.Lines, file.Records)
		}
		readSequence(t, file, text, opt, found)
	}
	for _, e := range truth.Events {
		if got, ok := found[e.Seq]; !ok || !got.Equal(e.Time) {
			t.Fatalf("%s: event %d reads %s, is %s", e.Path, e.Seq, got, e.Time)
		}
	}
}

// readSequence reads the events of one file.
func readSequence(t *testing.T, file File, text string, opt SequenceOptions, found map[int]time.Time) {
	shape := sequenceShapes[file.Format]
	tz := regexp.MustCompile(`Logging initialized \(build: .*, tz: ([+-]\d{4})\)`)
	offset, last, records := "+0000", time.Time{}, int64(0)
	for line := range strings.Lines(text) {
		if m := tz.FindStringSubmatch(line); m != nil {
			offset = m[1]
			records++
			continue
		}
		m := shape.re.FindStringSubmatch(line)
		if m == nil {
			if !strings.HasPrefix(line, "#") {
				t.Fatalf("%s: not a record: %q", file.Path, line)
			}
			continue
		}
		records++
		part := func(name string) string {
			if i := shape.re.SubexpIndex(name); i >= 0 {
				return m[i]
			}
			return ""
		}
		number := regexp.MustCompile(`seq=(\d{6})`).FindStringSubmatch(line)[1]
		seq, _ := strconv.Atoi(number)
		clock := part("time")
		if strings.Count(clock, ":") == 3 { // milliseconds after a colon, which package time cannot read
			clock = clock[:8] + "." + clock[9:]
		}
		local, err := time.Parse(shape.layout, part("date")+" "+clock)
		if err != nil {
			t.Fatal(err)
		}
		at := toUTC(t, file.Format, local, part("bias"), part("offset"), offset, opt.Zone, last)
		if at.Before(last) {
			t.Fatalf("%s: event %d at %s comes after %s", file.Path, seq, at, last)
		}
		if _, twice := found[seq]; twice {
			t.Fatalf("event %d is written twice", seq)
		}
		last, found[seq] = at, at
	}
	if records != file.Records {
		t.Errorf("%s: %d records, the truth says %d", file.Path, records, file.Records)
	}
}

// toUTC makes UTC of a wall clock by what its format states.
func toUTC(t *testing.T, f Format, local time.Time, bias, offset, tz string, zone *time.Location, last time.Time) time.Time {
	t.Helper()
	switch {
	case bias != "":
		minutes, err := strconv.Atoi(bias)
		if err != nil {
			t.Fatal(err)
		}
		return local.Add(time.Duration(minutes) * time.Minute)
	case f == WindowsUpdateLegacy:
		offset = tz
	case f == IIS || f == WSUS || offset == "Z":
		return local
	case offset == "":
		return fromZone(t, local, zone, last)
	}
	o, err := time.Parse("-0700", strings.Replace(offset, ":", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	_, seconds := o.Zone()
	return local.Add(-time.Duration(seconds) * time.Second)
}

// fromZone finds the earliest instant, not before last, at which the zone's clock showed local.
func fromZone(t *testing.T, local time.Time, zone *time.Location, last time.Time) time.Time {
	t.Helper()
	const layout = "2006-01-02 15:04:05.000"
	want := local.Format(layout)
	for minutes := -14 * 60; minutes <= 14*60; minutes += 30 {
		at := local.Add(time.Duration(minutes) * time.Minute)
		if at.In(zone).Format(layout) == want && !at.Before(last) {
			return at
		}
	}
	t.Fatalf("%s is on no clock of %s after %s", local, zone, last)
	return time.Time{}
}

// A quiet sequence has no event without a zone at a time that the clock shows twice; another has many.
func TestSequenceQuiet(t *testing.T) {
	zone := load(t, "America/Chicago")
	f := func(quiet bool, want func(n int) bool) {
		t.Helper()
		truth, err := Sequence(memory(map[string]*bytes.Buffer{}), SequenceOptions{Zone: zone, Change: Changes(zone, 2025)[1], Quiet: quiet})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range truth.Events {
			if (e.Path == "CBS/CBS.log" || e.Path == "WindowsUpdate/WindowsUpdate.log") && e.Time.In(zone).Hour() == 1 {
				n++
			}
		}
		if !want(n) {
			t.Errorf("quiet %v: %d events without a zone in the hour that comes twice", quiet, n)
		}
	}
	f(true, func(n int) bool { return n == 0 })
	f(false, func(n int) bool { return n > 50 })
}

func TestSequenceIsDeterministic(t *testing.T) {
	zone := load(t, "Europe/Berlin")
	opt := SequenceOptions{Seed: 1, Zone: zone, Change: Changes(zone, 2025)[0]}
	one, two := map[string]*bytes.Buffer{}, map[string]*bytes.Buffer{}
	if _, err := Sequence(memory(one), opt); err != nil {
		t.Fatal(err)
	}
	if _, err := Sequence(memory(two), opt); err != nil {
		t.Fatal(err)
	}
	if digest(one) != digest(two) {
		t.Error("the same options gave other bytes")
	}
}

func TestSequenceRefuses(t *testing.T) {
	zone := load(t, "America/Chicago")
	f := func(opt SequenceOptions) {
		t.Helper()
		if _, err := Sequence(memory(map[string]*bytes.Buffer{}), opt); err == nil {
			t.Errorf("no error for %+v", opt)
		}
	}
	f(SequenceOptions{})
	f(SequenceOptions{Zone: zone, Change: Changes(zone, 2025)[0].Add(time.Second)})
	f(SequenceOptions{Zone: zone, Change: Changes(zone, 2025)[0], Events: 3})
}
