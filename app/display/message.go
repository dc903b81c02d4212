//go:build !windows

package display

import (
	"fmt"
	"os"
)

// Message tells the user something without a window of our own.
func Message(title, text string) { fmt.Fprintf(os.Stderr, "%s: %s\n", title, text) }
