package ledger

import (
	"bytes"
	"cmp"
	"slices"

	"patchtrail/ingest/record"
)

// A deployment may be set to install outside maintenance windows. The client's
// logs say so twice, and neither line names the deployment:
//
//	Timeout Options: Priority = 2, …, bOverrideServiceWindow = True                          UpdatesHandler, after its job
//	RequestPersistence(id=Update download job, persist=1, swoverride=1, swType=4, …)         MaintenanceCoordinator
//
// Source: DOMAIN.md B5, B8.

// override reads whether a job ignores windows.
func (r *reader) override(m []byte, before, yes string) {
	tail, ok := follow(m, before)
	if !ok {
		return
	}
	e := said{event: event{kind: evOverride}}
	if len(tail) >= len(yes) && bytes.EqualFold(tail[:len(yes)], []byte(yes)) {
		e.n = 1
	}
	r.emit(e)
}

func (r *reader) timeoutOptions(m []byte) { r.override(m, "bOverrideServiceWindow = ", "true") }

// persistence reads what the client asks for the jobs of updates; others, such as
// those of programs, ask as well.
func (r *reader) persistence(m []byte) {
	if id, ok := cut(m, "(id=", ","); ok && bytes.Contains(id, []byte("pdate")) {
		r.override(m, "swoverride=", "1")
	}
}

const (
	// jobLasts is how long after its beginning a job's options may follow.
	jobLasts = 60 * second
	// togetherIn is how close a deployment's own line must be to one that names
	// none, maxTogether how many events to either side are looked at.
	togetherIn  = 5 * second
	maxTogether = 256
)

// overrides finds the deployments that ignore windows: by the job of the same
// thread, else by the only deployment that does something at that moment.
func (m *machine) overrides() {
	job := map[uint32]*event{}
	for i, e := range m.events.each {
		switch {
		case e.kind == evJobDownload:
			job[e.thread] = e
		case e.kind != evOverride:
		default:
			d := m.onlyAt(i)
			if j := job[e.thread]; e.source == updatesHandler && j != nil && e.time-j.time <= jobLasts {
				d = m.deployments[m.jobs[j.g].to]
			}
			if d == nil {
				continue
			}
			if d.override = nil; e.n == 1 {
				d.override = []record.ID{e.id}
			}
		}
	}
	for _, u := range m.rows {
		for _, g := range u.deployed {
			u.IgnoresWindows = append(u.IgnoresWindows, m.deployments[g].override...)
		}
		slices.SortFunc(u.IgnoresWindows, cmp.Compare)
	}
}

// onlyAt is the deployment that alone does something around an event, nil where
// none does or several do.
func (m *machine) onlyAt(i int) *deployment {
	at := m.events.at(i).time
	var only *deployment
	several := false
	see := func(e *event) {
		if e.kind == evJob || e.kind == evStartInstall {
			d := m.deployments[e.h]
			several = several || only != nil && d != nil && d != only
			only = cmp.Or(d, only)
		}
	}
	for j := i - 1; j >= max(0, i-maxTogether) && at-m.events.at(j).time <= togetherIn; j-- {
		see(m.events.at(j))
	}
	for j := i + 1; j < min(m.events.len(), i+maxTogether) && m.events.at(j).time-at <= togetherIn; j++ {
		see(m.events.at(j))
	}
	if several {
		return nil
	}
	return only
}
