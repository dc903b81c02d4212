package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Colours of our own, beside those of Fyne.
const (
	LogDim         fyne.ThemeColorName = "logDim"
	LogErrorRow    fyne.ThemeColorName = "logErrorRow"
	LogWarningRow  fyne.ThemeColorName = "logWarningRow"
	LogErrorMark   fyne.ThemeColorName = "logErrorMark"
	LogWarningMark fyne.ThemeColorName = "logWarningMark"
	LogInfoMark    fyne.ThemeColorName = "logInfoMark"
	LogSelected    fyne.ThemeColorName = "logSelected"
	LogSelectedOff fyne.ThemeColorName = "logSelectedOff" // selected, without the focus
	LogMatch       fyne.ThemeColorName = "logMatch"
	LogTrack       fyne.ThemeColorName = "logTrack"
	LogThumb       fyne.ThemeColorName = "logThumb"
	LogThumbHover  fyne.ThemeColorName = "logThumbHover"
	LogLine        fyne.ThemeColorName = "logLine"
	CalendarWindow fyne.ThemeColorName = "calendarWindow"
)

type pair struct{ light, dark color.NRGBA }

func both(light, dark uint32) pair { return pair{hex(light), hex(dark)} }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: byte(v >> 16), G: byte(v >> 8), B: byte(v), A: 0xFF}
}

// palette is light and dark of each name, 0xRRGGBB.
var palette = map[fyne.ThemeColorName]pair{
	fynetheme.ColorNameBackground:          both(0xFFFFFF, 0x1B1D21),
	fynetheme.ColorNameForeground:          both(0x1F2328, 0xE4E6EA),
	fynetheme.ColorNamePlaceHolder:         both(0x545B65, 0xB4BBC5),
	fynetheme.ColorNameDisabled:            both(0x6B727C, 0x9098A2),
	fynetheme.ColorNamePrimary:             both(0x0F5FB5, 0x5BA4F0),
	fynetheme.ColorNameForegroundOnPrimary: both(0xFFFFFF, 0x0C1A2A),
	fynetheme.ColorNameHyperlink:           both(0x0F5FB5, 0x6DB0F5),
	fynetheme.ColorNameFocus:               both(0x9CC5F0, 0x2F5F95),
	fynetheme.ColorNameSelection:           both(0xC2DCF7, 0x234873),
	fynetheme.ColorNameButton:              both(0xEBEDF0, 0x2C3037),
	fynetheme.ColorNameDisabledButton:      both(0xF3F4F6, 0x24272C),
	// It lies over what the pointer is on, whatever colour that has.
	fynetheme.ColorNameHover:             {color.NRGBA{A: 0x1C}, color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x20}},
	fynetheme.ColorNamePressed:           both(0xCDD3DA, 0x444A54),
	fynetheme.ColorNameInputBackground:   both(0xF6F7F9, 0x24272C),
	fynetheme.ColorNameInputBorder:       both(0xB6BDC6, 0x4B525C),
	fynetheme.ColorNameHeaderBackground:  both(0xF1F3F5, 0x24272C),
	fynetheme.ColorNameMenuBackground:    both(0xFFFFFF, 0x262A30),
	fynetheme.ColorNameOverlayBackground: both(0xFFFFFF, 0x22252A),
	fynetheme.ColorNameSeparator:         both(0xD9DDE2, 0x383D45),
	fynetheme.ColorNameError:             both(0xB3261E, 0xFF8A84),
	fynetheme.ColorNameWarning:           both(0x8A5A00, 0xF2C14E),
	fynetheme.ColorNameSuccess:           both(0x1B6E3C, 0x6FD08C),

	// Fyne paints the divider of a split in it.
	fynetheme.ColorNameShadow: {color.NRGBA{A: 0x24}, color.NRGBA{A: 0x70}},

	LogDim:         both(0x5F6670, 0xA6ADB7),
	LogErrorRow:    both(0xFDE2E2, 0x4A1D20),
	LogWarningRow:  both(0xFFF3CD, 0x453A15),
	LogErrorMark:   both(0xB3261E, 0xFF8A84),
	LogWarningMark: both(0x8A5A00, 0xF2C14E),
	LogInfoMark:    both(0x0F5FB5, 0x6DB0F5),
	LogSelected:    both(0x8FC0F3, 0x2A5C99),
	LogSelectedOff: both(0xC9D3DE, 0x434B57),
	LogMatch:       both(0xFFE066, 0x6B5A00),
	LogTrack:       both(0xF1F3F5, 0x22252A),
	LogThumb:       both(0xA7AEB8, 0x5A616B),
	LogThumbHover:  both(0x7F8791, 0x7D858F),
	LogLine:        both(0xE4E7EB, 0x2E3238),
	CalendarWindow: both(0xD6E6F8, 0x24405F),
}
