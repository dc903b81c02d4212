package main

import (
	"fmt"
	"io"

	"patchtrail/assets"
)

type demoCmd struct {
	To   string `arg:"" optional:"" name:"file" default:"contoso.zip" help:"Where to write it; - is stdout."`
	Lang string `help:"en or ja." placeholder:"LANG"`
}

// Run writes the demo bundle.
func (c *demoCmd) Run(s *session) error {
	l, err := language(c.Lang)
	if err != nil {
		return err
	}
	data, err := assets.FS.ReadFile(assets.Demo)
	if err != nil {
		return err
	}
	if err := checkOutputs(l, nil, []string{c.To}); err != nil {
		return err
	}
	err = s.write(l, c.To, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	if c.To != "-" {
		fmt.Fprintln(s.stdout, l.T("cli.demo", c.To))
	}
	return nil
}
