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

// runApp opens the app on the demo bundle, or writes the bundle's HTML report
// where there is no display to open it on.
func runApp(ctx context.Context, root string, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	headless := flags.Bool("headless", !hasDisplay(runtime.GOOS, os.Getenv), "write the HTML report of the bundle, open no window")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "go run ./cmd/dev run [flags] [BUNDLE...]")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return errors.Join(errUsage, err)
	}
	bundles := flags.Args()
	if len(bundles) == 0 {
		bundles = []string{filepath.Join(root, "assets", "demo", "contoso.zip")}
	}
	for i, b := range bundles {
		abs, err := filepath.Abs(b)
		if err != nil {
			return err
		}
		bundles[i] = abs
	}
	if *headless {
		return runReport(ctx, root, bundles)
	}
	if err := install(ctx, appPackages); err != nil {
		return err
	}
	words := []string{"go", "run"}
	if runtime.GOOS == "linux" {
		words = append(words, "-tags", "x11")
	}
	words = append(words, "./cmd/patchtrail")
	return job{dir: root, env: []string{"CGO_ENABLED=1"}, args: append(words, bundles...)}.run(ctx)
}

// runReport analyses bundles without a window. It needs nothing but Go.
func runReport(ctx context.Context, root string, bundles []string) error {
	page := filepath.Join(os.TempDir(), "patchtrail-report.html")
	words := []string{"go", "run", "./cmd/ptrail", "analyze", "--html", page}
	err := job{dir: root, env: []string{"CGO_ENABLED=0"}, args: append(words, bundles...)}.run(ctx)
	if err != nil {
		return err
	}
	fmt.Println("The report is in", page)
	return nil
}

// hasDisplay says whether a window can be opened.
func hasDisplay(goos string, getenv func(string) string) bool {
	if goos == "windows" || goos == "darwin" {
		return true
	}
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}
