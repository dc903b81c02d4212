package main

import (
	"errors"
	"io"

	"patchtrail/analyze/report"
)

type whyCmd struct {
	Input  string `arg:"" help:"A bundle."`
	Update string `arg:"" help:"A KB, a GUID, or a part of a title."`

	inputOptions
	Output string `short:"o" help:"Write to this file (default: stdout)." placeholder:"F" default:"-"`
}

// Run tells the story of one update.
func (c *whyCmd) Run(s *session) error {
	res, opt, err := c.run(s, []string{c.Input}, c.Output, c.RedactKey)
	if err != nil {
		return err
	}
	updates := report.FindUpdates(res, c.Update)
	if len(updates) == 0 {
		return usageError{errors.New(opt.Lang.T("cli.no-update", c.Update, c.Input))}
	}
	return s.write(opt.Lang, c.Output, func(w io.Writer) error { return report.Why(w, res, updates, opt) })
}
