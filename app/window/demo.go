package window

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"patchtrail/assets"
)

// demoPath is where the demo bundle is put to be read.
func demoPath() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "PatchTrail", filepath.Base(assets.Demo))
}

// isDemo reports whether a path is that of the demo bundle.
func isDemo(path string) bool { return path == demoPath() }

// unpackDemo puts the demo bundle on the disk, where it is not yet, and returns
// its path.
func unpackDemo() (string, error) {
	path := demoPath()
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		return "", fmt.Errorf("demo bundle: %w", err)
	}
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("demo bundle: %w", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("demo bundle: %w", err)
	}
	return path, nil
}

// openDemo opens the demo bundle.
func (w *Window) openDemo() {
	w.ses.Beside(func() func() {
		path, err := unpackDemo()
		return func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.open([]string{path})
		}
	})
}
