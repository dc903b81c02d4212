package finding

import (
	"bytes"
	"strings"

	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
)

// deployed is an update that a deployment on the client holds.
type deployed struct {
	update, name string
	at           Evidence
}

// maxDeployed bounds the updates that are read of one machine, maxExport the
// export that is read again, in bytes.
const (
	maxDeployed = 5000
	maxExport   = 16 << 20
)

// deployed reads the updates of the deployments: the exports of
// CCM_UpdateCIAssignment name them in AssignedCIs, as "SUM_<guid>". One that an
// export cuts short ("...") is left out.
func (s *subject) deployed() []deployed {
	var out []deployed
	read := map[int]bool{}
	for i := range s.facts.Deployments {
		d := &s.facts.Deployments[i]
		file := d.Evidence.File
		if read[file] || d.Evidence.Record != record.None || s.Store.Files[file].Text > maxExport {
			continue
		}
		read[file] = true
		out = append(out, s.assigned(file, max(0, maxDeployed-len(out)))...)
	}
	return out
}

// targeted are the updates of which the logs know the deployment and no more:
// one that was begun, or is done, was found by a scan.
func (s *subject) targeted() []deployed {
	var out []deployed
	for i := range s.Updates {
		u := &s.Updates[i]
		open := u.Now == ledger.StateUnknown || u.Now == ledger.StateAvailable || u.Now == ledger.StateDeferred
		if u.Machine != s.n || u.Found || !open || u.UpdateID == "" || len(u.Deployments) == 0 || len(u.Attempts) > 0 {
			continue
		}
		for _, g := range u.Stages {
			if (g.Name == ledger.Policy || g.Name == ledger.Evaluate) && len(g.Evidence) > 0 {
				out = append(out, deployed{u.UpdateID, u.Deployments[0], Records(g.Evidence[len(g.Evidence)-1])[0]})
				break
			}
		}
	}
	return out
}

// assigned reads one export, at most n updates of it. What stands before the
// first deployment of the export is none's.
func (s *subject) assigned(file, n int) []deployed {
	var out []deployed
	number, next := 0, 0
	name := ""
	for line := range bytes.Lines(s.Store.Files[file].Whole()) {
		number++
		for next < len(s.facts.Deployments) && (s.facts.Deployments[next].Evidence.File != file || s.facts.Deployments[next].Evidence.Line <= number) {
			if d := &s.facts.Deployments[next]; d.Evidence.File == file {
				name = d.Name
				if name == "" {
					name = d.ID
				}
			}
			next++
		}
		for rest := string(line); name != "" && len(out) < n; {
			_, after, ok := strings.Cut(rest, "SUM_")
			if !ok {
				break
			}
			rest = after
			if id := guidIn(after[:min(36, len(after))]); id != "" {
				out = append(out, deployed{id, name, Evidence{File: file, Line: number, Record: record.None, Text: "SUM_" + id}})
			}
		}
	}
	return out
}
