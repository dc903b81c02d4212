package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"patchtrail/analyze/report"
)

type whyCmd struct {
	Input  string `arg:"" help:"A bundle."`
	Update string `arg:"" help:"A KB, a GUID, or a part of a title."`

	inputOptions
	Output string `short:"o" help:"Write to this file (default: stdout)." placeholder:"F" default:"-"`
}

// nearUpdates is how many updates are named where none is meant.
const nearUpdates = 5

// Run tells the story of one update.
func (c *whyCmd) Run(s *session) error {
	res, opt, err := c.run(s, []string{c.Input}, c.Output, c.RedactKey)
	if err != nil {
		return err
	}
	updates, guessed := report.FindUpdates(res, c.Update)
	if len(updates) == 0 {
		near := report.NearUpdates(res, c.Update, nearUpdates)
		if len(near) == 0 {
			return usageError{errors.New(opt.Lang.T("cli.no-updates", c.Input))}
		}
		return usageError{errors.New(opt.Lang.T("cli.no-update", c.Update, c.Input) + "\n  " + strings.Join(near, "\n  "))}
	}
	return s.write(opt.Lang, c.Output, func(w io.Writer) error {
		if guessed {
			if _, err := fmt.Fprintf(w, "%s\n\n", opt.Lang.T("why.guessed", c.Update)); err != nil {
				return err
			}
		}
		return report.Why(w, res, updates, opt)
	})
}
