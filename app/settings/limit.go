package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"patchtrail/ingest"
)

// Limit is one bound on what a bundle may cost.
type Limit struct {
	// Name is "depth", "entries", ...; the window has words for it.
	Name string
	// Bytes is set where the limit is a length in bytes.
	Bytes bool
	// Least and Most bound what may be chosen, Default is what DESIGN asks for.
	Least, Most, Default int64
}

// Limits are the values of Limited, in its order.
type Limits [6]int64

const (
	mib = 1 << 20
	gib = 1 << 30
)

// Limited are the limits that there are.
func Limited() [6]Limit {
	return [6]Limit{
		{Name: "depth", Least: 1, Most: 32, Default: 5},
		{Name: "entries", Least: 1, Most: 10_000_000, Default: 200_000},
		{Name: "entry-bytes", Bytes: true, Least: mib, Most: 1024 * gib, Default: 8 * gib},
		{Name: "total-bytes", Bytes: true, Least: mib, Most: 8192 * gib, Default: 64 * gib},
		{Name: "ratio", Least: 10, Most: 1_000_000, Default: 1000},
		{Name: "record-bytes", Bytes: true, Least: 4 << 10, Most: 256 * mib, Default: 4 * mib},
	}
}

// DefaultLimits suit a desktop.
func DefaultLimits() Limits {
	var out Limits
	for i, l := range Limited() {
		out[i] = l.Default
	}
	return out
}

// Apply sets the limits of reading.
func (l Limits) Apply(opt *ingest.Options) {
	b := &opt.Bundle.Limits
	b.Depth, b.Entries, b.EntryBytes, b.TotalBytes, b.Ratio = int(l[0]), int(l[1]), l[2], l[3], int(l[4])
	opt.RecordBytes = int(l[5])
}

// RangeError says that a value is beyond what a limit may be.
type RangeError struct{ Limit Limit }

func (e *RangeError) Error() string {
	return fmt.Sprintf("%s: want %s to %s", e.Limit.Name, e.Limit.Text(e.Limit.Least), e.Limit.Text(e.Limit.Most))
}

// Check returns a *RangeError where the limit cannot be v.
func (l Limit) Check(v int64) error {
	if v < l.Least || v > l.Most {
		return &RangeError{l}
	}
	return nil
}

// units of lengths, the largest first.
var units = [...]struct {
	name string
	size int64
}{{"GiB", gib}, {"MiB", mib}, {"KiB", 1 << 10}}

// Text writes a value: "200000", "8 GiB".
func (l Limit) Text(v int64) string {
	if l.Bytes {
		for _, u := range units {
			if v >= u.size && v%(u.size/4) == 0 {
				return strconv.FormatFloat(float64(v)/float64(u.size), 'f', -1, 64) + " " + u.name
			}
		}
	}
	return strconv.FormatInt(v, 10)
}

// Parse reads a value as Text writes it or people do: "8 GiB", "1.5g", "200,000".
// It returns a *RangeError for anything else.
func (l Limit) Parse(text string) (int64, error) {
	text = strings.ToLower(strings.NewReplacer(",", "", " ", "", "_", "").Replace(text))
	factor := int64(1)
	if l.Bytes {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "b"), "i")
		for _, u := range units {
			if rest, ok := strings.CutSuffix(text, strings.ToLower(u.name[:1])); ok {
				text, factor = rest, u.size
				break
			}
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f)*float64(factor) > math.MaxInt64/2 || factor == 1 && f != math.Trunc(f) {
		return 0, &RangeError{l}
	}
	v := int64(f * float64(factor))
	return v, l.Check(v)
}
