package record

import (
	"math"
	"slices"
	"sort"
)

// column holds numbers in as few bytes as they need. Lines mostly count on by
// one and a log mostly has one component: those take no bytes at all. Threads
// and lines of one block lie close together: two bytes each.
type column struct {
	base   uint32
	step   uint32 // between two numbers, where neither slice is set
	narrow []uint16
	wide   []uint32
}

// newColumn takes over values, which may be used again once it returns.
func newColumn(values []uint32) column {
	if len(values) == 0 {
		return column{}
	}
	if c, ok := evenColumn(values); ok {
		return c
	}
	least, most := slices.Min(values), slices.Max(values)
	if most-least > math.MaxUint16 {
		return column{wide: slices.Clone(values)}
	}
	c := column{base: least, narrow: make([]uint16, len(values))}
	for i, v := range values {
		c.narrow[i] = uint16(v - least)
	}
	return c
}

// evenColumn is the column of numbers that are all alike or count on evenly.
func evenColumn(values []uint32) (column, bool) {
	c := column{base: values[0]}
	if len(values) > 1 {
		c.step = values[1] - values[0]
	}
	for i, v := range values {
		if v != c.at(i) {
			return column{}, false
		}
	}
	return c, true
}

func (c *column) at(i int) uint32 {
	if c.narrow != nil {
		return c.base + uint32(c.narrow[i])
	}
	if c.wide != nil {
		return c.wide[i]
	}
	return c.base + uint32(i)*c.step
}

// offsets holds numbers that never fall in two bytes each: where they pass a
// multiple of 65536 is noted apart, a few times in a block.
type offsets struct {
	low   []uint16
	turns []uint32 // at turns[n] the high half has become n+1, or more where the next is the same
}

// newOffsets holds the n numbers that at gives.
func newOffsets(n int, at func(i int) uint32) offsets {
	o := offsets{low: make([]uint16, n)}
	for i := range n {
		v := at(i)
		o.low[i] = uint16(v)
		for uint32(len(o.turns)) < v>>16 {
			o.turns = append(o.turns, uint32(i))
		}
	}
	return o
}

func (o *offsets) len() int { return len(o.low) }

func (o *offsets) at(i int) uint32 {
	high := 0
	if len(o.turns) > manyTurns {
		high = sort.Search(len(o.turns), func(n int) bool { return o.turns[n] > uint32(i) })
	} else {
		for high < len(o.turns) && o.turns[high] <= uint32(i) {
			high++
		}
	}
	return uint32(high)<<16 | uint32(o.low[i])
}

// manyTurns is from how many on they are not looked through one by one.
const manyTurns = 8

// moments holds times in four bytes each where that is enough: logs write
// thousandths of a second or tenths of a millionth, and a block of one spans
// hours.
type moments struct {
	base, unit int64
	narrow     []uint32
	wide       []int64 // set where narrow is not
}

// The units of narrow times in nanoseconds: what CCM's logs and event logs write.
const (
	thousandth = 1_000_000
	tick       = 100
)

// newMoments takes over values, which may be used again once it returns.
func newMoments(values []int64) moments {
	if len(values) == 0 {
		return moments{}
	}
	least, most := slices.Min(values), slices.Max(values)
	for _, unit := range [...]uint64{thousandth, tick, 1} {
		// Unsigned, the difference is right even where a signed one would overflow.
		if uint64(most-least)/unit > math.MaxUint32 {
			continue
		}
		if narrow := inUnits(values, least, unit); narrow != nil {
			return moments{base: least, unit: int64(unit), narrow: narrow}
		}
	}
	return moments{wide: slices.Clone(values)}
}

// inUnits is how many units each value is after least, nil where one is not a
// whole number of them.
func inUnits(values []int64, least int64, unit uint64) []uint32 {
	for _, v := range values {
		if d := uint64(v - least); units(d, unit)*unit != d {
			return nil
		}
	}
	out := make([]uint32, len(values))
	for i, v := range values {
		out[i] = uint32(units(uint64(v-least), unit))
	}
	return out
}

// units is d / unit, by what the compiler knows: dividing by a variable takes
// ten times as long.
func units(d, unit uint64) uint64 {
	switch unit {
	case thousandth:
		return d / thousandth
	case tick:
		return d / tick
	}
	return d / unit
}

func (m *moments) at(i int) int64 {
	if m.narrow != nil {
		return m.base + int64(m.narrow[i])*m.unit
	}
	return m.wide[i]
}
