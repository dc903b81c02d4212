package report

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"patchtrail/analyze"
	"patchtrail/analyze/timeline"
	"patchtrail/ingest/record"
)

// described says what datetime is the time of, as Timesketch wants it.
const described = "Log record"

// jsonRecord is one record in the form that Timesketch imports.
type jsonRecord struct {
	Message   string `json:"message"`
	DateTime  string `json:"datetime"`
	Described string `json:"timestamp_desc"`
	Machine   string `json:"machine"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Level     string `json:"level"`
	Component string `json:"component"`
	Thread    uint32 `json:"thread"`
	Untimed   bool   `json:"untimed"`
}

func (r line) json() jsonRecord {
	return jsonRecord{
		r.message, utcTime(r.meta.Time), described, r.machine, r.file.Path, r.meta.Line, r.meta.Level.String(), r.meta.Component,
		r.meta.Thread, r.meta.Flags&record.Untimed != 0,
	}
}

// JSONL writes the records that pass the filter, one JSON object a line, in
// merged order. It returns ctx's error when cancelled.
func JSONL(ctx context.Context, w io.Writer, res *analyze.Result, f timeline.Filter) error {
	b := bufio.NewWriterSize(w, 256<<10)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := each(ctx, res, f, func(r line) error { return enc.Encode(r.json()) }); err != nil {
		return err
	}
	return b.Flush()
}

// columns are those of the JSONL, in its order.
var columns = []string{"message", "datetime", "timestamp_desc", "machine", "file", "line", "level", "component", "thread", "untimed"}

// CSV writes the records that pass the filter as CSV for Excel: UTF-8 with a
// BOM, and no cell that a spreadsheet would take for a formula.
func CSV(ctx context.Context, w io.Writer, res *analyze.Result, f timeline.Filter) error {
	b := bufio.NewWriterSize(w, 256<<10)
	b.WriteString("\ufeff" + strings.Join(columns, ",") + "\r\n")
	err := each(ctx, res, f, func(r line) error {
		j := r.json()
		row := []string{j.Message, j.DateTime, j.Described, j.Machine, j.File, strconv.Itoa(j.Line), j.Level, j.Component, strconv.FormatUint(uint64(j.Thread), 10), strconv.FormatBool(j.Untimed)}
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCell(b, cell)
		}
		_, err := b.WriteString("\r\n")
		return err
	})
	if err != nil {
		return err
	}
	return b.Flush()
}

// writeCell quotes a cell. One that begins like a formula gets an apostrophe
// before it, which spreadsheets hide.
func writeCell(b *bufio.Writer, cell string) {
	formula := cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
	if !formula && !strings.ContainsAny(cell, "\",\r\n") {
		b.WriteString(cell)
		return
	}
	b.WriteByte('"')
	if formula {
		b.WriteByte('\'')
	}
	b.WriteString(strings.ReplaceAll(cell, `"`, `""`))
	b.WriteByte('"')
}

// Text writes the records that pass the filter for reading: time, level,
// machine, component, message, and the file with its line.
func Text(ctx context.Context, w io.Writer, res *analyze.Result, f timeline.Filter, opt Options) error {
	b := bufio.NewWriterSize(&plain{w: w}, 256<<10)
	many := len(res.Machines) > 1
	err := each(ctx, res, f, func(r line) error {
		b.WriteString(opt.Zone.Clock(r.meta.Time, res.Machines[r.file.Machine].Zone))
		if r.meta.Flags&record.Untimed != 0 {
			b.WriteByte('~')
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(pad(r.meta.Level.String(), 8))
		if many {
			b.WriteString(pad(r.machine, 16))
		}
		b.WriteString(pad(r.meta.Component, 24))
		message := strings.TrimRight(r.message, "\r\n")
		if opt.Resolve {
			message = Resolve(message, res.Ledger)
		}
		b.WriteString(strings.ReplaceAll(message, "\n", "\n    "))
		_, err := b.WriteString("  [" + r.file.Path + ":" + strconv.Itoa(r.meta.Line) + "]\n")
		return err
	})
	if err != nil {
		return err
	}
	return b.Flush()
}

func pad(s string, n int) string {
	if len(s) >= n {
		return s + " "
	}
	return s + strings.Repeat(" ", n-len(s))
}

// each calls fn with every record that passes, in merged order.
func each(ctx context.Context, res *analyze.Result, f timeline.Filter, fn func(line) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.Message = analyze.Message
	rows := newLines(res)
	var failed error
	err := res.Timeline.Search(ctx, f, func(ids []record.ID) {
		for _, id := range ids {
			if failed = fn(rows.at(id)); failed != nil {
				cancel()
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	return err
}
