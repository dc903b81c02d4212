package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/ledger"
	"patchtrail/analyze/redact"
	"patchtrail/analyze/report"
	"patchtrail/analyze/rule"
	"patchtrail/analyze/window"
	"patchtrail/ingest"
	"patchtrail/ingest/bundle"
	"patchtrail/ingest/issue"
)

// inputFlags are those of commands that read any number of bundles.
type inputFlags struct {
	Inputs []string `arg:"" name:"input" help:"Zips and other archives, folders, single logs."`

	inputOptions
}

// inputOptions say how bundles are read and results worded.
type inputOptions struct {
	Lang         string   `help:"Language of the words: en or ja (default: the system's)." placeholder:"LANG"`
	TZ           string   `name:"tz" help:"Zone of the times: local (the machine's own), utc, or an offset such as +09:00, which is also assumed where no log tells." default:"local"`
	Password     []string `help:"Password of archives; may be given several times." placeholder:"P" sep:"none"`
	PasswordFile string   `help:"File with passwords of archives, one a line." placeholder:"F"`
	MaxRuntime   string   `help:"CSV of 'kb or update id or title,minutes': maximum execution times." placeholder:"F"`
	Windows      string   `help:"Maintenance windows: an export, or a CSV of 'name,type,schedule' or 'name,type,start,duration'." placeholder:"F"`
	Now          string   `help:"Moment from which windows to come are counted, RFC 3339 (default: where the logs end)." placeholder:"T"`
	Rules        []string `help:"Folder with rules of your own; may be given several times." placeholder:"DIR" sep:"none"`
	Redact       bool     `help:"Replace names of hosts, users and domains, addresses, SIDs and client ids by stable tokens in every output."`
	RedactKey    string   `help:"Write what the tokens stand for to this file; it names what was hidden." placeholder:"F"`
	Quiet        bool     `help:"No progress, no summary."`

	MaxDepth     int   `help:"Limit: archives within archives." default:"5"`
	MaxEntries   int   `help:"Limit: files in a bundle." default:"200000"`
	MaxEntrySize int64 `help:"Limit: bytes of one unpacked file." default:"8589934592"`
	MaxSize      int64 `help:"Limit: bytes of all unpacked files." default:"68719476736"`
	MaxRatio     int   `help:"Limit: unpacked to packed bytes, once past 100 MiB." default:"1000"`
	MaxRecord    int   `help:"Limit: bytes of one record; longer ones are cut and marked." default:"4194304"`
}

// run analyses the inputs with the flags, showing progress on a terminal.
func (f *inputOptions) run(s *session, inputs []string) (*analyze.Result, report.Options, error) {
	l, err := language(f.Lang)
	if err != nil {
		return nil, report.Options{}, err
	}
	out := report.Options{Lang: l}
	if out.Zone, err = report.ParseZone(f.TZ); err != nil {
		return nil, out, usageError{fmt.Errorf("--tz: %w", err)}
	}
	opt, err := f.options(out)
	if err != nil {
		return nil, out, usageError{err}
	}
	var issues []issue.Issue
	opt.Ingest.Bundle.Report = func(i issue.Issue) { issues = append(issues, i) }
	done := func() {}
	if !f.Quiet {
		done = showProgress(s.stderr, opt.Ingest.Progress, l)
	}
	res, err := analyze.Run(s.ctx, inputs, opt)
	done()
	switch {
	case err == nil:
		if f.Redact || f.RedactKey != "" {
			if res, err = f.redact(s, res); err != nil {
				return nil, out, errors.New(l.T("cli.cannot-write", f.RedactKey, err))
			}
		}
		return res, out, nil
	case s.ctx.Err() != nil:
		return nil, out, errors.New(l.T("cli.cancelled"))
	case errors.Is(err, bundle.ErrNothing):
		return nil, out, errors.New(nothing(issues, l))
	}
	return nil, out, err
}

// redact hides names in a result, and writes the key that was asked for.
func (f *inputOptions) redact(s *session, res *analyze.Result) (*analyze.Result, error) {
	r := redact.New(res)
	res = r.Result(res)
	if f.RedactKey == "" {
		return res, nil
	}
	return res, s.write(f.RedactKey, func(w io.Writer) error {
		for _, p := range r.Key() {
			if _, err := fmt.Fprintf(w, "%s\t%s\n", p.Token, p.Original); err != nil {
				return err
			}
		}
		return nil
	})
}

// nothing says why nothing could be read.
func nothing(issues []issue.Issue, l lang.Lang) string {
	var why []string
	for _, i := range issues[:min(len(issues), 10)] {
		text := report.IssueText(l, i)
		if !strings.HasPrefix(text, i.Path) {
			text = i.Path + ": " + text
		}
		why = append(why, text)
	}
	if len(why) == 0 {
		return l.T("cli.nothing-there")
	}
	return l.T("cli.nothing-read", strings.Join(why, "\n"))
}

func (f *inputOptions) options(out report.Options) (analyze.Options, error) {
	passwords, err := f.passwords()
	if err != nil {
		return analyze.Options{}, err
	}
	opt := analyze.Options{Ingest: ingest.Options{
		Bundle: bundle.Options{Passwords: passwords, Limits: bundle.Limits{
			Depth: f.MaxDepth, Entries: f.MaxEntries, EntryBytes: f.MaxEntrySize, TotalBytes: f.MaxSize, Ratio: f.MaxRatio,
		}},
		RecordBytes: f.MaxRecord, Bias: out.Zone.Bias, Progress: &ingest.Progress{},
	}}
	if f.Now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, f.Now); err != nil {
			return opt, fmt.Errorf("--now %s: want RFC 3339, such as 2025-03-18T01:02:03Z", f.Now)
		}
	}
	if f.MaxRuntime != "" {
		r, err := os.Open(f.MaxRuntime)
		if err != nil {
			return opt, fmt.Errorf("--max-runtime: %w", err)
		}
		defer r.Close()
		if opt.Maxima, err = ledger.ReadMaxima(r, f.MaxRuntime); err != nil {
			return opt, fmt.Errorf("--max-runtime: %w", err)
		}
	}
	if f.Windows != "" {
		data, err := os.ReadFile(f.Windows)
		if err == nil {
			_, err = window.ReadFile(bytes.NewReader(data), f.Windows, nil)
		}
		if err != nil {
			return opt, fmt.Errorf("--windows: %w", err)
		}
		opt.Windows = &analyze.WindowFile{Name: f.Windows, Data: data}
	}
	if len(f.Rules) > 0 {
		if opt.Rules, err = analyze.BuiltinRules(folders(f.Rules)...); err != nil {
			return opt, err
		}
	}
	return opt, nil
}

// folders are rule folders of the user.
func folders(dirs []string) []rule.Folder {
	var out []rule.Folder
	for _, d := range dirs {
		out = append(out, rule.Folder{Name: filepath.ToSlash(d), FS: os.DirFS(d)})
	}
	return out
}

func (f *inputOptions) passwords() ([]string, error) {
	if f.PasswordFile == "" {
		return f.Password, nil
	}
	data, err := os.ReadFile(f.PasswordFile)
	if err != nil {
		return nil, fmt.Errorf("--password-file: %w", err)
	}
	out := f.Password
	for _, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		if line = strings.TrimRight(line, "\r"); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

// showProgress writes a line that follows the progress, if w is a terminal, and
// returns what ends it.
func showProgress(w any, p *ingest.Progress, l lang.Lang) func() {
	file, ok := w.(*os.File)
	if !ok {
		return func() {}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				fmt.Fprint(file, "\r\x1b[K")
				return
			case <-tick.C:
				line := []rune(l.T("cli.reading", megabytes(p.Bundle.Done.Load()), megabytes(p.Bundle.Known.Load()), p.Path()))
				fmt.Fprintf(file, "\r\x1b[K%s", string(line[:min(len(line), 78)]))
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
