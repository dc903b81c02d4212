package main

import (
	"errors"
	"io"

	"patchtrail/analyze"
	"patchtrail/analyze/finding"
	"patchtrail/analyze/report"
	"patchtrail/analyze/timeline"
)

type analyzeCmd struct {
	inputFlags

	HTML    string `name:"html" help:"Write the findings as one HTML page; - is stdout." placeholder:"F"`
	JSON    string `name:"json" help:"Write everything as JSON; - is stdout." placeholder:"F"`
	CSV     string `name:"csv" help:"Write the merged records as CSV; - is stdout." placeholder:"F"`
	JSONL   string `name:"jsonl" help:"Write the merged records as JSON lines; - is stdout." placeholder:"F"`
	Parquet string `help:"Write records, findings, updates, attempts and windows as Parquet below this folder." placeholder:"DIR"`
	FailOn  string `help:"Exit with 1 when there is a finding of this severity or worse: error or warning." enum:"error,warning,none" default:"none"`
}

// Run analyses and writes what was asked for.
func (c *analyzeCmd) Run(s *session) error {
	res, opt, err := c.run(s, c.Inputs, c.HTML, c.JSON, c.CSV, c.JSONL, c.RedactKey)
	if err != nil {
		return err
	}
	for _, o := range []struct {
		to    string
		write func(io.Writer) error
	}{
		{c.HTML, func(w io.Writer) error { return report.HTML(w, res, opt) }},
		{c.JSON, func(w io.Writer) error { return report.JSON(w, res, opt) }},
		{c.CSV, func(w io.Writer) error { return report.CSV(s.ctx, w, res, timeline.Filter{}) }},
		{c.JSONL, func(w io.Writer) error { return report.JSONL(s.ctx, w, res, timeline.Filter{}) }},
	} {
		if o.to == "" {
			continue
		}
		if err := s.write(opt.Lang, o.to, o.write); err != nil {
			return err
		}
	}
	if c.Parquet != "" {
		if err := report.Parquet(s.ctx, c.Parquet, res, opt); err != nil {
			return errors.New(opt.Lang.T("cli.cannot-write", c.Parquet, err))
		}
	}
	if c.Parquet != "" || c.HTML != "" || c.JSON != "" || c.CSV != "" || c.JSONL != "" {
		c.tellProblems(s, res, opt.Lang, c.HTML != "" || c.JSON != "")
	} else if !c.Quiet {
		if err := report.Summary(s.stdout, res, opt); err != nil {
			return err
		}
	}
	if c.failed(res) {
		return exit(exitFailOn)
	}
	return nil
}

// failed reports whether --fail-on is met.
func (c *analyzeCmd) failed(res *analyze.Result) bool {
	for _, f := range res.Findings {
		if f.Severity == finding.Error && c.FailOn != "none" || f.Severity == finding.Warning && c.FailOn == "warning" {
			return true
		}
	}
	return false
}
