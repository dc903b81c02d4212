package snapshot

import (
	"sort"
	"strings"

	"golang.org/x/text/width"
)

// MaxColumns and maxRow (in bytes) bound the work on tables.
const (
	MaxColumns = 100
	maxRow     = 32 << 10
)

// Column is a column of a table with dashes under its head, as PowerShell and
// other commands write it: from where to where its dashes reach, in cells.
type Column struct{ From, To int }

// Columns finds the columns over a row of dashes, at most MaxColumns.
func Columns(dashes string) []Column {
	var out []Column
	for i := 0; i < len(dashes) && len(out) < MaxColumns; {
		if dashes[i] != '-' {
			i++
			continue
		}
		j := i
		for j < len(dashes) && dashes[j] == '-' {
			j++
		}
		out = append(out, Column{i, j})
		i = j
	}
	return out
}

// Row cuts a row, or the heads, into the columns, without blanks around. A column
// that is filled from the right reaches to the left of its head, so a boundary is
// moved left to a blank.
func Row(s string, cols []Column) []string {
	s = s[:min(len(s), maxRow)]
	at := measure(s, cols)
	out := make([]string, len(cols))
	begin := 0
	for k := range cols {
		end := len(s)
		if k+1 < len(cols) {
			end = byteAt(at, cols[k+1].From)
			low := max(begin, byteAt(at, cols[k].From))
			if end < len(s) && s[end] != ' ' {
				for end > low && s[end-1] != ' ' && s[end-1] != '\t' {
					end--
				}
			}
			if end == low {
				end = byteAt(at, cols[k+1].From)
			}
		}
		end = max(end, begin)
		out[k] = strings.TrimSpace(s[begin:end])
		begin = end
	}
	return out
}

// measure gives each byte of s the cell that its character begins in. A Japanese
// letter takes two cells on a screen; PowerShell 5 pads what it writes to a file
// as if it took one. Which it was shows in what stands before the columns: blanks.
func measure(s string, cols []Column) []int {
	wide := cells(s, 2)
	if wide[len(s)] == len(s) { // no letter but ASCII
		return wide
	}
	narrow := cells(s, 1)
	if blanks(s, narrow, cols) > blanks(s, wide, cols) {
		return narrow
	}
	return wide
}

// blanks counts the columns in front of which a row has a blank, or is over.
func blanks(s string, at []int, cols []Column) int {
	n := 0
	for _, c := range cols {
		if i := byteAt(at, c.From); i == 0 || i >= len(s) || s[i-1] == ' ' {
			n++
		}
	}
	return n
}

// byteAt is the byte that a cell begins at, the length of the row past its end.
func byteAt(at []int, cell int) int {
	return min(sort.SearchInts(at, cell), len(at)-1)
}

// cells gives each byte of s the cell that its character begins in, where a wide
// letter takes so many.
func cells(s string, wide int) []int {
	out := make([]int, len(s)+1)
	at := 0
	for i, r := range s {
		out[i] = at
		w := 1
		if r >= 0x1100 {
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				w = wide
			}
		}
		at += w
		end := i + len(string(r))
		for j := i + 1; j < end && j < len(out); j++ {
			out[j] = at
		}
	}
	out[len(s)] = at
	return out
}
