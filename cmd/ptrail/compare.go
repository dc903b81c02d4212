package main

import (
	"io"

	"patchtrail/analyze/compare"
	"patchtrail/analyze/report"
)

type compareCmd struct {
	A string `arg:"" help:"A bundle: before, or the machine that works."`
	B string `arg:"" help:"Another: after, or the machine that does not."`

	inputOptions
	HTML   string `name:"html" help:"Write the findings of B as one HTML page that begins with the comparison; - is stdout." placeholder:"F"`
	Output string `short:"o" help:"Write the comparison to this file (default: stdout, unless --html is given)." placeholder:"F"`
}

// Run analyses both bundles and writes what is new, gone and the same.
func (c *compareCmd) Run(s *session) error {
	a, _, err := c.analyze(s, []string{c.A}, c.Output, c.HTML, c.RedactKey)
	if err != nil {
		return err
	}
	b, opt, err := c.analyze(s, []string{c.B}, c.Output, c.HTML, c.RedactKey)
	if err != nil {
		return err
	}
	hidden, err := c.redact(s, opt.Lang, a, b)
	if err != nil {
		return err
	}
	both := compare.Compare(hidden[0], hidden[1])
	if c.HTML != "" {
		page := opt
		page.Comparison = compare.Section(both, opt)
		if err := s.write(opt.Lang, c.HTML, func(w io.Writer) error { return report.HTML(w, both.B, page) }); err != nil {
			return err
		}
	}
	switch {
	case c.Output == "" && c.HTML != "":
		return nil
	case c.Output == "":
		c.Output = "-"
	}
	return s.write(opt.Lang, c.Output, func(w io.Writer) error { return compare.Write(w, both, opt) })
}
