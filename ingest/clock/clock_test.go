package clock

import (
	"testing"
	"time"

	"patchtrail/ingest/record"
)

func wall(t testing.TB, s string) int64 {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

func TestFromBiases(t *testing.T) {
	f := func(name, wantZone string, obs []record.BiasAt, local, want string) {
		t.Helper()
		z := FromBiases(obs, FromCCM)
		if z.Name != wantZone {
			t.Errorf("%s: zone %q, want %q", name, z.Name, wantZone)
		}
		if got := z.UTC(wall(t, local), 0); got != wall(t, want) {
			t.Errorf("%s: %s local is %s UTC, want %s", name, local, time.Unix(0, got).UTC(), want)
		}
	}
	at := func(s string, bias int16) record.BiasAt { return record.BiasAt{UTC: wall(t, s), Bias: bias} }
	japan := []record.BiasAt{at("2025-03-18 00:00:00", -540)}
	f("Japan", "", japan, "2025-07-01 09:00:00", "2025-07-01 00:00:00")
	central := []record.BiasAt{at("2025-11-01 12:00:00", 300), at("2025-11-03 12:00:00", 360)}
	f("US Central, before", "America/Chicago", central, "2025-11-02 00:59:59", "2025-11-02 05:59:59")
	f("US Central, the doubled hour", "America/Chicago", central, "2025-11-02 01:30:00", "2025-11-02 06:30:00")
	f("US Central, after", "America/Chicago", central, "2025-11-02 02:00:00", "2025-11-02 08:00:00")
	f("US Central, the summer before", "America/Chicago", central, "2025-07-01 00:00:00", "2025-07-01 05:00:00")
	f("US Central, the winter before", "America/Chicago", central, "2025-02-01 00:00:00", "2025-02-01 06:00:00")
	london := []record.BiasAt{at("2025-03-30 00:30:00", 0), at("2025-03-30 01:30:00", -60)}
	f("London, spring", "Europe/London", london, "2025-03-30 02:00:00", "2025-03-30 01:00:00")
	f("London, never shown", "Europe/London", london, "2025-03-30 01:30:00", "2025-03-30 01:30:00")
	odd := []record.BiasAt{at("2025-03-01 00:00:00", -540), at("2025-03-02 00:00:00", 123)}
	f("no zone does this", "", odd, "2025-03-05 00:00:00", "2025-03-05 02:03:00")
	if z := FromBiases(nil, FromCCM); z != nil {
		t.Errorf("no observations: %v", z)
	}
}

// TestDoubledHour walks the hour that is shown twice, as a log without a zone
// would: the second pass is told by the step back.
func TestDoubledHour(t *testing.T) {
	z := FromBiases([]record.BiasAt{{UTC: wall(t, "2025-11-01 12:00:00"), Bias: 300}, {UTC: wall(t, "2025-11-03 12:00:00"), Bias: 360}}, FromCCM)
	start := wall(t, "2025-11-02 05:00:00") // midnight, local
	prev := int64(0)
	for utc := start; utc < start+int64(5*time.Hour); utc += int64(37 * time.Second) {
		got := z.UTC(z.Local(utc), prev)
		if got != utc {
			t.Fatalf("%s came back as %s", time.Unix(0, utc).UTC(), time.Unix(0, got).UTC())
		}
		prev = got
	}
}

func TestFromWindows(t *testing.T) {
	f := func(z *Zone, summer, winter int16) {
		t.Helper()
		if z == nil {
			t.Fatal("no zone")
		}
		if s, w := z.Bias(wall(t, "2025-07-01 00:00:00")), z.Bias(wall(t, "2025-01-01 00:00:00")); s != summer || w != winter {
			t.Errorf("%s: summer %d winter %d, want %d %d", z.Name, s, w, summer, winter)
		}
	}
	f(FromWindowsName("Tokyo Standard Time"), -540, -540)
	f(FromWindowsName("central standard time "), 300, 360)
	f(FromDisplay("(UTC+09:00) 大阪、札幌、東京"), -540, -540)
	f(FromDisplay("(UTC-06:00) Central Time (US & Canada)"), 300, 360)
	f(FromDisplay("(UTC) Coordinated Universal Time"), 0, 0)
	f(FromDisplay("(UTC+05:30) somewhere"), -330, -330)
	if FromDisplay("Tokyo") != nil || FromWindowsName("Nowhere") != nil {
		t.Error("a zone out of nothing")
	}
}

// TestWindowsZones holds that every zone of the list exists.
func TestWindowsZones(t *testing.T) {
	for _, w := range windowsZones {
		if _, err := time.LoadLocation(w.iana); err != nil {
			t.Errorf("%s: %v", w.key, err)
		}
	}
}

func TestSkew(t *testing.T) {
	s := SkewOf([]record.Stamp{{Record: 10e9, Stated: 0}, {Record: 20e9, Stated: 17e9}, {Record: 30e9, Stated: 27e9}})
	if s.Median != 3e9 || !s.Wrong() {
		t.Errorf("%+v", s)
	}
	if s := SkewOf([]record.Stamp{{Record: 1e9, Stated: 0}}); s.Wrong() {
		t.Errorf("one second is within what writing takes: %+v", s)
	}
}
