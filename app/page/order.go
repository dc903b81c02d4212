package page

import (
	"cmp"
	"slices"
	"strings"
)

// UpdateColumn is a column of the updates, in the order in which they stand.
type UpdateColumn int

// The columns.
const (
	ColumnKB UpdateColumn = iota
	ColumnTitle
	ColumnMachine
	ColumnState
	ColumnStage
	ColumnAttempts
	ColumnLongest
	ColumnMaximum
	ColumnVerdict
	ColumnFits
)

// OrderUpdates sorts the rows of Updates by a column, and returns their places.
// Rows with nothing in it come last either way; equal ones keep their order.
func (s *Set) OrderUpdates(c UpdateColumn, descending bool) []int {
	order := make([]int, len(s.Updates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &s.Updates[i], &s.Updates[j]
		if x, y := a.empty(c), b.empty(c); x != y {
			if x {
				return 1
			}
			return -1
		}
		n := a.compare(b, c)
		if descending {
			return -n
		}
		return n
	})
	return order
}

func (u *Update) empty(c UpdateColumn) bool {
	switch c {
	case ColumnKB:
		return u.KB == ""
	case ColumnTitle:
		return u.Title == ""
	case ColumnStage:
		return u.Stage == ""
	case ColumnLongest:
		return u.longest == 0
	case ColumnMaximum:
		return u.maximum == 0
	case ColumnVerdict:
		return u.Verdict == ""
	case ColumnFits:
		return u.Fits == ""
	}
	return false
}

func (u *Update) compare(o *Update, c UpdateColumn) int {
	switch c {
	case ColumnKB: // by the number in it
		return cmp.Or(cmp.Compare(len(u.KB), len(o.KB)), strings.Compare(u.KB, o.KB))
	case ColumnTitle:
		return strings.Compare(u.Title, o.Title)
	case ColumnMachine:
		return strings.Compare(u.Machine, o.Machine)
	case ColumnState:
		return cmp.Or(cmp.Compare(o.StateTone, u.StateTone), strings.Compare(u.State, o.State))
	case ColumnStage:
		return cmp.Compare(u.stage, o.stage)
	case ColumnAttempts:
		return cmp.Compare(u.Attempts, o.Attempts)
	case ColumnLongest:
		return cmp.Compare(u.longest, o.longest)
	case ColumnMaximum:
		return cmp.Compare(u.maximum, o.maximum)
	case ColumnVerdict:
		return cmp.Or(cmp.Compare(o.VerdictTone, u.VerdictTone), strings.Compare(u.Verdict, o.Verdict))
	}
	return cmp.Or(cmp.Compare(o.FitsTone, u.FitsTone), strings.Compare(u.Fits, o.Fits))
}
