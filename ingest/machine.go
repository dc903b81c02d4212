package ingest

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"patchtrail/ingest/clock"
	"patchtrail/ingest/record"
)

// Role is what a machine is in the site, as far as its logs show.
type Role string

// The roles of DESIGN.md 8.
const (
	Client     Role = "client"
	SiteServer Role = "site-server"
	WSUS       Role = "wsus"
)

// Machine is one machine of the inputs.
type Machine struct {
	// ID is unique: the name, or "machine-N" where the bundle gives none.
	ID string
	// Name is the machine's name where the bundle gives one.
	Name string
	Role Role
	// Zone is how it kept time, and how that is known.
	Zone *clock.Zone
	// Skew is how far its CCM logs are from the UTC stamps in their messages.
	Skew clock.Skew
}

// place finds out which machine each file is of, what zone that machine kept,
// and turns wall clocks into UTC. user is the zone to take where nothing tells,
// nil for none.
func place(files []*record.File, user *clock.Zone) []Machine {
	slices.SortFunc(files, func(a, b *record.File) int {
		return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Path, b.Path))
	})
	groups := group(files)
	machines := make([]Machine, len(groups))
	var known *clock.Zone
	for i, g := range groups {
		m := &machines[i]
		m.Name, m.Role = g.name, g.role()
		m.Zone = zoneOf(g.files)
		m.Skew = skewOf(g.files)
		if known == nil {
			known = m.Zone
		}
		for _, f := range g.files {
			f.Machine = i
		}
	}
	name(machines)
	for i, g := range groups {
		m := &machines[i]
		if m.Zone == nil && user != nil {
			m.Zone = user
		} else if m.Zone == nil {
			m.Zone = assume(known)
		}
		for _, f := range g.files {
			settleLocal(f, m.Zone)
		}
	}
	settleTimeless(files)
	return machines
}

// assume returns the zone for a machine that nothing tells of: that of another
// machine of the same inputs, else UTC.
func assume(known *clock.Zone) *clock.Zone {
	if known == nil {
		return clock.Fixed(0, clock.Assumed)
	}
	z := *known
	z.Source = clock.Assumed
	return &z
}

// name gives every machine an ID of its own.
func name(machines []Machine) {
	seen := map[string]int{}
	for i := range machines {
		m := &machines[i]
		m.ID = m.Name
		if m.ID == "" {
			m.ID = "machine-" + itoa(i+1)
		}
		seen[m.ID]++
		if n := seen[m.ID]; n > 1 {
			m.ID += "-" + itoa(n)
		}
	}
}

// settleLocal turns the wall clocks of a file into UTC, in the file's own order,
// so that an hour that was shown twice comes out right.
func settleLocal(f *record.File, z *clock.Zone) {
	if !f.HasLocal() {
		return
	}
	var extra record.Flags
	if z.Source == clock.Assumed {
		extra = record.Assumed
	}
	prev := int64(math.MinInt64 / 2)
	blocks := slices.Clone(f.Blocks())
	for n, b := range blocks {
		blocks[n] = b.WithTimes(func(_ int, t int64, fl record.Flags) (int64, record.Flags) {
			switch {
			case fl&record.Local == 0:
				if t != noTime {
					prev = t
				}
				return t, fl
			case fl&record.Untimed != 0:
				if prev > math.MinInt64/2 {
					return prev, fl&^record.Local | extra
				}
				return z.UTC(t, prev), fl&^record.Local | extra
			}
			prev = z.UTC(t, prev)
			return prev, fl&^record.Local | extra
		})
	}
	f.SetBlocks(blocks)
}

// settleTimeless puts the records of files in which no record has a time at the
// beginning of the whole.
func settleTimeless(files []*record.File) {
	first := int64(math.MaxInt64)
	var timeless []*record.File
	for _, f := range files {
		least, all := int64(math.MaxInt64), true
		for _, b := range f.Blocks() {
			for i := range b.Len() {
				if t := b.Time(i); t == noTime {
					all = false
				} else {
					least = min(least, t)
				}
			}
		}
		first = min(first, least)
		if !all {
			timeless = append(timeless, f)
		}
	}
	if first == math.MaxInt64 {
		first = 0
	}
	for _, f := range timeless {
		blocks := slices.Clone(f.Blocks())
		for n, b := range blocks {
			blocks[n] = b.WithTimes(func(_ int, t int64, fl record.Flags) (int64, record.Flags) {
				if t == noTime {
					t = first
				}
				return t, fl
			})
		}
		f.SetBlocks(blocks)
	}
}

// skewOf compares all stamps of a machine's files with its records.
func skewOf(files []*record.File) clock.Skew {
	var all []record.Stamp
	for _, f := range files {
		all = append(all, f.Stamps...)
	}
	return clock.SkewOf(all)
}

// zoneOf finds the zone of a machine from its own files, nil if none tells.
func zoneOf(files []*record.File) *clock.Zone {
	for _, s := range []struct {
		source  clock.Source
		formats []string
	}{
		{clock.FromCCM, []string{"cmtrace", "sitelog"}},
		{clock.FromReporting, []string{"reportingevents", "windowsupdate-legacy"}},
		{clock.FromTrace, []string{"etl"}},
	} {
		if z := clock.FromBiases(observations(files, s.formats), s.source); z != nil {
			return z
		}
	}
	for _, f := range files {
		if z := snapshotZone(f); z != nil {
			return z
		}
	}
	return nil
}

// observations collects what files of these formats say of the bias, largest
// file first, and leaves out one that contradicts what larger ones said for the
// same time: scripts are known to write the sign the other way round.
func observations(files []*record.File, formats []string) []record.BiasAt {
	var from []*record.File
	for _, f := range files {
		if slices.Contains(formats, f.Format) && len(f.Biases) > 0 {
			from = append(from, f)
		}
	}
	slices.SortStableFunc(from, func(a, b *record.File) int { return cmp.Compare(b.Text, a.Text) })
	var out []record.BiasAt
	for _, f := range from {
		if contradicts(out, f.Biases) {
			continue
		}
		for _, o := range f.Biases {
			i, _ := slices.BinarySearchFunc(out, o.UTC+1, func(a record.BiasAt, utc int64) int { return cmp.Compare(a.UTC, utc) })
			if i > 0 && i < len(out) && out[i-1].Bias == o.Bias && out[i].Bias == o.Bias {
				continue // nothing new: a folder may have a hundred thousand logs
			}
			out = slices.Insert(out, i, o)
		}
	}
	return out
}

// contradicts reports whether an observation lies between two of said that
// agree with each other but not with it.
func contradicts(said, obs []record.BiasAt) bool {
	for _, o := range obs {
		i, _ := slices.BinarySearchFunc(said, o, func(a, b record.BiasAt) int { return cmp.Compare(a.UTC, b.UTC) })
		if i > 0 && i < len(said) && said[i-1].Bias == said[i].Bias && said[i].Bias != o.Bias {
			return true
		}
	}
	return false
}

// snapshotZone reads the zone out of systeminfo's output or a registry export.
func snapshotZone(f *record.File) *clock.Zone {
	if !f.Snapshot || f.Text == 0 || f.Text > 16<<20 {
		return nil
	}
	switch f.Format {
	case "systeminfo", "registry-export", "reg-query", "w32tm":
	default:
		return nil
	}
	text := string(f.Whole())
	for _, label := range []string{"Time Zone:", "タイム ゾーン:", "タイムゾーン:", "TimeZone  "} {
		if z := clock.FromDisplay(lineAfter(text, label)); z != nil {
			return z
		}
	}
	if key := lineAfter(text, "TimeZoneKeyName"); key != "" {
		key = strings.TrimPrefix(strings.Trim(key, `"= `), "REG_SZ")
		if z := clock.FromWindowsName(strings.Trim(strings.TrimSpace(key), `"`)); z != nil {
			return z
		}
	}
	return registryBias(text)
}

// registryBias reads the bias of the moment out of the key TimeZoneInformation:
// `"ActiveTimeBias"=dword:fffffde4` or "ActiveTimeBias    REG_DWORD    0xfffffde4".
func registryBias(text string) *clock.Zone {
	_, key, ok := strings.Cut(text, `\Control\TimeZoneInformation`)
	if !ok {
		return nil
	}
	key, _, _ = strings.Cut(key, "HKEY_")
	value := lineAfter(key, "ActiveTimeBias")
	_, hex, ok := strings.Cut(value, "dword:")
	if !ok {
		if _, hex, ok = strings.Cut(value, "0x"); !ok {
			return nil
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 32)
	if bias := int32(n); err == nil && bias >= -maxBias && bias <= maxBias {
		return clock.Fixed(int16(bias), clock.FromSnapshot)
	}
	return nil
}

// maxBias is more than any zone is away from UTC, in minutes.
const maxBias = 15 * 60

// lineAfter returns the rest of the line behind a label, "" if there is none.
func lineAfter(text, label string) string {
	_, rest, ok := strings.Cut(text, label)
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}
