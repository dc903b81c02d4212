package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what an identifier is of.
type Kind string

// The kinds of identifiers.
const (
	KindUpdate     Kind = "update"
	KindDeployment Kind = "deployment"
	KindContent    Kind = "content"
	KindJob        Kind = "job"      // of UpdatesHandler
	KindCTM        Kind = "ctm"      // of ContentTransferManager
	KindDTS        Kind = "dts"      // of DataTransferService
	KindBITS       Kind = "bits"     // of BITS
	KindRequest    Kind = "request"  // of content, in CAS
	KindLocation   Kind = "location" // of content, in LocationServices
	KindSource     Kind = "source"   // of updates: a software update point
	KindScan       Kind = "scan"
	KindService    Kind = "service" // of the update agent
)

// named is what is known of an identifier.
type named struct {
	kind    Kind
	updates []int // in Ledger.Updates, in order
}

// services are the update agent's. Source: DOMAIN.md A6.
var services = map[string]string{
	"3da21691-e39d-4da6-8a4b-b43877bcb1b7": "WSUS",
	"9482f4b4-e343-43b6-b170-9a65bc822c77": "Windows Update",
	"7971f918-a847-4430-9279-4a52d1efe18d": "Microsoft Update",
	"855e8a7c-ecb4-4ca3-b045-1dfa50104289": "Microsoft Store",
	"8b24b027-1dee-babb-9a95-3517dfb9c552": "DCat flighting",
}

// Lookup says what an identifier is of, and the updates that it belongs to as
// places in Updates. id is a GUID in any case, with or without braces.
func (l *Ledger) Lookup(id string) (kind Kind, updates []int, ok bool) {
	if _, ok := services[normal(id)]; ok {
		return KindService, nil, true
	}
	g, ok := stringGUID(id)
	if !ok {
		return "", nil, false
	}
	n, ok := l.names[g]
	return n.kind, n.updates, ok
}

// Name names an identifier in English, such as "KB5053602", "content of
// KB5053602", "deployment of KB5053602, KB5034441 and 3 more". id is a GUID in any
// case, with or without braces.
func (l *Ledger) Name(id string) (string, bool) {
	kind, updates, ok := l.Lookup(id)
	if !ok {
		return "", false
	}
	switch kind {
	case KindService:
		return services[normal(id)], true
	case KindUpdate:
		return l.updateName(updates[0]), true
	case KindSource:
		return "update source", true
	case KindScan:
		return "scan", true
	}
	words := map[Kind]string{
		KindDeployment: "deployment", KindContent: "content", KindJob: "job", KindCTM: "CTM job", KindDTS: "DTS job", KindBITS: "BITS job",
		KindRequest: "content request", KindLocation: "location request",
	}[kind]
	if len(updates) == 0 {
		return words, true
	}
	return words + " of " + l.list(updates), true
}

// updateName is an update's article, with its title where that is all there is.
func (l *Ledger) updateName(i int) string {
	u := &l.Updates[i]
	switch {
	case u.KB == "":
		return u.Key
	case u.Title == "" || KB(u.Title) != u.KB:
		return u.KB
	}
	return u.KB + " " + strings.TrimSpace(strings.ReplaceAll(u.Title, "("+u.KB+")", ""))
}

// list names up to three updates.
func (l *Ledger) list(updates []int) string {
	const most = 3
	var names []string
	for _, i := range updates {
		if k := l.Updates[i].Key; !slices.Contains(names[max(0, len(names)-most):], k) { // of several machines
			names = append(names, k)
		}
	}
	out := strings.Join(names[:min(most, len(names))], ", ")
	if more := len(names) - most; more > 0 {
		out += fmt.Sprintf(" and %d more", more)
	}
	return out
}

// name adds the machine's identifiers. first is the place of its first update
// before the updates are sorted.
func (m *machine) name(l *Ledger, first int) {
	place := make(map[*row]int, len(m.rows))
	for i, u := range m.rows {
		place[u] = first + i
	}
	add := func(g guid, k Kind, rows ...*row) {
		n := l.names[g]
		if n.kind != "" && n.kind != k {
			return
		}
		n.kind = k
		for _, u := range rows {
			if u != nil {
				n.updates = append(n.updates, place[u])
			}
		}
		l.names[g] = n
	}
	for g, u := range m.byID {
		add(g, KindUpdate, u)
	}
	for child, bundle := range m.alias {
		add(child, KindUpdate, m.byID[bundle])
	}
	for g, d := range m.deployments {
		add(g, KindDeployment, d.rows...)
	}
	for g, u := range m.contents {
		add(g, KindContent, u)
	}
	for g, j := range m.jobs {
		m.nameJob(g, j, add)
	}
}

// nameJob names a job after what it belongs to.
func (m *machine) nameJob(g guid, j link, add func(guid, Kind, ...*row)) {
	var rows []*row
	switch j.kind {
	case "job":
		if d := m.deployments[j.to]; d != nil {
			rows = d.rows
		}
		add(g, KindJob, rows...)
	case "ctm":
		add(g, KindCTM, m.contents[j.to])
	case "request":
		add(g, KindRequest, m.contents[j.to])
	case "location":
		add(g, KindLocation, m.contents[m.ctm[j.to]])
	case "dts":
		add(g, KindDTS, m.contents[m.ctm[j.to]])
	case "bits":
		add(g, KindBITS, m.contents[m.ctm[m.jobs[j.to].to]])
	case "source":
		add(g, KindSource)
	case "scan":
		add(g, KindScan)
	}
}
