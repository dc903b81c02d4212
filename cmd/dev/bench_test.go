package main

import (
	"strings"
	"testing"

	"patchtrail/ingest/gen"
)

func TestByteSize(t *testing.T) {
	f := func(text string, want int64, again string) {
		t.Helper()
		var s byteSize
		if err := s.Set(text); err != nil || int64(s) != want || s.String() != again {
			t.Errorf("%q is %d, written %q (%v); want %d, %q", text, s, s.String(), err, want, again)
		}
	}
	f("1GB", 1e9, "1GB")
	f("250mb", 250e6, "250MB")
	f("1500 KB", 1.5e6, "1500KB")
	f("7", 7, "7B")
	for _, wrong := range []string{"", "MB", "-1MB", "0", "1.5GB", "9999999999GB", "1TB"} {
		var s byteSize
		if s.Set(wrong) == nil {
			t.Errorf("%q is taken for %d bytes", wrong, s)
		}
	}
}

func TestParseTime(t *testing.T) {
	got, err := parseTime("1.25 2.00 0.50 2048\n")
	if want := (measurement{wall: 1.25, cpu: 2.5, peak: 2 << 20}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if _, err := parseTime("Command terminated by signal 9\n"); err == nil {
		t.Error("no error for what is not four numbers")
	}
}

func TestReport(t *testing.T) {
	run := func(wall ...float64) (all []measurement) {
		for _, w := range wall {
			all = append(all, measurement{wall: w, cpu: 2 * w, peak: int64(w * 100e6)})
		}
		return all
	}
	text := bundle{text: 400e6, size: 40e6}
	var out strings.Builder
	report(&out, "2 cores", "bench", []*contender{
		{name: "unzip -p", bundle: text, runs: run(2, 9, 1)},
		{name: "ptrail analyze", bundle: text, runs: run(1, 3, 2)},
		{name: "lnav", bundle: text, runs: run(1, 3)},
		{name: "ptrail analyze, 1/4", bundle: bundle{text: 100e6}, runs: run(0.5)},
	})
	for _, want := range []string{
		"| ptrail analyze | 400 MB | 2.00 s | 4.00 s | 200 MB | 0.50 |\n",
		"| lnav | 400 MB | 2.00 s |",
		"packed 1 : 10.0.",
		"| wall time beside `unzip -p` of the same archive | 1.00 | 1.00 | kept |\n",
		"| wall time beside lnav 0.11 loading the unpacked files | 0.75 | 1.00 | **broken** |\n",
		"| peak memory a byte of text | 0.45 | 0.50 | **broken** |\n",
		"| time for four times the text | 4.30 | 4.00 | kept |\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

// The key of a generated bundle differs for another seed and not otherwise.
func TestFingerprint(t *testing.T) {
	one, err := fingerprint(1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := fingerprint(1)
	other, _ := fingerprint(2)
	if one != again || one == other {
		t.Errorf("seeds 1, 1, 2: %s, %s, %s", one, again, other)
	}
}

func TestMakeBundle(t *testing.T) {
	dir := t.TempDir()
	first, err := makeBundle(dir, 2e6, 1)
	if err != nil {
		t.Fatal(err)
	}
	if first.text < 19e5 || first.text > 21e5 || first.size == 0 || len(first.files) != len(gen.Paths()) {
		t.Errorf("%d bytes of text in %d files, %d packed", first.text, len(first.files), first.size)
	}
	again, err := makeBundle(dir, 2e6, 1)
	if err != nil || again.zip != first.zip || again.size != first.size {
		t.Errorf("a second time %+v, %v", again, err)
	}
}
