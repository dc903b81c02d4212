package analyze

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/fact"
	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// Terms are what the deployments of an update allow.
type Terms struct {
	// IgnoresWindows is set where one of them may install outside maintenance
	// windows, RestartsAnyTime where it may restart the machine then.
	IgnoresWindows, RestartsAnyTime bool
	// Available is set where none of them has a deadline: only a user starts it.
	Available bool
	// Deadline is the earliest, UTC in nanoseconds, 0 where none is known.
	Deadline int64
	// Name is that of the deployment that decides, "" where only a log tells.
	Name string
	// Evidence is the places that say so: records of logs, or lines of exports.
	Evidence []fact.Evidence
}

// Terms are what the client's logs and the exports of its policy say of the
// deployments of an update.
func (r *Result) Terms(u *ledger.Update) Terms {
	t := Terms{Deadline: u.Deadline}
	listed := map[string]bool{}
	var open *fact.Deployment
	required := u.Deadline != 0
	for i := range r.Facts[u.Machine].Deployments {
		d := &r.Facts[u.Machine].Deployments[i]
		id := strings.ToLower(strings.Trim(d.ID, "{}"))
		if !slices.Contains(u.Deployments, id) && (u.UpdateID == "" || !slices.Contains(d.UpdateIDs, u.UpdateID)) {
			continue
		}
		listed[id] = true
		if d.Available {
			open = d
			continue
		}
		required = true
		t.take(d, r.deadline(u.Machine, d))
	}
	if len(u.IgnoresWindows) > 0 {
		t.IgnoresWindows = true
		for _, id := range u.IgnoresWindows {
			t.Evidence = append(t.Evidence, r.at(id))
		}
	}
	unlisted := slices.ContainsFunc(u.Deployments, func(id string) bool { return !listed[id] })
	if open != nil && !required && !unlisted {
		t = Terms{Available: true, Name: open.Name, Evidence: []fact.Evidence{open.Evidence}}
	}
	return t
}

// complete gives updates what only facts tell: the deadlines of exports, and the
// defaults of the client's version.
func (r *Result) complete() {
	ends := make([]int64, len(r.Machines))
	for i := range ends {
		ends[i] = r.end(i)
	}
	for i := range r.Updates {
		u := &r.Updates[i]
		if u.Deadline == 0 && u.Involved {
			u.Due(r.Terms(u).Deadline, ends[u.Machine])
		}
		if build := r.clientBuild(u.Machine); build > 0 {
			u.DefaultFor(build)
		}
	}
}

// clientBuild is the third part of the client's version, as in 5.00.9128.1007, 0
// where it is not known.
func (r *Result) clientBuild(machine int) int {
	parts := strings.Split(r.Facts[machine].ClientVersion.Value, ".")
	if len(parts) < 3 {
		return 0
	}
	n, err := strconv.Atoi(parts[2])
	if err != nil {
		return 0
	}
	return n
}

// take adds what a required deployment allows.
func (t *Terms) take(d *fact.Deployment, deadline int64) {
	if deadline != 0 && (t.Deadline == 0 || deadline < t.Deadline) {
		t.Deadline = deadline
	}
	if d.OverrideWindows && !t.IgnoresWindows {
		t.IgnoresWindows, t.Name = true, d.Name
		t.Evidence = append(t.Evidence, d.Evidence)
	}
	t.RestartsAnyTime = t.RestartsAnyTime || d.RestartAny
}

// at is the place of a record.
func (r *Result) at(id record.ID) fact.Evidence {
	m := r.Store.Meta(id)
	return fact.Evidence{File: m.File, Line: m.Line, Record: id}
}

// deadline is when a deployment of an export is due, UTC in nanoseconds, 0 where
// it is not readable: "20250318220000.000000+***", or as PowerShell shows it,
// "2025/03/18 22:00:00".
func (r *Result) deadline(machine int, d *fact.Deployment) int64 {
	wall, ok := wallClock(d.Deadline)
	if !ok {
		return 0
	}
	if d.UTC {
		return wall
	}
	if minutes, stated := dmtfOffset(d.Deadline); stated {
		return wall - int64(minutes)*int64(time.Minute)
	}
	return r.Machines[machine].Zone.UTC(wall, 0)
}

// dmtfOffset is the offset from UTC, in minutes, that "20250318220000.000000+540"
// ends with. WMI writes +000 and +*** where it states none.
func dmtfOffset(s string) (int, bool) {
	if i := strings.LastIndexAny(s, "+-"); i > 14 && len(s) == i+4 {
		n, err := strconv.Atoi(s[i:])
		return n, err == nil && n != 0
	}
	return 0, false
}

// wallClock reads a date and time that begins with the year, in nanoseconds as if
// it were UTC. Other orders are not told apart and left out.
func wallClock(s string) (int64, bool) {
	if len(s) >= 14 && strings.Trim(s[:14], "0123456789") == "" {
		t, err := time.Parse("20060102150405", s[:14])
		return t.UnixNano(), err == nil
	}
	for _, layout := range []string{"2006/01/02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04", "2006/1/2 15:04"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UnixNano(), true
		}
	}
	return 0, false
}
