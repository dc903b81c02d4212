// Package settings is what the user chose for every run: language, look, clock,
// limits, rules of their own, saved filters, recent bundles. It knows no Fyne:
// it is kept in a Store, which fyne.Preferences is.
//
// What is read from a Store may be of another version or edited by hand: Load
// puts whatever makes no sense back to its default.
package settings

import (
	"encoding/json"
	"slices"
	"strings"

	"patchtrail/app/session"
)

// Store keeps values between runs; fyne.Preferences is one.
type Store interface {
	String(key string) string
	SetString(key, value string)
	IntWithFallback(key string, fallback int) int
	SetInt(key string, value int)
	Bool(key string) bool
	SetBool(key string, value bool)
}

// Settings are what the user chose.
type Settings struct {
	// Language is "en" or "ja", "" that of the system.
	Language string
	// Look is a theme.Mode.
	Look int
	// Zoom of the whole window, in percent, one of Zooms.
	Zoom int
	// Mono writes messages of the log in a font of equal widths.
	Mono bool
	// RowText is the size of the text of log rows in Fyne units, one of RowTexts.
	RowText int
	// Zone is the clock that a bundle is shown by at first.
	Zone session.ZoneMode
	Reading
	// Filters are the saved filters, in order of their names.
	Filters []session.SavedFilter
	// Recent are the bundles that were opened, the last first.
	Recent []Recent
}

// Reading is what changes how bundles are read.
type Reading struct {
	Limits Limits
	// Rules is the folder of the user's own rules, "" for none.
	Rules string
}

// Recent is what was opened together: absolute paths of bundles, or of one
// session file.
type Recent struct {
	Inputs []string `json:"inputs"`
}

// mostRecent is how many recent bundles are kept.
const mostRecent = 12

// Zooms and RowTexts are what there is to choose from. Fyne rounds its scale to
// tenths.
func Zooms() []int { return []int{80, 90, 100, 110, 120, 130, 150, 170, 200} }

// RowTexts are the sizes of the text of log rows.
func RowTexts() []int { return []int{12, 13, 14, 15, 16, 18, 20} }

// The names of what is kept.
const (
	keyLanguage = "language"
	keyLook     = "theme"
	keyZoom     = "zoom"
	keyMono     = "log-monospace"
	keyRowText  = "log-text-size"
	keyZone     = "zone"
	keyRules    = "rules-folder"
	keyFilters  = "saved-filters"
	keyRecent   = "recent"
	keyLimit    = "limit-" // and the name of the limit
)

// Default are the settings of the first run.
func Default() Settings {
	return Settings{Zoom: 100, RowText: 13, Reading: Reading{Limits: DefaultLimits()}}
}

// Load reads the settings.
func Load(from Store) Settings {
	s := Default()
	if l := from.String(keyLanguage); l == "en" || l == "ja" {
		s.Language = l
	}
	if m := from.IntWithFallback(keyLook, 0); m >= 0 && m <= 2 {
		s.Look = m
	}
	if z := from.IntWithFallback(keyZoom, s.Zoom); slices.Contains(Zooms(), z) {
		s.Zoom = z
	}
	if t := from.IntWithFallback(keyRowText, s.RowText); slices.Contains(RowTexts(), t) {
		s.RowText = t
	}
	if z := session.ZoneMode(from.IntWithFallback(keyZone, 0)); z >= session.Customer && z <= session.Mine {
		s.Zone = z
	}
	s.Mono = from.Bool(keyMono)
	s.Rules = from.String(keyRules)
	for i, l := range Limited() {
		if v := int64(from.IntWithFallback(keyLimit+l.Name, 0)); l.Check(v) == nil {
			s.Limits[i] = v
		}
	}
	s.Filters = list[session.SavedFilter](from.String(keyFilters))
	s.Recent = slices.DeleteFunc(list[Recent](from.String(keyRecent)), func(r Recent) bool { return len(r.Inputs) == 0 })
	return s
}

// list reads a list; what of it makes no sense is left out.
func list[T any](text string) []T {
	var raw []json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil
	}
	var out []T
	for _, r := range raw {
		var one T
		if json.Unmarshal(r, &one) == nil {
			out = append(out, one)
		}
	}
	return out
}

// Save keeps the settings.
func (s Settings) Save(to Store) {
	setString(to, keyLanguage, s.Language)
	setInt(to, keyLook, s.Look)
	setInt(to, keyZoom, s.Zoom)
	setInt(to, keyRowText, s.RowText)
	setInt(to, keyZone, int(s.Zone))
	if to.Bool(keyMono) != s.Mono {
		to.SetBool(keyMono, s.Mono)
	}
	setString(to, keyRules, s.Rules)
	for i, l := range Limited() {
		setInt(to, keyLimit+l.Name, int(s.Limits[i]))
	}
	setJSON(to, keyFilters, s.Filters)
	setJSON(to, keyRecent, s.Recent)
}

// Only what changed is written: every write of Fyne's goes to the disk.

func setString(to Store, key, value string) {
	if to.String(key) != value {
		to.SetString(key, value)
	}
}

func setInt(to Store, key string, value int) {
	if to.IntWithFallback(key, value-1) != value {
		to.SetInt(key, value)
	}
}

// setJSON keeps a list; an empty one as no text.
func setJSON[T any](to Store, key string, list []T) {
	text := ""
	if len(list) > 0 {
		data, err := json.Marshal(list)
		if err != nil {
			return // of strings and numbers only: it cannot fail
		}
		text = string(data)
	}
	setString(to, key, text)
}

// SaveFilter keeps a filter under its name, in place of one of that name.
func (s *Settings) SaveFilter(f session.SavedFilter) {
	s.DeleteFilter(f.Name)
	s.Filters = append(s.Filters, f)
	slices.SortStableFunc(s.Filters, func(a, b session.SavedFilter) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
}

// DeleteFilter forgets the filter of a name.
func (s *Settings) DeleteFilter(name string) {
	s.Filters = slices.DeleteFunc(slices.Clone(s.Filters), func(f session.SavedFilter) bool { return f.Name == name })
}

// Opened puts what was opened at the head of the recent bundles.
func (s *Settings) Opened(inputs []string) {
	if len(inputs) == 0 {
		return
	}
	next := []Recent{{Inputs: slices.Clone(inputs)}}
	for _, r := range s.Recent {
		if !slices.Equal(r.Inputs, inputs) && len(next) < mostRecent {
			next = append(next, r)
		}
	}
	s.Recent = next
}

// Forget takes a recent bundle out of the list.
func (s *Settings) Forget(r Recent) {
	s.Recent = slices.DeleteFunc(slices.Clone(s.Recent), func(o Recent) bool { return slices.Equal(o.Inputs, r.Inputs) })
}
