package fact

import (
	"strings"

	"patchtrail/ingest/snapshot"
)

// object is what a list, a row of a table, a row of a CSV or an instance in
// MOF tells of one thing.
type object struct {
	class string // of MOF, or of the property __CLASS
	props []prop
	at    line
}

// prop is a property and where it stands.
type prop struct {
	name, value string
	at          line
}

// get returns a property by its name, without regard to case.
func (o *object) get(name string) string {
	if p := o.prop(name); p != nil {
		return p.value
	}
	return ""
}

func (o *object) prop(name string) *prop {
	for i := range o.props {
		if strings.EqualFold(o.props[i].name, name) {
			return &o.props[i]
		}
	}
	return nil
}

// has reports whether the object has all of the properties.
func (o *object) has(names ...string) bool {
	for _, n := range names {
		if o.prop(n) == nil {
			return false
		}
	}
	return true
}

const (
	maxProps = 400
	maxValue = 64 << 10 // of one property, in bytes
)

// objectReader finds objects in the lines of a section.
type objectReader struct {
	lines []line
	emit  func(*object)
	plain func(line) // sees every line that is no property
	cur   *object
	hive  string // of Get-Item's heading
	bare  bool   // the file may hold tables without dashes
}

func (r *objectReader) read() {
	for i := 0; i < len(r.lines); {
		i += r.step(i)
	}
	r.flush()
}

func (r *objectReader) flush() {
	if r.cur != nil && len(r.cur.props) > 0 {
		if c := r.cur.get("__CLASS"); c != "" {
			r.cur.class = c
		}
		r.emit(r.cur)
	}
	r.cur = nil
}

// step reads what begins at line i and returns how many lines that is.
func (r *objectReader) step(i int) int {
	l := r.lines[i]
	t := strings.TrimSpace(l.s)
	switch {
	case t == "":
		r.flush()
		return 1
	case strings.HasPrefix(t, "instance of "):
		r.flush()
		return r.mof(i)
	case i+1 < len(r.lines) && dashes(r.lines[i+1].s):
		r.flush()
		return r.table(i)
	case t[0] == '"' && strings.Contains(t, `","`):
		r.flush()
		return r.csv(i)
	case strings.HasPrefix(t, "Hive: "), strings.HasPrefix(t, "ハイブ: "):
		r.hive = afterColon(t)
		return 1
	}
	name, value, ok := property(t)
	indented := l.s[0] == ' ' || l.s[0] == '\t'
	switch {
	case ok && !(indented && r.cur != nil && r.deeper(l.s)):
		r.add(name, value, l)
	case r.cur != nil && indented:
		r.more(t)
	case r.bare && wmicHeader(t):
		r.flush()
		return r.wmic(i)
	}
	r.plain(l)
	return 1
}

// deeper reports whether a line is indented as the continuation of a value is.
func (r *objectReader) deeper(s string) bool {
	return len(r.cur.props) > 0 && len(s)-len(strings.TrimLeft(s, " ")) > 12
}

func (r *objectReader) add(name, value string, at line) {
	if r.cur != nil && r.cur.prop(name) != nil {
		r.flush()
	}
	if r.cur == nil {
		r.cur = &object{at: at}
	}
	if len(r.cur.props) < maxProps {
		r.cur.props = append(r.cur.props, prop{name, value, at})
	}
}

// more appends a continuation line to the last value.
func (r *objectReader) more(t string) {
	if len(r.cur.props) == 0 {
		return
	}
	p := &r.cur.props[len(r.cur.props)-1]
	if len(p.value)+len(t) < maxValue {
		p.value += t
	}
}

// property reads "Name : Value" and "Name=Value".
func property(t string) (name, value string, ok bool) {
	n := 0
	for n < len(t) && n <= 64 && t[n] != '=' && t[n] != ':' {
		n++
	}
	if n == 0 || n >= len(t) || n > 64 {
		return "", "", false
	}
	name = t[:n]
	if t[n] == '=' {
		if strings.ContainsAny(name, " \t<\"") {
			return "", "", false
		}
		return name, strings.TrimSpace(t[n+1:]), true
	}
	if !strings.HasSuffix(name, " ") || n+1 < len(t) && t[n+1] != ' ' {
		return "", "", false
	}
	name = strings.TrimSpace(name)
	return name, strings.TrimSpace(t[n+1:]), name != ""
}

// dashes reports whether a line underlines the heads of a table.
func dashes(s string) bool {
	some := false
	for i := range len(s) {
		switch s[i] {
		case '-':
			some = true
		case ' ', '\t':
		default:
			return false
		}
	}
	return some && strings.Contains(s, "--")
}

// table reads a table of PowerShell: heads, dashes, rows up to an empty line.
func (r *objectReader) table(i int) int {
	cols := snapshot.Columns(r.lines[i+1].s)
	if len(cols) < 2 { // a heading, underlined
		r.plain(r.lines[i])
		return 2
	}
	heads := snapshot.Row(r.lines[i].s, cols)
	used := 2
	key := ""
	for _, l := range r.lines[i+2:] {
		if strings.TrimSpace(l.s) == "" {
			break
		}
		used++
		row := snapshot.Row(l.s, cols)
		if r.hive != "" && len(heads) == 2 && heads[1] == "Property" {
			if row[0] != "" {
				key = row[0]
			}
			if name, value, ok := property(row[1]); ok {
				r.emit(&object{at: l, props: []prop{{name, value, l}, {"PSPath", "Registry::" + r.hive + `\` + key, l}}})
			}
			continue
		}
		r.row(heads, row, l)
	}
	return used
}

func (r *objectReader) row(heads, row []string, l line) {
	o := &object{at: l}
	for k, h := range heads {
		if h != "" && k < len(row) && len(o.props) < maxProps {
			o.props = append(o.props, prop{h, row[k], l})
		}
	}
	r.emit(o)
}

// csv reads quoted lists with commas, the first of which names the columns.
func (r *objectReader) csv(i int) int {
	heads := csvRow(strings.TrimSpace(r.lines[i].s))
	used := 1
	for _, l := range r.lines[i+1:] {
		t := strings.TrimSpace(l.s)
		if t == "" || t[0] != '"' {
			break
		}
		used++
		r.row(heads, csvRow(t), l)
	}
	return used
}

func csvRow(s string) []string {
	var out []string
	for len(s) > 0 && len(out) < maxProps {
		if s[0] != '"' {
			field, rest, _ := strings.Cut(s, ",")
			out, s = append(out, field), rest
			continue
		}
		var b strings.Builder
		i := 1
		for ; i < len(s); i++ {
			if s[i] == '"' {
				if i+1 < len(s) && s[i+1] == '"' {
					i++
				} else {
					break
				}
			}
			b.WriteByte(s[i])
		}
		out = append(out, b.String())
		s = strings.TrimPrefix(s[min(i+1, len(s)):], ",")
	}
	return out
}

// mof reads "instance of X { Name = Value; ... };".
func (r *objectReader) mof(i int) int {
	class, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(r.lines[i].s), "instance of "), "{")
	o := &object{class: strings.TrimSpace(class), at: r.lines[i]}
	used := 1
	for _, l := range r.lines[i+1:] {
		t := strings.TrimSpace(l.s)
		if strings.HasPrefix(t, "instance of ") {
			break
		}
		used++
		if strings.HasPrefix(t, "};") || t == "}" {
			break
		}
		name, value, ok := strings.Cut(t, "=")
		if !ok || strings.ContainsAny(strings.TrimSpace(name), " \"") {
			if n := len(o.props); n > 0 && t != "{" && len(o.props[n-1].value)+len(t) < maxValue {
				o.props[n-1].value += strings.TrimSuffix(strings.Trim(t, `"`), `";`)
			}
			continue
		}
		if len(o.props) < maxProps {
			o.props = append(o.props, prop{strings.TrimSpace(name), mofValue(value), l})
		}
	}
	r.emit(o)
	return used
}

func mofValue(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ";")
	if len(s) > 1 && s[0] == '{' && s[len(s)-1] == '}' {
		s = s[1 : len(s)-1]
	}
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return unescape(s[1 : len(s)-1])
	}
	return strings.TrimSpace(s)
}

// wmicHeads are columns that tell a table of WMIC, which has no dashes.
var wmicHeads = []string{"HotFixID", "FreeSpace", "StartMode", "CurrentManagementPoint", "ClientVersion", "BuildNumber"}

func wmicHeader(t string) bool {
	fields := strings.Fields(t)
	if len(fields) < 2 || strings.ContainsAny(t, ":=,.") {
		return false
	}
	for _, f := range fields {
		for _, h := range wmicHeads {
			if f == h {
				return true
			}
		}
	}
	return false
}

// wmic reads a table of WMIC: columns begin where their heads do.
func (r *objectReader) wmic(i int) int {
	head := r.lines[i].s
	var cols []snapshot.Column
	var heads []string
	for k := 0; k < len(head) && len(cols) < snapshot.MaxColumns; {
		if head[k] == ' ' {
			k++
			continue
		}
		j := k
		for j < len(head) && head[j] != ' ' {
			j++
		}
		heads, cols = append(heads, head[k:j]), append(cols, snapshot.Column{From: k, To: j})
		k = j
	}
	used := 1
	for _, l := range r.lines[i+1:] {
		if strings.TrimSpace(l.s) == "" && used > 2 {
			break
		}
		used++
		if strings.TrimSpace(l.s) != "" {
			r.row(heads, snapshot.Row(l.s, cols), l)
		}
	}
	return used
}
