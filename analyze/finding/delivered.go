package finding

import (
	"slices"

	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// transferring are failures to get content. The client tries again under a job
// of another name, so that lines of the failed job never tell that it got it.
var transferring = []string{
	"content-no-location", "content-access-failed", "content-hash-mismatch", "bits-job-failed", "delivery-optimization-failed",
}

// delivered says that a failed transfer has passed, where the content of each
// update that it is about was downloaded later, under whichever job.
func (in *Input) delivered(f *Finding) {
	if f.Severity == Info || !slices.Contains(transferring, f.ID) {
		return
	}
	tracked := f.tracked
	if len(tracked) == 0 {
		tracked = []map[string]string{f.Params}
	}
	last, proof := int64(0), record.None
	for _, p := range tracked {
		about := in.about(p, f.Machine)
		if len(about) == 0 {
			return
		}
		for _, u := range about {
			at, by := downloaded(u)
			if at <= f.Last {
				return
			}
			if at > last {
				last, proof = at, by
			}
		}
	}
	f.Severity = Info
	f.Params[recovered] = stamp(last)
	if proof != record.None {
		f.Evidence = append(f.Evidence, Records(proof)...)
	}
}

// about are the updates of a machine that parameters are about: by their name,
// or by a job or deployment of theirs.
func (in *Input) about(p map[string]string, machine int) []*ledger.Update {
	of := in.belong(&Finding{Params: p})
	var out []*ledger.Update
	for i := range in.Updates {
		if u := &in.Updates[i]; u.Machine == machine && (about(p, u) || slices.Contains(of, i)) {
			out = append(out, u)
		}
	}
	return out
}

// downloaded is when an update was last downloaded, UTC in nanoseconds, and the
// record that says so; 0 where that is not told, or did not come to its end.
func downloaded(u *ledger.Update) (int64, record.ID) {
	for i := range u.Stages {
		s := &u.Stages[i]
		if s.Name != ledger.Download || s.State != ledger.StageDone {
			continue
		}
		if len(s.Evidence) == 0 {
			return s.End, record.None
		}
		return s.End, s.Evidence[len(s.Evidence)-1]
	}
	return 0, record.None
}
