package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// mingw is the C compiler that Debian has for Windows programs.
const mingw = "x86_64-w64-mingw32-gcc"

// buildPtrail builds the headless command into dir, as pure Go.
func buildPtrail(ctx context.Context, root, dir, goos, goarch string) error {
	name := filepath.Join(dir, fmt.Sprintf("ptrail-%s-%s%s", goos, goarch, suffix(goos)))
	return job{
		dir:  root,
		env:  []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch},
		args: []string{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", name, "./cmd/ptrail"},
	}.run(ctx)
}

// buildApp builds the app into dir: for this machine, or for 64-bit Windows by
// mingw, which takes minutes the first time.
func buildApp(ctx context.Context, root, dir, goos string) error {
	arch, env := runtime.GOARCH, []string{"CGO_ENABLED=1"}
	ldflags := "-s -w"
	args := []string{"go", "build", "-trimpath"}
	switch {
	case goos == "linux":
		args = append(args, "-tags", "x11")
	case goos == "windows":
		arch = "amd64"
		ldflags += " -H=windowsgui" // no console window behind the app
		if runtime.GOOS != "windows" {
			env = append(env, "GOOS=windows", "GOARCH=amd64", "CC="+mingw)
		}
	}
	name := filepath.Join(dir, fmt.Sprintf("patchtrail-%s-%s%s", goos, arch, suffix(goos)))
	args = append(args, "-ldflags", ldflags, "-o", name, "./cmd/patchtrail")
	return job{dir: root, env: env, args: args}.run(ctx)
}

func suffix(goos string) string {
	if goos == "windows" {
		return ".exe"
	}
	return ""
}

// runPackage writes the release binaries into dist/: ptrail for every system
// of the releases list, the app for this machine and, with mingw, for Windows.
func runPackage(ctx context.Context, root string, args []string) error {
	flags := flag.NewFlagSet("package", flag.ContinueOnError)
	if err := flags.Parse(args); err != nil {
		return errors.Join(errUsage, err)
	}
	if err := install(ctx, appPackages); err != nil {
		return err
	}
	dist := filepath.Join(root, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for _, r := range releases {
		if err := buildPtrail(ctx, root, dist, r.goos, r.goarch); err != nil {
			return err
		}
	}
	if err := buildApp(ctx, root, dist, runtime.GOOS); err != nil {
		return err
	}
	if runtime.GOOS != "windows" && has(mingw) {
		if err := buildApp(ctx, root, dist, "windows"); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			fmt.Printf("%8.1f MB  dist/%s\n", float64(info.Size())/1e6, e.Name())
		}
	}
	return nil
}
