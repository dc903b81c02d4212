package gen

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// memory is a Sink into a map by path.
func memory(files map[string]*bytes.Buffer) Sink {
	return func(path string) (io.WriteCloser, error) {
		files[path] = new(bytes.Buffer)
		return member{files[path]}, nil
	}
}

func client(t *testing.T, opt Options) (map[string]*bytes.Buffer, Truth) {
	t.Helper()
	files := map[string]*bytes.Buffer{}
	truth, err := Client(memory(files), opt)
	if err != nil {
		t.Fatal(err)
	}
	return files, truth
}

func digest(files map[string]*bytes.Buffer) string {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintln(h, path, files[path].Len())
		h.Write(files[path].Bytes())
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestClientIsDeterministic(t *testing.T) {
	opt := Options{Seed: 7, Bytes: 1 << 20}
	first, _ := client(t, opt)
	again, _ := client(t, opt)
	if digest(first) != digest(again) {
		t.Error("the same options gave other bytes")
	}
	opt.Seed++
	if other, _ := client(t, opt); digest(first) == digest(other) {
		t.Error("another seed gave the same bytes")
	}
}

func TestClientSize(t *testing.T) {
	f := func(want int64, opt Options) {
		t.Helper()
		opt.Bytes = want
		files, truth := client(t, opt)
		var got int64
		for _, b := range files {
			got += int64(b.Len())
		}
		if got != truth.Bytes {
			t.Errorf("%d bytes were written, the truth says %d", got, truth.Bytes)
		}
		if off := float64(got)/float64(want) - 1; off < -0.02 || off > 0.02 {
			t.Errorf("%d bytes for %d wanted: %+.1f %%", got, want, 100*off)
		}
	}
	f(2_000_000, Options{Seed: 1})
	f(2_000_000, Options{Seed: 1, Incident: InstallExceededMaxTime})
	f(5_500_000, Options{Seed: 2, Japanese: true})
	f(12_000_000, Options{Seed: 3, Incident: MPTimeout})
	f(15_000_000, Options{Seed: 4})
}

// What the format descriptions call a record of each kind, written as plain
// regular expressions, independently of the writer.
var shapes = map[Format]*regexp.Regexp{
	CMTrace:       regexp.MustCompile(`<!\[LOG\[((?s:.*?))\]LOG\]!><time="(\d\d:\d\d:\d\d\.\d{3})([+-]\d{2,3})" date="(\d\d-\d\d-\d{4})" component="[A-Za-z_]+" context="" type="[123]" thread="\d+" file="[a-z_]+\.(?:cpp|h):\d+">\r\n`),
	CBS:           regexp.MustCompile(`(?m)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d), (?:Info   |Warning|Error  ) {15}(?:CBS|CSI) {4}.*\r\n(?:[^\d\r].*\r\n)*`),
	WindowsUpdate: regexp.MustCompile(`(?m)^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{7}) \d{4,5} +\d{4,5} +[A-Za-z]+ +\S.*\r\n`),
	Reporting:     regexp.MustCompile(`(?m)^\{[0-9A-F-]{36}\}\t(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}[+-]\d{4})\t1\t\d{3} \[AGENT_[A-Z_]+\]\t101\t\{[0-9A-Fa-f-]{36}\}\t\d+\t[0-9a-f]+\tCcmExec\t(?:Success|Failure)\t[A-Z][A-Za-z ]+\t[^\t]+\t[0-9a-f-]{36}\.1\.1\.\d\r\n`),
}

func TestClientRecords(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	autumn := time.Date(2025, 11, 1, 12, 0, 0, 0, time.UTC) // the clocks change next morning
	for _, opt := range []Options{
		{Seed: 1, Bytes: 4 << 20},
		{Seed: 2, Bytes: 4 << 20, Start: autumn},
		{Seed: 3, Bytes: 1 << 20, Zone: tokyo, Japanese: true, Machine: "PC02", Site: "PS2"},
		{Seed: 4, Bytes: 1 << 20, Zone: time.UTC, Incident: ScanTimeout},
	} {
		files, truth := client(t, opt)
		opt, err := opt.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		if len(truth.Files) != len(Paths()) || len(files) != len(Paths()) {
			t.Fatalf("%d files in the truth, %d written, %d named", len(truth.Files), len(files), len(Paths()))
		}
		var records, lines int64
		for _, file := range truth.Files {
			checkFile(t, file, files[file.Path].Bytes(), opt.Zone)
			records += file.Records
			lines += file.Lines
		}
		if records != truth.Records || lines != truth.Lines {
			t.Errorf("sums %d, %d differ from the truth's %d, %d", records, lines, truth.Records, truth.Lines)
		}
	}
}

// checkFile compares a file with its truth: its records cover it without a gap,
// and their times go up.
func checkFile(t *testing.T, file File, raw []byte, zone *time.Location) {
	t.Helper()
	text, ok := strings.CutPrefix(decode(raw, file.Format), bom)
	if !ok {
		t.Errorf("%s has no byte order mark", file.Path)
	}
	found := shapes[file.Format].FindAllStringSubmatchIndex(text, -1)
	if int64(len(found)) != file.Records || int64(strings.Count(text, "\n")) != file.Lines || int64(len(raw)) != file.Bytes {
		t.Errorf("%s: %d records, %d lines, %d bytes; the truth says %d, %d, %d", file.Path,
			len(found), strings.Count(text, "\n"), len(raw), file.Records, file.Lines, file.Bytes)
		return
	}
	end, last := 0, time.Time{}
	for i, m := range found {
		if m[0] != end {
			t.Errorf("%s: not a record: %.200q", file.Path, text[end:])
			return
		}
		end = m[1]
		at := when(t, file.Format, text, m, zone, last)
		if at.Before(last) {
			t.Errorf("%s: %s comes after %s", file.Path, at, last)
			return
		}
		last = at
		if i == 0 && !at.Equal(file.First.Truncate(precision(file.Format))) {
			t.Errorf("%s: first record at %s, the truth says %s", file.Path, at, file.First)
		}
	}
	if end != len(text) || !last.Equal(file.Last.Truncate(precision(file.Format))) {
		t.Errorf("%s: %d of %d bytes are records, the last at %s, not %s", file.Path, end, len(text), last, file.Last)
	}
}

func precision(f Format) time.Duration {
	if f == CBS || f == IIS {
		return time.Second
	}
	return time.Millisecond
}

// when is the time of a record by the words of its format. Where that names an
// hour that comes twice, it is the earliest that is not before last.
func when(t *testing.T, f Format, text string, m []int, zone *time.Location, last time.Time) time.Time {
	t.Helper()
	group := func(n int) string { return text[m[2*n]:m[2*n+1]] }
	var at time.Time
	var err error
	switch f {
	case CMTrace:
		if at, err = time.Parse("01-02-2006 15:04:05.000", group(4)+" "+group(2)); err == nil {
			var bias int
			bias, err = strconv.Atoi(group(3))
			at = at.Add(time.Duration(bias) * time.Minute)
		}
	case Reporting:
		s := group(1)
		at, err = time.Parse("2006-01-02 15:04:05.000-0700", s[:19]+"."+s[20:])
	case CBS:
		at, err = time.ParseInLocation("2006-01-02 15:04:05", group(1), zone)
	case WindowsUpdate:
		at, err = time.ParseInLocation("2006/01/02 15:04:05.0000000", group(1), zone)
	}
	if err != nil {
		t.Fatal(err)
	}
	// A time zone of an hour's summer time writes the hour before a change again.
	if later := at.Add(time.Hour); at.Before(last) && sameWall(at, later, zone) {
		at = later
	}
	return at.UTC()
}

func sameWall(a, b time.Time, zone *time.Location) bool {
	const layout = "2006-01-02 15:04:05"
	return a.In(zone).Format(layout) == b.In(zone).Format(layout)
}

func decode(raw []byte, f Format) string {
	if f != Reporting {
		return string(raw)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}

// The client's own UTC stamps agree with the local time and bias of their records.
func TestStampsAgreeWithBias(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := client(t, Options{Seed: 5, Bytes: 1 << 20, Zone: tokyo})
	text := files[logs[ccmMessaging].path].String()
	stamp := regexp.MustCompile(`DateTime = "(\d{14}\.\d{3})000\+000"`)
	n := 0
	for _, m := range shapes[CMTrace].FindAllStringSubmatchIndex(text, -1) {
		found := stamp.FindStringSubmatch(text[m[0]:m[1]])
		if found == nil {
			continue
		}
		n++
		want, err := time.Parse("20060102150405.000", found[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := when(t, CMTrace, text, m, tokyo, time.Time{}); !got.Equal(want) || text[m[6]:m[7]] != "-540" {
			t.Fatalf("local time and bias %s are %s, the stamp is %s", text[m[6]:m[7]], got, want)
		}
	}
	if n == 0 {
		t.Error("no record has a stamp")
	}
}

func TestIncidents(t *testing.T) {
	proof := map[Incident]string{
		MPHTTPError:            `^<!\[LOG\[\[CCMHTTP\] ERROR: URL=http://mp01\.contoso\.com/ccm_system/request, Port=80, Options=1248, Code=0, Text=CCM_E_BAD_HTTP_STATUS_CODE\]LOG\]!>`,
		MPNoClientCertificate:  `^<!\[LOG\[\[CCMHTTP\] ERROR: URL=https://mp01\.contoso\.com/ccm_system/request, Port=443, Options=1248, Code=0, Text=CCM_E_NO_CLIENT_PKI_CERT\]LOG\]!>`,
		MPNameNotResolved:      `Code=12007, Text=ERROR_WINHTTP_NAME_NOT_RESOLVED\]LOG`,
		MPTimeout:              `Code=12002, Text=ERROR_WINHTTP_TIMEOUT\]LOG`,
		MPUnreachable:          `Code=12029, Text=ERROR_WINHTTP_CANNOT_CONNECT\]LOG`,
		ScanTimeout:            `(?:OnSearchComplete - Failed to end search job\. Error|Scan failed with error) = 0x80072ee2\.\]LOG`,
		ScanServiceUnavailable: `(?:OnSearchComplete - Failed to end search job\. Error|Scan failed with error) = 0x80244022\.\]LOG`,
		ContentNoLocation:      `(?:CCTMJob::UpdateLocations - Received empty location update for CTM Job \{[0-9A-F-]{36}\}|CTM job \{[0-9A-F-]{36}\} suspended)\]LOG`,
		InstallExceededMaxTime: `\t(?:181 \[AGENT_INSTALLING_STARTED\]\t.*\t0\tCcmExec\tSuccess|182 \[AGENT_INSTALLING_FAILED\]\t.*\t800704c7\tCcmExec\tFailure)\tContent Install\t`,
	}
	for _, incident := range Incidents() {
		files, truth := client(t, Options{Seed: 9, Bytes: 400_000, Incident: incident})
		if incident == Healthy {
			if len(truth.Marks) != 0 {
				t.Errorf("healthy has %d marks", len(truth.Marks))
			}
		} else if len(truth.Marks) < 2 {
			t.Errorf("%s has %d marks, want several", incident, len(truth.Marks))
		}
		for _, mark := range truth.Marks {
			format := CMTrace
			if strings.HasSuffix(mark.Path, "ReportingEvents.log") {
				format = Reporting
			}
			line := strings.TrimPrefix(strings.SplitAfter(decode(files[mark.Path].Bytes(), format), "\n")[mark.Line-1], bom)
			if !regexp.MustCompile(proof[incident]).MatchString(line) {
				t.Errorf("%s: line %d of %s proves nothing: %s", incident, mark.Line, mark.Path, line)
			}
			if mark.Time.Before(truth.First) || mark.Time.After(truth.Last) {
				t.Errorf("%s: marked at %s, outside of %s to %s", incident, mark.Time, truth.First, truth.Last)
			}
		}
		for other, pattern := range proof {
			if other == incident || other == InstallExceededMaxTime {
				continue // a healthy installation starts like one that is cut
			}
			for path, text := range files {
				if regexp.MustCompile(`(?m)` + pattern).Match(text.Bytes()) {
					t.Errorf("%s: %s proves %s", incident, path, other)
				}
			}
		}
	}
}

// The cut installation lasts as long as its maximum run time, and the pair that proves it names one update.
func TestInstallCut(t *testing.T) {
	files, truth := client(t, Options{Seed: 10, Bytes: 1 << 20, Incident: InstallExceededMaxTime})
	if len(truth.Marks) != 2 {
		t.Fatalf("%d marks, want start and failure", len(truth.Marks))
	}
	start, end := truth.Marks[0], truth.Marks[1]
	if took := end.Time.Sub(start.Time); took < time.Hour || took > time.Hour+2*time.Minute {
		t.Errorf("cut after %s, want an hour and less than two minutes", took)
	}
	lines := strings.Split(decode(files[start.Path].Bytes(), Reporting), "\r\n")
	a, b := strings.Split(lines[start.Line-1], "\t"), strings.Split(lines[end.Line-1], "\t")
	if a[5] != b[5] || a[6] != b[6] {
		t.Errorf("started %s.%s, failed %s.%s", a[5], a[6], b[5], b[6])
	}
}

func TestClientRefusesUnknownIncident(t *testing.T) {
	if _, err := Client(memory(map[string]*bytes.Buffer{}), Options{Incident: "nothing-such"}); err == nil {
		t.Error("no error")
	}
}

// A disk that fills up ends the generator with its error.
func TestClientSinkFails(t *testing.T) {
	full := errors.New("no space")
	for _, sink := range []Sink{
		func(string) (io.WriteCloser, error) { return nil, full },
		func(string) (io.WriteCloser, error) { return failing{full}, nil },
	} {
		if _, err := Client(sink, Options{}); !errors.Is(err, full) {
			t.Errorf("error %v, want %v", err, full)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error              { return nil }

// Folder and archive hold the same files.
func TestSinks(t *testing.T) {
	opt := Options{Seed: 11, Bytes: 1 << 20}
	want, _ := client(t, opt)
	dir := t.TempDir()
	if _, err := Client(Folder(dir), opt); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(dir, "PC01.zip")
	err := ZipFile(packed, func(sink Sink) error {
		_, err := Client(Under("PC01", sink), opt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != len(want) {
		t.Errorf("%d members, want %d", len(z.File), len(want))
	}
	for path, text := range want {
		loose, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || !bytes.Equal(loose, text.Bytes()) {
			t.Errorf("%s in the folder differs (%v)", path, err)
		}
		r, err := z.Open("PC01/" + path)
		if err != nil {
			t.Error(err)
			continue
		}
		member, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(member, text.Bytes()) {
			t.Errorf("%s in the archive differs (%v)", path, err)
		}
	}
}

// The archive is packed about as well as one of real logs.
func TestCompression(t *testing.T) {
	packed := filepath.Join(t.TempDir(), "a.zip")
	var truth Truth
	err := ZipFile(packed, func(sink Sink) (err error) {
		truth, err = Client(sink, Options{Seed: 12, Bytes: 4 << 20})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(packed)
	if err != nil {
		t.Fatal(err)
	}
	if ratio := float64(truth.Bytes) / float64(info.Size()); ratio < 8 || ratio > 15 {
		t.Errorf("packed 1 : %.1f, want 8 to 15", ratio)
	}
}
