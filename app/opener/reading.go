package opener

import (
	"errors"
	"os"
	"path/filepath"

	"patchtrail/analyze"
	"patchtrail/analyze/lang"
	"patchtrail/analyze/rule"
	"patchtrail/app/session"
	"patchtrail/app/settings"
)

// With returns an Opener that keeps to limits of the user's, and knows rules of
// their own.
func (o Opener) With(r settings.Reading) session.Opener {
	r.Limits.Apply(&o.Options.Ingest)
	o.rules = r.Rules
	return o
}

// Rules loads the product's rules and those of a folder of the user's, and says
// how many of them are the user's. It may take a while: the samples of all rules
// are tried. Its error is a rule.Errors where rules are wrong.
func Rules(folder string) (set *rule.Set, own int, err error) {
	if _, err := os.ReadDir(folder); err != nil {
		return nil, 0, err
	}
	product, err := analyze.BuiltinRules()
	if err != nil {
		return nil, 0, err
	}
	set, err = analyze.BuiltinRules(rule.Folder{Name: filepath.ToSlash(folder), FS: os.DirFS(folder)})
	if err != nil {
		return nil, 0, err
	}
	return set, len(set.Rules()) - len(product.Rules()), nil
}

// own loads the user's rules for a run. Where they are wrong the bundle is read
// with the product's alone, and every fault is a problem.
func (o *Opener) own() (problems []session.Problem) {
	if o.rules == "" || o.Options.Rules != nil {
		return nil
	}
	set, _, err := Rules(o.rules)
	if err == nil {
		o.Options.Rules = set
		return nil
	}
	faults := []error{err}
	var many rule.Errors
	if errors.As(err, &many) {
		faults = many.Unwrap()
	}
	for _, fault := range faults {
		problems = append(problems, session.Problem{Path: filepath.ToSlash(o.rules), Text: func(l string) string {
			return lang.Lang(l).T("settings.rules-unused", fault)
		}})
	}
	return problems
}
