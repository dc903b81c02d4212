package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"sync"

	"patchtrail/ingest/bundle"
	"patchtrail/ingest/etl"
	"patchtrail/ingest/evtx"
	"patchtrail/ingest/format"
	"patchtrail/ingest/issue"
	"patchtrail/ingest/record"
	"patchtrail/ingest/text"
)

// recordBytes is the default limit of one record.
const recordBytes = 4 << 20

// headBytes is how much of a file its format is told from.
const headBytes = 64 << 10

// snapshotBytes is the most that is kept of a file that has no records.
const snapshotBytes = 64 << 20

// fileReader reads one file into blocks.
type fileReader struct {
	in    *ingester
	file  record.File
	src   io.Reader
	batch record.Batch
	line  int // of the text that comes next
	count int // of the records so far

	cuts, cutLine int // how often text was cut at the limit of a record, and where first

	// last is the time and flags that an untimed record takes over.
	last      int64
	lastFlags record.Flags
	timed     bool
	bias      int16

	pending sync.WaitGroup // blocks that are not packed yet

	mu     sync.Mutex // for what soFar reads
	blocks []*record.Block
	ready  []bool
}

// noTime stands for the time of untimed records before the first timed one.
const noTime = math.MinInt64

// visit reads one file of the bundle; it is called from several goroutines.
func (in *ingester) visit(ctx context.Context, e bundle.Entry, src io.Reader) error {
	r := &fileReader{in: in, src: src, line: 1, bias: record.NoBias}
	r.file = record.File{Path: e.Path, Input: e.Input, Format: "binary", Encoding: "binary"}
	r.file.Log, r.file.Roll = logName(e.Path)
	p := in.opt.Progress
	p.mu.Lock()
	p.files = append(p.files, r)
	p.path = e.Path
	p.mu.Unlock()
	err := r.read(ctx)
	f := r.whole()
	p.mu.Lock()
	p.files = slices.DeleteFunc(p.files, func(o *fileReader) bool { return o == r })
	p.done = append(p.done, f)
	r.release() // under the lock: nobody looks at r from here on
	p.mu.Unlock()
	return err
}

// read tells what the file is and reads it so.
func (r *fileReader) read(ctx context.Context) error {
	whole := heads.Get().(*[headBytes]byte)
	defer heads.Put(whole)
	n, err := io.ReadFull(r.src, whole[:])
	head := whole[:n]
	rest := io.Reader(bytes.NewReader(head))
	if err == nil {
		rest = io.MultiReader(rest, r.src)
	}
	src := &countingReader{ctx: ctx, r: rest}
	defer func() { r.file.Bytes = src.n }()
	for _, f := range r.in.formats {
		if f.DetectBinary != nil && f.DetectBinary(head) {
			return r.readBinary(ctx, f, src)
		}
	}
	if binary(head) {
		_, err := io.Copy(io.Discard, src)
		return ctxError(ctx, err)
	}
	return r.readText(ctx, src)
}

// countingReader counts what passes and ends when ctx does.
type countingReader struct {
	ctx context.Context
	r   io.Reader
	n   int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ctxError passes on only that the run was cancelled: bundle reports the rest.
func ctxError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return ctx.Err()
}

// heads are buffers that go round between the files that are read at once.
var heads = sync.Pool{New: func() any { return new([headBytes]byte) }}

// readText reads a log or a snapshot.
func (r *fileReader) readText(ctx context.Context, src io.Reader) error {
	t := text.NewReader(src)
	defer t.Release()
	buf := getBuffer(record.TargetBlock)
	n, err := readFull(t, buf)
	f := format.Detect(r.in.formats, buf[:min(n, headBytes)], base(r.file.Path))
	r.is(f)
	switch {
	case f.NewBinary != nil:
		err = r.rewrite(ctx, f, t, buf, n, err)
	case f.New == nil:
		err = r.keep(t, buf, n, err)
	default:
		err = r.parse(f.New(), t, buf, n, err)
	}
	r.file.Encoding = t.Encoding()
	if r.cuts > 0 {
		r.issue(issue.Limit, "record-cut", strconv.Itoa(r.cutLine), strconv.Itoa(r.in.opt.RecordBytes), strconv.Itoa(r.cuts))
	}
	if t.Bad() > 0 {
		r.issue(issue.Encoding, "encoding", strconv.Itoa(t.Bad()))
	}
	return ctxError(ctx, err)
}

// is notes the format of the file.
func (r *fileReader) is(f format.Format) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file.Format, r.file.Snapshot = f.Name, f.New == nil && f.NewBinary == nil
}

// parse runs the parser over the text, chunk by chunk. buf holds the first n
// bytes already; err is how reading them ended.
func (r *fileReader) parse(p format.Parser, t *text.Reader, buf []byte, n int, err error) error {
	limit := r.in.opt.RecordBytes
	for {
		final := err != nil
		cut := false
		used := p.Parse(buf[:n], final, &r.batch)
		if used == 0 && !final && n > 0 {
			if n < limit {
				buf, n, err = grow(t, buf, n, limit)
				continue
			}
			cut = true
			used = p.Parse(buf[:n], true, &r.batch)
		}
		if used == 0 && n > 0 { // a parser that takes nothing must not stop the run
			used, cut = n, true
		}
		if used > 0 {
			if cut {
				r.cut()
			}
			carry := buf[used:n]
			next := getBuffer(max(record.TargetBlock, 2*len(carry)))
			m := copy(next, carry)
			r.flush(buf, used, false)
			buf, n = next, m
		}
		if final {
			putBuffer(buf)
			return endOf(err)
		}
		var m int
		m, err = readFull(t, buf[n:])
		n += m
	}
}

// cut marks the last record of the batch as cut at the limit.
func (r *fileReader) cut() {
	if len(r.batch.Recs) == 0 {
		r.batch.Recs = append(r.batch.Recs, record.Rec{Bias: record.NoBias, Level: record.Info, Flags: record.Untimed | record.Fragment})
	}
	r.batch.Recs[len(r.batch.Recs)-1].Flags |= record.Cut
	if r.cuts++; r.cuts == 1 {
		r.cutLine = r.line
	}
}

// grow reads on into a buffer of twice the size, limit at most.
func grow(t *text.Reader, buf []byte, n, limit int) ([]byte, int, error) {
	if n == len(buf) {
		next := getBuffer(min(2*len(buf), max(limit, len(buf)+1)))
		copy(next, buf[:n])
		putBuffer(buf)
		buf = next
	}
	m, err := readFull(t, buf[n:])
	return buf, n + m, err
}

// keep takes a snapshot whole, without records, up to a limit.
func (r *fileReader) keep(t *text.Reader, buf []byte, n int, err error) error {
	kept := 0
	for {
		if kept < snapshotBytes {
			kept += n
			next := buf
			if err == nil {
				next = getBuffer(record.TargetBlock)
			}
			r.flush(buf, n, false)
			buf = next
		} else if n > 0 && kept < math.MaxInt {
			kept = math.MaxInt
			r.issue(issue.Limit, "snapshot-cut", strconv.Itoa(snapshotBytes>>20))
		}
		if err != nil {
			return endOf(err)
		}
		n, err = readFull(t, buf)
	}
}

// rewrite reads a text whose records are not runs of it. buf holds its first n
// bytes; err is how reading them ended.
func (r *fileReader) rewrite(ctx context.Context, f format.Format, t *text.Reader, buf []byte, n int, err error) error {
	src := io.Reader(bytes.NewReader(buf[:n]))
	if err == nil {
		// Whole blocks are asked of t: it gives nothing where there is no room for
		// a character.
		src = io.MultiReader(src, bufio.NewReaderSize(t, record.TargetBlock))
	}
	failed := r.readBinary(ctx, f, src)
	putBuffer(buf)
	if failed != nil {
		return failed
	}
	return endOf(err)
}

// readBinary reads an event log or a trace.
func (r *fileReader) readBinary(ctx context.Context, f format.Format, src io.Reader) error {
	r.is(f)
	buf, n := getBuffer(record.TargetBlock), 0
	reader := f.NewBinary()
	err := reader.Read(src, &r.batch, func(rec record.Rec, text []byte) {
		if n > 0 && n+len(text)+1 > len(buf) {
			r.flush(buf, n, true)
			buf, n = getBuffer(max(record.TargetBlock, len(text)+1)), 0
		} else if len(text)+1 > len(buf) {
			putBuffer(buf)
			buf = getBuffer(len(text) + 1)
		}
		rec.Off = n
		r.batch.Recs = append(r.batch.Recs, rec)
		n += copy(buf[n:], text)
		buf[n] = '\n'
		n++
	})
	r.flush(buf, n, true)
	r.describe(reader)
	_, _ = io.Copy(io.Discard, src)
	if err != nil && ctx.Err() == nil {
		r.binaryIssue(err)
	}
	return ctx.Err()
}

// describe takes what a binary log tells about its machine.
func (r *fileReader) describe(reader format.Binary) {
	if c, ok := reader.(interface{ Computer() string }); ok {
		r.file.Computer = c.Computer()
	}
	if z, ok := reader.(interface{ Zone() (int, bool) }); ok {
		if bias, ok := z.Zone(); ok && r.timed {
			// The bias of its records is that of UTC and says nothing of the machine.
			r.file.Biases, r.bias = []record.BiasAt{{UTC: r.last, Bias: int16(bias)}}, record.NoBias
		}
	}
}

func (r *fileReader) binaryIssue(err error) {
	if errors.Is(err, etl.ErrNotReadable) {
		r.file.Unreadable = true
		r.issue(issue.Unsupported, "trace-not-readable")
		return
	}
	code, offset := issue.Corrupt, int64(-1)
	var damage *evtx.DamageError
	switch {
	case errors.As(err, &damage):
		offset = damage.Offset
		if damage.Truncated {
			code = issue.Truncated
		} else if damage.Cut > 0 && damage.Records+damage.Partial+damage.Chunks == 0 {
			code = issue.Limit
		}
	case errors.Is(err, io.ErrUnexpectedEOF):
		code = issue.Truncated
	}
	r.in.opt.Bundle.Report(issue.Issue{Path: r.file.Path, Offset: offset, Code: code, Key: "log-damaged", Args: []string{err.Error()}})
}

func (r *fileReader) issue(code issue.Code, key string, args ...string) {
	r.in.opt.Bundle.Report(issue.Issue{Path: r.file.Path, Offset: -1, Code: code, Key: key, Args: args})
}

// endOf passes on every error but the end of the text.
func endOf(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// readFull fills p as far as the text goes.
func readFull(t *text.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		if len(p)-n < 8 { // less than a character may need
			break
		}
		m, err = t.Read(p[n:])
		n += m
	}
	return n, err
}

// binary tells from NUL and control bytes that a file is no text in any
// encoding; text.NewReader knows UTF-16, so that is left to it. NULs before all
// else are what a crash leaves of a log.
func binary(head []byte) bool {
	if text.Wide(head) {
		return false
	}
	if rest := bytes.TrimLeft(head, "\x00"); len(rest) > 0 || len(head) == 0 {
		head = rest
	}
	head = head[:min(len(head), 4096)]
	odd := 0
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\f' && c != 0x1B && c != 0 {
			odd++
		}
	}
	nul := bytes.Count(head, []byte{0})
	n := len(head)
	return odd*20 > n || nul*4 > n && odd > 0 || n > 0 && nul == n
}
