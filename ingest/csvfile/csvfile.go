// Package csvfile reads the small CSV files that people write by hand or save
// from a spreadsheet: in any encoding, with commas, semicolons or tabs between
// the fields, whatever their region makes of "CSV".
package csvfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchtrail/ingest/text"
)

// maxSize bounds a file, in bytes.
const maxSize = 64 << 20

// Row is one row: its fields without blanks around, and the 1-based line that it
// begins on.
type Row struct {
	Line   int
	Fields []string
}

// Error says what is wrong with a file. Its words in every language stand in
// assets/lang; this package imports none of them.
type Error struct {
	Name string
	// Line is where quotes do not match, 0 where the file cannot be read at all.
	Line    int
	Example any
	// Err is why it cannot be read, nil where it is too long.
	Err error
}

// Words are the key of the words and what they are about.
func (e *Error) Words() (key string, args []any) {
	switch {
	case e.Line > 0:
		return "fault.csv.quotes", []any{e.Name, e.Line, e.Example}
	case e.Err != nil:
		return "fault.in", []any{e.Name, e.Err}
	}
	return "fault.file-long", []any{e.Name, maxSize >> 20}
}

func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("%s: line %d: quotes that do not match; write a line as in %s", e.Name, e.Line, e.Example)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("%s: longer than %d MiB", e.Name, maxSize>>20)
}

func (e *Error) Unwrap() error { return e.Err }

// Read reads a file whole. Empty lines and those that begin with # are left out.
// An error is an Error: it names the file, the line and, as an example, what a
// line looks like: a string, or words as those of Error.
func Read(r io.Reader, name string, example any) ([]Row, error) {
	raw, err := io.ReadAll(io.LimitReader(text.NewReader(r), maxSize+1))
	if err != nil {
		return nil, &Error{Name: name, Err: err}
	}
	if len(raw) > maxSize {
		return nil, &Error{Name: name}
	}
	body := strings.TrimPrefix(string(raw), "\ufeff")
	c := csv.NewReader(strings.NewReader(body))
	c.Comma, c.FieldsPerRecord, c.TrimLeadingSpace, c.Comment = divider(body), -1, true, '#'
	if c.Comma == '\t' {
		c.TrimLeadingSpace = false // it takes tabs, too
	}
	var out []Row
	for {
		fields, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, &Error{Name: name, Line: wrong.StartLine, Example: example}
		}
		if err != nil {
			return nil, &Error{Name: name, Err: err}
		}
		line, _ := c.FieldPos(0)
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		out = append(out, Row{line, fields})
	}
}

// divider is what divides the fields, by the first line that counts.
func divider(body string) rune {
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		best, most := ',', strings.Count(line, ",")
		for _, d := range ";\t" {
			if n := strings.Count(line, string(d)); n > most {
				best, most = d, n
			}
		}
		return best
	}
	return ','
}
