package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	"patchtrail/ingest/record"
	"patchtrail/ingest/text"
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

// run analyses the inputs with the flags and hides the names that it was asked
// to hide. outputs are the files that the command is about to write.
func (f *inputOptions) run(s *session, inputs []string, outputs ...string) (*analyze.Result, report.Options, error) {
	res, out, err := f.analyze(s, inputs, outputs...)
	if err != nil {
		return nil, out, err
	}
	hidden, err := f.redact(s, out.Lang, res)
	if err != nil {
		return nil, out, err
	}
	return hidden[0], out, nil
}

// analyze analyses the inputs with the flags, showing progress on a terminal.
func (f *inputOptions) analyze(s *session, inputs []string, outputs ...string) (*analyze.Result, report.Options, error) {
	l, err := language(f.Lang)
	if err != nil {
		return nil, report.Options{}, err
	}
	out := report.Options{Lang: l}
	if out.Zone, err = report.ParseZone(f.TZ); err != nil {
		return nil, out, usageError{errors.New(l.T("cli.bad-zone", f.TZ))}
	}
	opt, err := f.options(out)
	if err != nil {
		return nil, out, usageError{err}
	}
	if err := checkOutputs(l, inputs, outputs); err != nil {
		return nil, out, err
	}
	paceMemory(opt.Ingest.Progress)
	var issues []issue.Issue
	opt.Ingest.Bundle.Report = func(i issue.Issue) { issues = append(issues, i) }
	done := func() {}
	if !f.Quiet {
		done = showProgress(s.stderr, opt.Ingest.Progress, l)
	}
	res, err := analyze.Run(s.ctx, once(inputs), opt)
	done()
	switch {
	case err == nil && blank(res):
		return nil, out, errors.New(nothingKnown(res, l))
	case err == nil:
		return res, out, nil
	case s.ctx.Err() != nil:
		return nil, out, errors.New(l.T("cli.cancelled"))
	case errors.Is(err, bundle.ErrNothing):
		return nil, out, errors.New(nothing(issues, l))
	}
	return nil, out, err
}

// once leaves out what is named again: its records would count twice.
func once(inputs []string) []string {
	var out []string
	var seen []os.FileInfo
	for _, in := range inputs {
		info, err := os.Stat(in)
		if err == nil && slices.ContainsFunc(seen, func(o os.FileInfo) bool { return os.SameFile(o, info) }) {
			continue
		}
		if err == nil {
			seen = append(seen, info)
		}
		out = append(out, in)
	}
	return out
}

// redact hides names where that was asked for, the same names by the same
// tokens in all results, and writes the key.
func (f *inputOptions) redact(s *session, l lang.Lang, results ...*analyze.Result) ([]*analyze.Result, error) {
	if !f.Redact && f.RedactKey == "" {
		return results, nil
	}
	r := redact.New(results...)
	hidden := make([]*analyze.Result, len(results))
	for i, res := range results {
		hidden[i] = r.Result(res)
	}
	if f.RedactKey == "" {
		return hidden, nil
	}
	err := s.write(l, f.RedactKey, func(w io.Writer) error {
		for _, p := range r.Key() {
			name := p.Original
			if strings.ContainsFunc(name, unicode.IsControl) {
				name = strconv.Quote(name)
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\n", p.Token, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || f.RedactKey == "-" {
		return hidden, err
	}
	// It names people: for its owner alone, where the system can say so.
	if info, err := os.Stat(f.RedactKey); err == nil && info.Mode().IsRegular() {
		_ = os.Chmod(f.RedactKey, 0o600)
	}
	return hidden, nil
}

// problemLines is the most problems that are told one by one.
const problemLines = 10

// tellProblems says on stderr what could not be read, for commands whose output
// has no place for it: told says that it has one. An input that is missing is
// told even so, and with --quiet: nobody asked for less than they named.
func (f *inputOptions) tellProblems(s *session, res *analyze.Result, l lang.Lang, told bool) {
	lines, more := 0, 0
	for _, i := range res.Issues {
		switch input := strings.HasPrefix(i.Key, "input-"); {
		case !input && (f.Quiet || told || i.Key == "ledger-partial"):
		case lines >= problemLines:
			more++
		default:
			lines++
			fmt.Fprintln(s.stderr, "ptrail:", problem(l, i))
		}
	}
	if more > 0 {
		fmt.Fprintln(s.stderr, "ptrail:", l.T("cli.more", more))
	}
}

// problem is an issue in words, with the path that it is about.
func problem(l lang.Lang, i issue.Issue) string {
	words := report.IssueText(l, i)
	if !strings.HasPrefix(words, i.Path) {
		words = i.Path + ": " + words
	}
	return words
}

// blank reports whether no file of the inputs has anything that could be read.
func blank(res *analyze.Result) bool {
	return !slices.ContainsFunc(res.Store.Files, func(f *record.File) bool { return f.Len() > 0 || f.Snapshot && f.Text > 0 || f.Unreadable })
}

// nothingKnown says that files were there, and none of them is a log.
func nothingKnown(res *analyze.Result, l lang.Lang) string {
	words := l.T("cli.nothing-known", len(res.Store.Files))
	for _, i := range res.Issues[:min(len(res.Issues), problemLines)] {
		words += "\n" + problem(l, i)
	}
	return words
}

// nothing says why nothing could be read.
func nothing(issues []issue.Issue, l lang.Lang) string {
	var why []string
	for _, i := range issues[:min(len(issues), problemLines)] {
		why = append(why, problem(l, i))
	}
	if len(why) == 0 {
		return l.T("cli.nothing-there")
	}
	return l.T("cli.nothing-read", strings.Join(why, "\n"))
}

func (f *inputOptions) options(out report.Options) (analyze.Options, error) {
	passwords, err := f.passwords(out.Lang)
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
			return opt, errors.New(out.Lang.T("cli.bad-now", f.Now))
		}
	}
	if f.MaxRuntime != "" {
		r, err := os.Open(f.MaxRuntime)
		if err != nil {
			return opt, errors.New(out.Lang.T("cli.cannot-read", "--max-runtime", f.MaxRuntime, plainCause(err)))
		}
		defer r.Close()
		if opt.Maxima, err = ledger.ReadMaxima(r, f.MaxRuntime); err != nil {
			return opt, lang.Fail("fault.in", "--max-runtime", err)
		}
	}
	if f.Windows != "" {
		data, err := os.ReadFile(f.Windows)
		if err != nil {
			return opt, errors.New(out.Lang.T("cli.cannot-read", "--windows", f.Windows, plainCause(err)))
		}
		if _, err = window.ReadFile(bytes.NewReader(data), f.Windows, nil); err != nil {
			return opt, lang.Fail("fault.in", "--windows", err)
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

// passwordBytes is the most that is read of a file of passwords.
const passwordBytes = 1 << 20

func (f *inputOptions) passwords(l lang.Lang) ([]string, error) {
	if f.PasswordFile == "" {
		return f.Password, nil
	}
	file, err := os.Open(f.PasswordFile)
	if err != nil {
		return nil, errors.New(l.T("cli.cannot-read", "--password-file", f.PasswordFile, plainCause(err)))
	}
	defer file.Close()
	data, err := io.ReadAll(text.NewReader(io.LimitReader(file, passwordBytes))) // PowerShell's > writes UTF-16
	if err != nil {
		return nil, errors.New(l.T("cli.cannot-read", "--password-file", f.PasswordFile, plainCause(err)))
	}
	out := f.Password
	for line := range strings.SplitSeq(string(data), "\n") {
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
