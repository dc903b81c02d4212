package window

import (
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"patchtrail/analyze"
	"patchtrail/app/opener"
	"patchtrail/app/session"
	"patchtrail/assets"
)

var pictures = flag.Bool("pictures", false, "take the pictures of the README anew")

// TestDemoPages opens the demo bundle in the window, looks at two pages, and takes
// the pictures of the README where that is asked for.
func TestDemoPages(t *testing.T) {
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), filepath.Base(assets.Demo))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	o := opener.Opener{Options: analyze.Options{Now: time.Date(2025, 3, 20, 1, 30, 0, 0, time.UTC)}}
	w := opened(t, o.Open)
	w.win.Resize(fyne.NewSize(1280, 720))
	w.ses.Open([]string{path})
	until(t, "the pages", func() bool { return w.ses.State() == session.Ready && w.ses.Pages() != nil })
	if n := len(w.ses.Pages().Overview.Machines); n != 2 {
		t.Errorf("%d machines, want two", n)
	}
	for _, p := range []struct {
		page pageID
		name string
	}{{overviewPage, "app"}, {findingsPage, "app-findings"}} {
		settled(t, w, p.page)
		size := w.win.Canvas().Size()
		w.win.Resize(size.AddWidthHeight(1, 1)) // the test canvas lays out only so
		w.win.Resize(size)
		shot := w.win.Canvas().Capture()
		if !*pictures {
			continue
		}
		f, err := os.Create(filepath.Join("..", "..", "assets", "pictures", p.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, shot); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
