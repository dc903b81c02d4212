package window

import (
	"io"
	"strconv"
	"strings"

	"patchtrail/analyze/lang"
	"patchtrail/ingest/clock"
	"patchtrail/ingest/csvfile"
	"patchtrail/ingest/text"
)

// ReadFile reads windows from a file that the user gave: an export in any of the
// forms above, or a CSV with one window a row,
//
//	name,type,schedule          Patching,4,02C159C0381C2000
//	name,type,start,duration    Patching,4,2025-03-18 22:00,4h
//
// The type is a number or "all", "updates", "programs", "task sequences",
// "business hours"; a duration is minutes, or "4h", "90m", "4:30". A start is of
// the clock that zone keeps. A first row without a type is a heading. name
// stands in errors, which give the line.
func ReadFile(r io.Reader, name string, zone *clock.Zone) ([]Window, error) {
	raw, err := io.ReadAll(io.LimitReader(text.NewReader(r), maxExport+1))
	if err != nil {
		return nil, lang.Fail("fault.in", name, err)
	}
	if len(raw) > maxExport {
		return nil, lang.Fail("fault.file-long", name, maxExport>>20)
	}
	body := string(raw)
	out, _ := readExport(body, zone)
	if len(out) == 0 {
		if out, err = readRows(body, name, zone); err != nil {
			return nil, err
		}
	}
	for i := range out {
		out[i].Source, out[i].Line = FromFile, 0
		if out[i].Err != nil {
			return nil, lang.Fail("fault.in-window", name, out[i].ID, out[i].Err)
		}
	}
	return out, nil
}

// examples are what lines of the CSV form look like.
func examples() lang.Text {
	return lang.Say("fault.window.examples", "Patching,4,02C159C0381C2000", "Patching,4,2025-03-18 22:00,4h")
}

// readRows reads the CSV form.
func readRows(body, name string, zone *clock.Zone) ([]Window, error) {
	rows, err := csvfile.Read(strings.NewReader(body), name, examples())
	if err != nil {
		return nil, err
	}
	var out []Window
	for i, row := range rows {
		if i == 0 && heading(row.Fields) {
			continue
		}
		w, err := rowWindow(row.Fields, zone)
		if err != nil {
			return nil, lang.Fail("fault.window.row", name, row.Line, err, examples())
		}
		if len(out) >= maxWindows {
			return nil, lang.Fail("fault.window.many", name, maxWindows)
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return nil, lang.Fail("fault.window.none", name, examples())
	}
	return out, nil
}

// heading reports whether a row names the columns.
func heading(row []string) bool {
	if len(row) < 2 {
		return false
	}
	_, err := typeNamed(row[1])
	kind := strings.ToLower(row[1])
	return err != nil && (strings.Contains(kind, "type") || strings.Contains(kind, "種類") || strings.Contains(kind, "種別"))
}

func rowWindow(row []string, zone *clock.Zone) (Window, error) {
	if len(row) < 3 || row[0] == "" {
		return Window{}, lang.Fail("fault.window.columns")
	}
	w := Window{ID: row[0], Name: row[0]}
	var err error
	if w.Type, err = typeNamed(row[1]); err != nil {
		return w, err
	}
	if len(row) == 3 || row[3] == "" {
		w.Schedule = strings.ToUpper(row[2])
		w.Schedules, err = Parse(w.Schedule)
		return w, err
	}
	var d dates
	start, ok := d.read(row[2], 0)
	if !ok {
		return w, lang.Fail("fault.window.start", strconv.Quote(row[2]))
	}
	seconds, err := parseDuration(row[3])
	if err != nil {
		return w, lang.Fail("fault.window.duration", err)
	}
	if seconds <= 0 || seconds > maxWindow {
		return w, lang.Fail("fault.window.long", strconv.Quote(row[3]))
	}
	w.Stated.Start = zone.UTC(start, 0)
	w.Stated.End = w.Stated.Start + int64(seconds)*second
	return w, nil
}

// maxWindow is the longest maintenance window of the product. Source: DOMAIN.md
// D2.
const maxWindow = 24 * 3600

// typeNamed returns the type of a number or a name.
func typeNamed(s string) (Type, error) {
	key := strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(strings.TrimSpace(s)))
	for t := AllDeployments; t <= BusinessHours; t++ {
		if key == strconv.Itoa(int(t)) || key == strings.ReplaceAll(t.String(), "-", "") {
			return t, nil
		}
	}
	switch key {
	case "all", "general", "any":
		return AllDeployments, nil
	case "updates", "softwareupdate", "softwareupdatesonly":
		return SoftwareUpdates, nil
	case "tasksequence", "tasksequencesonly", "osd":
		return TaskSequences, nil
	}
	return Unknown, lang.Fail("fault.window.type", strconv.Quote(s))
}

// parseDuration reads minutes, "90m", "4h", "4h30m", "1d" or "4:30", in seconds.
func parseDuration(s string) (int, error) {
	bad := lang.Fail("fault.window.no-duration", strconv.Quote(s))
	rest := strings.ToLower(strings.TrimSpace(s))
	if h, m, ok := strings.Cut(rest, ":"); ok {
		hours, n, left := number(h)
		minutes, k, over := number(m)
		if n == 0 || k != 2 || left != "" || over != "" || minutes > 59 || hours > maxNumber {
			return 0, bad
		}
		return hours*3600 + minutes*60, nil
	}
	total := 0
	for first := true; rest != ""; first = false {
		n, digits, after := number(rest)
		if digits == 0 || n > 1_000_000 {
			return 0, bad
		}
		after = strings.TrimLeft(after, " ")
		letters := len(after) - len(strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyz"))
		switch unit := after[:letters]; unit {
		case "":
			if !first || after != "" {
				return 0, bad
			}
			return n * 60, nil
		case "m", "min", "mins", "minute", "minutes":
			total += n * 60
		case "h", "hr", "hrs", "hour", "hours":
			total += n * 3600
		case "d", "day", "days":
			total += n * 86400
		default:
			return 0, bad
		}
		rest = strings.TrimLeft(after[letters:], " ")
	}
	if total == 0 {
		return 0, bad
	}
	return total, nil
}
