// Package clock makes UTC of what logs state: which zone a machine kept, on
// which date, and how that is known.
//
// CCM records carry Windows' bias in minutes (UTC = local + bias), so that they
// need no help; each is also an observation of its machine's zone. Logs that
// state no zone (CBS, DISM, the converted WindowsUpdate.log, CCM logs of managed
// components) take their machine's, by date. Where the observations show a
// change of the bias, the zone whose rules fit them all gives the instant of
// the change and the rest of the year; where they show one bias only, that bias
// holds throughout.
package clock

import (
	"sort"
	"time"
	_ "time/tzdata" // Windows has no zone database of its own to read

	"patchtrail/ingest/record"
)

// Source says how a zone is known, as it stands in JSON.
type Source string

// The sources, in order of trust.
const (
	FromCCM       Source = "ccm-logs"
	FromReporting Source = "reporting-events"
	FromTrace     Source = "trace"
	FromSnapshot  Source = "system-information"
	FromUser      Source = "user"
	Assumed       Source = "assumed"
)

// Zone knows a machine's bias at any instant. The zero value is UTC, assumed.
type Zone struct {
	Source Source
	// Name is the IANA name of the zone whose rules fit, "" for a fixed bias.
	Name string
	// spans hold from their start to the next one's; the first from the
	// beginning of time.
	spans []span
}

type span struct {
	from int64 // nanoseconds UTC
	bias int16
}

// Fixed returns the zone that always has this bias, in minutes.
func Fixed(bias int16, source Source) *Zone {
	return &Zone{Source: source, spans: []span{{bias: bias}}}
}

// Bias returns minutes, UTC = local + bias, at an instant in nanoseconds UTC.
func (z *Zone) Bias(utc int64) int16 {
	if z == nil || len(z.spans) == 0 {
		return 0
	}
	i := sort.Search(len(z.spans), func(i int) bool { return z.spans[i].from > utc })
	return z.spans[max(i-1, 0)].bias
}

// Local returns the wall clock, as nanoseconds since 1970-01-01 of that clock.
func (z *Zone) Local(utc int64) int64 { return utc - int64(z.Bias(utc))*minute }

// Changes reports whether the zone ever changes its bias.
func (z *Zone) Changes() bool { return z != nil && len(z.spans) > 1 }

const minute = int64(time.Minute)

// backwards is how far records of one log may stand before each other without
// meaning that the clock was set back: threads write when they get to it.
const backwards = int64(2 * time.Second)

// UTC turns a wall clock into UTC. An hour that the clock showed twice is told
// apart by prev, the time of the record before in the same log: the first pass
// unless that would go back. A wall clock that was never shown (skipped in
// spring) is read with the bias from before the change.
func (z *Zone) UTC(local, prev int64) int64 {
	if z == nil || len(z.spans) == 0 {
		return local
	}
	if len(z.spans) == 1 {
		return local + int64(z.spans[0].bias)*minute
	}
	const day = int64(24 * time.Hour)
	before, after := z.Bias(local-day), z.Bias(local+day)
	early, late := local+int64(before)*minute, local+int64(after)*minute
	if before == after {
		return early
	}
	okEarly, okLate := z.Bias(early) == before, z.Bias(late) == after
	switch {
	case okEarly && okLate:
		if early < prev-backwards {
			return late
		}
		return early
	case okLate:
		return late
	default:
		return early
	}
}

// FromBiases returns the zone that observations of one machine's bias show, nil
// if there are none. They may come in any order.
func FromBiases(obs []record.BiasAt, source Source) *Zone {
	if len(obs) == 0 {
		return nil
	}
	obs = append([]record.BiasAt(nil), obs...)
	sort.SliceStable(obs, func(i, j int) bool { return obs[i].UTC < obs[j].UTC })
	obs = changes(obs)
	if len(obs) == 1 {
		return Fixed(obs[0].Bias, source)
	}
	if z := fitting(obs); z != nil {
		z.Source = source
		return z
	}
	z := &Zone{Source: source}
	for _, o := range obs {
		z.spans = append(z.spans, span{o.UTC, o.Bias})
	}
	return z
}

// changes leaves, of each run of the same bias, the first and the last.
func changes(obs []record.BiasAt) []record.BiasAt {
	var out []record.BiasAt
	for i, o := range obs {
		if i > 0 && obs[i-1].Bias == o.Bias && i+1 < len(obs) && obs[i+1].Bias == o.Bias {
			continue
		}
		out = append(out, o)
	}
	same := true
	for _, o := range out {
		same = same && o.Bias == out[0].Bias
	}
	if same {
		return out[:1]
	}
	return out
}

// fitting returns the first zone of the list whose rules explain every
// observation.
func fitting(obs []record.BiasAt) *Zone {
next:
	for _, w := range windowsZones {
		loc, err := time.LoadLocation(w.iana)
		if err != nil {
			continue
		}
		for _, o := range obs {
			if biasOf(loc, o.UTC) != o.Bias {
				continue next
			}
		}
		return FromLocation(loc, "")
	}
	return nil
}

func biasOf(loc *time.Location, utc int64) int16 {
	_, offset := time.Unix(0, utc).In(loc).Zone()
	return int16(-offset / 60)
}

// firstYear and lastYear bound the changes of a zone that are looked up; logs
// from outside them have a clock that is wrong anyway.
const firstYear, lastYear = 1995, 2060

// FromLocation returns the zone with a location's rules.
func FromLocation(loc *time.Location, source Source) *Zone {
	z := &Zone{Source: source, Name: loc.String()}
	const step = int64(7 * 24 * time.Hour)
	at := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	end := time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	z.spans = []span{{at, biasOf(loc, at)}}
	for ; at < end; at += step {
		last := z.spans[len(z.spans)-1].bias
		if biasOf(loc, at+step) == last {
			continue
		}
		lo, hi := at, at+step
		for hi-lo > int64(time.Second) {
			mid := lo + (hi-lo)/2
			if biasOf(loc, mid) == last {
				lo = mid
			} else {
				hi = mid
			}
		}
		hi -= hi % int64(time.Second)
		z.spans = append(z.spans, span{hi, biasOf(loc, at+step)})
	}
	return z
}

// Skew is how far a log's times are from UTC stamps that its own messages hold.
type Skew struct {
	// Median of record time minus stated time, in nanoseconds.
	Median int64
	// Count of the stamps compared.
	Count int
}

// skewLimit is the disagreement that is worth saying, in nanoseconds.
const skewLimit = int64(2 * time.Second)

// Wrong reports whether the disagreement is more than 2 s.
func (s Skew) Wrong() bool { return s.Count > 0 && (s.Median > skewLimit || s.Median < -skewLimit) }

// SkewOf compares the stamps of a file.
func SkewOf(stamps []record.Stamp) Skew {
	if len(stamps) == 0 {
		return Skew{}
	}
	d := make([]int64, len(stamps))
	for i, s := range stamps {
		d[i] = s.Record - s.Stated
	}
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	return Skew{Median: d[len(d)/2], Count: len(d)}
}
