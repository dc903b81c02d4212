package window

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"patchtrail/ingest/clock"
	"patchtrail/ingest/generic"
	"patchtrail/ingest/record"
	"patchtrail/ingest/snapshot"
)

// Exports show windows in four forms. All are read line by line, whatever else
// the file holds:
//
//	instance of CCM_ServiceWindow { Schedules = "…"; ServiceWindowID = "…"; … };
//	Schedules : …            one property a line (Format-List, wmic /format:list)
//	Schedules  ServiceWindowID  ServiceWindowType      a table with dashes under
//	---------  ---------------  -----------------      its head (Format-Table)
//	"Schedules","ServiceWindowID","ServiceWindowType"  a CSV (Export-Csv)
//
// The properties are those of the client's policy (Schedules, ServiceWindowID,
// ServiceWindowType), of the client's SDK (ID, Type, StartTime, EndTime,
// Duration in seconds: occurrences) and of the console (Name,
// ServiceWindowSchedules, IsEnabled).

// Bounds of what an export may cost.
const (
	maxExport     = 64 << 20
	maxProperties = 64
	maxValue      = tokenDigits*maxTokens + 512
)

// addExports adds the windows that exports in the bundle show.
func (s *Set) addExports(ctx context.Context, st *record.Store) error {
	for i, f := range st.Files {
		if f.Machine != s.Machine || f.Text > maxExport || !mayExport(f) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		text := f.Whole()
		if !bytes.Contains(text, []byte("ServiceWindow")) {
			continue
		}
		windows, told := readExport(string(text), s.Zone)
		s.Known = s.Known || told
		for _, w := range windows {
			w.Source, w.File = FromBundle, i
			if f.Len() > 0 {
				w.Evidence = []record.ID{recordAt(f, w.Line)}
			}
			s.merge(w)
		}
	}
	return nil
}

// mayExport leaves out logs, whose messages may quote an export.
func mayExport(f *record.File) bool {
	switch snapshot.Kind(f.Format) {
	case snapshot.WMIMof, snapshot.WMIList, snapshot.PropertyList, snapshot.CSV, snapshot.Text, generic.Name:
		return true
	}
	return f.Snapshot
}

// recordAt returns the record of a file that a physical line belongs to.
func recordAt(f *record.File, line int) record.ID {
	id, first := f.Base(), f.Base()
	for _, b := range f.Blocks() {
		for i := range b.Len() {
			if b.Line(i) > line {
				return id
			}
			id = first + record.ID(i)
		}
		first += record.ID(b.Len())
	}
	return id
}

// merge adds a window of an export to the set. One that the log tells of in the
// same words keeps its history; of one that differs, the log's version ended
// where the log does.
func (s *Set) merge(w Window) {
	w.Machine = s.Machine
	same := func(old *Window) bool { return old.Current() && normal(old.ID) == normal(w.ID) }
	for i := range s.windows {
		old := &s.windows[i]
		switch {
		case !same(old):
		case w.Schedule == "" && old.Schedule != "": // an occurrence of it
			return
		case old.Schedule == w.Schedule && old.Type == w.Type && (w.Schedule != "" || w.Stated == old.Stated):
			old.File, old.Line, old.Disabled = w.File, w.Line, w.Disabled
			old.Name = cmp.Or(old.Name, w.Name)
			for _, id := range w.Evidence {
				old.addEvidence(id)
			}
			return
		case old.Source == FromLog && old.Schedule != "":
			old.Until, old.Ended, w.Began = max(s.last, 1), Changed, Changed
		}
	}
	if w.Schedule != "" {
		s.windows = slices.DeleteFunc(s.windows, func(old Window) bool {
			if !same(&old) || old.Schedule != "" {
				return false
			}
			w.From, w.Evidence = old.From, append(old.Evidence, w.Evidence...)
			if w.Stated.Start == 0 {
				w.Stated = old.Stated
			}
			return true
		})
	}
	if len(s.windows) >= maxWindows {
		s.Dropped++
		return
	}
	s.windows = append(s.windows, w)
}

// properties are those of one object, by their names in small letters.
type properties struct {
	line   int
	values map[string]string
}

func (p *properties) set(name, value string) {
	if p.values == nil {
		p.values = map[string]string{}
	}
	if len(p.values) < maxProperties && len(value) <= maxValue {
		p.values[strings.ToLower(name)] = value
	}
}

// exporter reads the text of an export.
type exporter struct {
	zone  *clock.Zone
	dates dates
	out   []Window
	// object is what is read of an object, list its last property.
	object properties
	last   string
	// mof is set inside an instance, window inside one of a class of windows or
	// outside of any; depth counts its open braces, text is its statement so far.
	mof, window bool
	depth       int
	text        []byte
	// titled is set under the title of a section of windows, none when it says
	// that there are no instances.
	titled, none bool
	// head is the line above; columns are those of a table, nil outside one,
	// heads their names.
	head    string
	columns []snapshot.Column
	heads   []string
	// fields are the names of the columns of a CSV.
	fields []string
}

// readExport returns the windows that a text shows. told is whether it shows any,
// or says that there are none.
func readExport(text string, zone *clock.Zone) (windows []Window, told bool) {
	e := exporter{zone: zone, window: true}
	for n := 1; text != "" && len(e.out) < maxWindows; n++ {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		e.line(strings.TrimRight(line, "\r"), n)
	}
	e.flush()
	return e.out, e.none || len(e.out) > 0
}

func (e *exporter) line(line string, n int) {
	trimmed := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	defer func() { e.head = line }()
	titled := e.titled
	e.titled = titled && strings.Trim(trimmed, "=") == ""
	switch {
	case trimmed == "":
		if !e.mof {
			e.flush()
		}
		e.columns = nil
		if e.object.values == nil {
			e.fields = nil
		}
	case trimmed == "CCM_ServiceWindow":
		e.titled = true
	case trimmed == "No Instances.":
		e.none = e.none || titled
	case strings.Trim(trimmed, "=") == "":
		e.flush()
	case strings.HasPrefix(trimmed, "instance of "):
		e.flush()
		e.mof, e.window, e.depth, e.text = true, strings.Contains(trimmed, "ServiceWindow"), 0, e.text[:0]
		e.mofLine(trimmed, n)
	case e.mof:
		e.mofLine(trimmed, n)
	case strings.HasPrefix(trimmed, "---") && strings.Trim(trimmed, "- ") == "" && strings.Contains(e.head, "ServiceWindowID"):
		e.columns = snapshot.Columns(line)
		e.heads = snapshot.Row(e.head, e.columns)
	case e.columns != nil:
		e.row(line, n)
	case e.fields != nil:
		e.csvRow(trimmed, n)
	case strings.Contains(trimmed, ",") && csvHead(trimmed) != nil:
		e.fields = csvHead(trimmed)
	default:
		e.property(line, trimmed, n)
	}
}

// mofLine reads a line of an instance, braces and all.
func (e *exporter) mofLine(text string, n int) {
	quoted := false // no text of an export goes over a line
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '"' {
				c = text[i]
			} else {
				c = '\''
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			if e.depth++; e.depth == 1 {
				continue
			}
		case c == '}':
			if e.depth--; e.depth <= 0 {
				e.statement(n)
				e.flush()
				e.mof, e.window = false, true
				return
			}
		case c == ';' && e.depth <= 1:
			e.statement(n)
			continue
		}
		if e.depth > 0 && len(e.text) < 2*maxValue {
			e.text = append(e.text, c)
		}
	}
	if quoted {
		e.statement(n)
	}
}

// statement takes in a property of an instance.
func (e *exporter) statement(n int) {
	name, value, ok := strings.Cut(string(e.text), "=")
	e.text = e.text[:0]
	if ok && e.window {
		e.put(strings.TrimSpace(name), unquote(value), n)
	}
}

// unquote takes the quotes away, of an array those of all its values and what is
// between.
func unquote(value string) string {
	value = strings.TrimSpace(value)
	if !strings.Contains(value, `"`) {
		return value
	}
	var out strings.Builder
	for i, part := range strings.Split(value, `"`) {
		if i%2 == 1 {
			out.WriteString(part)
		}
	}
	return out.String()
}

// unbrace takes the marks of an array away: {02C1…, 02C1…}.
func unbrace(value string) string {
	if !strings.ContainsAny(value, "{},; \"") {
		return value
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("{},; \"", c) {
			return -1
		}
		return c
	}, value)
}

// put takes in a property. One that the object already has begins the next.
func (e *exporter) put(name, value string, n int) {
	key := strings.ToLower(name)
	if _, again := e.object.values[key]; again && !e.mof {
		e.flush()
	}
	if e.object.values == nil {
		e.object.line = n
	}
	e.object.set(key, value)
	e.last = key
}

// property reads "Name : value" or "Name=value", or a line that goes on with the
// value above.
func (e *exporter) property(line, trimmed string, n int) {
	name, value, ok := cutProperty(trimmed)
	if ok {
		e.put(name, unquote(value), n)
		return
	}
	if (line[0] == ' ' || line[0] == '\t') && e.last != "" && e.object.values != nil {
		e.object.set(e.last, e.object.values[e.last]+unquote(trimmed))
		return
	}
	e.flush()
}

// cutProperty cuts "Name : value" and "Name=value"; a name is one word.
func cutProperty(text string) (name, value string, ok bool) {
	i := strings.IndexAny(text, ":=")
	if i <= 0 {
		return "", "", false
	}
	name = strings.TrimSpace(text[:i])
	if strings.ContainsAny(name, " \t\"{}") {
		return "", "", false
	}
	return name, strings.TrimSpace(text[i+1:]), true
}

// row reads a row of a table.
func (e *exporter) row(line string, n int) {
	e.flush()
	for i, value := range snapshot.Row(line, e.columns) {
		if e.heads[i] != "" && value != "" {
			e.put(e.heads[i], unquote(value), n)
		}
	}
	e.flush()
}

// csvHead returns the names of the columns of a CSV of windows, nil if line is no
// such head.
func csvHead(line string) []string {
	fields := csvFields(line)
	if len(fields) < 2 || !slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(strings.ToLower(f), "servicewindow") }) {
		return nil
	}
	return fields
}

func (e *exporter) csvRow(line string, n int) {
	e.flush()
	for i, value := range csvFields(line) {
		if i < len(e.fields) && e.fields[i] != "" {
			e.put(e.fields[i], unquote(value), n)
		}
	}
	e.flush()
}

// csvFields splits a line of a CSV; quotes may hold commas.
func csvFields(line string) []string {
	var out []string
	for len(out) < maxProperties {
		line = strings.TrimSpace(line)
		value, quoted := strings.CutPrefix(line, `"`)
		end := strings.IndexByte(line, ',')
		if quoted {
			close := strings.IndexByte(value, '"')
			if close < 0 {
				return append(out, value)
			}
			out = append(out, value[:close])
			if line = strings.TrimSpace(value[close+1:]); line == "" {
				return out
			}
			line = strings.TrimPrefix(line, ",")
			continue
		}
		if end < 0 {
			return append(out, line)
		}
		out = append(out, strings.TrimSpace(line[:end]))
		line = line[end+1:]
	}
	return out
}

// flush makes a window of the object, if it is one.
func (e *exporter) flush() {
	o := e.object
	e.object, e.last = properties{}, ""
	if w, ok := e.windowOf(o.values); ok {
		w.Line = o.line
		e.out = append(e.out, w)
	}
}

func (e *exporter) windowOf(v map[string]string) (Window, bool) {
	get := func(names ...string) string {
		for _, n := range names {
			if s := strings.TrimSpace(v[n]); s != "" {
				return s
			}
		}
		return ""
	}
	w := Window{ID: get("servicewindowid", "id"), Name: get("name"), Schedule: strings.ToUpper(unbrace(get("schedules", "servicewindowschedules")))}
	kind, digits, rest := number(get("servicewindowtype", "type"))
	if digits == 0 || rest != "" || kind > int(BusinessHours) || w.ID == "" {
		return w, false
	}
	w.Type, w.Disabled = Type(kind), strings.EqualFold(get("isenabled"), "false")
	if w.Schedule != "" {
		w.decode()
		return w, true
	}
	return w, e.occurrence(&w, get("starttime"), get("endtime"), get("duration"))
}

// occurrence reads the occurrence that the client's SDK shows: DMTF dates, which
// are wall clocks of the machine even where they say "+000", and seconds.
func (e *exporter) occurrence(w *Window, start, end, duration string) bool {
	from, ok := e.date(start)
	if !ok {
		return false
	}
	w.Stated.Start = e.zone.UTC(from, 0)
	if seconds, digits, _ := number(duration); digits > 0 {
		w.Stated.End = w.Stated.Start + int64(seconds)*second
	} else if to, ok := e.date(end); ok {
		w.Stated.End = e.zone.UTC(to, 0)
	}
	return w.Stated.Seconds() > 0
}

func (e *exporter) date(text string) (int64, bool) {
	if d, ok := dmtf(text); ok {
		text = d
	}
	return e.dates.read(text, 0)
}

// dmtf spells "20250318220000.000000+000" as a date and time.
func dmtf(text string) (string, bool) {
	if len(text) < 14 || strings.Trim(text[:14], "0123456789") != "" {
		return "", false
	}
	return text[:4] + "-" + text[4:6] + "-" + text[6:8] + " " + text[8:10] + ":" + text[10:12] + ":" + text[12:14], true
}
