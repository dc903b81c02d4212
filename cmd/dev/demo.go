package main

import (
	"context"
	"errors"
	"path/filepath"
)

// demoBundle is the path of the bundle that the app opens to show itself.
func demoBundle(ctx context.Context, root string) (string, error) {
	shipped, err := filepath.Glob(filepath.Join(root, "assets", "demo", "*.zip"))
	if err != nil {
		return "", err
	}
	if len(shipped) == 0 {
		return "", errors.New("there is none in assets/demo; name one: go run ./cmd/dev run BUNDLE")
	}
	return shipped[0], ctx.Err()
}
