package theme

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	f := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*f(r) + 0.7152*f(g) + 0.0722*f(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// TestContrast holds 4.5:1 for text and 3:1 for marks, on what they stand on.
func TestContrast(t *testing.T) {
	f := func(fg, bg fyne.ThemeColorName, least float64) {
		t.Helper()
		for _, m := range []Mode{Light, Dark} {
			th := New(m, nil, nil)
			v := th.Variant(fynetheme.VariantLight)
			if got := contrast(th.Color(fg, v), th.Color(bg, v)); got < least {
				t.Errorf("mode %d: %s on %s has %.2f:1, want %.1f:1", m, fg, bg, got, least)
			}
		}
	}
	f(fynetheme.ColorNameForeground, fynetheme.ColorNameBackground, 7)
	for _, bg := range []fyne.ThemeColorName{LogErrorRow, LogWarningRow, LogMatch, LogSelected, LogSelectedOff,
		fynetheme.ColorNameHeaderBackground, fynetheme.ColorNameButton, fynetheme.ColorNameInputBackground,
		fynetheme.ColorNameMenuBackground, fynetheme.ColorNameOverlayBackground} {
		f(fynetheme.ColorNameForeground, bg, 4.5)
	}
	for _, under := range []fyne.ThemeColorName{fynetheme.ColorNameBackground, fynetheme.ColorNameButton, fynetheme.ColorNameSelection} {
		hovered(t, fynetheme.ColorNameForeground, under, 4.5)
	}
	hovered(t, fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNamePrimary, 4.5)
	for _, bg := range []fyne.ThemeColorName{fynetheme.ColorNameBackground, fynetheme.ColorNameHeaderBackground,
		fynetheme.ColorNameInputBackground, LogErrorRow, LogWarningRow} {
		f(LogDim, bg, 4.5)
	}
	f(fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNamePrimary, 4.5)
	f(fynetheme.ColorNameDisabled, fynetheme.ColorNameBackground, 4.5)
	f(fynetheme.ColorNameError, fynetheme.ColorNameBackground, 4.5)
	f(fynetheme.ColorNameWarning, fynetheme.ColorNameBackground, 4.5)
	for _, bg := range []fyne.ThemeColorName{fynetheme.ColorNameBackground, fynetheme.ColorNameSelection, fynetheme.ColorNameHeaderBackground, fynetheme.ColorNameButton} {
		f(fynetheme.ColorNameForeground, bg, 4.5)
		f(fynetheme.ColorNamePlaceHolder, bg, 4.5)
		f(fynetheme.ColorNamePrimary, bg, 3)
		for _, mark := range []fyne.ThemeColorName{fynetheme.ColorNameError, fynetheme.ColorNameWarning, fynetheme.ColorNameSuccess} {
			f(mark, bg, 3)
		}
	}
	f(fynetheme.ColorNameSuccess, CalendarWindow, 3)
	f(fynetheme.ColorNamePrimary, CalendarWindow, 3)
	f(LogErrorMark, LogErrorRow, 3)
	f(LogWarningMark, LogWarningRow, 3)
	f(LogErrorMark, LogTrack, 3)
	f(LogWarningMark, LogTrack, 3)
}

// hovered holds a contrast on a colour that the pointer is over.
func hovered(t *testing.T, fg, under fyne.ThemeColorName, least float64) {
	t.Helper()
	for _, m := range []Mode{Light, Dark} {
		th := New(m, nil, nil)
		v := th.Variant(fynetheme.VariantLight)
		over, base := th.Color(fynetheme.ColorNameHover, v).(color.NRGBA), th.Color(under, v).(color.NRGBA)
		mix := func(a, b uint8) uint8 { return uint8((int(a)*int(over.A) + int(b)*(255-int(over.A))) / 255) }
		bg := color.NRGBA{R: mix(over.R, base.R), G: mix(over.G, base.G), B: mix(over.B, base.B), A: 0xFF}
		if got := contrast(th.Color(fg, v), bg); got < least {
			t.Errorf("mode %d: %s on hovered %s has %.2f:1, want %.1f:1", m, fg, under, got, least)
		}
	}
}

func TestModeHoldsAgainstTheDesktop(t *testing.T) {
	light := New(Light, nil, nil).Color(fynetheme.ColorNameBackground, fynetheme.VariantDark)
	dark := New(Dark, nil, nil).Color(fynetheme.ColorNameBackground, fynetheme.VariantLight)
	system := New(System, nil, nil).Color(fynetheme.ColorNameBackground, fynetheme.VariantDark)
	if light == dark || system != dark {
		t.Errorf("light %v, dark %v, system in the dark %v", light, dark, system)
	}
}

// TestJapaneseIsLegible holds that no text is below 12 in Japanese, which brings
// a font of its own.
func TestJapaneseIsLegible(t *testing.T) {
	font := fynetheme.DefaultTextFont()
	for _, name := range []fyne.ThemeSizeName{fynetheme.SizeNameCaptionText, fynetheme.SizeNameText, fynetheme.SizeNameSubHeadingText, fynetheme.SizeNameHeadingText} {
		if got := New(Light, font, nil).Size(name); got < 12 {
			t.Errorf("%s is %v", name, got)
		}
	}
	if got := New(Light, nil, nil).Size(fynetheme.SizeNameCaptionText); got != SmallSize {
		t.Errorf("elsewhere the small text is %v", got)
	}
}
