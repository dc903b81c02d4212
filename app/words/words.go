// Package words writes numbers the way the window shows them; its sentences are
// those of package lang.
package words

import (
	"fmt"
	"strconv"
)

// Count writes n with its thousands parted: 3,337,003.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Bytes writes a length with the unit that suits it: 12.3 MB.
func Bytes(n int64) string {
	f, unit := float64(n), 0
	for f >= 1000 && unit < 4 {
		f, unit = f/1000, unit+1
	}
	name := [...]string{"B", "kB", "MB", "GB", "TB"}[unit]
	if unit == 0 {
		return fmt.Sprintf("%d %s", n, name)
	}
	return fmt.Sprintf("%.1f %s", f, name)
}

// Minutes writes minutes as hours and minutes: 90 is "1:30".
func Minutes(n int) string { return fmt.Sprintf("%d:%02d", n/60, n%60) }
