package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"patchtrail/analyze/reach"
)

// pathBroken tells a broken way to WSUS from a WSUS that is sick (S1.70).
func pathBroken(in *Input) []Finding {
	var out []Finding
	for _, m := range reach.Matches(in.Matched.Leads) {
		out = append(out, in.fromMatch(&m))
	}
	return out
}

// duplicateClients looks for machines of the input that share a SusClientId
// (S3.29, C06). Two bundles of one machine share it rightly, so each must have a
// name of its own.
func duplicateClients(in *Input) []Finding {
	type owner struct {
		machine int
		name    string
	}
	byID := map[string][]owner{}
	var order []string
	for i, f := range in.Facts {
		id := strings.ToLower(strings.Trim(f.SusClientID.Value, "{} "))
		name := strings.ToLower(cmp.Or(f.Name.Value, in.Machines[i].Name))
		name, _, _ = strings.Cut(name, ".")
		if id == "" || name == "" || strings.Trim(id, "0-") == "" {
			continue
		}
		if slices.ContainsFunc(byID[id], func(o owner) bool { return o.name == name }) {
			continue
		}
		if byID[id] == nil {
			order = append(order, id)
		}
		byID[id] = append(byID[id], owner{i, name})
	}
	var out []Finding
	for _, id := range order {
		owners := byID[id]
		if len(owners) < 2 {
			continue
		}
		f := Finding{Machine: owners[0].machine, Confidence: Certain, Params: params("id", id, "count", strconv.Itoa(len(owners)))}
		var names []string
		for _, o := range owners {
			names = append(names, in.Machines[o.machine].ID)
			f.Evidence = append(f.Evidence, places(in.Facts[o.machine].SusClientID.Evidence[0])...)
		}
		f.Params["machines"] = short(names)
		out = append(out, f)
	}
	return out
}
