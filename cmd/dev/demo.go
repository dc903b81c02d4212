package main

import (
	"context"
	"os"
	"path/filepath"

	"patchtrail/ingest/gen"
)

// demoBundle is the path of the bundle that the app opens to show itself: the
// one that the project ships, or a generated client whose last installation
// was cut off.
func demoBundle(ctx context.Context, root string) (string, error) {
	shipped, err := filepath.Glob(filepath.Join(root, "assets", "demo", "*.zip"))
	if err != nil {
		return "", err
	}
	if len(shipped) > 0 {
		return shipped[0], ctx.Err()
	}
	path := filepath.Join(os.TempDir(), "patchtrail-demo.zip")
	_, err = zipClient(path, gen.Options{Seed: 1, Bytes: 8e6, Binary: true, Incident: gen.InstallExceededMaxTime})
	return path, err
}
