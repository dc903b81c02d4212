// Package display tells people what to do where no window can be opened:
// Remote Desktop sessions and virtual machines often lack OpenGL.
//
// Fyne reports such a failure to the log and ends the process at once, so the
// log is the only place to notice it: Guard watches it.
package display

import (
	"bytes"
	"io"
	"sync"
)

// signs are what Fyne logs where it cannot open a window.
var signs = [][]byte{
	[]byte("window creation error"),
	[]byte("failed to initialise GLFW"),
	[]byte("failed to initialise OpenGL"),
}

// Guard is a writer for package log that passes everything on, and calls Tell
// once, when Fyne says that it cannot open a window.
type Guard struct {
	// Out is where the log goes on to.
	Out io.Writer
	// Tell tells the user.
	Tell func()

	mu   sync.Mutex
	told bool
}

// Write implements io.Writer.
func (g *Guard) Write(p []byte) (int, error) {
	n, err := g.Out.Write(p)
	for _, s := range signs {
		if bytes.Contains(p, s) && g.first() {
			g.Tell()
		}
	}
	return n, err
}

func (g *Guard) first() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.told
	g.told = true
	return !was
}
