package window

import (
	"testing"

	"patchtrail/analyze/lang"
	"patchtrail/app/theme"
)

// What runs on the window's goroutine must not hold it for 50 ms. The test
// driver paints nothing here; the real one paints beside what is measured.

// BenchmarkRestyle changes the look of a window with a bundle in it.
func BenchmarkRestyle(b *testing.B) {
	w := ready(b, 5000)
	for i := 0; b.Loop(); i++ {
		w.setMode(theme.Mode(1 + i%2))
		styled(b, w)
	}
}

// BenchmarkLanguage changes its language.
func BenchmarkLanguage(b *testing.B) {
	w := ready(b, 5000)
	for i := 0; b.Loop(); i++ {
		w.speak(lang.All()[(i+1)%2])
		styled(b, w)
	}
}

// BenchmarkShowPalette opens the palette, with every command and filter in it.
func BenchmarkShowPalette(b *testing.B) {
	w := ready(b, 5000)
	for b.Loop() {
		w.showPalette()
		w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top())
	}
}

// BenchmarkTurn goes from page to page.
func BenchmarkTurn(b *testing.B) {
	w := ready(b, 5000)
	for i := 0; b.Loop(); i++ {
		w.turn(pageID(i % int(pageCount)))
	}
}
