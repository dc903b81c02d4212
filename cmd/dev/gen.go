package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"patchtrail/ingest/gen"
)

// runGen writes the generated logs of one client, or the demo bundle, into a
// folder or an archive.
func runGen(_ context.Context, _ string, args []string) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	size := byteSize(1e9)
	flags.Var(&size, "size", "size of all files together, such as 250MB or 1GB")
	seed := flags.Uint64("seed", 1, "chooses identifiers and times; the same seed gives the same bytes")
	incident := flags.String("incident", string(gen.Healthy), "what ends the last hour: "+strings.Join(incidentNames(), ", "))
	japanese := flags.Bool("ja", false, "a client in Tokyo with Japanese titles")
	binary := flags.Bool("binary", false, "also write the last hour's trace (.etl) and System.evtx")
	demo := flags.Bool("demo", false, "write the demo bundle, which the other flags do not change")
	folder := flags.String("o", "", "write a folder")
	archive := flags.String("zip", "", "write a zip archive")
	if err := flags.Parse(args); err != nil {
		return errors.Join(errUsage, err)
	}
	if (*folder == "") == (*archive == "") {
		return errors.New("gen: name either a folder with -o or an archive with -zip")
	}
	opt := gen.Options{Seed: *seed, Bytes: int64(size), Japanese: *japanese, Binary: *binary, Incident: gen.Incident(*incident)}
	if *japanese {
		zone, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			return err
		}
		opt.Zone = zone
	}
	fill := func(sink gen.Sink) (gen.Truth, error) { return gen.Client(sink, opt) }
	if *demo {
		fill = gen.Demo
	}
	began := time.Now()
	var truth gen.Truth
	var err error
	if *folder != "" {
		truth, err = fill(gen.Folder(*folder))
	} else {
		truth, err = zipBundle(*archive, fill)
	}
	if err != nil {
		return err
	}
	for _, f := range truth.Files {
		fmt.Printf("%12d bytes %9d records  %s\n", f.Bytes, f.Records, f.Path)
	}
	fmt.Printf("%12d bytes %9d records, %s to %s, in %.1f s\n", truth.Bytes, truth.Records,
		truth.First.Format(time.RFC3339), truth.Last.Format(time.RFC3339), time.Since(began).Seconds())
	return nil
}

func incidentNames() []string {
	var names []string
	for _, i := range gen.Incidents() {
		names = append(names, string(i))
	}
	return names
}

// zipBundle writes a bundle into an archive of that path, all or nothing.
func zipBundle(path string, fill func(gen.Sink) (gen.Truth, error)) (truth gen.Truth, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return truth, err
	}
	part := path + ".part"
	err = gen.ZipFile(part, func(sink gen.Sink) (err error) {
		truth, err = fill(sink)
		return err
	})
	if err != nil {
		return truth, errors.Join(err, os.Remove(part))
	}
	return truth, os.Rename(part, path)
}

// byteSize is a number of bytes that is written with a decimal unit.
type byteSize int64

func (s *byteSize) String() string {
	n := int64(*s)
	for _, u := range byteUnits {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

// Set reads a size such as 250MB. Without a unit it is bytes.
func (s *byteSize) Set(text string) error {
	number, unit := text, int64(1)
	for _, u := range byteUnits {
		if n, ok := strings.CutSuffix(strings.ToUpper(text), u.name); ok {
			number, unit = n, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n <= 0 || n > 1<<62/unit {
		return fmt.Errorf("size %q: want a number and B, KB, MB or GB", text)
	}
	*s = byteSize(n * unit)
	return nil
}

var byteUnits = []struct {
	name  string
	bytes int64
}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}}
