package main

import (
	"errors"
	"io"

	"patchtrail/analyze/report"
	"patchtrail/analyze/window"
)

type windowsCmd struct {
	inputFlags

	WhatIf []string `help:"A change to try: max:KB5034441=60 (minutes) or window:ID=+120m; may be given several times." placeholder:"EDIT" sep:"none"`
	Weeks  int      `help:"How far to look ahead." default:"4"`
	Output string   `short:"o" help:"Write to this file (default: stdout)." placeholder:"F" default:"-"`
}

// Run writes the windows and what fits into them.
func (c *windowsCmd) Run(s *session) error {
	var edits []window.Edit
	for _, e := range c.WhatIf {
		edit, err := window.ParseEdit(e)
		if err != nil {
			return usageError{err}
		}
		edits = append(edits, edit)
	}
	res, opt, err := c.run(s, c.Inputs, c.Output, c.RedactKey)
	if err != nil {
		return err
	}
	err = s.write(opt.Lang, c.Output, func(w io.Writer) error { return report.Windows(w, res, edits, c.Weeks, opt) })
	if errors.Is(err, window.ErrEdit) {
		return usageError{err}
	}
	return err
}
