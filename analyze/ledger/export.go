package ledger

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"patchtrail/ingest/generic"
	"patchtrail/ingest/record"
	"patchtrail/ingest/snapshot"
)

// Exports of the client's or the site's WMI show maximum execution times in four
// forms, whatever else the file holds:
//
//	instance of CCM_SoftwareUpdate { UpdateID = "Site_{S}/SUM_g"; MaxExecutionTime = 3600; };
//	MaxExecutionTime : 3600                    one property a line (Format-List, wmic /format:list)
//	UpdateID  ArticleID  MaxExecutionTime      a table with dashes under its head (Format-Table)
//	"ArticleID","Title","MaxExecutionTime"     a CSV (Export-Csv, the console)
//
// MaxExecutionTime is in seconds, the console's "Maximum Run Time" in minutes.
// Source: DOMAIN.md C.

// Bounds of what exports may cost.
const (
	maxExport  = 64 << 20
	maxExports = 1 << 17
	maxFields  = 64
	maxLine    = 1 << 16
)

// exports are the maxima of a bundle's exports by update id, article and title.
type exports struct {
	byMachine map[int]map[string]Maximum
	all       map[string]Maximum
}

// of returns the maximum of an update: that of its own machine's export, else of
// another's, such as the site server's.
func (x *exports) of(u *Update) (Maximum, bool) {
	for _, set := range []map[string]Maximum{x.byMachine[u.Machine], x.all} {
		for _, k := range []string{u.UpdateID, strings.ToLower(u.KB), normal(u.Title)} {
			if max, ok := set[k]; ok && k != "" {
				return max, true
			}
		}
	}
	return Maximum{}, false
}

// marks are words one of which any export of maxima holds.
var marks = [...]string{"MaxExecutionTime", "MaxRunTime", "MaxRuntime", "Maximum Run Time", "Max Run Time", "最長実行時間", "最大実行時間"}

// readExports reads the exports of a bundle.
func readExports(ctx context.Context, s *record.Store) (*exports, error) {
	x := &exports{byMachine: map[int]map[string]Maximum{}, all: map[string]Maximum{}}
	for _, f := range s.Files {
		if f.Text > maxExport || !mayExport(f) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		text := f.Whole()
		found := false
		for _, m := range marks {
			found = found || bytes.Contains(text, []byte(m))
		}
		if found {
			x.read(f, string(text))
		}
	}
	return x, nil
}

// mayExport leaves out logs, whose messages may quote an export.
func mayExport(f *record.File) bool {
	switch snapshot.Kind(f.Format) {
	case snapshot.WMIMof, snapshot.WMIList, snapshot.PropertyList, snapshot.CSV, snapshot.Text, generic.Name:
		return true
	}
	return f.Snapshot
}

func (x *exports) read(f *record.File, text string) {
	own := x.byMachine[f.Machine]
	if own == nil {
		own = map[string]Maximum{}
		x.byMachine[f.Machine] = own
	}
	p := exporter{found: func(line int, keys []string, seconds int) {
		if len(x.all) >= maxExports {
			return
		}
		m := Maximum{Seconds: seconds, Source: FromBundle, Origin: fmt.Sprintf("%s:%d", f.Path, line)}
		for _, k := range keys {
			own[k], x.all[k] = m, m
		}
	}}
	for n := 1; text != ""; n++ {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		if len(line) <= maxLine {
			p.line(strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), "\r"), n)
		}
	}
	p.flush()
}

// exporter reads an export line by line.
type exporter struct {
	found  func(line int, keys []string, seconds int)
	object map[string]string // names in small letters without blanks
	begun  int               // the line that the object began on
	head   string            // the line above
	// columns are those of a table, nil outside one, heads their names.
	columns []snapshot.Column
	heads   []string
	fields  []string // the columns of a CSV
	mof     bool
}

func (e *exporter) line(line string, n int) {
	trimmed := strings.TrimSpace(line)
	head := e.head
	e.head = line
	switch {
	case trimmed == "":
		e.columns, e.fields = nil, nil
		if !e.mof {
			e.flush()
		}
	case strings.HasPrefix(trimmed, "instance of "):
		e.flush()
		e.mof = true
		e.statements(trimmed, n)
	case e.mof:
		e.statements(trimmed, n)
	case strings.Trim(trimmed, "- ") == "" && strings.Contains(trimmed, "--"):
		e.flush()
		e.columns = snapshot.Columns(line)
		e.heads = snapshot.Row(head, e.columns)
	case e.columns != nil:
		e.row(line, n)
	case e.fields != nil:
		e.record(line, n)
	case strings.Count(trimmed, ",") > 0 && isHead(trimmed):
		e.flush()
		e.fields = splitCSV(trimmed)
	default:
		e.property(trimmed, n)
	}
}

// isHead says whether a line is the head of a CSV of maxima.
func isHead(line string) bool {
	for _, f := range splitCSV(line) {
		if _, ok := unitOf(plain(f)); ok {
			return true
		}
	}
	return false
}

func splitCSV(line string) []string {
	c := csv.NewReader(strings.NewReader(line))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	row, err := c.Read()
	if err != nil || len(row) > maxFields {
		return nil
	}
	return row
}

// plain is a name in small letters without blanks, underlines and marks.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '(' || r == ')' || r == '.' || r == '"' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// unitOf is what a maximum under this name counts, in seconds.
func unitOf(name string) (int, bool) {
	switch {
	case strings.HasPrefix(name, "maxexecutiontime"):
		if strings.Contains(name, "min") {
			return 60, true
		}
		return 1, true
	case strings.HasPrefix(name, "maximumruntime"), strings.HasPrefix(name, "maxruntime"), strings.HasPrefix(name, "最長実行時間"), strings.HasPrefix(name, "最大実行時間"):
		if strings.Contains(name, "sec") || strings.Contains(name, "秒") {
			return 1, true
		}
		return 60, true
	}
	return 0, false
}

// statements reads the properties of an instance in MOF.
func (e *exporter) statements(line string, n int) {
	for _, s := range strings.Split(line, ";") {
		s = strings.TrimSpace(s)
		if i := strings.LastIndexByte(s, '{'); i >= 0 && !strings.Contains(s[:i], "=") {
			s = s[i+1:]
		}
		if name, value, ok := strings.Cut(s, "="); ok {
			e.set(name, value, n)
		}
		if strings.HasSuffix(s, "}") && !strings.Contains(s, "=") {
			e.flush()
			e.mof = false
		}
	}
}

// property reads "Name : Value", or "Name=Value" of wmic. A name that the object
// has already begins the next one.
func (e *exporter) property(line string, n int) {
	i := strings.IndexAny(line, ":=")
	if i <= 0 || i > 60 {
		return
	}
	if _, twice := e.object[plain(line[:i])]; twice {
		e.flush()
	}
	e.set(line[:i], line[i+1:], n)
}

func (e *exporter) set(name, value string, n int) {
	if e.object == nil {
		e.object, e.begun = map[string]string{}, n
	}
	if len(e.object) < maxFields {
		e.object[plain(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
}

func (e *exporter) row(line string, n int) {
	for i, value := range snapshot.Row(line, e.columns) {
		if e.heads[i] != "" && value != "" {
			e.set(e.heads[i], value, n)
		}
	}
	e.flush()
}

func (e *exporter) record(line string, n int) {
	for i, v := range splitCSV(line) {
		if i < len(e.fields) {
			e.set(e.fields[i], v, n)
		}
	}
	e.flush()
}

// The names, without blanks and marks, of what tells which update it is, in
// English and as the Japanese console writes them.
var (
	idNames      = []string{"updateid", "ciuniqueid", "uniqueid", "uniqueupdateid", "modelname", "更新id", "一意の更新id", "更新プログラムid"}
	articleNames = []string{"articleid", "kb", "kbarticle", "記事id", "文書番号", "サポート技術情報", "サポート技術情報id"}
	titleNames   = []string{"title", "name", "localizeddisplayname", "fullname", "タイトル", "名前", "更新プログラム"}
)

// flush takes the maximum out of the object that was read.
func (e *exporter) flush() {
	o := e.object
	e.object = nil
	seconds := 0
	for name, value := range o {
		unit, ok := unitOf(name)
		v, err := strconv.Atoi(strings.TrimSpace(value))
		if ok && err == nil && v > 0 && v <= 9999*60/unit {
			seconds = max(seconds, v*unit) // where two columns say it
		}
	}
	if seconds == 0 {
		return
	}
	var keys []string
	for _, name := range idNames {
		id := o[name]
		if i := strings.LastIndexByte(id, '/'); i >= 0 {
			id = id[i+1:]
		}
		if g, _, ok := findGUID([]byte(id)); ok {
			keys = append(keys, g.String())
		}
	}
	for _, name := range articleNames {
		digits := strings.TrimPrefix(strings.ToLower(o[name]), "kb")
		if n, err := strconv.Atoi(digits); err == nil && n > 0 && len(keys) == 0 {
			keys = append(keys, "kb"+digits)
		}
	}
	for _, name := range titleNames {
		if t := o[name]; t != "" && len(keys) == 0 {
			keys = append(keys, normal(t))
			if kb := KB(t); kb != "" {
				keys = append(keys, strings.ToLower(kb))
			}
		}
	}
	if len(keys) > 0 {
		e.found(e.begun, keys, seconds)
	}
}
