package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"patchtrail/analyze"
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
	filter, err := c.filter()
	if err != nil {
		return usageError{err}
	}
	if _, err := c.times(&filter, nil); err != nil {
		return usageError{err}
	}
	res, opt, err := c.run(s, c.Inputs)
	if err != nil {
		return err
	}
	if filter, err = c.times(&filter, res); err != nil {
		return usageError{err}
	}
	opt.Resolve = c.Resolve
	return s.write(c.Output, func(w io.Writer) error {
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
func (c *timelineCmd) filter() (timeline.Filter, error) {
	f := timeline.Filter{Components: c.Component, Files: c.File, Threads: c.Thread, Text: c.Text}
	for _, l := range c.Level {
		level, ok := parseLevel(l)
		if !ok {
			return f, fmt.Errorf("--level %s: want verbose, info, warning or error", l)
		}
		f.Levels = append(f.Levels, level)
	}
	if c.Grep != "" {
		re, err := regexp.Compile(c.Grep)
		if err != nil {
			return f, fmt.Errorf("--grep: %w", err)
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
func (c *timelineCmd) times(f *timeline.Filter, res *analyze.Result) (timeline.Filter, error) {
	out := *f
	var err error
	if c.From != "" {
		if out.From, err = readTime(c.From, res); err != nil {
			return out, fmt.Errorf("--from: %w", err)
		}
	}
	if c.To != "" {
		if out.To, err = readTime(c.To, res); err != nil {
			return out, fmt.Errorf("--to: %w", err)
		}
	}
	if c.Near != "" {
		at, around, _ := strings.Cut(c.Near, ",")
		seconds := 30.0
		if around != "" {
			if seconds, err = strconv.ParseFloat(around, 64); err != nil || seconds < 0 {
				return out, fmt.Errorf("--near: %q is no number of seconds", around)
			}
		}
		utc, err := readTime(at, res)
		if err != nil {
			return out, fmt.Errorf("--near: %w", err)
		}
		out.Near(utc, seconds)
	}
	return out, nil
}

// readTime reads a time, local to the first machine unless it states a zone.
func readTime(s string, res *analyze.Result) (int64, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano(), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02"} {
		if t, err := time.Parse(layout, s); err == nil {
			if res == nil || len(res.Machines) == 0 {
				return t.UnixNano(), nil
			}
			return res.Machines[0].Zone.UTC(t.UnixNano(), 0), nil
		}
	}
	return 0, fmt.Errorf("%q is no time: want 2025-03-18 01:02:03, or with a zone 2025-03-18T01:02:03+09:00", s)
}
