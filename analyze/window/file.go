package window

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

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
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) > maxExport {
		return nil, fmt.Errorf("%s: longer than %d MiB", name, maxExport>>20)
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
			return nil, fmt.Errorf("%s: window %s: %w", name, out[i].ID, out[i].Err)
		}
	}
	return out, nil
}

// example is what a line of the CSV form looks like.
const example = "Patching,4,02C159C0381C2000 or Patching,4,2025-03-18 22:00,4h"

// readRows reads the CSV form.
func readRows(body, name string, zone *clock.Zone) ([]Window, error) {
	rows, err := csvfile.Read(strings.NewReader(body), name, example)
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
			return nil, fmt.Errorf("%s: line %d: %w; write a line as in %s", name, row.Line, err, example)
		}
		if len(out) >= maxWindows {
			return nil, fmt.Errorf("%s: more than %d windows", name, maxWindows)
		}
		out = append(out, w)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no windows in it; want a WMI export, or lines as in %s", name, example)
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
		return Window{}, errors.New("not name,type,schedule nor name,type,start,duration")
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
		return w, fmt.Errorf("start %q is no date and time like 2025-03-18 22:00", row[2])
	}
	seconds, err := parseDuration(row[3])
	if err != nil {
		return w, fmt.Errorf("duration: %w", err)
	}
	if seconds <= 0 || seconds > maxWindow {
		return w, fmt.Errorf("duration %q is not between 1 minute and 24 hours", row[3])
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
	return Unknown, fmt.Errorf("type %q is none of 1 to 6, all, updates, programs, task sequences, business hours", s)
}

// parseDuration reads minutes, "90m", "4h", "4h30m", "1d" or "4:30", in seconds.
func parseDuration(s string) (int, error) {
	bad := fmt.Errorf("%q is no duration; want minutes as in 240, or 4h, 90m, 4:30", s)
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
