package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// The Debian packages behind each kind of work.
var (
	// appPackages build and show the app: Fyne needs cgo, OpenGL and X11
	// headers, and Japanese text needs a font.
	appPackages = []string{"gcc", "libgl1-mesa-dev", "xorg-dev", "libxkbcommon-dev", "fonts-noto-cjk"}
	// testPackages drive the app and the report from outside, and make and
	// check bundles with the tools that customers use.
	testPackages = []string{
		"xvfb", "xdotool", "imagemagick", "python3-xlib", "chromium",
		"strace", "zip", "unzip", "p7zip-full", "cabextract",
	}
	// windowsPackages cross-build the app for Windows. Where they cannot be
	// had, that build is left out.
	windowsPackages = []string{"gcc-mingw-w64-x86-64"}
)

// errNoRoot is what a machine without root and without sudo answers.
var errNoRoot = errors.New("packages are missing and this user is neither root nor has sudo")

// install installs those Debian packages that the machine lacks. On a machine
// without apt it says what the work needs and goes on: whoever builds there
// has other names for them.
func install(ctx context.Context, packages []string) error {
	if !has("apt-get") || !has("dpkg-query") {
		if runtime.GOOS == "linux" {
			fmt.Println("no apt-get here; needed (by their Debian names):", strings.Join(packages, " "))
		}
		return nil
	}
	missing := missingPackages(packages, installedPackages(ctx, packages))
	if len(missing) == 0 {
		fmt.Println("nothing missing")
		return nil
	}
	apt, err := aptCommand(os.Geteuid(), has("sudo"), isTerminal(os.Stdin))
	if err != nil {
		return fmt.Errorf("%w: ask an administrator for: apt-get install %s", err, strings.Join(missing, " "))
	}
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	update := job{env: env, args: append(apt, "-q", "update"), out: io.Discard}
	if err := update.run(ctx); err != nil {
		// An old list may still name what is wanted.
		fmt.Println("going on with the old package list:", err)
	}
	// Another apt-get may hold the lock, such as that of unattended upgrades.
	args := append(apt, "-q", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", "--no-install-recommends", "install")
	var log bytes.Buffer
	if err := (job{env: env, args: append(args, missing...), out: &log, err: &log}).run(ctx); err != nil {
		os.Stdout.Write(log.Bytes())
		return fmt.Errorf("install %s: %w", strings.Join(missing, " "), err)
	}
	fmt.Println("installed:", strings.Join(missing, " "))
	return nil
}

// aptCommand is how this user starts apt-get. sudo may ask for a password only
// where somebody can type one.
func aptCommand(uid int, sudo, terminal bool) ([]string, error) {
	const env = "DEBIAN_FRONTEND=noninteractive" // sudo drops the environment
	switch {
	case uid == 0:
		return []string{"apt-get"}, nil
	case sudo && terminal:
		return []string{"sudo", env, "apt-get"}, nil
	case sudo:
		return []string{"sudo", "-n", env, "apt-get"}, nil
	default:
		return nil, errNoRoot
	}
}

// installedPackages is what dpkg-query says of packages, one a line. It fails
// for those it does not know, which is an answer here.
func installedPackages(ctx context.Context, packages []string) string {
	var out strings.Builder
	args := append([]string{"dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Package}\n"}, packages...)
	_ = job{args: args, out: &out, err: io.Discard}.quietly(ctx)
	return out.String()
}

// missingPackages are those of wanted that the answer of dpkg-query does not
// call installed ("ii").
func missingPackages(wanted []string, answer string) []string {
	installed := map[string]bool{}
	for sc := bufio.NewScanner(strings.NewReader(answer)); sc.Scan(); {
		state, name, ok := strings.Cut(sc.Text(), "\t")
		if ok && strings.TrimSpace(state) == "ii" {
			installed[name] = true
		}
	}
	var missing []string
	for _, p := range wanted {
		if !installed[p] {
			missing = append(missing, p)
		}
	}
	return missing
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
