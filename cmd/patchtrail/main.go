// Command patchtrail is the desktop app: a window that takes bundles of
// ConfigMgr, WSUS and Windows Update logs. Bundles given as arguments are
// opened at once. It uses no network.
package main

import (
	"log"
	"os"

	fyneapp "fyne.io/fyne/v2/app"

	"patchtrail/analyze/lang"
	"patchtrail/app/display"
	"patchtrail/app/opener"
	"patchtrail/app/window"
)

// id names the settings of the app, as in FyneApp.toml.
const id = "patchtrail.desktop"

func main() {
	log.SetOutput(&display.Guard{Out: os.Stderr, Tell: func() {
		l := lang.FromSystem()
		display.Message(l.T("app.title"), l.T("display.none"))
		os.Exit(1)
	}})
	a := fyneapp.NewWithID(id)
	// PATCHTRAIL_TRACE names a file for tests of the window.
	w := window.New(a, opener.Opener{}, os.Getenv("PATCHTRAIL_TRACE"))
	w.Show(os.Args[1:])
}
