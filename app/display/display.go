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

// end is in the last line of what Fyne logs of an error, below its cause.
var end = []byte("  At: ")

// Guard is a writer for package log that passes everything on, and calls Tell
// once, when Fyne has said that it cannot open a window. Fyne goes on to panic
// or to exit; Tell may end the process before.
type Guard struct {
	// Out is where the log goes on to.
	Out io.Writer
	// Tell tells the user.
	Tell func()

	mu      sync.Mutex
	pending bool
	told    bool
}

// alone are what GLFW writes in one line, and Fyne knows nothing of, where Windows
// has no pixel format or no context to give. The window would never come.
var alone = [][]byte{[]byte("for dummy context"), []byte("Failed to create dummy context"), []byte("Failed to create OpenGL context")}

// Write implements io.Writer.
func (g *Guard) Write(p []byte) (int, error) {
	n, err := g.Out.Write(p)
	if g.due(p) {
		g.Tell()
	}
	return n, err
}

// due reports whether p ends the complaint, the first time.
func (g *Guard) due(p []byte) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range signs {
		g.pending = g.pending || bytes.Contains(p, s)
	}
	whole := g.pending && bytes.Contains(p, end)
	for _, s := range alone {
		whole = whole || bytes.Contains(p, s)
	}
	if !whole || g.told {
		return false
	}
	g.told = true
	return true
}
