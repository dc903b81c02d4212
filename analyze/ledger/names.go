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

	kindPolicy Kind = "policy" // which has no name
)

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
	for _, m := range l.machines {
		k, rows, found := m.lookup(g)
		if !found || kind != "" && k != kind {
			continue
		}
		kind = k
		for _, u := range rows {
			if u != nil {
				updates = append(updates, u.place)
			}
		}
	}
	slices.Sort(updates)
	return kind, slices.Compact(updates), kind != ""
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

// lookup says what an identifier is of on this machine, and its updates.
func (m *machine) lookup(g guid) (Kind, []*row, bool) {
	if u := m.byID[g]; u != nil {
		return KindUpdate, []*row{u}, true
	}
	if bundle, ok := m.alias[g]; ok {
		return KindUpdate, []*row{m.byID[bundle]}, m.byID[bundle] != nil
	}
	if d := m.deployments[g]; d != nil {
		return KindDeployment, d.rows, true
	}
	if u := m.contents[g]; u != nil {
		return KindContent, []*row{u}, true
	}
	j, ok := m.jobs[g]
	if !ok {
		return "", nil, false
	}
	kind := j.kind()
	switch kind {
	case KindJob:
		if d := m.deployments[j.to]; d != nil {
			return KindJob, d.rows, true
		}
	case KindCTM, KindRequest:
		return kind, []*row{m.contents[j.to]}, true
	case KindLocation, KindDTS:
		return kind, []*row{m.contents[m.ctm[j.to]]}, true
	case KindBITS:
		return KindBITS, []*row{m.contents[m.ctm[m.jobs[j.to].to]]}, true
	case kindPolicy:
		return "", nil, false
	}
	return kind, nil, true
}

// kind is what a job is.
func (l link) kind() Kind {
	switch l.by {
	case evPolicy:
		return kindPolicy
	case evCTM:
		return KindCTM
	case evContentRequest:
		return KindRequest
	case evLocate:
		return KindLocation
	case evDTS:
		return KindDTS
	case evBITS:
		return KindBITS
	case evSource:
		return KindSource
	case evScanJob, evScanRequest:
		return KindScan
	}
	return KindJob
}

// forget drops what only putting the ledger together needs.
func (m *machine) forget() {
	m.events, m.words, m.byTitle = eventList{}, nil, nil
	for _, u := range m.rows {
		u.own, u.merged, u.tries, u.content, u.deployed, u.askedBy = nil, nil, [families][]*try{}, nil, nil, nil
	}
	for _, d := range m.deployments {
		d.events, d.detects = nil, nil
	}
}
