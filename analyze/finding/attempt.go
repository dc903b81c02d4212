package finding

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze/ledger"
	"patchtrail/ingest/record"
	"patchtrail/ingest/reporting"
)

// exceeded makes a finding of every update that ConfigMgr cancelled at its
// maximum execution time. All three criteria of REQUIREMENTS.md S0.42-S0.44
// must hold: the caller is CcmExec, the run time reached the maximum, and the
// code is 0x800704c7. It is certain where the maximum is known, likely where it
// is the product's default.
func exceeded(s *subject) []Finding {
	return s.cut(metMaximum, func(u *ledger.Update, last *ledger.Attempt) Finding {
		f := Finding{Confidence: Likely, Params: params(
			"minutes", strconv.Itoa(int(last.Runtime()/int64(time.Minute))), "maximum", strconv.Itoa(last.Max.Seconds/60),
			"source", string(last.Max.Source), "recommended", positive(u.RecommendedMinutes),
			"code", fmt.Sprintf("0x%08x", last.Code),
		)}
		if last.Max.Source == ledger.FromFile || last.Max.Source == ledger.FromBundle {
			f.Confidence = Certain
		}
		return f
	})
}

// metMaximum reports whether ConfigMgr cancelled an attempt at its maximum.
func metMaximum(a *ledger.Attempt) bool {
	return a.Caller == ledger.ConfigMgr && a.Result == ledger.Cancelled && a.Verdict == ledger.Exceeded
}

// cancelledCode is ledger.CancelledCode as it is written.
const cancelledCode = "0x800704c7"

// cancelled makes a finding of every update that was cancelled otherwise (C70).
// Where ConfigMgr started it and the log does not hold when, its maximum may be
// the reason as well as not: then nothing is said.
func cancelled(s *subject) []Finding {
	other := func(a *ledger.Attempt) bool {
		return a.Result == ledger.Cancelled && !metMaximum(a) && (a.Caller != ledger.ConfigMgr || a.Verdict == ledger.Within || a.Verdict == ledger.Near)
	}
	return s.cut(other, func(u *ledger.Update, last *ledger.Attempt) Finding {
		f := Finding{Confidence: Certain, Params: params("caller", last.Caller, "code", cancelledCode)}
		if last.Known() {
			f.Params["minutes"] = strconv.Itoa(int(last.Runtime() / int64(time.Minute)))
			if last.Max.Seconds > 0 && last.Verdict != ledger.Exceeded {
				f.Params["maximum"] = strconv.Itoa(last.Max.Seconds / 60)
			}
		}
		return f
	})
}

// shown are the records of an attempt that state its ends: those of
// ReportingEvents.log where it holds them, else the first and the last.
func (s *subject) shown(a *ledger.Attempt) []record.ID {
	var out []record.ID
	for _, id := range a.Evidence {
		if s.Store.Files[s.Store.Meta(id).File].Format == reporting.Name {
			out = append(out, id)
		}
	}
	if len(out) > 0 {
		return out
	}
	if ends := a.Ends(s.Store.Time); len(ends) > 0 {
		return ends
	}
	return a.Evidence[:min(len(a.Evidence), 2)]
}

// cut makes a finding of each update that has attempts of a kind, in the words
// of the last of them. A later success has mended it.
func (s *subject) cut(of func(*ledger.Attempt) bool, say func(*ledger.Update, *ledger.Attempt) Finding) []Finding {
	var out []Finding
	for i := range s.Updates {
		u := &s.Updates[i]
		if u.Machine != s.n {
			continue
		}
		var all []*ledger.Attempt
		for j := range u.Attempts {
			if of(&u.Attempts[j]) {
				all = append(all, &u.Attempts[j])
			}
		}
		if len(all) == 0 {
			continue
		}
		first, last := all[0], all[len(all)-1]
		f := say(u, last)
		f.Count, f.First, f.Last, f.Updates = len(all), first.Started, last.Ended, []string{u.Key}
		if f.First == 0 {
			f.First = first.Ended
		}
		f.Params["kb"], f.Params["title"], f.Params["update_id"] = u.KB, u.Title, u.UpdateID
		if u.KB == "" {
			f.Params["kb"] = u.Title
		}
		for _, a := range all {
			f.Evidence = append(f.Evidence, Records(s.shown(a)...)...)
		}
		f.mended(u, s.shown)
		out = append(out, f)
	}
	return out
}

// mended notes that the update was installed since.
func (f *Finding) mended(u *ledger.Update, shown func(*ledger.Attempt) []record.ID) {
	end := &u.Attempts[len(u.Attempts)-1]
	if end.Result != ledger.Succeeded || end.Ended <= f.Last {
		return
	}
	f.Severity = Info
	f.Params[recovered] = stamp(end.Ended)
	f.Evidence = append(fewer(f.Evidence), Records(shown(end)...)...)
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// kb is the article that a parameter names, as the ledger writes it, "" if none.
func kb(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if digits(s) && s != "" {
		s = "KB" + s
	}
	return ledger.KB(s)
}
