package gen

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"patchtrail/ingest/etl"
	"patchtrail/ingest/evtx"
	"patchtrail/ingest/format"
	"patchtrail/ingest/record"
)

// The product's own readers find in the binary logs what the truth says of them.
func TestBinaries(t *testing.T) {
	for _, incident := range []Incident{Healthy, InstallExceededMaxTime, ScanTimeout} {
		opt := Options{Seed: 6, Bytes: 3_000_000, Binary: true, Incident: incident}
		files, truth := client(t, opt)
		if off := float64(truth.Bytes)/float64(opt.Bytes) - 1; off < -0.02 || off > 0.02 {
			t.Errorf("%d bytes for %d wanted", truth.Bytes, opt.Bytes)
		}
		text := map[Format]string{}
		for _, file := range truth.Files {
			var reader format.Binary
			switch file.Format {
			case Trace:
				reader = etl.New()
			case EventLog:
				reader = evtx.New()
			default:
				continue
			}
			text[file.Format] = readBinary(t, reader, file, files[file.Path].Bytes())
		}
		wanted := map[Incident][2]string{
			Healthy:                {"Install complete: update", "19: "},
			InstallExceededMaxTime: {"*FAILED* [800704C7]", "20: "},
			ScanTimeout:            {"Exit code = 0x80072ee2", "7036: "},
		}[incident]
		if !strings.Contains(text[Trace], wanted[0]) {
			t.Errorf("%s: the trace has no %q", incident, wanted[0])
		}
		if !strings.Contains(text[EventLog], wanted[1]) {
			t.Errorf("%s: the System log has no event %q", incident, wanted[1])
		}
		updates := files["WindowsUpdate/WindowsUpdate.log"].String()
		if incident == ScanTimeout && strings.Contains(updates, "0x80072ee2") {
			t.Error("the lines of the trace stand in WindowsUpdate.log too")
		}
	}
}

// readBinary compares a file with its truth and returns the text of its records.
func readBinary(t *testing.T, reader format.Binary, file File, raw []byte) string {
	t.Helper()
	var text strings.Builder
	var records int64
	first, last := time.Time{}, time.Time{}
	err := reader.Read(bytes.NewReader(raw), new(record.Batch), func(rec record.Rec, message []byte) {
		utc := rec.Time
		if rec.Bias != record.NoBias {
			utc += int64(rec.Bias) * int64(time.Minute)
		}
		last = time.Unix(0, utc).UTC()
		if records == 0 {
			first = last
		}
		records++
		text.Write(message)
		text.WriteByte('\n')
	})
	if err != nil {
		t.Error(err)
	}
	if records != file.Records || !first.Equal(file.First) || !last.Equal(file.Last) || int64(len(raw)) != file.Bytes {
		t.Errorf("%s: %d records from %s to %s in %d bytes, the truth is %+v", file.Path, records, first, last, len(raw), file)
	}
	return text.String()
}
