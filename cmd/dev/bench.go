package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"patchtrail/ingest/gen"
)

// benchPackages are what ptrail is measured beside, and the clock.
var benchPackages = []string{"unzip", "lnav", "time"}

// runBench measures ptrail on a generated bundle, side by side with unzip and
// lnav. The programs take turns, so that a busy machine slows all of them.
func runBench(ctx context.Context, root string, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	size := byteSize(1e9)
	flags.Var(&size, "size", "text in the bundle, such as 400MB or 1GB")
	runs := flags.Int("runs", 5, "how often each program runs")
	seed := flags.Uint64("seed", 1, "of the generated bundle")
	cache := flags.String("cache", filepath.Join(os.TempDir(), "patchtrail-bench"), "where bundles and binaries are kept")
	if err := flags.Parse(args); err != nil {
		return errors.Join(errUsage, err)
	}
	if *runs < 1 {
		return errors.New("bench: -runs must be at least 1")
	}
	if err := install(ctx, benchPackages); err != nil {
		return err
	}
	if err := os.MkdirAll(*cache, 0o755); err != nil {
		return err
	}
	if err := buildPtrail(ctx, root, *cache, runtime.GOOS, runtime.GOARCH); err != nil {
		return err
	}
	ptrail := filepath.Join(*cache, fmt.Sprintf("ptrail-%s-%s%s", runtime.GOOS, runtime.GOARCH, suffix(runtime.GOOS)))
	whole, err := makeBundle(*cache, int64(size), *seed)
	if err != nil {
		return err
	}
	quarter, err := makeBundle(*cache, int64(size)/4, *seed)
	if err != nil {
		return err
	}
	lnavDir := filepath.Join(root, "cmd", "dev", "testdata", "lnav")
	contenders := []*contender{
		{name: "unzip -p", bundle: whole, args: []string{"unzip", "-p", whole.zip}},
		{name: "ptrail analyze", bundle: whole, args: analyze(ptrail, whole)},
		{name: "lnav", bundle: whole, args: append([]string{"lnav", "-n", "-q", "-N", "-I", lnavDir, "-c", ":quit"}, whole.files...)},
		{name: "ptrail analyze, 1/4", bundle: quarter, args: analyze(ptrail, quarter)},
	}
	where := machine()
	// One round that does not count brings files into memory.
	for round := range *runs + 1 {
		for _, c := range contenders {
			m, err := measure(ctx, *cache, c.args)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 {
				c.runs = append(c.runs, m)
			}
			fmt.Fprintf(os.Stderr, "%d/%d %-20s %s\n", round, *runs, c.name, m)
		}
	}
	report(os.Stdout, where, fmt.Sprintf("go run ./cmd/dev bench -size %s -runs %d -seed %d", size.String(), *runs, *seed), contenders)
	return nil
}

func analyze(ptrail string, b bundle) []string {
	return []string{ptrail, "analyze", "--quiet", "--json", os.DevNull, b.zip}
}

// bundle is a generated client, packed and not.
type bundle struct {
	zip   string
	files []string
	text  int64 // bytes of text
	size  int64 // bytes of the archive
}

// makeBundle generates a bundle, or finds it where an earlier run left it. The
// name of its folder tells what the generator makes, so that another generator
// makes another one.
func makeBundle(cache string, size int64, seed uint64) (bundle, error) {
	opt := gen.Options{Seed: seed, Bytes: size}
	mark, err := fingerprint(seed)
	if err != nil {
		return bundle{}, err
	}
	dir := filepath.Join(cache, fmt.Sprintf("client-%d-%d-%s", size, seed, mark))
	b := bundle{zip: filepath.Join(dir, "PC01.zip")}
	if !exists(b.zip) {
		fmt.Printf("generating %d MB in %s\n", size/1e6, dir)
		if _, err := gen.Client(gen.Folder(filepath.Join(dir, "PC01")), opt); err != nil {
			return b, err
		}
		if _, err := zipBundle(b.zip, func(sink gen.Sink) (gen.Truth, error) { return gen.Client(sink, opt) }); err != nil {
			return b, err
		}
	}
	for _, path := range gen.Paths() {
		file := filepath.Join(dir, "PC01", filepath.FromSlash(path))
		info, err := os.Stat(file)
		if err != nil {
			return b, err
		}
		b.files = append(b.files, file)
		b.text += info.Size()
	}
	info, err := os.Stat(b.zip)
	if err != nil {
		return b, err
	}
	b.size = info.Size()
	return b, nil
}

// contender is a program with the runs that were measured of it.
type contender struct {
	name   string
	bundle bundle
	args   []string
	runs   []measurement
}

// measurement is one run of a program.
type measurement struct {
	wall, cpu float64 // seconds; cpu is user and system together
	peak      int64   // most memory resident at once, bytes
}

func (m measurement) String() string {
	return fmt.Sprintf("%6.2f s wall %6.2f s cpu %7.1f MB", m.wall, m.cpu, float64(m.peak)/1e6)
}

// measure runs a program under GNU time, whose figures are the program's own.
// Settings that lnav keeps for its user go into cache.
func measure(ctx context.Context, cache string, args []string) (measurement, error) {
	out, err := os.CreateTemp(cache, "time-")
	if err != nil {
		return measurement{}, err
	}
	defer os.Remove(out.Name())
	out.Close()
	var said strings.Builder
	timed := append([]string{"/usr/bin/time", "-f", "%e %U %S %M", "-o", out.Name()}, args...)
	if err := (job{env: []string{"HOME=" + cache}, args: timed, out: io.Discard, err: &said}).quietly(ctx); err != nil {
		return measurement{}, fmt.Errorf("%w: %s", err, said.String())
	}
	figures, err := os.ReadFile(out.Name())
	if err != nil {
		return measurement{}, err
	}
	return parseTime(string(figures))
}

// parseTime reads "%e %U %S %M" of GNU time: seconds, and kilobytes of 1024.
func parseTime(figures string) (measurement, error) {
	var wall, user, system float64
	var kb int64
	if _, err := fmt.Sscan(figures, &wall, &user, &system, &kb); err != nil {
		return measurement{}, fmt.Errorf("time: %q: %w", figures, err)
	}
	return measurement{wall: wall, cpu: user + system, peak: kb * 1024}, nil
}

// median is the middle value of each figure over a contender's runs.
func (c *contender) median() measurement {
	middle := func(figure func(measurement) float64) float64 {
		var all []float64
		for _, m := range c.runs {
			all = append(all, figure(m))
		}
		slices.Sort(all)
		if n := len(all); n%2 == 0 {
			return (all[n/2-1] + all[n/2]) / 2
		}
		return all[len(all)/2]
	}
	return measurement{
		wall: middle(func(m measurement) float64 { return m.wall }),
		cpu:  middle(func(m measurement) float64 { return m.cpu }),
		peak: int64(middle(func(m measurement) float64 { return float64(m.peak) })),
	}
}

// report writes the medians and what the project promises of them, in Markdown.
func report(w io.Writer, machine, command string, c []*contender) {
	fmt.Fprintf(w, "\n`%s`, %s, %s\n\n", command, time.Now().UTC().Format("2006-01-02"), machine)
	fmt.Fprintln(w, "| program | text | wall | cpu | peak memory | memory / text |")
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|")
	for _, c := range c {
		m := c.median()
		fmt.Fprintf(w, "| %s | %.0f MB | %.2f s | %.2f s | %.0f MB | %.2f |\n",
			c.name, float64(c.bundle.text)/1e6, m.wall, m.cpu, float64(m.peak)/1e6, float64(m.peak)/float64(c.bundle.text))
	}
	unzip, ptrail, lnav, quarter := c[0].median(), c[1].median(), c[2].median(), c[3].median()
	text := c[1].bundle.text
	fmt.Fprintf(w, "\nThe archive is packed 1 : %.1f.\n\n", float64(text)/float64(c[1].bundle.size))
	fmt.Fprintln(w, "| promise | limit | measured | |")
	fmt.Fprintln(w, "|---|---:|---:|---|")
	promise := func(what string, limit, got float64) {
		verdict := "kept"
		if got > limit {
			verdict = "**broken**"
		}
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %s |\n", what, limit, got, verdict)
	}
	promise("wall time beside `unzip -p` of the same archive", 1, ptrail.wall/unzip.wall)
	promise("wall time beside lnav 0.11 loading the unpacked files", 0.75, ptrail.wall/lnav.wall)
	promise("peak memory a byte of text", 0.45, float64(ptrail.peak)/float64(text))
	promise("time for four times the text", 4.3, ptrail.wall/quarter.wall)
}

// machine is what the figures were measured on.
func machine() string {
	model := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			if name, value, ok := strings.Cut(sc.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	about := fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), model, runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		// The average of the minute before: above 1, others were at work.
		minute, _, _ := strings.Cut(string(load), " ")
		about += ", load " + minute + " before"
	}
	return about
}
