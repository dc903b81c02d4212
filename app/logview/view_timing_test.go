package logview

import (
	"testing"

	"fyne.io/fyne/v2"
)

// BenchmarkPage draws pages of 5 million rows; each is another page, so that
// all of its rows are fetched. It must take less than 16 ms.
func BenchmarkPage(b *testing.B) {
	f := func(name string, w, h int, units float32) {
		b.Run(name, func(b *testing.B) {
			v, _ := shown(b, 5_000_000, 800, 400)
			v.Resize(fyne.NewSize(units, units*float32(h)/float32(w)))
			v.draw(w, h)
			b.SetBytes(int64(4 * w * h))
			for i := 0; b.Loop(); i++ {
				v.ScrollTo(i * 997 % 4_900_000)
				v.draw(w, h)
			}
		})
	}
	f("1280x720", 1280, 720, 1280)
	f("3840x2160", 3840, 2160, 3840)
	f("3840x2160-scale-2", 3840, 2160, 1920)
}

// long is a source whose every message is as long as a row shows.
type long struct{ made }

func (l *long) Row(i int, r *Row) {
	l.made.Row(i, r)
	for len(r.Message) < MaxMessage {
		r.Message = append(r.Message, "Successfully completed scan. "...)
	}
}

// BenchmarkLongRows draws a page of the longest rows there are.
func BenchmarkLongRows(b *testing.B) {
	v, _ := shown(b, 100, 800, 400)
	v.SetSource(&long{made{n: 5_000_000}})
	v.Resize(fyne.NewSize(1280, 720))
	v.draw(1280, 720)
	for i := 0; b.Loop(); i++ {
		v.ScrollTo(i)
		v.draw(1280, 720)
	}
}

// BenchmarkStep draws the same pages one row on, which fetches one row.
func BenchmarkStep(b *testing.B) {
	v, _ := shown(b, 5_000_000, 800, 400)
	v.Resize(fyne.NewSize(1280, 720))
	v.draw(1280, 720)
	b.SetBytes(4 * 1280 * 720)
	for i := 0; b.Loop(); i++ {
		v.ScrollTo(i)
		v.draw(1280, 720)
	}
}
