package rule

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"patchtrail/analyze/lang"
	"patchtrail/assets"
)

// Folder is a place that holds rule files, *.toml.
type Folder struct {
	// Name is put before a file's name in errors.
	Name string
	FS   fs.FS
	// Builtin marks the product's own: only they may have found_by, and their
	// samples are run by the tests of this package instead of at each load.
	Builtin bool
}

// Builtin returns the folder of the rules that come with the product.
func Builtin() (Folder, error) {
	sub, err := fs.Sub(assets.FS, "rules")
	if err != nil {
		return Folder{}, fmt.Errorf("assets: %w", err)
	}
	return Folder{Name: "assets/rules", FS: sub, Builtin: true}, nil
}

const (
	maxRuleFile  = 4 << 20
	maxRuleFiles = 2000
	maxRules     = 5000
	maxAnchors   = 20000 // 11 MB of tables
)

// Error says what is wrong with a rule file, where, and what to do.
type Error struct {
	File string
	// Line counts from 1; 0 where no line is to blame.
	Line int
	// Rule is the id, or "#n" for the nth rule of the file where it has none,
	// or empty.
	Rule    string
	Message lang.Text
	Hint    lang.Text
}

func (e *Error) Error() string { return e.In(lang.English) }

// In words the error in a language.
func (e *Error) In(l lang.Lang) string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Rule != "" {
		fmt.Fprintf(&b, "%s: ", l.T("fault.rule", e.Rule))
	}
	b.WriteString(e.Message.In(l))
	if e.Hint.Key != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint.In(l))
	}
	return b.String()
}

// Errors are all that is wrong, in the order of files and lines.
type Errors []*Error

func (e Errors) Error() string { return e.In(lang.English) }

// In words the errors in a language, one a line.
func (e Errors) In(l lang.Lang) string {
	lines := make([]string, len(e))
	for i, x := range e {
		lines[i] = x.In(l)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors one by one.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, x := range e {
		out[i] = x
	}
	return out
}

// Load reads and checks all rules of the folders. On anything wrong it returns
// Errors, with every fault that it could see, and no set.
func Load(folders ...Folder) (*Set, error) {
	var errs Errors
	set := &Set{byID: make(map[string]*Rule)}
	var docs []*document
	for _, f := range folders {
		found, bad := f.read()
		docs = append(docs, found...)
		errs = append(errs, bad...)
	}
	shareForms(docs)
	for _, d := range docs {
		for i, r := range d.rules {
			c := checker{doc: d, index: i, rule: r}
			c.check()
			if old := set.byID[r.ID]; old != nil {
				c.fail("id", lang.Say("fault.rule.same-id", old.File), lang.Say("fault.hint.own-id"))
			} else if r.ID != "" {
				set.byID[r.ID] = r
				set.rules = append(set.rules, r)
			}
			d.errs = append(d.errs, c.errs...)
		}
	}
	if n := len(set.rules); n > maxRules {
		errs = append(errs, &Error{File: docs[len(docs)-1].name, Message: lang.Say("fault.rule.many-rules", n, maxRules), Hint: lang.Say("fault.hint.fewer")})
	}
	if n := set.anchors(); n > maxAnchors {
		errs = append(errs, &Error{File: docs[len(docs)-1].name, Message: lang.Say("fault.rule.many-anchors", n, maxAnchors), Hint: lang.Say("fault.hint.fewer-rules")})
	}
	for _, d := range docs {
		for i, r := range d.rules {
			c := checker{doc: d, index: i, rule: r}
			c.checkAmong(set)
			d.errs = append(d.errs, c.errs...)
		}
		slices.SortStableFunc(d.errs, func(a, b *Error) int { return a.Line - b.Line })
		errs = append(errs, d.errs...)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	slices.SortFunc(set.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return set, nil
}

// anchors counts the literals that rules search for, the same ones again.
func (s *Set) anchors() int {
	n := 0
	for _, r := range s.rules {
		for _, f := range r.forms {
			n += len(f.anchors())
		}
	}
	return n
}

// document is one rule file.
type document struct {
	name    string
	data    []byte
	builtin bool
	rules   []*Rule
	lines   *lineMap // built when first asked for
	errs    Errors
}

// read decodes the files of a folder, in the order of their names.
func (f Folder) read() ([]*document, Errors) {
	var docs []*document
	var errs Errors
	err := fs.WalkDir(f.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !strings.EqualFold(path.Ext(p), ".toml") {
			return nil
		}
		name := path.Join(f.Name, p)
		if len(docs)+len(errs) >= maxRuleFiles {
			return lang.Fail("fault.rule.many-files", maxRuleFiles)
		}
		if info, err := d.Info(); err == nil && info.Size() > maxRuleFile {
			errs = append(errs, &Error{File: name, Message: lang.Say("fault.rule.file-large", maxRuleFile>>20), Hint: lang.Say("fault.hint.split")})
			return nil
		}
		data, err := fs.ReadFile(f.FS, p)
		if err != nil {
			errs = append(errs, &Error{File: name, Message: lang.TextOf(err)})
			return nil
		}
		docs = append(docs, decode(name, data, f.Builtin))
		return nil
	})
	if err != nil {
		errs = append(errs, &Error{File: f.Name, Message: lang.TextOf(err), Hint: lang.Say("fault.hint.folder")})
	} else if len(docs)+len(errs) == 0 {
		errs = append(errs, &Error{File: f.Name, Message: lang.Say("fault.rule.no-file"), Hint: lang.Say("fault.hint.toml")})
	}
	return docs, errs
}

// decode reads a file; what it could not read stands in errs of the document.
func decode(name string, data []byte, builtin bool) *document {
	d := &document{name: name, data: data, builtin: builtin}
	var content struct {
		Rule []*Rule `toml:"rule"`
	}
	dec := toml.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	err := dec.Decode(&content)
	var strict *toml.StrictMissingError
	var syntax *toml.DecodeError
	switch {
	case err == nil:
	case errors.As(err, &strict):
		for _, e := range strict.Errors {
			line, _ := e.Position()
			key := e.Key()
			d.errs = append(d.errs, &Error{File: name, Line: line, Rule: d.ruleAt(line, content.Rule),
				Message: lang.Say("fault.rule.unknown-field", strconv.Quote(strings.Join(key, "."))), Hint: suggest(key)})
		}
	case errors.As(err, &syntax):
		line, _ := syntax.Position()
		e := &Error{File: name, Line: line, Message: lang.Say("fault.rule.toml", notTOML{syntax, d.lineText(line)}), Hint: lang.Say("fault.hint.quotes")}
		if key := syntax.Key(); len(key) > 0 {
			e.Message, e.Hint = lang.Say("fault.rule.wrong-kind", strconv.Quote(strings.Join(key, "."))), lang.Say("fault.hint.kinds")
		}
		d.errs = append(d.errs, e)
		return d
	default:
		d.errs = append(d.errs, &Error{File: name, Message: lang.Say("fault.rule.toml", notTOML{err, ""})})
		return d
	}
	if len(content.Rule) == 0 && len(d.errs) == 0 {
		d.errs = append(d.errs, &Error{File: name, Message: lang.Say("fault.rule.no-rule"), Hint: lang.Say("fault.hint.rule")})
	}
	for _, r := range content.Rule {
		r.File = name
	}
	d.rules = content.Rule
	return d
}

// notTOML is what the decoder says of a file. It has English words alone: in
// others the line is shown that it could not read.
type notTOML struct {
	err  error
	line string
}

func (n notTOML) In(l lang.Lang) string {
	switch {
	case l == lang.English:
		return strings.TrimPrefix(n.err.Error(), "toml: ")
	case n.line == "":
		return l.T("fault.rule.file-not-toml")
	}
	return l.T("fault.rule.not-toml", n.line)
}

// lineText returns a line of the file, shortened.
func (d *document) lineText(line int) string {
	for text := range strings.Lines(string(d.data)) {
		if line--; line == 0 {
			return cut(strings.ToValidUTF8(text, "\uFFFD"))
		}
	}
	return ""
}

// ruleAt names the rule that line belongs to.
func (d *document) ruleAt(line int, rules []*Rule) string {
	at := -1
	for _, start := range d.lineMap().starts {
		if start <= line {
			at++
		}
	}
	if at < 0 || at >= len(rules) {
		return ""
	}
	return ruleName(rules[at], at)
}

func ruleName(r *Rule, index int) string {
	if r.ID != "" {
		return r.ID
	}
	return fmt.Sprintf("#%d", index+1)
}

// fields are the known names, for hints.
var fields = [...]string{
	"id", "severity", "confidence", "root", "consequence_of", "key", "track", "found_by", "found_also_by", "params", "forms_of", "codes", "shared_fallback",
	"logs", "reads", "all", "any", "none", "regex", "when", "then", "also", "fallback", "within_seconds", "optional",
	"one_event_seconds", "across_logs", "cured_by", "same", "when_cured", "references", "en", "ja",
	"title", "cause", "remediation", "verify", "samples", "hit", "miss", "cured", "rule",
}

// suggest returns the known field that the last part of key was meant to be.
func suggest(key []string) lang.Text {
	if len(key) == 0 {
		return lang.Text{}
	}
	name := key[len(key)-1]
	best, distance := "", 4
	for _, f := range fields {
		if d := editDistance(name, f); d < distance && d < len(f) {
			best, distance = f, d
		}
		if f == name {
			return lang.Say("fault.hint.other-table")
		}
	}
	if best == "" {
		return lang.Say("fault.hint.fields", strings.Join(fields[:], " "))
	}
	return lang.Say("fault.hint.meant", strconv.Quote(best))
}

// editDistance counts the bytes to insert, remove or replace, for short names.
func editDistance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// lineMap says on which line each field of each rule stands. It is built only
// when there is an error to place.
type lineMap struct {
	starts []int // of each [[rule]]
	lines  []map[string]int
}

// lineMap returns the lines of a file that decoded.
func (d *document) lineMap() *lineMap {
	if d.lines != nil {
		return d.lines
	}
	m := &lineMap{}
	d.lines = m
	line, at := 1, 0
	lineOf := func(offset int) int {
		if offset < at {
			line, at = 1, 0
		}
		line += strings.Count(string(d.data[at:offset]), "\n")
		at = offset
		return line
	}
	var p unstable.Parser
	p.Reset(d.data)
	table := ""
	counts := make(map[string]int)
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.ArrayTable, unstable.Table:
			name, first := keyOf(n)
			if name == "rule" {
				m.starts = append(m.starts, lineOf(first))
				m.lines = append(m.lines, make(map[string]int))
				table = ""
				clear(counts)
				continue
			}
			table = strings.TrimPrefix(name, "rule.")
			if n.Kind == unstable.ArrayTable {
				counts[table]++
				table = fmt.Sprintf("%s[%d]", table, counts[table]-1)
			} else if parent, child, ok := strings.Cut(table, "."); ok && counts[parent] > 0 {
				table = fmt.Sprintf("%s[%d].%s", parent, counts[parent]-1, child)
			}
			m.set(table, lineOf(first))
			table += "."
		case unstable.KeyValue:
			name, first := keyOf(n)
			m.set(table+name, lineOf(first))
			if v := n.Value(); v.Kind == unstable.Array {
				k := 0
				for c := v.Children(); c.Next(); k++ {
					if c.Node().Raw.Length > 0 {
						m.set(fmt.Sprintf("%s%s[%d]", table, name, k), lineOf(int(c.Node().Raw.Offset)))
					}
				}
			}
		}
	}
	return m
}

func (m *lineMap) set(path string, line int) {
	if n := len(m.lines); n > 0 {
		m.lines[n-1][path] = line
	}
}

// line returns where a field stands, else the table it would stand in, else
// where the rule starts.
func (m *lineMap) line(rule int, path string) int {
	if rule >= len(m.lines) {
		return 0
	}
	for path != "" {
		if line := m.lines[rule][path]; line > 0 {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return m.starts[rule]
}

// keyOf returns the dotted key of a table or value and where it stands.
func keyOf(n *unstable.Node) (string, int) {
	var parts []string
	first := -1
	for k := n.Key(); k.Next(); {
		if first < 0 {
			first = int(k.Node().Raw.Offset)
		}
		parts = append(parts, string(k.Node().Data))
	}
	return strings.Join(parts, "."), max(first, 0)
}
