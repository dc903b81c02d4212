package main

import (
	"io"

	"patchtrail/analyze/compare"
)

type compareCmd struct {
	A string `arg:"" help:"A bundle: before, or the machine that works."`
	B string `arg:"" help:"Another: after, or the machine that does not."`

	inputOptions
	Output string `short:"o" help:"Write to this file (default: stdout)." placeholder:"F" default:"-"`
}

// Run analyses both bundles and writes what is new, gone and the same.
func (c *compareCmd) Run(s *session) error {
	a, _, err := c.run(s, []string{c.A}, c.Output, c.RedactKey)
	if err != nil {
		return err
	}
	b, opt, err := c.run(s, []string{c.B}, c.Output)
	if err != nil {
		return err
	}
	return s.write(opt.Lang, c.Output, func(w io.Writer) error { return compare.Write(w, compare.Compare(a, b), opt) })
}
