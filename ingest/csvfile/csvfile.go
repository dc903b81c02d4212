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

// Read reads a file whole. Empty lines and those that begin with # are left out.
// An error names the file, the line and, as an example, what a line looks like.
func Read(r io.Reader, name, example string) ([]Row, error) {
	raw, err := io.ReadAll(io.LimitReader(text.NewReader(r), maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) > maxSize {
		return nil, fmt.Errorf("%s: longer than %d MiB", name, maxSize>>20)
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
			return nil, fmt.Errorf("%s: line %d: quotes that do not match; write a line as in %s", name, wrong.StartLine, example)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
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
