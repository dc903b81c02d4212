package finding

import (
	"math"
	"slices"
	"strconv"
	"time"

	"patchtrail/ingest/record"
)

// How far a clock may be wrong, in nanoseconds: minutes do no harm, from an hour
// on certificates and tickets are refused (S4.1). What is less than slight is
// not worth a word.
const (
	slight = int64(5 * time.Minute)
	harm   = int64(time.Hour)
)

// earliest is a time before which no log of a machine that ConfigMgr or a
// present Windows manages can be: 2005.
var earliest = time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// clockWrong compares the records with the UTC times that they state
// themselves, and looks for clocks that went back and for dates that cannot be
// (S4.1, C05). A clock that went back had been wrong and was set right.
func clockWrong(s *subject) []Finding {
	var out []Finding
	for _, find := range []func(*subject) (Finding, bool){skewed, jumped, impossible, measured} {
		if f, ok := find(s); ok {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return nil
	}
	// One clock is one finding: the gravest tells it.
	slices.SortStableFunc(out, func(a, b Finding) int { return weight(a.Severity) - weight(b.Severity) })
	f := out[0]
	for _, o := range out[1:] {
		f.Evidence = append(f.Evidence, o.Evidence...)
	}
	return []Finding{f}
}

// measured is a clock that differs from that of a time server.
func measured(s *subject) (Finding, bool) {
	offset := &s.facts.TimeOffset
	n, err := strconv.ParseFloat(offset.Value, 64)
	if off := time.Duration(math.Abs(n) * float64(time.Second)); err != nil || int64(off) < slight {
		return Finding{}, false
	}
	f := Finding{Severity: Warning, Confidence: Certain, Evidence: places(offset.Evidence...), Params: params(
		"kind", "measured", "minutes", strconv.Itoa(int(math.Abs(n)/60)),
	)}
	if math.Abs(n)*float64(time.Second) >= float64(harm) {
		f.Severity = Error
	}
	return f, true
}

// skewed is a clock that differs from the UTC that messages state.
func skewed(s *subject) (Finding, bool) {
	skew := s.Machines[s.n].Skew
	off := max(skew.Median, -skew.Median)
	if !skew.Wrong() {
		return Finding{}, false
	}
	f := Finding{Severity: Info, Confidence: Likely, Count: skew.Count, Params: params(
		"kind", "skew", "seconds", strconv.FormatInt(off/int64(time.Second), 10),
	)}
	if off >= 2*int64(time.Minute) {
		f.Params["minutes"] = strconv.FormatInt(off/int64(time.Minute), 10)
		delete(f.Params, "seconds")
	}
	if off >= harm {
		f.Severity = Error
	} else if off >= slight {
		f.Severity = Warning
	}
	for i, file := range s.Store.Files {
		if file.Machine != s.n || len(file.Stamps) == 0 {
			continue
		}
		for _, at := range []record.Stamp{file.Stamps[0], file.Stamps[len(file.Stamps)-1]} {
			if id, ok := recordAt(s.Store.Files[i], at.Record); ok {
				f.Evidence = append(f.Evidence, Records(id)...)
				f.Params["file"] = file.Path
			}
		}
	}
	return f, len(f.Evidence) > 0
}

// recordAt finds a record of a file by its time.
func recordAt(f *record.File, utc int64) (record.ID, bool) {
	id := f.Base()
	for _, b := range f.Blocks() {
		for i := range b.Len() {
			if b.Time(i) == utc {
				return id + record.ID(i), true
			}
		}
		id += record.ID(b.Len())
	}
	return 0, false
}

// jumped is a clock that was set back.
func jumped(s *subject) (Finding, bool) {
	f := Finding{Severity: Info, Confidence: Likely, Params: params("kind", "jump")}
	most := int64(0)
	for _, file := range s.Store.Files {
		if file.Machine != s.n {
			continue
		}
		for _, j := range file.Jumps {
			back := j.From - j.To
			if back < slight {
				continue
			}
			f.Count++
			id := file.Base() + record.ID(j.Record)
			if back > most {
				most = back
				f.Params["file"], f.Params["from"], f.Params["to"] = file.Path, stamp(j.From), stamp(j.To)
				f.Params["minutes"] = strconv.FormatInt(back/int64(time.Minute), 10)
			}
			if j.Record > 0 {
				f.Evidence = append(f.Evidence, Records(id-1)...)
			}
			f.Evidence = append(f.Evidence, Records(id)...)
		}
	}
	// What has been set right does no harm any more; it explains the certificates
	// that were refused before.
	if most >= harm && s.matched("scan-tls-failed", "mp-no-client-certificate", "signature-not-trusted") != nil {
		f.Severity = Warning
	}
	return f, most > 0
}

// impossible is a date from before any log can be: an empty battery.
func impossible(s *subject) (Finding, bool) {
	f := Finding{Severity: Warning, Confidence: Likely, Params: map[string]string{}}
	for _, file := range s.Store.Files {
		if file.Machine != s.n || file.Len() == file.Untimed || file.First >= earliest {
			continue
		}
		if id, ok := recordAt(file, file.First); ok {
			f.Count++
			f.Evidence = append(f.Evidence, Records(id)...)
			f.Params["file"], f.Params["from"] = file.Path, stamp(file.First)
		}
	}
	return f, f.Count > 0
}
