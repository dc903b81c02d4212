package main

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/report"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest/record"
)

type timelineCmd struct {
	inputFlags

	From      string   `help:"From this time on; local to the machine unless it ends in Z or an offset." placeholder:"TIME"`
	To        string   `help:"Up to this time." placeholder:"TIME"`
	Near      string   `help:"Around this time, with seconds behind a comma (default 30)." placeholder:"TIME[,SECONDS]" sep:"none"`
	Level     []string `help:"verbose, info, warning, error; several with commas." placeholder:"LEVEL"`
	Component []string `help:"Components, such as WUAHandler; several with commas." placeholder:"NAME"`
	File      []string `help:"Part of a path, or a pattern such as Updates*.log; several with commas." placeholder:"NAME"`
	Thread    []uint32 `help:"Thread ids." placeholder:"N"`
	Grep      string   `help:"Regular expression that the message must match." placeholder:"REGEX"`
	Text      string   `help:"Text that the message must hold, without regard to case." placeholder:"S"`
	Resolve   bool     `help:"Name the GUIDs in messages: updates, deployments, content, jobs (format text)."`
	Format    string   `help:"text, csv or jsonl." enum:"text,csv,jsonl" default:"text"`
	Output    string   `short:"o" help:"Write to this file (default: stdout)." placeholder:"F" default:"-"`
}

// Run writes the records that pass.
func (c *timelineCmd) Run(s *session) error {
	l, err := language(c.Lang)
	if err != nil {
		return err
	}
	filter, err := c.filter(l)
	if err != nil {
		return usageError{err}
	}
	if _, err := c.times(l, &filter, nil); err != nil {
		return usageError{err}
	}
	res, opt, err := c.run(s, c.Inputs, c.Output, c.RedactKey)
	if err != nil {
		return err
	}
	c.tellProblems(s, res, opt.Lang, false)
	if filter, err = c.times(l, &filter, res); err != nil {
		return usageError{err}
	}
	opt.Resolve = c.Resolve
	return s.write(opt.Lang, c.Output, func(w io.Writer) error {
		switch c.Format {
		case "csv":
			return report.CSV(s.ctx, w, res, filter)
		case "jsonl":
			return report.JSONL(s.ctx, w, res, filter)
		}
		return report.Text(s.ctx, w, res, filter, opt)
	})
}

// filter reads the flags that need no bundle.
func (c *timelineCmd) filter(l lang.Lang) (timeline.Filter, error) {
	f := timeline.Filter{Components: c.Component, Files: c.File, Threads: c.Thread, Text: c.Text}
	for _, name := range c.Level {
		level, ok := parseLevel(name)
		if !ok {
			return f, errors.New(l.T("cli.bad-level", name))
		}
		f.Levels = append(f.Levels, level)
	}
	if c.Grep != "" {
		re, err := regexp.Compile(c.Grep)
		if err != nil {
			return f, errors.New(l.T("cli.bad-regexp", err))
		}
		f.Regexp = re
	}
	return f, nil
}

func parseLevel(s string) (record.Level, bool) {
	for l := record.Verbose; l <= record.Error; l++ {
		if strings.EqualFold(l.String(), s) {
			return l, true
		}
	}
	return 0, false
}

// times reads the flags that hold times; without a result only their form is
// checked.
func (c *timelineCmd) times(l lang.Lang, f *timeline.Filter, res *analyze.Result) (timeline.Filter, error) {
	out := *f
	read := func(flag, s string) (utc int64, zoned bool, err error) {
		utc, zoned, ok := readTime(s, res)
		if !ok {
			err = errors.New(l.T("cli.bad-time", flag, s))
		}
		return utc, zoned, err
	}
	var fromZoned, toZoned bool
	var err error
	if c.From != "" {
		if out.From, fromZoned, err = read("--from", c.From); err != nil {
			return out, err
		}
	}
	if c.To != "" {
		if out.To, toZoned, err = read("--to", c.To); err != nil {
			return out, err
		}
	}
	if c.From != "" && c.To != "" && out.To < out.From && (res != nil || fromZoned == toZoned) {
		return out, errors.New(l.T("cli.to-before-from", c.To, c.From))
	}
	if c.Near != "" {
		at, around, _ := strings.Cut(c.Near, ",")
		seconds := 30.0
		if around != "" {
			if seconds, err = strconv.ParseFloat(around, 64); err != nil || !(seconds >= 0 && seconds <= maxAround) {
				return out, errors.New(l.T("cli.bad-seconds", around))
			}
		}
		utc, _, err := read("--near", at)
		if err != nil {
			return out, err
		}
		out.Near(utc, seconds)
	}
	return out, nil
}

// maxAround is the most that --near looks around a time, in seconds: a century.
const maxAround = 100 * 366 * 86400

// readTime reads a time, local to the first machine unless it states a zone.
func readTime(s string, res *analyze.Result) (utc int64, zoned, ok bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano(), true, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02"} {
		if t, err := time.Parse(layout, s); err == nil {
			if res == nil || len(res.Machines) == 0 {
				return t.UnixNano(), false, true
			}
			return res.Machines[0].Zone.UTC(t.UnixNano(), 0), false, true
		}
	}
	return 0, false, false
}
