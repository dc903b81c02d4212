package finding

import (
	"strconv"
	"strings"

	"patchtrail/analyze/fact"
)

// What a saved configuration of WSUS says against the place of the software
// update point in the hierarchy (S1.3, S1.10-S1.16). WCM.log states the source
// that the site's settings ask for; without it only what is wrong in every
// place is said.

// wanted returns the update source that the site asks of a machine's WSUS: from
// the machine's own WCM.log, or from that of the site server whose one update
// point it is.
func (in *Input) wanted(machine int) *fact.Fact {
	if f := &in.Facts[machine].WantedSource; f.Known() {
		return f
	}
	var found *fact.Fact
	for i, f := range in.Facts {
		if !f.WantedSource.Known() {
			continue
		}
		p := f.UpdatePoint(fact.SiteServer)
		if found != nil || p == nil || !sameHost(p.Host, in.Machines[machine].Name) {
			return nil
		}
		found = &in.Facts[i].WantedSource
	}
	return found
}

// wsusReplica looks for a replica whose site asks for Microsoft Update as its
// source: only the update point of the top-level site has that, and it must be
// none. Those further down are replicas rightly.
func wsusReplica(in *Input) []Finding {
	var out []Finding
	for i, f := range in.Facts {
		w, want := f.Wsus, in.wanted(i)
		if w == nil || !w.Replica || want == nil || want.Value != fact.MicrosoftUpdate {
			continue
		}
		out = append(out, Finding{
			Machine: i, Confidence: Certain, Evidence: append(places(w.Evidence), places(want.Evidence...)...),
			Params: params("server", in.Machines[i].Name, "source", w.Upstream),
		})
	}
	return out
}

// wsusSourceWrong looks at the source of a WSUS that is none of these replicas.
func wsusSourceWrong(in *Input) []Finding {
	var out []Finding
	for i, f := range in.Facts {
		w := f.Wsus
		if w == nil || !w.MicrosoftKnown {
			continue
		}
		p, proof := map[string]string(nil), places(w.Evidence)
		if want := in.wanted(i); want != nil {
			if p = differs(w, want.Value); p != nil {
				proof = append(proof, places(want.Evidence...)...)
			}
		}
		if p == nil {
			p = malformed(w)
		}
		if p == nil {
			continue
		}
		p["server"] = in.Machines[i].Name
		out = append(out, Finding{Machine: i, Confidence: Certain, Evidence: proof, Params: p})
	}
	return out
}

// differs compares the source with the wanted one. A replica of the top-level
// site is told by wsusReplica.
func differs(w *fact.Wsus, want string) map[string]string {
	switch {
	case want == fact.MicrosoftUpdate && !w.Microsoft && !w.Replica:
		return params("source", w.Upstream, "port", number(w.Port), "expected", want)
	case want != fact.MicrosoftUpdate && w.Microsoft:
		return params("source", fact.MicrosoftUpdate, "expected", want)
	case want != fact.MicrosoftUpdate && !w.Microsoft && !sameHost(w.Upstream, want):
		return params("source", w.Upstream, "port", number(w.Port), "expected", want)
	}
	return nil
}

// malformed finds what is wrong in every place: a source that is no FQDN, and a
// port of WSUS without the use of SSL that belongs to it.
func malformed(w *fact.Wsus) map[string]string {
	if w.Microsoft || w.Upstream == "" {
		return nil
	}
	p := params("source", w.Upstream, "port", number(w.Port))
	if !strings.Contains(w.Upstream, ".") {
		p["expected"] = "FQDN"
		return p
	}
	if port := rightPort(w); w.SSLKnown && port != 0 {
		p["expected"] = strconv.Itoa(port)
		return p
	}
	return nil
}

// rightPort returns the port of the other use of SSL, 0 where the port fits or is
// one of its own.
func rightPort(w *fact.Wsus) int {
	pairs := map[int]int{80: 443, 8530: 8531}
	if !w.SSL {
		pairs = map[int]int{443: 80, 8531: 8530}
	}
	return pairs[w.Port]
}
