// Package theme is the look of the window: measures, colours and fonts.
//
// One accent colour; other colours only carry meaning, always with a shape or
// a word beside them. Text on every background here has at least the contrast
// that WCAG AA asks for (4.5 to 1), which a test holds.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Mode says whether the window is light or dark.
type Mode int

const (
	// System follows the desktop.
	System Mode = iota
	Light
	Dark
)

// Measures in Fyne units.
const (
	TextSize  = 13
	SmallSize = 11
	// SmallJapanese is the least that Japanese is legible at.
	SmallJapanese = 12
	HeadingSize   = 16
	VerdictSize   = 20
	LogRow        = 20
	SideWidth     = 200
)

// Theme is PatchTrail's fyne.Theme.
type Theme struct {
	mode    Mode
	regular fyne.Resource
	bold    fyne.Resource
}

// New returns the theme. regular and bold replace Fyne's own fonts; nil keeps those.
func New(mode Mode, regular, bold fyne.Resource) *Theme {
	return &Theme{mode: mode, regular: regular, bold: bold}
}

// Variant is the variant that is drawn where the desktop asks for v.
func (t *Theme) Variant(v fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case Light:
		return fynetheme.VariantLight
	case Dark:
		return fynetheme.VariantDark
	default:
		return v
	}
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	v = t.Variant(v)
	if p, ok := palette[name]; ok {
		if v == fynetheme.VariantDark {
			return p.dark
		}
		return p.light
	}
	return fynetheme.DefaultTheme().Color(name, v)
}

// Font implements fyne.Theme.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	if !s.Monospace && !s.Symbol {
		if s.Bold && t.bold != nil {
			return t.bold
		}
		if t.regular != nil {
			return t.regular
		}
	}
	return fynetheme.DefaultTheme().Font(s)
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fynetheme.DefaultTheme().Icon(name)
}

// Size implements fyne.Theme. Fyne's own sizes are too tall for logs.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return TextSize
	case fynetheme.SizeNameCaptionText:
		if t.regular != nil {
			return SmallJapanese
		}
		return SmallSize
	case fynetheme.SizeNameSubHeadingText:
		return HeadingSize
	case fynetheme.SizeNameHeadingText:
		return VerdictSize
	case fynetheme.SizeNamePadding:
		return 4
	case fynetheme.SizeNameInnerPadding:
		return 6
	case fynetheme.SizeNameInlineIcon:
		return 16
	case fynetheme.SizeNameLineSpacing:
		return 3
	case fynetheme.SizeNameScrollBar:
		return 12
	case fynetheme.SizeNameScrollBarSmall:
		return 4
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameSelectionRadius:
		return 3
	default:
		return fynetheme.DefaultTheme().Size(name)
	}
}
