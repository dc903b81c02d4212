package record

import (
	"math"
	"slices"
	"testing"
)

// TestColumn holds that numbers come back as they went in, whichever form they
// are kept in.
func TestColumn(t *testing.T) {
	for name, values := range map[string][]uint32{
		"none": {}, "one": {7}, "alike": {3, 3, 3}, "counting": {9, 10, 11, 12}, "counting by twos": {1, 3, 5},
		"counting down": {5, 4, 3}, "round the end": {math.MaxUint32, 0, 1}, "nearly counting": {1, 2, 4}, "close": {70000, 70005, 70001},
		"narrowest": {0, 1, math.MaxUint16}, "wide": {0, 1, math.MaxUint16 + 1}, "widest": {math.MaxUint32, 0, 5},
	} {
		c := newColumn(slices.Clone(values))
		for i, v := range values {
			if got := c.at(i); got != v {
				t.Errorf("%s: number %d is %d, not %d", name, i, got, v)
			}
		}
	}
}

func TestMoments(t *testing.T) {
	const now = 1_700_000_000_000_000_000
	for name, c := range map[string]struct {
		values []int64
		wide   bool
	}{
		"none":                          {nil, true},
		"one":                           {[]int64{now}, false},
		"thousandths of a month":        {[]int64{now, now + 30*86400*1e9, now + 1e6}, false},
		"thousandths of a year":         {[]int64{now, now + 365*86400*1e9}, true},
		"ticks":                         {[]int64{now + 300, now, now + 7*60*1e9}, false},
		"ticks of an hour":              {[]int64{now + 300, now, now + 3600*1e9}, true},
		"nanoseconds":                   {[]int64{now + 7, now, now + 4e9}, false},
		"as far apart as fits":          {[]int64{now, now + math.MaxUint32*1e6}, false},
		"one too far":                   {[]int64{now, now + (math.MaxUint32+1)*1e6}, true},
		"no time among times":           {[]int64{math.MinInt64, now, now + 1e6}, true},
		"from one end of time to other": {[]int64{math.MinInt64, math.MaxInt64, 0}, true},
		"before 1970":                   {[]int64{-5e6, 0, 7e6}, false},
		"all without a time":            {[]int64{math.MinInt64, math.MinInt64}, false},
	} {
		m := newMoments(slices.Clone(c.values))
		for i, v := range c.values {
			if got := m.at(i); got != v {
				t.Errorf("%s: time %d is %d, not %d", name, i, got, v)
			}
		}
		if wide := m.narrow == nil; wide != c.wide {
			t.Errorf("%s: kept wide: %t", name, wide)
		}
	}
}

func TestOffsets(t *testing.T) {
	long := make([]uint32, 100)
	for i := range long {
		long[i] = uint32(i) * 40000
	}
	for name, values := range map[string][]uint32{
		"none": {}, "one": {0}, "low": {0, 1, 65535}, "turn": {0, 65535, 65536, 65537}, "begins high": {65536, 70000, 131072},
		"leaps": {5, 5 + 3<<16, 5 + 9<<16}, "many turns": long, "alike": {7, 7, 65536, 65536},
	} {
		o := newOffsets(len(values), func(i int) uint32 { return values[i] })
		if o.len() != len(values) {
			t.Errorf("%s: %d of %d", name, o.len(), len(values))
		}
		for i, v := range values {
			if got := o.at(i); got != v {
				t.Errorf("%s: offset %d is %d, not %d", name, i, got, v)
			}
		}
	}
}
