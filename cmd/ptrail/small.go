package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/code"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/rule"
	"patchtrail/ingest/format"
)

type formatsCmd struct {
	Lang string `help:"en or ja." placeholder:"LANG"`
}

// Run lists the formats.
func (c formatsCmd) Run(s *session) error {
	l, err := language(c.Lang)
	if err != nil {
		return err
	}
	for _, f := range format.All() {
		fmt.Fprintf(s.stdout, "%-22s %s\n", f.Name, l.T("format."+f.Name))
	}
	return nil
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *session) error {
	fmt.Fprintf(s.stdout, "ptrail %s %s/%s %s\n", analyze.Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	return nil
}

type rulesCmd struct {
	List  rulesListCmd  `cmd:"" help:"The signatures that come with PatchTrail."`
	Check rulesCheckCmd `cmd:"" help:"Check the rules of a folder: file, line, rule and what to do."`
}

type rulesListCmd struct {
	Lang string `help:"en or ja." placeholder:"LANG"`
}

// Run lists the built-in rules.
func (c rulesListCmd) Run(s *session) error {
	l, err := language(c.Lang)
	if err != nil {
		return err
	}
	set, err := analyze.BuiltinRules()
	if err != nil {
		return err
	}
	for _, r := range set.Rules() {
		fmt.Fprintf(s.stdout, "%-32s %-8s %s\n", r.ID, r.Severity, title(r, l))
	}
	return nil
}

// title is a rule's title as its file has it, with the names of its parameters.
func title(r *rule.Rule, l lang.Lang) string {
	if l == lang.Japanese {
		return r.JA.Title
	}
	return r.EN.Title
}

type rulesCheckCmd struct {
	Dirs []string `arg:"" name:"dir" help:"Folders with rule files."`
	Lang string   `help:"en or ja." placeholder:"LANG"`
}

// Run checks rules and exits with 2 when something is wrong with them.
func (c rulesCheckCmd) Run(s *session) error {
	l, err := language(c.Lang)
	if err != nil {
		return err
	}
	for _, d := range c.Dirs {
		if info, err := os.Stat(d); err != nil || !info.IsDir() {
			return usageError{errors.New(l.T("cli.no-folder", d))}
		}
	}
	own, err := rule.Load(folders(c.Dirs)...)
	if err != nil {
		return usageError{err}
	}
	if _, err := analyze.BuiltinRules(folders(c.Dirs)...); err != nil {
		return usageError{err}
	}
	fmt.Fprintln(s.stdout, l.T("cli.rules-fine", len(own.Rules())))
	return nil
}

type codeCmd struct {
	Codes []string `arg:"" name:"code" help:"Codes in any spelling, or symbols."`
}

// near is how many codes are suggested for one that is none.
const near = 5

// Run explains codes, in the language of the system; it exits with 2 when one
// of them is none.
func (c codeCmd) Run(s *session) error {
	l := lang.FromSystem()
	bad := false
	for _, text := range mended(c.Codes) {
		all, err := code.Read(text)
		if err != nil {
			fmt.Fprintln(s.stderr, "ptrail:", err)
			bad = true
		}
		for _, e := range all {
			explain(s.stdout, "", e, l)
		}
		if err != nil || !all[0].Listed {
			for _, e := range code.Near(text, near) {
				explain(s.stderr, "  "+l.T("cli.meant")+" ", e, l)
			}
		}
	}
	if bad {
		return exit(exitUsage)
	}
	return nil
}

// mended puts a code together that a blank made two arguments of: 0x8007 0005.
func mended(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		text := args[i]
		if i+1 < len(args) && strings.HasPrefix(strings.ToLower(text), "0x") && len(text+args[i+1]) == len("0x80070005") {
			if _, ok := code.Broken(text + " " + args[i+1]); ok {
				i++
				text += " " + args[i]
			}
		}
		out = append(out, text)
	}
	return out
}

// explain writes one code and its meaning.
func explain(w io.Writer, lead string, e code.Explanation, l lang.Lang) {
	meaning := e.Meaning
	if l == lang.Japanese && e.MeaningJA != "" {
		meaning = e.MeaningJA
	}
	fmt.Fprintf(w, "%s%s  %s  %s  [%s]\n", lead, e, e.Symbol, meaning, e.Family)
}
