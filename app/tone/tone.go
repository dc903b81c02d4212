// Package tone draws page.Tone: a shape for each, in its colour, so that no
// colour stands alone.
package tone

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"patchtrail/app/page"
	"patchtrail/app/theme"
)

// Size is the side of a mark in Fyne units.
const Size = 14

// Mark is the shape of a tone, in its colour; nil for a plain one.
func Mark(t page.Tone) fyne.Resource {
	switch t {
	case page.Good:
		return fynetheme.NewSuccessThemedResource(fynetheme.ConfirmIcon())
	case page.Note:
		return fynetheme.NewPrimaryThemedResource(fynetheme.InfoIcon())
	case page.Warning:
		return fynetheme.NewWarningThemedResource(fynetheme.WarningIcon())
	case page.Bad:
		return fynetheme.NewErrorThemedResource(fynetheme.ErrorIcon())
	case page.Unknown:
		return fynetheme.NewDisabledResource(fynetheme.QuestionIcon())
	}
	return nil
}

// Set shows a resource in an icon. The same one again costs nothing: Fyne would
// paint it anew.
func Set(icon *widget.Icon, r fyne.Resource) {
	if r == nil || icon.Resource == nil || icon.Resource.Name() != r.Name() {
		icon.SetResource(r)
	}
}

// Icon is the mark of a tone as a widget, hidden for a plain one.
func Icon(t page.Tone, size float32) fyne.CanvasObject {
	icon := widget.NewIcon(Mark(t))
	if t == page.Plain {
		icon.Hide()
	}
	return container.NewGridWrap(fyne.NewSize(size, size), icon)
}

// Colour is the name of a tone's colour in the theme.
func Colour(t page.Tone) fyne.ThemeColorName {
	switch t {
	case page.Good:
		return fynetheme.ColorNameSuccess
	case page.Note:
		return fynetheme.ColorNamePrimary
	case page.Warning:
		return theme.LogWarningMark
	case page.Bad:
		return theme.LogErrorMark
	}
	return fynetheme.ColorNamePlaceHolder
}
