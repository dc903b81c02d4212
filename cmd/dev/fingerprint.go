package main

import (
	"fmt"
	"hash/fnv"
	"io"

	"patchtrail/ingest/gen"
)

// fingerprint tells what the generator makes of a seed: it changes with every
// change of what is generated.
func fingerprint(seed uint64) (string, error) {
	sum := fnv.New32a()
	sink := func(path string) (io.WriteCloser, error) {
		io.WriteString(sum, path)
		return writeOnly{sum}, nil
	}
	_, err := gen.Client(sink, gen.Options{Seed: seed, Bytes: 2e6})
	return fmt.Sprintf("%08x", sum.Sum32()), err
}

// writeOnly is a writer that nothing needs to close.
type writeOnly struct{ io.Writer }

func (writeOnly) Close() error { return nil }
