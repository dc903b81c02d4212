// Package palette finds anything by a few letters: commands, filters, files,
// components, machines, updates, findings and error codes. Index ranks what
// there is; View is the field and the list over the window.
package palette

import (
	"sort"
	"strings"

	"github.com/sahilm/fuzzy"
)

// Item is one thing to go to.
type Item struct {
	// Section is the heading that it stands under.
	Section string
	// Title is what is matched and shown, Detail is shown pale beside it and is
	// matched less.
	Title, Detail string
	// Key is the shortcut, "" for none.
	Key string
	// Run goes there.
	Run func()
}

// Hit is an item found.
type Hit struct {
	Item
	// Marked are the bytes of Title that match.
	Marked []int
}

// Section is the hits under one heading; Count is how many there are, of which
// the best show.
type Section struct {
	Title string
	Count int
	Hits  []Hit
}

// Index is items in sections. It is not changed after NewIndex.
type Index struct {
	items  []Item
	lower  []string       // titles in small letters, "" where that changes their length
	detail []string       // in small letters
	order  map[string]int // of the sections, as they first come
	names  []string
}

// How many hits of a section show: of all without a query.
const (
	shownIdle  = 5
	shownFound = 8
)

// NewIndex makes an index of items; sections stand in the order in which they
// first come.
func NewIndex(items []Item) *Index {
	n := len(items)
	x := &Index{items: items, lower: make([]string, 0, n), detail: make([]string, 0, n), order: map[string]int{}}
	for _, i := range items {
		lower := strings.ToLower(i.Title)
		if len(lower) != len(i.Title) {
			lower = ""
		}
		x.lower, x.detail = append(x.lower, lower), append(x.detail, strings.ToLower(i.Detail))
		if _, ok := x.order[i.Section]; !ok {
			x.order[i.Section] = len(x.names)
			x.names = append(x.names, i.Section)
		}
	}
	return x
}

// rest is the items that do not hold the query as it is.
type rest struct {
	x  *Index
	at []int
}

// String and Len implement fuzzy.Source.
func (r rest) String(i int) string { return r.x.items[r.at[i]].Title }
func (r rest) Len() int            { return len(r.at) }

// Find returns what fits the query, section by section, the one with the best
// hit first; all sections in their order without a query. It takes some
// milliseconds for ten thousands of items.
func (x *Index) Find(query string) []Section {
	sections := make([]Section, len(x.names))
	for i, name := range x.names {
		sections[i].Title = name
	}
	query = strings.TrimSpace(query)
	if query == "" {
		for _, item := range x.items {
			sections[x.order[item.Section]].add(Hit{Item: item}, shownIdle)
		}
		return filled(sections)
	}
	best := make([]int, len(sections))
	seen := make([]bool, len(x.items))
	take := func(i, score int, marked []int) {
		seen[i] = true
		k := x.order[x.items[i].Section]
		if sections[k].Count == 0 {
			best[k] = score
		}
		sections[k].add(Hit{x.items[i], marked}, shownFound)
	}
	// What holds the query as it is comes before what only has its letters.
	lower := strings.ToLower(query)
	for i, title := range x.lower {
		if at := strings.Index(title, lower); at >= 0 {
			take(i, 1000-at, run(at, len(lower)))
		}
	}
	others := rest{x: x}
	for i := range x.items {
		if !seen[i] {
			others.at = append(others.at, i)
		}
	}
	for _, m := range fuzzy.FindFrom(query, others) {
		if close(m, len(query)) {
			take(others.at[m.Index], m.Score, m.MatchedIndexes)
		}
	}
	for i, detail := range x.detail {
		if !seen[i] && strings.Contains(detail, lower) {
			take(i, -1000, nil)
		}
	}
	ranked := make([]int, len(sections))
	for i := range ranked {
		ranked[i] = i
	}
	sort.SliceStable(ranked, func(a, b int) bool { return best[ranked[a]] > best[ranked[b]] })
	out := make([]Section, 0, len(sections))
	for _, i := range ranked {
		out = append(out, sections[i])
	}
	return filled(out)
}

// close drops what has the letters strewn so widely that nobody means it.
func close(m fuzzy.Match, letters int) bool {
	n := len(m.MatchedIndexes)
	return n > 0 && m.MatchedIndexes[n-1]-m.MatchedIndexes[0] < 4*letters+8
}

func run(at, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = at + i
	}
	return out
}

func (s *Section) add(h Hit, most int) {
	if s.Count++; len(s.Hits) < most {
		s.Hits = append(s.Hits, h)
	}
}

// filled leaves out the sections that hold nothing.
func filled(sections []Section) []Section {
	out := sections[:0]
	for _, s := range sections {
		if s.Count > 0 {
			out = append(out, s)
		}
	}
	return out
}
