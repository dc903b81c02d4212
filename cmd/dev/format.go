package main

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// format names the Go files that gofmt would write differently.
func (s *suite) format(ctx context.Context) error {
	var wrong []string
	err := goFiles(s.root, func(path string, src []byte) error {
		want, err := format.Source(src)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if !bytes.Equal(src, want) {
			wrong = append(wrong, path)
		}
		return ctx.Err()
	})
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("not formatted by gofmt: %s", strings.Join(wrong, " "))
	}
	return err
}

// goFiles calls f with every Go file below root, its path written with slashes
// from there. Folders that the go command ignores are left out.
func goFiles(root string, f func(path string, src []byte) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return f(filepath.ToSlash(rel), src)
	})
}
